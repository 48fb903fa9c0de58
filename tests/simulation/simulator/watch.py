"""Watches what must never be seen: a caller's mark in logs, metrics, or in what the ledger keeps for long."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest import mock

from connect_zendesk.ledger.items import Item
from connect_zendesk.ledger.schema import KEEP_PERSONAL, SCHEMA
from connect_zendesk.observability import logger, metrics
from tests.simulation.simulator.people import MARK

#: Of a line, what is this machine's, and not logged: the real time, as numbers that can hold any digits.
_OF_THIS_PROCESS = frozenset({"created", "msecs", "relativeCreated", "thread", "process"})
#: Beside the time itself: what a container's clock may be off.
_SPARE = 600


class Watch(logging.Handler):
    """What was logged and counted, as far as it is marked; ``seen`` are sentences. ``lines`` were logged."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(logging.INFO)
        self._clock = clock
        self.seen: list[str] = []
        self.lines = 0
        self.unexpected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one line, with all that it carries."""
        self.lines += 1
        text = repr({name: value for name, value in record.__dict__.items() if name not in _OF_THIS_PROCESS})
        if mark := _mark(text):
            self.seen.append(f"a log line has {mark}: {text[:300]}")
        if record.getMessage() == "unexpected error":
            self.unexpected.append(f"{record.__dict__.get('error')} at {record.__dict__.get('at')}")

    def item(self, partition: str, sort: str, item: Item) -> None:
        """Look at an item that is written: what is marked is kept for a week at most."""
        if item["schema"] < SCHEMA:
            return  # the release before keeps what a step is going to write for thirty days
        left = item["expires_at"] - self._clock().timestamp()
        if left > KEEP_PERSONAL.total_seconds() + _SPARE and (mark := _mark(f"{partition} {sort} {item}")):
            self.seen.append(
                f"an item of the ledger has {mark} for {left / 86_400:.0f} days: {partition} {sort}"
            )

    def _metric(self, **metric: Any) -> None:
        if mark := _mark(repr(metric)):
            self.seen.append(f"a metric has {mark}: {metric}")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what is logged and counted meanwhile; nothing is written or printed."""
        provider = metrics.provider
        patches = (
            mock.patch.object(metrics, "add_metric", self._metric),
            mock.patch.object(provider, "flush_metrics", _nothing),
        )
        level, handlers = logger.log_level, list(logger._logger.handlers)
        logger.setLevel(logging.INFO)
        logger._logger.handlers[:] = [self]
        try:
            with patches[0], patches[1]:
                yield
        finally:
            logger._logger.handlers[:] = handlers
            logger.setLevel(level)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing; a mock would count how often."""


def _mark(text: str) -> str | None:
    found = MARK.search(text)
    return found[0] if found else None


def marked(content: Mapping[str, Any] | str) -> bool:
    """Return whether something holds a caller's mark."""
    return _mark(str(content)) is not None
