"""Reports a leg on its contact's ticket, once: the private details, and the call (M1, M2, M5, T14)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from connect_zendesk.ledger import heads, legs, snapshots
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import Step, leg_step
from connect_zendesk.ledger.steps import result_of
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets.comment import aspects, fingerprint
from connect_zendesk.rules.tickets.view import View
from connect_zendesk.workflows.agents import agents
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets import calls
from connect_zendesk.workflows.tickets.open_ticket import (
    MAKES,
    continue_closed,
    continue_merged,
    metadata,
    report_name,
    reported_leg,
    view_of,
)
from connect_zendesk.workflows.tickets.shown_reasons import with_names
from connect_zendesk.workflows.tickets.ticket_updates import end_quietly, update_once
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed, Deleted

#: Contacts that may go on for days: they are reported when they are accepted, too (K5). A call or a chat is
#: reported from its record, which comes soon.
REPORTED_WHEN_ACCEPTED = frozenset({"TASK"})


@dataclass(frozen=True)
class ReportState:
    """What the contact's ticket says of a leg.

    ``name`` of the report that was written first, and its time; None where that is not known any more.
    ``public``: the requester can read comments on the ticket. ``aspects`` are digests of what it says, by
    name.
    """

    name: str | None
    as_of: datetime | None
    public: bool
    aspects: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(item: Mapping[str, Any]) -> "ReportState":
        """Return it from what was kept of it."""
        as_of = item["as_of"]
        return ReportState(
            item.get("reported", item.get("told")),
            datetime.fromisoformat(as_of) if as_of else None,
            item["public"],
            item.get("aspects", {}),
        )


def report(services: Services, leg: Leg, head: Head) -> None:
    """Write what the contact's ticket does not say yet about a leg. Raises `ZendeskError`, `NotReady`.

    On one that was closed or merged the contact goes on elsewhere; on one that was deleted it ends (T12).
    """
    try:
        _report(services, leg, head)
    except Deleted:
        end_quietly(leg.root_id, head.ticket)
        return
    count(Metric.LEG_REPORTED)


def _report(services: Services, leg: Leg, head: Head) -> None:
    view = view_of(services, leg, head)
    if view.recorded_all_the_same:
        count(Metric.RECORDED_AGAINST_CONSENT)
        logger.warning("recorded although the customer opted out", contact=leg.root_id, rule="M3")
    try:
        first = _first_report(services, view, head)
    except Closed:
        _report(services, leg, continue_closed(services, leg, head))
        return
    changed, public = first.name != report_name(leg), first.public
    if changed and first.as_of is not None and first.as_of > leg.updated:
        return  # a later record of the leg is being reported, and is retried where it was interrupted
    try:
        if changed:
            public = _add_change(services, view, head, first)
        if view.has_voice_comment:
            _add_call(services, view, head, public=public)
    except Closed:
        if (merged := continue_merged(services, leg, head)) is not None:
            _report(services, leg, merged)
            return
        # The ticket has said what there was to say; no one looks for a detail on a follow-up.
        logger.info("record changed after its ticket was closed", contact=leg.root_id)
        count(Metric.CHANGED_AFTER_CLOSE)


def report_acceptance(services: Services, leg: Leg) -> None:
    """Write on the contact's ticket that an agent has accepted a leg, where that is reported (K5).

    A ticket that was made for the contact says so already, and so does one that has the leg's report. Raises
    `ZendeskError` and `NotReady`.
    """
    if leg.channel not in REPORTED_WHEN_ACCEPTED:
        return
    head = heads.head(services.ledger, leg.root_id)
    if head is None or head.ticket is None or (leg.decides and head.action in MAKES):
        return
    name = reported_leg(leg, head)
    if legs.reported(services.ledger, leg.root_id, leg.contact_id, head).fingerprints:
        return
    if (snapshot := snapshots.snapshot_of(services.ledger, leg.root_id)) is not None:
        leg = replace(leg, attributes=snapshot.leg.attributes)
    why = with_names(services, leg, head.reasons) if leg.decides else ()
    view = view_of(services, leg, head)
    try:
        try:
            _update_once(
                services,
                leg,
                head,
                f"accepted#{name}",
                lambda: _note(comment.details(view, why, accepted=True)),
            )
        except Closed:
            if continue_merged(services, leg, head) is not None:
                report_acceptance(services, leg)
                return
            continue_closed(services, leg, head)  # the first comment of a follow-up says it
    except Deleted:
        end_quietly(leg.root_id, head.ticket)
        return
    count(Metric.ACCEPTANCE_REPORTED)


def _first_report(services: Services, view: View, head: Head) -> ReportState:
    """Have the details of a leg on the ticket.

    There is one such step for a leg, not for each state of it: where the attempt to report an earlier
    state crashed, that one is finished, and what has changed since is added.
    """
    leg, step = view.leg, f"details#{reported_leg(view.leg, head)}"
    if head.reported is not None and head.reported.startswith(f"{leg.contact_id}#"):
        return ReportState.of(asdict(head))
    if legs.reported(services.ledger, leg.root_id, leg.contact_id, head).fingerprints:
        done = result_of(services.ledger, _step(leg, step))
        return ReportState.of(done) if done else ReportState(None, None, head.public)
    why = with_names(services, leg, head.reasons) if leg.decides else ()
    return ReportState.of(_update_once(services, leg, head, step, lambda: _note(comment.details(view, why))))


def _add_change(services: Services, view: View, head: Head, first: ReportState) -> bool:
    """Add what has changed since a leg was reported (T14); returns whether there are public comments."""
    leg = view.leg
    before = legs.reported(services.ledger, leg.root_id, leg.contact_id, head).aspects or first.aspects
    changed = [name for name, digest in aspects(leg).items() if before and before.get(name) != digest]
    step = f"details#{reported_leg(view.leg, head)}#{fingerprint(view.leg)}"
    done = _update_once(services, view.leg, head, step, lambda: _note(comment.details(view, changed=changed)))
    return bool(done["public"])


def _add_call(services: Services, view: View, head: Head, *, public: bool) -> None:
    """Have the call itself on the ticket: by the Calls API where that is set up (M5), else as M2 says.

    Neither can be marked as private. On a ticket with public comments the recording stays in the private
    details, until a probe has shown that a voice comment is private there; of the Calls API none can.
    """
    leg, mark = view.leg, f"voice#{reported_leg(view.leg, head)}"
    if public:
        if services.assumptions.voice_comment_is_private and not calls.is_begun(services, leg, head):
            _add_voice_comment(services, view, head, mark)
        return
    by_calls_api = calls.takes(services, leg, head, _step(leg, mark))
    if not (by_calls_api and calls.put(services, leg, head, view)):
        _add_voice_comment(services, view, head, mark)


def _add_voice_comment(services: Services, view: View, head: Head, mark: str) -> None:
    """Add the voice comment (M2), in an update of its own: Zendesk drops it where a text comes along."""
    leg = view.leg

    def voice() -> dict[str, Any]:
        return {"voice_comment": comment.voice_comment(view, agents.of_leg(services, leg))}

    instead = tickets.private_comment(f"<p>{comment.escape(wording.VOICE_COMMENT_REFUSED)}</p>")
    _update_once(
        services,
        leg,
        head,
        mark,
        voice,
        lambda: instead,
        notes={},
        repeatable=services.assumptions.voice_comment_is_repeatable,
    )


def _note(html: str) -> dict[str, Any]:
    """Return what adds a private comment to a ticket."""
    return {"comment": tickets.private_comment(html)}


def _update_once(
    services: Services,
    leg: Leg,
    head: Head,
    step: str,
    change: Callable[[], Mapping[str, Any]],
    instead: Callable[[], Mapping[str, Any]] | None = None,
    *,
    repeatable: bool = True,
    notes: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """Update the contact's ticket once. ``change`` makes what the first attempt writes.

    ``notes`` are kept of it for 25 months; None is which report it is. ``instead`` makes the comment that
    takes its place where Zendesk refuses it (X8). ``repeatable``: see `update_once`.

    Returns which report was written and its time (``reported``, ``as_of``), and whether the ticket has public
    comments (``public``).
    """
    said = {"reported": report_name(leg), "as_of": leg.updated.isoformat(), "aspects": aspects(leg)}
    return update_once(
        services,
        _step(leg, step),
        head.ticket or 0,
        step,
        lambda: {**change(), "metadata": metadata(leg, step, head)},
        notes=said if notes is None else notes,
        instead=instead,
        repeatable=repeatable,
    )


def _step(leg: Leg, mark: str) -> Step:
    """Return where the ledger has a step on the contact's ticket."""
    return leg_step(leg.root_id, leg.contact_id, mark)
