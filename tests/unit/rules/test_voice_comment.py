"""The voice comment, the subject, the fingerprint, and what is read on them (M2, M3, T10, T14)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from string import Formatter
from typing import Any

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Agent, Leg, Queue, Recording
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.kinds import LegKind, Origin
from connect_zendesk.rules.contacts.unanswered import Unanswered
from connect_zendesk.rules.model import User
from connect_zendesk.rules.settings.ticket_field_rules import MISSED_KINDS
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets.view import View
from tests.unit.rules.world import (
    ANAS_NUMBER,
    ASMITH,
    BEGAN,
    UNKNOWN_NUMBER,
    call,
    chat,
    outgoing,
    settings_from,
    task,
)

LONDON = "+442071838750"
RECORDING = "https://acme.my.connect.aws/get-recording?format=wav&callLegId=c-1&name=recording.wav"


def voice_comment(leg: Leg, agent: int | None = 901, **settings: Any) -> dict[str, Any]:
    """Return the voice comment of a leg."""
    return comment.voice_comment(View.of(leg, settings_from(settings)), agent)


@pytest.mark.parametrize("address", ["{{ticket.requester.email}}", "{% if x %}", "{\x00{x}}"])
def test_M6_the_voice_comment_holds_no_placeholder(address: str) -> None:
    said = voice_comment(call(leg={"system_address": address}))
    assert "{{" not in said["to"]
    assert "{%" not in said["to"]
    assert said["to"].replace("\u2060", "") == address.replace("\x00", "")


def test_M2_the_voice_comment_tells_of_the_call() -> None:
    connected = BEGAN + timedelta(seconds=75)
    leg = call(LONDON, leg={"agent": replace(ASMITH, connected=connected)})
    assert voice_comment(leg) == {
        "from": LONDON,
        "to": "+448001234567",
        "started_at": "2026-11-02T10:01:15Z",
        "call_duration": 225,
        "answered_by_id": 901,
        "location": "GB",
        "recording_url": RECORDING,
    }


def test_M2_a_call_that_reached_nobody_starts_when_it_began() -> None:
    told = voice_comment(call(leg={"agent": None}), agent=None)
    assert (told["started_at"], told["call_duration"]) == ("2026-11-02T10:00:00Z", 300)
    assert "answered_by_id" not in told


def test_M2_an_agent_unknown_in_zendesk_is_left_out() -> None:
    assert "answered_by_id" not in voice_comment(call(), agent=None)


def test_M2_a_call_without_an_end_or_with_one_before_its_start_lasted_nothing() -> None:
    assert voice_comment(call(leg={"ended": None}))["call_duration"] == 0
    assert voice_comment(call(leg={"ended": BEGAN - timedelta(minutes=1)}))["call_duration"] == 0


def test_M2_numbers_that_are_not_known_are_empty() -> None:
    told = voice_comment(call(None, leg={"system_address": None}))
    assert (told["from"], told["to"]) == ("", "")
    assert "location" not in told


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (LONDON, "GB"),
        ("+12125550100", "US"),
        ("+390612345678", "IT"),
        ("anonymous", None),
        ("+80012345678", None),
    ],
)
def test_M2_where_the_call_came_from(number: str, place: str | None) -> None:
    assert voice_comment(call(number)).get("location") == place


@pytest.mark.parametrize(
    "leg",
    [
        call(download_recording="false"),
        call(call_recording_consent="optout"),
        call(leg={"recordings": ()}),
        call(leg={"recordings": (Recording("bucket/elsewhere.wav"),)}),
    ],
    ids=["download_recording false", "opted out", "not recorded", "no address"],
)
def test_M3_without_a_recording_to_show_there_is_no_player(leg: Leg) -> None:
    assert "recording_url" not in voice_comment(leg)


def test_M4_the_voice_comment_has_the_reported_numbers() -> None:
    told = voice_comment(call(), default_entry_point_phone_number="+441632960000")
    assert told["to"] == "+441632960000"
    assert voice_comment(outgoing(outbound_cli="+441632960001"))["from"] == "+441632960001"


# M2: which calls have a voice comment

NOT_ANSWERED: dict[str, Any] = {"agent": None, "recordings": ()}
FLOWS_PART = (Recording("b/connect/acme/CallRecordings/k", "IVR"),)


@pytest.mark.parametrize(
    ("leg", "has_one"),
    [
        (call(), True),
        (call(leg={"recordings": ()}), True),
        (call(voice_comment="false"), False),
        (chat(), False),
        (outgoing(), True),
        (call(leg=NOT_ANSWERED), False),
        (call(leg={**NOT_ANSWERED, "recordings": FLOWS_PART}), False),
        (call(leg={**NOT_ANSWERED, "recordings": FLOWS_PART}, voicemail="true"), True),
        (replace(outgoing(), disconnect_reason="TELECOM_BUSY"), False),
        (call(leg={"initiation_method": "CALLBACK", "disconnect_reason": "TELECOM_UNANSWERED"}), False),
        (replace(outgoing(), disconnect_reason="OUTBUND_PREVIEW_DISCARDED"), False),
        (replace(outgoing(), contact_id="c-2", initiation_method="EXTERNAL_OUTBOUND", agent=None), False),
    ],
)  # fmt: skip
def test_M2_a_call_in_which_a_person_was_connected_or_a_voicemail_has_a_voice_comment(
    leg: Leg, has_one: bool
) -> None:
    assert View.of(leg, settings_from({})).has_voice_comment is has_one


# T10: the subject

ANA_SILVA = Customer("recognised", User(101, "Ana Silva"))


@pytest.mark.parametrize(
    ("leg", "customer", "subject"),
    [
        (call(conversation_title="  Order\n 1234 "), ANA_SILVA, "Order 1234"),
        (chat(conversation_title="Order 1234"), None, "Order 1234"),
        (task("Zendesk-1", conversation_title="Order 1234"), None, "Order 1234"),
        (call(conversation_title="-"), ANA_SILVA, f"Incoming call from {ANAS_NUMBER}"),
        (call(), ANA_SILVA, f"Incoming call from {ANAS_NUMBER}"),
        (call(), None, f"Incoming call from {ANAS_NUMBER}"),
        (call("anonymous"), Customer("anonymous"), "Incoming call from an anonymous caller"),
        (call("anonymous", customer_name="Zoe"), Customer("anonymous"), "Incoming call from Zoe"),
        (call("anonymous", zendesk_user="101"), ANA_SILVA, "Incoming call from Ana Silva"),
        (call("anonymous", customer_number=UNKNOWN_NUMBER), None, f"Incoming call from {UNKNOWN_NUMBER}"),
        (call(leg={"initiation_method": "CALLBACK"}), None, f"Incoming call from {ANAS_NUMBER}"),
        (outgoing(), ANA_SILVA, f"Outgoing call to {ANAS_NUMBER}"),
        (chat(), ANA_SILVA, "Chat with Ana Silva"),
        (chat(customer_name="Zoe"), None, "Chat with Zoe"),
        (chat(customer_name="Zoe"), Customer("unrecognised", name="Zoe"), "Chat with Zoe"),
        (chat(ANAS_NUMBER), None, f"Chat with {ANAS_NUMBER}"),
        (chat(ANAS_NUMBER), ANA_SILVA, "Chat with Ana Silva"),
        (chat(customer_email="zoe@example.com"), None, "Chat with zoe@example.com"),
        (chat(), None, "Chat with an anonymous customer"),
        (task("Call Ana\nback"), None, "Call Ana back"),
        (task(), None, "Task"),
        (
            call(leg={"agent": None, "recordings": (Recording("b/k", "IVR"),)}, voicemail="true"),
            ANA_SILVA,
            f"Voicemail from {ANAS_NUMBER}",
        ),
    ],
)
def test_T10_the_subject(leg: Leg, customer: Customer | None, subject: str) -> None:
    assert comment.subject(leg, settings_from({}), customer) == subject


@pytest.mark.parametrize(
    "leg", [call(conversation_title="x" * 999), task("x" * 999), chat(customer_name="x" * 999)]
)
def test_T10_a_long_subject_is_cut(leg: Leg) -> None:
    assert len(comment.subject(leg, settings_from({}), None)) == 150


@pytest.mark.parametrize(
    "leg", [call(conversation_title="<b>x</b>"), task("<b>x</b>"), chat(customer_name="<b>x</b>")]
)
def test_M6_a_subject_has_no_markup(leg: Leg) -> None:
    subject = comment.subject(leg, settings_from({}), None)
    assert "‹b›x‹/b›" in subject
    assert "<" not in subject


# T14: the fingerprint

CHANGES: tuple[tuple[str, Callable[[Leg], Leg]], ...] = (
    ("recording", lambda leg: replace(leg, recordings=(Recording("bucket/other.wav"),))),
    ("recording gone", lambda leg: replace(leg, recordings=())),
    ("agent", lambda leg: replace(leg, agent=replace(ASMITH, username="bjones"))),
    ("no agent", lambda leg: replace(leg, agent=None)),
    ("connected", lambda leg: replace(leg, agent=replace(ASMITH, connected=BEGAN + timedelta(seconds=1)))),
    ("talk time", lambda leg: replace(leg, agent=replace(ASMITH, talk_seconds=181))),
    ("hold time", lambda leg: replace(leg, agent=replace(ASMITH, hold_seconds=21))),
    ("wrap-up time", lambda leg: replace(leg, agent=replace(ASMITH, wrap_up_seconds=31))),
    ("queue", lambda leg: replace(leg, queue=Queue("Sales", BEGAN, 35))),
    ("no queue", lambda leg: replace(leg, queue=None)),
    ("entered the queue", lambda leg: replace(leg, queue=Queue("Support", BEGAN + timedelta(seconds=1), 35))),
    ("waiting time", lambda leg: replace(leg, queue=Queue("Support", BEGAN, 36))),
    ("began", lambda leg: replace(leg, began=BEGAN + timedelta(seconds=1))),
    ("ended", lambda leg: replace(leg, ended=BEGAN + timedelta(minutes=6))),
    ("not ended", lambda leg: replace(leg, ended=None)),
)


@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=[name for name, _ in CHANGES])
def test_T14_a_change_of_recording_agent_queue_or_times_changes_the_fingerprint(
    change: Callable[[Leg], Leg],
) -> None:
    assert comment.fingerprint(change(call())) != comment.fingerprint(call())


@pytest.mark.parametrize(
    "same",
    [
        call(order="A-1", zendesk_ticket="4711"),
        call(leg={"updated": BEGAN + timedelta(days=9)}),
        call(leg={"agent": Agent("asmith", None, BEGAN, 180, 20, 30)}),
        call(leg={"disconnect_reason": "OTHER", "attempts": 3}),
    ],
)
def test_T14_nothing_else_does_attributes_least_of_all(same: Leg) -> None:
    assert comment.fingerprint(same) == comment.fingerprint(call())


def test_T14_the_fingerprint_is_short_and_always_the_same() -> None:
    assert comment.fingerprint(call()) == comment.fingerprint(call())
    assert len(comment.fingerprint(call())) == 16
    assert comment.fingerprint(call()).isalnum()


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[name for name, _ in CHANGES])
def test_T14_what_changes_the_fingerprint_changes_an_aspect_that_is_named(
    name: str, change: Callable[[Leg], Leg]
) -> None:
    before, now = comment.aspects(call()), comment.aspects(change(call()))
    changed = {aspect for aspect in now if now[aspect] != before[aspect]}
    assert changed
    if name in ("recording", "agent", "queue"):
        assert changed == {name}


# Wording


def _texts() -> dict[str, str]:
    named = {name: value for name, value in vars(wording).items() if name.isupper()}
    texts = {name: value for name, value in named.items() if isinstance(value, str)}
    for name, value in named.items():
        if isinstance(value, dict):
            texts |= {f"{name} {key}": text for key, text in value.items()}
    return texts


@pytest.mark.parametrize(("name", "text"), _texts().items())
def test_what_is_read_on_a_ticket_is_plain_text_with_named_places(name: str, text: str) -> None:
    assert text == text.strip()
    assert not set("<>&") & set(text), name
    assert all(place is None or place.isidentifier() for _, place, _, _ in Formatter().parse(text))


def test_every_kind_of_unanswered_contact_has_words() -> None:
    assert set(wording.UNANSWERED) == set(Unanswered) == {*MISSED_KINDS, Unanswered.OTHER}
    assert set(wording.LEG_HEADINGS) == set(LegKind)
    assert {*wording.HEADINGS, Origin.OTHER} == set(wording.CHANNEL_OF_ORIGIN) == set(Origin)
    assert set(wording.ASPECTS) == set(comment.aspects(call()))
