"""The settings commands against AppConfig's API as the emulator has it, on a stack like the real one."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from administration import settings
from administration.live_settings import LiveSettings, SettingsError, find_place
from connect_zendesk.rules.settings.schema import app_settings_validator
from functions.app_settings import seed
from local.emulator.clients import Clients
from local.emulator.process import start_emulator

pytestmark = pytest.mark.emulator

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
APP, PROFILE = {"Ref": "Application"}, {"Ref": "Profile"}
TEMPLATE = {
    "Resources": {
        "Application": {"Type": "AWS::AppConfig::Application", "Properties": {"Name": "settings"}},
        "Environment": {
            "Type": "AWS::AppConfig::Environment",
            "Properties": {"ApplicationId": APP, "Name": "live"},
        },
        "Profile": {
            "Type": "AWS::AppConfig::ConfigurationProfile",
            "Properties": {
                "ApplicationId": APP,
                "Name": "settings",
                "LocationUri": "hosted",
                "Validators": [{"Type": "JSON_SCHEMA", "Content": app_settings_validator()}],
            },
        },
        "Strategy": {
            "Type": "AWS::AppConfig::DeploymentStrategy",
            "Properties": {
                "Name": "at-once",
                "DeploymentDurationInMinutes": 0,
                "GrowthFactor": 100,
                "FinalBakeTimeInMinutes": 0,
                "ReplicateTo": "NONE",
            },
        },
    },
    "Outputs": {
        "AppSettingsApplicationId": {"Value": APP},
        "AppSettingsEnvironmentId": {"Value": {"Ref": "Environment"}},
        "AppSettingsProfileId": {"Value": PROFILE},
        "AppSettingsStrategyId": {"Value": {"Ref": "Strategy"}},
    },
}


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    with start_emulator() as emulator:
        clients = Clients(emulator.endpoint)
        clients.cloudformation.create_stack(StackName="ConnectZendesk", TemplateBody=json.dumps(TEMPLATE))
        clients.cloudformation.get_waiter("stack_create_complete").wait(
            StackName="ConnectZendesk", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
        yield clients


def test_settings_that_were_seeded_are_shown_changed_and_kept(clients: Clients, tmp_path: Path) -> None:
    said: list[str] = []
    place = find_place(clients.cloudformation)
    live_settings = LiveSettings(clients.appconfig, place)
    settings.show(live_settings, said.append)
    assert "none was ever deployed" in said[0]

    seed.seed(
        clients.appconfig,
        {
            "ApplicationId": place.application,
            "EnvironmentId": place.environment,
            "ConfigurationProfileId": place.profile,
            "DeploymentStrategyId": place.strategy,
            "Content": '{"default_country": "GB"}',
        },
        NOW,
    )
    seeded = {"default_country": "GB", "settle_from": "2026-11-22T09:30:00Z"}
    before = live_settings.read()
    assert (before.document, before.version) == (seeded, 1)

    file = tmp_path / "my.toml"
    file.write_text('ticket_assignment = "agent"\ndefault_country = "DE"\n', "utf-8")
    assert settings.apply(file, lambda: live_settings, ask=lambda _question: "yes", say=said.append)
    changed = {**seeded, "default_country": "DE", "ticket_assignment": "agent"}
    assert live_settings.read().document == changed

    with pytest.raises(SettingsError, match="Another user"):
        live_settings.apply({}, instead_of=before)
    assert live_settings.read().document == changed


def test_a_stack_of_another_name_is_not_found(clients: Clients) -> None:
    with pytest.raises(SettingsError, match="There is no stack Another in"):
        find_place(clients.cloudformation, "Another")
