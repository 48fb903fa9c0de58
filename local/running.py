"""A running laptop that other processes speak to: `replay` sends it events, `faults` breaks it."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self, get_args

from administration.dead_letters.stack import UP
from local.emulator.laptop import Laptop
from local.emulator.ledger import ledger_of
from local.faults.laptop_faults import NoSuchFault, faults_of
from local.playing import Answers, NotPlayed, play
from local.replay.events import Event
from local.replay.given_notices import notices_of
from local.replay.inputs import BadInput
from local.replay.outcome import outcome, since

_STATE = UP
_PATIENCE_SECONDS = 120

# Never through a proxy: the other process is on this machine.
_loopback = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NothingUp(Exception):
    """No laptop is running on this machine. The message says how to start one."""

    def __init__(self) -> None:
        super().__init__("Nothing is up on this machine. Start it with: make up")


class Refused(Exception):
    """The laptop that is running did not do what was asked. The message has its reason."""


def outcome_of(
    laptop: Laptop, answers: Answers | None = None, events: Sequence[Event] = ()
) -> dict[str, Any]:
    """Return what a laptop's stand-ins hold now, in the form that `replay --json` prints.

    ``answers`` are what flows got; the notices are those about the contacts of ``events`` (A2).
    """
    return outcome(
        tickets=laptop.zendesk.tickets(),
        users=laptop.zendesk.users(),
        pops=laptop.zendesk.pops,
        requests=laptop.zendesk.requests,
        later=[],
        dead_letters=[{"source": letter.source, "reason": letter.reason} for letter in laptop.dead_letters()],
        tasks=laptop.connect.tasks(),
        flow_answers=answers or (),
        notices=notices_of(ledger_of(laptop), events),
    )


def send(events: Sequence[Event]) -> dict[str, Any] | None:
    """Send events to the laptop that is running; returns what came of them, or None where none is running.

    Raises BadInput where it takes no such events.
    """
    try:
        result: dict[str, Any] = _ask("", [_packed(event) for event in events])
    except NothingUp:
        return None
    except Refused as refused:
        raise BadInput(str(refused)) from None
    return result


def faults() -> dict[str, Any]:
    """Return the running laptop's faults: `catalogue`, and the names of those `active`. Raises NothingUp."""
    return _ask("faults")


def switch_fault(command: dict[str, Any]) -> dict[str, Any]:
    """Switch a fault of the running laptop: `{"on": {"name", "arguments"}}` or `{"off": name or None}`.

    Returns what came of it, `{"said": text}`. Raises NothingUp and Refused.
    """
    return _ask("faults", command)


def _ask(path: str, content: Any = None) -> dict[str, Any]:
    try:
        address = json.loads(_STATE.read_text())["address"]
    except (OSError, ValueError, KeyError):
        raise NothingUp from None
    body = None if content is None else json.dumps(content).encode()
    try:
        with _loopback.open(address + path, data=body, timeout=_PATIENCE_SECONDS + 10) as answer:
            result: dict[str, Any] = json.load(answer)
            return result
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise Refused(refusal.read().decode()) from None
    except urllib.error.URLError:
        raise NothingUp from None


class Listener:
    """Takes events and faults for a laptop, on loopback, as long as the ``with`` block lasts.

    Meanwhile a file says where, and where the laptop's emulator is.
    """

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(laptop))

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        clients = self._laptop.clients
        emulator = {
            "endpoint": clients.endpoint,
            "region": clients.region,
            "account": clients.account,
            "stack": self._laptop.stack.name,
            "connect": self._laptop.connect_url,
            "agent_app": self._laptop.agent_app_url,
        }
        address = f"http://127.0.0.1:{self._server.server_port}/"
        _STATE.write_text(json.dumps({"address": address, "emulator": emulator}))
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            _STATE.unlink()
        self._server.shutdown()
        self._server.server_close()


def _handler(laptop: Laptop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(lambda: _faults_shown(laptop))

        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._serve(lambda: _switched(laptop, content) if self.path == "/faults" else played(content))

        def _serve(self, answer: Callable[[], dict[str, Any]]) -> None:
            if self.headers.get("Origin"):  # a browser, on behalf of some page: none of ours asks here
                self._send(403, b"not for browsers")
                return
            try:
                self._send(200, json.dumps(answer()).encode())
            except (NoSuchFault, NotPlayed) as problem:
                self._send(400, str(problem).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    def played(packed: list[dict[str, str]]) -> dict[str, Any]:
        events = [_unpacked(item) for item in packed]
        before = outcome_of(laptop)
        return since(before, outcome_of(laptop, play(laptop, events), events))

    return Handler


def _faults_shown(laptop: Laptop) -> dict[str, Any]:
    faults = faults_of(laptop)
    return {"catalogue": faults.catalogue(), "active": faults.active()}


def _switched(laptop: Laptop, command: dict[str, Any]) -> dict[str, Any]:
    faults = faults_of(laptop)
    if "on" in command:
        return {"said": faults.on(command["on"]["name"], command["on"].get("arguments"))}
    faults.off(command.get("off"))
    return {"said": "Off: " + (command.get("off") or "every fault") + "."}


_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def _packed(event: Event) -> dict[str, Any]:
    return {
        "kind": type(event).__name__,
        "fields": {name: _packed_value(value) for name, value in vars(event).items()},
    }


def _unpacked(item: dict[str, Any]) -> Event:
    return _EVENTS[item["kind"]](**{name: _unpacked_value(value) for name, value in item["fields"].items()})


def _packed_value(value: Any) -> dict[str, Any]:
    """Return a value of an event so that JSON has it."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return {"moment": value.isoformat()} if isinstance(value, datetime) else {"json": value}


def _unpacked_value(packed: dict[str, Any]) -> Any:
    match packed:
        case {"base64": text}:
            return base64.b64decode(text)
        case {"moment": text}:
            return datetime.fromisoformat(text)
    return packed["json"]
