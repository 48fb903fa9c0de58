"""The dead-letter queues: read without deleting anything, and without hiding anything for long."""

import itertools
from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from administration.dead_letters.letter import Letter, read_letter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10  # the most that SQS gives, and takes back, at once
# SQS hides what it gives. Long enough for all to be read before the first comes again, and no longer: should
# this process be killed meanwhile, they are back after that.
_HIDDEN_AT_LEAST, _HIDDEN_AT_MOST, _READ_A_SECOND = 30, 900, 20
#: So many batches with nothing new in them, and everything has been read.
_FAMILIAR_BATCHES = 3


class DeadLetterQueue:
    """The queues at some addresses (URLs), as one.

    Of a FIFO queue SQS shows at most ten letters of a message group until those are deleted.
    `functions`: which function works on a queue, by the queue's name. `wait`: seconds that SQS looks for
    letters, 1 or more to look on all of its servers. An emulator has one, and needs none.
    """

    def __init__(
        self, sqs: "SQSClient", *urls: str, functions: Mapping[str, str] | None = None, wait: int = 1
    ) -> None:
        self._sqs, self._urls, self._functions, self._wait = sqs, urls, functions, wait

    def count(self) -> int:
        """Return about how many letters there are, those included that another consumer is reading."""
        return sum(map(self._count, self._urls))

    def read(self) -> Generator[Letter, None, None]:
        """Yield each letter once, in no order. At the end those that were not deleted are visible again.

        Close the iterator (`contextlib.closing`) where it is left early.
        """
        for url in self._urls:
            yield from self._read(url)

    def _count(self, url: str) -> int:
        found = self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return sum(map(int, found.values()))

    def _read(self, url: str) -> Generator[Letter, None, None]:
        hidden = min(_HIDDEN_AT_MOST, max(_HIDDEN_AT_LEAST, self._count(url) // _READ_A_SECOND))
        receipts: dict[str, str] = {}
        familiar = 0
        try:
            while familiar < _FAMILIAR_BATCHES:
                messages = self._sqs.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=_BATCH,
                    VisibilityTimeout=hidden,
                    WaitTimeSeconds=self._wait,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                ).get("Messages", [])
                if not messages:
                    return
                new = [message for message in messages if message["MessageId"] not in receipts]
                receipts |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
                for message in new:
                    yield replace(read_letter(message, self._functions), lies_in=url)
                familiar = 0 if new else familiar + 1
        finally:
            self._release(url, receipts.values())

    def delete(self, letter: Letter) -> None:
        """Delete a letter that was read just now."""
        self._sqs.delete_message(QueueUrl=letter.lies_in, ReceiptHandle=letter.receipt)

    def _release(self, url: str, receipts: Iterable[str]) -> None:
        left = iter(receipts)
        while batch := list(itertools.islice(left, _BATCH)):
            # Those that were deleted, or read by another since, are answered as failed: nothing to do.
            self._sqs.change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                    for place, receipt in enumerate(batch)
                ],
            )
