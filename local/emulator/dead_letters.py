"""The dead letters, with their reasons, read without deleting anything."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from administration.dead_letters.queue import DeadLetterQueue

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class DeadLetter:
    """A message that was dead-lettered."""

    id: str
    source: str  # the function that gave it up, or the queue that it could not leave
    reason: str  # one sentence
    data: str  # what had come in, as text
    sent_at: datetime


def count_dead_letters(sqs: "SQSClient", *queues: str) -> int:
    """Return how many there are in the queues (URLs), those that another consumer is reading included."""
    return DeadLetterQueue(sqs, *queues, wait=0).count()


def read_dead_letters(
    sqs: "SQSClient", *queues: str, functions: Mapping[str, str] | None = None
) -> list[DeadLetter]:
    """Return everything in the queues (URLs), oldest first. It all stays there.

    Each message is hidden from other readers for the moment of reading. `functions`: which function works
    on a queue, by the queue's name, to name it as the source.
    """
    with closing(DeadLetterQueue(sqs, *queues, functions=functions, wait=0).read()) as letters:
        read = [
            DeadLetter(
                letter.id,
                letter.source,
                letter.reason,
                letter.data.decode("utf-8", "replace"),
                letter.sent_at,
            )
            for letter in letters
        ]
    return sorted(read, key=lambda letter: letter.sent_at)


def purge_dead_letters(sqs: "SQSClient", *queues: str) -> None:
    """Throw everything in the queues (URLs) away."""
    for queue in queues:
        sqs.purge_queue(QueueUrl=queue)
