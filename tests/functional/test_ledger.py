"""The ledger, held to the same tests in memory and on DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from connect_zendesk.errors import Conflict, Permanent
from connect_zendesk.ledger import heads, legs, pace
from connect_zendesk.ledger.claims import Claim, Draft
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.items import Beside, Item, Items
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.schema import (
    AGENT,
    DRAFT,
    KEEP_IN_PROGRESS,
    KEEP_PERSONAL,
    POP,
    USER,
    contact_step,
    leg_step,
    own_step,
)
from connect_zendesk.ledger.steps import (
    abandon,
    claim,
    confirm,
    forget,
    intention,
    redraft,
    release,
    result_of,
    run_once,
    state_of,
)
from connect_zendesk.ledger.view import Outdated
from connect_zendesk.rules.model import Settles
from local.replay.clock import VirtualClock
from local.replay.memory_items import MemoryItems
from tests.records import NINE
from tests.simulation.simulator.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEASE = timedelta(seconds=90)
STEP = contact_step("1", "create#amazon-connect:1")
SETTLED = Head(4711, 101, "create", "T4", ("T4: why",), reported="1#abc", as_of="2026-11-02T09:05:00+00:00")
MOVED = Head(4712, 101, "attach", "A1", moved=1)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NINE)


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDBClient]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield boto3.client("dynamodb", region_name="eu-west-2")


@pytest.fixture(params=["in memory", "in simulation", "on DynamoDB"])
def items(request: pytest.FixtureRequest, clock: VirtualClock) -> Items:
    if request.param == "in memory":
        return MemoryItems(clock)
    if request.param == "in simulation":
        return Table(clock)
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
    """A table in which another container does something just before our first write."""

    def __init__(self, items: Items, happens: Callable[[], object]) -> None:
        self._items, self._happens = items, [happens]

    def get(self, partition: str, sort: str) -> Item | None:
        return self._items.get(partition, sort)

    def query(self, partition: str) -> Mapping[str, Item]:
        return self._items.query(partition)

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        if self._happens:
            self._happens.pop()()
        return self._items.put(partition, sort, item, replacing=replacing, beside=beside)


class BeforeDraft(Meanwhile):
    """The same before a step's draft is written."""

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        put = super().put if sort.startswith("draft#") else self._items.put
        return put(partition, sort, item, replacing=replacing, beside=beside)


# Items


def test_an_item_is_read_as_it_was_written(items: Items) -> None:
    item = {
        "version": 1,
        "expires_at": int(NINE.timestamp()) + 60,
        "text": "Zoë \u202e\x00",
        "empty": "",
        "values": [0, -(2**53) - 1, True, False, None, [], {}],
        "nested": {"map": {"list": [{"text": "4711"}]}},
    }
    assert items.get("p", "s") is None
    assert items.put("p", "s", item, replacing=None)
    assert items.get("p", "s") == item
    assert items.get("p", "another") is None
    assert items.get("another", "s") is None


def test_a_partition_is_read_as_a_whole(items: Items) -> None:
    expires_at = int(NINE.timestamp()) + 60
    for partition, sort in (("p", "a"), ("p", "b"), ("another", "c")):
        assert items.put(partition, sort, {"version": 1, "expires_at": expires_at}, replacing=None)
    assert items.query("p").keys() == {"a", "b"}
    assert items.query("nobody's") == {}


def test_a_partition_of_several_pages_is_read_as_a_whole(dynamodb: DynamoDBClient, items: Items) -> None:
    expires_at = int(NINE.timestamp()) + 60
    for number in range(6):
        item = {"version": 1, "expires_at": expires_at, "text": "x" * 300_000}
        assert items.put("p", f"{number}", item, replacing=None)
    assert len(items.query("p")) == 6  # DynamoDB's pages hold 1 MB


def test_a_lone_surrogate_can_be_kept(items: Items) -> None:
    item = {"version": 1, "expires_at": int(NINE.timestamp()) + 60, "text": "half \ud83d"}
    assert items.put("p", "s", item, replacing=None)
    kept = items.get("p", "s")
    assert kept is not None
    assert kept["text"].startswith("half ")


def test_what_the_ledger_does_not_keep_is_refused(dynamodb: DynamoDBClient) -> None:
    item = {"version": 1, "expires_at": 1, "number": 1.5}
    with pytest.raises(TypeError, match="float"):
        DynamoItems(dynamodb, "any").put("p", "s", item, replacing=None)


def test_an_item_is_only_replaced_at_the_version_that_is_named(items: Items) -> None:
    expires_at = int(NINE.timestamp()) + 60
    first, second = ({"version": version, "expires_at": expires_at} for version in (1, 2))
    assert not items.put("p", "s", second, replacing=1)
    assert items.put("p", "s", first, replacing=None)
    assert not items.put("p", "s", second, replacing=None)
    assert not items.put("p", "s", second, replacing=2)
    assert items.put("p", "s", second, replacing=1)
    assert not items.put("p", "s", second, replacing=1)


def test_an_item_is_only_written_while_another_one_is_as_it_was(items: Items) -> None:
    item = {"schema": 1, "version": 7, "expires_at": int((NINE + LEASE).timestamp())}
    assert not items.put("p", "s", item, replacing=None, beside=("other", 1))
    assert items.put("p", "other", item, replacing=None)
    assert not items.put("p", "s", item, replacing=None, beside=("other", None))
    assert not items.put("p", "s", item, replacing=None, beside=("other", 6))
    assert items.get("p", "s") is None
    assert items.put("p", "s", item, replacing=None, beside=("other", 7))
    assert items.put("p", "s", {**item, "version": 8}, replacing=7, beside=("nothing", None))
    assert not items.put("p", "s", item, replacing=7, beside=("other", 7))
    assert [item["version"] for item in items.query("p").values()] == [7, 8]


@pytest.mark.parametrize(
    ("code", "reasons", "is_lost"),
    [
        ("TransactionCanceledException", ("None", "TransactionConflict"), True),
        ("TransactionCanceledException", ("ConditionalCheckFailed", "None"), True),
        ("TransactionCanceledException", ("None", "ThrottlingError"), False),
        ("ProvisionedThroughputExceededException", None, False),
    ],
)
def test_a_transaction_that_meets_another_one_is_a_lost_race_and_one_that_is_refused_is_not(
    dynamodb: DynamoDBClient, code: str, reasons: tuple[str, ...] | None, *, is_lost: bool
) -> None:
    error: Any = {"Error": {"Code": code, "Message": ""}}
    if reasons is not None:
        error["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    refusal = ClientError(error, "TransactWriteItems")
    with (
        mock.patch.object(dynamodb, "transact_write_items", side_effect=refusal),
        nullcontext() if is_lost else pytest.raises(ClientError),
    ):
        item = {"version": 1, "expires_at": 1}
        assert not DynamoItems(dynamodb, "ledger").put("p", "s", item, replacing=None, beside=("o", None))


def test_a_write_that_meets_a_transaction_is_a_lost_race(dynamodb: DynamoDBClient) -> None:
    error = ClientError({"Error": {"Code": "TransactionConflictException", "Message": ""}}, "PutItem")
    with mock.patch.object(dynamodb, "put_item", side_effect=error):
        assert not DynamoItems(dynamodb, "ledger").put("p", "s", {"version": 1}, replacing=None)


# Contacts


def test_a_contact_is_settled_once(ledger: Ledger) -> None:
    assert heads.head(ledger, "1") is None
    assert heads.settle(ledger, "1", SETTLED) == SETTLED
    assert heads.settle(ledger, "1", Head(9, 9, "open", "T3")) == SETTLED
    assert heads.head(ledger, "1") == SETTLED
    assert heads.head(ledger, "2") is None


def test_O5_a_contact_that_is_forgotten_stays_so(ledger: Ledger) -> None:
    heads.settle(ledger, "1", SETTLED)
    heads.forget(ledger, "1")
    assert heads.settle(ledger, "1", SETTLED).is_forgotten
    assert heads.relink(ledger, "1", None, MOVED).is_forgotten
    with pytest.raises(Outdated):
        heads.go_on(ledger, "1", 4711, MOVED)
    assert heads.settle(ledger, "1", MOVED).is_forgotten


def test_A1_the_later_command_wins_and_what_a_ticket_becomes_keeps_it(ledger: Ledger) -> None:
    first, second = (replace(SETTLED, attached=f"2026-11-02T09:0{minute}") for minute in (1, 2))
    heads.settle(ledger, "1", first)
    assert heads.relink(ledger, "1", 4711, second) == second
    assert heads.relink(ledger, "1", 4711, replace(MOVED, attached=first.attached)) == second
    follow_up = replace(first, ticket=4713)
    assert heads.go_on(ledger, "1", 4711, follow_up) == replace(follow_up, attached=second.attached)
    assert heads.go_on(ledger, "1", 4711, SETTLED).ticket == 4713


def test_T12_the_first_linked_ticket_stays_also_when_two_settle_at_once(
    items: Items, clock: VirtualClock
) -> None:
    other = Ledger(items, clock=clock, lease=LEASE)
    mine = Ledger(Meanwhile(items, lambda: heads.settle(other, "1", SETTLED)), clock=clock, lease=LEASE)
    assert heads.settle(mine, "1", Head(9, 9, "open", "T3")) == SETTLED
    assert heads.head(mine, "1") == SETTLED


def test_a_contact_settled_without_a_ticket_can_still_get_one(ledger: Ledger) -> None:
    heads.settle(ledger, "1", Head(None, None, "none", "T13"))
    assert heads.settle(ledger, "1", SETTLED) == SETTLED
    assert heads.settle(ledger, "1", Head(None, None, "none", "T13")) == SETTLED


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
    before = {"ticket": None, "requester": None, "action": "none", "rule": rule, "told": None}
    item = {**before, "reasons": ["why"], "schema": 1, "version": 3, "expires_at": int(NINE.timestamp()) + 60}
    assert items.put("contact#1", "head", item, replacing=None)
    expected = Head(None, None, "none", rule, ("why",), settles=settles, forced=forced)
    assert heads.head(ledger, "1") == expected


@pytest.mark.parametrize("settles", ["for good", "until answered", "until an earlier record"])
@pytest.mark.parametrize("forced", [True, False])
def test_how_long_a_contact_is_settled_is_kept_with_it_whatever_its_rule(
    ledger: Ledger, settles: Settles, forced: bool
) -> None:
    for rule in ("T4", "T8", "T13", "T15"):
        settled = Head(None, None, "none", rule, settles=settles, forced=forced)
        assert heads.settle(ledger, "1", settled) == heads.head(ledger, "1") == settled


def test_many_at_once_agree_on_one_ticket(clock: VirtualClock) -> None:
    ledger = Ledger(MemoryItems(clock), clock=clock, lease=LEASE)
    together, agreed = Barrier(8), list[Head]()

    def settle(ticket: int) -> None:
        together.wait()
        agreed.append(heads.settle(ledger, "1", Head(ticket, 1, "create", "T4")))

    threads = [Thread(target=settle, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(agreed) == 8
    assert set(agreed) == {heads.head(ledger, "1")}


def test_a_contact_moves_from_a_closed_ticket_to_its_follow_up(ledger: Ledger) -> None:
    heads.settle(ledger, "1", SETTLED)
    follow_up = Head(4712, 101, "follow_up", "T4")
    heads.relink(ledger, "1", 9, follow_up)
    assert heads.head(ledger, "1") == SETTLED
    heads.relink(ledger, "1", 4711, follow_up)
    assert heads.head(ledger, "1") == follow_up


def test_a_head_keeps_what_it_says(ledger: Ledger) -> None:
    whole = Head(1, 2, "open", "T3", ("why",), True, "1#a", "2026-11-02T09:05:00+00:00", 3, "stamp", 4)
    for settled in (Head(None, None, "none", "T13"), SETTLED, whole):
        root = settled.rule
        heads.settle(ledger, root, settled)
        assert heads.head(ledger, root) == settled


def test_A1_the_heads_on_tickets_that_a_contact_left_are_remembered(ledger: Ledger) -> None:
    assert heads.earlier(ledger, "1") == {}
    assert heads.add_earlier(ledger, "1", SETTLED) == {"4711": SETTLED}
    assert heads.add_earlier(ledger, "1", MOVED) == {"4711": SETTLED, "4712": MOVED}
    assert heads.earlier(ledger, "1") == {"4711": SETTLED, "4712": MOVED}


def test_T14_what_was_reported_of_a_leg_is_remembered_with_its_latest_time(
    items: Items, clock: VirtualClock
) -> None:
    ledger = Ledger(items, clock=clock, lease=LEASE)
    assert legs.reported(ledger, "1", "leg", SETTLED) == legs.Reported((), None)
    legs.add_report(ledger, "1", "leg", SETTLED, "b", NINE + timedelta(minutes=2))
    legs.add_report(ledger, "1", "leg", SETTLED, "a", NINE)
    legs.add_report(ledger, "1", "leg", SETTLED, "a", NINE)
    meanwhile = Meanwhile(items, lambda: legs.add_report(ledger, "1", "leg", SETTLED, "c", NINE))
    other = Ledger(meanwhile, clock=clock, lease=LEASE)
    legs.add_report(other, "1", "leg", SETTLED, "d", NINE)
    reported = legs.reported(ledger, "1", "leg", SETTLED)
    assert reported.fingerprints == ("b", "a", "c", "d")
    assert reported.updated == NINE + timedelta(minutes=2)
    assert legs.reported(ledger, "1", "another", SETTLED).fingerprints == ()
    assert legs.reported(ledger, "1", "leg", None) == reported


def test_A1_a_leg_is_reported_anew_on_each_ticket_that_its_contact_is_moved_to(ledger: Ledger) -> None:
    nowhere = Head(None, None, "none", "T13")
    legs.add_report(ledger, "1", "leg", SETTLED, "a", NINE)
    for head in (MOVED, nowhere):
        assert legs.reported(ledger, "1", "leg", head).fingerprints == ()
        legs.add_report(ledger, "1", "leg", head, "b", NINE)
    assert legs.reported(ledger, "1", "leg", SETTLED).fingerprints == ("a",)
    assert legs.reported(ledger, "1", "leg", MOVED).fingerprints == ("b",)


def test_a_leg_has_one_item_with_all_that_is_known_of_it(items: Items, ledger: Ledger) -> None:
    legs.began(ledger, "1", "leg", NINE)
    legs.ended(ledger, "1", "leg", NINE + timedelta(minutes=5))
    legs.add_report(ledger, "1", "leg", SETTLED, "a", NINE)
    legs.keep_file_metadata(ledger, "1", "leg", {"updated": NINE.isoformat(), "files": {}})
    run_once(ledger, leg_step("1", "leg", "voice#leg"), write=lambda _: True)
    assert items.query("contact#1").keys() == {"leg#leg"}
    assert legs.times(ledger, "1").keys() == {"leg"}
    assert legs.end_of(ledger, "1", "leg") == (NINE + timedelta(minutes=5)).isoformat()
    assert legs.root_of(ledger, "leg") == "1"
    metadata = legs.file_metadata(ledger, "1", "leg")
    assert metadata is not None
    older = {"updated": (NINE - timedelta(minutes=1)).isoformat(), "files": {"old": True}}
    legs.keep_file_metadata(ledger, "1", "leg", older)
    assert legs.file_metadata(ledger, "1", "leg") == metadata


def test_T8_a_leg_of_which_only_steps_are_known_is_neither_going_on_nor_ended(ledger: Ledger) -> None:
    run_once(ledger, leg_step("1", "leg", "files#leg#1"), write=lambda _: True)
    assert legs.times(ledger, "1") == {}
    assert not legs.going_on(ledger, "1")
    assert legs.last_ended(ledger, "1") is None
    assert legs.root_of(ledger, "leg") is None


# Steps


def test_a_step_is_claimed_done_and_never_repeated(ledger: Ledger) -> None:
    first = claim(ledger, STEP, lambda: Draft({"rule": "T4"}, {"text": "as written"}))
    assert (first.state, first.draft, first.since) == (
        "new",
        Draft({"rule": "T4"}, {"text": "as written"}),
        NINE,
    )
    confirm(ledger, first, 4711)
    again = claim(ledger, STEP, _never)
    assert (again.state, again.result) == ("done", 4711)
    assert result_of(ledger, STEP) == 4711


def test_a_fresh_claim_of_another_means_later(ledger: Ledger, clock: VirtualClock) -> None:
    claim(ledger, STEP)
    clock.move_by(timedelta(seconds=30))
    other = claim(ledger, STEP, _never)
    assert (other.state, other.wait) == ("in progress", 60)
    assert result_of(ledger, STEP) is None
    with pytest.raises(Conflict):
        run_once(ledger, STEP, write=_never, draft=_never)


def test_of_two_who_claim_at_once_one_has_it(items: Items, clock: VirtualClock) -> None:
    other = Ledger(items, clock=clock, lease=LEASE)
    claims: list[Claim] = []
    meanwhile = Meanwhile(items, lambda: claims.append(claim(other, STEP, lambda: Draft(content="other"))))
    mine = Ledger(meanwhile, clock=clock, lease=LEASE)
    assert claim(mine, STEP, lambda: Draft(content="mine")).state == "in progress"
    assert claims[0].state == "new"
    assert intention(mine, STEP) == Draft(content="other")


def test_of_two_who_draft_at_once_both_have_that_of_the_first_to_claim(
    items: Items, clock: VirtualClock
) -> None:
    other = Ledger(items, clock=clock, lease=LEASE)

    def first() -> None:
        release(other, claim(other, STEP, lambda: Draft(content="other")), outcome_unknown=False)

    mine = Ledger(Meanwhile(items, first), clock=clock, lease=LEASE)
    assert claim(mine, STEP, lambda: Draft(content="mine")).draft == Draft(content="other")


def test_of_two_who_claim_one_after_the_other_and_draft_late_the_second_has_to_look_again(
    items: Items, clock: VirtualClock
) -> None:
    """The first stood still between its claim and its draft, until its lease was over."""
    other = Ledger(items, clock=clock, lease=LEASE)

    def taken_over() -> None:
        clock.move_by(LEASE)
        taken = claim(other, STEP, lambda: Draft(content="other"))
        release(other, taken, outcome_unknown=True)

    mine = Ledger(BeforeDraft(items, taken_over), clock=clock, lease=LEASE)
    with pytest.raises(Conflict):
        claim(mine, STEP, lambda: Draft(content="mine"))
    again = claim(other, STEP, _never)
    assert (again.state, again.draft.content) == ("unknown", "other")


def test_a_draft_that_cannot_be_kept_gives_the_claim_back(items: Items, clock: VirtualClock) -> None:
    def refused() -> None:
        raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "PutItem")

    mine = Ledger(BeforeDraft(items, refused), clock=clock, lease=LEASE)
    with pytest.raises(ClientError):
        claim(mine, STEP, lambda: Draft(content="first"))
    assert claim(mine, STEP, lambda: Draft(content="second")).draft.content == "second"


def test_T14_a_draft_that_another_container_has_claimed_since_this_one_looked_is_never_replaced(
    items: Items, clock: VirtualClock
) -> None:
    """It stood still before it wrote its draft, and what it was going to write may be on its way by now."""
    mine, other = (Ledger(items, clock=clock, lease=LEASE) for _ in range(2))
    partition = STEP.key.partition
    with mine.view(partition):
        assert intention(mine, STEP) is None
        release(other, claim(other, STEP, lambda: Draft({"by": "other"}, "other")), outcome_unknown=True)
        clock.move_by(10 * LEASE)
        taken = claim(mine, STEP, lambda: Draft({"by": "mine"}, "mine"))
    assert (taken.state, taken.draft) == ("unknown", Draft({"by": "other"}, "other"))


def test_a_step_that_was_forgotten_is_drafted_anew(ledger: Ledger) -> None:
    confirm(ledger, claim(ledger, STEP, lambda: Draft(content="first")), 105)
    forget(ledger, STEP, 105)
    assert claim(ledger, STEP, lambda: Draft(content="second")).draft == Draft(content="second")


@pytest.mark.parametrize("after", [None, timedelta(0), LEASE])
def test_a_step_says_what_a_claim_of_it_would_find(
    ledger: Ledger, clock: VirtualClock, after: timedelta | None
) -> None:
    assert state_of(ledger, STEP) == "new"
    taken = claim(ledger, STEP)
    if after is None:
        confirm(ledger, taken, 105)
    else:
        clock.move_by(after)
    said = state_of(ledger, STEP)
    assert said == {None: "done", timedelta(0): "in progress", LEASE: "unknown"}[after]
    assert claim(ledger, STEP).state == said


@pytest.mark.parametrize("outcome_unknown", [True, False])
def test_a_step_that_was_given_back_says_what_a_claim_of_it_would_find(
    ledger: Ledger, *, outcome_unknown: bool
) -> None:
    release(ledger, claim(ledger, STEP), outcome_unknown=outcome_unknown)
    said = state_of(ledger, STEP)
    assert said == ("unknown" if outcome_unknown else "new")
    assert claim(ledger, STEP).state == said


def test_a_draft_of_an_earlier_life_of_the_step_is_not_used(ledger: Ledger, clock: VirtualClock) -> None:
    number = own_step(USER.key(external_id="amazon-connect:+441632960199"))
    confirm(ledger, claim(ledger, number, lambda: Draft(content="Zoe")), 105)
    clock.move_by(timedelta(days=1))
    assert claim(ledger, number, lambda: Draft(content="Zoë")).draft == Draft(content="Zoë")


def test_an_item_that_was_deleted_and_made_anew_is_not_taken_for_the_one_that_was_read(
    clock: VirtualClock,
) -> None:
    """DynamoDB deletes what has expired at any time: between a read and the write after it, too."""
    table = MemoryItems(clock)
    ledger = Ledger(table, clock=clock, lease=LEASE)
    key = POP.key(root="1", leg="1", agent=901, what="ticket", id=4711)
    before = ledger.write(key, {"value": "before"}, None)
    clock.move_by(POP.keep)
    assert table.get(key.partition, key.sort) is None
    assert ledger.write(key, {"value": "anew"}, None)
    assert not ledger.write(key, {"value": "of another container, which read what was before"}, before)


def test_two_steps_of_one_item_do_not_disturb_each_other(items: Items, clock: VirtualClock) -> None:
    other, another = Ledger(items, clock=clock, lease=LEASE), contact_step("1", "linked#4711#")
    mine = Ledger(Meanwhile(items, lambda: claim(other, another)), clock=clock, lease=LEASE)
    first = claim(mine, STEP)
    assert first.state == "new"
    heads.settle(other, "1", SETTLED)
    confirm(mine, first, 4711)
    assert (result_of(other, STEP), heads.head(other, "1")) == (4711, SETTLED)
    assert claim(other, another).state == "in progress"


def test_the_outcome_of_a_claim_whose_lease_has_run_out_is_unknown_and_it_keeps_its_draft(
    ledger: Ledger, clock: VirtualClock
) -> None:
    dead = claim(ledger, STEP, lambda: Draft(content="as it was to be written"))
    clock.move_by(LEASE)
    unknown = claim(ledger, STEP, _never)
    assert (unknown.state, unknown.draft.content) == ("unknown", "as it was to be written")
    assert unknown.since == NINE
    confirm(ledger, dead, "too late")
    assert claim(ledger, STEP, _never).state == "in progress"
    confirm(ledger, unknown, "found")
    assert result_of(ledger, STEP) == "found"


def test_a_claim_given_back_can_be_taken_at_once(ledger: Ledger) -> None:
    release(ledger, claim(ledger, STEP, lambda: Draft(content="draft")), outcome_unknown=False)
    again = claim(ledger, STEP, _never)
    assert (again.state, again.draft.content) == ("new", "draft")


def test_the_outcome_stays_unknown_until_the_step_is_done(ledger: Ledger, clock: VirtualClock) -> None:
    release(ledger, claim(ledger, STEP), outcome_unknown=True)
    second = claim(ledger, STEP, _never)
    assert second.state == "unknown"
    release(ledger, second, outcome_unknown=False)
    third = claim(ledger, STEP, _never)
    assert third.state == "unknown"
    clock.move_by(LEASE)
    assert claim(ledger, STEP, _never).state == "unknown"


def test_a_container_that_lost_a_claim_cannot_give_it_back(ledger: Ledger, clock: VirtualClock) -> None:
    dead = claim(ledger, STEP)
    clock.move_by(LEASE)
    claim(ledger, STEP)
    release(ledger, dead, outcome_unknown=False)
    assert claim(ledger, STEP).state == "in progress"


def test_a_claim_nobody_confirms_is_forgotten_after_a_month(ledger: Ledger, clock: VirtualClock) -> None:
    claim(ledger, STEP, lambda: Draft(content="old"))
    clock.move_by(KEEP_IN_PROGRESS + timedelta(seconds=1))
    assert intention(ledger, STEP) is None
    anew = claim(ledger, STEP, lambda: Draft(content="new"))
    assert (anew.state, anew.draft.content, anew.since) == ("new", "new", clock())


def test_what_was_to_be_written_is_forgotten_after_a_week_and_that_it_may_have_been_is_not(
    ledger: Ledger, clock: VirtualClock
) -> None:
    release(ledger, claim(ledger, STEP, lambda: Draft({"rule": "T4"}, "old")), outcome_unknown=True)
    clock.move_by(KEEP_PERSONAL + timedelta(seconds=1))
    assert intention(ledger, STEP) == Draft({"rule": "T4"})
    anew = claim(ledger, STEP, lambda: Draft({"rule": "T5"}, "new"))
    assert (anew.state, anew.draft, anew.since) == ("unknown", Draft({"rule": "T5"}, "new"), NINE)
    release(ledger, anew, outcome_unknown=False)
    assert claim(ledger, STEP, _never).draft == Draft({"rule": "T5"}, "new")


def test_what_a_step_is_going_to_write_is_in_an_item_of_its_own(items: Items, ledger: Ledger) -> None:
    claim(ledger, STEP, lambda: Draft({"rule": "T4"}, "personal words"))
    kept = items.query("contact#1")
    (draft,) = (item for sort, item in kept.items() if sort != "head")
    assert "personal words" in str(draft)
    assert draft["expires_at"] == int((NINE + DRAFT.keep).timestamp())
    assert "personal words" not in str(kept["head"])


def test_what_a_step_is_going_to_write_or_came_to_can_be_asked_for(ledger: Ledger) -> None:
    assert intention(ledger, STEP) is None
    first = claim(ledger, STEP, lambda: Draft({"n": 1}, "text"))
    assert intention(ledger, STEP) == Draft({"n": 1}, "text")
    release(ledger, first, outcome_unknown=True)
    assert intention(ledger, STEP) == Draft({"n": 1}, "text")
    confirm(ledger, claim(ledger, STEP, _never), {"n": 2})
    assert intention(ledger, STEP) == Draft({"n": 2})


def test_a_step_that_was_abandoned_begins_anew(ledger: Ledger) -> None:
    refused = claim(ledger, STEP, lambda: Draft(content="refused"))
    release(ledger, refused, outcome_unknown=True)
    abandon(ledger, refused)
    abandon(ledger, refused)
    assert intention(ledger, STEP) is None
    anew = claim(ledger, STEP, lambda: Draft(content="decided anew"))
    assert (anew.state, anew.draft.content) == ("new", "decided anew")
    abandon(ledger, refused)
    confirm(ledger, anew, 4711)
    abandon(ledger, anew)
    assert result_of(ledger, STEP) == 4711


def test_T16_a_step_that_is_drafted_again_is_begun_all_the_time(items: Items, ledger: Ledger) -> None:
    refused = claim(ledger, STEP, lambda: Draft({"n": 1}, "all of it"))
    release(ledger, refused, outcome_unknown=False)
    seen = []

    def looking(*arguments: Any, **named: Any) -> bool:
        seen.append(intention(ledger, STEP) is not None)
        return written(*arguments, **named)

    written = items.put
    with mock.patch.object(items, "put", looking):
        redraft(ledger, refused, Draft({"n": 2}, "without a part"))
    assert set(seen) == {True}
    again = claim(ledger, STEP, _never)
    assert (again.state, again.draft) == ("new", Draft({"n": 2}, "without a part"))


def test_T16_what_another_container_has_attempted_since_is_not_drafted_again(ledger: Ledger) -> None:
    refused = claim(ledger, STEP, lambda: Draft(content="draft"))
    release(ledger, refused, outcome_unknown=False)
    release(ledger, claim(ledger, STEP, _never), outcome_unknown=True)
    redraft(ledger, refused, Draft(content="without a part"))
    again = claim(ledger, STEP, _never)
    assert (again.state, again.draft.content) == ("unknown", "draft")


def test_a_lock_keeps_others_out_and_leaves_nothing_behind(items: Items, ledger: Ledger) -> None:
    lock = contact_step("1", "settle")
    with exclusive_lock(ledger, lock), pytest.raises(Conflict), exclusive_lock(ledger, lock):
        raise AssertionError("two at once")
    with pytest.raises(KeyError), exclusive_lock(ledger, lock):
        raise KeyError
    with exclusive_lock(ledger, lock):
        pass
    assert items.query("contact#1")["head"]["steps"] == {}


def test_C8_a_number_is_forgotten_after_a_day_and_can_be_claimed_again(
    ledger: Ledger, clock: VirtualClock
) -> None:
    number = own_step(USER.key(external_id="amazon-connect:+441632960199"), KEEP_PERSONAL)
    confirm(ledger, claim(ledger, number), 105)
    clock.move_by(timedelta(hours=23))
    assert result_of(ledger, number) == 105
    clock.move_by(timedelta(hours=1))
    assert result_of(ledger, number) is None
    again = claim(ledger, number, lambda: Draft(content="draft"))
    assert again.state == "new"
    confirm(ledger, again, 106)
    assert result_of(ledger, number) == 106


# Remembered for a while


def test_what_is_remembered_is_forgotten_in_time(ledger: Ledger, clock: VirtualClock) -> None:
    ada, bob = AGENT.key(agent="ada"), AGENT.key(agent="bob")
    assert ledger.recall(ada) is None
    ledger.remember(ada, 901)
    ledger.remember(bob, None, timedelta(hours=1))
    clock.move_by(timedelta(minutes=59))
    known, missed = ledger.recall(ada), ledger.recall(bob)
    assert known is not None
    assert missed is not None
    assert (known.value, known.until) == (901, NINE + timedelta(hours=1))
    assert missed.value is None
    clock.move_by(timedelta(minutes=1))
    assert ledger.recall(ada) is None
    ledger.remember(ada, 902)
    remembered = ledger.recall(ada)
    assert remembered is not None
    assert remembered.value == 902


def test_of_those_who_ask_one_is_the_first_until_it_is_forgotten(ledger: Ledger, clock: VirtualClock) -> None:
    asked = POP.key(root="1", leg="1", agent=901, what="ticket", id=4711)
    ledger.forget(asked)
    assert ledger.first(asked)
    assert not ledger.first(asked)
    ledger.forget(asked)
    assert ledger.first(asked)
    clock.move_by(timedelta(hours=23, minutes=59))
    assert not ledger.first(asked)
    clock.move_by(timedelta(minutes=1))
    assert ledger.first(asked)


def test_a_pause_is_never_shortened_and_lasts_an_hour_at_most(ledger: Ledger, clock: VirtualClock) -> None:
    pace.pause(ledger, 60)
    pace.pause(ledger, 5)
    clock.move_by(timedelta(seconds=30))
    assert pace.paused_for(ledger) == 30
    pace.pause(ledger, 90)
    assert pace.paused_for(ledger) == 90
    pace.pause(ledger, 10**15)
    assert pace.paused_for(ledger) == 3600


def _never(*_: Any) -> Any:
    raise AssertionError("a retry writes what the first attempt was going to write")


def test_a_table_that_cannot_be_written_to_is_no_lost_race(dynamodb: DynamoDBClient) -> None:
    item = {"version": 1, "expires_at": 1}
    with pytest.raises(ClientError, match="ResourceNotFound"):
        DynamoItems(dynamodb, "no-such-table").put("p", "s", item, replacing=None)


def test_O6_a_head_that_another_release_kept_is_read() -> None:
    first = {"ticket": 4711, "requester": 101, "action": "create", "rule": "T4", "reasons": ["T4: new"]}
    assert Head.of({**first, "of_a_later_release": 1}) == Head(4711, 101, "create", "T4", ("T4: new",))


def test_a_container_that_lost_a_claim_cannot_abandon_the_step(ledger: Ledger, clock: VirtualClock) -> None:
    task = own_step(USER.key(external_id="amazon-connect:+441632960199"), KEEP_PERSONAL)

    def refused_too_late(_: Claim) -> int:
        clock.move_by(LEASE)
        unanswered = claim(ledger, task, _never)
        assert unanswered.state == "unknown"
        raise Permanent("refused")

    with pytest.raises(Permanent):
        run_once(ledger, task, draft=lambda: Draft(content="a"), write=refused_too_late, draft_again=True)
    assert claim(ledger, task, _never).state == "in progress"
    clock.move_by(LEASE)
    again = claim(ledger, task, _never)
    assert (again.state, again.draft.content) == ("unknown", "a")


def test_T16_what_another_container_has_attempted_since_is_not_abandoned(ledger: Ledger) -> None:
    refused = claim(ledger, STEP, lambda: Draft(content="draft"))
    release(ledger, refused, outcome_unknown=False)
    release(ledger, claim(ledger, STEP, _never), outcome_unknown=True)
    abandon(ledger, refused)
    again = claim(ledger, STEP, _never)
    assert (again.state, again.draft.content) == ("unknown", "draft")
