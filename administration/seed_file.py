"""The file of app settings with every one in it as a comment: what the first deployment starts from."""

import textwrap
from collections.abc import Iterator

from administration import toml
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


def seed_file() -> str:
    """Return the file's text."""
    return "\n\n".join(_parts()) + "\n"


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


def _parts() -> Iterator[str]:
    yield _HEAD
    yield _DEFAULTS_HEAD
    yield from map(_block, new_defaults())
    yield _FURTHER_HEAD
    # Tables come last: in TOML everything that follows one belongs to it.
    yield from map(_block, sorted(further_settings(), key=lambda setting: setting.is_table))


def _block(setting: AppSetting) -> str:
    shown = setting.example if setting.default is None else setting.default
    lines = toml.written({setting.name: shown}).splitlines()
    return "\n".join([explanation(setting), *(f"#{line}" for line in lines if line)])
