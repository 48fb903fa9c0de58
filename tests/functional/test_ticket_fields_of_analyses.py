"""What an analysis sets on its contact's ticket by `ticket_fields`, in the same update (T17, T16)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.rules import wording
from local.explain.explanations import explanations_of
from local.replay.events import StoredFile
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from tests.attachments import asks, joins
from tests.contact_files import BUCKET, analysis, analysis_key, chat, chat_key, recorded_call
from tests.functional.test_late_writes import settle
from tests.functional.test_merged_and_deleted import merge
from tests.functional.test_speech_of_chats import chat_of
from tests.functional.test_ticket_fields import ACCOUNT, SECRET, field, made, stack_of, text_of
from tests.logs import Logs
from tests.records import ADA, ANA, on_stream
from tests.speech import ALL, keep_recording, spoken
from tests.stack import Stack, bodies

TICKET, UPDATE = "GET /api/v2/tickets/{id}", "PUT /api/v2/tickets/{id}"
LATE = {
    "when": {"category": "Late parcel"},
    "set": {"tags": "late", "fields": {"41": "topic_order", "42": "late"}},
}
SAID = 'T17: The rule "Rule 1" of ticket_fields sets field 41 to "topic_order", field 42 to "late", tag late'


def found(contact: str = "contact-1", felt: float | None = None, *names: str, said: str = "Hello.") -> bytes:
    """Return an analysis of a call with these categories, and how its customer felt."""
    content = json.loads(analysis(contact, categories=names or ("Late parcel",), said=said))
    if felt is not None:
        content["ConversationCharacteristics"]["Sentiment"] = {"OverallSentiment": {"CUSTOMER": felt}}
    return json.dumps(content).encode()


def comes(stack: Stack, content: bytes | None = None, contact: str = "contact-1") -> None:
    """Have an analysis come, and what it brings done."""
    stack.put_object(BUCKET, analysis_key(contact), content or found(contact))
    stack.run(until=None)


def with_ticket(*rules: Mapping[str, Any], **record: Any) -> Stack:
    """Return a stack in which a recorded call has its new ticket."""
    stack = stack_of(*rules or (LATE,))
    stack.play_records(recorded_call(**record))
    return stack


def changes(stack: Stack, number: int = 1, **change: Any) -> None:
    """Have an agent change a ticket in Zendesk."""
    assert stack.zendesk.act(ADA, "PUT", f"/api/v2/tickets/{number}", {"ticket": change}).status == 200


def own_tags(ticket: Mapping[str, Any]) -> set[str]:
    return set(ticket["tags"]) - {"amazon_connect", "amazon_connect_voice", "amazon_connect_chat"}


def test_T17_an_analysis_sets_fields_and_tags_in_the_update_with_its_comment() -> None:
    stack = with_ticket()
    ticket = made(stack)
    assert (field(ticket, 41), field(ticket, 42), own_tags(ticket)) == (None, None, set())
    stack.requests_made()
    stack.put_object(BUCKET, analysis_key(), found())
    stack.run(until=stack.clock())
    assert stack.requests_made() == {TICKET: 1, UPDATE: 1}
    ticket = made(stack)
    assert (field(ticket, 41), field(ticket, 42), own_tags(ticket)) == ("topic_order", "late", {"late"})
    assert len(bodies(ticket)) == 2
    assert SAID in bodies(ticket)[1]
    assert SAID not in bodies(ticket)[0]


@pytest.mark.parametrize(
    ("when", "felt", "fits"),
    [
        ({"category": ["other", " LATE PARCEL "]}, None, True),
        ({"category": "Refund"}, None, False),
        ({"sentiment": "negative"}, -1.0, True),
        ({"sentiment": "negative"}, -0.9, False),
        ({"sentiment": ["neutral", "positive"]}, 1.1, True),
        ({"sentiment": "negative"}, None, False),
        ({"sentiment": "negative", "category": "late parcel", "queue": "support"}, -3, True),
        ({"category": "late parcel", "queue": "sales"}, None, False),
        ({"category": "late parcel", "attributes": {"tier": "gold"}, "kind": "answered"}, None, True),
        ({"category": "late parcel", "attributes": {"tier": "silver"}}, None, False),
    ],
)
def test_T17_all_that_a_rule_asks_for_must_hold(when: Any, felt: float | None, fits: bool) -> None:
    stack = with_ticket({"when": when, "set": {"tags": "x"}}, attributes={"tier": "Gold"})
    comes(stack, found("contact-1", felt))
    assert own_tags(made(stack)) == ({"x"} if fits else set())
    assert ("T17" in text_of(made(stack))) is fits


def test_T17_what_is_not_empty_any_more_stays_and_the_comment_says_so() -> None:
    stack = with_ticket(LATE, {"set": {"tags": "new", "fields": {"43": 7}}})
    changes(stack, custom_fields=[{"id": 42, "value": "an agent's"}], tags=["late", "agents"])
    comes(stack)
    ticket = made(stack)
    assert [field(ticket, number) for number in (41, 42, 43)] == ["topic_order", "an agent's", 7]
    assert set(ticket["tags"]) == {"late", "agents"}
    assert 'T17: The rule "Rule 1" of ticket_fields sets field 41 to "topic_order"' in bodies(ticket)[1]
    assert f"T17: {wording.FIELD_KEPT.format(rule='Rule 1', field=42)}" in bodies(ticket)[1]


def test_T17_the_first_rule_sets_a_field_and_all_that_fit_their_tags() -> None:
    stack = with_ticket(
        {"when": {"category": "late parcel"}, "set": {"tags": "a", "fields": {"42": "first"}}},
        {"when": {"category": "late parcel"}, "set": {"tags": ["a", "b"], "fields": {"42": "x", "43": 2}}},
        {"when": {"category": "late parcel"}, "enabled": False, "set": {"tags": "off"}},
    )
    comes(stack)
    ticket = made(stack)
    assert [field(ticket, number) for number in (42, 43)] == ["first", 2]
    assert own_tags(ticket) == {"a", "b"}


@pytest.mark.parametrize("status", ["open", "closed"])
def test_T17_an_opened_ticket_and_a_follow_up_keep_their_own(status: str) -> None:
    rules = stack_of(LATE).services.app.ticket_fields
    given = {"id": 7, "requester_id": ANA, "status": status, "tags": ["own"]}
    stack = Stack(tickets=[given], account=ACCOUNT, ticket_fields=rules)
    stack.play_records(recorded_call(attributes={"zendesk_ticket": "7"}))
    comes(stack)
    ticket = made(stack, max(ticket["id"] for ticket in stack.zendesk.tickets()))
    values = {each["value"] for each in ticket["custom_fields"]} - {None}
    assert (values, own_tags(ticket) - {"own"}) == (set(), set())
    assert sum("A parcel is late." in body for body in bodies(ticket)) == 1
    assert "T17" not in text_of(ticket)


def test_T17_a_ticket_that_was_closed_meanwhile_is_followed_up_without_them() -> None:
    stack = with_ticket()
    changes(stack, status="closed")
    comes(stack)
    follow_up = made(stack, 2)
    assert own_tags(follow_up) == set()
    assert "T17" not in text_of(follow_up)


def test_T17_a_ticket_that_it_was_merged_into_keeps_its_own() -> None:
    rules = stack_of(LATE).services.app.ticket_fields
    stack = Stack(tickets=[{"id": 7, "requester_id": ANA}], account=ACCOUNT, ticket_fields=rules)
    stack.play_records(recorded_call(attributes={"zendesk_ticket": "none", "zendesk_user": str(ANA)}))
    (number,) = {ticket["id"] for ticket in stack.zendesk.tickets()} - {7}
    merge(stack, number, 7)
    comes(stack)
    ticket = made(stack, 7)
    assert "A parcel is late." in text_of(ticket)
    assert "late" not in ticket["tags"]
    assert "T17" not in text_of(ticket)


def test_T17_a_new_ticket_that_an_agent_asked_for_has_them_too() -> None:
    stack = stack_of(LATE)
    joins(stack)
    asks(stack, new=True)
    stack.play_records(recorded_call())
    comes(stack)
    assert own_tags(made(stack)) == {"late"}


def test_T17_a_second_new_ticket_has_them_and_one_that_the_contact_is_moved_back_to_keeps_its_own() -> None:
    stack = stack_of(LATE)
    joins(stack)
    asks(stack, "first", new=True)
    asks(stack, "second", new=True, minute=2)
    stack.deliver_records(recorded_call())
    comes(stack)
    assert [own_tags(made(stack, number)) for number in (1, 2)] == [set(), {"late"}]
    asks(stack, "third", ticket=1, minute=10)
    stack.run(until=None)
    assert "A parcel is late." in text_of(made(stack, 1))
    assert "T17" not in text_of(made(stack, 1))


def test_T17_an_analysis_that_comes_days_later_sets_what_asks_for_nothing_of_its_contact() -> None:
    stack = with_ticket(LATE, {"when": {"category": "late parcel", "channel": "voice"}, "set": {"tags": "x"}})
    stack.clock.move_by(timedelta(days=3))
    comes(stack)
    assert own_tags(made(stack)) == {"late"}
    assert stack.messages.dead_letters == []


def test_T17_another_program_may_have_changed_the_external_id() -> None:
    stack = with_ticket()
    changes(stack, external_id="JIRA-1")
    comes(stack)
    assert own_tags(made(stack)) == {"late"}


def test_T17_an_analysis_that_stays_off_the_ticket_sets_nothing() -> None:
    stack = with_ticket()
    comes(stack, found("contact-1", None, "Late parcel", "no-support-ticket"))
    ticket = made(stack)
    assert (len(bodies(ticket)), own_tags(ticket), field(ticket, 42)) == (1, set(), None)


def test_T17_a_call_that_is_transcribed_here_sets_them_by_how_the_customer_felt() -> None:
    stack = stack_of({"when": {"sentiment": "negative"}, "set": {"tags": "unhappy"}})
    keep_recording(stack)
    stack.play_records(spoken())
    stack.run(until=None)
    assert own_tags(made(stack)) == {"unhappy"}
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize(("asked", "tags"), [(ALL, {"unhappy"}), ("transcript", set())])
def test_T17_a_chat_sets_them_by_what_amazon_comprehend_says_where_that_is_asked(
    asked: str, tags: set[str]
) -> None:
    stack = stack_of({"when": {"sentiment": "negative"}, "set": {"tags": "unhappy"}})
    stack.put_object(BUCKET, chat_key(), chat_of())
    stack.play_records({**chat(), "Attributes": {"speech_analysis": asked}})
    assert own_tags(made(stack)) == tags
    assert sum(stack.comprehend.requests.values()) == (0 if asked == "transcript" else 4)


def test_T17_of_two_analyses_of_a_contact_the_first_has_set_it() -> None:
    stack = stack_of(
        {"when": {"category": "one"}, "set": {"tags": "one", "fields": {"42": "one"}}},
        {"when": {"category": "two"}, "set": {"tags": "two", "fields": {"42": "two", "43": 2}}},
    )
    second = {"InitialContactId": "contact-1", "PreviousContactId": "contact-1"}
    stack.play_records(recorded_call(NextContactId="leg-2"), recorded_call("leg-2", **second))
    comes(stack, found("contact-1", None, "one"))
    comes(stack, found("leg-2", None, "two"), "leg-2")
    ticket = made(stack)
    assert [field(ticket, number) for number in (42, 43)] == ["one", 2]
    assert own_tags(ticket) == {"one", "two"}


# Once, whatever happens


def test_T17_what_is_emptied_by_an_agent_afterwards_is_not_set_again() -> None:
    stack = with_ticket()
    comes(stack)
    changes(stack, custom_fields=[{"id": 41, "value": None}, {"id": 42, "value": None}], tags=[])
    comes(stack)
    comes(stack)
    ticket = made(stack)
    assert (field(ticket, 41), field(ticket, 42), ticket["tags"]) == (None, None, [])
    assert len(bodies(ticket)) == 2


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("seconds", [0.5, 11, 91, 3_599, 86_400])
def test_T17_an_update_that_is_carried_out_late_sets_them_once(seconds: float, count: int) -> None:
    stack = with_ticket()
    stack.zendesk.faults.late_write(seconds, count, matching=UPDATE)
    comes(stack)
    settle(stack)
    ticket = made(stack)
    assert (field(ticket, 42), own_tags(ticket), len(bodies(ticket))) == ("late", {"late"}, 2)
    assert stack.messages.dead_letters == []


def test_T17_a_tag_and_a_field_that_come_between_the_look_and_the_update_stay() -> None:
    stack = with_ticket()
    changed: list[bool] = []

    def before(request: Request) -> Response | None:
        if request.method == "PUT" and not changed:
            changed.append(True)
            stack.clock.move_by(timedelta(seconds=2))
            changes(stack, tags=["between"], custom_fields=[{"id": 42, "value": "an agent's"}])
        return None

    stack.zendesk.faults.before = before
    comes(stack)
    ticket = made(stack)
    assert set(ticket["tags"]) == {"between", "late"}
    assert (field(ticket, 41), field(ticket, 42)) == ("topic_order", "an agent's")
    assert 'sets field 41 to "topic_order", tag late' in bodies(ticket)[1]
    assert wording.FIELD_KEPT.format(rule="Rule 1", field=42) in bodies(ticket)[1]


# What Zendesk does not take


def test_T16_of_what_an_analysis_sets_only_the_value_that_is_refused_is_left_out() -> None:
    wrong = {"43": "many", "44": "soon", "42": "kept"}
    stack = with_ticket({"when": {"category": "late parcel"}, "set": {"tags": "x", "fields": wrong}})
    comes(stack)
    ticket = made(stack)
    assert [field(ticket, number) for number in (42, 43, 44)] == ["kept", None, None]
    assert own_tags(ticket) == {"x"}
    for number in (43, 44):
        assert f"T16: {wording.WITHOUT_FIELD.format(field=number)}" in bodies(ticket)[1]
        assert f"sets field {number}" not in bodies(ticket)[1]
    assert len(bodies(ticket)) == 2
    assert stack.messages.dead_letters == []


def test_T16_of_what_an_analysis_sets_what_is_silently_dropped_is_named_in_a_note() -> None:
    fields = {"41": "topic_gone", "42": "kept"}
    stack = with_ticket({"when": {"category": "late parcel"}, "set": {"fields": fields}})
    comes(stack)
    ticket = made(stack)
    assert [field(ticket, number) for number in (41, 42)] == [None, "kept"]
    assert bodies(ticket)[2:] == [f"T16: {wording.WITHOUT_FIELD.format(field=41)}"]
    comes(stack)
    assert len(bodies(made(stack))) == 3


def test_T16_the_note_on_what_was_dropped_is_written_by_a_later_attempt() -> None:
    stack = with_ticket({"when": {"category": "late parcel"}, "set": {"fields": {"41": "topic_gone"}}})
    written: list[bool] = []

    def before(request: Request) -> Response | None:
        if request.method != "PUT":
            return None
        written.append(True)
        return errors.described(503, "Down", "Down", {}).response if len(written) == 2 else None

    stack.zendesk.faults.before = before
    comes(stack)
    ticket = made(stack)
    assert bodies(ticket)[2:] == [f"T16: {wording.WITHOUT_FIELD.format(field=41)}"]
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize(
    ("keys", "sentences"),
    [
        (["custom_fields"], [wording.WITHOUT_FIELDS]),
        (["tags"], [wording.WITHOUT_TAGS]),
        (["base"], [wording.WITHOUT_FIELDS]),
        (["base", "base"], [wording.WITHOUT_FIELDS, wording.WITHOUT_TAGS]),
        (["other", "tags"], [wording.WITHOUT_FIELDS, wording.WITHOUT_TAGS]),
    ],
)
def test_T16_whatever_zendesk_says_of_what_an_analysis_sets_its_comment_is_written(
    keys: Sequence[str], sentences: Sequence[str]
) -> None:
    stack = with_ticket()
    refusals = [errors.invalid_record(key, f"{key}: ist nicht zulässig").response for key in keys]

    def before(request: Request) -> Response | None:
        return refusals.pop(0) if request.method == "PUT" and refusals else None

    stack.zendesk.faults.before = before
    comes(stack)
    ticket = made(stack)
    assert len(bodies(ticket)) == 2
    for sentence in (wording.WITHOUT_FIELDS, wording.WITHOUT_TAGS):
        assert (f"T16: {sentence}" in bodies(ticket)[1]) is (sentence in sentences)
    assert field(ticket, 42) == (None if wording.WITHOUT_FIELDS in sentences else "late")
    assert own_tags(ticket) == (set() if wording.WITHOUT_TAGS in sentences else {"late"})
    assert stack.messages.dead_letters == []


def test_X8_a_file_that_is_refused_leaves_the_fields() -> None:
    stack = with_ticket()

    def before(request: Request) -> Response | None:
        refused = request.path.startswith("/api/v2/uploads")
        return errors.described(422, "Attachment", "No", {}).response if refused else None

    stack.zendesk.faults.before = before
    comes(stack, found(said="word " * 30_000))
    ticket = made(stack)
    assert (field(ticket, 42), own_tags(ticket)) == ("late", {"late"})
    assert wording.FILE_REFUSED in bodies(ticket)[1]
    assert SAID in bodies(ticket)[1]


# Privacy, and what is said


def test_T17_what_an_attribute_holds_goes_into_the_field_alone(logs: Logs) -> None:
    rule = {
        "when": {"category": "late parcel"},
        "set": {"fields": {"42": {"attribute": "order"}, "41": {"attribute": "none"}}},
    }
    stack = with_ticket(rule, attributes={"order": f"<b>{SECRET}"})
    comes(stack)
    ticket = made(stack)
    assert (field(ticket, 41), field(ticket, 42)) == (None, f"‹b›{SECRET}")
    assert "field 42 to what the attribute order holds" in bodies(ticket)[1]
    assert SECRET not in bodies(ticket)[1]
    assert SECRET not in json.dumps(logs.lines)


def test_T17_explain_says_what_an_analysis_sets_and_writes_nothing() -> None:
    stack = stack_of(LATE)
    stored = StoredFile(BUCKET, analysis_key(), found())
    call_explained, explanation = explanations_of(stack, [*on_stream(recorded_call()), stored])
    assert isinstance(explanation, dict)
    assert isinstance(call_explained, dict)
    assert "ticket_fields" not in call_explained
    assert [each["what"] for each in explanation["ticket_fields"]] == [41, 42, "tag"]
    assert stack.zendesk.tickets() == []
