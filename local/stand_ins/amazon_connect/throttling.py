"""The service's quotas: a bucket of requests for each operation (contract sheet of Amazon Connect, 8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

# Requests a second, and at once. They are an account's in a region: all its instances share them.
_DEFAULT = (2.0, 5)
_QUOTAS = {
    **dict.fromkeys(
        (
            "DescribeContact",
            "GetContactAttributes",
            "UpdateContactAttributes",
            "StopContact",
            "UpdateContact",
            "ListContactReferences",
            "BatchPutContact",
        ),
        (10.0, 15),
    ),
    **dict.fromkeys(("TagContact", "UntagContact"), (20.0, 25)),
    "UpdateContactRoutingData": (20.0, 20),
    **dict.fromkeys(
        ("StartChatContact", "StartContactStreaming", "StopContactStreaming"),
        (5.0, 8),
    ),
    "SearchContacts": (0.5, 1),
    "ListIntegrationAssociations": (25.0, 50),
    "GetMetricDataV2": (10.0, 10),
}


class Quotas:
    """Token buckets by operation: so many requests a second, so many at once."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, operation: str) -> bool:
        """Count one request; say whether the quota allowed it."""
        rate, burst = _QUOTAS.get(operation, _DEFAULT)
        now = self._clock()
        left, before = self._left.get(operation, (float(burst), now))
        left = min(float(burst), left + rate * max(0.0, (now - before).total_seconds()))
        allowed = left >= 1
        self._left[operation] = (left - 1 if allowed else left, now)
        return allowed
