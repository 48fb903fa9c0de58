"""Tickets that people merge, close or delete while their contacts go on (T1, T12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.ledger import heads
from connect_zendesk.rules.zendesk_events.zendesk_event import Change
from local.replay import command
from local.replay.clock import VirtualClock
from local.replay.in_process import InProcess
from local.replay.inputs import Inputs
from tests.case_files import case_file, play
from tests.contact_files import chat
from tests.functional.test_transcripts import chat_comes
from tests.logs import Logs
from tests.records import ADA, ANA, BEN, BOBS_NAME, call, later, recording_of
from tests.stack import Stack, bodies, voices
from tests.unit.rules.cases_k1_to_k4 import event

ADA_OF_WORLD = 901
LETTER: dict[str, Any] = {"requester_id": ANA, "comments": [{"body": "By letter.", "public": False}]}
OTHER: dict[str, Any] = {**LETTER, "id": 5001}


def merge(stack: Stack, number: int, into: int) -> None:
    """Merge a ticket into another one, as an agent does."""
    stack.zendesk.act(ADA, "POST", f"/api/v2/tickets/{into}/merge", {"ids": [number]})
    stack.clock.move_by(timedelta(seconds=5))


def ours(stack: Stack, number: int) -> tuple[int, int]:
    """Return how many comments and voice comments on a ticket are of contacts."""
    ticket = stack.ticket(number)
    texts = [text for text in bodies(ticket) if text != "By letter." and "merged into" not in text]
    return len(texts), len(voices(ticket))


@pytest.mark.parametrize("tagged", [True, False])
def test_T12_a_later_leg_goes_to_the_ticket_that_the_contacts_was_merged_into(
    logs: Logs, tagged: bool
) -> None:
    stack = Stack(tickets=[OTHER])
    if not tagged:
        account = stack.zendesk._state
        account.options = replace(account.options, merge_tags_source=False)
    stack.play_records(call())
    made = max(ticket["id"] for ticket in stack.zendesk.tickets())
    merge(stack, made, 5001)
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert len(stack.zendesk.tickets()) == 2
    assert ours(stack, 5001) == (1, 1)
    head = heads.head(stack.services.ledger, "contact-1")
    assert head is not None
    assert (head.ticket, head.requester) == (5001, ANA)
    assert logs.metrics["TicketMerged"] == 1
    stack.play_records(call("leg-3", first_leg="contact-1", agent=BOBS_NAME))
    assert ours(stack, 5001) == (2, 2)
    assert logs.metrics["TicketMerged"] == 1


def test_T12_merges_that_zendesk_sent_events_of_are_followed_without_asking_for_audits() -> None:
    stack = Stack(tickets=[{**LETTER, "id": number} for number in (5001, 5002, 5003)])
    stack.connect_webhooks("merged")
    stack.play_records(call(attributes={"zendesk_ticket": "5001"}))
    merge(stack, 5001, 5002)
    merge(stack, 5002, 5003)
    stack.run(until=None)
    stack.zendesk.requests.clear()
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert ours(stack, 5003) == (1, 1)
    assert not [name for name in stack.zendesk.requests if name.endswith("/audits")]
    assert len(stack.zendesk.tickets()) == 3


def test_T12_the_event_is_believed_where_the_audits_do_not_say_it() -> None:
    stack, told = Stack(tickets=[OTHER]), Change(merged_into=5001)
    stack.play_records(call())
    made = max(ticket["id"] for ticket in stack.zendesk.tickets())
    stack.zendesk.act(ADA, "PUT", f"/api/v2/tickets/{made}", {"ticket": {"status": "closed"}})
    sent = event("merged", ticket={"id": made}, change=told, by_connector=True)
    stack.messages.publish(ZENDESK_EVENT, sent.as_detail())
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert ours(stack, 5001) == (1, 1)
    assert len(stack.zendesk.tickets()) == 2


@pytest.mark.parametrize("into", [None, 5001])
def test_T12_an_event_that_names_no_other_ticket_leaves_it_to_the_audits(into: int | None) -> None:
    stack = Stack(tickets=[OTHER, {**LETTER, "id": 5002}])
    stack.play_records(call(attributes={"zendesk_ticket": "5001"}))
    sent = event("merged", ticket={"id": 5001}, change=Change(merged_into=into))
    stack.messages.publish(ZENDESK_EVENT, sent.as_detail())
    merge(stack, 5001, 5002)
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert ours(stack, 5002) == (1, 1)
    assert stack.messages.dead_letters == []


def test_T12_a_change_of_what_was_reported_goes_there_too() -> None:
    stack, record = Stack(tickets=[OTHER]), call()
    stack.play_records(record)
    made = max(ticket["id"] for ticket in stack.zendesk.tickets())
    merge(stack, made, 5001)
    stack.play_records(later(record, 60, Recordings=[recording_of("contact-1"), recording_of("more")]))
    assert ours(stack, 5001) == (1, 0)


def test_T12_a_transcript_goes_there_too() -> None:
    stack = Stack(tickets=[OTHER])
    stack.play_records(chat())
    made = max(ticket["id"] for ticket in stack.zendesk.tickets())
    merge(stack, made, 5001)
    chat_comes(stack)
    stack.run(until=None)
    assert ours(stack, 5001) == (1, 0)
    assert len(stack.zendesk.tickets()) == 2


def test_T12_merges_are_followed_to_the_last_ticket_which_is_followed_up_where_it_is_closed() -> None:
    stack = Stack(tickets=[{**LETTER, "id": number} for number in (5001, 5002, 5003)])
    stack.play_records(call(attributes={"zendesk_ticket": "5001"}))
    merge(stack, 5001, 5002)
    merge(stack, 5002, 5003)
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert ours(stack, 5003) == (1, 1)
    stack.zendesk.act(ADA, "PUT", "/api/v2/tickets/5003", {"ticket": {"status": "closed"}})
    stack.play_records(call("leg-3", first_leg="contact-1", agent=BOBS_NAME))
    follow_up = stack.zendesk.tickets()[-1]
    assert follow_up["followup_source_id"] == 5003
    assert len(stack.zendesk.tickets()) == 4


def test_T12_a_ticket_of_somebody_elses_that_it_was_merged_into_keeps_its_requester() -> None:
    stack = Stack(tickets=[{**OTHER, "requester_id": BEN}])
    stack.play_records(call())
    made = max(ticket["id"] for ticket in stack.zendesk.tickets())
    merge(stack, made, 5001)
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert ours(stack, 5001) == (1, 1)
    assert stack.ticket(5001)["requester_id"] == BEN


def test_T12_an_update_that_got_through_before_the_merge_is_not_written_again() -> None:
    stack = Stack(tickets=[OTHER, {**LETTER, "id": 5002}])
    stack.zendesk.faults.lose_answer(after_write=True, matching="PUT /api/v2/tickets/{id}")
    stack.deliver_records(call(attributes={"zendesk_ticket": "5001", "voice_comment": "no"}))
    assert ours(stack, 5001)[0] == 1
    merge(stack, 5001, 5002)
    stack.run(until=None)
    assert ours(stack, 5002) == (0, 0)
    assert stack.messages.dead_letters == []


def test_T1_a_given_ticket_that_was_merged_is_the_one_it_was_merged_into() -> None:
    stack = Stack(tickets=[OTHER, {**LETTER, "id": 5002}])
    merge(stack, 5001, 5002)
    stack.play_records(call(attributes={"zendesk_ticket": "5001"}))
    assert len(stack.zendesk.tickets()) == 2
    assert ours(stack, 5002) == (1, 1)


@pytest.mark.parametrize("merged", [True, False])
def test_T12_of_a_contact_whose_ticket_was_deleted_nothing_more_is_written(logs: Logs, merged: bool) -> None:
    stack = Stack(tickets=[OTHER])
    stack.play_records(call())
    made = max(ticket["id"] for ticket in stack.zendesk.tickets())
    if merged:
        merge(stack, made, 5001)
    stack.zendesk.act(ADA, "DELETE", f"/api/v2/tickets/{5001 if merged else made}")
    left = len(stack.zendesk.tickets())
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert len(stack.zendesk.tickets()) == left
    assert stack.messages.dead_letters == []
    assert logs.metrics["TicketDeleted"] == 1
    assert [line["rule"] for line in logs.lines if line["message"].startswith("ticket deleted")] == ["T12"]


def test_T12_of_a_chat_whose_ticket_was_deleted_no_transcript_is_written(logs: Logs) -> None:
    stack = Stack()
    stack.play_records(chat())
    stack.zendesk.act(ADA, "DELETE", f"/api/v2/tickets/{stack.ticket()['id']}")
    chat_comes(stack)
    stack.run(until=None)
    assert stack.zendesk.tickets() == []
    assert stack.messages.dead_letters == []
    assert logs.metrics["TicketDeleted"] == 1


# What people report


def _texts(ticket: Mapping[str, Any], contact: str) -> list[str]:
    return [text for text in bodies(ticket) if contact in text]


def test_T12_report_and_recording_go_to_the_ticket_that_was_merged_into_during_the_call() -> None:
    result = play(case_file("merged-during-call"))
    by_number = {ticket["id"]: ticket for ticket in result["tickets"]}
    assert sorted(by_number) == [4001, 4002, 4003, 4004, 4005]
    (report,) = _texts(by_number[4004], "57041e50-0000-4000-8000-000000000601")
    # The ticket has public comments: the recording is in the private details (M2).
    assert "recording" in report.lower()
    assert voices(by_number[4004]) == []
    assert result["dead_letters"] == []


def test_T12_a_ticket_that_was_closed_during_the_call_is_followed_up_in_french_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = command.stack_of

    def french(inputs: Inputs, clock: VirtualClock) -> InProcess:
        stack = made(inputs, clock)
        stack.zendesk.faults.language("fr")
        return stack

    monkeypatch.setattr(command, "stack_of", french)
    result = play(case_file("closed-during-call"))
    follow_up = result["tickets"][-1]
    assert follow_up["external_id"] == "amazon-connect:57041e50-0000-4000-8000-000000000601:4005"
    assert "continues ticket #4005" in bodies(follow_up)[0]
    assert len(voices(follow_up)) == 1
    assert result["dead_letters"] == []


def test_one_tickets_own_limit_keeps_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    stacks: list[InProcess] = []
    made = command.stack_of

    def kept(inputs: Inputs, clock: VirtualClock) -> InProcess:
        stacks.append(made(inputs, clock))
        return stacks[0]

    monkeypatch.setattr(command, "stack_of", kept)
    result = play(case_file("one-ticket-many-calls"))
    (stack,) = stacks
    written = stack.zendesk.act(ADA_OF_WORLD, "GET", "/api/v2/tickets/4001").json()["ticket"]["updated_at"]
    own = stack.zendesk.act(ADA_OF_WORLD, "GET", "/api/v2/tickets/4005").json()["ticket"]["created_at"]
    assert [own, written > "2026-11-02T08:15:00Z"] == ["2026-11-02T08:11:30Z", True]
    assert len(voices(result["tickets"][0])) == 24
    assert result["dead_letters"] == []
