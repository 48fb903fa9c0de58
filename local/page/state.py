"""What the page shows, from the Zendesk stand-in, the dead letters and what is still under way."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from local.emulator.dead_letters import DeadLetter

_MINUTES_SHOWN = 20


class ShownZendesk(Protocol):
    """What the page needs of the Zendesk stand-in."""

    @property
    def requests(self) -> Mapping[str, int]:
        """How many requests there were, by endpoint."""

    @property
    def revision(self) -> int:
        """A number that grows with each change."""

    def tickets(self) -> list[dict[str, Any]]:
        """Every ticket."""

    def users(self) -> list[dict[str, Any]]:
        """Every user."""


class PageState:
    """Puts together what the page shows; `revision` and `state` are what `PageServer` asks for.

    `clock` returns the moment (aware, UTC). `dead_letters` returns them all, `dead_letter_count` how many
    there are (it is asked often). `under_way` says in words what is still to be done, "" for nothing.
    `sent` returns how many contact records have been sent.
    """

    def __init__(
        self,
        zendesk: ShownZendesk,
        *,
        clock: Callable[[], datetime],
        dead_letters: Callable[[], Sequence[DeadLetter]],
        dead_letter_count: Callable[[], int],
        under_way: Callable[[], str],
        sent: Callable[[], int],
    ) -> None:
        self._zendesk, self._clock = zendesk, clock
        self._dead_letters, self._dead_letter_count = dead_letters, dead_letter_count
        self._under_way, self._sent = under_way, sent
        self._minutes = RequestsPerMinute(clock)

    def revision(self) -> object:
        """Equal as long as the page would look the same."""
        self._minutes.look(sum(self._zendesk.requests.values()))
        return (
            self._zendesk.revision,
            self._minutes.shown(),
            self._dead_letter_count(),
            self._under_way(),
            self._sent(),
        )

    def state(self) -> dict[str, Any]:
        """The page's state as JSON values."""
        requests = dict(self._zendesk.requests)
        return {
            "sent": self._sent(),
            "under_way": self._under_way(),
            "tickets": sorted(self._zendesk.tickets(), key=lambda ticket: int(ticket["id"]), reverse=True),
            "users": self._zendesk.users(),
            "requests": {
                "total": sum(requests.values()),
                "per_minute": [{"minute": minute, "count": count} for minute, count in self._minutes.shown()],
                "endpoints": [
                    {"name": name, "count": count}
                    for name, count in sorted(requests.items(), key=lambda item: (-item[1], item[0]))
                ],
            },
            "dead_letters": [
                {
                    "id": letter.id,
                    "source": letter.source,
                    "reason": letter.reason,
                    "data": letter.data,
                    "sent_at": letter.sent_at.isoformat(timespec="seconds"),
                }
                for letter in self._dead_letters()
            ],
        }


class RequestsPerMinute:
    """How many requests fell into each of the last minutes, from a count that only grows."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = 0
        self._minutes: deque[tuple[datetime, int]] = deque(maxlen=_MINUTES_SHOWN)

    def look(self, total: int) -> None:
        """Take notice of how many requests there have been so far."""
        with self._lock:
            minute = self._clock().replace(second=0, microsecond=0)
            if not self._minutes:
                self._minutes.append((minute, 0))
            while self._minutes[-1][0] < minute:
                self._minutes.append((self._minutes[-1][0] + timedelta(minutes=1), 0))
            # Less than before: the world was replaced and its counting began again.
            new = total - self._last if total >= self._last else total
            self._minutes[-1] = (self._minutes[-1][0], self._minutes[-1][1] + new)
            self._last = total

    def shown(self) -> tuple[tuple[str, int], ...]:
        """The minutes as ISO 8601 with their counts, oldest first."""
        with self._lock:
            return tuple((minute.isoformat(), count) for minute, count in self._minutes)
