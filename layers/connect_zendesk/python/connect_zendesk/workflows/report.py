"""Reports a leg on its contact's ticket, once: the private details, and the voice comment (M1, M2, T14)."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.ledger import Claim, Head
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import comment
from connect_zendesk.rules.comment import View
from connect_zendesk.rules.contact import Leg
from connect_zendesk.workflows import agents
from connect_zendesk.workflows.clients import Clients
from connect_zendesk.workflows.once import once
from connect_zendesk.workflows.open_ticket import continue_closed, metadata, report_name
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import Closed


def report(clients: Clients, leg: Leg, head: Head) -> None:
    """Write what the contact's ticket does not say yet about a leg. Raises `ZendeskError`, `Busy`."""
    changed = _reported_before(clients, leg, head)
    try:
        _write(clients, leg, head, changed=changed)
    except Closed:
        if changed:
            # The ticket has said what there was to say; nobody looks for a detail on a follow-up.
            logger.info("a changed record of a contact whose ticket is closed", contact=leg.root_id)
            count("ChangeAfterClosing")
        else:
            _write(clients, leg, continue_closed(clients, leg, head), changed=False)
    count("LegReported")


def _reported_before(clients: Clients, leg: Leg, head: Head) -> bool:
    """Tell whether the ticket has a report of this leg in another state."""
    told = head.told or ""
    in_first_comment = told.startswith(f"{leg.contact_id}#") and told != report_name(leg)
    return in_first_comment or bool(clients.ledger.reported(leg.root_id, leg.contact_id).fingerprints)


def _write(clients: Clients, leg: Leg, head: Head, *, changed: bool) -> None:
    view = View.of(leg, clients.app)
    public = head.public
    if head.told != report_name(leg):
        why = head.reasons if leg.decides and not changed else ()
        html = comment.details(view, why, changed=changed)
        change = {"comment": {"html_body": html, "public": False}}
        public = _update_once(clients, leg, head, f"details#{report_name(leg)}", change)
    # A voice comment cannot be marked as private: on a ticket with public comments, the recording stays
    # in the private details. It goes in an update of its own: Zendesk drops it where a text comes along.
    if not public and _is_voice_comment(view):
        agent = agents.zendesk_id(clients, leg.agent.username, leg.agent.arn) if leg.agent else None
        change = {"voice_comment": comment.voice_comment(view, agent)}
        _update_once(clients, leg, head, f"voice#{leg.contact_id}", change)


def _is_voice_comment(view: View) -> bool:
    """Tell whether a leg gets a voice comment (M2)."""
    talked = view.leg.answered or bool(view.leg.recordings)
    return view.leg.channel == "VOICE" and talked and bool(view.settings["voice_comment"])


def _update_once(clients: Clients, leg: Leg, head: Head, step: str, change: Mapping[str, Any]) -> bool:
    """Update the contact's ticket once; returns whether the ticket has public comments."""
    ticket_id = head.ticket or 0

    def write(claim: Claim) -> dict[str, Any]:
        unchanged_since = None
        if claim.state == "doubtful":
            # The attempt that died may still be on its way; one of the two has to lose.
            seen = tickets.by_id(clients.zendesk, ticket_id)
            unchanged_since = seen.updated if seen else None
        updated = tickets.update(clients.zendesk, ticket_id, claim.body, unchanged_since)
        return {"public": updated.public}

    def find(claim: Claim) -> dict[str, Any] | None:
        assert claim.since is not None  # noqa: S101 - a claim that is ours has a beginning
        if not tickets.was_written(clients.zendesk, ticket_id, step, claim.since):
            return None
        written = tickets.by_id(clients.zendesk, ticket_id)
        # Where it cannot be known, nothing that has no flag of its own may follow in public.
        return {"public": written is None or written.public}

    result = once(
        clients.ledger,
        f"contact#{leg.root_id}",
        f"step#{ticket_id}#{step}",
        body=lambda: {**change, "metadata": metadata(leg, step, head)},
        write=write,
        find=find,
    )
    return bool(result["public"])
