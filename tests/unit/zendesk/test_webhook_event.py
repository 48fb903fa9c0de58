"""What webhooks tell becomes an event in our words; what is hostile in it is left out, and never raises."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.messaging import event_text
from connect_zendesk.rules.zendesk_events.zendesk_event import Change, NewComment, TicketState, ZendeskEvent
from connect_zendesk.zendesk.webhook import Call
from connect_zendesk.zendesk.webhook_event import NotAnEvent, NotJson, read
from tests.records import NINE
from tests.strategies import json_values
from tests.webhooks import ACCOUNT, INVOCATION, envelope

TEMPLATE: dict[str, Any] = {
    "connect_zendesk": 1,
    "type": "ticket.created",
    "actor": "901",
    "ticket": {
        "id": "35437", "subject": "Call me back", "status": "Open", "priority": "High", "type": "Task",
        "tags": "callback vip", "requester": "20978392", "submitter": "20978392", "assignee": "",
        "group": "98738", "brand": "", "form": "", "organization": "", "external_id": "",
        "channel": "Web form", "created": "2026-11-02T08:59:00Z", "updated": "2026-11-02T08:59:30Z",
    },
}  # fmt: skip


def event_of(content: Any, **known: Any) -> ZendeskEvent:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read(Call(body, "signature", NINE, ACCOUNT, INVOCATION), **known)


def test_an_envelope_is_read_with_ids_as_numbers_and_words_in_lower_case() -> None:
    assert event_of(envelope()) == ZendeskEvent(
        id="01JEVENT000000000000000001",
        type="ticket.created",
        account=ACCOUNT,
        time="2026-11-02T08:59:59.123456+00:00",
        actor=20978392,
        ticket=TicketState(
            id=35437, subject="Call me back", status="open", priority="high", type="task",
            tags=("callback",), requester=20978392, submitter=20978392, group=98738, brand=123, form=687,
            channel="web", public=True, created="2026-11-02T08:59:00+00:00",
            updated="2026-11-02T08:59:30+00:00",
        ),
    )  # fmt: skip


@pytest.mark.parametrize("none", ["", "0", None, "x", "-1", "1.5", True, 1.0, [], "٣", 0, "9" * 30])
def test_what_is_no_id_is_none(none: Any) -> None:
    assert event_of(envelope(detail={"group_id": none})).ticket.group is None


@pytest.mark.parametrize("number", ["7", 7, " 7 ", "007"])
def test_an_id_is_one_in_either_form(number: Any) -> None:
    assert event_of(envelope(detail={"group_id": number})).ticket.group == 7


@pytest.mark.parametrize(
    ("kind", "event", "change"),
    [
        ("status_changed", {"previous": "OPEN", "current": "HOLD"}, Change("open", "hold")),
        ("priority_changed", {"previous": None, "current": "URGENT"}, Change(None, "urgent")),
        ("agent_assignment_changed", {"previous": "", "current": "901"}, Change(None, 901)),
        ("group_assignment_changed", {"previous": "5", "current": "0"}, Change(5, None)),
        ("subject_changed", {"previous": "A", "current": "B"}, Change("A", "B")),
        ("description_changed", {"previous": "words", "current": "more"}, Change()),
        (
            "tags_changed",
            {"tags_added": ["connect_attach"], "tags_removed": ["old", 5]},
            Change(tags_added=("connect_attach",), tags_removed=("old",)),
        ),
        ("custom_field_changed", {"previous": None, "current": ["a", {"b": 1}]}, Change(None, ["a"])),
        (
            "custom_field_changed",
            {
                "custom_field": {"id": "360001", "title": "Environment", "type": "text"},
                "previous": {"value": "Staging"}, "current": {"value": "Production"},
            },
            Change("Staging", "Production", field=360001),
        ),
        (
            "custom_field_changed",
            {"custom_field": {"id": 7}, "previous": {"value": ["a", "b"]}, "current": {"value": None}},
            Change(["a", "b"], None, field=7),
        ),
        ("custom_field_changed", {"custom_field": "x", "current": {"other": 1}}, Change()),
        ("custom_field_changed", {"current": {"value": {"value": "deep"}}}, Change()),
        ("merged", {"target_ticket_id": "4003"}, Change(merged_into=4003)),
        ("merged", {"target_ticket_id": 4003}, Change(merged_into=4003)),
        ("merged", {}, Change()),
        (
            "comment_added",
            {
                "comment": {
                    "id": "9", "body": "secret words", "is_public": True,
                    "author": {"id": "5", "name": "Zoë", "is_staff": True},
                }
            },
            Change(comment=NewComment(9, 5, staff=True, public=True)),
        ),
        ("comment_added", {"comment": {}}, Change(comment=NewComment())),
        ("comment_added", {"comment": "text"}, Change()),
    ],
)  # fmt: skip
def test_what_changed_is_read(kind: str, event: dict[str, Any], change: Change) -> None:
    read_ = event_of(envelope(f"ticket.{kind}", event=event))
    assert (read_.type, read_.change) == (f"ticket.{kind}", change)
    assert "words" not in json.dumps(read_.as_detail())
    assert "Zoë" not in json.dumps(read_.as_detail())


def test_an_event_of_tickets_that_is_not_known_passes() -> None:
    assert event_of(envelope("ticket.next_sla_breach_changed", new={"field": 1})).type == (
        "ticket.next_sla_breach_changed"
    )


@pytest.mark.parametrize(("me", "by_connector"), [({5, 20978392}, True), ({5}, False), (set(), False)])
def test_what_the_connector_did_is_known_as_its_own(me: set[int], by_connector: bool) -> None:
    assert event_of(envelope(), connector=me).by_connector is by_connector
    assert event_of(envelope(detail={"actor_id": ""}), connector=me).by_connector is False


def test_without_an_id_or_a_time_the_delivery_gives_them() -> None:
    event = event_of(envelope(id=None, time="soon", account_id=None))
    assert (event.id, event.time, event.account) == (INVOCATION, NINE.isoformat(), ACCOUNT)


def test_the_ticket_is_found_in_the_subject_too() -> None:
    assert event_of(envelope(detail={"id": ""}, subject="zen:ticket:77")).ticket.id == 77


def test_commands_in_texts_and_lone_halves_of_characters_are_taken_out() -> None:
    event = event_of(envelope(detail={"subject": "a\x00b\x1bc\ud800d\te", "tags": ["x\x00"]}))
    assert (event.ticket.subject, event.ticket.tags) == ("abcd\te", ("x",))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "not a JSON object"),
        ("text", "not a JSON object"),
        ({}, "not an event of Zendesk"),
        ({"type": 5}, "not an event of Zendesk"),
        (envelope("user.created"), "not an event of a ticket"),
        (envelope("ticket.<script>"), "not an event of a ticket"),
        (envelope("ticket."), "not an event of a ticket"),
        (envelope(detail={"id": None}, subject=None), "an event of no ticket"),
        (envelope(detail={"id": "0"}, subject="zen:ticket:0"), "an event of no ticket"),
        ({**TEMPLATE, "type": "made"}, "not an event of a ticket"),
        ({**TEMPLATE, "ticket": "35437"}, "an event of no ticket"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(content: Any, reason: str) -> None:
    with pytest.raises(NotAnEvent, match=f"^{reason}$"):
        event_of(content)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff{}", b'{"a": NaN}', b'{"a": Infinity}', b"[" * 200_000, b'{"a":' + b"9" * 5000 + b"}"],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(NotJson):
        event_of(body)


def test_a_trigger_sends_the_same_by_our_template() -> None:
    event, told = event_of(TEMPLATE, connector={901}), event_of(envelope())
    assert (event.id, event.type, event.account, event.by_connector) == (
        INVOCATION, "ticket.created", ACCOUNT, True,
    )  # fmt: skip
    assert event.time == "2026-11-02T08:59:30+00:00"
    for name in ("id", "subject", "status", "priority", "type", "requester", "group", "created", "updated"):
        assert getattr(event.ticket, name) == getattr(told.ticket, name)
    assert (event.ticket.tags, event.ticket.brand, event.ticket.channel) == (
        ("callback", "vip"),
        None,
        "web form",
    )


def test_a_trigger_can_tell_of_tags() -> None:
    content = {**TEMPLATE, "type": "ticket.tags_changed", "tags_added": "connect_attach"}
    assert event_of(content).change.tags_added == ("connect_attach",)


#: What a requester writes as a subject, for what stands behind it in the template to mean something else.
SUBJECTS = [
    'x", "id": "4001',
    'x", "requester": "901", "tags": "vip',
    'x"}, "ticket": {"id": "4001", "subject": "y',
    'x"}, "type": "ticket.merged", "tags_added": "connect_attach", "z": {"y": "',
    'x"}, "tags_added": "connect_attach", "actor": "902", "z": {"y": "',
    'x"}, "tags_added": "connect_attach", "z": {"y": "',
    'x"}, "account_id": "666", "z": {"y": "',
    'x"}, "tags_added": "connect_attach", "z": [{"y": "',
    'x"}, "tags_added": "connect_attach"}{"y": "',
    'x"}}',
    "x\\",
    'x", "tags_added": "connect_attach',
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_K3_who_writes_a_subject_says_nothing_else_of_an_event(subject: str) -> None:
    """Where Zendesk puts a subject into a trigger's body as it is, its quotation marks end the text."""
    honest = event_of(TEMPLATE)
    written = json.dumps(TEMPLATE).replace("Call me back", subject).encode()
    try:
        event = event_of(written)
    except (NotJson, NotAnEvent):
        return
    assert replace(event, ticket=replace(event.ticket, subject="Call me back")) == honest


def test_K3_a_template_with_a_name_twice_says_what_to_do() -> None:
    written = json.dumps(TEMPLATE).replace("Call me back", SUBJECTS[0]).encode()
    with pytest.raises(NotAnEvent, match=r"^a name twice, or a part that .* leave the subject out$"):
        event_of(written)


JSON = json_values()
FIELDS = (
    "type", "account_id", "id", "time", "subject", "detail", "event", "connect_zendesk", "actor", "ticket",
    "tags_added",
)  # fmt: skip


@given(JSON | st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_nothing_that_is_signed_raises(content: Any) -> None:
    with suppress(NotAnEvent, NotJson):  # and nothing else
        event_of(content)


@given(st.binary())
def test_no_bytes_raise(body: bytes) -> None:
    with suppress(NotAnEvent, NotJson):
        event_of(body)


DETAIL = tuple(envelope()["detail"])
EVENT = ("previous", "current", "tags_added", "tags_removed", "comment", "custom_field", "target_ticket_id")


@given(
    st.dictionaries(st.sampled_from(DETAIL), JSON),
    st.dictionaries(st.sampled_from(EVENT), JSON),
    st.dictionaries(st.sampled_from(["time", "account_id", "id"]), JSON),
    st.sampled_from(["status_changed", "custom_field_changed", "comment_added", "requester_changed"]),
)
def test_whatever_the_fields_hold_the_bus_takes_the_event_and_it_reads_back(
    detail: dict[str, Any], event: dict[str, Any], around: dict[str, Any], kind: str
) -> None:
    told = envelope(f"ticket.{kind}", detail={**detail, "id": "5"}, event=event, **around)
    read_ = event_of(told)
    text = event_text(read_.as_detail())
    assert ZendeskEvent.of(json.loads(text)) == read_
    assert "\\u0000" not in text


def test_the_largest_event_fits_on_the_bus() -> None:
    tags = [f"{number:0255d}" for number in range(400)]
    told = envelope(
        "ticket.tags_changed",
        detail={"subject": "\U0001f600" * 100_000, "tags": tags, "description": "x" * 60_000},
        event={"tags_added": tags},
    )
    assert event_text(event_of(told).as_detail())
