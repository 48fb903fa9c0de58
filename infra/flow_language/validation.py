"""Validates a flow offline: the problems that Amazon Connect would refuse its creation for.

There is no dry run in Amazon Connect, and a flow that is saved is not validated, only one that is published.
What the service checks and this does not: whether queues, functions, bots and flows that are named are
there; what is not settled is let pass (facts/flow-language.md 10), but a branch to a block that is not
there, which nothing can follow.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from infra.flow_language import parameters, problems, transitions
from infra.flow_language.action_table import action_table
from infra.flow_language.flow import Block, Flow, NotAFlow, parse
from infra.flow_language.problems import Problem

_KEYS = {"Version", "StartAction", "Actions", "Metadata"}


def problems_of(text: str, flow_type: str | None = None) -> list[Problem]:
    """Return why a flow, given as its JSON, would not be created; nothing where it would.

    Without ``flow_type`` it is taken for that of a console's export, else for an inbound flow.
    """
    limits = action_table().limits
    if len(text) > limits["content_chars"]:
        size = f"{len(text)} characters, of {limits['content_chars']}"
        return [Problem(problems.INVALID_DOCUMENT, "Content", detail=size)]
    try:
        document = json.loads(text)
    except ValueError as error:
        return [Problem(problems.INVALID_DOCUMENT, "Content", detail=f"not JSON: {error}")]
    try:
        flow = parse(document, name="", flow_type=flow_type)
    except NotAFlow as error:
        return [Problem(problems.INVALID_DOCUMENT, "Content", detail=str(error))]
    found = list(_document(document, flow))
    for number, action in enumerate(document["Actions"]):
        found += _action(number, parse({"Actions": [action]}, name="").blocks, flow)
    return found


def _document(document: Mapping[str, Any], flow: Flow) -> Iterator[Problem]:
    table = action_table()
    if document.get("Version") != table.version:
        yield Problem(problems.INVALID_DOCUMENT, "Version", detail=f"expected {table.version}")
    if flow.type not in table.flow_types:
        yield Problem(
            problems.INVALID_DOCUMENT, "Type", detail=f"expected one of {', '.join(table.flow_types)}"
        )
    unknown = document.keys() - _KEYS - ({"Settings"} if flow.type == "MODULE" else set())
    for name in sorted(unknown):
        yield Problem(problems.INVALID_DOCUMENT, name, detail=f"no part of a flow of type {flow.type}")
    if flow.start not in flow.blocks:
        yield Problem(problems.INVALID_DOCUMENT, "StartAction", detail="leads to no action")
    count = len(document["Actions"])
    if count > table.limits["actions_per_flow"]:
        detail = f"{count} actions, of {table.limits['actions_per_flow']}"
        yield Problem(problems.INVALID_DOCUMENT, "Actions", detail=detail)
    names = Counter(action["Identifier"] for action in document["Actions"])
    for name, times in names.items():
        if times > 1:
            yield Problem(problems.INVALID_IDENTIFIER, "Actions", name, f"{times} actions have it")


def _action(number: int, blocks: Mapping[str, Block], flow: Flow) -> Iterator[Problem]:
    (block,) = blocks.values()
    here, table = f"Actions[{number}]", action_table()
    if wrong := _identifier(block.identifier):
        yield Problem(problems.INVALID_IDENTIFIER, f"{here}.Identifier", block.identifier, wrong)
    repeated = (("NextAction", block.next),) if block.compares and block.next is not None else ()
    for name, target in (*block.branches(), *repeated):
        if target not in flow.blocks:
            detail = f"{name} leads to {target!r}, which is not there"
            yield Problem(problems.INVALID_BRANCH, f"{here}.Transitions", block.identifier, detail)
    if block.type in table.named_only:
        return
    if block.type not in table.types:
        right = table.right_names.get(block.type)
        detail = f"{block.type} is called {right}" if right else f"{block.type} is not known"
        yield Problem(problems.INVALID_TYPE, f"{here}.Type", block.identifier, detail)
        return
    kind = table.types[block.type]
    if kind.flow_types_sure and flow.type not in kind.flow_types:
        message = problems.WRONG_FLOW_TYPE.format(type=block.type, flow_type=flow.type)
        yield Problem(message, here, block.identifier)
    for message, path, detail in parameters.faults(kind, block.parameters):
        yield Problem(message, f"{here}.Parameters{path}", block.identifier, detail)
    for message, path, detail in transitions.faults(kind, block):
        yield Problem(message, f"{here}{path}", block.identifier, detail)


def _identifier(name: str) -> str:
    table = action_table()
    if not 0 < len(name) <= table.limits["identifier_chars"]:
        return f"expected 1 to {table.limits['identifier_chars']} characters"
    if name in table.forbidden_identifiers:
        return "a name that JavaScript has for itself"
    forbidden = sorted(set(name) & set(table.forbidden_characters))
    return f"{' '.join(forbidden)} cannot stand in it" if forbidden else ""
