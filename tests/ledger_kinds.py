"""Tells what kind of item a key of the ledger's table is of, from the templates of its schema."""

from __future__ import annotations

import re
from functools import cache

from connect_zendesk.ledger.schema import KINDS

#: Parts of keys that may have a # in them: each stands at an end, or alone.
OPEN = frozenset({"partition", "step", "note", "mark", "external_id", "key"})


def kinds_of(partition: str, sort: str) -> dict[str, dict[str, str]]:
    """Return the kinds that a key can be of, by name, each with the parts of the key."""
    literal = [kind.name for kind in KINDS if (kind.partition, kind.sort) == (partition, sort)]
    if literal:
        return {literal[0]: {}}
    found = {}
    for kind in KINDS:
        in_partition = _pattern(kind.partition).fullmatch(partition)
        in_sort = _pattern(kind.sort).fullmatch(sort)
        if in_partition and in_sort:
            found[kind.name] = in_partition.groupdict() | in_sort.groupdict()
    return found


@cache
def _pattern(template: str) -> re.Pattern[str]:
    def part(found: re.Match[str]) -> str:
        name = found[1]
        return f"(?P<{name}>{'.+' if name in OPEN else '[^#]+'})"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", part, re.escape(template)), re.DOTALL)
