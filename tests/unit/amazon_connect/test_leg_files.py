"""What a contact record says of its leg's files (X2, X7), whatever shape it is in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_files import of_key
from connect_zendesk.amazon_connect.leg_files import (
    LegFiles,
    of_record,
    prefix_of_redacted,
    prefixes_of_analysis,
)
from tests.contact_files import BUCKET, analysis_key, chat, chat_key, lens, recorded_call
from tests.records import NINE, call


def test_a_chats_transcript_and_what_it_was_before() -> None:
    told = of_record(chat(unprocessed="raw/x.json"))
    assert told.transcript == f"{BUCKET}/{chat_key()}"
    assert told.unprocessed == {f"{BUCKET}/raw/x.json"}
    assert told.bucket == BUCKET
    assert not told.analysed


def test_a_transcript_that_was_deleted_is_not_expected() -> None:
    record = chat()
    record["Recordings"][0]["Status"] = "DELETED"
    assert of_record(record).transcript is None


def test_places_may_be_written_as_addresses() -> None:
    record = chat()
    record["Recordings"][0]["Location"] = f"s3://{BUCKET}/{chat_key()}"
    assert of_record(record).transcript == f"{BUCKET}/{chat_key()}"


@pytest.mark.parametrize(
    ("policy", "redacted"),
    [("None", False), ("RedactedOnly", True), ("RedactedAndOriginal", True), ("", True)],
)
def test_redaction_is_taken_for_on_where_it_is_not_said_clearly(policy: str, redacted: bool) -> None:
    told = of_record(recorded_call(redacting=policy))
    assert (told.analysed, told.redacted, told.bucket) == (True, redacted, BUCKET)


def test_no_redacted_file_comes_where_nothing_is_analysed() -> None:
    record = call() | lens("RedactedOnly")
    record["ContactLens"]["ConversationalAnalytics"]["Configuration"]["Enabled"] = False
    told = of_record(record)
    assert (told.analysed, told.redacted) == (False, False)


@pytest.mark.parametrize(
    "odd",
    [
        {"Recordings": None, "ContactLens": None},
        {"Recordings": "x", "ContactLens": []},
        {"Recordings": [None, 1, {"MediaStreamType": "CHAT", "Location": 5}], "ContactLens": {"x": 1}},
        {"Recordings": [{"MediaStreamType": "CHAT", "Location": "bucket"}]},
        {"Recordings": [], "ContactLens": {"ConversationalAnalytics": {"Configuration": {"Enabled": 1}}}},
    ],
)
def test_a_record_of_another_shape_tells_of_nothing(odd: dict[str, Any]) -> None:
    assert of_record({**call(recorded=False), **odd}) == LegFiles()


def test_an_analysis_is_looked_for_on_each_day_it_may_have_in_its_key() -> None:
    late = NINE.replace(hour=23, minute=59)
    moments = (late + timedelta(minutes=2), late, None)
    assert prefixes_of_analysis("c1", "VOICE", moments, redacted=False) == (
        "Analysis/Voice/2026/11/03/c1_analysis",
        "Analysis/Voice/2026/11/02/c1_analysis",
    )
    assert prefixes_of_analysis("c1", "CHAT", (late, late), redacted=True) == (
        "Analysis/Chat/Redacted/2026/11/02/c1_analysis",
    )


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        (analysis_key(), "Analysis/Voice/Redacted/2026/11/02/contact-1_analysis_redacted"),
        (
            f"acme/{analysis_key(kind='Chat')}",
            "acme/Analysis/Chat/Redacted/2026/11/02/contact-1_analysis_redacted",
        ),
        (chat_key(), "Analysis/Chat/Redacted/2026/11/02/contact-1_analysis_redacted"),
    ],
)
def test_the_redacted_file_beside_a_raw_one(key: str, prefix: str) -> None:
    file = of_key(BUCKET, key)
    assert file is not None
    assert prefix_of_redacted(file) == prefix
