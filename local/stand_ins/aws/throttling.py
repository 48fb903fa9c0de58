"""A service's quotas: a bucket of requests for each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

# Requests a second, and at once.
Quota = tuple[float, int]


class Quotas:
    """Token buckets by operation: so many requests a second, so many at once; `otherwise` for all others."""

    def __init__(self, clock: Callable[[], datetime], quotas: Mapping[str, Quota], otherwise: Quota) -> None:
        self._clock, self._quotas, self._otherwise = clock, quotas, otherwise
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, operation: str) -> bool:
        """Count one request; return whether the quota allowed it."""
        rate, burst = self._quotas.get(operation, self._otherwise)
        now = self._clock()
        left, before = self._left.get(operation, (float(burst), now))
        left = min(float(burst), left + rate * max(0.0, (now - before).total_seconds()))
        allowed = left >= 1
        self._left[operation] = (left - 1 if allowed else left, now)
        return allowed
