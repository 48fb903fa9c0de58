"""Zendesk's search syntax, the part that this project sends (contract sheet, section 3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from local.zendesk.options import Options
from local.zendesk.records import Shown
from local.zendesk.state import PHONE_IDENTITIES, State

_TERM = re.compile(r'(?P<not>-)?(?:(?P<key>[A-Za-z_]+):)?(?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+))')
_TEXTS = ("name", "subject")
_EXACT = {
    "id": "id", "requester": "requester_id", "assignee": "assignee_id", "submitter": "submitter_id",
    "email": "email", "role": "role", "external_id": "external_id", "status": "status",
    "priority": "priority",
}  # fmt: skip
_UNKNOWN = object()  # a keyword that means nothing here finds nothing


@dataclass(frozen=True)
class Term:
    """One condition: `key` None is free text, which may be a quoted phrase."""

    key: str | None
    value: str
    negated: bool = False


def terms_of(query: str) -> list[Term]:
    """Return the conditions of a search text, in order."""
    return [
        Term(
            match["key"].lower() if match["key"] else None,
            match["word"] if match["quoted"] is None else match["quoted"],
            bool(match["not"]),
        )
        for match in _TERM.finditer(query)
    ]


def found_in(state: State, kind: str, terms: list[Term]) -> list[Shown]:
    """Return what the index shows now of the users or tickets (`kind`) that meet the conditions, by id."""
    hits = [document for document in state.index.visible(kind) if _matches(document, terms, state.options)]
    hits.sort(key=lambda document: int(document["id"]))
    return [{name: value for name, value in hit.items() if name != PHONE_IDENTITIES} for hit in hits]


def _matches(document: Mapping[str, Any], terms: list[Term], options: Options) -> bool:
    """Say whether a document meets the conditions: all keys; of one key given twice, either value."""
    wanted: dict[str, list[bool]] = {}
    for position, term in enumerate(terms):
        if term.key == "type":
            continue
        hit = _meets(document, term, options)
        if term.negated:
            if hit:
                return False
            continue
        wanted.setdefault(term.key or f"text {position}", []).append(hit)
    return all(any(hits) for hits in wanted.values())


def _meets(document: Mapping[str, Any], term: Term, options: Options) -> bool:
    value, key = term.value.lower(), term.key
    if key is None:
        return _has_text(document, value)
    if key == "phone":
        return _has_phone(document, value, options)
    if key == "tags":
        return any(fnmatchcase(tag, value) for tag in document["tags"])
    if key in _TEXTS:
        text = str(document.get(key) or "").lower()
        return fnmatchcase(text, value) if "*" in value else value in text
    known = document.get(_EXACT[key]) if key in _EXACT else _UNKNOWN
    return fnmatchcase("none" if known is None else str(known).lower(), value) and known is not _UNKNOWN


def _has_phone(document: Mapping[str, Any], value: str, options: Options) -> bool:
    # The documented recipe is to strip everything but digits, "+" too; a wildcard may stand before them.
    if not re.fullmatch(r"\*?\d+\*?", value):
        return False
    numbers = [document.get("phone")]
    if options.search_finds_phone_identities:
        numbers += document.get(PHONE_IDENTITIES, ())
    for number in filter(None, numbers):
        digits = re.sub(r"\D", "", number)
        if "*" not in value and not options.exact_phone_ignores_format and number not in (value, f"+{value}"):
            continue
        if fnmatchcase(digits, value):
            return True
    return False


def _has_text(document: Mapping[str, Any], value: str) -> bool:
    texts = [
        document.get(name) for name in ("name", "email", "subject", "description", "external_id", "notes")
    ]
    texts += document["tags"]
    words = " ".join(str(text).lower() for text in texts if text)
    return fnmatchcase(words, f"*{value}*")
