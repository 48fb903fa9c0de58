"""The functions: runtime, environment, what feeds them, what they may do."""

import inspect
import re
from typing import Any

import pytest

from connect_zendesk.ledger import dynamodb
from connect_zendesk.topology import FUNCTIONS
from tests.infra.conftest import INSTANCE, STREAM, Synthesised

pytestmark = pytest.mark.xdist_group("synthesis")


def actions(statements: list[dict[str, Any]]) -> set[str]:
    return {
        action
        for statement in statements
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def resources_for(statements: list[dict[str, Any]], action: str) -> list[Any]:
    found: list[Any] = []
    for statement in statements:
        if action in actions([statement]):
            resource = statement["Resource"]
            found += resource if isinstance(resource, list) else [resource]
    return found


def arn_of(template: Synthesised, kind: str, part: str = "") -> dict[str, list[str]]:
    (name,) = [name for name in template.of_type(kind) if part in name]
    return {"Fn::GetAtt": [name, "Arn"]}


def test_the_door_knows_where_to_put_records(made: Synthesised) -> None:
    variables = made.function("contact_records")["Environment"]["Variables"]
    (bus,) = made.of_type("AWS::Events::EventBus")
    assert variables == {
        "POWERTOOLS_SERVICE_NAME": "contact_records",
        "POWERTOOLS_METRICS_NAMESPACE": "ConnectZendesk",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "BUS_NAME": {"Ref": bus},
        "DEAD_LETTER_QUEUE_URL": {"Ref": arn_of(made, "AWS::SQS::Queue", "DeadLetters")["Fn::GetAtt"][0]},
        "CONNECT_INSTANCE_ARN": "",
    }


def test_the_worker_knows_everything_it_works_with(imported: Synthesised) -> None:
    variables = imported.function("ticket_creation")["Environment"]["Variables"]
    texts = {name: value for name, value in variables.items() if isinstance(value, str)}
    assert texts == {
        "POWERTOOLS_SERVICE_NAME": "ticket_creation",
        "POWERTOOLS_METRICS_NAMESPACE": "ConnectZendesk",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "ZENDESK_URL": "https://acme.zendesk.com",
        "CONNECT_INSTANCE_ARN": INSTANCE,
        "FORCED_TICKET_WAIT_SECONDS": "0",
        "CONTACT_FILE_WAIT_SECONDS": "600",
        "LEASE_SECONDS": "90",
    }
    kinds = {
        name: imported.template["Resources"][value["Ref"]]["Type"]
        for name, value in variables.items()
        if name not in texts
    }
    assert kinds == {
        "TABLE_NAME": "AWS::DynamoDB::Table",
        "BUS_NAME": "AWS::Events::EventBus",
        "CONTACT_QUEUE_URL": "AWS::SQS::Queue",
        "CUSTOMER_QUEUE_URL": "AWS::SQS::Queue",
        "OWN_QUEUE_URL": "AWS::SQS::Queue",
        "DEAD_LETTER_QUEUE_URL": "AWS::SQS::Queue",
        "ZENDESK_SECRET_ARN": "AWS::SecretsManager::Secret",
        "APP_SETTINGS_APPLICATION": "AWS::AppConfig::Application",
        "APP_SETTINGS_ENVIRONMENT": "AWS::AppConfig::Environment",
        "APP_SETTINGS_PROFILE": "AWS::AppConfig::ConfigurationProfile",
    }
    assert "Contacts" in variables["CONTACT_QUEUE_URL"]["Ref"]
    assert "DeadLetters" in variables["DEAD_LETTER_QUEUE_URL"]["Ref"]


@pytest.mark.parametrize("variant", ["made", "imported"])
def test_records_are_read_from_the_oldest_and_retried_for_a_day(
    request: pytest.FixtureRequest, variant: str
) -> None:
    template: Synthesised = request.getfixturevalue(variant)
    mapping = template.mapping("contact_records")["Properties"]
    source = STREAM if variant == "imported" else arn_of(template, "AWS::Kinesis::Stream")
    assert {name: value for name, value in mapping.items() if name != "FunctionName"} == {
        "EventSourceArn": source,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumRecordAgeInSeconds": 86400,
        "ParallelizationFactor": 4,
        "DestinationConfig": {
            "OnFailure": {"Destination": arn_of(template, "AWS::SQS::Queue", "DeadLetters")}
        },
    }


@pytest.mark.parametrize(("variant", "concurrency"), [("made", 5), ("imported", 17)])
def test_the_worker_takes_few_contacts_at_a_time_and_fails_each_alone(
    request: pytest.FixtureRequest, variant: str, concurrency: int
) -> None:
    template: Synthesised = request.getfixturevalue(variant)
    mapping = template.mapping("ticket_creation")["Properties"]
    assert {name: value for name, value in mapping.items() if name != "FunctionName"} == {
        "EventSourceArn": arn_of(template, "AWS::SQS::Queue", "Contacts"),
        "BatchSize": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": concurrency},
    }


@pytest.mark.parametrize("folder", ["contact_records", "ticket_creation"])
def test_nothing_is_taken_in_before_the_first_settings_are_there(made: Synthesised, folder: str) -> None:
    (seed,) = made.of_type("Custom::FirstAppSettings")
    assert seed in made.mapping(folder)["DependsOn"]


def test_the_door_may_read_the_stream_and_pass_on_nothing_else(made: Synthesised) -> None:
    statements = made.statements("contact_records")
    assert actions(statements) == {
        "logs:CreateLogStream", "logs:PutLogEvents",
        "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
        "kinesis:GetShardIterator", "kinesis:ListShards", "kms:Decrypt",
        "events:PutEvents",
        "sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
    }  # fmt: skip
    assert resources_for(statements, "kinesis:GetRecords") == [arn_of(made, "AWS::Kinesis::Stream")]
    assert resources_for(statements, "kms:Decrypt") == [arn_of(made, "AWS::KMS::Key", "RecordStream")]
    assert resources_for(statements, "events:PutEvents") == [arn_of(made, "AWS::Events::EventBus")]
    assert resources_for(statements, "sqs:SendMessage") == [arn_of(made, "AWS::SQS::Queue", "DeadLetters")]


def test_an_existing_stream_is_decrypted_with_whatever_key_it_has_but_only_that_stream(
    imported: Synthesised,
) -> None:
    statements = imported.statements("contact_records")
    assert resources_for(statements, "kinesis:GetRecords") == [STREAM]
    (decrypt,) = [statement for statement in statements if "kms:Decrypt" in actions([statement])]
    assert decrypt["Condition"]["StringEquals"]["kms:EncryptionContext:aws:kinesis:arn"] == STREAM
    assert "kinesis." in str(decrypt["Condition"]["StringEquals"]["kms:ViaService"])


def test_functions_that_run_workflows_may_do_all_that_the_ledger_does(complete: Synthesised) -> None:
    calls = set(re.findall(r"self\._dynamodb\.(\w+)\(", inspect.getsource(dynamodb)))
    assert calls == {"get_item", "put_item", "query", "transact_write_items"}
    needed = {f"dynamodb:{name}" for name in ("ConditionCheckItem", "GetItem", "PutItem", "Query")}
    for row in FUNCTIONS:
        if row.runs_workflows:
            assert needed <= actions(complete.statements(row.folder, row.module)), row.key


def test_the_worker_may_do_its_work_and_nothing_else(made: Synthesised) -> None:
    statements = made.statements("ticket_creation")
    assert actions(statements) == {
        "logs:CreateLogStream", "logs:PutLogEvents",
        "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
        "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl", "sqs:SendMessage",
        "secretsmanager:GetSecretValue", "events:PutEvents", "connect:DescribeUser",
        "connect:DescribeContact", "connect:DescribeInstance",
    }  # fmt: skip
    queue, customers, dead_letters = (
        arn_of(made, "AWS::SQS::Queue", part) for part in ("Contacts", "Customers", "DeadLetters")
    )
    assert resources_for(statements, "dynamodb:PutItem") == [arn_of(made, "AWS::DynamoDB::Table")]
    assert resources_for(statements, "kms:Decrypt") == [arn_of(made, "AWS::KMS::Key", "Ledger")]
    assert resources_for(statements, "sqs:ReceiveMessage") == [queue]
    assert resources_for(statements, "sqs:SendMessage") == [queue, customers, dead_letters]
    assert resources_for(statements, "events:PutEvents") == [arn_of(made, "AWS::Events::EventBus")]
    oauth_client = made.template["Outputs"]["ZendeskSecretArn"]["Value"]
    assert resources_for(statements, "secretsmanager:GetSecretValue") == [oauth_client]


def test_agents_are_described_in_the_chosen_instance_or_in_any_of_the_account(
    made: Synthesised, imported: Synthesised
) -> None:
    assert resources_for(imported.statements("ticket_creation"), "connect:DescribeUser") == [
        INSTANCE, f"{INSTANCE}/agent/*",
    ]  # fmt: skip
    (anywhere,) = resources_for(made.statements("ticket_creation"), "connect:DescribeUser")
    assert anywhere["Fn::Join"][1][-1] == ":instance/*"
    assert {"Ref": "AWS::AccountId"} in anywhere["Fn::Join"][1]


def test_the_seed_may_make_settings_and_nothing_else(made: Synthesised) -> None:
    assert actions(made.statements("app_settings")) == {
        "logs:CreateLogStream", "logs:PutLogEvents",
        "appconfig:ListHostedConfigurationVersions", "appconfig:CreateHostedConfigurationVersion",
        "appconfig:ListDeployments", "appconfig:StartDeployment", "appconfig:GetDeployment",
    }  # fmt: skip


@pytest.mark.parametrize("variant", ["made", "imported", "associated"])
def test_no_policy_allows_a_wildcard_of_actions(request: pytest.FixtureRequest, variant: str) -> None:
    template: Synthesised = request.getfixturevalue(variant)
    documents = [
        properties.get("PolicyDocument") or properties["KeyPolicy"]
        for resource in template.template["Resources"].values()
        if (properties := resource.get("Properties", {})).keys() & {"PolicyDocument", "KeyPolicy"}
    ]
    assert len(documents) >= 7
    for document in documents:
        for statement in document["Statement"]:
            owner_of_key = ":root" in str(statement.get("Principal"))  # how a key leaves it to IAM
            if statement["Effect"] == "Allow" and not owner_of_key:
                assert not [action for action in actions([statement]) if "*" in action], statement
