"""The inputs of `tests/cases` that are about people: customers, new users, requesters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connect_zendesk.rules import wording
from local.replay.clock import VirtualClock
from local.replay.command import stack_of
from local.replay.events import StreamRecord
from local.replay.in_process import InProcess
from tests.case_files import case_file, inputs_of, play

ANA, JULIA, SOFIA = 101, 501, 501
NEW_USER = "POST /api/v2/users"


def tickets(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tickets that were made here."""
    return [ticket for ticket in result["tickets"] if ticket["external_id"]]


def requester(result: dict[str, Any]) -> dict[str, Any]:
    (ticket,) = tickets(result)
    return next(user for user in result["users"] if user["id"] == ticket["requester_id"])


def details(ticket: dict[str, Any]) -> str:
    return str(ticket["comments"][0]["body"])


def playing(name: str) -> tuple[InProcess, Any]:
    """Return the functions on an input's worlds, for something to go wrong in, and its events."""
    inputs = inputs_of(case_file(name))
    stack = stack_of(inputs, VirtualClock(next(event.at for event in inputs.events if event.at)))
    return stack, inputs.events


def test_C5_C8_T5_calls_of_a_user_made_here_and_suspended_since_are_one_new_users() -> None:
    result = play(case_file("made-user-then-suspended"))
    first, *later = [ticket["requester_id"] for ticket in tickets(result)]
    assert result["dead_letters"] == []
    assert len(later) == 2
    assert later[0] == later[1] != first


def test_C5_F1_a_flow_is_not_answered_with_a_suspended_user_who_was_made_here() -> None:
    (answer,) = play(case_file("flow-finds-suspended-made-user"))["flow_answers"]
    assert answer == {"status": "not found", "results_count": "0"}


def test_T16_T1_a_closed_ticket_whose_requester_is_suspended_leaves_the_call_with_a_new_one() -> None:
    result = play(case_file("closed-ticket-of-suspended"))
    (ticket,) = tickets(result)
    assert result["dead_letters"] == []
    assert ticket["requester_id"] != 106
    assert wording.NO_FOLLOW_UP.format(ticket=4003) in details(ticket)


@pytest.mark.parametrize(("name", "field"), [("unknown-email", "email"), ("name-zero-width", "name")])
def test_C8_what_Zendesk_refuses_of_a_new_user_is_left_out_and_said(name: str, field: str) -> None:
    stack, events = playing(name)
    stack.zendesk.faults.refuse(field, 1, matching=NEW_USER)
    stack.play(events)
    assert stack.messages.dead_letters == []
    (ticket,) = [ticket for ticket in stack.zendesk.tickets() if ticket["external_id"]]
    user = next(user for user in stack.zendesk.users() if user["id"] == ticket["requester_id"])
    assert user["email"] is None
    assert user["phone"] in ("+441632960777", "+441632960782")
    assert user["name"] == {"email": "Fran V", "name": wording.UNNAMED}[field]
    assert f"C8: {wording.LEFT_OUT[field]}" in details(ticket)


def test_C8_a_name_with_nothing_to_see_is_left_out_beforehand_and_said() -> None:
    result = play(case_file("name-zero-width"))
    assert requester(result)["name"] == "+441632960782"
    assert "customer_name: expected" in details(tickets(result)[0])


def test_C8_an_unknown_callers_user_has_not_the_address_of_another() -> None:
    result = play(case_file("email_voice_unknown"))
    user = requester(result)
    assert (user["name"], user["email"], user["phone"]) == ("Ana S", None, "+441632960999")
    assert wording.LEFT_OUT["email"] in details(tickets(result)[0])


def test_S7_a_mobile_with_mexicos_retired_prefix_is_recognised() -> None:
    result = play(case_file("whatsapp-mexico"))
    assert requester(result)["id"] == SOFIA
    assert [user["id"] for user in result["users"]] == [501, 502, 901]


def test_C5_a_number_in_argentinas_national_notation_is_recognised() -> None:
    result = play(case_file("argentina-national"))
    assert requester(result)["id"] == JULIA
    assert [user["id"] for user in result["users"]] == [501, 901]


def test_S7_a_flow_finds_whose_number_a_sip_address_has() -> None:
    (answer,) = play(case_file("flow-sip-lookup"))["flow_answers"]
    assert (answer["status"], answer["zendesk_user"]) == ("ok", str(ANA))


def test_C1_T5_M4_a_web_caller_is_recognised_by_the_address_or_is_a_new_user_of_that_name() -> None:
    result = play(case_file("webrtc-named"))
    (ticket,) = tickets(result)
    assert (requester(result)["id"], ticket["subject"]) == (ANA, "Web call from Ana Silva")
    assert "From: Ana Silva" in details(ticket)

    stack, (event, *_) = playing("webrtc-named")
    other = {"customer_name": "Zoe Quill", "customer_email": "zoe@example.com"}
    stack.play([_with_attributes(event, other)])
    (ticket,) = [ticket for ticket in stack.zendesk.tickets() if ticket["external_id"]]
    user = next(user for user in stack.zendesk.users() if user["id"] == ticket["requester_id"])
    assert (user["name"], user["email"]) == ("Zoe Quill", "zoe@example.com")
    assert ticket["subject"] == "Web call from Zoe Quill"
    assert "From: Zoe Quill" in details(ticket)


def _with_attributes(event: StreamRecord, attributes: dict[str, str]) -> StreamRecord:
    return StreamRecord(json.dumps({**json.loads(event.data), "Attributes": attributes}).encode())
