"""The app settings: AppConfig, with a first version made once and never touched again."""

import json
import tomllib
from pathlib import Path

from aws_cdk import CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_appconfig as appconfig
from aws_cdk import aws_iam as iam
from constructs import Construct

from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.schema import app_settings_validator
from connect_zendesk.rules.settings.settings_file import from_toml
from connect_zendesk.topology import APP_SETTINGS
from infra.dependencies import BuildError
from infra.function import PythonFunction
from infra.nag import Acknowledged, acknowledge

PROJECT = Path(__file__).resolve().parent.parent


class SettingsFileError(BuildError):
    """The file with the first settings is wrong; the message names every field and the reason."""


class AppSettings(Construct):
    """Where the administrator's settings live.

    The settings in force are data. The stack makes the place for them and, with the first deployment, a first
    version; later deployments leave them alone, and so does deleting the stack. AppConfig refuses settings
    that do not fit the schema of the release that was deployed last.

    Making it raises SettingsFileError.

    Attributes:
        application, environment, profile: their AppConfig ids, which it takes wherever it takes names: an
            application that outlived an earlier stack may bear the same name.
        strategy: id of the deployment strategy that applies a version at once.
        seed: the resource that makes the first version; what reads settings is deployed after it.
    """

    def __init__(self, scope: Construct, id_: str, *, log_retention_days: int, settings_file: Path) -> None:
        super().__init__(scope, id_)
        name = Stack.of(self).stack_name
        application = appconfig.CfnApplication(
            self, "Application", name=name, description="Settings of the Zendesk connector"
        )
        environment = appconfig.CfnEnvironment(
            self, "Environment", application_id=application.ref, name="live"
        )
        profile = appconfig.CfnConfigurationProfile(
            self,
            "Profile",
            application_id=application.ref,
            name="settings",
            location_uri="hosted",
            type="AWS.Freeform",
            validators=[
                appconfig.CfnConfigurationProfile.ValidatorsProperty(
                    type="JSON_SCHEMA", content=app_settings_validator()
                )
            ],
        )
        strategy = appconfig.CfnDeploymentStrategy(
            self,
            "AtOnce",
            name=f"{name}-at-once",
            description="To all functions at once; they poll, so it takes a minute",
            deployment_duration_in_minutes=0,
            growth_factor=100,
            final_bake_time_in_minutes=0,
            replicate_to="NONE",
        )
        # The strategy holds no data, so it goes with the stack.
        for resource in (application, environment, profile):
            resource.apply_removal_policy(RemovalPolicy.RETAIN)
        self._application, self._environment = application, environment
        self.application, self.environment = application.ref, environment.ref
        self.profile, self.strategy = profile.ref, strategy.ref
        self.seed = self._make_seed(log_retention_days, settings_file)

    def grant_read(self, role: iam.IRole) -> None:
        """Let `role` fetch the settings in force."""
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"],
                resources=[self._arn(f"/environment/{self.environment}/configuration/{self.profile}")],
            )
        )

    def _arn(self, below_application: str = "") -> str:
        return Stack.of(self).format_arn(
            service="appconfig",
            resource="application",
            resource_name=f"{self.application}{below_application}",
        )

    def _make_seed(self, log_retention_days: int, settings_file: Path) -> CustomResource:
        seed = PythonFunction(
            self,
            "Seed",
            row=APP_SETTINGS,
            log_retention_days=log_retention_days,
        )
        environment = self._arn(f"/environment/{self.environment}")
        profile = self._arn(f"/configurationprofile/{self.profile}")
        strategy = Stack.of(self).format_arn(
            service="appconfig", resource="deploymentstrategy", resource_name=self.strategy
        )
        seed.allow(
            ["appconfig:ListHostedConfigurationVersions", "appconfig:CreateHostedConfigurationVersion"],
            [self._arn(), profile],
        )
        seed.allow(
            ["appconfig:ListDeployments", "appconfig:StartDeployment", "appconfig:GetDeployment"],
            [self._arn(), environment, profile, strategy, f"{environment}/deployment/*"],
        )
        application_id, environment_id = (
            Stack.of(self).get_logical_id(element) for element in (self._application, self._environment)
        )
        acknowledge(
            seed.role,
            Acknowledged.ANY_DEPLOYMENT,
            "Resource::arn:<AWS::Partition>:appconfig:<AWS::Region>:<AWS::AccountId>:"
            f"application/<{application_id}>/environment/<{environment_id}>/deployment/*",
        )
        resource = CustomResource(
            self,
            "FirstVersion",
            service_token=seed.function.function_arn,
            resource_type="Custom::FirstAppSettings",
            # CloudFormation waits no longer than this for a function that crashed without an answer.
            service_timeout=Duration.seconds(APP_SETTINGS.timeout + 60),
            properties={
                "ApplicationId": self.application,
                "EnvironmentId": self.environment,
                "ConfigurationProfileId": self.profile,
                "DeploymentStrategyId": self.strategy,
                "Content": first_settings(settings_file),
            },
        )
        # Deleting the stack calls the seed function a last time: its permissions must not be gone by then.
        resource.node.add_dependency(seed.role)
        return resource


def first_settings(file: Path) -> str:
    """The settings of the first version as JSON text, from a TOML file; without the file there are none.

    Dates and times become ISO 8601 texts. Raises SettingsFileError: what is wrong is said before anything is
    deployed, not by AppConfig in the middle of it.
    """
    try:
        settings = from_toml(file.read_text("utf-8")) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsFileError(f"{file.name} is not TOML: {error}") from None
    _, problems = app_settings.read(settings)
    if problems:
        raise SettingsFileError("\n  ".join([f"{file.name} cannot be applied:", *problems]))
    return json.dumps(settings, ensure_ascii=False)
