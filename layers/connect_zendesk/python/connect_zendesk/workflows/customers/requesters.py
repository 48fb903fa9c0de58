"""The requester of a new ticket: a user that exists, or one made now, once (C8, C9).

What the ledger remembers of a user is a hint for finding them: they may have been suspended, deleted, merged
or re-numbered since, so each is looked at in Zendesk before it is used (C5).
"""

import hashlib
from dataclasses import replace

from connect_zendesk.ledger import steps
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import KEEP_PERSONAL, PLACEHOLDER, USER, Step, own_step
from connect_zendesk.ledger.steps import Claim, Draft, result_of, run_once
from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.model import ExistingUser, NewUser, Placeholder, Requester, User
from connect_zendesk.workflows.customers import new_users
from connect_zendesk.workflows.customers.new_users import Made
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import finding, users
from connect_zendesk.zendesk.finding import Shown

PLACEHOLDER_EXTERNAL_ID = "amazon-connect:anonymous"

_PLACEHOLDER = NewUser(wording.PLACEHOLDER_NAME)
_LONGEST_KEY = 200


def requester_of(services: Services, requester: Requester, root: str) -> Made | None:
    """Return the user who requests a new ticket, made now where there is none; None where nobody does.

    Raises `ZendeskError`, and `NotReady` while another contact from the same number makes the user.
    """
    if isinstance(requester, ExistingUser):
        return Made(requester.id) if requester.id is not None else None
    if isinstance(requester, Placeholder):
        if requester.id is not None:
            return Made(requester.id)
        return _made(services, _PLACEHOLDER, PLACEHOLDER_EXTERNAL_ID)
    known_by = requester.number or requester.address or requester.email
    return _made(services, requester, _external_id(known_by or root))


def made_for_number(services: Services, e164: str) -> Shown | None:
    """Return the user made for a number lately, whom Zendesk's search may not find yet (C8).

    None where there is none, or none that the number finds any more (C5). One who was merged is the user they
    were merged into, where Zendesk says who that is.
    """
    hint: int | None = result_of(services.ledger, _step(_external_id(e164)))
    if hint is None:
        return None
    shown = finding.user(services.zendesk, hint)
    if shown is None:
        return None
    user = users.parse(shown)
    if user.id != hint:
        return shown if user.active and not user.suspended else None
    return shown if _is_still(services, shown, NewUser(number=e164)) else None


def candidate(shown: Shown, e164: str) -> User:
    """Return a user who was made for a number as one whose number it is, for the comparison of C5."""
    return replace(users.parse(shown), phone=e164)


def made_placeholder(ledger: Ledger) -> int | None:
    """Return the placeholder user as far as it was made here, without asking Zendesk (C9)."""
    made: int | None = result_of(ledger, _step(PLACEHOLDER_EXTERNAL_ID))
    return made


def placeholder(services: Services) -> int | None:
    """Return the placeholder user of anonymous callers, or None where one has to be made (C9)."""
    if (hint := made_placeholder(services.ledger)) is not None:
        return hint if _usable(services, hint, _PLACEHOLDER) else None
    found = new_users.find(services, _PLACEHOLDER, PLACEHOLDER_EXTERNAL_ID)
    return found.id if found is not None else None


def is_reached_at(services: Services, user: User, number: str) -> bool:
    """Return whether a user's own number is this one in E.164, and the user may be a requester (C5)."""
    is_own = phone_numbers.is_same(user.phone, number, services.app.default_country)
    return is_own and user.active and not user.suspended


def _made(services: Services, user: NewUser, external_id: str) -> Made:
    """Make a user once. The external id is unique in Zendesk, so even a lost answer leaves one user."""
    step, left_out = _step(external_id), user.taken
    hint: int | None = result_of(services.ledger, step)
    if hint is not None:
        if _usable(services, hint, user):
            return Made(hint)
        steps.forget(services.ledger, step, hint)

    def write(claim: Claim) -> int:
        nonlocal left_out
        made = new_users.make(services, user, external_id, claim.since or services.clock())
        left_out = made.left_out
        return made.id

    def find(_: Claim) -> int | None:
        found = new_users.find(services, user, external_id)
        return found.id if found is not None else None

    made: int = run_once(services.ledger, step, draft=Draft, write=write, find=find)
    return Made(made, left_out)


def _usable(services: Services, hint: int, user: NewUser) -> bool:
    shown = finding.user(services.zendesk, hint)
    return shown is not None and int(shown["id"]) == hint and _is_still(services, shown, user)


def _is_still(services: Services, shown: Shown, user: NewUser) -> bool:
    if not new_users.has_own_number(shown.get("external_id")):
        user = replace(user, taken=("number",))
    return new_users.is_still(services, users.parse(shown), user)


def _external_id(known_by: str) -> str:
    """Return a number, or an address but for case, within the length that Zendesk gives external ids."""
    key = known_by.lower()
    key = key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
    return f"amazon-connect:{key}"


def _step(external_id: str) -> Step:
    """Return the step that makes a user. Its key can be a number: it is not kept for long."""
    if external_id == PLACEHOLDER_EXTERNAL_ID:
        return own_step(PLACEHOLDER.key())
    return own_step(USER.key(external_id=external_id), in_progress=KEEP_PERSONAL)
