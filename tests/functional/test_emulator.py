"""The deployer and what asks the emulator, on a small template with every kind of part that the stack has."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.emulator import process
from local.emulator.app_settings import put_app_settings
from local.emulator.assembly import read_assembly
from local.emulator.clients import Clients
from local.emulator.dead_letters import count_dead_letters, purge_dead_letters, read_dead_letters
from local.emulator.deployment import DeployedStack, DeploymentError, deploy
from local.emulator.function_logs import read_function_logs
from local.emulator.process import Emulator, EmulatorError, start_emulator
from local.emulator.settling import Backlog, queue_backlog, wait_until_settled
from local.emulator.sources import EventSources, event_sources
from local.emulator.stream import ReadRecords, put_records
from tests.waiting import LONGEST, wait_for, wait_until_equal

pytestmark = pytest.mark.emulator

READER = """
import base64, os
import boto3
from shared_words import GREETING

def handler(event, context):
    queue = boto3.client("sqs")
    for record in event["Records"]:
        body = base64.b64decode(record["kinesis"]["data"]).decode()
        delay = 1 if body == "later" else 0
        queue.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=body, DelaySeconds=delay)
    print(GREETING, os.environ["AWS_ENDPOINT_URL_CONNECT"])
"""

WORKER = """
import json, os
import boto3

def handler(event, context):
    for record in event["Records"]:
        if record["body"] == "bad":
            letter = {"source": "worker", "reason": "It is bad.", "data": record["body"], "encoding": "text"}
            boto3.client("sqs").send_message(
                QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"], MessageBody=json.dumps(letter))
    return {"batchItemFailures": []}
"""


@dataclass(frozen=True)
class Deployed:
    """A running emulator with the small stack."""

    emulator: Emulator
    clients: Clients
    stack: DeployedStack

    def settle(self, *, sent: int) -> None:
        """Wait until `sent` records have gone through everything."""
        read = ReadRecords(self.emulator.log)
        stream, readers = self.stack.outputs["Stream"], [self.stack.functions["Reader"]]

        def backlog() -> Backlog:
            unread = sent - read.count(stream, readers)
            return queue_backlog(self.clients.sqs, [self.stack.outputs["Queue"]], unread=unread)

        wait_until_settled(backlog, timeout=LONGEST)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    directory = tmp_path_factory.mktemp("assembly")
    write_assembly(directory)
    with start_emulator() as emulator:
        clients = Clients(emulator.endpoint)
        stack = deploy(
            read_assembly(directory),
            clients,
            function_environment={"AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:9"},
        )
        yield Deployed(emulator, clients, stack)


def test_stack_is_deployed_and_gives_its_outputs(deployed: Deployed) -> None:
    assert set(deployed.stack.outputs) == {
        "Stream",
        "Queue",
        "DeadLetters",
        "Application",
        "Environment",
        "Profile",
    }
    assert set(deployed.stack.functions) == {"Reader", "Worker"}


#: A time that is still to come, in seconds since 1970.
LATER = 4_102_444_800


def test_log_of_an_emulator_that_runs_outlasts_the_start_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOGS", tmp_path)
    with Emulator() as running:
        os.utime(running.log, (1, 1))  # the oldest of all, also where it writes a line now
        for port in range(20):
            (tmp_path / f"emulator-{port}.log").touch()
            os.utime(tmp_path / f"emulator-{port}.log", (LATER, LATER))
        process._log_file(1)
        assert running.log.exists()
        assert len(list(tmp_path.iterdir())) == 1 + process._LOGS_KEPT
    for port in range(20, 40):
        (tmp_path / f"emulator-{port}.log").touch()
    process._log_file(1)
    assert not running.log.exists()


def test_only_what_the_emulator_cannot_make_is_taken_out(deployed: Deployed) -> None:
    assert [(part.logical_id, part.type) for part in deployed.stack.taken_out] == [
        ("Archive", "AWS::Events::Archive"),
        ("FailedShare", "AWS::CloudWatch::Alarm"),
        ("Storage", "AWS::Connect::InstanceStorageConfig"),
    ]
    assert all(part.reason for part in deployed.stack.taken_out)


def test_records_go_through_functions_with_their_layer_and_environment(deployed: Deployed) -> None:
    put_records(deployed.clients.kinesis, deployed.stack.outputs["Stream"], [b"good", b"bad", b"later"])
    deployed.settle(sent=3)

    letters = read_dead_letters(deployed.clients.sqs, deployed.stack.outputs["DeadLetters"])
    assert [(letter.source, letter.reason, letter.data) for letter in letters] == [
        ("worker", "It is bad.", "bad")
    ]
    wait_for(
        lambda: [line.text for line in read_function_logs(deployed.clients, deployed.stack.functions)],
        lambda lines: "Hello from the layer http://127.0.0.1:9" in lines,
        "what the function printed",
    )


def test_reading_dead_letters_takes_none_away(deployed: Deployed) -> None:
    sqs, queue = deployed.clients.sqs, deployed.stack.outputs["DeadLetters"]
    purge_dead_letters(sqs, queue)
    for number in range(12):
        sqs.send_message(QueueUrl=queue, MessageBody=f"as it came {number}")

    first = read_dead_letters(sqs, queue)
    assert {letter.data for letter in first} == {f"as it came {number}" for number in range(12)}
    assert {letter.reason for letter in first} == {"No dead letter of this project."}
    assert read_dead_letters(sqs, queue) == first
    assert count_dead_letters(sqs, queue) == 12

    purge_dead_letters(sqs, queue)
    assert read_dead_letters(sqs, queue) == []


def test_app_settings_go_live_and_replace_each_other(deployed: Deployed) -> None:
    outputs = deployed.stack.outputs
    for wanted in ({"ticket_assignment": "auto"}, {"ticket_assignment": "none"}):
        put_app_settings(
            deployed.clients.appconfig,
            wanted,
            application=outputs["Application"],
            environment=outputs["Environment"],
            profile=outputs["Profile"],
        )
        wait_until_equal(lambda: live_app_settings(deployed), wanted)


def test_failed_deployment_names_the_resource_and_its_reason(deployed: Deployed, tmp_path: Path) -> None:
    write_stack(
        tmp_path,
        {"Resources": {"Broken": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "x"}}}},
        name="broken",
    )
    with pytest.raises(DeploymentError, match=r"Broken \(AWS::CloudWatch::Alarm\): .*Namespace"):
        deploy(read_assembly(tmp_path), deployed.clients)


def test_refused_template_says_what_the_emulator_does_not_know(deployed: Deployed, tmp_path: Path) -> None:
    write_stack(tmp_path, {"Resources": {"New": {"Type": "AWS::New::Thing"}}}, name="new")
    with pytest.raises(DeploymentError, match="AWS::New::Thing"):
        deploy(read_assembly(tmp_path), deployed.clients)


def test_machines_aws_set_up_is_never_used(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert Clients(deployed.emulator.endpoint).sqs.list_queues()["QueueUrls"]


def test_functions_do_not_inherit_the_machines_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("ZENDESK_URL", "https://acme.zendesk.com")
    with start_emulator() as emulator:
        seen = Path(f"/proc/{emulator.process_group}/environ")
        if not seen.exists():
            pytest.skip("needs /proc")
        names = {entry.split(b"=")[0] for entry in seen.read_bytes().split(b"\0")}
    assert not names & {b"AWS_PROFILE", b"ZENDESK_URL"}


def test_stopping_ends_the_functions_too(tmp_path: Path) -> None:
    write_assembly(tmp_path)
    with start_emulator() as emulator:
        clients = Clients(emulator.endpoint)
        stack = deploy(read_assembly(tmp_path), clients)
        clients.functions.invoke(FunctionName=stack.functions["Worker"], Payload=b'{"Records": []}')
        group = emulator.process_group
        assert len(processes_in(group)) == 2, "the emulator and a worker"
    wait_until_equal(lambda: processes_in(group), set())
    assert not emulator.running


def test_everything_ends_when_whoever_started_it_is_killed() -> None:
    program = (
        "import time; from local.emulator.process import start_emulator\n"
        "emulator = start_emulator(); print(emulator.process_group, flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=process.REPOSITORY, text=True
    )
    assert owner.stdout is not None
    group = int(owner.stdout.readline())
    assert processes_in(group)
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    wait_until_equal(lambda: processes_in(group), set())


def test_emulator_that_ends_while_starting_shows_the_end_of_its_log() -> None:
    with (
        Emulator(environment={"GATEWAY_PORT": "no number"}) as emulator,
        pytest.raises(EmulatorError, match="no number"),
    ):
        emulator.wait_until_ready()


def test_streams_and_queues_that_functions_read_are_found(deployed: Deployed) -> None:
    outputs, functions = deployed.stack.outputs, deployed.stack.functions
    assert event_sources(deployed.clients) == EventSources(
        readers={outputs["Stream"]: (functions["Reader"],)}, queues=(outputs["Queue"],)
    )


def live_app_settings(deployed: Deployed) -> object:
    """What a function would read."""
    outputs, appconfigdata = deployed.stack.outputs, deployed.clients.appconfigdata
    token = appconfigdata.start_configuration_session(
        ApplicationIdentifier=outputs["Application"],
        EnvironmentIdentifier=outputs["Environment"],
        ConfigurationProfileIdentifier=outputs["Profile"],
    )["InitialConfigurationToken"]
    return json.loads(
        appconfigdata.get_latest_configuration(ConfigurationToken=token)["Configuration"].read()
    )


def processes_in(group: int) -> set[int]:
    """The living processes of a process group."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split() for line in listing.splitlines()]
    return {int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z")}


def write_assembly(directory: Path) -> None:
    """Two functions with a layer, a stream, queues, AppConfig, and three things that are not emulated."""
    for name, code in (("reader", READER), ("worker", WORKER)):
        (directory / name).mkdir()
        (directory / name / "handler.py").write_text(code)
    (directory / "layer" / "python").mkdir(parents=True)
    (directory / "layer" / "python" / "shared_words.py").write_text('GREETING = "Hello from the layer"\n')
    write_stack(directory, TEMPLATE, name="small", assets=("reader", "worker", "layer"))


def write_stack(
    directory: Path, template: dict[str, Any], *, name: str, assets: tuple[str, ...] = ()
) -> None:
    """The files of a cloud assembly, as `cdk synth` writes them."""
    manifest = {
        "artifacts": {
            f"{name}.assets": {
                "type": "cdk:asset-manifest",
                "properties": {"file": f"{name}.assets.json"},
            },
            name: {
                "type": "aws:cloudformation:stack",
                "properties": {"templateFile": f"{name}.template.json", "stackName": name},
            },
            "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
        }
    }
    files = {
        asset: {
            "source": {"path": asset, "packaging": "zip"},
            "destinations": {"here": {"bucketName": BUCKET["Fn::Sub"], "objectKey": f"{asset}.zip"}},
        }
        for asset in assets
    }
    (directory / "manifest.json").write_text(json.dumps(manifest))
    (directory / f"{name}.assets.json").write_text(json.dumps({"files": files}))
    (directory / f"{name}.template.json").write_text(json.dumps(template))


BUCKET = {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"}


def function(folder: str, environment: dict[str, Any]) -> dict[str, Any]:
    """A function from an asset folder."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": BUCKET, "S3Key": f"{folder}.zip"},
            "Handler": "handler.handler",
            "Runtime": "python3.14",
            "Timeout": 10,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Layers": [{"Ref": "Layer"}],
            "Environment": {"Variables": environment},
        },
    }


def source(function_id: str, source_id: str, **properties: object) -> dict[str, Any]:
    """An event source mapping."""
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": {"Ref": function_id},
            "EventSourceArn": {"Fn::GetAtt": [source_id, "Arn"]},
            **properties,
        },
    }


TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version",
        }
    },
    "Resources": {
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "DeadLetters": {"Type": "AWS::SQS::Queue"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                        }
                    ],
                }
            },
        },
        "Layer": {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": BUCKET, "S3Key": "layer.zip"}},
        },
        "Reader": function("reader", {"QUEUE_URL": {"Ref": "Queue"}}),
        "Worker": function("worker", {"DEAD_LETTER_QUEUE_URL": {"Ref": "DeadLetters"}}),
        "ReaderSource": source("Reader", "Stream", StartingPosition="TRIM_HORIZON", BatchSize=10),
        "WorkerSource": source("Worker", "Queue", FunctionResponseTypes=["ReportBatchItemFailures"]),
        "Application": {"Type": "AWS::AppConfig::Application", "Properties": {"Name": "small"}},
        "Environment": {
            "Type": "AWS::AppConfig::Environment",
            "Properties": {"ApplicationId": {"Ref": "Application"}, "Name": "live"},
        },
        "Profile": {
            "Type": "AWS::AppConfig::ConfigurationProfile",
            "Properties": {
                "ApplicationId": {"Ref": "Application"},
                "Name": "app-settings",
                "LocationUri": "hosted",
            },
        },
        "Storage": {"Type": "AWS::Connect::InstanceStorageConfig", "DependsOn": "Stream"},
        "Archive": {"Type": "AWS::Events::Archive", "Properties": {"SourceArn": "bus"}},
        "FailedShare": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}},
    },
    "Outputs": {
        "Stream": {"Value": {"Ref": "Stream"}},
        "Queue": {"Value": {"Ref": "Queue"}},
        "DeadLetters": {"Value": {"Ref": "DeadLetters"}},
        "Application": {"Value": {"Ref": "Application"}},
        "Environment": {"Value": {"Ref": "Environment"}},
        "Profile": {"Value": {"Ref": "Profile"}},
        "Archive": {"Value": {"Fn::GetAtt": ["Archive", "Arn"]}},
    },
}
