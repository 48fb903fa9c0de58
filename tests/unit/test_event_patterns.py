"""What the bus filters is what the rules would say; the laptop reads patterns as EventBridge does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.ticket_events import EVENTS
from connect_zendesk.rules.tickets.macro_tags import MACRO_TAGS
from connect_zendesk.rules.zendesk_events.macro import tags_set
from connect_zendesk.rules.zendesk_events.task_decision import decide
from connect_zendesk.rules.zendesk_events.zendesk_event import Change
from connect_zendesk.topology import TASK_CREATION, TICKET_ATTACHMENT
from local.replay.matching import matches
from tests.unit.rules.cases_k1_to_k4 import CASES, event, rule, settings_with

TASK_EVENTS = TASK_CREATION.queue.rules[0].detail
MACRO_EVENTS = TICKET_ATTACHMENT.queue.rules[1].detail
TAGS = st.lists(st.sampled_from([*MACRO_TAGS, "vip", "amazon_connect"]), max_size=3, unique=True).map(tuple)
KINDS = st.sampled_from([*EVENTS, "permanently_deleted"])
ANY = settings_with(rule(events=list(EVENTS)))


@pytest.mark.parametrize(
    ("pattern", "told", "fits"),
    [
        ({}, {}, True),
        ({"a": [1, 2]}, {"a": 2}, True),
        ({"a": [1]}, {"a": 2}, False),
        ({"a": [1]}, {}, False),
        ({"a": [None]}, {"a": None}, True),
        ({"a": [None]}, {}, False),
        ({"a": [False]}, {"a": 0}, False),
        ({"a": [False]}, {"a": False}, True),
        ({"a": ["x", "y"]}, {"a": ["z", "y"]}, True),
        ({"a": ["x"]}, {"a": []}, False),
        ({"a": {"b": [1]}}, {"a": {"b": 1, "c": 2}}, True),
        ({"a": {"b": [1]}}, {"a": 1}, False),
        ({"a": {"b": [1]}}, {}, False),
        ({"a": [1], "b": [2]}, {"a": 1, "b": 3}, False),
        ({"$or": [{"a": [1]}, {"b": [1]}]}, {"b": 1}, True),
        ({"$or": [{"a": [1]}, {"b": [1]}]}, {"b": 2}, False),
        ({"a": [{"wildcard": "*/b/*.json"}]}, {"a": "x/b/c.json"}, True),
        ({"a": [{"wildcard": "*/b/*.json"}]}, {"a": "x/b/c.wav"}, False),
        ({"a": [{"wildcard": "*"}]}, {"a": 1}, False),
        ({"a": [{"prefix": "x: "}]}, {"a": "x: y"}, True),
        ({"a": [{"prefix": "x: "}]}, {"a": "yx: "}, False),
        ({"a": [{"prefix": ""}]}, {"a": 1}, False),
        ({"a": [{"exists": False}]}, {}, True),
        ({"a": [{"exists": False}]}, {"a": None}, False),
        ({"c": [1], "$or": [{"a": [1]}, {"b": [1]}]}, {"a": 1}, False),
    ],
)
def test_a_pattern_is_read_as_eventbridge_reads_it(
    pattern: dict[str, Any], told: dict[str, Any], fits: bool
) -> None:
    assert matches(pattern, told) is fits


def test_an_operator_that_is_not_known_is_no_silent_match() -> None:
    with pytest.raises(ValueError, match="operator"):
        matches({"a": [{"suffix": "x"}]}, {"a": "yx"})


@given(KINDS, TAGS, TAGS, st.booleans())
def test_K1_A1_what_the_bus_holds_back_would_have_done_nothing(
    kind: str, added: tuple[str, ...], tags: tuple[str, ...], ours: bool
) -> None:
    told = event(kind, change=Change(tags_added=added), ticket={"tags": tags}, by_connector=ours)
    detail = told.as_detail()
    passes = matches(TASK_EVENTS, detail)
    assert passes or decide(told, ANY).rule is None
    assert not (passes and ours)
    assert matches(MACRO_EVENTS, detail) is (bool(tags_set(told)) and not ours)


def test_K1_what_makes_a_task_passes_the_bus() -> None:
    made = [case.event for case in CASES if case.makes is not None]
    assert made
    assert all(matches(TASK_EVENTS, told.as_detail()) for told in made)
