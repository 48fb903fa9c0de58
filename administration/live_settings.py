"""The app settings that are live, in AWS AppConfig: found, read, and put into force."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters.stack import UP

if TYPE_CHECKING:
    from mypy_boto3_appconfig import AppConfigClient
    from mypy_boto3_appconfig.type_defs import DeploymentSummaryTypeDef
    from mypy_boto3_cloudformation import CloudFormationClient

STACK = "ConnectZendesk"
_OUTPUTS = {
    "application": "AppSettingsApplicationId",
    "environment": "AppSettingsEnvironmentId",
    "profile": "AppSettingsProfileId",
    "strategy": "AppSettingsStrategyId",
}
_UNDER_WAY = ("DEPLOYING", "VALIDATING", "BAKING", "ROLLING_BACK")
_PATIENCE_SECONDS = 120.0


class SettingsError(Exception):
    """The app settings could not be read or applied; the message says why, and what to do."""


@dataclass(frozen=True)
class Place:
    """Where a stack keeps its app settings: AppConfig ids."""

    application: str
    environment: str
    profile: str
    strategy: str


@dataclass(frozen=True)
class Live:
    """What is in force.

    Attributes:
        document: the app settings, of JSON types.
        version: number of the configuration version, or None where none was ever deployed.
        deployed: when that was complete (aware), where AppConfig says so.
        latest_deployment: number of the last deployment, whatever became of it.
        under_way: whether one has begun and is not over.
    """

    document: Mapping[str, Any]
    version: int | None
    deployed: datetime | None
    latest_deployment: int
    under_way: bool


class LiveSettings:
    """Reads and applies the app settings of one stack."""

    def __init__(
        self,
        appconfig: "AppConfigClient",
        place: Place,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._appconfig, self._place = appconfig, place
        self._clock, self._sleep = clock, sleep

    def read(self) -> Live:
        """Return what is in force. Raises SettingsError where it is no JSON object."""
        pages = self._appconfig.get_paginator("list_deployments").paginate(
            ApplicationId=self._place.application, EnvironmentId=self._place.environment
        )
        deployments = sorted(
            (item for page in pages for item in page["Items"]), key=lambda item: item["DeploymentNumber"]
        )
        complete = [item for item in deployments if item["State"] == "COMPLETE"]
        version = int(complete[-1]["ConfigurationVersion"]) if complete else None
        return Live(
            document=self._document(version) if version is not None else {},
            version=version,
            deployed=_when(complete[-1]) if complete else None,
            latest_deployment=deployments[-1]["DeploymentNumber"] if deployments else 0,
            under_way=any(item["State"] in _UNDER_WAY for item in deployments),
        )

    def apply(self, document: Mapping[str, Any], instead_of: Live) -> int:
        """Put a document into force instead of what was read before, wait for it, and return its version.

        Raises SettingsError where AppConfig refuses it, where another user has changed the settings
        meanwhile, and where the deployment does not end well.
        """
        try:
            version = self._appconfig.create_hosted_configuration_version(
                ApplicationId=self._place.application,
                ConfigurationProfileId=self._place.profile,
                Content=json.dumps(document, ensure_ascii=False).encode(),
                ContentType="application/json",
            )["VersionNumber"]
            deployment = self._appconfig.start_deployment(
                ApplicationId=self._place.application,
                EnvironmentId=self._place.environment,
                ConfigurationProfileId=self._place.profile,
                DeploymentStrategyId=self._place.strategy,
                ConfigurationVersion=str(version),
                # AppConfig refuses when another deployment has been started since.
                LatestDeploymentNumber=instead_of.latest_deployment,
            )
        except self._appconfig.exceptions.BadRequestException as refusal:
            raise SettingsError(_refused(refusal.response)) from None
        except self._appconfig.exceptions.ConflictException:
            raise SettingsError(
                "Another user is changing the app settings, or has since you saw the difference. Nothing was"
                " applied. Look at what is live now, and try again."
            ) from None
        self._wait(deployment["DeploymentNumber"], deployment["State"])
        return version

    def _document(self, version: int) -> dict[str, Any]:
        content = self._appconfig.get_hosted_configuration_version(
            ApplicationId=self._place.application,
            ConfigurationProfileId=self._place.profile,
            VersionNumber=version,
        )["Content"].read()
        try:
            document = json.loads(content)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise SettingsError(f"Version {version}, which is live, is not a JSON object.")
        return document

    def _wait(self, number: int, state: str) -> None:
        deadline = self._clock() + _PATIENCE_SECONDS
        events = ""
        while state != "COMPLETE":
            if state in ("ROLLED_BACK", "REVERTED"):
                raise SettingsError(f"AppConfig took the change back: {events or state}")
            if self._clock() > deadline:
                raise SettingsError(
                    f"Deployment {number} is still {state}. It may yet go through; look again in a while."
                )
            self._sleep(1)
            deployment = self._appconfig.get_deployment(
                ApplicationId=self._place.application,
                EnvironmentId=self._place.environment,
                DeploymentNumber=number,
            )
            state = deployment["State"]
            events = "; ".join(event.get("Description", "") for event in deployment.get("EventLog", ()))


def find_place(cloudformation: "CloudFormationClient", stack: str = STACK) -> Place:
    """Return where a stack keeps its app settings. Raises SettingsError where there is no such stack."""
    region = cloudformation.meta.region_name
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        raise SettingsError(
            f"There is no stack {stack} in {region}. Deploy it first (make deploy), or name the region and"
            " the account where it is, for example:\n"
            "  AWS_REGION=eu-west-2 AWS_PROFILE=acme make settings ARGS=show"
        ) from None
    outputs = {output.get("OutputKey"): output.get("OutputValue", "") for output in found.get("Outputs", ())}
    missing = [name for name in _OUTPUTS.values() if not outputs.get(name)]
    if missing:
        raise SettingsError(
            f"The stack {stack} in {region} does not say where its app settings are (no {missing[0]})."
            f" It is {found['StackStatus']}. Deploy it again with this release: make deploy"
        )
    return Place(**{field: outputs[name] for field, name in _OUTPUTS.items()})


def open_live_settings(stack: str, profile: str | None, region: str | None) -> LiveSettings:
    """Find the stack with the credentials at hand.

    `profile` and `region` go over AWS_PROFILE and AWS_REGION. Raises SettingsError.
    """
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        if not session.region_name:
            raise SettingsError(
                "No AWS region is chosen. Set AWS_REGION to the stack's, for example: AWS_REGION=eu-west-2"
            )
        place = find_place(session.client("cloudformation"), stack)
        return LiveSettings(session.client("appconfig"), place)
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(unusable(error)) from error


def open_local_settings() -> LiveSettings:
    """Find the stack that `make up` has running here. Raises SettingsError where none runs."""
    try:
        up = json.loads(UP.read_text("utf-8"))["emulator"]
        session = boto3.Session(up["account"], "emulator", region_name=up["region"])
        cloudformation, appconfig = (
            session.client(name, endpoint_url=up["endpoint"], config=Config(proxies={}))
            for name in ("cloudformation", "appconfig")
        )
        return LiveSettings(appconfig, find_place(cloudformation, up["stack"]))
    except (OSError, ValueError, KeyError, TypeError, BotoCoreError) as error:
        raise SettingsError("Nothing is up on this machine. Start it with: make up") from error


def unusable(error: Exception) -> str:
    """Say what to do about an error that AWS or its library gave."""
    return (
        f"AWS could not be asked: {error}\n"
        "Sign in first, for example with `aws sso login` or `aws configure`, and name the profile with"
        " AWS_PROFILE.\nWhat it may have to allow: cloudformation:DescribeStacks,"
        " appconfig:ListDeployments, appconfig:GetHostedConfigurationVersion; and to apply,"
        " appconfig:CreateHostedConfigurationVersion, appconfig:StartDeployment, appconfig:GetDeployment."
    )


def _when(deployment: "DeploymentSummaryTypeDef") -> datetime | None:
    return deployment.get("CompletedAt") or deployment.get("StartedAt")


def _refused(response: Mapping[str, Any]) -> str:
    """Say why AppConfig's validator refused, with the places it names."""
    details = response.get("Details", {}).get("InvalidConfiguration", [])
    lines = [f"  {detail.get('Location') or 'settings'}: {detail.get('Reason', '')}" for detail in details]
    message = response.get("Message") or response.get("Error", {}).get("Message", "")
    return "\n".join([f"AppConfig refused the settings, and nothing was applied: {message}", *lines])
