"""The page docs/metrics.md: everything that is counted, and every alarm, from the tables that are read."""

from administration.markdown import NOTICE, code, codes, table
from connect_zendesk.function_kinds import Alarm
from connect_zendesk.metrics import Metric
from connect_zendesk.topology import alarms

_HEAD = """\
# Metrics and alarms

## Metrics

In CloudWatch, namespace `ConnectZendesk`, with the dimension `service`: the folder of the function that
counts, such as `ticket_creation`. Read them by their sum. None holds a customer's data.

{metrics}

## Alarms

Each watches one metric for five minutes, and is sent to `alarm_email` where the deployment names one, when it
goes off and when all is well again. An alarm is in the stack where what it watches is: functions that the
deployment leaves out have none. The name in CloudWatch begins with the stack's and holds the one given here.
What to look at and what to do: [alarms](alarms.md).

{alarms}
"""

#: What is compared with the threshold, by metric; any other metric is summed.
_UNITS = {
    "ApproximateAgeOfOldestMessage": "{above} s",
    "ApproximateNumberOfMessagesVisible": "{above} messages",
    "IteratorAge": "{above} ms",
}


def page() -> str:
    """Return the page's text."""
    watching: dict[str, list[Alarm]] = {}
    for alarm in alarms():
        watching.setdefault(alarm.metric, []).append(alarm)
    return NOTICE + _HEAD.format(
        metrics=table(
            ("Metric", "Unit", "What it counts", "Alarm"),
            (
                (
                    code(metric.value),
                    metric.unit,
                    metric.meaning,
                    codes(alarm.id for alarm in watching.get(metric.value, ())),
                )
                for metric in Metric
            ),
        ),
        alarms=table(
            ("Alarm", "Metric", "Goes off above", "What it means"),
            (
                (code(alarm.id), code(alarm.metric), _threshold(alarm), f"{alarm.means}.")
                for alarm in alarms()
            ),
        ),
    )


def _threshold(alarm: Alarm) -> str:
    return _UNITS.get(alarm.metric, "{above}").format(above=alarm.above)
