"""The ledger: which ticket a contact has, and what has been written. Every retry is settled here.

A *step* is something that must happen once: make a user, make a ticket, add a comment. It is claimed
with a lease before it is done and confirmed after. Whoever finds a confirmed step has nothing to do;
whoever finds a fresh claim comes back later; only when the lease has run out does anybody ask Zendesk
whether the writer that died got through, before writing again.

The ledger needs no more of a database than reading an item and replacing one that has not changed since
(`Items`): so the same ledger runs on DynamoDB, and in memory for simulation.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from connect_zendesk.rules.model import Settles

SCHEMA = 1

#: Amazon Connect re-emits records for 24 months; what has been written is remembered a month longer.
KEEP = timedelta(days=760)
#: A step that was claimed and never confirmed: longer than its message can wait and then be sent again.
KEEP_CLAIM = timedelta(days=30)
#: A number somebody is being made a user for: longer than Zendesk's search index lags, by far.
KEEP_NUMBER = timedelta(days=1)
#: An agent's Zendesk id, and that an agent has none (P7).
KEEP_AGENT = timedelta(hours=1)
#: What a contact's flow and acceptance left of its number and attributes: personal data.
KEEP_SNAPSHOT = timedelta(days=7)
#: The newest record of a leg, to be told of on a ticket that its contact is moved to: personal data.
KEEP_RECORD = timedelta(days=1)

Item = Mapping[str, Any]


class Items(Protocol):
    """A table of items, each with a ``version`` that a change must name."""

    def get(self, partition: str, sort: str) -> Item | None:
        """Return an item as it is now (a consistent read), or None."""

    def put(self, partition: str, sort: str, item: Item, *, replacing: int | None) -> bool:
        """Write an item if it is still at that version (None: if there is none), and say whether it was."""


#: What a head of the release before does not say of itself, by its rule.
_SETTLES_BEFORE: Mapping[str, Settles] = {"T13": "until answered", "T15": "until an earlier record"}


@dataclass(frozen=True)
class Head:
    """What has been settled for a contact.

    ``ticket`` is None where it was settled that there is none; ``rule`` and ``reasons`` say why.
    ``public``: somebody outside can read comments on the ticket, as far as was known. ``told`` names the
    report that is in the first comment of a ticket made here, and ``as_of`` is that report's moment, in
    ISO 8601. ``moved`` numbers the tickets that agents have moved the contact to, 0 being its first: what was
    written before is written there again (A1). ``attached`` is the stamp of the latest such command.
    ``customer`` is the Zendesk user that the contact is with, None where nobody knows for sure. ``settles``
    says how long a head without a ticket holds; ``forced``: decided by forced ticket creation (T8).
    """

    ticket: int | None
    requester: int | None
    action: str
    rule: str
    reasons: tuple[str, ...] = ()
    public: bool = False
    told: str | None = None
    as_of: str | None = None
    moved: int = 0
    attached: str | None = None
    customer: int | None = None
    settles: Settles = "for good"
    forced: bool = False

    @staticmethod
    def of(item: Item) -> "Head":
        """Return a head from what was kept of it, by this release or the one before.

        The release before kept neither ``settles`` nor ``forced``: they followed from the rule.
        """
        rule = item["rule"]
        before = {"settles": _SETTLES_BEFORE.get(rule, "for good"), "forced": rule == "T8"}
        known = {name: item[name] for name in Head.__dataclass_fields__ if name in item}
        return Head(**{**before, **known, "reasons": tuple(item["reasons"])})


@dataclass(frozen=True)
class Claim:
    """A claim on a step.

    ``state``: *mine*, nobody has tried before; *doubtful*, somebody tried and it is not known whether
    they got through; *done*, with the ``result``; *busy*, somebody else is at it, for ``wait`` seconds
    more. ``body`` is what the first to claim it was going to write: a retry sends the same. ``since`` is
    when it was first claimed.
    """

    state: Literal["mine", "doubtful", "done", "busy"]
    partition: str = ""
    sort: str = ""
    version: int = 0
    body: Any = None
    result: Any = None
    since: datetime | None = None
    wait: int = 0


class NotReady(Exception):
    """Somebody else is at it, or something has to come first. Try again in ``seconds``."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Ledger:
    """Claims, confirmations and what is remembered. ``lease``: longer than any writer can live."""

    def __init__(self, items: Items, *, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._items = items
        self._clock = clock
        self._lease = lease

    # Contacts

    def head(self, root: str) -> Head | None:
        """Return what has been settled for a contact, or None."""
        item = self._items.get(contact(root), "head")
        return Head.of(item) if item is not None else None

    def settle(self, root: str, head: Head) -> Head:
        """Settle a contact. The first linked ticket stays (T12): returns what holds from now on."""
        while True:
            known = self._items.get(contact(root), "head")
            if known is not None and known["ticket"] is not None:
                return Head.of(known)
            if self._put(contact(root), "head", asdict(head), known, KEEP):
                return head

    def relink(self, root: str, old_ticket: int | None, head: Head) -> Head:
        """Move a contact from one ticket to another, unless it has left that one; returns what holds."""
        while True:
            known = self._items.get(contact(root), "head")
            if known is None or known["ticket"] != old_ticket:
                return Head.of(known) if known is not None else head
            if self._put(contact(root), "head", asdict(head), known, KEEP):
                return head

    def reported(self, root: str, leg: str) -> "Reported":
        """Return what of a leg has been reported."""
        item = self._items.get(contact(root), f"leg#{leg}") or {}
        updated = item.get("updated")
        return Reported(
            tuple(item.get("fingerprints", ())), datetime.fromisoformat(updated) if updated else None
        )

    def add_report(self, root: str, leg: str, fingerprint: str, updated: datetime) -> None:
        """Remember that this state of a leg, as of ``updated``, has been reported."""
        while True:
            known = self._items.get(contact(root), f"leg#{leg}")
            fingerprints = list((known or {}).get("fingerprints", ()))
            latest = max(updated.isoformat(), (known or {}).get("updated") or "")
            if fingerprint not in fingerprints:
                fingerprints.append(fingerprint)
            item = {"fingerprints": fingerprints, "updated": latest}
            if self._put(contact(root), f"leg#{leg}", item, known, KEEP):
                return

    # Steps

    def claim(self, partition: str, sort: str, body: Callable[[], Any] = lambda: None) -> Claim:
        """Claim a step. ``body`` makes what will be written; it is asked for by the first claim only."""
        now = self._clock()
        known = self._items.get(partition, sort)
        fresh = known is None or known["expires_at"] <= now.timestamp()
        step = {"body": body(), "since": now.isoformat(), "doubt": False} if fresh else dict(known or {})
        if step.get("status") == "done":
            return Claim("done", result=step["result"])
        if step.get("status") == "claimed":
            expires = datetime.fromisoformat(step["until"])
            if expires > now:
                return Claim("busy", wait=_seconds(expires - now))
            step["doubt"] = True  # whoever claimed it has died, and may have written
        step |= {"status": "claimed", "until": (now + self._lease).isoformat()}
        if not self._put(partition, sort, step, known, KEEP_CLAIM):
            return Claim("busy", wait=_seconds(self._lease))
        return Claim(
            "doubtful" if step["doubt"] else "mine",
            partition,
            sort,
            version=(known["version"] if known else 0) + 1,
            body=step["body"],
            since=datetime.fromisoformat(step["since"]),
        )

    def confirm(self, claim: Claim, result: Any = None, keep: timedelta = KEEP) -> None:
        """Say that a claimed step is done. What was to be written is forgotten.

        Where the lease ran out meanwhile, somebody else is at it, asks Zendesk and finds what we wrote.
        """
        item = {"status": "done", "result": result}
        self._put(claim.partition, claim.sort, item, {"version": claim.version}, keep)

    def release(self, claim: Claim, *, doubtful: bool) -> None:
        """Give a claim back, so that a retry need not wait. ``doubtful``: it may have been written."""
        known = self._items.get(claim.partition, claim.sort)
        if known is not None and known["version"] == claim.version:
            step = {**known, "status": "released", "doubt": known["doubt"] or doubtful}
            self._put(claim.partition, claim.sort, step, known, KEEP_CLAIM)

    def abandon(self, partition: str, sort: str) -> None:
        """Forget a step that can never be done, so that the next to claim it begins anew."""
        known = self._items.get(partition, sort)
        if known is not None and known["status"] != "done":
            self._put(partition, sort, {"status": "abandoned"}, known, timedelta(0))

    def intention(self, partition: str, sort: str) -> Any:
        """Return what a step has come to, or is going to write; None where nobody has claimed it."""
        known = self._living(partition, sort)
        return (known["result"] if known["status"] == "done" else known["body"]) if known else None

    def result_of(self, partition: str, sort: str) -> Any:
        """Return the result of a step that is done, or None."""
        known = self._living(partition, sort)
        return known["result"] if known and known["status"] == "done" else None

    # Remembered for a while

    def change(self, partition: str, sort: str, change: Callable[[Any], Any], keep: timedelta) -> Any:
        """Change a remembered value, whoever else does so at the same time; returns what it is now.

        ``change`` gets the value, None where there is none, and may be asked several times.
        """
        while True:
            known = self._items.get(partition, sort)
            living = known if known and known["expires_at"] > self._clock().timestamp() else None
            value = change(living["value"] if living else None)
            if self._put(partition, sort, {"value": value}, known, keep):
                return value

    def remember(self, partition: str, sort: str, value: Any, keep: timedelta) -> None:
        """Remember a value for a while. The last one to write wins."""
        self.change(partition, sort, lambda _: value, keep)

    def first(self, partition: str, sort: str, keep: timedelta) -> bool:
        """Tell whether nobody has asked this before: for what is done at most once, and never made up for.

        One conditional write, and nobody asked before. Whoever dies after it has done the thing, or it is
        not done.
        """
        if self._put(partition, sort, {"value": True}, None, keep):
            return True
        known = self._items.get(partition, sort)
        forgotten = known is not None and known["expires_at"] <= self._clock().timestamp()
        return forgotten and self._put(partition, sort, {"value": True}, known, keep)

    def take_back(self, partition: str, sort: str) -> None:
        """Forget that it was asked whether somebody is the first: the thing was not done."""
        known = self._items.get(partition, sort)
        if known is not None:
            self._put(partition, sort, {"value": None}, known, timedelta(0))

    def recall(self, partition: str, sort: str) -> "Remembered | None":
        """Return a remembered value, or None where there is none or it is too old."""
        known = self._living(partition, sort)
        if known is None:
            return None
        return Remembered(known["value"], datetime.fromtimestamp(known["expires_at"], self._clock().tzinfo))

    def _living(self, partition: str, sort: str) -> Item | None:
        """Return an item that has not expired. DynamoDB takes days to delete one that has."""
        known = self._items.get(partition, sort)
        return known if known and known["expires_at"] > self._clock().timestamp() else None

    def _put(self, partition: str, sort: str, item: Item, known: Item | None, keep: timedelta) -> bool:
        version = known["version"] if known is not None else None
        full = {
            **item,
            "schema": SCHEMA,
            "version": (version or 0) + 1,
            "expires_at": int((self._clock() + keep).timestamp()),
        }
        return self._items.put(partition, sort, full, replacing=version)


@dataclass(frozen=True)
class Reported:
    """The states of a leg that have been reported, as fingerprints, and the moment of the latest."""

    fingerprints: tuple[str, ...]
    updated: datetime | None


@dataclass(frozen=True)
class Remembered:
    """A remembered value and when it is forgotten."""

    value: Any
    until: datetime


def contact(root: str) -> str:
    """Return the partition of a contact: everything the ledger has of it."""
    return f"contact#{root}"


def _seconds(duration: timedelta) -> int:
    return max(1, int(duration.total_seconds()))
