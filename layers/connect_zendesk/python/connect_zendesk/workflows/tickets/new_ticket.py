"""Makes a new ticket once, under a key for its text, without what Zendesk refuses or drops of it (T16)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.errors import Permanent
from connect_zendesk.ledger import heads, steps
from connect_zendesk.ledger.claims import Claim, Draft
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import Step, contact_step
from connect_zendesk.ledger.steps import intention, run_once
from connect_zendesk.rules.model import MadeFor, Ticket
from connect_zendesk.rules.tickets.marks import EXTERNAL_ID, is_own_ticket
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.refusals import dropped_of, without_refused
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import AlreadySent, NoAnswer, Refused

#: Within this, what is done to a new ticket is done by Zendesk's triggers.
_AT_ONCE = timedelta(seconds=5)


def make_once(services: Services, root: str, name: str, draft: Callable[[], Draft]) -> Head:
    """Make a ticket once: the same bytes under one idempotency key, found again by its external id.

    What Zendesk refuses of it is left out, in another draft with another key (T16). Raises `RequesterRefused`
    where that is the requester, and other `Permanent` errors: then nothing of it is remembered, unless an
    attempt before is in doubt, and it can be decided again.
    """
    while True:
        sent: list[Claim] = []
        try:
            return _make_of(services, root, name, draft, sent)
        except Permanent as error:
            if not sent:
                raise
            _leave_out(services, sent[-1], error)


def begun(services: Services, root: str, name: str) -> Draft | None:
    """Return the draft of a contact's ticket of this name, or of one that is made, what is known of it."""
    return intention(services.ledger, creation(root, name))


def made_for(services: Services, ticket: Ticket) -> Ticket:
    """Return a ticket with the contact it was made for, where that was done here."""
    if ticket.external_id is None or not is_own_ticket(ticket.external_id):
        return ticket
    root = ticket.external_id.removeprefix(EXTERNAL_ID)
    known = begun(services, root, ticket.external_id)
    if known is None or known.notes is None:
        return ticket
    back = known.notes.get("looked_back_to")
    made = MadeFor(
        datetime.fromisoformat(known.notes["began"]), datetime.fromisoformat(back) if back else None
    )
    return replace(ticket, made_for=made)


def _leave_out(services: Services, sent: Claim, error: Permanent) -> None:
    """Have the ticket made without what Zendesk refused of it; where nothing can be left out, raise."""
    if not isinstance(error, Refused):
        if sent.state == "new":
            steps.abandon(services.ledger, sent)
        raise error
    try:
        lesser = without_refused(services, sent.draft, error)
    except Permanent:
        steps.abandon(services.ledger, sent)
        raise
    steps.redraft(services.ledger, sent, lesser)


def _make_of(services: Services, root: str, name: str, draft: Callable[[], Draft], sent: list[Claim]) -> Head:
    def write(claim: Claim) -> dict[str, Any]:
        sent.append(claim)
        try:
            key = _key(name, claim.draft)
            made = tickets.create(services.zendesk, claim.draft.content, idempotency_key=key)
        except AlreadySent:
            found = find(claim)
            if found is None:
                raise NoAnswer("the ticket that this key made is not listed yet", 60) from None
            return found
        return _result(made, claim)

    def find(claim: Claim) -> dict[str, Any] | None:
        found = tickets.shown_by_external_id(services.zendesk, name)
        return _result(found, claim) if found else None

    made = run_once(services.ledger, creation(root, name), draft=draft, write=write, find=find)
    head = heads.made_by(services.ledger, root, made["head"])
    if (dropped := made.get("dropped")) and head.ticket is not None:
        # The first comment is written by now, and does not say it.
        add_note(services, contact_step(root, f"dropped#{name}"), head.ticket, dropped, root)
        head = replace(head, reasons=(*head.reasons, *dropped))
    return head


def _key(name: str, draft: Draft) -> str:
    """Return the idempotency key of a draft: another one for another text, of at most 255 characters."""
    if not (draft.notes or {}).get("keyed"):
        return name[-255:]  # begun by release 0.1, which had the one key
    return f"{name[-222:]}:{hashlib.sha256(draft.content.encode()).hexdigest()[:32]}"


def creation(root: str, name: str) -> Step:
    """Return the step that makes a contact's ticket of this name."""
    return contact_step(root, f"create#{name}")


def _result(shown: Mapping[str, Any], claim: Claim) -> dict[str, Any]:
    """Return what stays known of a ticket that was made: all but its text, and what Zendesk dropped (T16).

    What a ticket lacks that was changed since may have been taken off by a person.
    """
    ticket = tickets.parse(shown)
    made = {"ticket": ticket.id, "requester": ticket.requester, "public": ticket.public}
    known = dict(claim.draft.notes or {})
    untouched = ticket.updated - ticket.created <= _AT_ONCE
    dropped = dropped_of(claim.draft, shown) if untouched and claim.draft.content is not None else []
    return {**known, "head": {**known["head"], **made}, **({"dropped": dropped} if dropped else {})}
