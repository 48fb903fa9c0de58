"""Talk Partner Edition's screen pops (facts/zendesk.md 1.1)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import id_in
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State


def ticket(state: State, _request: Request, agent_id: str, ticket_id: str) -> Response:
    """POST /api/v2/channels/voice/agents/{id}/tickets/{id}/display."""
    known = state.tickets.get(id_in(ticket_id) or 0)
    return _shown(state, agent_id, {"ticket": known.shown["id"]} if known and not known.deleted else None)


def user(state: State, _request: Request, agent_id: str, user_id: str) -> Response:
    """POST /api/v2/channels/voice/agents/{id}/users/{id}/display."""
    known = state.users.get(id_in(user_id) or 0)
    return _shown(state, agent_id, {"user": known.shown["id"]} if known else None)


def check_plan(state: State) -> None:
    """Refuse where the plan has no Talk Partner Edition: RefusedError 403 or 404, as the account does."""
    if not state.plan.talk_partner_edition:
        if state.options.no_talk_partner_edition_status == 403:
            raise errors.forbidden()
        raise errors.invalid_endpoint()


def agent_to_show(state: State, number: object) -> int | None:
    """Return the agent whom something that is being made is to be shown to; None where there is none.

    RefusedError 422 where that is no agent: it is looked at before anything is made.
    """
    if number is None:
        return None
    agent = state.users.get(id_in(number) or 0)
    if agent is None or not agent.is_agent:
        raise errors.invalid_record(
            "display_to_agent", "Display to agent: is not a valid agent", "InvalidValue"
        )
    return int(agent.shown["id"])


def show(state: State, agent_id: int, what: Shown) -> None:
    """Push something to an agent's browser."""
    state.pops.append({"agent": agent_id, **what, "at": state.now()})
    state.revision += 1


def _shown(state: State, agent_id: str, what: Shown | None) -> Response:
    check_plan(state)
    agent = state.users.get(id_in(agent_id) or 0)
    if agent is None or not agent.is_agent or what is None:
        return Response(404)
    show(state, int(agent.shown["id"]), what)
    return Response(200)
