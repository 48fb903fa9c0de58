"""Draws a contact flow as a Mermaid diagram."""

from collections.abc import Mapping

from infra.flow_language.action_table import action_table
from infra.flow_language.flow import NEXT, Block, Flow
from infra.flow_language.paths import ways_of

#: How blocks are drawn, by their category and type: what stands before and after their text.
_BOX, _ROUND, _HEXAGON, _RHOMBUS, _DOUBLE = ("[", "]"), ("([", "])"), ("{{", "}}"), ("{", "}"), ("[[", "]]")
_SHAPES: Mapping[str, tuple[str, str]] = {
    "Compare": _RHOMBUS,
    "CheckHoursOfOperation": _RHOMBUS,
    "CheckMetricData": _RHOMBUS,
    "Loop": _RHOMBUS,
    "GetParticipantInput": _HEXAGON,
    "ConnectParticipantWithLexBot": _HEXAGON,
    "InvokeLambdaFunction": _DOUBLE,
    "DisconnectParticipant": _ROUND,
    "EndFlowExecution": _ROUND,
    "TransferContactToQueue": _ROUND,
    "TransferToFlow": _ROUND,
}
#: Short words for branches.
_WORDS = {
    NEXT: "",
    "NoMatchingError": "error",
    "NoMatchingCondition": "else",
    "InputTimeLimitExceeded": "time-out",
    "QueueAtCapacity": "queue full",
    "InvalidPhoneNumber": "no number",
    "ContinueLooping": "again",
    "DoneLooping": "done",
}
_ERRORS = ("error", "queue full", "no number")


def drawing(flow: Flow) -> str:
    """Return a flow's diagram. Errors are dotted, and not drawn where they lead where success does."""
    numbers = {identifier: f"b{number}" for number, identifier in enumerate(flow.blocks, 1)}
    lines = ["flowchart TD", f"    start(( )) --> {numbers[flow.start]}"]
    lines += [f"    {numbers[block.identifier]}{_node(block)}" for block in flow.blocks.values()]
    for block in flow.blocks.values():
        for target, words in _edges(block).items():
            lines.append(f"    {numbers[block.identifier]} {_arrow(words)} {numbers[target]}")
    return "\n".join(lines)


def _node(block: Block) -> str:
    kind = action_table().types.get(block.type)
    before, after = _SHAPES.get(block.type, _BOX)
    text = block.identifier.replace('"', "'")
    name = kind.block.partition(" (")[0].partition(" /")[0] if kind else block.type
    return f'{before}"{text}<br/><small>{name}</small>"{after}'


def _edges(block: Block) -> dict[str, list[str]]:
    """Return the words of the branches to each block."""
    edges: dict[str, list[str]] = {}
    for name, target in ways_of(block):
        word = _WORDS.get(name, name)
        edges.setdefault(target, [])
        if word not in edges[target]:
            edges[target].append(word)
    return edges


def _arrow(words: list[str]) -> str:
    if "" in words:
        return "-->"
    line = "-.->" if all(word in _ERRORS for word in words) else "-->"
    return f'{line}|"{", ".join(words)}"|'
