"""Ticket events that reach EventBridge another way than by webhook, put on the stack's own bus (K3).

They come from the bus that the deployment names, in one of two shapes: that of Zendesk's partner integration,
and a webhook's envelope that a pipe of the customer's put there. Neither is signed: they are trusted for who
may put events on that bus.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from connect_zendesk.errors import Permanent
from connect_zendesk.http_messages import mapping
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import CONNECTOR, WEBHOOK_ACCOUNT
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.ticket_events import EVENTS, PARTNERS_DETAIL_TYPE, TICKET
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.webhooks.endpoint import publish
from connect_zendesk.workflows.webhooks.event_ids import known_as
from connect_zendesk.zendesk import finding, partner_event, webhook_event
from connect_zendesk.zendesk.event_values import id_of, text_of
from connect_zendesk.zendesk.webhook import Call, timestamp
from connect_zendesk.zendesk.webhook_event import NotAnEvent


def publish_from_other_bus(services: Services, envelope: Mapping[str, Any]) -> None:
    """Publish the event in an envelope of EventBridge, once, however often and by how many ways it comes.

    Raises `Permanent` where it is no event of a ticket of this account, `NotPublished`, and `ZendeskLater`
    where Zendesk has to be asked: who this project is there, and the subject that the partner shape lacks.
    """
    try:
        event = read_from_other_bus(services, envelope)
    except NotAnEvent as reason:
        raise Permanent(str(reason)) from None
    if event.account != (_known_account(services.ledger) or event.account):
        raise Permanent("an event of another Zendesk account")
    event = known_as(services.ledger, event, "partner" if _is_partners(envelope) else "webhook")
    if _is_partners(envelope) and event.type.removeprefix(TICKET) in EVENTS:
        event = replace(event, ticket=replace(event.ticket, subject=_subject(services, event.ticket.id)))
    unsigned = Call(b"", "", services.clock(), event.account, "")
    new = publish(services.messages, services.ledger, unsigned, event)
    count(Metric.ZENDESK_EVENT if new else Metric.ZENDESK_EVENT_DUPLICATE)
    logger.info(
        "event published" if new else "duplicate event ignored",
        event=event.id, type=event.type, ticket=event.ticket.id, by_connector=event.by_connector,
    )  # fmt: skip


def read_from_other_bus(services: Services, envelope: Mapping[str, Any]) -> ZendeskEvent:
    """Return the event in an envelope of EventBridge, as it names itself. Raises `NotAnEvent`."""
    connector, received = _connector(services), services.clock()
    detail = mapping(envelope.get("detail"))
    account = (
        partner_event.account_of(str(envelope.get("source")))
        or id_of(detail.get("account_id"))
        or _known_account(services.ledger)
    )
    if _is_partners(envelope):
        at = received.isoformat()
        return partner_event.read(envelope, account=account, received=at, connector=connector)
    put_at = timestamp(envelope.get("time")) or received
    call = Call(b"", "", put_at, account, str(envelope.get("id") or ""))
    event = webhook_event.of_envelope(detail, call, connector)
    if not event.id:
        raise NotAnEvent("an event without an id")
    return event


def _is_partners(envelope: Mapping[str, Any]) -> bool:
    return str(envelope.get("detail-type")).startswith(PARTNERS_DETAIL_TYPE)


def _known_account(ledger: Ledger) -> int:
    """Return the account whose webhooks are accepted; 0 where none is known, as nothing says which it is."""
    pinned = ledger.recall(WEBHOOK_ACCOUNT.key())
    return int(pinned.value) if pinned else 0


def _connector(services: Services) -> Collection[int]:
    """Return the user that this project is in Zendesk, asked for once a day; none where that is refused."""
    if (known := services.ledger.recall(CONNECTOR.key())) is not None:
        return (known.value,)
    try:
        user = services.zendesk.get("/api/v2/users/me")["user"]["id"]
    except Permanent:
        count(Metric.INTEGRATION_USER_UNKNOWN)
        logger.warning("Zendesk does not say who the integration user is")
        return ()
    services.ledger.remember(CONNECTOR.key(), user)
    return (user,)


def _subject(services: Services, ticket: int) -> str:
    try:
        found = finding.ticket(services.zendesk, ticket)
    except Permanent:
        return ""
    return text_of(found.get("subject")) or "" if found else ""
