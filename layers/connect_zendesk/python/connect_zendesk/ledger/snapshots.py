"""Snapshots of contacts that are going on: number and attributes, and what was found for them.

Contact events carry neither, and DescribeContact is limited to ten a second for a whole account. So the
contact's flow leaves a snapshot, and acceptance asks Amazon Connect only where there is none.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import SNAPSHOT
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.lookups import (
    LookUp,
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByName,
    UsersByPhone,
)
from connect_zendesk.rules.model import Ticket, User

#: What was found of a ticket is believed this long: it may have been solved, or another one opened.
TICKETS_HOLD = timedelta(minutes=5)

#: What was found of users is believed this long when the contact's record comes: its flow asked, or its ring.
USERS_HOLD = timedelta(hours=1)

_MOST_ANSWERS = 10
_KEPT = (
    "contact_id",
    "root_id",
    "channel",
    "initiation_method",
    "customer_address",
    "system_address",
    "attributes",
    "instance_arn",
    "stated_direction",
    "task_name",
)
_LOOK_UPS: Mapping[str, type[Any]] = {
    look_up.__name__: look_up
    for look_up in (UserById, UsersByPhone, UsersByEmail, UsersByName, TicketById, TicketsRequestedBy)
}
_TIMESTAMPS = ("since", "created", "updated")


@dataclass(frozen=True)
class Snapshot:
    """A contact's first leg as it was when the snapshot was made, and what Zendesk answered about it by then.

    ``asked`` is when each answer was given: a snapshot that is made again keeps those it had. ``outdated``:
    the contact's attributes have changed since. ``began_known``: the leg began when it says, and not when its
    flow first called.
    """

    leg: Leg
    made: datetime
    answers: Mapping[LookUp, Any] = field(default_factory=dict)
    asked: Mapping[LookUp, datetime] = field(default_factory=dict)
    outdated: bool = False
    began_known: bool = False

    def answer(self, look_up: LookUp, now: datetime) -> "Answer | None":
        """Return what was found for a look-up, or None where it has to be asked again."""
        if isinstance(look_up, TicketsRequestedBy):
            for known, found in self.answers.items():
                same_user = isinstance(known, TicketsRequestedBy) and known.user == look_up.user
                reaches = same_user and known.since <= look_up.since  # type: ignore[union-attr]
                if reaches and now - self.asked.get(known, self.made) <= TICKETS_HOLD:
                    return Answer(found)
            return None
        if look_up not in self.answers:
            return None
        if isinstance(look_up, TicketById) and now - self.asked.get(look_up, self.made) > TICKETS_HOLD:
            return None
        return Answer(self.answers[look_up])


@dataclass(frozen=True)
class Answer:
    """What was found: ``value`` is None where Zendesk has no such thing."""

    value: Any


def recent_snapshot_of(ledger: Ledger, root: str) -> Snapshot | None:
    """Return the snapshot of a contact with what was found within the last hour, or None without any.

    For a contact's record, which can come long after. A requester whom Zendesk refuses is looked up again.
    """
    found = snapshot_of(ledger, root)
    if found is None:
        return None
    now = ledger.clock()
    recent = [
        look_up for look_up in found.answers if now - found.asked.get(look_up, found.made) <= USERS_HOLD
    ]
    return replace(found, answers={look_up: found.answers[look_up] for look_up in recent}) if recent else None


def keep(
    ledger: Ledger,
    leg: Leg,
    answers: Mapping[LookUp, Any] | None = None,
    *,
    last: bool = False,
    began_known: bool = False,
) -> None:
    """Keep a snapshot of a contact's first leg for seven days, adding to what was found for it before.

    ``last``: its flow says that it sets no more attributes. ``began_known``: see `Snapshot`.
    """
    item = {**_item(leg, ledger.clock()), "last": last, "began_known": began_known}
    found = _found(answers or {}, ledger.clock())
    ledger.change(SNAPSHOT.key(root=leg.root_id), lambda known: {**item, "found": _merged(known, found)})


def add_answers(ledger: Ledger, snapshot: Snapshot, answers: Mapping[LookUp, Any]) -> None:
    """Add what was found to a contact's snapshot. The contact itself stays as its flow left it last."""
    item = _item(snapshot.leg, snapshot.made)
    if found := _found(answers, ledger.clock()):
        ledger.change(
            SNAPSHOT.key(root=snapshot.leg.root_id),
            lambda known: {**(known or item), "found": _merged(known, found)},
        )


def keep_beginning(ledger: Ledger, snapshot: Snapshot) -> None:
    """Keep when the contact of a snapshot began."""

    def mark(known: Any) -> Any:
        return {**known, "began": snapshot.leg.began.isoformat(), "began_known": True} if known else known

    ledger.change(SNAPSHOT.key(root=snapshot.leg.root_id), mark)


def outdate(ledger: Ledger, root: str, changed: datetime) -> None:
    """Record that a contact's attributes changed at that time, for the readers of its snapshot."""
    if ledger.recall(SNAPSHOT.key(root=root)) is None:
        return

    def mark(known: Any) -> Any:
        return {**known, "changed": max(known.get("changed", ""), changed.isoformat())} if known else known

    ledger.change(SNAPSHOT.key(root=root), mark)


def snapshot_of(ledger: Ledger, root: str) -> Snapshot | None:
    """Return the snapshot of a contact, or None where its flow left none."""
    remembered = ledger.recall(SNAPSHOT.key(root=root))
    if remembered is None:
        return None
    value = remembered.value
    began = datetime.fromisoformat(value["began"])
    found = [
        (*_unpacked(entry[:3]), datetime.fromisoformat(entry[3]))
        for entry in value["found"]
        if entry[0] in _LOOK_UPS
    ]
    return Snapshot(
        Leg(**value["leg"], began=began, updated=began),
        datetime.fromisoformat(value["made"]),
        {look_up: answer for look_up, answer, _ in found},
        {look_up: timestamp for look_up, _, timestamp in found},
        _is_outdated(value),
        value.get("began_known", False),
    )


def _is_outdated(value: Mapping[str, Any]) -> bool:
    """Return whether attributes changed after a snapshot was made.

    Events have their time to the second. Of a change within the second of the snapshot it is not known which
    came first: a flow mostly sets attributes right after it has looked something up, and right before it says
    that it sets no more.
    """
    if (changed := value.get("changed")) is None:
        return False
    made = datetime.fromisoformat(value["made"])
    timestamp = datetime.fromisoformat(changed)
    return timestamp > made if value.get("last") else timestamp >= made.replace(microsecond=0)


def _item(leg: Leg, made: datetime) -> dict[str, Any]:
    return {
        "leg": {name: getattr(leg, name) for name in _KEPT} | {"attributes": dict(leg.attributes)},
        "began": leg.began.isoformat(),
        "made": made.isoformat(),
    }


def _found(answers: Mapping[LookUp, Any], now: datetime) -> list[Any]:
    """Return answers as they are kept; the ledger itself remembers who agents and the placeholder are."""
    return [
        [*_packed(look_up, answer), now.isoformat()]
        for look_up, answer in answers.items()
        if type(look_up).__name__ in _LOOK_UPS
    ]


def _merged(known: Any, found: list[Any]) -> list[Any]:
    asked = [entry[:2] for entry in found]
    earlier = [entry for entry in (known or {}).get("found", ()) if entry[:2] not in asked]
    return [*earlier, *found][-_MOST_ANSWERS:]


def _packed(look_up: LookUp, answer: Any) -> list[Any]:
    """Return a look-up and its answer as JSON: its kind, its arguments, what was found."""
    found: Any
    if isinstance(answer, tuple):
        found = [_plain(asdict(item)) for item in answer]
    else:
        found = _plain(asdict(answer)) if answer is not None else None
    return [type(look_up).__name__, _plain(asdict(look_up)), found]


def _unpacked(entry: list[Any]) -> tuple[LookUp, Any]:
    kind, arguments, found = entry
    look_up: LookUp = _LOOK_UPS[kind](**_with_timestamps(arguments))
    shape: type[Any] = Ticket if kind.startswith("Ticket") else User
    if isinstance(found, list):
        return look_up, tuple(shape(**_with_timestamps(item)) for item in found)
    return look_up, shape(**_with_timestamps(found)) if found is not None else None


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return a dataclass's values as JSON has them; for whom a ticket was made is looked up again."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if name != "made_for"
    }


def _with_timestamps(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _TIMESTAMPS else value
        for name, value in values.items()
    }
