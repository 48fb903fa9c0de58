"""What holds of every queue: no message ends anywhere but at its worker or in the dead letters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.function_kinds import PATIENCE, Worker
from connect_zendesk.topology import DEAD_LETTER_OUTPUTS, FUNCTIONS, WORKERS
from tests.infra.conftest import Synthesised

pytestmark = pytest.mark.xdist_group("synthesis")

RETENTION = timedelta(days=14)
#: SQS keeps the time at which a message was first sent as it moves it between standard queues.
LEFT_IN_DEAD_LETTERS = timedelta(days=7)

each_worker = pytest.mark.parametrize("worker", WORKERS, ids=lambda worker: worker.queue.name)


def queue_of(template: Synthesised, worker: Worker) -> tuple[str, dict[str, Any]]:
    """Return the logical id and the properties of the queue that a worker's function takes from."""
    name = template.queue_of(worker.folder)
    return name, template.of_type("AWS::SQS::Queue")[name]["Properties"]


def dead_letters(template: Synthesised) -> list[str]:
    """Return the logical ids of the queues of dead letters: of standard queues, and of FIFO queues."""
    return [template.template["Outputs"][name]["Value"]["Ref"] for name in DEAD_LETTER_OUTPUTS]


def test_every_queue_is_a_workers_or_one_of_dead_letters(complete: Synthesised) -> None:
    named = [queue_of(complete, worker)[0] for worker in WORKERS] + dead_letters(complete)
    assert sorted(complete.of_type("AWS::SQS::Queue")) == sorted(named)


def test_every_queue_keeps_messages_for_two_weeks(complete: Synthesised) -> None:
    kept = {q["Properties"]["MessageRetentionPeriod"] for q in complete.of_type("AWS::SQS::Queue").values()}
    assert kept == {RETENTION.total_seconds()}


@each_worker
def test_a_message_stays_hidden_while_it_is_worked_on(complete: Synthesised, worker: Worker) -> None:
    _, queue = queue_of(complete, worker)
    assert queue["VisibilityTimeout"] >= 6 * complete.function(worker.folder)["Timeout"]


@each_worker
def test_a_message_that_crashes_its_function_is_dead_lettered_well_before_it_is_dropped(
    complete: Synthesised, worker: Worker
) -> None:
    _, queue = queue_of(complete, worker)
    standard, fifo = dead_letters(complete)
    redrive = queue["RedrivePolicy"]
    is_fifo = queue.get("FifoQueue", False)
    assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] == (fifo if is_fifo else standard)
    ends = timedelta(seconds=queue["VisibilityTimeout"] * redrive["maxReceiveCount"])
    assert ends <= RETENTION - LEFT_IN_DEAD_LETTERS


@each_worker
def test_the_receives_of_a_message_outlast_its_patience(complete: Synthesised, worker: Worker) -> None:
    _, queue = queue_of(complete, worker)
    waited, attempts = timedelta(), 1
    while waited <= PATIENCE:
        waited += timedelta(seconds=worker.queue.retries.wait(attempts))
        attempts += 1
    assert attempts < queue["RedrivePolicy"]["maxReceiveCount"]
    assert waited < RETENTION


def test_dead_letters_are_of_the_kind_of_their_queues_and_have_alarms(complete: Synthesised) -> None:
    queues = complete.of_type("AWS::SQS::Queue")
    standard, fifo = dead_letters(complete)
    assert [queues[name]["Properties"].get("FifoQueue", False) for name in (standard, fifo)] == [False, True]
    for alarm, name in (("DeadLetters", standard), ("FifoLetters", fifo)):
        made = complete.alarm(alarm)
        assert (made["MetricName"], made["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)
        assert made["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]


@each_worker
def test_every_worker_is_deployed_as_its_row_says(complete: Synthesised, worker: Worker) -> None:
    name, queue = queue_of(complete, worker)
    mapping = complete.mapping(worker.folder)["Properties"]
    assert mapping["BatchSize"] == worker.batch
    assert queue.get("FifoQueue", False) is (worker.queue.order is not None)
    assert complete.template["Outputs"][worker.queue.output]["Value"] == {"Ref": name}
    waits = complete.alarm(worker.queue.waits.id)
    assert waits["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert waits["Threshold"] == worker.queue.waits.above
    assert waits["Dimensions"][0]["Value"] == {"Fn::GetAtt": [name, "QueueName"]}


@each_worker
def test_every_rule_of_a_queue_is_deployed_and_no_other(complete: Synthesised, worker: Worker) -> None:
    name, _ = queue_of(complete, worker)
    made = {
        rule["Properties"]["Description"]: rule["Properties"]["EventPattern"]
        for rule in complete.of_type("AWS::Events::Rule").values()
        if rule["Properties"]["Targets"][0]["Arn"] == {"Fn::GetAtt": [name, "Arn"]}
    }
    assert made.keys() == {rule.description for rule in worker.queue.rules}
    for rule in worker.queue.rules:
        pattern = made[rule.description]
        assert pattern.keys() - {"detail"} == rule.pattern.keys() - {"detail"}
        assert pattern.get("source") == (None if rule.bus else [rule.source])
        assert pattern.get("detail-type") == rule.pattern.get("detail-type")
        assert pattern.get("detail", {}).items() >= rule.detail.items()


def test_what_is_deployed_only_where_something_is_named_is_left_out_elsewhere(made: Synthesised) -> None:
    assert set(made.handlers()) == {(row.folder, row.module) for row in FUNCTIONS if not row.needs}
