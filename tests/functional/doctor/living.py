"""A deployed system that doctor looks at: AWS in memory, and the stand-ins of Zendesk and Amazon Connect.

`Living` is healthy as it is made. What a test changes it changes by the services' own means.
"""

from __future__ import annotations

import io
import json
import zipfile
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import requests
from moto import mock_aws

from administration.doctor import command
from administration.doctor.checks import examine
from administration.doctor.findings import Finding, Seen
from administration.doctor.system import System
from administration.zendesk_setup import command as zendesk_setup
from connect_zendesk import __version__
from connect_zendesk.ledger.schema import PROBED
from connect_zendesk.zendesk.app_keys import AppKeys
from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from local.replay.shared_client import client_of
from local.stand_ins.amazon_connect import AmazonConnect
from local.stand_ins.amazon_connect import Options as ConnectOptions
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from local.stand_ins.http.requests_adapter import StandInAdapter
from local.stand_ins.zendesk import Options, Zendesk
from local.stand_ins.zendesk.tokens import Tokens
from tests.unit.administration.aws_in_memory import IDS, AwsInMemory

REGION, ACCOUNT = "eu-west-2", "123456789012"
URL = "https://acme.zendesk.com"
HOOK, APP = "https://hook.lambda-url.eu-west-2.on.aws/", "https://app.lambda-url.eu-west-2.on.aws/"
BUCKET = "amazon-connect-acme"
RECORDS, AGENTS = "records", "agent-events"
BUS, RULE, FILES = "ConnectZendesk", "ConnectZendesk-Contacts", "ConnectZendesk-Files"
INSTANCE_ID = INSTANCE_ARN.rpartition("/")[2]
LOOKUP = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:CustomerLookup"
READER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Reader"
TICKET = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:TicketFromFlow"
INTEGRATION, ADA, BOB, ANA, BEN = 1, 901, 902, 7001, 7002

ZENDESK: Mapping[str, Any] = {
    "users": [
        {"id": INTEGRATION, "name": "Amazon Connect", "role": "admin", "email": "connect@example.com"},
        {"id": ADA, "name": "Ada", "role": "agent", "email": "ada@example.com"},
        {"id": BOB, "name": "Bob", "role": "agent", "email": "bob@example.com"},
        {"id": ANA, "name": "Ana", "phone": "+442079460101"},
        {"id": BEN, "name": "Ben", "phone": "+442079460102"},
    ],
}
_SERVICES = (
    "cloudwatch", "dynamodb", "events", "iam", "kinesis", "kms", "lambda", "s3", "sqs",
)  # fmt: skip
#: What lets Amazon Connect put records on an encrypted stream, as the template writes it.
CONNECT_WRITES = {
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "kms:GenerateDataKey",
    "Resource": "*",
    "Condition": {
        "ArnLike": {
            "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/connect.amazonaws.com/"
            "AWSServiceRoleForAmazonConnect*"
        }
    },
}
ROOT_DOES_ALL = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}


#: What lets EventBridge send to a queue, as the template writes it.
EVENTS_SEND = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
        }
    ],
}


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def stream_arn(name: str) -> str:
    return f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}"


def sent_to(name: str) -> dict[str, Any]:
    """Return the storage configuration that sends something to a stream."""
    config = {"StreamArn": stream_arn(name)}
    return {"AssociationId": name, "StorageType": "KINESIS_STREAM", "KinesisStreamConfig": config}


def connect_world() -> dict[str, Any]:
    """Return an instance that is connected as it should be, with two agents."""
    kept = {
        "AssociationId": "b",
        "StorageType": "S3",
        "S3Config": {"BucketName": BUCKET, "BucketPrefix": "c"},
    }
    return {
        "instances": [
            {
                "Id": INSTANCE_ID, "Arn": INSTANCE_ARN,
                "storage": {
                    "CONTACT_TRACE_RECORDS": [sent_to(RECORDS)], "AGENT_EVENTS": [sent_to(AGENTS)],
                    "CHAT_TRANSCRIPTS": [kept], "CALL_RECORDINGS": [kept],
                },
                "functions": [LOOKUP, TICKET],
                "origins": [URL, APP.rstrip("/")],
            }
        ],
        "users": [
            {"Id": "u-ada", "Username": "ada@example.com"},
            {"Id": "u-bob", "Username": "bob", "IdentityInfo": {"Email": "Bob@example.com"}},
        ],
    }  # fmt: skip


@cache
def _clients() -> dict[str, Any]:
    session = boto3.Session("x", "x", region_name=REGION)
    clients = {name: session.client(name) for name in _SERVICES}
    events, notifying = clients["s3"].meta.events, set()

    def remember(params: dict[str, Any], **_: Any) -> None:
        notifying.discard(params["Bucket"])
        if "EventBridgeConfiguration" in params["NotificationConfiguration"]:
            notifying.add(params["Bucket"])

    def recall(parsed: dict[str, Any], **_: Any) -> None:
        # The library in memory loses this part of a configuration, which is an empty one.
        if BUCKET in notifying and "Error" not in parsed:
            parsed["EventBridgeConfiguration"] = {}

    events.register("before-parameter-build.s3.PutBucketNotificationConfiguration", remember)
    events.register("after-call.s3.GetBucketNotificationConfiguration", recall)
    return clients


@dataclass
class Secrets:
    """Secrets Manager, by ARN."""

    texts: dict[str, str] = field(default_factory=dict)

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        return {"SecretString": self.texts[SecretId]}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.texts[SecretId] = SecretString


@dataclass
class Living:
    """The system. ``zendesk`` and ``connect`` are the stand-ins.

    What AWS holds in memory is made once: ``spoiled`` says that a test may have changed it, by ``aws``.
    """

    _aws: dict[str, Any]
    options: Options = field(default_factory=lambda: Options(integration_user_id=INTEGRATION))
    settings: dict[str, Any] = field(default_factory=dict)
    zendesk_world: dict[str, Any] = field(default_factory=lambda: dict(ZENDESK))
    connect_world: dict[str, Any] = field(default_factory=connect_world)
    connect_options: ConnectOptions = field(default_factory=ConnectOptions)
    outputs: dict[str, str] = field(default_factory=dict)
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._made = {**self._resources(), **self.outputs}
        self.spoiled = False
        self.reset()

    @property
    def aws(self) -> dict[str, Any]:
        """The clients of AWS in memory, to change what it holds."""
        self.spoiled = True
        return self._aws

    def reset(self) -> None:
        """Have everything but what AWS holds as it was made."""
        self.outputs = dict(self._made)
        self.stack = AwsInMemory(self.settings)
        self.stack.outputs, self.stack.parts = self.outputs, self._parts
        client = {
            "client_id": self.options.oauth_client_id,
            "client_secret": self.options.oauth_client_secret,
        }
        self.secrets = Secrets({"oauth": json.dumps(client)})
        self.options = Options(integration_user_id=INTEGRATION)
        probed = {"pk": {"S": PROBED.partition}, "sk": {"S": PROBED.sort}}
        self._aws["dynamodb"].delete_item(TableName="Ledger", Key=probed)
        self.zendesk_world, self.connect_world = dict(ZENDESK), connect_world()
        self.restart()

    def clock(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def start(self) -> None:
        """Start the stand-ins, with the worlds and options as they are now."""
        self.zendesk = Zendesk(self.zendesk_world, clock=self.clock, options=self.options)
        self.connect = AmazonConnect(self.connect_world, clock=self.clock, options=self.connect_options)

    def restart(self, **options: Any) -> None:
        """Start the stand-ins afresh, set up as they were, with other options of Zendesk."""
        for name, value in options.items():
            self.options = Options(**{**vars(self.options), name: value})
        self.start()
        self.secret("ZendeskWebhookSecretArn", WebhookKeys().as_text())
        self.secret("AgentAppSecretArn", AppKeys().as_text())
        self.set_up()

    def restart_as(self, **options: Any) -> None:
        """Have Zendesk behave otherwise from now on, with all that is there."""
        self.zendesk._options = self.zendesk._state.options = Options(**{**vars(self.options), **options})
        self.zendesk._tokens = Tokens(self.clock, self.zendesk._options)

    def set_up(self) -> None:
        """Do what `make zendesk ARGS=apply` does."""
        parser = ArgumentParser()
        zendesk_setup.add_arguments(parser)
        done = zendesk_setup.perform(
            parser.parse_args(["apply"]), self.system().place, say=lambda _: None, ask=None, sleep=self.sleep
        )
        assert done
        self.zendesk.requests.clear()

    def system(self) -> System:
        session = requests.Session()
        session.mount(URL, StandInAdapter(self.zendesk))
        clients = {
            **self._aws,
            "secretsmanager": self.secrets,
            "appconfig": self.stack.appconfig(),
            "cloudformation": self.stack.cloudformation(),
            "connect": client_of("connect", self.connect),
        }
        return System(
            "ConnectZendesk", REGION, self.outputs, clients.__getitem__, session, self.clock, self.sleep
        )

    def findings(self) -> list[Finding]:
        return [finding for looked in examine(self.system()) for finding in looked.findings]

    def seen(self) -> list[Seen]:
        return [seen for looked in examine(self.system()) for seen in looked.seen]

    def found(self, name: str) -> Finding:
        """Return the only finding of this name."""
        all_found = self.findings()
        found = [finding for finding in all_found if finding.name == name]
        assert found, [finding.name for finding in all_found]
        return found[0]

    def run(self, *arguments: str, colour: bool = False, ask: Any = None) -> tuple[bool, str]:
        """Run the command; returns whether all is well, and what it said."""
        said: list[str] = []
        parser = ArgumentParser()
        command.add_arguments(parser)
        options: Namespace = parser.parse_args(arguments)
        done = command.perform(options, self.system(), say=said.append, ask=ask, colour=colour)
        return done, "\n".join(said)

    # What a test changes

    def secret(self, output: str, text: str) -> None:
        self.secrets.put_secret_value(SecretId=self.outputs[output], SecretString=text)

    def output(self, name: str, value: str | None) -> None:
        """Deploy the stack with another output, or without it."""
        self.outputs = {key: kept for key, kept in self.outputs.items() if key != name}
        if value is not None:
            self.outputs[name] = value
        self.stack.outputs = self.outputs

    def agent_does(self, method: str, path: str, body: object = None) -> None:
        """Do something in Zendesk as its administrator does."""
        response = self.zendesk.act(INTEGRATION, method, path, body)
        assert response.status < 300, response

    def there(self, kind: str) -> list[dict[str, Any]]:
        """Return what Zendesk lists of a kind."""
        path = "apps/installations" if kind == "installations" else kind
        found: list[dict[str, Any]] = self.zendesk.act(INTEGRATION, "GET", f"/api/v2/{path}").json()[kind]
        return found

    def count(self, metric: str, value: int, service: str = "ticket_creation", hours_ago: float = 1) -> None:
        """Have a function count something."""
        datum = {
            "MetricName": metric, "Value": value, "Timestamp": self.time - timedelta(hours=hours_ago),
            "Dimensions": [{"Name": "service", "Value": service}],
        }  # fmt: skip
        self.aws["cloudwatch"].put_metric_data(Namespace="ConnectZendesk", MetricData=[datum])

    def storage(self, kind: str, *configs: dict[str, Any]) -> None:
        """Have the instance keep or send something elsewhere."""
        self.connect_world["instances"][0]["storage"][kind] = list(configs)
        self.connect.replace(self.connect_world)

    def connect_has_user(self, user: dict[str, Any]) -> None:
        """Have the instance have one more user."""
        self.connect_world["users"].append(user)
        self.connect.replace(self.connect_world)

    def key_policy(self, *statements: dict[str, Any]) -> None:
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        self.aws["kms"].put_key_policy(KeyId=self.stream_key, PolicyName="default", Policy=json.dumps(policy))

    # The stack

    def _resources(self) -> dict[str, str]:
        aws = self._aws
        self.stream_key = aws["kms"].create_key()["KeyMetadata"]["Arn"]
        self.key_policy(ROOT_DOES_ALL, CONNECT_WRITES)
        for name in (RECORDS, AGENTS):
            aws["kinesis"].create_stream(StreamName=name, ShardCount=1)
        aws["kinesis"].start_stream_encryption(
            StreamName=RECORDS, EncryptionType="KMS", KeyId=self.stream_key
        )
        self.bucket_key = aws["kms"].create_key()["KeyMetadata"]["Arn"]
        aws["s3"].create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        aws["s3"].put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.bucket_key}
        aws["s3"].put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]},
        )
        self._make_readers()
        aws["dynamodb"].create_table(
            TableName="Ledger", BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )  # fmt: skip

        self._parts = [("AWS::Lambda::Function", "Reader"), *self._make_way_of_contacts()]
        return {
            **IDS,
            "ZendeskUrl": URL,
            "ZendeskSecretArn": "oauth",
            "ZendeskWebhookUrl": HOOK,
            "ZendeskWebhookSecretArn": "hook",
            "AgentAppUrl": APP,
            "AgentAppSecretArn": "app",
            "RecordStreamArn": stream_arn(RECORDS),
            "RecordStreamName": RECORDS,
            "AgentEventStreamArn": stream_arn(AGENTS),
            "ConnectInstanceArn": INSTANCE_ARN,
            "ContactBuckets": BUCKET,
            "ContactBucketKeys": self.bucket_key,
            "CustomerLookupFunctionArn": LOOKUP,
            "TicketFromFlowFunctionArn": TICKET,
            "TableName": "Ledger",
            "Version": __version__,
            "BusName": BUS,
            "ContactQueueUrl": self.queue,
            "DeadLetterQueueUrl": aws["sqs"].get_queue_url(QueueName="Letters")["QueueUrl"],
            "FifoDeadLetterQueueUrl": aws["sqs"].get_queue_url(QueueName="Fifo.fifo")["QueueUrl"],
        }

    def _make_readers(self) -> None:
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = self._aws["iam"].create_role(RoleName="Reader", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("handler.py", "")
        self._aws["lambda"].create_function(
            FunctionName="Reader", Runtime="python3.13", Role=role, Handler="handler.handle",
            Code={"ZipFile": packed.getvalue()},
        )  # fmt: skip
        for name in (RECORDS, AGENTS):
            self._aws["lambda"].create_event_source_mapping(
                EventSourceArn=stream_arn(name), FunctionName="Reader", StartingPosition="TRIM_HORIZON"
            )

    def _make_way_of_contacts(self) -> list[tuple[str, str]]:
        """Make buses with rules to a queue that is read, and dead-letter queues; return them as parts."""
        aws = self._aws
        sqs, events = aws["sqs"], aws["events"]
        letters = sqs.create_queue(QueueName="Letters")["QueueUrl"]
        fifo = sqs.create_queue(QueueName="Fifo.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        redrive = {"deadLetterTargetArn": queue_arn("Letters"), "maxReceiveCount": 5}
        self.queue = sqs.create_queue(
            QueueName="Contacts",
            Attributes={"RedrivePolicy": json.dumps(redrive), "Policy": json.dumps(EVENTS_SEND)},
        )["QueueUrl"]
        aws["lambda"].create_event_source_mapping(EventSourceArn=queue_arn("Contacts"), FunctionName="Reader")
        events.create_event_bus(Name=BUS)
        pattern = json.dumps({"detail-type": ["Contact Record"]})
        for bus, rule in ((BUS, RULE), ("default", FILES)):
            events.put_rule(Name=rule, EventBusName=bus, EventPattern=pattern)
            target = {"Id": "Target0", "Arn": queue_arn("Contacts") if bus == BUS else READER}
            events.put_targets(Rule=rule, EventBusName=bus, Targets=[target])
        aws["lambda"].add_permission(
            FunctionName="Reader", StatementId="events", Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
        )  # fmt: skip
        aws["lambda"].create_function_url_config(FunctionName="Reader", AuthType="NONE")
        # Of an administrator, and switched off.
        events.put_rule(Name="Theirs", EventBusName=BUS, EventPattern=pattern, State="DISABLED")
        queues = [("AWS::SQS::Queue", url) for url in (letters, fifo, self.queue)]
        return [
            *queues,
            ("AWS::Lambda::Url", READER),
            ("AWS::Events::Rule", f"{BUS}|{RULE}"),
            ("AWS::Events::Rule", FILES),
        ]


class Shared:
    """Gives the same system again, as it was made: AWS in memory takes a second to fill."""

    def __init__(self) -> None:
        self._exits = ExitStack()
        self._living: Living | None = None

    def living(self) -> Living:
        """Return a healthy system."""
        if self._living is None or self._living.spoiled:
            self._exits.close()
            self._exits.enter_context(mock_aws())
            self._living = Living(_clients())
        else:
            self._living.reset()
        return self._living

    def close(self) -> None:
        self._exits.close()
