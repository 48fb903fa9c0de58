"""Plays thousands of seeds, goes on where it was stopped, and says how often each fault was met.

``make certainty``: ten thousand seeds; ``--seed 4711`` plays one again, and makes it smaller where it fails;
``--day`` plays a day of a thousand contacts.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.simulation.simulator import report
from tests.simulation.simulator.faults import KINDS
from tests.simulation.simulator.run import Outcome, play, play_day
from tests.simulation.simulator.shrink import shrink

ROOT = Path(__file__).parents[3]
_KEPT = ROOT / ".build" / "certainty"
_SEEDS = 10_000
#: Worlds that are garbage are collected so many at a time.
_WORLDS_KEPT = 8
#: A run of so many seeds one after another has to meet every kind of fault.
MEETS_ALL = 100
#: What the outcome of a seed depends on.
_CODE = ("layers/connect_zendesk", "functions", "local", "tests/simulation", "administration/zendesk_setup")


@dataclass
class Figures:
    """What came of many seeds."""

    seeds: int = 0
    met: Counter[str] = field(default_factory=Counter)
    contacts: Counter[str] = field(default_factory=Counter)
    wrong: dict[int, list[str]] = field(default_factory=dict)
    steps: int = 0
    invocations: int = 0
    seconds: float = 0.0

    def add(self, line: dict[str, Any]) -> None:
        """Add what came of one seed."""
        self.seeds += 1
        self.met.update(line["met"])
        self.contacts.update(line["contacts"])
        self.steps += line["steps"]
        self.invocations += line["invocations"]
        self.seconds += line["seconds"]
        if line["wrong"]:
            self.wrong[line["seed"]] = line["wrong"]

    @property
    def unmet(self) -> list[str]:
        """The kinds of faults that were never met."""
        return [kind.name for kind in KINDS if not self.met[kind.name]]


def one(seed: int) -> dict[str, Any]:
    """Play a seed; what came of it, as JSON keeps it."""
    began = time.process_time()
    gc.freeze()  # modules: they stay
    gc.disable()  # a fifth of the time: all of a world is garbage when it has ended, and nothing before
    try:
        outcome = play(seed)
    except Exception as error:  # noqa: BLE001 - a fault of the simulator or of a stand-in: of this seed alone
        outcome = Outcome(seed, [f"the simulator failed: {error!r}"])
    finally:
        gc.enable()
        if seed % _WORLDS_KEPT == 0:
            gc.collect()
    return {
        "seed": seed,
        "wrong": outcome.wrong,
        "met": outcome.met,
        "contacts": outcome.kinds,
        "steps": outcome.steps,
        "invocations": outcome.invocations,
        "seconds": round(time.process_time() - began, 3),
    }


def many(seeds: Sequence[int], workers: int) -> Iterator[dict[str, Any]]:
    """Play seeds, on so many processes, in any order."""
    if workers == 1:
        yield from map(one, seeds)
        return
    with multiprocessing.get_context("fork").Pool(workers, maxtasksperchild=500) as pool:
        yield from pool.imap_unordered(one, seeds, chunksize=5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; returns 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(prog="make certainty ARGS=…", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--seed", type=int, help="play this one, make it smaller where it fails, and tell its story"
    )
    parser.add_argument("--day", type=int, nargs="?", const=0, help="play a day of a thousand contacts (0)")
    parser.add_argument("--seeds", type=int, default=_SEEDS, help="how many, from the first (10000)")
    parser.add_argument("--first", type=int, default=0, help="the first one (0)")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes (one for each core)"
    )
    parser.add_argument("--again", action="store_true", help="forget what was played before")
    asked = parser.parse_args(arguments)
    if asked.seed is not None:
        return _tell(asked.seed)
    if asked.day is not None:
        return _tell_day(asked.day)
    figures = _play(range(asked.first, asked.first + asked.seeds), asked.workers, again=asked.again)
    print("\n".join(report.summary(figures)))
    if figures.seeds >= _SEEDS and asked.first == 0:
        report.write_page(figures, ROOT / "docs" / "certainty.md")
    return int(bool(figures.wrong) or (figures.seeds >= MEETS_ALL and bool(figures.unmet)))


def _tell(seed: int) -> int:
    outcome = play(seed)
    if not outcome.wrong:
        print("\n".join([*outcome.story, f"seed {seed}: nothing is wrong"]))
        return 0
    print(f"seed {seed}: {len(outcome.wrong)} wrong, {len(outcome.injected)} faults. Made smaller:")
    print("\n".join(report.story(shrink(seed, print))))
    return 1


def _tell_day(number: int) -> int:
    began, outcome = time.process_time(), play_day(number)
    print("\n".join(outcome.story if outcome.wrong else ()))
    print("\n".join(f"WRONG {what}" for what in outcome.wrong))
    print(
        f"day {number}: {sum(outcome.kinds.values())} contacts, {outcome.invocations} invocations,"
        f" {len(outcome.injected)} faults, {time.process_time() - began:.0f} s of processor time:"
        f" {len(outcome.wrong) or 'nothing'} wrong"
    )
    return int(bool(outcome.wrong))


def _play(seeds: Sequence[int], workers: int, *, again: bool) -> Figures:
    _KEPT.mkdir(parents=True, exist_ok=True)
    kept, figures, done = _KEPT / f"{_digest()}.jsonl", Figures(), set()
    if again:
        kept.unlink(missing_ok=True)
    for text in kept.read_text("utf-8").splitlines() if kept.exists() else ():
        line = json.loads(text)
        if line["seed"] in seeds and line["seed"] not in done:
            done.add(line["seed"])
            figures.add(line)
    left = [seed for seed in seeds if seed not in done]
    if done:
        print(f"{len(done)} seeds were played before, {len(left)} are left")
    began = time.monotonic()
    with kept.open("a", encoding="utf-8") as file:
        for number, line in enumerate(many(left, workers), 1):
            file.write(json.dumps(line) + "\n")
            file.flush()
            figures.add(line)
            for what in line["wrong"]:
                print(f"seed {line['seed']}: {what}", flush=True)
            if number % 250 == 0:
                pace = (time.monotonic() - began) / number
                minutes = pace * (len(left) - number) / 60
                print(f"{figures.seeds} seeds, {len(figures.wrong)} wrong, {minutes:.0f} min left")
    return figures


def _digest() -> str:
    """Return what the code comes to: seeds that other code was played with are played again."""
    digest = hashlib.sha256()
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
