"""Open questions that a probe settles on a customer's account: each both ways (facts/zendesk.md)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.stand_ins.account import Account

VOICE = {"from": "+442079460101", "to": "+442079460100", "started_at": "2026-11-22T09:00:00Z"}


def account(**options: Any) -> tuple[Account, int]:
    made = Account(**options)
    ticket = {"requester_id": 7001, "comment": {"body": "Hello", "public": True}, "external_id": "mine"}
    return made, made.post("tickets", {"ticket": ticket}).json()["ticket"]["id"]


@pytest.mark.parametrize(("voice_comment_stamp", "status"), [("looked at", 409), ("ignored", 200)])
def test_2_4_an_old_stamp_beside_a_voice_comment(voice_comment_stamp: str, status: int) -> None:
    made, number = account(voice_comment_stamp=voice_comment_stamp)
    asked = {"voice_comment": VOICE, "safe_update": True, "updated_stamp": "2020-01-01T00:00:00Z"}
    assert made.put(number, **asked).status == status


@pytest.mark.parametrize(("voice_comment_metadata", "kept"), [("kept", {"step": "x"}), ("lost", None)])
def test_2_1_metadata_beside_a_voice_comment(voice_comment_metadata: str, kept: object) -> None:
    made, number = account(voice_comment_metadata=voice_comment_metadata)
    asked = {"voice_comment": VOICE, "metadata": {"amazon_connect": {"step": "x"}}}
    assert made.put(number, **asked).status == 200
    audit = made.get(f"tickets/{number}/audits").json()["audits"][-1]
    assert audit["metadata"]["custom"].get("amazon_connect") == kept


@pytest.mark.parametrize(("conflict_counts", "remaining"), [(True, 97), (False, 98)])
def test_4_a_conflict_and_the_limit_of_updates(conflict_counts: bool, remaining: int) -> None:
    made, number = account(conflict_counts=conflict_counts)
    old = {"priority": "high", "safe_update": True, "updated_stamp": "2020-01-01T00:00:00Z"}
    made.put(number, priority="low")
    assert made.put(number, **old).status == 409
    response = made.put(number, priority="high")
    assert f"remaining={remaining};" in response.headers["zendesk-ratelimit-tickets-update"]


@pytest.mark.parametrize(("lag", "found"), [(0, 1), (60, 0)])
def test_2_3_the_list_by_external_id_after_a_creation(lag: int, found: int) -> None:
    made, _ = account(external_id_list_lag=timedelta(seconds=lag))
    assert len(made.get("tickets", external_id="mine").json()["tickets"]) == found
    made.later(61)
    assert len(made.get("tickets", external_id="mine").json()["tickets"]) == 1


@pytest.mark.parametrize(("phone_wildcard_reads", "found"), [("digits", 1), ("text", 0)])
def test_3_1_a_wildcard_and_a_number_in_national_notation(phone_wildcard_reads: str, found: int) -> None:
    made = Account(phone_wildcard_reads=phone_wildcard_reads)
    made.add_user(name="Dee", phone="(020) 7946-0321")
    made.later(300)
    assert len(made.search_users("phone:*79460321")) == found


@pytest.mark.parametrize(("tags_path_deletes", "status"), [(True, 200), (False, 404)])
def test_2_1_taking_tags_off(tags_path_deletes: bool, status: int) -> None:
    made, number = account(tags_path_deletes=tags_path_deletes)
    body = json.dumps({"tags": ["x"]}).encode()
    assert made.send("DELETE", f"/api/v2/tickets/{number}/tags", body).status == status


@pytest.mark.parametrize(("merge_in_audits", "rel"), [(True, "merge"), (False, None)])
def test_2_4_the_audit_of_a_merge(merge_in_audits: bool, rel: str | None) -> None:
    made, number = account(merge_in_audits=merge_in_audits)
    other = made.post("tickets", {"ticket": {"requester_id": 7001, "comment": {"body": "Two"}}}).json()
    made.post(f"tickets/{other['ticket']['id']}/merge", {"ids": [number]})
    made.later(10)
    assert made.get(f"tickets/{number}/audits").json()["audits"][-1]["via"]["source"]["rel"] == rel


@pytest.mark.parametrize("closed_error_code", ["", "ClosedTicket"])
def test_D_the_code_of_a_closed_ticket(closed_error_code: str) -> None:
    made, number = account(closed_error_code=closed_error_code)
    made.put(number, status="closed")
    refused = made.put(number, priority="low").json()
    assert refused["details"]["status"][0].get("error", "") == closed_error_code
