"""Keeps calls on tickets up to date through the Calls API (M5), and asks for a check where there is a doubt.

A change has no condition in Zendesk. So it is always made from the newest record of the leg, under a lock:
of two containers, the last to write has the newest. What is carried out late, `call_checks` puts right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.detail_types import CALL_CHECK_DUE
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.schema import leg_step
from connect_zendesk.ledger.steps import result_of
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.tickets import call_report
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.open_ticket import view_of
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.zendesk import calls
from connect_zendesk.zendesk.errors import NoEndpoint, NotAllowed, NotFound, Refused

#: How often a ticket is looked at for a call that was in doubt, and after how many seconds each.
CHECKS, CHECK_SECONDS = 4, 900


@dataclass(frozen=True)
class Attempts:
    """Attempts at a leg's call: on which ticket, under which external id, and since when there were any."""

    ticket: int
    name: str
    since: datetime


def ask_for_check(services: Services, leg: Leg, tried: Attempts, left: int = CHECKS) -> None:
    """Have a ticket looked at later, ``left`` times: a call of a leg may be there twice, or out of date."""
    detail = {
        "contact": leg.root_id,
        "leg": leg.contact_id,
        "ticket": tried.ticket,
        "external_id": tried.name,
        "since": tried.since.isoformat(),
        "left": left,
    }
    services.messages.send_delayed(CALL_CHECK_DUE, detail, CHECK_SECONDS)


def on_ticket(services: Services, tried: Attempts) -> tuple[int | None, ...]:
    """Return the ids of the calls that came of some attempts; none where the ticket is deleted (T12)."""
    try:
        return calls.on_ticket(services.zendesk, tried.ticket, tried.name, tried.since)
    except NotFound:
        return ()


def agent_of(services: Services, leg: Leg) -> int | None:
    """Return the Zendesk id of a leg's agent, or None."""
    return agents.zendesk_id(services, leg.agent.username, leg.agent.arn) if leg.agent else None


def bring_up_to_date(
    services: Services, leg: Leg, head: Head, ids: Sequence[int | None], *, look: bool = False
) -> bool:
    """Have calls say what the newest record of a leg says. ``look``: only where they say something else.

    Returns whether they do: not where another container has changed them meanwhile, and ours came last.
    Raises `Conflict` where another container is at it, and `ZendeskError`.
    """
    lock = leg_step(leg.root_id, leg.contact_id, f"call-lock#{leg.contact_id}")
    with exclusive_lock(services.ledger, lock) as is_held:
        newest = records.newest_leg(services, leg.root_id, leg.contact_id)
        if newest is not None and newest.updated > leg.updated:
            leg = newest
        wanted = call_report.call(view_of(services, leg, head), agent_of(services, leg))
        for call in ids:
            if call is None:
                logger.info("call not changed: its comment does not say its id", contact=leg.root_id)
            elif change := _differing(services, call, wanted) if look else wanted:
                _update(services, leg, call, change)
        return is_held()


def report_doubles(services: Services, leg: Leg, tried: Attempts, times: int) -> None:
    """Count a call that is on its ticket more than once, and say so there; once for each number of times."""
    step = leg_step(leg.root_id, leg.contact_id, f"call-twice#{tried.name}#{times}")
    if times < 2 or result_of(services.ledger, step) is not None:
        return
    line = wording.CALL_TWICE.format(times=times, contact=leg.contact_id)
    add_note(services, step, tried.ticket, [line], leg.root_id)
    count(Metric.CALL_TWICE)
    logger.warning("call on its ticket more than once", contact=leg.root_id, ticket=tried.ticket, rule="T14")


def _differing(services: Services, call: int, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a call says otherwise than wanted; what Zendesk does not show of it counts as right."""
    shown = calls.by_id(services.zendesk, call) or {}
    return {name: value for name, value in wanted.items() if name in shown and shown[name] != value}


def _update(services: Services, leg: Leg, call: int, change: Mapping[str, Any]) -> None:
    """Change a call, without what Zendesk refuses of that (T16)."""
    try:
        try:
            calls.update(services.zendesk, call, change)
        except Refused as refused:
            rest = call_report.without(change, refused.fields)
            if not rest or len(rest) == len(change):
                raise
            calls.update(services.zendesk, call, rest)
    except (Refused, NotAllowed, NotFound, NoEndpoint) as refused:
        note_refused(leg, str(refused))
    else:
        count(Metric.CALL_UPDATED)


def note_refused(leg: Leg, reason: str) -> None:
    """Log and count that Zendesk did not take a call. ``reason`` has nothing personal in it."""
    count(Metric.CALL_REFUSED)
    logger.warning("call refused by the Calls API", contact=leg.root_id, reason=reason, rule="M5")
