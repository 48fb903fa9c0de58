"""Looks at a ticket after an attempt at a call was in doubt: is it there twice, is it up to date (T14)?"""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.errors import Permanent
from connect_zendesk.ledger import heads
from connect_zendesk.observability import logger
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.call_updates import ask_for_check, bring_up_to_date, report_doubles
from connect_zendesk.zendesk import calls
from connect_zendesk.zendesk.errors import NotFound


def check(services: Services, detail: Mapping[str, Any]) -> None:
    """Look at a call that may be on its ticket twice, or say what an older record said.

    ``detail`` is what `ask_for_check` sent. More than one is counted and named on the ticket, as no call can
    be taken away; all of them say the same. Raises `ZendeskError`.
    """
    ticket, name, left = detail.get("ticket"), str(detail.get("external_id")), detail.get("left")
    if not isinstance(ticket, int) or not isinstance(left, int):
        raise Permanent("a check of a call without a ticket")
    root = str(detail.get("contact"))
    leg = records.newest_leg(services, root, str(detail.get("leg")))
    head = heads.head(services.ledger, root)
    if leg is None or head is None:
        logger.info("call not checked: its record is not kept any more", contact=root)
        return
    try:
        ids = calls.on_ticket(services.zendesk, ticket, name, leg.began)
    except NotFound:
        return  # the ticket is deleted, and its calls with it (T12)
    report_doubles(services, leg, ticket, name, len(ids))
    bring_up_to_date(services, leg, head, ids, look=True)
    if left > 1:
        ask_for_check(services, leg, ticket, name, left - 1)
