"""Makes a failing seed smaller: fewer contacts, kinds of faults, faults, as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.simulation.simulator.faults import dealt
from tests.simulation.simulator.run import Outcome, play

Part = TypeVar("Part")

#: How many plays it may take.
_MOST = 150


def shrink(seed: int, say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Return the smallest play found that breaks the same invariant. ValueError where none is broken."""
    first = play(seed)
    if not first.wrong:
        raise ValueError(f"seed {seed} is right")
    broken = _names(first)
    left = [_MOST]

    def fails(outcome: Outcome) -> bool:
        left[0] -= 1
        return bool(broken & _names(outcome))

    contacts = _fewer(first.contacts, lambda some: fails(play(seed, contacts=some)), left)
    say(f"{len(contacts)} of {len(first.contacts)} contacts: {', '.join(contacts)}")
    kinds = _fewer(dealt(seed), lambda some: fails(play(seed, contacts=contacts, faults=some)), left)
    say(f"{len(kinds)} kinds of faults: {', '.join(kinds)}")
    last = play(seed, contacts=contacts, faults=kinds)
    exact = play(seed, contacts=contacts, faults=kinds, only=last.injected)
    if not fails(exact):
        return last
    few = _fewer(
        last.injected, lambda some: fails(play(seed, contacts=contacts, faults=kinds, only=some)), left
    )
    say(f"{len(few)} faults")
    return play(seed, contacts=contacts, faults=kinds, only=few)


def _names(outcome: Outcome) -> set[str]:
    return {what.partition(":")[0] for what in outcome.wrong}


def _fewer(parts: Sequence[Part], fails: Callable[[Sequence[Part]], bool], left: list[int]) -> Sequence[Part]:
    """Return as few of the parts as still fail: halves are left out, then quarters, and so on."""
    kept, size = list(parts), max(1, len(parts) // 2)
    while kept:
        at = 0
        while at < len(kept) and left[0] > 0:
            some = kept[:at] + kept[at + size :]
            if fails(some):
                kept = some
            else:
                at += size
        if size == 1 or left[0] <= 0:
            break
        size = max(1, size // 2)
    return kept
