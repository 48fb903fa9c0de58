"""An agent's desk in this process, for a browser: the app's function, both stand-ins, and what joins them."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connect_zendesk.rules.settings.app_settings import AppSettings
from infra.agent_app import code
from local.contact_centre.population import Agent
from local.desk.pages import DESK, PANEL, Desk
from local.desk.switchboard import Switchboard
from local.replay.agent_app import INSTALLATION
from local.replay.clock import VirtualClock
from local.replay.events import StreamRecord
from local.replay.in_process import InProcess
from local.stand_ins.amazon_connect.http_server import AmazonConnectServer
from local.stand_ins.http.loopback import LoopbackServer
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk.http_server import ZendeskServer
from tests.records import ADA, ZENDESK

ADA_IN_CONNECT = Agent("a0000001", "ada@example.com", "Ada Byron", chats=True)
CONNECT: Mapping[str, Any] = {
    "users": [
        {
            "Id": ADA_IN_CONNECT.user_id,
            "Arn": ADA_IN_CONNECT.arn,
            "Username": ADA_IN_CONNECT.username,
            "IdentityInfo": {},
        }
    ]
}
TICKETS: list[dict[str, Any]] = [
    {
        "id": 4001,
        "subject": "By letter",
        "requester_id": 101,
        "comments": [{"body": "Hello", "public": False}],
    },
    {"id": 4002, "subject": "It blinks", "requester_id": 102, "comments": [{"body": "Red", "public": False}]},
]


class RealTime(VirtualClock):
    """The time as it is: a browser's page waits in it."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)

    def move_to(self, timestamp: datetime) -> None:
        """Do nothing: nobody moves it."""


class Line:
    """Takes events for the functions in this process, one at a time. ``streams``: agent events as well."""

    def __init__(self, stack: InProcess) -> None:
        self.stack, self.lock, self.streams = stack, threading.RLock(), True

    def send_contact_event(self, envelope: Mapping[str, Any]) -> None:
        with self.lock:
            self.stack.send_contact_event(envelope)
            self.stack.run(until=self.stack.clock())

    def put_agent_event(self, content: Mapping[str, Any]) -> None:
        if self.streams:
            with self.lock:
                self.stack.send_agent_events([content])

    def put_records(self, records: Iterable[bytes]) -> None:
        with self.lock:
            for data in records:
                self.stack.take(StreamRecord(data))
            self.stack.run(until=self.stack.clock())


class Function:
    """The function URL: requests to the agent app, one at a time."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.asked: list[tuple[str, str]] = []
        self.down = False

    def handle(self, request: Request) -> Response:
        """Answer a request as the function URL does."""
        self.asked.append((request.method, request.path))
        if self.down:
            return Response(502)
        with self._line.lock:
            answer = self._line.stack.agent_app.invoke(
                request.method, request.path, request.body, request.headers
            )
        body = answer["body"]
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        return Response(answer["statusCode"], answer["headers"], content)


@dataclass
class AgentDesk:
    """A desk that is up: ``url`` is Zendesk's page."""

    url: str
    stack: InProcess
    line: Line
    board: Switchboard
    function: Function
    app: str


@contextmanager
def desk(*, pages: Path | None = None, **settings: Any) -> Iterator[AgentDesk]:
    """Have a desk up. ``pages``: other pages than those with Amazon Connect's library in them."""
    stack = InProcess(zendesk_world={**ZENDESK, "tickets": TICKETS}, connect_world=CONNECT, clock=RealTime())
    line = Line(stack)
    function = Function(line)
    zendesk, connect = ZendeskServer(stack.zendesk), AmazonConnectServer(stack.connect)
    with zendesk, connect, LoopbackServer(function.handle, {}) as app:
        stack.app_settings = AppSettings(connect_instance_url=connect.url, **settings)
        stack.agent_app.zendesk_url = zendesk.url
        stack.agent_app.zendesk_sdk = f"{zendesk.url}{DESK}zaf_sdk.js"
        stack.agent_app.pages = pages or code() / "pages"
        board = Switchboard(ADA_IN_CONNECT, stack.connect, line, stack.clock)
        claims = {
            "iss": zendesk.url.partition("://")[2],
            "aud": f"{zendesk.url}/api/v2/apps/installations/{INSTALLATION}.json",
        }
        made = Desk(stack.zendesk, board, app=f"{app.url}/", claims=claims, user=ADA)
        zendesk.pages[DESK], connect.pages[PANEL] = made.frame, made.panel
        yield AgentDesk(f"{zendesk.url}{DESK}", stack, line, board, function, app.url)
        board.close()
