"""When everything that was sent has been handled: nothing unread on the stream, the queues empty."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# A message is for moments in no queue at all, on its way over the bus: look again before believing it.
_QUIET_LOOKS = 4
_PAUSE = 0.15  # seconds between looks
#: A message that is hidden without anything having happened for so many seconds is not retried soon: workers
#: wait 900 at most. What they put off for hours they log (`Backlog.put_off`), unless they are killed before.
_LONGEST_RETRY = 960


@dataclass(frozen=True)
class Backlog:
    """What is still to be done."""

    unread: int  # records on the stream, and webhooks, that no function is through with
    waiting: int  # messages that a function will get next
    in_hand: int  # messages that a function has, or that are hidden until they are tried again
    delayed: int  # messages for later, such as the second look at a contact without a ticket
    put_off: int = 0  # messages that a function has hidden for hours: nothing is waited for that long here

    @property
    def nothing(self) -> bool:
        """Whether everything is done."""
        return not (self.unread or self.waiting or self.in_hand or self.delayed)

    @property
    def only_hidden(self) -> bool:
        """Whether there is nothing but messages that are handled, or hidden until they are tried again."""
        return not (self.unread or self.waiting or self.delayed)

    def without_put_off(self, messages: int) -> "Backlog":
        """Return it with so many of the hidden messages counted as put off for hours."""
        put_off = min(messages, self.in_hand)
        return replace(self, in_hand=self.in_hand - put_off, put_off=put_off)

    def __str__(self) -> str:
        """In words, such as "3 records unread, 1 message delayed"."""
        counts = (
            (self.unread, "unread on the stream or from Zendesk"),
            (self.waiting, "waiting"),
            (self.in_hand, "being handled or hidden until tried again"),
            (self.delayed, "delayed"),
            (self.put_off, "put off for hours"),
        )
        return ", ".join(f"{count} {words}" for count, words in counts if count) or "nothing left to do"


class NotSettledError(Exception):
    """There was still something to do when the time was up."""

    def __init__(self, backlog: Backlog, seconds: float) -> None:
        super().__init__(f"After {seconds:.0f} s there is still something to do: {backlog}.")
        self.backlog = backlog


def queue_backlog(sqs: "SQSClient", queues: Iterable[str], *, unread: int = 0) -> Backlog:
    """What is left in the queues (URLs), together with records that are `unread`."""
    waiting = in_hand = delayed = 0
    for queue in queues:
        attributes = sqs.get_queue_attributes(
            QueueUrl=queue,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )["Attributes"]
        waiting += int(attributes["ApproximateNumberOfMessages"])
        in_hand += int(attributes["ApproximateNumberOfMessagesNotVisible"])
        delayed += int(attributes["ApproximateNumberOfMessagesDelayed"])
    return Backlog(unread=unread, waiting=waiting, in_hand=in_hand, delayed=delayed)


def wait_until_settled(
    backlog: Callable[[], Backlog],
    *,
    timeout: float,
    report: Callable[[Backlog], None] = lambda _backlog: None,
) -> None:
    """Look until there has been nothing to do several times in a row, or nothing but what is hidden for long.

    `timeout` in seconds; `report` is called whenever the backlog has changed.

    Raises `NotSettledError`.
    """
    changed = time.monotonic()
    deadline = changed + timeout
    quiet = 0
    last: Backlog | None = None
    while quiet < _QUIET_LOOKS:
        left = backlog()
        if left != last:
            report(left)
            changed = time.monotonic()
        if left.only_hidden and time.monotonic() > changed + _LONGEST_RETRY:
            return
        last = left
        quiet = quiet + 1 if left.nothing else 0
        if not left.nothing and time.monotonic() > deadline:
            raise NotSettledError(left, timeout)
        time.sleep(_PAUSE)
