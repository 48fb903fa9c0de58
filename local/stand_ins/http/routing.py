"""Which target a path leads to: `/users/{id}/identities`; a parameter `{name+}` may hold slashes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, TypeVar

Target = TypeVar("Target")

_PARAMETER = re.compile(r"\{(\w+)(\+?)\}")
#: The same few paths are asked for again and again; whatever else is asked for takes no more room than this.
_REMEMBERED = 4_096


class RoutingTable(Generic[Target]):
    """Finds the target of a method and a path among entries of method, template and target.

    Of two templates that fit a path, the one with fewer parameters is meant; of two with as many, the first.
    """

    def __init__(self, entries: Iterable[tuple[str, str, Target]]) -> None:
        compiled = [(method, *_compiled(template), target) for method, template, target in entries]
        self._entries = sorted(compiled, key=lambda entry: len(entry[2]))
        self._found: dict[tuple[str, str], tuple[Target, tuple[tuple[str, str], ...]] | None] = {}

    def find(self, method: str, path: str) -> tuple[Target, tuple[tuple[str, str], ...]] | None:
        """Return the target and the parameters of the path, each with its name, in order; None for none."""
        asked = method, path
        if asked not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[asked] = self._find(method, path)
        return self._found[asked]

    def _find(self, method: str, path: str) -> tuple[Target, tuple[tuple[str, str], ...]] | None:
        for its_method, pattern, names, target in self._entries:
            if its_method == method and (match := pattern.fullmatch(path)):
                return target, tuple(zip(names, match.groups(), strict=True))
        return None


def _compiled(template: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    names, pattern, end = [], "", 0
    for parameter in _PARAMETER.finditer(template):
        names.append(parameter[1])
        pattern += re.escape(template[end : parameter.start()]) + ("(.+)" if parameter[2] else "([^/]+)")
        end = parameter.end()
    return re.compile(pattern + re.escape(template[end:])), tuple(names)
