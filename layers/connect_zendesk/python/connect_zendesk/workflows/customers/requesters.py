"""The requester of a new ticket: a user that exists, or one made now, once (C8, C9)."""

import hashlib
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import KEEP_PERSONAL, PLACEHOLDER, USER, Step, own_step
from connect_zendesk.ledger.steps import Claim, Draft, result_of, run_once
from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.model import ExistingUser, NewUser, Placeholder, Requester, User
from connect_zendesk.rules.settings.readers import without_markup
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import Duplicate, NoAnswer

PLACEHOLDER_EXTERNAL_ID = "amazon-connect:anonymous"

_INDEX_LAG_SECONDS = 60
_LONGEST_KEY = 200


def user_id(services: Services, requester: Requester, root: str) -> int | None:
    """Return the id of the user who requests a new ticket, made now where there is none.

    Raises `ZendeskError`, and `NotReady` while another contact from the same number makes the user.
    """
    if isinstance(requester, ExistingUser):
        return requester.id
    if isinstance(requester, Placeholder):
        if requester.id is not None:
            return requester.id
        return _made(services, NewUser(wording.PLACEHOLDER_NAME), PLACEHOLDER_EXTERNAL_ID)
    known_by = requester.number or requester.address or requester.email
    return _made(services, requester, f"amazon-connect:{_key_of(known_by) if known_by else root}")


def made_for_number(ledger: Ledger, e164: str) -> int | None:
    """Return the user made for a number lately, whom Zendesk's search may not find yet (C8)."""
    made: int | None = result_of(ledger, _step(f"amazon-connect:{e164}"))
    return made


def made_placeholder(ledger: Ledger) -> int | None:
    """Return the placeholder user as far as it was made here, without asking Zendesk (C9)."""
    made: int | None = result_of(ledger, _step(PLACEHOLDER_EXTERNAL_ID))
    return made


def placeholder(services: Services) -> int | None:
    """Return the placeholder user of anonymous callers, or None where it has not been made (C9)."""
    if (known := made_placeholder(services.ledger)) is not None:
        return known
    found = users.by_external_id(services.zendesk, PLACEHOLDER_EXTERNAL_ID)
    return found.id if found and not found.suspended else None


def is_reached_at(services: Services, user: User, number: str) -> bool:
    """Return whether a user's own number is this one in E.164, and the user may be a requester (C5)."""
    is_own = phone_numbers.is_same(user.phone, number, services.app.default_country)
    return is_own and user.active and not user.suspended


def _made(services: Services, user: NewUser, external_id: str) -> int:
    """Make a user once. The external id is unique in Zendesk, so even a lost answer leaves one user."""

    def find(_: Claim) -> int | None:
        found = users.by_external_id(services.zendesk, external_id)
        return found.id if found and _is(services, found, user) else None

    made: int = run_once(
        services.ledger,
        _step(external_id),
        draft=lambda: Draft(content=_new_user(user, external_id)),
        write=lambda claim: _make(services, user, dict(claim.draft.content)),
        find=find,
    )
    return made


def _new_user(user: NewUser, external_id: str) -> dict[str, Any]:
    name = without_markup(user.display_name)  # an address can be the name, and can hold a placeholder
    return users.new_user(name, user.number, user.email, external_id)


def _make(services: Services, user: NewUser, wanted: dict[str, Any]) -> int:
    """Make a user, or find the one there is; what of ``wanted`` is another user's stays theirs.

    Each thing that is taken takes one further request, and leads to the same user when tried again.
    """
    while True:
        try:
            return users.create(services.zendesk, wanted)
        except Duplicate as duplicate:
            taken = duplicate.fields & wanted.keys()
            if "external_id" in taken:
                holder = users.by_external_id(services.zendesk, wanted["external_id"])
                if holder is None:
                    raise _not_listed_yet() from None
                if _is(services, holder, user):
                    return holder.id
                # Made for this number once, and since then suspended or reached at another.
                wanted["external_id"] += f":{holder.id}"
            elif "email" in taken:
                del wanted["email"]  # calls are recognised by number
            elif "phone" in taken and "shared_phone_number" not in wanted:
                country = services.app.default_country
                for customer in users.with_phone(services.zendesk, wanted["phone"], country):
                    if _is(services, customer, user):
                        return customer.id
                if not users.with_phone(services.zendesk, wanted["phone"], country, any_role=True):
                    raise _not_listed_yet() from None
                # The line of an agent or a suspended user, who never match (C5): it is shared.
                wanted["shared_phone_number"] = True
            else:
                raise


def _is(services: Services, found: User, user: NewUser) -> bool:
    if user.number is not None:
        return is_reached_at(services, found, user.number)
    return found.active and not found.suspended


def _not_listed_yet() -> NoAnswer:
    late = NoAnswer("something of a new user is taken by one who is not listed yet", _INDEX_LAG_SECONDS)
    late.outcome_unknown = False
    return late


def _key_of(known_by: str) -> str:
    """Return a number, or an address but for case, within the length that Zendesk gives external ids."""
    key = known_by.lower()
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _step(external_id: str) -> Step:
    """Return the step that makes a user. Its key can be a number: it is not kept for long."""
    if external_id == PLACEHOLDER_EXTERNAL_ID:
        return own_step(PLACEHOLDER.key())
    return own_step(USER.key(external_id=external_id), in_progress=KEEP_PERSONAL)
