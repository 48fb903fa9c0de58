"""The AWS account that a deployment goes to: whose the credentials are, and what is deployed there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.config
from botocore.exceptions import BotoCoreError, ClientError

from infra.changes import kept
from infra.guide.found import OwnStack, own_stack
from infra.synth import STACK

BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
# Amazon Connect allows two requests a second to each of these operations.
_PATIENT = botocore.config.Config(retries={"mode": "standard", "total_max_attempts": 8})


class DeployError(Exception):
    """Something is missing before deploying can begin; the message says what, and what to do."""


@dataclass(frozen=True)
class Account:
    """Where the credentials lead: the account's number and the region."""

    number: str
    region: str

    def __str__(self) -> str:
        return f"account {self.number}, region {self.region}"


@dataclass(frozen=True)
class Deployed:
    """The stack as it is deployed. ``template``: what CloudFormation has; None where there is no stack."""

    stack: OwnStack
    template: Mapping[str, Any] | None

    def staying(self) -> dict[str, str]:
        """Return what stays when the stack is removed: the type by physical id."""
        resources = (self.template or {}).get("Resources", {})
        types = {resource["Type"] for resource in resources.values() if kept(resource)}
        return {physical: kind for kind in sorted(types) for physical in self.stack.resources.get(kind, ())}


def find_account(profile: str | None) -> Account:
    """Ask AWS whose the credentials are. Raises DeployError when there are none, or they do not work."""
    try:
        # boto3 does not read AWS_REGION, which the CDK and the AWS command line do.
        session = boto3.Session(profile_name=profile, region_name=os.environ.get("AWS_REGION"))
        if not session.region_name:
            raise DeployError(
                "No AWS region is chosen. Set AWS_REGION to the region of your Amazon Connect instance,"
                " for example: export AWS_REGION=eu-west-2"
            )
        return Account(session.client("sts").get_caller_identity()["Account"], session.region_name)
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"There are no working AWS credentials ({error}).\n"
            "Sign in first, for example with `aws sso login` or `aws configure`, and name the profile with"
            " AWS_PROFILE.\nTo see what would be deployed without credentials:"
            ' make deploy ARGS="--dry-run -c zendesk_url=https://acme.zendesk.com"'
        ) from error


def client(account: Account, profile: str | None, service: str) -> Any:
    """Return a boto3 client for the account and region."""
    session = boto3.Session(profile_name=profile, region_name=account.region)
    return session.client(service, config=_PATIENT)


def check_bootstrapped(account: Account, profile: str | None) -> None:
    """Raise DeployError with the command to run when the CDK has no place in this account and region yet."""
    ssm = client(account, profile, "ssm")
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


def deployed(account: Account, profile: str | None) -> Deployed:
    """Return what is deployed. Raises LookError where AWS cannot be asked."""
    cloudformation = client(account, profile, "cloudformation")
    stack = own_stack(cloudformation, STACK)
    if not stack.exists:
        return Deployed(stack, None)
    try:
        body: Any = cloudformation.get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
    except (BotoCoreError, ClientError):
        return Deployed(stack, None)
    return Deployed(stack, body if isinstance(body, Mapping) else None)
