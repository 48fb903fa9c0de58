"""HTTP on the loopback interface for a stand-in: threads, keep-alive, and control paths of its own."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from local.stand_ins.http.messages import (
    AnswerLost,
    NeverAnswered,
    Request,
    Response,
    json_response,
    request_of,
)

CONTROL = "/_stand_in/"

Handle = Callable[[Request], Response]
Control = Callable[[Any], Any]


class LoopbackServer:
    """Serves `handle` on 127.0.0.1.

    `controls` are the paths under `/_stand_in/`, which clients do not use: by method and name ("GET
    snapshot"), each takes the JSON body (None without one) and returns what is answered as JSON. A ValueError
    is a 400 with its message.
    Port 0 lets the system choose; `port` is the one it chose. `pages`: further handlers, by the beginning of
    the paths that are theirs.
    """

    def __init__(self, handle: Handle, controls: Mapping[str, Control], port: int = 0) -> None:
        self._handle, self._controls = handle, controls
        self.pages: dict[str, Handle] = {}
        self._server = _Server(("127.0.0.1", port), self._handler())
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread: Thread | None = None

    def start(self) -> None:
        """Serve from a thread of its own, until `stop`."""
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, break open connections and give the port back."""
        if self._thread:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.close_connections()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, request: Request) -> Response:
        """Answer a request of a client or, under `/_stand_in/`, a control."""
        for beginning, handle in self.pages.items():
            if request.path.startswith(beginning):
                return handle(request)
        if not request.path.startswith(CONTROL):
            return self._handle(request)
        control = self._controls.get(f"{request.method} {request.path.removeprefix(CONTROL)}")
        if control is None:
            return json_response(404, {"error": f"there are {', '.join(self._controls)}"})
        try:
            return json_response(200, control(json.loads(request.body) if request.body else None))
        except (ValueError, RecursionError) as problem:
            return json_response(400, {"error": str(problem)})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(_Handler):
            def respond(self, request: Request) -> Response:
                return answer(request)

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that disconnected, for instance after its read timeout, is nothing to report.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        """Break the connections that clients keep open."""
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was faster
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def respond(self, request: Request) -> Response:
        raise NotImplementedError

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """Keep quiet: what was asked is counted by the stand-in."""

    def _wait_for_the_client_to_go(self) -> None:
        """Keep the connection open until the client closes it, or the server stops."""
        with suppress(OSError):
            while self.connection.recv(65_536):
                continue

    def _serve(self) -> None:
        try:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            response = self.respond(request_of(self.command, self.path, self.headers.items(), body))
        except NeverAnswered:
            self.close_connection = True
            self._wait_for_the_client_to_go()
            return
        except (AnswerLost, ConnectionError):
            self.close_connection = True
            return
        if response.delay:
            time.sleep(response.delay)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
