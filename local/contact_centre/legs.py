"""A leg of a contact as it really went, before anything is written about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from local.contact_centre.population import INSTANCE_ARN, Agent

BUCKET = "amazon-connect-recordings"
PREFIX = "connect/acme"


@dataclass
class Leg:
    """One leg. Times are aware, in UTC; what did not happen is None.

    `recorded` names who is on its recording, None in it for all; `name` is a task's. `missed` are the agents
    to whom it was offered in vain, with from when until when.
    """

    contact_id: str
    channel: str
    method: str
    began: datetime
    ended: datetime
    root_id: str | None = None
    previous_id: str | None = None
    next_id: str | None = None
    customer: str | None = None
    customer_name: str = "Customer"
    system: str | None = None
    queue: tuple[str, str] | None = None
    enqueued: datetime | None = None
    agent: Agent | None = None
    offered: datetime | None = None
    connected: datetime | None = None
    wrapped_up: datetime | None = None
    missed: list[tuple[Agent, datetime, datetime]] = field(default_factory=list)
    held_seconds: int = 0
    reason: str | None = "CUSTOMER_DISCONNECT"
    transferred: datetime | None = None
    transferred_to: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    recorded: tuple[str | None, ...] = ()
    transitions: tuple[tuple[str, datetime, datetime], ...] = ()
    name: str | None = None
    reference: str | None = None
    bot: bool = False
    analysed: bool = False

    @property
    def over(self) -> datetime:
        """When nothing more is done about it: its end, or that of the agent's work after it."""
        return self.wrapped_up or self.ended

    @property
    def root(self) -> str:
        """The contact's id."""
        return self.root_id or self.contact_id

    @property
    def queue_arn(self) -> str | None:
        """The ARN of its queue."""
        return f"{INSTANCE_ARN}/queue/{self.queue[0]}" if self.queue else None

    @property
    def transcript_key(self) -> str:
        """Where its chat transcript is; the time is the beginning, though it is written at the end."""
        return _key("ChatTranscripts", self.contact_id, self.began, "json")

    def recording_key(self, number: int) -> str:
        """Return where one of its recordings is, from the time the agent was connected."""
        part = "" if number == 0 else f"-{number}"
        return _key("CallRecordings", self.contact_id + part, self.connected or self.began, "wav")


@dataclass(frozen=True)
class Story:
    """One contact: what kind it is, and its legs as they began, the first leg first."""

    kind: str
    legs: tuple[Leg, ...]


def iso(at: datetime | None) -> str | None:
    """Return a time as records write it, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def millis(at: datetime) -> str:
    """Return a time as events write it, to the millisecond."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def whole_seconds(begin: datetime | None, end: datetime | None) -> int:
    """Return the seconds between two times, 0 where one never came."""
    return max(0, int((end - begin).total_seconds())) if begin and end else 0


def _key(folder: str, name: str, at: datetime, kind: str) -> str:
    return f"{PREFIX}/{folder}/{at:%Y/%m/%d}/{name}_{at:%Y%m%dT%H:%M}_UTC.{kind}"
