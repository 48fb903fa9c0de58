"""Serves the page on this machine: its documents, a stream of changes, a ticket, and what can be done."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from local.page.actions import Action, NotDone
from local.page.board import Board

_FOLDER = Path(__file__).parent
_KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_DOCUMENTS: Final = {f"/{path.name}": path for path in _FOLDER.iterdir() if path.suffix in _KINDS}
_LOOK_EVERY = 0.25  # seconds between two looks, at least
_SHARE = 3  # and so many times what a look takes
_SIGN_OF_LIFE = 15.0  # seconds after which a quiet stream says that it is still there
_RETRY_AFTER = 500  # milliseconds until a browser that lost the stream asks again
_LARGEST_BODY = 100_000
_TICKET = re.compile(r"/tickets/(\d{1,18})\.json")
# What customers wrote is shown here. Whatever slips through into the page, no script but ours runs and
# nothing is fetched from elsewhere but a recording that is played.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "media-src https: http://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TEXT = "text/plain; charset=utf-8"
_JSON = "application/json"


class PageServer:
    """The page's HTTP server, on 127.0.0.1 only. Use it as a context manager, or call `stop`.

    `look` brings the board up to date; it is called again and again by a thread of the server. `ticket`
    returns a ticket by its number as JSON values, or None. `actions`: by name, what the page can do.
    `port`: 0 for any that is free.
    """

    def __init__(
        self,
        board: Board,
        *,
        look: Callable[[], None],
        ticket: Callable[[int], Mapping[str, Any] | None],
        actions: Mapping[str, Action],
        port: int = 0,
    ) -> None:
        self._look = look
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", port), board, ticket, actions)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True),
            threading.Thread(target=self._keep_looking, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop looking and serving; open streams end."""
        self._stopped.set()
        self._server.board.close()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _keep_looking(self) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                self._look()
            except Exception as error:  # noqa: BLE001  the next look may go well; the page must not end
                self._server.error = f"{type(error).__name__}: {error}"
            else:
                self._server.error = ""
            self._stopped.wait(max(_LOOK_EVERY, _SHARE * (time.monotonic() - began)))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a browser's open stream must not hold up the end

    def __init__(
        self,
        address: tuple[str, int],
        board: Board,
        ticket: Callable[[int], Mapping[str, Any] | None],
        actions: Mapping[str, Action],
    ) -> None:
        self.board, self.ticket, self.actions = board, ticket, actions
        self.error = ""  # why the last look went wrong
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        document = _DOCUMENTS.get("/page.html" if path == "/" else path)
        ticket = _TICKET.fullmatch(path)
        if not self._meant_for_us():
            self._answer(HTTPStatus.FORBIDDEN, _TEXT, b"Not from this address.\n")
        elif document is not None:
            self._answer(HTTPStatus.OK, f"{_KINDS[document.suffix]}; charset=utf-8", document.read_bytes())
        elif path == "/state.json":
            self._answer_json(HTTPStatus.OK, self.server.board.since(0))
        elif path == "/events":
            self._stream()
        elif ticket and (found := self.server.ticket(int(ticket[1]))) is not None:
            self._answer_json(HTTPStatus.OK, found)
        else:
            self._answer(HTTPStatus.NOT_FOUND, _TEXT, b"There is no such page.\n")

    do_HEAD = do_GET  # noqa: N815  the base class names it so

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            self._answer_json(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "Too large."})
            return
        body = self.rfile.read(length)
        action = self.server.actions.get(urlsplit(self.path).path.removeprefix("/actions/"))
        if not (self._meant_for_us() and self._asked_by_us()):
            self._answer_json(HTTPStatus.FORBIDDEN, {"error": "Only the page itself may ask this."})
        elif action is None:
            self._answer_json(HTTPStatus.NOT_FOUND, {"error": "There is no such action."})
        else:
            self._act(action, body)

    def _act(self, action: Action, body: bytes) -> None:
        try:
            asked = json.loads(body)
            if not isinstance(asked, dict):
                raise NotDone("Expected a JSON object.")
            said = action(asked)
        except (ValueError, NotDone) as problem:
            self._answer_json(HTTPStatus.BAD_REQUEST, {"error": str(problem)})
        except Exception as error:  # noqa: BLE001  whatever it is, the page shows it
            self._answer_json(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": f"{type(error).__name__}: {error}"})
        else:
            self._answer_json(HTTPStatus.OK, {"said": said})

    def _meant_for_us(self) -> bool:
        """Whether the browser thinks it talks to this machine, and not to a site whose name points here."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        return host in ("127.0.0.1", "localhost")

    def _asked_by_us(self) -> bool:
        """Whether our own page asks. Browsers name the asking page, and let no other send JSON unasked."""
        ours = self.headers.get("Origin") == f"http://{self.headers.get('Host')}"
        return ours and self.headers.get_content_type() == _JSON

    def _answer_json(self, status: HTTPStatus, content: Mapping[str, Any]) -> None:
        self._answer(status, _JSON, _json(content).encode())

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self._send_headers({"Content-Type": kind, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self) -> None:
        """Server-sent events: everything shown now, or what changed since a browser lost us; then changes."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self._send_headers({"Content-Type": "text/event-stream", "Connection": "close"})
        if self.command == "HEAD":
            return
        self.wfile.write(f"retry: {_RETRY_AFTER}\n\n".encode())
        board = self.server.board
        name, _, last = (self.headers.get("Last-Event-ID") or "").partition("-")
        number = int(last) if name == board.name and last.isdecimal() else -1
        while not board.closed:
            if board.wait(number, _SIGN_OF_LIFE) and not board.closed:
                change = board.since(number)
                number = change["number"]
                self.wfile.write(
                    f"id: {board.name}-{number}\nevent: change\ndata: {_json(change)}\n\n".encode()
                )
            elif not board.closed:
                self.wfile.write(b": still here\n\n")
            self.wfile.flush()

    def _send_headers(self, headers: Mapping[str, str]) -> None:
        for name, value in {**_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Requests are not logged on the terminal."""


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
