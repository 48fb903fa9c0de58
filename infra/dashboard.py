"""The dashboard: alarms, what waits, what came and went, and the functions, by the topology's rows."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from connect_zendesk.function_kinds import Function
from connect_zendesk.metrics import PACED
from infra.function import METRICS_NAMESPACE, PythonFunction
from infra.queue_worker import QueueWorker
from infra.queues import Queues

_PERIOD = Duration.minutes(5)
_WIDTH, _HALF, _THIRD = 24, 12, 8
_TITLE = (
    "# Connect–Zendesk\nWhat to do about an alarm: docs/alarms.md. What each metric counts: docs/metrics.md."
)


class Dashboard(Construct):
    """One page for the stack: at the top what is wrong, then what waits, then what each function counts."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        functions: Mapping[Function, PythonFunction],
        queues: Queues,
        alarms: Sequence[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, id_)
        stack, lambdas = Stack.of(self), [made.function for made in functions.values()]
        rows: list[list[cloudwatch.IWidget]] = [
            [cloudwatch.TextWidget(markdown=_TITLE, width=_WIDTH, height=2)],
            [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=_WIDTH, height=5)],
            [
                _graph("Oldest message of each queue, seconds", _ages(functions)),
                _graph("Dead letters", [
                    queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum")
                    for queue in (queues.dead_letters, queues.fifo_dead_letters)
                ]),
            ],
            [
                _graph("Messages in each queue, those that are retried later too", _backlogs(functions)),
                _graph("Minutes until each queue is empty, as fast as in the last ones", _ends(functions)),
            ],
            [
                _graph("Paced by Zendesk's limits", [_paced(stack.region)]),
                _graph("Errors", [made.metric_errors(period=_PERIOD) for made in lambdas]),
            ],
            [
                _graph("Throttles", [made.metric_throttles(period=_PERIOD) for made in lambdas]),
            ],
        ]  # fmt: skip
        folders = list(dict.fromkeys(row.folder for row in functions))
        rows += [
            [_counted(folder, stack.region) for folder in folders[first : first + 3]]
            for first in range(0, len(folders), 3)
        ]
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=stack.stack_name,
            default_interval=Duration.days(1),
            widgets=rows,
        )


def _ages(functions: Mapping[Function, PythonFunction]) -> list[cloudwatch.IMetric]:
    return [
        made.queue.metric_approximate_age_of_oldest_message(
            period=_PERIOD, statistic="Maximum", label=made.queue.node.id
        )
        for made in functions.values()
        if isinstance(made, QueueWorker)
    ]


def _backlogs(functions: Mapping[Function, PythonFunction]) -> list[cloudwatch.IMetric]:
    return [_backlog(made) for made in functions.values() if isinstance(made, QueueWorker)]


def _backlog(made: QueueWorker) -> cloudwatch.MathExpression:
    """Return how many messages a queue has; a message that is retried later is hidden until then."""
    queue, name = made.queue, made.queue.node.id
    return cloudwatch.MathExpression(
        expression=f"{name.lower()}_seen + {name.lower()}_hidden",
        using_metrics={
            f"{name.lower()}_seen": queue.metric_approximate_number_of_messages_visible(statistic="Maximum"),
            f"{name.lower()}_hidden": queue.metric_approximate_number_of_messages_not_visible(
                statistic="Maximum"
            ),
        },
        label=name,
        period=_PERIOD,
    )


def _ends(functions: Mapping[Function, PythonFunction]) -> list[cloudwatch.IMetric]:
    """Return in how many minutes each queue is empty, by how fast it gets shorter; nothing while it grows."""
    found: list[cloudwatch.IMetric] = []
    for made in functions.values():
        if isinstance(made, QueueWorker):
            name = made.queue.node.id.lower()
            ending = f"IF(RATE({name}) < 0, 0 - {name} / RATE({name}) / 60)"
            found.append(
                cloudwatch.MathExpression(
                    expression=ending,
                    using_metrics={name: _backlog(made)},
                    label=made.queue.node.id,
                    period=_PERIOD,
                )
            )
    return found


def _paced(region: str) -> cloudwatch.MathExpression:
    names = " OR ".join(f'MetricName="{metric.value}"' for metric in PACED)
    search = f"SEARCH('{{{METRICS_NAMESPACE},service}} {names}', 'Sum', 300)"
    return cloudwatch.MathExpression(expression=search, label="", period=_PERIOD, search_region=region)


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_HALF, height=6)


def _counted(folder: str, region: str) -> cloudwatch.GraphWidget:
    """Return a graph of everything that the functions of a folder count."""
    search = f"SEARCH('{{{METRICS_NAMESPACE},service}} service=\"{folder}\"', 'Sum', 300)"
    expression = cloudwatch.MathExpression(expression=search, label="", period=_PERIOD, search_region=region)
    return cloudwatch.GraphWidget(title=folder, left=[expression], width=_THIRD, height=6)
