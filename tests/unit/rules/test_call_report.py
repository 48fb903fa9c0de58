"""What a call says of a leg through Zendesk's Calls API (M5), and of whom (M2, M3, M4, M6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg, Recording
from connect_zendesk.rules.contacts.kinds import Origin
from connect_zendesk.rules.tickets import call_report
from connect_zendesk.rules.tickets.view import View
from tests.unit.rules.world import ANAS_NUMBER, ASMITH, SUPPORT, call, outgoing, settings_from, web_call

RECORDING = "https://acme.my.connect.aws/get-recording?format=wav&callLegId=c-1&name=recording.wav"


def said_of(
    leg: Leg, agent: int | None = 901, origin: Origin | None = None, **settings: Any
) -> dict[str, Any]:
    """Return what the call of a leg says."""
    return call_report.call(View.of(leg, settings_from(settings), origin), agent)


def title_of(leg: Leg, origin: Origin | None = None) -> str:
    """Return the title of a leg's call."""
    return str(call_report.shown_as(View.of(leg, settings_from({}), origin))["title"])


def test_M5_a_call_says_all_that_amazon_connect_knows_of_it() -> None:
    assert said_of(call("+442071838750")) == {
        "from_line": "+442071838750",
        "to_line": "+448001234567",
        "direction": "inbound",
        "call_started_at": "2026-11-02T10:00:00Z",
        "call_ended_at": "2026-11-02T10:05:00Z",
        "duration": 300,
        "completion_status": "completed",
        "agent_id": 901,
        "end_user_location": "GB",
        "queue_name": "Support",
        "wait_time": 35,
        "talk_time": 180,
        "hold_time": 20,
        "wrap_up_time": 30,
        "call_recording_consent": "always",
        "recording_url": RECORDING,
    }


def test_M5_what_is_not_known_is_left_out() -> None:
    leg = call(leg={"agent": None, "queue": None, "recordings": (), "ended": None})
    needed = call_report.REQUIRED - {"app_id", "ticket_id"}
    assert said_of(leg, None).keys() == needed | {"completion_status"}


def test_M5_what_is_zero_is_known() -> None:
    quiet = replace(ASMITH, hold_seconds=0, wrap_up_seconds=0)
    said = said_of(call(leg={"agent": quiet, "queue": replace(SUPPORT, wait_seconds=0)}))
    assert (said["hold_time"], said["wrap_up_time"], said["wait_time"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("leg", "origin", "direction"),
    [
        (call(), None, "inbound"),
        (outgoing(), None, "outbound"),
        (call(leg={"initiation_method": "CALLBACK"}), None, "callback"),
        (call(leg={"initiation_method": "TRANSFER"}), Origin.OUTGOING_CALL, "inbound"),
        (
            call(leg={"initiation_method": "TRANSFER", "contact_id": "c-2"}),
            Origin.OUTGOING_CALL,
            "outbound",
        ),
        (web_call(), None, "inbound"),
    ],
)
def test_M5_the_direction_is_the_contacts(leg: Leg, origin: Origin | None, direction: str) -> None:
    assert said_of(leg, origin=origin)["direction"] == direction


@pytest.mark.parametrize(
    ("leg", "settings", "lines"),
    [
        (outgoing(), {}, ("+448001234567", ANAS_NUMBER)),
        (outgoing(outbound_cli="+441632960100"), {}, ("+441632960100", ANAS_NUMBER)),
        (call(dialed_number="+441632960100"), {}, (ANAS_NUMBER, "+441632960100")),
        (call("anonymous"), {}, ("anonymous", "+448001234567")),
        (call(None), {}, (wording.NO_NUMBER, "+448001234567")),
        (call(leg={"system_address": None}), {}, (ANAS_NUMBER, wording.NO_NUMBER)),
        (web_call(customer_email="ana@example.com"), {}, ("ana@example.com", "Support")),
        (web_call(), {}, (wording.WEB_CALL, "Support")),
    ],
)
def test_M4_who_called_whom_is_as_on_the_ticket(
    leg: Leg, settings: dict[str, Any], lines: tuple[str, str]
) -> None:
    said = said_of(leg, **settings)
    assert (said["from_line"], said["to_line"]) == lines


@pytest.mark.parametrize(
    ("attributes", "recorded", "expected"),
    [
        ({"call_recording_consent": "optin"}, True, ("opt_in", "caller_opted_in", RECORDING)),
        ({"call_recording_consent": "optin"}, False, ("opt_in", "caller_opted_in", None)),
        ({"call_recording_consent": "optout"}, True, ("opt_out", "caller_opted_out", None)),
        ({"download_recording": "no"}, True, ("always", None, None)),
        ({}, True, ("always", None, RECORDING)),
        ({}, False, (None, None, None)),
    ],
)
def test_M3_consent_and_recording_of_a_call(
    attributes: dict[str, str], recorded: bool, expected: tuple[str | None, ...]
) -> None:
    recordings = call().recordings if recorded else ()
    said = said_of(call(leg={"recordings": recordings}, **attributes))
    names = ("call_recording_consent", "call_recording_consent_action", "recording_url")
    assert tuple(said.get(name) for name in names) == expected


def test_M5_a_voicemail_says_that_it_is_one() -> None:
    message = Recording("b/k.wav", "IVR")
    leg = call(leg={"agent": None, "recordings": (message,)}, voicemail="yes")
    assert said_of(leg, None)["voicemail"] is True
    assert title_of(leg) == "Voicemail"
    assert "voicemail" not in said_of(call())


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("CUSTOMER_DISCONNECT", "completed"),
        ("AGENT_DISCONNECT", "completed"),
        ("TELECOM_PROBLEM", "dropped"),
        (None, "completed"),
    ],
)
def test_M5_the_completion_status_says_whether_the_line_failed(reason: str | None, status: str) -> None:
    assert said_of(call(leg={"disconnect_reason": reason}))["completion_status"] == status


@pytest.mark.parametrize(
    ("leg", "title"),
    [
        (call(), "Incoming call"),
        (outgoing(), "Outgoing call"),
        (web_call(), "Web call"),
        (call(leg={"contact_id": "c-2", "initiation_method": "TRANSFER"}),
         "Incoming call, transferred to Support"),
        (call(conversation_title="The boiler"), "The boiler"),
    ],
)  # fmt: skip
def test_M5_the_title_says_what_it_is(leg: Leg, title: str) -> None:
    assert title_of(leg) == title


@pytest.mark.parametrize("nasty", ["<b>{{ticket.id}}\u202e\x00</b>", "{% if x %}\n<script>"])
def test_M6_a_call_holds_neither_markup_nor_placeholders(nasty: str) -> None:
    leg = call(leg={"system_address": nasty, "queue": replace(SUPPORT, name=nasty)}, conversation_title=nasty)
    text = str(said_of(leg)) + title_of(leg)
    for part in ("<", "{{ticket", "{% if", "\u202e", "\\x00", "\\n"):
        assert part not in text.replace("\u2060", "~"), part


def test_M5_a_call_that_ended_before_it_began_lasted_nothing() -> None:
    leg = call()
    assert said_of(replace(leg, ended=leg.began - timedelta(seconds=5)))["duration"] == 0


@pytest.mark.parametrize("required", sorted(call_report.REQUIRED))
def test_T16_what_a_call_cannot_be_without_stays(required: str) -> None:
    whole = {required: "x", "agent_id": 1}
    assert call_report.without(whole, {required, "agent_id"}) == {required: "x"}


def test_M5_all_that_a_call_shows_is_asked_for_from_the_start() -> None:
    """What a newer record adds would stay hidden else."""
    said = said_of(call("+442071838750", call_recording_consent="optin"))
    assert {*said, "external_id"} == set(call_report.SHOWN)
