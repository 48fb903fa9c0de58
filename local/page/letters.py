"""Dead letters as the page shows them, and the contacts they are about."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from local.emulator.dead_letters import DeadLetter
from local.page.board import Board

_LONGEST_DATA = 2000
_SHARE = 10  # reading takes at most one part in so many of the time: it hides letters from others
_AGAIN_AFTER = 10.0  # seconds; one sent again and another one come leave their count as it was


class Letters:
    """Puts dead letters on the board.

    `read` returns them all, `count` how many there are, which is asked often. `watch` is a clock in seconds.
    """

    def __init__(
        self,
        board: Board,
        *,
        read: Callable[[], Sequence[DeadLetter]],
        count: Callable[[], int],
        watch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._board, self._read, self._ask_count, self._watch = board, read, count, watch
        self._known = -1
        self._due = 0.0
        self._looked = 0.0
        #: How many there were at the last look.
        self.count = 0

    def read_again(self) -> None:
        """Have the next look read them, however many there are: some were sent again."""
        self._known = -1
        self._due = 0.0

    def look(self) -> None:
        """Take notice of letters that are new or gone."""
        now = self._watch()
        self.count = self._ask_count()
        stale = self.count and now - self._looked > _AGAIN_AFTER
        if (self.count == self._known and not stale) or now < self._due:
            return
        letters = self._read()
        # What another consumer is reading is counted and not seen: looked for again.
        self._known = len(letters)
        self._looked = self._watch()
        self._due = self._looked + _SHARE * (self._looked - now)
        self._board.keep_only("letters", (letter.id for letter in letters))
        for letter in letters[-self._board.limit("letters") :]:
            self._board.put("letters", letter.id, _row(letter))


def _row(letter: DeadLetter) -> dict[str, Any]:
    return {
        "source": letter.source,
        "reason": letter.reason,
        "data": letter.data[:_LONGEST_DATA],
        "sent_at": letter.sent_at.isoformat(timespec="seconds"),
        "contact": _contact(letter.data),
    }


def _contact(data: str) -> str | None:
    """Return the contact that a letter is about, where it says so."""
    try:
        content = json.loads(data)
        detail = content.get("detail", content)
        found = detail.get("InitialContactId") or detail.get("ContactId")
    except (ValueError, AttributeError, RecursionError):
        return None
    return found if isinstance(found, str) else None
