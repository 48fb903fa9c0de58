"""The ledger, held to the same tests in memory and on DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import KEEP_CLAIM, Claim, Head, Item, Items, Ledger, contact
from connect_zendesk.rules.model import Settles
from local.replay.clock import VirtualClock
from local.replay.memory_items import MemoryItems
from tests.records import NINE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEASE = timedelta(seconds=90)
STEP = ("contact#1", "step#create")
SETTLED = Head(4711, 101, "create", "T4", ("T4: why",), told="1#abc", as_of="2026-11-02T09:05:00+00:00")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NINE)


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDBClient]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield boto3.client("dynamodb", region_name="eu-west-2")


@pytest.fixture(params=["in memory", "on DynamoDB"])
def items(request: pytest.FixtureRequest, clock: VirtualClock) -> Items:
    if request.param == "in memory":
        return MemoryItems(clock)
    dynamodb: DynamoDBClient = request.getfixturevalue("dynamodb")
    table = f"ledger-{len(dynamodb.list_tables()['TableNames'])}"
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoItems(dynamodb, table)


@pytest.fixture
def ledger(items: Items, clock: VirtualClock) -> Ledger:
    return Ledger(items, clock=clock, lease=LEASE)


class Meanwhile:
    """A table in which somebody else does something just before our first write."""

    def __init__(self, items: Items, happens: Callable[[], object]) -> None:
        self._items, self._happens = items, [happens]

    def get(self, partition: str, sort: str) -> Item | None:
        return self._items.get(partition, sort)

    def put(self, partition: str, sort: str, item: Item, *, replacing: int | None) -> bool:
        if self._happens:
            self._happens.pop()()
        return self._items.put(partition, sort, item, replacing=replacing)


# Items


def test_an_item_is_read_as_it_was_written(items: Items) -> None:
    item = {
        "version": 1,
        "expires_at": int(NINE.timestamp()) + 60,
        "text": "Zoë \u202e\x00",
        "numbers": [0, 2**53 + 1, 1.5, True, None],
        "nested": {"": {}},
    }
    assert items.get("p", "s") is None
    assert items.put("p", "s", item, replacing=None)
    assert items.get("p", "s") == item
    assert items.get("p", "another") is None
    assert items.get("another", "s") is None


def test_an_item_is_only_replaced_at_the_version_that_is_named(items: Items) -> None:
    expires_at = int(NINE.timestamp()) + 60
    first, second = ({"version": version, "expires_at": expires_at} for version in (1, 2))
    assert not items.put("p", "s", second, replacing=1)
    assert items.put("p", "s", first, replacing=None)
    assert not items.put("p", "s", second, replacing=None)
    assert not items.put("p", "s", second, replacing=2)
    assert items.put("p", "s", second, replacing=1)
    assert not items.put("p", "s", second, replacing=1)


# Contacts


def test_a_contact_is_settled_once(ledger: Ledger) -> None:
    assert ledger.head("1") is None
    assert ledger.settle("1", SETTLED) == SETTLED
    assert ledger.settle("1", Head(9, 9, "open", "T3")) == SETTLED
    assert ledger.head("1") == SETTLED
    assert ledger.head("2") is None


def test_T12_the_first_linked_ticket_stays_also_when_two_settle_at_once(
    items: Items, clock: VirtualClock
) -> None:
    other = Ledger(items, clock=clock, lease=LEASE)
    mine = Ledger(Meanwhile(items, lambda: other.settle("1", SETTLED)), clock=clock, lease=LEASE)
    assert mine.settle("1", Head(9, 9, "open", "T3")) == SETTLED
    assert mine.head("1") == SETTLED


def test_a_contact_settled_without_a_ticket_can_still_get_one(ledger: Ledger) -> None:
    ledger.settle("1", Head(None, None, "none", "T13"))
    assert ledger.settle("1", SETTLED) == SETTLED
    assert ledger.settle("1", Head(None, None, "none", "T13")) == SETTLED


@pytest.mark.parametrize(
    ("rule", "settles", "forced"),
    [
        ("T4", "for good", False),
        ("T8", "for good", True),
        ("T13", "until answered", False),
        ("T15", "until an earlier record", False),
    ],
)
def test_what_the_release_before_kept_of_a_contact_is_read_by_its_rule(
    items: Items, ledger: Ledger, rule: str, settles: Settles, forced: bool
) -> None:
    ledger.settle("1", Head(None, None, "none", rule, ("why",)))
    written = dict(items.get(contact("1"), "head") or {})
    del written["settles"], written["forced"]
    assert items.put(contact("1"), "head", written, replacing=written["version"])
    assert ledger.head("1") == Head(None, None, "none", rule, ("why",), settles=settles, forced=forced)


def test_how_long_a_contact_is_settled_is_kept_with_it_whatever_its_rule(ledger: Ledger) -> None:
    settled = Head(None, None, "none", "T13", settles="until an earlier record", forced=True)
    assert ledger.settle("1", settled) == ledger.head("1") == settled


def test_many_at_once_agree_on_one_ticket(clock: VirtualClock) -> None:
    ledger = Ledger(MemoryItems(clock), clock=clock, lease=LEASE)
    together, agreed = Barrier(8), list[Head]()

    def settle(ticket: int) -> None:
        together.wait()
        agreed.append(ledger.settle("1", Head(ticket, 1, "create", "T4")))

    threads = [Thread(target=settle, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(agreed) == 8
    assert set(agreed) == {ledger.head("1")}


def test_a_contact_moves_from_a_closed_ticket_to_its_follow_up(ledger: Ledger) -> None:
    ledger.settle("1", SETTLED)
    follow_up = Head(4712, 101, "follow_up", "T4")
    ledger.relink("1", 9, follow_up)
    assert ledger.head("1") == SETTLED
    ledger.relink("1", 4711, follow_up)
    assert ledger.head("1") == follow_up


def test_T14_what_was_reported_of_a_leg_is_remembered_with_its_latest_moment(
    items: Items, clock: VirtualClock
) -> None:
    ledger = Ledger(items, clock=clock, lease=LEASE)
    assert ledger.reported("1", "leg").fingerprints == ()
    assert ledger.reported("1", "leg").updated is None
    ledger.add_report("1", "leg", "b", NINE + timedelta(minutes=2))
    ledger.add_report("1", "leg", "a", NINE)
    ledger.add_report("1", "leg", "a", NINE)
    Ledger(
        Meanwhile(items, lambda: ledger.add_report("1", "leg", "c", NINE)), clock=clock, lease=LEASE
    ).add_report("1", "leg", "d", NINE)
    assert ledger.reported("1", "leg").fingerprints == ("b", "a", "c", "d")
    assert ledger.reported("1", "leg").updated == NINE + timedelta(minutes=2)
    assert ledger.reported("1", "another").fingerprints == ()


# Steps


def test_a_step_is_claimed_done_and_never_repeated(ledger: Ledger) -> None:
    claim = ledger.claim(*STEP, lambda: {"text": "as written"})
    assert (claim.state, claim.body, claim.since) == ("mine", {"text": "as written"}, NINE)
    ledger.confirm(claim, 4711)
    again = ledger.claim(*STEP, _never)
    assert (again.state, again.result) == ("done", 4711)
    assert ledger.result_of(*STEP) == 4711


def test_a_fresh_claim_of_another_means_later(ledger: Ledger, clock: VirtualClock) -> None:
    ledger.claim(*STEP)
    clock.move_by(timedelta(seconds=30))
    busy = ledger.claim(*STEP, _never)
    assert (busy.state, busy.wait) == ("busy", 60)
    assert ledger.result_of(*STEP) is None


def test_of_two_who_claim_at_once_one_is_told_to_come_back(items: Items, clock: VirtualClock) -> None:
    other = Ledger(items, clock=clock, lease=LEASE)
    claims: list[Claim] = []
    mine = Ledger(
        Meanwhile(items, lambda: claims.append(other.claim(*STEP, lambda: "other"))), clock=clock, lease=LEASE
    )
    assert mine.claim(*STEP, lambda: "mine").state == "busy"
    assert claims[0].state == "mine"
    assert mine.intention(*STEP) == "other"


def test_a_claim_whose_lease_has_run_out_is_doubtful_and_keeps_its_body(
    ledger: Ledger, clock: VirtualClock
) -> None:
    dead = ledger.claim(*STEP, lambda: "as it was to be written")
    clock.move_by(LEASE)
    doubtful = ledger.claim(*STEP, _never)
    assert (doubtful.state, doubtful.body) == ("doubtful", "as it was to be written")
    assert doubtful.since == NINE
    ledger.confirm(dead, "too late")
    assert ledger.claim(*STEP, _never).state == "busy"
    ledger.confirm(doubtful, "found")
    assert ledger.result_of(*STEP) == "found"


def test_a_claim_given_back_can_be_taken_at_once(ledger: Ledger) -> None:
    ledger.release(ledger.claim(*STEP, lambda: "body"), doubtful=False)
    again = ledger.claim(*STEP, _never)
    assert (again.state, again.body) == ("mine", "body")


def test_doubt_stays_until_the_step_is_done(ledger: Ledger, clock: VirtualClock) -> None:
    ledger.release(ledger.claim(*STEP), doubtful=True)
    second = ledger.claim(*STEP, _never)
    assert second.state == "doubtful"
    ledger.release(second, doubtful=False)
    third = ledger.claim(*STEP, _never)
    assert third.state == "doubtful"
    clock.move_by(LEASE)
    assert ledger.claim(*STEP, _never).state == "doubtful"


def test_whoever_lost_a_claim_cannot_give_it_back(ledger: Ledger, clock: VirtualClock) -> None:
    dead = ledger.claim(*STEP)
    clock.move_by(LEASE)
    ledger.claim(*STEP)
    ledger.release(dead, doubtful=False)
    assert ledger.claim(*STEP).state == "busy"


def test_a_claim_nobody_confirms_is_forgotten_after_a_month(ledger: Ledger, clock: VirtualClock) -> None:
    ledger.claim(*STEP, lambda: "old")
    clock.move_by(KEEP_CLAIM + timedelta(seconds=1))
    assert ledger.intention(*STEP) is None
    claim = ledger.claim(*STEP, lambda: "new")
    assert (claim.state, claim.body, claim.since) == ("mine", "new", clock())


def test_what_a_step_is_going_to_write_or_came_to_can_be_asked_for(ledger: Ledger) -> None:
    assert ledger.intention(*STEP) is None
    claim = ledger.claim(*STEP, lambda: "body")
    assert ledger.intention(*STEP) == "body"
    ledger.release(claim, doubtful=True)
    assert ledger.intention(*STEP) == "body"
    ledger.confirm(ledger.claim(*STEP, _never), "result")
    assert ledger.intention(*STEP) == "result"


def test_C8_a_number_is_forgotten_after_a_day_and_can_be_claimed_again(
    ledger: Ledger, clock: VirtualClock
) -> None:
    number = ("user#amazon-connect:+441632960199", "user")
    ledger.confirm(ledger.claim(*number), 105, keep=timedelta(days=1))
    clock.move_by(timedelta(hours=23))
    assert ledger.result_of(*number) == 105
    clock.move_by(timedelta(hours=1))
    assert ledger.result_of(*number) is None
    claim = ledger.claim(*number, lambda: "body")
    assert claim.state == "mine"
    ledger.confirm(claim, 106)
    assert ledger.result_of(*number) == 106


# Remembered for a while


def test_what_is_remembered_is_forgotten_in_time(ledger: Ledger, clock: VirtualClock) -> None:
    assert ledger.recall("agent#ada", "zendesk") is None
    ledger.remember("agent#ada", "zendesk", 901, timedelta(hours=1))
    ledger.remember("agent#bob", "zendesk", None, timedelta(hours=1))
    clock.move_by(timedelta(minutes=59))
    known, missed = ledger.recall("agent#ada", "zendesk"), ledger.recall("agent#bob", "zendesk")
    assert known is not None
    assert missed is not None
    assert (known.value, known.until) == (901, NINE + timedelta(hours=1))
    assert missed.value is None
    clock.move_by(timedelta(minutes=1))
    assert ledger.recall("agent#ada", "zendesk") is None
    ledger.remember("agent#ada", "zendesk", 902, timedelta(hours=1))
    remembered = ledger.recall("agent#ada", "zendesk")
    assert remembered is not None
    assert remembered.value == 902


def test_of_those_who_ask_one_is_the_first_until_it_is_taken_back_or_forgotten(
    ledger: Ledger, clock: VirtualClock
) -> None:
    asked = ("contact#1", "pop#1")
    ledger.take_back(*asked)
    assert ledger.first(*asked, timedelta(hours=1))
    assert not ledger.first(*asked, timedelta(hours=1))
    ledger.take_back(*asked)
    assert ledger.first(*asked, timedelta(hours=1))
    clock.move_by(timedelta(minutes=59))
    assert not ledger.first(*asked, timedelta(hours=1))
    clock.move_by(timedelta(minutes=1))
    assert ledger.first(*asked, timedelta(hours=1))


def _never() -> object:
    raise AssertionError("a retry writes what the first attempt was going to write")


def test_a_table_that_cannot_be_written_to_is_no_lost_race(dynamodb: DynamoDBClient) -> None:
    item = {"version": 1, "expires_at": 1}
    with pytest.raises(ClientError, match="ResourceNotFound"):
        DynamoItems(dynamodb, "no-such-table").put("p", "s", item, replacing=None)
