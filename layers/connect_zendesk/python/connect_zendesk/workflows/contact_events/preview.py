"""What would be decided about a contact that is going on, without doing it: for what pops before that."""

from dataclasses import replace
from typing import Any

from connect_zendesk.ledger import snapshots
from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.rules.contacts.contact import Agent, Leg
from connect_zendesk.rules.contacts.lookups import LookUp
from connect_zendesk.rules.tickets.ticket_decision import Decision
from connect_zendesk.workflows.contacts.first_leg import as_it_began
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.decide import decide


def answered(snapshot: Snapshot, agent: Agent) -> Leg:
    """Return a contact's first leg as this agent has it: one that ended elsewhere goes on here."""
    return replace(snapshot.leg, agent=agent, ended=None, disconnect_reason=None, recordings=())


def preview(services: Services, snapshot: Snapshot, agent: Agent) -> Decision:
    """Return what would be decided if this agent answered now. Raises `ZendeskError`, `Throttled`.

    What has to be asked for it is kept with the snapshot, so that acceptance need not ask again.
    """
    snapshot = as_it_began(services, snapshot)
    asked: dict[LookUp, Any] = {}
    decision = decide(services, answered(snapshot, agent), "alive", snapshot, asked)
    snapshots.add_answers(services.ledger, snapshot, asked)
    return decision
