"""The requester of a new ticket: a user that exists, or one made now, once (C8, C9).

What the ledger remembers of a user is a hint for finding them: they may have been suspended, deleted, merged
or re-numbered since, so each is looked at in Zendesk before it is used (C5).
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from connect_zendesk.ledger import steps
from connect_zendesk.ledger.claims import Claim
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import KEEP_PERSONAL, PLACEHOLDER, USER, Step, own_step
from connect_zendesk.ledger.steps import result_of, run_once
from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.model import ExistingUser, NewUser, Placeholder, Requester, User
from connect_zendesk.rules.tickets.marks import EXTERNAL_ID
from connect_zendesk.workflows.customers import new_users
from connect_zendesk.workflows.customers.new_users import Made
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import finding, tickets, users
from connect_zendesk.zendesk.finding import Shown

PLACEHOLDER_EXTERNAL_ID = "amazon-connect:anonymous"

_PLACEHOLDER = NewUser(wording.PLACEHOLDER_NAME)
_LONGEST_KEY = 200


def requester_of(services: Services, requester: Requester, root: str) -> Made | None:
    """Return the user who requests a new ticket, made now where there is none; None for no requester.

    Raises `ZendeskError`, and `NotReady` while another contact from the same number makes the user.
    """
    if isinstance(requester, ExistingUser):
        return Made(requester.id) if requester.id is not None else None
    if isinstance(requester, Placeholder):
        if requester.id is not None:
            return Made(requester.id)
        return _made(services, _PLACEHOLDER, PLACEHOLDER_EXTERNAL_ID, root)
    known_by = requester.number or requester.address or requester.email
    return _made(services, requester, _external_id(known_by or root), root)


def made_for_number(services: Services, e164: str) -> Shown | None:
    """Return the user made for a number lately, whom Zendesk's search may not find yet (C8).

    None where there is none, or none that the number finds any more (C5). One who was merged is the user they
    were merged into: a merge takes the tickets along.
    """
    hint = _Hint.of(result_of(services.ledger, _step(_external_id(e164))))
    if hint is None:
        return None
    shown = finding.user(services.zendesk, hint.user)
    if shown is not None and int(shown["id"]) == hint.user and shown.get("active") is not False:
        return shown if _is_still(services, shown, NewUser(number=e164)) else None
    if (shown is None or int(shown["id"]) == hint.user) and hint.root is not None:
        ticket = tickets.by_external_id(services.zendesk, EXTERNAL_ID + hint.root)
        into = ticket.requester if ticket is not None else None
        shown = finding.user(services.zendesk, into) if into not in (None, hint.user) else None
    return shown if shown is not None and _is_customer(shown) else None


def candidate(shown: Shown, e164: str) -> User:
    """Return a user who was made for a number as one whose number it is, for the comparison of C5."""
    return replace(users.parse(shown), phone=e164)


def made_placeholder(ledger: Ledger) -> int | None:
    """Return the placeholder user as far as it was made here, without asking Zendesk (C9)."""
    hint = _Hint.of(result_of(ledger, _step(PLACEHOLDER_EXTERNAL_ID)))
    return hint.user if hint is not None else None


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


@dataclass(frozen=True)
class _Hint:
    """A user who was made here, and the first contact whose ticket they requested."""

    user: int
    root: str | None = None

    @staticmethod
    def of(result: Any) -> "_Hint | None":
        """Return it from the result of the step that made the user; release 0.1 kept the id alone."""
        if result is None:
            return None
        return _Hint(**result) if isinstance(result, dict) else _Hint(result)


def _made(services: Services, user: NewUser, external_id: str, root: str) -> Made:
    """Make a user once. The external id is unique in Zendesk, so even a lost answer leaves one user."""
    step, left_out = _step(external_id), user.taken
    known = result_of(services.ledger, step)
    if (hint := _Hint.of(known)) is not None:
        if _usable(services, hint.user, user):
            return Made(hint.user)
        steps.forget(services.ledger, step, known)

    def write(claim: Claim) -> dict[str, Any]:
        nonlocal left_out
        made = new_users.make(services, user, external_id, claim.since or services.clock())
        left_out = made.left_out
        return {"user": made.id, "root": root}

    def find(_: Claim) -> dict[str, Any] | None:
        found = new_users.find(services, user, external_id)
        return {"user": found.id, "root": root} if found is not None else None

    made = _Hint.of(run_once(services.ledger, step, write=write, find=find))
    assert made is not None  # noqa: S101 - a step that is done has a result
    return Made(made.user, left_out)


def _usable(services: Services, hint: int, user: NewUser) -> bool:
    shown = finding.user(services.zendesk, hint)
    return shown is not None and int(shown["id"]) == hint and _is_still(services, shown, user)


def _is_still(services: Services, shown: Shown, user: NewUser) -> bool:
    if not new_users.has_own_number(shown.get("external_id")):
        user = replace(user, taken=("number",))
    return new_users.is_still(services, users.parse(shown), user)


def _is_customer(shown: Shown) -> bool:
    """Return whether a user is an end user who can request a ticket."""
    user = users.parse(shown)
    return user.active and not user.suspended and shown.get("role", "end-user") == "end-user"


def _external_id(known_by: str) -> str:
    """Return a number, or an address but for case, within the length that Zendesk gives external ids."""
    key = known_by.lower()
    key = key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
    return EXTERNAL_ID + key


def _step(external_id: str) -> Step:
    """Return the step that makes a user. Its key can be a number: it is not kept for long."""
    if external_id == PLACEHOLDER_EXTERNAL_ID:
        return own_step(PLACEHOLDER.key())
    return own_step(USER.key(external_id=external_id), in_progress=KEEP_PERSONAL)
