"""Requests in, answers and errors out, by botocore's models of the services."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, ServiceModel

from local.stand_ins.aws import shapes
from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.http.routing import RoutingTable

_TARGET = "x-amz-target"
# In a JSON protocol the model gives no statuses.
_SERVER_ERRORS = {"InternalServerException": 500, "InternalFailureException": 500}
_FAILURES = ("InternalServiceException", "InternalServerException", "InternalFailureException")
_THROTTLED_AS = {"transcribe": "LimitExceededException", "comprehend": "ThrottlingException"}
# Their patterns are to match the whole of a text, as AWS reads patterns, though they do not end in $.
_WHOLE = ("transcribe", "comprehend")


class RefusedError(Exception):
    """An error as the service answers it: its name in the model and a message."""

    def __init__(self, name: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.name, self.message, self.status = name, message, status


@cache
def model(service: str) -> ServiceModel:
    """Return botocore's model of a service; reading Amazon Connect's takes half a second, once."""
    return botocore.session.Session().get_service_model(service)


@cache
def _paths(service: str) -> RoutingTable[str]:
    operations = {name: model(service).operation_model(name).http for name in model(service).operation_names}
    return RoutingTable(
        (http["method"], http["requestUri"].split("?")[0], name) for name, http in operations.items()
    )


class Services:
    """The services that one address answers for: JSON services by their target, `rest` by method and path."""

    def __init__(self, *json_services: str, rest: str = "") -> None:
        self._json, self._rest = json_services, rest

    def operation_of(self, request: Request) -> tuple[OperationModel, dict[str, str]]:
        """Return the operation that a request asks for, and what its path says; RefusedError 404 for none."""
        if target := request.headers.get(_TARGET, ""):
            prefix, _, name = target.partition(".")
            for service in map(model, self._json):
                if prefix == service.metadata["targetPrefix"] and name in service.operation_names:
                    return service.operation_model(name), {}
            raise RefusedError("UnknownOperationException", f"No operation {target}", 404)
        if self._rest and (found := _paths(self._rest).find(request.method, request.path)):
            return model(self._rest).operation_model(found[0]), dict(found[1])
        text = f"No operation at {request.method} {request.path}"
        raise RefusedError("UnknownOperationException", text, 404)


def parameters_of(operation: OperationModel, request: Request, in_path: Mapping[str, str]) -> dict[str, Any]:
    """Return an operation's parameters by name; RefusedError where the model does not allow them."""
    shape = operation.input_shape
    if shape is None:
        return {}
    found: dict[str, Any] = {}
    body = _body(operation, request)
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        sent_as = member.serialization.get("name", name)
        source: Mapping[str, Any] = {
            "uri": in_path,
            "querystring": request.query,
            "header": request.headers,
        }.get(place or "", body)
        key = sent_as.lower() if place == "header" else sent_as
        if key in source:
            found[name] = shapes.read(member, source[key])
    whole = operation.service_model.service_name in _WHOLE
    if problems := shapes.refused(shape, found, whole=whole):
        raise RefusedError(refusal_of(operation), problems)
    return found


def refusal_of(operation: OperationModel) -> str:
    """Return the name of the error with which an operation refuses parameters."""
    wanted = ("InvalidParameterException", "ValidationException", "BadRequestException")
    return _first_known(operation, wanted) or "InvalidRequestException"


def throttling_of(operation: OperationModel) -> str:
    """Return the name of the error with which an operation says that there were too many requests.

    Some operations' models have none; the service throttles them all the same, with its general error.
    """
    return (
        _first_known(operation, ("ThrottlingException", "TooManyRequestsException"))
        or _THROTTLED_AS.get(operation.service_model.service_name)
        or "TooManyRequestsException"
    )


def failure_of(operation: OperationModel) -> str:
    """Return the name of the error with which an operation says that the service itself has failed."""
    return _first_known(operation, _FAILURES) or "ServiceUnavailable"


def _first_known(operation: OperationModel, names: tuple[str, ...]) -> str | None:
    known = [shape.name for shape in operation.error_shapes]
    return next((name for name in names if name in known), None)


def answer(operation: OperationModel, content: Mapping[str, Any]) -> Response:
    """Return a 200 with what the model knows of `content`; the rest is left out."""
    shape = operation.output_shape
    written = shapes.write(shape, content) if shape else {}
    return json_response(200, written, {"Content-Type": _content_type(operation)})


def refusal(operation: OperationModel | None, refused: RefusedError) -> Response:
    """Return an error with the status that the model gives it and its name where its protocol has it."""
    statuses = {"TooManyRequestsException": 429, "ServiceUnavailable": 503, **_SERVER_ERRORS}
    for shape in operation.error_shapes if operation else ():
        statuses |= {
            shape.name: shape.metadata.get("error", {}).get("httpStatusCode", statuses.get(shape.name, 400))
        }
    status = refused.status or statuses.get(refused.name, 400)
    headers = {"Content-Type": _content_type(operation), "x-amzn-ErrorType": refused.name}
    body = {"Message": refused.message}
    if operation is not None and _is_json(operation):
        body |= {"__type": refused.name}
    return json_response(status, body, headers)


def _content_type(operation: OperationModel | None) -> str:
    if operation is not None and _is_json(operation):
        return f"application/x-amz-json-{operation.service_model.metadata['jsonVersion']}"
    return "application/json"


def _is_json(operation: OperationModel) -> bool:
    return bool(operation.service_model.metadata["protocol"] == "json")


def _body(operation: OperationModel, request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    try:
        content = json.loads(request.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise RefusedError(refusal_of(operation), "The request body is not a JSON object")
    return content
