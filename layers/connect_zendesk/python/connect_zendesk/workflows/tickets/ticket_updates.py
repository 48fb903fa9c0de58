"""Updates a ticket once, which Zendesk has no key for: read it, look, write with its stamp (T14).

Zendesk may carry out an update long after we stopped waiting for its answer. So *every* attempt, the first
too, reads the ticket and writes on the condition that it has not changed since then. Where one before is in
doubt, its mark is looked for in the audits, after the ticket was read, and in a later second than the
stamp's: stamps are to the second. An attempt that is still on its way then makes ours lose where it is
carried out after the look, and loses itself once ours is written. A conflict is looked into at once: it may
have been our own late update.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger.schema import Step
from connect_zendesk.ledger.steps import Claim, Draft, run_once
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.model import Ticket
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, Conflict, Deleted, NotFound, Refused

#: How often a ticket that others change meanwhile is read again, before the update is retried later.
_LOOKS = 4
#: The same where each such conflict costs one of the ticket's thirty updates in ten minutes (O3).
_LOOKS_COUNTED = 2
#: A stamp that is older than this, by our clock, is of an earlier second by Zendesk's.
_CLOCKS_DIFFER = timedelta(minutes=5)
#: After so long a wait Zendesk's second is a later one, whatever either clock says.
_SECOND_AND_MORE = 1.2


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
    repeatable: bool = True,
) -> Mapping[str, Any]:
    """Update a ticket unless that has been done, and return what the first attempt noted.

    ``mark`` is the step's name in the metadata of the audit. ``change`` makes what the first attempt writes;
    ``notes`` are what is kept beside it, nothing personal. ``comment`` makes each attempt's comment anew,
    where its words are not for the ledger to keep. ``instead`` makes the comment that is written in place of
    everything optional in it, where Zendesk refuses that (X8); None where nothing is. Without ``repeatable``
    nothing is written any more once an earlier attempt is in doubt: the account ignores the stamp, or keeps
    no mark (O3). In what is returned, ``public`` says whether the ticket has public comments.

    Raises `Closed` and `Deleted` where the ticket cannot be written to any more, `Conflict` where others
    keep changing it, and `ZendeskError`.
    """

    def noted(claim: Claim, *, public: bool) -> dict[str, Any]:
        kept = {name: value for name, value in (claim.draft.notes or {}).items() if name != "ticket"}
        return {**kept, "public": public}

    def write(claim: Claim) -> dict[str, Any]:
        # The contact may have gone on with another ticket since the first attempt.
        tried = {(claim.draft.notes or {}).get("ticket", ticket), ticket}
        whole: Mapping[str, Any] | None = None
        in_doubt = claim.state == "unknown"
        for _ in range(_LOOKS_COUNTED if services.assumptions.conflict_is_counted else _LOOKS):
            seen = tickets.by_id(services.zendesk, ticket)
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
                updated = _update(services, ticket, whole, seen.updated, instead)
            except (Conflict, NotFound):
                in_doubt = True  # looked into at once: changed, deleted, or written by us after all
                continue
            return noted(claim, public=updated.public)
        raise Conflict("others keep changing the ticket", 2)

    done: Mapping[str, Any] = run_once(
        services.ledger,
        step,
        draft=lambda: Draft({"ticket": ticket, **(notes or {})}, change()),
        write=write,
    )
    return done


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
    ticket: int,
    whole: Mapping[str, Any],
    stamp: datetime,
    instead: Callable[[], Mapping[str, Any] | None] | None,
) -> Ticket:
    """Write with the stamp: all of it, or what is written ``instead`` where Zendesk refuses that."""
    try:
        return tickets.update(services.zendesk, ticket, whole, stamp)
    except Closed:
        raise
    except Refused as refused:
        kept_comment = instead() if instead is not None else None
        if kept_comment is None:
            raise
        count(Metric.OPTIONAL_PART_REFUSED)
        logger.warning("optional part refused", ticket=ticket, reason=str(refused))
        kept = {"metadata": whole["metadata"], "comment": kept_comment}
        return tickets.update(services.zendesk, ticket, kept, stamp)
