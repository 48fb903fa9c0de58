"""What a flow asks and gets (F1): searches that a caller cannot bend, answers that a flow can read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.flows import flow_answer, flow_request
from connect_zendesk.rules.flows.flow_request import BadRequest, NothingToSearchBy

TEMPLATES = {
    'type:user name:"{who}"': ("name", True),
    "type:user membership:{who}": ("membership", True),
    "type:user {who} role:end-user": (None, False),
    "type:user phone:*{who}": ("phone", False),
}


def filled(template: str, value: str) -> str:
    return flow_request.filled_template({"search_by": "template", "search_template": template, "who": value})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("4711", "4711"),
        ("ana@example.com", "ana@example.com"),
        ("+442071838750", "+442071838750"),
        ("Zoë", "Zoë"),
        ("Ana Silva", '"Ana Silva"'),
        ("-4711", '"-4711"'),
        ("status:open", '"status:open"'),
        ("<2026", '"<2026"'),
        ("Or", '"Or"'),
        ('a" type:ticket "b', '"a type:ticket b"'),
        ("a\\", "a"),
        ("47*", "47"),
        ("{who}", "who"),
        (" a \n b ", '"a b"'),
    ],
)
def test_F1_a_value_goes_in_as_words(value: str, written: str) -> None:
    assert filled("type:user membership:{who}", value) == f"type:user membership:{written}"


@pytest.mark.parametrize(
    ("value", "written"),
    [("Ana Silva", "Ana Silva"), ('Ana" role:admin', "Ana role:admin"), ("Ana\\", "Ana"), ("A*", "A")],
)
def test_F1_within_the_authors_quotation_marks_a_value_stays_within(value: str, written: str) -> None:
    assert filled('type:user name:"{who}" x', value) == f'type:user name:"{written}" x'


def test_F1_a_value_is_not_a_template_itself() -> None:
    parameters = {"search_template": "a:{one} b:{two}", "one": "{two}", "two": "2"}
    assert flow_request.filled_template(parameters) == "a:two b:2"


@given(value=st.text(max_size=40), template=st.sampled_from(sorted(TEMPLATES)))
def test_F1_no_value_ends_its_quotation_or_stands_for_more(value: str, template: str) -> None:
    before, _, after = template.partition("{who}")
    try:
        query = filled(template, value)
    except NothingToSearchBy:
        return
    assert query.startswith(before)
    assert query.endswith(after)
    put_in = query.removeprefix(before).removesuffix(after)
    inner = put_in.removeprefix('"').removesuffix('"')
    assert not set('"\\*{}') & set(inner)
    assert query.count('"') % 2 == 0
    if inner == put_in and '"' not in before:
        assert not put_in.startswith("-")
        assert not set(" :<>()\t\n") & set(put_in)


@given(text=st.text(), name=st.text() | st.text("-_.a:1 "))
def test_F1_a_custom_fields_key_is_a_key(text: str, name: str) -> None:
    try:
        condition = flow_request.field_condition({"search_by": "custom_field", name: text})
    except (BadRequest, NothingToSearchBy):
        return
    key, _, _ = condition.partition(":")
    assert key == name
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", key)
    assert not key.startswith("-")


def test_F1_a_later_name_of_a_parameter_goes_first() -> None:
    assert flow_request.kind_of({"search_by": "remember", "action": "calling_user"}).name == "remember"
    assert flow_request.kind_of({"search_by": "", "action": " calling_user "}).name == "calling_user"


@pytest.mark.parametrize(
    ("given", "hours"), [("", 72), ("1", 1), ("0.5", 0.5), ("0", 72), ("-1", 72), ("nan", 72), ("1e9", 72)]
)
def test_F1_recent_is_within_72_hours_or_what_the_flow_says(given: str, hours: float) -> None:
    assert flow_request.recent_hours({"recent_hours": given}) == hours


@pytest.mark.parametrize(
    ("by", "order", "meaning"),
    [
        ("updated_at", "desc", ("updated_at", "desc")),
        ("Status", "ASC", ("status", "asc")),
        ("relevance&x=1", "up", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_F1_sorting_is_what_zendesk_offers(by: str, order: str, meaning: Any) -> None:
    assert flow_request.sorting({"sort_by": by, "sort_order": order}) == meaning


def test_F1_carry_on_is_also_read_as_the_add_on_wrote_it() -> None:
    given = {"carry_on": "a, b,a,", "cary_on": "c", "a": "1", "c": "3"}
    assert flow_request.carried_on(given) == {"a": "1", "c": "3"}


@pytest.mark.parametrize(
    ("name", "first", "rest"),
    [
        ("Ana Silva", "Ana", "Silva"),
        ("Ana", "Ana", ""),
        ("Ana Maria da Silva", "Ana", "Maria da Silva"),
        (None, "", ""),
    ],
)
def test_F1_a_name_is_told_in_two_parts(name: str | None, first: str, rest: str) -> None:
    answer = flow_answer.of_user({"id": 1, "name": name})
    assert (answer["user_name"], answer["user_surname"]) == (first, rest)


def test_F1_what_a_flow_cannot_read_is_left_out_or_made_text() -> None:
    found = {"tags": ["a", "b"], "n": 1, "f": 1.5, "t": True, "null": None, "d": {"x": 1}, "l": [{"x": 1}]}
    assert flow_answer.asked_for(found, tuple(found)) == {
        "tags": "a,b", "n": "1", "f": "1.5", "t": "true", "null": "",
    }  # fmt: skip
    assert flow_answer.user_fields({"user_fields": {"x": None, "y": ["no"], "z": False}}) == {
        "x": "", "y": "", "z": "false",
    }  # fmt: skip
    assert flow_answer.user_fields({"user_fields": None}) == {}


def test_F1_what_is_too_long_is_cut_from_the_end() -> None:
    answer = flow_answer.made_of("ok", 2, {"zendesk_user": "1"}, {"a": "x" * 20_000}, {"b": "ÿ" * 20_000})
    assert answer["a"] == "x" * 20_000
    assert (answer["status"], answer["results_count"], answer["zendesk_user"]) == ("ok", "2", "1")
    assert set(answer["b"]) == {"ÿ"}
    assert flow_answer.LARGEST - 60 < len(json.dumps(answer)) <= 32_768


_TEXTS = st.one_of(
    st.text(st.characters(codec=None)), st.integers(1, 60_000).map(lambda length: "\\é" * length)
)


@given(
    parts=st.lists(st.dictionaries(_TEXTS, _TEXTS, max_size=4), max_size=4), count=st.none() | st.integers()
)
def test_F1_every_answer_is_flat_and_fits(parts: list[dict[str, str]], count: int | None) -> None:
    answer = flow_answer.made_of("not found", count, {"zendesk_user": "1"}, *parts)
    assert (answer["status"], answer["zendesk_user"]) == ("not found", "1")
    assert len(json.dumps(answer)) <= 32_768
    assert len("".join(answer.values()).encode()) <= flow_answer.LARGEST
