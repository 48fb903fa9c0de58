"""Every setting: where its value comes from, what can be read, and what a wrong value does (S1 to S7)."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from connect_zendesk.rules.settings import registry, settings
from connect_zendesk.rules.settings.registry import BY_NAME, DEFAULTS, REGISTRY
from connect_zendesk.rules.settings.settings import Settings, resolve
from tests.specification import PAGE
from tests.unit.rules.setting_values import BOOLEANS, READABLE, UNREADABLE

#: attribute: (default, app setting), as the specification has them.
SPECIFIED: Mapping[str, tuple[Any, str | None]] = {
    "recent_ticket_timeout": (0, "create_ticket_after_minutes"),
    "ticket_assignment": ("auto", "ticket_assignment"),
    "pop_incoming": (True, "pop_incoming"),
    "voice_comment": (True, "voice_comment"),
    "download_recording": (True, "download_recording"),
    "call_recording_consent": (None, "call_recording_consent"),
    "dialed_number": (None, "default_entry_point_phone_number"),
    "outbound_cli": (None, "default_entry_point_phone_number"),
    "zendesk_ticket": (None, None),
    "conversation_title": (None, None),
    "zendesk_user": (None, None),
    "customer_number": (None, None),
    "customer_name": (None, None),
    "customer_email": (None, None),
    "customer_language": ("en", "customer_language"),
    "speech_analysis": ((), "speech_analysis"),
    "force_ticket_creation": (True, "force_ticket_creation"),
    "pause_recording": (None, "pause_recording"),
    "all_outbound": (False, "all_outbound"),
    "chat_transcript": (True, "chat_transcript"),
    "voiceid_enabled": (False, "voiceid_enabled"),
    "voiceid_field": ("voice_authentication_id", "voiceid_field"),
    "voiceid_status_field": ("voice_authentication_status", "voiceid_status_field"),
    "voiceid_auth_mode": (None, "voiceid_auth_mode"),
}

NOT_SET = (
    *("", "   ", "-", " - ", "none", "NONE", "None", "null", "Null", "nUlL", "empty", "EMPTY", " Empty\n"),
    *("ignore", "Ignore", "IGNORE", "timeout", "Timeout", "TIMEOUT", "\ttimeout "),
)

NAMES = tuple(SPECIFIED)
WITH_APP_SETTING = tuple(name for name, (_, app_setting) in SPECIFIED.items() if app_setting)


def _settings(attributes: Mapping[str, str], **app_settings: str) -> Settings:
    return resolve(attributes, app_settings, default_country="GB")


def _app_setting(name: str) -> str:
    return SPECIFIED[name][1] or ""


def _two_values(name: str) -> tuple[tuple[str, Any], tuple[str, Any]]:
    """Return two texts of a setting that mean different things, with their meanings."""
    (first, meaning), *others = READABLE[name].items()
    return (first, meaning), next((text, value) for text, value in others if value != meaning)


def test_S1_the_registry_holds_the_settings_of_the_specification() -> None:
    assert {setting.name: (setting.default, setting.app_setting) for setting in REGISTRY} == SPECIFIED
    assert set(READABLE) == set(UNREADABLE) == set(SPECIFIED)
    assert len(REGISTRY) == len(BY_NAME) == len(SPECIFIED)
    assert set(DEFAULTS) == {app_setting for _, app_setting in SPECIFIED.values() if app_setting}


def test_S1_the_table_of_the_specification_is_the_one_that_is_tested() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (\w+(?: set)?)[^|]* \| ([^|]+) \|$", page, re.MULTILINE)
    assert [name for name, _, _ in rows] == list(SPECIFIED)
    for name, default, app_setting in rows:
        value, changed_by = SPECIFIED[name]
        assert default == ("not set" if value in (None, ()) else str(value).lower()), name
        expected = "own name" if changed_by == name else f"`{changed_by}`" if changed_by else "none"
        if name == "zendesk_ticket":
            expected = "the attribute's own name: `zendesk_ticket_attribute`"
        assert app_setting == expected, name


@pytest.mark.parametrize("name", NAMES)
def test_S1_without_any_source_the_default_applies(name: str) -> None:
    resolved = _settings({}).by_name[name]
    assert (resolved.value, resolved.source, resolved.raw) == (SPECIFIED[name][0], "default", None)
    assert not resolved.is_set
    assert resolved.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_S1_every_form_of_a_value_is_read_from_the_attribute(name: str) -> None:
    for text, value in READABLE[name].items():
        resolved = _settings({name: text}).by_name[name]
        assert (text, resolved.value, resolved.source, resolved.raw) == (text, value, "attribute", text)
        assert type(resolved.value) is type(value)
        assert resolved.is_set
        assert resolved.warnings == ()


@pytest.mark.parametrize("name", WITH_APP_SETTING)
def test_S1_every_form_of_a_value_is_read_from_the_app_setting(name: str) -> None:
    for text, value in READABLE[name].items():
        resolved = _settings({}, **{_app_setting(name): text}).by_name[name]
        assert (text, resolved.value, resolved.source, resolved.raw) == (text, value, "app_setting", text)
        assert resolved.is_set


@pytest.mark.parametrize("name", WITH_APP_SETTING)
def test_S1_S5_the_attribute_wins_over_a_contrary_app_setting_whichever_is_which(name: str) -> None:
    (one, meaning), (other, contrary) = _two_values(name)
    for attribute, value, app_setting in ((one, meaning, other), (other, contrary, one)):
        resolved = _settings({name: attribute}, **{_app_setting(name): app_setting}).by_name[name]
        assert (resolved.value, resolved.source) == (value, "attribute")


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (("true", "t", "1", "yes", "y", "TRUE", "True", "T", "Yes", "YES", "Y", " true "), True),
        (("false", "f", "0", "no", "n", "FALSE", "False", "F", "No", "NO", "N", "\tno"), False),
    ],
)
@pytest.mark.parametrize("name", [name for name in NAMES if READABLE[name] is BOOLEANS])
def test_S3_booleans_are_these_words_in_any_case(name: str, words: tuple[str, ...], meaning: bool) -> None:
    for word in words:
        resolved = _settings({name: word}, **{_app_setting(name): str(not meaning)}).by_name[name]
        assert (word, resolved.value, resolved.source) == (word, meaning, "attribute")


@pytest.mark.parametrize("name", [name for name in NAMES if READABLE[name] is BOOLEANS])
def test_S3_S4_no_other_word_is_a_boolean(name: str) -> None:
    for word in ("on", "off", "2", "01", "tr", "yess", "ja", "✓"):
        resolved = _settings({name: word}).by_name[name]
        assert (word, resolved.source, len(resolved.warnings)) == (word, "default", 1)


@pytest.mark.parametrize("word", ["false", "0", "no", "F", "n"])
@pytest.mark.parametrize("name", [name for name in NAMES if READABLE[name] is BOOLEANS])
def test_S5_an_explicit_false_is_a_value(name: str, word: str) -> None:
    resolved = _settings({name: word}, **{_app_setting(name): "true"}).by_name[name]
    assert (resolved.value, resolved.source) == (False, "attribute")


def test_S5_an_explicit_0_is_a_value() -> None:
    settings = _settings(
        {"recent_ticket_timeout": "0", "zendesk_ticket": "0"}, create_ticket_after_minutes="15"
    )
    assert (settings[registry.RECENT_TICKET_TIMEOUT], settings[registry.ZENDESK_TICKET]) == (0, 0)
    assert settings.resolved(registry.ZENDESK_TICKET).is_set


@pytest.mark.parametrize("name", WITH_APP_SETTING)
def test_S2_words_that_mean_not_set_fall_through_to_the_app_setting(name: str) -> None:
    text, value = _two_values(name)[0]
    for word in NOT_SET:
        resolved = _settings({name: word}, **{_app_setting(name): text}).by_name[name]
        assert (word, resolved.value, resolved.source) == (word, value, "app_setting")
        assert resolved.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_S2_words_that_mean_not_set_are_no_value_anywhere(name: str) -> None:
    for word in NOT_SET:
        resolved = _settings({name: word}, **{_app_setting(name): word}).by_name[name]
        assert (word, resolved.value, resolved.source) == (word, SPECIFIED[name][0], "default")
        assert resolved.warnings == ()


def test_S2_only_these_words_mean_not_set() -> None:
    for word in ("nil", "undefined", "n/a", "--", "nothing", "0", "false"):
        assert _settings({"conversation_title": word})[registry.CONVERSATION_TITLE] == word


@pytest.mark.parametrize("name", NAMES)
def test_S4_what_cannot_be_read_is_a_warning_and_the_default_applies(name: str) -> None:
    for text in UNREADABLE[name]:
        resolved = _settings({name: text}).by_name[name]
        assert (text, resolved.value, resolved.source) == (text, SPECIFIED[name][0], "default")
        assert [warning.setting for warning in resolved.warnings] == [name]
        assert str(resolved.warnings[0]).startswith(f"{name}: expected {BY_NAME[name].expected}, got ")


@pytest.mark.parametrize("name", WITH_APP_SETTING)
def test_S4_what_cannot_be_read_falls_through_to_the_app_setting(name: str) -> None:
    text, value = _two_values(name)[0]
    resolved = _settings({name: UNREADABLE[name][0]}, **{_app_setting(name): text}).by_name[name]
    assert (resolved.value, resolved.source, resolved.raw) == (value, "app_setting", text)
    assert [warning.setting for warning in resolved.warnings] == [name]


@pytest.mark.parametrize("name", WITH_APP_SETTING)
def test_S4_unreadable_in_both_places_is_two_warnings_and_the_default(name: str) -> None:
    one, other = UNREADABLE[name][:2]
    resolved = _settings({name: one}, **{_app_setting(name): other}).by_name[name]
    assert (resolved.value, resolved.source, resolved.raw) == (SPECIFIED[name][0], "default", None)
    assert [(warning.setting, warning.value) for warning in resolved.warnings] == [
        (name, one),
        (_app_setting(name), other),
    ]


def test_S4_the_warning_reads_as_specified() -> None:
    (warning,) = _settings({"ticket_assignment": " automatic "}).warnings
    assert str(warning) == warning.for_log == 'ticket_assignment: expected auto or agent, got "automatic"'


@pytest.mark.parametrize("name", NAMES)
def test_S4_a_value_reaches_the_log_only_where_it_is_a_way_of_behaving(name: str) -> None:
    text = UNREADABLE[name][0]
    warning, *more = _settings({name: text}).warnings
    assert bool(more) is not BY_NAME[name].in_effect
    says_who = SPECIFIED[name][1] in (None, "default_entry_point_phone_number")
    assert warning.for_log.startswith(f"{name}: expected {BY_NAME[name].expected}")
    assert (", got " in warning.for_log) is not says_who


def test_S4_one_wrong_app_setting_of_two_settings_is_told_once() -> None:
    warnings = _settings({}, default_entry_point_phone_number="01632960100").warnings
    assert [warning.setting for warning in warnings] == ["default_entry_point_phone_number"]


def test_S4_a_long_or_disguised_value_is_told_short_and_plain() -> None:
    (warning,) = _settings({"ticket_assignment": "a\u202eb\x00" + "c" * 1000}).warnings
    assert str(warning) == 'ticket_assignment: expected auto or agent, got "ab' + "c" * 98 + '"'


def test_S4_one_wrong_value_leaves_the_others_alone() -> None:
    settings = _settings({"ticket_assignment": "?", "voice_comment": "no", "zendesk_ticket": "12"})
    assert (
        settings[registry.TICKET_ASSIGNMENT],
        settings[registry.VOICE_COMMENT],
        settings[registry.ZENDESK_TICKET],
    ) == (
        "auto",
        False,
        12,
    )


def test_S6_attributes_that_the_registry_does_not_know_are_not_looked_at() -> None:
    strange = {"Ticket_Assignment": "agent", "create_ticket_after_minutes": "15", "medialess": "?", "": "x"}
    assert _settings(strange).by_name == _settings({}).by_name
    warning = "Ticket_Assignment: not read; expected the name ticket_assignment"
    assert [str(each) for each in _settings(strange).warnings] == [warning]


@pytest.mark.parametrize("name", ["customer-number", "CUSTOMER_NUMBER", "Customer-Number"])
def test_S6_a_name_that_differs_in_case_or_a_dash_is_a_warning_without_the_value(name: str) -> None:
    (warning,) = _settings({name: "+442071838750"}).warnings
    assert str(warning) == warning.for_log == f"{name}: not read; expected the name customer_number"


@pytest.mark.parametrize("name", ["speech_analysis", "pause_recording"])
def test_S9_an_attribute_that_nothing_reads_yet_is_a_warning_where_it_is_set(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "_NOT_IN_EFFECT", (name,))
    assert [str(each) for each in _settings({name: BY_NAME[name].example}).warnings] == [
        f"{name}: not in effect yet"
    ]
    assert _settings({name: "-"}).warnings == ()


@pytest.mark.parametrize("name", [name for name in NAMES if SPECIFIED[name][1] is None])
def test_S1_an_app_setting_never_says_who_a_customer_is(name: str) -> None:
    text = next(iter(READABLE[name]))
    assert _settings({}, **{name: text}).by_name[name].value is None


def test_the_ticket_attribute_has_the_name_the_administrator_gave_it() -> None:
    def ticket(**attributes: str) -> Any:
        return resolve(attributes, {}, ticket_attribute="order_ticket")[registry.ZENDESK_TICKET]

    assert ticket(order_ticket="4711", zendesk_ticket="1") == 4711
    assert ticket(zendesk_ticket="4711") is None
    assert ticket(order_ticket="-", zendesk_ticket="4711") is None


def test_S4_a_wrong_ticket_number_is_told_under_the_attribute_s_own_name() -> None:
    (warning,) = resolve({"order_ticket": "?"}, {}, ticket_attribute="order_ticket").warnings
    assert warning.for_log == "order_ticket: expected a ticket number, or 0 for a new ticket"


@pytest.mark.parametrize(
    ("typed", "country", "read"),
    [
        ("01632 960001", "GB", "+441632960001"),
        ("01632 960001", None, None),
        ("(212) 555-0100", "US", "+12125550100"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("+39 06 1234 5678", None, "+390612345678"),
        ("+44 1632 960001", "US", "+441632960001"),
        ("960001", "GB", "+44960001"),  # possible, though not valid
        ("+441632960001;ext=5", "GB", "+441632960001"),
        ("123", "GB", None),
    ],
)
def test_S7_numbers_are_read_with_the_default_country(
    typed: str, country: str | None, read: str | None
) -> None:
    assert resolve({"customer_number": typed}, {}, default_country=country)[registry.CUSTOMER_NUMBER] == read


@pytest.mark.parametrize("name", NAMES)
def test_S1_the_example_of_a_setting_can_be_read(name: str) -> None:
    resolved = _settings({name: BY_NAME[name].example}).by_name[name]
    assert resolved.source == "attribute"
    assert resolved.value != SPECIFIED[name][0]
