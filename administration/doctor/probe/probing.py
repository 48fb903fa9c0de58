"""Runs the experiments, removes what they made, and keeps their answers in the ledger."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from administration.doctor.findings import Said, Seen, some, warning
from administration.doctor.probe.fact import Fact
from administration.doctor.probe.facts import FACTS, PROBED
from administration.doctor.probe.facts_by_hand import BY_HAND
from administration.doctor.probe.trial import MARK, Trial, Unclear
from administration.doctor.system import System
from connect_zendesk.ledger import probed
from connect_zendesk.zendesk.errors import ZendeskError

REMOVE = 'make doctor ARGS="--probe --remove"'
_WIDTH, _MARK, _NAME = 110, 11, 26

Say = Callable[[str], None]
Ask = Callable[[str], str]


@dataclass(frozen=True)
class Tried:
    """What came of an experiment: an answer, or why there is none."""

    fact: Fact
    answer: str = ""
    problem: str = ""


def trial_of(system: System) -> Trial:
    """Return what a run works with."""
    run = system.clock().strftime("%Y%m%d%H%M%S")
    return Trial(system.place.account.zendesk, system.heard, system.sleep, run)


def experiments(
    trial: Trial, report: Callable[[Tried], None], facts: Sequence[Fact] = PROBED
) -> tuple[list[Tried], list[str]]:
    """Try facts one after another; returns what came of each, and what could not be removed.

    Whatever ends it, what was made is removed; what an earlier run has left is removed first.
    """
    tried: list[Tried] = []
    left: list[str] = []
    try:
        trial.remove()
        for fact in facts:
            tried.append(_tried(trial, fact))
            report(tried[-1])
    finally:
        left += trial.remove()
    return tried, left


def _tried(trial: Trial, fact: Fact) -> Tried:
    assert fact.experiment is not None  # noqa: S101 - the probe is given those only
    try:
        return Tried(fact, fact.experiment(trial))
    except Unclear as why:
        return Tried(fact, problem=str(why))
    except ZendeskError as error:
        return Tried(fact, problem=f"{error}")


def run(system: System, *, say: Say, ask: Ask | None) -> bool:
    """Probe the account that a system is joined to; returns whether all is removed and nothing is lost."""
    say(
        f"{len(PROBED)} experiments in {system.outputs['ZendeskUrl']}: some twenty tickets and users of no\n"
        f"one, tagged {MARK}, removed afterwards. Triggers of yours see these tickets: one\n"
        "that notifies people of new tickets notifies them, unless it leaves that tag out. It takes some\n"
        "minutes, for the search index lags.\n"
    )
    if ask is not None and ask("Try it? [y/N] ").strip().lower() not in ("y", "yes"):
        say("Nothing was tried.")
        return False
    trial = trial_of(system)
    tried, left = experiments(trial, lambda one: _say_tried(one, say))
    answers = {one.fact.id: one.answer for one in tried if one.answer}
    probed.remember(system.ledger, answers)
    held = sum(one.answer == one.fact.assumed for one in tried)
    say(
        f"\n{held} as assumed, {len(answers) - held} otherwise, {len(tried) - len(answers)} not known."
        " The answers are kept, and followed within ten minutes."
    )
    say(f"{len(BY_HAND)} more take a person who calls: docs/assumptions.md says how.")
    return _say_left(left, say) and not any(one.answer in one.fact.harmful for one in tried)


def remove(system: System, *, say: Say) -> bool:
    """Remove what a run that was killed has left; returns whether nothing is left."""
    return _say_left(trial_of(system).remove(), say)


def _say_tried(one: Tried, say: Say) -> None:
    mark = "not known" if not one.answer else "as assumed" if one.answer == one.fact.assumed else "OTHERWISE"
    text = one.problem or f"{one.answer}: {one.fact.answers.get(one.answer, 'not foreseen, report it')}"
    first, *others = wrap(text, _WIDTH - _MARK - _NAME)
    say(f"{mark:<{_MARK}}{one.fact.id:<{_NAME}}{first}")
    for line in others:
        say(f"{'':<{_MARK + _NAME}}{line}")


def _say_left(left: list[str], say: Say) -> bool:
    if left:
        say(f"Could not be removed: {some(left)}. Later: {REMOVE}")
    else:
        say("Everything that was made is removed.")
    return not left


def assumptions(system: System) -> Iterator[Said]:
    """Say what the last probe found out, and what an interrupted one has left."""
    probe = probed.probe_of(system.ledger)
    if not probe.answers:
        yield Seen("what documentation leaves open is assumed: make doctor ARGS=--probe tries it")
    else:
        otherwise = [
            f"{fact.id} ({answer})"
            for fact in FACTS
            if (answer := probe.answers.get(fact.id, fact.assumed)) != fact.assumed
        ]
        yield Seen(f"probed {probe.at}; otherwise than assumed: {some(otherwise) or 'nothing'}")
    for fact in FACTS:
        if (answer := probe.answers.get(fact.id, "")) in fact.harmful:
            yield warning(
                f"assumption-{fact.id}",
                f"{fact.question} Here: {answer}",
                fact.answers.get(answer, ""),
                "docs/assumptions.md says what depends on it",
                "where the account has changed since: make doctor ARGS=--probe",
            )
    tickets, users = trial_of(system).left_over()
    if tickets or users:
        yield warning(
            "probe-left-over",
            f"a probe that was interrupted has left {len(tickets)} tickets and {len(users)} users",
            "they are of no one, and in your agents' way",
            REMOVE,
        )
