"""Updates a ticket once, which Zendesk has no key for: by a step in the ledger and a mark in the audit."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connect_zendesk.ledger.schema import Step
from connect_zendesk.ledger.steps import Claim, Draft, run_once
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import tickets


def update_once(
    services: Services,
    step: Step,
    ticket: int,
    mark: str,
    change: Callable[[], Mapping[str, Any]],
    *,
    notes: Mapping[str, Any] | None = None,
    comment: Callable[[], Mapping[str, Any]] | None = None,
) -> Mapping[str, Any]:
    """Update a ticket unless that has been done, and return what the first attempt noted.

    ``mark`` is the step's name in the metadata of the audit. ``change`` makes what the first attempt writes;
    ``notes`` are what is kept beside it, nothing personal. ``comment`` makes each attempt's comment anew,
    where its words are not for the ledger to keep. In what is returned, ``public`` says whether the ticket
    has public comments. Raises `ZendeskError` and `Conflict`.
    """
    unchanged_since: datetime | None = None

    def noted(claim: Claim, *, public: bool) -> dict[str, Any]:
        kept = {name: value for name, value in (claim.draft.notes or {}).items() if name != "ticket"}
        return {**kept, "public": public}

    def write(claim: Claim) -> dict[str, Any]:
        whole = {**claim.draft.content, **({"comment": comment()} if comment else {})}
        updated = tickets.update(services.zendesk, ticket, whole, unchanged_since)
        return noted(claim, public=updated.public)

    def find(claim: Claim) -> dict[str, Any] | None:
        nonlocal unchanged_since
        assert claim.since is not None  # noqa: S101 - a claim that is ours has a beginning
        # The attempt that crashed may still be on its way: what it writes after this read makes ours lose.
        seen = tickets.by_id(services.zendesk, ticket)
        unchanged_since = seen.updated if seen else None
        # The contact may have moved to a follow-up since then.
        tried = {(claim.draft.notes or {}).get("ticket", ticket), ticket}
        if not any(tickets.was_written(services.zendesk, each, mark, claim.since) for each in tried):
            return None
        # Where it cannot be known, nothing that has no flag of its own may follow in public.
        return noted(claim, public=seen is None or seen.public)

    done: Mapping[str, Any] = run_once(
        services.ledger,
        step,
        draft=lambda: Draft({"ticket": ticket, **(notes or {})}, change()),
        write=write,
        find=find,
    )
    return done
