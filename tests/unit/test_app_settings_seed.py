"""The first app settings: made once, never overwritten, and CloudFormation always gets its answer."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from functions.app_settings import seed

NOW = datetime(2026, 11, 22, 9, 30, 5, 123456, tzinfo=UTC)
PROPERTIES = {
    "ApplicationId": "app1234",
    "EnvironmentId": "env1234",
    "ConfigurationProfileId": "pro1234",
    "DeploymentStrategyId": "str1234",
    "Content": "{}",
}


class AppConfigInMemory:
    """As much of AppConfig as the seed needs; a deployment completes when it was asked for often enough."""

    def __init__(self, *, looks: int = 0, ends: str = "COMPLETE") -> None:
        self.versions: list[bytes] = []
        self.deployments: list[str] = []
        self._looks = looks
        self._ends = ends

    def list_deployments(self, **_: str) -> dict[str, Any]:
        return {"Items": self.deployments}

    def list_hosted_configuration_versions(self, **_: str) -> dict[str, Any]:
        return {"Items": [{"VersionNumber": number + 1} for number in range(len(self.versions))]}

    def create_hosted_configuration_version(
        self, *, ApplicationId: str, ConfigurationProfileId: str, Content: bytes, ContentType: str  # noqa: N803
    ) -> dict[str, Any]:  # fmt: skip
        assert (ApplicationId, ConfigurationProfileId) == ("app1234", "pro1234")
        assert ContentType == "application/json"
        self.versions.append(Content)
        return {"VersionNumber": len(self.versions)}

    def start_deployment(
        self, *, ApplicationId: str, EnvironmentId: str, ConfigurationProfileId: str,  # noqa: N803
        DeploymentStrategyId: str, ConfigurationVersion: str,  # noqa: N803
    ) -> dict[str, Any]:  # fmt: skip
        assert (ApplicationId, EnvironmentId, ConfigurationProfileId) == ("app1234", "env1234", "pro1234")
        assert DeploymentStrategyId == "str1234"
        self.deployments.append(ConfigurationVersion)
        return {"DeploymentNumber": 1, "State": self._state()}

    def get_deployment(self, *, DeploymentNumber: int, **_: str) -> dict[str, Any]:  # noqa: N803
        self._looks -= 1
        return {"DeploymentNumber": DeploymentNumber, "State": self._state()}

    def _state(self) -> str:
        return "DEPLOYING" if self._looks > 0 else self._ends

    def live(self) -> Any:
        """The settings that were deployed last."""
        return json.loads(self.versions[int(self.deployments[-1]) - 1])


class Sleeper:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture(autouse=True)
def sleeper(monkeypatch: pytest.MonkeyPatch) -> Sleeper:
    clock = Sleeper()
    monkeypatch.setattr(seed, "time", clock)
    return clock


def test_the_first_settings_hold_from_now_on() -> None:
    appconfig = AppConfigInMemory()
    seed.seed(appconfig, PROPERTIES, NOW)
    assert appconfig.live() == {"settle_from": "2026-11-22T09:30:05Z"}


def test_settings_from_the_file_are_taken_over() -> None:
    appconfig = AppConfigInMemory()
    content = '{"default_country": "GB", "greeting": "Grüße", "settle_from": "2026-01-01T00:00:00Z"}'
    seed.seed(appconfig, {**PROPERTIES, "Content": content}, NOW)
    assert appconfig.live() == json.loads(content)


def test_settings_in_force_are_left_alone() -> None:
    appconfig = AppConfigInMemory()
    seed.seed(appconfig, PROPERTIES, NOW)
    seed.seed(appconfig, {**PROPERTIES, "Content": '{"default_country": "GB"}'}, NOW)
    assert len(appconfig.versions) == len(appconfig.deployments) == 1


def test_a_version_that_was_never_deployed_is_deployed_unchanged() -> None:
    appconfig = AppConfigInMemory()
    appconfig.versions = [b'{"old": 1}', b'{"settle_from": "2026-01-01T00:00:00Z"}']
    seed.seed(appconfig, PROPERTIES, NOW)
    assert len(appconfig.versions) == 2
    assert appconfig.live() == {"settle_from": "2026-01-01T00:00:00Z"}


def test_the_seed_waits_until_the_settings_are_live(sleeper: Sleeper) -> None:
    seed.seed(AppConfigInMemory(looks=5), PROPERTIES, NOW)
    assert sleeper.seconds == 10


def test_a_deployment_that_does_not_end_is_not_waited_for_for_ever(sleeper: Sleeper) -> None:
    with pytest.raises(TimeoutError, match="DEPLOYING"):
        seed.seed(AppConfigInMemory(looks=10_000), PROPERTIES, NOW)
    assert 60 < sleeper.seconds < 70


def test_a_deployment_that_is_rolled_back_is_a_failure() -> None:
    with pytest.raises(TimeoutError, match="ROLLED_BACK"):
        seed.seed(AppConfigInMemory(looks=1, ends="ROLLED_BACK"), PROPERTIES, NOW)


class CloudFormation:
    """The place that a custom resource answers to."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.headers: list[Any] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                outer.headers.append(self.headers)
                outer.answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answer?signature=x"

    def event(self, request: str, **extra: str) -> dict[str, Any]:
        return {
            "RequestType": request,
            "ResponseURL": self.url,
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "First",
            "ResourceProperties": PROPERTIES,
            **extra,
        }


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    place = CloudFormation()
    thread = threading.Thread(target=place.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield place
    place.server.shutdown()
    thread.join()
    place.server.server_close()


@pytest.fixture
def appconfig(monkeypatch: pytest.MonkeyPatch) -> AppConfigInMemory:
    store = AppConfigInMemory()
    monkeypatch.setattr("boto3.client", lambda _service, config: store)
    return store


def test_create_seeds_and_answers(cloudformation: CloudFormation, appconfig: AppConfigInMemory) -> None:
    seed.handler(cloudformation.event("Create"), None)
    assert cloudformation.answers == [
        {
            "Status": "SUCCESS",
            "PhysicalResourceId": "first-settings",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "First",
        }
    ]
    assert cloudformation.headers[0]["Content-Type"] == ""  # the address is signed for that
    assert "settle_from" in appconfig.live()


@pytest.mark.parametrize("request_type", ["Update", "Delete"])
def test_update_and_delete_change_nothing(
    cloudformation: CloudFormation, appconfig: AppConfigInMemory, request_type: str
) -> None:
    seed.handler(cloudformation.event(request_type, PhysicalResourceId="earlier"), None)
    assert cloudformation.answers[0]["Status"] == "SUCCESS"
    assert cloudformation.answers[0]["PhysicalResourceId"] == "earlier"
    assert not appconfig.versions


def test_a_failure_is_answered_with_its_reason(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boto3.client", lambda _service, config: AppConfigInMemory(ends="ROLLING_BACK"))
    seed.handler(cloudformation.event("Create"), None)
    assert cloudformation.answers[0]["Status"] == "FAILED"
    assert "AppConfig's deployment is ROLLING_BACK" in cloudformation.answers[0]["Reason"]


def test_properties_that_are_missing_are_answered_as_a_failure(
    cloudformation: CloudFormation, appconfig: AppConfigInMemory
) -> None:
    seed.handler(cloudformation.event("Create") | {"ResourceProperties": {}}, None)
    assert cloudformation.answers[0]["Status"] == "FAILED"
    assert not appconfig.deployments
