"""POST /api/v2/tickets (facts/zendesk.md 2.1 and 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import object_in
from local.stand_ins.zendesk.records import Comment, Shown, Ticket, ticket_shown, via
from local.stand_ins.zendesk.setup import ticket_values
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets import audits, uploads
from local.stand_ins.zendesk.tickets.comments import comment_of, voice_comment_of
from local.stand_ins.zendesk.tickets.fields import merged_fields, properties

CallComment = Callable[[Ticket], Comment]


def create(state: State, request: Request) -> Response:
    """Make a ticket with its first comment; RefusedError 422 or 400 and nothing made otherwise."""
    return answer(made(state, object_in(request, "ticket")))


def answer(ticket: Ticket) -> Response:
    """Return the answer to the creation of a ticket."""
    content = {"ticket": ticket.shown, "audit": ticket.audits[-1]}
    return json_response(201, content, {"Location": ticket.shown["url"]})


def made(state: State, asked: Mapping[str, Any], call: CallComment | None = None) -> Ticket:
    """Make a ticket and return it; `call` makes its first comment in place of what `asked` holds."""
    followed = _followed(state, asked)
    users_before = state.last_user_id
    try:
        ticket, comments = _made(state, asked, followed, call)
    except errors.RefusedError:
        # The requester is made with the ticket or not at all.
        for number in range(users_before + 1, state.last_user_id + 1):
            state.forget_user(number)
        raise
    ticket.comments.extend(comments)
    keep_uploads(state, asked)
    state.keep_ticket(ticket)
    if followed:
        followed.shown["followup_ids"] = [*followed.shown["followup_ids"], ticket.shown["id"]]
    return ticket


def _made(
    state: State, asked: Mapping[str, Any], followed: Ticket | None, call: CallComment | None
) -> tuple[Ticket, list[Comment]]:
    values = {"status": "new", "custom_fields": ticket_values.empty(state), **properties(state, asked, None)}
    if followed:
        _copy(state, followed, values)
    values.setdefault("requester_id", state.author_id)
    submitter = None if followed else asked.get("submitter_id")
    if submitter is not None and not _is_user(state, submitter):
        raise errors.invalid_record("submitter", "Submitter: is not a valid user", "InvalidValue")
    values["submitter_id"] = submitter or state.author_id
    via_id = asked.get("via_id") if isinstance(asked.get("via_id"), int) else None
    channel = via(via_id, followed, state.options.voice_ticket_channel)
    number = state.last_ticket_id + 1
    ticket = Ticket(
        ticket_shown(state.options.url, number, state.now(), **values, via=channel),
        via_id,
        followed.shown["id"] if followed else None,
    )
    comments = [call(ticket)] if call else written_comments(state, ticket, asked, values["submitter_id"])
    if not comments:
        raise errors.blank_description()
    ticket.shown["description"] = comments[0].shown["plain_body"]
    ticket.shown["is_public"] = any(comment.shown["public"] for comment in comments)
    audits.add(state, ticket, None, comments, asked.get("metadata"))
    return ticket, comments


def written_comments(state: State, ticket: Ticket, asked: Mapping[str, Any], author: int) -> list[Comment]:
    """Return the comments that a request makes; a voice comment beside a text comment is dropped."""
    text, voice = asked.get("comment"), asked.get("voice_comment")
    comments = []
    if isinstance(text, dict) and text:
        if text.get("author_id") is not None and not _is_user(state, text["author_id"]):
            raise errors.invalid_record("comment", "Comment author: is invalid", "InvalidValue")
        comments.append(comment_of(state, ticket, text, author))
    if isinstance(voice, dict) and voice and not (comments and state.options.text_comment_wins):
        comments.append(voice_comment_of(state, ticket, voice, author))
    if comments:
        check_room(state, ticket, len(comments))
    return comments


def check_room(state: State, ticket: Ticket, comments: int = 1) -> None:
    """Refuse so many more comments where a ticket cannot hold them: RefusedError 422."""
    if len(ticket.comments) + comments > state.options.comments_per_ticket:
        text = f"Ticket: has reached the limit of {state.options.comments_per_ticket} comments"
        raise errors.invalid_record("base", text, "InvalidValue")


def keep_uploads(state: State, asked: Mapping[str, Any]) -> None:
    """Take the tokens of a comment that has been written."""
    comment = asked.get("comment")
    if isinstance(comment, dict) and comment.get("uploads"):
        uploads.keep(state, comment["uploads"])


def _is_user(state: State, number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number in state.users


def _followed(state: State, asked: Mapping[str, Any]) -> Ticket | None:
    number = asked.get("via_followup_source_id")
    if number is None:
        return None
    ticket = state.tickets.get(number) if isinstance(number, int) else None
    if ticket is None or ticket.deleted or ticket.shown["status"] != "closed":
        text = "Followup source: is not a closed ticket"
        raise errors.invalid_record("via_followup_source_id", text, "InvalidValue")
    return ticket


def _copy(state: State, followed: Ticket, values: Shown) -> None:
    values["custom_fields"] = merged_fields(followed.shown["custom_fields"], values.get("custom_fields"))
    if state.options.followup_copies_tags:
        values["tags"] = list(dict.fromkeys([*followed.shown["tags"], *values.get("tags", ())]))
    if state.options.followup_copies_requester:
        values |= properties(state, {"requester_id": followed.shown["requester_id"], **values}, None)
