"""The look-up block (F1): what a flow built for the existing add-on asks, and the fields that it gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger import snapshots
from connect_zendesk.rules.contacts.lookups import (
    TicketById,
    TicketsRequestedBy,
    UserById,
    UsersByEmail,
    UsersByPhone,
)
from connect_zendesk.rules.flows import flow_answer, flow_request
from connect_zendesk.workflows.flows.look_up import _KINDS
from tests.flows import asks, flow_event
from tests.records import ANA, ANAS_NUMBER, BEN, BENS_NUMBER, NINE, STRANGERS_NUMBER, call
from tests.stack import Stack

SEARCH = "GET /api/v2/users/search"
REQUESTED = "GET /api/v2/users/{id}/tickets/requested"
MEMBER: dict[str, Any] = {
    "id": 150,
    "name": "Zoë van der Berg",
    "phone": "+441632960150",
    "email": "zoe@example.com",
    "external_id": "crm-150",
    "locale": "nl",
    "organization_id": 77,
    "tags": ["vip", "german"],
    "user_fields": {"membership": "M-150", "points": 12, "gold": True, "suspended": "no", "since": None},
}
SOLVED = "2026-11-02T08:30:00Z"


def stack_with(*tickets: dict[str, Any], users: tuple[dict[str, Any], ...] = (MEMBER,)) -> Stack:
    return Stack(users=users, tickets=tickets)


def ticket(number: int, requester: int = BEN, hours_old: float = 1, **fields: Any) -> dict[str, Any]:
    moment = (NINE - timedelta(hours=hours_old)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": number, "requester_id": requester, "status": "open", "subject": f"Subject {number}",
        "created_at": moment, "updated_at": moment, **fields,
    }  # fmt: skip


def look_up(stack: Stack, search_by: str, event: Any = None, **parameters: Any) -> Any:
    given = event or {}
    return stack.invoke_flow("customer_lookup", flow_event(**given, parameters=asks(search_by, **parameters)))


def snapshot_of(stack: Stack, contact: str = "contact-1") -> snapshots.Snapshot:
    snapshot = snapshots.snapshot_of(stack.services.ledger, contact)
    assert snapshot is not None
    return snapshot


def test_every_kind_of_the_contract_is_there() -> None:
    assert set(_KINDS) == set(flow_request.BY_NAME)


def test_F1_a_user_has_the_names_of_the_add_on_all_as_text() -> None:
    assert look_up(stack_with(), "zendesk_user", zendesk_user="150") == {
        "status": "ok",
        "results_count": "1",
        "zendesk_user": "150",
        "customer_name": "Zoë van der Berg",
        "customer_number": "+441632960150",
        "external_id": "crm-150",
        "user_name": "Zoë",
        "user_surname": "van der Berg",
        "user_email": "zoe@example.com",
        "user_role": "end-user",
        "user_locale": "nl",
        "time_zone": "Etc/UTC",
        "organization": "77",
        "suspended": "false",  # a user field of this name overwrites nothing
        "membership": "M-150",
        "points": "12",
        "gold": "true",
        "since": "",
    }


def test_F1_a_ticket_has_the_names_of_the_add_on_all_as_text() -> None:
    found = look_up(stack_with(ticket(5001, brand_id=3)), "zendesk_ticket", zendesk_ticket="5001")
    assert found == {
        "status": "ok",
        "results_count": "1",
        "zendesk_ticket": "5001",
        "zendesk_user": str(BEN),
        "ticket_subject": "Subject 5001",
        "ticket_status": "open",
        "ticket_brand": "3",
    }


def test_F1_a_caller_known_by_number_takes_one_request() -> None:
    stack = stack_with()
    found = look_up(stack, "calling_user", {"caller": BENS_NUMBER})
    assert (found["status"], found["zendesk_user"], found["results_count"]) == ("ok", str(BEN), "1")
    assert stack.requests_made() == {SEARCH: 1}


@pytest.mark.parametrize("address", ["anonymous", None, "+anonymous", "sip:anonymous@anonymous.invalid", ""])
def test_C4_a_withheld_number_makes_no_search(address: str | None) -> None:
    stack = stack_with()
    assert look_up(stack, "calling_user", {"caller": address}) == {
        "status": "not found",
        "results_count": "0",
    }
    assert stack.requests_made() == {}


def test_C4_the_numbers_attribute_is_not_the_callers_number() -> None:
    stack = stack_with()
    attributes = {"customer_number": ANAS_NUMBER, "zendesk_user": str(ANA)}
    found = look_up(stack, "calling_user", {"caller": BENS_NUMBER, "attributes": attributes})
    assert found["zendesk_user"] == str(BEN)


CASES_C5 = {
    "another country's number with the same end": ([{"id": 201, "phone": "+3342071838999"}], None, 0),
    "suspended": ([{"id": 201, "phone": "+442071838999", "suspended": True}], None, 0),
    "one who shares it": ([{"id": 201, "phone": "+442071838999", "shared_phone_number": True}], "201", 1),
    "direct beats shared": (
        [
            {"id": 201, "phone": "+442071838999", "shared_phone_number": True},
            {"id": 202, "phone": "+44 20 7183 8999", "shared_phone_number": False},
        ],
        "202",
        1,
    ),
    "two who share it": (
        [
            {"id": 201, "phone": "+442071838999", "shared_phone_number": True},
            {"id": 202, "phone": "+442071838999", "shared_phone_number": True},
        ],
        None,
        2,
    ),
}


@pytest.mark.parametrize("case", CASES_C5)
def test_C5_the_caller_is_matched_as_tickets_are(case: str) -> None:
    users, expected, count = CASES_C5[case]
    found = look_up(stack_with(users=tuple(users)), "calling_user", {"caller": "+442071838999"})
    assert found["status"] == ("ok" if expected else "not found")
    assert found.get("zendesk_user") == expected
    assert found["results_count"] == str(count)


def test_F1_the_deprecated_kind_answers_with_user_and_ticket() -> None:
    stack = stack_with(ticket(5001, hours_old=3), ticket(5002, hours_old=2), ticket(5003, status="solved"))
    event = flow_event(caller=BENS_NUMBER, parameters={"action": "find_calling_user"})
    found = stack.invoke_flow("customer_lookup", event)
    assert (found["status"], found["customer_name"], found["user_surname"]) == ("ok", "Ben Okafor", "Okafor")
    assert (found["zendesk_ticket"], found["open_tickets"], found["results_count"]) == ("5002", "2", "2")
    assert stack.requests_made() == {SEARCH: 1, REQUESTED: 1}


def test_F1_the_deprecated_kind_tells_of_a_caller_without_tickets() -> None:
    found = look_up(stack_with(ticket(5001, status="closed")), "find_calling_user", {"caller": BENS_NUMBER})
    assert (found["status"], found["zendesk_user"], found["open_tickets"]) == ("ok", str(BEN), "0")
    assert "zendesk_ticket" not in found


RECENT = {
    "newest update wins": (
        [ticket(1, hours_old=9), ticket(2, hours_old=8), ticket(3, hours_old=7, updated_at=SOLVED)],
        {},
        ("3", "3"),
    ),
    "not solved, not closed": (
        [ticket(1, status="solved"), ticket(2, status="closed"), ticket(3, status="hold")],
        {},
        ("3", "1"),
    ),
    "created within 72 hours": ([ticket(1, hours_old=71.9), ticket(2, hours_old=72.1)], {}, ("1", "1")),
    "created, not updated": ([ticket(1, hours_old=73, updated_at=SOLVED)], {}, (None, "0")),
    "hours of one's own": ([ticket(1, hours_old=2)], {"recent_hours": "1.5"}, (None, "0")),
    "unreadable hours": ([ticket(1, hours_old=71)], {"recent_hours": "many"}, ("1", "1")),
    "nobody else's": ([ticket(1, requester=ANA)], {}, (None, "0")),
}


@pytest.mark.parametrize("case", RECENT)
def test_F1_the_most_recent_ticket(case: str) -> None:
    tickets, parameters, (number, count) = RECENT[case]
    stack = stack_with(*tickets)
    found = look_up(stack, "most_recent_ticket", zendesk_user=str(BEN), **parameters)
    assert found["status"] == ("ok" if number else "not found")
    assert (found.get("zendesk_ticket"), found["results_count"]) == (number, count)
    assert stack.requests_made() == {REQUESTED: 1}


FIND_ZOE = {
    "custom_field": {"membership": "M-150"},
    "custom_field, a word with a colon": {"membership": "M:150"},
    "custom_field, with what is only carried on": {
        "membership": "M-150",
        "language": "fr",
        "carry_on": "language",
    },
    "user_email": {"user_email": "ZOE@example.com"},
    "user_email, as an attribute names it": {"customer_email": "zoe@example.com"},
    "external_id": {"external_id": "crm-150"},
}


@pytest.mark.parametrize("case", FIND_ZOE)
def test_F1_a_user_is_found_by(case: str) -> None:
    users = (MEMBER | {"user_fields": {"membership": FIND_ZOE[case].get("membership", "")}},)
    stack = stack_with(users=users)
    found = look_up(stack, case.partition(",")[0], **FIND_ZOE[case])
    assert (found["status"], found["zendesk_user"], found["results_count"]) == ("ok", "150", "1")
    assert stack.requests_made() == {SEARCH: 1}


@pytest.mark.parametrize("word", ["", "none", "-", "Timeout", "null", "*", ' "" '])
@pytest.mark.parametrize("kind", ["custom_field", "user_email", "external_id", "template"])
def test_S2_what_a_flow_has_where_nothing_was_entered_finds_nobody(kind: str, word: str) -> None:
    parameters = {
        "custom_field": {"membership": word},
        "user_email": {"user_email": word},
        "external_id": {"external_id": word},
        "template": {"search_template": "type:user membership:{number}", "number": word},
    }[kind]
    stack = stack_with(
        users=({"id": 151, "name": "Nobody in particular", "user_fields": {"membership": None}},)
    )
    assert look_up(stack, kind, **parameters)["status"] == "not found"
    assert stack.requests_made() == {}


def test_F1_a_template_answers_with_its_first_result() -> None:
    stack = stack_with(ticket(5001, subject="Parcel"), ticket(5002, subject="Parcel again"))
    found = look_up(
        stack,
        "template",
        search_template="type:ticket requester:{who} subject:{words}",
        who=str(BEN),
        words="parcel",
        sort_by="updated_at",
        sort_order="desc",
    )
    assert (found["status"], found["results_count"], found["ticket_status"]) == ("ok", "2", "open")
    assert stack.requests_made() == {"GET /api/v2/search": 1}


def test_F1_a_template_prefers_the_direct_line_of_users_with_one_number() -> None:
    users = (
        {"id": 201, "phone": "+442071838999", "shared_phone_number": True},
        {"id": 202, "phone": "+442071838999", "shared_phone_number": False},
    )
    template = "type:user phone:{number}"
    found = look_up(stack_with(users=users), "template", search_template=template, number="442071838999")
    assert (found["zendesk_user"], found["results_count"]) == ("202", "2")


def test_F1_a_caller_cannot_put_operators_into_a_template() -> None:
    stack = stack_with(ticket(5001), ticket(5002, requester=ANA))
    template = "type:ticket requester:{who}"
    found = look_up(stack, "template", search_template=template, who=f'0 requester:{ANA} "type:user')
    assert found["status"] == "not found"


def test_F1_return_fields_are_copied_from_the_result() -> None:
    found = look_up(
        stack_with(),
        "zendesk_user",
        zendesk_user="150",
        return_fields="tags, verified,nonsense,name,user_fields",
    )
    assert (found["tags"], found["verified"]) == ("vip,german", "false")
    assert found["name"] == "Zoë van der Berg"
    assert not {"nonsense", "user_fields"} & found.keys()


@pytest.mark.parametrize("user", ["150", "999", "nobody"])
def test_F1_carry_on_is_copied_from_the_parameters_whatever_the_result(user: str) -> None:
    found = look_up(
        stack_with(), "zendesk_user", zendesk_user=user, carry_on="menu, status,gone", menu="2", status="mine"
    )
    assert found["menu"] == "2"
    assert found["status"] == {"150": "ok", "999": "not found", "nobody": "bad request"}[user]
    assert "gone" not in found


BAD = {
    "no kind": {},
    "a kind that is none": {"search_by": "everything"},
    "a user without id": {"search_by": "zendesk_user"},
    "a ticket that is no number": {"search_by": "zendesk_ticket", "zendesk_ticket": "4711a"},
    "recent tickets of nobody": {"search_by": "most_recent_ticket", "zendesk_user": ""},
    "no template": {"search_by": "template"},
    "a place that nothing fills": {"search_by": "template", "search_template": "type:user name:{who}"},
    "a place that is a keyword": {"search_by": "template", "search_template": "type:user name:{search_by}"},
    "an open brace": {"search_by": "template", "search_template": "type:user name:{who"},
    "two custom fields": {"search_by": "custom_field", "one": "1", "two": "2"},
    "no custom field": {"search_by": "custom_field"},
    "a custom field that is a search": {"search_by": "custom_field", "name:x role": "1"},
    "a custom field that would find agents": {"search_by": "custom_field", "role": "admin"},
    "no address": {"search_by": "user_email", "user_email": "ana"},
    "no external id": {"search_by": "external_id"},
}


@pytest.mark.parametrize("case", BAD)
def test_F1_what_cannot_be_asked_is_a_bad_request(case: str) -> None:
    stack = stack_with()
    event = flow_event(parameters=BAD[case])
    assert stack.invoke_flow("customer_lookup", event) == {"status": "bad request"}
    assert stack.requests_made() == {}


def test_acceptance_finds_what_the_flow_left() -> None:
    stack = stack_with(ticket(5001))
    event = {"caller": BENS_NUMBER, "attributes": {"recent_ticket_timeout": "60", "sak": "secret"}}
    look_up(stack, "find_calling_user", event)
    stack.clock.move_by(timedelta(minutes=2))
    look_up(stack, "zendesk_ticket", event, zendesk_ticket="5001")
    look_up(stack, "user_email", event, user_email="zoe@example.com")
    look_up(stack, "zendesk_user", event, zendesk_user="999")
    snapshot, now = snapshot_of(stack), stack.clock()
    assert (snapshot.leg.customer_address, snapshot.leg.began) == (BENS_NUMBER, NINE)
    assert snapshot.leg.attributes == {"recent_ticket_timeout": "60"}

    def known(asked: Any) -> Any:
        answer = snapshot.answer(asked, now)
        assert answer is not None, asked
        return answer.value

    assert [user.id for user in known(UsersByPhone(BENS_NUMBER))] == [BEN]
    assert [found.id for found in known(TicketsRequestedBy(BEN, NINE - timedelta(hours=1)))] == [5001]
    assert known(TicketById(5001)).requester == BEN
    assert [user.id for user in known(UsersByEmail("zoe@example.com"))] == [150]
    assert known(UserById(999)) is None
    assert snapshot.answer(TicketsRequestedBy(BEN, NINE - timedelta(hours=80)), now) is None


def test_what_was_found_of_tickets_does_not_grow_younger_when_the_copy_is_made_again() -> None:
    stack = stack_with(ticket(5001))
    look_up(stack, "zendesk_ticket", zendesk_ticket="5001")
    look_up(stack, "calling_user")
    stack.clock.move_by(snapshots.TICKETS_HOLD + timedelta(seconds=1))
    look_up(stack, "remember")
    snapshot = snapshot_of(stack)
    assert snapshot.answer(TicketById(5001), stack.clock()) is None
    assert snapshot.answer(UsersByPhone(ANAS_NUMBER), stack.clock()) is not None


def test_a_page_full_of_tickets_is_known_only_as_far_back_as_it_goes() -> None:
    many = [ticket(number, hours_old=number / 10) for number in range(1, 121)]
    stack = stack_with(*many)
    found = look_up(stack, "most_recent_ticket", zendesk_user=str(BEN))
    assert (found["zendesk_ticket"], found["results_count"]) == ("1", "100")
    snapshot = snapshot_of(stack)
    reached = NINE - timedelta(hours=10)
    assert snapshot.answer(TicketsRequestedBy(BEN, reached), NINE) is not None
    assert snapshot.answer(TicketsRequestedBy(BEN, reached - timedelta(seconds=1)), NINE) is None


def test_remember_leaves_the_copy_and_asks_nothing() -> None:
    stack = stack_with()
    assert look_up(stack, "remember", {"attributes": {"a": "b"}}, carry_on="x", x="1") == {
        "status": "ok",
        "x": "1",
    }
    assert stack.requests_made() == {}
    assert snapshot_of(stack).leg.attributes == {"a": "b"}


def test_T12_a_later_leg_leaves_no_copy() -> None:
    stack = stack_with()
    look_up(stack, "calling_user", {"contact": "leg-2", "first_leg": "contact-1"})
    assert snapshots.snapshot_of(stack.services.ledger, "contact-1") is None


def test_C8_a_caller_made_a_user_a_moment_ago_is_found_before_the_index_knows() -> None:
    stack = Stack()
    stack.deliver_records(call(caller=STRANGERS_NUMBER, updated=timedelta(0)))
    made = stack.ticket()["requester_id"]
    stack.requests_made()
    found = look_up(stack, "calling_user", {"contact": "contact-2", "caller": STRANGERS_NUMBER})
    assert (found["status"], found["zendesk_user"]) == ("ok", str(made))


def test_the_fields_told_of_are_those_answered() -> None:
    stack = stack_with(ticket(5001))
    user = look_up(stack, "zendesk_user", zendesk_user="150")
    told = {field.name for field in flow_answer.USER_FIELDS} | {"status", "results_count"}
    assert told | MEMBER["user_fields"].keys() == user.keys()
    found = look_up(stack, "zendesk_ticket", zendesk_ticket="5001")
    assert {field.name for field in flow_answer.TICKET_FIELDS} | {"status", "results_count"} == found.keys()
