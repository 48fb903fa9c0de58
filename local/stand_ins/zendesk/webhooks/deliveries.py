"""Delivery of webhook invocations: their attempts, retries, and the circuit breaker (6.2)."""

from __future__ import annotations

import base64
import hmac
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.webhooks.events import precise

_WINDOW = timedelta(minutes=5)
_MOST_ERRORS = 1000
_ERROR_SHARE = 0.7
_LONGEST_WAIT = 60  # a Retry-After that is not shorter is not honoured
_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Outgoing:
    """One attempt, ready to be sent: within `timeout` seconds the receiver has to answer."""

    invocation_id: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float


#: Sends an attempt; returns status and headers of the answer. TimeoutError where none comes in time.
Send = Callable[[Outgoing], tuple[int, Mapping[str, str]]]


@dataclass
class Invocation:
    """One event, or one firing of a trigger, for one webhook; retries keep `number`, its id."""

    number: str
    webhook_id: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    secret: str
    about: Shown
    due: datetime
    tries: dict[str, int] = field(default_factory=dict)
    attempts: list[Shown] = field(default_factory=list)
    snapshots: int = 1
    state: str = "waiting"  # waiting, under way, success, failed


@dataclass
class _Breaker:
    seen: deque[tuple[datetime, bool]] = field(default_factory=deque)  # when, and whether it failed
    closed_again: datetime | None = None
    probing: bool = False


class Deliveries:
    """The invocations of an account, oldest first."""

    def __init__(self, options: Options, per_minute: int | None) -> None:
        self._options, self._per_minute = options, per_minute
        self._waiting: list[Invocation] = []
        self._all: dict[str, Invocation] = {}
        self._breakers: dict[str, _Breaker] = {}
        self._minute: tuple[int, int] = (0, 0)

    def add(self, invocation: Invocation) -> None:
        """Queue an invocation."""
        self._all[invocation.number] = invocation
        self._waiting.append(invocation)
        while self._all and (first := next(iter(self._all.values()))).due < invocation.due - _KEPT:
            del self._all[first.number]

    def drop(self, webhook_id: str) -> None:
        """Drop the invocations of a webhook that are not sent yet."""
        self._waiting = [item for item in self._waiting if item.webhook_id != webhook_id]

    def next_due(self, now: datetime) -> datetime | None:
        """Return when something is to be sent next, `now` at the earliest; None where nothing waits."""
        due = [max(now, item.due, self._paused_until(item) or item.due) for item in self._waiting]
        return min(due, default=None)

    def take(self, now: datetime) -> Invocation | None:
        """Return the next invocation to send, which then is under way until `answered`; None for none."""
        for item in self._waiting:
            if item.due > now or (self._paused_until(item) or now) > now:
                continue
            breaker = self._breakers.get(item.webhook_id)
            if breaker and breaker.probing:
                continue  # after a pause one is sent, and the others wait for what becomes of it
            if self._per_minute is not None and not self._within_minute(now):
                return None
            if breaker and breaker.closed_again:
                breaker.probing = True
            item.state = "under way"
            self._waiting.remove(item)
            return item
        return None

    def outgoing(self, item: Invocation, now: datetime, account_id: int) -> Outgoing:
        """Return an attempt: body and invocation id stay, the signature has a timestamp of its own."""
        stamp = precise(now, len(item.attempts))
        signed = hmac.new(item.secret.encode(), stamp.encode() + item.body, sha256).digest()
        headers = {
            **item.headers,
            "User-Agent": "Zendesk Webhook",
            "X-Zendesk-Account-Id": str(account_id),
            "X-Zendesk-Webhook-Id": item.webhook_id,
            "X-Zendesk-Webhook-Invocation-Id": item.number,
            "X-Zendesk-Webhook-Signature": base64.b64encode(signed).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        }
        return Outgoing(item.number, item.method, item.url, headers, item.body, self._options.webhook_timeout)

    def answered(
        self, item: Invocation, status: int | None, headers: Mapping[str, str], now: datetime
    ) -> None:
        """Record the answer to an attempt: its status, or None where none came in time."""
        failed = status is None or not 200 <= status < 300
        self._count(item.webhook_id, now, failed=failed)
        number = f"{item.number}-{len(item.attempts) + 1}"
        sent: Shown = {}
        if self._options.webhook_attempts_show_request:
            sent["request"] = {"headers": dict(item.headers), "payload": item.body.decode()}
        item.attempts.append({
            "id": number, "invocation_id": item.number, "sent_at": precise(now),
            "status": "failed" if failed else "success", "status_code": 504 if status is None else status,
            **sent,
        })  # fmt: skip
        wait = self._wait(item, status, headers) if failed else None
        if wait is not None:
            item.due, item.state = now + timedelta(seconds=wait), "waiting"
            self._waiting.append(item)
        elif item.snapshots > 1:
            item.snapshots -= 1
            item.state = "waiting"
            self._waiting.append(item)
        else:
            item.state = "failed" if failed else "success"

    def invocations(self, webhook_id: str, now: datetime) -> list[Shown]:
        """Return the invocations of a webhook in the last seven days, newest first."""
        found = [i for i in self._all.values() if i.webhook_id == webhook_id and i.due > now - _KEPT]
        return [
            {
                "id": item.number, "webhook_id": webhook_id, "status": item.state,
                "status_code": item.attempts[-1]["status_code"] if item.attempts else None,
                "latest_completed_at": item.attempts[-1]["sent_at"] if item.attempts else None,
                "attempt_count": len(item.attempts), **item.about,
            }
            for item in reversed(found)
        ]  # fmt: skip

    def attempts(self, webhook_id: str, number: str) -> list[Shown] | None:
        """Return the attempts of an invocation, newest first; None where there is none."""
        item = self._all.get(number)
        return item.attempts[::-1] if item and item.webhook_id == webhook_id else None

    def _wait(self, item: Invocation, status: int | None, headers: Mapping[str, str]) -> float | None:
        """Return the seconds until a failed attempt is repeated, or None where it is not."""
        options = self._options
        if status == 409:
            return self._again(
                item, "conflict", options.webhook_retries_of_conflict, options.webhook_retry_wait
            )
        if status is None:
            return self._again(
                item, "timeout", options.webhook_retries_of_timeout, options.webhook_retry_wait
            )
        if status in (429, 503):
            asked = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
            if asked.isdecimal() and int(asked[:9]) < _LONGEST_WAIT:
                return self._again(item, "limit", options.webhook_retries_of_limit, int(asked))
        if status >= 500 and status != 503 and options.webhook_other_5xx_retried:
            return self._again(item, "5xx", options.webhook_retries_of_limit, options.webhook_retry_wait)
        return None

    def _again(self, item: Invocation, why: str, most: int, wait: float) -> float | None:
        item.tries[why] = item.tries.get(why, 0) + 1
        return wait if item.tries[why] <= most else None

    def _count(self, webhook_id: str, now: datetime, *, failed: bool) -> None:
        breaker = self._breakers.setdefault(webhook_id, _Breaker())
        pause = timedelta(seconds=self._options.webhook_breaker_pause)
        if breaker.closed_again is not None:
            breaker.probing = False
            breaker.closed_again = now + pause if failed else None
            breaker.seen.clear()
            return
        breaker.seen.append((now, failed))
        while breaker.seen[0][0] <= now - _WINDOW:
            breaker.seen.popleft()
        wrong = sum(failed for _, failed in breaker.seen)
        enough = len(breaker.seen) >= self._options.webhook_breaker_least
        if wrong > _MOST_ERRORS or (enough and wrong >= _ERROR_SHARE * len(breaker.seen)):
            breaker.closed_again = now + pause

    def _paused_until(self, item: Invocation) -> datetime | None:
        breaker = self._breakers.get(item.webhook_id)
        return breaker.closed_again if breaker else None

    def _within_minute(self, now: datetime) -> bool:
        minute, count = int(now.timestamp() // 60), 0
        if self._minute[0] == minute:
            count = self._minute[1]
        if count >= (self._per_minute or 0):
            return False
        self._minute = (minute, count + 1)
        return True
