"""Who requests a new ticket: users made once, whatever Zendesk's index and other contacts do (C5, C8, C9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.model import NewUser
from connect_zendesk.workflows.customers.requesters import requester_of
from tests.records import ADA, ADAS_NAME, ANA, ANAS_NUMBER, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack, bodies

NEW_USER = "POST /api/v2/users"


def made(stack: Stack) -> list[dict[str, Any]]:
    """Return the users that were made here."""
    return [user for user in stack.zendesk.users() if user["created_at"] >= "2026-11-02T09:00:01Z"]


def requesters(stack: Stack) -> list[int]:
    return [ticket["requester_id"] for ticket in stack.zendesk.tickets()]


# C8


def test_C8_a_new_user_is_named_by_the_number_and_keeps_it() -> None:
    stack = Stack()
    stack.play_records(call(caller=STRANGERS_NUMBER))
    (user,) = made(stack)
    assert (user["name"], user["phone"], user["role"]) == (STRANGERS_NUMBER, STRANGERS_NUMBER, "end-user")
    assert user["external_id"] == f"amazon-connect:{STRANGERS_NUMBER}"
    assert requesters(stack) == [user["id"]]


def test_C8_a_new_user_is_named_by_the_flow_and_keeps_the_address() -> None:
    stack = Stack()
    given = {"customer_name": "Zoë  Quill", "customer_email": "zoe@example.com"}
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes=given))
    (user,) = made(stack)
    assert (user["name"], user["phone"], user["email"]) == ("Zoë Quill", STRANGERS_NUMBER, "zoe@example.com")


@pytest.mark.parametrize(
    "given",
    [
        {"customer_name": "{{ticket.requester.email}}{% x %}"},
        {"customer_email": "{{ticket.id}}@example.com", "customer_number": "none"},
    ],
)
def test_M6_neither_subject_nor_name_holds_a_placeholder(given: dict[str, str]) -> None:
    stack = Stack()
    title = {"conversation_title": "{{ticket.id}} {%\x00 {\x00{dc.secret}}"}
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={**title, **given}))
    (user,) = made(stack)
    ticket = stack.ticket()
    for text in (user["name"], ticket["subject"]):
        assert "{{" not in text
        assert "{%" not in text
    assert ticket["subject"].replace("\u2060", "") == "{{ticket.id}} {% {{dc.secret}}"


def test_M6_an_address_that_names_a_user_holds_no_placeholder() -> None:
    stack = Stack()
    stack.clock.move_by(timedelta(seconds=5))
    user = NewUser(None, None, "{{ticket.id}}@example.com")
    requester_of(stack.services, user, "contact-1")
    (new,) = made(stack)
    assert new["name"] == "{\u2060{ticket.id}}@example.com"


def test_C8_no_user_is_made_where_no_ticket_needs_one() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    stack.play_records(
        call("gave-up", caller=STRANGERS_NUMBER, agent=None),
        call("outgoing", caller=STRANGERS_NUMBER, InitiationMethod="OUTBOUND"),
        call("given", caller=STRANGERS_NUMBER, attributes={"zendesk_ticket": "4001"}),
    )
    assert made(stack) == []


def test_C8_two_contacts_ten_seconds_apart_make_one_user_although_the_index_lags() -> None:
    stack = Stack()
    stack.play_records(
        call("one", caller=STRANGERS_NUMBER),
        call("two", caller=STRANGERS_NUMBER, began=NINE + timedelta(seconds=10)),
    )
    (user,) = made(stack)
    assert requesters(stack) == [user["id"]] * 2


def test_C8_two_contacts_at_once_make_one_user() -> None:
    stack = Stack()
    second = call("two", caller=STRANGERS_NUMBER)
    interrupted = _while_making_the_user(stack, lambda: stack.deliver_records(second))
    stack.play_records(call("one", caller=STRANGERS_NUMBER))
    (user,) = made(stack)
    assert interrupted
    assert requesters(stack) == [user["id"]] * 2
    assert stack.requests_made()[NEW_USER] == 1


def test_C8_a_user_is_made_once_although_the_answer_was_lost() -> None:
    for after_write in (False, True):
        stack = Stack()
        stack.zendesk.faults.lose_answer(after_write=after_write, matching=NEW_USER)
        stack.play_records(call(caller=STRANGERS_NUMBER))
        (user,) = made(stack)
        assert requesters(stack) == [user["id"]]


def test_C8_a_number_typed_in_the_flow_names_the_user_instead_of_the_callers() -> None:
    stack = Stack(default_country="GB")
    stack.play_records(call(attributes={"customer_number": "01632 960199"}))
    (user,) = made(stack)
    assert user["phone"] == STRANGERS_NUMBER


def test_C8_a_user_made_lately_is_recognised_beside_others_whose_numbers_end_alike() -> None:
    others = [{"id": 150, "name": "Far away", "phone": "+491632960199"}]
    stack = Stack(users=others)
    recent = {"recent_ticket_timeout": "15"}
    stack.play_records(
        call("one", caller=STRANGERS_NUMBER),
        call("two", caller=STRANGERS_NUMBER, began=NINE + timedelta(seconds=10), attributes=recent),
    )
    assert requesters(stack) == [made(stack)[0]["id"]]


def test_C8_an_address_that_is_somebody_elses_is_left_to_them() -> None:
    stack = Stack()
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"customer_email": "ana@example.com"}))
    (user,) = made(stack)
    assert (user["phone"], user["email"]) == (STRANGERS_NUMBER, None)


def test_C8_a_number_taken_by_a_user_who_is_not_indexed_yet_waits_for_the_index() -> None:
    stack = Stack()
    stack.zendesk.faults.before = _once(
        lambda: stack.services.zendesk.post(
            "/api/v2/users", f'{{"user": {{"name": "By hand", "phone": "{STRANGERS_NUMBER}"}}}}'
        )
    )
    stack.play_records(call(caller=STRANGERS_NUMBER))
    (user,) = made(stack)
    assert user["name"] == "By hand"
    assert requesters(stack) == [user["id"]]


@pytest.mark.parametrize("holder", [{"suspended": True}, {"role": "agent"}], ids=["suspended", "agent"])
def test_C8_the_number_of_a_suspended_user_or_of_an_agent_stays_theirs(holder: dict[str, Any]) -> None:
    stack = Stack(users=[{"id": 150, "name": "Other", "phone": STRANGERS_NUMBER, **holder}])
    stack.play_records(
        call("one", caller=STRANGERS_NUMBER),
        call("two", caller=STRANGERS_NUMBER, began=NINE + timedelta(hours=1)),
        call("three", caller=STRANGERS_NUMBER, began=NINE + timedelta(days=10)),
    )
    (user,) = made(stack)
    assert (user["name"], user["phone"]) == (STRANGERS_NUMBER, None)
    assert requesters(stack) == [user["id"]] * 3  # found again by the external id made from the number
    assert any(wording.LEFT_OUT["number"] in body for body in bodies(stack.ticket(1)))


def test_C5_a_user_made_for_a_number_who_is_now_suspended_or_reached_elsewhere_has_a_successor() -> None:
    for change in ({"suspended": True}, {"phone": "+441632960150"}):
        taken = {
            "id": 150,
            "name": "Before",
            "phone": STRANGERS_NUMBER,
            "external_id": f"amazon-connect:{STRANGERS_NUMBER}",
        }
        for after_write in (None, True):
            stack = Stack(users=[taken | change])
            if after_write:
                stack.zendesk.faults.lose_answer(after_write=True, count=2, matching=NEW_USER)
            stack.play_records(call(caller=STRANGERS_NUMBER))
            (user,) = made(stack)
            marks = ":no-number" if "suspended" in change else ":2"  # the first has the line itself
            assert user["external_id"] == f"amazon-connect:{STRANGERS_NUMBER}{marks}"
            assert requesters(stack) == [user["id"]]


# C9


def test_C9_every_anonymous_callers_ticket_is_requested_by_one_placeholder() -> None:
    stack = Stack()
    stack.play_records(
        call("one", caller=None), call("two", caller="anonymous"), call("three", caller="sip:private@x")
    )
    (user,) = made(stack)
    assert (user["name"], user["phone"]) == ("Anonymous caller", None)
    assert requesters(stack) == [user["id"]] * 3


def test_C9_two_anonymous_callers_at_once_make_one_placeholder() -> None:
    stack = Stack()
    second = call("two", caller=None)
    interrupted = _while_making_the_user(stack, lambda: stack.deliver_records(second))
    stack.play_records(call("one", caller=None))
    (user,) = made(stack)
    assert interrupted
    assert requesters(stack) == [user["id"]] * 2


def test_C9_the_placeholder_of_an_earlier_deployment_is_used_again() -> None:
    stack = Stack(users=[{"id": 150, "name": "Anonymous caller", "external_id": "amazon-connect:anonymous"}])
    stack.play_records(call(caller=None))
    assert made(stack) == []
    assert requesters(stack) == [150]


def test_C9_the_agent_requests_an_anonymous_callers_ticket_where_the_app_settings_say_so() -> None:
    stack = Stack(anonymous_requester="agent")
    stack.play_records(call(caller=None, agent=ADAS_NAME), call("two", caller=None, agent="nobody"))
    assert requesters(stack)[0] == ADA
    assert stack.user(requesters(stack)[1])["name"] == "Anonymous caller"


# C4, C7


def test_C7_a_user_who_does_not_exist_leaves_the_choice_to_the_agent() -> None:
    stack = Stack()
    stack.play_records(call(caller=ANAS_NUMBER, attributes={"zendesk_user": "4"}))
    assert requesters(stack) == [ADA]
    assert any("C7" in body for body in bodies(stack.ticket()))


def test_T1_no_user_is_made_for_a_given_ticket() -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    stack.play_records(call(caller=None, attributes={"zendesk_ticket": "4001"}))
    assert made(stack) == []
    assert stack.ticket()["requester_id"] == ANA


def _once(happens: Any) -> Any:
    """Return a hook that has something happen before the second request (the first asks for the token)."""
    waiting = [happens, lambda: None]

    def before(_: object) -> None:
        if waiting:
            waiting.pop()()

    return before


def _while_making_the_user(stack: Stack, happens: Any) -> list[bool]:
    """Have something happen between the decision to make a user and the request that makes it."""
    interrupted: list[bool] = []

    def before(request: Any) -> None:
        if (request.method, request.path) == ("POST", "/api/v2/users") and not interrupted:
            interrupted.append(True)
            happens()

    stack.zendesk.faults.before = before
    return interrupted
