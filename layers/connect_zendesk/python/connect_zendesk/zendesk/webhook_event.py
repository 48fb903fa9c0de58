"""What a webhook says of a ticket, in the words of this project (K3): `ZendeskEvent`.

Two kinds of webhook send to the same endpoint. One subscribes to events: its body is Zendesk's envelope, in
which ids are texts, "" or "0" where there is none, words are in upper case and timestamps have nine
fractional digits. One is connected to a trigger or an automation: its body is what the administrator put
there, by the template in docs/zendesk-events.md. Neither is believed to be well formed because it is signed:
what cannot be read is left out, and only what no ticket can be found in is refused.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from connect_zendesk.http_messages import mapping
from connect_zendesk.rules.ticket_events import WEBHOOKS_TYPE
from connect_zendesk.rules.zendesk_events.zendesk_event import Change, TicketState, ZendeskEvent
from connect_zendesk.zendesk.event_values import (
    change_of,
    id_of,
    state_of,
    tags_of,
    text_of,
    time_of,
    word_of,
)
from connect_zendesk.zendesk.webhook import Call

#: The names of Zendesk's ticket events begin so; ours do not.
PREFIX = WEBHOOKS_TYPE
#: What a body by our template says of itself.
TEMPLATE = "connect_zendesk"

_TYPE = re.compile(r"ticket\.[a-z0-9_.]{1,100}")
_SUBJECT = re.compile(r"zen:ticket:([0-9]{1,18})")
#: What can also name the command that a macro is: `rules.tickets.attachment`.
_EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


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
    return of_envelope(content, call, connector)


def signed_account(call: Call) -> int | None:
    """Return the account that a body names, None where it names none: the header's is not signed.

    Raises `NotJson` and `NotAnEvent`.
    """
    return id_of(_json(call.body).get("account_id"))


def of_envelope(content: Mapping[str, Any], call: Call, connector: Collection[int]) -> ZendeskEvent:
    """Return the event that Zendesk's envelope holds. ``call`` says what it does not. Raises `NotAnEvent`."""
    kind, detail, event = content.get("type"), mapping(content.get("detail")), mapping(content.get("event"))
    if not isinstance(kind, str) or not kind.startswith(PREFIX):
        raise NotAnEvent("not an event of Zendesk")
    kind = _type(kind.removeprefix(PREFIX))
    subject = _SUBJECT.fullmatch(str(content.get("subject")))
    ticket = id_of(detail.get("id")) or (id_of(subject[1]) if subject else None)
    if ticket is None:
        raise NotAnEvent("an event of no ticket")
    actor, given_id = id_of(detail.get("actor_id")), content.get("id")
    return ZendeskEvent(
        id=given_id if isinstance(given_id, str) and _EVENT_ID.fullmatch(given_id) else call.invocation,
        type=kind,
        account=_account(content.get("account_id"), call),
        time=time_of(content.get("time")) or call.signed_at.isoformat(),
        actor=actor,
        by_connector=actor in connector,
        ticket=state_of(ticket, detail),
        change=change_of(kind, event),
    )


def _of_template(content: Mapping[str, Any], call: Call, connector: Collection[int]) -> ZendeskEvent:
    """Read a body by our template: every value is a text, as Zendesk's placeholders are.

    Whether Zendesk escapes what it puts in is documented nowhere. A subject is a requester's to write: one
    with quotation marks in it may not go on as another part of the event.
    """
    if _has_more_than_the_template(call.body):
        raise NotAnEvent("a name twice, or a part that the template has not: leave the subject out")
    given, kind = mapping(content.get("ticket")), content.get("type")
    kind = _type(kind if isinstance(kind, str) else "")
    ticket = id_of(given.get("id"))
    if ticket is None:
        raise NotAnEvent("an event of no ticket")
    actor, updated = id_of(content.get("actor")), time_of(given.get("updated"))
    return ZendeskEvent(
        id=call.invocation,
        type=kind,
        account=call.account,
        time=updated or call.signed_at.isoformat(),
        actor=actor,
        by_connector=actor in connector,
        ticket=TicketState(
            id=ticket,
            subject=text_of(given.get("subject")) or "",
            status=word_of(given.get("status")),
            priority=word_of(given.get("priority")),
            type=word_of(given.get("type")),
            tags=tags_of(given.get("tags")),
            requester=id_of(given.get("requester")),
            submitter=id_of(given.get("submitter")),
            assignee=id_of(given.get("assignee")),
            group=id_of(given.get("group")),
            brand=id_of(given.get("brand")),
            form=id_of(given.get("form")),
            organization=id_of(given.get("organization")),
            external_id=text_of(given.get("external_id")) or None,
            channel=word_of(given.get("channel")),
            public=word_of(given.get("public")) == "true" or given.get("public") is True,
            created=time_of(given.get("created")),
            updated=updated,
        ),
        change=Change(
            tags_added=tags_of(content.get("tags_added")), tags_removed=tags_of(content.get("tags_removed"))
        ),
    )


def _has_more_than_the_template(body: bytes) -> bool:
    """Return whether a name comes twice in an object, or anything but the ticket is one.

    What stands behind a text that was ended early needs the one or the other to be JSON all the same.
    """
    twice: list[str] = []

    def one_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            twice.append("")
        return made

    content = json.loads(body, object_pairs_hook=one_of_each)
    others = [held for name, held in content.items() if name != "ticket"]
    inner = [item for held in others if isinstance(held, list) for item in held]
    return bool(twice) or any(isinstance(one, dict | list) for one in inner) or dict in map(type, others)


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
    return id_of(given) or call.account
