"""Finds the events that Zendesk gave up delivering, and publishes them after all (K3).

Zendesk keeps for a week what became of each invocation of a webhook. Of one that failed it lists the
attempts, each with the request that was sent: its body is the event, read as the endpoint reads it. Where
an account does not show the body, the event is lost: that is counted, and a dead letter names what is known.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.errors import Conflict, Permanent
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.schema import RECOVERED, RECOVERY_RUN, RECOVERY_SINCE, WEBHOOK_ACCOUNT, own_step
from connect_zendesk.messaging import CannotBeSent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.webhooks.endpoint import INTEGRATION_USER, publish
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import NotAllowed, NotFound
from connect_zendesk.zendesk.webhook import Call, timestamp
from connect_zendesk.zendesk.webhook_event import NotAnEvent, NotJson, read
from connect_zendesk.zendesk.webhook_keys import WebhookKeys

SOURCE = "zendesk_recovery"
#: As long as Zendesk lists invocations.
WEEK = timedelta(days=7)
#: A run looks again at what the one before may have seen too early.
OVERLAP = timedelta(hours=1)

_SPARE_SECONDS = 10.0
_PAGE = 100
#: Of a dead letter, so that it stays one that can be read.
_MOST_NAMED = 500


@dataclass(frozen=True)
class _Failed:
    """An invocation that Zendesk gave up delivering, and what it says of it."""

    id: str
    webhook: str
    at: datetime | None
    about: Mapping[str, Any]


class _NotShown(Exception):
    """Zendesk does not show what an invocation was about, or nothing that is an event."""


def recover(
    services: Services, keys: WebhookKeys, remaining: Callable[[], float], *, other_ways: bool = False
) -> None:
    """Publish what Zendesk could not deliver since the last time.

    ``remaining`` returns the seconds left; what there is no time for, the next run does. ``other_ways``: the
    same events may have come by another bus. Does nothing while
    another run is in progress. Raises `ZendeskLater`, and what the bus and the ledger raise.
    """
    try:
        with exclusive_lock(services.ledger, own_step(RECOVERY_RUN.key())):
            connector = _connector(services, keys) if keys.webhooks else frozenset()
            for webhook in keys.webhooks:
                _recover(services, keys, connector, webhook, remaining, other_ways=other_ways)
    except Conflict:
        logger.info("another run of the recovery is in progress")


def _connector(services: Services, keys: WebhookKeys) -> frozenset[int]:
    """Return the users that the connector is in Zendesk, and record them for the endpoint.

    Where the secret was written by hand, or the OAuth client was replaced by another user's, the secret does
    not say so: tasks would come of the connector's own changes (K4), and a task of each note about a task.
    """
    known = frozenset(() if keys.integration_user is None else (keys.integration_user,))
    try:
        user = services.zendesk.get("/api/v2/users/me")["user"]["id"]
    except Permanent:
        return known  # then the secret is all there is to go by
    services.ledger.remember(INTEGRATION_USER, user)
    if user not in known:
        count(Metric.INTEGRATION_USER_UNKNOWN)
        logger.warning("the secret does not name the integration user: run make zendesk")
    return known | {user}


def _recover(
    services: Services,
    keys: WebhookKeys,
    connector: Collection[int],
    webhook: str,
    remaining: Callable[[], float],
    *,
    other_ways: bool,
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
            services.zendesk.pacer.ask_account()
            try:
                recovered += _published(services, keys, connector, failed, other_ways=other_ways)
                services.ledger.remember(RECOVERED.key(invocation=failed.id), True)
            except _NotShown:
                lost.append(failed)
    except NotFound:
        count(Metric.WEBHOOK_NOT_FOUND)
        logger.warning("webhook not found in Zendesk", webhook=webhook)
    except Permanent as error:
        complete = False
        count(Metric.RECOVERY_REFUSED)
        logger.error("Zendesk refuses to list a webhook's deliveries", webhook=webhook, error=str(error))
    finally:
        _report_lost(services, webhook, lost)
    if recovered or lost or not complete:
        logger.warning(
            "failed webhook deliveries",
            webhook=webhook, recovered=recovered, lost=len(lost), complete=complete,
        )  # fmt: skip
    if complete:
        services.ledger.remember(RECOVERY_SINCE.key(webhook=webhook), started.isoformat())


def _failed(zendesk: Zendesk, webhook: str, since: datetime) -> Iterator[_Failed]:
    """Yield the failed invocations since a time, newest first; filters that are ignored do no harm."""
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


def _published(
    services: Services,
    keys: WebhookKeys,
    connector: Collection[int],
    failed: _Failed,
    *,
    other_ways: bool,
) -> bool:
    path = f"/api/v2/webhooks/{failed.webhook}/invocations/{failed.id}/attempts"
    try:
        attempts = services.zendesk.get(path).get("attempts") or ()
    except NotAllowed:
        raise  # of every other as well
    except Permanent:
        raise _NotShown from None
    body = next(filter(None, map(_body, attempts)), None)
    if body is None:
        raise _NotShown
    pinned = services.ledger.recall(WEBHOOK_ACCOUNT.key())
    account = keys.account or (pinned.value if pinned else None)
    call = Call(body, "", failed.at or services.clock(), account or 0, failed.id)
    try:
        event = read(call, connector=connector)
        if account is not None and event.account != account:
            raise _NotShown
        new = publish(services.messages, services.ledger, call, event, other_ways=other_ways)
    except (NotJson, NotAnEvent, CannotBeSent):
        raise _NotShown from None
    if new:
        count(Metric.ZENDESK_EVENT_RECOVERED)
        logger.info("event recovered", event=event.id, type=event.type, ticket=event.ticket.id)
    return new


def _body(attempt: Mapping[str, Any]) -> bytes | None:
    """Return the body that an attempt sent, or None where it is not shown."""
    request = attempt.get("request")
    given = request if isinstance(request, dict) else {}
    payload = given.get("payload") or given.get("body")
    if isinstance(payload, dict):
        return json.dumps(payload).encode()
    return payload.encode("utf-8", "replace") if isinstance(payload, str) and payload else None


def _report_lost(services: Services, webhook: str, lost: list[_Failed]) -> None:
    """Report what cannot be recovered, in one dead letter, and remember that it was reported."""
    if not lost:
        return
    named = [dict(failed.about) for failed in lost[:_MOST_NAMED]]
    content = {"webhook": webhook, "lost": len(lost), "invocations": named}
    reason = f"Zendesk gave up on {len(lost)} deliveries and does not show what was in them"
    services.messages.dead_letter(SOURCE, reason, json.dumps(content).encode())
    count(Metric.ZENDESK_EVENT_LOST, len(lost))
    logger.error("events lost", source=SOURCE, webhook=webhook, lost=len(lost))
    for failed in lost:
        services.ledger.remember(RECOVERED.key(invocation=failed.id), True)
