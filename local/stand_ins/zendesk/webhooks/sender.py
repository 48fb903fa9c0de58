"""Sends webhook invocations: from a thread of its own, or when a test says so."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from http.client import HTTPException
from threading import Event, Thread
from typing import Protocol, Self

from local.stand_ins.zendesk.webhooks.deliveries import Outgoing, Send

_LOOK_EVERY = 0.2  # seconds between two looks at the clock while an invocation waits to be due


class Account(Protocol):
    """The account whose webhooks are sent, as the sender sees it: `Zendesk` is one."""

    on_webhook: Callable[[], None]

    def next_webhook(self) -> datetime | None:
        """Return when an invocation may next be due; None where none waits."""
        ...

    def send_webhook(self, send: Send) -> bool:
        """Send one invocation that is due; return whether there was one."""
        ...


class WebhookSender:
    """Sends a stand-in's webhook invocations with `send`: what `run_due` or the thread finds due.

    Any error but a timeout counts as an answer of 502: no receiver is there.
    """

    def __init__(self, zendesk: Account, send: Send | None = None) -> None:
        self._zendesk, self._send = zendesk, send or sent
        self._stop, self._wake = Event(), Event()
        self._thread: Thread | None = None

    def run_due(self, most: int = 10_000) -> int:
        """Send everything that is due by the stand-in's clock, `most` at most; return how many attempts."""
        for count in range(most):
            if self._stop.is_set() or not self._zendesk.send_webhook(self._send):
                return count
        return most

    def start(self) -> None:
        """Send from a thread of its own, until `stop`."""
        self._zendesk.on_webhook = self._wake.set
        self._stop.clear()
        self._thread = Thread(target=self._work, daemon=True, name="webhooks")
        self._thread.start()

    def stop(self) -> None:
        """Stop after the attempt under way."""
        self._stop.set()
        self._wake.set()
        if self._thread:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            self.run_due()
            self._wake.wait(None if self._zendesk.next_webhook() is None else _LOOK_EVERY)


def sent(outgoing: Outgoing) -> tuple[int, Mapping[str, str]]:
    """Send an attempt over HTTP, directly whatever proxies there are, and return status and headers."""
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked when the webhook was made
        outgoing.url, outgoing.body, dict(outgoing.headers), method=outgoing.method
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
    try:
        with opener.open(request, timeout=outgoing.timeout) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, dict(refused.headers)
    except urllib.error.URLError as problem:
        if isinstance(problem.reason, TimeoutError):
            raise problem.reason from problem
        raise
    except (HTTPException, ValueError) as problem:  # the answer is no HTTP, or the address cannot be asked
        raise ConnectionError(str(problem)) from problem


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: an answer of 3xx is a failure."""
