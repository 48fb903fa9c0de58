"""A new user is made without what Zendesk does not accept, or what somebody else has (C8)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.rules import wording
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from tests.records import ANA, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack, bodies

NEW_USER = "POST /api/v2/users"
FULL = {"customer_name": "Zoë Quill", "customer_email": "zoe@example.com"}


def refusing(stack: Stack, **values: str | None) -> list[dict[str, Any]]:
    """Have Zendesk refuse users with these fields, each with a code or without; returns who was asked for."""
    asked: list[dict[str, Any]] = []

    def before(request: Request) -> Response | None:
        if (request.method, request.path) != ("POST", "/api/v2/users"):
            return None
        user = json.loads(request.body)["user"]
        asked.append(user)
        for name, code in values.items():
            if user.get(name) not in (None, STRANGERS_NUMBER if name == "name" else None):
                return errors.invalid_record(name, "Wert: ist ungültig", code).response
        return None

    stack.zendesk.faults.before = before
    return asked


def new_user(stack: Stack) -> dict[str, Any]:
    return stack.user(stack.ticket()["requester_id"])


CODES = [None, "InvalidValue", "InvalidFormat"]


@pytest.mark.parametrize("code", CODES)
def test_C8_an_address_that_Zendesk_refuses_is_left_out(code: str | None) -> None:
    stack = Stack()
    refusing(stack, email=code)
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes=FULL))
    user = new_user(stack)
    assert (user["name"], user["phone"], user["email"]) == ("Zoë Quill", STRANGERS_NUMBER, None)
    assert f"C8: {wording.LEFT_OUT['email']}" in bodies(stack.ticket())[0]
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("code", CODES)
def test_C8_a_number_that_Zendesk_refuses_is_left_out_and_finds_the_user_again(code: str | None) -> None:
    stack = Stack()
    refusing(stack, phone=code)
    stack.play_records(
        *(
            call(name, caller=STRANGERS_NUMBER, attributes=FULL, began=NINE + timedelta(days=days))
            for name, days in (("one", 0), ("two", 0.1), ("three", 9))
        )
    )
    users = {ticket["requester_id"] for ticket in stack.zendesk.tickets()}
    assert len(users) == 1
    user = stack.user(users.pop())
    assert (user["name"], user["phone"], user["email"]) == ("Zoë Quill", None, "zoe@example.com")
    assert f"C8: {wording.LEFT_OUT['number']}" in bodies(stack.ticket(1))[0]
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("code", CODES)
def test_C8_a_name_that_Zendesk_refuses_gives_way_to_the_number(code: str | None) -> None:
    stack = Stack()
    refusing(stack, name=code)
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes=FULL))
    user = new_user(stack)
    assert (user["name"], user["email"]) == (STRANGERS_NUMBER, "zoe@example.com")
    assert f"C8: {wording.LEFT_OUT['name']}" in bodies(stack.ticket())[0]


def test_C8_a_caller_of_whom_Zendesk_accepts_nothing_has_a_user_and_a_ticket_all_the_same() -> None:
    stack = Stack()
    asked: list[dict[str, Any]] = []

    def before(request: Request) -> Response | None:
        if (request.method, request.path) != ("POST", "/api/v2/users"):
            return None
        user = json.loads(request.body)["user"]
        asked.append(user)
        plain = user["name"] == wording.UNNAMED and not user.keys() & {"phone", "email"}
        return None if plain else errors.invalid_record("base", "Nein", None).response

    stack.zendesk.faults.before = before
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes=FULL))
    assert new_user(stack)["name"] == wording.UNNAMED
    assert len(asked) < 10
    assert all(f"C8: {text}" in bodies(stack.ticket())[0] for text in wording.LEFT_OUT.values())


def test_C8_what_Zendesk_drops_without_a_word_is_named_too() -> None:
    stack = Stack()

    def after(request: Request, response: Response) -> Response | None:
        if (request.method, request.path) != ("POST", "/api/v2/users"):
            return None
        user = json.loads(response.body)["user"]
        return Response(201, response.headers, json.dumps({"user": {**user, "phone": None}}).encode())

    stack.zendesk.faults.after = after
    stack.play_records(call(caller=STRANGERS_NUMBER))
    assert f"C8: {wording.LEFT_OUT['number']}" in bodies(stack.ticket())[0]


def test_C8_a_number_that_nobody_listed_has_is_waited_for_three_minutes_and_no_longer() -> None:
    stack = Stack()
    refusing(stack, phone="DuplicateValue")  # such as a second number of somebody's, which no search finds
    stack.play_records(call(caller=STRANGERS_NUMBER))
    assert new_user(stack)["phone"] is None
    assert stack.clock() < NINE + timedelta(minutes=10)
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("name", ["\u200b", "\u200b\u2060\ufeff ", "\u00ad\u200d"])
def test_C8_a_name_without_anything_to_see_is_not_read(name: str) -> None:
    stack = Stack()
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"customer_name": name}))
    assert new_user(stack)["name"] == STRANGERS_NUMBER
    assert any("customer_name: expected" in body for body in bodies(stack.ticket()))


def test_C8_what_cannot_be_seen_in_a_name_is_left_out_and_what_joins_letters_stays() -> None:
    for given, called in (
        ("\u200bZoë\u200b Quill\ufeff", "Zoë Quill"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 300, "x" * 255),
        ("{{" * 200, None),
    ):
        stack = Stack()
        stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"customer_name": given}))
        name = new_user(stack)["name"]
        assert len(name) <= 255
        assert called in (None, name)


WEB: dict[str, Any] = {
    "caller": None,
    "InitiationMethod": "WEBRTC_API",
    "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:WebRTC"}},
}


def test_C8_a_web_callers_number_is_searched_for_before_a_new_user_has_it() -> None:
    stack = Stack()
    given = {"customer_email": "zoe@example.com", "customer_number": "+442071838750"}  # Ana's
    stack.play_records(call("one", attributes=given, **WEB))
    user = new_user(stack)
    assert user["id"] != ANA
    assert (user["email"], user["phone"]) == ("zoe@example.com", None)
    assert f"C8: {wording.LEFT_OUT['number']}" in bodies(stack.ticket())[0]


def test_C8_a_web_callers_number_that_is_nobodys_is_kept() -> None:
    stack = Stack()
    given = {"customer_email": "zoe@example.com", "customer_number": STRANGERS_NUMBER}
    stack.play_records(call(attributes=given, **WEB))
    user = new_user(stack)
    assert (user["email"], user["phone"]) == ("zoe@example.com", STRANGERS_NUMBER)
    assert "C8:" not in bodies(stack.ticket())[0]


def test_C8_a_taken_address_costs_one_search_and_no_refusal() -> None:
    stack = Stack()
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"customer_email": "ana@example.com"}))
    assert stack.zendesk.requests[NEW_USER] == 1
    assert new_user(stack)["email"] is None
    assert f"C8: {wording.LEFT_OUT['email']}" in bodies(stack.ticket())[0]
