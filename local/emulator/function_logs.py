"""What the functions have logged, from the log groups that the template gives them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.emulator.clients import Clients

#: A function that hides a message for longer than this many seconds has put it off.
_PUT_OFF_SECONDS = 1800
RETRIED_LATER = "retried later"
#: Events in an answer of CloudWatch Logs.
_MOST_EVENTS = 10_000
# Lambda's own lines around each invocation say nothing about what went on in it.
_AROUND = ("START RequestId:", "END RequestId:", "REPORT RequestId:")


@dataclass(frozen=True)
class LogLine:
    """One line of a function's log."""

    function: str
    at: datetime
    text: str

    @property
    def content(self) -> dict[str, object]:
        """The line as the JSON object that it is; empty if it is another kind of line."""
        try:
            content = json.loads(self.text)
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def error(self) -> bool:
        """Whether the line is about an error."""
        content = self.content
        if content:
            return content.get("level") in ("ERROR", "CRITICAL")
        return "Traceback (most recent call last)" in self.text


def put_off(lines: Iterable[LogLine], now: datetime) -> int:
    """Return how many messages functions have hidden for hours, which are hidden still."""
    return sum(
        line.content.get("message") == RETRIED_LATER
        and isinstance(seconds := line.content.get("seconds"), int)
        and seconds > _PUT_OFF_SECONDS
        and line.at + timedelta(seconds=seconds) > now
        for line in lines
    )


def read_function_logs(clients: Clients, functions: dict[str, str], words: str = "") -> list[LogLine]:
    """All lines of these functions (what we call it to what Lambda calls it), oldest first.

    A line is there once its invocation is over. ``words``: only those that have all of them.
    """
    lines = [
        LogLine(
            function=function,
            at=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
            text=event["message"],
        )
        for function, name in functions.items()
        for event in _events(clients, _log_group(clients, name), words)
        if not event["message"].startswith(_AROUND)
    ]
    return sorted(lines, key=lambda line: line.at)


def _log_group(clients: Clients, function: str) -> str:
    configuration = clients.functions.get_function_configuration(FunctionName=function)
    return configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function}"


def _events(clients: Clients, group: str, words: str) -> list[Any]:
    """Return a group's events. The emulator ends an answer at so many, and has no next page as AWS has."""
    found: dict[tuple[int, str], Any] = {}
    start = 0
    while True:
        try:
            pages = clients.logs.get_paginator("filter_log_events").paginate(
                logGroupName=group, filterPattern=words, startTime=start
            )
            events = [event for page in pages for event in page["events"]]
        except clients.logs.exceptions.ResourceNotFoundException:
            return []  # it has not run yet
        found |= {(event["timestamp"], event["message"]): event for event in events}
        if len(events) < _MOST_EVENTS or events[-1]["timestamp"] == start:
            return list(found.values())
        start = events[-1]["timestamp"]
