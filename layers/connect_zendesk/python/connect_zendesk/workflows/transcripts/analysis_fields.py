"""What an analysis sets on the ticket that was made for its contact, in the update with its comment (T17)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connect_zendesk.errors import NotReady
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import leg_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.model import FilledTicket
from connect_zendesk.rules.tickets import comment, ticket_fields
from connect_zendesk.rules.tickets.later_fields import LaterFields
from connect_zendesk.rules.tickets.ticket_fields import TicketFields
from connect_zendesk.rules.transcripts.analysis import analysis_of
from connect_zendesk.rules.transcripts.conversation import Conversation
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.new_ticket import begun
from connect_zendesk.workflows.tickets.open_ticket import external_id
from connect_zendesk.workflows.tickets.ticket_notes import add_note
from connect_zendesk.workflows.transcripts.file_facts import FileFacts
from connect_zendesk.zendesk.errors import Refused


class AnalysisFields:
    """An `Addition`: what rules set by what an analysis found, which is asked for when it is needed.

    Nothing of it is kept, so that each attempt makes it anew from the file and the ticket as they are then.
    """

    def __init__(
        self, services: Services, facts: FileFacts, head: Head, found: Callable[[], Conversation]
    ) -> None:
        self._services, self._facts, self._head, self._found = services, facts, head, found
        self._given: TicketFields | None = None
        self._for: LaterFields | None = None

    def to(self, change: Mapping[str, Any], ticket: FilledTicket) -> Mapping[str, Any]:
        """Return a change with the fields and tags, and what the comment says of them."""
        later = self._later(ticket)
        if not later.lines:
            return change
        said = change["comment"]
        html = said["html_body"] + comment.note(later.lines)
        return {**change, **later.properties, "comment": {**said, "html_body": html}}

    def leave_out(self, refused: Refused, ticket: FilledTicket) -> bool:
        """Leave out what was refused; returns False where it is nothing of this."""
        lesser = self._later(ticket).without(refused.fields, refused.ticket_fields)
        self._for = lesser or self._for
        return lesser is not None

    def dropped(self, before: FilledTicket, after: FilledTicket) -> Sequence[str]:
        """Return lines on what the ticket does not show after the update. Each is logged and counted."""
        later = self._later(before)
        lines = later.dropped_from(after)
        for _ in lines:
            count(Metric.TICKET_PART_DROPPED)
            logger.warning("part of a ticket dropped by Zendesk", ticket=after.id, rule="T16")
        if later.properties:
            rules = list(dict.fromkeys(each.rule for each in (*later.fields, *later.tags)))
            logger.info("fields set by an analysis", ticket=after.id, rule="T17", rules=rules)
        return lines

    def _later(self, ticket: FilledTicket) -> LaterFields:
        """Return what is set on a ticket as it is now, without what was refused before."""
        if self._for is None:
            self._for = LaterFields(self._rules_give(ticket), ticket)
        return self._for.on(ticket)

    def _rules_give(self, ticket: FilledTicket) -> TicketFields:
        if not _was_made_for(self._services, self._facts.root, self._head, ticket):
            return TicketFields()
        return ticket_fields.of_analysis(self._leg, self._services.app, analysis_of(self._found()))

    @property
    def _leg(self) -> Leg | None:
        try:
            return self._facts.leg
        except NotReady:
            return None  # its record was kept for a day


def addition(
    services: Services, facts: FileFacts, head: Head, found: Callable[[], Conversation]
) -> AnalysisFields | None:
    """Return what an analysis may set on its contact's ticket, or None where it sets nothing.

    ``found`` returns what is shown of it. A ticket that was opened, or that follows one up, keeps its own.
    """
    if head.action != "create" or not ticket_fields.wait_for_analysis(services.app):
        return None
    return AnalysisFields(services, facts, head, found)


def note_dropped(
    services: Services, facts: FileFacts, head: Head, step: str, done: Mapping[str, Any]
) -> None:
    """Say on the ticket, once, what Zendesk dropped of an update that is ``done``, where it did (T16).

    Raises `ZendeskError` and `Conflict`.
    """
    if (lines := done.get("dropped")) and head.ticket is not None:
        note = leg_step(facts.root, facts.file.leg, f"dropped#{step}")
        add_note(services, note, head.ticket, lines, facts.root)


def _was_made_for(services: Services, root: str, head: Head, ticket: FilledTicket) -> bool:
    """Return whether a ticket is the one that was made for a contact, and none that it was merged into.

    Known by its external id, else by what the ledger says of making it: other programs may change the id.
    """
    name = external_id(root)
    if ticket.external_id == name or (ticket.external_id or "").startswith(f"{name}:"):
        return True
    made = begun(services, root, name)
    return made is not None and made.notes is not None and made.notes["head"].get("ticket") == head.ticket
