"""What would be decided about a contact that is going on, without doing it: for what pops before that."""

from dataclasses import replace
from typing import Any

from connect_zendesk.rules.contacts.contact import Agent, Leg
from connect_zendesk.rules.contacts.lookups import LookUp
from connect_zendesk.rules.tickets.ticket import Decision
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.contacts import copies
from connect_zendesk.workflows.contacts.copies import Copy
from connect_zendesk.workflows.tickets.decide import decide


def answered(copy: Copy, agent: Agent) -> Leg:
    """Return a contact's first leg as this agent has it: one that ended elsewhere goes on here."""
    return replace(copy.leg, agent=agent, ended=None, disconnect_reason=None, recordings=())


def preview(clients: Clients, copy: Copy, agent: Agent) -> Decision:
    """Return what would be decided if this agent answered now. Raises `ZendeskError`, `Throttled`.

    What has to be asked for it is kept with the copy, so that acceptance need not ask again.
    """
    asked: dict[LookUp, Any] = {}
    decision = decide(clients, answered(copy, agent), "alive", copy, asked)
    copies.add_answers(clients, copy, asked)
    return decision
