"""POST /api/v2/channels/voice/tickets: a call's ticket, shown to an agent (facts/zendesk.md 1.1)."""

from __future__ import annotations

from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import object_in, whole
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.talk import display
from local.stand_ins.zendesk.tickets.creation import answer, made

_CHANNELS = (44, 45, 46)  # voicemail, incoming call, outgoing call


def create(state: State, request: Request) -> Response:
    """Make a ticket; RefusedError 422 and nothing made where the agent to show it to is none.

    403 or 404 on a plan without Talk Partner Edition, 422 without a `via_id` of a call.
    """
    display.check_plan(state)
    agent = display.agent_to_show(state, whole(request).get("display_to_agent"))
    asked = object_in(request, "ticket")
    via_id = asked.get("via_id")
    if isinstance(via_id, bool) or via_id not in _CHANNELS:
        raise errors.invalid_record("via_id", "Via: must be 44, 45 or 46", "InvalidValue")
    ticket = made(state, asked)
    if agent is not None:
        display.show(state, agent, {"ticket": ticket.shown["id"]})
    return answer(ticket)
