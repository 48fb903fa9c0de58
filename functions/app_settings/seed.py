"""CloudFormation custom resource: makes the first version of the app settings, once.

Later deployments and the end of the stack leave the settings alone: they are the administrator's.
"""

import json
import time
import urllib.request
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

# The function has two minutes; it must answer within them whatever AppConfig does.
APPCONFIG = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
PATIENCE_SECONDS = 60


def handler(event: dict[str, Any], _context: object) -> None:
    """Do what CloudFormation asks, and report to the event's ResponseURL how that went."""
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": event.get("PhysicalResourceId", "first-settings")}
    try:
        if event["RequestType"] == "Create":
            seed(boto3.client("appconfig", config=APPCONFIG), event["ResourceProperties"], datetime.now(UTC))
    except Exception as error:  # noqa: BLE001 - whatever it is: without an answer the deployment hangs
        answer |= {"Status": "FAILED", "Reason": f"The app settings were not made: {error!r}"[:1000]}
    # The address is signed for an empty content type; urllib would send its own.
    headers, body = {"Content-Type": ""}, json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], body, headers, method="PUT")  # noqa: S310
    urllib.request.urlopen(request, timeout=20).close()  # noqa: S310


def seed(appconfig: Any, properties: dict[str, str], now: datetime) -> None:
    """Deploy the first settings unless some were deployed already; `settle_from` is now unless they say.

    Raises what botocore raises, and TimeoutError when AppConfig does not finish.
    """
    place = {name: properties[name] for name in ("ApplicationId", "EnvironmentId")}
    profile = {name: properties[name] for name in ("ApplicationId", "ConfigurationProfileId")}
    if appconfig.list_deployments(**place)["Items"]:
        return
    # There is a version already when an earlier attempt did not get as far as deploying it.
    versions = appconfig.list_hosted_configuration_versions(**profile)["Items"]
    if not versions:
        settings = {"settle_from": now.strftime("%Y-%m-%dT%H:%M:%SZ"), **json.loads(properties["Content"])}
        versions = [appconfig.create_hosted_configuration_version(
            **profile, Content=json.dumps(settings).encode(), ContentType="application/json")]  # fmt: skip
    deployment = appconfig.start_deployment(
        **place | profile, DeploymentStrategyId=properties["DeploymentStrategyId"],
        ConfigurationVersion=str(max(version["VersionNumber"] for version in versions)))  # fmt: skip
    deadline = time.monotonic() + PATIENCE_SECONDS
    while deployment["State"] != "COMPLETE":
        if time.monotonic() > deadline or "ROLL" in deployment["State"]:
            raise TimeoutError(f"AppConfig's deployment is {deployment['State']}")
        time.sleep(2)
        deployment = appconfig.get_deployment(**place, DeploymentNumber=deployment["DeploymentNumber"])
