"""What a contact flow gets: the answer half of its contract with the blocks (F1, F2).

A flow reads a flat map of strings, of 32 KB at most: no numbers, no booleans, no null, nothing nested.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connect_zendesk.rules.settings.readers import clean

Status = Literal["ok", "bad request", "access denied", "not found", "server error"]
STATUSES: tuple[Status, ...] = ("ok", "bad request", "access denied", "not found", "server error")

Answer = dict[str, str]

#: Bytes of the answer as JSON, however it is written: Amazon Connect refuses more than 32 KB.
LARGEST = 32_000


@dataclass(frozen=True)
class Field:
    """A name that a flow can read, what it means, and what of the Zendesk record it is (empty: made here)."""

    name: str
    meaning: str
    source: str = ""


USER_FIELDS = (
    Field("zendesk_user", "user id", "id"),
    Field("customer_name", "full name", "name"),
    Field("customer_number", "phone number, as Zendesk has it", "phone"),
    Field("external_id", "external id", "external_id"),
    Field("user_name", "first name: the name up to the first space"),
    Field("user_surname", "the rest of the name"),
    Field("user_email", "primary e-mail address", "email"),
    Field("user_role", "end-user, agent or admin", "role"),
    Field("user_locale", "language, such as en-US", "locale"),
    Field("time_zone", "time zone, by its IANA name", "iana_time_zone"),
    Field("organization", "id of the user's organization", "organization_id"),
    Field("suspended", "true or false", "suspended"),
)
TICKET_FIELDS = (
    Field("zendesk_ticket", "ticket number", "id"),
    Field("zendesk_user", "user id of the requester", "requester_id"),
    Field("ticket_subject", "subject", "subject"),
    Field("ticket_status", "new, open, pending, hold, solved or closed", "status"),
    Field("ticket_brand", "id of the brand", "brand_id"),
)


def of_user(user: Mapping[str, Any]) -> Answer:
    """Return what a flow gets of a user, but for the user fields."""
    first, _, rest = _text(user.get("name")).strip().partition(" ")
    return _copied(USER_FIELDS, user) | {"user_name": first, "user_surname": rest.strip()}


def of_ticket(ticket: Mapping[str, Any]) -> Answer:
    """Return what a flow gets of a ticket."""
    return _copied(TICKET_FIELDS, ticket)


def user_fields(user: Mapping[str, Any]) -> Answer:
    """Return the custom fields of a user by their keys, as a flow can read them."""
    fields = user.get("user_fields")
    return {str(key): _text(value) for key, value in fields.items()} if isinstance(fields, dict) else {}


def asked_for(found: Mapping[str, Any], names: tuple[str, ...]) -> Answer:
    """Return further fields of what was found, by their names in Zendesk; what is not there is left out.

    A list of words becomes one text, with commas; what is nested deeper no flow could read.
    """
    answer = {}
    for name in names:
        value = found.get(name)
        if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
            answer[name] = ",".join(map(_text, value))
        elif name in found and not isinstance(value, dict | list):
            answer[name] = _text(value)
    return answer


def made_of(status: Status, count: int | None, *parts: Mapping[str, str]) -> Answer:
    """Return an answer: the status, how many were found, and the parts, the first of which is the surest.

    A later part overwrites nothing of an earlier one. What does not fit into 32 KB is cut from the end.
    """
    answer: Answer = {"status": status}
    if count is not None:
        answer["results_count"] = str(count)
    room = LARGEST - _size(answer)
    for name, value in ((name, value) for part in parts for name, value in part.items()):
        name, value = clean(name), clean(value)  # noqa: PLW2901 - neither is used as it came
        if not name or name in answer:
            continue
        value = _cut(value, room - _size({name: ""}))  # noqa: PLW2901
        room -= _size({name: value})
        if room < 0:
            break
        answer[name] = value
    return answer


def _copied(fields: tuple[Field, ...], record: Mapping[str, Any]) -> Answer:
    return {field.name: _text(record.get(field.source)) for field in fields}


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(str(value))


def _size(part: Mapping[str, str]) -> int:
    return len(json.dumps(part))  # all in ASCII, which is never shorter than UTF-8


def _cut(value: str, room: int) -> str:
    """Return as much of the beginning of a value as there is room for."""
    value = value[: max(0, room)]
    while value and (excess := _size({"": value}) - _size({"": ""}) - room) > 0:
        value = value[: -max(1, excess // 12)]  # no character takes more than twelve bytes
    return value
