"""A day of the contact centre through the functions: it reconciles, and what is wrong shows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.zendesk.tickets import METADATA
from local.contact_centre import Day, Faithfulness, population
from local.contact_centre.play import Sent
from local.contact_centre.reconciliation import Reconciliation, reconcile
from local.replay.clock import VirtualClock
from local.replay.events import StoredFile, StreamRecord
from local.replay.in_process import InProcess

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
SETTINGS = AppSettings(missed_contact_tickets=frozenset({"missed"}))
Tickets = list[dict[str, Any]]


def stack_of(day: Day, app: int | None = None) -> InProcess:
    return InProcess(
        zendesk_world=day.population.zendesk_world,
        connect_world=day.population.connect_world,
        app_settings=replace(SETTINGS, zendesk_app_id=app),
        clock=VirtualClock(day.start),
    )


@cache
def played(seed: int, app: int | None = None) -> tuple[Day, Sent, InProcess]:
    staff = population(seed, agents=12, customers=20, before=START)
    day = Day(seed, START, staff, contacts=120, rate=0.2, faithfulness=Faithfulness(poison=0.03))
    sent, stack = Sent(), stack_of(day, app)
    for emission in day:
        if emission.kind not in ("contact_record", "s3_object"):
            continue
        sent.add(emission)
        stack.run(until=emission.at)
        stack.clock.move_to(emission.at)
        if emission.key is not None and emission.bucket is not None:
            stack.take(StoredFile(emission.bucket, emission.key, emission.data))
        else:
            stack.take(StreamRecord(emission.data))
    stack.run(until=None)
    return day, sent, stack


def reconciliation(
    seed: int,
    spoil: Callable[[Tickets], None] = lambda _: None,
    *,
    poison: int = 0,
    live: bool = False,
    app: int | None = None,
) -> Reconciliation:
    day, sent, stack = played(seed, app)
    tickets = copy.deepcopy(stack.zendesk.tickets())
    spoil(tickets)
    return reconcile(
        day.expectations,
        sent.records,
        tickets,
        before=stack_of(day),
        dead_letters=[letter["reason"] for letter in stack.messages.dead_letters],
        poison=sent.poison + poison,
        live=live,
        files=sent.files,
    )


def step_of(custom: Any) -> str:
    return str(((custom or {}).get(METADATA) or {}).get("step", ""))


def first(tickets: Tickets, kind: str) -> tuple[dict[str, Any], int]:
    """Return a ticket and which of its comments is the first of a kind on any."""
    return next(
        (ticket, number)
        for ticket in tickets
        for number, custom in enumerate(ticket["metadata"])
        if step_of(custom).startswith(f"{kind}#")
    )


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_T14_one_ticket_for_each_contact_and_one_report_for_each_leg(seed: int) -> None:
    balanced = reconciliation(seed)
    assert balanced.wrong == ()
    assert sum(outcome.contacts for outcome in balanced.outcomes) == 120
    with_ticket = [outcome for outcome in balanced.outcomes if outcome.ticket]
    assert sum(outcome.reports for outcome in with_ticket) > sum(outcome.contacts for outcome in with_ticket)
    assert any(not outcome.ticket for outcome in balanced.outcomes)


def test_M5_calls_of_the_calls_api_are_reconciled_too() -> None:
    def double(tickets: Tickets) -> None:
        ticket, call = next((ticket, c) for ticket in tickets for c in ticket["comments"] if "data" in c)
        ticket["comments"].append(call)

    balanced = reconciliation(3, app=735264)
    assert balanced.wrong == ()
    assert sum(outcome.voices for outcome in balanced.outcomes) > 0
    (sentence,) = reconciliation(3, double, app=735264).wrong
    assert "has 2 voice comments" in sentence


@pytest.mark.parametrize("kind", ["create", "details", "voice"])
def test_lost_comment_is_noticed(kind: str) -> None:
    def lose(tickets: Tickets) -> None:
        ticket, number = first(tickets, kind)
        leg = ticket["metadata"].pop(number)[METADATA]["leg"]
        lost.append(leg)

    lost: list[str] = []
    wrong = reconciliation(1, lose).wrong
    assert wrong
    assert all(lost[0] in sentence or "no ticket" in sentence for sentence in wrong)


def test_lost_transcripts_and_analyses_are_noticed() -> None:
    def lose(tickets: Tickets) -> None:
        for ticket in tickets:
            ticket["metadata"] = [each for each in ticket["metadata"] if "file#" not in step_of(each)]

    wrong = reconciliation(1, lose).wrong
    assert all("has 0 comments of" in sentence for sentence in wrong)
    for kind in ("Analysis/Voice/Redacted/", "Analysis/Chat/Redacted/", "ChatTranscripts/"):
        assert any(kind in sentence for sentence in wrong), kind


@pytest.mark.parametrize("kind", ["create", "details", "voice", "file"])
def test_doubled_comment_is_noticed(kind: str) -> None:
    def double(tickets: Tickets) -> None:
        ticket, number = first(tickets, kind)
        ticket["metadata"].append(ticket["metadata"][number])

    (sentence,) = reconciliation(1, double).wrong
    assert "2" in sentence


def test_ticket_made_while_its_leg_went_on_wants_one_report_of_the_end() -> None:
    def make_early(tickets: Tickets) -> None:
        ticket, number = first(tickets, "create")
        ticket["created_at"] = "2026-11-02T09:00:00Z"
        legs.append(ticket["metadata"][number][METADATA]["leg"])

    def make_early_and_report(tickets: Tickets) -> None:
        make_early(tickets)
        ticket, number = first(tickets, "create")
        about = ticket["metadata"][number][METADATA]
        ticket["metadata"].append({METADATA: {**about, "step": f"details#{about['leg']}"}})

    legs: list[str] = []
    assert reconciliation(1, live=True).wrong == ()
    (unreported,) = reconciliation(1, make_early, live=True).wrong
    assert f"leg {legs[0]} is reported 0 times instead of 1" in unreported
    assert reconciliation(1, make_early_and_report, live=True).wrong == ()
    (twice,) = reconciliation(1, make_early_and_report).wrong
    assert "2 times instead of 1" in twice


def test_more_notes_of_changes_than_records_are_noticed() -> None:
    def double(tickets: Tickets) -> None:
        ticket, number = next(
            (ticket, number)
            for ticket in tickets
            for number, custom in enumerate(ticket["metadata"])
            if step_of(custom).startswith("details#") and step_of(custom).count("#") == 2
        )
        ticket["metadata"].append(ticket["metadata"][number])

    (sentence,) = reconciliation(1, double).wrong
    assert "2 notes report changes" in sentence


def test_contact_on_two_tickets_is_noticed() -> None:
    def move(tickets: Tickets) -> None:
        ticket, number = first(tickets, "voice")
        other = next(one for one in tickets if one is not ticket)
        other["metadata"].append(ticket["metadata"].pop(number))

    (sentence,) = reconciliation(1, move).wrong
    assert "on 2 tickets" in sentence


def test_ticket_made_twice_or_for_nobody_is_noticed() -> None:
    def make(tickets: Tickets) -> None:
        ticket, _ = first(tickets, "create")
        tickets.append({**ticket, "id": 99_998, "metadata": []})
        tickets.append({**ticket, "id": 99_999, "metadata": [], "external_id": "amazon-connect:nobody"})

    wrong = reconciliation(1, make).wrong
    assert [sentence.partition(" ")[0] for sentence in wrong] == ["2", "a"]


def test_contact_that_was_never_sent_is_noticed() -> None:
    def invent(tickets: Tickets) -> None:
        ticket, number = first(tickets, "voice")
        about = ticket["metadata"][number][METADATA]
        ticket["metadata"].append({METADATA: {**about, "contact": "nobody"}})

    (sentence,) = reconciliation(1, invent).wrong
    assert sentence.startswith("nobody: on ticket")


def test_ticket_that_no_rule_wants_is_noticed() -> None:
    day, _, stack = played(1)
    reported = {
        ((custom or {}).get(METADATA) or {}).get("contact")
        for ticket in stack.zendesk.tickets()
        for custom in ticket["metadata"]
    }
    without = next(expected for expected in day.expectations if expected.root not in reported)

    def invent(tickets: Tickets) -> None:
        ticket, number = first(tickets, "voice")
        about = ticket["metadata"][number][METADATA]
        ticket["metadata"].append({METADATA: {**about, "contact": without.root}})

    (sentence,) = reconciliation(1, invent).wrong
    assert "wants none" in sentence


def test_dead_letters_have_to_be_the_poison() -> None:
    (sentence,) = reconciliation(1, poison=1).wrong
    assert "dead letters are due" in sentence


def test_day_holds_what_makes_it_hard() -> None:
    """The sample is worth playing: duplicates, later legs first, poison, records again."""
    day, sent, _ = played(1)
    emitted = [e for e in day if e.kind == "contact_record"]
    assert len(emitted) > len({e.data for e in emitted})
    assert sent.poison > 0
    assert any(number > 1 for expected in day.expectations for number in expected.versions.values())
    order = {
        record["ContactId"]: n for n, record in reversed(list(enumerate(map(_record, emitted)))) if record
    }
    assert any(
        order[leg] < order[expected.root] for expected in day.expectations for leg in expected.legs[1:]
    )
    assert emitted[-1].at - START > timedelta(minutes=10)


def _record(emission: Any) -> dict[str, Any]:
    return {} if emission.is_poison else emission.payload
