"""The private details of a leg: what they say, and what they never let through (M1, M3, M4, M6, S4)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.contacts.contact import SYSTEM_ATTRIBUTES, Agent, Leg, Queue, Recording, Reference
from connect_zendesk.rules.contacts.kinds import Origin
from connect_zendesk.rules.model import User
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets.view import View
from tests.unit.rules.pages import Page
from tests.unit.rules.world import (
    ANA,
    ANAS_NUMBER,
    ASMITH,
    BEGAN,
    SHARED_NUMBER,
    World,
    call,
    chat,
    decide,
    outgoing,
    settings_from,
    task,
)

NASTY = "<script>alert('x')</script><img src=x onerror=\"alert(1)\"> & \u202edesrever\u202c \x00\ud800"


def page(leg: Leg, settings: Mapping[str, Any] | None = None, **told: Any) -> Page:
    """Return the details of a leg as they are read."""
    return Page(comment.details(View.of(leg, settings_from(settings or {})), **told))


def test_M1_the_details_tell_of_the_call() -> None:
    seen = page(call(order="A-1"))
    assert seen.lines == [
        "Incoming call",
        f"From: {ANAS_NUMBER}",
        "To: +448001234567",
        "Queue: Support",
        "Agent: asmith",
        "Began: 2026-11-02 10:00:00 UTC",
        "Connected to the agent: 2026-11-02 10:00:00 UTC",
        "Ended: 2026-11-02 10:05:00 UTC",
        "Waited in the queue: 0:35",
        "With the agent: 3:00",
        "On hold: 0:20",
        "Wrap-up: 0:30",
        "Contact: c-1",
        "Contact in Amazon Connect: https://acme.my.connect.aws/contact-trace-records/details/c-1?tz=UTC",
        "Recording: https://acme.my.connect.aws/get-recording?format=wav&callLegId=c-1&name=recording.wav",
        "Contact attributes:",
        "order: A-1",
    ]
    assert seen.links == [
        "https://acme.my.connect.aws/contact-trace-records/details/c-1?tz=UTC",
        "https://acme.my.connect.aws/get-recording?format=wav&callLegId=c-1&name=recording.wav",
    ]


NOTHING = {"attempts": 0, "queue": None, "recordings": (), "ended": None, "system_address": None}


def test_M1_what_is_not_known_is_not_mentioned() -> None:
    leg = call(None, leg={**NOTHING, "agent": None})
    assert page(leg).lines == ["Incoming call", "Began: 2026-11-02 10:00:00 UTC", "Contact: c-1"]


def test_M1_a_call_that_was_never_on_hold_says_nothing_of_it() -> None:
    assert page(call(leg={"agent": replace(ASMITH, hold_seconds=0)})).value("On hold") is None


def test_M1_where_it_went_and_how_it_ended() -> None:
    seen = page(call(leg={"transferred_to": "+12125550100", "disconnect_reason": "CUSTOMER_DISCONNECT"}))
    assert seen.value("Transferred to") == "+12125550100"
    assert seen.value("Ended by") == "customer disconnect"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (9, "0:09"), (60, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (36_061, "10:01:01")],
)
def test_M1_a_duration_reads_like_a_clock(seconds: int, shown: str) -> None:
    assert page(call(leg={"agent": replace(ASMITH, talk_seconds=seconds)})).value("With the agent") == shown


@pytest.mark.parametrize(
    ("leg", "heading"),
    [
        (call(), "Incoming call"),
        (outgoing(), "Outgoing call"),
        (call(leg={"initiation_method": "CALLBACK", "stated_direction": "OUTBOUND"}), "Incoming call"),
        (chat(), "Chat"),
        (chat(leg={"stated_direction": "outbound"}), "Chat"),
        (task("Zendesk-1"), "Task"),
        (call(leg={"channel": "EMAIL"}), "Email"),
        (call(leg={"contact_id": "c-2"}), "Incoming call, transferred to Support"),
        (call(leg={"contact_id": "c-2", "queue": Queue()}), "Incoming call, joined by asmith"),
        (
            call(leg={"contact_id": "c-2", "queue": None, "agent": Agent("", "arn")}),
            "Incoming call, joined by another agent",
        ),
        (
            call(leg={"contact_id": "c-2", "queue": None, "initiation_method": "QUEUE_TRANSFER"}),
            "Incoming call, transferred to another queue",
        ),
        (task(None, leg={"contact_id": "c-2"}), "Task made during the task"),
        (
            task(None, leg={"contact_id": "c-2", "initiation_method": "TRANSFER"}),
            "Task, transferred to Support",
        ),
        (
            call(leg={"contact_id": "c-2", "initiation_method": "EXTERNAL_OUTBOUND"}),
            "Outgoing call to somebody outside, added to the conversation",
        ),
    ],
)
def test_M1_the_heading_tells_the_direction(leg: Leg, heading: str) -> None:
    assert page(leg).lines[0] == heading


def test_T14_a_changed_record_says_so() -> None:
    assert page(call(), changed=()).lines[0] == "Incoming call: the contact record has changed"


def test_T14_a_changed_record_says_what_has_changed() -> None:
    heading = "Incoming call: the contact record has changed (recording, times)"
    assert page(call(), changed=("recording", "times")).lines[0] == heading


def test_T1_a_follow_up_names_the_closed_ticket() -> None:
    assert page(call(), continues=4713).lines[1] == "This continues ticket #4713, which is closed."


@pytest.mark.parametrize(
    ("leg", "says"),
    [
        ({"attempts": 0}, "The customer left the queue before an agent answered."),
        ({"attempts": 2}, "It was offered to agents, and none answered."),
        ({"initiation_method": "CALLBACK"}, "A callback was requested, and has not been answered."),
        (
            {"recordings": (Recording("b/k", "IVR"),), "attributes": {"voicemail": "yes"}},
            "The customer left a voicemail.",
        ),
        ({"initiation_method": "API", "attributes": {}}, "Nobody was reached."),
        ({"attempts": 0, "queue": None}, "It ended in the contact flow, without an agent."),
        ({"attempts": 0, "queue": None, "channel": "TASK"}, "It ended before an agent took it."),
    ],
)
def test_T13_why_nobody_answered(leg: Mapping[str, Any], says: str) -> None:
    unanswered = {"agent": None, "recordings": (), **leg}
    assert page(call(leg=unanswered)).lines[1] == says


def test_M1_times_are_in_the_administrators_time_zone() -> None:
    zoned = {"time_zone": "America/New_York"}
    seen = page(call(), zoned)
    assert seen.value("Began") == "2026-11-02 05:00:00 EST"
    assert seen.links[0].endswith("?tz=America%2FNew_York")
    summer = call(leg={"began": BEGAN - timedelta(days=60)})
    assert page(summer, zoned).value("Began") == "2026-09-03 06:00:00 EDT"


def test_M1_the_instance_is_read_from_where_recordings_are_kept_unless_it_is_set() -> None:
    address = {"connect_instance_url": "https://shop.example/connect/"}
    assert page(call(), address).links[0].startswith("https://shop.example/connect/contact-trace-records/")
    assert page(call(leg={"recordings": ()})).links == []
    assert len(page(call(leg={"recordings": ()}), address).links) == 1


@pytest.mark.parametrize(
    "location",
    [
        "bucket/CallRecordings/x.wav",
        "bucket/other/acme/CallRecordings/x.wav",
        "bucket/connect/acme/Chat/x.wav",
    ]
    + [
        f"bucket/connect/{alias}/CallRecordings/x.wav"
        for alias in ("evil.example", "a@b", "", "a" * 64, "<b>")
    ]
    + ["bucket/connect/acme"],
)
def test_M1_a_recording_elsewhere_gives_no_address_away(location: str) -> None:
    seen = page(call(leg={"recordings": (Recording(location),)}))
    assert seen.links == []
    assert seen.value("Recording") == "recorded; set connect_instance_url in the app settings for a link"


def test_M1_the_systems_own_attributes_are_left_out() -> None:
    record = {
        "ContactId": "c-1",
        "InitiationTimestamp": "2026-11-02T10:00:00Z",
        "Attributes": {**{name: f"secret-{name}" for name in SYSTEM_ATTRIBUTES}, "order": "A-1"},
    }
    seen = page(contact_record.parse(record))
    assert seen.lines[-2:] == ["Contact attributes:", "order: A-1"]
    assert "secret" not in " ".join(seen.lines)
    assert {"aid", "sak", "sst", "cfg", "kvsTriggerLambdaResult", "saveCallRecording"} <= SYSTEM_ATTRIBUTES
    assert {"startStreamingAudioStatus", "transcribeCall"} <= SYSTEM_ATTRIBUTES


def test_M1_attributes_are_in_order_and_a_long_one_is_cut() -> None:
    seen = page(call(zebra="z", apple="a" * 500, b="b" * 501))
    assert seen.lines[-3:] == ["apple: " + "a" * 500, "b: " + "b" * 500 + "…", "zebra: z"]


def test_S4_settings_that_were_ignored_are_told() -> None:
    seen = page(call(ticket_assignment="automatic", customer_number="x<y"))
    start = seen.lines.index("Settings that were ignored:")
    assert seen.lines[start + 1 : start + 3] == [
        'ticket_assignment: expected auto or agent, got "automatic"',
        'customer_number: expected a phone number, got "x<y"',
    ]


def test_M6_quotation_marks_stay_as_they_are_between_tags() -> None:
    html = comment.details(View.of(call(note='it\'s "so"'), settings_from({})))
    assert 'note: it\'s "so"' in html


def test_S4_nothing_is_said_of_ignored_settings_where_none_was() -> None:
    assert "Settings that were ignored:" not in page(call()).lines


def test_S4_T1_a_ticket_number_that_no_ticket_has_is_told_under_the_attributes_own_name() -> None:
    settings = {"zendesk_ticket_attribute": "order"}
    leg = call(order="9999")
    decision, _ = decide(leg, settings_from(settings), World())
    assert "order: there is no ticket 9999" in page(leg, settings, decision=decision).lines


def test_why_this_ticket_is_told_in_the_order_of_the_reasons() -> None:
    seen = page(call(), why=("T8: forced", "T4: a <b> customer"))
    start = seen.lines.index("Why this ticket:")
    assert seen.lines[start + 1 : start + 3] == ["T8: forced", "T4: a <b> customer"]


def test_T8_the_candidates_are_listed_privately() -> None:
    leg = call(SHARED_NUMBER)
    decision, _ = decide(leg, settings_from({}), World())
    seen = page(leg, decision=decision)
    start = seen.lines.index("The customer may be:")
    assert seen.lines[start + 1 : start + 3] == ["Cara Lee (user 103)", "Cem Lee (user 113)"]


def test_T8_a_nameless_candidate_is_told_by_the_number() -> None:
    leg = call(SHARED_NUMBER)
    users = (User(1, "", SHARED_NUMBER, shared_phone=True), User(2, "Bo", SHARED_NUMBER, shared_phone=True))
    decision, _ = decide(leg, settings_from({}), World(users=users))
    assert f"{SHARED_NUMBER} (user 1)" in page(leg, decision=decision).lines
    neither = replace(decision, candidates=(User(1),))
    assert page(leg, decision=neither).value("The customer may be") is None
    assert " (user 1)" in page(leg, decision=neither).lines


def test_T8_no_more_than_twenty_candidates_are_listed() -> None:
    leg = call(SHARED_NUMBER)
    told = {20: [], 21: ["… and 1 more, left out for length"], 23: ["… and 3 more, left out for length"]}
    for number, more in told.items():
        users = tuple(User(user, "Twin", SHARED_NUMBER) for user in range(1, number + 1))
        decision, _ = decide(leg, settings_from({}), World(users=users))
        lines = page(leg, decision=decision).lines
        start = lines.index("The customer may be:") + 1
        assert lines[start:][:20] == [f"Twin (user {user})" for user in range(1, 21)]
        assert [line for line in lines if "left out" in line] == more


def test_T2_the_ticket_that_the_flow_named_is_told() -> None:
    leg = call(zendesk_ticket="4712")
    decision, _ = decide(leg, settings_from({}), World())
    lines = page(leg, decision=decision).lines
    assert "The flow named ticket #4712, which somebody else requested." in lines
    assert f"Ana Silva (user {ANA})" in lines


def test_an_ordinary_decision_lists_nobody() -> None:
    leg = call()
    decision, _ = decide(leg, settings_from({}), World())
    assert page(leg, decision=decision).lines == page(leg).lines


# M3: the recording


def test_M3_without_download_recording_there_is_no_link() -> None:
    seen = page(call(download_recording="false"))
    assert seen.value("Recording") is None
    assert [link for link in seen.links if "get-recording" in link] == []


@pytest.mark.parametrize("word", ["optout", "false"])
def test_M3_an_opt_out_says_that_the_call_was_not_recorded(word: str) -> None:
    seen = page(call(leg={"recordings": ()}, call_recording_consent=word))
    assert seen.value("Recording") == "This call was not recorded: the customer opted out."
    assert [link for link in seen.links if "get-recording" in link] == []


@pytest.mark.parametrize("where", ["recordings", "streamed"])
def test_M3_an_opt_out_with_a_recording_all_the_same_says_so_without_a_link(where: str) -> None:
    there = {"recordings": (), where: (Recording("amazon-connect-x/connect/acme/CallRecordings/c.wav"),)}
    seen = page(call(leg=there, call_recording_consent="optout"))
    assert seen.value("Recording") == (
        "There is a recording of this call, although the customer opted out. Please tell your administrator."
    )
    assert [link for link in seen.links if "get-recording" in link] == []


def test_M1_a_recording_in_kinesis_video_says_where_it_is() -> None:
    seen = page(call(leg={"recordings": (), "streamed": (Recording("arn:stream", "IVR"),)}))
    assert seen.value("Recording") == "recorded in Kinesis Video Streams, to which there is no link"


@pytest.mark.parametrize("word", ["optin", "true"])
def test_M3_an_opt_in_is_reported(word: str) -> None:
    seen = page(call(call_recording_consent=word))
    assert "The customer agreed to the recording." in seen.lines
    assert [link for link in seen.links if "get-recording" in link]


def test_M3_consent_that_was_not_asked_for_is_not_reported() -> None:
    assert "The customer agreed to the recording." not in page(call()).lines


# M1: title, tasks, legs


def test_M1_the_title_is_in_the_details() -> None:
    assert page(call(conversation_title="Order 1234")).lines[:2] == ["Incoming call", "Title: Order 1234"]


def test_K5_a_task_has_its_name_description_and_references() -> None:
    references = (
        Reference("ticket", "https://acme.zendesk.com/agent/tickets/7?a=1&b=2"),
        Reference("order", "A-1 <b>"),
        Reference("long", "https://" + "x" * 600),
        Reference("script", "javascript:alert(1)"),
    )
    seen = page(task("Ring back", leg={"description": "about\nthe <router>", "references": references}))
    assert seen.value("Name") == "Ring back"
    assert "Description: about" in seen.lines[2]
    start = seen.lines.index("References:") + 1
    assert seen.lines[start : start + 2] == [
        "ticket: https://acme.zendesk.com/agent/tickets/7?a=1&b=2",
        "order: A-1 <b>",
    ]
    assert seen.lines[start + 2] == "long: https://" + "x" * 492 + "…"
    assert seen.links == ["https://acme.zendesk.com/agent/tickets/7?a=1&b=2"]


def test_K5_however_many_references_a_task_has_the_comment_holds_them() -> None:
    many = tuple(Reference(f"r{number}", "&" * 500) for number in range(200))
    html = comment.details(
        View.of(task(leg={"references": many, "description": "&" * 9000}), settings_from({}))
    )
    assert len(html.encode()) <= LARGEST_COMMENT
    assert "left out for length" in html


def test_M1_M4_a_later_leg_of_an_outgoing_call_is_outgoing() -> None:
    leg = call(leg={"contact_id": "c-2", "initiation_method": "TRANSFER"})
    seen = Page(comment.details(View.of(leg, settings_from({}), Origin.OUTGOING_CALL)))
    assert seen.lines[:3] == [
        "Outgoing call, transferred to Support",
        "From: +448001234567",
        f"To: {ANAS_NUMBER}",
    ]


def test_T12_a_later_leg_that_waited_and_was_not_answered_is_a_line() -> None:
    leg = call(
        leg={
            "contact_id": "c-2",
            "initiation_method": "TRANSFER",
            "agent": None,
            "attempts": 0,
            "recordings": (),
        }
    )
    assert page(leg).lines == [
        "Incoming call, left the queue",
        "The customer left the queue before an agent answered. Waited 0:35 (Support), from"
        " 2026-11-02 10:00:00 UTC to 2026-11-02 10:05:00 UTC. Contact c-2.",
    ]


def test_T12_a_leg_that_an_agent_was_asked_for_and_did_not_take_is_a_line() -> None:
    leg = call(
        leg={"contact_id": "c-2", "agent": None, "attempts": 1, "queue": Queue(None, BEGAN), "recordings": ()}
    )
    assert "answered. Waited 5:00 (for an agent), from 2026-11-02 10:00:00" in page(leg).lines[1]


def test_T13_a_voicemail_in_a_later_leg_is_told_whole() -> None:
    unanswered = {
        "agent": None,
        "attempts": 0,
        "recordings": (Recording("b/connect/acme/CallRecordings/k", "IVR"),),
    }
    seen = page(call(leg={"contact_id": "c-2", **unanswered}, voicemail="true"))
    assert seen.lines[:2] == ["Voicemail", "The customer left a voicemail."]
    assert seen.value("Recording")


@pytest.mark.parametrize(
    ("leg", "via"),
    [
        (call(), 45),
        (call(leg={"initiation_method": "CALLBACK"}), 45),
        (outgoing(), 46),
        (call(leg={"agent": None, "recordings": (Recording("b/k", "IVR"),)}, voicemail="true"), 44),
        (chat(), None),
        (task(), None),
    ],
)
def test_T10_the_via_of_a_new_ticket(leg: Leg, via: int | None) -> None:
    assert View.of(leg, settings_from({})).via == via


# M4: from and to

ENTRY = {"default_entry_point_phone_number": "+441632960000"}
NUMBER = "+12125550100"


@pytest.mark.parametrize(
    ("leg", "settings", "said"),
    [
        (call(), {}, (ANAS_NUMBER, "+448001234567")),
        (call(), ENTRY, (ANAS_NUMBER, "+441632960000")),
        (call(dialed_number=NUMBER), ENTRY, (ANAS_NUMBER, NUMBER)),
        (call(outbound_cli=NUMBER), {}, (ANAS_NUMBER, "+448001234567")),
        (call(dialed_number="01632960000"), {}, (ANAS_NUMBER, "+448001234567")),
        (call("anonymous"), {}, ("anonymous", "+448001234567")),
        (outgoing(), {}, ("+448001234567", ANAS_NUMBER)),
        (outgoing(), ENTRY, ("+441632960000", ANAS_NUMBER)),
        (outgoing(outbound_cli=NUMBER), ENTRY, (NUMBER, ANAS_NUMBER)),
        (outgoing(dialed_number=NUMBER), {}, ("+448001234567", ANAS_NUMBER)),
        (chat(), ENTRY, (None, None)),
        (chat(ANAS_NUMBER, leg={"system_address": NUMBER}), ENTRY, (ANAS_NUMBER, NUMBER)),
        (
            chat(ANAS_NUMBER, leg={"system_address": NUMBER, "stated_direction": "OUTBOUND"}),
            ENTRY,
            (NUMBER, ANAS_NUMBER),
        ),
    ],
)
def test_M4_from_and_to(leg: Leg, settings: Mapping[str, Any], said: tuple[str | None, str | None]) -> None:
    seen = page(leg, settings)
    assert (seen.value("From"), seen.value("To")) == said


# M6: what comes from outside


def test_M6_nothing_from_outside_puts_markup_into_the_details() -> None:
    leg = call(
        NASTY,
        leg={
            "system_address": NASTY,
            "agent": Agent(NASTY),
            "queue": Queue(NASTY),
            "transferred_to": NASTY,
            "disconnect_reason": NASTY,
            "attributes": {NASTY: NASTY, "ticket_assignment": NASTY},
        },
    )
    users = tuple(User(user, NASTY, SHARED_NUMBER) for user in (1, 2))
    decision, _ = decide(call(SHARED_NUMBER), settings_from({}), World(users=users))
    html = comment.details(View.of(leg, settings_from({})), (NASTY,), decision)
    seen = Page(html)
    assert "script" in html
    assert "<script" not in html
    assert "<img" not in html
    assert not {"\u202e", "\u202c", "\x00", "\ud800"} & set("".join(seen.lines))
    assert sum("<script>alert('x')</script>" in line for line in seen.lines) == 12
    html.encode()


@pytest.mark.parametrize("character", ["a", "<", "&", '"', "é", "🎉", "\x00", "\n", "\ud800"])
@pytest.mark.parametrize("attributes", [1, 64, 700])
def test_M6_the_details_never_grow_beyond_what_a_comment_holds(character: str, attributes: int) -> None:
    text = character * 32_768
    leg = call(
        text,
        leg={
            "system_address": text,
            "agent": Agent(text),
            "queue": Queue(text),
            "transferred_to": text,
            "disconnect_reason": text,
            "recordings": (Recording(f"bucket/connect/{text}/CallRecordings/x"),),
            "attributes": {
                **{f"{number:03}{text}": text for number in range(attributes)},
                **dict.fromkeys(settings_of_all(), text),
            },
        },
    )
    users = tuple(User(user, text, SHARED_NUMBER) for user in range(100))
    decision, _ = decide(call(SHARED_NUMBER), settings_from({}), World(users=users))
    html = comment.details(View.of(leg, settings_from({})), decision.why, decision)
    assert len(html.encode()) <= LARGEST_COMMENT
    Page(html)


def settings_of_all() -> list[str]:
    """Return the name of every setting."""
    return list(View.of(call(), settings_from({})).settings.by_name)


def test_M6_attributes_left_out_for_length_are_counted() -> None:
    leg = call(leg={"attributes": {f"name{number:04}": "x" * 400 for number in range(1000)}})
    html = comment.details(View.of(leg, settings_from({})))
    lines = Page(html).lines
    told = sum(line.startswith("name") for line in lines)
    assert lines[-1] == f"… and {1000 - told} more, left out for length"
    assert LARGEST_COMMENT - 1500 < len(html.encode()) <= LARGEST_COMMENT


def test_M6_no_attributes_no_heading_for_them() -> None:
    assert "Contact attributes:" not in page(call()).lines


@pytest.mark.parametrize("text", ["{{ticket.requester.email}}", "{% if true %}", "a {{{b}}} {"])
def test_M6_nobody_outside_gets_to_use_a_placeholder(text: str) -> None:
    shown = comment.escape(text)
    assert "{{" not in shown
    assert "{%" not in shown
    assert shown.replace("\u2060", "") == text
