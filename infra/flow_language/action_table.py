"""The table of action types in `docs/facts/flow-actions.json`: what each takes and where it may stand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "docs" / "facts" / "flow-actions.json"


@dataclass(frozen=True)
class Need:
    """Whether something has to be there, as the table says: always, never, or by what the parameters hold.

    ``words`` is the table's own text, such as ``when StoreInput=True, else forbidden``.
    """

    words: str

    def applies(self, parameters: Mapping[str, Any]) -> bool:
        """Return whether it has to be there."""
        if self.words in ("True", "False"):
            return self.words == "True"
        terms = self.words.removeprefix("when ").partition(",")[0].split(" and ")
        return all(_holds(term, parameters) for term in terms)

    def forbids(self, parameters: Mapping[str, Any]) -> bool:
        """Return whether it must not be there."""
        return "else forbidden" in self.words and not self.applies(parameters)


@dataclass(frozen=True)
class Parameter:
    """What a parameter, or a field of one, may hold. ``dynamic``: where a reference may stand in it."""

    type: str
    need: Need = Need("False")
    dynamic: str = "none"
    values: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    max_chars: int | None = None
    pattern: str | None = None
    fields: Mapping[str, Parameter] = field(default_factory=dict)
    of: Parameter | None = None
    exactly_one: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conditions:
    """Which conditions an action may lead on by."""

    mode: str
    operators: tuple[str, ...] = ()
    operands: tuple[str, ...] = ()
    operand_pattern: str | None = None
    when: Need = Need("True")
    required: tuple[str, ...] = ()
    min: int = 0
    max: int | None = None


@dataclass(frozen=True)
class Constraint:
    """How many of some parameters may be there together. ``sure`` is false for what is only guessed."""

    rule: str
    keys: tuple[str, ...]
    sure: bool


@dataclass(frozen=True)
class ActionType:
    """One type of action. ``block``: its name in the console; ``flow_types_sure``: that list is no guess."""

    name: str
    block: str
    category: str
    terminal: bool
    parameters: Mapping[str, Parameter]
    next: str
    conditions: Conditions
    errors: Mapping[str, Need]
    constraints: tuple[Constraint, ...]
    channels: frozenset[str]
    flow_types: frozenset[str]
    flow_types_sure: bool
    ends_flow_on_success: bool
    dead: bool


@dataclass(frozen=True)
class ActionTable:
    """All action types, and what holds for every flow. ``named_only``: types whose details are not known."""

    types: Mapping[str, ActionType]
    named_only: frozenset[str]
    right_names: Mapping[str, str]
    version: str
    flow_types: tuple[str, ...]
    limits: Mapping[str, int]
    forbidden_characters: str
    forbidden_identifiers: frozenset[str]
    operators: frozenset[str]
    roots: tuple[str, ...]


@cache
def action_table() -> ActionTable:
    """Return the table, read once."""
    content = json.loads(FILE.read_text("utf-8"))
    return ActionTable(
        types={name: _action_type(name, row) for name, row in content["actions"].items()},
        named_only=frozenset(content["other_types"]),
        right_names=content["wrong_names"],
        version=content["language_version"],
        flow_types=(*content["flow_types"], *content["pseudo_flow_types"]),
        limits=content["limits"],
        forbidden_characters=content["identifier"]["forbidden_characters"],
        forbidden_identifiers=frozenset(content["identifier"]["forbidden_values"]),
        operators=frozenset(content["operators"]),
        roots=tuple(content["reference_roots"]["list"]),
    )


def values_in(content: Any, name: str) -> list[Any]:
    """Return what stands under a name, however deep in some parameters."""
    found = []
    for key, value in content.items() if isinstance(content, dict) else ():
        found += [value] if key == name else values_in(value, name)
    return found


def _holds(term: str, parameters: Mapping[str, Any]) -> bool:
    """Return whether a term of the table holds: ``Name``, ``Name=Value``, or ``Value in Name``.

    What cannot be known from the parameters does not hold.
    """
    if equation := re.fullmatch(r"(\w+)=(\w+)", term):
        name, value = equation.groups()
        return value in map(str, values_in(parameters, name))
    if membership := re.fullmatch(r"(\w+) (?:in|present)(?: (\w+))?", term):
        value, name = membership.groups()
        return (
            any(value in held for held in values_in(parameters, name)) if name else _is_on(value, parameters)
        )
    return " " not in term and _is_on(term, parameters)


def _is_on(name: str, parameters: Mapping[str, Any]) -> bool:
    return any(str(value).lower() != "false" for value in values_in(parameters, name))


def _action_type(name: str, row: Mapping[str, Any]) -> ActionType:
    transitions = row["transitions"]
    return ActionType(
        name=name,
        block=row["block"],
        category=row["category"],
        terminal=row["terminal"],
        parameters={key: _parameter(value) for key, value in row["parameters"].items()},
        next=transitions["next"],
        conditions=_conditions(transitions["conditions"]),
        errors={error["type"]: Need(str(error["required"])) for error in transitions["errors"]},
        constraints=tuple(
            Constraint(each["rule"], tuple(each["keys"]), _is_sure(each.get("sure")))
            for each in row.get("constraints", ())
        ),
        channels=frozenset(row["channels"]),
        flow_types=frozenset(row["flow_types"]),
        flow_types_sure=_is_sure(row.get("flow_types_sure")),
        ends_flow_on_success=row.get("ends_flow_on_success", False),
        dead=row.get("dead", False),
    )


def _is_sure(words: str | None) -> bool:
    return not (words or "").startswith("guess")


def _parameter(row: Mapping[str, Any]) -> Parameter:
    of = row.get("of")
    return Parameter(
        type=row["type"],
        need=Need(str(row.get("required", False))),
        dynamic=row.get("dynamic", "embedded"),
        values=_texts(row, "values"),
        min=row.get("min"),
        max=row.get("max"),
        max_chars=row.get("max_chars"),
        pattern=row.get("pattern"),
        fields={key: _parameter(value) for key, value in row.get("fields", {}).items()},
        of=_parameter(of) if isinstance(of, dict) else None,
        exactly_one=_texts(row, "exactly_one"),
        keys=_texts(row, "keys"),
    )


def _conditions(row: Mapping[str, Any]) -> Conditions:
    operands = _texts(row, "operands")
    return Conditions(
        mode=row["mode"],
        operators=_texts(row, "operators"),
        operands=operands,
        operand_pattern=row.get("operand_pattern"),
        when=Need(f"when {row['when']}" if "when" in row else "True"),
        required=operands if row.get("all_required") else _texts(row, "required"),
        min=row.get("min", 0),
        max=row.get("max"),
    )


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    listed: Sequence[str] = row.get(key, ())
    return tuple(listed)
