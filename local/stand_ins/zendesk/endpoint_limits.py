"""The limits of single endpoints, beside the account's own (facts/zendesk.md 4).

Each counts a request and returns the headers that report it; RefusedError 429 where nothing was left.
"""

from __future__ import annotations

from collections.abc import Callable

from local.stand_ins.http.messages import Request
from local.stand_ins.zendesk.bodies import id_in
from local.stand_ins.zendesk.state import State

Limit = Callable[[State, Request, tuple[str, ...]], dict[str, str]]
_DEEP = 500  # pages of the list of tickets


def ticket_creation(state: State, _request: Request, _ids: tuple[str, ...]) -> dict[str, str]:
    """Limit POST ticket: per minute, and per second in accounts that do."""
    most, take = state.options.tickets_per_second, state.limits.take
    if most is not None:
        take("ticket creations of a second", most, 1)
    return take(
        "ticket creations",
        state.plan.ticket_creations_per_minute,
        header="ticket-request-create-by-user-and-ip",
    )


def ticket_update(state: State, _request: Request, ids: tuple[str, ...]) -> dict[str, str]:
    """Limit PUT ticket: per minute, and in ten minutes per user and ticket."""
    plan, take = state.plan, state.limits.take
    headers = take("ticket updates", plan.ticket_updates_per_minute, header="tickets-update")
    whose = (state.author_id, *ids)
    return headers | state.limits.take_ticket(plan.ticket_updates_per_ticket_and_user, whose)


def give_back_update(state: State, ticket_id: str) -> None:
    """Take back that an update of a ticket was counted."""
    state.limits.give_back("ticket updates")
    state.limits.give_back("updates of a ticket", (state.author_id, ticket_id), 600)


def ticket_deletion(state: State, _request: Request, _ids: tuple[str, ...]) -> dict[str, str]:
    """Limit DELETE ticket."""
    return state.limits.take(
        "ticket deletions", state.plan.ticket_deletions_per_minute, header="tickets-delete"
    )


def ticket_list(state: State, request: Request, _ids: tuple[str, ...]) -> dict[str, str]:
    """Limit the list of tickets; its depths have a limit of their own."""
    plan, take = state.plan, state.limits.take
    if (id_in(request.query.get("page", "1")) or 1) > _DEEP:
        return take("deep ticket lists", plan.deep_ticket_lists_per_minute, header="tickets-index-deep")
    return take("ticket lists", plan.ticket_lists_per_minute, header="tickets-index")


def user_second(state: State, _request: Request, _ids: tuple[str, ...]) -> dict[str, str]:
    """Limit what changes users: so many in a second for the account."""
    state.limits.take("user updates", state.plan.user_updates_per_second, 1)
    return {}


def user_update(state: State, request: Request, ids: tuple[str, ...]) -> dict[str, str]:
    """Limit PUT user: for the account, and in a minute per user changed."""
    user_second(state, request, ids)
    return one_user(state, ids[0])


def one_user(state: State, number: str) -> dict[str, str]:
    """Limit the updates of one user in a minute; the 429 names that user, personal data and all."""
    user = state.users.get(id_in(number) or 0)
    who = f"{user.shown['email'] or user.shown['name']} ({user.shown['external_id']})" if user else number
    return state.limits.take(
        "updates of a user",
        state.plan.user_updates_per_user,
        of=number,
        header="users-update",
        text=f"Number of allowed updates of user {who} exceeded",
    )


def search(state: State, _request: Request, _ids: tuple[str, ...]) -> dict[str, str]:
    """Limit search, which is not users/search."""
    return state.limits.take("searches", state.plan.searches_per_minute, header="search-index")


def voice(state: State, _request: Request, _ids: tuple[str, ...]) -> dict[str, str]:
    """Limit voice, which counts by five minutes."""
    return state.limits.take("voice", state.plan.voice_requests_per_five_minutes, 300, header="voice")
