"""An agent's command to attach a contact: how it is read, and which contact it means (A1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connect_zendesk.rules.tickets.attachment import Attachment, NotAnAttachment, match, parse, question

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DETAIL: dict[str, Any] = {"id": "c-1", "agent": 901, "at": "2026-11-02T10:29:30+01:00", "ticket": 4001}
NO_TICKET = {"ticket": None}


@dataclass(frozen=True)
class On:
    """A contact that an agent is on."""

    root: str
    customer: int | None = None
    leg: str = ""
    channel: str = "CHAT"
    since: str = "2026-11-02T09:00:00+00:00"


ANAS, ANAS_TOO, BENS, NOBODYS = On("a", 101), On("b", 101), On("c", 102, leg="c-2"), On("d")

# Contacts the agent is on, the ticket's requester, the contact the agent names; the one that is meant.
MATCHES: dict[str, tuple[list[On], int | None, str | None, On | None]] = {
    "none": ([], 101, None, None),
    "the only one, of the requester": ([ANAS], 101, None, ANAS),
    "the only one, of somebody else": ([BENS], 101, None, BENS),
    "the only one, of nobody known": ([NOBODYS], 101, None, NOBODYS),
    "the only one, for a new customer": ([ANAS], None, None, ANAS),
    "the only one of the requester": ([ANAS, BENS, NOBODYS], 102, None, BENS),
    "two of the requester": ([ANAS, ANAS_TOO, BENS], 101, None, None),
    "two, and none of the requester": ([ANAS, BENS], 103, None, None),
    "two of nobody known, for a new customer": ([NOBODYS, On("e")], None, None, None),
    "two, of which one is of nobody known": ([NOBODYS, ANAS], None, None, None),
    "named": ([ANAS, ANAS_TOO], 101, "b", ANAS_TOO),
    "named, against the requester": ([ANAS, BENS], 101, "c", BENS),
    "named by the agent's leg": ([ANAS, BENS], 101, "c-2", BENS),
    "named, and not the agent's": ([ANAS], 101, "c", None),
}


@pytest.mark.parametrize("row", MATCHES)
def test_A1_which_contact_is_meant(row: str) -> None:
    contacts, requester, named, meant = MATCHES[row]
    assert match(contacts, requester, named) is meant
    assert match(contacts[::-1], requester, named) is meant


def test_A1_a_command_is_read_with_its_moment_in_utc() -> None:
    at = NOW - timedelta(seconds=30)
    assert parse(DETAIL, NOW) == Attachment("c-1", 901, at, ticket=4001)
    assert parse(DETAIL | NO_TICKET | {"user": 7}, NOW) == Attachment("c-1", 901, at, user=7)
    assert parse(DETAIL | NO_TICKET | {"new": True}, NOW) == Attachment("c-1", 901, at, new=True)
    assert parse(DETAIL | {"contact": "a-b"}, NOW).contact == "a-b"
    assert parse(DETAIL | {"at": "2026-11-02T09:34:59Z"}, NOW).at > NOW


UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "no id": ({"id": None}, "id: expected"),
    "an id that is no name": ({"id": "a b"}, "id: expected"),
    "an id too long": ({"id": "a" * 101}, "id: expected"),
    "no agent": ({"agent": None}, "agent: expected a number"),
    "agent true": ({"agent": True}, "agent: expected a number"),
    "agent as text": ({"agent": "901"}, "agent: expected a number"),
    "agent 0": ({"agent": 0}, "agent: expected a number"),
    "no time": ({"at": None}, "at: expected a time"),
    "no offset": ({"at": "2026-11-02T09:29:30"}, "at: expected a time"),
    "no such time": ({"at": "nine"}, "at: expected a time"),
    "tomorrow": ({"at": "2026-11-03T09:29:30Z"}, "at: a time in the future"),
    "no target": (NO_TICKET, "expected one of ticket, user and new"),
    "two targets": ({"user": 7}, "expected one of ticket, user and new"),
    "a ticket and a new one": ({"new": True}, "expected one of ticket, user and new"),
    "new as text": (NO_TICKET | {"new": "yes"}, "new: expected true"),
    "new as a number": (NO_TICKET | {"new": 1}, "new: expected true"),
    "ticket 0": ({"ticket": 0}, "ticket: expected a number"),
    "a fraction of a ticket": ({"ticket": 1.5}, "ticket: expected a number"),
    "a contact that is no name": ({"contact": "<b>"}, "contact: expected"),
    "an unknown field": ({"<secret>": 1}, "1 fields that are not known; known are agent, at, contact, id"),
}


@pytest.mark.parametrize("row", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_its_field_and_not_its_value(row: str) -> None:
    fields, reason = UNREADABLE[row]
    with pytest.raises(NotAnAttachment) as refused:
        parse(DETAIL | fields, NOW)
    assert str(refused.value).startswith(reason)
    assert "secret" not in str(refused.value)


def test_A1_commands_are_in_the_order_in_which_agents_gave_them() -> None:
    moments = ["2026-11-02T09:00:00Z", "2026-11-02T09:00:00.5Z", "2026-11-02T10:00:01+01:00"]
    stamps = [
        parse(DETAIL | {"id": name, "at": at}, NOW).stamp for name, at in zip("cba", moments, strict=True)
    ]
    assert stamps == sorted(stamps)
    one, other = (parse(DETAIL | {"id": name}, NOW).stamp for name in ("x", "y"))
    assert one != other


def test_A2_the_question_names_each_contact_by_time_channel_and_id_the_oldest_first() -> None:
    later = On("late", channel="VOICE", since="2026-11-02T09:20:00+00:00")
    first, *lines = question([later, ANAS], None, "Europe/London")
    assert "say which one" in first
    assert lines == ["2026-11-02 09:00 GMT, chat, contact a", "2026-11-02 09:20 GMT, call, contact late"]
    assert "not on the one that was named" in question([ANAS], "z", "Europe/London")[0]
    assert "you are on none" in question([], None, "Europe/London")[0]
