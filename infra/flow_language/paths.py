"""Where a flow's branches lead: what is reached, what ends, and what comes before what."""

from collections.abc import Callable, Iterable
from functools import partial

from infra.flow_language.action_table import action_table
from infra.flow_language.flow import NEXT, Block, Flow


def ways_of(block: Block) -> list[tuple[str, str]]:
    """Return the branches that can be taken, as their names and where they lead.

    A transfer that succeeds ends the flow: its NextAction is demanded, and taken by nothing.
    """
    ends = is_end(block)
    return [(name, target) for name, target in block.branches() if not (ends and name == NEXT)]


def is_end(block: Block) -> bool:
    """Return whether the flow can end in a block: always, or where its transfer succeeds."""
    kind = action_table().types.get(block.type)
    return kind is not None and (kind.terminal or kind.ends_flow_on_success)


def reached_from(
    flow: Flow, starts: Iterable[str], passes: Callable[[Block], bool] = lambda _: True
) -> set[str]:
    """Return the blocks that can be reached from some, these too, going on from those that it ``passes``."""
    found: set[str] = set()
    waiting = [start for start in starts if start in flow.blocks]
    while waiting:
        identifier = waiting.pop()
        if identifier in found:
            continue
        found.add(identifier)
        block = flow.blocks[identifier]
        if passes(block):
            waiting += [target for _, target in ways_of(block) if target in flow.blocks]
    return found


def leads_to(flow: Flow, wanted: Callable[[Block], bool]) -> set[str]:
    """Return the blocks from which one that is wanted can be reached, these among them."""
    reached = partial(reached_from, flow)
    return {
        identifier
        for identifier in flow.blocks
        if any(wanted(flow.blocks[other]) for other in reached([identifier]))
    }
