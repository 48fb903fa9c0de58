"""Notifies the agent of what needs attention (A2): in a private comment, where there is a ticket for it."""

from connect_zendesk.errors import Permanent
from connect_zendesk.ledger import notices as ledger_notices
from connect_zendesk.ledger.schema import contact_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.tickets.notice import Notice
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.ticket_notes import add_note


def notify(
    services: Services, leg: Leg, agent: int | None, notices: tuple[Notice, ...], ticket: int | None
) -> None:
    """Give an agent (a Zendesk user id) the notices of a contact, each once for the contact and agent.

    ``ticket`` is the contact's, else the one that was shown; what it says already is not written again.
    Where there is none, or it takes no comment, they are counted and logged by their rules. Their texts are
    kept, for an agent app to show. Raises `Later` and `NotReady`.
    """
    given = ledger_notices.rules_given(services.ledger, leg.root_id, agent) if notices else frozenset()
    new = tuple(item for item in notices if item.rule not in given)
    if not new:
        return
    rules = sorted({item.rule for item in new})
    unsaid = [item.text for item in new if not item.said]
    lines = [wording.NOTICE_HEADING, *unsaid]
    written = not unsaid
    if ticket is not None and unsaid:
        try:
            step = contact_step(leg.root_id, f"notice#{agent}#{'+'.join(rules)}")
            written = add_note(services, step, ticket, lines, leg.root_id)
        except Permanent as error:
            logger.warning("notice refused by Zendesk", contact=leg.root_id, error=type(error).__name__)
    count(Metric.NOTICE_ON_TICKET if written else Metric.NOTICE_WITHOUT_TICKET, len(new))
    logger.info("notices for the agent", contact=leg.root_id, rules=rules, on_ticket=written)
    texts = [(item.rule, item.text) for item in new]
    ledger_notices.keep(services.ledger, leg.root_id, agent, texts)
