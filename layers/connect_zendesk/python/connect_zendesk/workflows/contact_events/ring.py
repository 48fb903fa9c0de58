"""Shows an agent what is known of a contact while it rings, and a supervisor what they watch (P1, P4, P5).

From the agent event stream. Nothing is created here, and nothing is retried: a pop that is late is worse
than none.
"""

from datetime import datetime

from connect_zendesk.amazon_connect.agent_event import AgentEvent
from connect_zendesk.amazon_connect.contact_event import monitored_contact
from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.ledger import heads
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Agent, Leg
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.tickets import pop as pops
from connect_zendesk.rules.tickets.pop import LATEST, Pop
from connect_zendesk.workflows.agents import agents, pop
from connect_zendesk.workflows.contact_events.preview import preview
from connect_zendesk.workflows.contacts.first_leg import first_leg
from connect_zendesk.workflows.contacts.side_tasks import as_own_contact
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.errors import ZendeskError


def handle(services: Services, event: AgentEvent) -> None:
    """Show what an agent event asks for. What Zendesk or Amazon Connect do not answer is counted and left."""
    ringing = [leg for leg in event.legs("ringing") if not leg.is_monitoring]
    watching = [leg for leg in event.legs("connected") if leg.is_monitoring]
    for leg in event.legs("ended"):
        if leg.is_monitoring and (root := monitored_contact(leg)) is not None:
            pop.unwatch(services, leg, root)
    if not ringing and not watching:
        return
    if services.clock() - event.at > LATEST:
        count(Metric.POP_TOO_LATE, len(ringing) + len(watching))
        return
    try:
        agent = agents.zendesk_id(services, event.agent.username, event.agent.arn)
        for leg in ringing:
            if agent is not None:
                pop.show(services, agent, leg, shown(services, leg, event.agent), event.at, rings=True)
            else:
                count(Metric.POP_WITHOUT_AGENT)
        for leg in watching:
            _watch(services, agent, leg, event.at)
    except (ZendeskError, Throttled) as error:
        count(Metric.POP_FAILED)
        logger.info("pop not shown", why=type(error).__name__)


def shown(services: Services, leg: Leg, agent: Agent) -> Pop | None:
    """Return what pops while a leg rings: the ticket that is linked or would be, else the user (P1).

    Raises `ZendeskError` and `Throttled`.
    """
    leg = as_own_contact(services, leg)
    snapshot = first_leg(services, leg.root_id, leg.instance_arn)
    if snapshot is None or not pops.pops_ringing(leg, settings_of(snapshot.leg, services.app)):
        return None
    head = heads.head(services.ledger, leg.root_id)
    if head is not None and head.ticket is not None:
        return pops.of_ticket(head.ticket)
    return pops.of_decision(preview(services, snapshot, agent))


def _watch(services: Services, agent: int | None, leg: Leg, began: datetime) -> None:
    root = monitored_contact(leg)
    if agent is not None and root is not None:
        pop.watch(services, agent, leg, root, began)
