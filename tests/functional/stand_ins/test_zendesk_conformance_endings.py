"""Tickets deleted, merged, tagged and changed in bulk: facts/zendesk.md 2.1, 2.4 and 4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.stand_ins.account import NOTE, WORLD, Account, reason


def test_2_4_deleted_ticket_is_not_found_and_listed_for_thirty_days() -> None:
    account = Account()
    ticket = account.created(subject="Hi", external_id="x")
    assert account.delete(f"tickets/{ticket}").status == 204
    for response in (
        account.get(f"tickets/{ticket}"),
        account.put(ticket, subject="b"),
        account.delete(f"tickets/{ticket}"),
    ):
        assert (response.status, response.json()["error"]) == (404, "RecordNotFound")
    assert account.get("tickets", external_id="x").json()["tickets"] == []
    (gone,) = account.get("deleted_tickets").json()["deleted_tickets"]
    assert (gone["id"], gone["subject"], gone["previous_state"]) == (ticket, "Hi", "new")
    account.later(30 * 86_400)
    account.token = account.issue().json()["access_token"]
    assert account.get("deleted_tickets").json()["deleted_tickets"] == []


def test_2_4_deleted_ticket_can_be_restored_or_deleted_for_good() -> None:
    account = Account()
    ticket = account.created()
    account.delete(f"tickets/{ticket}")
    assert account.send("PUT", f"/api/v2/deleted_tickets/{ticket}/restore").status == 200
    assert account.get(f"tickets/{ticket}").status == 200
    account.delete(f"tickets/{ticket}")
    assert account.job(account.delete(f"deleted_tickets/{ticket}"))["status"] == "completed"
    assert account.send("PUT", f"/api/v2/deleted_tickets/{ticket}/restore").status == 404


@pytest.mark.parametrize(("tagged", "tags"), [(True, ["vip", "closed_by_merge"]), (False, ["vip"])])
def test_2_4_merged_ticket_is_closed_and_perhaps_tagged(tagged: bool, tags: list[str]) -> None:
    account = Account(merge_tags_source=tagged)
    source, target = account.created(tags=["vip"]), account.created()
    asked = {"ids": [source], "target_comment": "Joined", "source_comment_is_public": True}
    job = account.job(account.post(f"tickets/{target}/merge", asked))
    assert (job["status"], job["results"][0]["success"]) == ("completed", True)
    merged = account.ticket(source)
    assert (merged["status"], merged["tags"]) == ("closed", tags)
    assert merged["comments"][-1]["public"] is True
    assert account.ticket(target)["comments"][-1]["body"] == "Joined"
    assert "closed prevents ticket update" in reason(account.put(source, comment=NOTE), "status")


@pytest.mark.parametrize(
    ("ids", "status"), [([], 400), (None, 400), ([1], 400), (["x"], 400), ([4711], 404), ([3], 422)]
)
def test_2_4_merge_of_what_cannot_be_is_refused(ids: Any, status: int) -> None:
    tickets = [{"id": 1, "requester_id": 7001}, {"id": 3, "requester_id": 7001, "status": "closed"}]
    account = Account({**WORLD, "tickets": tickets})
    assert account.post("tickets/1/merge", {"ids": ids}).status == status
    assert account.ticket(1)["comments"] == []


def test_2_1_tags_are_set_added_to_and_removed_at_their_own_path() -> None:
    account = Account()
    ticket = account.created(tags=["one"])
    path = f"/api/v2/tickets/{ticket}/tags"
    for method, tags, status, left in (
        ("PUT", ["two"], 200, ["one", "two"]), ("DELETE", ["one", "none"], 200, ["two"]),
        ("POST", ["three"], 201, ["three"]), ("GET", [], 200, ["three"]),
    ):  # fmt: skip
        response = account.send(method, path, {"tags": tags})
        assert (response.status, response.json()) == (status, {"tags": left})


def test_2_1_path_that_adds_tags_can_be_missing() -> None:
    account = Account(tags_path_appends=False)
    ticket = account.created(tags=["one"])
    response = account.send("PUT", f"/api/v2/tickets/{ticket}/tags", {"tags": ["two"]})
    assert (response.status, response.json()["error"]["title"]) == (404, "InvalidEndpoint")
    assert account.ticket(ticket)["tags"] == ["one"]


def test_2_1_additional_tags_mean_something_in_bulk_only() -> None:
    account = Account()
    one, two = account.created(tags=["a", "b"]), account.created()
    account.put(one, additional_tags=["c"])
    assert account.ticket(one)["tags"] == ["a", "b"]
    asked = {"ticket": {"additional_tags": ["c"], "remove_tags": ["a"], "priority": "high"}}
    job = account.job(
        account.send("PUT", "/api/v2/tickets/update_many", asked, query={"ids": f"{one},{two},99"})
    )
    assert [result["success"] for result in job["results"]] == [True, True, False]
    assert [account.ticket(number)["tags"] for number in (one, two)] == [["b", "c"], ["c"]]
    batch = {"tickets": [{"id": one, "status": "solved"}, {"id": two, "status": "open"}]}
    account.job(account.send("PUT", "/api/v2/tickets/update_many", batch))
    assert [account.ticket(number)["status"] for number in (one, two)] == ["solved", "open"]


def test_2_1_many_tickets_are_shown_and_deleted_at_once() -> None:
    account = Account()
    one, two = account.created(), account.created()
    shown = account.get("tickets/show_many", ids=f"{two},99,{one}").json()["tickets"]
    assert [ticket["id"] for ticket in shown] == [two, one]
    assert account.get("tickets/show_many", ids=",".join("1" * 101)).status == 400
    deleted = account.send("DELETE", "/api/v2/tickets/destroy_many", query={"ids": f"{one},{two}"})
    account.job(deleted)
    assert account.zendesk.tickets() == []


def test_4_thirty_jobs_at_once() -> None:
    account = Account()
    ticket = account.created()
    asked, query = {"ticket": {"priority": "high"}}, {"ids": ticket}
    answers = [account.send("PUT", "/api/v2/tickets/update_many", asked, query=query) for _ in range(31)]
    assert [answer.status for answer in answers] == [200] * 30 + [429]
    assert answers[0].headers["zendesk-ratelimit-inflight-jobs"] == "total=30; remaining=30"
    assert answers[30].json()["error"] == "TooManyJobs"
    account.later(2)
    assert account.send("PUT", "/api/v2/tickets/update_many", asked, query=query).status == 200
    assert account.get("job_statuses/none").status == 404


def test_4_deletions_have_a_limit_of_their_own() -> None:
    account = Account({**WORLD, "plan": {"ticket_deletions_per_minute": 1}})
    one, two = account.created(), account.created()
    assert [account.delete(f"tickets/{number}").status for number in (one, two)] == [204, 429]


def test_macro_is_made_changed_listed_and_deleted() -> None:
    account = Account()
    actions = [{"field": "current_tags", "value": "task"}, {"field": "status", "value": "open"}]
    made = account.post("macros", {"macro": {"title": "Call back", "actions": actions}})
    assert made.status == 201
    number = made.json()["macro"]["id"]
    assert [macro["id"] for macro in account.get("macros", active="true").json()["macros"]] == [number]
    assert account.send("PUT", f"/api/v2/macros/{number}", {"macro": {"active": False}}).status == 200
    assert account.get("macros", active="true").json()["macros"] == []
    assert account.delete(f"macros/{number}").status == 204
    assert account.get(f"macros/{number}").status == 404
    assert reason(account.post("macros", {"macro": {"title": "x"}}), "actions")


def test_2_4_merge_happens_when_its_job_is_due_whoever_looks() -> None:
    account = Account()
    source, target = account.created(), account.created()
    account.post(f"tickets/{target}/merge", {"ids": [source]})
    assert account.ticket(source)["status"] == "new"
    before = account.zendesk.revision
    account.later(2)
    assert account.zendesk.revision > before
    assert account.ticket(source)["status"] == "closed"
