"""Which agents have the agent app open, and what it is to show them (P8)."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import AGENT_PAGE, AGENT_SOUGHT, POP_FOR_PAGE

_ASKED_AGAIN = timedelta(seconds=2)


@dataclass(frozen=True)
class Page:
    """An agent's page that reported itself lately. ``arn`` is the agent's in Amazon Connect, as P7 has it."""

    at: str
    arn: str | None = None


@dataclass(frozen=True)
class Offer:
    """What a page is to show for a leg: ``kind`` and ``id`` of a ticket or user, None for nothing.

    ``rings``: it was left while the contact rang, so it is not the last.
    """

    root: str
    at: str
    kind: str | None = None
    id: int | None = None
    rings: bool = False


def reported(ledger: Ledger, agent: int, arn: str | None) -> None:
    """Note that an agent (a Zendesk user id) has the page open. Kept for two minutes (P8)."""
    ledger.remember(AGENT_PAGE.key(agent=agent), asdict(Page(ledger.clock().isoformat(), arn)))


def closed(ledger: Ledger, agent: int) -> None:
    """Note that an agent's page is no longer open."""
    ledger.forget(AGENT_PAGE.key(agent=agent))


def page_of(ledger: Ledger, agent: int) -> Page | None:
    """Return an agent's page, or None where none reported itself within the last two minutes."""
    known = ledger.recall(AGENT_PAGE.key(agent=agent))
    return Page(**known.value) if known is not None else None


def may_ask(ledger: Ledger, agent: int, what: str) -> bool:
    """Return whether Amazon Connect may be asked something for an agent's page now: once in two seconds."""
    now, key = ledger.clock(), AGENT_SOUGHT.key(agent=agent, what=what)
    known = ledger.read(key)
    before = known.content.get("at")
    if before is not None and now - datetime.fromisoformat(before) < _ASKED_AGAIN:
        return False
    return ledger.write(key, {"at": now.isoformat()}, known.version) is not None


def offer(
    ledger: Ledger, agent: int, leg: str, root: str, shown: tuple[str, int] | None, *, rings: bool
) -> None:
    """Leave to an agent's page what is to be shown for a leg; a page asks for it within the minute.

    What ``rings`` comes too late where something is there that was left on acceptance.
    """
    kind, number = shown or (None, None)
    made = asdict(Offer(root, ledger.clock().isoformat(), kind, number, rings))

    def latest(known: Any) -> Any:
        return known if rings and known and not known["rings"] else made

    ledger.change(POP_FOR_PAGE.key(agent=agent, leg=leg), latest)


def offered(ledger: Ledger, agent: int, leg: str) -> Offer | None:
    """Return what an agent's page is to show for a leg, or None where nothing was left to it."""
    known = ledger.recall(POP_FOR_PAGE.key(agent=agent, leg=leg))
    return Offer(**known.value) if known is not None else None
