"""The stack whose Zendesk account is set up: on AWS, or on the laptop that is up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters.stack import UP
from administration.live_settings import LiveSettings, SettingsError, find_place
from administration.zendesk_setup.account import Account
from administration.zendesk_setup.agent_app import AgentAppPlace, AppNotInstalled, AppSecret
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import NotAllowed, Unauthorized, ZendeskError
from connect_zendesk.zendesk.tokens import Token
from connect_zendesk.zendesk.webhook_keys import WebhookKeys

_OUTPUTS = ("ZendeskUrl", "ZendeskSecretArn", "ZendeskWebhookUrl", "ZendeskWebhookSecretArn")


class SetupError(Exception):
    """Zendesk could not be set up; the message says why, and what to do."""


@dataclass
class Keys:
    """The secret with what the endpoint verifies with."""

    secrets: Any  # a Secrets Manager client
    arn: str

    def read(self) -> WebhookKeys:
        """Return what is in it. Raises SetupError where that cannot be read."""
        try:
            return WebhookKeys.of(self.secrets.get_secret_value(SecretId=self.arn)["SecretString"])
        except ValueError:
            raise SetupError(
                f"The secret {self.arn} is not JSON. Put {{}} into it, and run this again."
            ) from None

    def write(self, keys: WebhookKeys) -> None:
        """Replace what is in it."""
        self.secrets.put_secret_value(SecretId=self.arn, SecretString=keys.as_text())


@dataclass(frozen=True)
class Place:
    """A stack and its Zendesk account.

    Attributes:
        account: the account.
        keys: the secret that the endpoint reads.
        address: of the webhook endpoint.
        app: the live app settings.
        agent_app: the agent app, None where the stack has none.
    """

    account: Account
    keys: Keys
    address: str
    app: AppSettings
    agent_app: AgentAppPlace | None = None

    def with_app_at(self, address: str) -> "Place":
        """Return it with the agent app at another address than what the outputs say."""
        there = self.agent_app
        return self if there is None else replace(self, agent_app=replace(there, address=address))


@dataclass
class _OwnToken:
    """A token for this command alone: it is not written anywhere."""

    token: Token | None = field(default=None, repr=False)

    def recall_token(self) -> Token | None:
        """Return the token, or None."""
        return self.token

    def share_token(self, token: Token) -> None:
        """Keep the token."""
        self.token = token


def open_place(stack: str, profile: str | None, region: str | None) -> Place:
    """Find a stack on AWS. `profile` and `region` go over AWS_PROFILE and AWS_REGION. Raises SetupError."""
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        if not session.region_name:
            raise SetupError(
                "No AWS region is chosen. Set AWS_REGION to the stack's, for example: AWS_REGION=eu-west-2"
            )
        clients = {name: session.client(name) for name in ("cloudformation", "secretsmanager", "appconfig")}
        return place(clients, stack)
    except (BotoCoreError, ClientError) as error:
        raise SetupError(unusable(error)) from error


def open_local_place(up: Path | None = None) -> Place:
    """Find the stack that `make up` has running here. Raises SetupError where none runs."""
    try:
        found = json.loads((up or UP).read_text("utf-8"))["emulator"]
        session = boto3.Session(found["account"], "emulator", region_name=found["region"])
        clients = {
            name: session.client(name, endpoint_url=found["endpoint"], config=Config(proxies={}))
            for name in ("cloudformation", "secretsmanager", "appconfig")
        }
        there = place(clients, found["stack"], address=found.get("zendesk_webhook"))
        return there.with_app_at(found["agent_app"]) if found.get("agent_app") else there
    except (OSError, ValueError, KeyError, TypeError, BotoCoreError) as error:
        raise SetupError("Nothing is up on this machine. Start it with: make up") from error


def place(
    clients: Mapping[str, Any],
    stack: str,
    *,
    address: str | None = None,
    session: requests.Session | None = None,
) -> Place:
    """Return a stack by its outputs; `address`: of its endpoint, where that is not what the outputs say.

    `session`: by which Zendesk is asked. Raises SetupError, and the errors of boto3.
    """
    outputs = _outputs(clients["cloudformation"], stack)
    secrets = clients["secretsmanager"]
    try:
        document = (
            LiveSettings(clients["appconfig"], find_place(clients["cloudformation"], stack)).read().document
        )
    except SettingsError as error:
        raise SetupError(str(error)) from error
    app, _ = app_settings.read(document)
    if session is None:
        session = requests.Session()
        session.trust_env = not outputs["ZendeskUrl"].startswith("http://")  # no proxy leads to a stand-in
    zendesk = Zendesk(
        outputs["ZendeskUrl"],
        lambda: _oauth_client(secrets, outputs["ZendeskSecretArn"]),
        _OwnToken(),
        session=session,
        clock=lambda: datetime.now(UTC),
    )
    keys = Keys(secrets, outputs["ZendeskWebhookSecretArn"])
    pages, secret = outputs.get("AgentAppUrl"), outputs.get("AgentAppSecretArn")
    agent_app = AgentAppPlace(pages, AppSecret(secrets, secret)) if pages and secret else None
    return Place(Account(zendesk), keys, address or outputs["ZendeskWebhookUrl"], app, agent_app)


def _oauth_client(secrets: Any, arn: str) -> tuple[str, str]:
    try:
        content = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        found = str(content["client_id"]), str(content["client_secret"])
    except (ValueError, KeyError, TypeError):
        found = ("", "")
    if not all(found):
        raise SetupError(
            "The OAuth client is not known yet. Make one in Zendesk (README, Deploy), and put it into the"
            f" stack's secret:\n  aws secretsmanager put-secret-value --secret-id {arn} \\\n"
            """    --secret-string '{"client_id": "…", "client_secret": "…"}'"""
        )
    return found


def _outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    region = cloudformation.meta.region_name
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        raise SetupError(
            f"There is no stack {stack} in {region}. Deploy it first (make deploy), or name the region and"
            " the account where it is, for example:\n"
            '  AWS_REGION=eu-west-2 AWS_PROFILE=acme make zendesk ARGS="plan"'
        ) from None
    outputs = {item.get("OutputKey", ""): item.get("OutputValue", "") for item in found.get("Outputs", ())}
    missing = [name for name in _OUTPUTS if not outputs.get(name)]
    if missing:
        raise SetupError(
            f"The stack {stack} in {region} has no {missing[0]}. It is {found['StackStatus']}."
            " Deploy it again with this release: make deploy"
        )
    return outputs


def explained(error: Exception) -> str:
    """Say what to do about what Zendesk or AWS did not do."""
    if isinstance(error, AppNotInstalled):
        return f"Zendesk did not install the agent app: {error}"
    return _refused(error) if isinstance(error, ZendeskError) else unusable(error)


def unusable(error: Exception) -> str:
    """Say what to do about an error that AWS or its library gave."""
    return (
        f"AWS could not be asked: {error}\n"
        "Sign in first, for example with `aws sso login` or `aws configure`, and name the profile with"
        " AWS_PROFILE.\nWhat it may have to allow: cloudformation:DescribeStacks,"
        " appconfig:ListDeployments, appconfig:GetHostedConfigurationVersion, and on the stack's secrets"
        " of Zendesk secretsmanager:GetSecretValue and, to apply, secretsmanager:PutSecretValue."
    )


def _refused(error: ZendeskError) -> str:
    """Say what to do about what Zendesk did not do."""
    match error:
        case Unauthorized():
            return (
                "Zendesk does not accept the OAuth client in the stack's secret (ZendeskSecretArn), or the"
                " user who made it has lost access. Put its id and secret there (README, Deploy)."
            )
        case NotAllowed():
            return (
                "Zendesk does not allow this to the user who made the OAuth client: webhooks, macros,"
                " user fields and apps take an administrator, or a role that may manage these. An app can be"
                " installed by hand too: see `package`."
            )
        case _:
            return f"{error}. If Zendesk is out of order or busy, run this again: nothing is made twice."
