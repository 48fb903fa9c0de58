"""Writes to a customer's Zendesk user what contacts say about them, at the pace that Zendesk allows.

A message says what ``kind`` of change it asks for; each kind is a row of `_KINDS`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from connect_zendesk.errors import NotReady, Permanent, RetryLater
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.pace import wait_for_turn
from connect_zendesk.ledger.schema import CUSTOMER_LOCK, CUSTOMER_UPDATES, own_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.voice_fields import ROLES, Look, State
from connect_zendesk.workflows.customers import customer_fields, requesters
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import Duplicate, NotFound, Refused

#: Zendesk's limit is one update of a user a second, for the whole account.
SPACING = timedelta(seconds=1)
#: Reading a user is limited by the account's plan alone, of which other requests need most.
LOOKS = timedelta(seconds=0.5)
#: And so many updates of one user within a minute.
PER_USER, MINUTE = 5, timedelta(seconds=60)

_E164 = re.compile(r"\+[1-9]\d{5,14}")

#: Makes one kind of change of a user; returns whether there was anything to change.
_Kind = Callable[[Services, int, Mapping[str, Any]], bool]


def ask_for_number(services: Services, user: int, number: str, at: datetime) -> None:
    """Ask that a user who has no number gets this one, in E.164 (C10)."""
    detail = {"kind": "phone", "user": user, "number": number, "at": at.isoformat()}
    services.messages.update_customer(detail)


def update_customer(services: Services, detail: Mapping[str, Any]) -> None:
    """Make one change of a customer's user, unless it is not called for any more.

    ``detail``: ``kind``, ``user`` (id), ``at`` (when it became so, ISO 8601), and what the kind needs.
    Staff are left alone. Done again it changes nothing. Raises `ZendeskError`, and `NotReady` until the user
    may be updated again: no other user waits for that.
    """
    make, user_id = _KINDS.get(str(detail.get("kind"))), detail.get("user")
    if make is None or isinstance(user_id, bool) or not isinstance(user_id, int):
        raise Permanent("an unknown kind of change of a customer")
    if make(services, user_id, detail):
        count(Metric.CUSTOMER_UPDATED)
    else:
        logger.info("user unchanged", kind=detail["kind"])
        count(Metric.CUSTOMER_UNCHANGED)


def _number(services: Services, user_id: int, detail: Mapping[str, Any]) -> bool:
    """Give a number to a user who has none; one that is there is never overwritten (C10)."""
    number = str(detail.get("number"))
    if not _E164.fullmatch(number):
        raise Permanent("a customer's number that is not in E.164")
    wait_for_turn(services.ledger, "customer looks", LOOKS, services.sleep)
    user = users.customer_by_id(services.zendesk, user_id)
    if user is None or user.id != user_id or not user.active or user.suspended or user.phone:
        return False
    # Where it is another user's direct line, the two share it.
    for change in ({"phone": number}, {"phone": number, "shared_phone_number": True}):
        try:
            _write(services, user_id, change)
        except NotFound:
            break
        except Refused as refused:
            if "phone" not in refused.fields:
                raise
            if not isinstance(refused, Duplicate):
                break  # the account takes no such number
        else:
            return True
    logger.info("number not accepted by Zendesk", kind="phone")
    return False


def _authentication(services: Services, user_id: int, _: Mapping[str, Any]) -> bool:
    """Have the user's two fields say what the latest contact said (V1, V3); alone, so that it stays."""
    if customer_fields.pending(services, user_id) is None:
        count(Metric.CUSTOMER_UPDATE_COALESCED)
        return False
    with exclusive_lock(services.ledger, own_step(CUSTOMER_LOCK.key(user=user_id))) as is_held:
        wanted = customer_fields.pending(services, user_id)
        if wanted is None:
            return False
        look = _look(services, user_id, wanted)
        change = {key: value or None for key, value in look.wanted.items() if value != look.held[key]}
        if change:
            change = _with_others(services, user_id, change)
        if change or wanted.trying not in ({}, look.wanted):  # what another may still be writing
            customer_fields.note_begun(services, user_id, look)
        if change:
            try:
                _write(services, user_id, {"user_fields": change})
            except RetryLater as later:
                if later.outcome_unknown:
                    customer_fields.note_doubt(services, user_id, look)
                raise
            except NotFound:  # what is to be done then is decided by looking again
                raise NotReady("the user was merged or deleted meanwhile", 1) from None
        if not is_held():
            # Others may have written meanwhile, and ours came last.
            customer_fields.note_doubt(services, user_id, look)
            raise NotReady("another container was at this user meanwhile", 1)
        customer_fields.note_ended(services, user_id, look)
        return bool(change)


def _with_others(services: Services, user_id: int, change: dict[str, Any]) -> dict[str, Any]:
    """Return a change of user fields with all other fields as they are, where Zendesk empties those (O3)."""
    if services.assumptions.user_fields_are_kept:
        return change
    profile = users.customer_profile(services.zendesk, user_id)
    return {**(profile.fields if profile is not None else {}), **change}


def _look(services: Services, user_id: int, wanted: State) -> Look:
    """Return what a user's fields hold and are to hold; no fields where the user must not be written to."""
    _wait_for_minute(services, user_id)
    wait_for_turn(services.ledger, "customer looks", LOOKS, services.sleep)
    profile = users.customer_profile(services.zendesk, user_id)
    if profile is None or profile.user.id != user_id or not profile.user.active:
        return Look(wanted, {}, dict.fromkeys(ROLES, ""))
    if (profile.external_id or "").startswith(requesters.PLACEHOLDER_EXTERNAL_ID):
        return Look(wanted, {}, dict.fromkeys(ROLES, ""))  # who calls anonymously is not one person (C9)
    keys = customer_fields.keys(services, wanted)
    for role, key in keys.items():
        if key not in profile.fields:
            customer_fields.report_unknown(services, key, customer_fields.SETTINGS[role].name)
    fields = {role: key for role, key in keys.items() if key in profile.fields}
    return Look(wanted, fields, {role: str(profile.fields.get(keys[role]) or "") for role in ROLES})


_KINDS: Mapping[str, _Kind] = {"phone": _number, customer_fields.KIND: _authentication}


def _write(services: Services, user_id: int, change: Mapping[str, Any]) -> None:
    """Change a user when the account's turn has come. Raises `NotReady` where the user's minute is full."""
    wait_for_turn(services.ledger, "customers", SPACING, services.sleep)

    def note(known: Any) -> list[str]:
        times = _within_minute(services, known)
        if len(times) >= PER_USER:
            raise _until(services, times)
        return [*times, services.clock().isoformat()]

    services.ledger.change(CUSTOMER_UPDATES.key(user=user_id), note)
    users.update(services.zendesk, user_id, change)


def _wait_for_minute(services: Services, user_id: int) -> None:
    """Raise `NotReady` where the user has been updated as often in the last minute as is allowed."""
    remembered = services.ledger.recall(CUSTOMER_UPDATES.key(user=user_id))
    times = _within_minute(services, remembered.value if remembered is not None else None)
    if len(times) >= PER_USER:
        raise _until(services, times)


def _until(services: Services, times: list[str]) -> NotReady:
    wait = datetime.fromisoformat(times[-PER_USER]) + MINUTE - services.clock()
    return NotReady("a user cannot be updated more often in a minute", max(1, ceil(wait.total_seconds())))


def _within_minute(services: Services, known: Any) -> list[str]:
    oldest = services.clock() - MINUTE
    return [time for time in known or () if datetime.fromisoformat(time) > oldest]
