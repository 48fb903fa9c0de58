"""Kinds of contacts in which an agent's hand, a flow or a ticket event has a part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connect_zendesk.detail_types import ATTACHMENT_REQUESTED
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets.macro_tags import ATTACH
from local.contact_centre.legs import Leg
from local.contact_centre.population import Agent
from tests.flows import flow_event
from tests.simulation.simulator import people
from tests.simulation.simulator.contacts import Contact, Maker, know, sends
from tests.tasks import FLOW
from tests.unit.zendesk.test_partner_event import envelope as partner_event
from tests.voice_authentication import ID, ON, STATUS

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

MANUAL = {"ticket_assignment": "agent"}
_URGENT, _BY_PARTNER = "Urgent", "From elsewhere"
#: How long an agent goes on to press a button that gets no answer.
_PRESSED_AGAIN = (2, 4, 8, 30, 120, 300, 900)
_TAKEN = (200, 202)


#: The app settings of every run, as an administrator's file has them.
APP_SETTINGS: Mapping[str, Any] = {
    "connect_instance_url": "https://acme.example",
    "missed_contact_tickets": ["voicemail"],
    "caller_authentication": {"source": "attributes"},
    "task_rules": [
        {
            "name": _URGENT,
            "events": ["priority_changed"],
            "when": {"priority": "urgent", "tags_none": "elsewhere"},
            "task": {"contact_flow": FLOW},
        },
        {
            "name": _BY_PARTNER,
            "events": ["priority_changed"],
            "when": {"tags_any": ["elsewhere"]},
            "task": {"contact_flow": FLOW},
        },
    ],
}


def settings() -> AppSettings:
    """Return the app settings of every run."""
    read, problems = app_settings.read(APP_SETTINGS)
    assert not problems, problems
    return read


# Attachments


def attached_by_app(maker: Maker) -> Contact:
    """An agent attaches a call to another ticket with the agent app's button."""
    contact, leg, user = _left_to_agent(maker)
    number = people.ticket(maker.number)

    def press(world: World, attempt: int = 0) -> None:
        body = {"id": f"button-{maker.id}", "ticket": number, "contact": leg.contact_id}

        def answered(status: int, _: Any) -> None:
            world.say(f"{maker.id}: the button is answered {status}")
            contact.due.asked |= status in (*_TAKEN, 0, 503)
            if status in _TAKEN:
                contact.due.ticket = number
            elif status not in (409, 422) and attempt < len(_PRESSED_AGAIN):
                world.scheduler.after(_PRESSED_AGAIN[attempt], lambda: press(world, attempt + 1))

        world.ask_app(user, "POST", "/attachments", body, answered)

    contact.at(_within(maker, leg), f"attach to {number} by the app", press)
    return contact


def attached_by_bus(maker: Maker) -> Contact:
    """A command on the bus attaches a call to another ticket, during it or after."""
    contact, leg, user = _left_to_agent(maker)
    number = people.ticket(maker.number)
    at = maker.random.choice((_within(maker, leg), leg.ended + maker.seconds(1, 500)))
    detail = {
        "id": f"command-{maker.id}",
        "agent": user,
        "at": at.isoformat(),
        "contact": leg.contact_id,
        "ticket": number,
    }

    def command(world: World) -> None:
        contact.due.asked = True
        world.messages.put_event(ATTACHMENT_REQUESTED, detail)

    contact.at(at, f"attach to {number} by the bus", command)
    return contact


def attached_by_macro(maker: Maker) -> Contact:
    """An agent uses a macro on another ticket: its tag attaches the call, and is taken off again."""
    contact, leg, user = _left_to_agent(maker, people.own_agent(maker.number))
    number = people.ticket(maker.number)

    def use(world: World) -> None:
        answer = world.in_zendesk(
            user,
            "PUT",
            f"/api/v2/tickets/{number}/tags",
            {"tags": [ATTACH]},
        )
        contact.due.asked = answer.status < 300
        if answer.status < 300:
            contact.due.untagged = ATTACH

    contact.at(_within(maker, leg), f"attach to {number} by a macro", use)
    return contact


def _left_to_agent(maker: Maker, agent: Agent | None = None) -> tuple[Contact, Leg, int]:
    """Return a call that is left to its agent, its leg, and the agent's user."""
    leg = maker.leg(attributes=MANUAL, agent=agent)
    assert leg.agent is not None
    contact = maker.contact(
        reported=(leg.contact_id,), voices=(leg.contact_id,), other=people.ticket(maker.number)
    )
    sends(contact, maker, leg)
    return contact, leg, people.agent_user(leg.agent)


def _within(maker: Maker, leg: Leg) -> datetime:
    """Return a time while a leg's agent is on it."""
    assert leg.connected is not None
    return leg.connected + (leg.ended - leg.connected) * maker.random.uniform(0.1, 0.9)


# Recordings


def paused(maker: Maker) -> Contact:
    """An agent pauses the recording of a call and goes on with it."""
    leg = maker.leg(attributes={"pause_recording": "true"})
    assert leg.agent is not None
    assert leg.connected is not None
    user = people.agent_user(leg.agent)
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg)
    third = (leg.ended - leg.connected) / 3
    asked: list[bool] = []
    for number, wanted in ((1, True), (2, False)):
        at = leg.connected + number * third - timedelta(seconds=5)
        contact.at(at, "pause" if wanted else "resume", _switches(contact, leg, user, asked, wanted=wanted))
    return contact


def _switches(contact: Contact, leg: Leg, user: int, asked: list[bool], *, wanted: bool) -> Any:
    def happen(world: World) -> None:
        asked.append(wanted)
        number = len(asked)

        def answered(status: int, content: Any) -> None:
            world.say(f"{contact.id}: asked for {'pause' if wanted else 'recording'}: {status} {content}")
            if status == 200 and content["recording"] in ("paused", "on"):
                now = dict(world.connect.contacts.recording(leg.contact_id))
                right = {"AGENT": "suspended" if content["recording"] == "paused" else "on"}
                is_last = number == len(asked)  # else Amazon Connect may have done the next by now
                if world.clock() < leg.ended and is_last and now != right:
                    contact.wrong.append(f"was told {content['recording']}, and Amazon Connect says {now}")

        world.ask_app(user, "PUT", f"/recordings/{leg.contact_id}", {"paused": wanted}, answered)

    return happen


# Contact flows


def opened_by_flow(maker: Maker) -> Contact:
    """A flow looks up the customer and opens the ticket before any agent."""
    leg = maker.leg()
    contact = maker.contact(reported=(leg.contact_id,), voices=(leg.contact_id,), requester="caller")
    looked = flow_event(contact=leg.contact_id, caller=leg.customer, parameters={"search_by": "phone"})
    opened = flow_event(contact=leg.contact_id, caller=leg.customer)
    contact.at(maker.began + timedelta(milliseconds=200), "looks up", _asks(leg, "customer_lookup", looked))
    contact.at(
        maker.began + timedelta(milliseconds=700), "opens a ticket", _asks(leg, "ticket_creation", opened)
    )
    sends(contact, maker, leg)
    return contact


def _asks(leg: Leg, folder: str, event: Mapping[str, Any]) -> Any:
    def happen(world: World) -> None:
        know(world, leg, world.clock())
        world.ask_flow(folder, event, lambda answer: world.say(f"the flow is told {answer.get('status')}"))

    return happen


# Caller authentication


def authenticated(maker: Maker) -> Contact:
    """Two calls of one customer, whose voice authentication a partner has put into attributes."""
    speaker = f"speaker-{maker.number}"
    words = [maker.random.choice(("ENROLLED", "OPTED_OUT")) for _ in range(2)]
    first = maker.leg(attributes={**ON, ID: speaker, STATUS: words[0]})
    second = maker.leg(
        attributes={**ON, ID: speaker, STATUS: words[1]}, began=first.ended + maker.seconds(60, 3000)
    )
    second.contact_id = f"{maker.id}-again"
    both = (first.contact_id, second.contact_id)
    contact = maker.contact(reported=both, voices=both, requester="caller", fields=(speaker, words[1]))
    for leg in (first, second):
        sends(contact, maker, leg)
    return contact


# Tasks


def task(maker: Maker) -> Contact:
    """A ticket becomes urgent: a task, which an agent accepts and completes."""
    number = people.ticket(maker.number)
    contact = maker.contact(ticket=number, tasks={_URGENT: 1})
    agent = maker.agent()

    def urgent(world: World) -> None:
        answer = world.in_zendesk(
            people.agent_user(people.AGENTS[0]),
            "PUT",
            f"/api/v2/tickets/{number}",
            {"ticket": {"priority": "urgent"}},
        )
        if answer.status >= 300:
            contact.due.tasks = {}
            return
        _wait_for_task(world, 0)

    def _wait_for_task(world: World, times: int) -> None:
        made = tasks_of(world, number)
        if not made:
            if times < 20:
                world.scheduler.after(
                    60 * 2**times if times < 10 else 86_400, lambda: _wait_for_task(world, times + 1)
                )
            return
        began = world.clock()
        leg = Leg(made[0]["ContactId"], "TASK", "API", began, began, name=f"Zendesk-{number}")
        leg.attributes = dict(made[0]["Attributes"])
        leg.queue, leg.enqueued, leg.offered = ("q1", "Support"), began, began + timedelta(seconds=2)
        leg.agent, leg.connected = agent, began + timedelta(seconds=5)
        leg.ended, leg.wrapped_up = began + timedelta(minutes=4), began + timedelta(minutes=5)
        leg.reason = "AGENT_COMPLETED"
        contact.due.reported = (leg.contact_id,)
        contact.roots = (leg.contact_id,)
        before = len(contact.happenings)
        sends(contact, maker, leg)
        for happening in contact.happenings[before:]:
            world.scheduler.at(happening.at, lambda do=happening.do: do(world))  # type: ignore[misc]

    contact.at(maker.began, f"ticket {number} becomes urgent", urgent)
    return contact


def task_by_other_bus(maker: Maker) -> Contact:
    """The same by the partner's shape of event, on another bus, twice (K3, K4)."""
    number = people.ticket(maker.number)
    contact = maker.contact(ticket=number, tasks={_BY_PARTNER: 1})
    event = partner_event(
        "Priority Changed",
        ticket={
            "id": number,
            "requester_id": people.caller(maker.number),
            "tags": ["elsewhere"],
            "updated_at": maker.began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )

    def arrives(world: World) -> None:
        world.messages.route(event, _text(event), bus="zendesk_event_bus")

    contact.at(maker.began, "an event of another bus", arrives)
    contact.at(maker.began + maker.seconds(1, 900), "the event again", arrives)
    return contact


def tasks_of(world: World, ticket: int) -> list[dict[str, Any]]:
    """Return the tasks that were made of a ticket, as their records."""
    return [task for task in world.connect.tasks() if task["ContactDetails"]["Name"] == f"Zendesk-{ticket}"]


def _text(event: Mapping[str, Any]) -> str:
    import json

    return json.dumps(event)
