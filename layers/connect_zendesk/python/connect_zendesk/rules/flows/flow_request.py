"""What a contact flow can ask for: the request half of its contract with the look-up block (F1).

The names are those of the add-on that flows were built for; `remember`, `user_email`, `external_id` are new.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.readers import InvalidValue

RECENT_HOURS = 72

#: Parameters with a meaning of their own: no places of a template, and no key of a custom field.
KEYWORDS = frozenset(
    {
        "search_by",
        "action",
        "search_template",
        "return_fields",
        "carry_on",
        "cary_on",  # as the add-on itself once wrote it
        "sort_by",
        "sort_order",
        "recent_hours",
        "time_limit",
    }
)

_SORTED_BY = frozenset({"updated_at", "created_at", "priority", "status", "ticket_type"})
_PLACE = re.compile(r"\{([A-Za-z0-9_.-]{1,100})\}")
_FIELD_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")  # a dash in front would negate it
#: Words of a search that, given again, would have it find others than end users.
_WHO_IS_SEARCHED = frozenset({"role", "type"})
_PLAIN = re.compile(r"[\w+@.][\w+@.-]*")
_LONGEST_VALUE = 255
_LONGEST_RECENT = 24 * 3660


@dataclass(frozen=True)
class Kind:
    """One value of ``search_by``: what it needs besides, what it answers with, and how it finds that."""

    name: str
    needs: str
    answers: str
    how: str


KINDS = (
    Kind(
        "zendesk_user",
        "`zendesk_user`: a user id",
        "the user",
        "suspended ones too: `suspended` says so",
    ),
    Kind("zendesk_ticket", "`zendesk_ticket`: a ticket number", "the ticket", "closed ones too"),
    Kind(
        "calling_user",
        "the caller's number",
        "the user",
        "numbers are compared in E.164; a direct line beats a shared one; suspended users never match;"
        " of several none is chosen: `not found`, and `results_count` says how many. A withheld number"
        " makes no search",
    ),
    Kind(
        "find_calling_user",
        "the caller's number; `recent_hours`",
        "the user, and the most recent ticket",
        "deprecated in the add-on: `calling_user`, then `most_recent_ticket`; `open_tickets` says how many"
        " there are",
    ),
    Kind(
        "most_recent_ticket",
        "`zendesk_user`; `recent_hours`",
        "the ticket",
        "the most recently updated of the user's tickets that were created within those hours and are neither"
        " closed nor solved; `results_count` says how many there are",
    ),
    Kind(
        "custom_field",
        "one more parameter: a user field's key, with its value",
        "the user",
        "the first end user with that value; `results_count` says how many there are",
    ),
    Kind(
        "template",
        "`search_template`: a Zendesk search with `{parameter}` places; `sort_by`, `sort_order`",
        "the first result",
        "values from the other parameters go into the places as words, never as search operators",
    ),
    Kind(
        "user_email",
        "`user_email` or `customer_email`: an e-mail address",
        "the user",
        "any of the user's addresses",
    ),
    Kind("external_id", "`external_id`", "the user", "the user's external id"),
    Kind(
        "remember",
        "nothing",
        "`status`",
        "asks Zendesk nothing; leaves the contact's number and attributes for the moment an agent accepts it",
    ),
)
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


class BadRequest(ValueError):
    """What is needed is missing or cannot be read. The message names the parameter, without its value."""


class NothingToSearchBy(ValueError):
    """The value is there and says *not set* (S2): what a flow has where a caller entered nothing."""


def kind_of(parameters: Mapping[str, str]) -> Kind:
    """Return which kind of look-up is asked for. Raises `BadRequest`."""
    asked = (parameters.get("search_by") or parameters.get("action") or "").strip()
    try:
        return BY_NAME[asked]
    except KeyError:
        raise BadRequest("search_by") from None


def number(parameters: Mapping[str, str], name: str) -> int:
    """Return a user id or a ticket number. Raises `BadRequest`."""
    try:
        return readers.user_id(parameters.get(name, "").strip())
    except InvalidValue:
        raise BadRequest(name) from None


def email(parameters: Mapping[str, str]) -> str:
    """Return the address to look up. Raises `BadRequest` and `NothingToSearchBy`."""
    name = "user_email" if "user_email" in parameters else "customer_email"
    try:
        return readers.email_address(_searched(parameters, name))
    except InvalidValue:
        raise BadRequest(name) from None


def external_id(parameters: Mapping[str, str]) -> str:
    """Return the external id to look up. Raises `BadRequest` and `NothingToSearchBy`."""
    return _searched(parameters, "external_id")


def recent_hours(parameters: Mapping[str, str]) -> float:
    """Return how far to look back; 72 hours where nothing readable says otherwise (S4)."""
    try:
        hours = float(parameters.get("recent_hours") or RECENT_HOURS)
    except ValueError:
        return RECENT_HOURS
    return hours if 0 < hours <= _LONGEST_RECENT else RECENT_HOURS


def field_condition(parameters: Mapping[str, str]) -> str:
    """Return the search for a custom field: the one parameter that has no other meaning is its key.

    One that is only carried on has another meaning. Raises `BadRequest` and `NothingToSearchBy`.
    """
    keys = parameters.keys() - KEYWORDS
    keys = keys - carried_on(parameters).keys() or keys
    key = min(keys, default="")
    if len(keys) != 1 or not _FIELD_KEY.fullmatch(key) or key.lower() in _WHO_IS_SEARCHED:
        raise BadRequest("custom_field")
    return f"{key}:{_as_words(_searched(parameters, key))}"


def filled_template(parameters: Mapping[str, str]) -> str:
    """Return the flow author's search with values in its places. Raises `BadRequest`, `NothingToSearchBy`.

    The author's own words are left as they are. A value comes from a caller as often as not: it goes in as
    words, in quotation marks unless it is one plain word, so that none of it is an operator, a wildcard, or
    the word `none`, which would find users without any value.
    """
    template = parameters.get("search_template", "").strip()
    if not template:
        raise BadRequest("search_template")
    filled, end = "", 0
    for place in _PLACE.finditer(template):
        name = place.group(1)
        if name in KEYWORDS or name not in parameters:
            raise BadRequest("search_template")
        before = template[end : place.start()]
        filled, end = filled + before, place.end()
        value = _searched(parameters, name)
        filled += _without_marks(value) if _is_quoted(template[: place.start()]) else _as_words(value)
    filled += template[end:]
    if "{" in _PLACE.sub("", template) or "}" in _PLACE.sub("", template):
        raise BadRequest("search_template")
    return filled


def sorting(parameters: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return what to sort a search by, and in which order; what Zendesk does not offer is left out."""
    by, order = (parameters.get(name, "").strip().lower() for name in ("sort_by", "sort_order"))
    return by if by in _SORTED_BY else None, order if order in ("asc", "desc") else None


def names_in(parameters: Mapping[str, str], parameter: str) -> tuple[str, ...]:
    """Return a parameter's comma-separated names, each once."""
    listed = (name.strip() for name in parameters.get(parameter, "").split(","))
    return tuple(dict.fromkeys(name for name in listed if name))


def carried_on(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that are to be in the answer whatever the result."""
    named = names_in(parameters, "carry_on") + names_in(parameters, "cary_on")
    return {name: parameters[name] for name in named if name in parameters}


def _searched(parameters: Mapping[str, str], name: str) -> str:
    if name not in parameters:
        raise BadRequest(name)
    value = " ".join(parameters[name].split())
    if readers.is_not_set(value) or not _without_marks(value):
        raise NothingToSearchBy(name)
    if len(value) > _LONGEST_VALUE:
        raise BadRequest(name)
    return value


def _is_quoted(before: str) -> bool:
    return before.count('"') % 2 == 1


def _as_words(value: str) -> str:
    words = _without_marks(value)
    is_plain = _PLAIN.fullmatch(words) and words.casefold() not in ("and", "or", "not")
    return words if is_plain else f'"{words}"'


def _without_marks(value: str) -> str:
    """Return a value without what ends a quotation or stands for any text."""
    return " ".join(re.sub(r'["\\*{}]', " ", value).split())
