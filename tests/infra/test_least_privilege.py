"""Each function may do what its row says and nothing else: every action of every role is asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connect_zendesk.function_kinds import Function, StreamConsumer, Worker
from connect_zendesk.topology import FUNCTIONS
from tests.infra.conftest import Synthesised
from tests.infra.test_functions import actions, resources_for

pytestmark = pytest.mark.xdist_group("synthesis")

_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
_KEYS = {
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}  # fmt: skip
_ITEMS = {"dynamodb:GetItem", "dynamodb:PutItem"}
_SETTINGS = {"appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"}
_RECEIVES = {
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
}  # fmt: skip
#: A stream that was there before, and its key.
_STREAM = {
    "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
    "kinesis:GetShardIterator", "kinesis:ListShards", "kms:Decrypt",
}  # fmt: skip
#: What Lambda itself sends to: an invocation, or a batch, that failed.
_FAILURES = {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
_SECRET = {"secretsmanager:GetSecretValue"}
_AUTHENTICATION = {"connect:UpdateContactAttributes", "voiceid:EvaluateSession"}
_BATCHES = {f"comprehend:BatchDetect{question}" for question in ("Entities", "KeyPhrases", "Sentiment")}
_JOBS = {
    f"transcribe:{does}{job}"
    for does in ("Start", "Get", "Delete")
    for job in ("CallAnalyticsJob", "TranscriptionJob")
}
#: What has a reason of its own in `infra/`, beside what a function's row of the topology says: for each one.
_BESIDES: dict[str, set[str]] = {
    "contact_records.handler": set(),
    "ticket_creation.from_contact_record": _AUTHENTICATION,
    "ticket_creation.from_contact_flow": set(),
    "ticket_creation.from_contact_event": _AUTHENTICATION,
    "customer_lookup.from_contact_flow": set(),
    "screen_pop.from_agent_event": set(),
    "agent_map.on_schedule": {"connect:ListUsers"},
    "ticket_attachment.from_command": set(),
    "customer_update.from_queue": set(),
    "voice_id_sync.from_queue": {"voiceid:DescribeSpeaker"},
    "transcript_attachment.from_queue": {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", *_BATCHES},
    "speech_analysis.from_queue": {*_JOBS, "iam:PassRole", "s3:GetObject", "s3:DeleteObject"},
    "zendesk_webhook.handler": _SECRET,
    "zendesk_recovery.on_schedule": set(),
    "zendesk_bus.from_queue": set(),
    "task_creation.from_zendesk_event": {"connect:StartTaskContact"},
    "agent_app.handler": {
        "connect:GetCurrentUserData", "connect:ResumeContactRecording", "connect:SuspendContactRecording",
        "connect:UpdateContactAttributes",
    },
    "app_settings.seed": {
        "appconfig:CreateHostedConfigurationVersion", "appconfig:GetDeployment", "appconfig:ListDeployments",
        "appconfig:ListHostedConfigurationVersions", "appconfig:StartDeployment",
    },
}  # fmt: skip
#: What may hand over a role, and to which service: the one that it is for, by name.
_PASSES = {"speech_analysis": "transcribe.amazonaws.com"}
#: What may be done to every resource there is, since there is none that could be named.
_TO_ALL = _BATCHES | _JOBS


def allowed(row: Function) -> set[str]:
    """Return the actions that a function has. Raises KeyError where it has no row in `_BESIDES`."""
    found = _LOGS | {f"connect:{action}" for action in row.asks_connect} | _BESIDES[row.key]
    if row.runs_workflows:
        found |= _ITEMS | {"dynamodb:ConditionCheckItem", "dynamodb:Query"} | _KEYS | _SETTINGS
    if getattr(row, "partitions", ""):
        found |= _ITEMS | _KEYS
    if row.asks_zendesk:
        found |= _SECRET
    if isinstance(row, Worker):
        found |= _RECEIVES
    if row.sends_to:
        found |= {"sqs:SendMessage"}
    if getattr(row, "failures", "") or getattr(row, "retried", False):
        found |= _FAILURES
    if row.publishes:
        found |= {"events:PutEvents"}
    if isinstance(row, StreamConsumer):
        found |= _STREAM
    return found


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: str(row.key))
def test_a_function_may_do_what_its_row_says_and_nothing_else(complete: Synthesised, row: Function) -> None:
    assert actions(complete.statements(row.folder, row.module)) == allowed(row)


def test_the_table_has_no_row_of_a_function_that_is_gone() -> None:
    assert sorted(_BESIDES) == sorted(row.key for row in FUNCTIONS)


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: str(row.key))
def test_what_is_allowed_names_its_resources(complete: Synthesised, row: Function) -> None:
    for statement in complete.statements(row.folder, row.module):
        if "*" in (statement["Resource"], *statement["Resource"]):
            assert actions([statement]) <= _TO_ALL


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: str(row.key))
def test_no_function_reads_dead_letters_or_another_functions_queue(
    complete: Synthesised, row: Function
) -> None:
    own = [{"Fn::GetAtt": [complete.queue_of(row.folder), "Arn"]}] if isinstance(row, Worker) else []
    assert resources_for(complete.statements(row.folder, row.module), "sqs:ReceiveMessage") == own


def test_no_policy_lets_anyone_else_use_a_queue(complete: Synthesised) -> None:
    """What a queue's policy allows is that EventBridge's rules send to it."""
    allowed = [
        statement
        for policy in complete.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert allowed
    for statement in allowed:
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert actions([statement]) <= _FAILURES
        assert "aws:SourceArn" in json.dumps(statement["Condition"])


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
