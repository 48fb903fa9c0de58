"""What needs the agent's attention (A2): a rule, and a sentence for the agent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import Facts, settings_of
from connect_zendesk.rules.contacts.lookups import Known, Unknown
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.registry import ZENDESK_TICKET
from connect_zendesk.rules.settings.settings import Settings
from connect_zendesk.rules.tickets.ticket_decision import Decision

#: The rules of what Zendesk does not accept of a new user, or of a new ticket.
_NOT_ACCEPTED = frozenset({"C8", "T16"})


@dataclass(frozen=True)
class Notice:
    """A notice to the agent: the rule it comes from, and a sentence, which may hold what a setting said.

    ``said``: the contact's ticket says it already.
    """

    rule: str
    text: str
    said: bool = False


def of_decision(decision: Decision, app: AppSettings) -> tuple[Notice, ...]:
    """Return the notices of a contact that is left to its agent, or that gets no ticket for now."""
    return tuple(_of_decision(decision, app))


def of_opened(leg: Leg, app: AppSettings) -> tuple[Notice, ...]:
    """Return the notices of a contact for which an existing ticket was opened automatically.

    A ticket made for the contact has them itself, in its first comment.
    """
    settings = settings_of(leg, app)
    facts = Facts(replace(leg, agent=None), app, settings, Known())
    notices: list[Notice] = []
    try:
        if leg.channel != "TASK" and facts.customer.kind == "anonymous":
            notices.append(_notice("C4"))
    except Unknown:
        pass  # an anonymous customer is known without a look-up
    return (*notices, *_of_settings(settings))


def of_made(reasons: Iterable[str]) -> tuple[Notice, ...]:
    """Return the notices of a ticket that was made, of its reasons: what Zendesk did not accept (C8, T16).

    The ticket says it itself.
    """
    parts = (reason.partition(": ") for reason in reasons)
    return tuple(Notice(rule, text, said=True) for rule, _, text in parts if rule in _NOT_ACCEPTED)


def joined_without_ticket() -> tuple[Notice, ...]:
    """Return the notice to an agent who joins a contact that has no ticket yet (T12)."""
    return (_notice("T12"),)


def _of_decision(decision: Decision, app: AppSettings) -> Iterator[Notice]:
    if decision.customer is not None and decision.customer.kind == "anonymous":
        yield _notice("C4")
    if decision.action == "leave_to_agent" and decision.rule in wording.NOTICES:
        yield _notice(decision.rule)
    if decision.missing_ticket is not None:
        text = wording.NO_SUCH_TICKET.format(
            setting=app.zendesk_ticket_attribute, ticket=decision.missing_ticket
        )
        yield Notice("T1", wording.NOTICES["T1"].format(what=text))
    elif decision.action == "leave_to_agent" and decision.settings[ZENDESK_TICKET] == 0:
        yield Notice("T1", wording.NOTICES["T1"].format(what=wording.NEW_TICKET_ASKED_FOR))
    yield from _of_settings(decision.settings)


def _of_settings(settings: Settings) -> Iterator[Notice]:
    ignored = "; ".join(str(warning) for warning in settings.warnings)
    if ignored:
        yield Notice("S4", wording.NOTICES["S4"].format(what=ignored))


def _notice(rule: str) -> Notice:
    return Notice(rule, wording.NOTICES[rule])
