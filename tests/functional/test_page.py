"""The page of `make up`: what its server answers, and what a browser makes of it."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from local.emulator.dead_letters import DeadLetter
from local.emulator.settling import Backlog
from local.page import laptop_page
from local.page.server import PageServer
from local.page.state import PageState, RequestsPerMinute

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NOON = datetime(2026, 11, 2, 12, 0, 30, tzinfo=UTC)


class Desk:
    """A Zendesk that a test fills by hand."""

    def __init__(self) -> None:
        self.requests: dict[str, int] = {}
        self.revision = 0
        self._tickets: list[dict[str, Any]] = []
        self._users: list[dict[str, Any]] = [user(101, "Ann"), user(901, "Dana", role="agent")]
        self.letters: list[DeadLetter] = []

    def add(self, **fields: Any) -> None:
        """A ticket more, with defaults for what is not given."""
        self._tickets.append(
            {
                "id": len(self._tickets) + 1,
                "subject": "Call",
                "status": "new",
                "requester_id": 101,
                "assignee_id": None,
                "external_id": None,
                "tags": [],
                "comments": [],
                "metadata": [],
                "created_at": "2026-11-02T12:00:00Z",
                "updated_at": "2026-11-02T12:00:00Z",
                **fields,
            }
        )
        self.revision += 1

    def tickets(self) -> list[dict[str, Any]]:
        return self._tickets

    def users(self) -> list[dict[str, Any]]:
        return self._users


def user(number: int, name: str, **fields: Any) -> dict[str, Any]:
    """A user as the stand-in shows one, with defaults for what is not given."""
    return {
        "id": number,
        "name": name,
        "phone": None,
        "email": None,
        "role": "end-user",
        "user_fields": {},
        **fields,
    }


def note(html: str) -> dict[str, Any]:
    """A private comment."""
    return {"kind": "comment", "public": False, "html_body": html, "author_id": 901, "created_at": None}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def state(desk: Desk) -> PageState:
    return PageState(
        desk,
        clock=lambda: NOON,
        dead_letters=lambda: desk.letters,
        dead_letter_count=lambda: len(desk.letters),
        under_way=lambda: "",
        sent=lambda: 3,
    )


@pytest.fixture
def page(state: PageState) -> Iterator[PageServer]:
    with PageServer(revision=state.revision, state=state.state) as server:
        yield server


@dataclass(frozen=True)
class Answer:
    """What the page's server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def get(page: PageServer, path: str, **headers: str) -> Answer:
    """The answer to a GET request."""
    with closing(http.client.HTTPConnection("127.0.0.1", page.port, timeout=5)) as connection:
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as response:
            return Answer(response.status, response.headers, response.read())


class Events:
    """The stream of states as a browser gets it."""

    def __init__(self, page: PageServer) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=5)
        self._connection.request("GET", "/events")
        self._response = self._connection.getresponse()
        assert self._response.headers["Content-Type"] == "text/event-stream"

    def next(self) -> dict[str, Any]:
        """The next state; waits for it."""
        while line := self._response.readline():
            if line.startswith(b"data: "):
                content: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return content
        raise AssertionError("The stream has ended.")

    def rest(self) -> bytes:
        """What still comes until the stream ends; waits for the end."""
        return self._response.read().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._connection.close()


def test_page_and_what_belongs_to_it_are_served(page: PageServer) -> None:
    document = get(page, "/")
    assert document.status == 200
    text = document.body.decode()
    assert "<h1>" in text
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        assert f'"{name}"' in text
        part = get(page, f"/{name}")
        assert (part.status, part.headers["Content-Type"].split(";")[0]) == (200, kind)
        assert part.body
    assert get(page, "/server.py").status == 404


def test_nothing_is_fetched_from_elsewhere(page: PageServer) -> None:
    for path in ("/", "/page.css", "/page.js"):
        text = get(page, path).body.decode().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
    policy = get(page, "/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_state_is_what_there_is_at_the_moment(page: PageServer, desk: Desk) -> None:
    desk.add(subject="First")
    desk.add(subject="Second")
    desk.requests = {"POST /oauth/tokens": 1, "POST /api/v2/tickets": 2}
    desk.letters = [DeadLetter("1", "contact_records", "It is not JSON.", "{", NOON)]
    shown = json.loads(get(page, "/state.json").body)
    assert [ticket["subject"] for ticket in shown["tickets"]] == ["Second", "First"], "newest first"
    assert shown["sent"] == 3
    assert shown["requests"] == {
        "total": 3,
        "per_minute": [{"minute": "2026-11-02T12:00:00+00:00", "count": 3}],
        "endpoints": [
            {"name": "POST /api/v2/tickets", "count": 2},
            {"name": "POST /oauth/tokens", "count": 1},
        ],
    }
    assert shown["dead_letters"] == [
        {
            "id": "1",
            "source": "contact_records",
            "reason": "It is not JSON.",
            "data": "{",
            "sent_at": "2026-11-02T12:00:30+00:00",
        }
    ]


def test_every_change_is_streamed_as_it_happens(page: PageServer, desk: Desk) -> None:
    with Events(page) as events:
        assert events.next()["tickets"] == []
        desk.add(subject="Line\nbreak and\r\nöther letters")
        assert [ticket["subject"] for ticket in events.next()["tickets"]] == [
            "Line\nbreak and\r\nöther letters"
        ]
        desk.letters = [DeadLetter("1", "contact_records", "It is not JSON.", "{", NOON)]
        assert len(events.next()["dead_letters"]) == 1


def test_state_is_made_once_however_many_look() -> None:
    made: list[int] = []

    def state() -> dict[str, int]:
        made.append(1)
        return {"made": len(made)}

    with PageServer(revision=lambda: "same", state=state) as page:
        with Events(page) as first, Events(page) as second:
            assert [first.next(), second.next()] == [{"made": 1}] * 2
        assert json.loads(get(page, "/state.json").body) == {"made": 1}


def test_stopping_ends_open_streams(desk: Desk, state: PageState) -> None:
    page = PageServer(revision=state.revision, state=state.state)
    with Events(page) as events:
        events.next()
        started = time.monotonic()
        page.stop()
        assert events.rest() == b""
    assert time.monotonic() - started < 2


def test_other_sites_cannot_read_along(page: PageServer) -> None:
    assert get(page, "/state.json", Host="attacker.example:80").status == 403
    assert get(page, "/state.json", Host=f"localhost:{page.port}").status == 200
    answer = get(page, "/state.json")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


class RunningLaptop:
    """A laptop with a backlog, as far as the page looks at it."""

    def __init__(self, desk: Desk) -> None:
        self.zendesk = desk
        self.sent = 2
        self.left = Backlog(unread=0, waiting=0, in_hand=0, delayed=1)

    def backlog(self) -> Backlog:
        return self.left

    def dead_letters(self) -> list[DeadLetter]:
        return self.zendesk.letters

    def dead_letter_count(self) -> int:
        return len(self.zendesk.letters)


def test_page_of_a_laptop_says_what_is_under_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laptop_page, "PORT", 0)
    running = RunningLaptop(desk)
    laptop: Any = running
    with laptop_page.serve(laptop) as page, Events(page) as events:
        shown = events.next()
        assert (shown["sent"], shown["under_way"]) == (2, "1 delayed")
        running.left = Backlog(unread=0, waiting=0, in_hand=0, delayed=0)
        assert events.next()["under_way"] == ""


def test_page_finds_another_port_when_its_own_is_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop: Any = RunningLaptop(desk)
    monkeypatch.setattr(laptop_page, "PORT", 0)
    with laptop_page.serve(laptop) as first:
        monkeypatch.setattr(laptop_page, "PORT", first.port)
        with laptop_page.serve(laptop) as second:
            assert second.port != first.port
            assert get(second, "/").status == 200


def test_requests_are_counted_by_minute() -> None:
    now = NOON
    minutes = RequestsPerMinute(lambda: now)
    minutes.look(5)
    now += timedelta(minutes=2)
    minutes.look(9)
    assert [count for _, count in minutes.shown()] == [5, 0, 4]
    minutes.look(2)
    assert [count for _, count in minutes.shown()] == [5, 0, 6], (
        "the world was replaced, its count began again"
    )
    now += timedelta(hours=1)
    minutes.look(2)
    assert [count for _, count in minutes.shown()] == [0] * 20


# In a browser ------------------------------------------------------------------------------------------


# The protocol wants its pipes as descriptors 3 and 4.
WITH_PIPES = """
import fcntl, os, sys
for wanted, given in ((3, sys.argv[1]), (4, sys.argv[2])):
    os.dup2(fcntl.fcntl(int(given), fcntl.F_DUPFD, 10), wanted)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """A headless Chromium with one page, spoken to through a pipe in its DevTools protocol."""

    def __init__(self, profile: Path) -> None:
        assert BROWSER
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        flags = (
            "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
            " disable-component-update disable-sync remote-debugging-pipe"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", WITH_PIPES, str(commands), str(answers), BROWSER]
            + [f"--{flag}" for flag in flags.split()]
            + [f"--user-data-dir={profile}", "--window-size=1400,900", "about:blank"],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(commands)
        os.close(answers)
        self._received = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []

    def open(self, url: str) -> None:
        """Go to an address, with the page that the browser starts with."""
        if not self._session:
            target = next(t for t in self("Target.getTargets")["targetInfos"] if t["type"] == "page")
            attached = self("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            self._session = {"sessionId": attached["sessionId"]}
            self("Runtime.enable")
        self("Page.navigate", url=url)

    def __call__(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command; returns its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters, **self._session}
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            while b"\0" not in self._received:
                chunk = os.read(self._answers, 1 << 16)
                assert chunk, "The browser has ended."
                self._received += chunk
            message, _, self._received = self._received.partition(b"\0")
            answer: dict[str, Any] = json.loads(message)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        return self("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + 10
        while not self.ask(expression):
            assert time.monotonic() < deadline, f"never true: {expression}"
            time.sleep(0.05)

    def text(self, selector: str) -> str:
        """What one reads in the first element that matches."""
        return str(self.ask(f"document.querySelector({json.dumps(selector)}).innerText"))

    def press(self, key: str, code: int) -> None:
        """Press a key and let it go."""
        for kind in ("rawKeyDown", "keyUp"):
            self("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def __enter__(self) -> Self:
        return self

    def end(self) -> None:
        """End all of its processes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def __exit__(self, *_: object) -> None:
        self.end()
        os.close(self._commands)
        os.close(self._answers)


@pytest.fixture
def browse(page: PageServer, tmp_path: Path) -> Iterator[Callable[[], Browser]]:
    if not BROWSER:
        pytest.skip("needs Chromium")
    with Browser(tmp_path / "profile") as browser:
        # Waiting for an answer of a browser that is stuck must not last for ever.
        watchdog = threading.Timer(60, browser.end)
        watchdog.start()

        def open_page() -> Browser:
            browser.open(page.url)
            browser.wait_for("document.getElementById('connection').dataset.state === 'live'")
            return browser

        yield open_page
        watchdog.cancel()


HOSTILE = (
    '<p>Hello <img src="x" onerror="window.hit = 1"><script>window.hit = 2</script>'
    '<a href="javascript:window.hit = 3">link</a> <a href="https://example.com/a">good</a>'
    '<b onclick="window.hit = 4" style="position: fixed">bold</b></p>'
    '<iframe src="https://example.com"></iframe><svg onload="window.hit = 5"></svg><form><input></form>'
)


def test_what_customers_write_never_becomes_more_than_text(browse: Callable[[], Browser], desk: Desk) -> None:
    desk.add(
        subject="<img src=x onerror='window.hit = 6'>",
        tags=["<script>window.hit = 7</script>"],
        comments=[note(HOSTILE)],
    )
    desk.letters = [DeadLetter("1", "<b>x</b>", "<i>y</i>", "<script>window.hit = 8</script>", NOON)]
    browser = browse()
    assert browser.text("#ticket-head h2") == "<img src=x onerror='window.hit = 6'>"
    assert browser.text(".tags li") == "<script>window.hit = 7</script>"
    assert browser.text(".comment .body").split() == ["Hello", "link", "goodbold"]
    assert browser.text(".letters .source") == "<b>x</b>"
    within = "document.querySelectorAll('.comments script, .comments iframe, .comments img, .comments svg')"
    assert browser.ask(f"{within}.length") == 0
    assert browser.ask("[...document.querySelectorAll('.body a')].map((link) => link.href)") == [
        "https://example.com/a"
    ]
    assert browser.ask("document.querySelector('.body b').attributes.length") == 0
    assert browser.ask("window.hit") is None
    assert [event for event in browser.events if event["method"] == "Runtime.exceptionThrown"] == []


def test_new_ticket_appears_without_reloading_and_is_announced(
    browse: Callable[[], Browser], desk: Desk
) -> None:
    browser = browse()
    assert "No tickets yet" in browser.text(".list")
    browser.ask("window.sameDocument = true")
    why = {"amazon_connect": {"rule": "T5", "reasons": ["T5: A new user and a new ticket"]}}
    desk.add(subject="Call with Ann", comments=[note("<p>Details</p>")], metadata=[why, why])
    browser.wait_for("document.querySelectorAll('#tickets li').length === 1")
    assert browser.ask("window.sameDocument") is True
    assert browser.text("#ticket-head h2") == "Call with Ann"
    assert browser.text("#ticket-head").count("T5: A new user and a new ticket") == 1
    assert "Dana" in browser.text(".comment.note h3")
    assert "Private note" in browser.text(".comment.note h3")
    assert browser.ask("document.getElementById('news').textContent") == "New ticket: Call with Ann."
    assert browser.ask("document.getElementById('news').getAttribute('aria-live')") == "polite"


def test_chosen_ticket_stays_and_so_does_the_focus(browse: Callable[[], Browser], desk: Desk) -> None:
    desk.add(subject="First")
    desk.add(subject="Second")
    browser = browse()
    assert browser.text("#ticket-head h2") == "Second", "the newest, as none is chosen"
    for _ in range(3):  # past the link that skips the list, and past the newest
        browser.press("Tab", 9)
    browser("Input.dispatchKeyEvent", type="keyDown", key="Enter", text="\r", windowsVirtualKeyCode=13)
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'First'")
    desk.tickets()[0]["status"] = "open"
    desk.add(subject="Third")
    browser.wait_for("document.querySelectorAll('#tickets li').length === 3")
    assert browser.text("#ticket-head h2") == "First"
    assert browser.text("#ticket-head .status") == "open"
    assert browser.ask("document.activeElement.hash") == "#ticket-1"
    assert browser.ask("document.querySelector('[aria-current]').hash") == "#ticket-1"


def test_recording_has_a_player_and_the_data_of_its_call(browse: Callable[[], Browser], desk: Desk) -> None:
    data = {
        "from": "+442071838750",
        "to": "+448001234567",
        "recording_url": "https://acme.example/recording.wav",
        "call_duration": 222,
        "answered_by_id": 901,
    }
    desk.add(comments=[{"kind": "voice_comment", "public": False, "data": data}])
    browser = browse()
    assert browser.ask("document.querySelector('audio').src") == "https://acme.example/recording.wav"
    assert browser.ask("document.querySelector('audio').preload") == "none"
    call = browser.text(".comment.call")
    for shown in ("+442071838750", "+448001234567", "3:42", "Dana", "Private"):
        assert shown in call
    browser.ask("window.player = document.querySelector('audio')")
    desk.tickets()[0]["comments"].append(note("later"))
    desk.revision += 1
    browser.wait_for("document.querySelectorAll('.comment').length === 2")
    assert browser.ask("document.querySelector('audio') === window.player") is True, "it goes on playing"


def test_lost_connection_is_said_and_found_again(browse: Callable[[], Browser], page: PageServer) -> None:
    browser = browse()
    page.stop()
    browser.wait_for("document.getElementById('connection').dataset.state === 'lost'")
    assert "Not connected" in browser.text("#connection")
    with PageServer(revision=lambda: 1, state=json.loads(EMPTY).copy, port=page.port):
        browser.wait_for("document.getElementById('connection').dataset.state === 'live'")


EMPTY = json.dumps(
    {
        "sent": 0,
        "under_way": "",
        "tickets": [],
        "users": [],
        "requests": {"total": 0, "per_minute": [], "endpoints": []},
        "dead_letters": [],
    }
)
