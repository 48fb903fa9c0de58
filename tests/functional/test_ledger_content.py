"""What is really written to the ledger: by whom, for how long, and whether anybody's data is in it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import connect_zendesk
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import KEEP_IN_PROGRESS, KEEP_PERSONAL, KINDS, SCHEMA, Key, Kind
from tests.functional.test_privacy import CONTACTS, PERSONAL
from tests.ledger_kinds import kinds_of
from tests.records import call, later
from tests.release_before import FIXTURES, at_moment, fixtures, read_fixture
from tests.stack import Stack

BY_NAME = {kind.name: kind for kind in KINDS}
FUNCTIONS = re.compile(r"/functions/(\w+)/\w+\.py$")
#: What says who a customer is, in the worlds that the fixtures play in: numbers, addresses, names.
CUSTOMERS = re.compile(r"\+\d{8,}|\b(ana|bob)@|Silva|Okafor|Brandt|\bLee|Hale\b|Müller")
#: They come to every function, and to most kinds of items.
TYPICAL = (
    "call_accepted_record_to_come",
    "chat_transcript_waits_for_its_ticket",
    "enrolment_first",
    "forced_left_to_agent",
    "macro_attached",
    "moved_between_tickets",
    "recovery_once",
    "step_new_user_lost",
    "task_accepted_going_on",
    "step_task_lost",
    "watched_waits_for_ticket",
)
PLAYED = [
    pytest.param(path, id=path.stem, marks=() if path.stem in TYPICAL else pytest.mark.long)
    for path in fixtures("ledger")
]


@dataclass(frozen=True)
class Write:
    """A write of an item: its ``kind``, the function at work (None: the test itself), how long it is kept."""

    kind: Kind
    by: str | None
    keep: timedelta
    content: str


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[Write]:
    """Everything that is written to the ledger from now on."""
    found: list[Write] = []
    write = Ledger.write

    def noted(
        self: Ledger, key: Key, content: Mapping[str, Any], version: int | None, keep: timedelta | None = None
    ) -> int | None:
        (kind,) = kinds_of(key.partition, key.sort)
        kept = key.keep if keep is None else keep
        text = json.dumps([key.partition, key.sort, content], ensure_ascii=False)
        found.append(Write(BY_NAME[kind], function_at_work(), kept, text))
        return write(self, key, content, version, keep)

    monkeypatch.setattr(Ledger, "write", noted)
    return found


def function_at_work() -> str | None:
    frame, found = sys._getframe(), None
    while frame is not None:
        if name := FUNCTIONS.search(Path(frame.f_code.co_filename).as_posix()):
            found = name[1]
        frame = frame.f_back  # type: ignore[assignment]
    return found


def assert_as_the_schema_says(writes: list[Write], personal: re.Pattern[str]) -> None:
    for write in writes:
        name = write.kind.name
        if write.by is not None:
            assert write.by in write.kind.written_by, name
        assert write.keep <= max(write.kind.keep, KEEP_IN_PROGRESS), name
        if write.kind.personal:
            assert write.keep <= KEEP_PERSONAL, name
        else:
            assert not personal.search(write.content), (name, write.content)


@pytest.mark.parametrize("path", PLAYED)
def test_what_is_written_is_as_the_schema_says(path: Path, writes: list[Write]) -> None:
    fixture = read_fixture(path)
    with at_moment(fixture) as moment:
        moment.go_on(fixture)
    assert writes or fixture.name not in TYPICAL
    assert_as_the_schema_says(writes, CUSTOMERS)


def test_what_contacts_say_is_in_items_of_personal_data_only(writes: list[Write]) -> None:
    stack = Stack(zendesk_ticket_attribute="zendesk_ticket", missed_contact_tickets=frozenset({"abandoned"}))
    records = [call(**{"contact": name.replace(" ", "-"), **fields}) for name, fields in CONTACTS.items()]
    stack.play_records(*records)
    stack.play_records(*(later(record, 60) for record in records))
    assert_as_the_schema_says(writes, re.compile("|".join(map(re.escape, PERSONAL))))
    assert any(word in write.content for write in writes for word in PERSONAL)


def test_O6_every_item_says_the_release_that_wrote_it() -> None:
    stack = Stack()
    stack.play_records(call("1"))
    items = stack.items.query("contact#1")
    assert len(items) > 2
    for item in items.values():
        assert (item["schema"], item["release"]) == (SCHEMA, connect_zendesk.__version__)


def test_O6_an_item_of_the_release_before_says_no_release() -> None:
    for path in (FIXTURES / "ledger").glob("call_*.json"):
        assert all("release" not in item for item in read_fixture(path).items)
