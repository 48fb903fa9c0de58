"""Finds the events whose delivery Zendesk gave up on, and puts them on the bus after all (K3).

Zendesk keeps for a week what became of each invocation of a webhook. Of one that failed it lists the
attempts, each with the request that was sent: its body is the event, read as the door reads it. Where an
account does not tell the body, the event is lost: that is counted, and a dead letter names what is known.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.errors import Conflict, Permanent
from connect_zendesk.ledger.schema import RECOVERED, RECOVERY_RUN, RECOVERY_SINCE, WEBHOOK_ACCOUNT, own_step
from connect_zendesk.ledger.steps import exclusive_lock
from connect_zendesk.messaging import CannotBeSent
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.webhooks.endpoint import INTEGRATION_USER, publish
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import NotAllowed, NotFound
from connect_zendesk.zendesk.webhook import Call, timestamp
from connect_zendesk.zendesk.webhook_event import NotAnEvent, NotJson, read
from connect_zendesk.zendesk.webhook_keys import WebhookKeys

SOURCE = "zendesk_recovery"
#: As long as Zendesk tells of invocations.
WEEK = timedelta(days=7)
#: A run looks again at what the one before may have seen too early.
OVERLAP = timedelta(hours=1)

_SPARE_SECONDS = 10.0
_PAGE = 100
#: Of a dead letter, so that it stays one that can be read.
_MOST_NAMED = 500


@dataclass(frozen=True)
class _Failed:
    """An invocation that Zendesk gave up on, and what it says of it."""

    id: str
    webhook: str
    at: datetime | None
    about: Mapping[str, Any]


class _NotTold(Exception):
    """Zendesk does not tell what an invocation was about, or nothing that is an event."""


def recover(services: Services, keys: WebhookKeys, remaining: Callable[[], float]) -> None:
    """Put on the bus what Zendesk could not deliver since the last time.

    ``remaining`` returns the seconds left; what there is no time for, the next run does. Does nothing where
    another run is at it. Raises `ZendeskError` of the kind *later*, and what the bus and the ledger raise.
    """
    try:
        with exclusive_lock(services.ledger, own_step(RECOVERY_RUN.key())):
            connector = _connector(services, keys) if keys.webhooks else frozenset()
            for webhook in keys.webhooks:
                _recover(services, keys, connector, webhook, remaining)
    except Conflict:
        logger.info("another run is recovering events")


def _connector(services: Services, keys: WebhookKeys) -> frozenset[int]:
    """Return the users that the connector is in Zendesk, and have the door know.

    Where the secret was written by hand, or the OAuth client was replaced by another user's, the secret does
    not say so: tasks would come of the connector's own doings (K4), and a task of each note about a task.
    """
    known = frozenset(() if keys.integration_user is None else (keys.integration_user,))
    try:
        user = services.zendesk.get("/api/v2/users/me")["user"]["id"]
    except Permanent:
        return known  # then the secret is all there is to go by
    services.ledger.remember(INTEGRATION_USER, user)
    if user not in known:
        count("IntegrationUserUnknown")
        logger.warning("the connector is another user in Zendesk than the secret says: run make zendesk")
    return known | {user}


def _recover(
    services: Services,
    keys: WebhookKeys,
    connector: Collection[int],
    webhook: str,
    remaining: Callable[[], float],
) -> None:
    started = services.clock()
    looked = services.ledger.recall(RECOVERY_SINCE.key(webhook=webhook))
    since = max(datetime.fromisoformat(looked.value) - OVERLAP if looked else started - WEEK, started - WEEK)
    lost: list[_Failed] = []
    recovered, complete = 0, True
    try:
        for failed in _failed(services.zendesk, webhook, since):
            if remaining() < _SPARE_SECONDS:
                complete = False
                break
            if services.ledger.recall(RECOVERED.key(invocation=failed.id)):
                continue
            try:
                recovered += _put_on_the_bus(services, keys, connector, failed)
                services.ledger.remember(RECOVERED.key(invocation=failed.id), True)
            except _NotTold:
                lost.append(failed)
    except NotFound:
        count("WebhookGone")
        logger.warning("a webhook is gone", webhook=webhook)
    except Permanent as error:
        complete = False
        count("RecoveryRefused")
        logger.error("Zendesk refuses to tell of a webhook", webhook=webhook, error=str(error))
    finally:
        _tell_lost(services, webhook, lost)
    if recovered or lost or not complete:
        logger.warning(
            "deliveries that Zendesk gave up on",
            webhook=webhook, recovered=recovered, lost=len(lost), complete=complete,
        )  # fmt: skip
    if complete:
        services.ledger.remember(RECOVERY_SINCE.key(webhook=webhook), started.isoformat())


def _failed(zendesk: Zendesk, webhook: str, since: datetime) -> Iterator[_Failed]:
    """Yield the failed invocations since a moment, newest first; filters that are ignored do no harm."""
    query: dict[str, str | int] = {
        "filter[status]": "failed",
        "filter[from_ts]": since.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "sort": "-latest_completed_at",
        "page[size]": _PAGE,
    }
    while True:
        answer = zendesk.get(f"/api/v2/webhooks/{webhook}/invocations", query)
        for item in answer.get("invocations") or ():
            at = timestamp(item.get("latest_completed_at"))
            if item.get("status") == "failed" and (at is None or at >= since):
                yield _Failed(str(item["id"]), webhook, at, item)
        meta = answer.get("meta") or {}
        if not meta.get("has_more"):
            return
        query = {**query, "page[after]": meta["after_cursor"]}


def _put_on_the_bus(
    services: Services, keys: WebhookKeys, connector: Collection[int], failed: _Failed
) -> bool:
    path = f"/api/v2/webhooks/{failed.webhook}/invocations/{failed.id}/attempts"
    try:
        attempts = services.zendesk.get(path).get("attempts") or ()
    except NotAllowed:
        raise  # of every other as well
    except Permanent:
        raise _NotTold from None
    body = next(filter(None, map(_body, attempts)), None)
    if body is None:
        raise _NotTold
    pinned = services.ledger.recall(WEBHOOK_ACCOUNT.key())
    account = keys.account or (pinned.value if pinned else None)
    call = Call(body, "", failed.at or services.clock(), account or 0, failed.id)
    try:
        event = read(call, connector=connector)
        if account is not None and event.account != account:
            raise _NotTold
        new = publish(services.messages, services.ledger, call, event)
    except (NotJson, NotAnEvent, CannotBeSent):
        raise _NotTold from None
    if new:
        count("ZendeskEventRecovered")
        logger.info("recovered", event=event.id, type=event.type, ticket=event.ticket.id)
    return new


def _body(attempt: Mapping[str, Any]) -> bytes | None:
    """Return the body that an attempt sent, or None where it is not told."""
    request = attempt.get("request")
    given = request if isinstance(request, dict) else {}
    payload = given.get("payload") or given.get("body")
    if isinstance(payload, dict):
        return json.dumps(payload).encode()
    return payload.encode("utf-8", "replace") if isinstance(payload, str) and payload else None


def _tell_lost(services: Services, webhook: str, lost: list[_Failed]) -> None:
    """Say what cannot be brought back, in one dead letter, and remember that it was said."""
    if not lost:
        return
    named = [dict(failed.about) for failed in lost[:_MOST_NAMED]]
    content = {"webhook": webhook, "lost": len(lost), "invocations": named}
    reason = f"Zendesk gave up on {len(lost)} deliveries and does not tell what was in them"
    services.messages.dead_letter(SOURCE, reason, json.dumps(content).encode())
    count("ZendeskEventLost", len(lost))
    logger.error("lost", source=SOURCE, webhook=webhook, lost=len(lost))
    for failed in lost:
        services.ledger.remember(RECOVERED.key(invocation=failed.id), True)
