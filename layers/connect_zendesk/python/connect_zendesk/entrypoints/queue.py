"""How a function handles the messages of a queue: what failed for now is retried later, what cannot be done
is dead-lettered with its reason, and neither stops another message."""

import json
import zlib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError, TransformParameterError
from botocore.exceptions import BotoCoreError, ClientError

from connect_zendesk.entrypoints.faults import place_of
from connect_zendesk.errors import NotReady, Permanent, RetryLater
from connect_zendesk.function_kinds import PATIENCE, Worker
from connect_zendesk.ledger import pace
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.errors import Paced
from connect_zendesk.zendesk.pacer import ACCOUNT
from connect_zendesk.zendesk.patience import seconds_left

#: SQS hides a message for twelve hours at most, from when it was received.
_LONGEST_VISIBILITY = 11 * 3600
#: Where Lambda puts the event in what it sends on of a failed asynchronous invocation.
_FAILED_EVENT = "requestPayload"
#: In a queue that has one order, a message blocks all behind it: it is tried so often where nothing but
#: itself is at fault.
_TRIES_IN_TURN = 5
#: Amazon Connect may be unavailable, or for one request alone: after half a day the next has its turn. So a
#: longer outage costs two dead letters a day, and a request that never succeeds does not block the queue for
#: ever.
_TRIES_UNANSWERED = 12 * 60
#: What is counted of a message that is paced, by the limit.
_PACED_BY = {
    ACCOUNT: Metric.PACED_BY_ACCOUNT_LIMIT,
    "tickets-update": Metric.PACED_BY_TICKET_UPDATES,
}
#: AWS is unavailable: that is no message's own fault.
_AWS = (BotoCoreError, ClientError, GetParameterError, TransformParameterError)


class RetryArranged(Exception):
    """A message failed, and the time of its retry is set: the batch processor reports it as failed."""


def handle_batch(
    event: dict[str, Any],
    context: Any,
    services: Services,
    do: Callable[[str, Mapping[str, Any]], None],
    worker: Worker,
) -> Any:
    """Handle a batch of a queue; ``do`` gets each message's detail type and detail, or whole envelope.

    Returns the partial batch response. ``worker`` is the function's row in the topology: it names the
    function in dead letters, and says how long a message waits between attempts. A function that does not ask
    Zendesk does not wait where Zendesk asks to slow down.
    """
    source, in_turn = worker.folder, worker.queue.one_at_a_time
    is_paced = worker.asks_zendesk and not worker.people_wait

    def handle(record: dict[str, Any]) -> None:
        try:
            content = json.loads(record["body"])
            content = content.get(_FAILED_EVENT, content)
            detail_type, detail = content["detail-type"], content["detail"]
            # Release 0.1 passes on a record as this release keeps it, which is text.
            detail = dict(json.loads(detail) if isinstance(detail, str) else detail)
            detail = content if worker.queue.envelopes else detail
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            _dead_letter(services, source, "not a message that this project sends", record)
            return
        try:
            if worker.asks_zendesk:
                _respect_pause(services)
            with services.zendesk.pacer.background() if is_paced else nullcontext():
                do(detail_type, detail)
        except RetryLater as error:
            if error.slow_down:
                pace.pause(services.ledger, error.seconds)
            if in_turn and error.outcome_unknown and _attempts(record) >= _TRIES_UNANSWERED:
                _dead_letter(services, source, f"tried {_attempts(record)} times: {error}", record)
                return
            _retry_later(services, worker, record, error, error.seconds)
        except Permanent as error:
            _dead_letter(services, source, f"{type(error).__name__}: {error}", record)
        except Exception as error:  # noqa: BLE001 - AWS is unavailable, or a fault of ours that a release mends
            # The exception's own words could hold a customer's, so only its name and place are logged.
            at = place_of(error)
            count(Metric.UNEXPECTED_ERROR)
            logger.error("unexpected error", error=type(error).__name__, at=at)
            unexpected = RuntimeError(f"unexpected {type(error).__name__}")
            if in_turn and _attempts(record) >= _TRIES_IN_TURN and not isinstance(error, _AWS):
                _dead_letter(
                    services, source, f"tried {_attempts(record)} times: {unexpected} at {at}", record
                )
                return
            _retry_later(services, worker, record, unexpected, 1)

    services.zendesk.remaining = seconds_left(context)
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=handle, processor=processor, context=context)


def _retry_later(
    services: Services, worker: Worker, message: dict[str, Any], error: Exception, seconds: int
) -> None:
    attributes = message.get("attributes", {})
    sent = datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC)
    if services.clock() - sent > PATIENCE and "SentTimestamp" in attributes:
        _dead_letter(services, worker.folder, f"tried for {PATIENCE.days} days, at last: {error}", message)
        return
    # Longer each time, but never shorter than was asked for.
    attempts, retries = _attempts(message), worker.queue.retries
    if isinstance(error, Paced):
        count(_PACED_BY.get(error.limit, Metric.PACED_BY_OTHER_LIMIT))
        wait = retries.paced_wait(attempts, seconds + error.spread * _place(message))
    else:
        wait = max(seconds, retries.wait(attempts))
    wait = min(_LONGEST_VISIBILITY, wait)
    services.messages.retry_in(message["receiptHandle"], wait)
    count(Metric.MESSAGE_RETRIED)
    logger.info("retried later", reason=str(error), seconds=wait, attempt=attempts)
    raise RetryArranged(str(error))


def _place(message: Mapping[str, Any]) -> float:
    """Return a message's own place, from 0 to 1, among those that are paced with it."""
    return zlib.crc32(f"{message.get('messageId')} {_attempts(message)}".encode()) / 2**32


def _attempts(message: Mapping[str, Any]) -> int:
    return int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))


def _dead_letter(services: Services, source: str, reason: str, message: dict[str, Any]) -> None:
    services.messages.dead_letter(source, reason, message["body"].encode())
    count(Metric.DEAD_LETTER)
    logger.error("dead-lettered", source=source, reason=reason)


def _respect_pause(services: Services) -> None:
    if seconds := pace.paused_for(services.ledger):
        raise NotReady("Zendesk asked to slow down", seconds)
