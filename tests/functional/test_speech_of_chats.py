"""A chat's transcript with what Amazon Comprehend makes of it, in the same comment (X3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connect_zendesk.rules import wording
from tests.contact_files import BUCKET, chat, chat_file, chat_key
from tests.logs import Logs
from tests.speech import ALL
from tests.stack import Stack, bodies

SAID = ("My invoice is wrong, and I am angry.", "I live in London.")
ANSWER = "Thank you for writing. That is great."


def chat_of(said: tuple[str, ...] = SAID) -> bytes:
    """A chat in which the customer says something and an agent answers, with a bot between them."""
    content = json.loads(
        chat_file(said=[*said, "I am a bot, and everything is terrible and broken.", ANSWER])
    )
    bot, agent = content["Transcript"][-2:]
    bot |= {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot", "ParticipantId": "bot"}
    agent |= {"ParticipantRole": "AGENT", "DisplayName": "Ada", "ParticipantId": "agent"}
    return json.dumps(content).encode()


def played(
    analysis: str = ALL,
    said: tuple[str, ...] = SAID,
    *,
    region: str = "eu-west-2",
    record: Any = None,
    **attributes: str,
) -> Stack:
    """Play a chat with its transcript to the end."""
    stack = Stack(region=region)
    given = {"speech_analysis": analysis, **attributes}
    stack.put_object(BUCKET, chat_key(), chat_of(said))
    stack.play_records({**(record or chat()), "Attributes": given})
    return stack


def transcripts(stack: Stack) -> list[str]:
    return [body for body in bodies(stack.ticket()) if wording.TRANSCRIPTS["chat"] in body]


def test_X3_a_chats_analysis_is_in_the_comment_with_its_transcript() -> None:
    stack = played()
    (comment,) = transcripts(stack)
    assert len(bodies(stack.ticket())) == 2  # the details, and this
    for expected in ("Customer: negative overall", "Agent: positive overall", "London", *SAID):
        assert expected in comment
    assert comment.index(wording.TONES) < comment.index(SAID[0])
    assert started(stack) == 0


def started(stack: Stack) -> int:
    return sum(stack.transcribe.requests.values())


def test_X3_what_the_customer_spoke_of_is_the_customers_alone() -> None:
    (comment,) = transcripts(played("comprehend"))
    before = comment.partition(wording.CONVERSATION)[0]
    assert "invoice" in before
    assert "everything" not in before
    assert "writing" not in before
    assert wording.TONES not in comment


@pytest.mark.parametrize("analysis", ["transcript", ""])
def test_X3_without_sentiment_or_comprehend_a_chat_is_not_analysed(analysis: str) -> None:
    stack = played(analysis)
    assert len(transcripts(stack)) == 1
    assert sum(stack.comprehend.requests.values()) == 0


def test_X3_a_chat_that_contact_lens_analyses_is_not_analysed_again() -> None:
    stack = played(record=chat(redacting="None"))
    assert len(transcripts(stack)) == 1
    assert sum(stack.comprehend.requests.values()) == 0


def test_X3_a_chat_whose_transcript_is_left_out_is_not_analysed() -> None:
    stack = played(chat_transcript="false")
    assert transcripts(stack) == []
    assert sum(stack.comprehend.requests.values()) == 0


def test_X3_a_long_chat_is_sent_in_few_pieces_of_which_none_is_too_long() -> None:
    stack = played(
        said=tuple(f"Message {number}: größer, später, schöner, and so on." for number in range(900))
    )
    assert len(transcripts(stack)) == 1
    assert wording.COMPREHEND_IN_PART not in transcripts(stack)[0]
    assert stack.comprehend.requests["BatchDetectSentiment"] == 2
    assert stack.comprehend.requests["BatchDetectEntities"] == 1


def test_X3_a_chat_is_analysed_once_however_often_its_file_comes() -> None:
    stack = played()
    asked = sum(stack.comprehend.requests.values())
    stack.put_object(BUCKET, chat_key(), chat_of())
    stack.run(until=None)
    assert len(transcripts(stack)) == 1
    assert sum(stack.comprehend.requests.values()) == asked


@pytest.mark.parametrize("language", ["de", "zh-TW"])
def test_X3_a_chat_is_analysed_in_the_language_of_the_customer(language: str) -> None:
    words = {"de": "Meine Rechnung ist falsch und schlecht.", "zh-TW": "我的發票錯了，我很失望。"}[language]
    (comment,) = transcripts(played("sentiment", (words,), customer_language=language))
    assert "Customer: negative overall" in comment


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda faults: faults.throttle(), wording.COMPREHEND_FAILED),
        (lambda faults: faults.outage(), wording.COMPREHEND_FAILED),
        (lambda faults: faults.text_fails(), wording.COMPREHEND_IN_PART),
    ],
)
def test_X8_comprehend_that_fails_does_not_take_the_transcript_with_it(
    fault: Any, said: str, logs: Logs
) -> None:
    stack = Stack()
    fault(stack.comprehend.faults)
    stack.put_object(BUCKET, chat_key(), chat_of())
    stack.play_records(chat(Attributes={"speech_analysis": ALL}))
    (comment,) = transcripts(stack)
    assert said in comment
    assert SAID[0] in comment
    assert stack.messages.dead_letters == []


def test_X3_in_a_region_without_comprehend_the_transcript_says_so() -> None:
    (comment,) = transcripts(played(region="af-south-1"))
    assert wording.NO_COMPREHEND_HERE in comment
    assert SAID[0] in comment
