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

    ``claimed``: a page has asked for it.
    """

    root: str
    at: str
    kind: str | None = None
    id: int | None = None
    claimed: bool = False


def reported(ledger: Ledger, agent: int, arn: str | None) -> None:
    """Note that an agent (a Zendesk user id) has the page open. Kept for two minutes (P8)."""
    ledger.remember(AGENT_PAGE.key(agent=agent), asdict(Page(ledger.clock().isoformat(), arn)))


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


def offer(ledger: Ledger, agent: int, leg: str, root: str, shown: tuple[str, int] | None) -> None:
    """Leave to an agent's page what is to be shown for a leg; a page asks for it within the minute."""
    kind, number = shown or (None, None)
    made = Offer(root, ledger.clock().isoformat(), kind, number)
    ledger.remember(POP_FOR_PAGE.key(agent=agent, leg=leg), asdict(made))


def claimed(ledger: Ledger, agent: int, leg: str, offer: Offer) -> None:
    """Note that a page has asked for what was left to it, unless something newer has been left since."""

    def mark(known: Any) -> Any:
        return {**known, "claimed": True} if known and known["at"] == offer.at else known

    ledger.change(POP_FOR_PAGE.key(agent=agent, leg=leg), mark)


def offered(ledger: Ledger, agent: int, leg: str) -> Offer | None:
    """Return what an agent's page is to show for a leg, or None where nothing was left to it."""
    known = ledger.recall(POP_FOR_PAGE.key(agent=agent, leg=leg))
    return Offer(**known.value) if known is not None else None
