"""The events of a change, as webhooks get them (facts/zendesk.md 6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from local.stand_ins.zendesk.changes import Change
from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State

PREFIX = "zen:event-type:ticket."
VERSION = "2022-11-06"

#: What a ticket shows, and the event of its change: as it is, as the text of an id, or in upper case.
_PLAIN = {
    "subject": "subject_changed",
    "external_id": "external_id_changed",
    "description": "description_changed",
}
_IDS = {
    "assignee_id": "agent_assignment_changed", "group_id": "group_assignment_changed",
    "requester_id": "requester_changed", "submitter_id": "submitter_changed", "brand_id": "brand_changed",
    "organization_id": "organization_changed", "ticket_form_id": "form_changed",
}  # fmt: skip
_UPPER = {"status": "status_changed", "priority": "priority_changed", "type": "type_changed"}


def events_of(state: State, change: Change) -> list[Shown]:
    """Return the envelopes of one change: they share a sequence id, and each has an id of its own."""
    options, sequence = state.options, f"{state.next_id():026X}"
    events = list(_events(change, options))
    detail = detail_of(change, options)
    envelopes = [
        {
            "type": PREFIX + name, "account_id": options.account_id, "id": f"01J{state.next_id():023d}",
            "time": precise(change.time, position), "zendesk_event_version": VERSION,
            "subject": f"zen:ticket:{change.ticket['id']}", "detail": detail,
            "event": {"meta": {"sequence": {"id": sequence, "position": position}}, **event},
        }
        for position, (name, event) in enumerate(events, 1)
    ]  # fmt: skip
    return envelopes[::-1] if options.webhook_order == "reversed" else envelopes


def detail_of(change: Change, options: Options) -> Shown:
    """Return the snapshot of a ticket: ids are texts, and what has a fixed set of values is upper case."""
    ticket = change.ticket
    ids = ("id", *(name for name in _IDS if name != "ticket_form_id"))
    return {
        "actor_id": str(change.actor_id),
        "created_at": ticket["created_at"], "updated_at": ticket["updated_at"],
        "custom_status": None, "description": ticket["description"], "subject": ticket["subject"],
        "external_id": ticket["external_id"] or "",
        "form_id": _id(ticket.get("ticket_form_id"), options=options),
        "is_public": ticket["is_public"], "tags": list(ticket["tags"]),
        "via": {"channel": ticket["via"]["channel"]},
        **{name: _id(ticket.get(name), options=options) for name in ids},
        **{name: _upper(ticket[name]) for name in _UPPER},
    }  # fmt: skip


def precise(time: datetime, more: int = 0) -> str:
    """Return a time (aware) with the nine fractional digits that events have."""
    text = time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "")
    return f"{text}{more % 1000:03d}Z"


def _events(change: Change, options: Options) -> Iterator[tuple[str, Shown]]:
    if change.kind == "created":
        yield "created", {}
        if options.comment_added_at_creation:
            yield from _comments(change)
        return
    if change.kind == "deleted":
        yield options.deletion_event, {}
    elif change.kind in ("undeleted", "permanently_deleted"):
        yield change.kind, {}
    elif change.kind == "merged":
        yield options.merge_event, {"target_ticket_id": str(change.more["target"])}
    yield from _comments(change)
    yield from _differences(change, options)


def _comments(change: Change) -> Iterator[tuple[str, Shown]]:
    for comment in change.comments:
        shown = {
            "id": str(comment["id"]), "body": comment["plain_body"], "is_public": comment["public"],
            "author": comment["author"],
        }  # fmt: skip
        yield "comment_added", {"comment": shown}
        for attachment in comment["attachments"]:
            file = {
                "id": str(attachment["id"]), "filename": attachment["file_name"],
                "content_type": attachment["content_type"], "content_url": attachment["content_url"],
                "is_public": comment["public"],
            }  # fmt: skip
            yield "attachment_linked_to_comment", {"comment": {**shown, "attachment": file}}


def _differences(change: Change, options: Options) -> Iterator[tuple[str, Shown]]:
    after, before = change.ticket, change.before
    if before is None:
        return
    for names, written in (
        (_UPPER, _upper),
        (_IDS, partial(_id, options=options)),
        (_PLAIN, _as_it_is),
    ):
        for name, event in names.items():
            if after.get(name) != before.get(name):
                yield event, {"current": written(after.get(name)), "previous": written(before.get(name))}
    added = [tag for tag in after["tags"] if tag not in before["tags"]]
    removed = [tag for tag in before["tags"] if tag not in after["tags"]]
    if added or removed:
        yield "tags_changed", {"tags_added": added, "tags_removed": removed}
    earlier = {field["id"]: field["value"] for field in before["custom_fields"]}
    for field in after["custom_fields"]:
        if field["value"] != earlier.get(field["id"]):
            yield (
                "custom_field_changed",
                {
                    "custom_field": {"id": str(field["id"])},
                    "current": {"value": field["value"]},
                    "previous": {"value": earlier.get(field["id"])},
                },
            )


def _as_it_is(value: object) -> object:
    return value


def _id(number: object, *, options: Options) -> str:
    return options.webhook_null_id if number is None else str(number)


def _upper(value: str | None) -> str | None:
    return value.upper() if value else None
