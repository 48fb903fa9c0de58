"""Settings of the app and add-ons that customers come from, as app settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from administration.live_settings import SettingsError
from administration.settings_translation import translate
from connect_zendesk.rules.settings.registry import REGISTRY
from connect_zendesk.rules.settings.settings_file import from_toml


def translated(tmp_path: Path, text: str) -> tuple[dict[str, Any], list[str], bool]:
    """Return the settings that come of a file, the lines about what has no place, and whether all has one."""
    (tmp_path / "old").write_text(text, "utf-8")
    said: list[str] = []
    done = translate(tmp_path / "old", said.append)
    return from_toml("\n".join(said)), [line for line in said if line.startswith("# !")], done


def test_labels_keys_and_names_are_all_read(tmp_path: Path) -> None:
    text = """\
Create ticket after minutes: 15
Pop customer or ticket details before accepting the call = false
createATicketOnEveryOutboundCall: "true"
call_recording_consent: optin
Default entry point phone number: +441632960100
Amazon Connect instance URL: https://acme.my.connect.aws
"""
    assert translated(tmp_path, text) == (
        {
            "create_ticket_after_minutes": 15,
            "pop_incoming": False,
            "all_outbound": True,
            "call_recording_consent": "optin",
            "default_entry_point_phone_number": "+441632960100",
            "connect_instance_url": "https://acme.my.connect.aws",
        },
        [],
        True,
    )


def test_an_installation_as_zendesk_returns_it_is_read(tmp_path: Path) -> None:
    installation = {"id": 1, "app_id": 2, "settings": {"recentTicketTimeout": 5, "pauseRecording": None}}
    assert translated(tmp_path, json.dumps(installation))[0] == {"create_ticket_after_minutes": 5}


def test_every_setting_with_a_default_is_known_by_its_attribute(tmp_path: Path) -> None:
    for setting in REGISTRY:
        if setting.app_setting:
            found, left, done = translated(tmp_path, f"{setting.name}: {setting.example}")
            assert (list(found), left, done) == ([setting.app_setting], [], True)


def test_what_has_no_place_is_named(tmp_path: Path) -> None:
    found, left, done = translated(
        tmp_path, "Zendesk API token: x\nticket_assignment: sometimes\ncustomer_name: Ana\nSky: blue\n"
    )
    assert (found, done) == ({}, False)
    assert "API tokens are replaced by the OAuth client" in left[0]
    assert "customer_name: is a contact attribute only" in left[1]
    assert "Sky: has no setting here" in left[2]
    assert "ticket_assignment" in left[3]
    assert "x" not in left[0].partition("is nothing")[0].removeprefix("# ! Zendesk API token")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{,}", "old: not JSON: .*line 1"),
        ("a: 1\nnothing\n", "old, line 2: expected name: value"),
        ('{"settings": 5}', "old: expected an object"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        translated(tmp_path, text)
