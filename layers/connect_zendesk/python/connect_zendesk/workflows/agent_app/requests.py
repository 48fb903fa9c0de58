"""What a page of the agent app can ask for: what it sends is read here, and what it gets is made here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connect_zendesk.http_messages import Rejected
from connect_zendesk.workflows.agent_app import (
    attachments,
    pops,
    recording,
)
from connect_zendesk.workflows.agent_app import dialled as dialled_
from connect_zendesk.workflows.agent_app import (
    here as here_,
)
from connect_zendesk.workflows.agent_app import (
    overview as overview_,
)
from connect_zendesk.workflows.agent_app.attachments import Asked, Outcome
from connect_zendesk.workflows.services import Services

_ARN = re.compile(r"arn:[A-Za-z0-9:/_.@-]{1,300}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True)
class Answer:
    """A status, and what is answered as JSON; None: nothing."""

    status: int
    content: Mapping[str, Any] | None = None


def overview(services: Services, agent: int, _named: str, _body: Mapping[str, Any]) -> Answer:
    """``GET /overview``: the contacts that the agent is on, or was on until ten minutes ago."""
    return Answer(200, overview_.overview(services, agent))


def here(services: Services, agent: int, _named: str, body: Mapping[str, Any]) -> Answer:
    """``POST /here`` ``{agent_arn}``: the page is open; the overview, and what is wrong with the agent."""
    arn = body.get("agent_arn")
    if arn is not None and not (isinstance(arn, str) and _ARN.fullmatch(arn)):
        raise Rejected(422, "no ARN")
    problem = here_.report(services, agent, arn)
    return Answer(200, {**overview_.overview(services, agent), "problem": problem})


def pop(services: Services, agent: int, leg: str, body: Mapping[str, Any]) -> Answer:
    """``PUT /pops/{leg}`` ``{answered}``: the ticket or user that the page is to show now, once."""
    return Answer(200, pops.claim(services, agent, leg, answered=body.get("answered") is True))


def attach(services: Services, agent: int, _named: str, body: Mapping[str, Any]) -> Answer:
    """``POST /attachments`` ``{id, contact?, ticket|user|new}``."""
    targets = [name for name in ("ticket", "user", "new") if body.get(name)]
    if len(targets) != 1 or (targets == ["new"] and body["new"] is not True):
        raise Rejected(422, "expected one of ticket, user and new")
    name, contact = body.get("id"), body.get("contact")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Rejected(422, "no id")
    if contact is not None and not (isinstance(contact, str) and _NAME.fullmatch(contact)):
        raise Rejected(422, "no contact")
    asked = Asked(name, _number(body, "ticket"), _number(body, "user"), targets == ["new"], contact)
    return _of_outcome(attachments.ask(services, agent, asked))


def attached(services: Services, agent: int, named: str, _body: Mapping[str, Any]) -> Answer:
    """``GET /attachments/{id}``: what came of it."""
    return _of_outcome(attachments.outcome(services, agent, named))


def switch_recording(services: Services, agent: int, leg: str, body: Mapping[str, Any]) -> Answer:
    """``PUT /recordings/{leg}`` ``{paused}``."""
    paused = body.get("paused")
    if not isinstance(paused, bool):
        raise Rejected(422, "expected paused: true or false")
    state = recording.switch(services, agent, leg, paused=paused)
    return Answer(409 if state == "off" else 200, {"recording": state})


def dialled(services: Services, agent: int, leg: str, body: Mapping[str, Any]) -> Answer:
    """``PUT /dialled/{leg}`` ``{ticket?, user?}``: what the call was dialled from in Zendesk."""
    ticket, user = _number(body, "ticket"), _number(body, "user")
    if ticket is None and user is None:
        raise Rejected(422, "expected ticket or user")
    dialled_.tie(services, agent, leg, ticket=ticket, user=user)
    return Answer(204)


def _of_outcome(outcome: Outcome) -> Answer:
    if outcome.which:
        return Answer(409, {"which": list(outcome.which)})
    if outcome.problem is not None:
        return Answer(422, {"problem": outcome.problem})
    if outcome.ticket is None:
        return Answer(202, {"contact": outcome.contact})
    return Answer(200, {"contact": outcome.contact, "ticket": outcome.ticket})


def _number(body: Mapping[str, Any], field: str) -> int | None:
    value = body.get(field)
    if not value:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise Rejected(422, f"{field}: expected a number, 1 or more")
    return value
