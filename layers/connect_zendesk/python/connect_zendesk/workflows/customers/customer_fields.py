"""What the voice-authentication fields of a customer's Zendesk user are to say (V1, V3, V5).

What contacts said of a customer is kept in the ledger, and the message on the customer queue says no more
than *look*: whoever takes it sees all that was said by then. So of many messages one writes, and what holds
is the latest by event time, in whatever order they come.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from connect_zendesk.observability import count, logger
from connect_zendesk.rules.authentication import BY_WEIGHT
from connect_zendesk.rules.settings import resolve
from connect_zendesk.workflows.clients import Clients

#: What a message on the customer queue asks for.
KIND = "authentication"
#: The settings that name the two fields, by what the field holds.
SETTINGS: Mapping[str, str] = {"id": "voiceid_field", "status": "voiceid_status_field"}

_ITEM = "authentication"
#: A little longer than a contact's record can change anything after the contact's end (T15).
_KEEP = timedelta(days=40)
_MOST_CONTACTS = 6
_REPORTED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Said:
    """What a contact said of its customer ``at`` a moment (ISO 8601): the voiceprint's id and status.

    ``doubtful``: the caller was not recognised by this voiceprint, so it may be somebody else's; it holds
    for the user only who has it. ``keys`` are contact attributes that name other fields than the app
    settings do.
    """

    at: str
    id: str | None
    status: str
    doubtful: bool
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """All that is known of what a user's fields are to say; ``number`` counts the changes of it."""

    number: int
    said: tuple[Said, ...]
    gone: Said | None
    before: Mapping[str, str] | None

    def fields(self, clients: Clients) -> Mapping[str, str]:
        """Return the keys of the two fields, by what they hold, as attributes and app settings name them."""
        latest = self.said[-1] if self.said else self.gone
        app = clients.app
        settings = resolve(dict(latest.keys) if latest else {}, app.defaults)
        return {role: settings[name] for role, name in SETTINGS.items()}

    def values(self, now: Mapping[str, str]) -> dict[str, str]:
        """Return what the fields are to hold, by role, where they hold this ``now``.

        What a contact said that has gone to another user is taken back, where it still stands and what was
        there before is known.
        """
        values = dict(now)
        if self.gone is not None and self.before is not None:
            gone = {"id": self.gone.id, "status": self.gone.status}
            values |= {role: self.before[role] for role in gone if values[role] == gone[role]}
        for said in self.said:
            if said.doubtful and (said.id is None or said.id != values["id"]):
                continue
            values |= {"status": said.status} | ({"id": said.id} if said.id is not None else {})
        return values


def want(clients: Clients, user: int, root: str, said: Said) -> None:
    """Have a user's fields say what a contact said, unless a later contact says something else."""
    new = asdict(said)

    def add(known: Any) -> Any:
        state = known or {"said": {}, "number": 0, "done": 0, "gone": None, "before": None}
        contacts = state["said"]
        if contacts.get(root) == new:
            return state
        if root not in contacts and len(contacts) >= _MOST_CONTACTS:
            oldest = min(contacts, key=lambda contact: _order(contacts[contact]))
            if _order(new) < _order(contacts[oldest]):
                return state  # overtaken by more than are kept
            state = {**state, "before": _after(state["before"], contacts[oldest])}
            contacts = {contact: told for contact, told in contacts.items() if contact != oldest}
        return {**state, "said": {**contacts, root: new}, "number": state["number"] + 1}

    _ask(clients, user, clients.ledger.change(partition(user), _ITEM, add, _KEEP))


def withdraw(clients: Clients, user: int, root: str) -> None:
    """Have a user's fields no longer say what a contact said: an agent gave it to another customer (A1)."""
    known = clients.ledger.recall(partition(user), _ITEM)
    if known is None:
        return

    def remove(state: Any) -> Any:
        if state is None or root not in state["said"]:
            return state
        others = {contact: told for contact, told in state["said"].items() if contact != root}
        return {**state, "said": others, "gone": state["said"][root], "number": state["number"] + 1}

    _ask(clients, user, clients.ledger.change(partition(user), _ITEM, remove, _KEEP))


def open_wish(clients: Clients, user: int) -> Wanted | None:
    """Return what a user's fields are to say, or None where they were looked at since it changed."""
    known = clients.ledger.recall(partition(user), _ITEM)
    if known is None or known.value is None or known.value["done"] == known.value["number"]:
        return None
    state = known.value
    said = sorted(state["said"].values(), key=_order)
    gone = Said(**state["gone"]) if state["gone"] else None
    return Wanted(state["number"], tuple(Said(**told) for told in said), gone, state["before"])


def note_before(clients: Clients, user: int, values: Mapping[str, str]) -> None:
    """Remember what the fields held before anything that is known of here was written to them."""
    _change(clients, user, lambda state: {**state, "before": state["before"] or dict(values)})


def note_done(clients: Clients, user: int, wanted: Wanted) -> None:
    """Remember that the fields say what was wanted; what is wanted since then has a message of its own."""

    def done(state: Any) -> Any:
        same = state["number"] == wanted.number
        return {**state, "done": wanted.number, "gone": None} if same else state

    _change(clients, user, done)


def report_unknown(clients: Clients, key: str, setting: str) -> None:
    """Report a field that Zendesk's users do not have, by its name, once a day (V5)."""
    if clients.ledger.first("user fields", key, _REPORTED_EVERY):
        count("UnknownUserField")
        logger.error("Zendesk has no such user field", field=key, setting=setting)


def partition(user: int) -> str:
    """Return the partition of a customer: what is to be written to their user, and when it was."""
    return f"customer#{user}"


def _ask(clients: Clients, user: int, state: Any) -> None:
    """Ask that somebody looks, unless that was done. The number lets no queue take it for an older wish."""
    if state is not None and state["done"] != state["number"]:
        at = clients.clock().isoformat()
        clients.messages.update_customer({"kind": KIND, "user": user, "number": state["number"], "at": at})


def _change(clients: Clients, user: int, change: Any) -> None:
    clients.ledger.change(
        partition(user), _ITEM, lambda state: change(state) if state is not None else None, _KEEP
    )


def _order(told: Mapping[str, Any]) -> tuple[str, int, str]:
    return told["at"], BY_WEIGHT.index(told["status"]), told["id"] or ""


def _after(before: Mapping[str, str] | None, told: Mapping[str, Any]) -> dict[str, str]:
    """Return what the fields held once this had been written to them, after what they held before."""
    return {"id": told["id"] or (before or {}).get("id", ""), "status": told["status"]}
