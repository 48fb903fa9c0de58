"""How long a request may take, within the time that an invocation has left."""

import threading
from collections.abc import Callable
from typing import Any

_CONNECT_SECONDS = 3.05
_READ_SECONDS = 10.0
_READ_AFTER_FILE_SECONDS = 60.0  # Zendesk stores a file of 45 MB, and looks at it, before it answers
_LEAST_SECONDS = 1.0  # no answer can be expected in less
_LEAST_HURRIED_SECONDS = 0.2  # where a caller waits on the line, even a slim chance is taken
_SPARE_SECONDS = 2.0  # of the invocation, to write down what happened


def seconds_left(context: Any) -> Callable[[], float]:
    """Return a function that returns how many seconds an invocation has left; ``context`` is Lambda's."""
    return lambda: float(context.get_remaining_time_in_millis()) / 1000


class Patience(threading.local):
    """Each thread's own, so that one that was abandoned keeps the deadline it had.

    ``remaining`` returns the seconds left until that deadline.
    """

    remaining: Callable[[], float] = staticmethod(lambda: 30.0)
    _spare = _SPARE_SECONDS
    _least = _LEAST_SECONDS

    def hurry(self, left: Callable[[], float]) -> None:
        """Spend on requests all that is ``left`` (it returns seconds), and no more."""
        self.remaining, self._spare, self._least = left, 0.0, _LEAST_HURRIED_SECONDS

    def timeouts(self, *, for_file: bool = False) -> tuple[float, float] | None:
        """Return how long to wait for a connection and then for an answer, or None where it is too late.

        ``for_file``: the answer comes once a file has been stored.
        """
        patience = self.remaining() - self._spare
        if patience < self._least:
            return None
        connect = min(_CONNECT_SECONDS, patience / 3)
        longest = _READ_AFTER_FILE_SECONDS if for_file else _READ_SECONDS
        return connect, min(longest, patience - connect)
