"""Talk Partner Edition's screen pops (contract sheet, section 1.1)."""

from __future__ import annotations

from local.zendesk import errors
from local.zendesk.messages import Request, Response
from local.zendesk.records import Shown
from local.zendesk.state import State


def ticket(state: State, _request: Request, agent_id: str, ticket_id: str) -> Response:
    """POST /api/v2/channels/voice/agents/{id}/tickets/{id}/display."""
    known = (
        ticket_id.isdecimal()
        and int(ticket_id) in state.tickets
        and not state.tickets[int(ticket_id)].deleted
    )
    return _shown(state, agent_id, {"ticket": int(ticket_id)} if known else None)


def user(state: State, _request: Request, agent_id: str, user_id: str) -> Response:
    """POST /api/v2/channels/voice/agents/{id}/users/{id}/display."""
    known = user_id.isdecimal() and int(user_id) in state.users
    return _shown(state, agent_id, {"user": int(user_id)} if known else None)


def _shown(state: State, agent_id: str, what: Shown | None) -> Response:
    if not state.plan.talk_partner_edition:
        raise (
            errors.forbidden()
            if state.options.no_talk_partner_edition_status == 403
            else errors.invalid_endpoint()
        )
    agent = state.users.get(int(agent_id)) if agent_id.isdecimal() else None
    if agent is None or not agent.is_agent or what is None:
        return Response(404)
    state.pops.append({"agent": int(agent_id), **what, "at": state.now()})
    state.revision += 1
    return Response(200)
