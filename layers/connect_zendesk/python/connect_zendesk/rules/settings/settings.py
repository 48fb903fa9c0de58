"""How a setting's value is found: attribute over app setting over default (S1)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.readers import InvalidValue
from connect_zendesk.rules.settings.registry import REGISTRY, ZENDESK_TICKET, Setting

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Source = Literal["attribute", "app_setting", "default"]


@dataclass(frozen=True)
class SettingWarning:
    """A value that could not be read (S4); without the value, an attribute that is not read (S6, S9)."""

    setting: str
    expected: str
    value: str | None
    about_customer: bool

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.setting}: {self.expected}"
        return f'{self.setting}: expected {self.expected}, got "{readers.clean(self.value)[:100]}"'

    @property
    def for_log(self) -> str:
        """The warning without a value that could be personal data (S4)."""
        if self.about_customer and self.value is not None:
            return f"{self.setting}: expected {self.expected}"
        return str(self)


@dataclass(frozen=True)
class Resolved(Generic[T_co]):
    """A setting's value, where it came from, the text it was read from, and what was ignored on the way."""

    value: T_co
    source: Source
    raw: str | None = None
    warnings: tuple[SettingWarning, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether an attribute or an app setting gave the value. An explicit false or 0 did (S5)."""
        return self.source != "default"


@dataclass(frozen=True)
class Settings:
    """Every setting of one contact, resolved.

    Code asks for a value by the setting's row in the registry. ``by_name`` is for names that are data,
    such as those to be shown. ``unread`` warns of attributes that nothing reads.
    """

    by_name: Mapping[str, Resolved[Any]]
    unread: tuple[SettingWarning, ...] = ()

    def __getitem__(self, setting: Setting[T]) -> T:
        return self.resolved(setting).value

    def resolved(self, setting: Setting[T]) -> Resolved[T]:
        """Return the value of one setting with its source, raw text and warnings."""
        return self.by_name[setting.name]

    @property
    def warnings(self) -> tuple[SettingWarning, ...]:
        """Everything that could not be or is not read, each once, in the registry's order (S4, S6, S9)."""
        of_values = (warning for resolved in self.by_name.values() for warning in resolved.warnings)
        return tuple(dict.fromkeys((*of_values, *self.unread)))


def resolve(
    attributes: Mapping[str, str],
    defaults: Mapping[str, str],
    *,
    ticket_attribute: str = "zendesk_ticket",
    default_country: str | None = None,
    named: Collection[str] = (),
) -> Settings:
    """Find the value of every setting: attribute over app setting over default (S1).

    ``attributes`` are the contact's; ``defaults`` the app settings that change a default, as text;
    ``ticket_attribute`` the attribute that carries the ticket number, and ``named`` are further attributes
    that app settings name. Never fails (S4); attributes of other names are not looked at, but for those that
    differ from a known one in case or ``-`` alone, of which it warns (S6).
    """
    by_name = dict(_DEFAULTS)
    for setting in REGISTRY:
        attribute = ticket_attribute if setting is ZENDESK_TICKET else setting.name
        app_setting = defaults.get(setting.app_setting) if setting.app_setting else None
        if app_setting is not None or attribute in attributes:
            by_name[setting.name] = _resolve_one(setting, attribute, attributes, app_setting, default_country)
    return Settings(by_name, tuple(_unread(attributes, {ticket_attribute, *named})))


_NAMES = frozenset(setting.name for setting in REGISTRY if setting is not ZENDESK_TICKET)
_NOT_IN_EFFECT = tuple(setting.name for setting in REGISTRY if not setting.in_effect)


def _unread(attributes: Mapping[str, str], named: Collection[str]) -> Iterator[SettingWarning]:
    """Yield a warning for each attribute that is nearly a known one's name, and each not in effect yet."""
    unknown = sorted(attributes.keys() - _NAMES.union(named))
    more = {_folded(name): name for name in sorted(named)} if unknown else {}
    for name in unknown:
        folded = _folded(name)
        if (meant := more.get(folded) or _FOLDED.get(folded)) is not None:
            yield SettingWarning(name, f"not read; expected the name {meant}", None, about_customer=False)
    for name in _NOT_IN_EFFECT:
        if name in attributes and not readers.is_not_set(attributes[name]):
            yield SettingWarning(name, "not in effect yet", None, about_customer=False)


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


_FOLDED = {_folded(name): name for name in sorted(_NAMES)}


#: Most settings of most contacts are set nowhere, so these are shared.
_DEFAULTS: Mapping[str, Resolved[Any]] = {
    setting.name: Resolved(setting.default, "default") for setting in REGISTRY
}


def _resolve_one(
    setting: Setting[T],
    attribute: str,
    attributes: Mapping[str, str],
    app_setting: str | None,
    default_country: str | None,
) -> Resolved[T]:
    warnings: list[SettingWarning] = []
    for source, name, text in _given(setting, attribute, attributes.get(attribute), app_setting):
        try:
            value = setting.read(text.strip(), default_country)
        except InvalidValue:
            warnings.append(SettingWarning(name, setting.expected, text.strip(), setting.about_customer))
        else:
            return Resolved(value, source, text, tuple(warnings))
    return Resolved(setting.default, "default", None, tuple(warnings))


def _given(
    setting: Setting[Any], attribute: str, text: str | None, app_setting: str | None
) -> Iterator[tuple[Source, str, str]]:
    """Yield the sources that say something, the strongest first: source, its name, its text."""
    if text is not None and not readers.is_not_set(text):
        yield "attribute", attribute, text
    if app_setting is not None and not readers.is_not_set(app_setting):
        yield "app_setting", setting.app_setting or "", app_setting
