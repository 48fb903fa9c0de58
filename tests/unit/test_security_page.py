"""What SECURITY.md says of times and limits is what the code has."""

from datetime import timedelta
from pathlib import Path

import pytest

from administration.zendesk_setup.command import OLD_SECRET_STAYS
from connect_zendesk.function_kinds import RETENTION as KEPT_IN_QUEUES
from connect_zendesk.ledger.schema import AGENT_EMAIL, CUSTOMER, KEEP, RECORD, SNAPSHOT, USER
from connect_zendesk.zendesk.tokens import SCOPE
from connect_zendesk.zendesk.webhook import LARGEST_BODY, WINDOW
from infra.context import DEFAULTS

PAGE = (Path(__file__).resolve().parents[2] / "SECURITY.md").read_text("utf-8")
KEPT = {
    cells[0].strip(): (cells[1].strip(), cells[2].strip())
    for line in PAGE.splitlines()
    if line.startswith("| ") and len(cells := line.strip("|").split("|")) == 3
}


def days(kept: timedelta) -> str:
    return f"{kept.days} day{'s' if kept.days > 1 else ''}"


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ("the same", f"{KEPT_IN_QUEUES.days} days at most"),
        ("a contact's number, attributes and who was found for it", days(SNAPSHOT.keep)),
        ("the newest record of each leg", days(RECORD.keep)),
        (
            "number or address of a customer whose user is being created; agents' e-mail addresses",
            days(max(USER.keep, AGENT_EMAIL.keep)),
        ),
        ("voice-authentication status of a customer", days(CUSTOMER.keep)),
        ("ids of contacts, tickets, users and steps", f"{round(KEEP.days / 30.4)} months"),
    ],
)
def test_how_long_personal_data_is_kept(data: str, kept: str) -> None:
    assert KEPT[data][1] == kept


def test_how_long_transcriptions_are_kept() -> None:
    from infra.speech_analysis import KEPT_DAYS  # takes seconds, and starts Node

    kept = KEPT["what Amazon Transcribe wrote of a recording"][1]
    assert kept == f"until it is on its ticket, {KEPT_DAYS} days at most"


def test_how_long_personal_data_is_kept_in_the_record_stream_and_the_archive_of_the_bus() -> None:
    from infra.bus import ARCHIVED_FOR  # takes seconds, and starts Node
    from infra.record_stream import RETENTION

    records, archived = (f"{kept.to_days():.0f} days" for kept in (RETENTION, ARCHIVED_FOR))
    assert KEPT["contact records: numbers, contact attributes, agents"][1] == records
    assert KEPT["the same, and what Zendesk's events tell of tickets"][1] == archived


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("uncompressed, one megabyte at most", LARGEST_BODY == 1_000_000),
        ("with a timestamp within 5 minutes of now", timedelta(minutes=5) == WINDOW),
        ("the old one stays valid for an hour", timedelta(hours=1) == OLD_SECRET_STAYS),
        (f"has the scope `{SCOPE}`", True),
        (f"functions at a time ({DEFAULTS['webhook_concurrency']})", True),
    ],
)
def test_what_the_page_says_of_limits_is_so(sentence: str, holds: bool) -> None:
    assert sentence in " ".join(PAGE.split())
    assert holds
