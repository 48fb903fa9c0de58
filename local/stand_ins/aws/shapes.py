"""Values by the shapes of botocore's model: read, checked and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator


def read(shape: Shape, value: Any) -> Any:
    """Return a value as botocore's validator takes it: what came as text in its type where it has one."""
    if isinstance(value, str) and shape.type_name in ("integer", "long"):
        return int(value) if re.fullmatch(r"-?\d+", value) else value
    if isinstance(value, str) and shape.type_name == "boolean":
        return {"true": True, "false": False}.get(value, value)
    if isinstance(shape, ListShape) and isinstance(value, str):
        return [read(shape.member, value)]  # in a query, where an adapter keeps one value of each name
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [read(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: read(shape.value, item) for key, item in value.items()}
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {k: read(shape.members[k], item) if k in shape.members else item for k, item in value.items()}
    return value


def refused(shape: Shape, values: dict[str, Any], *, whole: bool = False) -> str:
    """Return what the model does not allow in an operation's parameters; empty where it allows all.

    `whole`: a pattern has to match the whole of a text, whether it says so or not.
    """
    report = ParamValidator().validate(values, shape)
    if report.has_errors():
        return str(report.generate_report())
    # botocore's validator leaves greatest lengths, patterns and enumerations to the service.
    return "; ".join(_problems(shape, values, "input", whole=whole))


def write(shape: Shape, value: Any) -> Any:
    """Return what the model knows of a value, times as seconds since 1970."""
    if value is None:
        return None
    writers: dict[str, Callable[[], Any]] = {
        "structure": lambda: {
            name: write(member, value[name])
            for name, member in shape.members.items()  # type: ignore[attr-defined]
            if value.get(name) is not None
        },
        "list": lambda: [write(shape.member, item) for item in value],  # type: ignore[attr-defined]
        "map": lambda: {key: write(shape.value, item) for key, item in value.items()},  # type: ignore[attr-defined]
        "timestamp": lambda: _seconds(value),
    }
    return writers.get(shape.type_name, lambda: value)()


def _problems(shape: Shape, value: Any, where: str, *, whole: bool) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            if name in shape.members:
                yield from _problems(shape.members[name], item, f"{where}.{name}", whole=whole)
    elif isinstance(shape, ListShape):
        if len(value) > shape.metadata.get("max", len(value)):
            yield f"{where} has more than {shape.metadata['max']} entries"
        for item in value:
            yield from _problems(shape.member, item, f"{where}[]", whole=whole)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{where} key", whole=whole)
            yield from _problems(shape.value, item, f"{where}.{key}", whole=whole)
    elif isinstance(shape, StringShape):
        yield from _text_problems(shape, value, where, whole=whole)
    elif shape.type_name in ("integer", "long") and value > shape.metadata.get("max", value):
        yield f"{where} is more than {shape.metadata['max']}"


def _text_problems(shape: StringShape, value: str, where: str, *, whole: bool) -> Iterator[str]:
    if len(value) > shape.metadata.get("max", len(value)):
        yield f"{where} is longer than {shape.metadata['max']}"
    if shape.enum and value not in shape.enum:
        yield f"{where} is not one of {', '.join(shape.enum)}"
    pattern = shape.metadata.get("pattern", "")
    # Left unchecked: Unicode classes, which Python does not know, and what the model escapes twice.
    matches = re.fullmatch if whole else re.search
    if pattern and not re.search(r"\\[pP\\]", pattern) and not matches(pattern, value):
        yield f"{where} does not match {pattern}"


def _seconds(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    if not isinstance(value, str):
        return float(value)
    time = datetime.fromisoformat(value)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
