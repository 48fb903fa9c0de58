"""Keeps background work below the limits that Zendesk's answers name, so that people who wait find room (O7).

Zendesk is the counter that all containers share: its answers say of each limit what is left of the window,
by whatever the rest was used. Background work uses a limit no faster than its window passes: it stops where
less is left than the share that is kept for the rest of the window. So people who wait can use all of that at
any time, what they do not use is released to background work as the window passes, and neither has to know
how much the other needs. A limit that no answer has named is not kept.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from connect_zendesk.zendesk.errors import Paced
from connect_zendesk.zendesk.limits import NAMED, OF_ACCOUNT, OF_ONE_ITEM

#: Of each limit, kept for people who wait: of a whole window at its beginning, and ever less. The more of the
#: window before was used, the more is kept; so in quiet hours many records may come in one second.
LEAST_SHARE, MOST_SHARE = 0.5, 0.95
#: The name of the account's own limit; those of endpoints are named by Zendesk.
ACCOUNT = "account"
#: Kept besides, for so many seconds more: what is known of a limit is as old as the last answer, and of the
#: account's limit every message that others have begun takes some more.
_SPARE_SECONDS, _SPARE_SECONDS_OF_ACCOUNT = 0.5, 8.0
#: No header says how long a window is: the shortest of these in which what is left of it fits, or what was
#: left earlier; within a few seconds, as clocks differ (facts/zendesk.md 4).
_WINDOWS, _CLOCKS_DIFFER = (60.0, 300.0, 600.0, 3600.0), 5.0
#: How much is used of a window cannot be said in its first seconds.
_LEAST_PASSED = 5.0
#: For so long it is counted what was done, and what was paced.
_COUNTED = timedelta(seconds=60)
#: In seconds: a few that are paced together are not retried in the same one, and none waits too long.
_LEAST_SPREAD, _MOST_SPREAD = 5.0, 900.0

_VALUES = re.compile(r"\b(total|remaining|resets)=([0-9]{1,9})\b")
_WHOLE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Limit:
    """A limit as an answer showed it: ``total`` and ``remaining`` requests; the window ends at ``ends``.

    ``spare`` are the seconds for which more is kept than the rest of the window needs. ``share`` is kept of a
    whole window, ``share_after`` of the one after it.
    """

    total: int
    remaining: int
    window: float
    ends: datetime
    spare: float
    share: float = LEAST_SHARE
    share_after: float = LEAST_SHARE

    def wait(self, now: datetime) -> float:
        """Return for how many seconds background work leaves it alone, 0 where it may use it now.

        0 too once the window has ended: nothing is known of the next one.
        """
        left = (self.ends - now).total_seconds()
        kept = self.share * self.total / self.window
        if left <= 0 or self.remaining > kept * min(left + self.spare, self.window):
            return 0
        enough = self.remaining / kept - self.spare if kept else 0
        return left - max(0.0, enough)


class Pacer:
    """What one container knows of Zendesk's limits. ``clock`` returns the time."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._limits: dict[str, Limit] = {}
        self._of_endpoint: dict[str, frozenset[str]] = {}
        self._thread = threading.local()
        self._crowd = _Crowd(clock())

    @contextmanager
    def background(self) -> Iterator[None]:
        """Have this thread's requests be paced in a ``with`` block, which is the work of one message.

        Raises `Paced` where none can begin now.
        """
        try:
            self.ask_account()
            self._thread.paced = True
            yield
        except Paced as paced:
            self._crowd.add_paced(self._clock(), paced.seconds + paced.spread / 2)
            raise
        finally:
            self._thread.paced = False
        self._crowd.add_done(self._clock())

    def ask_account(self) -> None:
        """Raise `Paced` where the account's own limit has no room for background work.

        Asked before a message, not in the middle of one: what it has begun costs few requests more, and
        beginning it again would cost them twice.
        """
        self._ask(ACCOUNT)

    def ask(self, endpoint: str) -> None:
        """Raise `Paced` where this is background work, and a limit of the endpoint has no room for it.

        ``endpoint`` is method and path, with `{id}` for each number in it.
        """
        if getattr(self._thread, "paced", False):
            for name in self._of_endpoint.get(endpoint, ()):
                self._ask(name)

    def learn(self, endpoint: str, headers: Mapping[str, str]) -> None:
        """Note what an answer says of the limits of its account and endpoint, as far as it can be read."""
        account: dict[str, str] = {}
        named = set()
        for header, value in headers.items():
            if (own := OF_ACCOUNT.fullmatch(header.lower())) is not None:
                account[own[1]] = value.strip()
            elif (of := NAMED.fullmatch(header.lower())) is not None and of[1] not in OF_ONE_ITEM:
                values = {key: int(number) for key, number in _VALUES.findall(value)}
                if values.keys() == {"total", "remaining", "resets"}:
                    self._note(of[1], values["total"], values["remaining"], values["resets"])
                    named.add(of[1])
        if account.keys() == {"limit", "remaining", "reset"} and all(map(_WHOLE.fullmatch, account.values())):
            self._note(ACCOUNT, *(int(account[each]) for each in ("limit", "remaining", "reset")))
        if named:
            self._of_endpoint[endpoint] = frozenset(named)

    def _ask(self, name: str) -> None:
        now, limit = self._clock(), self._limits.get(name)
        if limit is not None and (wait := limit.wait(now)) > 0:
            raise Paced(name, wait, self._crowd.spread(now))

    def _note(self, name: str, total: int, remaining: int, resets: int) -> None:
        now, known = self._clock(), self._limits.get(name)
        left = min(float(resets), _WINDOWS[-1])
        window = next(each for each in _WINDOWS if each + _CLOCKS_DIFFER >= left)
        share, ends = LEAST_SHARE, now + timedelta(seconds=left)
        if known is not None:
            window = max(window, known.window)
            if now < known.ends:
                share = known.share
            elif now < known.ends + timedelta(seconds=window):
                share = known.share_after
        share_after, passed = share, window - left
        if passed >= _LEAST_PASSED:
            # As much as will have been used of this window, if it goes on as until now.
            used = (1 - remaining / max(1, total)) * window / passed
            share_after = min(MOST_SHARE, max(LEAST_SHARE, used))
        self._limits[name] = Limit(
            total,
            remaining,
            window,
            ends,
            _SPARE_SECONDS_OF_ACCOUNT if name == ACCOUNT else _SPARE_SECONDS,
            share,
            share_after,
        )


class _Crowd:
    """How long the work takes that waits: by what was done lately, and by how long what was paced waits."""

    def __init__(self, now: datetime) -> None:
        self._began = now
        self._before, self._counted = _Counted(), _Counted()

    def add_done(self, now: datetime) -> None:
        """Count a message that was done."""
        self._turn(now)
        self._counted.done += 1

    def add_paced(self, now: datetime, wait: float) -> None:
        """Count a message that was paced, which waits about so many seconds."""
        self._turn(now)
        self._counted.waits += wait

    def spread(self, now: datetime) -> float:
        """Return the seconds among which those that are paced now are to be spread.

        As many wait as begin to in a second, times how long they do; so what waits takes as long as their
        waits together, for each that is done. Where that is an hour, each is retried about eight times.
        """
        self._turn(now)
        waits = self._before.waits + self._counted.waits
        lasts = waits / max(1, self._before.done + self._counted.done)
        each = min(lasts, sqrt(lasts * _COUNTED.total_seconds()))
        return min(_MOST_SPREAD, max(_LEAST_SPREAD, 2 * each))

    def _turn(self, now: datetime) -> None:
        if (passed := now - self._began) >= _COUNTED:
            self._before = self._counted if passed < 2 * _COUNTED else _Counted()
            self._began, self._counted = now, _Counted()


@dataclass
class _Counted:
    """Messages ``done`` within a minute, and the ``waits`` together of those that were paced, in seconds."""

    done: int = 0
    waits: float = 0.0
