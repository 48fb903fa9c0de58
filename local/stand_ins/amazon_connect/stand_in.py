"""The stand-in itself: one request in, one answer out, by the injected clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from threading import RLock
from typing import Any

from botocore.model import OperationModel

from local.stand_ins.amazon_connect import attributes, recording, voice_id
from local.stand_ins.amazon_connect.contacts import Contacts, OnRecord, root_of
from local.stand_ins.amazon_connect.descriptions import Held, described
from local.stand_ins.amazon_connect.faults import AmazonConnectFaults
from local.stand_ins.amazon_connect.instances import OPERATIONS, Instances
from local.stand_ins.amazon_connect.options import Options
from local.stand_ins.amazon_connect.tasks import Tasks
from local.stand_ins.amazon_connect.world import in_instance, world_of
from local.stand_ins.aws import wire
from local.stand_ins.aws.paging import page
from local.stand_ins.aws.throttling import Quotas
from local.stand_ins.http.messages import Request, Response

_SERVICES = wire.Services("voice-id", rest="connect")
# An account's in a region, which all its instances share (facts/amazon-connect.md 8).
_QUOTAS = dict.fromkeys(("DescribeContact", "GetContactAttributes", "UpdateContactAttributes"), (10.0, 15))
_ARN = "arn:aws:connect:eu-west-2:111122223333:instance/{instance}/{kind}/{number}"


class AmazonConnect:
    """An instance's API, and Voice ID's beside it.

    `clock` returns the time (aware, UTC); `requests` counts calls by operation; `contacts` adds and ends
    contacts; `on_record` is given each contact record that the service would put on the stream; `faults` says
    what goes wrong. Operations that the project does not call are refused as unknown, with a 404.
    """

    contacts: Contacts

    def __init__(
        self,
        world: Mapping[str, Any] | None = None,
        *,
        clock: Callable[[], datetime],
        options: Options | None = None,
        on_record: OnRecord | None = None,
    ) -> None:
        self._clock, self._lock = clock, RLock()
        self.options = options or Options()
        self.requests: Counter[str] = Counter()
        self.faults = AmazonConnectFaults(clock)
        self._on_record = on_record
        self._operations: dict[str, Callable[[Mapping[str, Any]], Held]] = {
            **{name: partial(self._ask_instances, way) for name, way in OPERATIONS.items()},
            "ListQueues": self._list_queues,
            "DescribeUser": self._describe_user,
            "ListUsers": self._list_users,
            "DescribeContact": self._describe_contact,
            "GetCurrentUserData": self._current_user_data,
            "ListAssociatedContacts": self._list_associated_contacts,
            "GetContactAttributes": self._get_attributes,
            "UpdateContactAttributes": self._update_attributes,
            "StartTaskContact": lambda asked: self._tasks.start(asked, self._clock()),
            "SuspendContactRecording": lambda asked: self._switch_recording(asked, "suspended"),
            "ResumeContactRecording": lambda asked: self._switch_recording(asked, "on"),
            "DescribeSpeaker": lambda asked: voice_id.describe_speaker(self._world, self.options, asked),
            "EvaluateSession": lambda asked: voice_id.evaluate_session(self._world, self.options, asked),
        }
        self.replace(world or {})

    @property
    def on_record(self) -> OnRecord | None:
        """Who is given each contact record, or None."""
        return self._on_record

    @on_record.setter
    def on_record(self, to_call: OnRecord | None) -> None:
        self._on_record = self.contacts.on_record = to_call

    def replace(self, world: Mapping[str, Any]) -> None:
        """Start over with another world, counts and quotas with it. WorldError where it cannot be read."""
        with self._lock:
            self._world = world_of(world)
            self._instances = Instances(self._world)
            self.contacts = Contacts(self._world, self._clock, self.options)
            self.contacts.on_record = self._on_record
            self._tasks = Tasks(self._world, self.contacts, self.options)
            self._quotas = Quotas(self._clock, _QUOTAS, (2.0, 5))
            self._due: list[str] = []
            self.requests.clear()

    def handle(self, request: Request) -> Response:
        """Answer a request as the service does. Raises AnswerLost where the connection is to break."""
        with self._lock:
            response = self._answer(request)
            due, self._due = self._due, []
        for contact in due:  # outside the lock: what is given a record may ask about the contact
            self.contacts.send(contact)
        return response

    def snapshot(self) -> dict[str, Any]:
        """Return what there is to see: requests, contacts as their records, recordings, faults."""
        with self._lock:
            return {
                "requests": dict(self.requests),
                "contacts": [self.contacts.record(number) for number in self.contacts],
                "recording": {n: dict(state) for n in self.contacts if (state := self.contacts.recording(n))},
                "faults": self.faults.active(),
            }

    def users(self) -> list[dict[str, Any]]:
        """Return the users of its instances."""
        with self._lock:
            return [dict(user) for user in self._world.users.values()]

    def tasks(self) -> list[dict[str, Any]]:
        """Return the tasks that were made here, as their contact records, in the order of their making."""
        with self._lock:
            return [self.contacts.record(number) for number in self._tasks.started]

    def _answer(self, request: Request) -> Response:
        operation: OperationModel | None = None
        try:
            operation, in_path = _SERVICES.operation_of(request)
            self.requests[operation.name] += 1
            self.faults.before(operation)
            if operation.name in self.options.denied:
                text = f"Not authorized to perform: {operation.service_model.service_name}:{operation.name}"
                raise wire.RefusedError("AccessDeniedException", text, 403)
            # No quota of Voice ID is known (facts/amazon-connect.md 8).
            if operation.service_model.service_name == "connect" and not self._quotas.take(operation.name):
                raise wire.RefusedError(wire.throttling_of(operation), "Too Many Requests")
            parameters = wire.parameters_of(operation, request, in_path)
            perform = self._operations.get(operation.name)
            if perform is None:
                text = f"The stand-in does not know {operation.name}"
                raise wire.RefusedError("UnknownOperationException", text, 404)
            return self.faults.deliver(operation, wire.answer(operation, perform(parameters)))
        except wire.RefusedError as refused:
            return wire.refusal(operation, refused)

    def _describe_user(self, asked: Mapping[str, Any]) -> Held:
        user = self._world.users.get(asked["UserId"])
        if user is None or not in_instance(user, asked["InstanceId"]):
            raise _not_found(asked["UserId"])
        return {"User": self._user(user, asked["InstanceId"])}

    def _list_users(self, asked: Mapping[str, Any]) -> Held:
        instance = asked["InstanceId"]
        users = [
            self._user(user, instance) for user in self._world.users.values() if in_instance(user, instance)
        ]
        return page(users, asked, "UserSummaryList")

    def _ask_instances(
        self, way: Callable[[Instances, Mapping[str, Any]], Held], asked: Mapping[str, Any]
    ) -> Held:
        return way(self._instances, asked)

    def _list_queues(self, asked: Mapping[str, Any]) -> Held:
        instance = asked["InstanceId"]
        queues = [
            {
                "QueueType": "STANDARD",
                "Arn": _ARN.format(instance=instance, kind="queue", number=held["Id"]),
                **held,
            }
            for held in self._world.queues.values()
            if in_instance(held, instance)
        ]
        kinds = asked.get("QueueTypes") or ()
        return page(
            [queue for queue in queues if not kinds or queue["QueueType"] in kinds], asked, "QueueSummaryList"
        )

    def _user(self, user: Held, instance: str) -> Held:
        arn = _ARN.format(instance=instance, kind="agent", number=user["Id"])
        return {"Arn": arn, "Username": user["Id"], **user}

    def _describe_contact(self, asked: Mapping[str, Any]) -> Held:
        record = self._record(asked["ContactId"], asked["InstanceId"])
        itself = self.options.first_leg_initial_contact == "itself"
        arn = self._contact_arn(record, asked["InstanceId"])
        return {"Contact": described(record, arn, first_leg_names_itself=itself)}

    def _current_user_data(self, asked: Mapping[str, Any]) -> Held:
        agents = set((asked.get("Filters") or {}).get("Agents") or ())
        users = [
            user
            for user in self._world.users.values()
            if user["Id"] in agents and in_instance(user, asked["InstanceId"])
        ]
        shown = [
            {
                "User": {"Id": user["Id"], "Arn": self._user(user, asked["InstanceId"])["Arn"]},
                "Contacts": self.contacts.of_agent(user["Id"]),
            }
            for user in users
        ]
        return page(shown, asked, "UserDataList")

    def _list_associated_contacts(self, asked: Mapping[str, Any]) -> Held:
        record = self._record(asked["ContactId"], asked["InstanceId"])
        legs = [self.contacts.held(number) or {} for number in self.contacts.chain(root_of(record))]
        shown = [{**leg, "ContactArn": self._contact_arn(leg, asked["InstanceId"])} for leg in legs]
        return page(shown, asked, "ContactSummaryList")

    def _get_attributes(self, asked: Mapping[str, Any]) -> Held:
        self._record(asked["InitialContactId"], asked["InstanceId"])
        return {"Attributes": attributes.found(self.contacts, self.options, asked["InitialContactId"])}

    def _update_attributes(self, asked: Mapping[str, Any]) -> Held:
        self._record(asked["InitialContactId"], asked["InstanceId"])
        self._due += attributes.update(
            self.contacts, self.options, asked["InitialContactId"], asked["Attributes"]
        )
        return {}

    def _switch_recording(self, asked: Mapping[str, Any], state: str) -> Held:
        self._record(asked["ContactId"], asked["InstanceId"])
        return recording.switch(self.contacts, self.options, asked, state)

    def _record(self, number: str, instance: str) -> Held:
        """Return what is kept of a contact; it is not found in other instances, nor after two years."""
        record = self.contacts.held(number)
        if record is None or not in_instance(record, instance):
            raise _not_found(number)
        ended = record.get("DisconnectTimestamp")
        if ended and self._clock() - datetime.fromisoformat(ended) > self.options.contacts_kept:
            raise _not_found(number)
        return record

    def _contact_arn(self, record: Mapping[str, Any], instance: str) -> str:
        if held := record.get("InstanceARN"):
            return f"{held}/contact/{record['ContactId']}"
        return _ARN.format(instance=instance, kind="contact", number=record["ContactId"])


def _not_found(number: str) -> wire.RefusedError:
    return wire.RefusedError("ResourceNotFoundException", f"{number} was not found")
