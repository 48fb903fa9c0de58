"""What is decided about a contact, and why, as of each kind of event."""

import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from io import StringIO
from typing import Any

from connect_zendesk.amazon_connect import agent_event, contact_event, contact_flow
from connect_zendesk.amazon_connect.contact_flow import NotAFlowEvent
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.detail_types import ATTACHMENT_REQUESTED, ZENDESK_EVENT
from connect_zendesk.ledger import snapshots
from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.facts import Facts
from connect_zendesk.rules.contacts.kinds import origin_of
from connect_zendesk.rules.contacts.lookups import Known, Unknown
from connect_zendesk.rules.model import NewUser
from connect_zendesk.rules.settings.settings import Resolved
from connect_zendesk.rules.tickets import attachment, notice, pop, ticket_fields
from connect_zendesk.rules.tickets.attachment import NotAnAttachment
from connect_zendesk.rules.tickets.pop import Pop
from connect_zendesk.rules.tickets.ticket_decision import Decision, Stage
from connect_zendesk.workflows.contact_events.accept import FOR_A_FIRST_AGENT
from connect_zendesk.workflows.contacts.first_leg import as_it_began, first_leg
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.decide import decide
from connect_zendesk.workflows.tickets.look_ups import look_up
from local.explain import file_explanation, reported_call, zendesk_events
from local.flows.walked_contacts import WalkedContacts
from local.replay.events import (
    AgentEvent,
    BusEvent,
    ContactEvent,
    Event,
    FlowCall,
    FlowWalk,
    InZendesk,
    OtherBusEvent,
    StoredFile,
    StreamRecord,
    WebhookCall,
)
from local.replay.in_process import InProcess

Explanation = dict[str, Any]

_NOTHING_DECIDED = "an event at which nothing is decided"
_NO_TICKET_EVENT = "not an event of a ticket"
_NO_CONTACT_FILE = "not a transcript or an analysis of a contact"
_NO_RECORD = "no contact record in it"


def explanations_of(stack: InProcess, events: list[Event]) -> list[Explanation | str]:
    """Return an explanation of each event, or the reason why it cannot be read.

    The contacts of records, and of what a flow sends, are known to the events that carry no number. A later
    leg is explained together with the first one, where that is among the events or known to Amazon Connect.
    Flows are walked first: what they set is on the records.
    """
    walked = _walk(stack, events)
    events = [walked.complete(event) for event in events]
    first_legs = {leg.root_id: leg for event in events if (leg := event.leg) and leg.is_root}
    for event in events:
        if isinstance(event, StreamRecord) and (leg := event.leg) and leg.is_root:
            stack.connect.contacts.add(json.loads(event.data))
    explanations: list[Explanation | str] = []
    for event in events:
        if event.at is not None:
            stack.clock.move_to(event.at)
        if isinstance(event, FlowWalk):
            explanations.append(_of_flow_walk(stack, event, walked))
        else:
            explanations.append(_explanation_of(stack, event, first_legs))
    return explanations


def _walk(stack: InProcess, events: list[Event]) -> WalkedContacts:
    """Walk through the flows among some events. Look-ups are made; a ticket is not opened."""

    def ask(folder: str, event: dict[str, Any]) -> dict[str, Any]:
        return stack.invoke_flow(folder, event) if folder == "customer_lookup" else {"status": "not found"}

    walked = WalkedContacts()
    with redirect_stdout(StringIO()):  # the functions' metrics are no part of the answer
        for event in events:
            if isinstance(event, FlowWalk):
                walked.walk(event, ask)
    return walked


def _explanation_of(stack: InProcess, event: Event, first_legs: Mapping[str, Leg]) -> Explanation | str:
    try:
        match event:
            case ContactEvent(envelope):
                return _of_contact_event(stack, envelope)
            case AgentEvent(content):
                return _of_agent_event(stack, content)
            case FlowCall():
                return _of_flow_call(stack, event)
            case BusEvent() if event.detail_type == ATTACHMENT_REQUESTED:
                return _of_attachment(stack, event.detail)
            case BusEvent() if event.detail_type == ZENDESK_EVENT:
                return zendesk_events.of_event(stack, event.detail) or _NO_TICKET_EVENT
            case OtherBusEvent(content):
                return zendesk_events.of_other_bus(stack, content) or _NO_TICKET_EVENT
            case WebhookCall(body):
                return zendesk_events.of_webhook(stack, body) or _NO_TICKET_EVENT
            case StoredFile():
                return file_explanation.of_file(stack, event, first_legs) or _NO_CONTACT_FILE
            case InZendesk():
                return _nothing(None, None, "in Zendesk", "K3", wording.IN_ZENDESK_EXPLAINED)
            case _:
                return _of_record(stack, event.leg, first_legs) if event.leg else _NO_RECORD
    except (NotAContactRecord, NotAFlowEvent, NotAnAttachment) as reason:
        return str(reason)


def _of_record(stack: InProcess, leg: Leg, first_legs: Mapping[str, Leg]) -> Explanation:
    explained, origin = _explained(stack.services, leg, "ended", "contact record"), None
    if not leg.decides and not leg.is_monitoring:
        first = first_legs.get(leg.root_id) or _described(stack, leg)
        known = _explained(stack.services, first, "ended", "contact record") if first else None
        explained["first_leg"] = known and known["decision"]
        origin = origin_of(first) if first else None
    has_ticket = (explained.get("first_leg") or explained["decision"])["action"] != "none"
    if has_ticket and leg.channel == "VOICE" and not leg.is_monitoring:
        explained["call"] = reported_call.of_leg(stack.services, leg, origin)
    return explained


def _of_contact_event(stack: InProcess, envelope: Mapping[str, Any]) -> Explanation:
    event = contact_event.parse(envelope.get("detail") or {}, envelope.get("time"))
    if event.kind != contact_event.CONNECTED or event.leg.is_monitoring:
        return _undecided(event.leg, event.kind, _NOTHING_DECIDED)
    return _of_living(stack, event.leg, event.kind)


def _of_agent_event(stack: InProcess, content: Mapping[str, Any]) -> Explanation:
    event = agent_event.parse(content)
    for leg in event.legs("ringing"):
        return _of_living(stack, leg, "ringing")
    for change, leg in event.changes:
        return _undecided(leg, change, _NOTHING_DECIDED)
    return _nothing(None, None, "agent event", "T14", "no contact of the agent has changed")


def _of_living(stack: InProcess, leg: Leg, kind: str) -> Explanation:
    """Explain what an agent sees: the contact's first leg decides, its later legs show what it decided."""
    snapshot = first_leg(stack.services, leg.root_id, leg.instance_arn)
    if snapshot is None:
        return _undecided(leg, kind, "Amazon Connect does not know the contact (see --connect)")
    snapshot = as_it_began(stack.services, snapshot, leg if kind == contact_event.CONNECTED else None)
    queue = leg.queue if leg.decides and leg.queue is not None else snapshot.leg.queue
    first = replace(snapshot.leg, agent=leg.agent, ended=None, recordings=(), queue=queue)
    explained = _explained(stack.services, first, "alive", kind)
    if leg.decides or leg.initiation_method in FOR_A_FIRST_AGENT:
        return explained | {"leg": leg.contact_id}
    joining = _undecided(leg, kind, wording.JOINING_EXPLAINED, "T12")
    decided = explained["decision"]
    shown = {"kind": "ticket", "id": decided["ticket"]} if decided["action"] != "leave_to_agent" else None
    return explained | joining | {"first_leg": decided, "pop": shown or explained["pop"]}


def _of_flow_call(stack: InProcess, call: FlowCall) -> Explanation:
    leg = contact_flow.parse(call.event, stack.clock()).leg
    snapshots.keep(stack.services.ledger, leg)
    first = as_it_began(stack.services, Snapshot(leg, stack.clock())).leg
    return _explained(stack.services, first, "alive", f"contact flow, {call.function}")


def _of_flow_walk(stack: InProcess, walk: FlowWalk, walked: WalkedContacts) -> Explanation:
    leg = contact_flow.parse(walked.event_of(walk), stack.clock()).leg
    snapshots.keep(stack.services.ledger, leg)
    return _explained(stack.services, leg, "alive", f"contact flow, {walk.flow}")


def _of_attachment(stack: InProcess, detail: Mapping[str, Any]) -> Explanation:
    command = attachment.parse(detail, stack.clock())
    target = f"ticket {command.ticket}" if command.ticket else f"a new ticket for user {command.user or '?'}"
    return {
        "contact": command.contact,
        "leg": None,
        "event": "attachment",
        "decision": {
            "action": "attach",
            "ticket": command.ticket,
            "requester": command.user,
            "rule": "A1",
            "reasons": [{"rule": "A1", "text": wording.ATTACHMENT_EXPLAINED.format(target=target)}],
        },
    }


def _undecided(leg: Leg, kind: str, text: str, rule: str = "T14") -> Explanation:
    return _nothing(leg.root_id, leg.contact_id, kind, "T11" if leg.is_monitoring else rule, text)


def _nothing(contact: str | None, leg: str | None, kind: str, rule: str, text: str) -> Explanation:
    return {
        "contact": contact,
        "leg": leg,
        "event": kind,
        "decision": {
            "action": "none",
            "ticket": None,
            "requester": None,
            "rule": rule,
            "reasons": [{"rule": rule, "text": text}],
        },
    }


def _explained(services: Services, leg: Leg, stage: Stage, kind: str) -> Explanation:
    decision = decide(services, leg, stage)
    customer = decision.customer or _customer(services, leg, decision)
    requester = decision.requester
    explained: Explanation = {
        "contact": leg.root_id,
        "leg": leg.contact_id,
        "event": kind,
        "settings": {name: _setting(resolved) for name, resolved in decision.settings.by_name.items()},
        "customer": {
            "kind": customer.kind,
            "user": customer.user.id if customer.user else None,
            "by": customer.by,
        },
        "decision": {
            "action": decision.action,
            "ticket": decision.ticket,
            "requester": None if requester is None or isinstance(requester, NewUser) else requester.id,
            "rule": decision.rule,
            "reasons": [{"rule": reason.rule, "text": reason.text} for reason in decision.reasons],
        },
    }
    if decision.action == "create" and (fields := ticket_fields.of_contact(leg, services.app).given):
        explained["ticket_fields"] = [asdict(each) for each in fields]
    if kind in ("ringing", contact_event.CONNECTED):
        explained["pop"] = _pop(pop.of_decision(decision), kind, leg, decision)
        given = notice.of_decision(decision, services.app)
        explained["notices"] = [{"rule": each.rule, "text": each.text} for each in given]
    return explained


def _pop(shown: Pop | None, kind: str, leg: Leg, decision: Decision) -> dict[str, Any] | None:
    """Return what the agent is shown; an automatic acceptance shows the ticket, which may be made first."""
    if kind == "ringing" and not pop.pops_ringing(leg, decision.settings):
        return None
    if kind == contact_event.CONNECTED and decision.action in ("create", "follow_up"):
        return {"kind": "ticket", "id": None}
    return {"kind": shown.kind, "id": shown.id} if shown else None


def _described(stack: InProcess, leg: Leg) -> Leg | None:
    snapshot = first_leg(stack.services, leg.root_id, leg.instance_arn)
    return snapshot.leg if snapshot else None


def _customer(services: Services, leg: Leg, decision: Decision) -> Customer:
    """Find out who the customer is though no rule asked: the reader of an explanation wants to know."""
    known = Known()
    while True:
        try:
            return Facts(leg, services.app, decision.settings, known).customer
        except Unknown as missing:
            known = known.with_answer(missing.look_up, look_up(services, missing.look_up))


def _setting(resolved: Resolved[Any]) -> dict[str, Any]:
    value = list(resolved.value) if isinstance(resolved.value, tuple) else resolved.value
    warning = "; ".join(str(warning) for warning in resolved.warnings) or None
    return {"value": value, "source": resolved.source, "raw": resolved.raw, "warning": warning}
