"""What a contact says of its caller's voice authentication goes to its customer (V1, V2, V3, V5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import CUSTOMER_UPDATES
from connect_zendesk.rules.settings.app_settings import AppSettings, CallerAuthentication
from connect_zendesk.workflows.customers import customer_fields
from connect_zendesk.workflows.customers.authentication import Emission, latest, shortened
from local.stand_ins.amazon_connect import Options
from tests.live import ANSWERED, alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ANA, BEN, BENS_NUMBER, NINE, STRANGERS_NUMBER, call, later
from tests.stack import Stack
from tests.voice_authentication import (
    ATTRIBUTES,
    ENROLS,
    FIELDS,
    ID,
    LOOK,
    ON,
    OPTS_OUT,
    STATUS,
    WRITE,
    about_users,
    fields_of,
    set_fields,
    stack_with_fields,
    told_by_partner,
    voice_call,
)
from tests.voice_domain import give_domain

# What is written, V1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        pytest.param(ENROLS, "ENROLLED", id="enrolled during the call"),
        pytest.param(OPTS_OUT, "OPTED_OUT", id="opted out during the call"),
        pytest.param({"Result": "Authenticated"}, "ENROLLED", id="authenticated"),
        pytest.param({"Result": "Opted Out"}, "OPTED_OUT", id="opted out before"),
        pytest.param({"Result": "Not Enrolled"}, None, id="not enrolled"),
    ],
)
def test_V1_the_record_of_voice_id_goes_to_the_customers_fields(
    said: Mapping[str, Any], status: str | None
) -> None:
    stack = stack_with_fields()
    stack.play_records(voice_call(said=said))
    assert fields_of(stack) == ("speaker-1", status)
    assert about_users(stack) == {LOOK: 1, WRITE: 1}
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize(
    ("word", "status"),
    [("Enrolled", "ENROLLED"), ("opted-out", "OPTED_OUT"), ("NOT ENROLLED", None), ("expired", None)],
)
def test_V2_what_a_partner_left_in_attributes_goes_to_the_customers_fields(
    word: str, status: str | None
) -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    stack.play_records(told_by_partner(status=word))
    assert fields_of(stack) == ("speaker-1", status)


def test_V2_the_attributes_names_and_the_fields_keys_are_the_administrators() -> None:
    names = CallerAuthentication("attributes", "print", "print_status", "print_result")
    stack = stack_with_fields(
        fields=("voice_id", "voice_status"),
        caller_authentication=names,
        defaults={"voiceid_enabled": "yes", "voiceid_field": "voice_id"},
    )
    given = {"print": "p-1", "print_status": "enrolled", "voiceid_status_field": "voice_status"}
    stack.play_records(call(attributes=given))
    assert stack.user(ANA)["user_fields"] == {"voice_id": "p-1", "voice_status": "ENROLLED"}


def test_V1_voice_ids_own_name_of_a_speaker_is_taken_where_the_flow_gave_none() -> None:
    stack = stack_with_fields()
    stack.play_records(voice_call(said=ENROLS, speaker=None))
    assert fields_of(stack) == ("id#AbCdEfGhIjKlMnOpQrStUv", "ENROLLED")


def test_V1_unchanged_values_are_not_written() -> None:
    stack = stack_with_fields()
    set_fields(stack, "speaker-1", "ENROLLED")
    stack.play_records(voice_call(said={"Result": "Authenticated"}))
    assert about_users(stack) == {LOOK: 1}


def test_V1_blank_is_written_where_the_source_says_not_enrolled() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    set_fields(stack, "speaker-1", "ENROLLED")
    stack.play_records(told_by_partner(status="not enrolled"))
    assert fields_of(stack) == ("speaker-1", None)


@pytest.mark.parametrize("word", [None, "-", "none", "pending", "sleeping"])
def test_V1_nothing_is_written_where_the_source_says_no_status(word: str | None) -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    set_fields(stack, "speaker-0", "OPTED_OUT")
    stack.play_records(told_by_partner(status=word))
    assert fields_of(stack) == ("speaker-0", "OPTED_OUT")
    assert about_users(stack) == {}


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(voice_call(said=ENROLS, attributes={"voiceid_enabled": "false"}), id="switched off"),
        pytest.param(voice_call(said=None), id="no result"),
        pytest.param(voice_call(said={}), id="an empty result"),
        pytest.param(voice_call(said=ENROLS, InitiationMethod="MONITOR"), id="a supervisor listens in"),
        pytest.param(voice_call(said=ENROLS, DisconnectTimestamp=None), id="going on"),
        pytest.param(
            voice_call(said=ENROLS, Channel="TASK", Name="Zendesk-0"), id="a task made from the call"
        ),
        pytest.param(later(voice_call(said=ENROLS), 60 * 24 * 31), id="ended a month ago"),
    ],
)
def test_V1_other_contacts_cost_nothing_in_zendesk(record: dict[str, Any]) -> None:
    stack = stack_with_fields()
    stack.play_records(record)
    assert about_users(stack) == {}
    assert fields_of(stack) == (None, None)


def test_V1_contacts_from_before_the_deployment_change_nothing() -> None:
    stack = stack_with_fields(settle_from=NINE + timedelta(minutes=1))
    stack.play_records(voice_call(said=ENROLS))
    assert about_users(stack) == {}


def test_words_that_are_not_known_are_reported_once_by_where_they_stand_and_never_themselves() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    with Logs() as logs:
        stack.play_records(
            told_by_partner("contact-1", "Mrs Silva"), told_by_partner("contact-2", "Mrs Silva", minute=9)
        )
    reported = [line for line in logs.lines if line.get("place")]
    assert [line["place"] for line in reported] == [STATUS]
    assert logs.metrics["AuthenticationValueUnknown"] == 1
    assert not any("Mrs Silva" in text for text in logs.text)
    assert not any("speaker-1" in text for text in logs.text)


# Whose it is


def test_V1_a_customer_who_is_made_for_the_contact_gets_it() -> None:
    stack = stack_with_fields()
    stack.play_records(voice_call(said=ENROLS, caller=STRANGERS_NUMBER))
    made = stack.user(stack.ticket()["requester_id"])
    assert (made["user_fields"][ID], made["user_fields"][STATUS]) == ("speaker-1", "ENROLLED")


def test_V1_nobody_gets_it_where_the_caller_is_anonymous() -> None:
    stack = stack_with_fields()
    with Logs() as logs:
        stack.play_records(voice_call(said=ENROLS, caller="anonymous"))
    assert about_users(stack) == {}
    assert logs.metrics["AuthenticationWithoutCustomer"] == 1


def test_V1_a_contact_without_a_ticket_is_closed_with_its_rule() -> None:
    stack = stack_with_fields()
    record = voice_call(said=ENROLS, caller=STRANGERS_NUMBER, InitiationMethod="OUTBOUND")
    with Logs() as logs:
        stack.play_records(record)
    assert logs.metrics["AuthenticationWithoutTicket"] == 1
    closed = [line for line in logs.lines if str(line["message"]).startswith("authentication dropped")]
    assert [line["rule"] for line in closed] == ["T7"]
    assert about_users(stack) == {}


def test_V1_a_contact_without_a_customer_waits_for_its_ticket() -> None:
    stack = stack_with_fields()
    record = voice_call(said=ENROLS, attributes={"ticket_assignment": "agent"})
    stack.deliver_records(record)
    assert fields_of(stack) == (None, None)
    assert stack.zendesk.tickets() == []
    stack.run(until=None)  # the forced ticket links it
    assert fields_of(stack) == ("speaker-1", "ENROLLED")
    assert about_users(stack) == {LOOK: 1, WRITE: 1}


def test_V1_it_makes_no_difference_whether_the_record_or_the_link_is_looked_at_first() -> None:
    ticket = {"id": 4001, "requester_id": BEN, "comments": [{"body": "By letter.", "public": False}]}
    stack = stack_with_fields(tickets=[ticket])
    leave_snapshot(stack, alive(attributes=ON))
    stack.clock.move_to(ANSWERED)
    stack.send_contact_event(contact_event())
    stack.run(until=stack.clock())
    assert about_users(stack) == {}
    stack.play_records(voice_call(said=ENROLS))
    assert fields_of(stack) == ("speaker-1", "ENROLLED")


def attach(stack: Stack, ticket: int, minute: float = 5, name: str = "command-1") -> None:
    """Have the agent attach the contact by hand, after its record has come."""
    at = NINE + timedelta(minutes=minute)
    stack.run(until=at)
    stack.clock.move_to(at)
    stack.request_attachment({"id": name, "agent": 901, "at": at.isoformat(), "ticket": ticket})
    stack.run(until=at)


BENS_TICKET = {"id": 4001, "requester_id": BEN, "comments": [{"body": "By letter.", "public": False}]}


def accepted(stack: Stack, **attributes: str) -> None:
    """Have the contact be accepted by its agent."""
    leave_snapshot(stack, alive(attributes={**ON, **attributes}))
    stack.clock.move_to(ANSWERED)
    stack.send_contact_event(contact_event())
    stack.run(until=stack.clock())


def test_A1_a_contact_moved_to_another_customer_leaves_the_first_as_they_were() -> None:
    stack = stack_with_fields(tickets=[BENS_TICKET])
    set_fields(stack, "anas-own", "ENROLLED")
    accepted(stack)
    stack.deliver_records(voice_call(said=ENROLS))
    stack.run(until=NINE + timedelta(minutes=5))
    assert fields_of(stack) == ("speaker-1", "ENROLLED")
    attach(stack, 4001, minute=6)
    stack.run(until=None)
    assert fields_of(stack, BEN) == ("speaker-1", "ENROLLED")
    assert fields_of(stack) == ("anas-own", "ENROLLED")


def test_A1_what_somebody_wrote_meanwhile_is_not_taken_back() -> None:
    stack = stack_with_fields(tickets=[BENS_TICKET])
    accepted(stack)
    stack.deliver_records(voice_call(said=ENROLS))
    stack.run(until=NINE + timedelta(minutes=5))
    set_fields(stack, "by-hand", "OPTED_OUT")
    attach(stack, 4001, minute=6)
    stack.run(until=None)
    assert fields_of(stack) == ("by-hand", "OPTED_OUT")


def test_A1_a_contact_moved_before_anything_was_written_touches_the_new_customer_only() -> None:
    stack = stack_with_fields(tickets=[BENS_TICKET])
    accepted(stack)
    attach(stack, 4001, minute=2)
    stack.play_records(voice_call(said=ENROLS))
    assert (fields_of(stack), fields_of(stack, BEN)) == ((None, None), ("speaker-1", "ENROLLED"))


def test_T9_another_customers_voiceprint_is_never_given_to_whom_the_agent_chose() -> None:
    stack = stack_with_fields(tickets=[BENS_TICKET], **ATTRIBUTES)
    record = told_by_partner(result="Not Authenticated")  # the flow had Ana's status and id
    accepted(stack, voice_authentication_result="Not Authenticated")
    attach(stack, 4001, minute=2)
    stack.play_records(record)
    assert (fields_of(stack), fields_of(stack, BEN)) == ((None, None), (None, None))


def test_T9_a_customer_whom_the_agent_knows_may_opt_out_after_an_inconclusive_result() -> None:
    anas = {"id": 4002, "requester_id": ANA, "comments": [{"body": "It blinks.", "public": False}]}
    stack = stack_with_fields(tickets=[anas], **ATTRIBUTES)
    set_fields(stack, "speaker-1", "ENROLLED")
    accepted(stack, voice_authentication_result="Inconclusive")
    attach(stack, 4002, minute=2)
    stack.play_records(told_by_partner(status="opted out", result="Inconclusive"))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


def test_staff_get_nothing() -> None:
    agents_own = {"id": 4003, "requester_id": 902, "comments": [{"body": "My own.", "public": False}]}
    stack = stack_with_fields(tickets=[agents_own])
    accepted(stack)
    attach(stack, 4003, minute=2)
    stack.play_records(voice_call(said=ENROLS))
    assert fields_of(stack, 902) == (None, None)


def test_C9_the_placeholder_of_anonymous_callers_gets_nothing_even_by_hand() -> None:
    stack = stack_with_fields()
    stack.play_records(call("earlier", caller="anonymous"))
    placeholder, anonymous = stack.ticket()["requester_id"], stack.ticket()["id"]
    accepted(stack)
    attach(stack, anonymous, minute=6)
    stack.play_records(voice_call(said=ENROLS))
    assert fields_of(stack, placeholder) == (None, None)


def settled(stack: Stack, *contacts: str, user: int = ANA) -> None:
    """Have contacts be settled for a customer, as on acceptance."""
    for contact in contacts:
        heads.settle(stack.services.ledger, contact, Head(4000, user, "create", "T4", customer=user))


def follow(stack: Stack, *records: dict[str, Any]) -> None:
    """Have the authentication queue get records of contacts that are settled already."""
    for record in records:
        body = json.dumps({"detail-type": "Contact Record", "detail": record})
        stack.messages.send(body, queue="authentications")
    stack.run(until=None)


def test_V3_a_task_that_was_made_from_the_call_says_nothing_days_later() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1", "contact-2")
    follow(stack, told_by_partner("contact-2", "OPTED_OUT", minute=9))
    follow(stack, told_by_partner("contact-1", "ENROLLED", minute=60 * 24, Channel="TASK"))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


def test_T15_a_settled_contact_that_ended_a_month_ago_says_nothing_new() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1")
    follow(stack, later(told_by_partner("contact-1", "ENROLLED"), 60 * 24 * 31))
    assert about_users(stack) == {}


def test_V3_what_is_older_than_all_that_is_known_is_not_looked_at() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    names = [f"contact-{number}" for number in range(8)]
    settled(stack, *names)
    for number in range(1, 8):
        stack.clock.move_by(timedelta(minutes=1))
        follow(stack, told_by_partner(names[number], minute=number, speaker=f"s-{number}"))
    stack.requests_made()
    follow(stack, told_by_partner(names[0], "OPTED_OUT", minute=0))
    assert about_users(stack) == {}
    assert fields_of(stack) == ("s-7", "ENROLLED")


def while_writing(stack: Stack, do: Callable[[], None]) -> None:
    """Have something happen once, between a look at a user and the write."""
    left = [do]

    def before(request: Any) -> None:
        if request.method == "PUT" and left:
            left.pop()()

    stack.zendesk.faults.before = before


def test_V3_what_becomes_known_during_a_write_is_written_after_it() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1", "contact-2")

    def another() -> None:
        body = {
            "detail-type": "Contact Record",
            "detail": told_by_partner("contact-2", "OPTED_OUT", minute=9),
        }
        stack.messages.send(json.dumps(body), queue="authentications")
        stack.run(until=stack.clock())  # another worker, at the same moment
        stack.clock.move_by(timedelta(seconds=1))

    while_writing(stack, another)
    follow(stack, told_by_partner("contact-1", "ENROLLED"))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


def test_A1_a_contact_that_is_moved_during_a_write_is_taken_back_after_it() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1")
    while_writing(stack, lambda: customer_fields.withdraw(stack.services, ANA, "contact-1"))
    follow(stack, told_by_partner("contact-1", "ENROLLED"))
    assert fields_of(stack) == (None, None)


# The latest wins, V3


STATES = [
    voice_call("contact-1", said=ENROLS),
    voice_call("contact-2", minute=10, said=OPTS_OUT),
    voice_call("contact-3", minute=20, said=ENROLS, speaker="speaker-3"),
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("last", [2, 3])
def test_V3_the_latest_contact_wins_in_whatever_order_the_records_come(
    order: tuple[int, ...], last: int
) -> None:
    stack = stack_with_fields()
    stack.clock.move_to(NINE + timedelta(hours=1))
    for number in order:
        if number < last:
            stack.play_records(STATES[number])
            stack.play_records(STATES[number])  # twice, as it may be delivered
    assert fields_of(stack) == (("speaker-3", "ENROLLED") if last == 3 else ("speaker-1", "OPTED_OUT"))


def test_V3_an_old_contacts_record_that_is_sent_again_does_not_win() -> None:
    stack = stack_with_fields()
    stack.play_records(STATES[0], STATES[1], later(STATES[0], 60, AgentConnectionAttempts=2))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


def test_V3_an_old_contact_that_says_something_new_does() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    first = told_by_partner("contact-1", "ENROLLED")
    again = later(first, 60, Attributes={**first["Attributes"], STATUS: "not enrolled"})
    opts_out = told_by_partner("contact-2", "OPTED_OUT", minute=10)
    stack.play_records(first, opts_out, again, later(again, 5), opts_out)
    assert fields_of(stack) == ("speaker-1", None)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_V3_what_a_contact_says_last_holds_whatever_comes_first(order: tuple[int, ...]) -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    stack.clock.move_to(NINE + timedelta(hours=1))
    first = told_by_partner("contact-1", "ENROLLED")
    versions = [
        first,
        later(first, 1, Attributes={**first["Attributes"], STATUS: "OPTED_OUT"}),
        later(first, 2),
    ]
    for number in order:
        stack.play_records(versions[number])
    assert fields_of(stack) == ("speaker-1", "ENROLLED")


def test_V3_of_one_second_the_opting_out_wins() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    stack.play_records(told_by_partner("contact-1", "OPTED_OUT"), told_by_partner("contact-2", "ENROLLED"))
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


def test_V3_a_later_leg_of_the_contact_wins() -> None:
    stack = stack_with_fields()
    second = voice_call("contact-1-b", minute=5, said=OPTS_OUT, first_leg="contact-1", agent="bjones")
    stack.play_records(voice_call("contact-1", said=ENROLS), second)
    assert fields_of(stack) == ("speaker-1", "OPTED_OUT")


# Coalescing and pace


def test_many_messages_of_one_customer_write_once() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    stack.clock.move_to(NINE + timedelta(hours=2))
    words = ("ENROLLED", "OPTED_OUT")
    records = [told_by_partner(f"c-{n}", words[n % 2], minute=n, speaker=f"s-{n}") for n in range(12)]
    stack.zendesk.faults.outage(lasting=5)  # records go on meanwhile, and the ticket queue comes back later
    stack.play_records(*records)
    assert fields_of(stack) == ("s-11", "OPTED_OUT")
    assert about_users(stack)[WRITE] <= 3


def test_a_customer_is_updated_five_times_a_minute_and_nobody_else_waits() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    moments: dict[int, list[Any]] = {ANA: [], BEN: []}

    def before(request: Any) -> None:
        if request.method == "PUT" and request.path.startswith("/api/v2/users/"):
            moments[int(request.path.rpartition("/")[2])].append(stack.clock())

    stack.clock.move_to(NINE + timedelta(hours=2))
    stack.zendesk.faults.before = before
    for number in range(7):
        stack.deliver_records(told_by_partner(f"a-{number}", speaker=f"s-{number}", minute=number))
        stack.clock.move_by(timedelta(seconds=1))
    stack.deliver_records(told_by_partner("b-1", caller=BENS_NUMBER))
    assert len(moments[ANA]) == 5
    assert len(moments[BEN]) == 1, "another customer's update does not wait"
    stack.run(until=None)
    assert fields_of(stack) == ("s-6", "ENROLLED")
    assert len(moments[ANA]) == 6, "what waited was written as one"
    assert moments[ANA][5] - moments[ANA][0] >= timedelta(seconds=60)


def test_a_message_that_finds_nothing_new_asks_zendesk_nothing() -> None:
    stack = stack_with_fields()
    stack.play_records(voice_call(said=ENROLS))
    stack.requests_made()
    stack.messages.update_customer(
        {"kind": "authentication", "user": ANA, "number": 1, "at": NINE.isoformat()}
    )
    with Logs() as logs:
        stack.run(until=None)
    assert stack.requests_made() == {}
    assert logs.metrics["CustomerUpdateCoalesced"] == 1


def test_no_queue_takes_one_wish_for_another_that_was_there_a_moment_ago() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1", "contact-2")
    sent: list[Mapping[str, Any]] = []

    def send(detail: Mapping[str, Any]) -> None:
        sent.append(detail)

    stack.messages.update_customer = send  # type: ignore[method-assign]
    follow(stack, told_by_partner("contact-1"))
    follow(stack, told_by_partner("contact-1"))
    follow(stack, told_by_partner("contact-2", "OPTED_OUT", minute=9))
    first, again, second = sent
    assert (first == again, second == again) == (True, False)
    assert {detail["at"] for detail in sent} == {stack.clock().isoformat()}


def test_customers_are_looked_at_at_a_pace_too_where_nothing_changes() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    moments: list[Any] = []
    stack.zendesk.faults.before = lambda _: moments.append(stack.clock())
    for number, user in enumerate((ANA, BEN, ANA + 700, BEN + 700)):
        settled(stack, f"contact-{number}", user=user)
    records = [told_by_partner(f"contact-{number}", "not enrolled", speaker=None) for number in range(4)]
    began = stack.clock()
    follow(stack, *records)
    assert [moment - began for moment in moments] == [timedelta(seconds=number / 2) for number in range(4)]


def test_a_users_minute_counts_every_kind_of_update() -> None:
    stack = stack_with_fields(users=[{"id": 103, "name": "Finn Hale"}])
    moments = [stack.clock().isoformat()] * 5
    stack.services.ledger.remember(CUSTOMER_UPDATES.key(user=103), moments)
    detail = {"kind": "phone", "user": 103, "number": STRANGERS_NUMBER, "at": NINE.isoformat()}
    began = stack.clock()
    stack.messages.update_customer(detail)
    stack.run(until=began + timedelta(seconds=59))
    assert stack.user(103)["phone"] is None
    stack.run(until=None)
    assert stack.user(103)["phone"] == STRANGERS_NUMBER


def test_a_user_whose_minute_is_used_up_is_not_even_looked_at() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    settled(stack, "contact-1")
    moments = [stack.clock().isoformat()] * 5
    stack.services.ledger.remember(CUSTOMER_UPDATES.key(user=ANA), moments)
    record = {"detail-type": "Contact Record", "detail": told_by_partner()}
    stack.messages.send(json.dumps(record), queue="authentications")
    stack.run(until=stack.clock() + timedelta(seconds=59))
    assert about_users(stack) == {}
    stack.run(until=None)
    assert about_users(stack) == {LOOK: 1, WRITE: 1}


@pytest.mark.parametrize("after_write", [False, True])
def test_a_lost_answer_leaves_the_fields_written_once(after_write: bool) -> None:
    stack = stack_with_fields()
    stack.zendesk.faults.lose_answer(after_write=after_write, matching=WRITE)
    stack.play_records(voice_call(said=ENROLS))
    assert fields_of(stack) == ("speaker-1", "ENROLLED")
    assert about_users(stack)[WRITE] == (1 if after_write else 2)


# Fields that are not there, V5


def unknown_fields(logs: Logs) -> list[str]:
    return [line["field"] for line in logs.lines if "field" in line]


@pytest.mark.parametrize("refused", ["ignored", "refused"])
def test_V5_a_field_that_zendesk_does_not_have_is_reported_by_name_once_and_the_other_is_written(
    refused: str,
) -> None:
    stack = stack_with_fields(fields=(STATUS,))
    object.__setattr__(stack.options, "unknown_user_fields", refused)
    with Logs() as logs:
        stack.play_records(
            voice_call("contact-1", said=ENROLS),
            voice_call("contact-2", minute=10, said=OPTS_OUT),
            voice_call("contact-3", caller=BENS_NUMBER, minute=20, said=ENROLS),
        )
    assert unknown_fields(logs) == [ID]
    assert logs.metrics["UserFieldNotFound"] == 1
    assert stack.user(ANA)["user_fields"] == {STATUS: "OPTED_OUT"}
    assert stack.user(BEN)["user_fields"] == {STATUS: "ENROLLED"}
    assert stack.messages.dead_letters == []


def test_V5_where_neither_field_is_there_both_are_reported_and_nothing_is_sent() -> None:
    stack = stack_with_fields(fields=())
    with Logs() as logs:
        stack.play_records(voice_call(said=ENROLS))
    assert sorted(unknown_fields(logs)) == sorted(FIELDS)
    assert about_users(stack) == {LOOK: 1}


def test_V5_fields_named_anew_in_the_app_settings_get_what_is_on_its_way() -> None:
    stack = stack_with_fields(fields=("voice", STATUS), **ATTRIBUTES)
    stack.deliver_records(told_by_partner(attributes={"ticket_assignment": "agent"}))
    stack.app_settings = AppSettings(defaults={"voiceid_field": "voice"}, **ATTRIBUTES)
    stack.run(until=None)
    assert stack.user(ANA)["user_fields"] == {"voice": "speaker-1", STATUS: "ENROLLED"}


# Voice ID itself


def domain(stack: Stack, *speakers: dict[str, Any], options: Options | None = None) -> None:
    """Give the stack a Voice ID domain with these speakers."""
    give_domain(stack, speakers=speakers, options=options)


@pytest.mark.parametrize(
    ("speaker", "status"),
    [
        ({"CustomerSpeakerId": "speaker-1", "Status": "ENROLLED"}, "ENROLLED"),
        ({"CustomerSpeakerId": "speaker-1", "Status": "OPTED_OUT"}, "OPTED_OUT"),
        ({"CustomerSpeakerId": "speaker-1", "Status": "EXPIRED"}, None),
        ({"CustomerSpeakerId": "somebody-else", "Status": "ENROLLED"}, None),
    ],
)
def test_V2_where_the_record_does_not_tell_a_domain_that_answers_is_asked(
    speaker: dict[str, Any], status: str | None
) -> None:
    stack = stack_with_fields()
    domain(stack, speaker)
    stack.play_records(voice_call(said={"SpeakerEnrolled": True, "SpeakerOptedOut": True}))
    assert fields_of(stack) == ("speaker-1", status)
    assert stack.connect.requests["DescribeSpeaker"] == 1


@pytest.mark.parametrize("status", ["PENDING", "ASLEEP"])
def test_V2_a_speaker_who_is_neither_enrolled_nor_opted_out_yet_changes_nothing(status: str) -> None:
    stack = stack_with_fields()
    domain(stack, {"CustomerSpeakerId": "speaker-1", "Status": status})
    stack.play_records(voice_call(said={"Result": "Inconclusive"}))
    assert about_users(stack) == {}


def test_V2_a_record_that_tells_is_believed_without_asking() -> None:
    stack = stack_with_fields()
    domain(stack)
    stack.play_records(voice_call(said=ENROLS))
    assert stack.connect.requests["DescribeSpeaker"] == 0


@pytest.mark.parametrize("how", ["denied", "unreachable"])
def test_V2_a_domain_that_does_not_answer_is_reported_once_and_asked_once_an_hour(how: Any) -> None:
    stack = stack_with_fields()
    domain(stack, options=Options(voice_id=how))
    unclear = {"SpeakerEnrolled": True, "SpeakerOptedOut": True}
    with Logs() as logs:
        for number in range(3):
            stack.play_records(voice_call(f"contact-{number}", minute=number, said=unclear))
        assert stack.connect.requests["DescribeSpeaker"] == 1
        stack.play_records(voice_call("contact-9", minute=90, said=unclear))
    assert stack.connect.requests["DescribeSpeaker"] == 2
    assert logs.metrics["VoiceIdUnavailable"] == 1
    assert about_users(stack) == {}
    assert stack.messages.dead_letters == []


def test_V2_without_a_domain_nobody_is_asked() -> None:
    stack = stack_with_fields()
    stack.play_records(voice_call(said={"SpeakerEnrolled": True, "SpeakerOptedOut": True}))
    assert stack.connect.requests["DescribeSpeaker"] == 0


def test_V2_a_partners_speaker_is_nobody_that_voice_id_knows() -> None:
    stack = stack_with_fields(**ATTRIBUTES)
    domain(stack, {"CustomerSpeakerId": "speaker-1", "Status": "OPTED_OUT"})
    stack.play_records(told_by_partner(status="pending"))
    assert stack.connect.requests["DescribeSpeaker"] == 0
    assert about_users(stack) == {}


_EMISSIONS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.integers(0, 9).map(lambda minute: f"2026-11-02T09:0{minute}:00+00:00"),
        st.just("2026-11-02T09:00:00+00:00"),
        st.just("speaker-1"),
        st.sampled_from(["ENROLLED", "OPTED_OUT"]),
        st.booleans(),
    ).map(list),
    min_size=1,
    max_size=9,
)


@given(_EMISSIONS)
def test_V3_what_is_left_out_of_a_contacts_emissions_makes_no_difference(said: list[Any]) -> None:
    everything, kept = [Emission(*item) for item in said], [Emission(*item) for item in shortened(said)]
    newest, since = latest(kept)
    assert ((newest.id, newest.status), since) == (
        ("speaker-1", latest(everything)[0].status),
        latest(everything)[1],
    )


# Messages


@pytest.mark.parametrize(
    "body",
    [
        '{"detail-type": "Shoe Size", "detail": {"contact": "contact-1"}}',
        '{"detail-type": "Ticket Linked", "detail": {"contact": 7}}',
        '{"detail-type": "Contact Record", "detail": {}}',
        "not JSON",
    ],
)
def test_what_is_no_message_of_this_queue_is_a_dead_letter(body: str) -> None:
    stack = stack_with_fields()
    stack.messages.send(body, queue="authentications")
    stack.run(until=None)
    assert stack.letter()["source"] == "voice_id_sync"


def test_a_contact_of_which_nothing_was_kept_is_linked_without_more_ado() -> None:
    stack = stack_with_fields()
    stack.messages.publish("Ticket Linked", {"contact": "contact-1", "ticket": 1})
    stack.run(until=None)
    assert stack.requests_made() == {}
    assert stack.messages.dead_letters == []
