"""What has to change in a synthesised template before the emulator takes it: as little as possible."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.emulator.assembly import Template

Resource = Mapping[str, Any]


@dataclass(frozen=True)
class NotEmulated:
    """A kind of resource that the emulator cannot make, which is therefore taken out."""

    types: str  # a resource type, or the beginning of several
    reason: str
    applies: Callable[[Resource], bool] = lambda _resource: True


NOT_EMULATED = (
    NotEmulated("AWS::Connect::", "Amazon Connect is a stand-in of its own here."),
    NotEmulated("AWS::Events::Archive", "The emulator has archives in its API but not in templates."),
    NotEmulated(
        "AWS::CloudWatch::Alarm",
        "The emulator refuses alarms on an expression over several metrics.",
        lambda resource: "Metrics" in resource.get("Properties", {}),
    ),
)


@dataclass(frozen=True)
class TakenOut:
    """A resource that was not deployed, and why."""

    logical_id: str
    type: str
    reason: str


class TemplateError(Exception):
    """Something that is deployed needs a resource that the emulator cannot make."""


def fit_to_emulator(template: Template) -> tuple[Template, tuple[TakenOut, ...]]:
    """A copy of the template without what the emulator cannot make, and a list of that.

    Outputs and dependencies of others on such a resource go with it.

    Raises `TemplateError` if a resource that stays refers to one that goes.
    """
    fitted = copy.deepcopy(template)
    resources: Template = fitted.get("Resources", {})
    taken_out = tuple(
        TakenOut(logical_id, resource["Type"], kind.reason)
        for logical_id, resource in sorted(resources.items())
        for kind in NOT_EMULATED
        if resource["Type"].startswith(kind.types) and kind.applies(resource)
    )
    gone = {resource.logical_id for resource in taken_out}
    for logical_id in gone:
        del resources[logical_id]
    for logical_id, resource in resources.items():
        _drop_dependencies(resource, gone)
        for target in _references(resource):
            if target in gone:
                raise TemplateError(
                    f"{logical_id} ({resource['Type']}) refers to {target}, which the emulator cannot make."
                )
    outputs: Template = fitted.get("Outputs", {})
    for name in [name for name, output in outputs.items() if gone & set(_references(output))]:
        del outputs[name]
    return fitted, taken_out


def with_function_environment(template: Template, variables: Mapping[str, str]) -> Template:
    """A copy of the template in which every function has these environment variables too."""
    extended = copy.deepcopy(template)
    for resource in extended.get("Resources", {}).values():
        if resource["Type"] == "AWS::Lambda::Function":
            environment = resource["Properties"].setdefault("Environment", {})
            environment["Variables"] = {**environment.get("Variables", {}), **variables}
    return extended


def _drop_dependencies(resource: Template, gone: set[str]) -> None:
    named = resource.get("DependsOn", [])
    left = [name for name in ([named] if isinstance(named, str) else named) if name not in gone]
    resource.pop("DependsOn", None)
    if left:
        resource["DependsOn"] = left


def _references(value: object) -> Iterator[str]:
    """The logical ids that Ref, Fn::GetAtt and Fn::Sub name anywhere in `value`."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref" and isinstance(item, str):
                yield item
            elif key == "Fn::GetAtt":
                yield item.split(".")[0] if isinstance(item, str) else item[0]
            elif key == "Fn::Sub":
                text = item if isinstance(item, str) else item[0]
                yield from (part.split("}")[0].split(".")[0] for part in text.split("${")[1:])
                yield from _references(item)
            else:
                yield from _references(item)
