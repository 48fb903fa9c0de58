"""What an agent's page shows: the contacts that its agent is on, or was until ten minutes ago (A1, A2)."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from connect_zendesk.ledger import agent_contacts, heads, notices, snapshots
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import CUSTOMER_SOUGHT
from connect_zendesk.rules import app_wording
from connect_zendesk.rules.contacts.caller_shown import caller_shown
from connect_zendesk.rules.contacts.facts import Facts, facts_of
from connect_zendesk.rules.contacts.lookups import Unknown, UserById
from connect_zendesk.rules.model import User
from connect_zendesk.rules.settings.registry import CUSTOMER_NAME, PAUSE_RECORDING, VOICEID_ENABLED
from connect_zendesk.workflows.agent_app import recording
from connect_zendesk.workflows.agent_app.settings_of_contact import KnownContact, settings_of_contact
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import ZendeskError


def overview(services: Services, agent: int) -> dict[str, Any]:
    """Return what the page of an agent (a Zendesk user id) shows, as JSON has it."""
    contacts = agent_contacts.at(services.ledger, agent, services.clock())
    return {"contacts": [_shown(services, agent, each) for each in contacts]}


def _shown(services: Services, agent: int, contact: AgentContact) -> dict[str, Any]:
    head = heads.head(services.ledger, contact.root)
    known = settings_of_contact(services, contact)
    customer = _customer_id(contact, head)
    settings = known.settings if known else None
    return {
        "contact": contact.root,
        "leg": contact.leg,
        "channel": contact.channel,
        "since": contact.since,
        "until": contact.until,
        "customer": {"id": customer, "name": _name(services, known, customer)},
        "authentication": _authentication(services, known),
        "ticket": head.ticket if head else None,
        "assignment": _assignment(head),
        "notices": _notices(services, agent, contact),
        "recording": recording.shown(services, contact, settings),
        "can_pause": bool(
            settings and settings[PAUSE_RECORDING] and contact.channel == "VOICE" and contact.until is None
        ),
    }


def _assignment(head: Head | None) -> str:
    """Return who decided on the ticket: no one yet (manual), an agent (attached), or the rules."""
    if head is None or head.ticket is None:
        return "manual"
    return "attached" if head.attached is not None else "automatic"


def _customer_id(contact: AgentContact, head: Head | None) -> int | None:
    if head is not None and head.ticket is not None:
        return head.customer
    return contact.customer


def _name(services: Services, known: KnownContact | None, customer: int | None) -> str | None:
    """Return what the customer is called: by Zendesk, else by the flow, else the number."""
    if known is None:
        return None
    if (name := _name_in_zendesk(services, known, customer)) or (name := known.settings[CUSTOMER_NAME]):
        return name
    facts: Facts = facts_of(known.snapshot.leg, services.app)
    try:
        return facts.number
    except Unknown:
        return None


def _name_in_zendesk(services: Services, known: KnownContact, customer: int | None) -> str | None:
    """Return a customer's name: from what was found for the contact, else asked for once."""
    if customer is None:
        return None
    asked = UserById(customer)
    found = [user for user in _users(known.snapshot.answers.values()) if user.id == customer]
    first = not found and asked not in known.snapshot.answers
    if first and services.ledger.first(CUSTOMER_SOUGHT.key(user=customer)):
        # Once a minute: where Zendesk is out of order, no overview waits for it each time.
        with suppress(ZendeskError):
            user = users.by_id(services.zendesk, customer)
            snapshots.add_answers(services.ledger, known.snapshot, {asked: user})
            found = [user] if user is not None else []
    return found[0].name if found else None


def _users(answers: Iterable[Any]) -> Iterable[User]:
    for answer in answers:
        for found in answer if isinstance(answer, tuple) else (answer,):
            if isinstance(found, User):
                yield found


def _authentication(services: Services, known: KnownContact | None) -> str | None:
    if known is None or known.snapshot.leg.channel != "VOICE":
        return None
    enabled = known.settings[VOICEID_ENABLED]
    return caller_shown(known.snapshot.leg, services.app.caller_authentication, enabled=enabled)


def _notices(services: Services, agent: int, contact: AgentContact) -> list[dict[str, str]]:
    """Return what the agent was notified of (A2), also where there was no ticket for it."""
    return [
        {"rule": notice.rule, "text": notice.text or app_wording.NOTICES.get(notice.rule, notice.rule)}
        for notice in notices.given_to(services.ledger, contact.root, agent)
    ]
