"""The app settings' schema, which AppConfig refuses by, and the reader of the functions agree (S8)."""

import json
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from connect_zendesk.rules.settings import app_settings, readers
from connect_zendesk.rules.settings.app_settings import FURTHER, SHAPES
from connect_zendesk.rules.settings.registry import DEFAULTS
from connect_zendesk.rules.settings.schema import LONGEST, app_settings_schema, app_settings_validator
from connect_zendesk.rules.settings.settings_file import from_toml
from tests.strategies import examples, json_values

SCHEMA = app_settings_schema()
VALIDATOR = Draft4Validator(SCHEMA)

#: Whether these are real (a possible number, a country, a zone, a day) no draft-04 schema can say.
NOT_EXPRESSIBLE = {"default_entry_point_phone_number", "default_country", "time_zone", "settle_from"}

JSON_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
#: Texts that are often nearly right.
TEXTS = """
    auto|auto, agent|optin|Opt-Out|transcript,,sentiment,| zh-tw |15.5|+441632960100|gb|2026-01-01
    2026-01-01T10:00Z|2026-01-01 10:00:00.5+01:00|2026-W01-1|https://a.b/c/|Europe/London|UTC|00|007|٣
    voicemail, missed|None|TIMEOUT|re-verify
"""
NEARLY = st.text("trueTRUEfalsno01y -_+,.:/Zagent9", max_size=9) | st.sampled_from(
    [text for line in TEXTS.strip().splitlines() for text in line.split("|")]
)


def accepts(document: Any) -> bool:
    return VALIDATOR.is_valid(document)


def problems(document: dict[str, Any]) -> tuple[str, ...]:
    return app_settings.read(document)[1]


def differently(value: Any) -> Any:
    """The same in another type or case."""
    match value:
        case str():
            return [value] if value.islower() else f" {value.swapcase()}\n"
        case bool():
            return str(value)
        case int():
            return float(value)
        case float():
            return f"{value:.6f}"
        case list():
            return ",".join(map(str, value))
    return value


def values_of(schema: Any) -> st.SearchStrategy[Any]:
    """Values that this fragment of our schema accepts."""
    if "$ref" in schema:
        return values_of(SCHEMA["definitions"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of([values_of(one) for one in schema["anyOf"]])
    if "allOf" in schema:  # what holds of two fields together
        alone = {name: part for name, part in schema.items() if name != "allOf"}
        return values_of(alone).filter(Draft4Validator({"allOf": schema["allOf"]}).is_valid)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "null":
            return st.none()
        case "string":
            return st.from_regex(re.compile(schema["pattern"]))
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "number":
            low, high = schema["minimum"], schema["maximum"]
            return st.integers(low, high) | st.floats(low, high)
        case "array":
            return st.lists(values_of(schema["items"]), min_size=schema.get("minItems", 0), max_size=3)
        case "object" if "properties" in schema:
            return tables_of(schema).filter(lambda table: len(table) >= schema.get("minProperties", 0))
        case "object" if "patternProperties" in schema:
            ((pattern, item),) = schema["patternProperties"].items()
            return st.dictionaries(st.from_regex(re.compile(pattern)), values_of(item), max_size=2)
    return st.dictionaries(st.text(max_size=10), values_of(schema["additionalProperties"]), max_size=3)


def tables_of(schema: Any) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: values_of(field) for name, field in schema["properties"].items()}
    alternatives = [tuple(one["required"]) for one in schema.get("oneOf", [])] or [()]
    excluded = {name for names in alternatives for name in names}

    def table(chosen: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
        required = {*schema.get("required", ()), *chosen}
        free = {name: fields[name] for name in fields if name not in required | excluded}
        return st.fixed_dictionaries({name: fields[name] for name in sorted(required)}, optional=free)

    return st.sampled_from(alternatives).flatmap(table)


@cache
def fitting(name: str) -> st.SearchStrategy[Any]:
    """Values of a setting that its schema accepts."""
    return values_of(SCHEMA["properties"][name])


@cache
def fitting_or_not(name: str) -> st.SearchStrategy[Any]:
    """Those, the same differently written, and any others."""
    inner, right = NEARLY | JSON_SCALARS, fitting(name)
    lists, tables = st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=2)
    return inner | lists | tables | right | right.map(differently)


def test_S8_the_schema_is_draft_04_and_short_enough_for_AppConfig() -> None:
    Draft4Validator.check_schema(SCHEMA)
    assert json.loads(app_settings_validator()) == SCHEMA
    assert len(app_settings_validator()) <= LONGEST
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-04/schema#"


def test_S1_every_app_setting_of_the_registry_is_in_the_schema_with_what_it_is_for() -> None:
    assert SCHEMA["properties"].keys() == {*DEFAULTS, *(setting.name for setting in FURTHER)}
    for name, shape in SHAPES.items():
        assert shape.expected in SCHEMA["properties"][name]["description"]


def test_S8_patterns_are_understood_by_other_languages_too() -> None:
    text = app_settings_validator()
    assert "(?P" not in text
    assert "(?i" not in text
    assert r"\\d" not in text  # which is every script's digits to some, and only ours to others
    assert r"\\Z" not in text


@pytest.mark.parametrize("name", sorted(SHAPES))
@examples(20)
@given(data=st.data())
def test_S8_what_the_schema_accepts_is_read(name: str, data: st.DataObject) -> None:
    document = {name: data.draw(fitting(name))}
    assert accepts(document)
    found = problems(document)
    if name in NOT_EXPRESSIBLE or "no other rule" in "".join(found):
        return
    assert not found


@pytest.mark.parametrize("name", sorted(SHAPES))
@examples(20)
@given(data=st.data())
def test_S8_what_is_read_the_schema_accepts(name: str, data: st.DataObject) -> None:
    value = data.draw(fitting_or_not(name))
    if not problems({name: value}):
        assert accepts({name: value})


@given(st.dictionaries(st.sampled_from([*SHAPES, "unheard_of", "zendesk_user"]), json_values(), max_size=4))
def test_S8_any_document_gives_settings_and_a_problem_for_each_field_that_is_wrong(
    document: dict[str, Any],
) -> None:
    read, found = app_settings.read(document)
    assert read
    for name, value in document.items():
        alone = any(re.match(rf"{name}\b", problem) for problem in found)
        assert alone == bool(problems({name: value}))


@pytest.mark.parametrize(
    ("name", "natural", "text"),
    [
        ("pop_incoming", True, "true"),
        ("pop_incoming", False, "No"),
        ("voice_comment", 1, "1"),
        ("create_ticket_after_minutes", 15, "15"),
        ("create_ticket_after_minutes", 7.5, "7.5"),
        ("create_ticket_after_minutes", 15.0, "15"),
        ("create_ticket_after_minutes", 0, "0"),
        ("call_recording_consent", False, "optout"),
        ("speech_analysis", ["sentiment", "transcript"], "transcript, sentiment"),
        ("missed_contact_tickets", ["missed", "voicemail"], "Voicemail,missed"),
        ("zendesk_app_id", 735264, "735264"),
        ("agent_map", {"asmith": 901}, {"asmith": "901"}),
        ("medialess", True, "yes"),
    ],
)
def test_S8_a_value_may_be_written_in_its_own_type_or_as_the_text_a_flow_would_give(
    name: str, natural: Any, text: Any
) -> None:
    def meant(value: Any) -> Any:
        assert accepts({name: value})
        read, found = app_settings.read({name: value})
        assert not found
        if name in DEFAULTS:
            return DEFAULTS[name][0].read(read.defaults[name].strip(), None)
        return getattr(read, name)

    assert meant(natural) == meant(text)


@pytest.mark.parametrize("name", sorted(SHAPES))
@pytest.mark.parametrize("word", ["", " - ", "None", "TIMEOUT", "ignore", None])
def test_S2_each_of_the_words_leaves_an_app_setting_unset(name: str, word: str | None) -> None:
    assert accepts({name: word})
    assert app_settings.read({name: word}) == app_settings.read({})


def test_S2_the_schema_knows_exactly_the_words_that_mean_not_set() -> None:
    not_set = Draft4Validator(SCHEMA["definitions"]["not_set"])
    assert all(not_set.is_valid(word) for word in readers.NOT_SET)
    assert not not_set.is_valid("noned")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"ticket_assignment": "automatic"}, 'ticket_assignment: expected auto or agent, got "automatic"'),
        ({"pop_incoming": "maybe"}, 'pop_incoming: expected true or false, got "maybe"'),
        ({"voiceid_field": True}, 'voiceid_field: expected a user field key, got "true"'),
        ({"default_country": "GBR"}, "default_country: expected an ISO 3166 country code"),
        ({"zendesk_user": 5}, "zendesk_user: there is no such app setting; only a contact flow sets it"),
        (
            {"recent_ticket_timeout": 5},
            "recent_ticket_timeout: there is no such app setting; its default is create_ticket_after_minutes",
        ),
        ({"typo": 5}, "typo: there is no such app setting"),
        ({"agent_map": {"asmith": "Ann"}}, 'agent_map.asmith: expected a number, got "Ann"'),
        ({"connect_instance_url": "http://acme.my.connect.aws"}, "connect_instance_url: expected an https"),
        ({"connect_instance_url": "https://["}, "connect_instance_url: expected an https address"),
        ({"caller_authentication": {"source": "guess"}}, "caller_authentication.source: expected voice_id"),
        ({"caller_authentication": {"status": "x"}}, "caller_authentication.status: expected one of source,"),
        ({"missed_contact_tickets": ["lost"]}, "missed_contact_tickets: expected a list of abandoned,"),
        ({"speech_analysis": ["transcript,sentiment"]}, "speech_analysis: expected any of transcript,"),
    ],
)
def test_S8_a_wrong_value_is_refused_with_the_field_and_the_reason(
    document: dict[str, Any], problem: str
) -> None:
    assert not accepts(document)
    (found,) = problems(document)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "document",
    [
        {"default_entry_point_phone_number": "+1"},
        {"default_entry_point_phone_number": "+44"},
        {"default_country": "UK"},
        {"time_zone": "Europe/Londinium"},
        {"settle_from": "2026-02-30"},
    ],
)
def test_S8_only_the_reader_knows_whether_a_number_country_zone_or_day_exists(
    document: dict[str, Any],
) -> None:
    assert problems(document)


def test_S4_an_unreadable_default_is_kept_for_the_contacts_to_complain_of_and_a_refused_type_is_not() -> None:
    read, _ = app_settings.read(
        {"ticket_assignment": "automatic", "create_ticket_after_minutes": -1, "voiceid_field": True}
    )
    assert read.defaults == {"ticket_assignment": "automatic", "create_ticket_after_minutes": "-1"}


def test_a_toml_date_and_a_text_say_the_same() -> None:
    for written in ("2026-01-01T00:00:00Z", '"2026-01-01T00:00:00Z"', "2026-01-01", "2026-01-01 00:00:00"):
        document = from_toml(f"settle_from = {written}")
        assert accepts(document)
        read, found = app_settings.read(document)
        assert not found
        assert read.settle_from is not None
        assert read.settle_from.isoformat() == "2026-01-01T00:00:00+00:00"


def test_every_example_of_the_registry_is_accepted_and_changes_something() -> None:
    for setting in FURTHER:
        assert accepts({setting.name: setting.example})
        read, found = app_settings.read({setting.name: setting.example})
        assert not found
        assert getattr(read, setting.name) != setting.default
