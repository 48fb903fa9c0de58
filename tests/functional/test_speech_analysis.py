"""Calls and voicemails transcribed and analysed without Contact Lens, each once, on their ticket (X3)."""

from __future__ import annotations

from connect_zendesk.rules import wording
from tests.records import ADA
from tests.speech import PARCEL, keep_recording, results, spoken
from tests.stack import Stack, bodies

TRANSCRIBED = wording.TRANSCRIPTS["transcription"]


def comments(stack: Stack, text: str = TRANSCRIBED) -> list[str]:
    """The private comments of the ticket that hold a text."""
    return [body for body in bodies(stack.ticket()) if text in body]


def test_X3_a_call_gets_one_comment_with_what_was_said_and_how_each_side_sounded() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.play_records(spoken())
    (comment,) = comments(stack)
    print(comment)
    assert "My parcel is late, and I am angry." in comment
    assert results(stack) == []
    assert stack.transcribe.snapshot()["jobs"] == []
    assert stack.messages.dead_letters == []
