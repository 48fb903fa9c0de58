"""What creation refuses of an action's parameters (facts/flow-language.md 0, 1.2 and 6)."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.flow_language import problems
from infra.flow_language.action_table import ActionType, Parameter, action_table
from infra.flow_language.references import REFERENCE, has_leaf, is_reference, steps_of

#: What is wrong: its message, where in the parameters, and a word on it.
Fault = tuple[str, str, str]


def faults(kind: ActionType, parameters: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the parameters of an action of a type."""
    yield from _fields(kind.parameters, parameters, "", parameters)
    for constraint in kind.constraints:
        given = [key for key in constraint.keys if key in parameters]
        if len(given) > 1 and constraint.rule != "at_least_one":
            yield problems.ONLY_ONE, "", ", ".join(given)
        if not given and constraint.rule != "at_most_one" and constraint.sure:
            yield problems.AT_LEAST_ONE.format(keys=", ".join(constraint.keys)), "", ""


def _fields(
    rules: Mapping[str, Parameter], given: Mapping[str, Any], path: str, all_parameters: Mapping[str, Any]
) -> Iterator[Fault]:
    for name, value in given.items():
        here = f"{path}.{name}"
        if name not in rules:
            yield problems.INVALID_NAME, here, ""
        elif rules[name].need.forbids(all_parameters):
            yield problems.INVALID_NAME, here, f"not here: {rules[name].need.words}"
        else:
            yield from _value(rules[name], value, here, all_parameters)
    for name, rule in rules.items():
        if name not in given and rule.need.applies(all_parameters):
            yield problems.MISSING_PROPERTY, f"{path}.{name}", ""


def _value(rule: Parameter, value: Any, path: str, all_parameters: Mapping[str, Any]) -> Iterator[Fault]:
    if isinstance(value, bool):
        yield problems.INVALID_TYPE, path, "a JSON boolean: true and false are written as texts"
    elif rule.type in _CONTAINERS:
        yield from _CONTAINERS[rule.type](rule, value, path, all_parameters)
    elif rule.type != "json" and (wrong := _text(rule, value)):
        yield problems.INVALID_VALUE, path, wrong


def _text(rule: Parameter, value: Any) -> str:
    """Return what is wrong with a text, or nothing. A JSON number passes in some places, so here."""
    if isinstance(value, int) and rule.type == "integer_string":
        value = str(value)
    if not isinstance(value, str):
        return f"expected a text, got {type(value).__name__}"
    if not value.strip():
        return "empty"
    if "$." in value and REFERENCE.search(value):
        return _reference(rule, value)
    if rule.type == "jsonpath":
        return "expected one reference, such as $.External.status"
    if rule.values and value not in rule.values:
        return f"expected one of {', '.join(rule.values)}"
    if rule.type == "integer_string":
        return _number(rule, value)
    if rule.pattern and not re.fullmatch(rule.pattern, value):
        return f"expected {rule.pattern}"
    if rule.max_chars and len(value) > rule.max_chars:
        return f"{len(value)} characters, of {rule.max_chars}"
    return ""


def _reference(rule: Parameter, value: str) -> str:
    if rule.values and value in rule.values:
        return ""
    if rule.dynamic == "none":
        return "a reference cannot stand here"
    if rule.dynamic in ("whole", "required") and not is_reference(value):
        return "expected one reference and nothing beside it"
    if rule.type == "jsonpath":
        if f"$.{steps_of(value)[0]}" not in action_table().roots:
            return "a reference to nothing that flows know"
        if not has_leaf(value):
            return "a reference to a whole, not to one value"
    return ""


def _number(rule: Parameter, value: str) -> str:
    low, high = rule.min if rule.min is not None else 0, rule.max
    if re.fullmatch(r"\d{1,9}", value) and low <= int(value) and (high is None or int(value) <= high):
        return ""
    return f"expected a whole number from {low}" + (f" to {high}" if high is not None else "")


def _object(rule: Parameter, value: Any, path: str, all_parameters: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield problems.INVALID_VALUE, path, "expected an object"
        return
    if rule.fields:
        yield from _fields(rule.fields, value, path, all_parameters)
    given = [key for key in rule.exactly_one if key in value]
    if len(given) > 1:
        yield problems.ONLY_ONE, path, ", ".join(given)
    if rule.exactly_one and not given:
        yield problems.AT_LEAST_ONE.format(keys=", ".join(rule.exactly_one)), path, ""


def _list(rule: Parameter, value: Any, path: str, all_parameters: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(value, list) or len(value) < (rule.min or 0):
        yield problems.INVALID_VALUE, path, f"expected a list of at least {rule.min or 0}"
        return
    for number, item in enumerate(value):
        if rule.of is not None:
            yield from _value(rule.of, item, f"{path}[{number}]", all_parameters)


def _map(rule: Parameter, value: Any, path: str, _: Mapping[str, Any]) -> Iterator[Fault]:
    if isinstance(value, str) and rule.dynamic == "whole" and is_reference(value):
        return
    if not isinstance(value, dict) or not (rule.min or 0) <= len(value) <= (rule.max or len(value)):
        yield (
            problems.INVALID_VALUE,
            path,
            f"expected {rule.min or 0} to {rule.max or 'any number of'} entries",
        )
        return
    for name, item in value.items():
        here = f"{path}.{name}"
        if rule.keys and name not in rule.keys:
            yield problems.INVALID_NAME, here, f"expected one of {', '.join(rule.keys)}"
        if rule.type == "map_of_value_objects":
            if "$" in name or "." in name:
                yield problems.INVALID_NAME, here, "neither $ nor a dot can stand in it"
            item = item.get("Value") if isinstance(item, dict) else None  # noqa: PLW2901 - what is in it counts
        if rule.type != "map" and not isinstance(item, str):
            yield problems.INVALID_VALUE, here, "expected a text"
        elif isinstance(item, str) and not item.strip():
            message = problems.EMPTY_ATTRIBUTE if path == ".Attributes" else problems.INVALID_VALUE
            yield message, here, "empty: have a word for it"


_CONTAINERS: Mapping[str, Callable[[Parameter, Any, str, Mapping[str, Any]], Iterator[Fault]]] = {
    "object": _object,
    "list": _list,
    "map": _map,
    "string_map": _map,
    "map_of_value_objects": _map,
}
