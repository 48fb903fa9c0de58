"""Answers a contact flow's Lambda block within the block's time limit, whatever happens meanwhile (F3).

The work is done by a thread of its own, and the answer does not wait for it any longer than the flow does.
Timeouts of sockets are not enough: they count from byte to byte, so one that dribbles never times out, and
DynamoDB and AppConfig have retries of their own. The thread gets a deadline a little earlier than the
answer's (`Zendesk.hurry`), so that it nearly always ends by itself, with its leases released.

A thread that was abandoned lives on. Lambda freezes it with its container and thaws it with the next
invocation, when its deadline is long past: it then sends nothing more, and what it leaves in the ledger is
checked there by version, as from any writer that crashed. Deadlines are each thread's own, so the next
invocation's is not touched. The session is shared: its connections are each one thread's at a time, and one
that came back broken is replaced.

The container's start is part of the block's time too: the first invocation has that much less.
"""

import math
import os
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from connect_zendesk.amazon_connect import contact_flow
from connect_zendesk.amazon_connect.contact_flow import Invocation, NotAFlowEvent
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.flows import flow_answer, flow_request
from connect_zendesk.rules.flows.flow_answer import Answer, Status
from connect_zendesk.rules.flows.flow_request import BadRequest
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.errors import NotAllowed, Refused, Unauthorized

#: Seconds that a block waits, where its parameter ``time_limit`` does not say: 3 is the block's own default.
TIME_LIMIT, SHORTEST_LIMIT, LONGEST_LIMIT = 3.0, 1.0, 8.0
#: Of that, what it takes to reach the function and to get the answer back.
MARGIN_SECONDS = 0.3
#: Of what is left, what the thread leaves for an answer to be made.
_ANSWER_SECONDS = 0.2
#: No start takes longer than this, by far.
_LONGEST_START = 4.0

_STATUSES: tuple[tuple[type[Exception], Status], ...] = (
    (NotAFlowEvent, "bad request"),
    (BadRequest, "bad request"),
    (Refused, "bad request"),
    (NotAllowed, "access denied"),
    (Unauthorized, "access denied"),
)

#: Works on a block's event, and replies as soon as it can.
Work = Callable[[Services, Invocation, Callable[[Answer], None]], None]

_started = threading.Event()


def always_answers(handler: Callable[[Any, Any], Answer]) -> Callable[[Any, Any], Answer]:
    """Wrap a handler, so that logging or metrics in disorder are no reason against an answer."""

    @wraps(handler)
    def wrapped(event: Any, context: Any) -> Answer:
        try:
            return handler(event, context)
        except Exception:  # noqa: BLE001 - whatever it is, see above
            return {"status": "server error"}

    return wrapped


def answer(
    event: Any,
    seconds_left: Callable[[], float],
    services: Callable[[], Services],
    work: Work,
) -> Answer:
    """Return what ``work`` replies to a block's event, else the status that says why not. Raises nothing.

    ``seconds_left`` are those of the function's own timeout; ``services`` are made within the limit too. What
    ``work`` does after its reply is waited for, within the limit, and takes nothing from the reply.
    """
    abandoned = threading.Event()
    limit = max(SHORTEST_LIMIT, _limit(event) - _spent_starting())
    deadline = time.monotonic() + min(limit, seconds_left()) - MARGIN_SECONDS
    answers: list[Answer] = []

    def left() -> float:
        return 0.0 if abandoned.is_set() else deadline - _ANSWER_SECONDS - time.monotonic()

    def run() -> None:
        try:
            made = services()
            made.zendesk.hurry(left)
            work(made, contact_flow.parse(event, made.clock()), answers.append)
        except Exception as error:  # noqa: BLE001 - a flow gets an answer, whatever it is
            answers.append(_failed(event, error))

    thread = threading.Thread(target=run, name="flow block", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    abandoned.set()
    if answers:
        return answers[0]
    count(Metric.FLOW_BLOCK_TIMED_OUT)
    count(Metric.FLOW_SERVER_ERROR)
    logger.warning("flow block timed out")
    return _without_result(event, "server error")


def _failed(event: Any, error: Exception) -> Answer:
    status: Status = "server error"
    for kind, its_status in _STATUSES:
        if isinstance(error, kind):
            status = its_status
    # The exception's own words could hold a customer's, so only its name is logged.
    logger.warning("flow block failed", status=status, error=type(error).__name__)
    count(Metric.FLOW_BLOCK_FAILED)
    if status == "server error":
        count(Metric.FLOW_SERVER_ERROR)
    return _without_result(event, status)


def _without_result(event: Any, status: Status) -> Answer:
    """Return an answer with a status only, and what is carried on whatever the result."""
    return flow_answer.made_of(status, None, flow_request.carried_on(contact_flow.parameters_of(event)))


def _limit(event: Any) -> float:
    """Return the block's time limit in seconds, as its parameter says; the default where none is readable."""
    try:
        limit = float(contact_flow.parameters_of(event).get("time_limit") or TIME_LIMIT)
    except ValueError:
        return TIME_LIMIT
    return TIME_LIMIT if math.isnan(limit) else min(max(limit, SHORTEST_LIMIT), LONGEST_LIMIT)


def _spent_starting() -> float:
    """Return the seconds that a new container's start has cost the caller, once: the block waited for it.

    One that was started ahead, as Lambda sometimes does, cost the caller nothing: it is older than any start
    is long. Outside Lambda no one waits for a start.
    """
    if _started.is_set() or os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "on-demand":
        return 0.0
    _started.set()
    try:
        ticks = float(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0
    return age if 0 <= age < _LONGEST_START else 0.0
