"""Serves the page on this machine: one document, its state as JSON, and the state again at every change."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

State = Mapping[str, Any]

_FOLDER = Path(__file__).parent
_DOCUMENTS: Final = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_LOOK_EVERY = 0.2  # seconds between two looks at the revision
_SIGN_OF_LIFE = 15.0  # seconds after which a quiet stream says that it is still there
_COME_BACK_AFTER = 500  # milliseconds until a browser that lost the stream asks again
# What customers wrote is shown here. Whatever slips through into the page, no script but ours runs and
# nothing is fetched from elsewhere but the recording that somebody plays.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "media-src https: http://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PageServer:
    """The page's HTTP server, on 127.0.0.1 only. Use it as a context manager, or call `stop`.

    `revision` returns something that is equal as long as nothing has changed; it is called several times a
    second and must be quick. `state` returns what the page shows, as JSON values (see `page.js`); it is
    called once per change, however many browsers look. Both are called from other threads.
    `port`: 0 for any that is free.
    """

    def __init__(self, *, revision: Callable[[], object], state: Callable[[], State], port: int = 0) -> None:
        self._changes = _Changes(revision, state)
        self._server = _Server(("127.0.0.1", port), self._changes)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; open streams end."""
        self._changes.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Changes:
    """The state as JSON, made once per revision for all who look."""

    def __init__(self, revision: Callable[[], object], state: Callable[[], State]) -> None:
        self._revision, self._state = revision, state
        self._lock = threading.Lock()
        self._made_for: object = object()
        self._text = ""
        self._number = 0
        self._looked = 0.0
        self._stopped = threading.Event()

    def latest(self) -> tuple[int, str]:
        """A number that grows with every change, and the state as one line of JSON."""
        with self._lock:
            # However many browsers look, nobody is asked more often than for one.
            if self._number and time.monotonic() - self._looked < _LOOK_EVERY / 2:
                return self._number, self._text
            revision = self._revision()
            self._looked = time.monotonic()
            if revision != self._made_for:
                self._text = json.dumps(self._state(), ensure_ascii=False, separators=(",", ":"))
                self._made_for = revision
                self._number += 1
            return self._number, self._text

    def next_after(self, number: int, seconds: float) -> tuple[int, str] | None:
        """The latest state once its number is another one; None after so many seconds, or at the end."""
        deadline = time.monotonic() + seconds
        while not self.stopped:
            latest = self.latest()
            if latest[0] != number:
                return latest
            if time.monotonic() > deadline:
                return None
            self._stopped.wait(_LOOK_EVERY)
        return None

    def stop(self) -> None:
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a browser's open stream must not hold up the end

    def __init__(self, address: tuple[str, int], changes: _Changes) -> None:
        self.changes = changes
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._meant_for_us():
            self._answer(HTTPStatus.FORBIDDEN, "text/plain; charset=utf-8", b"Not from this address.\n")
            return
        path = urlsplit(self.path).path
        if path in _DOCUMENTS:
            name, kind = _DOCUMENTS[path]
            self._answer(HTTPStatus.OK, kind, (_FOLDER / name).read_bytes())
        elif path == "/state.json":
            _, text = self.server.changes.latest()
            self._answer(HTTPStatus.OK, "application/json", text.encode())
        elif path == "/events":
            self._stream()
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"There is no such page.\n")

    do_HEAD = do_GET  # noqa: N815  the base class names it so

    def _meant_for_us(self) -> bool:
        """Whether the browser thinks it talks to this machine, and not to a site whose name points here."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        return host in ("127.0.0.1", "localhost")

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self._send_headers({"Content-Type": kind, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self) -> None:
        """Server-sent events: the whole state now and after every change."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self._send_headers({"Content-Type": "text/event-stream", "Connection": "close"})
        if self.command == "HEAD":
            return
        self.wfile.write(f"retry: {_COME_BACK_AFTER}\n\n".encode())
        number = -1
        while True:
            change = self.server.changes.next_after(number, _SIGN_OF_LIFE)
            if self.server.changes.stopped:
                break
            if change is None:
                self.wfile.write(b": still here\n\n")
            else:
                number, text = change
                self.wfile.write(f"id: {number}\nevent: state\ndata: {text}\n\n".encode())
            self.wfile.flush()

    def _send_headers(self, headers: Mapping[str, str]) -> None:
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Nobody needs to read each request on the terminal."""
