"""Screen pops: facts/zendesk.md 1.1 and 1.4."""

from __future__ import annotations

import pytest

from tests.functional.stand_ins.account import WORLD, Account


def display(account: Account, agent: object, what: str) -> tuple[int, bytes]:
    response = account.send("POST", f"/api/v2/channels/voice/agents/{agent}/{what}/display")
    return response.status, response.body


def test_1_1_ticket_and_user_are_shown_to_an_agent() -> None:
    account = Account()
    ticket = account.created()
    assert display(account, 901, f"tickets/{ticket}") == (200, b"")
    account.later(5)
    assert display(account, 901, "users/7001") == (200, b"")
    assert account.zendesk.pops == [
        {"agent": 901, "ticket": ticket, "at": "2026-11-20T10:00:00Z"},
        {"agent": 901, "user": 7001, "at": "2026-11-20T10:00:05Z"},
    ]


@pytest.mark.parametrize(
    ("agent", "what"),
    [(901, "tickets/99"), (901, "users/99"), (7001, "users/7001"), (99, "users/7001"), ("x", "users/x")],
)
def test_1_1_invalid_ids_are_a_bare_404(agent: object, what: str) -> None:
    account = Account()
    assert display(account, agent, what) == (404, b"")
    assert account.zendesk.pops == []


@pytest.mark.parametrize("status", [403, 404])
def test_1_4_plan_without_talk_partner_edition_refuses_every_pop(status: int) -> None:
    world = {**WORLD, "plan": {"talk_partner_edition": False}}
    account = Account(world, no_talk_partner_edition_status=status)
    response = account.send("POST", "/api/v2/channels/voice/agents/901/users/7001/display")
    assert (response.status, set(response.json()["error"])) == (status, {"title", "message"})
    assert account.zendesk.pops == []
