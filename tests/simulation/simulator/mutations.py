"""What the product must not be: each mutation breaks a promise of ledger or step, and some seed shows it.

A new mutation is a row: in words, and how it is done to the product, as a context manager.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from connect_zendesk.entrypoints import queue
from connect_zendesk.ledger import drafts, locks, steps
from connect_zendesk.ledger.claims import Claim, Draft
from connect_zendesk.ledger.items import Beside, Item
from connect_zendesk.workflows.tickets import new_ticket, ticket_updates
from connect_zendesk.zendesk import tickets
from tests.simulation.simulator.run import play
from tests.simulation.simulator.table import Table

Mutation = Callable[[], AbstractContextManager[Any]]


@contextmanager
def _lease_not_taken() -> Iterator[None]:
    """A step is claimed as if no other container were at it."""
    claim = steps.claim

    def alone(*given: Any) -> Claim:
        taken = claim(*given)
        return replace(taken, state="new") if taken.state == "unknown" else taken

    with (
        mock.patch.object(steps, "lease_holds", return_value=False),
        mock.patch.object(locks, "lease_holds", return_value=False),
        mock.patch.object(steps, "claim", alone),
    ):
        yield


def _confirmation_lost() -> AbstractContextManager[Any]:
    return mock.patch.object(steps, "confirm", return_value=None)


def _doubt_forgotten() -> AbstractContextManager[Any]:
    release = steps.release
    return mock.patch.object(
        steps, "release", lambda ledger, claim, **_: release(ledger, claim, outcome_unknown=False)
    )


def _condition_dropped() -> AbstractContextManager[Any]:
    put = Table.put

    def always(
        self: Table,
        partition: str,
        sort: str,
        item: Item,
        *,
        replacing: int | None,
        beside: Beside | None = None,
    ) -> bool:
        known = self.get(partition, sort)
        del replacing
        return put(self, partition, sort, item, replacing=known["version"] if known else None, beside=beside)

    return mock.patch.object(Table, "put", always)


@contextmanager
def _read_after_its_audits() -> Iterator[None]:
    """The stamp is that of the ticket when it is written, not of when it was looked at before the audits."""
    update = tickets.update

    def late(zendesk: Any, ticket: int, change: Mapping[str, Any], *_: Any) -> Any:
        seen = tickets.by_id(zendesk, ticket)
        return update(zendesk, ticket, change, seen.updated if seen else None)

    with mock.patch.object(tickets, "update", late):
        yield


def _without_stamp() -> AbstractContextManager[Any]:
    update = tickets.update
    return mock.patch.object(
        tickets,
        "update",
        lambda zendesk, ticket, change, *_: update(zendesk, ticket, change, None),
    )


def _another_key_each_time() -> AbstractContextManager[Any]:
    return mock.patch.object(new_ticket, "_key", side_effect=lambda *_: str(uuid.UUID(int=next(_NUMBERS))))


def _not_looked_for() -> AbstractContextManager[Any]:
    return mock.patch.object(ticket_updates, "_is_written", return_value=False)


def _draft_kept_with_its_step() -> AbstractContextManager[Any]:
    kept_of = drafts.kept_of

    def kept(draft: Draft) -> dict[str, Any]:
        return {**kept_of(draft), "content": str(draft.content)}

    return mock.patch.object(drafts, "kept_of", kept)


def _reason_with_words() -> AbstractContextManager[Any]:
    retry_later = queue._retry_later

    def told(services: Any, worker: Any, message: dict[str, Any], error: Exception, seconds: int) -> None:
        retry_later(services, worker, message, RuntimeError(message["body"]), seconds)

    return mock.patch.object(queue, "_retry_later", told)


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_NUMBERS = _numbers()


@dataclass(frozen=True)
class Broken:
    """A mutation, and the kinds of faults that find it: no others, at every other opportunity; none: any."""

    mutate: Mutation
    found_by: tuple[str, ...] = ()


_LATE, _LOST = "Zendesk: late write", "Zendesk: answer lost after"
#: So two containers are at one step.
_TWICE = (
    "Amazon Connect: contact event twice",
    "EventBridge: twice",
    "SQS: sent twice",
    "Kinesis: record twice",
)
ALL: Mapping[str, Broken] = {
    "a lease that is not taken": Broken(_lease_not_taken, _TWICE),
    "a confirmation that is lost": Broken(_confirmation_lost),
    "an outcome whose doubt is forgotten": Broken(_doubt_forgotten, (_LOST,)),
    "a condition that is dropped": Broken(_condition_dropped, _TWICE),
    "a ticket that is read after its audits": Broken(_read_after_its_audits, (_LATE, "Zendesk: slow")),
    "an update without its stamp": Broken(_without_stamp, (_LATE,)),
    "another idempotency key each time": Broken(_another_key_each_time, (_LATE,)),
    "an update in doubt that is not looked for": Broken(_not_looked_for, (_LOST,)),
    "a draft that is kept with its step": Broken(_draft_kept_with_its_step),
    "a log line with a caller's words": Broken(_reason_with_words),
}


def caught(broken: Broken, seeds: Iterable[int]) -> int | None:
    """Return the first of some seeds that catches a mutation, or None."""
    only, often = broken.found_by or None, broken.found_by
    with broken.mutate():
        return next((seed for seed in seeds if play(seed, faults=only, often=often).wrong), None)
