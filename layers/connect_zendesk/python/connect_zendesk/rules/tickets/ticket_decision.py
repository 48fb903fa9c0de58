"""Decides which ticket a contact gets, by the table of `ticket_rules` (T), or says what to look up first."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.facts import Facts, settings_of
from connect_zendesk.rules.contacts.lookups import Known, LookUp, Unknown
from connect_zendesk.rules.model import Requester, Settles, User
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.registry import ZENDESK_TICKET, ZENDESK_USER
from connect_zendesk.rules.settings.settings import Settings
from connect_zendesk.rules.tickets import decision_table, ticket_fields
from connect_zendesk.rules.tickets.decision_table import Action, Outcome, Reason, Rule, first_hit

Stage = Literal["alive", "ended"]


@dataclass(frozen=True)
class Decision:
    """What is decided about a contact's ticket, and why.

    ``ticket`` is the one to open or follow up, or for leave_to_agent the one to pop. ``candidates`` and
    ``candidate_ticket`` are who and what it may have been about, where a person has to choose; they are
    for the agent only. ``customer`` is None where no rule asked who it is; ``missing_ticket`` is a number
    that was given and that no ticket has; ``looked_back_to`` is how far back a recent ticket counted.
    ``number_for`` is a user, found by id, who is to get this number (E.164) if they have none (C10).
    ``settles`` and ``forced`` are those of the row that decided (`decision_table.Rule`).
    """

    action: Action
    rule: str
    reasons: tuple[Reason, ...]
    settings: Settings
    customer: Customer | None = None
    ticket: int | None = None
    requester: Requester | None = None
    candidates: tuple[User, ...] = ()
    candidate_ticket: int | None = None
    missing_ticket: int | None = None
    looked_back_to: datetime | None = None
    number_for: tuple[int, str] | None = None
    settles: Settles = "for good"
    forced: bool = False

    @property
    def user(self) -> User | None:
        """The customer's Zendesk user, where recognised."""
        return self.customer.user if self.customer is not None else None

    @property
    def why(self) -> tuple[str, ...]:
        """The reasons as text, each with its rule."""
        return tuple(reason.line for reason in self.reasons)


def decide(leg: Leg, app: AppSettings, known: Known, stage: Stage) -> Decision | LookUp:
    """Decide on a contact's ticket, or say what has to be looked up first.

    ``alive``: the contact is going on, and manual assignment waits for the agent. ``ended``: it is over
    and unattached, and forced creation decides (T8).
    """
    facts = Facts(leg, app, settings_of(leg, app), known)
    try:
        rule = first_hit(decision_table.RULES, facts)
        outcome = rule.outcome(facts)
        if outcome.action != "leave_to_agent":
            return _decision(facts, outcome, (rule,))
        facts = replace(facts, in_doubt=rule.in_doubt)
        if stage == "alive":
            return _decision(facts, outcome, (rule,))
        forced = first_hit(decision_table.FORCED_RULES, facts)
        outcome = forced.outcome(facts)
        return _decision(facts, outcome, (forced, rule, *((outcome.by,) if outcome.by else ())))
    except Unknown as missing:
        return missing.look_up


def _decision(facts: Facts, outcome: Outcome, rules: tuple[Rule, ...]) -> Decision:
    customer = _customer_so_far(facts)
    candidates: tuple[User, ...] = ()
    if facts.in_doubt and customer is not None:
        candidates = customer.candidates or ((customer.user,) if customer.user else ())
    return Decision(
        action=outcome.action,
        rule=rules[0].id,
        reasons=(
            *(rule.reason_for(facts) for rule in rules),
            *_why_though_unanswered(facts, outcome),
            *_refused(facts),
            *(_ticket_fields(facts) if outcome.action == "create" else ()),
        ),
        settings=facts.settings,
        customer=customer,
        ticket=outcome.ticket,
        requester=outcome.requester,
        candidates=candidates,
        candidate_ticket=facts.given_ticket.id if facts.in_doubt and facts.given_ticket else None,
        missing_ticket=_missing_ticket(facts),
        looked_back_to=facts.looks_back_to,
        number_for=_number_for(facts, outcome),
        settles=rules[0].settles,
        forced=rules[0].forced,
    )


def _why_though_unanswered(facts: Facts, outcome: Outcome) -> tuple[Reason, ...]:
    """Return the reason that names the kind of a contact that has a ticket without an agent (T13)."""
    if facts.unanswered is None or outcome.action == "none":
        return ()
    return (decision_table.unanswered_reason(facts.unanswered),)


def _ticket_fields(facts: Facts) -> tuple[Reason, ...]:
    """Return what the rules of the app settings give the new ticket (T17)."""
    return ticket_fields.of_contact(facts.leg, facts.app).reasons


def _customer_so_far(facts: Facts) -> Customer | None:
    try:
        return facts.customer
    except Unknown:
        return None


def _refused(facts: Facts) -> tuple[Reason, ...]:
    """Return why the given ticket has no follow-up, where Zendesk refuses its requester (T16)."""
    if not facts.known.refused or not facts.asked_ticket:
        return ()
    if facts.given_ticket is not None or facts.existing_ticket is None:
        return ()
    text = wording.NO_FOLLOW_UP.format(ticket=facts.asked_ticket)
    return (Reason("T16", text, (ZENDESK_TICKET.name,)),)


def _missing_ticket(facts: Facts) -> int | None:
    """Return the ticket number that was given and does not exist, where that has been looked up."""
    try:
        return facts.asked_ticket if facts.asked_ticket and facts.existing_ticket is None else None
    except Unknown:
        return None


def _number_for(facts: Facts, outcome: Outcome) -> tuple[int, str] | None:
    """Return the user named by the flow and the caller's number, unless the user is known to have one (C10).

    No user is looked up only for this: whether the user has a number is asked before it is written. A caller
    whose authentication failed may be any person, and with the number would be that user the next time (T9).
    """
    if facts.in_doubt or outcome.action in ("none", "leave_to_agent"):
        return None
    user, number = facts.settings[ZENDESK_USER], facts.number
    if user is None or number is None or facts.authentication_failed:
        return None
    customer = _customer_so_far(facts)
    has_none = customer is None or (customer.user is not None and not customer.user.phone)
    return (user, number) if has_none else None
