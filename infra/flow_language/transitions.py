"""What creation refuses of an action's branches (facts/flow-language.md 0, 1 and 4)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.flow_language import problems
from infra.flow_language.action_table import ActionType, Conditions, action_table, values_in
from infra.flow_language.flow import Block, Condition
from infra.flow_language.parameters import Fault


def faults(kind: ActionType, block: Block) -> Iterator[Fault]:
    """Yield what is wrong with the branches of an action of a type; where they lead is not looked at."""
    if kind.terminal:
        if block.next is not None or block.conditions or block.errors:
            yield problems.NO_TRANSITIONS, ".Transitions", ""
        return
    if kind.next == "required" and block.next is None:
        yield problems.MISSING_TRANSITION, ".Transitions.NextAction", ""
    yield from _errors(kind, block)
    yield from _conditions(kind.conditions, block)


def _errors(kind: ActionType, block: Block) -> Iterator[Fault]:
    given = [name for name, _ in block.errors]
    for number, name in enumerate(given):
        if name not in kind.errors or kind.errors[name].forbids(block.parameters) or name in given[:number]:
            yield problems.INVALID_ERROR, f".Transitions.Errors[{number}]", name
    for name, need in kind.errors.items():
        if name not in given and need.applies(block.parameters):
            yield problems.MISSING_ERROR, ".Transitions.Errors", name


def _conditions(rule: Conditions, block: Block) -> Iterator[Fault]:
    given = block.conditions
    if rule.mode == "none" or not rule.when.applies(block.parameters):
        if given:
            yield problems.NO_CONDITIONS, ".Transitions.Conditions", ""
        return
    for number, condition in enumerate(given):
        if wrong := _condition(rule, condition, block.parameters):
            yield problems.INVALID_BRANCH, f".Transitions.Conditions[{number}]", wrong
    operands = [condition.operands[0] for condition in given if condition.operands]
    for missing in (*rule.required, *_events(rule, block.parameters)):
        if missing not in operands:
            yield problems.MISSING_CONDITION, ".Transitions.Conditions", missing
    if not rule.min <= len(given) <= (rule.max or len(given)):
        yield (
            problems.MISSING_CONDITION,
            ".Transitions.Conditions",
            f"{len(given)}, expected {rule.min} or more",
        )
    if rule.mode == "chain" and operands != sorted(operands, key=_number):
        yield problems.INVALID_BRANCH, ".Transitions.Conditions", "thresholds that do not rise"


def _condition(rule: Conditions, condition: Condition, parameters: Mapping[str, Any]) -> str:
    """Return what is wrong with a condition, or nothing."""
    if condition.operator not in action_table().operators or condition.operator not in rule.operators:
        return f"expected {' or '.join(rule.operators)}, got {condition.operator}"
    if len(condition.operands) != 1:
        return "one operand is expected"
    (operand,) = condition.operands
    if not operand.strip():
        return "an empty operand: nothing can be compared with nothing"
    if rule.operands and operand not in rule.operands:
        return f"expected {' or '.join(rule.operands)}"
    if rule.operand_pattern and not re.fullmatch(rule.operand_pattern, operand):
        return f"expected {rule.operand_pattern}"
    if str(parameters.get("MetricType", "")).startswith("NumberOfAgents") and (
        condition.operator != "NumberGreaterThan" or operand != "0"
    ):
        return "of agents only NumberGreaterThan 0 can be asked"
    return ""


def _events(rule: Conditions, parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield the conditions that the parameters ask for: events waited for, an interrupted message."""
    for events in values_in(parameters, "Events"):
        yield from (event for event in events if event in rule.operands)
    if "InterruptFrequencySeconds" in parameters:
        yield from rule.operands


def _number(operand: str) -> float:
    return float(operand) if re.fullmatch(r"\d+(\.\d+)?", operand) else -1
