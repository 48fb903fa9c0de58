"""Making a ticket where Zendesk, another deployment or an earlier attempt has a say in it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from local.stand_ins.zendesk import Request, Response
from tests.records import ADA, ANA, ANAS_NUMBER, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack, bodies, voices

NEW_TICKET, NEW_USER = "POST /api/v2/tickets", "POST /api/v2/users"
ALREADY = Response(400, {}, b'{"error": "IdempotentRequestError", "description": "..."}')


def told(field: str, what: str) -> Response:
    """Return a 422 about a field."""
    content = {"error": "RecordInvalid", "details": {field: [{"description": what}]}}
    return Response(422, {}, json.dumps(content).encode())


def answers(stack: Stack, endpoint: str, *responses: Response | None) -> list[Request]:
    """Have an endpoint's next requests answered so (None: as ever); returns the requests as they come."""
    waiting, seen = list(responses), list[Request]()

    def before(request: Request) -> Response | None:
        if f"{request.method} {request.path}" != endpoint:
            return None
        seen.append(request)
        return waiting.pop(0) if waiting else None

    stack.zendesk.faults.before = before
    return seen


def test_a_key_that_was_used_for_something_else_means_that_the_ticket_is_there() -> None:
    stack = Stack(tickets=[{"id": 7, "requester_id": ANA, "external_id": "amazon-connect:contact-1"}])
    answers(stack, NEW_TICKET, ALREADY)
    stack.play_records(call())
    assert stack.ticket()["id"] == 7
    assert stack.messages.dead_letters == []


def test_a_ticket_that_is_not_listed_yet_is_waited_for() -> None:
    stack = Stack()
    answers(stack, NEW_TICKET, ALREADY)
    stack.deliver_records(call())
    assert [waiting.due for waiting in stack.messages.waiting] == [NINE + timedelta(seconds=60)]
    stack.run(until=None)
    assert len(bodies(stack.ticket())) == 1


def test_T16_a_retry_sends_the_same_bytes_under_the_same_key() -> None:
    stack = Stack()
    stack.zendesk.faults.lose_answer(after_write=False, count=2, matching=NEW_TICKET)
    seen = answers(stack, NEW_TICKET)
    stack.play_records(call())
    assert len(seen) == 3
    assert len({(request.headers["idempotency-key"], request.body) for request in seen}) == 1
    assert seen[0].headers["idempotency-key"].startswith("amazon-connect:contact-1:")  # and the text's digest


def test_the_longest_id_makes_a_key_that_zendesk_takes() -> None:
    stack = Stack()
    seen = answers(stack, NEW_TICKET)
    stack.play_records(call("c" * 256))
    assert len(seen[0].headers["idempotency-key"]) == 255
    assert len(stack.zendesk.tickets()) == 1


def test_an_agent_who_cannot_be_assigned_does_not_stand_in_the_tickets_way() -> None:
    stack = Stack()
    seen = answers(stack, NEW_TICKET, told("assignee", "Assignee: is not a valid agent"))
    stack.play_records(call())
    assert json.loads(seen[0].body)["ticket"]["assignee_id"] == ADA
    assert stack.ticket()["assignee_id"] is None
    assert [len(bodies(stack.ticket())), len(voices(stack.ticket()))] == [1, 1]


def test_T16_a_requester_who_is_refused_makes_no_dead_letter() -> None:
    stack = Stack()
    answers(stack, NEW_TICKET, told("requester", "Requester: Ana Silva is suspended"))
    stack.play_records(call())
    assert stack.ticket()["requester_id"] != ANA
    assert stack.messages.dead_letters == []


def test_T3_a_recent_ticket_of_another_deployment_is_a_recent_ticket() -> None:
    recent = {
        "requester_id": ANA,
        "updated_at": "2026-11-02T08:55:00Z",
        "external_id": "amazon-connect:elsewhere",
    }
    stack = Stack(tickets=[{"id": 7, **recent}])
    stack.play_records(call(attributes={"recent_ticket_timeout": "15"}))
    assert stack.ticket()["id"] == 7


def test_T3_a_ticket_that_an_attempt_that_died_has_made_is_not_taken_for_a_recent_one() -> None:
    stack = Stack()
    stack.zendesk.faults.lose_answer(after_write=True, matching=NEW_TICKET)
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"recent_ticket_timeout": "15"}))
    assert len(bodies(stack.ticket())) == 1
    assert stack.ticket()["metadata"][0]["amazon_connect"]["rule"] == "T5"


def test_two_deliveries_at_once_decide_one_after_the_other() -> None:
    stack = Stack()
    record = call(caller=STRANGERS_NUMBER, attributes={"recent_ticket_timeout": "15"})
    interrupted: list[bool] = []

    def before(request: Request) -> None:
        if request.path == "/api/v2/users" and not interrupted:
            interrupted.append(True)
            stack.deliver_records(record)

    stack.zendesk.faults.before = before
    stack.play_records(record)
    assert interrupted
    assert [len(bodies(stack.ticket())), len(voices(stack.ticket()))] == [1, 1]


# New users


def _user(stack: Stack, **user: Any) -> Any:
    """Make a user by hand, with what comes next."""
    return lambda: stack.services.zendesk.post(
        "/api/v2/users", json.dumps({"user": {"name": "By hand", **user}})
    )


@pytest.mark.parametrize(
    "taken",
    [
        {
            "external_id": f"amazon-connect:{STRANGERS_NUMBER}",
            "phone": STRANGERS_NUMBER,
            "shared_phone_number": True,
        },
        {"phone": STRANGERS_NUMBER},
    ],
    ids=["by another deployment", "by hand"],
)
def test_C8_a_user_who_appears_between_search_and_creation_is_the_requester(taken: dict[str, Any]) -> None:
    stack = Stack()
    make, done = _user(stack, **taken), list[bool]()

    def before(request: Request) -> None:
        if request.method == "POST" and request.path == "/api/v2/users" and not done:
            done.append(True)
            make()
            stack.clock.move_by(timedelta(seconds=121))  # the index knows by now

    stack.zendesk.faults.before = before
    stack.play_records(call(caller=STRANGERS_NUMBER))
    assert stack.user(stack.ticket()["requester_id"])["name"] == "By hand"
    assert len(stack.zendesk.users()) == 6


def test_C8_an_external_id_whose_holder_is_not_listed_is_waited_for() -> None:
    stack = Stack()
    answers(stack, NEW_USER, told("external_id", "External has already been taken"))
    stack.deliver_records(call(caller=STRANGERS_NUMBER))
    assert [waiting.due for waiting in stack.messages.waiting] == [NINE + timedelta(seconds=60)]
    stack.run(until=None)
    assert stack.user(stack.ticket()["requester_id"])["phone"] == STRANGERS_NUMBER


def test_C8_a_user_who_is_refused_whatever_is_left_out_is_a_dead_letter() -> None:
    stack = Stack()
    seen = answers(stack, NEW_USER, *[told("role", "Role: is not allowed")] * 10)
    stack.play_records(call(caller=STRANGERS_NUMBER), call("good", caller=ANAS_NUMBER))
    assert stack.letter()["reason"] == "Refused: Zendesk answered 422 RecordInvalid about role"
    assert len(stack.zendesk.tickets()) == 1
    assert len(seen) == 3  # all that was wanted, without the number, and under another name
