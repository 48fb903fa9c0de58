"""Numbers in the notations that channels send and users have, and contacts without one (S7, C1, C4, C5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.case_files import case_file, play
from tests.records import ANA, ANAS_NUMBER, NINE, call
from tests.stack import Stack

SEARCH, NEW_USER = "GET /api/v2/users/search", "POST /api/v2/users"
ZOE = 550


def zoe(phone: str, **user: Any) -> dict[str, Any]:
    return {"id": ZOE, "name": "Zoe", "phone": phone, **user}


def alike(users: int) -> list[dict[str, Any]]:
    """Return users of another country whose number ends like Zoe's."""
    other = {"name": "In the USA", "phone": "+11632960777", "shared_phone_number": True}
    return [{"id": 2000 + number, **other} for number in range(users)]


def requester_of(result: dict[str, Any]) -> str:
    """Return the name of the user who requested the only ticket that was made here."""
    (ticket,) = (ticket for ticket in result["tickets"] if ticket["external_id"])
    return str({user["id"]: user["name"] for user in result["users"]}[ticket["requester_id"]])


def text_of(ticket: dict[str, Any]) -> str:
    return "\n".join(comment["body"] for comment in ticket["comments"] if comment["kind"] == "comment")


def web_call(**changes: Any) -> dict[str, Any]:
    return call(caller=None, InitiationMethod="WEBRTC_API", SystemEndpoint=None, **changes)


# S7


def test_S7_a_whatsapp_number_with_mexicos_retired_1_is_recognised() -> None:
    assert requester_of(play(case_file("whatsapp-mexico"))) == "Sofía"


def test_S7_F1_a_flow_is_answered_the_user_whose_number_a_sip_address_holds() -> None:
    (answer,) = play(case_file("flow-sip-lookup"))["flow_answers"]
    assert (answer["status"], answer["zendesk_user"], answer["menu_choice"]) == ("ok", str(ANA), "2")


@pytest.mark.parametrize(
    "caller", [f"sip:{ANAS_NUMBER}@trunk.example.com", f"tel:{ANAS_NUMBER};ext=7", f"whatsapp:{ANAS_NUMBER}"]
)
def test_S7_the_caller_is_recognised_in_other_clothes(caller: str) -> None:
    stack = Stack()
    stack.play_records(call(caller=caller))
    assert stack.ticket()["requester_id"] == ANA


# C1, C4


def new_users(stack: Stack) -> list[dict[str, Any]]:
    return [
        user for user in stack.zendesk.users() if (user["external_id"] or "").startswith("amazon-connect:")
    ]


def test_C4_the_same_text_again_is_the_same_new_user_whenever_it_comes() -> None:
    stack = Stack()
    texts = ["sip:zoe@example.com", "SIP:Zoe@example.com", "sip:yan@example.com"]
    for day, text in enumerate(texts):
        stack.play_records(call(f"c-{day}", caller=text, began=NINE + timedelta(days=10 * day)))
    assert [(user["name"], user["phone"]) for user in new_users(stack)] == [("zoe", None), ("yan", None)]
    first, again, other = (ticket["requester_id"] for ticket in stack.zendesk.tickets())
    assert first == again != other
    assert [ticket["subject"] for ticket in stack.zendesk.tickets()][:1] == ["Incoming call from zoe"]


def test_C4_a_text_that_is_too_long_for_an_external_id_makes_one_user_all_the_same() -> None:
    stack = Stack()
    text = f"sip:zoe@{'x' * 240}.example.com"
    stack.play_records(call("one", caller=text), call("two", caller=text, began=NINE + timedelta(days=10)))
    (user,) = new_users(stack)
    assert len(user["external_id"]) < 100


def test_C1_T5_M4_a_web_call_is_recognised_by_its_address() -> None:
    result = play(case_file("webrtc-named"))
    assert requester_of(result) == "Ana Silva"
    (ticket,) = (ticket for ticket in result["tickets"] if ticket["external_id"])
    assert ticket["subject"] == "Web call from Ana Silva"
    details = text_of(ticket)
    assert "Web call" in details
    assert "From: Ana Silva" in details
    assert "To: Support" in details


def test_C1_T5_M4_another_address_and_name_make_a_user_of_that_name() -> None:
    stack = Stack()
    given = {"customer_name": "Zoe Quill", "customer_email": "zoe@example.com"}
    stack.play_records(web_call(attributes=given))
    (user,) = new_users(stack)
    assert (user["name"], user["email"], user["phone"]) == ("Zoe Quill", "zoe@example.com", None)
    ticket = stack.ticket()
    assert (ticket["requester_id"], ticket["subject"]) == (user["id"], "Web call from Zoe Quill")
    assert "From: Zoe Quill" in text_of(ticket)


def test_C1_M4_a_web_call_of_which_nothing_is_known_says_what_it_is() -> None:
    result = play(case_file("webrtc"))
    assert requester_of(result) == "Anonymous caller"
    (ticket,) = (ticket for ticket in result["tickets"] if ticket["external_id"])
    assert ticket["subject"] == "Web call from an anonymous caller"
    details = text_of(ticket)
    assert "From: Web call" in details
    assert "To: Support" in details
    (voice,) = (comment["data"] for comment in ticket["comments"] if comment["kind"] == "voice_comment")
    assert (voice["from"], voice["to"]) == ("Web call", "Support")


# C5


def test_C5_a_user_with_a_national_notation_that_inserts_digits_is_found() -> None:
    result = play(case_file("argentina-national"))
    assert requester_of(result) == "Julia"
    assert len(result["users"]) == 2


@pytest.mark.parametrize(
    ("stored", "caller", "country"),
    [
        ("+44 1632 960777 ext. 5", "+441632960777", None),
        ("01632 960777 x5", "+441632960777", "GB"),
        ("+55 11 8765-4321", "+5511987654321", None),
        ("+5511987654321", "+551187654321", None),
        ("+52 1 55 1234 5678", "+525512345678", None),
        ("+54 11 2345-6789", "+5491123456789", None),
        ("420-1234", "+12464201234", "BB"),
    ],
)
def test_C5_a_stored_notation_is_found_with_one_search_and_no_second_user_is_made(
    stored: str, caller: str, country: str | None
) -> None:
    stack = Stack(users=[zoe(stored)], default_country=country)
    stack.know_agents()
    stack.play_records(call(caller=caller))
    assert stack.ticket()["requester_id"] == ZOE
    assert stack.requests_made()[SEARCH] == 1


def test_C5_a_match_behind_the_first_page_is_found() -> None:
    stack = Stack(users=[*alike(205), zoe("+441632960777", id=9000)])
    stack.know_agents()
    stack.play_records(call(caller="+441632960777"))
    assert stack.ticket()["requester_id"] == 9000
    requests = stack.requests_made()
    assert requests[SEARCH] == 3
    assert NEW_USER not in requests


def test_C5_a_second_match_behind_the_first_page_makes_the_customer_ambiguous() -> None:
    shared = {"shared_phone_number": True}
    both = zoe("+441632960777", **shared), zoe("+441632960777", id=9000, **shared)
    stack = Stack(users=[both[0], *alike(120), both[1]])
    stack.play_records(call(caller="+441632960777"))
    assert "T5: Several users match the customer" in str(stack.ticket()["comments"])
