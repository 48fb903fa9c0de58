"""The contacts of the instance, ended ones and ones that go on, and what sends their records."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from threading import RLock
from typing import Any

from local.stand_ins.amazon_connect.descriptions import Held, record_of
from local.stand_ins.amazon_connect.options import Options
from local.stand_ins.amazon_connect.world import World

INSTANCE_ARN = "arn:aws:connect:eu-west-2:111122223333:instance/0b1f6c1e-1d5e-4f43-9a53-2c3a1f0e9a11"
_ACCOUNT = 4  # the part of an ARN that has it

OnRecord = Callable[[Mapping[str, Any]], None]


class Contacts:
    """Contacts by id, each kept as its contact record; one goes on until it has a DisconnectTimestamp.

    `on_record` is given a copy of each record that the service would put on the stream.
    """

    def __init__(self, world: World, clock: Callable[[], datetime], options: Options) -> None:
        self._world, self._clock, self._options = world, clock, options
        self._lock = RLock()
        self._records: dict[str, Held] = {}
        self._offered: dict[str, str] = {}  # ringing contact, agent
        self._recording: dict[str, dict[str, str]] = {}  # contact, kind: "on" or "suspended"
        self.on_record: OnRecord | None = None
        for contact in world.contacts.values():
            self.add(contact)

    def add(self, contact: Mapping[str, Any]) -> str:
        """Keep a contact, in place of one with its id; returns the id.

        A contact record, or a contact as DescribeContact returns it; either may be sparse. Its `recording`
        lists what is being recorded of it ("AGENT", "IVR", "SCREEN").
        """
        given = copy.deepcopy(dict(contact))
        kinds = given.pop("recording", ())
        if "ContactId" in given:
            given.pop("Id", None)
        else:
            given = self._as_record(given)
        with self._lock:
            self._records[given["ContactId"]] = given
            self._recording[given["ContactId"]] = dict.fromkeys(kinds, "on")
        return str(given["ContactId"])

    def change(self, contact_id: str, **fields: Any) -> None:
        """Change what a contact's record says, by the record's own names."""
        with self._lock:
            self._records[contact_id] |= {**copy.deepcopy(fields), "LastUpdateTimestamp": self.now()}

    def connect(self, contact_id: str, user_id: str, *recorded: str) -> None:
        """Have an agent accept a contact; `recorded` lists what is recorded from then on."""
        with self._lock:
            self._offered.pop(contact_id, None)
            instance = self._records[contact_id].get("InstanceARN") or INSTANCE_ARN
            name = self._world.users.get(user_id, {}).get("Username", user_id)
            agent = {"ARN": f"{instance}/agent/{user_id}", "Username": name}
            self.change(contact_id, Agent={**agent, "ConnectedToAgentTimestamp": self.now()})
            self._recording[contact_id] = dict.fromkeys(recorded, "on")

    def offer(self, contact_id: str, user_id: str | None) -> None:
        """Have a contact ring at an agent; None: at no one any more."""
        with self._lock:
            if user_id is None:
                self._offered.pop(contact_id, None)
            else:
                self._offered[contact_id] = user_id

    def of_agent(self, user_id: str) -> list[Held]:
        """Return what an agent is on, or is offered, as GetCurrentUserData shows it."""
        with self._lock:
            ringing = [number for number, user in self._offered.items() if user == user_id]
            on = [
                number
                for number, record in self._records.items()
                if not is_over(record) and str((record.get("Agent") or {}).get("ARN")).endswith(f"/{user_id}")
            ]
            return [
                {
                    "ContactId": number,
                    "Channel": self._records[number].get("Channel"),
                    "InitiationMethod": self._records[number].get("InitiationMethod"),
                    "AgentContactState": "CONNECTED" if number in on else "CONNECTING",
                }
                for number in dict.fromkeys([*on, *ringing])
                if number in self._records
            ]

    def end(self, contact_id: str, reason: str = "CUSTOMER_DISCONNECT", **fields: Any) -> None:
        """End a contact and send its record, with further changes of it."""
        with self._lock:
            self.change(contact_id, DisconnectTimestamp=self.now(), DisconnectReason=reason, **fields)
            self._recording[contact_id] = {}
            self._offered.pop(contact_id, None)
        self.send(contact_id)

    def send(self, contact_id: str) -> None:
        """Send a contact's record, as it is now."""
        if self.on_record is not None:
            self.on_record(self.record(contact_id))

    def record(self, contact_id: str) -> Held:
        """Return a copy of a contact's record; KeyError where there is none."""
        with self._lock:
            record = copy.deepcopy(self._records[contact_id])
        instance = record["InstanceARN"] = record.get("InstanceARN") or INSTANCE_ARN
        account = instance.split(":")[_ACCOUNT]
        return {"AWSAccountId": account, "AWSContactTraceRecordFormatVersion": "2017-03-10", **record}

    def held(self, contact_id: str) -> Held | None:
        """Return what is kept of a contact, or None; to read, not to change."""
        return self._records.get(contact_id)

    def chain(self, root: str) -> list[str]:
        """Return the ids of a contact's legs, the first leg's too, as they were added."""
        return [number for number, record in self._records.items() if root_of(record) == root]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._records))

    def recording(self, contact_id: str) -> dict[str, str]:
        """Return what of a contact is recorded, and whether it is "on" or "suspended"; to be changed."""
        return self._recording.setdefault(contact_id, {})

    def now(self) -> str:
        """Return the time as a record writes it: to the second."""
        return to_timestamp(self._clock())

    def _as_record(self, contact: Held) -> Held:
        arn = str(contact.get("Arn") or "")
        instance = arn.partition("/contact/")[0] if "/contact/" in arn else None
        user = str((contact.get("AgentInfo") or {}).get("Id"))
        queue = str((contact.get("QueueInfo") or {}).get("Id"))
        record = record_of(
            contact,
            instance or INSTANCE_ARN,
            self._world.users.get(user, {}).get("Username", user),
            self._world.queues.get(queue, {}).get("Name"),
        )
        # Without an ARN a contact is of any instance.
        return record if instance else {**record, "InstanceARN": None}


def to_timestamp(time: datetime) -> str:
    """Return a time as a record writes it: UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def root_of(record: Mapping[str, Any]) -> str:
    """Return the id of the contact that a record is a leg of."""
    return str(record.get("InitialContactId") or record["ContactId"])


def is_over(record: Mapping[str, Any]) -> bool:
    """Return whether a contact has ended."""
    return record.get("DisconnectTimestamp") is not None
