"""The dashboard: alarms, what waits, what came and went, and the functions, by the topology's rows."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from connect_zendesk.function_kinds import Function
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
                _graph("Errors", [made.metric_errors(period=_PERIOD) for made in lambdas]),
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


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=_HALF, height=6)


def _counted(folder: str, region: str) -> cloudwatch.GraphWidget:
    """Return a graph of everything that the functions of a folder count."""
    search = f"SEARCH('{{{METRICS_NAMESPACE},service}} service=\"{folder}\"', 'Sum', 300)"
    expression = cloudwatch.MathExpression(expression=search, label="", period=_PERIOD, search_region=region)
    return cloudwatch.GraphWidget(title=folder, left=[expression], width=_THIRD, height=6)
