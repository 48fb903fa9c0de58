"""The topology: what a row cannot say, and what has to go together in the table."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.function_kinds import (
    PATIENCE,
    POISON_LATEST,
    RETENTION,
    ImpossibleRow,
    Order,
    Retries,
    Rule,
    StreamConsumer,
    Worker,
)
from connect_zendesk.topology import (
    CONTACT_RECORDS,
    CUSTOMER_UPDATES,
    FUNCTIONS,
    TASK_CREATION,
    TICKET_CREATION,
    TRANSCRIPT_ATTACHMENT,
    WORKERS,
    ZENDESK_RECOVERY,
    ZENDESK_WEBHOOK,
    title,
    worker_of,
)
from connect_zendesk.workflows.webhooks import endpoint, recovery
from functions.contact_records import handler as contact_records

NAMESAKES = (Rule(id="Contactrecords", description="", detail_types=()),)
ROOT = Path(__file__).parents[2]


def changed(worker: Worker, **queue: Any) -> Worker:
    """Return a worker whose queue is another."""
    return replace(worker, queue=replace(worker.queue, **queue))


@pytest.mark.parametrize(
    ("worker", "queue", "problem"),
    [
        pytest.param(TICKET_CREATION, {"receives": 1001}, "allows 1000 receives", id="more than SQS allows"),
        pytest.param(TICKET_CREATION, {"name": "contactrecords", "rules": NAMESAKES}, "one id", id="ids"),
        pytest.param(TICKET_CREATION, {"receives": 700}, "and 700 receives", id="the patience takes more"),
        pytest.param(
            TRANSCRIPT_ATTACHMENT,
            {"receives": 1000, "retries": Retries()},
            "received for 20 days",
            id="dropped before it is dead-lettered",
        ),
        pytest.param(
            TASK_CREATION,
            {"retries": Retries(longest=60, late_after=1000)},
            "attempts in",
            id="a minute apart for two weeks",
        ),
        pytest.param(TICKET_CREATION, {"order": Order(group="all")}, "overtake", id="a FIFO batch"),
        pytest.param(
            TASK_CREATION,
            {"order": Order(group="ticket", field="ticket")},
            "one message group",
            id="by field",
        ),
    ],
)
def test_a_row_that_would_lose_messages_cannot_be_made(
    worker: Worker, queue: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ImpossibleRow, match=problem):
        changed(worker, **queue)


def test_half_the_retention_is_left_in_the_dead_letters() -> None:
    assert POISON_LATEST * 2 <= RETENTION
    assert PATIENCE < RETENTION


@pytest.mark.parametrize(
    "retries", [worker.queue.retries for worker in WORKERS], ids=[worker.queue.name for worker in WORKERS]
)
@pytest.mark.parametrize("patience", [timedelta(hours=1), timedelta(days=2), PATIENCE], ids=str)
def test_attempts_are_never_more_than_are_reckoned_with(retries: Retries, patience: timedelta) -> None:
    waited, attempts = timedelta(), 0
    while waited < patience:
        attempts += 1
        waited += timedelta(seconds=retries.wait(attempts))
    assert attempts <= retries.attempts_within(patience)


def test_a_message_group_is_the_queues_or_what_the_detail_says() -> None:
    tasks, customers = TASK_CREATION.queue.order, CUSTOMER_UPDATES.queue.order
    assert tasks is not None
    assert customers is not None
    assert tasks.group_of({"user": 7}) == "tasks"
    assert customers.group_of({"user": 7}) == "7"
    assert customers.group_of({}) == "user"
    assert TASK_CREATION.queue.one_at_a_time
    assert not CUSTOMER_UPDATES.queue.one_at_a_time


def test_nothing_in_the_table_has_the_name_of_another() -> None:
    queues = [worker.queue for worker in WORKERS]
    streams = [row for row in FUNCTIONS if isinstance(row, StreamConsumer)]
    for names in (
        [row.key for row in FUNCTIONS],
        [title(row) for row in FUNCTIONS],
        [queue.name for queue in queues],
        [queue.output for queue in queues] + [row.output for row in streams if row.output],
        [alarm.id for row in FUNCTIONS for alarm in row.alarms] + [queue.waits.id for queue in queues],
        [worker.folder for worker in WORKERS],
    ):
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_what_is_sent_to_is_there() -> None:
    shared = {worker.queue.name for worker in WORKERS if worker.queue.shared} | {"dead letters"}
    assert {name for row in FUNCTIONS for name in row.sends_to} <= shared
    assert all(worker_of(worker.queue.name) is worker for worker in WORKERS)
    assert all("dead letters" in worker.sends_to for worker in WORKERS)


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.key)
def test_a_row_names_a_handler_that_is_there(row: Any) -> None:
    text = (ROOT / "functions" / row.folder / f"{row.module}.py").read_text("utf-8")
    assert "\ndef handler(" in text


def test_what_starts_without_the_table_has_the_names_of_its_rows() -> None:
    assert CONTACT_RECORDS.folder == contact_records.SOURCE
    assert ZENDESK_WEBHOOK.folder == endpoint.SOURCE
    assert ZENDESK_RECOVERY.folder == recovery.SOURCE


def test_the_table_needs_nothing_but_the_standard_library_and_words() -> None:
    ours = "[name for name in sys.modules if name.startswith('connect_zendesk.')]"
    text = f"import sys\nfrom connect_zendesk import topology\nprint(*sorted({ours}))\n"
    text += (
        "print(*sorted(set(sys.modules) & {'boto3', 'requests', 'aws_lambda_powertools', 'phonenumbers'}))"
    )
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True)
    assert done.stdout == (
        "connect_zendesk.detail_types connect_zendesk.function_kinds connect_zendesk.metrics"
        " connect_zendesk.rules connect_zendesk.rules.ticket_events connect_zendesk.rules.tickets"
        " connect_zendesk.rules.tickets.macro_tags connect_zendesk.topology\n\n"
    )


@pytest.mark.parametrize("module", ["contact_records.handler", "zendesk_webhook.handler"])
def test_what_has_to_start_fast_does_not_load_the_table(module: str) -> None:
    text = f"import sys\nimport functions.{module}\nprint('connect_zendesk.topology' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "False\n"


def test_queues_keep_the_names_by_which_their_resources_were_first_made() -> None:
    first = {"Contacts", "Attachments", "Customers", "Authentications", "Transcripts", "Tasks"}
    assert first <= {worker.queue.id for worker in WORKERS}
