"""Sends dead letters again, each to where the topology says that its source takes its work from."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters import stream
from administration.dead_letters.letter import Letter
from administration.dead_letters.queue import DeadLetterQueue
from administration.dead_letters.stream import Found, StreamRecord, StreamRefused
from connect_zendesk.function_kinds import Order, StreamConsumer
from connect_zendesk.topology import DEAD_LETTER_OUTPUTS, FUNCTIONS, WORKERS

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Place:
    """Where a function takes its work from: the stack's output that names it. `order`: of a FIFO queue."""

    service: Literal["stream", "queue"]
    output: str
    order: Order | None = None


#: By the source that a function names in its dead letters.
PLACES: Mapping[str, Place] = {
    row.folder: Place("queue", row.queue.output, row.queue.order) for row in WORKERS
} | {
    row.folder: Place("stream", row.output)
    for row in FUNCTIONS
    if isinstance(row, StreamConsumer) and row.output
}

#: Of these sources nothing can be sent again: why.
NOT_AGAIN: Mapping[str, str] = {row.folder: row.not_again for row in FUNCTIONS if row.not_again}

# Letters that another consumer is reading are hidden; they are visible again soon.
_WALKS, _BETWEEN_WALKS = 3, 1.0
# After so many refusals in a row by AWS itself, the next would be refused as well.
_REFUSALS = 3


class CannotSend(Exception):
    """A letter cannot be sent again. The message says why; the letter stays where it is."""


@dataclass
class Outcome:
    """What came of sending letters again. `refused`: why, by the letter's id. `missing` were not found."""

    sent: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)


def dead_letter_queues(outputs: Mapping[str, str]) -> tuple[str, ...]:
    """Return the URLs of a stack's dead-letter queues. An older release has one only."""
    return tuple(outputs[name] for name in DEAD_LETTER_OUTPUTS if outputs.get(name))


def functions_by_queue(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return which function works on a queue, by the queue's name."""
    return {
        _name(outputs[place.output]): source
        for source, place in PLACES.items()
        if place.service == "queue" and outputs.get(place.output)
    }


class Sender:
    """Sends letters to where they came from. `outputs`: the stack's."""

    def __init__(
        self,
        sqs: "SQSClient",
        kinesis: "KinesisClient",
        outputs: Mapping[str, str],
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sqs, self._kinesis, self._outputs, self._sleep = sqs, kinesis, outputs, sleep
        self._functions = functions_by_queue(outputs)

    def send(self, letter: Letter) -> None:
        """Send one letter; once this returns it was accepted. Raises CannotSend, and what botocore raises."""
        if letter.batch is not None:
            self._send_batch(letter)
            return
        place = self.place_of(letter)
        if place.service == "stream":
            # Records of a contact need no order, so any key does; the same content has the same one.
            record = StreamRecord(letter.data, hashlib.sha256(letter.data).hexdigest())
            self._put(self._address(place), (record,))
        else:
            self._send_message(place, letter)

    def place_of(self, letter: Letter) -> Place:
        """Return where a letter goes. Raises CannotSend."""
        if letter.cut:
            raise CannotSend("it was too large for a letter, and only its beginning was kept")
        source = self._functions.get(letter.queue, "") if letter.queue else letter.source
        if source in PLACES:
            place = PLACES[source]
            # Who may write letters is not to have other streams read with an administrator's permissions.
            if letter.batch and letter.batch.stream_arn.rpartition(":stream/")[2] != self._address(place):
                raise CannotSend("it is of another stream than the stack's")
            return place
        if source in NOT_AGAIN:
            raise CannotSend(NOT_AGAIN[source])
        if letter.queue:
            raise CannotSend(f"it was meant for {letter.queue}, which is no queue of this stack")
        raise CannotSend("it was not written by this project, so it is not known where it came from")

    def records_of(self, letter: Letter) -> Found:
        """Return what the stream still has of what a letter is about (*unread* letters only).

        Raises CannotSend where it is of another stream, or Kinesis refuses.
        """
        if letter.batch is None:
            return Found((), complete=False)
        self.place_of(letter)
        try:
            return stream.find(self._kinesis, letter.batch, sleep=self._sleep)
        except StreamRefused as refused:
            raise CannotSend(str(refused)) from None

    def _send_batch(self, letter: Letter) -> None:
        found = self.records_of(letter)
        if not found.records:
            raise CannotSend("the stream no longer has its records")
        self._put(self._address(PLACES[letter.source]), found.records)
        if not found.complete:
            raise CannotSend(
                f"the stream no longer has all of its records; the {len(found.records)} that it has were sent"
            )

    def _put(self, name: str, records: Sequence[StreamRecord]) -> None:
        try:
            stream.put(self._kinesis, name, records, sleep=self._sleep)
        except StreamRefused as refused:
            raise CannotSend(str(refused)) from None

    def _send_message(self, place: Place, letter: Letter) -> None:
        try:
            body = letter.data.decode()
        except UnicodeDecodeError:
            raise CannotSend("it is no text, which a queue does not take") from None
        url = self._address(place)
        if place.order:
            # The letter's id, not the content: SQS would take what was sent a moment ago for a duplicate.
            self._sqs.send_message(
                QueueUrl=url,
                MessageBody=body,
                MessageGroupId=_group(place.order, body),
                MessageDeduplicationId=letter.id,
            )
        else:
            self._sqs.send_message(QueueUrl=url, MessageBody=body)

    def _address(self, place: Place) -> str:
        try:
            return self._outputs[place.output]
        except KeyError:
            raise CannotSend(f"the stack has no output {place.output}: deploy this release first") from None


def _group(order: Order, body: str) -> str:
    """Return the message group of a letter; what is no message of ours has one of its own."""
    try:
        return order.group_of(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return order.group


def send_again(
    queue: DeadLetterQueue,
    sender: Sender,
    ids: Collection[str],
    *,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Send the letters with these ids again, each deleted once it was accepted where it went.

    Only these: a letter that is written anew because its reason persists waits for the next time. Should
    this process end in between, a letter is both sent and here; all that is sent may come twice anyway.
    `progress` is called with how many are done, of how many.
    """
    outcome = Outcome(missing=set(ids))
    refusals = 0
    for walk in range(_WALKS):
        if walk:
            sleep(_BETWEEN_WALKS)
        with closing(queue.read()) as letters:
            for letter in letters:
                if letter.id not in outcome.missing:
                    continue
                outcome.missing.discard(letter.id)
                try:
                    sender.send(letter)
                    queue.delete(letter)
                except CannotSend as reason:
                    outcome.refused[letter.id] = str(reason)
                except (ClientError, BotoCoreError) as error:
                    outcome.refused[letter.id] = f"AWS refused it: {error}"
                    refusals += 1
                else:
                    outcome.sent.append(letter.id)
                    refusals = 0
                progress(len(outcome.sent) + len(outcome.refused), len(ids))
                if refusals == _REFUSALS or not outcome.missing:
                    return outcome
    return outcome


def _name(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
