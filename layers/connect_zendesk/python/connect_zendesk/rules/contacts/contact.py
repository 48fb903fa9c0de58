"""A contact as the rules see it: one leg of it, with what Amazon Connect knew at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Direction = Literal["inbound", "outbound"]

#: Attributes of Amazon Connect's own. Some are credentials: never shown, never logged, never kept (M1).
SYSTEM_ATTRIBUTES = frozenset(
    {
        "aid",
        "sak",
        "sst",
        "cfg",
        "kvsTriggerLambdaResult",
        "saveCallRecording",
        "startStreamingAudioStatus",
        "transcribeCall",
    }
)

_OUTBOUND_METHODS = frozenset({"OUTBOUND", "EXTERNAL_OUTBOUND", "CAMPAIGN_PREVIEW"})


@dataclass(frozen=True)
class Agent:
    """The agent of a leg. Durations are in seconds; any of it but the name may be unknown."""

    username: str
    arn: str | None = None
    connected: datetime | None = None
    talk_seconds: int | None = None
    hold_seconds: int | None = None
    wrap_up_seconds: int | None = None

    @property
    def user_id(self) -> str | None:
        """The Amazon Connect user id: the last part of the ARN."""
        return self.arn.rsplit("/", 1)[-1] if self.arn else None


@dataclass(frozen=True)
class Queue:
    """The queue a leg waited in. ``name`` is None for an agent's own queue."""

    name: str | None = None
    entered: datetime | None = None
    wait_seconds: int | None = None


@dataclass(frozen=True)
class Recording:
    """A recording's place, ``bucket/key`` as Amazon Connect writes it, and which participants it holds."""

    location: str
    participant: str | None = None


@dataclass(frozen=True)
class Leg:
    """One leg of a contact: what a contact record says.

    ``root_id`` names the contact. Addresses are as Amazon Connect gives them: E.164, "anonymous", or
    None. Times are aware, in UTC; ``updated`` orders the records of one leg. ``recordings`` holds audio
    that is available. ``authentication`` is the record's own voice-authentication result, if any.
    """

    contact_id: str
    root_id: str
    channel: str
    initiation_method: str
    began: datetime
    updated: datetime
    ended: datetime | None = None
    customer_address: str | None = None
    system_address: str | None = None
    agent: Agent | None = None
    attempts: int = 0
    queue: Queue | None = None
    recordings: tuple[Recording, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    instance_arn: str | None = None
    disconnect_reason: str | None = None
    transferred_to: str | None = None
    stated_direction: str | None = None
    task_name: str | None = None
    authentication: str | None = None

    @property
    def is_root(self) -> bool:
        """Whether this is the contact's first leg."""
        return self.contact_id == self.root_id

    @property
    def decides(self) -> bool:
        """Whether this leg's facts decide for the contact: the first, or a callback (T12, T13).

        A callback is a later leg of the call that asked for it, but is decided as a call of its own.
        """
        return self.is_root or self.initiation_method == "CALLBACK"

    @property
    def direction(self) -> Direction:
        """Inbound or outbound, seen from the contact centre. A callback counts as inbound (T13)."""
        if self.initiation_method == "CALLBACK":
            return "inbound"
        if self.initiation_method in _OUTBOUND_METHODS:
            return "outbound"
        if self.initiation_method == "API" and self.channel == "VOICE":
            return "outbound"
        return "outbound" if (self.stated_direction or "").upper() == "OUTBOUND" else "inbound"

    @property
    def is_web_call(self) -> bool:
        """Whether the call was made in a browser or an app, as a rule without any number (C1)."""
        return self.channel == "VOICE" and self.initiation_method == "WEBRTC_API"

    @property
    def is_monitoring(self) -> bool:
        """Whether a supervisor listens in on, or barges into, another agent's contact (T11)."""
        return self.initiation_method == "MONITOR"

    @property
    def answered(self) -> bool:
        """Whether an agent was reached: the record of a contact that never was has no agent at all."""
        return self.agent is not None

    @property
    def missed_kind(self) -> str | None:
        """Why an incoming contact was never answered (T13), or None where it was, or may yet be.

        ``ivr`` stands for a contact that ended in the flow, before any queue: there is no app setting
        that gives it a ticket.
        """
        if self.answered or self.ended is None or self.direction == "outbound":
            return None
        if any(recording.participant == "IVR" for recording in self.recordings):
            return "voicemail"
        if self.initiation_method == "CALLBACK":
            return "callback"
        if self.attempts > 0:
            return "missed"
        return "abandoned" if self.queue and self.queue.entered else "ivr"
