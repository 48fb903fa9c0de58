"""What a customer's fields are to hold, in whatever order it becomes known (V3)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.contacts.authentication import BY_WEIGHT
from connect_zendesk.rules.contacts.voice_fields import Look, Said, State

FIELDS = {"id": "voice_id", "status": "voice_status"}
BEFORE = {"id": "before", "status": "ENROLLED"}
SAYINGS = st.builds(
    Said,
    at=st.sampled_from([f"2026-01-05T09:0{minute}:00+00:00" for minute in range(6)]),
    id=st.sampled_from([None, "before", "speaker-1", "speaker-2"]),
    status=st.sampled_from(BY_WEIGHT),
    unverified=st.booleans(),
    keys=st.just({}),
)
#: At most as many contacts as are kept one by one, each told of at a moment of its own.
CONTACTS = st.dictionaries(
    st.sampled_from([f"contact-{number}" for number in range(6)]), SAYINGS, max_size=6
).filter(lambda told: len({said.at for said in told.values()}) == len(told))


def looked(state: State, held: dict[str, str], *, dies: str = "") -> tuple[State, dict[str, str]]:
    """Return the state and what the fields hold after a look; ``dies``: before or after it wrote."""
    look = Look(state, FIELDS, held)
    state = kept(look.begun(state, "2026-01-05T10:00:00+00:00"))
    if dies == "before":
        return state, held
    wrote = dict(look.values)
    return (state if dies else kept(look.ended(state))), wrote


def kept(state: State) -> State:
    """Return a state as it is read again."""
    return State.of(json.loads(json.dumps(state.item)))


def in_order(contacts: dict[str, Said]) -> dict[str, str]:
    """Return what the fields hold where each contact is told of as it happens."""
    held = dict(BEFORE)
    for said in sorted(contacts.values(), key=lambda said: said.order):
        held = said.after(held)
    return held


@given(CONTACTS, st.randoms(use_true_random=False), st.data())
def test_V3_the_fields_hold_what_was_said_in_whatever_order_it_came_and_whoever_died(
    contacts: dict[str, Said], random: object, data: st.DataObject
) -> None:
    state, held = State(), dict(BEFORE)
    for contact in data.draw(st.permutations(sorted(contacts))):
        state = state.with_said(contact, contacts[contact])
        for dies in data.draw(st.lists(st.sampled_from(["", "before", "after"]), max_size=2)):
            state, held = looked(state, held, dies=dies)
    _, held = looked(state, held)
    assert held == in_order(contacts)


@given(CONTACTS, SAYINGS, st.data())
def test_A1_a_contact_that_has_gone_leaves_no_trace(
    contacts: dict[str, Said], said: Said, data: st.DataObject
) -> None:
    state, held = State(), dict(BEFORE)
    comes, goes = sorted(data.draw(st.tuples(st.integers(0, len(contacts)), st.integers(0, len(contacts)))))
    names = sorted(contacts)[:5]
    for number in range(len(names) + 1):
        if number == min(comes, len(names)):
            state, held = looked(state.with_said("moved", said), held)
        if number == min(goes, len(names)):
            state = state.without("moved")
        if number < len(names):
            state, held = looked(state.with_said(names[number], contacts[names[number]]), held)
    _, held = looked(state, held)
    assert held == in_order({name: contacts[name] for name in names})


@given(CONTACTS, CONTACTS, st.sampled_from(["", "ENROLLED", "OPTED_OUT"]))
def test_V3_what_a_person_wrote_is_where_later_contacts_begin(
    earlier: dict[str, Said], later: dict[str, Said], status: str
) -> None:
    state, held = State(), dict(BEFORE)
    for contact, said in earlier.items():
        state, held = looked(state.with_said(f"earlier-{contact}", said), held)
    state, held = looked(state, held)
    by_hand = {"id": "by-hand", "status": status}
    state, held = looked(state, by_hand)
    assert held == by_hand
    for contact, said in later.items():
        moved = Said(said.at.replace("T09", "T10"), said.id, said.status, said.unverified, {})
        state, held = looked(state.with_said(contact, moved), held)
    expected = by_hand
    for said in sorted(later.values(), key=lambda said: said.order):
        expected = said.after(expected)
    assert held == expected


def test_V3_a_state_holds_no_more_than_fits_into_an_item() -> None:
    state = State()
    for number in range(1000):
        said = Said(f"2026-01-05T09:00:00.{number:06}+00:00", "x" * 256, "ENROLLED", False, {})
        state = state.with_said(f"contact-{number}", said)
    assert len(json.dumps(state.item)) < 100_000
    _, held = looked(state, dict(BEFORE))
    assert held == {"id": "x" * 256, "status": "ENROLLED"}


def test_V3_what_a_person_wrote_does_not_outlive_a_later_contact_that_is_no_longer_kept() -> None:
    state, held = looked(State(), dict(BEFORE))
    state, held = looked(state, {"id": "by-hand", "status": "OPTED_OUT"})
    for minute in range(9):
        at = f"2026-01-05T09:0{minute}:00+00:00"
        said = Said(at, None if minute else "speaker-1", "ENROLLED", False, {})
        state, held = looked(state.with_said(f"contact-{minute}", said), held)
    assert held == {"id": "speaker-1", "status": "ENROLLED"}


@pytest.mark.parametrize("dies", ["", "before", "after"])
def test_V3_what_a_person_wrote_is_remembered_by_a_writer_that_dies(dies: str) -> None:
    first = Said("2026-01-05T09:00:00+00:00", "speaker-1", "ENROLLED", False, {})
    second = Said("2026-01-05T10:00:00+00:00", "speaker-2", "ENROLLED", True, {})
    state, held = looked(State().with_said("contact-1", first), dict(BEFORE))
    state, held = looked(state.with_said("contact-2", second), {"id": "speaker-1", "status": ""}, dies=dies)
    state, held = looked(state, held)
    assert held == {"id": "speaker-1", "status": ""}


def test_A1_what_a_person_wrote_stays_as_the_other_field_is_taken_back_by_a_writer_that_dies() -> None:
    said = Said("2026-01-05T09:00:00+00:00", "bens", "ENROLLED", False, {})
    state, held = looked(State().with_said("contact-1", said), dict(BEFORE))
    held = {**held, "status": "OPTED_OUT"}
    state, held = looked(state.without("contact-1"), held, dies="after")
    assert looked(state, held)[1] == {"id": "before", "status": "OPTED_OUT"}


def test_A1_what_a_writer_that_died_had_written_is_taken_back() -> None:
    first = Said("2026-01-05T09:00:00+00:00", "anas", "OPTED_OUT", False, {})
    second = Said("2026-01-05T10:00:00+00:00", "bens", "ENROLLED", False, {})
    state, held = looked(State().with_said("contact-1", first), dict(BEFORE))
    state, held = looked(state.with_said("contact-2", second), held, dies="after")
    assert held == {"id": "bens", "status": "ENROLLED"}
    assert looked(state.without("contact-2"), held)[1] == {"id": "anas", "status": "OPTED_OUT"}


def test_V3_a_person_may_write_again_what_was_there_before_another_person_wrote() -> None:
    said = Said("2026-01-05T09:00:00+00:00", "speaker-1", "ENROLLED", False, {})
    state, held = looked(State().with_said("contact-1", said), dict(BEFORE))
    state = looked_only(state, {"id": "speaker-1", "status": "OPTED_OUT"})
    assert looked(state, held)[1] == held


def looked_only(state: State, held: dict[str, str]) -> State:
    """Return the state after a look that had nothing to write."""
    look = Look(state, FIELDS, held)
    assert look.values == held
    return kept(look.ended(state))


def test_O6_what_the_release_before_kept_of_a_users_fields_is_read() -> None:
    told = {"at": "2026-01-05T09:00:00+00:00", "id": "a", "status": "ENROLLED", "doubtful": False, "keys": {}}
    item = {"said": {"contact-1": told}, "number": 2, "done": 1, "gone": None, "before": None}
    assert looked(State.of(item), dict(BEFORE))[1] == {"id": "a", "status": "ENROLLED"}
