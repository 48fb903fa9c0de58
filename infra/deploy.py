"""`make deploy`: from this folder to the AWS account that the credentials are for."""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import cdk_cli
from infra.bytecode import compiler
from infra.dependencies import PYTHON_VERSION
from infra.synth import PROJECT, STACK, SynthesisError, configured_context, synthesise

ASSEMBLY = PROJECT / ".build" / "deploy" / "assembly"
OUTPUTS = PROJECT / ".build" / "deploy" / "outputs.json"
BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"


class DeployError(Exception):
    """Something is missing before deploying can begin; the message says what, and what to do."""


@dataclass(frozen=True)
class Account:
    """Where the credentials lead: the account's number and the region."""

    number: str
    region: str


@dataclass(frozen=True)
class Request:
    """What the command line asks for.

    Attributes:
        action: `deploy` or `bootstrap`.
        dry_run: synthesise and list, without credentials.
        context: context values that go over those of cdk.json.
        passed_on: arguments for the CDK command line.
    """

    action: str
    dry_run: bool
    context: Mapping[str, str]
    passed_on: Sequence[str]


def read_arguments(argv: Sequence[str], environ: Mapping[str, str]) -> Request:
    """Read the arguments; without any, those in the variable ARGS (`make deploy ARGS="-c name=value"`)."""
    arguments = list(argv) or shlex.split(environ.get("ARGS", ""))
    # Taken off first: argparse would take the value of an option that it does not know for the action.
    action = arguments.pop(0) if arguments[:1] in (["deploy"], ["bootstrap"]) else "deploy"
    parser = argparse.ArgumentParser(
        prog="python -m infra.deploy [bootstrap]",
        description="Deploys the stack; `bootstrap` prepares an account and region for the CDK, once."
        " Arguments not named here go to the CDK, for example --profile or --require-approval never.",
    )
    parser.add_argument("--dry-run", action="store_true", help="synthesise and list; needs no credentials")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="NAME=VALUE")
    known, passed_on = parser.parse_known_args(arguments)
    for pair in known.context:
        if "=" not in pair:
            parser.error(f"-c {pair}: expected NAME=VALUE")
    return Request(
        action=action,
        dry_run=known.dry_run,
        context=dict(pair.split("=", 1) for pair in known.context),
        passed_on=passed_on,
    )


def cdk_arguments(request: Request, account: Account | None) -> list[str]:
    """The arguments for the CDK command line; `account` is None in a dry run only."""
    app = ["--app", str(ASSEMBLY), "--no-notices"]
    if account is None:
        return ["list", "--long", *app, *request.passed_on]
    if request.action == "bootstrap":
        return ["bootstrap", f"aws://{account.number}/{account.region}", *app, *request.passed_on]
    return ["deploy", STACK, *app, "--outputs-file", str(OUTPUTS), *request.passed_on]


def find_account(profile: str | None) -> Account:
    """Ask AWS whose the credentials are. Raises DeployError when there are none, or they do not work."""
    try:
        # boto3 does not read AWS_REGION, which the CDK and the AWS command line do.
        session = boto3.Session(profile_name=profile, region_name=os.environ.get("AWS_REGION"))
        if not session.region_name:
            raise DeployError(
                "No AWS region is chosen. Set AWS_REGION to the region of your Amazon Connect instance,"
                " for example: AWS_REGION=eu-west-2 make deploy"
            )
        return Account(session.client("sts").get_caller_identity()["Account"], session.region_name)
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"There are no working AWS credentials ({error}).\n"
            "Sign in first, for example with `aws sso login` or `aws configure`, and name the profile with"
            " AWS_PROFILE.\nTo see what would be deployed without credentials:"
            ' make deploy ARGS="--dry-run"'
        ) from error


def check_bootstrapped(account: Account, profile: str | None) -> None:
    """Raise DeployError with the command to run when the CDK has no place in this account and region yet."""
    ssm = boto3.Session(profile_name=profile, region_name=account.region).client("ssm")
    try:
        ssm.get_parameter(Name=BOOTSTRAP_VERSION)
    except ssm.exceptions.ParameterNotFound:
        raise DeployError(
            f"Account {account.number} has no place for the CDK's files in {account.region} yet. Make it once"
            " (a bucket and some roles) with: make deploy ARGS=bootstrap"
        ) from None
    except (BotoCoreError, ClientError):
        # Not allowed to look is no reason to stop: the CDK says what is missing, if anything is.
        return


def next_steps(outputs: Mapping[str, str], region: str, connected: bool) -> str:
    """What a person does after a first deployment; `connected`: contact records reach the stream already."""
    steps = [
        "Put the Zendesk OAuth client into its secret. In Zendesk's Admin Center (Apps and integrations >"
        " APIs > OAuth clients) make a confidential client, write"
        ' {"client_id": "...", "client_secret": "..."} to zendesk-client.json, then run:\n'
        f"     aws secretsmanager put-secret-value --region {region} \\\n"
        f"       --secret-id {outputs['ZendeskSecretArn']} \\\n"
        "       --secret-string file://zendesk-client.json\n"
        "   and delete the file."
    ]
    if not connected:
        steps.append(
            "Connect the contact records of your Amazon Connect instance to the stream: in the console under"
            " Data streaming, or with:\n"
            f"     aws connect associate-instance-storage-config --region {region} \\\n"
            "       --instance-id <your instance's id> --resource-type CONTACT_TRACE_RECORDS \\\n"
            "       --storage-config StorageType=KINESIS_STREAM,"
            f"KinesisStreamConfig={{StreamArn={outputs['RecordStreamArn']}}}\n"
            "   An instance has one such connection. If there is one, deploy with record_stream_arn naming"
            " its stream instead."
        )
    numbered = "\n\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return f"\nDeployed. What is left to do, once:\n\n{numbered}\n"


def deploy(request: Request) -> int:
    """Do what was asked for; return the exit code. Raises DeployError, SynthesisError, CdkError."""
    profile = _profile(request.passed_on)
    print("deploy: synthesising", flush=True)
    if compiler(PYTHON_VERSION) is None:
        print(
            f"deploy: there is no Python {PYTHON_VERSION} here to make bytecode with, so new containers start"
            f" slower (uv python install {PYTHON_VERSION}, and deploy again)",
            flush=True,
        )
    synthesise(ASSEMBLY, request.context)  # first: it needs nothing and finds wrong context values
    account = None
    if not request.dry_run:
        account = find_account(profile)
        if request.action == "deploy":
            check_bootstrapped(account, profile)
        print(f"deploy: account {account.number}, region {account.region}", flush=True)
    script = cdk_cli.install()
    code = cdk_cli.run(script, cdk_arguments(request, account), account.region if account else None)
    if code == 0 and account and request.action == "deploy":
        outputs = json.loads(OUTPUTS.read_text("utf-8"))[STACK]
        print(next_steps(outputs, account.region, connected=_connected(request.context)))
    return code


def _profile(arguments: Sequence[str]) -> str | None:
    """The profile among the arguments for the CDK, so that both ask the same account."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--profile")
    profile: str | None = parser.parse_known_args(list(arguments))[0].profile
    return profile


def _connected(context: Mapping[str, str]) -> bool:
    values = {**configured_context(), **context}
    return bool(values["record_stream_arn"]) or str(values["associate_record_stream"]).lower() == "true"


def main() -> int:
    """`python -m infra.deploy [bootstrap] [--dry-run] [-c name=value]... [arguments of cdk deploy]`."""
    try:
        return deploy(read_arguments(sys.argv[1:], os.environ))
    except (DeployError, SynthesisError, cdk_cli.CdkError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
