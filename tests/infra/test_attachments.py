"""Attachments by hand, and changes of customers' users: what brings them to their workers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.conftest import Synthesised

pytestmark = pytest.mark.xdist_group("synthesis")

WORKERS = ("ticket_attachment", "customer_update")


def test_A1_commands_go_from_the_bus_to_a_queue_of_their_own(made: Synthesised) -> None:
    (rule,) = [
        rule["Properties"]
        for rule in made.of_type("AWS::Events::Rule").values()
        if rule["Properties"].get("EventPattern", {}).get("detail-type") == ["Attachment Requested"]
    ]
    assert rule["EventPattern"]["source"] == ["connect-zendesk"]
    (target,) = rule["Targets"]
    assert target["Arn"]["Fn::GetAtt"][0] == made.queue_of("ticket_attachment")
    assert "DeadLetters" in target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
    assert made.template["Outputs"]["AttachmentQueueUrl"]["Value"] == {
        "Ref": made.queue_of("ticket_attachment")
    }


@pytest.mark.parametrize(
    ("folder", "handler", "batch", "concurrency"),
    [("ticket_attachment", "from_command.handler", 5, 17), ("customer_update", "from_queue.handler", 1, 2)],
)
def test_each_worker_takes_its_own_queue_at_its_own_pace(
    imported: Synthesised, folder: str, handler: str, batch: int, concurrency: int
) -> None:
    function = imported.function(folder)
    assert (function["Handler"], function["Timeout"]) == (handler, 30)
    mapping: dict[str, Any] = imported.mapping(folder)["Properties"]
    assert mapping["BatchSize"] == batch
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": concurrency}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    own = {"Ref": imported.queue_of(folder)}
    assert function["Environment"]["Variables"]["OWN_QUEUE_URL"] == own


def test_commands_wait_out_an_outage_and_changes_of_users_keep_their_order(made: Synthesised) -> None:
    queues = made.of_type("AWS::SQS::Queue")
    attachments, customers = (queues[made.queue_of(folder)]["Properties"] for folder in WORKERS)
    for queue in (attachments, customers):
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue["VisibilityTimeout"] == 180
    assert attachments["RedrivePolicy"]["maxReceiveCount"] == 1000
    assert customers["FifoQueue"] is True
