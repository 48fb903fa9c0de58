"""A customer found by id or chosen by hand, who has no number, gets the caller's (C10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from local.stand_ins.zendesk import Response
from tests.records import ADA, ANA, ANAS_NUMBER, BEN, BENS_NUMBER, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack

FINN = 103
NO_NUMBER: dict[str, Any] = {"id": FINN, "name": "Finn Hale"}
PUT, GET = "PUT /api/v2/users/{id}", "GET /api/v2/users/{id}"


def ask(stack: Stack, user: int = FINN, number: str = STRANGERS_NUMBER, **fields: Any) -> None:
    """Ask for a user's number as a contact does, and wait until that is done."""
    detail = {"kind": "phone", "user": user, "number": number, "at": NINE.isoformat()}
    stack.messages.update_customer(detail | fields)


def number_of(stack: Stack, user: int = FINN) -> str | None:
    """Return a user's number."""
    number: str | None = stack.user(user)["phone"]
    return number


def test_C10_a_user_named_by_the_flow_who_has_no_number_gets_the_callers() -> None:
    stack = Stack(users=[NO_NUMBER])
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"zendesk_user": str(FINN)}))
    assert number_of(stack) == STRANGERS_NUMBER
    assert stack.user(FINN)["shared_phone_number"] is False


def test_C10_a_user_named_by_the_flow_keeps_their_own_number() -> None:
    stack = Stack()
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"zendesk_user": str(BEN)}))
    assert number_of(stack, BEN) == "+44 (0)1632 960 102"
    assert PUT not in stack.requests_made()


def test_C10_an_anonymous_caller_has_no_number_to_give() -> None:
    stack = Stack(users=[NO_NUMBER])
    stack.play_records(call(caller="anonymous", attributes={"zendesk_user": str(FINN)}))
    assert number_of(stack) is None
    assert stack.requests_made().keys().isdisjoint({PUT})


def test_C10_a_number_that_came_meanwhile_stays() -> None:
    stack = Stack()
    ask(stack, ANA)
    stack.run(until=None)
    assert number_of(stack, ANA) == ANAS_NUMBER
    assert stack.requests_made() == {GET: 1}


@pytest.mark.parametrize("user", [ADA, 4])
def test_C10_staff_and_users_who_are_gone_are_left_alone(user: int) -> None:
    stack = Stack()
    ask(stack, user)
    stack.run(until=None)
    assert stack.requests_made() == {GET: 1}
    assert stack.messages.dead_letters == []


def test_C10_somebody_elses_direct_line_is_shared() -> None:
    stack = Stack(users=[NO_NUMBER])
    ask(stack, number=ANAS_NUMBER)
    stack.run(until=None)
    assert (number_of(stack), stack.user(FINN)["shared_phone_number"]) == (ANAS_NUMBER, True)
    assert (number_of(stack, ANA), stack.user(ANA)["shared_phone_number"]) == (ANAS_NUMBER, False)


@pytest.mark.parametrize("code", [None, "InvalidFormat"])
def test_C10_a_number_that_Zendesk_does_not_accept_is_nobodys(code: str | None) -> None:
    stack = Stack(users=[NO_NUMBER])
    stack.zendesk.faults.refuse("phone", code=code, matching=PUT)
    ask(stack)
    stack.run(until=None)
    assert number_of(stack) is None
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("change", [{"suspended": True}, {"active": False}])
def test_C10_a_user_who_is_suspended_or_deleted_by_now_gets_no_number(change: dict[str, Any]) -> None:
    stack = Stack(users=[{**NO_NUMBER, **change}])
    ask(stack)
    stack.run(until=None)
    assert number_of(stack) is None
    assert stack.requests_made() == {GET: 1}
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("after_write", [False, True])
def test_C10_a_lost_answer_leaves_the_number_written(after_write: bool) -> None:
    stack = Stack(users=[NO_NUMBER])
    stack.zendesk.faults.lose_answer(after_write=after_write, matching=PUT)
    ask(stack)
    stack.run(until=None)
    assert number_of(stack) == STRANGERS_NUMBER
    assert stack.requests_made()[PUT] == (1 if after_write else 2)


def test_C10_updates_are_a_second_apart_whoever_they_are_about() -> None:
    users: list[dict[str, Any]] = [{"id": 200 + number, "name": f"User {number}"} for number in range(4)]
    stack = Stack(users=users)
    moments: list[Any] = []

    def before(request: Any) -> Response | None:
        if request.method == "PUT":
            moments.append(stack.clock())
        return None

    stack.zendesk.faults.before = before
    for number, user in enumerate(users):
        ask(stack, user["id"], f"+44163296010{number}")
    ask(stack, BEN, BENS_NUMBER)
    stack.run(until=None)
    assert [moment - NINE for moment in moments] == [timedelta(seconds=number) for number in range(4)]


def test_C10_the_update_of_a_shared_line_takes_two_turns() -> None:
    stack = Stack(users=[NO_NUMBER])
    ask(stack, number=ANAS_NUMBER)
    stack.run(until=None)
    assert stack.clock() == NINE + timedelta(seconds=1)


@pytest.mark.parametrize(
    "fields", [{"kind": "shoe size"}, {"user": "101"}, {"user": True}, {"number": "0800"}, {"number": None}]
)
def test_a_change_that_is_not_known_is_a_dead_letter(fields: dict[str, Any]) -> None:
    stack = Stack(users=[NO_NUMBER])
    ask(stack, **fields)
    stack.run(until=None)
    assert stack.letter()["source"] == "customer_update"
    assert number_of(stack) is None
