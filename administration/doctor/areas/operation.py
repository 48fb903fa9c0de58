"""What the stack says of itself: dead letters, alarms, load, recordings against consent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from administration.dead_letters.sending import dead_letter_queues
from administration.doctor.areas.account import requests_a_minute
from administration.doctor.findings import Said, Seen, fault, warning
from administration.doctor.system import System
from connect_zendesk.metrics import Metric
from connect_zendesk.rules.settings.settings import resolve
from connect_zendesk.topology import CONTACT_RECORDS, FUNCTIONS

_NAMESPACE = "ConnectZendesk"
_HOUR = timedelta(hours=1)
_WHAT_TO_DO = " What to do: "  # in the description of an alarm, before the link to its section
_WORST = 0.8  # of what the plan allows
#: Updates of tickets that an account has in a minute (facts/zendesk.md 4), by its requests in a minute.
_UPDATES, _UPDATES_HIGH_VOLUME, _HIGH_VOLUME = 100, 300, 2500


def dead_letters(system: System) -> Iterator[Said]:
    """Look for dead letters."""
    count = 0
    for url in dead_letter_queues(system.outputs):
        answer = system.client("sqs").get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )
        count += sum(map(int, answer["Attributes"].values()))
    if count:
        yield fault(
            "dead-letters",
            f"{count} dead letters",
            "each is a contact, a transcript or an event that was not handled; it is kept for 14 days",
            'make dead-letters ARGS="list"',
            'make dead-letters ARGS="send --all", once their cause is removed',
        )


def alarms(system: System) -> Iterator[Said]:
    """Say which of the stack's alarms are on."""
    pages = system.client("cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
    beginning = f"{system.stack}: "
    on = [
        alarm
        for page in pages
        for alarm in page.get("MetricAlarms", ())
        if str(alarm.get("AlarmDescription", "")).startswith(beginning)
    ]
    for alarm in on:
        means, _, page = alarm["AlarmDescription"].removeprefix(beginning).partition(_WHAT_TO_DO)
        yield fault(
            "alarm-on",
            f"the alarm {alarm['AlarmName']} is on",
            means,
            page or "docs/alarms.md: the section of that alarm",
        )


def recorded_against_consent(system: System) -> Iterator[Said]:
    """Say whether customers who opted out were recorded all the same, within a week (M3)."""
    counted = _counted(system, [Metric.RECORDED_AGAINST_CONSENT], timedelta(days=7))
    if total := sum(counted[Metric.RECORDED_AGAINST_CONSENT].values()):
        yield fault(
            "recorded-against-consent",
            f"{total} contacts within a week were recorded although their customers opted out",
            "their flow does not stop the recording; the recordings are there, and may not be",
            "in the contact flow: after the consent, Set recording and analytics behavior, off",
            "python -m local flow FLOW.json, which walks it",
            "their tickets name each recording: remove them",
        )


def load(system: System) -> Iterator[Said]:
    """Compare yesterday's busiest hour with what the account's plan takes of the connector."""
    limit = requests_a_minute(system)
    hours = _counted(
        system, [Metric.CONTACT_RECORD_RECEIVED, Metric.ZENDESK_REQUESTS], timedelta(hours=24), _HOUR
    )
    contacts, requests = hours[Metric.CONTACT_RECORD_RECEIVED], hours[Metric.ZENDESK_REQUESTS]
    most = max(contacts.values(), default=0)
    if not most or limit is None:
        yield Seen(f"{most} contact records in the busiest hour since yesterday")
        return
    each = max(1.0, sum(requests.values()) / sum(contacts.values()))
    updates = _UPDATES_HIGH_VOLUME if limit >= _HIGH_VOLUME else _UPDATES
    written = 2 if resolve({}, system.app.defaults).by_name["voice_comment"].value else 1
    possible = int(min(limit * 60 / each, updates * 60 / written))
    yield Seen(
        f"{most} contact records in the busiest hour, of {possible} that the plan takes",
        f"{limit} requests and {updates} updates a minute; {each:.1f} and {written} of them a record",
    )
    if most > possible * _WORST:
        yield warning(
            "plan-too-small",
            f"yesterday's busiest hour had {most} contact records; the plan takes {possible}",
            "Zendesk refuses for minutes at a time: contacts wait, tickets come late, and people who use the"
            " same account's API wait, too",
            "in Zendesk: the High Volume API add-on, or a higher plan",
            "or fewer updates: voice_comment = false, for one update less a call",
        )


def _counted(
    system: System, metrics: list[Metric], span: timedelta, period: timedelta | None = None
) -> dict[Metric, dict[datetime, int]]:
    """Return what all functions have counted in a span until now, by the beginning of each period."""
    end, step = system.clock(), period or span
    folders = sorted({row.folder for row in FUNCTIONS} | {CONTACT_RECORDS.folder})
    queries = [
        {
            "Id": f"m{number}_{place}",
            "MetricStat": {
                "Metric": {
                    "Namespace": _NAMESPACE,
                    "MetricName": str(metric),
                    "Dimensions": [{"Name": "service", "Value": folder}],
                },
                "Period": int(step.total_seconds()),
                "Stat": "Sum",
            },
        }
        for number, metric in enumerate(metrics)
        for place, folder in enumerate(folders)
    ]
    found: dict[Metric, dict[datetime, int]] = {metric: {} for metric in metrics}
    more: dict[str, str] = {}
    while True:
        answer = system.client("cloudwatch").get_metric_data(
            MetricDataQueries=queries, StartTime=end - span, EndTime=end, **more
        )
        for result in answer.get("MetricDataResults", ()):
            metric = metrics[int(result["Id"][1:].split("_")[0])]
            for at, value in zip(result["Timestamps"], result["Values"], strict=True):
                found[metric][at] = found[metric].get(at, 0) + int(value)
        if not answer.get("NextToken"):
            return found
        more = {"NextToken": answer["NextToken"]}
