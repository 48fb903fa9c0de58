"""What goes on while a contact lives, delivered to the deployed functions as AWS delivers it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connect_zendesk.topology import flow_block
from local.emulator.clients import Clients
from local.emulator.deployment import DeployedStack
from local.emulator.stream import put_records

#: The bus of the customer's that a deployment on a laptop names.
OTHER_BUS = "zendesk-events"
_RETRIES = 2  # of an asynchronous invocation, where its function does not say otherwise


class NotDelivered(Exception):
    """Nothing that is deployed takes such an event. The message says what is missing."""


class LiveEvents:
    """Delivers live events to a deployed stack."""

    def __init__(self, clients: Clients, stack: DeployedStack) -> None:
        self._clients, self._stack = clients, stack
        self._rules: list[tuple[str, list[str]]] | None = None
        self._filters_of: dict[str, list[str]] = {}

    def send_contact_event(self, envelope: Mapping[str, Any]) -> int:
        """Give an event of the default bus to the functions whose rules match it; returns to how many.

        AWS alone may put events of `aws.connect` on a bus, and the emulator minds that too: so the deployed
        rule's own pattern is held against the event, and its target is invoked. Where that fails, it is tried
        again, and at last given to the target's destination, as AWS does with an asynchronous invocation.

        Raises `NotDelivered` where there is no such destination.
        """
        event = {"version": "0", "account": self._clients.account, "region": self._clients.region, **envelope}
        targets = [
            target
            for pattern, arns in self._default_bus_rules()
            if self._clients.events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))[
                "Result"
            ]
            for target in arns
        ]
        for target in targets:
            self._invoke_asynchronously(target, event)
        return len(targets)

    def publish(self, event: Mapping[str, Any], bus: str) -> None:
        """Put an event on a bus of ours."""
        entry = {
            "EventBusName": bus,
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
        }
        self._clients.events.put_events(Entries=[entry])  # type: ignore[list-item]  # its keys are known

    def send_from_other_bus(self, envelope: Mapping[str, Any]) -> int:
        """Give an event of the bus that the deployment names to the queues whose rules on it match.

        Returns to how many. Only partners of AWS put events under a source of theirs, and the emulator minds
        that too: so the deployed rules' own patterns are held against the event.
        """
        return self._send_to_queues(envelope, OTHER_BUS)

    def send_from_aws(self, envelope: Mapping[str, Any]) -> int:
        """Give an event of a service of AWS to the queues whose rules on the default bus match; to how many.

        AWS alone may put events under a source of its own: see `send_contact_event`.
        """
        return self._send_to_queues(envelope, "default")

    def _send_to_queues(self, envelope: Mapping[str, Any], bus: str) -> int:
        event = {"version": "0", "account": self._clients.account, "region": self._clients.region, **envelope}
        queues = [
            target
            for pattern, arns in self._read_rules(bus, ":sqs:")
            if self._clients.events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))[
                "Result"
            ]
            for target in arns
        ]
        for queue in queues:
            self._send_to_queue(queue, event)
        return len(queues)

    def put_agent_event(self, content: Mapping[str, Any], stream: str) -> bool:
        """Put a record on the agent event stream; returns whether the function's filter lets it through."""
        put_records(self._clients.kinesis, stream, [json.dumps(content).encode()])
        envelope = {
            "id": "1",
            "source": stream,
            "detail-type": "agent event",
            "account": self._clients.account,
        }
        envelope |= {"time": "2026-01-01T00:00:00Z", "region": self._clients.region}
        event = json.dumps({**envelope, "resources": [], "detail": {}, "data": content})
        matches = self._clients.events.test_event_pattern
        return any(matches(EventPattern=text, Event=event)["Result"] for text in self._filters(stream))

    def _filters(self, stream: str) -> list[str]:
        if stream not in self._filters_of:
            mappings = self._clients.functions.list_event_source_mappings()["EventSourceMappings"]
            self._filters_of[stream] = [
                pattern["Pattern"]
                for mapping in mappings
                if mapping["EventSourceArn"].endswith(f"stream/{stream}")
                for pattern in mapping.get("FilterCriteria", {}).get("Filters", ())
            ]
        return self._filters_of[stream]

    def call_from_flow(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a contact flow's Lambda block does; returns the answer that the flow gets.

        ``function`` is the folder of the function. Raises `NotDelivered` where there is none, or where it
        failed: the flow would take the block's error branch.
        """
        names = (function, f"{function}/{flow_block(function).module}")
        deployed = next(
            (self._stack.functions[name] for name in names if name in self._stack.functions), None
        )
        if deployed is None:
            raise NotDelivered(f"no function {function} for contact flows is deployed")
        answer: dict[str, Any] = self._invoke(deployed, event)
        return answer

    def _invoke_asynchronously(self, function: str, event: Mapping[str, Any]) -> None:
        """Invoke a function as AWS does asynchronously, but without its waits between attempts."""
        functions = self._clients.functions
        try:
            settings: Mapping[str, Any] = functions.get_function_event_invoke_config(
                FunctionName=function, Qualifier="$LATEST"
            )
        except functions.exceptions.ResourceNotFoundException:
            settings = {}
        for attempts_left in reversed(range(1 + settings.get("MaximumRetryAttempts", _RETRIES))):
            try:
                self._invoke(function, event)
            except NotDelivered:
                destination = settings.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
                if not attempts_left and not destination:
                    raise
                if not attempts_left:
                    self._send_to_queue(destination, {"requestPayload": event})
            else:
                return

    def _send_to_queue(self, arn: str, content: Mapping[str, Any]) -> None:
        queue = self._clients.sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
        self._clients.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(content))

    def _invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        # Synchronously, though AWS invokes it asynchronously: so it is known when it is done.
        answer = self._clients.functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        content = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            raise NotDelivered(f"{function} failed: {content}")
        return content

    def _default_bus_rules(self) -> list[tuple[str, list[str]]]:
        if self._rules is None:
            self._rules = list(self._read_rules("default", ":lambda:"))
        return self._rules

    def _read_rules(self, bus: str, service: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the patterns of a bus's rules, each with those of its targets whose ARN has ``service``."""
        events = self._clients.events
        for rule in events.list_rules(EventBusName=bus)["Rules"]:
            if "EventPattern" in rule:
                targets = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
                yield (
                    rule["EventPattern"],
                    [target["Arn"] for target in targets if service in target["Arn"]],
                )
