"""The file of app settings with every one in it as a comment: what the first deployment starts from."""

import textwrap
from collections.abc import Iterator
from typing import Any

from administration import toml
from connect_zendesk.rules.app_settings import FURTHER
from connect_zendesk.rules.schema import purpose
from connect_zendesk.rules.settings import DEFAULTS

_HEAD = """\
# App settings: the administrator's defaults and options. docs/settings.md explains them all.
#
# The first deployment takes them from here. After that what is live is data in AWS AppConfig, which no
# deployment overwrites; change it with
#
#   make settings ARGS="show" > my.toml
#   make settings ARGS="apply my.toml"
#
# Take the # away in front of a setting to set it. "none" sets nothing, as if the line were not there.
"""
_DEFAULTS_HEAD = "# What holds when a contact's flow does not set the attribute\n"
_FURTHER_HEAD = "# What no contact flow can change\n"


def seed_file() -> str:
    """Return the file's text."""
    return "\n".join([_HEAD, *(f"{block}\n" for block in blocks())]).rstrip("\n") + "\n"


def blocks() -> Iterator[str]:
    """Yield the file's parts in order. Tables come last: in TOML all that follows one belongs to it."""
    yield _DEFAULTS_HEAD
    for name, settings in DEFAULTS.items():
        yield _block(name, settings[0].expected, _native(settings[0].default), _native_example(name))
    yield _FURTHER_HEAD
    for table in (False, True):
        for setting in FURTHER:
            if _is_table(setting.example) == table:
                default = None if table else setting.default
                yield _block(setting.name, setting.expected, default, setting.example)


def explanation(name: str, expected: str, default: Any) -> str:
    """Return the comment above a setting: what it is for, what can be set, what holds otherwise."""
    otherwise = f"Default: {toml.value(default)}." if _is_set(default) else "Not set by default; an example:"
    sentences = f"{purpose(name)} Expected: {expected}. {otherwise}"
    return textwrap.fill(
        sentences, 100, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False, break_long_words=False
    )


def _block(name: str, expected: str, default: Any, example: Any) -> str:
    lines = toml.written({name: default if _is_set(default) else example})
    commented = "".join(f"#{line}\n" if line else "" for line in lines.splitlines())
    return explanation(name, expected, default) + "\n" + commented.rstrip("\n")


def _is_set(default: Any) -> bool:
    return default is not None and default not in ((), {}, frozenset())


def _is_table(example: Any) -> bool:
    return isinstance(example, dict) or (isinstance(example, list) and isinstance(example[0], dict))


def _native(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) and default else default


def _native_example(name: str) -> Any:
    """Return the first setting's example in the type that TOML has for it."""
    example = DEFAULTS[name][0].example
    return {"true": True, "false": False}.get(example, example)
