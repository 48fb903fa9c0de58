"""Finding tickets without search: facts/zendesk.md 2.3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.stand_ins.account import AGENT, CALLER, WORLD, Account


def ticket(number: int, updated: str = "2026-11-20T09:00:00Z", **more: Any) -> dict[str, Any]:
    return {"id": number, "requester_id": 7001, "updated_at": updated, "external_id": f"x{number}", **more}


TICKETS = {
    **WORLD,
    "tickets": [
        ticket(1, "2026-11-20T09:30:00Z", status="open"),
        ticket(2, "2026-11-20T09:10:00Z", status="pending", requester_id=901),
        ticket(3, "2026-11-20T09:50:00Z", status="new"),
        ticket(4, "2026-11-20T09:20:00Z", status="closed"),
        ticket(5, "2026-06-01T09:00:00Z", status="closed"),
        ticket(6, status="closed", archived=True),
        ticket(7, status="deleted"),
    ],
}


def numbers(content: Any, name: str = "tickets") -> list[int]:
    return [entry["id"] for entry in content[name]]


@pytest.mark.parametrize(
    ("external_id", "found"), [("x1", [1]), ("x4", [4]), ("x5", []), ("x6", []), ("x7", [])]
)
def test_2_3_external_id_finds_at_once_but_no_archived_ticket(external_id: str, found: list[int]) -> None:
    response = Account(TICKETS).get("tickets", external_id=external_id)
    assert numbers(response.json()) == found
    assert response.headers["zendesk-ratelimit-tickets-index"] == "total=20000; remaining=19999; resets=60"


def test_2_3_new_ticket_is_found_by_external_id_at_once() -> None:
    account = Account()
    assert numbers(account.get("tickets", external_id="y").json()) == []
    made = account.created(external_id="y")
    assert numbers(account.get("tickets", external_id="y").json()) == [made]
    account.put(made, external_id="z")
    assert numbers(account.get("tickets", external_id="y").json()) == []


def test_2_3_archived_and_closed_tickets_are_shown_by_id() -> None:
    account = Account(TICKETS)
    assert [account.get(f"tickets/{number}").status for number in (4, 5, 6, 7, 8)] == [
        200,
        200,
        200,
        404,
        404,
    ]


def test_2_3_archiving_can_be_left_to_the_world() -> None:
    assert numbers(Account(TICKETS, archive_after=None).get("tickets", external_id="x5").json()) == [5]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("-updated_at", [3, 1, 4, 6, 5]),
        ("updated_at", [5, 6, 4, 1, 3]),
        ("-id", [6, 5, 4, 3, 1]),
        ("status", [3, 1, 4, 5, 6]),
    ],
)
def test_2_3_requested_tickets_are_sorted_by_cursor_keys(sort: str, found: list[int]) -> None:
    content = Account(TICKETS).page("users/7001/tickets/requested", page_size=100, sort=sort)
    assert numbers(content) == found


def test_2_3_requested_tickets_come_page_by_page() -> None:
    account = Account(TICKETS)
    path = "users/7001/tickets/requested"
    first = account.page(path, page_size=2, sort="-updated_at")
    assert numbers(first) == [3, 1]
    second = account.page(path, page_size=2, sort="-updated_at", page_after=first["meta"]["after_cursor"])
    assert numbers(second) == [4, 6]
    assert first["meta"]["has_more"] is second["meta"]["has_more"] is True
    last = account.page(path, page_size=2, sort="-updated_at", page_after=second["meta"]["after_cursor"])
    assert (numbers(last), last["meta"]["has_more"], last["links"]["next"]) == ([5], False, None)
    back = account.page(path, page_size=2, sort="-updated_at", page_before=second["meta"]["before_cursor"])
    assert numbers(back) == [3, 1]


def test_2_3_sort_by_beside_a_cursor_is_dropped_without_a_word() -> None:
    content = Account(TICKETS).page(
        "users/7001/tickets/requested", page_size=2, sort_by="created_at", sort_order="desc"
    )
    assert numbers(content) == [1, 3]


def test_2_3_pages_by_offset_are_sorted_with_sort_by() -> None:
    account = Account(TICKETS)
    path = "users/7001/tickets/requested"
    content = account.get(path, per_page=2, page=2, sort_by="updated_at", sort_order="desc").json()
    assert (numbers(content), content["count"]) == ([4, 6], 5)
    assert (content["next_page"][-6:], content["previous_page"][-6:]) == ("page=3", "page=1")


@pytest.mark.parametrize(
    "query",
    [
        {"page[size]": 0},
        {"page[size]": 101},
        {"page[size]": "x"},
        {"page[size]": 2, "sort": "created_at"},
        {"page[size]": 2, "page[after]": "?"},
        {"page": 0},
        {"page": 102},
    ],
)
def test_2_6_wrong_page_is_refused_in_a_list_of_errors(query: dict[str, Any]) -> None:
    response = Account(TICKETS).send("GET", "/api/v2/users/7001/tickets/requested", query=query)
    assert response.status == 400
    assert set(response.json()["errors"][0]) == {"code", "title", "detail"}


def test_2_3_requested_tickets_of_nobody_are_not_found() -> None:
    assert Account(TICKETS).get("users/4711/tickets/requested").json()["error"] == "RecordNotFound"


def test_2_3_ticket_moves_with_its_requester() -> None:
    account = Account({"users": [AGENT, CALLER], "tickets": [ticket(1)]})
    account.put(1, requester_id=901)
    assert numbers(account.get("users/7001/tickets/requested").json()) == []
    assert numbers(account.get("users/901/tickets/requested").json()) == [1]
