"""Shapes of app settings: how a value from TOML or JSON is read, and the JSON schema that says the same (S8).

A shape holds both, so that what a deployment's validator accepts and what the code reads stay together.
Patterns keep to what the regular expressions of Python, Java and JavaScript have in common.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.readers import InvalidValue

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Schema = Mapping[str, Any]

_LARGEST_ID = 10**18 - 1


class ValidationError(InvalidValue):
    """A value has not the shape that was expected. ``where`` is its place, such as task_rules[2].name."""

    def __init__(self, where: str, expected: str, value: Any) -> None:
        super().__init__(where)
        self.where, self.expected, self.value = where, expected, value

    def __str__(self) -> str:
        text = self.value if isinstance(self.value, str) else json.dumps(self.value, default=str)
        return f'{self.where}: expected {self.expected}, got "{readers.clean(text)[:100]}"'


@dataclass(frozen=True)
class Shape(Generic[T_co]):
    """How one value is written; ``T_co`` is the type of what is meant by it.

    ``expected`` completes "expected …"; ``schema`` is a draft-04 fragment; ``convert`` returns what was
    meant, or raises ValueError (`InvalidValue` is one).
    """

    expected: str
    schema: Schema
    convert: Callable[[Any], T_co]

    def read(self, value: Any, where: str = "") -> T_co:
        """Return what was meant by the value here. Raises `ValidationError`, with the innermost place."""
        try:
            return self.convert(value)
        except ValidationError as inner:
            raise ValidationError(where + inner.where, inner.expected, inner.value) from None
        except ValueError:
            raise ValidationError(where, self.expected, value) from None


def text_of(value: Any) -> str:
    """Return the trimmed text. Raises `InvalidValue` where it is none."""
    if not isinstance(value, str):
        raise InvalidValue
    return value.strip()


def matching_schema(pattern: str) -> Schema:
    """Return the schema of a text that matches, trimmed."""
    return {"type": "string", "pattern": rf"^\s*(?:{pattern})\s*$"}


def any_case(*words: str) -> str:
    """Return a pattern for one of the words, in any case: JSON schema has no flag for it."""
    return "|".join(
        "".join(f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in word)
        for word in words
    )


def selection_schema(*words: str) -> Schema:
    """Return the schema of any of these words: a list of them, or a text with commas between them."""
    word = any_case(*words)
    text = matching_schema(rf"[\s,]*(?:{word})(?:\s*,[\s,]*(?:{word}))*[\s,]*")
    return {"anyOf": [{"type": "array", "items": matching_schema(word)}, text]}


NOT_SET_SCHEMA: Schema = {
    "anyOf": [{"type": "null"}, matching_schema(any_case(*sorted(readers.NOT_SET)))],
}
BOOLEAN_SCHEMA: Schema = {
    "anyOf": [
        {"enum": [True, False, 0, 1]},
        matching_schema(any_case(*sorted(readers.TRUE), *sorted(readers.FALSE))),
    ]
}


def matching(pattern: str, expected: str, then: Callable[[str], str] = str) -> Shape[str]:
    """A text that matches the whole pattern; ``then`` makes of it what is meant, or raises ValueError."""
    compiled = re.compile(pattern)

    def convert(value: Any) -> str:
        text = text_of(value)
        if not compiled.fullmatch(text):
            raise InvalidValue
        return then(text)

    return Shape(expected, matching_schema(pattern), convert)


def choice(*words: str) -> Shape[str]:
    """One of these words, in any case."""
    read_word = readers.OneOf(*words)
    return Shape(
        _either(words),
        matching_schema(any_case(*words)),
        lambda value: read_word(text_of(value), None),
    )


def selection(*words: str) -> Shape[frozenset[str]]:
    """Any of these words, as a list or with commas between them; read as a frozenset."""
    read_words = readers.AnyOf(*words)

    def convert(value: Any) -> frozenset[str]:
        if isinstance(value, list):
            return frozenset(word for item in value for word in _one_word(read_words, item))
        return frozenset(read_words(text_of(value), None))

    return Shape("a list of " + ", ".join(words), selection_schema(*words), convert)


def whole_number(lowest: int, highest: int) -> Shape[int]:
    """A whole number in these bounds."""

    def convert(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise InvalidValue
        return value

    return Shape(
        f"a whole number from {lowest} to {highest}",
        {"type": "integer", "minimum": lowest, "maximum": highest},
        convert,
    )


def list_of(item: Shape[T], expected: str) -> Shape[tuple[T, ...]]:
    """A list; read as a tuple."""

    def convert(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise InvalidValue
        return tuple(item.read(each, f"[{number}]") for number, each in enumerate(value, 1))

    return Shape(expected, {"type": "array", "items": item.schema}, convert)


def one_or_more(item: Shape[T]) -> Shape[frozenset[T]]:
    """One value, or a list with at least one; read as a frozenset."""

    def convert(value: Any) -> frozenset[T]:
        if not isinstance(value, list):
            return frozenset({item.read(value)})
        if not value:
            raise InvalidValue
        return frozenset(item.read(each, f"[{number}]") for number, each in enumerate(value, 1))

    return Shape(
        f"{item.expected}, or a list of such",
        {"anyOf": [item.schema, {"type": "array", "items": item.schema, "minItems": 1}]},
        convert,
    )


def mapping_to(item: Shape[T], expected: str) -> Shape[Mapping[str, T]]:
    """A table whose keys are the administrator's own."""

    def convert(value: Any) -> Mapping[str, T]:
        if not isinstance(value, Mapping):
            raise InvalidValue
        return {str(key): item.read(each, f".{key}") for key, each in value.items()}

    return Shape(expected, {"type": "object", "additionalProperties": item.schema}, convert)


def table(
    build: Callable[..., T],
    fields: Mapping[str, Shape[Any]],
    *,
    required: tuple[str, ...] = (),
    one_of: tuple[str, ...] = (),
) -> Shape[T]:
    """A table of these fields, given to ``build`` by name. Of ``one_of``, exactly one must be there."""
    expected = "a table of " + ", ".join(fields)

    def convert(value: Any) -> T:
        if not isinstance(value, Mapping):
            raise InvalidValue
        for name in value:
            if name not in fields:
                raise ValidationError(f".{name}", f"one of {', '.join(fields)}", name)
        for name in required:
            if name not in value:
                raise ValidationError(f".{name}", fields[name].expected, None)
        if one_of and len(set(one_of) & set(value)) != 1:
            raise ValidationError("", f"exactly one of {', '.join(one_of)}", value)
        return build(**{name: fields[name].read(given, f".{name}") for name, given in value.items()})

    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: shape.schema for name, shape in fields.items()},
    }
    if required:
        schema["required"] = list(required)
    if one_of:
        schema["oneOf"] = [{"required": [name]} for name in one_of]
    return Shape(expected, schema, convert)


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """The name that the administrator gave it."""


N = TypeVar("N", bound=Named)


def unique_names(items: Shape[tuple[N, ...]]) -> Shape[tuple[N, ...]]:
    """No two of a list may have one name: a reason that names a rule must name one."""

    def convert(value: object) -> tuple[N, ...]:
        read = items.read(value)
        names = [item.name for item in read]
        for number, name in enumerate(names, 1):
            if name in names[: number - 1]:
                raise ValidationError(f"[{number}].name", "a name that no other rule has", name)
        return read

    return Shape(items.expected, items.schema, convert)


def _boolean(value: Any) -> bool:
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return readers.boolean(text_of(value))


def _id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise InvalidValue
    return readers.user_id(str(value).strip())


def _one_word(read_words: readers.AnyOf, item: Any) -> tuple[str, ...]:
    """Return the one word that an item of a list is."""
    words = read_words(text_of(item), None)
    if "," in item:
        raise InvalidValue
    return words


def _either(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


BOOLEAN = Shape("true or false", BOOLEAN_SCHEMA, _boolean)
ID = Shape(
    "a number",
    {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": _LARGEST_ID},
            matching_schema(r"(?!0+\s*$)[0-9]{1,18}"),
        ]
    },
    _id,
)
NAME = matching(
    r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,98}[^\s\x00-\x1f\x7f])?", "a name of 100 characters or fewer"
)
TAG = matching(r"[^\s,]{1,100}", "a tag", str.lower)
