"""REST-JSON by botocore's service model: requests in, answers and errors out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    ServiceModel,
    Shape,
    StringShape,
    StructureShape,
)
from botocore.validate import ParamValidator

from local.zendesk.messages import Request, Response, json_response


class RefusedError(Exception):
    """An error as the service answers it: its name in the model and a message."""

    def __init__(self, name: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.name, self.message, self.status = name, message, status


@cache
def model() -> ServiceModel:
    """Return botocore's model of Amazon Connect; reading it takes half a second, once."""
    return botocore.session.Session().get_service_model("connect")


@cache
def _paths() -> list[tuple[str, re.Pattern[str], str]]:
    found = []
    for name in model().operation_names:
        http = model().operation_model(name).http
        path = re.sub(r"\{(\w+)(\+?)\}", _group, http["requestUri"].split("?")[0])
        found.append((http["method"], re.compile(path), name))
    # A path with fewer parameters in it is the more exact one.
    return sorted(found, key=lambda entry: entry[1].groups)


def _group(match: re.Match[str]) -> str:
    return f"(?P<{match[1]}>{'.+' if match[2] else '[^/]+'})"


def operation_of(request: Request) -> tuple[OperationModel, dict[str, str]]:
    """Return the operation that a request asks for, and what its path says; RefusedError 404 for none."""
    for method, pattern, name in _paths():
        if method == request.method and (match := pattern.fullmatch(request.path)):
            return model().operation_model(name), match.groupdict()
    raise RefusedError("UnknownOperationException", f"No operation at {request.method} {request.path}", 404)


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
            found[name] = _read(member, source[key])
    report = ParamValidator().validate(found, shape)
    # botocore's validator leaves greatest lengths, patterns and enumerations to the service.
    problems = (
        report.generate_report() if report.has_errors() else "; ".join(_problems(shape, found, "input"))
    )
    if problems:
        raise RefusedError(refusal_of(operation), problems)
    return found


def _problems(shape: Shape, value: Any, where: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            yield from (
                _problems(shape.members[name], item, f"{where}.{name}") if name in shape.members else ()
            )
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _problems(shape.member, item, f"{where}[]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{where} key")
            yield from _problems(shape.value, item, f"{where}.{key}")
    elif isinstance(shape, StringShape):
        if len(value) > shape.metadata.get("max", len(value)):
            yield f"{where} is longer than {shape.metadata['max']}"
        if shape.enum and value not in shape.enum:
            yield f"{where} is not one of {', '.join(shape.enum)}"
        pattern = shape.metadata.get("pattern", "")
        # Left unchecked: Unicode classes, which Python does not know, and what the model escapes twice.
        if pattern and not re.search(r"\\[pP\\]", pattern) and not re.search(pattern, value):
            yield f"{where} does not match {pattern}"


def refusal_of(operation: OperationModel) -> str:
    """Return the name of the error with which an operation refuses parameters."""
    known = [shape.name for shape in operation.error_shapes]
    return "InvalidParameterException" if "InvalidParameterException" in known else "InvalidRequestException"


def throttling_of(operation: OperationModel) -> str:
    """Return the name of the error with which an operation says that there were too many requests."""
    known = [shape.name for shape in operation.error_shapes]
    return next(
        (name for name in ("ThrottlingException", "TooManyRequestsException") if name in known), known[0]
    )


def answer(operation: OperationModel, content: Mapping[str, Any]) -> Response:
    """Return a 200 with what the model knows of `content`; the rest is left out."""
    shape = operation.output_shape
    return json_response(200, _write(shape, content) if shape else {}, {"Content-Type": "application/json"})


def refusal(operation: OperationModel | None, refused: RefusedError) -> Response:
    """Return an error with the status that the model gives it and its name in `x-amzn-ErrorType`."""
    statuses = {
        s.name: s.metadata["error"]["httpStatusCode"] for s in (operation.error_shapes if operation else ())
    }
    status = refused.status or statuses.get(refused.name, 400)
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refused.name}
    return json_response(status, {"Message": refused.message}, headers)


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


def _read(shape: Shape, value: Any) -> Any:
    """Return a value as botocore's validator takes it: what came as text in its type where it has one."""
    if isinstance(value, str) and shape.type_name in ("integer", "long"):
        return int(value) if re.fullmatch(r"-?\d+", value) else value
    if isinstance(value, str) and shape.type_name == "boolean":
        return {"true": True, "false": False}.get(value, value)
    if isinstance(shape, ListShape) and isinstance(value, str):
        return [_read(shape.member, value)]  # in a query, where an adapter keeps one value of each name
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_read(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _read(shape.value, item) for key, item in value.items()}
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {k: _read(shape.members[k], item) if k in shape.members else item for k, item in value.items()}
    return value


def _write(shape: Shape, value: Any) -> Any:
    """Return what the model knows of a value, moments as seconds since 1970."""
    if value is None:
        return None
    writers: dict[str, Callable[[], Any]] = {
        "structure": lambda: {
            name: _write(member, value[name])
            for name, member in shape.members.items()  # type: ignore[attr-defined]
            if value.get(name) is not None
        },
        "list": lambda: [_write(shape.member, item) for item in value],  # type: ignore[attr-defined]
        "map": lambda: {key: _write(shape.value, item) for key, item in value.items()},  # type: ignore[attr-defined]
        "timestamp": lambda: _seconds(value),
    }
    return writers.get(shape.type_name, lambda: value)()


def _seconds(value: Any) -> float:
    if not isinstance(value, str):
        return float(value)
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
