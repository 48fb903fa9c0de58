"""The page's server: what it answers, to whom, and what it streams."""

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from administration.dead_letters.sending import Outcome
from local.emulator.settling import Backlog
from local.page import laptop_page
from local.page.actions import NotDone, said
from local.page.board import Board
from local.page.server import PageServer
from tests.functional.page_desk import Desk, note, page_of
from tests.waiting import LONGEST

#: The page's style and scripts.
PARTS = sorted(
    path.name for path in Path(laptop_page.__file__).parent.iterdir() if path.suffix in (".css", ".js")
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def page(desk: Desk) -> Iterator[PageServer]:
    with page_of(desk) as server:
        yield server


@dataclass(frozen=True)
class Answer:
    """What the page's server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(
    page: PageServer, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> Answer:
    """The answer to a request; header names have _ for -."""
    with closing(http.client.HTTPConnection("127.0.0.1", page.port, timeout=LONGEST)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        with connection.getresponse() as response:
            return Answer(response.status, response.headers, response.read())


def act(page: PageServer, name: str, asked: object, **headers: str) -> Answer:
    """The answer to what the page itself would ask for."""
    ours = {"Content_Type": "application/json", "Origin": f"http://127.0.0.1:{page.port}", **headers}
    return ask(page, f"/actions/{name}", "POST", json.dumps(asked).encode(), **ours)


class Events:
    """The stream of changes as a browser gets it; `last`: the last event that it had."""

    def __init__(self, page: PageServer, last: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=LONGEST)
        self._connection.request("GET", "/events", headers={"Last-Event-ID": last} if last else {})
        self._response = self._connection.getresponse()
        assert self._response.headers["Content-Type"] == "text/event-stream"
        self.last = ""

    def next(self) -> dict[str, Any]:
        """The next change; waits for it."""
        while line := self._response.readline():
            if line.startswith(b"id: "):
                self.last = line.removeprefix(b"id: ").strip().decode()
            if line.startswith(b"data: "):
                content: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return content
        raise AssertionError("The stream has ended.")

    def next_of(self, section: str) -> list[dict[str, Any]]:
        """The next rows of a section; waits for them."""
        while not (rows := self.next()["sections"].get(section, {}).get("set")):
            pass
        found: list[dict[str, Any]] = rows
        return found

    def rest(self) -> bytes:
        """What still comes until the stream ends; waits for the end."""
        return self._response.read().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._connection.close()


def test_page_and_what_belongs_to_it_are_served(page: PageServer) -> None:
    document = ask(page, "/")
    assert document.status == 200
    assert "<h1>" in document.body.decode()
    modules = {"page.js"}
    for name in PARTS:
        part = ask(page, f"/{name}")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        assert (part.status, part.headers["Content-Type"].split(";")[0]) == (200, kind)
        modules |= set(re.findall(r'from "\./([a-z.]+)"', part.body.decode()))
    assert all(ask(page, f"/{module}").status == 200 for module in modules)
    for path in ("/server.py", "/../page/server.py", "/tickets/1.json", "/tickets/x.json", "/nothing"):
        assert ask(page, path).status == 404


def test_nothing_is_fetched_from_elsewhere(page: PageServer) -> None:
    for name in ("", *PARTS):
        text = ask(page, f"/{name}").body.decode().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
    policy = ask(page, "/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_first_everything_and_then_only_changes_are_streamed(page: PageServer, desk: Desk) -> None:
    with Events(page) as events:
        assert events.next()["full"]
        desk.arrive("c1")
        assert [row["id"] for row in events.next_of("contacts")] == ["c1"]
        desk.add(subject="Line\nbreak and\r\nöther letters")
        assert [row["subject"] for row in events.next_of("tickets")] == ["Line\nbreak and\r\nöther letters"]
        desk.give_up(1)
        (letter,) = events.next_of("letters")
        assert (letter["source"], letter["reason"]) == ("contact_records", "It is not JSON.")
        desk.arrive("c2")
        assert [row["id"] for row in events.next_of("contacts")] == ["c2"]


def test_browser_that_comes_back_gets_what_it_missed(page: PageServer, desk: Desk) -> None:
    desk.arrive("c1")
    with Events(page) as events:
        events.next_of("contacts")
        last = events.last
    desk.arrive("c2")
    with Events(page, last) as events:
        changes = [events.next()]
        while "contacts" not in changes[-1]["sections"]:
            changes.append(events.next())
        assert not any(change["full"] for change in changes)
        assert [row["id"] for row in changes[-1]["sections"]["contacts"]["set"]] == ["c2"]
    for stranger in ("another-7", "rubbish", f"{last}9x"):
        with Events(page, stranger) as events:
            assert events.next()["full"]


def test_ticket_is_served_with_all_that_is_on_it(page: PageServer, desk: Desk) -> None:
    with Events(page) as events:
        number = desk.add(comments=[note("<p>x</p>")])
        events.next_of("tickets")
    ticket = json.loads(ask(page, f"/tickets/{number}.json").body)
    assert (ticket["requester"], ticket["comments"][0]["author"]) == ("Ann", "Dana")


def test_stopping_ends_open_streams(desk: Desk) -> None:
    with page_of(desk) as page, Events(page) as events:
        while "figures" not in events.next()["sections"]:  # the last of the first look's
            pass
        page.stop()
        assert b"event" not in events.rest().split(b"\n\n")[-1]


def test_look_that_fails_does_not_end_the_page() -> None:
    board, looks = Board({"a": 1}), 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise RuntimeError("the emulator is busy")
        board.put("a", "x", {})

    with PageServer(board, look=look, ticket=lambda _: None, actions={}) as page, Events(page) as events:
        assert [row["id"] for row in events.next_of("a")] == ["x"]


# What can be done, and by whom


def test_actions_do_what_the_page_asks(page: PageServer, desk: Desk) -> None:
    desk.give_up(1)
    answer = act(page, "send-again", {"ids": ["letter-1"]})
    assert (answer.status, json.loads(answer.body)) == (200, {"said": "1 sent again."})
    assert desk.letters == []
    desk.refusal = "Not sent: the stream no longer has its records."
    answer = act(page, "send-again", {"all": True})
    assert (answer.status, json.loads(answer.body)["error"]) == (400, desk.refusal)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:1"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Host": "attacker.example:80", "Origin": "http://attacker.example:80"},
    ],
)
def test_no_other_site_can_act(page: PageServer, desk: Desk, headers: dict[str, str]) -> None:
    assert act(page, "send-again", {"all": True}, **headers).status == 403
    assert desk.done == []


def test_what_is_no_action_is_refused(page: PageServer, desk: Desk) -> None:
    assert act(page, "format-disk", {}).status == 404
    assert act(page, "send-again", []).status == 400
    ours = {"Content_Type": "application/json", "Origin": f"http://127.0.0.1:{page.port}"}
    assert ask(page, "/actions/fault", "POST", b"{", **ours).status == 400
    assert act(page, "send-again", {"ids": ["x" * 200_000]}).status == 413
    assert act(page, "fault", {"name": "rate_limit"}).status == 500, "nothing says what to do with it"
    assert desk.done == [{"name": "rate_limit"}]


def test_other_sites_cannot_read_along(page: PageServer) -> None:
    assert ask(page, "/state.json", Host="attacker.example:80").status == 403
    assert ask(page, "/state.json", Host=f"localhost:{page.port}").status == 200
    answer = ask(page, "/state.json")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(sent=["a", "b"]), "2 sent again."),
        (
            Outcome(sent=["a"], refused={"b": "cut"}, missing={"c"}),
            "1 sent again. 2 not: cut; no longer there.",
        ),
    ],
)
def test_what_came_of_sending_again_is_said(outcome: Outcome, words: str) -> None:
    assert said(outcome) == words


def test_nothing_sent_is_said_to_be_not_done() -> None:
    with pytest.raises(NotDone, match=r"Not sent: it was cut\."):
        said(Outcome(refused={"a": "it was cut", "b": "it was cut"}))
    with pytest.raises(NotDone, match="there is none"):
        said(Outcome())


# The page of a laptop


class RunningLaptop:
    """A laptop with a backlog, as far as the page looks at it."""

    def __init__(self, desk: Desk) -> None:
        self.zendesk = desk
        self.sent = 2
        self.left = Backlog(unread=0, waiting=0, in_hand=0, delayed=1)
        self.desk = desk

    def backlog(self) -> Backlog:
        return self.left


@pytest.fixture
def laptop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> RunningLaptop:
    monkeypatch.setattr(laptop_page, "PORT", 0)
    monkeypatch.setattr(laptop_page, "sources_of", lambda _laptop: desk.sources())
    return RunningLaptop(desk)


def test_page_finds_another_port_when_its_own_is_taken(laptop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with laptop_page.serve(laptop) as first:
        monkeypatch.setattr(laptop_page, "PORT", first.port)
        with laptop_page.serve(laptop) as second:
            assert second.port != first.port
            assert ask(second, "/").status == 200


def test_page_of_a_laptop_says_what_is_under_way(desk: Desk) -> None:
    class Clients:
        dynamodb = kinesis = None

    laptop: Any = RunningLaptop(desk)
    laptop.clients, laptop.outputs = Clients(), {"TableName": "t", "RecordStreamName": "s"}
    laptop.dead_letters = laptop.dead_letter_count = list
    sources = laptop_page.sources_of(laptop)
    assert (sources.sent(), sources.under_way()) == (2, "1 delayed")
    laptop.left = Backlog(unread=0, waiting=0, in_hand=0, delayed=0)
    assert sources.under_way() == ""
