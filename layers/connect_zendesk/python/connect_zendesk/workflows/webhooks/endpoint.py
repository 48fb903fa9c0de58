"""The endpoint of Zendesk's webhooks: verified, published on the bus, and only then marked as seen (K3).

Nothing but the request itself is looked at before its signature is proven, so a forged one costs some
hundredths of a millisecond, and no request to any service.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.http_messages import Rejected, Request, Response
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import CONNECTOR, WEBHOOK_ACCOUNT, WEBHOOK_SEEN
from connect_zendesk.messaging import CannotBeSent, Messages, NotPublished
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rejections import Rejections
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.workflows.webhooks.event_ids import known_as
from connect_zendesk.zendesk.webhook import Call, WrongSignature, verified
from connect_zendesk.zendesk.webhook_event import NotAnEvent, NotJson, read, signed_account
from connect_zendesk.zendesk.webhook_keys import WebhookKeys

SOURCE = "zendesk_webhook"
#: Zendesk repeats a 503 only where it is asked to do so within the minute.
RETRY_AFTER_SECONDS = 5

#: Where the ledger has who the connector is in Zendesk, as the recovery finds out each time.
INTEGRATION_USER = CONNECTOR.key()

_KEYS_KEPT = timedelta(minutes=5)
#: A wrong signature may be one of a secret that is new: then the keys are read again, but not for each.
KEYS_READ_AGAIN = timedelta(seconds=10)


@dataclass
class WebhookEndpoint:
    """What the endpoint works with, one for each container.

    ``read_keys`` returns the secret's text; ``other_ways``: the same events may come by another bus, too.
    """

    read_keys: Callable[[], str]
    ledger: Ledger
    messages: Callable[[], Messages]
    clock: Callable[[], datetime]
    other_ways: bool = False
    keys: WebhookKeys = field(default_factory=WebhookKeys)
    _read_at: datetime | None = None
    _account: int | None = None
    _connector: int | None = None
    _connector_read_at: datetime | None = None

    def __post_init__(self) -> None:
        """Begin to count what is rejected."""
        self.rejections = Rejections(SOURCE, Metric.WEBHOOK_REJECTED, self.clock)

    def fresh_keys(self, within: timedelta = _KEYS_KEPT) -> WebhookKeys:
        """Return the keys, read again where that was longer ago than ``within``."""
        now = self.clock()
        if self._read_at is None or now - self._read_at >= within:
            try:
                self.keys = WebhookKeys.of(self.read_keys())
            except (BotoCoreError, ClientError, ValueError):
                if self._read_at is None:
                    raise
                count(Metric.WEBHOOK_KEYS_UNAVAILABLE)  # those at hand are most probably right
            if self._read_at is None and self.keys.integration_user is None:
                count(Metric.INTEGRATION_USER_UNKNOWN)
                logger.warning("the secret does not name the integration user: run make zendesk")
            self._read_at = now
        return self.keys

    def connector(self) -> frozenset[int]:
        """Return the users that the connector is in Zendesk: by the secret, and as the recovery found out."""
        now = self.clock()
        if self._connector_read_at is None or now - self._connector_read_at >= _KEYS_KEPT:
            try:
                found = self.ledger.recall(INTEGRATION_USER)
                self._connector, self._connector_read_at = found.value if found else None, now
            except (BotoCoreError, ClientError) as error:
                _without_ledger(error)
        return frozenset(user for user in (self.keys.integration_user, self._connector) if user is not None)

    def account(self, call: Call) -> int | None:
        """Return the account whose events are accepted: the one of the secret, else of the first event.

        None where neither is known. An account is learnt from a body only: no header is signed.
        """
        if self.keys.account is not None:
            return self.keys.account
        if self._account is None:
            signed = signed_account(call)
            if signed is None:
                pinned = self.ledger.recall(WEBHOOK_ACCOUNT.key())
                self._account = pinned.value if pinned else None
            else:
                self._account = self.ledger.change(WEBHOOK_ACCOUNT.key(), lambda known: known or signed)
        return self._account


def answer(endpoint: WebhookEndpoint, request: Request) -> Response:
    """Handle a request, and return the answer to Zendesk.

    200: published, a duplicate, or never to be published, which is then a dead letter. 503: Zendesk is to
    send it again. 4xx: it is not what it should be, and nothing has been done.
    """
    try:
        call = _verified(endpoint, request)
        _handle(endpoint, call)
    except Rejected as rejected:
        endpoint.rejections.add(rejected)
        return Response(rejected.status)
    except (_SecretRotating, NotPublished, BotoCoreError, ClientError) as error:
        count(Metric.WEBHOOK_RETRY_REQUESTED)
        logger.warning("retry requested from Zendesk", source=SOURCE, error=type(error).__name__)
        return Response(503)
    return Response(200)


def publish(
    messages: Messages, ledger: Ledger, call: Call, event: ZendeskEvent, *, other_ways: bool = False
) -> bool:
    """Put an event on the bus, unless that was done before; returns whether it was done now.

    ``other_ways``: a webhook's event may have come by another bus before, and has that one's id then. One by
    our template has no id that Zendesk gave it: it is no event that comes another way. It is marked as seen
    when the bus has it. Without the ledger it is published as well: what acts on it does so once for each
    event. Raises `NotPublished`, `CannotBeSent` and the errors of boto3.
    """
    try:
        if other_ways and event.id != call.invocation:
            event = known_as(ledger, event, "webhook")
    except (BotoCoreError, ClientError) as error:
        _without_ledger(error)
    marks = _marks(call, event)
    try:
        seen = any(ledger.recall(WEBHOOK_SEEN.key(mark=mark)) for mark in marks)
    except (BotoCoreError, ClientError) as error:
        _without_ledger(error)
        seen = False
    if seen:
        return False
    messages.publish(ZENDESK_EVENT, event.as_detail())
    try:
        for mark in marks:
            ledger.remember(WEBHOOK_SEEN.key(mark=mark), True)
    except (BotoCoreError, ClientError) as error:
        _without_ledger(error)
    return True


class _SecretRotating(Exception):
    """The signature may be of a secret that has just been rotated and is not known here yet."""


def _verified(endpoint: WebhookEndpoint, request: Request) -> Call:
    now, keys = endpoint.clock(), endpoint.fresh_keys()
    try:
        return verified(request, keys.secrets(now), now)
    except WrongSignature:
        newer = endpoint.fresh_keys(KEYS_READ_AGAIN)
        if newer.secrets(now) == keys.secrets(now) and not newer.rotating(now):
            raise
    try:
        return verified(request, newer.secrets(now), now)
    except WrongSignature:
        # Of several webhooks, one may have its new secret already, and this one not yet.
        if newer.rotating(now):
            raise _SecretRotating from None
        raise


def _handle(endpoint: WebhookEndpoint, call: Call) -> None:
    try:
        event = read(call, connector=endpoint.connector())
        account = endpoint.account(call)
        if not event.account == call.account == (account or call.account):
            raise Rejected(403, "another account")
        new = publish(endpoint.messages(), endpoint.ledger, call, event, other_ways=endpoint.other_ways)
    except NotJson as reason:
        raise Rejected(400, str(reason)) from None
    except (NotAnEvent, CannotBeSent) as reason:
        endpoint.messages().dead_letter(SOURCE, str(reason), call.body)
        count(Metric.DEAD_LETTER)
        logger.error("dead-lettered", source=SOURCE, reason=str(reason), invocation=call.invocation)
        return
    count(Metric.ZENDESK_EVENT if new else Metric.ZENDESK_EVENT_DUPLICATE)
    logger.info(
        "event published" if new else "duplicate event ignored",
        event=event.id, type=event.type, ticket=event.ticket.id, by_connector=event.by_connector,
    )  # fmt: skip


def _marks(call: Call, event: ZendeskEvent) -> tuple[str, ...]:
    """Return what an event is known by when it comes again.

    An event's own id is signed. A body by our template has none: a retry of it has the same invocation, and
    a replay, in which that header can be changed, the same signature.
    """
    if event.id != call.invocation or not call.signature:
        return (f"event#{event.id}",)
    return (f"event#{event.id}", f"signature#{call.signature}")


def _without_ledger(error: Exception) -> None:
    count(Metric.LEDGER_UNAVAILABLE)
    logger.warning("ledger unavailable", source=SOURCE, error=type(error).__name__)
