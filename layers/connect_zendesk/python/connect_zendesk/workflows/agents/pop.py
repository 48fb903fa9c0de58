"""Shows tickets and users in agents' Zendesk tabs (P). A pop that fails is counted and fails nothing else."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from connect_zendesk.ledger import agent_pages, heads
from connect_zendesk.ledger.schema import HEAD, POP, POPS_REFUSED, WATCHERS
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.tickets.pop import LATEST, Pop, of_ticket
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import display
from connect_zendesk.zendesk.errors import NoEndpoint, NotAllowed, NotFound, ZendeskError

#: Where the ledger says that this account shows nothing (no Talk Partner Edition), for `doctor` to read.
STATE = POPS_REFUSED.key()

#: A 404 is also the answer for a ticket that was just deleted, or an agent who lost the role. So many of
#: one agent's, and not one pop between them, are that agent; those of so many agents are the account's plan.
_REFUSALS = 3
_PLAN = "plan"


def show(
    services: Services,
    agent: int | None,
    leg: Leg,
    pop: Pop | None,
    answers: datetime,
    *,
    rings: bool = False,
    page_asks: bool = True,
) -> bool:
    """Show an agent (a Zendesk user id) a ticket or a user; return whether Zendesk did.

    ``answers`` is the time of what the pop answers: 20 seconds later none is made any more (P6). ``rings``:
    the agent has not accepted the contact, and when they do, more may be shown. The same thing is shown once
    to an agent for a leg: a ticket that popped while the contact rang does not take the agent away from what
    they are looking at when they accept it. Where the agent has the agent app open, its page shows it, and
    nothing is sent to Zendesk (P8); but for what happens without anything happening in Amazon Connect, of
    which a page does not know (``page_asks``). Never raises `ZendeskError`.
    """
    if page_asks and agent is not None and agent_pages.page_of(services.ledger, agent) is not None:
        return _leave_to_page(services, agent, leg, pop, answers, rings=rings)
    if pop is None:
        return False
    if agent is None:
        return _no_pop(Metric.POP_WITHOUT_AGENT, leg, pop)
    if services.clock() - answers > LATEST:
        return _no_pop(Metric.POP_TOO_LATE, leg, pop)
    refused = services.ledger.flag(STATE)
    if refused is not None and _is_refused(refused.value, agent):
        return _no_pop(Metric.POP_NOT_POSSIBLE, leg, pop)
    shown = POP.key(root=leg.root_id, leg=leg.contact_id, agent=agent, what=pop.kind, id=pop.id)
    if not services.ledger.first(shown):
        return False
    try:
        (display.ticket if pop.kind == "ticket" else display.user)(services.zendesk, agent, pop.id)
    except ZendeskError as error:
        services.ledger.forget(shown)  # on accepting, it may still be shown
        if isinstance(error, NotAllowed | NotFound | NoEndpoint):
            refusing = _PLAN if isinstance(error, NotAllowed) else str(agent)
            services.ledger.change(STATE, lambda known: _with(known, refusing))
        return _no_pop(Metric.POP_FAILED, leg, pop, type(error).__name__)
    if refused is not None:
        services.ledger.remember(STATE, {})
    count(Metric.POP_SHOWN)
    logger.info("pop shown", contact=leg.root_id, leg=leg.contact_id, what=pop.kind)
    return True


def watch(services: Services, agent: int, leg: Leg, root: str, answers: datetime) -> None:
    """Show a supervisor, on their ``leg``, the monitored contact's ticket, now or once it is linked (P4)."""
    head = heads.head(services.ledger, root)
    if head is not None and head.ticket is not None:
        show(services, agent, leg, of_ticket(head.ticket), answers)
        return

    def add(known: Any) -> Any:
        others = [watcher for watcher in known or () if watcher["leg"] != leg.contact_id]
        return [*others, {"agent": agent, "leg": leg.contact_id}]

    services.ledger.change(WATCHERS.key(root=root), add)


def unwatch(services: Services, leg: Leg, root: str) -> None:
    """Forget a supervisor's ``leg``, which monitors a contact no longer."""
    if services.ledger.recall(WATCHERS.key(root=root)) is None:
        return

    def remove(known: Any) -> Any:
        return [watcher for watcher in known or () if watcher["leg"] != leg.contact_id]

    services.ledger.change(WATCHERS.key(root=root), remove)


def show_watchers(services: Services, leg: Leg, ticket: int | None, linked: datetime) -> None:
    """Show a contact's ticket, linked at that time, to the supervisors who watch and wait for it (P4).

    ``leg`` is any leg of the contact. To be called where a ticket is linked while the contact goes on.
    """
    services.ledger.look_again(HEAD.key(root=leg.root_id))
    watchers = services.ledger.recall(WATCHERS.key(root=leg.root_id))
    for watcher in watchers.value if watchers else ():
        watching = replace(leg, contact_id=watcher["leg"])
        show(services, watcher["agent"], watching, of_ticket(ticket), linked, page_asks=False)


def _leave_to_page(
    services: Services, agent: int, leg: Leg, pop: Pop | None, answers: datetime, *, rings: bool
) -> bool:
    """Leave a pop to the agent's page, which asks for it (P8): that there is none, too, or it would wait."""
    if services.clock() - answers > LATEST:
        return False if pop is None else _no_pop(Metric.POP_TOO_LATE, leg, pop)
    shown = (pop.kind, pop.id) if pop is not None else None
    agent_pages.offer(services.ledger, agent, leg.contact_id, leg.root_id, shown, rings=rings)
    if pop is not None:
        count(Metric.POP_LEFT_TO_PAGE)
        logger.info("pop left to the page", contact=leg.root_id, leg=leg.contact_id, what=pop.kind)
    return False


def _is_refused(refusals: Any, agent: int) -> bool:
    """Return whether a pop will be refused, by the refusals in a row: how many of each agent, or the plan."""
    known = _refusals(refusals)
    return _PLAN in known or len(known) >= _REFUSALS or known.get(str(agent), 0) >= _REFUSALS


def _with(refusals: Any, refusing: str) -> dict[str, int]:
    known = _refusals(refusals)
    return {**known, refusing: known.get(refusing, 0) + 1}


def _refusals(remembered: Any) -> dict[str, int]:
    """Return what is remembered of refusals; the release before this one kept a number alone."""
    return remembered if isinstance(remembered, dict) else {}


def _no_pop(metric: Metric, leg: Leg, pop: Pop, error: str | None = None) -> bool:
    count(metric)
    logger.info("pop not shown", contact=leg.root_id, what=pop.kind, why=metric.value, error=error)
    return False
