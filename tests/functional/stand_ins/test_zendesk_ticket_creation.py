"""Creating tickets: facts/zendesk.md 2.1, 1.2 and 2.4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.stand_ins.account import AGENT, CALLER, NOTE, WORLD, Account, reason

VOICE = {"from": "+441632960001", "to": "+441632960100", "recording_url": "https://x.example/a.wav",
         "started_at": "2026-11-20T10:00:00Z", "call_duration": 42, "answered_by_id": 901}  # fmt: skip


def test_2_1_ticket_is_created_with_its_audit() -> None:
    account = Account()
    response = account.create(
        subject="Incoming call", submitter_id=901, assignee_id=901, external_id="connect:1", via_id=45,
        tags=["Amazon_Connect", "amazon_connect"], custom_fields=[{"id": 5, "value": "x"}],
        metadata={"leg": "1"},
    )  # fmt: skip
    content = response.json()
    ticket, audit = content["ticket"], content["audit"]
    assert response.status == 201
    assert (ticket["status"], ticket["tags"], ticket["external_id"]) == (
        "open",
        ["amazon_connect"],
        "connect:1",
    )
    assert (ticket["via"]["channel"], ticket["via"]["source"]["rel"]) == ("voice", "inbound")
    assert (ticket["description"], ticket["is_public"]) == ("Inbound call", False)
    assert audit["metadata"]["custom"] == {"leg": "1"}
    assert audit["events"][0]["type"] == "Comment"
    assert audit["events"][0]["author_id"] == 901
    assert response.headers["Location"].endswith(f"/api/v2/tickets/{ticket['id']}.json")


def test_2_1_snapshot_of_a_ticket_is_what_a_replay_prints() -> None:
    account = Account()
    ticket = account.created(subject="Hi", via_id=46, assignee_id=901, metadata={"leg": "1"})
    assert account.ticket(ticket) == {
        "id": ticket, "subject": "Hi", "status": "open", "requester_id": 7001, "submitter_id": 1,
        "assignee_id": 901, "group_id": None, "external_id": None, "tags": [], "via_id": 46,
        "is_public": False, "priority": None, "custom_fields": [], "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:00:00Z",
        "followup_source_id": None,
        "comments": [{"kind": "comment", "public": False, "body": "Inbound call", "html_body": None,
                      "author_id": 1, "created_at": "2026-11-20T10:00:00Z"}],
        "metadata": [{"leg": "1"}],
    }  # fmt: skip


@pytest.mark.parametrize("comment", [None, {}, {"body": ""}, {"body": "  "}, "text"])
def test_2_1_ticket_needs_a_comment(comment: Any) -> None:
    account = Account()
    assert reason(account.create(comment=comment), "base") == "Description: cannot be blank"
    assert account.zendesk.tickets() == []


def test_2_1_external_id_is_not_unique() -> None:
    account = Account()
    assert account.created(external_id="x") != account.created(external_id="x")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"requester_id": 4711}, "requester"),
        ({"requester_id": "7001"}, "requester"),
        ({"assignee_id": 7001}, "assignee"),
        ({"assignee_id": 4711}, "assignee"),
        ({"assignee_email": "nobody@shop.example"}, "assignee"),
        ({"submitter_id": 4711}, "submitter"),
        ({"comment": {"body": "x", "author_id": 4711}}, "comment"),
        ({"status": "asleep"}, "status"),
        ({"priority": "extreme"}, "priority"),
        ({"voice_comment": {"call_duration": "42"}, "comment": None}, "voice_comment"),
    ],
)
def test_2_1_what_cannot_be_is_refused_and_nothing_is_made(asked: dict[str, Any], field: str) -> None:
    account = Account()
    reason(account.create(**asked), field)
    assert account.zendesk.tickets() == []


def test_2_1_suspended_users_neither_request_nor_are_assigned() -> None:
    world = {"users": [{**AGENT, "suspended": True}, {**CALLER, "suspended": True}]}
    assert "suspended" in reason(Account(world).create(), "requester")
    lenient = Account(world, suspended_requester_refused=False)
    assert lenient.create().status == 201
    assert "suspended" in reason(lenient.create(assignee_id=901), "assignee")


def test_2_1_without_a_requester_it_is_the_integration_user() -> None:
    account = Account(integration_user_id=901)
    assert account.create(requester_id=None).status == 422
    response = account.send("POST", "/api/v2/tickets", {"ticket": {"comment": NOTE}})
    assert response.json()["ticket"]["requester_id"] == 901


def test_2_1_requester_object_finds_by_address_or_creates_but_never_matches_by_phone() -> None:
    account = Account()
    found = account.create(requester_id=None, requester={"name": "G", "email": "grace@home.example"}).json()
    made = account.create(requester_id=None, requester={"name": "New", "phone": "+441632960009"}).json()
    assert found["ticket"]["requester_id"] == 7001
    assert made["ticket"]["requester_id"] == 7002
    taken = account.create(requester_id=None, requester={"name": "Twin", "phone": "+441632960009"})
    assert "already being used" in reason(taken, "requester")
    nameless = account.create(requester_id=None, requester={"phone": "+441632960008"})
    assert reason(nameless, "requester") == "Requester: Name: cannot be blank"


def test_2_1_requester_of_a_refused_ticket_is_not_made_either() -> None:
    account = Account()
    account.create(requester_id=None, requester={"name": "New", "phone": "+441632960009"}, submitter_id=4711)
    assert [user["id"] for user in account.zendesk.users()] == [901, 7001]
    assert account.add_user(name="New", phone="+441632960009").status == 201


def test_2_1_assignee_may_be_named_by_address() -> None:
    assert Account().create(assignee_email="ada@shop.example").json()["ticket"]["assignee_id"] == 901


def test_2_1_ticket_without_assignee_is_new() -> None:
    assert Account().create().json()["ticket"]["status"] == "new"


def test_2_1_comment_without_a_flag_is_public_on_a_fresh_ticket() -> None:
    account = Account()
    assert account.ticket(account.created(comment={"body": "x"}))["is_public"] is True


def test_2_1_html_is_sanitised_and_shown_as_text_too() -> None:
    html = '<p onclick="x()">Tom &amp; <b>Jo</b></p><script>alert(1)</script><a href="javascript:x">l</a>'
    html += '<a href="https://x.example/?a=1&amp;b=2">rec</a><blink>old</blink><p>2 &lt; 3'
    account = Account()
    comment = account.ticket(account.created(comment={"html_body": html, "public": False}))["comments"][0]
    assert comment["html_body"] == (
        '<p>Tom &amp; <b>Jo</b></p><a>l</a><a href="https://x.example/?a=1&amp;b=2">rec</a>old<p>2 &lt; 3</p>'
    )
    assert comment["body"] == "Tom & Jo\nlrecold\n2 < 3"


def test_2_1_rows_of_a_table_are_lines_of_text() -> None:
    html = (
        "<table><tr><th>From</th><td>+44</td></tr><tr><th>To</th><td>+1</td></tr></table><p>a<br/>b</p></div>"
    )
    account = Account()
    comment = account.ticket(account.created(comment={"html_body": html + "<style>p{}</style><img src=x>"}))
    assert comment["comments"][0]["body"].split() == ["From", "+44", "To", "+1", "a", "b"]
    assert "From +44" in comment["comments"][0]["body"]


def test_2_1_markup_in_a_plain_body_is_stripped() -> None:
    account = Account()
    comment = account.ticket(account.created(comment={"body": "a <b>b</b> 1 < 2 &amp;"}))["comments"][0]
    assert (comment["body"], comment["html_body"]) == ("a b 1 < 2 &amp;", None)


def test_10_4_voice_comment_stands_alone_and_is_dropped_beside_a_text_comment() -> None:
    account = Account()
    alone = account.ticket(account.created(comment=None, voice_comment={**VOICE, "invented": 1}))
    assert alone["comments"] == [{"kind": "voice_comment", "public": True, "data": VOICE}]
    both = account.ticket(account.created(voice_comment=VOICE))
    assert [comment["kind"] for comment in both["comments"]] == ["comment"]
    kept = Account(text_comment_wins=False)
    kinds = [c["kind"] for c in kept.ticket(kept.created(voice_comment=VOICE))["comments"]]
    assert kinds == ["comment", "voice_comment"]


@pytest.mark.parametrize(("text", "status"), [("a" * 65_535, 201), ("a" * 65_536, 422), ("é" * 32_768, 422)])
def test_10_5_comment_size_is_counted_in_bytes(text: str, status: int) -> None:
    assert Account().create(comment={"body": text}).status == status


def test_10_5_comment_size_can_be_counted_in_characters_and_cut() -> None:
    assert Account(comment_size_in="characters").create(comment={"body": "é" * 65_535}).status == 201
    for counted, kept in (("bytes", 4), ("characters", 9)):
        account = Account(comment_size_in=counted, comment_too_long="truncate", comment_size=9)
        body = account.ticket(account.created(comment={"body": "é" * 20}))["comments"][0]["body"]
        assert body == "é" * kept


@pytest.mark.parametrize("body", [b"{}", b'{"ticket": 1}', b'{"ticket"', b"[]"])
def test_2_6_body_without_a_ticket_is_a_400(body: bytes) -> None:
    response = Account().send("POST", "/api/v2/tickets", body)
    assert (response.status, set(response.json()["error"])) == (400, {"title", "message"})


def test_2_6_body_not_sent_as_json_is_not_read() -> None:
    response = Account().send(
        "POST", "/api/v2/tickets", {"ticket": {"comment": NOTE}}, content_type="text/plain"
    )
    assert response.status == 400


def closed(**changed: Any) -> dict[str, Any]:
    ticket = {"id": 5, "status": "closed", "requester_id": 7001, "subject": "Old", "tags": ["vip"],
              "custom_fields": [{"id": 1, "value": "a"}, {"id": 2, "value": "b"}], **changed}  # fmt: skip
    return {**WORLD, "tickets": [ticket]}


def test_2_4_followup_copies_tags_and_fields_and_ignores_the_submitter() -> None:
    account = Account(closed())
    response = account.create(
        via_followup_source_id=5, submitter_id=901, tags=["again"], custom_fields=[{"id": 2, "value": "c"}]
    )
    ticket = response.json()["ticket"]
    assert ticket["tags"] == ["vip", "again"]
    assert ticket["custom_fields"] == [{"id": 1, "value": "a"}, {"id": 2, "value": "c"}]
    assert ticket["via"]["source"] == {
        "from": {"ticket_id": 5, "subject": "Old"},
        "to": {},
        "rel": "follow_up",
    }
    assert account.ticket(ticket["id"])["comments"][0]["author_id"] == 1
    assert account.ticket(ticket["id"])["followup_source_id"] == 5
    assert account.get("tickets/5").json()["ticket"]["followup_ids"] == [ticket["id"]]


def test_2_4_followup_can_leave_tags_and_copy_the_requester() -> None:
    account = Account(closed(), followup_copies_tags=False, followup_copies_requester=True)
    asked = {"ticket": {"via_followup_source_id": 5, "comment": NOTE}}
    ticket = account.send("POST", "/api/v2/tickets", asked).json()["ticket"]
    assert (ticket["tags"], ticket["requester_id"]) == ([], 7001)


@pytest.mark.parametrize(
    ("changed", "source"), [({"status": "solved"}, 5), ({}, 6), ({"status": "deleted"}, 5)]
)
def test_2_4_only_a_closed_ticket_is_followed(changed: dict[str, Any], source: int) -> None:
    response = Account(closed(**changed)).create(via_followup_source_id=source)
    assert reason(response, "via_followup_source_id")
