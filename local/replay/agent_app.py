"""The agent app's function in this process: opened as Zendesk opens it, and asked as its page asks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from connect_zendesk.workflows.agent_app.endpoint import AgentApp
from connect_zendesk.workflows.agent_app.pages import ZENDESK_SDK, Pages
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.app_keys import AppKeys
from functions.agent_app import handler as function
from local.replay.lambda_events import LambdaContext
from local.replay.webhooks import function_url_event
from local.stand_ins.zendesk.apps.signing import PUBLIC_KEY, token

INSTALLATION = 91
KEYS = AppKeys(735264, INSTALLATION, PUBLIC_KEY, "a session key of thirty-two characters or more")
PAGES = Path(function.__file__).parent / "pages"
_ABOUT = re.compile(r'<meta name="about" content="([^"]*)"')


@dataclass(frozen=True)
class Answered:
    """What the function answered: status, headers, body as text, and its JSON where it is any."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def content(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    @property
    def about(self) -> dict[str, Any]:
        """What a page was given to know."""
        (found,) = _ABOUT.findall(self.text)
        about: dict[str, Any] = json.loads(unescape(found))
        return about


@dataclass
class LocalAgentApp:
    """The function of one container. ``keys`` are what its secret holds."""

    services: Callable[[], Services]
    clock: Callable[[], datetime]
    zendesk_url: str
    keys: AppKeys = KEYS
    pages: Path = PAGES
    zendesk_sdk: str = ZENDESK_SDK
    _app: AgentApp | None = None
    _numbers: Any = field(default_factory=lambda: count(1))

    def fresh(self) -> None:
        """Have the next request answered by a container that has just started."""
        self._app = None

    def claims(self, agent: int, **other: Any) -> dict[str, Any]:
        """Return the claims of a token of Zendesk's for an agent, signed now."""
        now = int(self.clock().timestamp())
        return {
            "iss": self.zendesk_url.partition("://")[2],
            "aud": f"{self.zendesk_url}/api/v2/apps/installations/{INSTALLATION}.json",
            "sub": f"{self.zendesk_url}/api/v2/users/{agent}.json",
            "iat": now,
            "exp": now + 60,
            "jti": f"load-{next(self._numbers)}",
            "context": {"product": "support", "location": "top_bar"},
            **other,
        }

    def load(self, signed: str) -> Answered:
        """Open the page with a token, as Zendesk's page posts it."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", "/top_bar", urlencode({"token": signed}).encode(), headers)

    def sign_in(self, agent: int) -> Page:
        """Return an agent's page, as it is opened in Zendesk."""
        return Page(self, self.load(token(self.claims(agent))).about["session"])

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answered:
        """Send a request to the function URL."""
        answer = self.invoke(method, path, body, headers)
        return Answered(answer["statusCode"], answer["headers"], answer["body"])

    def invoke(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return what the function answers to a request, as Lambda takes it."""
        with mock.patch.object(function, "app", return_value=self._running()):
            event = function_url_event(method, path, headers or {}, body)
            answer: dict[str, Any] = function.handler(event, LambdaContext())
        return answer

    def _keys_text(self) -> str:
        return self.keys.as_text()

    def _running(self) -> AgentApp:
        if self._app is None:
            self._app = AgentApp(
                read_keys=self._keys_text,
                make_services=self.services,
                pages=Pages(self.pages, self.zendesk_url, self.zendesk_sdk),
                zendesk_url=self.zendesk_url,
                region="eu-west-2",
                clock=self.clock,
            )
        return self._app


@dataclass(frozen=True)
class Page:
    """An agent's page with its session."""

    app: LocalAgentApp
    session: str

    def __call__(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answered:
        """Ask the function for something."""
        headers = {"Authorization": f"Bearer {self.session}", "Content-Type": "application/json"}
        return self.app.send(method, path, json.dumps(body).encode() if body is not None else b"", headers)

    def renewed(self) -> Page:
        """Return the page with a session that lasts longer."""
        return replace(self, session=self("POST", "/session").content["session"])
