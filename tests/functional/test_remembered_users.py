"""What the ledger remembers of a user is a hint: Zendesk is asked before it is used (C5, C9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.stand_ins.http.messages import Request, Response, json_response
from tests.flows import asks, flow_event
from tests.records import ANA, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack

OTHER_NUMBER = "+441632960150"
HOUR = timedelta(hours=1)


def put(user: dict[str, Any]) -> Callable[[Stack, int], None]:
    """Return what changes a user in Zendesk."""
    return lambda stack, number: stack.new_services().zendesk.put(  # type: ignore[return-value]
        f"/api/v2/users/{number}", json.dumps({"user": user})
    )


def delete(stack: Stack, number: int) -> None:
    stack.new_services().zendesk.delete(f"/api/v2/users/{number}", "{}")


def merge(stack: Stack, number: int) -> None:
    stack.new_services().zendesk.put(f"/api/v2/users/{number}/merge", json.dumps({"user": {"id": ANA}}))


#: What can have become of a user since, so that a number does not find them.
CHANGES: dict[str, Callable[[Stack, int], None]] = {
    "suspended": put({"suspended": True}),
    "re-numbered": put({"phone": OTHER_NUMBER}),
    "without the number": put({"phone": None}),
    "deleted": delete,
    "merged": merge,
}
#: And of a placeholder.
GONE = {name: CHANGES[name] for name in ("suspended", "deleted", "merged")}


def made(stack: Stack) -> list[dict[str, Any]]:
    return [user for user in stack.zendesk.users() if user["created_at"] >= "2026-11-02T09:00:01Z"]


def requesters(stack: Stack) -> list[int]:
    return [ticket["requester_id"] for ticket in stack.zendesk.tickets()]


def made_once(caller: str | None = STRANGERS_NUMBER) -> tuple[Stack, int]:
    """Return the functions after a first call, and the user it made."""
    stack = Stack()
    stack.play_records(call("one", caller=caller))
    (first,) = requesters(stack)
    stack.requests_made()
    return stack, first


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "merged"])
def test_C5_a_user_made_here_who_is_gone_by_now_is_no_match(change: str) -> None:
    stack, first = made_once()
    CHANGES[change](stack, first)
    stack.play_records(
        *(call(f"later-{hours}", caller=STRANGERS_NUMBER, began=NINE + hours * HOUR) for hours in (1, 2, 30))
    )
    _, *after = requesters(stack)
    assert [user["id"] for user in made(stack)] == [first, after[0]]
    assert after == [after[0]] * 3
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("change", CHANGES)
def test_C5_no_flow_is_answered_with_one_who_is_gone_by_now(change: str) -> None:
    stack, first = made_once()
    CHANGES[change](stack, first)
    event = flow_event(caller=STRANGERS_NUMBER, parameters=asks("calling_user"))
    answer = stack.invoke_flow("customer_lookup", event)
    if change == "merged":
        assert (answer["status"], answer["zendesk_user"]) == ("ok", str(ANA))
    else:
        assert answer == {"status": "not found", "results_count": "0"}


def test_C5_one_who_was_merged_is_the_user_they_were_merged_into() -> None:
    stack, first = made_once()
    merge(stack, first)
    recent = {"recent_ticket_timeout": "120"}
    stack.play_records(
        call("two", caller=STRANGERS_NUMBER, began=NINE + HOUR),
        call("three", caller=STRANGERS_NUMBER, began=NINE + 2 * HOUR, attributes=recent),
    )
    assert requesters(stack) == [ANA, ANA]  # the second opened a recent ticket of Ana's
    assert [user["id"] for user in made(stack)] == [first]


def test_C5_a_hint_costs_one_look_at_the_user_and_none_where_the_search_has_found_them() -> None:
    stack, first = made_once()
    stack.play_records(call("two", caller=STRANGERS_NUMBER, began=NINE + timedelta(seconds=30)))
    asked = stack.requests_made()
    assert asked["GET /api/v2/users/{id}"] == 1
    assert asked["GET /api/v2/users/search"] == 1
    stack.play_records(call("three", caller=STRANGERS_NUMBER, began=NINE + HOUR))
    assert "GET /api/v2/users/{id}" not in stack.requests_made()
    assert requesters(stack) == [first] * 3


def test_C5_one_who_was_merged_is_whom_Zendesk_shows_in_their_place() -> None:
    stack, first = made_once()
    ana = stack.user(ANA)

    def before(request: Request) -> Response | None:
        shown = (request.method, request.path) == ("GET", f"/api/v2/users/{first}")
        return json_response(200, {"user": {**ana, "external_id": None}}) if shown else None

    stack.zendesk.faults.index_lag(1e6)
    stack.zendesk.faults.before = before
    stack.play_records(call("two", caller=STRANGERS_NUMBER, began=NINE + timedelta(seconds=30)))
    assert requesters(stack) == [first, ANA]


@pytest.mark.parametrize("change", GONE)
def test_C9_a_placeholder_that_is_gone_is_replaced_once(change: str) -> None:
    stack, first = made_once(None)
    GONE[change](stack, first)
    stack.play_records(
        *(call(f"later-{hours}", caller=None, began=NINE + hours * HOUR) for hours in (1, 2, 30))
    )
    _, *after = requesters(stack)
    assert len(set(after)) == 1
    assert after[0] != first
    assert stack.user(after[0])["name"] == "Anonymous caller"
    assert stack.user(after[0])["external_id"].startswith("amazon-connect:anonymous")
    assert stack.messages.dead_letters == []


def test_C9_the_next_deployment_uses_the_placeholder_that_took_the_place_of_a_suspended_one() -> None:
    base = {"name": "Anonymous caller", "external_id": "amazon-connect:anonymous"}
    stack = Stack(
        users=[
            {"id": 150, **base, "suspended": True},
            {"id": 151, **base, "external_id": "amazon-connect:anonymous:2"},
        ]
    )
    stack.play_records(call(caller=None))
    assert requesters(stack) == [151]
    assert made(stack) == []


def test_C8_a_user_known_by_an_address_who_is_suspended_by_now_has_a_successor() -> None:
    stack = Stack()
    stack.play_records(call("one", caller="sip:zoe@example.com"))
    (first,) = requesters(stack)
    put({"suspended": True})(stack, first)
    stack.play_records(
        *(call(f"l{hours}", caller="sip:zoe@example.com", began=NINE + hours * HOUR) for hours in (1, 2))
    )
    _, second, third = requesters(stack)
    assert second == third != first
    assert stack.user(second)["external_id"] == "amazon-connect:sip:zoe@example.com:2"
