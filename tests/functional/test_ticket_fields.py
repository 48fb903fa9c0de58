"""What a new ticket is given by the rules of `ticket_fields` (T17), and what Zendesk refuses of it (T16)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.settings import app_settings
from local.explain.explanations import explanations_of
from local.replay.events import ContactEvent
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from tests.attachments import asks, ends, joins
from tests.live import ANSWERED, alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ADA, ANA, BOB, call, on_stream
from tests.stack import Stack, bodies

CREATE = "POST /api/v2/tickets"
ACCOUNT: Mapping[str, Any] = {
    "groups": [{"id": 11, "name": "Support"}, {"id": 12, "name": "Orders"}],
    "group_memberships": [{"user_id": ADA, "group_id": 11}, {"user_id": BOB, "group_id": 12}],
    "brands": [{"id": 21, "name": "Acme"}],
    "ticket_forms": [{"id": 31, "name": "Orders"}],
    "ticket_fields": [
        {"id": 41, "type": "tagger", "title": "Topic", "custom_field_options": [{"value": "topic_order"}]},
        {"id": 42, "type": "text", "title": "Order"},
        {"id": 43, "type": "integer", "title": "Count"},
        {"id": 44, "type": "date", "title": "Due"},
    ],
}
SECRET = "Schmidt-4711"


def stack_of(*rules: Mapping[str, Any], **settings: Any) -> Stack:
    """Return a stack with these rules, in an account that has what they name."""
    document = {"ticket_fields": [{"name": f"Rule {n}", **rule} for n, rule in enumerate(rules, 1)]}
    app, problems = app_settings.read({**document, **settings})
    assert not problems
    return Stack(
        account=ACCOUNT,
        ticket_fields=app.ticket_fields,
        missed_contact_tickets=app.missed_contact_tickets,
    )


def made(stack: Stack, number: int | None = None) -> dict[str, Any]:
    """Return a ticket, the only one if no number says which, with all that Zendesk's API shows of it."""
    shown = stack.ticket(number)
    raw = stack.new_services().zendesk.get(f"/api/v2/tickets/{shown['id']}")["ticket"]
    return {**raw, **shown}


def field(ticket: Mapping[str, Any], number: int) -> Any:
    return {each["id"]: each["value"] for each in ticket["custom_fields"]}[number]


def text_of(ticket: Mapping[str, Any]) -> str:
    return "\n".join(bodies(ticket))


ALL = {
    "set": {
        "tags": ["order", "vip"], "group": 11, "brand": 21, "form": 31, "priority": "high",
        "type": "question", "fields": {"41": "topic_order", "42": {"attribute": "order_number"}, "43": 3},
    }
}  # fmt: skip


def test_T17_a_new_ticket_has_all_that_its_rules_set_and_its_details_say_which_rule_did() -> None:
    stack = stack_of(ALL)
    stack.play_records(call(attributes={"order_number": SECRET}))
    ticket = made(stack)
    assert (ticket["group_id"], ticket["assignee_id"]) == (11, ADA)
    assert (ticket["brand_id"], ticket["ticket_form_id"]) == (21, 31)
    assert (ticket["priority"], ticket["type"]) == ("high", "question")
    assert {"order", "vip", "amazon_connect", "amazon_connect_voice"} == set(ticket["tags"])
    assert [field(ticket, number) for number in (41, 42, 43)] == ["topic_order", SECRET, 3]
    assert (
        'T17: The rule "Rule 1" of ticket_fields sets group 11, brand 21, form 31, priority high,'
        ' type question, field 41 to "topic_order", field 42 to what the attribute order_number holds,'
        " field 43 to 3, tag order"
    ) in text_of(ticket)


def test_T17_of_the_rules_that_fit_the_first_sets_a_field_and_all_set_their_tags() -> None:
    stack = stack_of(
        {"when": {"queue": "Sales"}, "set": {"group": 12, "tags": "sales"}},
        {"enabled": False, "set": {"priority": "low", "tags": "off"}},
        {"when": {"queue": "SUPPORT"}, "set": {"priority": "urgent", "tags": ["a", "b"]}},
        {"set": {"group": 11, "priority": "low", "tags": ["b", "c"]}},
    )
    stack.play_records(call())
    ticket = made(stack)
    assert (ticket["group_id"], ticket["priority"]) == (11, "urgent")
    assert set(ticket["tags"]) == {"a", "b", "c", "amazon_connect", "amazon_connect_voice"}
    assert '"Rule 3" of ticket_fields sets priority urgent, tag a, tag b' in text_of(ticket)
    assert '"Rule 4" of ticket_fields sets group 11, tag c' in text_of(ticket)


def test_T17_a_ticket_that_is_opened_or_follows_one_up_keeps_its_own() -> None:
    for status in ("open", "closed"):
        rules = stack_of(ALL).services.app.ticket_fields
        given = {"id": 7, "requester_id": ANA, "status": status, "tags": ["own"]}
        stack = Stack(tickets=[given], account=ACCOUNT, ticket_fields=rules)
        stack.play_records(call(attributes={"zendesk_ticket": "7"}))
        newest = made(stack, max(ticket["id"] for ticket in stack.zendesk.tickets()))
        assert (newest["group_id"], newest["priority"]) == (None, None)
        assert not {"order", "vip"} & set(newest["tags"])
        assert "T17" not in text_of(newest)


def test_T17_a_ticket_made_at_acceptance_knows_its_queue_by_the_id() -> None:
    stack = stack_of({"when": {"queue": "q1", "kind": "answered"}, "set": {"priority": "high"}})
    stack.know_agents()
    stack.clock.move_to(ANSWERED)
    leave_snapshot(stack, alive(Queue=None), {})
    event = contact_event()
    queued = {"queueInfo": {"queueArn": "arn:aws:connect:eu-west-2:111122223333:instance/i/queue/Q1"}}
    event = {**event, "detail": {**event["detail"], **queued}}
    (explanation,) = explanations_of(stack, [ContactEvent(event)])
    assert isinstance(explanation, dict)
    assert [each["what"] for each in explanation["ticket_fields"]] == ["priority"]
    stack.send_contact_event(event)
    assert made(stack)["priority"] == "high"


def test_T17_a_new_ticket_that_an_agent_asks_for_has_them_too() -> None:
    stack = stack_of(ALL)
    joins(stack)
    asks(stack, new=True)
    ends(stack)
    ticket = made(stack)
    assert (ticket["group_id"], ticket["priority"]) == (11, "high")
    assert '"Rule 1" of ticket_fields sets group 11' in text_of(ticket)


def test_T17_a_group_that_the_agent_is_not_in_wins_and_the_assignee_is_left_out() -> None:
    stack = stack_of({"set": {"group": 12, "priority": "high"}})
    stack.play_records(call())
    ticket = made(stack)
    assert (ticket["group_id"], ticket["assignee_id"], ticket["submitter_id"]) == (12, None, ADA)
    assert ticket["priority"] == "high"
    assert f"T16: {wording.GROUP_WITHOUT_AGENT}" in text_of(ticket)
    assert stack.messages.dead_letters == []
    assert stack.zendesk.requests[CREATE] == 2


@pytest.mark.parametrize(
    ("refused", "sentence", "left"),
    [
        ({"group": 99}, wording.WITHOUT_GROUP, "group_id"),
        ({"brand": 99}, wording.WITHOUT_BRAND, "brand_id"),
        ({"form": 99}, wording.WITHOUT_FORM, "ticket_form_id"),
    ],
)
def test_T16_what_does_not_exist_any_more_is_left_out_and_the_rest_goes(
    refused: dict[str, Any], sentence: str, left: str
) -> None:
    stack = stack_of({"set": refused}, {"set": {"type": "task", "tags": "x", "fields": {"43": 1}}})
    stack.play_records(call())
    ticket = made(stack)
    assert ticket.get(left) in (None, 1)  # what the account gives it
    assert (ticket["type"], ticket["assignee_id"], field(ticket, 43)) == ("task", ADA, 1)
    assert f"T16: {sentence}" in text_of(ticket)
    assert stack.messages.dead_letters == []


def test_T16_of_the_ticket_fields_only_the_value_that_is_refused_is_left_out() -> None:
    wrong = {"43": "many", "44": "soon", "42": "kept"}
    stack = stack_of({"set": {"fields": wrong, "priority": "low"}})
    stack.play_records(call())
    ticket = made(stack)
    assert [field(ticket, number) for number in (42, 43, 44)] == ["kept", None, None]
    assert (ticket["priority"], ticket["assignee_id"]) == ("low", ADA)
    for number in (43, 44):
        assert f"T16: {wording.WITHOUT_FIELD.format(field=number)}" in text_of(ticket)
    assert stack.messages.dead_letters == []


def test_T16_of_the_ticket_fields_only_the_value_that_is_silently_dropped_is_named() -> None:
    stack = stack_of({"set": {"fields": {"41": "topic_gone", "42": "kept"}, "group": 11}})
    stack.play_records(call())
    ticket = made(stack)
    assert [field(ticket, number) for number in (41, 42)] == [None, "kept"]
    assert bodies(ticket)[1:] == [f"T16: {wording.WITHOUT_FIELD.format(field=41)}"]


@pytest.mark.parametrize("key", ["priority", "type", "base", "other"])
def test_T16_whatever_zendesk_says_of_the_values_the_ticket_is_made(key: str) -> None:
    stack = stack_of({"set": {"priority": "high", "type": "task", "fields": {"42": "x"}}})
    refusals = [errors.invalid_record(key, f"{key}: ist nicht zulässig").response]

    def before(request: Request) -> Response | None:
        asked = f"{request.method} {request.path}" == CREATE
        return refusals.pop() if asked and refusals else None

    stack.zendesk.faults.before = before
    stack.play_records(call())
    ticket = made(stack)
    assert "T16: Zendesk does not accept" in text_of(ticket)
    left_out = {"priority": "high", "type": "task"}.get(key, "x")  # about nothing that was sent: the fields
    sent = {ticket["priority"], ticket["type"], field(ticket, 42)} - {None}
    assert sent == {"high", "task", "x"} - {left_out}
    assert stack.messages.dead_letters == []


def test_T17_what_an_attribute_holds_is_disarmed_and_goes_nowhere_but_where_the_rule_says(logs: Logs) -> None:
    stack = stack_of({"set": {"tags": "x", "fields": {"42": {"attribute": "order_number"}}}})
    hostile = f"<img src=x>\u202e {{{{ticket.id}}}}\n{SECRET}"
    stack.play_records(call(attributes={"order_number": hostile}))
    ticket = made(stack)
    assert field(ticket, 42) == f"‹img src=x› {{\u2060{{ticket.id}}}} {SECRET}"
    assert SECRET not in json.dumps(ticket["tags"]) + ticket["subject"] + json.dumps(ticket["metadata"])
    assert SECRET not in json.dumps(logs.lines)
    (reason,) = (line for line in text_of(ticket).splitlines() if "T17" in line)
    assert SECRET not in reason


def test_T17_explain_says_which_rule_sets_what_and_writes_nothing() -> None:
    stack = stack_of(ALL)
    record = call(attributes={"order_number": SECRET})
    (explanation,) = explanations_of(stack, on_stream(record))
    assert isinstance(explanation, dict)
    assert {"rule": "T17", "text": explanation["decision"]["reasons"][-1]["text"]} in explanation["decision"][
        "reasons"
    ]
    assert explanation["ticket_fields"][0] == {
        "what": "group",
        "value": 11,
        "rule": "Rule 1",
        "attribute": None,
    }
    from_attribute = {"what": 42, "value": SECRET, "rule": "Rule 1", "attribute": "order_number"}
    assert from_attribute in explanation["ticket_fields"]
    assert stack.zendesk.tickets() == []
