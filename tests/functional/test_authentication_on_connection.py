"""An agent is connected to a caller whose voice is to be evaluated (V4), and what follows (T9, A2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import TOKEN
from connect_zendesk.rules.settings.app_settings import CallerAuthentication
from local.stand_ins.amazon_connect import Options
from tests.functional.test_acceptance import (
    FOUND_ANA,
    SHOW_TICKET,
    SHOW_USER,
    TICKETS,
    accept,
    pops,
    ready,
)
from tests.live import alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ADA, ANA, BOB, BOBS_NAME, call
from tests.stack import Stack, bodies
from tests.voice_authentication import ATTRIBUTES, ON, voice_call
from tests.voice_domain import give_domain

VERIFY, RE_VERIFY = {"voiceid_auth_mode": "verify"}, {"voiceid_auth_mode": "re-verify"}
RESULT, STATUS = "voice_authentication_result", "voice_authentication_status"


def session(decision: str | None, contact: str = "contact-1") -> dict[str, Any]:
    """Return a session of the contact, with what Voice ID decides on it."""
    result = {"AuthenticationResult": {"Decision": decision, "Score": 50}} if decision else {}
    return {"SessionName": contact, "SessionId": "id#AbCdEfGhIjKlMnOpQrStUv", **result}


def connected(
    decision: str | None = None,
    mode: Mapping[str, str] = VERIFY,
    *,
    options: Options | None = None,
    tickets: list[dict[str, Any]] | None = None,
    accepts: bool = True,
    settings: Mapping[str, Any] | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Stack:
    """Return a stack in which Ada has accepted Ana's call, whose session Voice ID decides on like this."""
    stack = ready(tickets=tickets or [], **(settings or {}))
    give_domain(stack, sessions=[session(decision)], options=options)
    going_on = alive(attributes={**ON, **mode, **(attributes or {})})
    stack.connect.contacts.add(going_on)
    leave_snapshot(stack, going_on, FOUND_ANA)
    if accepts:
        accept(stack)
    return stack


def left_with(stack: Stack) -> dict[str, str]:
    """Return what the contact's attributes have of its authentication."""
    held = stack.connect.contacts.record("contact-1")["Attributes"]
    return {name: value for name, value in held.items() if name in (RESULT, STATUS)}


@pytest.mark.parametrize(
    ("decision", "left"),
    [
        ("ACCEPT", {RESULT: "Authenticated", STATUS: "ENROLLED"}),
        ("SPEAKER_NOT_ENROLLED", {RESULT: "Not Enrolled", STATUS: "NOT_ENROLLED"}),
        ("SPEAKER_EXPIRED", {RESULT: "Not Enrolled", STATUS: "NOT_ENROLLED"}),
        ("SPEAKER_OPTED_OUT", {RESULT: "Opted Out", STATUS: "OPTED_OUT"}),
        ("SPEAKER_ID_NOT_PROVIDED", {}),
        ("A_NEW_WORD", {}),
        (None, {}),
    ],
)
def test_V4_who_is_recognised_or_not_enrolled_gets_a_ticket_and_the_result_is_left(
    decision: str | None, left: dict[str, str]
) -> None:
    stack = connected(decision)
    assert left_with(stack) == left
    assert stack.requests_made() == {TICKETS: 1, SHOW_TICKET: 1}
    assert stack.ticket()["requester_id"] == ANA


@pytest.mark.parametrize(
    ("decision", "left"),
    [
        ("REJECT", {RESULT: "Not Authenticated", STATUS: "ENROLLED"}),
        ("NOT_ENOUGH_SPEECH", {RESULT: "Inconclusive"}),
    ],
)
def test_T9_who_is_not_recognised_is_left_to_the_agent_whether_the_flow_said_so_or_not(
    decision: str, left: dict[str, str]
) -> None:
    with Logs() as logs:
        stack = connected(decision)
    assert left_with(stack) == left
    assert stack.requests_made() == {SHOW_USER: 1}
    assert stack.zendesk.tickets() == []
    assert pops(stack) == [(ADA, "user", ANA)]
    assert [line["rules"] for line in logs.lines if "rules" in line] == [["T9"]]
    assert logs.metrics["AuthenticationFailed"] == 1


def test_T9_the_forced_ticket_of_such_a_call_is_not_the_callers() -> None:
    stack = connected("REJECT")
    stack.play_records(
        voice_call(said={"Result": "Not Authenticated"}, attributes={**VERIFY, **left_with(stack)})
    )
    assert stack.ticket()["requester_id"] == ADA


def test_T9_the_forced_ticket_is_not_the_callers_where_the_record_has_no_result_of_its_own() -> None:
    stack = connected("NOT_ENOUGH_SPEECH")
    stack.play_records(call(attributes={**ON, **VERIFY, **left_with(stack)}))
    assert stack.ticket()["requester_id"] == ADA


def test_A2_the_agent_is_told_where_the_contact_has_its_ticket_all_the_same() -> None:
    given = {"id": 4711, "requester_id": ANA, "comments": [{"body": "Broken.", "public": False}]}
    stack = connected("REJECT", tickets=[given], attributes={"zendesk_ticket": "4711"})
    assert pops(stack) == [(ADA, "ticket", 4711)]
    assert any("authentication failed" in body for body in bodies(stack.ticket(4711)))


def test_V4_verify_asks_for_nothing_where_the_flow_has_a_result() -> None:
    stack = connected("ACCEPT", attributes={RESULT: "Not Authenticated"})
    assert stack.connect.requests["EvaluateSession"] == 0
    assert stack.connect.requests["UpdateContactAttributes"] == 0
    assert stack.zendesk.tickets() == []


def test_V4_re_verify_asks_always() -> None:
    stack = connected("ACCEPT", RE_VERIFY, attributes={RESULT: "Not Authenticated"})
    assert left_with(stack) == {RESULT: "Authenticated", STATUS: "ENROLLED"}
    assert stack.ticket()["requester_id"] == ANA


@pytest.mark.parametrize(("mode", "evaluations"), [(RE_VERIFY, 2), ({}, 0)])
def test_V4_re_verify_asks_again_where_the_contact_is_answered_anew_with_other_attributes_by_then(
    mode: dict[str, str], evaluations: int
) -> None:
    stack = connected("ACCEPT", mode)
    ticket = stack.ticket()["id"]
    changed = contact_event("CONTACT_DATA_UPDATED", updatedProperties=["UserDefinedAttributes"])
    transferred = contact_event(
        contact="contact-1-b", first_leg="contact-1", method="QUEUE_TRANSFER", agent=BOBS_NAME
    )
    accept(stack, changed, transferred)
    assert pops(stack) == [(ADA, "ticket", ticket), (BOB, "ticket", ticket)]
    assert stack.connect.requests["EvaluateSession"] == evaluations
    assert stack.connect.requests["DescribeContact"] == 0


def test_A2_the_agent_of_a_ticket_from_the_flow_is_told_though_its_attributes_have_changed_since() -> None:
    given = {"id": 4711, "requester_id": ANA, "comments": [{"body": "Broken.", "public": False}]}
    stack = connected("REJECT", tickets=[given], accepts=False)
    heads.settle(stack.services.ledger, "contact-1", Head(4711, ANA, "create", "T4", customer=ANA))
    accept(stack, contact_event("CONTACT_DATA_UPDATED", updatedProperties=["UserDefinedAttributes"]))
    accept(stack)
    assert any("authentication failed" in body for body in bodies(stack.ticket()))
    assert left_with(stack) == {RESULT: "Not Authenticated", STATUS: "ENROLLED"}


def test_V4_what_the_contact_has_already_is_not_set_again() -> None:
    stack = connected("ACCEPT", RE_VERIFY, attributes={RESULT: "Authenticated", STATUS: "ENROLLED"})
    assert stack.connect.requests["EvaluateSession"] == 1
    assert stack.connect.requests["UpdateContactAttributes"] == 0


@pytest.mark.parametrize("mode", [{}, {"voiceid_auth_mode": "none"}, {**VERIFY, "voiceid_enabled": "no"}])
def test_V4_nobody_waits_for_anything_without_a_mode(mode: dict[str, str]) -> None:
    stack = connected("REJECT", mode)
    assert stack.connect.requests == {}
    assert stack.requests_made() == {TICKETS: 1, SHOW_TICKET: 1}


@pytest.mark.parametrize("how", ["denied", "unreachable"])
def test_V4_a_domain_that_does_not_answer_costs_one_contact_in_an_hour_a_moment(how: Any) -> None:
    with Logs() as logs:
        stack = connected("REJECT", options=Options(voice_id=how))
        second = alive("contact-2", attributes={**ON, **VERIFY})
        leave_snapshot(stack, second, FOUND_ANA)
        accept(stack, contact_event(contact="contact-2"))
    assert stack.connect.requests == {"EvaluateSession": 1}
    assert logs.metrics["VoiceIdUnavailable"] == 1
    assert len(stack.zendesk.tickets()) == 2, "without a result nothing speaks against a ticket"


def test_V4_a_throttled_evaluation_is_no_result_and_no_reason_to_stop_asking() -> None:
    stack = connected("ACCEPT", accepts=False)
    stack.connect.faults.throttle(count=1, matching="EvaluateSession")
    accept(stack)
    assert left_with(stack) == {}
    assert len(stack.zendesk.tickets()) == 1
    second = alive("contact-2", attributes={**ON, **VERIFY})
    leave_snapshot(stack, second, FOUND_ANA)
    accept(stack, contact_event(contact="contact-2"))
    assert stack.connect.requests["EvaluateSession"] == 2


def test_V4_the_evaluation_comes_before_the_ticket_and_the_attributes_after_the_pop() -> None:
    stack = connected("ACCEPT", accepts=False)
    order: list[str] = []
    requests = stack.connect.requests

    def before(request: Any) -> None:
        if "oauth" not in request.path:
            order.append(f"{request.path.rpartition('/')[2]} after {sum(requests.values())}")

    stack.zendesk.faults.before = before
    accept(stack)
    assert order == ["tickets after 1", "display after 1"]
    assert list(requests) == ["EvaluateSession", "UpdateContactAttributes"]


def test_V4_attributes_that_amazon_connect_refuses_do_no_harm() -> None:
    stack = connected("ACCEPT", accepts=False)
    stack.connect.contacts.change("contact-1", Attributes={"long": "x" * 32_760})
    with Logs() as logs:
        accept(stack)
    assert logs.metrics["AttributesNotSet"] == 1
    assert not [message for message in stack.messages.waiting if message.queue == "contacts"]
    assert len(stack.zendesk.tickets()) == 1


def test_V4_throttled_attributes_are_left_later_and_nothing_pops_twice() -> None:
    stack = connected("ACCEPT", accepts=False)
    stack.connect.faults.throttle(count=1, matching="UpdateContactAttributes")
    accept(stack)
    assert left_with(stack) == {}
    stack.run(until=None)
    assert left_with(stack) == {RESULT: "Authenticated", STATUS: "ENROLLED"}
    assert len(stack.zendesk.tickets()) == 1
    assert len(pops(stack)) == 1


def test_V4_what_could_not_be_done_at_once_is_evaluated_from_the_queue() -> None:
    stack = connected("REJECT", accepts=False)
    stack.zendesk.faults.outage(lasting=20)
    stack.services.ledger.forget(TOKEN.key())
    accept(stack)
    stack.run(until=None)
    assert stack.zendesk.tickets() == []
    assert left_with(stack)[RESULT] == "Not Authenticated"


def test_V4_a_partners_result_is_what_it_is_and_that_nothing_can_be_evaluated_is_said_once() -> None:
    with Logs() as logs:
        stack = connected("REJECT", RE_VERIFY, settings=ATTRIBUTES, attributes={RESULT: "Authenticated"})
        again = alive("contact-2", attributes={**ON, **VERIFY})
        leave_snapshot(stack, again, FOUND_ANA)
        accept(stack, contact_event(contact="contact-2"))
    assert stack.connect.requests == {}
    assert logs.metrics["AuthenticationNotEvaluated"] == 1
    assert len(stack.zendesk.tickets()) == 2


def test_T9_a_partners_failed_result_is_enough_without_any_mode() -> None:
    stack = connected("ACCEPT", {}, settings=ATTRIBUTES, attributes={RESULT: "failed"})
    assert stack.zendesk.tickets() == []


def test_V4_the_names_of_the_attributes_are_the_administrators() -> None:
    names = CallerAuthentication("voice_id", status_attribute="print_status", result_attribute="print")
    stack = connected("REJECT", settings={"caller_authentication": names})
    held = stack.connect.contacts.record("contact-1")["Attributes"]
    assert (held["print"], held["print_status"]) == ("Not Authenticated", "ENROLLED")
    assert stack.zendesk.tickets() == []


def test_V4_records_sent_again_because_of_the_attributes_are_nothing_new() -> None:
    stack = connected("ACCEPT")
    known = {**ON, **VERIFY, **left_with(stack)}
    record = voice_call(said={"Result": "Authenticated"}, attributes=known)
    stack.play_records(record)
    comments = len(stack.ticket()["comments"])
    stack.play_records({**record, "LastUpdateTimestamp": "2026-11-02T10:00:00Z"})
    assert len(stack.ticket()["comments"]) == comments
    assert stack.connect.requests["UpdateContactAttributes"] == 1


def test_a_contact_without_an_instance_is_not_written_to() -> None:
    stack = connected("ACCEPT", accepts=False)
    accept(stack, contact_event(instanceArn=None))
    assert stack.connect.requests["UpdateContactAttributes"] == 0
    assert len(stack.zendesk.tickets()) == 1
