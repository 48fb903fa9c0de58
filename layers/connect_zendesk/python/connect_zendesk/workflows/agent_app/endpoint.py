"""The agent app's function: who asks is proven first, then what they may ask about (A4).

Nothing but the request is looked at before its signature or session is verified: until then it costs no
request to any service. What a page says of contacts and agents is looked up, and never believed.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from connect_zendesk.errors import NotReady, Permanent, RetryLater
from connect_zendesk.http_messages import Rejected, Request, Response
from connect_zendesk.ledger.schema import APP_LOAD
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rejections import Rejections
from connect_zendesk.workflows.agent_app import requests, sessions
from connect_zendesk.workflows.agent_app.pages import Pages
from connect_zendesk.workflows.agent_app.requests import Answer
from connect_zendesk.workflows.agent_app.sessions import Session
from connect_zendesk.workflows.agent_app.still_agent import still_agent
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import signed_load
from connect_zendesk.zendesk.app_keys import AppKeys

SOURCE = "agent_app"
RETRY_AFTER_SECONDS = 2
_LONGEST_RETRY = 30
_LARGEST_BODY = 20_000
_KEYS_KEPT = timedelta(minutes=5)
#: What one agent's pages may ask of one container in a minute: ten times what a busy agent's do.
MOST_IN_A_MINUTE = 300
_MINUTE = timedelta(minutes=1)
_ID = r"([A-Za-z0-9._:-]{1,100})"

Do = Callable[[Services, int, str, Mapping[str, Any]], Answer]
#: What a session may ask for: method, path, and what answers it, by the agent and the id in the path.
ROUTES: tuple[tuple[str, re.Pattern[str], Do], ...] = tuple(
    (method, re.compile(path), do)
    for method, path, do in (
        ("GET", r"/overview", requests.overview),
        ("POST", r"/here", requests.here),
        ("PUT", f"/pops/{_ID}", requests.pop),
        ("POST", r"/attachments", requests.attach),
        ("GET", f"/attachments/{_ID}", requests.attached),
        ("PUT", f"/recordings/{_ID}", requests.switch_recording),
        ("PUT", f"/dialled/{_ID}", requests.dialled),
    )
)
_ASSET = re.compile(r"/assets/([0-9a-f]{16})/([A-Za-z0-9._-]{1,60})")
#: Pages without a session: they report what is in front to the one that has it, and know nothing else.
_OPEN_PAGES = {"/background": "background", "/sidebar": "sidebar"}


@dataclass
class AgentApp:
    """What the function works with, one for each container.

    ``read_keys`` returns the secret's text; ``make_services`` what the workflows work with, asked for by
    those only who have been verified. ``remaining`` returns the seconds that the invocation has left.
    """

    read_keys: Callable[[], str]
    make_services: Callable[[], Services]
    pages: Pages
    zendesk_url: str
    region: str
    clock: Callable[[], datetime]
    remaining: Callable[[], float] = lambda: 20.0
    _keys: AppKeys = field(default_factory=AppKeys)
    _read_at: datetime | None = None
    _asked: Counter[int] = field(default_factory=Counter)
    _counting_since: datetime | None = None

    def __post_init__(self) -> None:
        """Begin to count what is rejected."""
        self.rejections = Rejections(SOURCE, Metric.APP_REJECTED, self.clock)

    def keys(self) -> AppKeys:
        """Return the keys, read again every five minutes. Raises `Rejected` while there are none."""
        now = self.clock()
        if self._read_at is None or now - self._read_at >= _KEYS_KEPT:
            try:
                self._keys = AppKeys.of(self.read_keys())
            except (BotoCoreError, ClientError, ValueError):
                if self._read_at is None:
                    raise
                count(Metric.APP_KEYS_UNAVAILABLE)
            # Of keys that are not there yet, a minute after make zendesk is soon enough.
            late = timedelta(0) if self._keys.is_complete else _KEYS_KEPT - _MINUTE
            self._read_at = now - late
        if not self._keys.is_complete:
            raise Rejected(503, "no keys of the app: run make zendesk")
        return self._keys

    def services(self) -> Services:
        """Return what the workflows work with, within the time that is left."""
        services = self.make_services()
        services.zendesk.remaining = self.remaining
        return services

    def count_request(self, agent: int) -> None:
        """Count a request of an agent's. Raises `Rejected` where there are too many of them."""
        now = self.clock()
        if self._counting_since is None or now - self._counting_since >= _MINUTE:
            self._asked.clear()
            self._counting_since = now
        self._asked[agent] += 1
        if self._asked[agent] > MOST_IN_A_MINUTE:
            raise Rejected(429, "too many requests of one agent")


def answer(app: AgentApp, request: Request) -> Response:
    """Answer one request: a page, an asset, or what a page's session may ask for."""
    agent: int | None = None
    is_page = request.path == "/top_bar"
    try:
        if is_page:
            return _open(app, request)
        if (page := _OPEN_PAGES.get(str(request.path))) is not None:
            return app.pages.page(page, {}, None)
        if request.method == "GET" and (asset := _ASSET.fullmatch(str(request.path))):
            return app.pages.asset(asset[1], asset[2])
        session = _session(app, request)
        agent = session.agent
        app.count_request(agent)
        return _do(app, request, session)
    except Rejected as rejected:
        app.rejections.add(rejected, **({"agent": agent} if agent is not None else {}))
        if is_page:
            return app.pages.sorry(rejected.status, str(rejected))
        retry = {"Retry-After": "30"} if rejected.status in (429, 503) else {}
        return _json(Answer(rejected.status, {"problem": str(rejected)}), retry)
    except RetryLater as later:
        count(Metric.APP_RETRY_REQUESTED)
        if not isinstance(later, NotReady):  # a page is often quicker than Amazon Connect's event
            logger.info("retry requested from the page", source=SOURCE, error=type(later).__name__)
        return _json(Answer(503, {}), {"Retry-After": str(min(later.seconds, _LONGEST_RETRY))})
    except Permanent as refused:
        logger.warning("refused", source=SOURCE, error=type(refused).__name__, agent=agent)
        return _json(Answer(422, {"problem": "not accepted"}))


def _open(app: AgentApp, request: Request) -> Response:
    """Answer Zendesk's signed request for the page with a session."""
    if request.method != "POST":
        raise Rejected(401, "no token of Zendesk's")
    keys, now = app.keys(), app.clock()
    load = signed_load.verified(request.body, keys.public_key, app.zendesk_url, keys.installation or 0, now)
    services = app.services()
    if load.name and not services.ledger.first(APP_LOAD.key(token=load.name)):
        raise Rejected(401, "a token that was used before")
    count(Metric.APP_OPENED)
    logger.info("agent app opened", agent=load.agent, place=load.location[:40])
    settings = services.app
    about = {
        **_session_as_json(keys, sessions.begin(keys, load.agent, now)),
        "agent": load.agent,
        "medialess": settings.medialess,
        "instance": settings.connect_instance_url,
        "region": app.region,
    }
    return app.pages.page("top_bar", about, settings.connect_instance_url)


def _session(app: AgentApp, request: Request) -> Session:
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind != "Bearer":
        raise Rejected(401, "no session")
    return sessions.read(app.keys(), text, app.clock())


def _do(app: AgentApp, request: Request, session: Session) -> Response:
    services = app.services()
    if (request.method, request.path) == ("POST", "/session"):
        if not still_agent(services, session.agent):
            raise Rejected(401, "no agent any more")
        longer = sessions.renewed(session, app.clock())
        return _json(Answer(200, _session_as_json(app.keys(), longer)))
    for method, path, do in ROUTES:
        if method == request.method and (found := path.fullmatch(str(request.path))):
            named = found[1] if found.groups() else ""
            return _json(do(services, session.agent, named, _body(request)))
    raise Rejected(404, "no such request")


def _body(request: Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return {}
    if len(request.body) > _LARGEST_BODY:
        raise Rejected(413, "too large")
    try:
        content = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Rejected(400, "a body that is not JSON") from None
    if not isinstance(content, dict):
        raise Rejected(400, "a body that is no JSON object")
    return content


def _session_as_json(keys: AppKeys, session: Session) -> dict[str, Any]:
    return {"session": sessions.text_of(keys, session), "until": int(session.until.timestamp())}


def _json(answered: Answer, headers: Mapping[str, str] | None = None) -> Response:
    own = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    body = json.dumps(answered.content) if answered.content is not None else ""
    return Response(answered.status, body, {**own, **(headers or {})})
