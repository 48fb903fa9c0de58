"""Comments and voice comments: what Zendesk makes of what it is sent (facts/zendesk.md 1.2 and 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.records import Comment, Shown, Ticket
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets import uploads
from local.stand_ins.zendesk.tickets.html_text import as_html, plain_text, sanitised, stripped

_VOICE = (
    "from", "to", "recording_url", "started_at", "call_duration", "answered_by_id", "transcription_text",
    "location",
)  # fmt: skip
_NEEDED_OF_CALL = ("from_line", "to_line", "call_started_at", "direction", "app_id")
#: What a call's comment had in the only recording of one, though it was not asked for (zendesk-2.md B4).
_OF_EVERY_CALL = (
    "app_id", "app_name", "author_id", "call_id", "external_id", "title", "via_id", "recording_url",
)  # fmt: skip


def comment_of(state: State, ticket: Ticket, asked: Mapping[str, Any], author: int) -> Comment:
    """Return the comment that `asked` (body or html_body, public, author_id) makes on a ticket.

    RefusedError 422 where it is blank or too long, or an upload's token does not work.
    """
    html, text = asked.get("html_body"), asked.get("body")
    if not isinstance(html, str):
        html = None
    if html is None and (not isinstance(text, str) or not text.strip()):
        raise errors.blank_description()
    given = _fitted(html if html is not None else str(text), state.options)
    if html is not None:
        html = sanitised(given)
        plain, shown_html = plain_text(html), html
    else:
        plain = stripped(given)
        shown_html = as_html(plain)
    author_id = asked.get("author_id") or author
    public = asked.get("public")
    files = uploads.spent(state, asked.get("uploads"))
    shown = _shown(state, "Comment", author_id, inherited(ticket) if public is None else bool(public))
    shown |= {
        "body": plain, "plain_body": plain,
        "html_body": f'<div class="zd-comment" dir="auto">{shown_html}</div>',
        "attachments": files,
    }  # fmt: skip
    return Comment(shown, html=html)


def voice_comment_of(state: State, ticket: Ticket, asked: Mapping[str, Any], author: int) -> Comment:
    """Return the voice comment that `asked` makes on a ticket; what is no field of one is left out.

    RefusedError 422 where the duration is not a whole number of seconds.
    """
    data = {name: asked[name] for name in _VOICE if name in asked}
    duration = data.get("call_duration")
    if duration is not None and (not isinstance(duration, int) or isinstance(duration, bool)):
        raise errors.invalid_record("voice_comment", "Call duration: must be an integer", "InvalidValue")
    body = _as_lines(data)
    shown = _shown(state, "VoiceComment", author, _voice_is_public(state, ticket))
    shown |= {
        "body": body, "plain_body": body, "html_body": as_html(body), "data": data,
        "formatted_from": data.get("from"), "formatted_to": data.get("to"), "transcription_visible": False,
    }  # fmt: skip
    return Comment(shown, data=data)


def call_comment_of(
    state: State, ticket: Ticket, call: Shown, title: str, fields: object, author: int
) -> Comment:
    """Return a call's voice comment on a ticket (facts/zendesk.md 1.3); `fields` are those it shows."""
    shown = _shown(state, "TpeVoiceComment", author, _voice_is_public(state, ticket))
    shown |= {"title": title, "transcription_visible": False}
    names = [str(name) for name in fields] if isinstance(fields, list) and fields else list(_NEEDED_OF_CALL)
    if state.options.call_comment_data == "recorded":
        names += _OF_EVERY_CALL
    comment = Comment(shown, data=dict.fromkeys(names), call=call["id"])
    show_call(comment, call)
    return comment


def show_call(comment: Comment, call: Shown) -> None:
    """Write what a call says now into its voice comment, in the fields that it shows."""
    shown = comment.shown
    fixed = {
        "call_id": call["id"], "title": shown["title"], "author_id": shown["author_id"],
        "via_id": 46 if call["direction"] == "outbound" else 45, "app_name": "A private app",
        "recording_url": call.get("recording_url") or "",
    }  # fmt: skip
    data = {name: fixed.get(name, call.get(name)) for name in comment.data or {}}
    comment.data = data
    body = f"{shown['title']}\n{_as_lines(data)}"
    shown |= {
        "data": data, "body": body, "plain_body": body, "html_body": as_html(body),
        "formatted_from": call["from_line"], "formatted_to": call["to_line"],
    }  # fmt: skip


def _voice_is_public(state: State, ticket: Ticket) -> bool:
    rule = state.options.voice_comment_public
    return inherited(ticket) if rule == "inherit" else rule == "always"


def _as_lines(data: Shown) -> str:
    return "\n".join(f"{name}: {value}" for name, value in data.items() if value is not None)


def inherited(ticket: Ticket) -> bool:
    """Return whether a comment without a flag is public: as the ticket's first comment is, else it is."""
    return bool(ticket.comments[0].shown["public"]) if ticket.comments else True


def _shown(state: State, kind: str, author: int, public: bool) -> Shown:
    return {
        "id": state.next_id(), "type": kind, "author_id": author, "public": public, "attachments": [],
        "audit_id": state.next_id(), "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": state.now(), "metadata": {"system": {}, "custom": {}},
    }  # fmt: skip


def _fitted(text: str, options: Options) -> str:
    size = len(text.encode()) if options.comment_size_in == "bytes" else len(text)
    if size <= options.comment_size:
        return text
    if options.comment_too_long == "refuse":
        limit = f"Comment body: is too long (maximum is {options.comment_size} {options.comment_size_in})"
        raise errors.invalid_record("comment", limit, "ValueTooLong")
    if options.comment_size_in == "characters":
        return text[: options.comment_size]
    return text.encode()[: options.comment_size].decode(errors="ignore")
