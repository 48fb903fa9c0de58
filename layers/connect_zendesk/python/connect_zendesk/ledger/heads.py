"""What has been settled for a contact: its head. Everything that is done for the contact follows it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger.claims import SOON_SECONDS
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import EARLIER_HEADS, HEAD, Step
from connect_zendesk.ledger.steps import is_begun
from connect_zendesk.ledger.view import Outdated
from connect_zendesk.rules.model import Settles

_HEAD = "head"
#: What is asked of a ticket that was made, after its contact has been settled with it.
_MADE_BY = ("ticket", "attached")
#: The rule of a head that says nothing but that its contact is forgotten (O5).
FORGOTTEN = "O5"
#: What a head of release 0.1 does not say of itself, by its rule.
_SETTLES_BY_RULE: Mapping[str, Settles] = {"T13": "until answered", "T15": "until an earlier record"}


@dataclass(frozen=True)
class Head:
    """What has been settled for a contact.

    ``ticket`` is None where it was settled that there is none; ``rule`` and ``reasons`` say why.
    ``public``: a person outside can read comments on the ticket, as far as was known. ``reported`` names the
    report that is in the first comment of a ticket made here, and ``as_of`` is that report's time, in
    ISO 8601. ``moved`` numbers the tickets that agents have moved the contact to, 0 being its first: what was
    written before is written there again (A1). ``attached`` is the stamp of the latest such command.
    ``customer`` is the Zendesk user that the contact is with, None where that is not certain. ``settles``
    says how long a head without a ticket holds; ``forced``: decided by forced ticket creation (T8).
    ``origin`` is how the contact began (`kinds.Origin`), None where an earlier release settled it.
    """

    ticket: int | None
    requester: int | None
    action: str
    rule: str
    reasons: tuple[str, ...] = ()
    public: bool = False
    reported: str | None = None
    as_of: str | None = None
    moved: int = 0
    attached: str | None = None
    customer: int | None = None
    settles: Settles = "for good"
    forced: bool = False
    origin: str | None = None

    @staticmethod
    def of(item: Mapping[str, Any]) -> "Head":
        """Return a head from what was kept of it, by this release or the one before."""
        known = {name: item[name] for name in Head.__dataclass_fields__ if name in item}
        if "told" in item:  # by release 0.1, for which these followed from the rule
            rule = item["rule"]
            known["settles"] = _SETTLES_BY_RULE.get(rule, "for good")
            known |= {"reported": item["told"], "forced": rule == "T8"}
        return Head(**{**known, "reasons": tuple(item["reasons"])})

    @property
    def is_forgotten(self) -> bool:
        """Whether its customer was forgotten: nothing is kept or written of the contact any more."""
        return self.rule == FORGOTTEN

    def as_item(self) -> dict[str, Any]:
        """Return what is kept of it: all but what is as it is by default."""
        fields = Head.__dataclass_fields__
        return {
            name: value
            for name, value in asdict(self).items()
            if value != fields[name].default or name == "reasons"
        }


def head(ledger: Ledger, root: str) -> Head | None:
    """Return what has been settled for a contact, or None."""
    return _of(ledger.read(HEAD.key(root=root)).content)


def forget(ledger: Ledger, root: str) -> None:
    """Leave of a contact's head that the contact is forgotten (O5), and nothing else."""
    nothing = {_HEAD: Head(None, None, "none", FORGOTTEN).as_item()}
    ledger.update(HEAD.key(root=root), lambda known: None if known == nothing else nothing)


def settle(ledger: Ledger, root: str, settled: Head, unless: Step | None = None) -> Head:
    """Settle a contact. The first linked ticket stays (T12): returns what holds from now on.

    Raises `Conflict` where it has none, and what would make its ticket, ``unless``, is begun: a step in the
    item of its head.
    """

    def after(before: Head | None) -> Head | None:
        return settled if before is None or before.ticket is None else None

    return _change(ledger, root, after, unless) or settled


def relink(
    ledger: Ledger, root: str, old_ticket: int | None, settled: Head, unless: Step | None = None
) -> Head:
    """Link a contact that is on one ticket to the one its agent chose, be it the same; returns what holds.

    Nothing changes where it has left that ticket, or where a later command has been done meanwhile. Raises
    `Conflict` as `settle` does.
    """

    def after(before: Head | None) -> Head | None:
        if before is None or before.ticket != old_ticket:
            return None
        return settled if (before.attached or "") <= (settled.attached or "") else None

    return _change(ledger, root, after, unless) or settled


def go_on(ledger: Ledger, root: str, old_ticket: int | None, settled: Head) -> Head:
    """Go on with what a contact's ticket has become, unless it has left that ticket; returns what holds.

    The latest command of its agents stays known. Raises `Outdated` where the contact is forgotten.
    """

    def after(before: Head | None) -> Head | None:
        if before is None or before.ticket != old_ticket:
            return None
        return replace(settled, attached=before.attached)

    now = _change(ledger, root, after) or settled
    if now.is_forgotten:
        raise Outdated("the contact is forgotten", 1)
    return now


@contextmanager
def while_on(ledger: Ledger, root: str, ticket: int) -> Iterator[None]:
    """Have the first write of a contact's head, or of a step beside it, fail where it has left a ticket.

    In a view. Raises `Outdated` then, or where anything else was written there meanwhile.
    """
    with ledger.guard(HEAD.key(root=root), lambda _: None):
        now = head(ledger, root)
        if now is None or now.ticket != ticket:
            raise Outdated("the contact has left the ticket", 1)
        yield


def _change(
    ledger: Ledger, root: str, after: Callable[[Head | None], Head | None], unless: Step | None = None
) -> Head | None:
    """Change a contact's head, unless the contact is forgotten; returns what it is now."""

    def change(known: Mapping[str, Any]) -> Mapping[str, Any] | None:
        before = _of(known)
        if before is not None and before.is_forgotten:
            return None
        settled = after(before)
        if settled is not None and unless is not None and is_begun(ledger, known, unless):
            raise Conflict("another container is making the contact's next ticket", SOON_SECONDS)
        return None if settled is None else _with(known, settled)

    return _of(ledger.update(HEAD.key(root=root), change))


def earlier(ledger: Ledger, root: str) -> dict[str, Head]:
    """Return the heads that a contact had on tickets it was moved from, by ticket number."""
    known = ledger.recall(EARLIER_HEADS.key(root=root))
    return _heads(known.value) if known is not None else {}


def add_earlier(ledger: Ledger, root: str, left: Head) -> dict[str, Head]:
    """Remember the head that a contact has on a ticket it is moved from; returns all of them."""

    def change(known: Any) -> Any:
        return {**(known or {}), str(left.ticket): left.as_item()}

    return _heads(ledger.change(EARLIER_HEADS.key(root=root), change))


def _heads(items: Mapping[str, Any]) -> dict[str, Head]:
    return {ticket: Head.of(item) for ticket, item in items.items()}


def _of(content: Mapping[str, Any]) -> Head | None:
    return Head.of(content[_HEAD]) if _HEAD in content else None


def _with(content: Mapping[str, Any], settled: Head) -> Mapping[str, Any]:
    """Return a contact's content with its head, which is not kept a second time as what made its ticket."""
    head = settled.as_item()
    steps = {name: _without_head(entry, head) for name, entry in content.get("steps", {}).items()}
    return {**content, _HEAD: head, **({"steps": steps} if steps else {})}


def _without_head(entry: Mapping[str, Any], head: Mapping[str, Any]) -> Mapping[str, Any]:
    result = entry.get("result")
    if not isinstance(result, Mapping) or not _is_same(result.get(_HEAD), head):
        return entry
    return {**entry, "result": {**result, _HEAD: {name: head[name] for name in _MADE_BY if name in head}}}


def made_by(ledger: Ledger, root: str, kept: Mapping[str, Any]) -> Head:
    """Return the head that the step which made a ticket has kept.

    Where another container has settled the contact with it meanwhile, the contact's own is all that is kept:
    that, or what the contact has gone on to since.
    """
    if "rule" not in kept and (now := head(ledger, root)) is not None:
        return now
    return Head.of(kept)


def _is_same(made: Any, head: Mapping[str, Any]) -> bool:
    return isinstance(made, Mapping) and "rule" in made and Head.of(made).as_item() == head
