"""Keeps callers' voice authentication with customers: records, and contacts whose customer is known now."""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.detail_types import CONTACT_RECORD, NO_TICKET_LINKED, TICKET_LINKED, VOICE_RECORD
from connect_zendesk.entrypoints import container
from connect_zendesk.entrypoints.queue import handle_batch
from connect_zendesk.entrypoints.start import make_ready
from connect_zendesk.errors import Permanent
from connect_zendesk.observability import logger, metrics
from connect_zendesk.topology import VOICE_ID_SYNC
from connect_zendesk.workflows.customers.authentication import handle_link, handle_record


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Any:
    """Handle a batch of the authentication queue; returns which messages are to be retried."""
    return handle_batch(event, context, container.services(), do, VOICE_ID_SYNC)


def do(detail_type: str, detail: Mapping[str, Any]) -> None:
    """Follow a contact's record, or the contact's being linked."""
    services = container.services()
    if detail_type in (VOICE_RECORD, CONTACT_RECORD):  # as the release before this one has it
        handle_record(services, contact_record.parse(detail), detail)
    elif detail_type in (TICKET_LINKED, NO_TICKET_LINKED) and isinstance(detail.get("contact"), str):
        handle_link(services, detail["contact"])
    else:
        raise Permanent("no message for this queue")


make_ready(container.services)
