"""What a customer's two voice-authentication fields are to hold, by all that contacts said of them (V1, V3).

It is worked out anew each time, from what the fields held before: so a contact that has gone to another
customer leaves no trace. What a person writes into a field counts from then on: only later contacts change
it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from connect_zendesk.rules.contacts.authentication import BY_WEIGHT

#: What the two fields hold: the voiceprint's id, and its status.
ROLES = ("id", "status")

_MOST_CONTACTS = 6
#: Contacts that wait for a look, such as during an outage; of more, the oldest are forgotten.
_MOST_WAITING = 100


@dataclass(frozen=True)
class Said:
    """What a contact said of its customer, ``at`` a time (ISO 8601): the voiceprint's id and status.

    ``unverified``: the caller was not recognised by this voiceprint, so it may be another person's; it holds
    for the user only who has it. ``keys`` are contact attributes that name other fields than the app
    settings do.
    """

    at: str
    id: str | None
    status: str
    unverified: bool
    keys: Mapping[str, str]

    @property
    def order(self) -> tuple[str, int, str]:
        """The key by which what contacts said is sorted in time."""
        return self.at, BY_WEIGHT.index(self.status), self.id or ""

    def after(self, held: Mapping[str, str]) -> dict[str, str]:
        """Return what the fields hold, by role, once this has been said where they ``held`` that."""
        if self.unverified and (self.id is None or self.id != held["id"]):
            return dict(held)
        return {**held, "status": self.status, **({"id": self.id} if self.id is not None else {})}


def _said_of(kept: Mapping[str, Any]) -> Said:
    return Said(kept["at"], kept["id"], kept["status"], kept["doubtful"], kept["keys"])


def _item_of(said: Said) -> dict[str, Any]:
    """Return what is kept of it: the ledger's word for *unverified* is that of the release before."""
    item = asdict(said)
    return {**item, "doubtful": item.pop("unverified")}


@dataclass(frozen=True)
class ByHand:
    """What a person wrote into a field, by all that is known ``after`` the contact of this order."""

    after: tuple[Any, ...]
    value: str


@dataclass(frozen=True)
class State:
    """All that is known of what a user's fields are to say.

    ``said`` by contact. ``number`` counts the changes of it, and ``done`` is the one that the fields were
    last looked at for. By field key: ``before`` is what a field held before anything that is in ``said`` was
    written to it, ``left`` what it held when we were last done with it, ``trying`` what is being written
    now, ``doubted`` what writes whose outcome is unknown may still bring (the fields are read again at
    ``doubt_ends``, in ISO 8601), and ``by_hand`` what people have written. ``seen`` is the
    order of the latest contact at that last look, and ``floor`` of the latest that is in ``before`` by now.
    ``keys`` are those of the contact that changed it last.
    """

    said: Mapping[str, Said] = field(default_factory=dict)
    number: int = 0
    done: int = 0
    before: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    trying: Mapping[str, str] = field(default_factory=dict)
    doubted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    doubt_ends: str = ""
    by_hand: Mapping[str, ByHand] = field(default_factory=dict)
    seen: tuple[Any, ...] = ()
    floor: tuple[Any, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(item: Mapping[str, Any]) -> "State":
        """Return it from what was kept of it, by this release or the one before."""
        read = {
            "said": {contact: _said_of(kept) for contact, kept in item["said"].items()},
            "by_hand": {
                key: ByHand(tuple(kept["after"]), kept["value"])
                for key, kept in item.get("by_hand", {}).items()
            },
            "seen": tuple(item.get("seen", ())),
            "floor": tuple(item.get("floor", ())),
            "before": item["before"] or {},
        }
        known = {name: item[name] for name in State.__dataclass_fields__ if name in item}
        return State(**{**known, **read})

    @property
    def item(self) -> dict[str, Any]:
        """What is kept of it, in the ledger's words."""
        return {**asdict(self), "said": {contact: _item_of(said) for contact, said in self.said.items()}}

    @property
    def newest_keys(self) -> Mapping[str, str]:
        """The contact attributes that name the fields: the latest contact's, else of who was there last."""
        return max(self.said.values(), key=lambda said: said.order).keys if self.said else self.keys

    def with_said(self, contact: str, said: Said) -> "State":
        """Return it with what a contact says, unless it says that already, or later ones have settled it."""
        known = self.said.get(contact)
        if known == said:
            return self
        if known is None and said.order < self.floor:
            return self
        all_said, floor = {**self.said, contact: said}, self.floor
        if len(all_said) > _MOST_WAITING:
            oldest = min(all_said, key=lambda other: all_said[other].order)
            floor = all_said.pop(oldest).order
        return replace(self, said=all_said, number=self.number + 1, keys=said.keys, floor=floor)

    def without(self, contact: str) -> "State":
        """Return it without a contact, which is another customer's."""
        if contact not in self.said:
            return self
        others = {other: said for other, said in self.said.items() if other != contact}
        return replace(self, said=others, number=self.number + 1, keys=self.said[contact].keys)


def _in_doubt(state: State, values: Mapping[str, str], until: str) -> State:
    """Return a state in which a write may still bring these values, by key, ``until`` then."""
    doubted = {key: (*state.doubted.get(key, ()), value) for key, value in values.items()}
    return replace(state, doubted={**state.doubted, **doubted}, doubt_ends=max(until, state.doubt_ends))


@dataclass(frozen=True)
class Look:
    """A look at a user: ``fields`` are the keys of those that Zendesk has, by role; ``now`` what they hold.

    ``now`` has both roles, empty for a field that is blank or not there.
    """

    state: State
    fields: Mapping[str, str]
    now: Mapping[str, str]

    @property
    def values(self) -> Mapping[str, str]:
        """What the fields are to hold, by role."""
        values = self._base
        events: list[tuple[Any, int, Any]] = [(said.order, 0, said) for said in self._said]
        events += [(entry.after, 1, (role, entry.value)) for role, entry in self._by_hand.items()]
        for _, by_hand, what in sorted(events, key=lambda event: event[:2]):
            values = {**values, what[0]: what[1]} if by_hand else what.after(values)
        return values

    @property
    def held(self) -> Mapping[str, str]:
        """What the fields hold now, by key."""
        return {key: self.now[role] for role, key in self.fields.items()}

    @property
    def wanted(self) -> Mapping[str, str]:
        """What the fields are to hold, by key."""
        return {key: self.values[role] for role, key in self.fields.items()}

    def begun(self, state: State, until: str) -> State:
        """Return what is known once it is going to be written what is ``wanted``.

        Something else that another container was going to write can still be written ``until`` then.
        """
        before = {**self.held, **state.before}
        begun = replace(self._with_by_hand(state), before=before, trying=self.wanted)
        others = {key: value for key, value in state.trying.items() if value != self.wanted.get(key)}
        return _in_doubt(begun, others, until) if others else begun

    def in_doubt(self, state: State, until: str) -> State:
        """Return what is known where it is not known whether, or when, what is ``wanted`` gets written.

        It is looked at again, also where another container has ended its look meanwhile.
        """
        doubted = _in_doubt(state, self.wanted, until)
        return replace(doubted, number=state.number + 1) if state.done == state.number else doubted

    def ended(self, state: State) -> State:
        """Return what is known once the fields hold what was ``wanted``; ``state`` may have gone on."""
        left = {**state.left, **self.wanted}
        ended = replace(self._with_by_hand(state), left=left, trying={}, doubted={}, doubt_ends="")
        if state.number != self.state.number:
            return ended
        latest = max((said.order for said in state.said.values()), default=())
        return self._folded(replace(ended, done=state.number, seen=max(latest, state.seen)))

    @property
    def _said(self) -> list[Said]:
        """What contacts said of these fields; others may name other fields."""
        keys = self.state.newest_keys
        said = (one for one in self.state.said.values() if one.keys == keys)
        return sorted(said, key=lambda one: one.order)

    @property
    def _by_hand(self) -> Mapping[str, ByHand]:
        """What people have written, by role: known of already, or what is there and was not left here."""
        state = self.state
        known = {role: state.by_hand[key] for role, key in self.fields.items() if key in state.by_hand}
        new = {
            role: ByHand(state.seen, self.now[role])
            for role, key in self.fields.items()
            if key in state.left
            and self.now[role] not in (state.left[key], state.trying.get(key), *state.doubted.get(key, ()))
        }
        return {**known, **new}

    def _with_by_hand(self, state: State) -> State:
        by_hand = {self.fields[role]: entry for role, entry in self._by_hand.items()}
        return replace(state, by_hand={**state.by_hand, **by_hand})

    @property
    def _base(self) -> dict[str, str]:
        """What the fields held before any of the contacts, by role."""
        return {role: self.state.before.get(self.fields.get(role, ""), now) for role, now in self.now.items()}

    def _folded(self, state: State) -> State:
        """Return a state with no more contacts than are kept: the oldest become part of what was before."""
        base, by_hand, said = self._base, dict(state.by_hand), dict(state.said)
        floor = state.floor
        for contact in sorted(said, key=lambda contact: said[contact].order)[:-_MOST_CONTACTS]:
            oldest = said.pop(contact)
            floor = oldest.order
            for role, key in self.fields.items():
                if key in by_hand and by_hand[key].after < floor:
                    base[role] = by_hand.pop(key).value
            if oldest.keys == self.state.newest_keys:
                base = oldest.after(base)
        if floor == state.floor:
            return state
        before = {**state.before, **{key: base[role] for role, key in self.fields.items()}}
        return replace(state, said=said, before=before, by_hand=by_hand, floor=floor)
