"""What is amiss with a flow that would be created all the same: dead ends, attributes set too late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connect_zendesk.rules.settings.registry import REGISTRY
from infra.flow_language.action_table import action_table
from infra.flow_language.flow import Block, Flow
from infra.flow_language.paths import is_end, leads_to, reached_from, ways_of
from local.flows.surroundings import folder_of

#: What holds in flows that run while the contact waits for an agent, or later.
_TOO_LATE = {
    "CUSTOMER_QUEUE": "may be set too late: an agent may have accepted by then",
    **dict.fromkeys(
        ("AGENT_WHISPER", "CUSTOMER_WHISPER", "AGENT_HOLD", "CUSTOMER_HOLD"),
        "is set too late: the agent has accepted by then",
    ),
}
_SETTINGS = {setting.name for setting in REGISTRY}


@dataclass(frozen=True)
class Finding:
    """Something amiss: the block, and what is wrong with it."""

    block: str
    text: str


def findings(flow: Flow) -> list[Finding]:
    """Return what is amiss with a flow, in the order of its blocks within each kind."""
    return [*_dead_ends(flow), *_late_attributes(flow), *_near_names(flow), *_chains(flow)]


def _dead_ends(flow: Flow) -> Iterator[Finding]:
    """Yield branches from which nothing leads anywhere, and blocks that nothing leads to."""
    reached = reached_from(flow, [flow.start])
    ended = leads_to(flow, is_end)
    for block in flow.blocks.values():
        kind = action_table().types.get(block.type)
        if block.identifier not in reached:
            yield Finding(block.identifier, "nothing leads here")
        missing = [name for name, target in block.branches() if target not in flow.blocks]
        if kind is not None and not kind.terminal:
            given = {name for name, _ in block.errors}
            missing += [
                name
                for name, need in kind.errors.items()
                if need.applies(block.parameters) and name not in given
            ]
            if block.next is None and not block.compares:
                missing.append("next")
        for name in dict.fromkeys(missing):
            yield Finding(block.identifier, f"the branch {name} leads nowhere")
        if not missing and block.identifier not in ended and ways_of(block):
            yield Finding(block.identifier, "no way from here ends the flow: it goes round in a circle")


def _late_attributes(flow: Flow) -> Iterator[Finding]:
    """Yield settings that acceptance does not find in the snapshot that the last look-up saved (F1, P2)."""
    for block in flow.blocks.values():
        for name in _settings_set_by(block):
            if flow.type in _TOO_LATE:
                yield Finding(block.identifier, f"{name} {_TOO_LATE[flow.type]}")
            elif _reaches_queue_unremembered(flow, block):
                yield Finding(
                    block.identifier,
                    f"{name} is set too late for the snapshot: no look-up stands between it and the queue, so"
                    " that acceptance has to ask Amazon Connect; put search_by = remember before the queue",
                )


def _settings_set_by(block: Block) -> list[str]:
    given = block.parameters.get("Attributes", {}) if block.type == "UpdateContactAttributes" else {}
    return [name for name in given if name in _SETTINGS]


def _reaches_queue_unremembered(flow: Flow, block: Block) -> bool:
    """Return whether a queue can be reached from a block with no look-up on the way."""
    after = [target for _, target in ways_of(block)]
    reached = reached_from(flow, after, passes=lambda each: not _looks_up(each))
    return any(flow.blocks[each].type == "TransferContactToQueue" for each in reached)


def _looks_up(block: Block) -> bool:
    if block.type != "InvokeLambdaFunction":
        return False
    parameters = block.parameters.get("LambdaInvocationAttributes") or {}
    return folder_of(str(block.parameters.get("LambdaFunctionARN")), parameters) == "customer_lookup"


def _near_names(flow: Flow) -> Iterator[Finding]:
    """Yield attributes that differ from a setting's name only in case or in a hyphen (S6)."""
    for block in flow.blocks.values():
        if block.type == "UpdateContactAttributes":
            for name in block.parameters.get("Attributes", {}):
                meant = name.lower().replace("-", "_")
                if name not in _SETTINGS and meant in _SETTINGS:
                    yield Finding(block.identifier, f"{name} is no setting; {meant} is")


def _chains(flow: Flow) -> Iterator[Finding]:
    """Yield functions that together may take longer than a chain of them may, with no prompt between."""
    longest = action_table().limits["lambda_chain_seconds"]
    known: dict[str, int] = {}
    for block in flow.blocks.values():
        if (seconds := _chain_from(flow, block.identifier, known)) > longest and _seconds(block):
            yield Finding(
                block.identifier,
                f"functions from here may take {seconds} seconds with no prompt between them, of {longest}",
            )


def _chain_from(flow: Flow, identifier: str, known: dict[str, int]) -> int:
    """Return the seconds of functions from a block to the next prompt, on the longest way without circles."""
    block = flow.blocks.get(identifier)
    if block is None or block.type == "MessageParticipant":
        return 0
    if identifier not in known:
        known[identifier] = 0  # what leads back here adds nothing
        others = [_chain_from(flow, target, known) for _, target in ways_of(block)]
        known[identifier] = _seconds(block) + max(others, default=0)
    return known[identifier]


def _seconds(block: Block) -> int:
    if block.type != "InvokeLambdaFunction" or block.parameters.get("InvocationType") == "ASYNCHRONOUS":
        return 0
    return int(block.parameters.get("InvocationTimeLimitSeconds", 3))
