"""The page, the faults and the dead letters of a laptop that runs: the real template on the emulator."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from administration import __main__ as administration
from administration.dead_letters import stack as dead_letters
from local import running
from local.demo import morning as mornings
from local.emulator.laptop import Laptop
from local.faults.laptop_faults import faults_of
from local.page import laptop_page
from local.page.server import PageServer
from tests.waiting import wait_for

pytestmark = pytest.mark.emulator

KNOWN_CALLER = "c0ffee00-0000-4000-8000-000000000001"
BEHIND = "behind-the-poison"


@pytest.fixture(scope="module")
def laptop() -> Iterator[Laptop]:
    with Laptop(
        zendesk_world=mornings.world("zendesk"),
        connect_world=mornings.world("connect"),
        app_settings=mornings.app_settings(),
    ) as up:
        up.put_records([mornings.record("known-caller"), mornings.record("not-json")])
        up.wait_until_settled(timeout=300)
        yield up


@pytest.fixture(scope="module")
def page(laptop: Laptop) -> Iterator[PageServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laptop_page, "PORT", 0)
        with laptop_page.serve(laptop) as server:
            yield server


def ask(page: PageServer, path: str, asked: object = None) -> dict[str, Any]:
    """The answer to what the page asks: a look, or an action."""
    with closing(http.client.HTTPConnection("127.0.0.1", page.port, timeout=60)) as connection:
        headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{page.port}"}
        body = None if asked is None else json.dumps(asked)
        connection.request("GET" if asked is None else "POST", path, body=body, headers=headers)
        with connection.getresponse() as response:
            answer: dict[str, Any] = json.load(response)
            return answer


def rows(page: PageServer, section: str) -> dict[str, dict[str, Any]]:
    """A section's rows by their ids."""
    shown = ask(page, "/state.json")["sections"].get(section, {"set": []})["set"]
    return {row["id"]: row for row in shown}


def decided(page: PageServer, contact: str) -> dict[str, Any]:
    """The decision on a contact, as soon as the page shows it."""
    shown = wait_for(
        lambda: rows(page, "contacts"),
        lambda seen: seen.get(contact, {}).get("decision"),
        f"a decision on {contact}",
    )
    decision: dict[str, Any] = shown[contact]["decision"]
    return decision


def test_contact_its_decision_and_its_ticket_are_shown(page: PageServer) -> None:
    decision = decided(page, KNOWN_CALLER)
    assert (decision["rule"], decision["action"]) == ("T4", "create")
    ticket = wait_for(
        lambda: ask(page, f"/tickets/{decision['ticket']}.json"),
        lambda seen: [comment["kind"] for comment in seen["comments"]] == ["comment", "voice_comment"],
        "the ticket with its details and its call",
    )
    assert ticket["requester"] == "Ana Silva"
    wait_for(
        lambda: rows(page, "requests"),
        lambda seen: max(seen.get("all requests", {}).get("counts", [0])) > 0,
        "a minute with requests",
    )
    wait_for(
        lambda: {agent["name"] for agent in rows(page, "agents").values()},
        lambda names: names >= {"Agnes Smith", "Bob Jones"},
        "agents",
    )


def test_dead_letter_sent_again_from_the_page_comes_back_as_a_new_one(
    page: PageServer, laptop: Laptop
) -> None:
    (letter,) = wait_for(lambda: rows(page, "letters"), what="the dead letter")
    assert ask(page, "/actions/send-again", {"ids": [letter]}) == {"said": "1 sent again."}
    laptop.wait_until_settled(timeout=300)
    shown = wait_for(
        lambda: rows(page, "letters"),
        lambda seen: len(seen) == 1 and letter not in seen,
        "one letter, a new one",
    )
    assert [row["reason"] for row in shown.values()] == ["not JSON"]
    assert laptop.dead_letter_count() == 1


def test_command_works_on_what_is_up(
    laptop: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module, name in ((running, "_STATE"), (dead_letters, "UP")):
        monkeypatch.setattr(module, name, tmp_path / "up.json")
    (before,) = laptop.dead_letters()
    with running.Listener(laptop):
        assert administration.main(["dead-letters", "list", "--local"]) == 0
        assert f"{before.id[:8]}" in capsys.readouterr().out
        assert administration.main(["dead-letters", "send", "--all", "--local", "--yes"]) == 0
    assert "1 sent again." in capsys.readouterr().out
    (after,) = wait_for(
        lambda: [letter for letter in laptop.dead_letters() if letter.id != before.id], what="a new letter"
    )
    assert after.data == before.data
    laptop.wait_until_settled(timeout=300)


def test_every_kind_of_poison_is_a_letter_and_comes_back_once_while_its_reason_persists(
    laptop: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module, name in ((running, "_STATE"), (dead_letters, "UP")):
        monkeypatch.setattr(module, name, tmp_path / "up.json")
    laptop.purge_dead_letters()
    record = json.loads(mornings.record("known-caller"))
    poison = (
        b"{",
        b"[]",
        b"\xff\x00",
        json.dumps({**record, "ContactId": None}).encode(),
        json.dumps({**record, "ContactId": "<script>alert(1)</script>"}).encode(),
        json.dumps({**record, "Attributes": {"a": "x" * 300_000}}).encode(),
        json.dumps({"AgentARN": "arn:aws:connect:eu-west-2:1:instance/i/agent/a"}).encode(),
    )
    sent = laptop.sent
    laptop.put_records([*poison, json.dumps({**record, "ContactId": BEHIND}).encode()])
    laptop.wait_until_settled(timeout=300)
    before = {letter.id: letter.reason for letter in laptop.dead_letters()}
    assert len(before) == len(poison)
    assert any(BEHIND in json.dumps(ticket["metadata"]) for ticket in laptop.zendesk.tickets())
    with running.Listener(laptop):
        for letter in before:
            assert administration.main(["dead-letters", "show", letter, "--local"]) == 0
        assert administration.main(["dead-letters", "send", "--all", "--local", "--yes"]) in (0, 1)
    shown = capsys.readouterr().out
    laptop.wait_until_settled(timeout=300)
    again = int(shown.rpartition(" sent again.")[0].rpartition("\n")[2])
    assert laptop.sent == sent + len(poison) + 1 + again  # what another process has put counts, too
    after = {letter.id: letter.reason for letter in laptop.dead_letters()}
    assert sorted(after.values()) == sorted(before.values())
    assert len(after.keys() - before.keys()) == again >= len(poison) - 1
    laptop.purge_dead_letters()


def test_letter_sent_again_after_its_cause_is_gone_is_handled(page: PageServer, laptop: Laptop) -> None:
    laptop.purge_dead_letters()
    record = json.loads(mornings.record("known-caller")) | {"ContactId": "mended"}
    body = {"source": "contact_records", "reason": "It was.", "data": json.dumps(record), "encoding": "text"}
    laptop.clients.sqs.send_message(
        QueueUrl=laptop.outputs["DeadLetterQueueUrl"], MessageBody=json.dumps(body)
    )
    (letter,) = wait_for(
        lambda: [row for row, it in rows(page, "letters").items() if it["reason"] == "It was."],
        what="the letter of before",
    )
    assert ask(page, "/actions/send-again", {"ids": [letter]}) == {"said": "1 sent again."}
    laptop.wait_until_settled(timeout=300)
    assert laptop.dead_letter_count() == 0
    assert decided(page, "mended")["ticket"] is not None


def test_functions_that_were_killed_come_back_and_no_contact_is_lost(
    page: PageServer, laptop: Laptop
) -> None:
    said = ask(page, "/actions/fault", {"on": True, "name": "functions_killed"})["said"]
    assert said.partition(" ")[0] != "0", said
    record = json.loads(mornings.record("known-caller"))
    record |= {"ContactId": "after-the-kill", "InitialContactId": None}
    laptop.put_records([json.dumps(record).encode()])
    laptop.wait_until_settled(timeout=300)
    assert decided(page, "after-the-kill")["ticket"] is not None


def test_faults_are_switched_from_the_page(page: PageServer, laptop: Laptop) -> None:
    assert "error" not in ask(page, "/actions/fault", {"on": True, "name": "duplicates"})
    wait_for(lambda: rows(page, "faults").get("duplicates", {}).get("on"))
    assert faults_of(laptop).delivery.duplicates
    assert ask(page, "/actions/fault", {"on": True, "name": "nothing"})["error"].startswith("no such fault")
    ask(page, "/actions/fault", {"on": False, "name": "duplicates"})
    wait_for(lambda: not rows(page, "faults")["duplicates"]["on"])
