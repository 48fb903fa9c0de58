"""Walks a flow again and again, until each of its branches was taken that anything can take.

What happens at a block is chosen anew at one place in each walk: every key of a menu and one that it does
not have, no key, each error, an intent, a closed queue, a hang-up. What a comparison finds follows from what
happened before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from infra.flow_language.flow import Block, Flow
from infra.flow_language.paths import ways_of
from local.flows.script import Happening, Script
from local.flows.walk import Step, Walked

Branch = tuple[str, str]

#: The visits of one block at which something else is tried: as many as a loop's first rounds.
_VISITS = 4


@dataclass
class Explored:
    """What was found: the branches that were taken, and the walks."""

    flow: Flow
    taken: set[Branch] = field(default_factory=set)
    walks: list[Walked] = field(default_factory=list)

    @property
    def missing(self) -> list[Branch]:
        """The branches that no walk took, as block and branch."""
        return [branch for branch in branches(self.flow) if branch not in self.taken]


def branches(flow: Flow) -> list[Branch]:
    """Return each branch of a flow that can be taken, as its block and its name."""
    return [(block.identifier, name) for block in flow.blocks.values() for name, _ in ways_of(block)]


def explore(
    flow: Flow,
    walk: Callable[[Script], Walked],
    *,
    keys: Mapping[str, Sequence[str]] | None = None,
    slots: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    script: Script | None = None,
) -> Explored:
    """Walk a flow until nothing new is left to try. ``walk`` walks it as a new contact each time.

    ``keys`` are what callers enter where input is stored, and ``slots`` what a bot hears, by block;
    ``script`` is what happens wherever nothing else is tried.
    """
    explored = Explored(flow)
    base: Script = script or {}
    waiting: list[Script] = [base]
    tried: set[tuple[str, int, str]] = set()
    while waiting:
        played = waiting.pop()
        walked = walk(played)
        explored.walks.append(walked)
        for step in walked.steps:
            if step.flow != flow.name:
                continue
            if step.branch is not None:
                explored.taken.add((step.block, step.branch))
            for other in _choices(flow.blocks[step.block], keys or {}, slots or {}):
                attempt = (step.block, step.visit, str(other))
                if step.visit <= _VISITS and attempt not in tried:
                    tried.add(attempt)
                    waiting.append(_with(played, step, other))
    return explored


def _choices(
    block: Block, keys: Mapping[str, Sequence[str]], slots: Mapping[str, Sequence[Mapping[str, str]]]
) -> Iterator[Happening]:
    """Yield what can happen at a block other than by default."""
    yield Happening(hang_up=True)
    for kind, _ in block.errors:
        if kind not in ("NoMatchingCondition", "InputTimeLimitExceeded"):
            yield Happening(error=kind)
    operands = [condition.operands[0] for condition in block.conditions]
    match block.type:
        case "GetParticipantInput" if block.parameters.get("StoreInput") == "True":
            yield from (Happening(keys=entered) for entered in keys.get(block.identifier, ("1#",)))
        case "GetParticipantInput":
            yield from (Happening(keys=key) for key in (*operands, *_other_key(operands)))
        case "ConnectParticipantWithLexBot":
            heard = slots.get(block.identifier, ({},))
            yield from (Happening(intent=intent, slots=each) for intent in operands for each in heard)
            yield Happening(intent="SomethingElse")
        case "CheckHoursOfOperation" | "Wait" | "CheckOutboundCallStatus":
            yield from (Happening(result=operand) for operand in operands)
        case "CheckMetricData" | "DistributeByPercentage":
            yield from (Happening(result=str(number)) for number in _numbers(operands))


def _other_key(operands: Sequence[str]) -> list[str]:
    return [key for key in "0123456789*#" if key not in operands][:1]


def _numbers(operands: Sequence[str]) -> list[int]:
    """Return numbers on both sides of each threshold."""
    return sorted({max(0, int(operand) + step) for operand in operands for step in (-1, 0, 1)})


def _with(script: Script, step: Step, other: Happening) -> Script:
    """Return a script in which something else happens at the visit of a block."""
    said = list(script.get(step.block, ()))[: step.visit - 1]
    said += [Happening()] * (step.visit - 1 - len(said))
    return {**script, step.block: (*said, other)}
