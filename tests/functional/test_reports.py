"""What a contact's ticket says of each leg, once, whatever is sent again or changes (M, T12, T14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger.items import Beside
from connect_zendesk.rules import wording
from connect_zendesk.rules.settings import settings
from local.stand_ins.zendesk import Request, Response
from tests.logs import Logs
from tests.records import (
    ADA,
    ANA,
    ANAS_NUMBER,
    BOBS_NAME,
    NINE,
    agent_of,
    call,
    later,
    recording_of,
)
from tests.stack import Stack, bodies, voices

UPDATE, NEW_TICKET = "PUT /api/v2/tickets/{id}", "POST /api/v2/tickets"
PRIVATE: dict[str, Any] = {
    "id": 4001,
    "requester_id": ANA,
    "comments": [{"body": "By letter.", "public": False}],
}
PUBLIC = {"id": 4001, "requester_id": ANA, "comments": [{"body": "Dear shop", "public": True}]}
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}


# M


def test_M_a_new_ticket_says_it_all_in_private() -> None:
    stack = Stack(connect_instance_url="https://acme.my.connect.aws")
    stack.play_records(call(attributes={"order": "4711", "ticket_assignment": "automatic"}))
    ticket = stack.ticket()
    (details,) = bodies(ticket)
    assert ticket["subject"] == f"Incoming call from {ANAS_NUMBER}"
    assert ticket["via_id"] == 45
    assert ticket["tags"] == ["amazon_connect", "amazon_connect_voice"]
    assert not ticket["is_public"]
    for line in (
        f"From: {ANAS_NUMBER}",
        "To: +448001234567",
        "Queue: Support",
        "Agent: ada@example.com",
        "Contact: contact-1",
        "get-recording",
        "order: 4711",
        'ticket_assignment: expected auto or agent, got "automatic"',
        "T4:",
    ):
        assert line in details, line
    (voice,) = voices(ticket)
    assert (voice["from"], voice["to"], voice["answered_by_id"]) == (ANAS_NUMBER, "+448001234567", ADA)
    assert voice["recording_url"].startswith("https://acme.my.connect.aws/get-recording")


def test_M1_the_systems_own_attributes_reach_neither_bus_nor_ticket() -> None:
    stack = Stack()
    secret = dict.fromkeys(("aid", "sak", "sst", "cfg", "kvsTriggerLambdaResult"), "credential")
    for event in [call(attributes={**secret, "order": "4711"})]:
        stack.deliver_records(event)
    assert "credential" not in str(stack.zendesk.tickets())
    assert "order: 4711" in bodies(stack.ticket())[0]


def test_M3_nothing_leads_to_the_recording_of_a_customer_who_opted_out() -> None:
    stack = Stack()
    stack.play_records(call(attributes={"call_recording_consent": "optout"}))
    assert "get-recording" not in str(stack.zendesk.tickets())
    assert "There is a recording of this call" in bodies(stack.ticket())[0]


def test_M3_a_recording_against_the_customers_wish_is_counted() -> None:
    with Logs() as logs:
        Stack().play_records(call(attributes={"call_recording_consent": "optout"}))
        assert logs.metrics["RecordedAgainstConsent"] == 1
        Stack().play_records(call(attributes={"call_recording_consent": "optout"}, recorded=False))
        assert logs.metrics["RecordedAgainstConsent"] == 1


def test_T14_a_newer_record_says_what_has_changed() -> None:
    stack = Stack()
    first = call(recorded=False)
    stack.play_records(first)
    stack.play_records(later(first, 5, Recordings=[recording_of("contact-1")]))
    assert bodies(stack.ticket())[1].startswith("Incoming call: the contact record has changed (recording)")
    waited = {**first["Queue"], "Duration": 31}
    stack.play_records(later(first, 9, Recordings=[recording_of("contact-1")], Queue=waited))
    assert bodies(stack.ticket())[2].startswith("Incoming call: the contact record has changed (queue)")


def test_S9_an_attribute_that_nothing_reads_yet_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_NOT_IN_EFFECT", ("speech_analysis",))
    stack = Stack()
    stack.play_records(call(attributes={"speech_analysis": "transcript"}))
    assert "speech_analysis: not in effect yet" in bodies(stack.ticket())[0]


def test_M3_a_customer_who_opted_out_was_not_recorded() -> None:
    stack = Stack()
    stack.play_records(call(attributes={"call_recording_consent": "optout"}, recorded=False))
    assert "not recorded" in bodies(stack.ticket())[0]


def test_M6_markup_from_outside_stays_text() -> None:
    stack = Stack()
    nasty = "<script>alert(1)</script>\u202e\x00"
    stack.play_records(call(attributes={"note": nasty, "conversation_title": nasty}, Queue={"Name": nasty}))
    ticket = stack.ticket()
    assert "<script" not in ticket["comments"][0]["html_body"]
    assert "<script" not in ticket["subject"]
    assert "\u202e" not in str(ticket)
    assert "\x00" not in str(ticket)


# Public tickets


def test_M2_a_ticket_with_public_comments_gets_the_private_details_only() -> None:
    stack = Stack(tickets=[PUBLIC])
    stack.play_records(call(**GIVEN), call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    ticket = stack.ticket()
    assert len(bodies(ticket)) == 3
    assert voices(ticket) == []
    assert "Recording:" in bodies(ticket)[1]


@pytest.mark.parametrize("lost", ["the answer", "the function, before it could write that down"])
def test_M2_a_public_ticket_is_known_as_such_also_when_something_was_lost(lost: str) -> None:
    stack = Stack(tickets=[PUBLIC])
    if lost == "the answer":
        stack.zendesk.faults.lose_answer(after_write=True, matching=UPDATE)
        stack.play_records(call(**GIVEN))
    else:
        put = stack.items.put
        dies = [True]

        def dies_once(
            partition: str, sort: str, item: Any, *, replacing: int | None, beside: Beside | None = None
        ) -> bool:
            details = [step for name, step in item.get("steps", {}).items() if "details" in name]
            if any(step["status"] == "done" for step in details) and dies:
                dies.pop()
                raise ConnectionError
            return put(partition, sort, item, replacing=replacing, beside=beside)

        stack.items.put = dies_once  # type: ignore[method-assign]
        stack.play_records(call(**GIVEN))
    assert len(bodies(stack.ticket())) == 2
    assert voices(stack.ticket()) == []
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("language", ["en-US", "fr"])
@pytest.mark.parametrize("fields", [{}, GIVEN])
def test_X8_where_the_voice_comment_is_refused_the_rest_is_written_and_says_so(
    logs: Logs, fields: dict[str, Any], language: str
) -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.zendesk.faults.language(language)

    def refuse_voice(asked: Request) -> Response | None:
        if asked.method == "PUT" and b"voice_comment" in asked.body:
            return Response(422, {}, b'{"error": "RecordInvalid", "details": {"base": [{"error": null}]}}')
        return None

    stack.zendesk.faults.before = refuse_voice
    stack.play_records(call(**fields))
    ticket = stack.zendesk.tickets()[-1 if not fields else 0]
    *_, details, said = bodies(ticket)
    assert "get-recording" in details or "Recording" in details
    assert said == wording.VOICE_COMMENT_REFUSED
    assert voices(ticket) == []
    assert stack.messages.dead_letters == []
    assert logs.metrics["OptionalPartRefused"] == 1


def test_X8_a_refusal_of_more_than_the_voice_comment_is_dead_lettered_with_its_reason() -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.zendesk.faults.refuse("priority", matching=UPDATE)
    stack.play_records(call())
    assert stack.letter()["reason"] == "Refused: Zendesk answered 422 RecordInvalid about priority"


def test_M2_a_ticket_whose_comments_are_private_gets_details_and_voice_comment() -> None:
    stack = Stack(tickets=[PRIVATE])
    stack.play_records(call(**GIVEN))
    assert len(bodies(stack.ticket())) == 2
    assert len(voices(stack.ticket())) == 1


# T14


def test_T14_a_record_sent_again_with_another_recording_adds_one_note() -> None:
    stack, record = Stack(), call()
    again = later(record, 60, Recordings=[recording_of("contact-1"), recording_of("contact-1b")])
    stack.play_records(record, again, again, record)
    first, second = bodies(stack.ticket())
    assert "has changed" in second
    assert "has changed" not in first
    assert len(voices(stack.ticket())) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"Agent": agent_of(BOBS_NAME)},
        {"Queue": {"Name": "Sales"}},
        {"DisconnectTimestamp": "2026-11-02T09:10:00Z"},
    ],
    ids=["agent", "queue", "times"],
)
def test_T14_what_has_changed_is_worth_a_note(changed: dict[str, Any]) -> None:
    stack, record = Stack(), call()
    stack.play_records(record, later(record, 60, **changed))
    assert len(bodies(stack.ticket())) == 2


def test_T14_attributes_alone_add_nothing() -> None:
    stack, record = Stack(), call()
    stack.play_records(record)
    before = stack.zendesk.tickets()
    stack.play_records(later(record, 60, Attributes={"survey": "5"}, ContactEvaluations={"form": {}}))
    assert stack.zendesk.tickets() == before


def test_T14_an_older_record_after_a_newer_one_does_nothing() -> None:
    stack, record = Stack(), call(recorded=False)
    stack.play_records(later(record, 60, Recordings=[recording_of("contact-1")]), record)
    assert len(bodies(stack.ticket())) == 1


def test_T14_a_record_from_when_an_old_contact_was_new_makes_its_ticket_however_late_it_comes() -> None:
    stack, record = Stack(), call()
    stack.play_records(later(record, 40 * 24 * 60, Recordings=[recording_of("more")]))
    assert stack.zendesk.tickets() == []
    stack.play_records(record)
    assert len(bodies(stack.ticket())) == 1


# T12


def test_T12_all_legs_are_reported_on_one_ticket() -> None:
    stack = Stack()
    stack.play_records(
        call(),
        call("leg-2", first_leg="contact-1", agent=BOBS_NAME, began=NINE + timedelta(minutes=2)),
        call("leg-3", first_leg="contact-1", agent="nobody", began=NINE + timedelta(minutes=3)),
    )
    ticket = stack.ticket()
    assert len(bodies(ticket)) == 3
    assert len(voices(ticket)) == 3
    assert "transferred to Support" in bodies(ticket)[1]
    assert ticket["requester_id"] == ANA


def test_T12_a_later_leg_that_comes_first_waits_for_the_first_and_is_then_reported() -> None:
    stack = Stack()
    stack.deliver_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME, caller="+441632960150"))
    assert stack.zendesk.tickets() == []
    assert len(stack.messages.waiting) == 1
    stack.clock.move_by(timedelta(hours=5))
    stack.deliver_records(call())
    stack.run(until=None)
    assert [len(bodies(stack.ticket())), len(voices(stack.ticket()))] == [2, 2]
    assert stack.ticket()["requester_id"] == ANA
    assert stack.messages.dead_letters == []


def test_T12_a_later_leg_of_a_contact_without_a_ticket_is_not_waited_for() -> None:
    stack = Stack()
    stack.play_records(
        call(caller="+441632960150", InitiationMethod="OUTBOUND"),
        call("leg-2", first_leg="contact-1", agent=BOBS_NAME),
    )
    assert stack.zendesk.tickets() == []
    assert stack.messages.waiting == []
    assert stack.messages.dead_letters == []


def test_T11_listening_in_leaves_no_trace() -> None:
    stack = Stack()
    listener = call("listener", first_leg="contact-1", InitiationMethod="MONITOR", agent=BOBS_NAME)
    stack.play_records(call(), listener)
    assert len(bodies(stack.ticket())) == 1
