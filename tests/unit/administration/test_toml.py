"""What is written as TOML is read back as it was."""

import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from administration import toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_every_document_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    assert tomllib.loads(toml.written(document)) == document


def test_plain_values_come_before_tables_and_tables_are_written_out() -> None:
    assert toml.written(
        {
            "agent_map": {"asmith": 901, "ann@example.com": 902},
            "medialess": True,
            "task_rules": [{"task": {"contact_flow": "f"}, "name": 'a "name"'}],
            "missed_contact_tickets": ["missed"],
        }
    ).splitlines() == [
        "medialess = true",
        'missed_contact_tickets = ["missed"]',
        "",
        "[agent_map]",
        "asmith = 901",
        '"ann@example.com" = 902',
        "",
        "[[task_rules]]",
        'name = "a \\"name\\""',
        "",
        "[task_rules.task]",
        'contact_flow = "f"',
    ]


def test_null_is_left_out_because_toml_has_none() -> None:
    assert toml.written({"a": None, "b": {"c": None}, "d": [None, 1]}) == "d = [1]\n\n[b]\n"
    assert toml.written({}) == ""


def test_what_json_has_not_is_refused() -> None:
    with pytest.raises(TypeError):
        toml.value(datetime(2026, 1, 1, tzinfo=UTC))
