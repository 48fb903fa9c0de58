"""One case: a contact, what the administrator set, what Zendesk holds, and what has to come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.tickets.ticket_decision import Stage
from tests.unit.rules.world import World, decide, requester_in_words, settings_from


@dataclass(frozen=True)
class Case:
    """A row of a table of cases.

    ``says`` begins with the behaviour's number. ``requester`` is a user id, ``placeholder``, or ``new:``
    and the name of the user to be made. ``by`` is the rule that a forced ticket went by; ``settings`` are
    app settings as written; ``sources`` say where values came from; ``candidates`` are the ids of users
    who are shown to the agent; ``matters`` is a setting that the first reason names, empty where it names
    none; ``number_for`` the user who gets the caller's number. What is None is not looked at, but for
    ticket, requester, candidates and number_for.
    """

    says: str
    contact: Leg
    action: str
    rule: str
    ticket: int | None = None
    requester: int | str | None = None
    customer: str | None = None
    by: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    world: World = field(default_factory=World)
    stage: Stage = "ended"
    sources: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[int, ...] = ()
    candidate_ticket: int | None = None
    missing_ticket: int | None = None
    matters: str | None = None
    number_for: tuple[int, str] | None = None

    def __str__(self) -> str:
        return self.says


def outcome_of(case: Case) -> dict[str, Any]:
    """Play a case; returns what came of it, in the words of `expected_of`."""
    decision, _ = decide(case.contact, settings_from(case.settings), case.world, case.stage)
    rules = [reason.rule for reason in decision.reasons]
    return {
        "action": decision.action,
        "rule": decision.rule,
        "ticket": decision.ticket,
        "requester": requester_in_words(decision),
        "candidates": tuple(user.id for user in decision.candidates),
        "candidate ticket": decision.candidate_ticket,
        "number for": decision.number_for,
        "missing ticket": decision.missing_ticket,
        "customer": decision.customer.kind if decision.customer and case.customer else None,
        "by": rules[-1] if case.by else None,
        "sources": {name: decision.settings.by_name[name].source for name in case.sources},
        "matters": _matters(case.matters, decision.reasons[0].settings),
    }


def _matters(expected: str | None, settings: tuple[str, ...]) -> str | None:
    return expected if expected is None or expected in settings else ", ".join(settings)


def expected_of(case: Case) -> dict[str, Any]:
    """Return what has to come of a case."""
    return {
        "action": case.action,
        "rule": case.rule,
        "ticket": case.ticket,
        "requester": case.requester,
        "candidates": case.candidates,
        "candidate ticket": case.candidate_ticket,
        "number for": case.number_for,
        "missing ticket": case.missing_ticket,
        "customer": case.customer,
        "by": case.by,
        "sources": dict(case.sources),
        "matters": case.matters,
    }
