"""Instances, and what is configured of each: storage, Lambda functions, approved origins, attributes.

An instance of the world is what DescribeInstance returns of it, with `storage` (lists of storage
configurations by resource type), `functions` (ARNs), `origins` (addresses) and `attributes` (values by
attribute type) beside. A world that names no instance has one, and answers for any.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from local.stand_ins.amazon_connect.descriptions import Held
from local.stand_ins.amazon_connect.world import World, instance_of
from local.stand_ins.aws.paging import page
from local.stand_ins.aws.wire import RefusedError

#: Where people open an instance: its alias is that of the recordings in the samples.
ADDRESS = "https://acme.my.connect.aws"
_ALIAS = "acme"
_PAGES = {"instances": 10, "storage": 10, "functions": 25, "origins": 25}
#: An instance sends each of these to one stream at most (facts/amazon-connect.md 1).
_ONE_STREAM = ("CONTACT_TRACE_RECORDS", "AGENT_EVENTS")


class Instances:
    """The instances of a world. All methods take an operation's parameters and return its answer.

    RefusedError for an instance that is not there, and for an association that exists already.
    """

    def __init__(self, world: World) -> None:
        self._any = not world.instances
        given = list(world.instances.values()) or [{"Id": instance_of(INSTANCE_ARN), "Arn": INSTANCE_ARN}]
        self._held: dict[str, Held] = {each["Id"]: _complete(each) for each in given}

    def list_instances(self, asked: Mapping[str, Any]) -> Held:
        """ListInstances."""
        return page(list(self._held.values()), asked, "InstanceSummaryList", size=_PAGES["instances"])

    def describe_instance(self, asked: Mapping[str, Any]) -> Held:
        """DescribeInstance."""
        return {"Instance": self._of(asked)}

    def describe_attribute(self, asked: Mapping[str, Any]) -> Held:
        """DescribeInstanceAttribute: one that the world does not name is off."""
        kind = asked["AttributeType"]
        return {
            "Attribute": {"AttributeType": kind, "Value": self._of(asked)["attributes"].get(kind, "false")}
        }

    def list_storage(self, asked: Mapping[str, Any]) -> Held:
        """ListInstanceStorageConfigs: those of one resource type."""
        found = self._of(asked)["storage"].get(asked["ResourceType"], [])
        return page(found, asked, "StorageConfigs", size=_PAGES["storage"])

    def associate_storage(self, asked: Mapping[str, Any]) -> Held:
        """AssociateInstanceStorageConfig."""
        storage, kind, given = self._of(asked)["storage"], asked["ResourceType"], asked["StorageConfig"]
        held = storage.setdefault(kind, [])
        if held and kind in _ONE_STREAM:
            raise _conflict(f"The instance has a storage configuration of {kind}")
        held.append({**given, "AssociationId": uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {len(held)}").hex})
        return {"AssociationId": held[-1]["AssociationId"]}

    def list_functions(self, asked: Mapping[str, Any]) -> Held:
        """ListLambdaFunctions."""
        return page(self._of(asked)["functions"], asked, "LambdaFunctions", size=_PAGES["functions"])

    def associate_function(self, asked: Mapping[str, Any]) -> Held:
        """AssociateLambdaFunction."""
        return self._associate(asked, "functions", asked["FunctionArn"])

    def list_origins(self, asked: Mapping[str, Any]) -> Held:
        """ListApprovedOrigins."""
        return page(self._of(asked)["origins"], asked, "Origins", size=_PAGES["origins"])

    def associate_origin(self, asked: Mapping[str, Any]) -> Held:
        """AssociateApprovedOrigin."""
        return self._associate(asked, "origins", asked["Origin"])

    def _associate(self, asked: Mapping[str, Any], kind: str, value: str) -> Held:
        held = self._of(asked)[kind]
        if value in held:
            raise _conflict(f"{value} is associated already")
        held.append(value)
        return {}

    def _of(self, asked: Mapping[str, Any]) -> Held:
        number = instance_of(asked["InstanceId"])
        if held := self._held.get(number):
            return held
        if not self._any:
            raise RefusedError("ResourceNotFoundException", f"{number} was not found")
        return self._held.setdefault(number, _complete({"Id": number}))


#: Who answers which operation.
OPERATIONS: Mapping[str, Callable[[Instances, Mapping[str, Any]], Held]] = {
    "ListInstances": Instances.list_instances,
    "DescribeInstance": Instances.describe_instance,
    "DescribeInstanceAttribute": Instances.describe_attribute,
    "ListInstanceStorageConfigs": Instances.list_storage,
    "AssociateInstanceStorageConfig": Instances.associate_storage,
    "ListLambdaFunctions": Instances.list_functions,
    "AssociateLambdaFunction": Instances.associate_function,
    "ListApprovedOrigins": Instances.list_origins,
    "AssociateApprovedOrigin": Instances.associate_origin,
}


def _complete(given: Mapping[str, Any]) -> Held:
    """Return an instance with everything that the service says of one, its lists copied."""
    alias = given.get("InstanceAlias", _ALIAS)
    return {
        "Arn": INSTANCE_ARN.replace(instance_of(INSTANCE_ARN), given["Id"]),
        "InstanceAlias": alias,
        "InstanceAccessUrl": ADDRESS.replace(_ALIAS, alias),
        "IdentityManagementType": "CONNECT_MANAGED",
        "InstanceStatus": "ACTIVE",
        "InboundCallsEnabled": True,
        "OutboundCallsEnabled": True,
        **given,
        "storage": {kind: list(configs) for kind, configs in (given.get("storage") or {}).items()},
        "functions": list(given.get("functions") or ()),
        "origins": list(given.get("origins") or ()),
        "attributes": dict(given.get("attributes") or {}),
    }


def _conflict(message: str) -> RefusedError:
    return RefusedError("ResourceConflictException", message)
