"""What a webhook says of a ticket, in the words of this project (K3): `ZendeskEvent`.

Two kinds of webhook send to the same endpoint. One subscribes to events: its body is Zendesk's envelope, in
which ids are texts, "" or "0" where there is none, words are in upper case and timestamps have nine
fractional digits. One is connected to a trigger or an automation: its body is what the administrator put
there, by the template in docs/zendesk-events.md. Neither is believed to be well formed because it is signed:
what cannot be read is left out, and only what no ticket can be found in is refused.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from connect_zendesk.http_messages import mapping
from connect_zendesk.rules.zendesk_events.zendesk_event import Change, NewComment, TicketState, ZendeskEvent
from connect_zendesk.zendesk.webhook import Call, timestamp

#: The names of Zendesk's ticket events begin so; ours do not.
PREFIX = "zen:event-type:"
#: What a body by our template says of itself.
TEMPLATE = "connect_zendesk"

_TYPE = re.compile(r"ticket\.[a-z0-9_.]{1,100}")
_SUBJECT = re.compile(r"zen:ticket:([0-9]{1,18})")
_NUMBER = re.compile(r"[0-9]{1,18}")
#: What can also name the command that a macro is: `rules.tickets.attachment`.
_EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
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


class NotJson(ValueError):
    """The body is not JSON. The message is the reason."""


class NotAnEvent(ValueError):
    """The body is not an event of a ticket. The message is the reason, without content."""


def read(call: Call, *, connector: Collection[int] = ()) -> ZendeskEvent:
    """Return the event that a webhook reports.

    ``connector`` are the users that this project is in Zendesk: what they did, the connector did. Raises
    `NotJson` and `NotAnEvent`, and nothing else whatever the body is.
    """
    content = _json(call.body)
    if TEMPLATE in content:
        return _of_template(content, call, connector)
    return _of_envelope(content, call, connector)


def signed_account(call: Call) -> int | None:
    """Return the account that a body names, None where it names none: the header's is not signed.

    Raises `NotJson` and `NotAnEvent`.
    """
    return _id(_json(call.body).get("account_id"))


def _of_envelope(content: Mapping[str, Any], call: Call, connector: Collection[int]) -> ZendeskEvent:
    kind, detail, event = content.get("type"), mapping(content.get("detail")), mapping(content.get("event"))
    if not isinstance(kind, str) or not kind.startswith(PREFIX):
        raise NotAnEvent("not an event of Zendesk")
    kind = _type(kind.removeprefix(PREFIX))
    subject = _SUBJECT.fullmatch(str(content.get("subject")))
    ticket = _id(detail.get("id")) or (_id(subject[1]) if subject else None)
    if ticket is None:
        raise NotAnEvent("an event of no ticket")
    actor, given_id = _id(detail.get("actor_id")), content.get("id")
    return ZendeskEvent(
        id=given_id if isinstance(given_id, str) and _EVENT_ID.fullmatch(given_id) else call.invocation,
        type=kind,
        account=_account(content.get("account_id"), call),
        time=_timestamp(content.get("time")) or call.signed_at.isoformat(),
        actor=actor,
        by_connector=actor in connector,
        ticket=TicketState(
            id=ticket,
            subject=_text(detail.get("subject")) or "",
            status=_word(detail.get("status")),
            priority=_word(detail.get("priority")),
            type=_word(detail.get("type")),
            tags=_tags(detail.get("tags")),
            requester=_id(detail.get("requester_id")),
            submitter=_id(detail.get("submitter_id")),
            assignee=_id(detail.get("assignee_id")),
            group=_id(detail.get("group_id")),
            brand=_id(detail.get("brand_id")),
            form=_id(detail.get("form_id")),
            organization=_id(detail.get("organization_id")),
            external_id=_text(detail.get("external_id")) or None,
            channel=_word(mapping(detail.get("via")).get("channel")),
            public=detail.get("is_public") is True,
            created=_timestamp(detail.get("created_at")),
            updated=_timestamp(detail.get("updated_at")),
        ),
        change=_change(kind, event),
    )


def _of_template(content: Mapping[str, Any], call: Call, connector: Collection[int]) -> ZendeskEvent:
    """Read a body by our template: every value is a text, as Zendesk's placeholders are."""
    given, kind = mapping(content.get("ticket")), content.get("type")
    kind = _type(kind if isinstance(kind, str) else "")
    ticket = _id(given.get("id"))
    if ticket is None:
        raise NotAnEvent("an event of no ticket")
    actor, updated = _id(content.get("actor")), _timestamp(given.get("updated"))
    return ZendeskEvent(
        id=call.invocation,
        type=kind,
        account=call.account,
        time=updated or call.signed_at.isoformat(),
        actor=actor,
        by_connector=actor in connector,
        ticket=TicketState(
            id=ticket,
            subject=_text(given.get("subject")) or "",
            status=_word(given.get("status")),
            priority=_word(given.get("priority")),
            type=_word(given.get("type")),
            tags=_tags(given.get("tags")),
            requester=_id(given.get("requester")),
            submitter=_id(given.get("submitter")),
            assignee=_id(given.get("assignee")),
            group=_id(given.get("group")),
            brand=_id(given.get("brand")),
            form=_id(given.get("form")),
            organization=_id(given.get("organization")),
            external_id=_text(given.get("external_id")) or None,
            channel=_word(given.get("channel")),
            public=_word(given.get("public")) == "true" or given.get("public") is True,
            created=_timestamp(given.get("created")),
            updated=updated,
        ),
        change=Change(
            tags_added=_tags(content.get("tags_added")), tags_removed=_tags(content.get("tags_removed"))
        ),
    )


def _change(kind: str, event: Mapping[str, Any]) -> Change:
    name = kind.removeprefix("ticket.").removesuffix("_changed")
    read: Callable[[object], Any] = _value
    if name in _IDS:
        read = _id
    elif name in _WORDS:
        read = _word
    elif name in _TEXTS:
        read = _nothing
    comment, custom_field = event.get("comment"), event.get("custom_field")
    return Change(
        previous=read(event.get("previous")),
        current=read(event.get("current")),
        tags_added=_tags(event.get("tags_added")),
        tags_removed=_tags(event.get("tags_removed")),
        comment=_comment(comment) if isinstance(comment, Mapping) else None,
        field=_id(mapping(custom_field).get("id")),
        merged_into=_id(event.get("target_ticket_id")),
    )


def _comment(comment: Mapping[str, Any]) -> NewComment:
    author = mapping(comment.get("author"))
    return NewComment(
        id=_id(comment.get("id")),
        author=_id(author.get("id")),
        staff=author.get("is_staff") is True,
        public=comment.get("is_public") is True,
    )


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotJson("not JSON") from None
    if not isinstance(content, dict):
        raise NotAnEvent("not a JSON object")
    return content


def _no_number(name: str) -> None:
    raise ValueError(name)


def _type(name: str) -> str:
    if not _TYPE.fullmatch(name):
        raise NotAnEvent("not an event of a ticket")
    return name


def _account(given: object, call: Call) -> int:
    """Return the account's id by the body, which is signed, else by the header."""
    return _id(given) or call.account


def _id(value: object) -> int | None:
    """Return an id: a text or a whole number. "", "0" and what is no number are none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, int):
        return value if 0 < value < 10**18 else None
    return int(value) or None if _NUMBER.fullmatch(value.strip()) else None


def _word(value: object) -> str | None:
    """Return a word in lower case, None where there is none."""
    return (_text(value) or "").strip().lower()[:_LONGEST_TAG] or None


def _text(value: object) -> str | None:
    return _UNFIT.sub("", value)[:_LONGEST] if isinstance(value, str) else None


def _tags(value: object) -> tuple[str, ...]:
    """Return tags, of a list or of a text with spaces between."""
    given = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    tags = (_text(tag) for tag in given[:_MOST_TAGS])
    return tuple(tag[:_LONGEST_TAG] for tag in tags if tag)


def _value(value: object) -> Any:
    """Return a value of a field as it is: a text, a number, true or false, or a list of these.

    That of a custom field stands in an object of its own.
    """
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, list):
        return [_value(item) for item in value[:_MOST_VALUES] if not isinstance(item, list | dict)]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return value if abs(value) < 1e300 else None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    return None


def _nothing(_: object) -> None:
    return None


def _timestamp(value: object) -> str | None:
    """Return a timestamp in ISO 8601, UTC."""
    found = timestamp(value)
    return found.isoformat() if found else None
