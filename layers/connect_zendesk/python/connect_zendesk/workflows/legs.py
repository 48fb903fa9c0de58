"""Which legs of a contact are known, and which of them have ended (T8).

Contact events and records tell, in any order; either may be lost, and the other then says the same.
"""

from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger import KEEP_CLAIM, contact
from connect_zendesk.workflows.clients import Clients

_LEGS = "legs"
#: No chat lasts longer than a week: a leg whose end nobody told of has ended by then.
_LONGEST = timedelta(days=8)


def began(clients: Clients, root: str, leg: str, moment: datetime) -> None:
    """Note that a leg is going on since then."""
    _note(clients, root, leg, {"began": moment.isoformat()})


def ended(clients: Clients, root: str, leg: str, moment: datetime) -> None:
    """Note that a leg ended then."""
    _note(clients, root, leg, {"ended": moment.isoformat()})


def known(clients: Clients, root: str) -> tuple[str, ...]:
    """Return the ids of the contact's legs that have been told of."""
    return tuple(_known(clients, root))


def going_on(clients: Clients, root: str) -> bool:
    """Tell whether a leg of the contact has begun and not ended, as far as is known."""
    oldest = (clients.clock() - _LONGEST).isoformat()
    return any("ended" not in leg and leg["began"] > oldest for leg in _known(clients, root).values())


def last_ended(clients: Clients, root: str) -> datetime | None:
    """Return when the last leg that is known to have ended did so, or None where none is."""
    ends = [leg["ended"] for leg in _known(clients, root).values() if "ended" in leg]
    return datetime.fromisoformat(max(ends)) if ends else None


def end_of(clients: Clients, root: str, leg: str) -> str | None:
    """Return when a leg ended, in ISO 8601, or None where nobody has told of it."""
    return _known(clients, root).get(leg, {}).get("ended")


def _known(clients: Clients, root: str) -> dict[str, dict[str, str]]:
    remembered = clients.ledger.recall(contact(root), _LEGS)
    return dict(remembered.value) if remembered else {}


def _note(clients: Clients, root: str, leg: str, told: dict[str, str]) -> None:
    if (_known(clients, root).get(leg) or {}).items() >= told.items():
        return

    def add(known: Any) -> Any:
        legs = dict(known or {})
        legs[leg] = {**legs.get(leg, {}), **told}
        return legs

    clients.ledger.change(contact(root), _LEGS, add, KEEP_CLAIM)
