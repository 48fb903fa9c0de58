"""`settings translate`: the settings of the app and add-ons that customers come from, as app settings (TOML).

Their contact attributes have the names that this project has, so contact flows stay as they are. Their app
settings are named by labels or by keys: only letters and digits count.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from administration import toml
from administration.live_settings import SettingsError
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.app_settings import read as read_settings
from connect_zendesk.rules.settings.readers import boolean, is_not_set
from connect_zendesk.rules.settings.registry import REGISTRY

#: Labels and keys that differ from the names here by more than case and spaces.
_LABELS = {
    "recent ticket timeout": "create_ticket_after_minutes",
    "ticket assignment behaviour": "ticket_assignment",
    "pop customer or ticket details before accepting the call": "pop_incoming",
    "insert call details with embedded call recording": "voice_comment",
    "provide a link to download the call recording file": "download_recording",
    "create a ticket on every outbound call": "all_outbound",
    "pause / resume recording": "pause_recording",
    "customer's language": "customer_language",
    "advanced speech analysis": "speech_analysis",
    "zendesk user field for voice id identifier": "voiceid_field",
    "zendesk user field for voice id status": "voiceid_status_field",
    "voiceid authentication mode": "voiceid_auth_mode",
    "dialled number": "default_entry_point_phone_number",
    "outbound cli": "default_entry_point_phone_number",
    "default entry point": "default_entry_point_phone_number",
    "amazon connect instance url": "connect_instance_url",
    "instance url": "connect_instance_url",
    "media-less mode": "medialess",
}
#: What a deployment chooses, or what there is no setting for here, by the same names.
_ELSEWHERE = {
    "zendesk url": "zendesk_url in deployment.toml",
    "zendesk api token": "nothing: API tokens are replaced by the OAuth client (docs/install.md)",
    "zendesk api secret": "nothing: API tokens are replaced by the OAuth client (docs/install.md)",
    "aws region": "AWS_REGION, where you deploy",
}

Say = Callable[[str], None]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


_NAMES: Mapping[str, str] = {
    **{_plain(label): name for label, name in _LABELS.items()},
    **{_plain(setting.name): setting.app_setting for setting in REGISTRY if setting.app_setting},
    **{_plain(setting.app_setting): setting.app_setting for setting in REGISTRY if setting.app_setting},
    **{_plain(name): name for name in AppSettings.__dataclass_fields__ if name != "defaults"},
}
_NOT_HERE = {_plain(label): place for label, place in _ELSEWHERE.items()}
_ATTRIBUTES = {_plain(setting.name) for setting in REGISTRY if not setting.app_setting}


def translate(file: Path, say: Say) -> bool:
    """Say the app settings that a file's come to, as TOML; returns whether all of it has a place here.

    The file is JSON, a Zendesk app's installation or its `settings` among it, or lines of `name: value` or
    `name = value`. Raises SettingsError where it cannot be read.
    """
    document: dict[str, Any] = {}
    left: list[str] = []
    for name, value in _read(file).items():
        target = _NAMES.get(_plain(name))
        if value is None or is_not_set(str(value)):
            continue
        if target is None:
            left.append(f"{name}: {_place(name)}")
            continue
        document[target] = _typed(value)
    _, problems = read_settings(document)
    for problem in problems:
        left.append(problem)
    say(f"# Translated from {file.name}. Check it, then apply it: docs/migrate.md.")
    for line in left:
        say(f"# ! {line}")
    refused = {name for name in document if any(problem.startswith(name) for problem in problems)}
    say("\n" + toml.written({name: value for name, value in document.items() if name not in refused}).strip())
    return not left


def _place(name: str) -> str:
    if place := _NOT_HERE.get(_plain(name)):
        return f"is {place}"
    if _plain(name) in _ATTRIBUTES:
        return "is a contact attribute only: contact flows set it, as they do now"
    return "has no setting here of that name"


def _typed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if re.fullmatch(r"\d{1,9}", text):
        return int(text)
    try:
        return boolean(text) if text.lower() in ("true", "false") else text
    except ValueError:
        return text


def _read(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read: {error}") from error
    if not text.lstrip().startswith("{"):
        return dict(
            _line(file, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()
        )
    try:
        content = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"{file}: not JSON: {error}") from error
    found = content.get("settings", content)
    if not isinstance(found, Mapping):
        raise SettingsError(f"{file}: expected an object of settings by name, or one with it as `settings`")
    return found


def _line(file: Path, number: int, line: str) -> tuple[str, str]:
    name, separator, value = (
        re.split(r"([:=])", line, maxsplit=1) if re.search("[:=]", line) else (line, "", "")
    )
    if not separator:
        raise SettingsError(f"{file}, line {number}: expected name: value, or name = value; got {line!r}")
    return name.strip(), value.strip().strip("\"'")
