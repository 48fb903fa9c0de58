"""Updates a ticket once, which Zendesk has no key for: read it, look, write with its stamp (T14).

Zendesk may carry out an update long after we stopped waiting for its answer. So *every* attempt, the first
too, reads the ticket and writes on the condition that it has not changed since then. It reads it before it
claims the step: so it loses, too, to a container that took the claim for a dead one's, by a clock that is
wrong, and was faster. Where an attempt before is in doubt, its mark is looked for in the audits, after the
ticket was read, and in a later second than the stamp's: stamps are to the second. An attempt that is still
on its way then makes ours lose where it is carried out after the look, and loses itself once ours is
written. A conflict is looked into at once: it may have been our own late update.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from connect_zendesk.ledger.claims import Claim, Draft
from connect_zendesk.ledger.schema import Step
from connect_zendesk.ledger.steps import result_of, run_once, state_of
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.model import FilledTicket
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, Conflict, Deleted, NotFound, Paced, Refused

#: How often a ticket that others change meanwhile is read again, before the update is retried later.
_LOOKS = 4
#: The same where each such conflict costs one of the ticket's thirty updates in ten minutes (O3).
_LOOKS_COUNTED = 2
#: A stamp that is older than this, by our clock, is of an earlier second by Zendesk's.
_CLOCKS_DIFFER = timedelta(minutes=5)
#: After so long a wait Zendesk's second is a later one, whatever either clock says.
_SECOND_AND_MORE = 1.2


class Addition(Protocol):
    """What an update sets besides, which depends on the ticket as it is: optional, part by part (T17)."""

    def to(self, change: Mapping[str, Any], ticket: FilledTicket) -> Mapping[str, Any]:
        """Return a change of the ticket, whose comment says what is added, with it."""

    def leave_out(self, refused: Refused, ticket: FilledTicket) -> bool:
        """Leave out what Zendesk refuses of it from now on; returns False where that is nothing of it."""

    def dropped(self, before: FilledTicket, after: FilledTicket) -> Sequence[str]:
        """Return lines on what Zendesk has not taken of it, without a word."""


def update_once(
    services: Services,
    step: Step,
    ticket: int,
    mark: str,
    change: Callable[[], Mapping[str, Any]],
    *,
    notes: Mapping[str, Any] | None = None,
    comment: Callable[[], Mapping[str, Any]] | None = None,
    instead: Callable[[], Mapping[str, Any] | None] | None = None,
    addition: Addition | None = None,
    repeatable: bool = True,
) -> Mapping[str, Any]:
    """Update a ticket unless that has been done, and return what the first attempt noted.

    ``mark`` is the step's name in the metadata of the audit. ``change`` makes what the first attempt writes;
    ``notes`` are what is kept beside it, nothing personal. ``comment`` makes each attempt's comment anew,
    where its words are not for the ledger to keep. ``instead`` makes the comment that is written in place of
    everything optional in it, where Zendesk refuses that (X8); None where nothing is. ``addition`` goes with
    it, made for the ticket as it is read, and of it goes first what Zendesk refuses. Without ``repeatable``
    nothing is written any more once an earlier attempt is in doubt: the account ignores the stamp, or keeps
    no mark (O3). In what is returned, ``public`` says whether the ticket has public comments, and ``dropped``
    has lines on what Zendesk did not take of ``addition``, where that is anything.

    Raises `Closed` and `Deleted` where the ticket cannot be written to any more, `Conflict` where others
    keep changing it, `Paced` before anything is begun (O7), and `ZendeskError`.
    """

    def noted(claim: Claim, *, public: bool) -> dict[str, Any]:
        kept = {name: value for name, value in (claim.draft.notes or {}).items() if name != "ticket"}
        return {**kept, "public": public}

    def write(claim: Claim) -> dict[str, Any]:
        # The contact may have gone on with another ticket since the first attempt.
        tried = {(claim.draft.notes or {}).get("ticket", ticket), ticket}
        whole: Mapping[str, Any] | None = None
        in_doubt = claim.state == "unknown"
        before = first if claim.state == "new" else []
        for _ in range(_LOOKS_COUNTED if services.assumptions.conflict_is_counted else _LOOKS):
            seen = before.pop() if before else tickets.filled(services.zendesk, ticket)
            if in_doubt and _is_written(services, tried, mark, claim, seen.updated if seen else None):
                # Where it cannot be known, nothing that has no flag of its own may follow in public.
                return noted(claim, public=seen is None or seen.public)
            if claim.state == "unknown" and not repeatable:
                logger.warning("in doubt, and not written again", ticket=ticket, step=mark, rule="O3")
                return noted(claim, public=seen is None or seen.public)
            if seen is None or seen.status == "deleted":
                raise Deleted(f"ticket {ticket} is deleted")
            if seen.closed:
                raise Closed(f"ticket {ticket} is closed")
            if whole is None:
                whole = {**claim.draft.content, **({"comment": comment()} if comment else {})}
            try:
                updated = _update(services, seen, whole, instead, addition)
            except (Conflict, NotFound):
                in_doubt = True  # looked into at once: changed, deleted, or written by us after all
                continue
            dropped = addition.dropped(seen, updated) if addition is not None else ()
            kept = {"dropped": list(dropped)} if dropped else {}
            return {**noted(claim, public=updated.public), **kept}
        raise Conflict("others keep changing the ticket", 2)

    _expect_room(services, step)
    is_new = state_of(services.ledger, step) == "new"
    first = [tickets.filled(services.zendesk, ticket)] if is_new else []
    done: Mapping[str, Any] = run_once(
        services.ledger,
        step,
        draft=lambda: Draft({"ticket": ticket, **(notes or {})}, change()),
        write=write,
    )
    return done


def _expect_room(services: Services, step: Step) -> None:
    """Raise `Paced` where there is no room for an update that is still to be written: before it is begun."""
    try:
        tickets.expect_update(services.zendesk)
    except Paced:
        if result_of(services.ledger, step) is None:
            raise


def end_quietly(root: str, ticket: int | None) -> None:
    """Log and count that a contact's ticket was deleted: a person's wish, so no more is written (T12)."""
    count(Metric.TICKET_DELETED)
    logger.info("ticket deleted: nothing more is written", contact=root, ticket=ticket, rule="T12")


def _is_written(services: Services, tried: set[int], mark: str, claim: Claim, stamp: datetime | None) -> bool:
    """Return whether an earlier attempt is in the audits, looked for when the stamp's second is over."""
    assert claim.since is not None  # noqa: S101 - a claim that is ours has a beginning
    if stamp is not None and services.clock() - stamp < _CLOCKS_DIFFER:
        services.sleep(_SECOND_AND_MORE)
    for ticket in tried:
        try:
            if tickets.was_written(services.zendesk, ticket, mark, claim.since):
                return True
        except NotFound:
            logger.info("ticket deleted since it was written to", ticket=ticket)
    return False


def _update(
    services: Services,
    seen: FilledTicket,
    whole: Mapping[str, Any],
    instead: Callable[[], Mapping[str, Any] | None] | None,
    addition: Addition | None,
) -> FilledTicket:
    """Write with the stamp: all of it, or what is left where Zendesk refuses a part.

    Of the ``addition`` it goes part by part; then the comment is written ``instead``.
    """
    kept_comment: Mapping[str, Any] | None = None
    while True:
        change = addition.to(whole, seen) if addition is not None else whole
        try:
            return tickets.update(services.zendesk, seen.id, change, seen.updated)
        except Closed:
            raise
        except Refused as refused:
            if addition is not None and addition.leave_out(refused, seen):
                count(Metric.OPTIONAL_PART_REFUSED)
                logger.warning("optional part refused", ticket=seen.id, reason=str(refused))
                continue
            if kept_comment is not None:
                raise
            kept_comment = instead() if instead is not None else None
            if kept_comment is None:
                raise
            count(Metric.OPTIONAL_PART_REFUSED)
            logger.warning("optional part refused", ticket=seen.id, reason=str(refused))
            whole = {"metadata": whole["metadata"], "comment": kept_comment}
