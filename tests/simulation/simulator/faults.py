"""Every kind of fault: what it is, of how many seeds one has it, and how often it then comes.

A new kind is a row here, and a line where it is injected: `Chance.hits(name)` at each opportunity. A run of
300 seeds that never met one of them fails (`certainty.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

Choice = TypeVar("Choice")

#: How much goes wrong in a run at most, so that it comes to rest.
MOST_IN_A_RUN = 120
_OFTEN = 0.5
#: Of all kinds a seed has about so many.
_WHERE_ALL_ARE_DEALT = 0.3


@dataclass(frozen=True)
class Fault:
    """A kind of fault. ``seeds``: of so many seeds one has it. ``share`` of its opportunities, then; at most
    ``most`` in a run."""

    name: str
    what: str
    seeds: int = 4
    share: float = 0.03
    most: int = 8


def _kinds(place: str, *rows: tuple[Any, ...]) -> tuple[Fault, ...]:
    return tuple(Fault(f"{place}: {row[0]}", *row[1:]) for row in rows)


#: By where they are injected. In brackets: of how many seeds one, share of the opportunities, most in a run.
KINDS: tuple[Fault, ...] = (
    *_kinds(
        "function",
        ("killed", "ended before or after any effect; a new container goes on", 2, 0.012, 12),
        ("killed at once", "ended before its first effect, as out of memory", 4, 0.03, 4),
        ("too slow", "waits until its timeout ends it", 6, 0.004, 3),
        ("outlives its lease", "stands still for minutes, then goes on, while others work", 6, 0.003, 3),
        ("clock wrong", "a container's clock is up to 30 s off", 4, 0.4, 30),
        ("clock far wrong", "a container's clock is up to 150 s off, beyond any lease", 12, 0.2, 10),
        (
            "throttled",
            "Lambda finds no concurrency; what is invoked at once is tried until it is too old",
            6,
            0.1,
            4,
        ),
    ),
    *_kinds(
        "Zendesk",
        ("answer lost before", "the connection breaks, nothing was done", 3, 0.03),
        ("answer lost after", "the connection breaks, all was done", 3, 0.03),
        (
            "late write",
            "the connection breaks, and a write is carried out later, within what T14 bounds",
            3,
            0.05,
        ),
        ("429", "too many requests, with Retry-After", 4, 0.03),
        ("503", "unavailable, with and without Retry-After", 4, 0.03),
        ("odd Retry-After", "429 or 503 with 30 days, inf, nan, less than nothing", 12, 0.02, 2),
        (
            "network before",
            "500, 502, 504, 520, 408, 423, 425, or 403 and 404 in HTML; nothing was done",
            3,
            0.02,
        ),
        ("network after", "502 or 504 in HTML, or JSON cut short; all was done", 3, 0.03),
        ("conflict", "409 on any write; nothing was done", 4, 0.04),
        ("hangs", "nothing is said until the client's read timeout; nothing was done", 6, 0.015, 4),
        ("slow", "the answer takes seconds, and others work meanwhile", 3, 0.1, 20),
        ("token revoked", "every access token ends", 6, 0.02, 3),
        ("down for a day", "503 for a day", 25, 1.0, 1),
        ("another language", "errors in German, French, Spanish or Japanese", 4, 1.0, 1),
        ("search lags an hour", "search sees changes an hour late", 6, 1.0, 1),
        ("answers otherwise", "one of the open questions about Zendesk is answered the other way", 2, 1.0, 1),
        ("webhook twice", "an event is sent twice", 3, 0.3),
        ("webhook lost", "the endpoint cannot be reached; the recovery run fetches it", 4, 0.2, 4),
    ),
    *_kinds(
        "DynamoDB",
        ("throttled", "a write or read is refused", 4, 0.01, 10),
        ("written, then an error", "a write is done, and the answer is an error", 4, 0.02, 10),
        (
            "written, then its own retry",
            "a write is done; the client's retry meets its own condition",
            4,
            0.02,
            10,
        ),
        ("another transaction", "a head is being written by another container's transaction", 4, 0.1, 6),
        ("hangs", "no answer until the client's timeouts are over", 6, 0.005, 4),
        (
            "expired is deleted early",
            "what has expired is deleted at once, not within two days",
            3,
            0.5,
            10_000,
        ),
        ("down for a day", "every request is refused for a day", 25, 1.0, 1),
    ),
    *_kinds(
        "SQS",
        ("sent twice", "a standard queue delivers a message twice, up to 15 minutes apart", 2, 0.08, 12),
        ("late", "a message is delivered minutes late, behind others", 2, 0.1, 12),
        ("send refused", "SendMessage fails, nothing was sent", 6, 0.2, 4),
        ("sent, then an error", "SendMessage fails, and the message was sent", 6, 0.2, 4),
        (
            "visibility refused",
            "ChangeMessageVisibility fails: the message comes when its timeout is over",
            4,
            0.2,
            4,
        ),
        ("deleted in vain", "a message that was deleted is delivered once more", 4, 0.05, 5),
        ("down for a day", "nothing is delivered for a day", 25, 1.0, 1),
    ),
    *_kinds(
        "EventBridge",
        ("refused", "PutEvents reports a failed entry", 4, 0.03),
        ("published, then an error", "PutEvents fails, and the event was published", 4, 0.03),
        ("twice", "an event reaches its targets twice", 3, 0.05),
        ("late", "an event reaches its targets minutes or hours late", 4, 0.04, 4),
    ),
    *_kinds(
        "Kinesis",
        ("record twice", "Amazon Connect puts a record twice, minutes or hours apart", 2, 0.2),
        ("record late", "a record comes after those of later legs", 2, 0.2),
    ),
    *_kinds(
        "Amazon Connect",
        ("throttled", "too many requests", 4, 0.05),
        ("fails", "500 in the operation's own error", 4, 0.05),
        ("answer lost before", "the connection breaks, nothing was done", 6, 0.05, 4),
        ("answer lost after", "the connection breaks, all was done", 6, 0.1, 4),
        ("down for a day", "500 for a day", 25, 1.0, 1),
        ("contact event lost", "best effort: it never comes", 3, 0.08, 5),
        ("contact event twice", "it comes twice", 3, 0.1),
        ("contact event late", "it comes minutes late: too late to act at once", 4, 0.05, 4),
        ("record sent again", "a record comes again days later, with an attribute more", 4, 0.2, 4),
    ),
    *_kinds(
        "S3",
        ("refuses", "any request fails for now", 4, 0.05, 4),
        ("notification lost", "a file is there and no one says so (X7)", 4, 0.2, 4),
        ("notification twice", "a file is announced twice", 4, 0.2, 4),
    ),
    *_kinds(
        "configuration",
        ("AppConfig fails", "a new container gets no settings", 4, 0.05, 5),
        ("Secrets Manager fails", "no token can be asked for", 6, 0.3, 4),
        ("settings changed", "an administrator changes settings in the middle", 3, 1.0, 1),
    ),
    *_kinds(
        "people",
        ("ticket closed", "an agent closes a contact's ticket at any moment", 3, 0.3, 3),
        ("ticket merged", "an agent merges a contact's ticket into another", 4, 0.2, 2),
        ("ticket deleted", "an agent deletes a contact's ticket", 4, 0.2, 2),
        ("ticket changed", "an agent changes a contact's ticket again and again", 2, 0.3, 4),
        ("requester suspended", "a caller is suspended in Zendesk at any moment", 4, 0.2, 2),
        ("requester deleted", "a caller is deleted in Zendesk", 6, 0.2, 2),
        ("requester merged", "a caller is merged into another user", 6, 0.2, 2),
    ),
    *_kinds(
        "poison",
        ("record", "something on the record stream that is no contact record", 2, 1.0, 1),
        ("message", "something in a queue that no function sends", 4, 1.0, 1),
        ("file", "a transcript or analysis that cannot be read", 3, 1.0, 1),
        ("webhook", "a forged, old or unsigned request to the endpoint", 4, 1.0, 1),
        ("kills", "a message that kills its function each time", 30, 1.0, 1),
    ),
    *_kinds(
        "release",
        (
            "the one before works too",
            "while it is replaced, containers are of either",
            7,
            0.5,
            30,
        ),
    ),
)
BY_NAME = {fault.name: fault for fault in KINDS}


#: Containers of the release before work as well.
TWO_RELEASES = "release: the one before works too"
#: What that release did not survive: such faults are dealt only where this one works alone.
TOO_MUCH_BEFORE = frozenset(
    {
        "Zendesk: late write",
        "Zendesk: network before",
        "people: ticket closed",
        "people: ticket merged",
        "people: ticket deleted",
        "people: requester suspended",
        "people: requester deleted",
        "people: requester merged",
    }
)


def dealt(seed: int) -> tuple[str, ...]:
    """Return the kinds of faults that a seed has: each in turn, so that a few seeds have all."""
    names = tuple(fault.name for number, fault in enumerate(KINDS) if (seed + 5 * number) % fault.seeds == 0)
    return tuple(name for name in names if TWO_RELEASES not in names or name not in TOO_MUCH_BEFORE)


class Chance:
    """What goes wrong in a run. ``only``: exactly these, each as kind and number of its opportunity.

    ``often``: kinds that come at every other opportunity, for a search of what they find. ``size``: so many
    times as much may go wrong as in a seed, and each kind comes as much less often as more kinds are dealt.

    ``met`` counts what was injected, ``injected`` has it in order, ``told`` what was decided otherwise.
    """

    def __init__(
        self,
        seed: int,
        kinds: Collection[str],
        only: Collection[tuple[str, int]] | None = None,
        often: Collection[str] = (),
        say: Callable[[str], None] = lambda _: None,
        size: int = 1,
    ) -> None:
        self._seed, self._kinds, self._only, self._say = seed, frozenset(kinds), only, say
        self._often, self._size = frozenset(often), size
        self._randoms: dict[str, Random] = {}
        self._seen: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self.injected: list[tuple[str, int]] = []
        self.over = False

    def deals(self, name: str) -> bool:
        """Return whether a kind of fault is dealt to this run."""
        return name in self._kinds

    def random(self, of: str) -> Random:
        """Return the chance of one kind of thing, which no other disturbs."""
        if of not in self._randoms:
            self._randoms[of] = Random(f"{self._seed} {of}")  # noqa: S311 - a seed is the point
        return self._randoms[of]

    def hits(self, name: str, *where: str) -> bool:
        """Return whether a kind of fault is injected at this opportunity; ``where`` says so in the story."""
        kind = BY_NAME[name]
        if name not in self._kinds or self.over:
            return False
        self._seen[name] += 1
        number = self._seen[name]
        if self._only is not None:
            hit = (name, number) in self._only
            self.random(name).random()
        else:
            often = name in self._often
            hit = self.random(name).random() < (_OFTEN if often else self._share(kind))
            hit = hit and (often or self.met[name] < kind.most * self._size)
            hit = hit and len(self.injected) < MOST_IN_A_RUN * self._size
        if hit:
            self.met[name] += 1
            self.injected.append((name, number))
            said = " ".join(where)
            self._say(f"fault: {name} ({said})" if said else f"fault: {name}")
        return hit

    def _share(self, kind: Fault) -> float:
        return kind.share if self._size == 1 or kind.share == 1 else kind.share * _WHERE_ALL_ARE_DEALT

    def often(self, name: str) -> bool:
        """Return whether something happens that is no fault for the story, and has no bound."""
        hit = name in self._kinds and not self.over and self.random(name).random() < BY_NAME[name].share
        self.met[name] += hit
        return hit

    def one_of(self, of: str, choices: Sequence[Choice]) -> Choice:
        """Return one of them."""
        return self.random(f"{of}, which").choice(choices)

    def between(self, of: str, least: float, most: float) -> float:
        """Return a number between two."""
        return self.random(f"{of}, how much").uniform(least, most)
