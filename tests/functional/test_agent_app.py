"""What the agent app asks of the server: contacts, attachments, pops, dialling, who is there (A, P8, T7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from connect_zendesk.ledger import agent_pages, heads
from local.replay.agent_app import Page
from local.stand_ins.zendesk import Response
from local.stand_ins.zendesk.apps.signing import token
from tests.attachments import MANUAL, joins, stack_with
from tests.functional.test_acceptance import pops
from tests.functional.test_pops import RINGS, ring
from tests.live import ANSWERED, alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import (
    ADA,
    ADAS_NAME,
    ANA,
    BEN,
    BOB,
    BOBS_NAME,
    INSTANCE,
    STRANGERS_NUMBER,
    call,
)
from tests.stack import Stack, bodies

ADAS_ARN, BOBS_ARN = f"{INSTANCE}/agent/{ADAS_NAME}", f"{INSTANCE}/agent/{BOBS_NAME}"


def accept(stack: Stack, envelope: dict[str, Any] | None = None) -> None:
    """Deliver a contact event as it happens, and do what is to be done at once."""
    envelope = envelope or contact_event()
    happened = datetime.fromisoformat(envelope["time"])
    stack.clock.move_to(max(stack.clock(), happened))
    stack.send_contact_event(envelope)
    stack.run(until=stack.clock())


def overview(page: Page) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = page("GET", "/overview").content["contacts"]
    return shown


def manual_call(stack: Stack, contact: str = "contact-1", **record: Any) -> None:
    """A call whose ticket is left to its agent, who answers it."""
    leave_snapshot(stack, alive(contact, attributes=MANUAL, **record))
    accept(stack, contact_event(contact=contact))


# Overview


def test_A1_an_agent_sees_the_contacts_they_are_on_with_customer_and_ticket() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    accept(stack)
    (shown,) = overview(stack.agent_app.sign_in(ADA))
    ticket = heads.head(stack.services.ledger, "contact-1")
    assert ticket is not None
    assert (shown["contact"], shown["leg"], shown["channel"]) == ("contact-1", "contact-1", "VOICE")
    assert shown["customer"] == {"id": ANA, "name": "Ana Silva"}
    assert (shown["ticket"], shown["assignment"]) == (ticket.ticket, "automatic")
    assert (shown["until"], shown["can_pause"], shown["recording"]) == (None, False, None)


def test_A1_a_contact_left_to_its_agent_has_no_ticket_and_is_theirs_to_assign() -> None:
    stack = stack_with()
    manual_call(stack)
    (shown,) = overview(stack.agent_app.sign_in(ADA))
    assert (shown["ticket"], shown["assignment"], shown["customer"]["id"]) == (None, "manual", ANA)


def test_A1_a_contact_is_shown_for_ten_minutes_after_its_end() -> None:
    stack = stack_with()
    manual_call(stack)
    ended = ANSWERED + timedelta(minutes=3)
    accept(stack, contact_event("DISCONNECTED", at=ended))
    page = stack.agent_app.sign_in(ADA)
    assert overview(page)[0]["until"] is not None
    stack.clock.move_to(ended + timedelta(minutes=10, seconds=1))
    assert overview(page) == []


def test_A2_notices_are_shown_where_there_is_no_ticket_for_them() -> None:
    stack = stack_with()
    manual_call(stack, caller="anonymous")
    (shown,) = overview(stack.agent_app.sign_in(ADA))
    assert [notice["rule"] for notice in shown["notices"]] == ["C4"]
    assert shown["notices"][0]["text"].startswith("The caller is anonymous")
    assert stack.zendesk.tickets()[-1]["id"] == 4002  # no ticket was made for it


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ("Authenticated", "verified"),
        ("Not Authenticated", "failed"),
        ("Inconclusive", "failed"),
        ("Opted Out", "opted out"),
        ("Not Enrolled", "not enrolled"),
        ("Purple", "unknown"),
        ("", None),
    ],
)
def test_V4_the_agent_sees_what_became_of_the_callers_authentication(result: str, shown: str | None) -> None:
    stack = stack_with()
    attributes = {**MANUAL, "voiceid_enabled": "true", "voice_authentication_result": result}
    leave_snapshot(stack, alive(attributes={name: text for name, text in attributes.items() if text}))
    accept(stack)
    assert overview(stack.agent_app.sign_in(ADA))[0]["authentication"] == shown


def test_A3_a_page_that_is_loaded_again_shows_the_same() -> None:
    stack = stack_with()
    manual_call(stack)
    before = overview(stack.agent_app.sign_in(ADA))
    stack.agent_app.fresh()
    assert overview(stack.agent_app.sign_in(ADA)) == before


def test_A3_the_page_knows_whether_its_softphone_carries_audio_and_where_amazon_connect_is() -> None:
    stack = stack_with(medialess=True, connect_instance_url="https://acme.my.connect.aws")
    page = stack.agent_app.load(token(stack.agent_app.claims(ADA)))
    assert page.about["medialess"] is True
    assert page.about["instance"] == "https://acme.my.connect.aws"
    assert "frame-src https://acme.my.connect.aws" in page.headers["Content-Security-Policy"]


# Attachments


def attach(page: Page, name: str = "button-1", **asked: Any) -> Any:
    return page("POST", "/attachments", {"id": name, **asked})


def test_A1_the_only_contact_is_attached_to_the_ticket_in_front_and_the_answer_says_so() -> None:
    stack = stack_with()
    manual_call(stack)
    page = stack.agent_app.sign_in(ADA)
    answer = attach(page, ticket=4001)
    assert (answer.status, answer.content) == (200, {"contact": "contact-1", "ticket": 4001})
    (shown,) = overview(page)
    assert (shown["ticket"], shown["assignment"]) == (4001, "attached")
    assert page("GET", "/attachments/button-1").content == answer.content


def test_A1_a_ticket_is_made_for_the_user_in_front_and_for_a_new_one() -> None:
    stack = stack_with()
    manual_call(stack)
    page = stack.agent_app.sign_in(ADA)
    made = attach(page, user=BEN).content["ticket"]
    assert stack.ticket(made)["requester_id"] == BEN
    other = stack_with()
    manual_call(other, caller=STRANGERS_NUMBER)
    made = attach(other.agent_app.sign_in(ADA), new=True).content["ticket"]
    assert other.user(other.ticket(made)["requester_id"])["phone"] == STRANGERS_NUMBER


def test_A1_an_attachment_that_is_asked_for_again_is_the_same_one() -> None:
    stack = stack_with()
    manual_call(stack)
    page = stack.agent_app.sign_in(ADA)
    first = attach(page, user=BEN)
    stack.clock.move_by(timedelta(seconds=5))
    assert attach(page, user=BEN).content == first.content
    assert len(stack.zendesk.tickets()) == 3
    assert attach(page, user=ANA).status == 422  # the same name for something else
    assert len(stack.zendesk.tickets()) == 3


def test_A1_where_it_is_doubtful_the_agent_is_asked_which_and_nothing_is_written() -> None:
    stack = stack_with()
    joins(stack, "chat-1", channel="CHAT")
    joins(stack, "chat-2", channel="CHAT")
    page = stack.agent_app.sign_in(ADA)
    answer = attach(page, ticket=4001)
    assert (answer.status, answer.content) == (409, {"which": ["chat-1", "chat-2"]})
    assert bodies(stack.ticket(4001)) == ["By letter."]
    said = attach(page, ticket=4001, contact="chat-2")
    assert (said.status, said.content) == (200, {"contact": "chat-2", "ticket": 4001})


def test_A1_of_several_the_one_whose_customer_is_the_requester_is_meant() -> None:
    stack = stack_with()
    joins(stack, "chat-1", channel="CHAT", customer=BEN)
    joins(stack, "chat-2", channel="CHAT", customer=ANA)
    assert attach(stack.agent_app.sign_in(ADA), ticket=4001).content["contact"] == "chat-2"


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"ticket": 9999}, "Ticket #9999 was deleted, or never existed."),
        ({"user": 9999}, "User 9999 is deleted or suspended, or there is none of this number."),
    ],
)
def test_A1_what_cannot_be_attached_to_says_why(asked: dict[str, Any], problem: str) -> None:
    stack = stack_with()
    manual_call(stack)
    answer = attach(stack.agent_app.sign_in(ADA), **asked)
    assert (answer.status, answer.content) == (422, {"problem": problem})


def test_A1_an_agent_on_no_contact_is_told_so_and_zendesk_is_not_asked() -> None:
    stack = stack_with()
    answer = attach(stack.agent_app.sign_in(ADA), ticket=4001)
    assert stack.requests_made() == {}
    assert (answer.status, "no contact" in answer.content["problem"]) == (422, True)


def test_A1_while_zendesk_is_out_of_order_it_is_taken_and_done_later() -> None:
    stack = stack_with()
    manual_call(stack)
    page = stack.agent_app.sign_in(ADA)
    stack.zendesk.faults.before = lambda _: Response(503, {}, b"")
    answer = attach(page, ticket=4001)
    assert (answer.status, answer.content) == (202, {"contact": "contact-1"})
    assert page("GET", "/attachments/button-1").status == 202
    stack.zendesk.faults.before = None
    stack.run(until=stack.clock() + timedelta(minutes=5))
    assert page("GET", "/attachments/button-1").content == {"contact": "contact-1", "ticket": 4001}


def test_A1_an_attachment_is_asked_for_when_the_button_is_pressed_however_long_it_takes() -> None:
    stack = stack_with()
    manual_call(stack)
    ended = ANSWERED + timedelta(minutes=3)
    accept(stack, contact_event("DISCONNECTED", at=ended))
    page = stack.agent_app.sign_in(ADA)
    stack.clock.move_to(ended + timedelta(minutes=9))

    def late(_: Any) -> Response:
        stack.clock.move_to(ended + timedelta(minutes=11))  # the contact is the agent's for ten
        return Response(503, {}, b"")

    stack.zendesk.faults.before = late
    assert attach(page, ticket=4001).status == 202
    stack.zendesk.faults.before = None
    stack.run(until=stack.clock() + timedelta(minutes=5))
    assert page("GET", "/attachments/button-1").content == {"contact": "contact-1", "ticket": 4001}


def test_A1_a_contact_whose_ticket_is_settled_is_moved_by_the_button() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    accept(stack)
    page = stack.agent_app.sign_in(ADA)
    before = overview(page)[0]["ticket"]
    assert attach(page, ticket=4001).content["ticket"] == 4001
    assert any("ticket #4001" in body for body in bodies(stack.ticket(before)))


def test_A1_an_attachment_that_its_queue_does_while_the_answer_is_made_is_not_said_to_be_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = stack_with()
    manual_call(stack)
    page = stack.agent_app.sign_in(ADA)
    stack.zendesk.faults.before = lambda _: Response(503, {}, b"")
    assert attach(page, ticket=4001).status == 202
    stack.zendesk.faults.before = None
    read, looks = heads.head, list[str]()

    def meanwhile(*about: Any) -> Any:
        found = read(*about)
        looks.append("head")
        if len(looks) == 1:
            stack.run(until=stack.clock() + timedelta(minutes=5))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(heads, "head", meanwhile)
        assert page("GET", "/attachments/button-1").status in (200, 202)
    assert page("GET", "/attachments/button-1").content == {"contact": "contact-1", "ticket": 4001}


@pytest.mark.parametrize("again", [True, False])
def test_A1_T14_what_a_failure_of_aws_has_cut_off_is_finished_whether_or_not_it_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    accept(stack)
    stack.play_records(call(attributes=MANUAL))
    page = stack.agent_app.sign_in(ADA)
    (made,) = {item["ticket"] for item in overview(page)}

    def refused(*_: object) -> None:
        raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage")

    with monkeypatch.context() as patched:
        patched.setattr(stack.services.messages, "send_delayed", refused)
        if not again:
            assert attach(page, ticket=4001).status == 503
        else:  # nor can it be queued
            patched.setattr(stack.services.messages, "publish", refused)
            assert attach(page, ticket=4001).status == 503
    stack.clock.move_by(timedelta(minutes=15))  # the agent is on it no longer
    page = stack.agent_app.sign_in(ADA)
    if again:
        assert attach(page, ticket=4001).content == {"contact": "contact-1", "ticket": 4001}
    stack.run(until=stack.clock() + timedelta(minutes=5))
    assert any(ADAS_NAME in body for body in bodies(stack.ticket(4001)))
    assert any("ticket #4001" in body for body in bodies(stack.ticket(made)))


# Who is there, and pops


def here(page: Page, arn: str | None = ADAS_ARN) -> Any:
    return page("POST", "/here", {"agent_arn": arn}).content


def test_P7_an_agent_signed_in_to_amazon_connect_as_another_is_told_so() -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    assert here(page)["problem"] is None
    assert here(page, BOBS_ARN)["problem"] is None  # it is not asked for again at once
    stack.clock.move_by(timedelta(seconds=5))
    assert here(page, BOBS_ARN)["problem"] == "another agent"
    elsewhere = BOBS_ARN.replace("0b1f6c1e", "ffffffff")
    assert here(page, elsewhere)["problem"] == "another instance"


def test_P8_with_the_page_open_the_page_pops_and_zendesk_is_not_asked_to() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    page = stack.agent_app.sign_in(ADA)
    here(page)
    accept(stack)
    assert pops(stack) == []
    ticket = overview(page)[0]["ticket"]
    assert page("PUT", "/pops/contact-1").content == {"shows": {"kind": "ticket", "id": ticket}}


def test_P8_never_twice_in_two_tabs_or_after_a_reload() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    page = stack.agent_app.sign_in(ADA)
    here(page)
    accept(stack)
    shown = [stack.agent_app.sign_in(ADA)("PUT", "/pops/contact-1").content["shows"] for _ in range(3)]
    assert [bool(each) for each in shown] == [True, False, False]


def test_P8_what_a_macro_made_is_shown_by_zendesk_as_no_page_knows_of_it() -> None:
    stack = stack_with()
    joins(stack)
    here(stack.agent_app.sign_in(ADA))
    stack.request_attachment(
        {"id": "macro", "agent": ADA, "at": stack.clock().isoformat(), "user": BEN, "contact": "contact-1"}
    )
    stack.run(until=stack.clock())
    assert pops(stack) == [(ADA, "ticket", stack.zendesk.tickets()[-1]["id"])]


def test_P8_what_the_page_made_is_shown_by_the_page_alone() -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    here(page)
    assert attach(page, user=BEN).status == 200
    assert pops(stack) == []


def test_P8_what_zendesk_showed_before_the_page_was_open_is_not_shown_again() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    accept(stack)
    assert len(pops(stack)) == 1
    page = stack.agent_app.sign_in(ADA)
    here(page)
    assert page("PUT", "/pops/contact-1").content == {"shows": None}


@pytest.mark.parametrize("how", ["without a softphone", "as another agent", "closed"])
def test_P8_a_page_that_cannot_know_what_rings_leaves_the_pop_to_zendesk(how: str) -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    page = stack.agent_app.sign_in(ADA)
    if how == "closed":
        here(page)
        assert page("POST", "/here", {"closing": True}).status == 204
    else:
        here(page, None if how == "without a softphone" else BOBS_ARN)
    accept(stack)
    assert len(pops(stack)) == 1


def test_P8_an_agent_whose_page_has_been_silent_for_two_minutes_is_shown_it_by_zendesk() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    here(stack.agent_app.sign_in(ADA))
    stack.clock.move_by(timedelta(seconds=121))
    accept(stack, contact_event(at=stack.clock()))
    assert len(pops(stack)) == 1


def test_P1_with_an_agent_event_stream_the_page_pops_while_it_rings() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    page = stack.agent_app.sign_in(ADA)
    here(page)
    ring(stack, RINGS)
    assert pops(stack) == []
    assert page("PUT", "/pops/contact-1").content == {"shows": {"kind": "user", "id": ANA}}
    assert stack.connect.requests["GetCurrentUserData"] == 0


def page_at_which_it_rings(stack: Stack, record: dict[str, Any]) -> Page:
    """Have a contact ring at Ada by what Amazon Connect says, and no event; returns her page."""
    leave_snapshot(stack, record)
    stack.connect.contacts.add(record)
    stack.connect.contacts.offer("contact-1", ADAS_NAME)
    page = stack.agent_app.sign_in(ADA)
    here(page)
    return page


def test_P1_without_an_agent_event_stream_amazon_connect_says_at_whom_it_rings() -> None:
    stack = stack_with()
    page = page_at_which_it_rings(stack, alive())
    assert page("PUT", "/pops/contact-1").content == {"shows": {"kind": "user", "id": ANA}}
    assert page("PUT", "/pops/contact-1").content == {"shows": None}
    assert stack.zendesk.tickets()[-1]["id"] == 4002


def test_P8_the_ticket_pops_on_acceptance_also_where_the_page_asks_before_the_event_has_come() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    page = stack.agent_app.sign_in(ADA)
    here(page)
    ring(stack, RINGS)
    assert page("PUT", "/pops/contact-1", {"answered": False}).content["shows"]["kind"] == "user"
    assert page("PUT", "/pops/contact-1", {"answered": True}).status == 503
    assert stack.connect.requests["GetCurrentUserData"] == 0
    accept(stack)
    assert page("PUT", "/pops/contact-1", {"answered": True}).content["shows"]["kind"] == "ticket"
    assert page("PUT", "/pops/contact-1", {"answered": True}).content == {"shows": None}


def test_P8_the_ticket_pops_on_acceptance_also_where_the_agent_event_comes_after_the_page_has_asked() -> None:
    stack = stack_with()
    page = page_at_which_it_rings(stack, alive())
    assert page("PUT", "/pops/contact-1", {"answered": False}).content["shows"]["kind"] == "user"
    ring(stack, RINGS)
    assert page("PUT", "/pops/contact-1", {"answered": True}).status == 503
    accept(stack)
    assert page("PUT", "/pops/contact-1", {"answered": True}).content["shows"]["kind"] == "ticket"


def test_P8_what_popped_on_acceptance_is_not_replaced_by_what_would_have_while_it_rang() -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    page = stack.agent_app.sign_in(ADA)
    here(page)
    accept(stack)
    # Decided before the acceptance, and written after it.
    agent_pages.offer(stack.services.ledger, ADA, "contact-1", "contact-1", ("user", ANA), rings=True)
    assert page("PUT", "/pops/contact-1", {"answered": True}).content["shows"]["kind"] == "ticket"


def test_P3_nothing_pops_while_it_rings_where_pop_incoming_is_off() -> None:
    page = page_at_which_it_rings(stack_with(), alive(attributes={"pop_incoming": "false"}))
    assert page("PUT", "/pops/contact-1").content == {"shows": None}


def test_P8_a_page_that_is_quicker_than_the_event_asks_again() -> None:
    stack = stack_with()
    stack.connect.contacts.add(alive())
    stack.connect.contacts.connect("contact-1", ADAS_NAME)
    page = stack.agent_app.sign_in(ADA)
    here(page)
    answer = page("PUT", "/pops/contact-1")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    leave_snapshot(stack, alive())
    accept(stack)
    assert page("PUT", "/pops/contact-1").content["shows"]["kind"] == "ticket"


# Dialled


def outgoing(stack: Stack, **record: Any) -> Page:
    """A call that Ada has just dialled, and that nobody has answered."""
    dialled = alive(method="OUTBOUND", InitiationMethod="OUTBOUND", **record)
    stack.connect.contacts.add(dialled)
    stack.connect.contacts.connect("contact-1", ADAS_NAME)
    page = stack.agent_app.sign_in(ADA)
    here(page)
    return page


def test_T7_a_call_dialled_from_a_ticket_is_for_that_ticket_and_its_requester() -> None:
    stack = stack_with()
    page = outgoing(stack, caller=STRANGERS_NUMBER)
    assert page("PUT", "/dialled/contact-1", {"ticket": 4001, "user": BEN}).status == 204
    attributes = stack.connect.contacts.record("contact-1")["Attributes"]
    assert (attributes["zendesk_ticket"], attributes["zendesk_user"]) == ("4001", str(ANA))
    accept(stack, contact_event(method="OUTBOUND"))
    assert overview(page)[0]["ticket"] == 4001
    assert len(stack.zendesk.tickets()) == 2


def test_T7_a_call_dialled_from_a_user_is_for_that_user() -> None:
    stack = stack_with()
    page = outgoing(stack, caller=STRANGERS_NUMBER)
    assert page("PUT", "/dialled/contact-1", {"user": BEN}).status == 204
    accept(stack, contact_event(method="OUTBOUND"))
    assert stack.ticket(overview(page)[0]["ticket"])["requester_id"] == BEN


def test_T7_said_again_it_is_done_once() -> None:
    stack = stack_with()
    page = outgoing(stack)
    for _ in range(3):
        assert page("PUT", "/dialled/contact-1", {"ticket": 4001}).status in (204, 503)
        stack.clock.move_by(timedelta(seconds=3))
    assert stack.connect.requests["UpdateContactAttributes"] == 1


def test_T7_a_call_that_has_its_ticket_already_is_moved_to_the_one_it_was_dialled_from() -> None:
    stack = stack_with()
    page = outgoing(stack)
    accept(stack, contact_event(method="OUTBOUND"))
    assert overview(page)[0]["ticket"] not in (None, 4001)
    assert page("PUT", "/dialled/contact-1", {"ticket": 4001}).status == 204
    assert overview(page)[0]["ticket"] == 4001


def test_T7_what_does_not_exist_in_zendesk_ties_nothing() -> None:
    stack = stack_with()
    page = outgoing(stack)
    assert page("PUT", "/dialled/contact-1", {"ticket": 9999}).status == 422
    stack.clock.move_by(timedelta(seconds=3))
    assert page("PUT", "/dialled/contact-1", {"user": 9999}).status == 422
    assert stack.connect.requests["UpdateContactAttributes"] == 0


def test_A1_another_agents_page_shows_what_the_other_attached() -> None:
    stack = stack_with()
    joins(stack)
    joins(stack, "contact-1", BOB, leg="leg-2")
    attach(stack.agent_app.sign_in(ADA), ticket=4001)
    (shown,) = overview(stack.agent_app.sign_in(BOB))
    assert (shown["leg"], shown["ticket"]) == ("leg-2", 4001)


def test_nothing_of_a_customer_is_logged_by_the_app(logs: Logs) -> None:
    stack = stack_with()
    manual_call(stack)
    page = stack.agent_app.sign_in(ADA)
    here(page)
    overview(page)
    attach(page, ticket=4001)
    written = "\n".join(logs.text)
    assert not any(
        word in written for word in ("Ana Silva", "+442071838750", "ana@example.com", page.session)
    )
