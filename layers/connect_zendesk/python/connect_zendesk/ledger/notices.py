"""The notices that the agents of a contact were given, with their texts, for an agent app to show (A2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import HEAD, NOTICES

_SORT = NOTICES.sort.partition("{")[0]


@dataclass(frozen=True)
class GivenNotice:
    """A notice: to which agent (a Zendesk user id, None where unknown), by which rule, in what words.

    ``at`` is when, in ISO 8601. Of a notice that an earlier release gave only the rule is known.
    """

    agent: int | None
    rule: str
    text: str = ""
    at: str = ""


def rules_given(ledger: Ledger, root: str, agent: int | None) -> frozenset[str]:
    """Return the rules of which an agent was given a notice about a contact."""
    return frozenset(notice.rule for notice in given_to(ledger, root, agent))


def given_to(ledger: Ledger, root: str, agent: int | None) -> list[GivenNotice]:
    """Return the notices about a contact that an agent was given, in their order."""
    known = ledger.recall(NOTICES.key(root=root, agent=agent))
    return [_notice(str(agent), given) for given in known.value] if known is not None else []


def keep(ledger: Ledger, root: str, agent: int | None, given: Iterable[tuple[str, str]]) -> None:
    """Keep the notices, as rule and text, that an agent is given about a contact."""
    at = ledger.clock().isoformat()
    new = [{"rule": rule, "text": text, "at": at} for rule, text in given]
    ledger.change(NOTICES.key(root=root, agent=agent), lambda known: [*(known or ()), *new])


def of_contact(ledger: Ledger, root: str) -> list[GivenNotice]:
    """Return the notices about a contact, in the order in which they were given."""
    found = [
        _notice(sort.removeprefix(_SORT), given)
        for sort, item in ledger.read_all(HEAD.key(root=root).partition).items()
        if sort.startswith(_SORT)
        for given in item.get("value", ())
    ]
    return sorted(found, key=lambda notice: notice.at)


def _notice(agent: str, given: Any) -> GivenNotice:
    known: Mapping[str, str] = given if isinstance(given, Mapping) else {"rule": str(given)}
    return GivenNotice(int(agent) if agent.isdecimal() else None, **known)
