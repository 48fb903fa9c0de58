"""Settings are typed: `make check` refuses a misspelt one, and a value taken for what it is not.

Each ``type: ignore`` names the error that mypy has to find in its line: where mypy finds none, it reports the
comment as unused. The lines fail when they are run, too.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any, assert_type

import pytest

from connect_zendesk.rules.settings import registry
from connect_zendesk.rules.settings.app_settings import FURTHER, AppSettings
from connect_zendesk.rules.settings.registry import BY_NAME, Setting
from connect_zendesk.rules.settings.settings import Resolved, resolve

SETTINGS = resolve({}, {})
APP = AppSettings()


def test_S1_a_value_has_the_type_that_its_reader_returns() -> None:
    assert_type(SETTINGS[registry.VOICE_COMMENT], bool)
    assert_type(SETTINGS[registry.RECENT_TICKET_TIMEOUT], float)
    assert_type(SETTINGS[registry.TICKET_ASSIGNMENT], str)
    assert_type(SETTINGS[registry.SPEECH_ANALYSIS], tuple[str, ...])
    assert_type(SETTINGS.resolved(registry.VOICEID_FIELD), Resolved[str])


def test_S1_a_setting_without_a_default_may_have_no_value() -> None:
    assert_type(SETTINGS[registry.ZENDESK_TICKET], int | None)
    assert_type(SETTINGS[registry.CUSTOMER_NAME], str | None)
    assert_type(SETTINGS[registry.PAUSE_RECORDING], bool | None)
    assert_type(SETTINGS[registry.CALL_RECORDING_CONSENT], str | None)
    with pytest.raises(TypeError):
        SETTINGS[registry.ZENDESK_TICKET] + 1  # type: ignore[operator]


def test_S1_a_misspelt_setting_does_not_type_check() -> None:
    with pytest.raises(AttributeError):
        SETTINGS[registry.VOICE_COMENT]  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        SETTINGS["voice_comment"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        SETTINGS.resolved("voice_comment")  # type: ignore[arg-type]


def test_S8_an_app_setting_is_typed_and_a_misspelt_one_does_not_type_check() -> None:
    assert_type(APP.time_zone, str)
    assert_type(APP.settle_from, datetime | None)
    with pytest.raises(AttributeError):
        APP.timezone  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(TypeError):
        AppSettings(timezone="UTC")  # type: ignore[call-arg]


def test_S1_a_key_is_called_what_its_setting_is_called() -> None:
    keys: dict[str, Setting[Any]] = {
        name: key for name, key in vars(registry).items() if isinstance(key, Setting)
    }
    assert keys == {name.upper(): setting for name, setting in BY_NAME.items()}


def test_S8_every_field_of_the_app_settings_is_a_row_with_its_default() -> None:
    names = [field.name for field in fields(AppSettings) if field.name != "defaults"]
    assert [(row.name, row.default) for row in FURTHER] == [(name, getattr(APP, name)) for name in names]
    assert names
