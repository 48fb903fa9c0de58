"""How a function handles an EventBridge event that is delivered to it directly: an agent waits for it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.function_kinds import Function
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.patience import seconds_left


def handle(
    event: Mapping[str, Any], context: Any, services: Services, do: Callable[[], None], function: Function
) -> None:
    """``do`` what an event asks for. One that cannot be read is dead-lettered with its reason.

    Raises what ``do`` raises otherwise: Lambda then sends the event where the function's row says.
    """
    services.zendesk.remaining = seconds_left(context)
    sent_before = services.zendesk.sent
    try:
        do()
    except NotAContactRecord as reason:
        services.messages.dead_letter(function.folder, str(reason), json.dumps(event).encode())
        count(Metric.DEAD_LETTER)
        logger.error("dead-lettered", source=function.folder, reason=str(reason))
    finally:
        count(Metric.ZENDESK_REQUESTS, services.zendesk.sent - sent_before)
