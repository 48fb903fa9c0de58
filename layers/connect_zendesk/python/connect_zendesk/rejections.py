"""Says which requests from the internet were rejected: at once, and in a flood once a minute for all."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.http_messages import Rejected
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger

_LOGGED_AGAIN = timedelta(minutes=1)


class Rejections:
    """What one container of the function ``source`` has rejected, counted as ``metric``."""

    def __init__(self, source: str, metric: Metric, clock: Callable[[], datetime]) -> None:
        self._source, self._metric, self._clock = source, metric, clock
        self._times: Counter[str] = Counter()
        self._logged_at: dict[str, datetime] = {}

    def add(self, rejected: Rejected, **about: Any) -> None:
        """Log and count why a request was rejected. ``about`` is logged with it: nothing personal."""
        reason, now = str(rejected), self._clock()
        self._times[reason] += 1
        last = self._logged_at.get(reason)
        if last is None or now - last >= _LOGGED_AGAIN:
            times = self._times.pop(reason)
            self._logged_at[reason] = now
            count(self._metric, times)
            logger.warning("request rejected", source=self._source, reason=reason, times=times, **about)
