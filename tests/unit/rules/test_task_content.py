"""What a task tells of its ticket, within Amazon Connect's limits (K2)."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.contacts.facts import Facts, settings_of
from connect_zendesk.rules.contacts.lookups import Known
from connect_zendesk.rules.settings import registry
from connect_zendesk.rules.zendesk_events.task_content import (
    EVENT,
    PRIORITY,
    REQUESTER,
    RULE,
    SUBJECT,
    Task,
    cut,
    task_of,
)
from tests.unit.rules.cases_k1_to_k4 import FLOW, event, rule, settings_with
from tests.unit.rules.world import task as task_contact

URL = "https://acme.zendesk.com"
NOW = datetime(2026, 11, 2, 9, 0, 10, tzinfo=UTC)
TEXT = st.text(st.characters(), max_size=6000)


def made(told: Any = None, *, now: datetime = NOW, settings: Any = None, **fields: Any) -> Task:
    """Return the task that an event becomes by a rule with these fields."""
    app = settings or settings_with(rule("Urgent", **fields))
    return task_of(told or event(), app.task_rules[0], app, URL, now)


def test_K2_a_task_is_named_for_its_ticket_and_carries_what_the_agent_needs() -> None:
    task = made()
    assert task.name == "Zendesk-4711"
    assert task.attributes == {
        "zendesk_ticket": "4711",
        "zendesk_requester": "101",
        "zendesk_subject": "The lamp blinks",
        "zendesk_priority": "high",
        "zendesk_event": "status_changed",
        "zendesk_rule": "Urgent",
    }
    assert task.link == "https://acme.zendesk.com/agent/tickets/4711"
    assert task.description == ("Ticket #4711: The lamp blinks\nPriority: high\nWhy: Urgent (status_changed)")


def test_K2_what_the_ticket_has_none_of_is_left_out() -> None:
    task = made(event(ticket={"priority": None, "requester": None, "subject": ""}))
    assert set(task.attributes) == {"zendesk_ticket", EVENT, RULE}
    assert task.description == "Ticket #4711: (no subject)\nWhy: Urgent (status_changed)"


def test_C3_the_ticket_is_found_again_by_the_configured_attribute_and_by_the_name() -> None:
    settings = settings_with(rule(), zendesk_ticket_attribute="ticket_number")
    task = made(settings=settings)
    assert task.attributes["ticket_number"] == "4711"
    for leg in (task_contact(task.name), replace(task_contact("Call back"), attributes=task.attributes)):
        facts = Facts(leg, settings, settings_of(leg, settings), Known())
        assert facts.asked_ticket == 4711


@pytest.mark.parametrize("name", [REQUESTER, SUBJECT, PRIORITY, EVENT, RULE])
def test_K2_an_attribute_that_carries_the_ticket_carries_nothing_else(name: str) -> None:
    settings = settings_with(rule(), zendesk_ticket_attribute=name)
    assert made(settings=settings).attributes[name] == "4711"


@pytest.mark.parametrize("name", [REQUESTER, SUBJECT, PRIORITY, EVENT, RULE])
def test_S6_no_attribute_of_a_task_is_a_setting(name: str) -> None:
    assert name not in registry.BY_NAME
    assert re.fullmatch(r"[A-Za-z0-9_-]+", name)


@pytest.mark.parametrize(
    ("start", "field"),
    [
        ({"contact_flow": FLOW}, "contact_flow"),
        ({"quick_connect": FLOW}, "quick_connect"),
        ({"template": FLOW}, "template"),
    ],
)
def test_K2_a_rule_chooses_how_the_task_starts(start: dict[str, str], field: str) -> None:
    assert getattr(made(task=start).start, field) == FLOW


def _delayed(minutes: int, *, time: str = "2026-11-02T09:00:00Z", now: datetime = NOW) -> str | None:
    return made(
        event(time=time), now=now, task={"contact_flow": FLOW, "schedule_in_minutes": minutes}
    ).scheduled


@pytest.mark.parametrize(
    ("minutes", "time", "scheduled"),
    [
        (0, "2026-11-02T09:00:00Z", None),
        (5, "2026-11-02T09:00:00Z", "2026-11-02T09:05:00+00:00"),
        (5, "2026-11-02T10:00:00.123456789+01:00", "2026-11-02T10:05:00.123456+01:00"),
        (8640, "2026-11-02T09:00:00Z", "2026-11-08T09:00:00+00:00"),
        (5, "2026-11-02T08:00:00Z", None),
        (5, "2026-11-02T08:55:10Z", None),
        (5, "2026-11-02T09:30:00Z", "2026-11-02T09:05:10+00:00"),
        (5, "2026-11-02T09:00:00", "2026-11-02T09:05:10+00:00"),
        (5, "once", "2026-11-02T09:05:10+00:00"),
    ],
)
def test_K2_a_delay_counts_from_the_event_and_is_over_when_it_has_passed(
    minutes: int, time: str, scheduled: str | None
) -> None:
    assert _delayed(minutes, time=time) == scheduled


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 8640))
def test_K2_no_task_is_scheduled_in_the_past_or_more_than_six_days_ahead(
    moment: datetime, minutes: int
) -> None:
    scheduled = _delayed(minutes, time=moment.isoformat())
    assert scheduled is None or timedelta(0) < datetime.fromisoformat(scheduled) - NOW <= timedelta(days=6)


def test_K4_one_event_and_rule_have_one_token() -> None:
    tokens = [
        made().token,
        made(event(ticket={"subject": "Another"}), now=NOW + timedelta(hours=1)).token,
        made(event(id="01JOTHER")).token,
        made(event(account=23)).token,
        made(settings=settings_with(rule("Other"))).token,
    ]
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 4
    assert all(len(token) <= 500 for token in tokens)


@given(subject=TEXT, name=st.from_regex(r"[a-zA-Z0-9_-]{1,100}", fullmatch=True), priority=TEXT, kind=TEXT)
def test_K2_no_ticket_can_make_a_task_that_is_over_a_limit(
    subject: str, name: str, priority: str, kind: str
) -> None:
    settings = settings_with(rule("R" * 100), zendesk_ticket_attribute=name)
    ticket = {"subject": subject, "priority": priority, "id": 10**18 - 1}
    task = made(event(kind, ticket=ticket), settings=settings)
    assert len(task.name) <= 512
    assert len(task.description) <= 4096
    used = sum(len(key.encode()) + len(value.encode()) for key, value in task.attributes.items())
    assert used <= 32_768 // 4  # the flow sets attributes of its own
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", key) and value for key, value in task.attributes.items())
    # Words that mean "not set" name no attribute (S2).
    assert task.attributes[settings.zendesk_ticket_attribute] == str(10**18 - 1)
    assert Task.of(task.as_item()) == task


def test_M6_markup_and_what_disguises_a_subject_is_taken_out() -> None:
    task = made(event(ticket={"subject": "<b>Pay\u202e now\x00</b>\n\nGo"}))
    assert task.attributes[SUBJECT] == "‹b›Pay now‹/b› Go"
    assert "‹b›Pay now‹/b› Go\n" in task.description


def test_K2_a_long_subject_is_cut_and_says_so() -> None:
    task = made(event(ticket={"subject": "ü" * 5000}))
    assert task.attributes[SUBJECT].endswith("ü…")
    assert len(task.attributes[SUBJECT].encode()) in (1023, 1024)
    first, *others = task.description.splitlines()
    assert first.endswith("ü…")
    assert others == ["Priority: high", "Why: Urgent (status_changed)"]


@given(st.text(max_size=50), st.integers(3, 60))
def test_a_text_is_cut_between_its_letters(text: str, most: int) -> None:
    shown = cut(text, most)
    assert len(shown.encode()) <= most
    assert shown == text or text.startswith(shown.removesuffix("…"))
