"""A day of the contact centre: the same again by its seed, made as it is asked for, in known worlds."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice, pairwise

import pytest

from local.contact_centre import Day, population
from local.contact_centre.population import unknown_number
from local.stand_ins.amazon_connect import AmazonConnect
from local.stand_ins.zendesk import Zendesk
from tests.functional.contact_centre.sample import (
    START,
    exact,
    legs,
    new_day,
    real,
    staff,
)


def test_same_seed_is_the_same_day_and_another_one_is_another() -> None:
    day = new_day(contacts=150)
    emissions = list(day)
    assert list(new_day(contacts=150)) == emissions
    assert list(day) == emissions  # the same object again
    assert len(day.expectations) == 150
    assert list(new_day(seed=2, contacts=150))[100:200] != emissions[100:200]


def test_emissions_come_in_order_and_are_made_as_they_are_asked_for() -> None:
    for _, emissions in (real(), exact()):
        assert all(one.at <= other.at for one, other in pairwise(emissions))
    endless = new_day(contacts=10**12)
    assert len(list(islice(endless, 500))) == 500
    assert len(endless.stories) < 100


def test_pace_makes_calls_shorter_and_rate_makes_contacts_come_faster() -> None:
    def talk(day: Day) -> timedelta:
        list(day)
        answered = [leg for story in day.stories for leg in story.legs if story.kind == "answered"]
        return sum(((leg.ended - leg.began) for leg in answered), timedelta()) / len(answered)

    assert talk(new_day(contacts=100, pace=20)) * 5 < talk(new_day(contacts=100))
    slow, fast = (new_day(contacts=200, rate=rate) for rate in (0.1, 10))
    last = [
        max(s.legs[0].began for s in day.stories if s.legs[0].method == "INBOUND")
        for day in (slow, fast)
        if list(day)
    ]
    assert last[1] - START < timedelta(minutes=1) < last[0] - START


def test_expectations_hold_the_facts() -> None:
    day, _ = exact()
    for story, expected in zip(day.stories, day.expectations, strict=True):
        assert expected.root == expected.legs[0] == story.legs[0].contact_id
        assert expected.answered == {leg.contact_id for leg in story.legs if leg.agent}
        assert expected.monitoring == {leg.contact_id for leg in story.legs if leg.method == "MONITOR"}
    assert {expected.channel for expected in day.expectations} == {"VOICE", "CHAT", "TASK"}
    assert len({expected.story for expected in day.expectations}) == 18


def test_worlds_are_ones_that_the_stand_ins_read() -> None:
    world = staff()
    zendesk = Zendesk(world.zendesk_world, clock=lambda: START)
    AmazonConnect(world.connect_world, clock=lambda: START)
    by_phone = {user["phone"]: user["id"] for user in zendesk.users() if user["phone"]}
    assert all(by_phone[customer.phone] == customer.user_id for customer in world.customers)
    tickets = {ticket["id"]: ticket["requester_id"] for ticket in zendesk.tickets()}
    assert tickets == {ticket: c.user_id for c in world.customers for ticket in c.tickets}
    assert not {unknown_number(n) for n in range(79_900)} & by_phone.keys()
    assert len({unknown_number(n) for n in range(79_900)}) == 79_900
    assert staff() == staff()
    assert staff(2) != staff(1)
    called = {leg.customer for leg in legs() if leg.channel == "VOICE"}
    assert called & by_phone.keys()
    assert called - by_phone.keys()
    assert {None, "anonymous"} < called


@pytest.mark.parametrize(("agents", "customers"), [(7, 10), (8, 0), (8, 1001)])
def test_people_that_cannot_be_are_refused(agents: int, customers: int) -> None:
    with pytest.raises(ValueError, match="agents"):
        population(1, agents=agents, customers=customers, before=START)
