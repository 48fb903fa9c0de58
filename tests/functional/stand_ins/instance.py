"""An Amazon Connect instance for tests: a clock to turn, boto3 clients, the records it has sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.replay import shared_client
from local.stand_ins.amazon_connect import AmazonConnect, Options

ID = "0b1f6c1e-1d5e-4f43-9a53-2c3a1f0e9a11"
ARN = f"arn:aws:connect:eu-west-2:111122223333:instance/{ID}"
DOMAIN = "d" * 22


class Instance:
    """A stand-in with clients of both services that do not retry; `sent` are the records it put out."""

    def __init__(self, world: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
        self.sent: list[Mapping[str, Any]] = []
        self.stand_in = AmazonConnect(
            world, clock=lambda: self.now, options=Options(**options), on_record=self.sent.append
        )
        self.contacts = self.stand_in.contacts
        self.connect = shared_client.client_of("connect", self.stand_in)
        self.voice_id = shared_client.client_of("voice-id", self.stand_in)

    def later(self, seconds: float) -> None:
        """Turn the clock on."""
        self.now += timedelta(seconds=seconds)

    def describe(self, contact: str) -> Any:
        """Return what DescribeContact tells."""
        return self.connect.describe_contact(InstanceId=ID, ContactId=contact)["Contact"]

    def update(self, contact: str, **attributes: str) -> None:
        """Update a contact's attributes."""
        self.connect.update_contact_attributes(InstanceId=ID, InitialContactId=contact, Attributes=attributes)

    def attributes(self, contact: str) -> Any:
        """Return a contact's attributes."""
        asked = {"InstanceId": ID, "InitialContactId": contact}
        return self.connect.get_contact_attributes(**asked)["Attributes"]

    def start_task(self, **asked: Any) -> str:
        """Start a task, by a flow unless told otherwise; returns its contact id."""
        self.later(1)  # two a second are allowed
        ways = {"ContactFlowId", "QuickConnectId", "TaskTemplateId"} & asked.keys()
        flow = {} if ways else {"ContactFlowId": "flow-1"}
        answer = self.connect.start_task_contact(**{"InstanceId": ID, "Name": "Zendesk-1", **flow, **asked})
        return str(answer["ContactId"])


def client_of(service: str, endpoint: str | None = None) -> Any:
    """Return a boto3 client that does not retry, for an endpoint or to be attached to a stand-in."""
    return boto3.client(
        service, region_name="eu-west-2", aws_access_key_id="a", aws_secret_access_key="b",
        endpoint_url=endpoint,
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )  # fmt: skip


class refused:  # noqa: N801 - reads as `with refused("ThrottlingException", 429):`
    """Expect an error by its name and status."""

    def __init__(self, name: str, status: int | None = None) -> None:
        self._name, self._status = name, status
        self._raises = pytest.raises(ClientError)

    def __enter__(self) -> None:
        self._caught = self._raises.__enter__()

    def __exit__(self, *error: Any) -> bool:
        swallowed = bool(self._raises.__exit__(*error))
        answer = self._caught.value.response
        assert answer["Error"]["Code"] == self._name
        assert self._status in (None, answer["ResponseMetadata"]["HTTPStatusCode"])
        return swallowed
