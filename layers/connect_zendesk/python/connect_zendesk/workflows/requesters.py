"""The requester of a new ticket: a user that exists, or one made now, once (C8, C9)."""

import json
from typing import Any

from connect_zendesk.ledger import KEEP, KEEP_NUMBER, Claim, Ledger
from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.facts import ExistingUser, NewUser, Placeholder, Requester
from connect_zendesk.rules.lookups import User
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.once import once
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import Duplicate, NoAnswer

PLACEHOLDER_EXTERNAL_ID = "amazon-connect:anonymous"

_STEP = "user"
_INDEX_LAG_SECONDS = 60


def user_id(clients: Clients, requester: Requester, root: str) -> int | None:
    """Return the id of the user who requests a new ticket, made now where there is none.

    Raises `ZendeskError`, and `Busy` while another contact from the same number makes the user.
    """
    if isinstance(requester, ExistingUser):
        return requester.id
    if isinstance(requester, Placeholder):
        if requester.id is not None:
            return requester.id
        return _made(clients, NewUser(wording.PLACEHOLDER_NAME), PLACEHOLDER_EXTERNAL_ID)
    key = requester.number or (requester.email and requester.email.lower()) or root
    return _made(clients, requester, f"amazon-connect:{key}")


def made_for_number(ledger: Ledger, e164: str) -> int | None:
    """Return the user made for a number lately, whom Zendesk's search may not find yet (C8)."""
    made: int | None = ledger.result_of(_partition(f"amazon-connect:{e164}"), _STEP)
    return made


def placeholder(clients: Clients) -> int | None:
    """Return the placeholder user of anonymous callers, or None where it has not been made (C9)."""
    known: int | None = clients.ledger.result_of(_partition(PLACEHOLDER_EXTERNAL_ID), _STEP)
    if known is not None:
        return known
    found = users.by_external_id(clients.zendesk, PLACEHOLDER_EXTERNAL_ID)
    return found.id if found else None


def _made(clients: Clients, user: NewUser, external_id: str) -> int:
    """Make a user once. The external id is unique in Zendesk, so even a lost answer leaves one user."""

    def write(claim: Claim) -> int:
        try:
            return users.create(clients.zendesk, claim.body)
        except Duplicate as duplicate:
            if "email" in duplicate.fields:
                # Somebody else has the address. Calls are recognised by number, so it is left to them.
                return users.create(clients.zendesk, _changed(claim.body, email=None))
            found = _holder(clients, user, external_id)
            if found.suspended:
                # Suspended users never match (C5), but keep their direct line: the new user shares it.
                return users.create(clients.zendesk, _changed(claim.body, shared_phone_number=True))
            return found.id

    def find(_: Claim) -> int | None:
        found = users.by_external_id(clients.zendesk, external_id)
        return found.id if found else None

    made: int = once(
        clients.ledger,
        _partition(external_id),
        _STEP,
        body=lambda: users.new_user_body(user.display_name, user.number, user.email, external_id),
        write=write,
        find=find,
        keep=KEEP if external_id == PLACEHOLDER_EXTERNAL_ID else KEEP_NUMBER,
    )
    return made


def _holder(clients: Clients, user: NewUser, external_id: str) -> User:
    """Return the user who holds the number or external id that Zendesk says is taken."""
    found = users.by_external_id(clients.zendesk, external_id)
    if found is None and user.number is not None:
        found = next(
            (
                other
                for other in users.with_phone(clients.zendesk, user.number)
                if other.phone
                and phone_numbers.to_e164(other.phone, clients.app.default_country) == user.number
            ),
            None,
        )
    if found is None:
        late = NoAnswer("the number is taken by a user whom the search does not find yet", _INDEX_LAG_SECONDS)
        late.doubtful = False
        raise late
    return found


def _changed(body: str, **change: Any) -> str:
    """Return the body of a new user with some values changed, or left out where None."""
    user = json.loads(body)["user"] | change
    return json.dumps({"user": {name: value for name, value in user.items() if value is not None}})


def _partition(external_id: str) -> str:
    return f"user#{external_id}"
