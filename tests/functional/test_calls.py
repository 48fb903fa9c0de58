"""Calls through Zendesk's Calls API, in place of voice comments: what is on the ticket (M5, M2, M3, M4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.rules.settings.app_settings import AppSettings
from local.stand_ins.zendesk import Request, Response
from tests.logs import Logs
from tests.records import ADA, ANA, BOBS_NAME, NINE, call, later, recording_of
from tests.stack import Stack, bodies, voices

APP = 735264
ADDRESS = "https://acme.my.connect.aws"
MAKE, CHANGE, UPDATE = "POST /api/v2/calls", "PATCH /api/v2/calls/{id}", "PUT /api/v2/tickets/{id}"
PRIVATE: dict[str, Any] = {
    "id": 4001,
    "requester_id": ANA,
    "comments": [{"body": "By letter.", "public": False}],
}
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}
RECORDING = f"{ADDRESS}/get-recording?format=wav&callLegId=contact-1&name=recording.wav"


def stack_with_app(options: dict[str, Any] | None = None, **more: Any) -> Stack:
    """Return a stack whose account has an app, with these options of its Zendesk."""
    stack = Stack(**{"zendesk_app_id": APP, "connect_instance_url": ADDRESS, **more})
    state = stack.zendesk._state
    state.options = replace(state.options, **{"app_id": APP, **(options or {})})
    return stack


def expect_calls(stack: Stack, *legs: str, ticket: int | None = None) -> list[dict[str, Any]]:
    """Hold the calls on a ticket against these legs, in order, and return what they say."""
    calls = voices(stack.ticket(ticket))
    assert [data["external_id"] for data in calls] == list(legs)
    assert stack.messages.dead_letters == []
    assert stack.messages.waiting == []
    return calls


def test_M5_a_call_takes_the_place_of_the_voice_comment() -> None:
    stack = stack_with_app()
    stack.play_records(call(attributes={"call_recording_consent": "optin", "conversation_title": "Boiler"}))
    (said,) = expect_calls(stack, "contact-1")
    expected = {
        "title": "Boiler", "from_line": "+442071838750", "to_line": "+448001234567", "direction": "inbound",
        "queue_name": "Support", "wait_time": 30, "hold_time": 10, "talk_time": 200, "wrap_up_time": 20,
        "call_started_at": "2026-11-02T09:00:00Z", "call_ended_at": "2026-11-02T09:04:00Z", "duration": 240,
        "completion_status": "completed", "call_recording_consent": "opt_in",
        "call_recording_consent_action": "caller_opted_in", "recording_url": RECORDING,
    }  # fmt: skip
    assert {name: said[name] for name in expected} == expected
    (made,) = stack.zendesk._state.calls.values()
    assert (made["app_id"], made["agent_id"], made["ticket_id"]) == (APP, ADA, 1)
    (details,) = bodies(stack.ticket())
    assert "Title: Boiler" in details
    assert "The customer agreed to the recording." in details


def test_M5_without_an_app_the_voice_comment_stays() -> None:
    stack = Stack()
    stack.play_records(call())
    assert stack.zendesk._state.calls == {}
    assert "answered_by_id" in voices(stack.ticket())[0]


def test_M5_a_newer_record_brings_the_call_up_to_date() -> None:
    stack = stack_with_app()
    record = call(recorded=False)
    stack.play_records(record)
    assert expect_calls(stack, "contact-1")[0]["recording_url"] == ""
    agent = {**record["Agent"], "AfterContactWorkDuration": 95}
    again = later(record, 10, Recordings=[recording_of("contact-1")], Agent=agent)
    stack.play_records(again, again, record)
    (said,) = expect_calls(stack, "contact-1")
    assert (said["recording_url"], said["wrap_up_time"]) == (RECORDING, 95)
    assert len(bodies(stack.ticket())) == 2
    assert stack.requests_made()[CHANGE] == 1


def test_M5_what_came_of_an_older_record_is_never_written_over_a_newer_one() -> None:
    stack = stack_with_app()
    record = call(recorded=False)
    newer = later(record, 10, Recordings=[recording_of("contact-1")])
    stack.play_records(newer, record)
    assert expect_calls(stack, "contact-1")[0]["recording_url"] == RECORDING
    assert CHANGE not in stack.requests_made()


def test_M5_a_change_that_two_containers_write_at_once_ends_as_the_newest_record_says() -> None:
    stack = stack_with_app()
    record = call(recorded=False)
    stack.play_records(record)
    newest = later(record, 20, Queue={**record["Queue"], "Name": "Sales"})
    waiting = [newest]

    def overtaken(request: Request) -> None:
        if request.method == "PATCH" and waiting:
            stack.deliver_records(waiting.pop())

    stack.zendesk.faults.before = overtaken
    stack.play_records(later(record, 10, Queue={**record["Queue"], "Name": "Orders"}))
    assert expect_calls(stack, "contact-1")[0]["queue_name"] == "Sales"


def test_M5_each_leg_of_a_contact_has_its_call() -> None:
    stack = stack_with_app()
    stack.play_records(
        call(),
        call("leg-2", first_leg="contact-1", agent=BOBS_NAME, began=NINE + timedelta(minutes=2)),
        call("leg-3", first_leg="contact-1", agent=None, began=NINE + timedelta(minutes=3), recorded=False),
    )
    first, second = expect_calls(stack, "contact-1", "leg-2")
    assert (first["title"], second["title"]) == ("Incoming call", "Incoming call, transferred to Support")


def test_M5_calls_count_no_ticket_updates_but_those_of_their_details() -> None:
    """Issue 19: at most one update of a ticket for a call with details and recording."""
    counts = {}
    for name, app in (("voice comment", None), ("call", APP)):
        stack = stack_with_app(zendesk_app_id=app, tickets=[PRIVATE])
        stack.play_records(call(), call("contact-2", **GIVEN))
        requests = stack.requests_made()
        counts[name] = (requests[UPDATE], requests.get(MAKE, 0))
    assert counts == {"voice comment": (3, 0), "call": (1, 2)}


# M2, M3, M4


def test_M2_a_ticket_with_public_comments_gets_no_call() -> None:
    stack = stack_with_app(tickets=[{**PRIVATE, "comments": [{"body": "Dear shop", "public": True}]}])
    stack.play_records(call(**GIVEN))
    assert voices(stack.ticket()) == []
    assert stack.zendesk._state.calls == {}
    assert "Recording:" in bodies(stack.ticket())[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"agent": None, "AgentConnectionAttempts": 2},
        {"InitiationMethod": "OUTBOUND", "DisconnectReason": "TELECOM_BUSY"},
        {"attributes": {"voice_comment": "no"}},
    ],
    ids=["missed", "busy", "switched off"],
)
def test_M2_a_call_in_which_no_one_was_connected_is_none(fields: dict[str, Any]) -> None:
    stack = stack_with_app(missed_contact_tickets=frozenset({"missed"}))
    stack.play_records(call(**fields))
    assert len(bodies(stack.ticket())) == 1
    assert stack.zendesk._state.calls == {}


def test_M2_a_voicemail_is_a_call() -> None:
    stack = stack_with_app(missed_contact_tickets=frozenset({"voicemail"}))
    message = {**recording_of("contact-1"), "ParticipantType": "IVR"}
    stack.play_records(call(agent=None, attributes={"voicemail": "true"}, Recordings=[message]))
    (said,) = expect_calls(stack, "contact-1")
    (made,) = stack.zendesk._state.calls.values()
    assert (said["title"], made["voicemail"], said["completion_status"]) == ("Voicemail", True, "completed")


@pytest.mark.parametrize(
    ("attributes", "consent", "action"),
    [
        ({"call_recording_consent": "optout"}, "opt_out", "caller_opted_out"),
        ({"download_recording": "no"}, "always", None),
        ({"download_recording": "no", "call_recording_consent": "optin"}, "opt_in", "caller_opted_in"),
    ],
)
def test_M3_a_call_leads_to_no_recording_that_may_not_be_heard(
    attributes: dict[str, str], consent: str, action: str | None
) -> None:
    stack = stack_with_app()
    stack.play_records(call(attributes=attributes))
    (said,) = expect_calls(stack, "contact-1")
    assert "get-recording" not in str(stack.zendesk._state.calls)
    assert (said["call_recording_consent"], said["call_recording_consent_action"]) == (consent, action)


# What Zendesk refuses


def test_T16_a_part_that_zendesk_refuses_is_left_out(logs: Logs) -> None:
    stack = stack_with_app(agent_map={"ada@example.com": ANA})
    stack.play_records(call())
    expect_calls(stack, "contact-1")
    (made,) = stack.zendesk._state.calls.values()
    assert "agent_id" not in made
    assert logs.metrics["CallRefused"] == 0


@pytest.mark.parametrize(
    ("options", "plan"),
    [
        ({"app_id": 1}, {}),
        ({"no_talk_partner_edition_status": 403}, {"talk_partner_edition": False}),
        ({"no_talk_partner_edition_status": 404}, {"talk_partner_edition": False}),
    ],
    ids=["another app", "403", "404"],
)
def test_M5_where_zendesk_takes_no_calls_there_is_a_voice_comment(
    options: dict[str, Any], plan: dict[str, Any], logs: Logs
) -> None:
    stack = stack_with_app(options, account={"plan": plan})
    record = call()
    stack.play_records(record, later(record, 10, Recordings=[recording_of("more")]), record)
    (said,) = voices(stack.ticket())
    assert said["answered_by_id"] == ADA
    assert logs.metrics["CallRefused"] == 1
    assert stack.messages.dead_letters == []


def test_M5_a_call_that_zendesk_shows_on_no_ticket_gets_a_voice_comment(logs: Logs) -> None:
    stack = stack_with_app()

    def nowhere(request: Request) -> Response | None:
        if request.path == "/api/v2/calls":
            return Response(201, {}, b'{"call": {"id": 7, "ticket_id": null}}')
        return None

    stack.zendesk.faults.before = nowhere
    stack.play_records(call())
    assert "answered_by_id" in voices(stack.ticket())[0]
    assert logs.metrics["CallRefused"] == 1


def test_T12_a_call_of_a_ticket_that_is_closed_meanwhile_goes_to_its_follow_up() -> None:
    stack = stack_with_app(tickets=[PRIVATE])
    happened: list[Response] = []

    def closed(request: Request) -> None:
        if request.path == "/api/v2/calls" and not happened:
            happened.append(stack.zendesk.act(ADA, "PUT", "/api/v2/tickets/4001", _CLOSE))

    stack.zendesk.faults.before = closed
    stack.play_records(call(**GIVEN))
    # The details are on the closed one: no one looks for the call alone on a follow-up.
    assert [len(bodies(ticket)) for ticket in stack.zendesk.tickets()] == [2]
    stack.play_records(call("leg-2", first_leg="contact-1", agent=BOBS_NAME))
    follow_up = stack.zendesk.tickets()[-1]
    assert follow_up["followup_source_id"] == 4001
    expect_calls(stack, "leg-2", ticket=follow_up["id"])


_CLOSE = {"ticket": {"status": "closed"}}


def test_T12_nothing_is_called_on_a_ticket_that_is_deleted_meanwhile(logs: Logs) -> None:
    stack = stack_with_app(tickets=[PRIVATE])

    def deleted(request: Request) -> None:
        if request.path == "/api/v2/calls":
            stack.zendesk.act(ADA, "DELETE", "/api/v2/tickets/4001")

    stack.zendesk.faults.before = deleted
    stack.play_records(call(**GIVEN))
    assert stack.zendesk.tickets() == []
    assert (stack.messages.dead_letters, stack.messages.waiting) == ([], [])
    assert logs.metrics["TicketDeleted"] == 1


def test_M5_calls_that_count_as_ticket_updates_wait_for_their_limit() -> None:
    plan = {"ticket_updates_per_minute": 1}
    stack = stack_with_app({"calls_update_tickets": True}, tickets=[PRIVATE], account={"plan": plan})
    stack.play_records(call(**GIVEN))
    expect_calls(stack, "contact-1")


# The setting is switched while contacts go on


def test_M5_a_call_that_has_a_voice_comment_gets_no_second_one_when_the_app_is_set() -> None:
    stack, record = Stack(connect_instance_url=ADDRESS), call()
    stack.play_records(record)
    use_app(stack, APP)
    stack.play_records(later(record, 10, Recordings=[recording_of("more")]))
    assert len(voices(stack.ticket())) == 1
    assert stack.zendesk._state.calls == {}


def test_M5_a_call_goes_on_as_one_when_the_app_is_taken_away() -> None:
    stack, record = stack_with_app(), call(recorded=False)
    stack.play_records(record)
    use_app(stack, None)
    stack.play_records(later(record, 10, Recordings=[recording_of("contact-1")]))
    assert expect_calls(stack, "contact-1")[0]["recording_url"] == RECORDING


def use_app(stack: Stack, app: int | None) -> None:
    """Change the app setting, as an administrator does."""
    stack.app_settings = AppSettings(zendesk_app_id=app, connect_instance_url=ADDRESS)
