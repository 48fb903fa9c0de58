"""The stand-in itself: one request in, one answer out, by the injected clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import RLock
from typing import Any

from botocore.model import OperationModel

from local.amazon_connect import wire
from local.amazon_connect.throttling import Quotas
from local.amazon_connect.world import Held, in_instance, world_of
from local.zendesk.messages import Request, Response

_ARN = "arn:aws:connect:eu-west-2:111122223333:instance/{instance}/{kind}/{number}"


class AmazonConnect:
    """An instance's API. `clock` returns the moment (aware, UTC); `requests` counts calls by operation.

    Operations that the project does not call yet are refused as unknown, with a 404.
    """

    def __init__(self, world: Mapping[str, Any] | None = None, *, clock: Callable[[], datetime]) -> None:
        self._clock, self._lock = clock, RLock()
        self.requests: Counter[str] = Counter()
        self._operations: dict[str, Callable[[Mapping[str, Any]], Held]] = {
            "DescribeUser": self._describe_user,
            "DescribeContact": self._describe_contact,
        }
        self.replace(world or {})

    def replace(self, world: Mapping[str, Any]) -> None:
        """Start over with another world, counts and quotas with it."""
        with self._lock:
            self._world = world_of(world)
            self._quotas = Quotas(self._clock)
            self.requests.clear()

    def handle(self, request: Request) -> Response:
        """Answer a request as the service does."""
        operation: OperationModel | None = None
        with self._lock:
            try:
                operation, in_path = wire.operation_of(request)
                self.requests[operation.name] += 1
                if not self._quotas.take(operation.name):
                    raise wire.RefusedError(wire.throttling_of(operation), "Too Many Requests")
                parameters = wire.parameters_of(operation, request, in_path)
                perform = self._operations.get(operation.name)
                if perform is None:
                    text = f"The stand-in does not know {operation.name}"
                    raise wire.RefusedError("UnknownOperationException", text, 404)
                return wire.answer(operation, perform(parameters))
            except wire.RefusedError as refused:
                return wire.refusal(operation, refused)

    def _describe_user(self, asked: Mapping[str, Any]) -> Held:
        user = _held(self._world.users, asked["UserId"], asked["InstanceId"])
        arn = _ARN.format(instance=asked["InstanceId"], kind="agent", number=user["Id"])
        return {"User": {"Arn": arn, "Username": user["Id"], **user}}

    def _describe_contact(self, asked: Mapping[str, Any]) -> Held:
        contact = _held(self._world.contacts, asked["ContactId"], asked["InstanceId"])
        arn = _ARN.format(instance=asked["InstanceId"], kind="contact", number=contact["Id"])
        return {"Contact": {"Arn": arn, **contact}}


def _held(entries: Mapping[str, Held], number: str, instance_id: str) -> Held:
    held = entries.get(number)
    if held is None or not in_instance(held, instance_id):
        raise wire.RefusedError("ResourceNotFoundException", f"{number} was not found")
    return held
