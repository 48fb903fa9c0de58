"""Walks a flow: block by block, until it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.flow_language.action_table import action_table
from infra.flow_language.flow import NEXT, Block, Flow
from local.flows.blocks import BEHAVIOURS, Functions, Visit
from local.flows.contact import FlowContact
from local.flows.outcome import ERROR, Outcome
from local.flows.script import Happening, Script
from local.flows.state import State

#: No sensible flow has so many steps; the service's own limit on cycles is not known.
_MOST_STEPS = 1000


@dataclass(frozen=True)
class Step:
    """A visit of a block, its number, and the branch that was taken; None where the flow ended there."""

    flow: str
    block: str
    type: str
    visit: int
    branch: str | None
    outcome: Outcome


@dataclass(frozen=True)
class Walked:
    """A walk: the contact, its steps, where it ended, and what is left on the contact."""

    contact: FlowContact
    steps: tuple[Step, ...]
    ended: str
    attributes: Mapping[str, str]
    hooks: Mapping[str, str] = field(default_factory=dict)

    @property
    def answers(self) -> list[Any]:
        """What functions answered, in their order."""
        return [step.outcome.answer for step in self.steps if step.outcome.answer is not None]

    @property
    def said(self) -> list[str]:
        """What the participant heard or read."""
        return [step.outcome.said for step in self.steps if step.outcome.said]


@dataclass(frozen=True)
class Surroundings:
    """What a flow finds around it: functions, other flows by their ARNs, and what fills its places."""

    functions: Functions
    flows: Callable[[str], Flow | None] = lambda _arn: None
    places: Mapping[str, str] = field(default_factory=dict)


def walk(flow: Flow, contact: FlowContact, script: Script, surroundings: Surroundings) -> Walked:
    """Walk a flow for a contact, with what happens at its blocks, until it ends."""
    state = State(contact, surroundings.places, dict(contact.attributes))
    steps: list[Step] = []
    here = flow.start
    while len(steps) < _MOST_STEPS:
        block = flow.blocks.get(here)
        if block is None:
            return _walked(steps, f"nowhere: there is no block {here!r}", state)
        state.visits[here] += 1
        visit = state.visits[here]
        happening = _happening(script, here, visit)
        if happening.hang_up:
            steps.append(Step(flow.name, here, block.type, visit, None, Outcome(note="the customer leaves")))
            return _walked(steps, "left by the customer", state)
        outcome = _outcome(block, happening, state, surroundings.functions)
        branch, target = branch_of(block, outcome, state.fill)
        if outcome.ends is not None:
            steps.append(Step(flow.name, here, block.type, visit, None, outcome))
            if outcome.flow is None or (other := surroundings.flows(outcome.flow)) is None:
                return _walked(steps, outcome.ends, state)
            flow, here = other, other.start
            state.enter_flow()
            continue
        steps.append(Step(flow.name, here, block.type, visit, branch, outcome))
        if target is None:
            return _walked(steps, f"nowhere: {block.identifier!r} has no branch {branch}", state)
        here = target
    return _walked(steps, f"nowhere: {_MOST_STEPS} blocks, and no end", state)


def branch_of(block: Block, outcome: Outcome, fill: Callable[[str], Any]) -> tuple[str, str | None]:
    """Return the branch that an outcome takes, and where it leads: None where the block has no such branch.

    ``fill`` replaces references, which operands may be too.
    """
    if outcome.error is not None:
        for kind in (outcome.error, ERROR):
            if (target := block.error(kind)) is not None:
                return kind, target
        # A block whose errors are optional goes on.
        kind_of_block = action_table().types.get(block.type)
        is_optional = kind_of_block is not None and not any(
            need.applies(block.parameters) for need in kind_of_block.errors.values()
        )
        return (NEXT, block.next) if is_optional else (outcome.error, None)
    if outcome.compared or outcome.result is not None:
        for condition in block.conditions:
            if _is_true(condition.operator, outcome.result, fill(condition.operands[0])):
                return condition.label, condition.target
        return "NoMatchingCondition", block.error("NoMatchingCondition")
    return NEXT, block.next


def _outcome(block: Block, happening: Happening, state: State, functions: Functions) -> Outcome:
    kind = action_table().types.get(block.type)
    if happening.error is not None:
        return Outcome(error=happening.error, note="as the script says")
    if kind is not None and state.contact.channel not in kind.channels:
        return Outcome(error=ERROR, note=f"not for the channel {state.contact.channel}")
    behaviour = BEHAVIOURS.get(block.type)
    if behaviour is None:
        return Outcome(note="taken to succeed")
    parameters = state.fill(dict(block.parameters))
    return behaviour(Visit(block, parameters, happening, state, functions))


def _happening(script: Script, identifier: str, visit: int) -> Happening:
    said = script.get(identifier, ())
    return said[visit - 1] if visit <= len(said) else Happening()


def _is_true(operator: str, result: str | None, operand: Any) -> bool:
    if result is None or operand is None:
        return False
    if operator in _NUMBERS:
        try:
            return _NUMBERS[operator](float(result), float(operand))
        except ValueError:
            return False
    return _TEXTS[operator](result, str(operand))


_NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "NumberGreaterThan": lambda value, operand: value > operand,
    "NumberGreaterOrEqualTo": lambda value, operand: value >= operand,
    "NumberLessThan": lambda value, operand: value < operand,
    "NumberLessOrEqualTo": lambda value, operand: value <= operand,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": lambda value, operand: value == operand,
    "TextStartsWith": str.startswith,
    "TextEndsWith": str.endswith,
    "TextContains": lambda value, operand: operand in value,
    "KeyExists": lambda value, operand: operand in value,
}


def _walked(steps: list[Step], ended: str, state: State) -> Walked:
    return Walked(state.contact, tuple(steps), ended, dict(state.attributes), dict(state.hooks))
