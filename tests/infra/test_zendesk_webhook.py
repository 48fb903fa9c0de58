"""What is deployed for Zendesk's events: an endpoint that anyone can call, and the recovery."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from tests.infra.conftest import Synthesised
from tests.infra.test_functions import actions, arn_of, resources_for
from tests.infra.test_live_contacts import logical_id, rules_of

pytestmark = pytest.mark.xdist_group("synthesis")

DOOR = "zendesk_webhook"
RECOVERY = "zendesk_recovery"


def keys_of(made: Synthesised) -> dict[str, Any]:
    """Return the reference to the secret that the endpoint verifies with."""
    reference: dict[str, Any] = made.template["Outputs"]["ZendeskWebhookSecretArn"]["Value"]
    return reference


def test_the_door_has_an_address_without_aws_signatures_and_nothing_else_has(made: Synthesised) -> None:
    (url,) = made.of_type("AWS::Lambda::Url").values()
    assert url["Properties"] == {
        "AuthType": "NONE",
        "TargetFunctionArn": {"Fn::GetAtt": [logical_id(made, DOOR), "Arn"]},
    }
    public = [
        held["Properties"]
        for held in made.of_type("AWS::Lambda::Permission").values()
        if held["Properties"]["Principal"] == "*"
    ]
    assert {str(permission["FunctionName"]) for permission in public} == {
        str({"Fn::GetAtt": [logical_id(made, DOOR), "Arn"]})
    }
    (name,) = made.of_type("AWS::Lambda::Url")
    assert made.template["Outputs"]["ZendeskWebhookUrl"]["Value"] == {"Fn::GetAtt": [name, "FunctionUrl"]}


def test_a_flood_is_bounded_and_fills_no_log(made: Synthesised) -> None:
    function = made.function(DOOR)
    assert function["ReservedConcurrentExecutions"] == 10
    assert function["Timeout"] < 10  # Zendesk waits for ten
    logging = function["LoggingConfig"]
    assert (logging["LogFormat"], logging["SystemLogLevel"]) == ("JSON", "WARN")
    assert "LogGroup" in logging


def test_an_account_with_a_small_quota_sets_none_aside_for_the_door(imported: Synthesised) -> None:
    assert "ReservedConcurrentExecutions" not in imported.function(DOOR)


def test_the_door_may_put_events_read_its_secret_and_touch_its_own_items(made: Synthesised) -> None:
    statements = made.statements(DOOR)
    assert actions(statements) == {
        "logs:CreateLogStream", "logs:PutLogEvents",
        "events:PutEvents", "sqs:SendMessage", "secretsmanager:GetSecretValue",
        "dynamodb:GetItem", "dynamodb:PutItem",
        "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    }  # fmt: skip
    assert resources_for(statements, "secretsmanager:GetSecretValue") == [keys_of(made)]
    assert resources_for(statements, "sqs:SendMessage") == [arn_of(made, "AWS::SQS::Queue", "DeadLetters")]
    (items,) = [held for held in statements if "dynamodb:PutItem" in held["Action"]]
    assert items["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["webhook#*"]}}
    (key,) = [held for held in statements if "kms:Decrypt" in held["Action"]]
    assert "kms:ViaService" in key["Condition"]["StringEquals"]


def test_the_door_reads_no_app_settings_and_knows_no_oauth_client(made: Synthesised) -> None:
    assert made.function(DOOR)["Environment"]["Variables"].keys() == {
        "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL",
        "BUS_NAME", "DEAD_LETTER_QUEUE_URL", "TABLE_NAME", "WEBHOOK_SECRET_ARN",
    }  # fmt: skip


def test_the_secret_begins_empty(made: Synthesised) -> None:
    held = made.template["Resources"][keys_of(made)["Ref"]]
    assert WebhookKeys.of(held["Properties"]["SecretString"]) == WebhookKeys()
    assert json.loads(held["Properties"]["SecretString"])["webhooks"] == {}


def test_recovery_runs_each_quarter_of_an_hour_and_reads_both_secrets(made: Synthesised) -> None:
    (rule,) = rules_of(made, RECOVERY)
    assert rule["ScheduleExpression"] == "rate(15 minutes)"
    assert made.function(RECOVERY)["Environment"]["Variables"]["WEBHOOK_SECRET_ARN"] == keys_of(made)
    statements = made.statements(RECOVERY)
    secrets = resources_for(statements, "secretsmanager:GetSecretValue")
    assert made.template["Outputs"]["ZendeskSecretArn"]["Value"] in secrets
    assert keys_of(made) in secrets
    assert resources_for(statements, "sqs:SendMessage") == [arn_of(made, "AWS::SQS::Queue", "DeadLetters")]
    assert resources_for(statements, "events:PutEvents") == [arn_of(made, "AWS::Events::EventBus")]
    assert not {action for action in actions(statements) if action.startswith("connect:")}


@pytest.mark.parametrize("name", ["ZendeskWebhook", "ZendeskRecovery"])
def test_errors_and_throttles_are_told(made: Synthesised, name: str) -> None:
    alarms = " ".join(made.of_type("AWS::CloudWatch::Alarm"))
    assert f"{name}Errors" in alarms
    assert f"{name}Throttles" in alarms
