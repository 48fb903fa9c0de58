"""Puts a call on its contact's ticket through Zendesk's Calls API, once, and keeps it up to date (M5, T14).

The API has neither key nor condition. So an attempt whose outcome is not known is first looked for on the
ticket, by the call's external id, and the call is made again only when that attempt's lease is over: what
Zendesk carries out later still makes a second one, which `call_checks` looks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from connect_zendesk.errors import NotReady, RetryLater
from connect_zendesk.ledger.claims import Claim, Draft
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import Step, leg_step
from connect_zendesk.ledger.steps import intention, run_once
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.tickets import call_report
from connect_zendesk.rules.tickets.comment import fingerprint
from connect_zendesk.rules.tickets.view import View
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.call_updates import (
    Attempts,
    agent_of,
    ask_for_check,
    bring_up_to_date,
    note_refused,
    on_ticket,
    report_doubles,
)
from connect_zendesk.workflows.tickets.open_ticket import report_name, reported_leg
from connect_zendesk.zendesk import calls, tickets
from connect_zendesk.zendesk.errors import (
    Closed,
    Deleted,
    Duplicate,
    NoEndpoint,
    NotAllowed,
    NotFound,
    Refused,
)

_EXTERNAL_ID = "external_id"


@dataclass(frozen=True)
class _Made:
    """What came of a leg's call.

    ``ids`` of its calls, None for one that is not known; empty where Zendesk took none. ``reported`` names
    the report that they were made from. ``tried`` are the attempts at them; ``again``: there may be more of
    them, as one was in doubt.
    """

    ids: tuple[int | None, ...]
    reported: str
    tried: Attempts
    again: bool


def takes(services: Services, leg: Leg, head: Head, voice_comment: Step) -> bool:
    """Return whether a leg's call goes through the Calls API: where an app's id is set (M5).

    What was begun one way goes on that way, whatever is set by now: ``voice_comment`` is the other's step.
    """
    if services.app.zendesk_app_id is None:
        return is_begun(services, leg, head)
    return intention(services.ledger, voice_comment) is None


def is_begun(services: Services, leg: Leg, head: Head) -> bool:
    """Return whether a leg's call has been put on the contact's ticket through the Calls API, or nearly."""
    return intention(services.ledger, _step(leg, head)) is not None


def put(services: Services, leg: Leg, head: Head, view: View) -> bool:
    """Have a leg's call on the contact's ticket, as the leg is now; returns whether Zendesk takes it.

    Raises `Closed` and `Deleted` where the ticket cannot be written to any more, `NotReady` until the lease
    of an attempt in doubt is over, and `ZendeskError`.
    """
    made = _make(services, leg, head, view)
    if made.ids and made.reported != report_name(leg):
        _write_change(services, leg, head, made)
    return bool(made.ids)


def _step(leg: Leg, head: Head) -> Step:
    return leg_step(leg.root_id, leg.contact_id, f"call#{reported_leg(leg, head)}")


def _make(services: Services, leg: Leg, head: Head, view: View) -> _Made:
    ticket, name = head.ticket or 0, reported_leg(leg, head)

    def draft() -> Draft:
        call = {
            **call_report.call(view, agent_of(services, leg)),
            "app_id": services.app.zendesk_app_id,
            _EXTERNAL_ID: name,
        }
        content = {"call": call, "comment": call_report.shown_as(view)}
        return Draft({"ticket": ticket, "reported": report_name(leg)}, content)

    def result(claim: Claim, ids: tuple[int | None, ...]) -> dict[str, Any]:
        return {
            "calls": list(ids),
            "reported": (claim.draft.notes or {})["reported"],
            "since": _attempts(claim, ticket, name).since.isoformat(),
            "again": claim.state == "unknown",
        }

    def find(claim: Claim) -> dict[str, Any] | None:
        if ids := _found(services, claim, ticket, name):
            return result(claim, ids)
        _wait_out_doubt(services, claim)
        ask_for_check(services, leg, _attempts(claim, ticket, name))
        return None

    def write(claim: Claim) -> dict[str, Any]:
        try:
            made = _accepted(services, ticket, claim.draft.content)
        except (NotAllowed, NoEndpoint, Refused, NotFound) as refused:
            # Where external ids are unique, an earlier attempt may have been carried out after the look.
            if isinstance(refused, Duplicate) and (ids := _found(services, claim, ticket, name)):
                return result(claim, ids)
            _raise_where_gone(services, ticket)
            note_refused(leg, str(refused))
            return result(claim, ())
        if made.get("ticket_id") != ticket:
            note_refused(leg, "Zendesk shows the call on no ticket")
            return result(claim, ())
        count(Metric.CALL_REPORTED)
        return result(claim, (made["id"],))

    done = run_once(services.ledger, _step(leg, head), draft=draft, find=find, write=write)
    tried = Attempts(ticket, name, datetime.fromisoformat(done["since"]))
    return _Made(tuple(done["calls"]), done["reported"], tried, done["again"])


def _accepted(services: Services, ticket: int, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make a call, without what Zendesk refuses of it, where it can be without that (T16)."""
    call = {**content["call"], "ticket_id": ticket}
    try:
        return calls.create(services.zendesk, call, content["comment"])
    except Refused as refused:
        rest = call_report.without(call, refused.fields - {_EXTERNAL_ID})
        if len(rest) == len(call):
            raise
        logger.warning("call made without a part", fields=sorted(refused.fields), rule="T16")
        return calls.create(services.zendesk, rest, content["comment"])


def _write_change(services: Services, leg: Leg, head: Head, made: _Made) -> None:
    """Write what a newer record says into a call, and into whatever else came of its attempts."""
    tried = made.tried
    step = leg_step(leg.root_id, leg.contact_id, f"call#{tried.name}#{fingerprint(leg)}")

    def write(claim: Claim) -> dict[str, Any]:
        if claim.state == "unknown":
            ask_for_check(services, leg, tried)
        ids = (made.again and on_ticket(services, tried)) or made.ids
        try:
            if not bring_up_to_date(services, leg, head, ids):
                ask_for_check(services, leg, tried)
        except RetryLater as later:
            if later.outcome_unknown:
                ask_for_check(services, leg, tried)
            raise
        report_doubles(services, leg, tried, len(ids))
        return {"calls": list(ids)}

    run_once(services.ledger, step, write=write)


def _found(services: Services, claim: Claim, ticket: int, name: str) -> tuple[int | None, ...]:
    """Return the calls that earlier attempts made: on the ticket, or on the first attempt's."""
    first = (claim.draft.notes or {}).get("ticket", ticket)
    found = (on_ticket(services, _attempts(claim, each, name)) for each in {first: 0, ticket: 0})
    return next((ids for ids in found if ids), ())


def _attempts(claim: Claim, ticket: int, name: str) -> Attempts:
    assert claim.since is not None  # noqa: S101 - a claim that is ours has a beginning
    return Attempts(ticket, name, claim.since)


def _wait_out_doubt(services: Services, claim: Claim) -> None:
    """Raise `NotReady` until what an earlier attempt left in doubt can be seen (T14)."""
    left = (claim.doubt_ends - services.clock()).total_seconds() if claim.doubt_ends is not None else 0
    if left > 0:
        raise NotReady("an earlier attempt at the call may still be carried out", ceil(left))


def _raise_where_gone(services: Services, ticket: int) -> None:
    """Raise `Deleted` or `Closed` where the ticket is the reason why a call was refused."""
    seen = tickets.by_id(services.zendesk, ticket)
    if seen is None or seen.status == "deleted":
        raise Deleted(f"ticket {ticket} is deleted")
    if seen.closed:
        raise Closed(f"ticket {ticket} is closed")
