"""Puts app settings live, as an administrator does it with AppConfig."""

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_appconfig import AppConfigClient

_STRATEGY = "laptop-at-once"


class AppSettingsError(Exception):
    """AppConfig did not put the settings live."""


def put_app_settings(
    appconfig: "AppConfigClient",
    settings: Mapping[str, object],
    *,
    application: str,
    environment: str,
    profile: str,
    timeout: float = 60.0,
) -> None:
    """Make `settings` (JSON values by name) the live app settings and wait until they are.

    `application`, `environment`, `profile`: AppConfig ids, from the stack's outputs. `timeout` in seconds.

    Raises `AppSettingsError`.
    """
    version = appconfig.create_hosted_configuration_version(
        ApplicationId=application,
        ConfigurationProfileId=profile,
        Content=json.dumps(dict(settings)).encode(),
        ContentType="application/json",
    )["VersionNumber"]
    number = appconfig.start_deployment(
        ApplicationId=application,
        EnvironmentId=environment,
        DeploymentStrategyId=_at_once(appconfig),
        ConfigurationProfileId=profile,
        ConfigurationVersion=str(version),
    )["DeploymentNumber"]
    deadline = time.monotonic() + timeout
    while True:
        state = appconfig.get_deployment(
            ApplicationId=application, EnvironmentId=environment, DeploymentNumber=number
        )["State"]
        if state == "COMPLETE":
            return
        if state == "ROLLED_BACK" or time.monotonic() > deadline:
            raise AppSettingsError(f"The app settings did not go live: their deployment is {state}.")
        time.sleep(0.05)


def _at_once(appconfig: "AppConfigClient") -> str:
    """A way of deploying that is finished at once; AppConfig's own would watch for ten minutes afterwards."""
    for strategy in appconfig.list_deployment_strategies()["Items"]:
        if strategy.get("Name") == _STRATEGY:
            return strategy["Id"]
    return appconfig.create_deployment_strategy(
        Name=_STRATEGY,
        DeploymentDurationInMinutes=0,
        FinalBakeTimeInMinutes=0,
        GrowthFactor=100,
        ReplicateTo="NONE",
    )["Id"]
