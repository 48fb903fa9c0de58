"""Requests to Zendesk by minute, against what the plan allows."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.stand_ins.zendesk.plan import Plan

_MINUTES_SHOWN = 20
_NOT_COUNTED = "POST /oauth/tokens"


@dataclass(frozen=True)
class Bucket:
    """Requests that count against one limit: those to endpoints that `counts` says yes to."""

    name: str
    limit: int
    counts: Callable[[str], bool]


def buckets_of(plan: Plan) -> tuple[Bucket, ...]:
    """Return what a plan limits by the minute, as far as this project comes near it."""
    return (
        Bucket("all requests", plan.requests_per_minute, lambda endpoint: endpoint != _NOT_COUNTED),
        Bucket(
            "ticket updates",
            plan.ticket_updates_per_minute,
            lambda endpoint: endpoint.startswith("PUT /api/v2/tickets/{id}"),
        ),
        Bucket("searches", plan.searches_per_minute, lambda endpoint: endpoint == "GET /api/v2/search"),
    )


class RequestsPerMinute:
    """How many requests of each bucket fell into each of the last minutes, from counts that only grow."""

    def __init__(self, clock: Callable[[], datetime], buckets: tuple[Bucket, ...]) -> None:
        self._clock, self._buckets = clock, buckets
        self._lock = threading.Lock()
        self._last: Counter[str] = Counter()
        self._minutes: deque[tuple[datetime, Counter[str]]] = deque(maxlen=_MINUTES_SHOWN)

    def look(self, requests: Mapping[str, int]) -> None:
        """Take notice of how many requests there have been so far, by endpoint."""
        totals = {
            bucket.name: sum(count for endpoint, count in requests.items() if bucket.counts(endpoint))
            for bucket in self._buckets
        }
        with self._lock:
            minute = self._clock().replace(second=0, microsecond=0)
            if not self._minutes:
                self._minutes.append((minute, Counter()))
            gap = int((minute - self._minutes[-1][0]).total_seconds() // 60)
            for missed in range(max(gap - _MINUTES_SHOWN, 0), gap):
                self._minutes.append((minute - timedelta(minutes=gap - 1 - missed), Counter()))
            for name, total in totals.items():
                # Less than before: the world was replaced and its counting began again.
                new = total - self._last[name] if total >= self._last[name] else total
                self._minutes[-1][1][name] += new
                self._last[name] = total

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return a row for each bucket: its limit, and its minutes with their counts, oldest first."""
        with self._lock:
            return {
                bucket.name: {
                    "limit": bucket.limit,
                    "first": self._minutes[0][0].isoformat() if self._minutes else None,
                    "counts": [counts[bucket.name] for _, counts in self._minutes],
                }
                for bucket in self._buckets
            }
