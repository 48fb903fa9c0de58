"""What doctor looks at: a stack, its Zendesk account and its Amazon Connect instance."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters.stack import UP, DeadLettersError, outputs_of
from administration.live_settings import Live, LiveSettings, find_place
from administration.zendesk_setup.place import Place, place
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.rules.settings.app_settings import AppSettings

_LEASE = timedelta(minutes=5)  # of a step; none is made here
#: Requests a second of ours to Amazon Connect: half of what it allows a whole account.
_PACE_SECONDS = 1.0


class DoctorError(Exception):
    """The system could not even be found; the message says why, and what to do."""


@dataclass
class Heard:
    """What Zendesk's answers say beside their content.

    Attributes:
        headers: the last value of each header, by its name in lower case.
        scope: the scope of the last token that was granted, None where none was.
    """

    headers: dict[str, str] = field(default_factory=dict)
    scope: str | None = None

    def listen(self, session: requests.Session) -> None:
        """Note what comes by this session, from now on."""
        session.hooks["response"].append(self._note)

    def _note(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self.headers |= {name.lower(): value for name, value in response.headers.items()}
        if response.ok and str(response.url).endswith("/oauth/tokens"):
            try:
                self.scope = str(response.json().get("scope") or "")
            except ValueError:
                self.scope = None


@dataclass
class System:
    """A stack and what it joins. What is read once is kept.

    ``client`` returns boto3's client of a service by its name, ``sleep`` waits for so many seconds.
    """

    stack: str
    region: str
    outputs: Mapping[str, str]
    client: Callable[[str], Any]
    session: requests.Session
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    webhook_address: str | None = None
    app_address: str | None = None

    def __post_init__(self) -> None:
        """Begin to note what Zendesk's answers say."""
        self._asked_connect = False
        self.heard = Heard()
        self.heard.listen(self.session)

    @cached_property
    def place(self) -> Place:
        """The stack's Zendesk account, keys and app settings. Raises SetupError."""
        names = ("cloudformation", "secretsmanager", "appconfig")
        clients = {name: self.client(name) for name in names}
        found = place(clients, self.stack, address=self.webhook_address, session=self.session)
        return found.with_app_at(self.app_address) if self.app_address else found

    @property
    def app(self) -> AppSettings:
        """The app settings that are live."""
        return self.place.app

    @cached_property
    def live(self) -> Live:
        """What is in force in AppConfig. Raises SettingsError."""
        there = find_place(self.client("cloudformation"), self.stack)
        return LiveSettings(self.client("appconfig"), there).read()

    @cached_property
    def ledger(self) -> Ledger:
        """The stack's ledger."""
        items = DynamoItems(self.client("dynamodb"), self.outputs["TableName"])
        return Ledger(items, clock=self.clock, lease=_LEASE)

    @cached_property
    def instance(self) -> str:
        """The ARN of the instance: the deployment's, else the only one of the account, else empty."""
        if deployed := self.outputs.get("ConnectInstanceArn"):
            return deployed
        found = [each["Arn"] for each in self.pages("ListInstances", "InstanceSummaryList")]
        return found[0] if len(found) == 1 else ""

    def parts(self, kind: str) -> list[str]:
        """Return the physical ids of the stack's resources of a type ("AWS::SQS::Queue")."""
        return self._parts.get(kind, [])

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        found: dict[str, list[str]] = {}
        for page in pages.paginate(StackName=self.stack):
            for part in page["StackResourceSummaries"]:
                if part.get("PhysicalResourceId"):
                    found.setdefault(part["ResourceType"], []).append(part["PhysicalResourceId"])
        return found

    @property
    def instance_id(self) -> str:
        """The id in it."""
        return self.instance.rpartition("/")[2]

    def pages(self, operation: str, member: str, **asked: Any) -> list[Any]:
        """Return everything in one of Amazon Connect's lists, a request a second."""
        found: list[Any] = []
        more: dict[str, str] = {}
        while True:
            answer = getattr(self.connect(), _METHODS[operation])(**asked, **more)
            found += answer.get(member, ())
            if not answer.get("NextToken"):
                return found
            more = {"NextToken": answer["NextToken"]}

    def connect(self) -> Any:
        """Return Amazon Connect's client for one request; waits, for others need its quota more."""
        if self._asked_connect:
            self.sleep(_PACE_SECONDS)
        self._asked_connect = True
        return self.client("connect")


_METHODS = {
    "ListInstances": "list_instances",
    "ListInstanceStorageConfigs": "list_instance_storage_configs",
    "ListLambdaFunctions": "list_lambda_functions",
    "ListApprovedOrigins": "list_approved_origins",
    "ListUsers": "list_users",
}


def open_system(
    stack: str, profile: str | None, region: str | None, sleep: Callable[[float], None]
) -> System:
    """Find a stack on AWS. `profile` and `region` go over AWS_PROFILE and AWS_REGION. Raises DoctorError."""
    try:
        aws = boto3.Session(profile_name=profile, region_name=region)
        if not aws.region_name:
            raise DoctorError(
                "No AWS region is chosen. Set AWS_REGION to the stack's, for example: AWS_REGION=eu-west-2"
            )
        outputs = outputs_of(aws.client("cloudformation"), stack)
        patience = Config(retries={"mode": "adaptive", "total_max_attempts": 5})
        clients: dict[str, Any] = {}

        def client(name: str) -> Any:
            if name not in clients:
                clients[name] = aws.client(name, config=patience)
            return clients[name]

    except DeadLettersError as error:
        raise DoctorError(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise DoctorError(unusable(error)) from error
    return System(stack, aws.region_name, outputs, client, _session(outputs), _now, sleep)


def open_local_system(sleep: Callable[[float], None], up: Path | None = None) -> System:
    """Find the stack that `make up` has running here. Raises DoctorError where none runs."""
    try:
        found = json.loads((up or UP).read_text("utf-8"))["emulator"]
        aws = boto3.Session(found["account"], "emulator", region_name=found["region"])
        addresses = {"connect": found["connect"]}
        clients: dict[str, Any] = {}

        def client(name: str) -> Any:
            if name not in clients:
                address = addresses.get(name, found["endpoint"])
                no_proxy = Config(proxies={})
                clients[name] = aws.client(name, endpoint_url=address, config=no_proxy)
            return clients[name]

        outputs = outputs_of(client("cloudformation"), found["stack"])
    except (OSError, ValueError, KeyError, TypeError, BotoCoreError, DeadLettersError) as error:
        raise DoctorError("Nothing is up on this machine. Start it with: make up") from error
    return System(
        found["stack"], found["region"], outputs, client, _session(outputs), _now, sleep,
        app_address=found.get("agent_app"),
    )  # fmt: skip


def unusable(error: Exception) -> str:
    """Say what to do about an error that AWS or its library gave."""
    return (
        f"AWS could not be asked: {error}\n"
        "Sign in first, for example with `aws sso login` or `aws configure`, and name the profile with"
        " AWS_PROFILE."
    )


def _session(outputs: Mapping[str, str]) -> requests.Session:
    session = requests.Session()
    session.trust_env = not outputs.get("ZendeskUrl", "").startswith("http://")  # a stand-in on this machine
    return session


def _now() -> datetime:
    return datetime.now(UTC)
