"""A flow as its JSON says it: blocks, and the branches that lead from one to the next."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: How the branch is named that an action takes where nothing else applies.
NEXT = "next"
#: What a console's export calls the flow types, in its metadata.
_EXPORTED = {
    "contactFlow": "CONTACT_FLOW",
    "customerQueue": "CUSTOMER_QUEUE",
    "customerHold": "CUSTOMER_HOLD",
    "customerWhisper": "CUSTOMER_WHISPER",
    "agentHold": "AGENT_HOLD",
    "agentWhisper": "AGENT_WHISPER",
    "outboundWhisper": "OUTBOUND_WHISPER",
    "agentTransfer": "AGENT_TRANSFER",
    "queueTransfer": "QUEUE_TRANSFER",
}


class NotAFlow(ValueError):
    """What was read is no flow in the Flow language. The message says why."""


@dataclass(frozen=True)
class Condition:
    """A condition and where it leads: the block's result compared with an operand."""

    operator: str
    operands: tuple[str, ...]
    target: str

    @property
    def label(self) -> str:
        """How the branch is named: the operand, with its operator unless that is Equals."""
        operand = " ".join(self.operands)
        return operand if self.operator == "Equals" else f"{self.operator} {operand}"


@dataclass(frozen=True)
class Block:
    """One action. ``next`` is None where there is no NextAction."""

    identifier: str
    type: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    next: str | None = None
    conditions: tuple[Condition, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()

    def branches(self) -> Iterator[tuple[str, str]]:
        """Yield each branch as its name and the block that it leads to.

        A block that compares takes one of its conditions or NoMatchingCondition. Its NextAction, which the
        service demands, repeats one of these and is taken by nothing.
        """
        for condition in self.conditions:
            yield condition.label, condition.target
        yield from self.errors
        if self.next is not None and not self.compares:
            yield NEXT, self.next

    @property
    def compares(self) -> bool:
        """Whether the block goes on by conditions on its result."""
        return bool(self.conditions) or any(kind == "NoMatchingCondition" for kind, _ in self.errors)

    def error(self, kind: str) -> str | None:
        """Return where an error leads, or None where the block has no such branch."""
        return dict(self.errors).get(kind)


@dataclass(frozen=True)
class Flow:
    """A flow: its blocks by their identifiers, and the one that it starts with."""

    name: str
    type: str
    start: str
    blocks: Mapping[str, Block]


def read(text: str, *, name: str, flow_type: str | None = None) -> Flow:
    """Return the flow that a JSON text holds. Raises `NotAFlow`.

    Without a type it is the one of a console's export, else that of an inbound flow.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise NotAFlow(f"not JSON: {error}") from None
    return parse(document, name=name, flow_type=flow_type)


def parse(document: Any, *, name: str, flow_type: str | None = None) -> Flow:
    """Return the flow that a document says. Raises `NotAFlow`."""
    if not isinstance(document, dict) or not isinstance(document.get("Actions"), list):
        if isinstance(document, dict) and "modules" in document:
            raise NotAFlow(
                "an export in the format before the Flow language: take what DescribeContactFlow says"
            )
        raise NotAFlow("no Actions in it")
    try:
        blocks = [_block(action) for action in document["Actions"]]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotAFlow(f"an action that cannot be read: {error}") from None
    return Flow(
        name,
        flow_type or type_of(document),
        str(document.get("StartAction")),
        {block.identifier: block for block in blocks},
    )


def type_of(document: Mapping[str, Any]) -> str:
    """Return the flow type that a console's export names; CONTACT_FLOW where it names none."""
    metadata = document.get("Metadata")
    exported = metadata.get("type") if isinstance(metadata, dict) else None
    return _EXPORTED.get(str(exported), "CONTACT_FLOW")


def _block(action: Mapping[str, Any]) -> Block:
    transitions = action.get("Transitions") or {}
    return Block(
        str(action["Identifier"]),
        str(action["Type"]),
        action.get("Parameters") or {},
        transitions.get("NextAction"),
        tuple(
            Condition(
                each["Condition"]["Operator"],
                tuple(map(str, each["Condition"]["Operands"])),
                str(each["NextAction"]),
            )
            for each in transitions.get("Conditions") or ()
        ),
        tuple((str(each["ErrorType"]), str(each["NextAction"])) for each in transitions.get("Errors") or ()),
    )
