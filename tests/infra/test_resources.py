"""Stream, bus, queues, table, secret, settings and alarms, as they would be deployed."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft4Validator

from connect_zendesk import __version__
from connect_zendesk.topology import WORKERS
from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from infra.synth import PROJECT
from tests.infra.conftest import INSTANCE, Synthesised

pytestmark = pytest.mark.xdist_group("synthesis")


def test_the_record_stream_is_kept_a_week_under_a_key_of_its_own(made: Synthesised) -> None:
    stream = made.only("AWS::Kinesis::Stream")
    assert stream["RetentionPeriodHours"] == 7 * 24
    assert stream["ShardCount"] == 1
    assert stream["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    assert stream["StreamEncryption"]["EncryptionType"] == "KMS"
    assert "RecordStreamKey" in stream["StreamEncryption"]["KeyId"]["Fn::GetAtt"][0]


def test_amazon_connect_and_only_it_may_encrypt_for_the_stream(made: Synthesised) -> None:
    (key,) = [
        key["Properties"] for name, key in made.of_type("AWS::KMS::Key").items() if "RecordStream" in name
    ]
    _owner, connect = key["KeyPolicy"]["Statement"]
    assert connect["Action"] == "kms:GenerateDataKey"
    role = connect["Condition"]["ArnLike"]["aws:PrincipalArn"]["Fn::Join"][1][-1]
    assert role == ":role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect*"
    assert connect["Condition"]["StringEquals"]["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}


def test_O6_the_stack_says_its_release(made: Synthesised) -> None:
    assert made.template["Outputs"]["Version"]["Value"] == __version__


def test_O1_an_existing_stream_is_used_as_it_is(imported: Synthesised) -> None:
    assert not imported.of_type("AWS::Kinesis::Stream")
    assert not imported.of_type("AWS::Connect::InstanceStorageConfig")
    assert imported.template["Outputs"]["RecordStreamName"]["Value"] == "records"


def test_capacity_can_be_on_demand(associated: Synthesised) -> None:
    stream = associated.only("AWS::Kinesis::Stream")
    assert stream["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert "ShardCount" not in stream


def test_the_stream_is_associated_with_the_instance_only_when_asked(
    made: Synthesised, associated: Synthesised
) -> None:
    assert not made.of_type("AWS::Connect::InstanceStorageConfig")
    association = associated.only("AWS::Connect::InstanceStorageConfig")
    (stream,) = associated.of_type("AWS::Kinesis::Stream")
    assert association == {
        "InstanceArn": INSTANCE,
        "ResourceType": "CONTACT_TRACE_RECORDS",
        "StorageType": "KINESIS_STREAM",
        "KinesisStreamConfig": {"StreamArn": {"Fn::GetAtt": [stream, "Arn"]}},
    }


def test_the_bus_is_archived_for_thirty_days(made: Synthesised) -> None:
    (bus,) = made.of_type("AWS::Events::EventBus")
    archive = made.only("AWS::Events::Archive")
    assert archive["SourceArn"] == {"Fn::GetAtt": [bus, "Arn"]}
    assert archive["RetentionDays"] == 30
    assert archive["EventPattern"] == {"source": ["connect-zendesk"]}


def test_contact_records_go_from_the_bus_to_the_contact_queue(made: Synthesised) -> None:
    (rule,) = [
        rule["Properties"]
        for rule in made.of_type("AWS::Events::Rule").values()
        if rule["Properties"].get("EventPattern", {}).get("detail-type") == ["Contact Record"]
    ]
    assert rule["EventPattern"]["source"] == ["connect-zendesk"]
    (target,) = rule["Targets"]
    assert "Contacts" in target["Arn"]["Fn::GetAtt"][0]
    assert "DeadLetters" in target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]


def test_each_rule_of_the_bus_may_send_to_its_queue_and_to_the_dead_letters(made: Synthesised) -> None:
    allowed = [
        (policy["Properties"]["Queues"][0]["Ref"], statement)
        for policy in made.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert all(statement["Principal"] == {"Service": "events.amazonaws.com"} for _, statement in allowed)
    for name, rule in made.of_type("AWS::Events::Rule").items():
        from_rule = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [name, "Arn"]}}}
        sent_to = {queue for queue, statement in allowed if statement["Condition"] == from_rule}
        for target in rule["Properties"]["Targets"]:
            if target["Arn"]["Fn::GetAtt"][0] in made.of_type("AWS::SQS::Queue"):
                dead_letters = target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
                assert sent_to == {target["Arn"]["Fn::GetAtt"][0], dead_letters}


def test_the_contact_queue_waits_out_an_outage(made: Synthesised) -> None:
    queues = made.of_type("AWS::SQS::Queue")
    (contacts,) = [queue["Properties"] for name, queue in queues.items() if "Contacts" in name]
    (dead_letters,) = [name for name in queues if "DeadLetters" in name]
    assert contacts["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert contacts["VisibilityTimeout"] == 6 * made.function("ticket_creation")["Timeout"]
    assert contacts["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]},
        "maxReceiveCount": 1000,
    }
    assert queues[dead_letters]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_every_queue_is_encrypted_and_refuses_plain_connections(made: Synthesised) -> None:
    queues = made.of_type("AWS::SQS::Queue")
    assert all(queue["Properties"]["SqsManagedSseEnabled"] for queue in queues.values())
    refused = [
        policy["Properties"]["Queues"]
        for policy in made.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ]
    assert sorted(refused, key=str) == sorted(([{"Ref": name}] for name in queues), key=str)


def test_the_ledger_forgets_by_itself_and_is_encrypted_and_restorable(made: Synthesised) -> None:
    table = made.only("AWS::DynamoDB::Table")
    assert table["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert {part["AttributeType"] for part in table["AttributeDefinitions"]} == {"S"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "LedgerKey" in table["SSESpecification"]["KMSMasterKeyId"]["Fn::GetAtt"][0]
    assert all(key["Properties"]["EnableKeyRotation"] for key in made.of_type("AWS::KMS::Key").values())


def test_what_holds_data_outlives_the_stack(made: Synthesised) -> None:
    kept = {
        resource["Type"]
        for resource in made.template["Resources"].values()
        if resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain"
    }
    assert kept == {
        "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::SecretsManager::Secret",
        "AWS::SQS::Queue", "AWS::AppConfig::Application", "AWS::AppConfig::Environment",
        "AWS::AppConfig::ConfigurationProfile",
    }  # fmt: skip


def test_no_secret_is_in_the_template(made: Synthesised) -> None:
    texts = {
        held["Properties"]["SecretString"] for held in made.of_type("AWS::SecretsManager::Secret").values()
    }
    assert texts == {json.dumps({"client_id": "", "client_secret": ""}), WebhookKeys().as_text()}


@pytest.mark.parametrize("variant", ["made", "imported", "associated"])
def test_the_template_carries_nothing_of_the_machine_that_made_it(
    request: pytest.FixtureRequest, variant: str
) -> None:
    template: Synthesised = request.getfixturevalue(variant)
    text = json.dumps(template.template)
    assert not re.search(r"AKIA[0-9A-Z]{16}|-----BEGIN|/root/|/home/|/tmp/", text)


def test_the_first_settings_are_seeded_and_never_again(made: Synthesised) -> None:
    seed = made.only("Custom::FirstAppSettings")
    from infra.app_settings import first_settings

    assert seed["Content"] == first_settings(PROJECT / "app_settings.toml")
    assert seed["ServiceTimeout"] == "180"
    assert not made.of_type("AWS::AppConfig::HostedConfigurationVersion")
    assert not made.of_type("AWS::AppConfig::Deployment")


def test_S8_AppConfig_refuses_settings_by_the_schema_of_the_registry(made: Synthesised) -> None:
    (validator,) = made.only("AWS::AppConfig::ConfigurationProfile")["Validators"]
    assert validator["Type"] == "JSON_SCHEMA"
    assert len(validator["Content"]) <= 32_768  # what AppConfig takes
    schema = Draft4Validator(json.loads(validator["Content"]))
    assert schema.is_valid(json.loads(made.only("Custom::FirstAppSettings")["Content"]))
    assert schema.is_valid({"ticket_assignment": "agent", "settle_from": "2026-11-22T09:30:05Z"})
    assert not schema.is_valid({"ticket_assignment": "automatic"})
    assert not schema.is_valid({"typo": 1})


def test_settings_apply_at_once(made: Synthesised) -> None:
    strategy = made.only("AWS::AppConfig::DeploymentStrategy")
    assert strategy["DeploymentDurationInMinutes"] == strategy["FinalBakeTimeInMinutes"] == 0
    assert strategy["GrowthFactor"] == 100


def test_O4_every_way_in_which_contacts_can_get_stuck_has_its_alarm(made: Synthesised) -> None:
    alarms = [alarm["Properties"] for alarm in made.of_type("AWS::CloudWatch::Alarm").values()]
    watched = {(alarm["MetricName"], alarm["Threshold"]) for alarm in alarms}
    assert watched >= {
        ("AcceptanceQueued", 5),
        ("ApproximateAgeOfOldestMessage", 600),
        ("ApproximateAgeOfOldestMessage", 3600),
        ("ApproximateNumberOfMessagesVisible", 0),
        ("Errors", 0),
        ("FlowServerError", 5),
        ("IteratorAge", 300_000),
        ("PopNotPossible", 5),
        ("AppSettingsInvalid", 0),
        ("Throttles", 0),
    }
    for alarm in alarms:
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert "AlarmActions" not in alarm


def test_alarms_are_sent_to_the_address_given(imported: Synthesised) -> None:
    (topic,) = imported.of_type("AWS::SNS::Topic")
    subscription = imported.only("AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "operations@example.com")
    assert imported.only("AWS::SNS::Topic")["KmsMasterKeyId"]
    for alarm in imported.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["AlarmActions"] == alarm["Properties"]["OKActions"] == [{"Ref": topic}]
    denied, allowed = imported.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}


def test_the_outputs_are_those_that_tools_look_for(made: Synthesised) -> None:
    named = {
        "Version", "RecordStreamName", "RecordStreamArn", "BusName", "ContactQueueUrl",
        "DeadLetterQueueUrl", "FifoDeadLetterQueueUrl",
        "AttachmentQueueUrl", "AuthenticationQueueUrl", "CustomerQueueUrl", "TaskQueueUrl",
        "CustomerLookupFunctionArn", "TicketFromFlowFunctionArn",
        "TableName", "ZendeskSecretArn", "ZendeskUrl", "ZendeskWebhookUrl", "ZendeskWebhookSecretArn",
        "AppSettingsApplicationId", "AppSettingsEnvironmentId",
        "AppSettingsProfileId", "AppSettingsStrategyId",
    }  # fmt: skip
    outputs = made.template["Outputs"].keys()
    assert outputs >= named
    assert outputs - named <= {worker.queue.output for worker in WORKERS}


@pytest.mark.parametrize(
    ("metric", "folders"),
    [
        ("FlowServerError", {"customer_lookup", "ticket_creation"}),
        ("AcceptanceQueued", {"ticket_creation"}),
        ("PopNotPossible", {"ticket_creation"}),
        ("WebhookRejected", {"zendesk_webhook"}),
        ("ZendeskEventLost", {"zendesk_recovery"}),
    ],
)
def test_what_agents_and_callers_would_miss_in_silence_has_its_alarm(
    made: Synthesised, metric: str, folders: set[str]
) -> None:
    dimensions = [
        dimension
        for alarm in made.of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["MetricName"] == metric
        for dimension in alarm["Properties"]["Dimensions"]
    ]
    assert {dimension["Name"] for dimension in dimensions} == {"service"}
    assert {dimension["Value"] for dimension in dimensions} == folders


#: What carries contact records, and where its type says under which key: *own* is the stack's, rotated each
#: year, *aws* one of AWS's own. Why, is in docs/threat-model.md.
KEYS: dict[str, tuple[str, str]] = {
    "AWS::Kinesis::Stream": ("StreamEncryption.KeyId", "own"),
    "AWS::DynamoDB::Table": ("SSESpecification.KMSMasterKeyId", "own"),
    "AWS::SQS::Queue": ("KmsMasterKeyId", "aws"),
    "AWS::Events::Archive": ("KmsKeyIdentifier", "aws"),
    "AWS::Events::EventBus": ("KmsKeyIdentifier", "aws"),
}


@pytest.mark.parametrize("kind", KEYS)
def test_what_carries_contact_records_is_under_the_key_that_the_threat_model_says(
    made: Synthesised, kind: str
) -> None:
    way, whose = KEYS[kind]
    resources = made.of_type(kind)
    assert resources
    for resource in resources.values():
        found: Any = resource["Properties"]
        for name in way.split("."):
            found = found.get(name, {}) if isinstance(found, dict) else {}
        if whose == "own":
            key = made.template["Resources"][found["Fn::GetAtt"][0]]
            assert (key["Type"], key["Properties"]["EnableKeyRotation"]) == ("AWS::KMS::Key", True)
        else:
            assert not found


def test_no_other_key_of_the_stacks_own_is_there(complete: Synthesised, made: Synthesised) -> None:
    owned = [kind for kind, (_, whose) in KEYS.items() if whose == "own"]
    assert len(made.of_type("AWS::KMS::Key")) == len(owned)
    assert len(complete.of_type("AWS::KMS::Key")) == len(owned) - 1  # a stream that was there has its own
