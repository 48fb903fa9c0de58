"""A running laptop that takes events from another process: `make up` listens, `replay` sends to it."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

from local.emulator.laptop import Laptop
from local.replay.events import Event, QueueMessage, StreamRecord
from local.replay.outcome import outcome

_STATE = Path(__file__).parents[1] / ".build" / "up.json"
_PATIENCE_SECONDS = 120

# Never through a proxy: the other process is on this machine.
_loopback = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def play(laptop: Laptop, events: Sequence[Event]) -> None:
    """Send events to a laptop, in order, and wait until they are handled."""
    for event in events:
        match event:
            case StreamRecord(data):
                laptop.put_records([data])
            case QueueMessage(body):
                laptop.clients.sqs.send_message(QueueUrl=laptop.outputs["ContactQueueUrl"], MessageBody=body)
    laptop.wait_until_settled(timeout=_PATIENCE_SECONDS)


def outcome_of(laptop: Laptop) -> dict[str, Any]:
    """Return what a laptop's stand-ins hold now, in the form that `replay --json` prints."""
    return outcome(
        tickets=laptop.zendesk.tickets(),
        users=laptop.zendesk.users(),
        pops=laptop.zendesk.pops,
        requests=laptop.zendesk.requests,
        later=[],
        dead_letters=[{"source": letter.source, "reason": letter.reason} for letter in laptop.dead_letters()],
    )


def send(events: Sequence[Event]) -> dict[str, Any] | None:
    """Send events to the laptop that is running; returns what came of it, or None where none is running."""
    try:
        address = json.loads(_STATE.read_text())["address"]
    except (OSError, ValueError, KeyError):
        return None
    body = json.dumps([_packed(event) for event in events]).encode()
    try:
        with _loopback.open(address, data=body, timeout=_PATIENCE_SECONDS + 10) as answer:
            result: dict[str, Any] = json.load(answer)
            return result
    except urllib.error.URLError:
        return None


class Listener:
    """Takes events for a laptop, on loopback, as long as the ``with`` block lasts."""

    def __init__(self, laptop: Laptop) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                packed = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                play(laptop, [_unpacked(item) for item in packed])
                body = json.dumps(outcome_of(laptop)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        _STATE.write_text(json.dumps({"address": f"http://127.0.0.1:{self._server.server_port}/"}))
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            _STATE.unlink()
        self._server.shutdown()
        self._server.server_close()


def _packed(event: Event) -> dict[str, str]:
    match event:
        case StreamRecord(data):
            return {"record": base64.b64encode(data).decode()}
        case QueueMessage(body):
            return {"message": body}


def _unpacked(item: dict[str, str]) -> Event:
    if "record" in item:
        return StreamRecord(base64.b64decode(item["record"]))
    return QueueMessage(item["message"])
