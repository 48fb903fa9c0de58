"""What the voice-authentication fields of a customer's Zendesk user are to say (V1, V3, V5).

What contacts said of a customer is kept in the ledger, and the message on the customer queue says no more
than that there is something: its worker reads all that was said by then. So of many messages one writes, and
what holds is the latest by event time, in whatever order they come.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from math import ceil
from typing import Any

from connect_zendesk.errors import NotReady
from connect_zendesk.ledger.schema import CUSTOMER, UNKNOWN_FIELD
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.voice_fields import Look, Said, State
from connect_zendesk.rules.settings.registry import VOICEID_FIELD, VOICEID_STATUS_FIELD, Setting
from connect_zendesk.rules.settings.settings import resolve
from connect_zendesk.workflows.services import Services

#: What a message on the customer queue asks for.
KIND = "authentication"
#: The settings that name the two fields, by what the field holds.
SETTINGS: Mapping[str, Setting[str]] = {"id": VOICEID_FIELD, "status": VOICEID_STATUS_FIELD}


def request(services: Services, user: int, root: str, said: Said) -> None:
    """Have a user's fields say what a contact said, unless a later contact says something else."""
    _queue_update(
        services, user, _change(services, user, lambda state: (state or State()).with_said(root, said))
    )


def withdraw(services: Services, user: int, root: str) -> None:
    """Have a user's fields no longer say what a contact said: an agent gave it to another customer (A1)."""
    if services.ledger.recall(CUSTOMER.key(user=user)) is not None:
        _queue_update(
            services, user, _change(services, user, lambda state: state.without(root) if state else None)
        )


def pending(services: Services, user: int) -> State | None:
    """Return what a user's fields are to say, or None where they were looked at since it changed."""
    known = services.ledger.recall(CUSTOMER.key(user=user))
    state = State.of(known.value) if known is not None and known.value is not None else None
    return state if state is not None and state.done != state.number else None


def keys(services: Services, state: State) -> Mapping[str, str]:
    """Return the keys of the two fields, by what they hold, as attributes and app settings name them."""
    app = services.app
    settings = resolve(dict(state.newest_keys), app.defaults)
    return {role: settings[setting] for role, setting in SETTINGS.items()}


def note_begun(services: Services, user: int, look: Look) -> None:
    """Remember what the fields held, and what is going to be written to them."""
    until = _doubt_ends(services)
    _change(services, user, lambda state: look.begun(state, until) if state else None)


def note_doubt(services: Services, user: int, look: Look) -> None:
    """Remember that a write may still be carried out: the fields are read again when a lease has run out."""
    until = _doubt_ends(services)
    _change(services, user, lambda state: look.in_doubt(state, until) if state else None)


def _doubt_ends(services: Services) -> str:
    return (services.clock() + services.ledger.lease).isoformat()


def note_ended(services: Services, user: int, look: Look) -> None:
    """Remember that the fields say what was wanted; what is wanted since then has a message of its own.

    Raises `NotReady` until what a write has left in doubt can be read: it has no condition (T14).
    """

    def ended(state: State | None) -> State | None:
        if state is None:
            return None
        if state.doubt_ends:
            left = (datetime.fromisoformat(state.doubt_ends) - services.clock()).total_seconds()
            if left > 0:
                raise NotReady("an earlier update of the user may still be carried out", ceil(left))
        return look.ended(state)

    _change(services, user, ended)


def report_unknown(services: Services, key: str, setting: str) -> None:
    """Report a field that Zendesk's users do not have, by its name, once a day (V5)."""
    if services.ledger.first(UNKNOWN_FIELD.key(key=key)):
        count(Metric.USER_FIELD_NOT_FOUND)
        logger.error("user field not found in Zendesk", field=key, setting=setting)


def _queue_update(services: Services, user: int, state: State | None) -> None:
    """Queue an update, unless it is done. The number keeps it apart from earlier ones in the FIFO queue."""
    if state is not None and state.done != state.number:
        at = services.clock().isoformat()
        services.messages.update_customer({"kind": KIND, "user": user, "number": state.number, "at": at})


def _change(services: Services, user: int, change: Callable[[State | None], State | None]) -> State | None:
    def changed(known: Any) -> Any:
        state = change(State.of(known) if known is not None else None)
        return state.item if state is not None else None

    now = services.ledger.change(CUSTOMER.key(user=user), changed)
    return State.of(now) if now is not None else None
