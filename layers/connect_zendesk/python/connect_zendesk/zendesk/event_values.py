"""What single values of Zendesk's events mean, in whichever shape they came.

Nothing is believed to be well formed: what cannot be read is None, or empty.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from connect_zendesk.http_messages import mapping
from connect_zendesk.rules.zendesk_events.zendesk_event import Change, NewComment, TicketState
from connect_zendesk.zendesk.webhook import timestamp

_NUMBER = re.compile(r"[0-9]{1,18}")
#: Lone halves of a character, and what is no character but a command: nothing behind the bus takes them.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LONGEST, _MOST_TAGS, _LONGEST_TAG = 1000, 1000, 255
_MOST_VALUES = 100

#: Of which events the values before and after are ids, and of which they are words.
_IDS = (
    "agent_assignment", "group_assignment", "requester", "submitter", "brand", "organization", "form",
    "problem_link",
)  # fmt: skip
_WORDS = ("status", "priority", "type", "custom_status")
#: What people wrote has no place on the bus.
_TEXTS = ("description",)


def id_of(value: object) -> int | None:
    """Return an id: a text or a whole number. "", "0" and what is no number are none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, int):
        return value if 0 < value < 10**18 else None
    return int(value) or None if _NUMBER.fullmatch(value.strip()) else None


def word_of(value: object) -> str | None:
    """Return a word in lower case, None where there is none."""
    return (text_of(value) or "").strip().lower()[:_LONGEST_TAG] or None


def text_of(value: object) -> str | None:
    """Return a text, without what nothing behind the bus takes; None where it is none."""
    return _UNFIT.sub("", value)[:_LONGEST] if isinstance(value, str) else None


def tags_of(value: object) -> tuple[str, ...]:
    """Return tags: of a list of texts or of objects with one, or of a text with spaces between."""
    given = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    tags = (text_of(mapping(tag).get("tag", tag)) for tag in given[:_MOST_TAGS])
    return tuple(tag[:_LONGEST_TAG] for tag in tags if tag)


def time_of(value: object) -> str | None:
    """Return a timestamp in ISO 8601, UTC; None where it is none."""
    found = timestamp(value)
    return found.isoformat() if found else None


def state_of(ticket: int, given: Mapping[str, Any]) -> TicketState:
    """Return the state of a ticket by its fields in the shape of an event, whatever that leaves out."""
    return TicketState(
        id=ticket,
        subject=text_of(given.get("subject")) or "",
        status=word_of(given.get("status")),
        priority=word_of(given.get("priority")),
        type=word_of(given.get("type")),
        tags=tags_of(given.get("tags")),
        requester=id_of(given.get("requester_id")),
        submitter=id_of(given.get("submitter_id")),
        assignee=id_of(given.get("assignee_id")),
        group=id_of(given.get("group_id")),
        brand=id_of(given.get("brand_id")),
        form=id_of(given.get("form_id")),
        organization=id_of(given.get("organization_id")),
        external_id=text_of(given.get("external_id")) or None,
        channel=word_of(mapping(given.get("via")).get("channel")),
        public=given.get("is_public") is True,
        created=time_of(given.get("created_at")),
        updated=time_of(given.get("updated_at")),
    )


def change_of(kind: str, event: Mapping[str, Any]) -> Change:
    """Return what changed by an event of this type, such as ticket.status_changed."""
    name = kind.removeprefix("ticket.").removesuffix("_changed")
    read: Callable[[object], Any] = _value
    if name in _IDS:
        read = id_of
    elif name in _WORDS:
        read = word_of
    elif name in _TEXTS:
        read = _nothing
    comment, custom_field = event.get("comment"), event.get("custom_field")
    return Change(
        previous=read(event.get("previous")),
        current=read(event.get("current")),
        tags_added=tags_of(event.get("tags_added")),
        tags_removed=tags_of(event.get("tags_removed")),
        comment=_comment(comment) if isinstance(comment, Mapping) else None,
        field=id_of(mapping(custom_field).get("id")),
        merged_into=id_of(event.get("target_ticket_id")),
    )


def _comment(comment: Mapping[str, Any]) -> NewComment:
    author = mapping(comment.get("author"))
    return NewComment(
        id=id_of(comment.get("id")),
        author=id_of(author.get("id")),
        staff=author.get("is_staff") is True,
        public=comment.get("is_public") is True,
    )


def _value(value: object) -> Any:
    """Return a value of a field as it is: a text, a number, true or false, or a list of these.

    That of a custom field stands in an object of its own.
    """
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, list):
        return [_value(item) for item in value[:_MOST_VALUES] if not isinstance(item, list | dict)]
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, float):
        return value if abs(value) < 1e300 else None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    return None


def _nothing(_: object) -> None:
    return None
