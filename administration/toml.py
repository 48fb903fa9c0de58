"""Writes app settings as TOML: Python reads that format but does not write it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# TOML's basic strings are JSON's, but for DEL, which TOML wants escaped.
_DELETE = "\x7f"


def written(document: Mapping[str, Any]) -> str:
    """Return the document, of JSON types, as TOML text. What is null is left out: TOML has no such value."""
    return "\n".join(_table(document, ())).strip("\n") + "\n" if document else ""


def value(content: Any) -> str:
    """Return one value on one line. Raises TypeError where it is of no type that JSON has."""
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, str):
        return json.dumps(content, ensure_ascii=False).replace(_DELETE, "\\u007f")
    if isinstance(content, int | float):
        return repr(content)
    if isinstance(content, list | tuple):
        return f"[{', '.join(value(item) for item in content if item is not None)}]"
    if isinstance(content, Mapping):
        pairs = ", ".join(f"{key(name)} = {value(item)}" for name, item in _set(content))
        return f"{{ {pairs} }}" if pairs else "{}"
    raise TypeError(f"not a value of TOML: {content!r}")


def key(name: str) -> str:
    """Return a name as it stands before an equals sign."""
    return name if _BARE_KEY.fullmatch(name) else value(name)


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table: its plain values first, because a sub-table ends where the next begins."""
    for name, content in _set(table):
        if not _is_table(content) and not _is_tables(content):
            yield f"{key(name)} = {value(content)}"
    for name, content in _set(table):
        heading = ".".join(key(part) for part in (*path, name))
        if _is_table(content):
            yield from ("", f"[{heading}]", *_table(content, (*path, name)))
        elif _is_tables(content):
            for one in content:
                yield from ("", f"[[{heading}]]", *_table(one, (*path, name)))


def _set(table: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, content) for name, content in table.items() if content is not None]


def _is_table(content: Any) -> bool:
    return isinstance(content, Mapping)


def _is_tables(content: Any) -> bool:
    return isinstance(content, list) and bool(content) and all(_is_table(one) for one in content)
