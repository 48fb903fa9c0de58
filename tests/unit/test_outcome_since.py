"""What came of events that are sent to a laptop that runs already: nothing of what was there before."""

from __future__ import annotations

from typing import Any

from local.replay.outcome import since

NOTE = {"kind": "comment", "public": False, "body": "a note"}


def outcome(**parts: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"tickets": [], "users": [], "pops": [], "tasks": [], "requests": {}, "later": [],
                             "dead_letters": []}  # fmt: skip
    return {**empty, **parts}


def ticket(number: int, *comments: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": number, "requester_id": 101, "assignee_id": None, "comments": list(comments), **fields}


def test_nothing_new_is_nothing() -> None:
    there = outcome(
        tickets=[ticket(1, NOTE)], users=[{"id": 101}], requests={"GET /x": 3}, pops=[{"agent": 1}]
    )
    assert since(there, there) == outcome()


def test_of_a_ticket_that_was_there_only_what_is_new_is_shown() -> None:
    before = outcome(tickets=[ticket(1, NOTE), ticket(2, NOTE)])
    new = {**NOTE, "body": "another"}
    after = outcome(tickets=[ticket(1, NOTE, new), ticket(2, NOTE), ticket(3, NOTE)])
    assert since(before, after)["tickets"] == [
        ticket(1, new, earlier_comments=1),
        ticket(3, NOTE),
    ]


def test_requests_are_those_since_and_users_those_who_are_named() -> None:
    people = [{"id": 101}, {"id": 102}, {"id": 901}]
    before = outcome(users=people, requests={"GET /x": 3, "GET /y": 1}, dead_letters=[{"source": "a"}])
    after = outcome(
        users=[*people, {"id": 103}],
        requests={"GET /x": 5, "GET /y": 1, "POST /z": 1},
        pops=[{"agent": 901, "ticket": 1}],
        dead_letters=[{"source": "a"}, {"source": "b"}],
    )
    came = since(before, after)
    assert came["requests"] == {"GET /x": 2, "POST /z": 1}
    assert [user["id"] for user in came["users"]] == [901, 103]
    assert came["dead_letters"] == [{"source": "b"}]
