"""The desk of a laptop: it is served by the stand-ins, and its events go to the deployed functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from administration.zendesk_setup.agent_app import AgentAppPlace
from local.contact_centre.population import Agent
from local.desk.pages import DESK, PANEL, Desk
from local.desk.switchboard import Switchboard
from local.stand_ins.amazon_connect.http_server import AmazonConnectServer
from local.stand_ins.zendesk.http_server import ZendeskServer

if TYPE_CHECKING:
    from local.emulator.laptop import Laptop


def sdk_address(zendesk_url: str) -> str:
    """Return where the page gets Zendesk's SDK here."""
    return f"{zendesk_url}{DESK}zaf_sdk.js"


@contextmanager
def desk_at(
    laptop: Laptop, app: AgentAppPlace, zendesk: ZendeskServer, connect: AmazonConnectServer
) -> Iterator[str]:
    """Serve the desk of the first agent whom both services know, for the block; yields its address."""
    user, agent = _agent(laptop)
    keys = app.secret.read()
    claims = {
        "iss": zendesk.url.partition("://")[2],
        "aud": f"{zendesk.url}/api/v2/apps/installations/{keys.installation}.json",
    }
    board = Switchboard(agent, laptop.connect, _Line(laptop), lambda: datetime.now(UTC))
    made = Desk(laptop.zendesk, board, app=app.address, claims=claims, user=user)
    zendesk.pages[DESK], connect.pages[PANEL] = made.frame, made.panel
    try:
        yield f"{zendesk.url}{DESK}"
    finally:
        board.close()


class _Line:
    """Delivers what happens at the desk as a laptop delivers it."""

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop

    def send_contact_event(self, envelope: Mapping[str, Any]) -> None:
        self._laptop.live.send_contact_event(envelope)

    def put_agent_event(self, content: Mapping[str, Any]) -> None:
        self._laptop.put_agent_event(content)

    def put_records(self, records: Iterable[bytes]) -> None:
        self._laptop.put_records(records)


def _agent(laptop: Laptop) -> tuple[int, Agent]:
    """Return an agent: the Zendesk id, and who that is in Amazon Connect."""
    by_email = {user.get("email"): user["id"] for user in laptop.zendesk.users() if user.get("email")}
    for known in laptop.connect.users():
        if (user := by_email.get(known["Username"])) is not None:
            names = known.get("IdentityInfo") or {}
            name = f"{names.get('FirstName', '')} {names.get('LastName', '')}".strip() or known["Username"]
            return user, Agent(known["Id"], known["Username"], name, chats=True)
    raise ValueError("no agent's user name in Amazon Connect is an address of an agent in Zendesk")
