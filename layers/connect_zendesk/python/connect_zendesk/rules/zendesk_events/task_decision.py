"""Whether a Zendesk event becomes a task, by which rule, and why not by the others (K1, K4)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from connect_zendesk.rules import wording
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.task_rules import TaskRule
from connect_zendesk.rules.ticket_events import TICKET
from connect_zendesk.rules.tickets.decision_table import Reason
from connect_zendesk.rules.tickets.marks import TAG, is_own_tag, is_own_ticket
from connect_zendesk.rules.zendesk_events import channels
from connect_zendesk.rules.zendesk_events.zendesk_event import TicketState, ZendeskEvent


@dataclass(frozen=True)
class TaskDecision:
    """The rule that makes the task, None where none does, and why: a reason for each thing looked at.

    Reasons hold what rules say, ids and words of Zendesk's own: no personal data.
    """

    rule: TaskRule | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class NoTask:
    """A kind of event that never makes a task (K4), and why."""

    why: str
    applies: Callable[[ZendeskEvent], bool]


def _only_own_tags(event: ZendeskEvent) -> bool:
    tags = (*event.change.tags_added, *event.change.tags_removed)
    return event.type == f"{TICKET}tags_changed" and bool(tags) and all(map(is_own_tag, tags))


def _is_made_here(event: ZendeskEvent) -> bool:
    return event.type == f"{TICKET}created" and is_own_ticket(event.ticket.external_id)


def _is_about_own_ticket(event: ZendeskEvent) -> bool:
    """Return whether a ticket that was made here was changed by no one who is named: it may be this project.

    Of a new ticket the external id alone says so: a customer's follow-up of one made here has its tag.
    """
    own = is_own_ticket(event.ticket.external_id) or (
        TAG in event.ticket.tags and event.type != f"{TICKET}created"
    )
    return event.actor is None and own


#: A task for what this project did itself would make a comment, whose event would make a task, and so on.
#: The second and the third hold where Zendesk names the agent as the one who did it, the last where it names
#: no one, as its integration services do.
NEVER: tuple[NoTask, ...] = (
    NoTask(wording.TASK_NOT_FOR_OWN_CHANGE, lambda event: event.by_connector),
    NoTask(wording.TASK_NOT_FOR_OWN_TICKET, _is_made_here),
    NoTask(wording.TASK_NOT_FOR_OWN_TAGS, _only_own_tags),
    NoTask(wording.TASK_NOT_WITHOUT_ACTOR, _is_about_own_ticket),
)


@dataclass(frozen=True)
class Condition:
    """A condition that rules can set, by its name among `Conditions`.

    ``mismatch`` gets what the rule expects and the ticket, and says what does not fit; None where it fits.
    """

    name: str
    mismatch: Callable[[frozenset[Any], TicketState], str | None]


def _is_among(value: Any, expected: frozenset[Any]) -> bool:
    return value in expected


def _one_of(name: str, is_one_of: Callable[[Any, frozenset[Any]], bool] = _is_among) -> Condition:
    def mismatch(expected: frozenset[Any], ticket: TicketState) -> str | None:
        value = getattr(ticket, name)
        if is_one_of(value, expected):
            return None
        shown = value if value is not None else wording.NOT_SET
        return wording.TASK_MISMATCH.format(what=name, value=shown, expected=_either(expected))

    return Condition(name, mismatch)


def _lacks_any(expected: frozenset[str], ticket: TicketState) -> str | None:
    if expected & _tags(ticket):
        return None
    return wording.TASK_LACKS_ANY_TAG.format(tags=_either(expected))


def _lacks_one(expected: frozenset[str], ticket: TicketState) -> str | None:
    missing = expected - _tags(ticket)
    return wording.TASK_LACKS_TAG.format(tags=_both(missing)) if missing else None


def _has_one(excluded: frozenset[str], ticket: TicketState) -> str | None:
    found = excluded & _tags(ticket)
    return wording.TASK_HAS_TAG.format(tags=_both(found)) if found else None


#: Every condition that a rule can set. All that it sets have to fit.
CONDITIONS: tuple[Condition, ...] = (
    _one_of("status"),
    _one_of("priority"),
    _one_of("type"),
    Condition("tags_any", _lacks_any),
    Condition("tags_all", _lacks_one),
    Condition("tags_none", _has_one),
    _one_of("group"),
    _one_of("brand"),
    _one_of("form"),
    _one_of("channel", channels.is_one_of),
)


def decide(event: ZendeskEvent, app: AppSettings) -> TaskDecision:
    """Decide whether an event becomes a task: the first enabled rule that fits makes it.

    Needs nothing but the event and the app settings, so nothing has to be asked for.
    """
    for never in NEVER:
        if never.applies(event):
            return TaskDecision(None, (Reason("K4", never.why),))
    reasons: list[Reason] = []
    for rule in app.task_rules:
        mismatches = _mismatches(rule, event)
        if not mismatches:
            fits = Reason("K1", wording.TASK_RULE_FITS.format(rule=rule.name), ("task_rules",))
            return TaskDecision(rule, (*reasons, fits))
        text = wording.TASK_RULE_MISMATCH.format(rule=rule.name, why="; ".join(mismatches))
        reasons.append(Reason("K1", text, ("task_rules",)))
    if not reasons:
        reasons.append(Reason("K1", wording.NO_TASK_RULES, ("task_rules",)))
    return TaskDecision(None, tuple(reasons))


def _mismatches(rule: TaskRule, event: ZendeskEvent) -> list[str]:
    """Say what of an event does not fit a rule; nothing where it fits."""
    if not rule.enabled:
        return [wording.TASK_RULE_OFF]
    kind = event.type.removeprefix(TICKET)
    if kind not in rule.events:
        return [
            wording.TASK_MISMATCH.format(what=wording.TASK_EVENT, value=kind, expected=_either(rule.events))
        ]
    found = (
        condition.mismatch(expected, event.ticket)
        for condition in CONDITIONS
        if (expected := getattr(rule.when, condition.name))
    )
    return [mismatch for mismatch in found if mismatch is not None]


def _tags(ticket: TicketState) -> frozenset[str]:
    """Return a ticket's tags as rules have them: Zendesk takes no difference from the case of letters."""
    return frozenset(tag.lower() for tag in ticket.tags)


def _either(words: Iterable[Any]) -> str:
    return f" {wording.OR} ".join(str(word) for word in sorted(words))


def _both(words: Iterable[str]) -> str:
    return f" {wording.AND} ".join(sorted(words))
