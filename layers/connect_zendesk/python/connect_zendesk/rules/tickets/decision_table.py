"""The decision table: which ticket a contact gets (T).

The table is read from the top, and the first rule that applies decides. It is total: the last rule
always applies. A rule's id is its number in the specification.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from connect_zendesk.rules.contacts.facts import Facts
from connect_zendesk.rules.contacts.unanswered import Unanswered
from connect_zendesk.rules.model import ExistingUser, Requester, Settles, Ticket
from connect_zendesk.rules.settings.registry import ALL_OUTBOUND, FORCE_TICKET_CREATION, ZENDESK_USER

Action = Literal["none", "open", "follow_up", "create", "leave_to_agent"]


@dataclass(frozen=True)
class Reason:
    """Why: a rule, in a sentence, and the settings that mattered. Holds no personal data.

    ``text`` is about this contact; ``row`` is what the table says of all that the rule fits, where it is one
    of its rows.
    """

    rule: str
    text: str
    settings: tuple[str, ...] = ()
    row: str = ""

    @property
    def line(self) -> str:
        """The reason as text, with its rule."""
        return f"{self.rule}: {self.text}"


@dataclass(frozen=True)
class Outcome:
    """What a rule does: the action, what it is done to, and the further rule that it went by, if any."""

    action: Action
    ticket: int | None = None
    requester: Requester | None = None
    by: "Rule | None" = None


@dataclass(frozen=True)
class Rule:
    """One row of the table. ``when`` and ``then`` say in words what ``applies`` and ``outcome`` do.

    ``settles`` is how long it holds that a contact gets no ticket. ``in_doubt``: the row leaves it open who
    the customer is, or whose ticket it is; a forced ticket is then requested by the agent, never by a
    candidate (T8). ``forced``: the row decides on a contact that ended while it was left to the agent (T8).
    ``cause`` says of a contact which of the causes that ``when`` names it is, and ``result`` which of the
    results that ``then`` names. The id is for people; nothing is decided by it.
    """

    id: str
    when: str
    then: str
    applies: Callable[[Facts], bool]
    outcome: Callable[[Facts], Outcome]
    settings: tuple[str, ...] = ()
    settles: Settles = "for good"
    in_doubt: bool = False
    forced: bool = False
    cause: Callable[[Facts], str] | None = None
    result: Callable[[Facts], str] | None = None

    @property
    def reason(self) -> Reason:
        """The row as a reason, whatever the contact."""
        text = f"{self.when}: {self.then}"
        return Reason(self.id, text, self.settings, text)

    def reason_for(self, facts: Facts) -> Reason:
        """Return the row as the reason for what is decided about this contact."""
        cause = self.cause(facts) if self.cause else self.when
        result = self.result(facts) if self.result else self.then
        return replace(self.reason, text=f"{cause}: {result}")


def _nothing(_: Facts) -> Outcome:
    return Outcome("none")


def _given(facts: Facts) -> Ticket:
    ticket = facts.given_ticket
    assert ticket is not None  # noqa: S101 - each rule that uses it has asked
    return ticket


def _leave(facts: Facts) -> Outcome:
    return Outcome("leave_to_agent")


def _leave_given(facts: Facts) -> Outcome:
    return Outcome("leave_to_agent", ticket=_given(facts).id)


def _open_given(facts: Facts) -> Outcome:
    return Outcome("open", _given(facts).id, ExistingUser(_given(facts).requester))


def _follow_up_given(facts: Facts) -> Outcome:
    return Outcome("follow_up", _given(facts).id, ExistingUser(_given(facts).requester))


def _recent(action: Action) -> Callable[[Facts], Outcome]:
    def outcome(facts: Facts) -> Outcome:
        ticket = facts.recent_ticket
        assert ticket is not None  # noqa: S101 - each rule that uses it has asked
        return Outcome(action, ticket.id, ExistingUser(ticket.requester))

    return outcome


def _create(facts: Facts) -> Outcome:
    return Outcome("create", requester=facts.customer_requester)


#: How it is said that no agent spoke with the customer (T13).
_UNANSWERED: Mapping[Unanswered, str] = {
    Unanswered.VOICEMAIL: "The customer left a voicemail",
    Unanswered.CALLBACK: "A callback was requested, and not answered",
    Unanswered.UNREACHED: "An outgoing contact without an agent reached no one",
    Unanswered.MISSED: "It was offered to agents, and taken by none",
    Unanswered.ABANDONED: "The customer left the queue before an agent answered",
    Unanswered.SELF_SERVICE: "It ended in the flow, before any queue",
    Unanswered.OTHER: "It ended before an agent took it",
}


def _unanswered(facts: Facts) -> str:
    kind = facts.unanswered or Unanswered.OTHER
    if kind is Unanswered.OTHER:
        return _UNANSWERED[kind]
    return f"{_UNANSWERED[kind]} ({kind}), and missed_contact_tickets does not name that"


def unanswered_reason(kind: Unanswered) -> Reason:
    """Return the reason why a contact in which no agent spoke with the customer gets a ticket (T13)."""
    text = f"{_UNANSWERED[kind]} ({kind}), which missed_contact_tickets names: decided without an agent"
    return Reason("T13", text, ("missed_contact_tickets",))


def _one_of(*causes: tuple[str, Callable[[Facts], bool]], otherwise: str) -> Callable[[Facts], str]:
    """Return what says the first of these that is so."""

    def cause(facts: Facts) -> str:
        return next((text for text, is_so in causes if is_so(facts)), otherwise)

    return cause


_BY_THE_AGENT, _BY_THE_PLACEHOLDER = (
    "a new ticket requested by the agent",
    "a new ticket requested by the placeholder user",
)
_anonymous_result = _one_of(
    (_BY_THE_AGENT, lambda facts: isinstance(facts.anonymous_requester, ExistingUser)),
    otherwise=_BY_THE_PLACEHOLDER,
)


def requested_by_another(facts: Facts) -> bool:
    """Return whether the given ticket was requested by another user than the recognised customer (T2)."""
    ticket, named = facts.given_ticket, facts.settings[ZENDESK_USER]
    if ticket is None or (named is not None and named == ticket.requester and not ticket.closed):
        return False  # without asking who the customer is; a follow-up's subject wants to know
    customer = facts.customer
    return customer.user is not None and ticket.requester != customer.user.id


RULES: tuple[Rule, ...] = (
    Rule(
        "T11",
        "A supervisor monitors the contact or barges in",
        "no ticket is made or changed",
        lambda facts: facts.leg.is_monitoring,
        _nothing,
    ),
    Rule(
        "T12",
        "A later leg of a contact",
        "it is reported on the contact's ticket, which the first leg decides; one in which no agent spoke "
        "with the customer, and that no one waited in, is not",
        lambda facts: not facts.leg.decides,
        _nothing,
        cause=_one_of(
            ("A later leg of a contact", lambda facts: facts.is_reported),
            otherwise="A later leg in which no agent spoke with the customer, and that no one waited in",
        ),
        result=_one_of(
            (
                "it is reported on the contact's ticket, which the first leg decides",
                lambda facts: facts.is_reported,
            ),
            otherwise="it is not reported; the first leg decides on the contact's ticket",
        ),
    ),
    Rule(
        "T15",
        "The contact began before settle_from, or ended over 30 days ago and is unknown here",
        "no ticket",
        lambda facts: facts.too_old,
        _nothing,
        ("settle_from",),
        settles="until an earlier record",
        cause=_one_of(
            ("The contact began before settle_from", lambda facts: facts.began_too_early),
            otherwise="The contact ended over 30 days ago, and is unknown here",
        ),
    ),
    Rule(
        "T13",
        "No agent spoke with the customer, and missed_contact_tickets does not name this kind of contact",
        "no ticket",
        lambda facts: facts.missed_without_ticket,
        _nothing,
        ("missed_contact_tickets",),
        settles="until answered",
        cause=_unanswered,
    ),
    Rule(
        "C",
        "Neither a call, a chat nor a task",
        "no ticket: this kind of contact is not handled",
        lambda facts: facts.leg.channel not in ("VOICE", "CHAT", "TASK"),
        _nothing,
    ),
    Rule(
        "T2",
        "The given ticket was requested by somebody other than the recognised customer",
        "it is shown, and the agent decides",
        lambda facts: not facts.automatic and requested_by_another(facts),
        _leave_given,
        ("zendesk_ticket",),
        in_doubt=True,
    ),
    Rule(
        "T1",
        "The given ticket is closed",
        "a follow-up of it",
        lambda facts: facts.given_ticket is not None and facts.given_ticket.closed,
        _follow_up_given,
        ("zendesk_ticket",),
    ),
    Rule(
        "T1",
        "A ticket is given",
        "it is opened instead of a new one",
        lambda facts: facts.given_ticket is not None,
        _open_given,
        ("zendesk_ticket",),
    ),
    Rule(
        "C3",
        "A task that names no ticket",
        "the agent decides",
        lambda facts: not facts.automatic and facts.leg.channel == "TASK",
        _leave,
        ("zendesk_ticket",),
        in_doubt=True,
    ),
    Rule(
        "C7",
        "zendesk_user names a user who does not exist or is suspended",
        "the agent decides",
        lambda facts: not facts.automatic and facts.customer.problem == "unusable user",
        _leave,
        ("zendesk_user",),
        in_doubt=True,
        cause=_one_of(
            ("zendesk_user names a user who is suspended", lambda facts: facts.named_user is not None),
            otherwise="zendesk_user names a user who does not exist",
        ),
    ),
    Rule(
        "T5",
        "Several users match the customer",
        "the agent searches and chooses",
        lambda facts: not facts.automatic and facts.customer.kind == "ambiguous",
        _leave,
        ("customer_number", "customer_email", "customer_name"),
        in_doubt=True,
    ),
    Rule(
        "C6",
        "A chat with nothing to search by",
        "the agent decides",
        lambda facts: (
            not facts.automatic
            and facts.customer.problem == "unmatched chat"
            and not facts.customer.new_user.display_name
        ),
        _leave,
        ("customer_email", "customer_name"),
        in_doubt=True,
    ),
    Rule(
        "C6",
        "A chat without a match",
        "the agent decides",
        lambda facts: not facts.automatic and facts.customer.problem == "unmatched chat",
        _leave,
        ("customer_email", "customer_name"),
    ),
    Rule(
        "T9",
        "The caller's authentication failed or was inconclusive",
        "the agent decides",
        lambda facts: not facts.automatic and facts.authentication_failed,
        _leave,
        ("caller_authentication",),
        in_doubt=True,
        cause=_one_of(
            (
                "The caller's authentication was inconclusive",
                lambda facts: facts.authentication_inconclusive,
            ),
            otherwise="The caller's authentication failed",
        ),
    ),
    Rule(
        "T1",
        "Automatic, and a new ticket is asked for, or one that does not exist",
        "a new ticket; recent ones are not looked at",
        lambda facts: facts.asks_for_new_ticket and not facts.left_to_agent,
        _create,
        ("zendesk_ticket",),
        cause=_one_of(
            ("Automatic, and a new ticket is asked for", lambda facts: facts.asked_ticket == 0),
            otherwise="Automatic, and a ticket is given that does not exist",
        ),
    ),
    Rule(
        "T3",
        "Manual, and the recognised caller has a recent ticket",
        "it is shown, and the agent decides",
        lambda facts: facts.left_to_agent and facts.recent_ticket is not None,
        _recent("leave_to_agent"),
        ("recent_ticket_timeout", "ticket_assignment"),
    ),
    Rule(
        "T8",
        "Manual assignment",
        "the agent decides",
        lambda facts: facts.left_to_agent,
        _leave,
        ("ticket_assignment",),
    ),
    Rule(
        "T3",
        "The recognised caller has a recent ticket",
        "it is opened",
        lambda facts: facts.recent_ticket is not None,
        _recent("open"),
        ("recent_ticket_timeout",),
    ),
    Rule(
        "T7",
        "An outgoing contact with an unknown customer, without all_outbound",
        "no ticket",
        lambda facts: (
            facts.outbound
            and facts.customer.kind in ("unrecognised", "anonymous")
            and not facts.settings[ALL_OUTBOUND]
        ),
        _nothing,
        ("all_outbound",),
    ),
    Rule(
        "T7",
        "An outgoing contact with an unknown customer, with all_outbound",
        "a new user and a new ticket; for an anonymous one as by T6",
        lambda facts: facts.outbound and facts.customer.kind in ("unrecognised", "anonymous"),
        _create,
        ("all_outbound",),
        result=_one_of(
            ("a new user and a new ticket", lambda facts: facts.customer.kind == "unrecognised"),
            (_BY_THE_AGENT, lambda facts: isinstance(facts.anonymous_requester, ExistingUser)),
            otherwise=_BY_THE_PLACEHOLDER,
        ),
    ),
    Rule(
        "T7",
        "An outgoing contact with a recognised customer",
        "a new ticket for that user",
        lambda facts: facts.outbound,
        _create,
    ),
    Rule(
        "T4",
        "A recognised customer",
        "a new ticket for that user",
        lambda facts: facts.customer.kind == "recognised",
        _create,
    ),
    Rule(
        "T6",
        "An anonymous caller",
        "a new ticket for the placeholder user, or for the agent where anonymous_requester says so",
        lambda facts: facts.customer.kind == "anonymous",
        _create,
        ("anonymous_requester",),
        result=_anonymous_result,
    ),
    Rule(
        "T5",
        "An unrecognised customer",
        "a new user and a new ticket",
        lambda facts: True,
        _create,
    ),
)


def _as_automatic(facts: Facts) -> Outcome:
    facts = replace(facts, automatic=True)
    rule = first_hit(RULES, facts)
    return replace(rule.outcome(facts), by=rule)


#: What forced creation does with a contact that ended while its ticket was left to the agent (T8).
FORCED_RULES: tuple[Rule, ...] = (
    Rule(
        "T8",
        "The contact ended unattached, and force_ticket_creation is off",
        "no ticket",
        lambda facts: not facts.settings[FORCE_TICKET_CREATION],
        _nothing,
        ("force_ticket_creation",),
        forced=True,
    ),
    Rule(
        "T8",
        "The contact ended unattached, and its customer is in doubt",
        "a new ticket requested by the agent, or by the placeholder user where the agent is unknown",
        lambda facts: facts.in_doubt,
        lambda facts: Outcome("create", requester=facts.agent_or_placeholder),
        ("force_ticket_creation",),
        forced=True,
        result=_one_of(
            (_BY_THE_AGENT, lambda facts: isinstance(facts.agent_or_placeholder, ExistingUser)),
            otherwise=_BY_THE_PLACEHOLDER,
        ),
    ),
    Rule(
        "T8",
        "The contact ended unattached",
        "decided as if assignment were automatic",
        lambda facts: True,
        _as_automatic,
        ("force_ticket_creation",),
        forced=True,
    ),
)


def first_hit(table: tuple[Rule, ...], facts: Facts) -> Rule:
    """Return the first rule of a table that applies. Raises `Unknown` where a fact is missing."""
    return next(rule for rule in table if rule.applies(facts))
