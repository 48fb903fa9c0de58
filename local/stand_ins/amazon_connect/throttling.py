"""The service's quotas: a bucket of requests for each operation (facts/amazon-connect.md 8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

# Requests a second, and at once. They are an account's in a region: all its instances share them.
_DEFAULT = (2.0, 5)
_QUOTAS = dict.fromkeys(("DescribeContact", "GetContactAttributes", "UpdateContactAttributes"), (10.0, 15))


class Quotas:
    """Token buckets by operation: so many requests a second, so many at once."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, operation: str) -> bool:
        """Count one request; return whether the quota allowed it."""
        rate, burst = _QUOTAS.get(operation, _DEFAULT)
        now = self._clock()
        left, before = self._left.get(operation, (float(burst), now))
        left = min(float(burst), left + rate * max(0.0, (now - before).total_seconds()))
        allowed = left >= 1
        self._left[operation] = (left - 1 if allowed else left, now)
        return allowed
