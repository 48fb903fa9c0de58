"""O5: a customer is forgotten; of a contact its id and *forgotten* stay; a re-sent record does nothing."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from administration.forget.command import ForgetError, Place, perform
from administration.forget.customer import Customer, UnknownCustomer
from administration.forget.remainder import ARCHIVE, STREAM, TRANSCRIPTIONS
from administration.forget.search import find, kind_of
from administration.forget.table import DynamoTable, Table
from administration.zendesk_setup.account import Account
from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import HEAD
from connect_zendesk.workflows.transcripts import transcripts
from local.replay.memory_items import MemoryItems
from local.stand_ins.http.messages import Request, Response
from tests.functional.test_acceptance import FOUND_ANA, accept, ready
from tests.live import alive, leave_snapshot
from tests.records import ANA, ANAS_NUMBER, BEN, BENS_NUMBER, STRANGERS_NUMBER, call
from tests.release_before import at_moment, fixtures, make_table, read_fixture
from tests.speech import keep_recording, spoken
from tests.stack import Stack


def table_of(stack: Stack) -> MemoryItems:
    items = stack.items
    assert isinstance(items, MemoryItems)
    return items


def forget(stack: Stack, *customer: str, table: Table | None = None, **options: Any) -> tuple[bool, str]:
    """Forget a customer with the stack's account; returns whether nothing is left, and what was said."""
    said: list[str] = []
    account = None if options.pop("no_zendesk", False) else Account(stack.services.zendesk)
    place = Place(table or table_of(stack), account, stack.clock)
    asked = Namespace(customer=list(customer), json=options.get("json", False))
    done = perform(asked, place, say=said.append, ask=options.get("ask"))
    return done, "\n".join(said)


def everything(table: Table) -> str:
    return json.dumps([[partition, sort, item] for partition, sort, item in table.scan()], default=str)


def partition(table: Table, contact: str) -> Mapping[str, Any]:
    return table.query(f"contact#{contact}")


def test_O5_of_a_forgotten_contact_only_its_id_and_forgotten_stay() -> None:
    stack = ready()
    leave_snapshot(stack, alive(), FOUND_ANA)
    accept(stack)
    stack.play_records(call())
    assert ANAS_NUMBER in everything(table_of(stack))
    done, said = forget(stack, str(ANA))
    assert done
    (sort,) = partition(table_of(stack), "contact-1")
    assert sort == HEAD.sort
    head = heads.head(stack.services.ledger, "contact-1")
    assert head == heads.Head(None, None, "none", heads.FORGOTTEN)
    left = everything(table_of(stack))
    for text in (ANAS_NUMBER, "Silva", "ana@example.com", f": {ANA}", f"#{ANA}"):
        assert text not in left, text
    assert "contact contact-1: its head becomes *forgotten*" in said
    assert "snapshot" in said
    assert "record" in said


def test_O5_a_record_that_is_sent_again_makes_no_new_ticket_and_keeps_nothing() -> None:
    stack = Stack()
    stack.play_records(call())
    tickets = stack.zendesk.tickets()
    forget(stack, str(ANA))
    again = call(updated=timedelta(days=2), attributes={"customer_name": "Ana"})
    stack.play_records(again, call("contact-1b", first_leg="contact-1", updated=timedelta(days=3)))
    assert stack.zendesk.tickets() == tickets
    assert "Ana" not in everything(table_of(stack))
    assert ANAS_NUMBER not in everything(table_of(stack))
    assert list(partition(table_of(stack), "contact-1")) == [HEAD.sort]
    assert heads.head(stack.services.ledger, "contact-1").is_forgotten  # type: ignore[union-attr]
    assert partition(table_of(stack), "contact-1b") == {}


def test_O5_a_file_that_is_announced_again_keeps_nothing() -> None:
    stack = Stack()
    stack.play_records(call())
    forget(stack, str(ANA))
    key = "Analysis/Voice/2026/11/02/contact-1_analysis_2026-11-02T09:00:00Z.json"
    file = ContactFile("recordings", key, None, 1, "contact-1", "lens_voice", redacted=False)
    transcripts.attach(stack.services, file, "contact-1")
    assert list(partition(table_of(stack), "contact-1")) == [HEAD.sort]


def test_O5_T1_a_contact_that_is_forgotten_while_it_is_reported_gets_no_follow_up() -> None:
    stack = Stack()
    stack.play_records(call())
    (ticket,) = stack.zendesk.tickets()
    stack.services.zendesk.put(f"/api/v2/tickets/{ticket['id']}", '{"ticket": {"status": "closed"}}')
    waiting = ["forget"]

    def after(request: Request, _: Response) -> None:
        if request.path.endswith("/audits") and waiting:
            waiting.pop()
            forget(stack, str(ANA))

    stack.zendesk.faults.after = after
    stack.play_records(call("leg-2", first_leg="contact-1", updated=timedelta(minutes=20)))
    assert waiting == []
    assert len(stack.zendesk.tickets()) == 1
    assert ANAS_NUMBER not in everything(table_of(stack))
    assert list(partition(table_of(stack), "contact-1")) == [HEAD.sort]
    assert stack.messages.dead_letters == []


def test_O5_other_customers_stay_as_they_are() -> None:
    stack = Stack()
    stack.play_records(call(), call("contact-2", caller=BENS_NUMBER))
    bens = partition(table_of(stack), "contact-2")
    assert forget(stack, ANAS_NUMBER)[0]
    assert partition(table_of(stack), "contact-2") == bens
    assert heads.head(stack.services.ledger, "contact-2").ticket is not None  # type: ignore[union-attr]


def test_O5_a_customer_who_was_new_is_found_by_the_number() -> None:
    stack = Stack()
    stack.play_records(call(caller=STRANGERS_NUMBER))
    assert [key for key, _, _ in table_of(stack).scan() if STRANGERS_NUMBER in key]
    assert forget(stack, STRANGERS_NUMBER, no_zendesk=True)[0]
    assert STRANGERS_NUMBER not in everything(table_of(stack))


def test_O5_a_number_of_two_users_is_no_ones_alone() -> None:
    stack = Stack(users=[{"id": 150, "name": "Leo", "phone": ANAS_NUMBER}])
    with pytest.raises(ForgetError, match=rf"of 2 users in Zendesk: {ANA}, 150\. Name the one"):
        forget(stack, ANAS_NUMBER)


def test_O5_a_user_who_is_deleted_in_zendesk_already_is_forgotten_by_id() -> None:
    stack = Stack()
    stack.play_records(call())
    stack.zendesk.act(903, "DELETE", f"/api/v2/users/{ANA}", "")
    stack.zendesk.act(903, "DELETE", f"/api/v2/deleted_users/{ANA}", "")
    assert forget(stack, str(ANA), ANAS_NUMBER, no_zendesk=True)[0]
    assert ANAS_NUMBER not in everything(table_of(stack))


def test_O5_nothing_is_removed_where_the_answer_is_no() -> None:
    stack = Stack()
    stack.play_records(call())
    before = everything(table_of(stack))
    done, said = forget(stack, str(ANA), ask=lambda _: "")
    assert not done
    assert said.endswith("Nothing was removed.")
    assert everything(table_of(stack)) == before


def test_O5_what_cannot_be_removed_is_named_with_its_day_and_what_is_not_held_is_listed() -> None:
    stack = Stack()
    stack.play_records(call())
    _, said = forget(stack, str(ANA))
    assert f"{(stack.clock() + timedelta(days=30)).date()}  the bus's archive" in said
    for text in ("dead letters", "Zendesk: the user", "Amazon Connect's buckets"):
        assert text in said
    answer = json.loads(forget(stack, str(ANA), json=True)[1])
    assert (answer["contacts"], answer["left"]) == ([], 0)


def test_O5_what_was_kept_of_a_transcription_goes_with_its_contact() -> None:
    stack = Stack(default_country="GB")
    keep_recording(stack)
    stack.play_records(spoken())
    assert "speech#" in everything(table_of(stack))
    done, said = forget(stack, str(ANA))
    assert done
    assert "speech job" in said
    assert "speech#" not in everything(table_of(stack))
    assert "Amazon Transcribe" in said


def test_O5_the_days_are_those_that_the_stack_is_made_with() -> None:
    from infra.bus import ARCHIVED_FOR
    from infra.record_stream import RETENTION
    from infra.speech_analysis import KEPT_DAYS

    assert (ARCHIVE.days, STREAM.days) == (ARCHIVED_FOR.to_days(), RETENTION.to_days())
    assert TRANSCRIPTIONS.days == KEPT_DAYS


def test_O5_an_agents_list_of_contacts_gets_shorter() -> None:
    stack = ready()
    leave_snapshot(stack, alive(), FOUND_ANA)
    accept(stack)
    stack.play_records(call())
    lists = [item["value"] for key, sort, item in table_of(stack).scan() if sort == "contacts"]
    assert [entry["root"] for entry in lists[0]] == ["contact-1"]
    forget(stack, str(ANA))
    lists = [item["value"] for key, sort, item in table_of(stack).scan() if sort == "contacts"]
    assert lists == [[]]


@pytest.mark.parametrize("path", fixtures("ledger")[:24], ids=lambda path: path.stem)
def test_O5_at_any_moment_of_the_release_before_everything_of_the_customer_goes(path: Any) -> None:
    fixture = read_fixture(path)
    with at_moment(fixture) as moment:
        table = moment.items
        assert isinstance(table, MemoryItems)
        texts = {ANAS_NUMBER, BENS_NUMBER, STRANGERS_NUMBER}
        named = Customer(frozenset({ANA, BEN}), frozenset(texts | {"ana@example.com"}))
        asked = Namespace(customer=[*map(str, named.users), *named.texts], json=True)
        place = Place(table, None, moment.clock)
        assert perform(asked, place, say=lambda _: None, ask=None)
        assert not find(table, named)
        for key, sort, item in table.scan():
            assert not any(text in f"{key} {sort} {json.dumps(item)}" for text in texts), (key, sort)


@pytest.fixture
def dynamodb() -> Iterator[DynamoTable]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-2")
        make_table(client, "ledger")
        yield DynamoTable(client, "ledger")


def test_O5_on_dynamodb_too(dynamodb: DynamoTable) -> None:
    stack = Stack()
    stack.play_records(call(), call("contact-2", caller=BENS_NUMBER))
    for key, sort, item in table_of(stack).scan():
        assert dynamodb.put(key, sort, item, replacing=None)
    assert forget(stack, str(ANA), table=dynamodb)[0]
    assert ANAS_NUMBER not in everything(dynamodb)
    assert list(partition(dynamodb, "contact-1")) == [HEAD.sort]
    assert len(partition(dynamodb, "contact-2")) > 1
    ledger = Ledger(dynamodb, clock=lambda: datetime.now(UTC), lease=timedelta(0))
    assert heads.head(ledger, "contact-1").is_forgotten  # type: ignore[union-attr]
    (item,) = partition(dynamodb, "contact-1").values()
    assert not dynamodb.delete("contact#contact-1", HEAD.sort, version=item["version"] - 1)
    assert isinstance(dynamodb, DynamoItems)


@pytest.mark.parametrize("named", ["ana", "44207", "+4", "", "call me"])
def test_a_customer_is_an_id_a_number_or_an_address(named: str) -> None:
    if named == "44207":
        assert Customer.of([named]).users == {44207}
        return
    with pytest.raises(UnknownCustomer):
        Customer.of([named])


def test_a_number_is_found_whole_only() -> None:
    customer = Customer.of(["+44 20 7183 8750", "ana@example.com"])
    for text in (ANAS_NUMBER, f"tel:{ANAS_NUMBER}/1", "ANA@example.com", "<ana@example.com>"):
        assert customer.is_in({"x": [text]}), text
    for text in (f"{ANAS_NUMBER}1", "joana@example.com", "ana@example.com.au", "ana@example.community"):
        assert not customer.is_in({"x": [text]}), text


def test_a_tickets_id_is_not_taken_for_a_users() -> None:
    customer = Customer.of([str(ANA)])
    assert customer.is_in({"head": {"requester": ANA}})
    assert customer.is_in({"value": json.dumps({"ticket": {"requester_id": ANA}})})
    assert not customer.is_in({"head": {"ticket": ANA, "id": ANA, "moved": ANA}})


def test_items_are_counted_by_kind() -> None:
    assert kind_of("contact#c", "draft#head#ticket") == "draft"
    assert kind_of("customer#101", "updates") == "customer's updates"
    assert kind_of("contact#c", "legs") == "of an earlier release"
