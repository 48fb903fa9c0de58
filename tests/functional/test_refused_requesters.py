"""What Zendesk refuses of a new ticket is decided again or left out; no contact is lost by it (T16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from connect_zendesk.ledger import heads, notices
from connect_zendesk.ledger.heads import Head
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.lookups import LookUp, UsersByPhone
from connect_zendesk.rules.model import User
from connect_zendesk.workflows.tickets.new_ticket import begun
from connect_zendesk.workflows.tickets.open_ticket import external_id
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import AnswerLost, errors
from tests.attachments import asks, ends, joins, stack_with
from tests.live import ANSWERED, alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ADA, ANA, ANAS_NUMBER, BEN, NINE, STRANGERS_NUMBER, call, later
from tests.stack import Stack, bodies

NEW_TICKET = "POST /api/v2/tickets"
TICKETS = ("POST", "/api/v2/tickets")


@dataclass
class Asked:
    """What Zendesk was asked for as new tickets, and under which keys."""

    tickets: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def requesters(self) -> list[int]:
        return [ticket["requester_id"] for ticket in self.tickets]


def watched(stack: Stack, answer: Callable[[dict[str, Any], int], Response | None]) -> Asked:
    """Have ``answer`` see each new ticket before Zendesk does, with how many came before it."""
    asked = Asked()

    def before(request: Request) -> Response | None:
        if (request.method, request.path) != TICKETS:
            return None
        ticket = json.loads(request.body)["ticket"]
        asked.tickets.append(ticket)
        asked.keys.append(request.headers["idempotency-key"])
        return answer(ticket, len(asked.tickets) - 1)

    stack.zendesk.faults.before = before
    return asked


def just_before(stack: Stack, happens: Callable[[], object]) -> Asked:
    """Have something happen between the decision and the first request for a new ticket."""

    def answer(_: dict[str, Any], number: int) -> None:
        if number == 0:
            happens()

    return watched(stack, answer)


def refusing(stack: Stack, refused: Callable[[dict[str, Any]], bool], code: str | None = None) -> Asked:
    """Have Zendesk refuse the requester of some tickets, whatever it says of the user."""
    text = "Requester: ist gesperrt"

    def answer(ticket: dict[str, Any], _: int) -> Response | None:
        return errors.invalid_record("requester", text, code).response if refused(ticket) else None

    return watched(stack, answer)


def in_zendesk(stack: Stack, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    """Have a person do something in Zendesk."""
    client = stack.new_services().zendesk
    if method == "PUT":
        client.put(path, json.dumps(body))
    else:
        client.delete(path, "{}")


def suspend(stack: Stack, user: int) -> None:
    in_zendesk(stack, "PUT", f"/api/v2/users/{user}", {"user": {"suspended": True}})


GONE: dict[str, Callable[[Stack], None]] = {
    "suspended": lambda stack: suspend(stack, ANA),
    "deleted": lambda stack: in_zendesk(stack, "DELETE", f"/api/v2/users/{ANA}"),
    "merged": lambda stack: in_zendesk(stack, "PUT", f"/api/v2/users/{ANA}/merge", {"user": {"id": 103}}),
}


@pytest.mark.parametrize("gone", GONE)
def test_T16_a_requester_who_is_gone_when_the_ticket_is_made_is_decided_again(gone: str) -> None:
    stack = Stack(users=[{"id": 103, "name": "Ana, too"}])
    asked = just_before(stack, lambda: GONE[gone](stack))
    stack.play_records(call())
    ticket = stack.ticket()
    assert ticket["requester_id"] not in (ANA, None)
    assert stack.user(ticket["requester_id"])["name"] == ANAS_NUMBER  # C and T anew: T5
    assert any(wording.REQUESTER_REPLACED in body for body in bodies(ticket))
    assert stack.messages.dead_letters == []
    assert len(set(asked.keys)) == len(asked.keys) == 2


@pytest.mark.parametrize("gone", ["merged", "deleted"])
def test_T16_a_caller_whom_search_still_has_and_who_is_gone_has_no_recent_ticket_and_is_decided_again(
    gone: str,
) -> None:
    stack = Stack()
    if gone == "merged":
        in_zendesk(stack, "PUT", f"/api/v2/users/{ANA}/merge", {"user": {"id": BEN}})
    else:
        in_zendesk(stack, "DELETE", f"/api/v2/users/{ANA}")
    stack.zendesk.faults.index_lag(3600)
    stack.play_records(call(attributes={"recent_ticket_timeout": "15"}))
    assert stack.messages.dead_letters == []
    assert sum("Ended: " in body for body in bodies(stack.ticket())) == 1


def test_T16_an_accepted_call_whose_flow_found_one_who_is_suspended_by_now_is_decided_again() -> None:
    stack = Stack()
    stack.know_agents()
    found: dict[LookUp, Any] = {UsersByPhone(ANAS_NUMBER): (User(ANA, "Ana Silva", ANAS_NUMBER),)}
    stack.clock.move_to(ANSWERED)
    leave_snapshot(stack, alive(), found)
    suspend(stack, ANA)
    stack.send_contact_event(contact_event())
    ticket = stack.ticket()
    assert name_of(stack, ticket) == ANAS_NUMBER
    assert [pop.get("ticket") for pop in stack.zendesk.pops] == [ticket["id"]]
    given = {each.rule: each for each in notices.of_contact(stack.services.ledger, "contact-1")}  # A2
    assert given.keys() == {"C8", "T16"}  # the number is still the suspended user's
    assert (given["T16"].agent, given["T16"].text) == (ADA, wording.REQUESTER_REPLACED)
    assert len(bodies(stack.ticket())) == 1
    stack.play_records(call())
    assert len(stack.zendesk.tickets()) == 1
    assert all(wording.REQUESTER_REPLACED in body for body in bodies(stack.ticket()))


def test_T16_what_a_flow_found_before_a_merge_is_looked_up_again() -> None:
    stack = Stack(users=[{"id": 103, "name": "Ana, too"}])
    stack.know_agents()
    found: dict[LookUp, Any] = {UsersByPhone(ANAS_NUMBER): (User(ANA, "Ana Silva", ANAS_NUMBER),)}
    leave_snapshot(stack, alive(), found)
    GONE["merged"](stack)
    stack.clock.move_by(timedelta(minutes=3))  # the index knows by now
    stack.send_contact_event(contact_event(at=stack.clock()))
    assert stack.ticket()["requester_id"] == 103
    assert "T4: " in bodies(stack.ticket())[0]


def test_T16_a_refusal_without_a_field_has_the_requester_looked_at() -> None:
    stack = Stack()

    def answer(ticket: dict[str, Any], number: int) -> Response | None:
        if number == 0:
            suspend(stack, ANA)
        refused = ticket["requester_id"] == ANA
        return errors.invalid_record("base", "Das geht nicht", None).response if refused else None

    asked = watched(stack, answer)
    stack.play_records(call())
    assert stack.ticket()["requester_id"] != ANA
    assert len(asked.tickets) == 2
    assert stack.ticket()["assignee_id"] == ADA  # nothing else was left out


@pytest.mark.parametrize("code", ["UserSuspended", None])
def test_T16_the_field_is_enough_whatever_the_code_and_the_language(code: str | None) -> None:
    stack = Stack()
    asked = refusing(stack, lambda ticket: ticket["requester_id"] == ANA, code)
    stack.play_records(call())
    assert name_of(stack, stack.ticket()) == ANAS_NUMBER
    assert len(asked.tickets) == 2


def test_T16_after_two_customers_the_agent_is_the_requester_and_then_the_placeholder() -> None:
    stack = Stack()
    asked = refusing(stack, lambda ticket: ticket["requester_id"] != ADA)
    stack.play_records(call())
    assert stack.ticket()["requester_id"] == ADA
    assert asked.requesters[0] == ANA
    assert len(asked.tickets) <= 4
    for names in (("Anonymous caller",), ()):
        stack = Stack()
        asked = refusing(stack, _but_for(stack, names))
        stack.play_records(call())
        assert [stack.user(ticket["requester_id"])["name"] for ticket in stack.zendesk.tickets()] == list(
            names
        )
        assert len(stack.messages.dead_letters) == (not names)
        assert len(asked.tickets) == len(set(asked.keys)) <= 6


def _but_for(stack: Stack, names: tuple[str, ...]) -> Callable[[dict[str, Any]], bool]:
    return lambda ticket: name_of(stack, ticket) not in names


def name_of(stack: Stack, ticket: dict[str, Any]) -> str:
    return str(stack.user(ticket["requester_id"])["name"])


def test_T16_what_nobody_may_request_is_decided_anew_when_it_is_sent_again() -> None:
    stack = Stack()
    refusing(stack, lambda ticket: True)
    stack.play_records(call())
    letter = stack.letter()
    assert letter["reason"].startswith("RequesterRefused")
    stack.zendesk.faults.before = None
    stack.play_records(call())
    assert stack.ticket()["requester_id"] == ANA


def test_T16_a_ticket_that_an_earlier_attempt_began_is_decided_again_too() -> None:
    stack = Stack()
    stack.zendesk.faults.lose_answer(after_write=False, matching=NEW_TICKET)
    record = call()
    stack.clock.move_to(NINE + timedelta(minutes=5))
    stack.deliver_records(record)
    suspend(stack, ANA)
    stack.run(until=None)
    assert stack.user(stack.ticket()["requester_id"])["name"] == ANAS_NUMBER
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("after_write", [False, True])
def test_T16_a_lost_answer_about_the_second_ticket_leaves_one(after_write: bool) -> None:
    stack = Stack()
    asked = just_before(stack, lambda: suspend(stack, ANA))
    record = call()

    def lose(_: Request, response: Response) -> Response | None:
        if len(asked.tickets) == 2 and not lost:
            lost.append(True)
            return Response(502, {"Content-Type": "text/html"}, b"<html>")
        return None

    lost: list[bool] = []
    if after_write:
        stack.zendesk.faults.after = lose
    else:
        stack.zendesk.faults.lose_answer(after_write=False, count=1, matching="POST /api/v2/users")
    stack.play_records(record, later(record, 2))
    assert stack.user(stack.ticket()["requester_id"])["name"] == ANAS_NUMBER
    assert stack.messages.dead_letters == []


def test_T16_T14_a_contact_that_is_settled_while_its_ticket_is_refused_gets_no_other() -> None:
    """The container stood still for longer than its lock, and an agent was faster."""
    stack = Stack(
        tickets=[{"id": 4001, "requester_id": ADA, "comments": [{"body": "One.", "public": False}]}]
    )
    ledger = stack.new_services().ledger

    def answer(_: dict[str, Any], number: int) -> Response | None:
        if number > 0:
            return None
        heads.settle(ledger, "contact-1", Head(4001, ADA, "attach", "A1"))
        return errors.invalid_record("requester", "Anfragender: ist gesperrt", None).response

    watched(stack, answer)
    stack.play_records(call())
    assert [ticket["id"] for ticket in stack.zendesk.tickets()] == [4001]
    assert len(bodies(stack.ticket())) == 2
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("key", ["assignee", "submitter", "assignee_id"])
def test_T16_an_agent_whom_Zendesk_refuses_is_left_out_under_another_key(key: str) -> None:
    stack = Stack()

    def answer(ticket: dict[str, Any], _: int) -> Response | None:
        there = "assignee_id" in ticket
        return errors.invalid_record(key, "Bearbeiter: ist ungültig", None).response if there else None

    asked = watched(stack, answer)
    stack.play_records(call())
    assert stack.ticket()["assignee_id"] is None
    assert stack.ticket()["requester_id"] == ANA
    assert f"T16: {wording.WITHOUT_ASSIGNEE}" in bodies(stack.ticket())[0]
    assert len(set(asked.keys)) == 2


@pytest.mark.parametrize(("key", "lacks"), [("tags", "tags"), ("via", "via_id"), ("base", "assignee_id")])
def test_T16_any_other_part_that_Zendesk_refuses_is_left_out(key: str, lacks: str) -> None:
    stack = Stack()

    def answer(ticket: dict[str, Any], _: int) -> Response | None:
        return errors.invalid_record(key, "Nein", None).response if lacks in ticket else None

    asked = watched(stack, answer)
    stack.play_records(call())
    assert lacks not in asked.tickets[-1]
    assert len(asked.tickets) == 2
    assert "T16: " in bodies(stack.ticket())[0]


DROPS: dict[str, tuple[dict[str, Any], str]] = {
    "requester": ({"requester_id": BEN}, wording.ANOTHER_REQUESTER),
    "external id": ({"external_id": None}, wording.WITHOUT_EXTERNAL_ID),
    "assignee": ({"assignee_id": None}, wording.WITHOUT_ASSIGNEE),
    "tags": ({"tags": ["amazon_connect"]}, wording.WITHOUT_TAGS),
}


def dropping(stack: Stack, **shown: Any) -> None:
    """Have Zendesk answer a new ticket as if it had not taken a part of it."""

    def after(request: Request, response: Response) -> Response | None:
        if (request.method, request.path) != TICKETS or response.status != 201:
            return None
        content = json.loads(response.body)
        return replace(
            response, body=json.dumps({**content, "ticket": {**content["ticket"], **shown}}).encode()
        )

    stack.zendesk.faults.after = after


@pytest.mark.parametrize("part", DROPS)
def test_T16_what_zendesk_silently_drops_of_a_ticket_is_said_in_one_note(part: str, logs: Logs) -> None:
    stack, record = Stack(), call()
    shown, sentence = DROPS[part]
    dropping(stack, **shown)
    stack.play_records(record, record, later(record, 2))
    (_, note) = bodies(stack.ticket())
    assert note == f"T16: {sentence}"
    assert logs.metrics["TicketPartDropped"] == 1
    assert stack.messages.dead_letters == []


def test_T16_a_note_on_what_was_dropped_that_was_not_written_is_written_once_later() -> None:
    stack = Stack()
    dropping(stack, tags=[])
    stack.zendesk.faults.lose_answer(after_write=True, count=1, matching="PUT /api/v2/tickets/{id}")
    stack.play_records(call())
    assert bodies(stack.ticket())[1:] == [f"T16: {wording.WITHOUT_TAGS}"]


def test_T16_what_was_dropped_of_a_ticket_whose_answer_was_lost_is_said_too() -> None:
    stack = Stack()
    lost: list[bool] = []

    def after(request: Request, response: Response) -> Response | None:
        if (request.method, request.path) == TICKETS and not lost:
            lost.append(True)
            raise AnswerLost
        if (request.method, request.path) != ("GET", TICKETS[1]):
            return None
        (shown,) = json.loads(response.body)["tickets"]
        return replace(response, body=json.dumps({"tickets": [{**shown, "tags": []}]}).encode())

    stack.zendesk.faults.after = after
    stack.play_records(call())
    assert bodies(stack.ticket())[1:] == [f"T16: {wording.WITHOUT_TAGS}"]


def test_T16_what_a_person_took_off_a_ticket_whose_answer_was_lost_was_not_dropped() -> None:
    stack = Stack()
    lost: list[bool] = []

    def before(request: Request) -> None:
        if lost and (request.method, request.path) == ("GET", TICKETS[1]):
            (ticket,) = stack.zendesk.tickets()
            stack.zendesk.act(ADA, "PUT", f"/api/v2/tickets/{ticket['id']}", {"ticket": {"tags": []}})

    def after(request: Request, _: Response) -> None:
        if (request.method, request.path) == TICKETS and not lost:
            lost.append(True)
            stack.clock.move_by(timedelta(seconds=10))
            raise AnswerLost

    stack.zendesk.faults.before = before
    stack.zendesk.faults.after = after
    stack.play_records(call())
    assert stack.ticket()["tags"] == []
    assert len(bodies(stack.ticket())) == 1


@pytest.mark.parametrize("in_doubt", [False, True])
def test_T16_a_ticket_that_may_have_been_made_is_not_forgotten_by_what_is_no_refusal(
    *, in_doubt: bool
) -> None:
    stack = Stack()
    attempts: list[bool] = [in_doubt]

    def before(request: Request) -> Response | None:
        if (request.method, request.path) != TICKETS:
            return None
        if attempts.pop():
            attempts.append(False)
            raise AnswerLost
        return Response(403, {}, b'{"error": "Forbidden"}')

    stack.zendesk.faults.before = before
    stack.play_records(call())
    assert len(stack.messages.dead_letters) == 1
    assert (begun(stack.services, "contact-1", external_id("contact-1")) is not None) == in_doubt


def test_T16_an_agent_whom_a_trigger_has_put_in_the_place_of_ours_is_no_loss() -> None:
    stack = Stack()
    dropping(stack, assignee_id=902, tags=["AMAZON_CONNECT", "amazon_connect_voice", "vip"])
    stack.play_records(call())
    assert len(bodies(stack.ticket())) == 1


def test_T16_the_requester_of_a_follow_up_is_decided_again() -> None:
    stack = Stack()
    record = call()
    stack.play_records(record)
    (first,) = stack.zendesk.tickets()
    in_zendesk(stack, "PUT", f"/api/v2/tickets/{first['id']}", {"ticket": {"status": "closed"}})
    suspend(stack, ANA)
    second = call("leg-2", first_leg="contact-1", began=NINE + timedelta(minutes=4))
    stack.play_records(second)
    _, follow_up = stack.zendesk.tickets()
    assert follow_up["followup_source_id"] == first["id"]
    assert stack.user(follow_up["requester_id"])["name"] == ANAS_NUMBER
    assert stack.messages.dead_letters == []


def test_T1_T16_a_closed_ticket_whose_requester_is_refused_has_no_follow_up() -> None:
    closed = {"id": 4001, "requester_id": BEN, "status": "closed"}
    stack = Stack(tickets=[closed], users=[])
    suspend(stack, BEN)
    stack.play_records(call(caller=STRANGERS_NUMBER, attributes={"zendesk_ticket": "4001"}))
    _, ticket = stack.zendesk.tickets()
    assert ticket["followup_source_id"] is None
    assert stack.user(ticket["requester_id"])["phone"] == STRANGERS_NUMBER
    (details,) = bodies(ticket)
    assert wording.NO_FOLLOW_UP.format(ticket=4001) in details
    assert "there is no ticket" not in details


def test_T16_A1_the_requester_of_a_ticket_asked_for_by_hand_is_replaced() -> None:
    stack = stack_with()
    joins(stack)
    just_before(stack, lambda: suspend(stack, BEN))
    asks(stack, user=BEN)
    made = stack.zendesk.tickets()[-1]
    assert made["requester_id"] == ANA  # whose call it is
    assert wording.REQUESTER_REPLACED in bodies(made)[0]
    ends(stack)
    assert len(stack.zendesk.tickets()) == 3
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("seed", range(40))
def test_T16_whatever_is_refused_and_lost_there_is_one_ticket_and_no_dead_letter(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a seed is the point
    stack = Stack()
    sent: list[tuple[str, bytes]] = []

    def before(request: Request) -> Response | None:
        if request.method != "POST" or request.path not in ("/api/v2/tickets", "/api/v2/users"):
            return None
        if request.path == "/api/v2/tickets":
            sent.append((request.headers["idempotency-key"], request.body))
        if chance.random() < 0.15 and len(sent) < 20:
            raise AnswerLost
        field = chance.choice(_refusable(stack, json.loads(request.body)))
        return errors.invalid_record(field, "Nein", None).response if field else None

    def after(request: Request, _: Response) -> None:
        if request.path == "/api/v2/tickets" and chance.random() < 0.15 and len(sent) < 20:
            raise AnswerLost

    stack.zendesk.faults.before, stack.zendesk.faults.after = before, after
    given = {"customer_name": "Zoë", "customer_email": "zoe@example.com"}
    caller = chance.choice([ANAS_NUMBER, STRANGERS_NUMBER, None])
    record = call(caller=caller, attributes=chance.choice([{}, given]))
    stack.play_records(record, record, later(record, 30))
    assert stack.messages.dead_letters == []
    assert len(bodies(stack.ticket())) == 1
    by_key = {key: {body for other, body in sent if other == key} for key, _ in sent}
    assert all(len(bodies_of_key) == 1 for bodies_of_key in by_key.values())
    assert len(by_key) == len({body for _, body in sent})


def _refusable(stack: Stack, content: dict[str, Any]) -> list[str]:
    """Return what can be refused of a user or a ticket, so that something remains; "" is nothing."""
    if "user" in content:
        user = content["user"]
        parts = [name for name in ("email", "phone") if name in user]
        return ["", *parts, *(["name", "base"] if user["name"] != wording.UNNAMED else [])]
    ticket = content["ticket"]
    optional = {"assignee": "assignee_id", "tags": "tags", "via": "via_id"}
    there = [called for called, name in optional.items() if name in ticket]
    is_last = ticket["requester_id"] == ADA or name_of(stack, ticket) == "Anonymous caller"
    return ["", *there, *(["base"] if there else []), *([] if is_last else ["requester", "requester_id"])]
