"""What a customer's fields hold after people, other contacts and other customers had to do with them (V3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from connect_zendesk.errors import NotReady
from connect_zendesk.ledger.schema import CUSTOMER
from connect_zendesk.rules.contacts.voice_fields import Said
from connect_zendesk.rules.settings.app_settings import AppSettings, CallerAuthentication
from connect_zendesk.workflows.customers import customer_fields, customer_update
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import NoAnswer
from tests.functional.test_voice_id_sync import follow, settled
from tests.records import ADA, ANA, NINE, later
from tests.stack import Stack
from tests.voice_authentication import (
    ATTRIBUTES,
    ENROLS,
    FIELDS,
    OPTS_OUT,
    fields_of,
    set_fields,
    stack_with_fields,
    told_by_partner,
    voice_call,
)

FAILED = "Not Authenticated"


def known(*contacts: str) -> Stack:
    """Return the functions with a customer for whom these contacts have been settled."""
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, *contacts)
    return stack


@pytest.mark.parametrize("by_hand", [(None, None), ("speaker-1", "OPTED_OUT"), ("by-hand", "ENROLLED")])
def test_V3_what_a_person_wrote_is_not_undone_by_a_call_that_failed(
    by_hand: tuple[str | None, str | None],
) -> None:
    stack = known("contact-1", "contact-2")
    follow(stack, told_by_partner("contact-1", "ENROLLED"))
    set_fields(stack, *by_hand)
    follow(stack, told_by_partner("contact-2", "ENROLLED", speaker="other", result=FAILED, minute=9))
    assert fields_of(stack) == by_hand


def test_V3_what_a_person_wrote_into_one_field_is_not_undone_by_what_is_said_of_the_other() -> None:
    stack = known("contact-1", "contact-2", "contact-3")
    follow(stack, told_by_partner("contact-1", "ENROLLED"))
    set_fields(stack, None, "ENROLLED")
    follow(stack, told_by_partner("contact-2", "OPTED_OUT", speaker=None, minute=9))
    assert fields_of(stack) == (None, "OPTED_OUT")
    follow(stack, told_by_partner("contact-3", "ENROLLED", speaker=None, minute=19))
    assert fields_of(stack) == (None, "ENROLLED")


def test_V3_a_customer_who_is_deleted_between_the_look_and_the_write_is_looked_at_again() -> None:
    stack, update = known("contact-1"), users.update

    def deleted_first(zendesk: Zendesk, user: int, change: Mapping[str, Any]) -> object:
        assert stack.zendesk.act(ADA, "DELETE", f"/api/v2/users/{user}").status == 200
        return update(zendesk, user, change)

    with mock.patch.object(users, "update", deleted_first):
        follow(stack, told_by_partner("contact-1", "ENROLLED"))
    stack.run(until=None)
    assert stack.messages.dead_letters == []
    assert stack.requests_made()["PUT /api/v2/users/{id}"] == 1
    assert customer_fields.pending(stack.services, ANA) is None


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer lost"])
def test_V3_T14_a_container_that_stood_still_before_its_write_takes_nothing_back(*, lost: bool) -> None:
    stack, update = known("contact-1", "contact-2"), users.update
    update_of_other = {"kind": customer_fields.KIND, "user": ANA}
    stood: list[int] = []

    def stands_still(zendesk: Zendesk, user: int, change: Mapping[str, Any]) -> object:
        if stood:
            return update(zendesk, user, change)
        stood.append(user)
        other = stack.new_services()
        said = Said((NINE + timedelta(minutes=9)).isoformat(), None, "OPTED_OUT", False, {})
        customer_fields.request(other, ANA, "contact-2", said)
        stack.clock.move_by(timedelta(minutes=2))
        with pytest.raises(NotReady):  # until the first one's write can come no more
            customer_update.update_customer(other, update_of_other)
        stack.clock.move_by(timedelta(minutes=2))
        customer_update.update_customer(other, update_of_other)
        assert fields_of(stack) == (None, "OPTED_OUT")
        update(zendesk, user, change)
        if lost:
            raise NoAnswer("lost")
        return None

    with mock.patch.object(users, "update", stands_still):
        follow(stack, told_by_partner("contact-1", "ENROLLED"))
    stack.run(until=None)
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")
    assert customer_fields.pending(stack.services, ANA) is None
    assert stack.messages.dead_letters == []


def test_V3_T14_what_a_killed_container_was_writing_is_waited_for_where_it_is_not_wanted_any_more() -> None:
    stack, update = known("contact-1", "contact-2"), users.update
    of_user = {"kind": customer_fields.KIND, "user": ANA}
    late: list[Mapping[str, Any]] = []

    def killed(_: Zendesk, __: int, change: Mapping[str, Any]) -> None:
        late.append(change)
        raise KeyboardInterrupt

    held = fields_of(stack)
    said = Said(NINE.isoformat(), "speaker-1", "ENROLLED", False, {})
    customer_fields.request(stack.services, ANA, "contact-1", said)
    with mock.patch.object(users, "update", killed), pytest.raises(KeyboardInterrupt):
        customer_update.update_customer(stack.services, of_user)
    stack.clock.move_by(timedelta(minutes=2))
    customer_fields.withdraw(stack.services, ANA, "contact-1")
    with pytest.raises(NotReady):
        customer_update.update_customer(stack.services, of_user)
    update(stack.services.zendesk, ANA, late[0])
    stack.clock.move_by(timedelta(minutes=2))
    customer_update.update_customer(stack.services, of_user)
    assert fields_of(stack) == held
    assert customer_fields.pending(stack.services, ANA) is None


def test_V3_a_leg_whose_record_is_sent_again_takes_nothing_back_that_a_later_leg_said() -> None:
    stack = stack_with_fields()
    first = voice_call("contact-1", said=ENROLS)
    second = voice_call("contact-1-b", minute=5, said=OPTS_OUT, first_leg="contact-1", agent="bjones")
    stack.play_records(first, second, later(first, 60 * 24, AgentConnectionAttempts=2))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


@pytest.mark.parametrize("contacts", [9, 150])
def test_V3_an_enrolment_is_not_lost_among_many_calls_that_failed_during_an_outage(contacts: int) -> None:
    names = [f"contact-{number}" for number in range(contacts)]
    stack = known(*names)
    stack.clock.move_to(NINE + timedelta(hours=4))
    for number, name in enumerate(names):
        enrolled = number == contacts - 9
        record = told_by_partner(name, "ENROLLED", minute=number, result=None if enrolled else FAILED)
        body = json.dumps({"detail-type": "Contact Record", "detail": record})
        stack.messages.send(body, queue="authentications")
    stack.zendesk.faults.outage(lasting=60)
    stack.run(until=None)
    assert fields_of(stack) == ("speaker-1", "ENROLLED")


@pytest.mark.parametrize("first", ["contact-1", "contact-2"])
def test_A1_two_contacts_that_are_moved_away_at_once_leave_nothing_of_either(first: str) -> None:
    stack = known("contact-1", "contact-2")
    set_fields(stack, "anas-own", "ENROLLED")
    follow(stack, told_by_partner("contact-1", "OPTED_OUT", speaker="bens-1"))
    follow(stack, told_by_partner("contact-2", "ENROLLED", speaker="bens-2", minute=9))
    for contact in sorted(("contact-1", "contact-2"), key=first.__ne__):
        customer_fields.withdraw(stack.services, ANA, contact)
    stack.run(until=None)
    assert fields_of(stack) == ("anas-own", "ENROLLED")


def test_A1_a_contact_that_comes_back_to_its_customer_says_what_it_said() -> None:
    stack = known("contact-1")
    record = told_by_partner("contact-1", "OPTED_OUT")
    follow(stack, record)
    customer_fields.withdraw(stack.services, ANA, "contact-1")
    stack.run(until=None)
    assert fields_of(stack) == (None, None)
    follow(stack, record)
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


def test_A1_a_contact_moved_away_leaves_what_older_ones_said_that_are_not_kept_one_by_one() -> None:
    names = [f"contact-{number}" for number in range(9)]
    stack = known(*names)
    follow(stack, told_by_partner(names[0], "OPTED_OUT", speaker="anas"))
    for number, name in enumerate(names[1:], 1):
        follow(stack, told_by_partner(name, "ENROLLED", speaker="other", result=FAILED, minute=number))
    assert fields_of(stack) == ("anas", "OPTED_OUT")
    customer_fields.withdraw(stack.services, ANA, names[-1])
    stack.run(until=None)
    assert fields_of(stack) == ("anas", "OPTED_OUT")


def test_V5_a_field_named_anew_gets_what_was_said_and_the_old_one_stays_as_it_is() -> None:
    stack = stack_with_fields(fields=("old_id", "old_status", "new_id", "new_status"))
    settled(stack, "contact-1", "contact-2")

    def name_fields(prefix: str) -> None:
        stack.app_settings = AppSettings(
            caller_authentication=CallerAuthentication("attributes"),
            defaults={"voiceid_field": f"{prefix}_id", "voiceid_status_field": f"{prefix}_status"},
        )

    name_fields("old")
    follow(stack, told_by_partner("contact-1", "ENROLLED"))
    name_fields("new")
    follow(stack, told_by_partner("contact-2", "OPTED_OUT", speaker=None, minute=9))
    held = stack.user(ANA)["user_fields"]
    assert (held["old_id"], held["old_status"]) == ("speaker-1", "ENROLLED")
    assert (held["new_id"], held["new_status"]) == ("speaker-1", "OPTED_OUT")


def test_A1_what_flows_with_fields_of_their_own_said_stays_in_these() -> None:
    stack = stack_with_fields(fields=("brand_id", "brand_status", *FIELDS))
    settled(stack, "contact-1", "contact-2")
    stack.app_settings = AppSettings(caller_authentication=CallerAuthentication("attributes"))
    of_brand = {"voiceid_field": "brand_id", "voiceid_status_field": "brand_status"}
    follow(stack, told_by_partner("contact-1", "ENROLLED", attributes=of_brand))
    follow(stack, told_by_partner("contact-2", "OPTED_OUT", speaker=None, minute=9))
    assert stack.user(ANA)["user_fields"]["brand_id"] == "speaker-1"
    assert fields_of(stack) == (None, "OPTED_OUT")


def test_S2_attributes_that_name_no_field_leave_the_app_settings_and_are_not_kept() -> None:
    stack = known("contact-1", "contact-2")
    follow(stack, told_by_partner("contact-1", attributes={"voiceid_field": "x" * 30_000}))
    nothing = {"voiceid_field": "none", "voiceid_status_field": " - "}
    follow(stack, told_by_partner("contact-2", "OPTED_OUT", speaker=None, minute=9, attributes=nothing))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")
    customer_fields.withdraw(stack.services, ANA, "contact-2")
    stack.run(until=None)
    assert fields_of(stack) == ("speaker-1", "ENROLLED")
    kept = stack.services.ledger.recall(CUSTOMER.key(user=ANA))
    assert kept is not None
    assert len(json.dumps(kept.value)) < 1000
