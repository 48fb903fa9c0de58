"""Looks at a ticket after an attempt at a call was in doubt: is it there twice, is it up to date (T14)?"""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.amazon_connect.values import timestamp
from connect_zendesk.errors import Permanent
from connect_zendesk.ledger import heads
from connect_zendesk.observability import logger
from connect_zendesk.workflows.contacts import records
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.call_updates import (
    Attempts,
    ask_for_check,
    bring_up_to_date,
    on_ticket,
    report_doubles,
)


def check(services: Services, detail: Mapping[str, Any]) -> None:
    """Look at a call that may be on its ticket twice, or say what an older record said.

    ``detail`` is what `ask_for_check` sent. More than one is counted and named on the ticket, as no call can
    be taken away; all of them say the same. Raises `ZendeskError`, and `Permanent` for another detail.
    """
    ticket, left, since = detail.get("ticket"), detail.get("left"), timestamp(detail.get("since"))
    if not isinstance(ticket, int) or not isinstance(left, int) or since is None:
        raise Permanent("a check of a call without a ticket or a time")
    root = str(detail.get("contact"))
    tried = Attempts(ticket, str(detail.get("external_id")), since)
    leg = records.newest_leg(services, root, str(detail.get("leg")))
    head = heads.head(services.ledger, root)
    if leg is None or head is None:
        logger.info("call not checked: its record is not kept any more", contact=root)
        return
    ids = on_ticket(services, tried)
    report_doubles(services, leg, tried, len(ids))
    is_right = bring_up_to_date(services, leg, head, ids, look=True)
    if left > 1 or not is_right:
        ask_for_check(services, leg, tried, max(left - 1, 1))
