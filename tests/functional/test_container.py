"""What a function works with, from its environment; and the app settings that are live (S8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from moto import mock_aws

from connect_zendesk import messaging
from connect_zendesk.entrypoints import container
from tests.logs import Logs
from tests.records import ADAS_NAME

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "TABLE_NAME": "ledger",
    "BUS_NAME": "bus",
    "CONTACT_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/contacts",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/123456789012/letters",
    "ZENDESK_URL": "https://acme.zendesk.com",
    "APP_SETTINGS_APPLICATION": "app",
    "APP_SETTINGS_ENVIRONMENT": "env",
    "APP_SETTINGS_PROFILE": "profile",
    "CONNECT_INSTANCE_ARN": "",
    "FORCED_TICKET_WAIT_SECONDS": "240",
    "CONTACT_FILE_WAIT_SECONDS": "480",
    "LEASE_SECONDS": "90",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    container.services.cache_clear()
    messaging.messages.cache_clear()
    yield
    container.services.cache_clear()
    messaging.messages.cache_clear()


class Profile:
    """The app settings profile: what it answers is set from outside."""

    def __init__(self) -> None:
        self.live: Any = {}

    def get(self, name: str, **options: Any) -> Any:
        assert (name, options) == ("profile", {"transform": "json", "max_age": 60})
        if isinstance(self.live, Exception):
            raise self.live
        return self.live


@pytest.fixture
def profile() -> Profile:
    return Profile()


@pytest.fixture
def settings(profile: Profile) -> container.LiveAppSettings:
    live = container.LiveAppSettings()
    live._provider = profile  # type: ignore[assignment]
    return live


def test_clients_are_built_once_from_the_environment() -> None:
    with mock_aws():
        services = container.services()
        assert services is container.services()
        assert (services.forced_ticket_wait, services.contact_file_wait) == (240, 480)
        assert services.messages is messaging.messages()


def test_the_credentials_are_asked_for_each_time_so_that_a_change_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_aws():
        secrets = boto3.client("secretsmanager")
        first = '{"client_id": "a", "client_secret": "1"}'
        arn = secrets.create_secret(Name="zendesk", SecretString=first)["ARN"]
        monkeypatch.setenv("ZENDESK_SECRET_ARN", arn)
        assert container._credentials() == ("a", "1")
        changed = json.dumps({"client_id": "b", "client_secret": "2"})
        secrets.put_secret_value(SecretId=arn, SecretString=changed)
        assert container._credentials() == ("b", "2")


def test_the_live_settings_hold_and_a_change_is_seen(
    profile: Profile, settings: container.LiveAppSettings
) -> None:
    assert settings.read().default_country is None
    profile.live = {"default_country": "GB", "agent_map": {ADAS_NAME: 901}}
    assert settings.read().default_country == "GB"
    assert settings.read() is settings.read()


def test_S8_wrong_settings_are_refused_counted_and_the_last_good_ones_stay(
    profile: Profile, settings: container.LiveAppSettings
) -> None:
    profile.live = {"default_country": "GB"}
    settings.read()
    profile.live = {"default_country": "Quetzalcoatl", "time_zone": "UTC"}
    with Logs() as logs:
        assert settings.read().default_country == "GB"
        assert settings.read().default_country == "GB"
    assert logs.metrics == {"AppSettingsInvalid": 1}
    assert [line["fields"] for line in logs.lines] == [["default_country"]]
    assert "Quetzalcoatl" not in "".join(logs.text)
    profile.live = {"default_country": "FR"}
    assert settings.read().default_country == "FR"


def test_S4_what_can_be_read_of_the_first_settings_holds(
    profile: Profile, settings: container.LiveAppSettings
) -> None:
    profile.live = {"default_country": "GB", "time_zone": "Mars/Olympus"}
    assert settings.read().default_country == "GB"
    assert settings.read().time_zone == "UTC"


def test_S8_the_last_good_settings_stay_while_appconfig_is_out_of_order(
    profile: Profile, settings: container.LiveAppSettings
) -> None:
    profile.live = {"default_country": "GB"}
    settings.read()
    profile.live = GetParameterError("out of order")
    with Logs() as logs:
        assert settings.read().default_country == "GB"
    assert logs.metrics == {"AppSettingsUnavailable": 1}


def test_nothing_is_decided_by_defaults_while_no_settings_can_be_read(
    profile: Profile, settings: container.LiveAppSettings
) -> None:
    profile.live = GetParameterError("out of order")
    with pytest.raises(GetParameterError):
        settings.read()
    profile.live = {"default_country": "GB"}
    assert settings.read().default_country == "GB"


def test_the_present_moment_is_aware() -> None:
    assert container.now().utcoffset() == timedelta(0)
