"""StartTaskContact: what it takes, what it refuses, and the contact that comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from local.stand_ins.amazon_connect import attributes
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN, Contacts, is_over, root_of, to_timestamp
from local.stand_ins.amazon_connect.descriptions import Held
from local.stand_ins.amazon_connect.options import Options
from local.stand_ins.amazon_connect.world import World, in_instance, instance_of
from local.stand_ins.aws.wire import RefusedError

_CHAIN = 12  # tasks in a chain by PreviousContactId
_TYPES = ("URL", "NUMBER", "STRING", "DATE", "EMAIL")
_WAYS = {"ContactFlowId": "flows", "QuickConnectId": "quick_connects", "TaskTemplateId": "task_templates"}


@dataclass
class _Token:
    contact: str
    request: str
    given: datetime


@dataclass
class Tasks:
    """Makes tasks, and remembers the client tokens that asked for them. `started`: their ids, in order."""

    world: World
    contacts: Contacts
    options: Options
    started: list[str] = field(default_factory=list)
    _tokens: dict[str, _Token] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def start(self, asked: Mapping[str, Any], now: datetime) -> Held:
        """Make the task that is asked for, or answer with the one that the same token made."""
        token, request = asked.get("ClientToken"), json.dumps(asked, sort_keys=True)
        if known := self._known(token, now):
            if known.request != request and self.options.client_token_reused == "refuse":
                raise RefusedError(
                    "InvalidRequestException", "The ClientToken has been used for another task"
                )
            return {"ContactId": known.contact}
        self._check(asked, now)
        task = self._task(asked, now)
        number = self.contacts.add(task)
        self.started.append(number)
        if token:
            self._tokens[token] = _Token(number, request, now)
        return {"ContactId": number}

    def _known(self, token: str | None, now: datetime) -> _Token | None:
        known, kept = self._tokens.get(token or ""), self.options.client_token_kept
        return known if known and (kept is None or now - known.given <= kept) else None

    def _check(self, asked: Mapping[str, Any], now: datetime) -> None:
        self._check_way(asked)
        if asked.get("PreviousContactId") and asked.get("RelatedContactId"):
            raise RefusedError("InvalidRequestException", "Either PreviousContactId or RelatedContactId")
        attributes.check(asked.get("Attributes") or {}, "InvalidParameterException")
        for name, reference in (asked.get("References") or {}).items():
            _check_reference(name, reference)
        if (scheduled := asked.get("ScheduledTime")) is not None:
            ahead = _timestamp(scheduled) - now
            if not 0 <= ahead.total_seconds() <= self.options.tasks_scheduled_ahead.total_seconds():
                raise RefusedError(
                    "InvalidParameterException", "ScheduledTime is in the past or too far ahead"
                )
        records = [self.contacts.held(number) or {} for number in self.contacts]
        active = sum(record.get("Channel") == "TASK" and not is_over(record) for record in records)
        if active >= self.options.active_tasks:
            raise RefusedError("ServiceQuotaExceededException", "There are too many active tasks")

    def _check_way(self, asked: Mapping[str, Any]) -> None:
        ways = [name for name in _WAYS if asked.get(name)]
        if len(ways) != 1:
            raise RefusedError("InvalidRequestException", f"One of {', '.join(_WAYS)}, not {len(ways)}")
        there: dict[str, Held] = getattr(self.world, _WAYS[ways[0]])
        entry = there.get(asked[ways[0]])
        if there and (entry is None or not in_instance(entry, asked["InstanceId"])):
            raise RefusedError("ResourceNotFoundException", f"{asked[ways[0]]} was not found")
        if ways == ["TaskTemplateId"] and entry is not None and not entry.get("ContactFlowId"):
            raise RefusedError("InvalidRequestException", "The task template has no flow")

    def _task(self, asked: Mapping[str, Any], now: datetime) -> Held:
        linked = self._linked(asked)
        scheduled = _timestamp(asked["ScheduledTime"]) if asked.get("ScheduledTime") is not None else None
        details = {"Name": asked["Name"], "Description": asked.get("Description")}
        in_details = self.options.task_name_in_record == "details"
        references = asked.get("References") or {}
        instance = INSTANCE_ARN.rpartition("/")[0] + "/" + instance_of(asked["InstanceId"])
        return {
            "AgentConnectionAttempts": 0,
            "Attributes": {**((linked or {}).get("Attributes") or {}), **(asked.get("Attributes") or {})},
            "Channel": "TASK",
            "ConnectedToSystemTimestamp": to_timestamp(scheduled or now),
            "ContactDetails": details if in_details else {},
            **({} if in_details else details),
            "ContactId": str(uuid5(NAMESPACE_URL, f"{instance}/task/{next(self._numbers)}")),
            "InitialContactId": root_of(linked) if linked and asked.get("PreviousContactId") else None,
            "InitiationMethod": "API",
            "InitiationTimestamp": to_timestamp(now),
            "InstanceARN": instance,
            "LastUpdateTimestamp": to_timestamp(now),
            "PreviousContactId": asked.get("PreviousContactId"),
            "References": [
                {"Name": name, "Type": reference["Type"], "Value": reference.get("Value")}
                for name, reference in references.items()
            ],
            "RelatedContactId": asked.get("RelatedContactId"),
            "ScheduledTimestamp": to_timestamp(scheduled) if scheduled else None,
            "SegmentAttributes": {
                "connect:Subtype": {"ValueString": "connect:Task"},
                **(asked.get("SegmentAttributes") or {}),
            },
        }

    def _linked(self, asked: Mapping[str, Any]) -> Held | None:
        number = asked.get("PreviousContactId") or asked.get("RelatedContactId")
        if number is None:
            return None
        linked = self.contacts.held(number)
        if linked is None:
            raise RefusedError("ResourceNotFoundException", f"{number} was not found")
        legs = self.contacts.chain(root_of(linked)) if asked.get("PreviousContactId") else []
        tasks = [leg for leg in legs if (self.contacts.held(leg) or {}).get("Channel") == "TASK"]
        if len(tasks) >= _CHAIN:
            raise RefusedError("ServiceQuotaExceededException", f"{_CHAIN} tasks are linked to {number}")
        return linked


def _check_reference(name: str, reference: Mapping[str, Any]) -> None:
    kind, value = reference["Type"], reference.get("Value") or ""
    if kind not in _TYPES:
        raise RefusedError(
            "InvalidParameterException", f"References.{name}: {kind} cannot be given to a new task"
        )
    readable = {
        "URL": lambda: bool(urlsplit(value).scheme),
        "DATE": value.isdecimal,
        "EMAIL": lambda: "@" in value,
    }
    if not readable.get(kind, lambda: True)():
        raise RefusedError("InvalidParameterException", f"References.{name}: no {kind}")


def _timestamp(value: Any) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return datetime.fromtimestamp(float(value), UTC)
