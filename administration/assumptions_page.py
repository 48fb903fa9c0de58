"""docs/assumptions.md: which open fact holds up which code, how it is tried, what each answer changes."""

from collections.abc import Iterable

from administration.doctor.probe.fact import Fact
from administration.doctor.probe.facts import PROBED
from administration.doctor.probe.facts_by_hand import BY_HAND
from administration.markdown import NOTICE, code, table

_HEADS = (
    "fact",
    "what is open",
    "from",
    "what depends on it",
    "how it is tried",
    "answers, and what comes of them",
)


def page() -> str:
    """Return the page."""
    return f"""{NOTICE}
# What is assumed of Zendesk and Amazon Connect

What this project knows of the two services is in [facts](facts/README.md), compiled from documentation. Where
that leaves something open and code depends on it, the fact is a row here. `make doctor ARGS=--probe` tries
each on your own account, keeps the answers, and says which held ([doctor](doctor.md#the-probe)). The answer
in **bold** is assumed until then.

## What the probe tries

{table(_HEADS, map(_row, PROBED))}

What the code follows by itself is in `layers/connect_zendesk/python/connect_zendesk/rules/assumptions.py`.

## What takes a person who calls

Nothing of these is tried by a command: a contact centre in service is not experimented with. Each says what
to do, and what to look at.

{table(_HEADS, map(_row, BY_HAND))}
"""


def _row(fact: Fact) -> tuple[str, ...]:
    return (
        code(fact.id),
        fact.question,
        f"{fact.sheet} {fact.section}",
        code(fact.depends.removeprefix("layers/connect_zendesk/python/connect_zendesk/")),
        fact.how,
        "; ".join(_answers(fact)),
    )


def _answers(fact: Fact) -> Iterable[str]:
    for answer, effect in fact.answers.items():
        shown = f"**{answer}**" if answer == fact.assumed else f"*{answer}*"
        yield f"{shown}: {effect}"
