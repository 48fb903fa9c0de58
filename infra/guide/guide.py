"""Asks for what a deployment has to choose: shows what was found, explains each value, checks each answer."""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from infra.context import problem_of
from infra.guide.found import Connected, Instance, OwnStack, connected, instances
from infra.guide.offers import OFFERS, Choice, Offer, Situation, tidied
from infra.meanings import MEANINGS

Say = Callable[[str], None]
#: Puts a question; returns the answer as it was typed. None: no one is there to answer.
Ask = Callable[[str], str] | None

_INSTANCE = "connect_instance_arn"


class GuideError(Exception):
    """The configuration cannot be made; the message says what is missing, and what to do."""


def configure(
    connect: Any,
    stack: OwnStack,
    known: Mapping[str, str],
    *,
    say: Say,
    ask: Ask,
    place: str,
    before: Mapping[str, object] | None = None,
) -> dict[str, str]:
    """Return the context values that were found or answered, and those that were `known` before.

    `connect`: a client of Amazon Connect. `known`: values that are not asked, such as those of the command
    line; `before`: those of an earlier configuration, which are proposed. `ask` None takes what is
    offered. `place`: account and region, for messages.
    Raises GuideError where a value has to be given and is not, LookError where AWS cannot be asked.
    """
    found = instances(connect)
    say(_counted(found, place))
    situation = Situation(found, Connected(), stack, dict(known))
    for name, offer in OFFERS.items():
        answers = dict(situation.answers)
        if name not in known:
            offered = _kept(name, offer(situation), (before or {}).get(name))
            answers[name] = _answered(name, offered, say, ask)
        there = situation.connected
        if name == _INSTANCE and answers[name]:
            there = connected(connect, answers[name])
            for sentence in there.unknown:
                say(f"  ! {sentence}")
        situation = Situation(found, there, stack, answers)
        if name == _INSTANCE and situation.instance:
            say(f"  Tickets will link to contacts at {situation.instance.address}.")
    return dict(situation.answers)


def _counted(found: list[Instance], place: str) -> str:
    if not found:
        raise GuideError(
            f"There is no Amazon Connect instance in {place}. Set AWS_REGION to the region of yours, or"
            f" sign in"
            " to its account, and try again."
        )
    what = "one Amazon Connect instance" if len(found) == 1 else f"{len(found)} Amazon Connect instances"
    return f"Found in {place}: {what}."


def _kept(name: str, offer: Offer, before: object) -> Offer:
    """Return an offer that proposes what was answered before."""
    value = tidied(name, str(before).lower() if isinstance(before, bool) else str(before or ""))
    if not value or value == offer.proposed:
        return offer
    if not offer.asked:  # what is found goes over it, what is not found leaves it
        note = f"{offer.note}\nIt stays {value}, as before.".strip()
        return offer if offer.proposed else replace(offer, proposed=value, note=note)
    known = not offer.choices or any(value == choice.value for choice in offer.choices)
    choices = offer.choices if known else (*offer.choices, Choice(value, f"as before: {value}"))
    return replace(offer, proposed=value, choices=choices)


def _answered(name: str, offer: Offer, say: Say, ask: Ask) -> str:
    if offer.asked:
        say(f"\n{_wrapped(f'{MEANINGS[name]}.')}")
    if offer.note:
        say("\n".join(_wrapped(line, "  ") for line in offer.note.splitlines()))
    if not offer.asked:
        return offer.proposed or ""
    for number, choice in enumerate(offer.choices, 1):
        say(f"  {number}  {choice.label}")
    if ask is None:
        return _taken(name, offer)
    while True:
        answer = ask(f"  {name}{_hint(offer)}: ").strip()
        value = _value(name, answer, offer)
        wrong = problem_of(name, value) if value is not None else "choose one of the numbers."
        if value is not None and not wrong:
            return value
        say(_wrapped(f"! {wrong}", "  "))


def _wrapped(text: str, before: str = "") -> str:
    """Return a text in lines of a usual terminal's width; what can be copied, such as an ARN, stays whole."""
    return textwrap.fill(
        text, 100, initial_indent=before, subsequent_indent=before,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _taken(name: str, offer: Offer) -> str:
    if offer.proposed is None:
        choices = "".join(f"\n  -c {name}={choice.value}" for choice in offer.choices)
        raise GuideError(
            f"{name} has to be given, and no one is asked with --yes: {MEANINGS[name]}.\nName it"
            f" with{choices or f' -c {name}=…'}"
        )
    return offer.proposed


def _hint(offer: Offer) -> str:
    if offer.proposed is None:
        return ""
    numbers = [str(number) for number, each in enumerate(offer.choices, 1) if each.value == offer.proposed]
    return f" [{numbers[0] if numbers else offer.proposed or 'none'}]"


def _value(name: str, answer: str, offer: Offer) -> str | None:
    """Return what an answer stands for; None where it is no number of a choice, nor a value."""
    if not answer:
        return offer.proposed
    if not offer.choices:
        return tidied(name, answer)
    if answer.isdigit():
        number = int(answer)
        return offer.choices[number - 1].value if 0 < number <= len(offer.choices) else None
    return _named(answer, offer.choices)


def _named(answer: str, choices: tuple[Choice, ...]) -> str | None:
    said = {"y": "yes", "n": "no"}.get(answer.lower(), answer.lower())
    found = [each.value for each in choices if said in (each.value.lower(), each.label.lower())]
    return found[0] if found else None
