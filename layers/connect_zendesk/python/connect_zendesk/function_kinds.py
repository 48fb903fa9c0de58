"""The kinds of functions that are deployed, and what a row of `topology` says of each. Times are in seconds.

Rows are compared by identity. What cannot be is refused as the row is made: a message that crashes its
function ends in the dead letters long before its queue's retention, and the waits between attempts do not use
up a message's receives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Any, Literal

from connect_zendesk.detail_types import SOURCE
from connect_zendesk.metrics import Metric

#: The longest that SQS keeps a message, and what all queues do.
RETENTION = timedelta(days=14)
#: A message is retried this long, then dead-lettered by its worker: half a day before its queue drops it.
PATIENCE = timedelta(days=13, hours=12)
#: A message that crashes its function is moved by SQS this soon. In the dead letters of a standard queue it
#: is as old as when it was first sent: it has at least the other half of the retention there.
POISON_LATEST = timedelta(days=7)
#: SQS allows no more receives of a message before it moves it.
MOST_RECEIVES = 1000
#: What Lambda recommends: its poller retries a throttled invocation within the visibility timeout.
_VISIBILITY_OF_TIMEOUTS = 6
#: Lambda gives CPU in proportion to memory. The functions need a tenth of this; what it buys is a start-up
#: (imports, TLS) in a third of the time, at the same price since it takes that much shorter.
_MEMORY_MB = 512
#: A wait doubles from 2 s: within so many attempts it is as long as it gets.
_DOUBLED = 13


#: Metrics of AWS's own: of SQS queues, of the stream as Lambda reads it (milliseconds), of Lambda functions.
AwsMetric = Literal[
    "ApproximateAgeOfOldestMessage",
    "ApproximateNumberOfMessagesVisible",
    "IteratorAge",
    "Errors",
    "Throttles",
]


class ImpossibleRow(ValueError):
    """A row asks for what AWS does not do, or for what would lose messages."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """An EventBridge rule: of the project's own bus where `source` is the project, else of the default bus.

    `id` is the construct's, and stays the same: it names the resource. `detail` is what the pattern asks of
    an event's detail; what only a deployment knows (buckets, an instance) is added there. `own_bucket`: of
    events about files, those of the bucket that the stack makes, not of Amazon Connect's. `bus`: the context
    value that names another bus, on which events are of any source. `detail_type_prefix`: the detail types
    that begin so.
    """

    id: str
    description: str
    detail_types: tuple[str, ...] = ()
    detail_type_prefix: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    source: str = SOURCE
    own_bucket: bool = False
    bus: str = ""

    @property
    def pattern(self) -> Mapping[str, Any]:
        """What it asks of an event, but for what only a deployment knows."""
        prefix = self.detail_type_prefix
        wanted = {
            "source": [] if self.bus else [self.source],
            "detail-type": [*self.detail_types, *([{"prefix": prefix}] if prefix else [])],
            "detail": self.detail,
        }
        return {name: asked for name, asked in wanted.items() if asked}


@dataclass(frozen=True, kw_only=True, eq=False)
class Alarm:
    """An alarm on one metric: more than `above` within five minutes. `id` names the resource.

    `metric`: one that the function counts, by its sum; else AWS's, of a queue, a stream or a function.
    `means` is what an administrator reads.
    """

    id: str
    metric: Metric | AwsMetric
    above: int
    means: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Order:
    """The order of a FIFO queue: that of each message group.

    `group` is the group of all messages. With `field`, the field of a message's detail that names the group:
    one that waits blocks no message of another; `group` is then that of messages without the field.
    """

    group: str
    field: str = ""

    def group_of(self, detail: Mapping[str, Any]) -> str:
        """Return the message group of a message by its detail."""
        return str(detail.get(self.field) or self.group) if self.field else self.group


@dataclass(frozen=True, kw_only=True, eq=False)
class Retries:
    """How long a message waits between two attempts: 2 s, then twice as long each time, up to `longest`.

    From the attempt `late_after` on it waits up to `late`: receives are the only count that SQS keeps, and an
    outage of days must not use them up.
    """

    longest: int = 900
    late_after: int = 500
    late: int = 3600

    def wait(self, attempt: int) -> int:
        """Return how many seconds a message waits after its attempt of this number, the first being 1."""
        longest = self.longest if attempt < self.late_after else self.late
        return min(longest, 1 << min(attempt, _DOUBLED))

    def paced_wait(self, attempt: int, seconds: float) -> int:
        """Return how many seconds a message waits that was paced in its attempt of this number (O7).

        ``seconds`` is when there may be room for it; the waits do not grow, as each that is late when there
        is room leaves it unused.
        """
        return max(1, ceil(min(seconds, self.longest))) if attempt < self.late_after else self.late

    def paced_within(self, patience: timedelta) -> int:
        """Return how many attempts there are within a time, at most, of a message that is paced each time.

        Before `late_after` the waits may be short, from then on they are not.
        """
        return self.late_after + int(patience.total_seconds() / self.late) + 1

    def attempts_within(self, patience: timedelta) -> int:
        """Return how many attempts there are within a time, at most."""
        rest = patience.total_seconds() - self.late_after * self.longest
        return _DOUBLED + self.late_after + max(0, int(rest / self.late) + 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Queue:
    """A worker's queue. `name` is how replay and documentation call it; capitalised, it names the resource.

    `rules` route events to it; `sent` are the detail types that functions send to it themselves. `order`: it
    is a FIFO queue. `deduplicates`: of messages with one content within five minutes it takes the first,
    where the sender cannot say which are the same. `envelopes`: the worker gets an event's whole envelope,
    not its detail alone. `shared`: functions know its URL. `waits` is the alarm on
    the age of its oldest message, `output` the stack's output with its URL.
    """

    name: str
    output: str
    waits: Alarm
    rules: tuple[Rule, ...] = ()
    sent: tuple[str, ...] = ()
    order: Order | None = None
    deduplicates: bool = False
    envelopes: bool = False
    shared: bool = False
    receives: int = MOST_RECEIVES
    retries: Retries = Retries()

    @property
    def id(self) -> str:
        """The construct's id."""
        return self.name.title()

    @property
    def one_at_a_time(self) -> bool:
        """Whether all messages have one order: a message that waits blocks every other."""
        return self.order is not None and not self.order.field


@dataclass(frozen=True, kw_only=True, eq=False)
class Function:
    """A function: a folder of `functions/`, the handler's module in it, and what it may do.

    `folder` is also its name in logs, metrics and dead letters. `needs`: the context value without which it
    is not deployed. `runs_workflows`: it reads the app settings and keeps the ledger. `asks_zendesk`: it may
    sign in there. `asks_connect`: actions on contacts and agents of the instance (DescribeContact, …).
    `sends_to`: the queues that it may send to, by name, the dead letters among them. `publishes`: it may put
    events on the bus. `not_again`: why its own dead letters cannot be sent again, where they cannot.
    """

    folder: str
    module: str
    description: str
    timeout: int
    memory_mb: int = _MEMORY_MB
    disk_mb: int = 512
    needs: str = ""
    runs_workflows: bool = True
    asks_zendesk: bool = True
    asks_connect: tuple[str, ...] = ()
    sends_to: tuple[str, ...] = ()
    publishes: bool = False
    alarms: tuple[Alarm, ...] = ()
    not_again: str = ""

    @property
    def handler(self) -> str:
        """The handler as Lambda names it."""
        return f"{self.module}.handler"

    @property
    def key(self) -> str:
        """What distinguishes it from all others: folder and module."""
        return f"{self.folder}.{self.module}"

    @property
    def construct(self) -> str:
        """The id of the construct that its folder's resources are in."""
        return self.folder.title().replace("_", "")


@dataclass(frozen=True, kw_only=True, eq=False)
class Worker(Function):
    """Handles the messages of a queue. `batch`: messages at once, each of which fails alone.

    `people_wait`: for what it does, so that it takes their share of Zendesk's limits. All others are
    background work, which is paced (O7).
    """

    queue: Queue
    batch: int = 5
    people_wait: bool = False

    def __post_init__(self) -> None:
        """Check what only queue and function together show. Raises ImpossibleRow."""
        queue = self.queue
        if queue.receives > MOST_RECEIVES:
            raise ImpossibleRow(f"{self.key}: SQS allows {MOST_RECEIVES} receives")
        ids = (queue.id, "Worker", *(rule.id for rule in queue.rules))
        if len(set(ids)) < len(ids):
            raise ImpossibleRow(f"{self.key}: two resources have one id: {', '.join(ids)}")
        if queue.order and self.batch > 1:
            raise ImpossibleRow(f"{self.key}: what fails in a FIFO batch lets those behind it overtake")
        if queue.order and queue.order.field and queue.rules:
            raise ImpossibleRow(f"{self.key}: a rule routes all of its events to one message group")
        if (tries := queue.retries.attempts_within(PATIENCE)) >= queue.receives:
            raise ImpossibleRow(f"{self.key}: {tries} attempts in {PATIENCE}, and {queue.receives} receives")
        if (paced := queue.retries.paced_within(PATIENCE)) >= queue.receives:
            raise ImpossibleRow(
                f"{self.key}: paced {paced} times in {PATIENCE}, and {queue.receives} receives"
            )
        if self.poison_ends > POISON_LATEST:
            raise ImpossibleRow(f"{self.key}: what crashes the function is received for {self.poison_ends}")

    @property
    def visibility(self) -> int:
        """How many seconds a message is hidden while it is handled."""
        return _VISIBILITY_OF_TIMEOUTS * self.timeout

    @property
    def poison_ends(self) -> timedelta:
        """When a message that crashes its function each time is moved to the dead letters."""
        return timedelta(seconds=self.visibility * self.queue.receives)


@dataclass(frozen=True, kw_only=True, eq=False)
class StreamConsumer(Function):
    """Reads a Kinesis stream. `oldest`: no record is tried that is older.

    `from_beginning`: of the stream, as it is when this is first deployed, else from its end. `lanes`: batches
    of a shard at once. `retried`: until `oldest`; each record fails alone, and what is not handled by then is
    dead-lettered. Else nothing is tried again. `pattern`: what Lambda's filter asks of a record. `output`:
    the stack's output that names the stream, to which its dead letters are sent again.
    """

    stream: str
    mapping: str
    batch: int
    lanes: int
    oldest: int
    from_beginning: bool = False
    retried: bool = False
    pattern: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    waits: Alarm | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class EventConsumer(Function):
    """Invoked by EventBridge, once: what is older than `latest`, or fails, goes to the queue `failures`."""

    rules: tuple[Rule, ...]
    latest: int
    failures: str


@dataclass(frozen=True, kw_only=True, eq=False)
class FlowBlock(Function):
    """Called by contact flows, which wait for it. `output`: the stack's output with its ARN."""

    output: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Endpoint(Function):
    """Has a function URL, open to the internet. `output`: the stack's output with it.

    `partitions`: of the ledger, all that it may touch, where it runs no workflows. `concurrency`: the context
    value that says how many containers of it there are at most.
    """

    output: str
    concurrency: str
    partitions: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scheduled(Function):
    """Invoked every so many seconds, and by `rules`. Not retried: the next run is soon enough."""

    every: int
    schedule: str
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class CustomResource(Function):
    """Invoked by CloudFormation while the stack is deployed, and at no other time."""
