"""A clock that moves only when it is moved."""

from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Returns the same time until it is moved on; it never goes back."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def move_to(self, timestamp: datetime) -> None:
        """Move on to a time; an earlier one changes nothing."""
        self._now = max(self._now, timestamp)

    def move_by(self, duration: timedelta) -> None:
        """Move on by a duration."""
        self.move_to(self._now + duration)
