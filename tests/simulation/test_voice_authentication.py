"""A thousand records with voice authentication at once, and hours in which everything goes wrong (V1, V3)."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.rules.settings.app_settings import AppSettings
from local.replay.in_process import InProcess
from tests.records import NINE, data_of
from tests.simulation.day import Day
from tests.simulation.seeds import seeds
from tests.simulation.test_attachments import DeathAt
from tests.voice_authentication import ATTRIBUTES, ID, STATUS, told_by_partner

WORDS: Mapping[str, str | None] = {"ENROLLED": "ENROLLED", "OPTED_OUT": "OPTED_OUT", "not enrolled": None}
SETTINGS = AppSettings(**ATTRIBUTES)


@dataclass
class Contacts:
    """Contacts of many customers: their records, and what each customer's fields are to hold in the end."""

    records: list[dict[str, Any]] = field(default_factory=list)
    customer: dict[str, int] = field(default_factory=dict)
    last: dict[int, tuple[str | None, str | None]] = field(default_factory=dict)


def contacts(seed: int, number: int, customers: int, one_customers: int = 0) -> Contacts:
    """Return so many contacts, a minute after each other, as records in any order, some of them twice.

    The first customer has ``one_customers`` of them.
    """
    random, made = Random(seed), Contacts()  # noqa: S311 - a seed is the point
    for minute in range(number):
        user = 1001 if minute < one_customers else 1001 + random.randrange(customers)
        word = random.choice(list(WORDS))
        contact, speaker = f"contact-{minute}", f"speaker-{random.randrange(3)}"
        caller = f"+4416329{user:05}"
        made.records.append(
            told_by_partner(contact, word, speaker=speaker, minute=minute, caller=caller, recorded=False)
        )
        made.customer[contact] = user
        made.last[user] = (speaker, WORDS[word])
    made.records += random.sample(made.records, number // 10)
    random.shuffle(made.records)
    return made


def world(customers: int) -> Mapping[str, Any]:
    """Return an account with both fields and these customers, on a plan of 700 requests a minute."""
    users = [
        {"id": 1001 + number, "name": f"User {number}", "phone": f"+4416329{1001 + number:05}"}
        for number in range(customers)
    ]
    agents = [{"id": 901, "name": "Ada Byron", "role": "agent", "email": "ada@example.com"}]
    return {"users": [*users, *agents], "user_fields": [{"key": ID}, {"key": STATUS}]}


def settle_all(stack: InProcess, made: Contacts) -> None:
    """Have every contact be settled, as on acceptance."""
    for contact, user in made.customer.items():
        head = Head(4000, user, "create", "T4", customer=user)
        heads.settle(stack.services.ledger, contact, head)


def send_all(stack: InProcess, made: Contacts, arriving: int = 0) -> None:
    """Put the records on the queue all at once, or within so many seconds."""
    for number, record in enumerate(made.records):
        stack.messages.send(
            json.dumps({"detail-type": "Contact Record", "detail": record}),
            seconds=number * arriving // len(made.records),
            queue="authentications",
        )


def noted_writes(stack: InProcess) -> list[tuple[datetime, str, int]]:
    """Note the requests about users from now on: when, which method, which user."""
    noted: list[tuple[datetime, str, int]] = []
    handle = stack.zendesk.handle

    def log(request: Any) -> Any:
        if request.path.startswith("/api/v2/users/"):
            noted.append((stack.clock(), request.method, int(request.path.rpartition("/")[2])))
        return handle(request)

    stack.zendesk.handle = log  # type: ignore[method-assign]
    return noted


def held(stack: InProcess) -> dict[int, tuple[str | None, str | None]]:
    """Return what the customers' fields hold."""
    return {
        user["id"]: (user["user_fields"][ID], user["user_fields"][STATUS])
        for user in stack.zendesk.users()
        if user["id"] > 1000
    }


def check_pace(writes: Sequence[tuple[datetime, int]]) -> None:
    """Check that the writes are a second apart, and those of one user five a minute."""
    moments = [moment for moment, _ in writes]
    assert all(after - before >= timedelta(seconds=1) for before, after in pairwise(moments))
    of_user: dict[int, list[datetime]] = defaultdict(list)
    for moment, user in writes:
        of_user[user].append(moment)
    for own in of_user.values():
        assert all(late - early >= timedelta(minutes=1) for early, late in zip(own, own[5:], strict=False))


@pytest.mark.parametrize(
    ("seed", "customers", "arriving"),
    [
        (1, 1, 100),
        pytest.param(2, 40, 0, marks=pytest.mark.long),
        pytest.param(1, 1, 0, marks=pytest.mark.long),
        pytest.param(2, 40, 100, marks=pytest.mark.long),
        pytest.param(3, 600, 0, marks=pytest.mark.long),
        pytest.param(3, 600, 100, marks=pytest.mark.long),
    ],
)
def test_V3_a_thousand_records_at_once_drain_at_zendesks_pace_to_the_latest_status(
    seed: int, customers: int, arriving: int, record_property: Any
) -> None:
    made = contacts(seed, 1000, customers, one_customers=50)
    stack = InProcess(zendesk_world=world(customers), app_settings=SETTINGS)
    stack.clock.move_to(NINE + timedelta(days=1))
    settle_all(stack, made)
    noted = noted_writes(stack)
    began = stack.clock()
    send_all(stack, made, arriving)
    stack.run(until=None)
    writes = [(moment, user) for moment, method, user in noted if method == "PUT"]
    looks = [moment for moment, method, _ in noted if method == "GET"]
    drained = (stack.clock() - began).total_seconds()
    record_property("drained_seconds", drained)
    assert {user: values for user, values in held(stack).items() if user in made.last} == made.last
    check_pace(writes)
    assert stack.messages.dead_letters == []
    assert stack.messages.waiting == []
    assert drained <= arriving + len(looks) + 61
    if arriving == 0:
        assert len(looks) == len(made.last), "what came at once was coalesced"
    elif customers == 1:
        assert len(writes) <= 5 * (2 + arriving // 60), "and so is what waits for the customer's minute"


def test_a_number_that_is_asked_for_meanwhile_is_written_in_its_turn() -> None:
    made = contacts(4, 300, 300)
    without_number = {"id": 999, "name": "Finn Hale"}
    accounts = world(300)
    stack = InProcess(
        zendesk_world={**accounts, "users": [*accounts["users"], without_number]}, app_settings=SETTINGS
    )
    stack.clock.move_to(NINE + timedelta(days=1))
    settle_all(stack, made)
    send_all(stack, made)
    stack.run(until=stack.clock() + timedelta(seconds=30))
    noted = noted_writes(stack)
    before = sum(message.queue == "customers" for message in stack.messages.waiting)
    asked = stack.clock()
    detail = {"kind": "phone", "user": 999, "number": "+441632960999", "at": asked.isoformat()}
    stack.messages.update_customer(detail)
    stack.run(until=None)
    (moment,) = [moment for moment, method, user in noted if user == 999 and method == "PUT"]
    assert moment - asked <= timedelta(seconds=before + 2)
    assert next(user for user in stack.zendesk.users() if user["id"] == 999)["phone"] == "+441632960999"


@pytest.mark.parametrize("seed", seeds(12, short=2))
def test_V3_the_latest_status_stands_whatever_is_killed_lost_or_refused(seed: int) -> None:
    made = contacts(seed, 60, 9, one_customers=12)
    day = Day(seed, zendesk_world=world(9), app_settings=SETTINGS)
    day.clock.move_to(NINE + timedelta(days=1))
    with day.nothing_wrong():
        settle_all(day, made)
        send_all(day, made)
    day.run(until=None)
    assert {user: values for user, values in held(day).items() if user in made.last} == made.last
    assert day.messages.dead_letters == []


@pytest.mark.parametrize("seed", seeds(6, short=2))
def test_V1_from_the_stream_to_the_fields_whatever_goes_wrong(seed: int) -> None:
    made = contacts(seed, 24, 5)
    random = Random(seed)  # noqa: S311 - a seed is the point
    day = Day(seed, zendesk_world=world(5), app_settings=SETTINGS)
    day.clock.move_to(NINE + timedelta(hours=12))
    moments = [day.clock() + timedelta(minutes=60 * random.random()) for _ in made.records]
    day.live([(moment, data_of(record)) for moment, record in zip(moments, made.records, strict=True)], {})
    assert {user: values for user, values in held(day).items() if user in made.last} == made.last
    assert day.messages.dead_letters == []


def test_V1_a_death_at_any_effect_is_made_up_for() -> None:
    made = Contacts()
    made.records = [
        told_by_partner("contact-1", "ENROLLED", caller="+441632901001", recorded=False),
        told_by_partner("contact-2", "OPTED_OUT", minute=9, caller="+441632901001", recorded=False),
    ]
    made.customer = {"contact-1": 1001, "contact-2": 1001}
    for effect in itertools.count():
        day, death = dying_day(effect)
        with day.nothing_wrong():
            settle_all(day, made)
            send_all(day, made)
        death.counts = True
        day.run(until=None)
        assert held(day)[1001] == ("speaker-1", "OPTED_OUT"), effect
        if not death.died:
            break
    assert effect > 10


def test_A1_a_death_at_any_effect_of_a_move_leaves_the_voiceprint_with_one_customer() -> None:
    for effect in itertools.count():
        day, death = dying_day(effect)
        with day.nothing_wrong():
            before = Head(4000, 1001, "create", "T4", customer=1001)
            heads.settle(day.services.ledger, "contact-1", before)
            record = told_by_partner("contact-1", caller="+441632901001", recorded=False)
            day.messages.send(
                json.dumps({"detail-type": "Contact Record", "detail": record}), queue="authentications"
            )
            day.run(until=None)
            assert held(day) == {1001: ("speaker-1", "ENROLLED"), 1002: (None, None)}
            after = Head(4001, 1002, "attach", "A1", attached="later", customer=1002)
            heads.relink(day.services.ledger, "contact-1", 4000, after)
            day.messages.publish("Ticket Linked", {"contact": "contact-1", "ticket": 4001})
        death.counts = True
        day.run(until=None)
        assert held(day) == {1001: (None, None), 1002: ("speaker-1", "ENROLLED")}, effect
        if not death.died:
            break
    assert effect > 10


def test_A1_a_move_at_the_moment_of_giving_leaves_nothing_with_the_first_customer() -> None:
    stack = InProcess(zendesk_world=world(2), app_settings=SETTINGS)
    stack.clock.move_to(NINE + timedelta(days=1))
    ledger = stack.services.ledger
    heads.settle(ledger, "contact-1", Head(4000, 1001, "create", "T4", customer=1001))
    update_customer = stack.messages.update_customer

    def moved_meanwhile(detail: Mapping[str, Any]) -> None:
        after = Head(4001, 1002, "attach", "A1", attached="later", customer=1002)
        heads.relink(ledger, "contact-1", 4000, after)
        update_customer(detail)

    stack.messages.update_customer = moved_meanwhile  # type: ignore[method-assign]
    record = told_by_partner("contact-1", caller="+441632901001", recorded=False)
    stack.messages.send(
        json.dumps({"detail-type": "Contact Record", "detail": record}), queue="authentications"
    )
    stack.run(until=None)
    assert held(stack) == {1001: (None, None), 1002: ("speaker-1", "ENROLLED")}


def dying_day(effect: int) -> tuple[Day, DeathAt]:
    """Return a day with two customers, on which a function dies once, at this effect."""
    day = Day(None, zendesk_world=world(2), app_settings=SETTINGS)
    day.chance = death = DeathAt(effect)
    day.clock.move_to(NINE + timedelta(days=1))
    return day, death
