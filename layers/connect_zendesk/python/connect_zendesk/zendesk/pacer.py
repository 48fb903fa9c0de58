"""Keeps background work below the limits that Zendesk's answers name, so that people who wait find room (O7).

Zendesk is the counter that all containers share: its answers say of each limit what is left of the window,
whoever used the rest. Background work may use a limit no faster than its window passes: it stops where less is
left than the share that is kept for the rest of the window. So people who wait can use all of that at any
time, what they do not use is released to background work as the window passes, and neither has to know how
much the other needs. A limit that no answer has named is not kept.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from connect_zendesk.zendesk.errors import Paced
from connect_zendesk.zendesk.limits import NAMED, OF_ACCOUNT, OF_ONE_ITEM

#: Of each limit, kept for people who wait: of a whole window at its beginning, and ever less.
SHARE_OF_PEOPLE = 0.9
#: What is known of a limit is so old: other containers have used it meanwhile.
_STALE_SECONDS = 2.0
#: A limit's window is the shortest of these that has not ended yet (facts/zendesk.md 4).
_WINDOWS = (60.0, 300.0, 600.0, 3600.0)

#: The name of the account's own limit; those of endpoints are named by Zendesk.
ACCOUNT = "account"
_VALUES = re.compile(r"\b(total|remaining|resets)=([0-9]{1,9})\b")
_WHOLE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Limit:
    """A limit as an answer showed it: ``total`` and ``remaining`` requests; the window ends at ``ends``."""

    total: int
    remaining: int
    window: float
    ends: datetime

    def wait(self, now: datetime) -> float:
        """Return for how many seconds background work leaves it alone, 0 where it may use it now.

        0 too once the window has ended: nothing is known of the next one.
        """
        left = (self.ends - now).total_seconds()
        kept = SHARE_OF_PEOPLE * self.total / self.window
        if left <= 0 or self.remaining > kept * (left + _STALE_SECONDS):
            return 0
        enough = self.remaining / kept - _STALE_SECONDS if kept else 0
        return left - max(0.0, enough)


class Pacer:
    """What one container knows of Zendesk's limits. ``clock`` returns the time."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._limits: dict[str, Limit] = {}
        self._of_endpoint: dict[str, frozenset[str]] = {}
        self._thread = threading.local()

    @contextmanager
    def background(self) -> Iterator[None]:
        """Have this thread's requests be paced in a ``with`` block. Raises `Paced` where none can begin now."""
        self.ask_account()
        self._thread.paced = True
        try:
            yield
        finally:
            self._thread.paced = False

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
        """Note what an answer says of the limits of its account and endpoint; what is unreadable, not."""
        account: dict[str, str] = {}
        named = set()
        for header, value in headers.items():
            if (own := OF_ACCOUNT.fullmatch(header.lower())) is not None:
                account[own[1]] = value.strip()
            elif (of := NAMED.fullmatch(header.lower())) is not None and of[1] not in OF_ONE_ITEM:
                values = dict(_VALUES.findall(value))
                if values.keys() == {"total", "remaining", "resets"}:
                    self._note(of[1], values["total"], values["remaining"], values["resets"])
                    named.add(of[1])
        if account.keys() == {"limit", "remaining", "reset"} and all(map(_WHOLE.fullmatch, account.values())):
            self._note(ACCOUNT, account["limit"], account["remaining"], account["reset"])
        if named:
            self._of_endpoint[endpoint] = frozenset(named)

    def _ask(self, name: str) -> None:
        limit = self._limits.get(name)
        if limit is not None and (wait := limit.wait(self._clock())) > 0:
            raise Paced(name, wait)

    def _note(self, name: str, total: str, remaining: str, resets: str) -> None:
        seconds = min(float(resets), _WINDOWS[-1])
        window = next(each for each in _WINDOWS if each >= seconds)
        ends = self._clock() + timedelta(seconds=seconds)
        self._limits[name] = Limit(int(total), int(remaining), window, ends)
