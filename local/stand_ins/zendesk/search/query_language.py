"""Zendesk's search syntax (facts/zendesk.md 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.records import PRIORITIES, STATUSES, Shown
from local.stand_ins.zendesk.search_index import last_digits, narrowed_by
from local.stand_ins.zendesk.state import PHONE_IDENTITIES, State
from local.stand_ins.zendesk.timestamps import from_timestamp

_TERM = re.compile(
    r'(?P<not>-)?(?:(?P<key>[A-Za-z_]\w*)(?P<compared>:|>=|<=|>|<))?(?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+))'
)
_TEXTS = ("name", "subject", "description", "notes", "details")
_EXACT = {
    "id": "id", "ticket_id": "id", "requester": "requester_id", "assignee": "assignee_id",
    "submitter": "submitter_id", "group": "group_id", "organization": "organization_id", "brand": "brand_id",
    "ticket_type": "type", "email": "email", "role": "role", "external_id": "external_id", "status": "status",
    "priority": "priority", "is_suspended": "suspended", "is_verified": "verified", "is_active": "active",
}  # fmt: skip
_TIMES = {"created": "created_at", "updated": "updated_at"}
_RANKS = {"status": STATUSES, "priority": PRIORITIES}
_AGO = re.compile(r"(\d{1,6})(hour|day|week|minute)s?")
_UNKNOWN = object()  # a keyword that means nothing here finds nothing


@dataclass(frozen=True)
class Term:
    """One condition: `key` None is free text, which may be a quoted phrase; `compared` is : or < > <= >=."""

    key: str | None
    value: str
    negated: bool = False
    compared: str = ":"


def terms_of(query: str) -> list[Term]:
    """Return the conditions of a search text, in order."""
    return [
        Term(
            match["key"].lower() if match["key"] else None,
            match["word"] if match["quoted"] is None else match["quoted"],
            bool(match["not"]),
            match["compared"] or ":",
        )
        for match in _TERM.finditer(query)
    ]


def found_in(state: State, kind: str, terms: list[Term]) -> list[Shown]:
    """Return what the index shows now of the users or tickets (`kind`) that meet the conditions, by id."""
    now = state.clock()
    hits = [d for d in _candidates(state, kind, terms) if _matches(d, terms, state.options, now)]
    hits.sort(key=lambda document: int(document["id"]))
    return [{name: value for name, value in hit.items() if name != PHONE_IDENTITIES} for hit in hits]


def _candidates(state: State, kind: str, terms: list[Term]) -> Iterable[Shown]:
    """Return documents among which all hits are: few where one condition is exact, else all."""
    keys = [term.key for term in terms]
    phones = [last_digits(term.value) for term in terms if term.key == "phone" and not term.negated]
    if phones and all(phones):
        return state.index.having(kind, "phone", *filter(None, phones))
    for term in terms:
        if term.negated or term.key is None or keys.count(term.key) > 1 or term.compared != ":":
            continue
        field, value = _EXACT.get(term.key, ""), term.value.lower()
        if narrowed_by(field) and not {"*", "none"} & {*value, value}:
            return state.index.having(kind, field, value)
    return state.index.visible(kind)


def _matches(document: Mapping[str, Any], terms: list[Term], options: Options, now: datetime) -> bool:
    """Return whether a document meets the conditions: all keys; of one key given twice, either value."""
    wanted: dict[str, list[bool]] = {}
    for position, term in enumerate(terms):
        if term.key == "type":
            continue
        hit = _meets(document, term, options, now)
        if term.negated:
            if hit:
                return False
            continue
        # Two bounds of one field are a range, two values a choice.
        name = f"text {position}" if term.key is None else f"{term.key}{term.compared}"
        wanted.setdefault(name, []).append(hit)
    return all(any(hits) for hits in wanted.values())


def _meets(document: Mapping[str, Any], term: Term, options: Options, now: datetime) -> bool:
    value, key = term.value.lower(), term.key
    if key is None:
        return _has_text(document, value)
    if key == "phone":
        return _has_phone(document, value, options)
    if key in _TIMES:
        return _compares_time(str(document[_TIMES[key]]), term, now)
    if term.compared != ":":
        return _compares_rank(document, term)
    if key == "tags":
        return any(_like(tag, value) for tag in document["tags"])
    if key == "via":
        return _like(str(document.get("via", {}).get("channel")), value)
    if key in _TEXTS:
        text = str(document.get(key) or "").lower()
        return _like(text, value) if "*" in value else value in text
    known = document.get(_EXACT[key]) if key in _EXACT else _own_field(document, key)
    return known is not _UNKNOWN and _like("none" if known is None else str(known).lower(), value)


def _own_field(document: Mapping[str, Any], key: str) -> Any:
    """Return the value of a field that the account added: custom_field_{id} of tickets, a key of users."""
    for field in document.get("custom_fields", ()):
        if key == f"custom_field_{field['id']}":
            return field["value"]
    return document.get("user_fields", {}).get(key, _UNKNOWN)


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))


def _compares_time(text: str, term: Term, now: datetime) -> bool:
    """Compare with a day, a time, or so long ago (4hours): then > means since."""
    time = from_timestamp(text)
    try:
        if ago := _AGO.fullmatch(term.value.lower()):
            bound = now - timedelta(**{f"{ago[2]}s": int(ago[1])})
        else:
            bound = from_timestamp(term.value)
    except (ValueError, OverflowError):
        return False
    if term.compared == ":":
        return bound.date() == time.date()
    return _holds(term.compared, time, bound)


def _compares_rank(document: Mapping[str, Any], term: Term) -> bool:
    ranks = _RANKS.get(term.key or "")
    known = document.get(_EXACT.get(term.key or "", ""))
    if ranks and known in ranks and term.value.lower() in ranks:
        return _holds(term.compared, ranks.index(str(known)), ranks.index(term.value.lower()))
    if isinstance(known, int) and term.value.isdecimal() and len(term.value) < 20:
        return _holds(term.compared, known, int(term.value))
    return False


def _holds(compared: str, known: Any, bound: Any) -> bool:
    if known == bound:
        return "=" in compared
    return bool((known > bound) == compared.startswith(">"))


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
        if fnmatchcase(digits if options.phone_wildcard_reads == "digits" else number, value):
            return True
    return False


def _has_text(document: Mapping[str, Any], value: str) -> bool:
    names = ("name", "email", "subject", "description", "external_id", "notes")
    words = " ".join(str(text).lower() for text in (*map(document.get, names), *document["tags"]) if text)
    return _like(words, f"*{value}*") if "*" in value else value in words
