"""As much of CloudFormation and AppConfig as the commands need, behind real clients that check each call.

AppConfig here does what the real one does and the emulator does not: it refuses what the profile's schema
refuses.
"""

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from jsonschema import Draft4Validator

from connect_zendesk.rules.settings.schema import app_settings_schema

if TYPE_CHECKING:
    from mypy_boto3_appconfig import AppConfigClient
    from mypy_boto3_cloudformation import CloudFormationClient

IDS = {
    "AppSettingsApplicationId": "app1234",
    "AppSettingsEnvironmentId": "env1234",
    "AppSettingsProfileId": "pro1234",
    "AppSettingsStrategyId": "str1234",
}
DEPLOYED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class Refused(Exception):
    """An error as AWS answers it."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(code)
        self.answer = {"Error": {"Code": code, "Message": message}, "Message": message, **more}


@dataclass
class _Response:
    status_code: int
    headers: dict[str, str] = field(default_factory=dict)


class AwsInMemory:
    """One stack with its app settings. ``states``: what a deployment is found to be, look after look."""

    def __init__(self, document: Any = None, *, states: tuple[str, ...] = ("COMPLETE",)) -> None:
        self.outputs = dict(IDS)
        self.versions: list[bytes] = []
        self.deployments: list[dict[str, Any]] = []
        self.schema = app_settings_schema()
        self.states = states
        self.calls: list[str] = []
        self.parts: list[tuple[str, str]] = []
        self.status = "UPDATE_COMPLETE"
        if document is not None:
            self.deploy(json.dumps(document).encode())

    def deploy(self, content: bytes, state: str = "COMPLETE") -> None:
        """Put a document live, as somebody else would."""
        self.versions.append(content)
        self._add_deployment(len(self.versions), state)

    @property
    def live(self) -> Any:
        """The document that is live."""
        number = [item for item in self.deployments if item["State"] == "COMPLETE"][-1][
            "ConfigurationVersion"
        ]
        return json.loads(self.versions[int(number) - 1])

    def appconfig(self) -> "AppConfigClient":
        client: AppConfigClient = boto3.client(
            "appconfig", region_name="eu-west-2", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self._take_over(client)
        return client

    def cloudformation(self) -> "CloudFormationClient":
        client: CloudFormationClient = boto3.client(
            "cloudformation", region_name="eu-west-2", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self._take_over(client)
        return client

    def _take_over(self, client: Any) -> None:
        given: dict[str, Any] = {}

        def remember(params: dict[str, Any], **_: Any) -> None:
            given.clear()
            given.update(params)

        def answer(model: Any, **_: Any) -> tuple[_Response, Any]:
            self.calls.append(model.name)
            try:
                return _Response(200), getattr(self, model.name)(**given)
            except Refused as refusal:
                return _Response(400), refusal.answer

        client.meta.events.register("before-parameter-build", remember)
        client.meta.events.register("before-call", answer)

    # What AWS answers, by the name of the operation

    def DescribeStacks(self, StackName: str) -> Any:  # noqa: N803
        if StackName != "ConnectZendesk":
            raise Refused("ValidationError", f"Stack with id {StackName} does not exist")
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in self.outputs.items()]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": outputs}]}

    def ListStackResources(self, StackName: str, NextToken: str = "0") -> Any:  # noqa: N803
        assert StackName == "ConnectZendesk"
        at = int(NextToken)  # one on a page
        more = {"NextToken": str(at + 1)} if at + 1 < len(self.parts) else {}
        page = [
            {"ResourceType": kind, "PhysicalResourceId": physical}
            for kind, physical in self.parts[at : at + 1]
        ]
        return {"StackResourceSummaries": page, **more}

    def ListDeployments(self, ApplicationId: str, EnvironmentId: str, NextToken: str = "1") -> Any:  # noqa: N803
        assert (ApplicationId, EnvironmentId) == ("app1234", "env1234")
        page = int(NextToken)  # two on a page, the newest first
        newest = self.deployments[::-1]
        more = {"NextToken": str(page + 1)} if len(newest) > page * 2 else {}
        return {"Items": newest[page * 2 - 2 : page * 2], **more}

    def GetHostedConfigurationVersion(
        self, ApplicationId: str, ConfigurationProfileId: str, VersionNumber: int  # noqa: N803
    ) -> Any:  # fmt: skip
        assert (ApplicationId, ConfigurationProfileId) == ("app1234", "pro1234")
        return {"Content": io.BytesIO(self.versions[VersionNumber - 1])}

    def CreateHostedConfigurationVersion(
        self, ApplicationId: str, ConfigurationProfileId: str, Content: bytes, ContentType: str  # noqa: N803
    ) -> Any:  # fmt: skip
        assert (ApplicationId, ConfigurationProfileId) == ("app1234", "pro1234")
        assert ContentType == "application/json"
        self.versions.append(Content)
        return {"VersionNumber": len(self.versions)}

    def StartDeployment(
        self, ConfigurationVersion: str, LatestDeploymentNumber: int, DeploymentStrategyId: str, **_: str  # noqa: N803
    ) -> Any:  # fmt: skip
        assert DeploymentStrategyId == "str1234"
        document = json.loads(self.versions[int(ConfigurationVersion) - 1])
        errors = list(Draft4Validator(self.schema).iter_errors(document))
        if errors:
            details = [{"Location": "/".join(map(str, e.absolute_path)), "Reason": e.message} for e in errors]
            raise Refused(
                "BadRequestException",
                "Error validating the configuration",
                Reason="InvalidConfiguration",
                Details={"InvalidConfiguration": details},
            )
        if LatestDeploymentNumber != len(self.deployments):
            raise Refused("ConflictException", "LatestDeploymentNumber does not match")
        self._add_deployment(int(ConfigurationVersion), self.states[0])
        self._looks = iter(self.states[1:])
        return self.deployments[-1]

    def GetDeployment(self, DeploymentNumber: int, **_: str) -> Any:  # noqa: N803
        deployment = self.deployments[DeploymentNumber - 1]
        deployment["State"] = next(self._looks, deployment["State"])
        return {**deployment, "EventLog": [{"Description": "an alarm went off"}]}

    def _add_deployment(self, version: int, state: str) -> None:
        self.deployments.append(
            {
                "DeploymentNumber": len(self.deployments) + 1,
                "ConfigurationVersion": str(version),
                "State": state,
                "CompletedAt": DEPLOYED,
            }
        )
