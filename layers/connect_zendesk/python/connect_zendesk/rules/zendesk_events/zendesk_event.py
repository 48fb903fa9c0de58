"""What happened to a Zendesk ticket, in the words of this project: the detail of *Zendesk Event* (K3)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

_TEXTS = tuple[str, ...]


@dataclass(frozen=True)
class TicketState:
    """A ticket as it was after the event. Ids are numbers, words are in lower case, None is *none*.

    ``channel`` is how the ticket was made, such as web; ``created`` and ``updated`` are in ISO 8601;
    ``public``: a person outside can read comments on it.
    """

    id: int
    subject: str = ""
    status: str | None = None
    priority: str | None = None
    type: str | None = None
    tags: tuple[str, ...] = ()
    requester: int | None = None
    submitter: int | None = None
    assignee: int | None = None
    group: int | None = None
    brand: int | None = None
    form: int | None = None
    organization: int | None = None
    external_id: str | None = None
    channel: str | None = None
    public: bool = False
    created: str | None = None
    updated: str | None = None


@dataclass(frozen=True)
class NewComment:
    """A comment that the event is about, without its text: its author's user id, and who can read it."""

    id: int | None = None
    author: int | None = None
    staff: bool = False
    public: bool = False


@dataclass(frozen=True)
class Change:
    """What has changed: ``previous`` and ``current`` as Zendesk gives them, or the tags, or a comment.

    ``field`` is the id of the custom field whose values these are; ``merged_into`` the ticket that this one
    was merged into.
    """

    previous: Any = None
    current: Any = None
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()
    comment: NewComment | None = None
    field: int | None = None
    merged_into: int | None = None


@dataclass(frozen=True)
class ZendeskEvent:
    """An event of a Zendesk ticket.

    Attributes:
        id: Zendesk's id of the event, the same however often it is delivered.
        type: what happened, such as ticket.status_changed.
        account: the id of the Zendesk account.
        time: when it happened, in ISO 8601.
        ticket: the ticket after it.
        actor: the user who did it, None where Zendesk does not say.
        by_connector: whether this project did it.
        change: what changed.
    """

    id: str
    type: str
    account: int
    time: str
    ticket: TicketState
    actor: int | None = None
    by_connector: bool = False
    change: Change = field(default_factory=Change)

    def as_detail(self) -> dict[str, Any]:
        """Return the event as the detail of the bus event, in JSON values."""
        return asdict(self)

    @staticmethod
    def of(detail: Mapping[str, Any]) -> "ZendeskEvent":
        """Return the event that the detail of a bus event describes; what is not known here is passed over.

        Raises KeyError, TypeError and ValueError where it is no such detail.
        """
        change = dict(detail.get("change") or {})
        if isinstance(change.get("comment"), Mapping):
            change["comment"] = _made(NewComment, change["comment"])
        ticket, changed = _made(TicketState, detail["ticket"]), _made(Change, change)
        event: ZendeskEvent = _made(
            ZendeskEvent, {**detail, "time": detail.get("time") or "", "ticket": ticket, "change": changed}
        )
        return event


def _made(kind: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    types = {each.name: each.type for each in fields(kind) if each.name in given}  # type: ignore[arg-type]
    # What is null is not given, but for a list.
    named = {name: wanted for name, wanted in types.items() if given[name] is not None or wanted == _TEXTS}
    known = {name: _fitting(wanted, given[name]) for name, wanted in named.items()}
    return kind(**known)


def _fitting(wanted: Any, value: Any) -> Any:
    """Return a field's value as its type has it. Raises TypeError."""
    if wanted is Any:
        return value
    if wanted == _TEXTS:
        if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            return tuple(value)
    elif isinstance(value, wanted):
        return value
    raise TypeError("a field of another type")
