"""The file of app settings with every one in it, explained: what the first deployment starts from."""

import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping

from administration import toml
from administration.live_settings import SettingsError
from administration.registry import AppSetting, further_settings, new_defaults

_HEAD = """\
# App settings: the administrator's defaults and options. docs/settings.md explains them all.
#
# The first deployment takes them from here. After that what is live is data in AWS AppConfig, which no
# deployment overwrites; change it with
#
#   make settings ARGS="show" > my.toml
#   make settings ARGS="apply my.toml"
#
# To set a setting, take away the # in front of it. "none" sets nothing, as if the line were not there."""
_DEFAULTS_HEAD = "\n# ---- What holds when a contact's flow does not set the attribute"
_FURTHER_HEAD = "\n# ---- What no contact flow can change"


#: The end of a setting's explanation: below it is the setting.
_EXPLAINED = re.compile(r"^# (?:Default: .*|Not set by default; for example:)\n(?:#   .*\n)*", re.MULTILINE)


class SeedFileError(SettingsError):
    """The file cannot be written anew without losing something that it sets."""


def seed_file(current: str = "") -> str:
    """Return the file's text: every app setting explained, and set as in the text of the ``current`` file.

    What is set there, below its explanation, stays as it is written, with its remarks; every other setting is
    a comment. Raises SeedFileError where the current text is not TOML, or sets something that is unknown or
    stands elsewhere.
    """
    try:
        sets = tomllib.loads(current)
        text = "\n\n".join(_parts(_set_in(current))) + "\n"
        if tomllib.loads(text) == sets:
            return text
    except tomllib.TOMLDecodeError as error:
        raise SeedFileError(f"app_settings.toml is not TOML: {error}") from None
    raise SeedFileError(
        "app_settings.toml sets what would be lost: each setting has to stand below its own explanation."
        ' Compare with: make settings ARGS="template"'
    )


def explanation(setting: AppSetting) -> str:
    """Return the comment above a setting: what it is for, what can be set, what holds otherwise."""
    default = setting.default
    otherwise = (
        f"Default: {toml.value(default)}." if default is not None else "Not set by default; for example:"
    )
    return "\n".join(
        textwrap.fill(sentence, 100, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)
        for sentence in (setting.purpose, f"Expected: {setting.expected}.", otherwise)
    )


def _parts(own: Mapping[str, str]) -> Iterator[str]:
    yield _HEAD
    yield _DEFAULTS_HEAD
    yield from (_block(setting, own) for setting in new_defaults())
    yield _FURTHER_HEAD
    # Tables come last: in TOML everything that follows one belongs to it.
    for setting in sorted(further_settings(), key=lambda setting: setting.is_table):
        yield _block(setting, own)


def _block(setting: AppSetting, own: Mapping[str, str]) -> str:
    if setting.name in own:
        return f"{explanation(setting)}\n{own[setting.name]}"
    shown = setting.example if setting.default is None else setting.default
    lines = toml.written({setting.name: shown}).splitlines()
    return "\n".join([explanation(setting), *(f"#{line}" for line in lines if line)])


def _set_in(current: str) -> dict[str, str]:
    """Return what a file sets, each setting as it is written below its explanation, by name."""
    found = {}
    *inner, last = _EXPLAINED.split(current)[1:] or [""]
    # Between two explanations' ends stand the first one's setting and the beginning of the second.
    for text in (*(part.rstrip().rpartition("\n\n")[0] for part in inner), last):
        written = text.partition(_FURTHER_HEAD)[0].rstrip()
        for name in tuple(tomllib.loads(written))[:1]:
            found[name] = written
    return found
