"""Waiting for what runs beside a test: a browser, a server's thread, a process, the emulator's functions.

None of it is ready because the line before has returned, however often it was when the machine had nothing
else to do. So what is expected of it is never read and compared, but waited for. How long that took is
nobody's business: the longest wait is for a machine that is busy, and ends only tests that would fail.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_Seen = TypeVar("_Seen")

#: Seconds after which what is expected will not come any more.
LONGEST = 60.0
_PAUSE = 0.05


def wait_for(
    look: Callable[[], _Seen],
    expected: Callable[[_Seen], object] = bool,
    what: str = "",
    *,
    longest: float = LONGEST,
) -> _Seen:
    """Look until what is seen is as expected, and return it.

    ``expected`` tells whether it is; left out, anything true is. Fails after ``longest`` seconds, with
    ``what`` was waited for and what was seen last.
    """
    deadline = time.monotonic() + longest
    while not expected(seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what or 'What was expected'} did not come; seen last: {seen!r}")
        time.sleep(_PAUSE)
    return seen


def wait_until_equal(look: Callable[[], object], expected: object, *, longest: float = LONGEST) -> None:
    """Look until what is seen equals what is expected."""
    wait_for(look, lambda seen: seen == expected, f"{expected!r}", longest=longest)
