"""What of a contact's files goes on its ticket (X1, X2, X6, M3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.rules.settings.settings import resolve
from connect_zendesk.rules.transcripts.attachment_policy import (
    AttachmentPolicy,
    excluded_by_category,
    excluded_by_settings,
    may_show_words,
    others_were_there,
)
from connect_zendesk.rules.transcripts.conversation import Kind
from tests.records import NINE

KINDS: tuple[Kind, ...] = ("chat", "lens_voice", "lens_chat")


def policy(**attributes: str) -> AttachmentPolicy:
    return AttachmentPolicy.of(resolve(attributes, {}))


def rule(kind: Kind, **attributes: str) -> str | None:
    why = excluded_by_settings(kind, policy(**attributes))
    return why.rule if why else None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attributes", [{}, {"call_recording_consent": "optin"}, {"chat_transcript": "yes"}])
def test_everything_is_wanted_by_default(kind: Kind, attributes: dict[str, str]) -> None:
    assert rule(kind, **attributes) is None
    assert may_show_words(kind, policy(**attributes))


@pytest.mark.parametrize("opted_out", ["optout", "false"])
def test_M3_whoever_opted_out_of_the_recording_is_not_transcribed(opted_out: str) -> None:
    assert {kind: rule(kind, call_recording_consent=opted_out) for kind in KINDS} == {
        "chat": None,
        "lens_voice": "M3",
        "lens_chat": None,
    }


def test_X1_chat_transcript_false_keeps_a_chats_words_off_and_no_calls() -> None:
    assert {kind: rule(kind, chat_transcript="no") for kind in KINDS} == {
        "chat": "X1",
        "lens_voice": None,
        "lens_chat": None,
    }
    said = {kind: may_show_words(kind, policy(chat_transcript="no")) for kind in KINDS}
    assert said == {"chat": False, "lens_voice": True, "lens_chat": False}


@pytest.mark.parametrize(
    ("categories", "out"),
    [
        ((), False),
        (("billing",), False),
        (("no-support-ticket",), True),
        ((" NO-support-ticket ", "billing"), True),
        (("support-ticket", "no-support-ticket"), False),
        (("no-support-tickets",), False),
    ],
)
def test_X2_categories_leave_out_and_put_back_in(categories: tuple[str, ...], out: bool) -> None:
    why = excluded_by_category(categories)
    assert (why.rule if why else None) == ("X2" if out else None)


def leg(joined: float, ended: float, method: str = "TRANSFER") -> dict[str, str]:
    """A leg from one minute to another."""
    at = {
        name: (NINE + timedelta(minutes=m)).isoformat() for name, m in (("joined", joined), ("ended", ended))
    }
    return {**at, "method": method}


@pytest.mark.parametrize(
    ("others", "degraded"),
    [
        ({}, False),
        ({"b": leg(5, 9)}, False),  # transferred to, after this one
        ({"b": leg(3.95, 9)}, False),  # answered just before the first agent left
        ({"b": leg(2, 9)}, True),
        ({"b": leg(2, 3, "EXTERNAL_OUTBOUND")}, True),
        ({"b": leg(3.95, 9, "MONITOR")}, True),
        ({"b": leg(4, 9, "MONITOR")}, False),
        ({"b": {"began": NINE.isoformat()}}, False),  # its record has not come
        ({"b": {"ended": NINE.isoformat(), "method": "MONITOR"}}, False),
    ],
)
def test_X6_whoever_is_there_together_may_be_mixed_up(others: dict[str, Any], degraded: bool) -> None:
    assert others_were_there("a", {"a": leg(0.5, 4, "INBOUND"), **others}) is degraded
    assert others_were_there("a", others) is False  # nothing is known of the leg itself
