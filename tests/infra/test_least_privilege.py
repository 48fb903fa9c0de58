"""Each function may do what its row says and nothing else: every action of every role is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from connect_zendesk.function_kinds import Function, StreamConsumer, Worker
from connect_zendesk.topology import AGENT_APP, APP_SETTINGS, FUNCTIONS, TRANSCRIPT_ATTACHMENT, VOICE_ID_SYNC
from tests.infra.conftest import Synthesised
from tests.infra.test_functions import actions

pytestmark = pytest.mark.xdist_group("synthesis")

_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
_KEYS = {
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}  # fmt: skip
_LEDGER = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}
_RECEIVES = {
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
}  # fmt: skip
_SENDS = {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
#: What has a reason of its own in `infra/`, beside what its row says.
_AUTHENTICATION = {"connect:UpdateContactAttributes", "voiceid:EvaluateSession"}
_BESIDES = {
    "ticket_creation.from_contact_event": _AUTHENTICATION,
    "ticket_creation.from_contact_record": _AUTHENTICATION,
    "agent_map.on_schedule": {"connect:ListUsers"},
    "task_creation.from_zendesk_event": {"connect:StartTaskContact"},
    "speech_analysis.from_queue": {
        *(
            f"transcribe:{does}{job}"
            for does in ("Start", "Get", "Delete")
            for job in ("CallAnalyticsJob", "TranscriptionJob")
        ),
        "iam:PassRole", "s3:GetObject", "s3:DeleteObject",
    },
}  # fmt: skip
#: What may hand over a role, and to which service: the one that it is for, by name.
_PASSES = {"speech_analysis": "transcribe.amazonaws.com"}
_OWN = {row.key for row in (AGENT_APP, APP_SETTINGS, TRANSCRIPT_ATTACHMENT, VOICE_ID_SYNC)}


def allowed(row: Function) -> set[str]:
    """Return the actions that a row asks for, at most."""
    found = set(_LOGS) | {f"connect:{action}" for action in row.asks_connect}
    if row.runs_workflows or bool(getattr(row, "partitions", "")):
        found |= _LEDGER | _KEYS
    if row.runs_workflows:
        found |= {"appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"}
    if row.asks_zendesk or not row.runs_workflows:
        found |= {"secretsmanager:GetSecretValue"}
    if isinstance(row, Worker):
        found |= _RECEIVES
    if row.sends_to or bool(getattr(row, "failures", "")):
        found |= _SENDS
    if row.publishes:
        found |= {"events:PutEvents"}
    if isinstance(row, StreamConsumer):
        found |= {
            "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
            "kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:ListStreams",
            "kinesis:SubscribeToShard", "kms:Decrypt", "sqs:SendMessage", *_SENDS,
        }  # fmt: skip
    return found | _BESIDES.get(row.key, set())


@pytest.mark.parametrize(
    "row", [row for row in FUNCTIONS if row.key not in _OWN], ids=lambda row: str(row.key)
)
def test_a_function_may_do_what_its_row_says_and_nothing_else(complete: Synthesised, row: Function) -> None:
    assert actions(complete.statements(row.folder, row.module)) - allowed(row) == set()


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: str(row.key))
def test_no_function_may_change_what_it_is_or_scan_what_is_remembered(
    complete: Synthesised, row: Function
) -> None:
    statements: list[dict[str, Any]] = complete.statements(row.folder, row.module)
    passing = [one for one in statements if "iam:PassRole" in actions([one])]
    for statement in passing:
        to = {"StringEquals": {"iam:PassedToService": _PASSES[row.folder]}}
        assert statement["Condition"] == to
        assert list(statement["Resource"]) == ["Fn::GetAtt"]  # one role of the stack's own
    for action in actions([one for one in statements if one not in passing]):
        service, _, verb = action.partition(":")
        assert service not in ("iam", "sts", "lambda", "cloudformation", "organizations"), action
        assert (service, verb) not in (("dynamodb", "Scan"), ("dynamodb", "DeleteItem")), action
        assert "*" not in action, action
