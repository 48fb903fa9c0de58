"""Voice tickets and calls: facts/zendesk.md 1.1, 1.3 and 1.4, zendesk-2.md B."""

from __future__ import annotations

from typing import Any

import pytest

from local.stand_ins.zendesk import AnswerLost, Response
from tests.functional.stand_ins.account import NOTE, WORLD, Account, reason

TICKETS = "channels/voice/tickets"
CALL = {"app_id": 735264, "from_line": "+441632960001", "to_line": "+441632960100", "direction": "inbound",
        "call_started_at": "2026-11-20T10:00:00Z"}  # fmt: skip
WITHOUT = {**WORLD, "plan": {"talk_partner_edition": False}}


def voice_ticket(account: Account, agent: object = None, **ticket: Any) -> Response:
    body: dict[str, Any] = {"ticket": {"via_id": 45, "requester_id": 7001, "comment": NOTE, **ticket}}
    if agent is not None:
        body["display_to_agent"] = agent
    return account.post(TICKETS, body)


def call(account: Account, comment: Any = None, **changed: Any) -> Response:
    body: dict[str, Any] = {"call": {**CALL, **changed}}
    return account.post("calls", {**body, "comment": comment} if comment is not None else body)


def test_1_1_voice_ticket_is_created_and_shown() -> None:
    account = Account()
    response = voice_ticket(account, 901)
    assert response.status == 201
    assert set(response.json()) == {"ticket", "audit"}
    ticket = response.json()["ticket"]["id"]
    assert account.zendesk.pops == [{"agent": 901, "ticket": ticket, "at": "2026-11-20T10:00:00Z"}]
    voice_ticket(account)
    assert len(account.zendesk.pops) == 1


@pytest.mark.parametrize("agent", [7001, 4711, "somebody", True])
def test_1_1_agent_to_show_it_to_is_validated_before_anything_is_made(agent: object) -> None:
    account = Account()
    response = voice_ticket(account, agent, requester_id=None, requester={"name": "New"})
    assert "not a valid agent" in reason(response, "display_to_agent")
    assert account.zendesk.tickets() == []
    assert len(account.zendesk.users()) == 2


@pytest.mark.parametrize("via_id", [None, 5, 47, "45", True])
def test_1_1_via_id_of_a_call_is_required(via_id: object) -> None:
    account = Account()
    assert "44, 45 or 46" in reason(voice_ticket(account, via_id=via_id), "via_id")
    assert account.zendesk.tickets() == []


@pytest.mark.parametrize(("via_id", "rel"), [(44, "voicemail"), (45, "inbound"), (46, "outbound")])
@pytest.mark.parametrize("channel", ["voice", "api"])
def test_1_1_via_id_becomes_the_channel(via_id: int, rel: str, channel: str) -> None:
    account = Account(voice_ticket_channel=channel)
    via = voice_ticket(account, via_id=via_id).json()["ticket"]["via"]
    assert (via["channel"], via["source"]["rel"]) == (channel, rel)


def test_1_1_voicemail_has_a_voice_comment_instead() -> None:
    account = Account()
    said = {"from": "+441632960001", "call_duration": 42, "transcription_text": "hello"}
    response = voice_ticket(account, via_id=44, comment=None, voice_comment=said)
    assert response.json()["audit"]["events"][0]["data"] == said


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(("method", "path"), [("POST", TICKETS), ("POST", "calls"), ("GET", "calls/1")])
def test_1_4_plan_without_talk_partner_edition_has_no_voice(status: int, method: str, path: str) -> None:
    account = Account(WITHOUT, no_talk_partner_edition_status=status)
    response = account.send(
        method, f"/api/v2/{path}", {"ticket": {"via_id": 45, "comment": NOTE}, "call": CALL}
    )
    assert (response.status, set(response.json()["error"])) == (status, {"title", "message"})
    assert account.zendesk.tickets() == []


def test_1_2_voice_comment_through_the_tickets_api_needs_no_talk_partner_edition() -> None:
    account = Account(WITHOUT)
    response = account.create(comment=None, voice_comment={"from": "+441632960001"})
    assert response.json()["audit"]["events"][0]["type"] == "VoiceComment"


@pytest.mark.parametrize(("honoured", "tickets"), [(False, 2), (True, 1)])
def test_10_3_idempotency_key_on_voice_tickets_can_be_honoured(honoured: bool, tickets: int) -> None:
    account = Account(voice_tickets_idempotent=honoured)
    body = {"ticket": {"via_id": 45, "requester_id": 7001, "comment": NOTE}}
    for _ in range(2):
        assert account.send("POST", f"/api/v2/{TICKETS}", body, idempotency_key="k").status == 201
    assert len(account.zendesk.tickets()) == tickets


def test_1_3_call_with_a_comment_makes_a_ticket() -> None:
    account = Account()
    said = {"title": "Incoming call", "call_fields": ["from_line", "recording_url"], "display_to_agent": 901}
    shown = call(account, said, end_user_id=7001, recording_url="https://x.example/a.wav").json()["call"]
    ticket = account.get(f"tickets/{shown['ticket_id']}").json()["ticket"]
    assert (ticket["subject"], ticket["requester_id"]) == ("Incoming call", 7001)
    comment = account.get(f"tickets/{ticket['id']}/comments").json()["comments"][0]
    assert (comment["type"], comment["title"], comment["author_id"]) == (
        "TpeVoiceComment",
        "Incoming call",
        7001,
    )
    assert comment["data"] == {
        "app_id": 735264, "app_name": "A private app", "author_id": 7001, "call_id": shown["id"],
        "external_id": None, "from_line": "+441632960001", "recording_url": "https://x.example/a.wav",
        "title": "Incoming call", "via_id": 45,
    }  # fmt: skip
    assert account.zendesk.pops[0]["ticket"] == ticket["id"]


def test_1_3_call_is_attached_to_a_ticket_by_its_id() -> None:
    account = Account()
    ticket = account.created()
    shown = call(account, {"title": "Call", "author_id": 901}, ticket_id=ticket).json()["call"]
    assert [c["kind"] for c in account.ticket(ticket)["comments"]] == ["comment", "voice_comment"]
    assert shown["ticket_id"] == ticket
    assert len(account.zendesk.tickets()) == 1


def test_1_3_omitted_fields_show_only_the_required_ones() -> None:
    account = Account()
    ticket = call(account, {"title": "Call"}, queue_name="Support").json()["call"]["ticket_id"]
    data = account.ticket(ticket)["comments"][0]["data"]
    always = {"app_id", "app_name", "author_id", "call_id", "external_id", "title", "via_id", "recording_url"}
    assert set(data) - always == {"from_line", "to_line", "direction", "call_started_at"}
    assert "queue_name" not in data


@pytest.mark.parametrize("missing", list(CALL))
def test_1_3_required_fields_of_a_call(missing: str) -> None:
    account = Account()
    assert reason(call(account, **{missing: None}), missing)
    assert account.zendesk._state.calls == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ticket_id", None),
        ("ticket_id", 4711),
        ("direction", "sideways"),
        ("completion_status", "fine"),
        ("call_started_at", "yesterday"),
        ("agent_id", 7001),
        ("end_user_id", 4711),
        ("app_id", "mine"),
    ],
)
def test_1_3_what_cannot_be_of_a_call_is_refused(field: str, value: object) -> None:
    account = Account()
    assert reason(call(account, {"title": "Call"}, **{field: value}), field)
    assert account.zendesk.tickets() == []


def test_1_3_title_is_required_and_agent_is_validated_first() -> None:
    account = Account()
    assert reason(call(account, {"title": ""}), "title")
    assert reason(call(account, {"title": "Call", "display_to_agent": 7001}), "display_to_agent")
    assert account.zendesk.tickets() == []


def test_1_3_update_of_a_call_updates_its_voice_comment() -> None:
    account = Account()
    shown = call(account, {"title": "Call", "call_fields": ["duration"]}, duration=1).json()["call"]
    response = account.send("PATCH", f"/api/v2/calls/{shown['id']}", {"call": {"duration": 190}})
    assert response.status == 200
    assert account.get(f"calls/{shown['id']}").json()["call"]["duration"] == 190
    data = account.ticket(shown["ticket_id"])["comments"][0]["data"]
    assert (data["call_id"], data["duration"]) == (shown["id"], 190)
    assert account.get("calls/1").status == 404


def test_1_3_comment_of_a_call_comes_un_nested() -> None:
    account = Account()
    shown = call(account, ticket_id=account.created()).json()["call"]
    response = account.post(f"calls/{shown['id']}/comments", {"title": "Call", "call_fields": ["to_line"]})
    answer = response.json()
    assert (response.status, answer["type"], answer["title"]) == (201, "TpeVoiceComment", "Call")
    assert "comment" not in answer
    assert len(account.ticket(shown["ticket_id"])["comments"]) == 2


def test_1_3_calls_may_name_one_app_only() -> None:
    for app, status in ((None, 201), (735264, 201), (1, 422)):
        assert call(Account(app_id=app)).status == status


@pytest.mark.parametrize(("unique", "status"), [(False, 201), (True, 422)])
def test_10_4_external_id_of_calls_can_be_unique(unique: bool, status: int) -> None:
    account = Account(calls_external_id_unique=unique)
    assert call(account, external_id="c1").status == 201
    assert call(account, external_id="c1").status == status


def test_4_voice_counts_by_five_minutes() -> None:
    account = Account({**WORLD, "plan": {"voice_requests_per_five_minutes": 1}})
    assert call(account).headers["zendesk-ratelimit-voice"] == "total=1; remaining=0; resets=300"
    assert call(account).status == 429
    account.later(300)
    assert call(account).status == 201


def test_B4_comment_of_a_call_without_a_ticket_is_answered_and_shown_nowhere() -> None:
    account = Account()
    shown = call(account, direction="outbound", end_user_id=7001).json()["call"]
    assert shown["ticket_id"] is None
    said = {"title": "Call back", "subject": "About the boiler", "display_to_agent": 901}
    assert account.post(f"calls/{shown['id']}/comments", said).status == 201
    assert (account.zendesk.tickets(), account.zendesk.pops) == ([], [])
    assert account.get(f"calls/{shown['id']}").json()["call"]["ticket_id"] is None
    said = {"title": "Once more", "author_id": 4711}
    assert reason(account.post(f"calls/{shown['id']}/comments", said), "author_id")


def test_1_3_outgoing_call_makes_a_ticket_with_a_subject_of_its_own() -> None:
    account = Account()
    said = {"title": "Call back", "subject": "About the boiler", "display_to_agent": 901}
    shown = call(account, said, direction="outbound", end_user_id=7001).json()["call"]
    (ticket,) = account.zendesk.tickets()
    assert (ticket["subject"], ticket["via_id"], ticket["requester_id"]) == ("About the boiler", 46, 7001)
    assert (shown["ticket_id"], account.zendesk.pops[0]["ticket"]) == (ticket["id"], ticket["id"])


@pytest.mark.parametrize(("kept", "said"), [(False, None), (True, "opt_in")])
def test_B3_an_answer_has_every_field_but_perhaps_the_consent(kept: bool, said: str | None) -> None:
    account = Account(call_consent_kept=kept)
    asked = {"call_recording_consent": "opt_in", "call_recording_consent_action": "caller_opted_in"}
    shown = call(account, **asked).json()["call"]
    assert shown.get("call_recording_consent") == said
    assert shown["call_recording_consent_action"] == "caller_opted_in"
    assert {"account_id", "callback", "call_abandoned_position", "created_at", "updated_at"} <= set(shown)
    assert shown["hold_time"] is None
    assert account.get(f"calls/{shown['id']}").json()["call"] == shown


def test_B1_calls_can_neither_be_listed_nor_deleted() -> None:
    account = Account()
    number = call(account, external_id="c1").json()["call"]["id"]
    assert account.get("calls").status == 404
    assert account.get("calls?external_id=c1").status == 404
    assert account.send("DELETE", f"/api/v2/calls/{number}").status == 404


@pytest.mark.parametrize("data", ["recorded", "asked"])
def test_B4_a_call_is_found_among_the_comments_by_its_external_id(data: str) -> None:
    account = Account(call_comment_data=data)
    ticket = account.created()
    fields = ["external_id"]
    number = call(account, {"title": "Call", "call_fields": fields}, ticket_id=ticket, external_id="c1")
    shown = account.get(f"tickets/{ticket}/comments").json()["comments"][1]
    assert (shown["type"], shown["data"]["external_id"]) == ("TpeVoiceComment", "c1")
    assert shown["data"].get("call_id") == (number.json()["call"]["id"] if data == "recorded" else None)
    changed = {"call": {"external_id": "c2"}}
    account.send("PATCH", f"/api/v2/calls/{number.json()['call']['id']}", changed)
    assert account.ticket(ticket)["comments"][1]["data"]["external_id"] == "c2"


def test_B2_update_of_a_call_may_be_in_part_and_takes_no_part_that_cannot_be() -> None:
    account = Account()
    number = call(account, duration=1).json()["call"]["id"]
    path = f"/api/v2/calls/{number}"
    ended = {"call": {"call_ended_at": "2026-11-20T10:03:10Z"}}
    assert account.send("PATCH", path, ended).json()["call"]["duration"] == 1
    assert reason(account.send("PATCH", path, {"call": {"completion_status": "fine"}}), "completion_status")
    assert account.send("PATCH", path, {"duration": 2}).status == 400
    assert account.get(f"calls/{number}").json()["call"]["duration"] == 1


def test_B3_a_call_has_no_idempotency_key_and_comes_twice_where_it_is_carried_out_late() -> None:
    account = Account()
    ticket = account.created()
    account.zendesk.faults.late_write(600, 1, matching="POST /api/v2/calls")
    with pytest.raises(AnswerLost):
        call(account, {"title": "Call"}, ticket_id=ticket, external_id="c1")
    assert call(account, {"title": "Call"}, ticket_id=ticket, external_id="c1").status == 201
    account.later(600)
    calls = [c["data"]["external_id"] for c in account.ticket(ticket)["comments"][1:]]
    assert calls == ["c1", "c1"]
    body = {"call": CALL}
    for _ in range(2):
        assert account.send("POST", "/api/v2/calls", body, idempotency_key="k").status == 201
    assert len(account.zendesk._state.calls) == 4


@pytest.mark.parametrize(("counted", "status"), [(False, 201), (True, 429)])
def test_B3_comments_of_calls_can_count_as_updates_of_their_ticket(counted: bool, status: int) -> None:
    account = Account({**WORLD, "plan": {"ticket_updates_per_minute": 1}}, calls_update_tickets=counted)
    ticket = account.created()
    assert call(account, {"title": "Call"}, ticket_id=ticket).status == 201
    assert call(account, {"title": "Call"}, ticket_id=ticket).status == status
    assert len(account.ticket(ticket)["comments"]) == (2 if counted else 3)


def test_2_4_closed_ticket_takes_no_call_either() -> None:
    account = Account({**WORLD, "tickets": [{"id": 5, "status": "closed", "requester_id": 7001}]})
    assert "closed prevents" in reason(call(account, {"title": "Call"}, ticket_id=5), "status")
    assert account.zendesk._state.calls == {}
