"""The page docs/topology.md: each function, what invokes it, and where its work ends up."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from administration.markdown import NOTICE, code, codes, table
from connect_zendesk.detail_types import SOURCE
from connect_zendesk.function_kinds import (
    PATIENCE,
    RETENTION,
    Alarm,
    CustomResource,
    Endpoint,
    EventConsumer,
    FlowBlock,
    Function,
    Rule,
    Scheduled,
    StreamConsumer,
    Worker,
)
from connect_zendesk.topology import DEAD_LETTER_OUTPUTS, FUNCTIONS, WORKERS, title

_PAGE = """\
# Topology

What is deployed, from the table that the stack, the functions, replay and the dead letters read:
[`topology.py`](../layers/connect_zendesk/python/connect_zendesk/topology.py). What is on the bus is in
[events.md](events.md).

## Functions

{functions}

A context value under *needs* has to be set, else the function is not deployed. Times are timeouts.

## Queues

{queues}

*One at a time*: a message that waits holds up all behind it. An event that EventBridge cannot deliver to a
queue is dead-lettered.

## Patience

A message that fails for now is retried for {patience} days, then dead-lettered by its function with the
reason; SQS keeps it for {retention}. SQS counts receives, and moves a message that was received too often:
the waits are such that the receives outlast the patience. A message that crashes its function each time is
received again when its visibility timeout has ended, and so moved to the dead letters long before its queue
would drop it.

{patience_table}

What a function dead-letters, and what SQS moves from standard queues, is in the queue of the output
{standard}; what SQS moves from FIFO queues is in that of {fifo}. Both are read by
`make dead-letters`.

## Dead letters

`make dead-letters ARGS="send …"` sends a letter again to where its source takes its work from.

{letters}

## Alarms

Each function but `app_settings` has two more, on its errors and its throttles ({errors},
…), and each queue of dead letters has one, for the first message in it.

{alarms}

## A further function

1. Its handler: `functions/<folder>/<module>.py`, with what it does in a module of `workflows/`.
2. Its row in `topology.py`, and its detail type in `detail_types.py` where it has one of its own. Queue,
   rule, mapping, alarms, output, replay and dead letters follow from the row.
3. What only it may do, in `infra/stack.py`.
4. Its tests; the detail type in [events.md](events.md) where it is published; `make docs`.
"""


def page() -> str:
    """Return the page's text."""
    standard, fifo = map(code, DEAD_LETTER_OUTPUTS)
    return NOTICE + _PAGE.format(
        functions=table(
            ("function", "invoked by", "what it does", "time", "needs"), map(_function, FUNCTIONS)
        ),
        queues=table(
            ("queue", "worker", "gets", "order", "messages at once", "alarm", "output"), map(_queue, WORKERS)
        ),
        patience=f"{PATIENCE.days}½",
        retention=f"{RETENTION.days}",
        patience_table=table(
            ("queue", "waits at most", "attempts", "receives", "visibility", "crashes end after"),
            map(_patience, WORKERS),
        ),
        letters=table(("source", "again"), _letters()),
        alarms=table(("alarm", "above", "means"), map(_alarm, _alarms())),
        errors=codes([f"{title(FUNCTIONS[0])}Errors", f"{title(FUNCTIONS[0])}Throttles"]),
        standard=standard,
        fifo=fifo,
    )


def _function(row: Function) -> tuple[str, ...]:
    path = f"functions/{row.folder}/{row.module}.py"
    name = f"[`{row.folder}/{row.module}`](../{path})"
    return name, _invoked_by(row), row.description, _seconds(row.timeout), code(row.needs)


def _invoked_by(row: Function) -> str:
    match row:
        case Worker():
            return f"the queue *{row.queue.name}*"
        case StreamConsumer():
            return f"the stream of {row.stream}"
        case EventConsumer():
            return f"{_rules(row.rules)}; what it does not do goes to the queue *{row.failures}*"
        case FlowBlock():
            return f"contact flows (output {code(row.output)})"
        case Endpoint():
            return f"its function URL (output {code(row.output)})"
        case Scheduled():
            further = f"; {_rules(row.rules)}" if row.rules else ""
            return f"a schedule, every {_seconds(row.every)}{further}"
        case CustomResource():
            return "CloudFormation, during a deployment"
    raise TypeError(row)


def _rules(rules: Iterable[Rule]) -> str:
    """Return what rules take, by where it is from."""
    rules = tuple(rules)
    kinds: dict[str, list[str]] = {}
    for rule in rules:
        for kind in rule.detail_types:
            if kind not in (named := kinds.setdefault(rule.source, [])):
                named.append(kind)
    taken = [
        codes(named) + ("" if source == SOURCE else f" of {code(source)}") for source, named in kinds.items()
    ]
    buses = dict.fromkeys(rule.bus for rule in rules if rule.bus)
    return "; ".join([*taken, *(f"ticket events of the bus {code(bus)}" for bus in buses)])


def _queue(worker: Worker) -> tuple[str, ...]:
    queue = worker.queue
    sent = f"sent by functions: {codes(queue.sent)}" if queue.sent else ""
    order = "none"
    if queue.order:
        order = f"for each `{queue.order.field}`" if queue.order.field else "one at a time"
    return (
        queue.name,
        code(worker.folder),
        "; ".join(filter(None, (_rules(queue.rules), sent))),
        order,
        str(worker.batch),
        f"{code(queue.waits.id)} after {_seconds(queue.waits.above)}",
        code(queue.output),
    )


def _patience(worker: Worker) -> tuple[str, ...]:
    queue, retries = worker.queue, worker.queue.retries
    waits = f"{_seconds(retries.longest)}, from attempt {retries.late_after} on {_seconds(retries.late)}"
    return (
        queue.name,
        waits,
        f"at most {retries.attempts_within(PATIENCE)}",
        str(queue.receives),
        _seconds(worker.visibility),
        _days(worker.poison_ends),
    )


def _letters() -> Iterator[tuple[str, str]]:
    sources = dict.fromkeys(row.folder for row in FUNCTIONS)
    for source in sources:
        for row in FUNCTIONS:
            if row.folder != source:
                continue
            if isinstance(row, Worker):
                yield code(source), f"the queue *{row.queue.name}*"
            elif isinstance(row, StreamConsumer) and row.output:
                yield code(source), f"the stream of {row.stream}"
            elif row.not_again:
                yield code(source), f"not possible: {row.not_again}"


def _alarms() -> Iterator[Alarm]:
    for row in FUNCTIONS:
        yield from row.alarms
        if isinstance(row, Worker):
            yield row.queue.waits
        elif isinstance(row, StreamConsumer) and row.waits:
            yield row.waits


def _alarm(alarm: Alarm) -> tuple[str, ...]:
    return code(alarm.id), f"{code(alarm.metric)} {alarm.above}", alarm.means


def _seconds(number: int) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if number >= length and number % length == 0:
            return f"{number // length} {unit}"
    return f"{number} s"


def _days(span: timedelta) -> str:
    hours = span.seconds // 3600
    return f"{span.days} d" + (f" {hours} h" if hours else "")
