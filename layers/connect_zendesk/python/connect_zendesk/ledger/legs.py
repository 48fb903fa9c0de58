"""Which legs of a contact are known, and which of them have ended (T8).

Contact events and records tell, in any order; either may be lost, and the other then says the same.
"""

from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger.ledger import KEEP_CLAIM, contact
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.workflows.services import Services

_LEGS, _ROOT = "legs", "root"
#: No chat lasts longer than a week: a leg whose end nobody told of has ended by then.
_LONGEST = timedelta(days=8)


def began(services: Services, root: str, leg: str, moment: datetime) -> None:
    """Note that a leg is going on since then."""
    _note(services, root, leg, {"began": moment.isoformat()})


def ended(services: Services, root: str, leg: str, moment: datetime, record: Leg | None = None) -> None:
    """Note that a leg ended then. ``record`` is what its record says of it, where that has come."""
    told = {"ended": moment.isoformat()}
    if record is not None:
        joined = record.agent.connected if record.agent else None
        told |= {"method": record.initiation_method, "joined": (joined or record.began).isoformat()}
    _note(services, root, leg, told)


def told(services: Services, root: str) -> dict[str, dict[str, str]]:
    """Return what is known of the contact's legs, by their ids: some of began, ended, joined, method."""
    return _known(services, root)


def root_of(services: Services, leg: str) -> str | None:
    """Return the contact that a leg belongs to, or None where no record or event of it has come."""
    later = services.ledger.recall(f"leg#{leg}", _ROOT)
    if later is not None:
        return str(later.value)
    return leg if leg in _known(services, leg) else None


def belongs(services: Services, leg: str, root: str) -> None:
    """Note which contact a leg belongs to."""
    services.ledger.remember(f"leg#{leg}", _ROOT, root, KEEP_CLAIM)


def known(services: Services, root: str) -> tuple[str, ...]:
    """Return the ids of the contact's legs that have been told of."""
    return tuple(_known(services, root))


def going_on(services: Services, root: str) -> bool:
    """Tell whether a leg of the contact has begun and not ended, as far as is known."""
    oldest = (services.clock() - _LONGEST).isoformat()
    return any("ended" not in leg and leg["began"] > oldest for leg in _known(services, root).values())


def last_ended(services: Services, root: str) -> datetime | None:
    """Return when the last leg that is known to have ended did so, or None where none is."""
    ends = [leg["ended"] for leg in _known(services, root).values() if "ended" in leg]
    return datetime.fromisoformat(max(ends)) if ends else None


def end_of(services: Services, root: str, leg: str) -> str | None:
    """Return when a leg ended, in ISO 8601, or None where nobody has told of it."""
    return _known(services, root).get(leg, {}).get("ended")


def _known(services: Services, root: str) -> dict[str, dict[str, str]]:
    remembered = services.ledger.recall(contact(root), _LEGS)
    return dict(remembered.value) if remembered else {}


def _note(services: Services, root: str, leg: str, told: dict[str, str]) -> None:
    legs_known = _known(services, root)
    if (legs_known.get(leg) or {}).items() >= told.items():
        return
    if leg != root and leg not in legs_known:
        belongs(services, leg, root)

    def add(known: Any) -> Any:
        legs = dict(known or {})
        legs[leg] = {**legs.get(leg, {}), **told}
        return legs

    services.ledger.change(contact(root), _LEGS, add, KEEP_CLAIM)
