"""The registry's app settings, each with its default and an example as TOML has them."""

from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from connect_zendesk.rules.settings.app_settings import FURTHER
from connect_zendesk.rules.settings.registry import DEFAULTS, Setting
from connect_zendesk.rules.settings.schema import purpose


@dataclass(frozen=True)
class AppSetting:
    """One app setting. ``default`` is None where nothing holds unless it is set."""

    name: str
    expected: str
    purpose: str
    default: Any
    example: Any

    @property
    def is_table(self) -> bool:
        """Whether it takes more than a line of TOML."""
        example = self.example
        return isinstance(example, dict) or (isinstance(example, list) and isinstance(example[0], dict))


def new_defaults() -> tuple[AppSetting, ...]:
    """Return those that change what holds when a contact's flow sets nothing."""
    return tuple(
        AppSetting(name, setting.expected, purpose(name), native(setting.default), _example(setting))
        for name, (setting, *_) in DEFAULTS.items()
    )


def further_settings() -> tuple[AppSetting, ...]:
    """Return those that no contact flow can change."""
    return tuple(
        AppSetting(setting.name, setting.expected, setting.purpose, native(setting.default), setting.example)
        for setting in FURTHER
    )


def native(default: Any) -> Any:
    """Return a default as TOML has it, or None where it says that nothing is set."""
    if is_dataclass(default) and not isinstance(default, type):
        return asdict(default)
    return None if default in ((), {}, frozenset()) else default


def _example(setting: Setting[Any]) -> Any:
    """Return the example, which is a text as a contact flow gives it, in its own type."""
    if setting.example in ("true", "false"):
        return setting.example == "true"
    return int(setting.example) if setting.example.isdecimal() else setting.example
