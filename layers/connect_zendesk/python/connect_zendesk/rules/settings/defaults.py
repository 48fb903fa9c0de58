"""New defaults: the app settings that change what holds when a contact's flow sets nothing (S1)."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.readers import AnyOf, InvalidValue, OneOf, Reader
from connect_zendesk.rules.settings.registry import Setting
from connect_zendesk.rules.settings.shapes import (
    BOOLEAN_SCHEMA,
    Schema,
    Shape,
    any_case,
    matching_schema,
    selection_schema,
)

_LONGEST_MINUTES = 999_999_999

#: The types besides text in which TOML and JSON may have a value, and the value's schema.
_Form = tuple[tuple[type, ...], Schema]

_FORMS: Mapping[Reader[Any], _Form] = {
    readers.boolean: ((bool, int), BOOLEAN_SCHEMA),
    readers.minutes: (
        (int, float),
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": _LONGEST_MINUTES},
                matching_schema(r"[0-9]{1,9}(?:\.[0-9]{1,6})?"),
            ]
        },
    ),
    readers.consent: (
        (bool, int),
        {"anyOf": [BOOLEAN_SCHEMA, matching_schema("[Oo][Pp][Tt][-_]?(?:[Ii][Nn]|[Oo][Uu][Tt])")]},
    ),
    readers.language: (
        (),
        matching_schema(
            f"(?:{any_case(*(word for word in readers.LANGUAGES if '-' not in word))})"
            + readers.LANGUAGE_TAG_PARTS
        ),
    ),
    readers.e164_number: ((), matching_schema(r"\+[1-9][0-9]{1,14}")),
    readers.field_key: ((), matching_schema("[A-Za-z0-9_.-]{1,100}")),
}


def _form(read: Reader[Any]) -> _Form:
    match read:
        case OneOf(words=words):
            return (), matching_schema(any_case(*words))
        case AnyOf(words=words):
            return (list,), selection_schema(*words)
        case _:
            return _FORMS[read]


def new_default(setting: Setting[Any]) -> Shape[str]:
    """Return the shape of the app setting that changes this setting's default; it is read as text."""
    types, schema = _form(setting.read)

    def convert(value: Any) -> str:
        if not isinstance(value, (str, *types)):
            raise InvalidValue
        for item in value if isinstance(value, list) else [text_form(value)]:
            setting.read(_alone(item, within=value), None)
        return text_form(value)

    return Shape(setting.expected, schema, convert)


def text_form(value: Any) -> str:
    """Return a value from JSON or TOML as the text a contact flow would have given."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value + 0:.6f}".rstrip("0").rstrip(".")  # + 0: there is a minus zero
    if isinstance(value, list):
        return ",".join(text_form(item) for item in value)
    return str(value)


def is_invalid(setting: Setting[Any], text: str) -> bool:
    """Return whether the setting cannot be read from the text."""
    try:
        setting.read(text.strip(), None)
    except InvalidValue:
        return True
    return False


def _alone(item: Any, within: Any) -> str:
    """Return an item of a list, which holds one word only, or the whole text."""
    if not isinstance(item, str) or (isinstance(within, list) and "," in item):
        raise InvalidValue
    return item.strip()
