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
#: How a preview ends that its agent discarded, as Amazon Connect spells it, and as it would be spelt.
_NEVER_DIALLED = frozenset({"OUTBUND_PREVIEW_DISCARDED", "OUTBOUND_PREVIEW_DISCARDED"})
#: How an outgoing contact ends that reached no person.
_NOT_REACHED = _NEVER_DIALLED | {
    "TELECOM_BUSY",
    "TELECOM_NUMBER_INVALID",
    "TELECOM_ORIGINATOR_CANCEL",
    "TELECOM_POTENTIAL_BLOCKING",
    "TELECOM_TIMEOUT",
    "TELECOM_UNANSWERED",
    "CUSTOMER_NEVER_ARRIVED",
    "OUTBOUND_ATTEMPT_FAILED",
    "OUTBOUND_DESTINATION_ENDPOINT_ERROR",
    "OUTBOUND_RESOURCE_ERROR",
}
#: What answering machine detection calls what is no person.
_MACHINES = frozenset(
    {
        "AMD_UNANSWERED",
        "FAX_MACHINE_DETECTED",
        "SIT_TONE_BUSY",
        "SIT_TONE_DETECTED",
        "SIT_TONE_INVALID_NUMBER",
        "VOICEMAIL_BEEP",
        "VOICEMAIL_NO_BEEP",
    }
)


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
    """The queue a leg waited in. An agent's own has no name and no id, others may have the id alone."""

    name: str | None = None
    entered: datetime | None = None
    wait_seconds: int | None = None
    id: str | None = None


@dataclass(frozen=True)
class Recording:
    """A recording's place, ``bucket/key`` as Amazon Connect writes it, and which participants it holds.

    ``began`` is when its first sound was.
    """

    location: str
    participant: str | None = None
    began: datetime | None = None


@dataclass(frozen=True)
class Reference:
    """A reference of a task: what it is called, and the address, number or text that it is."""

    name: str
    value: str


@dataclass(frozen=True)
class Leg:
    """One leg of a contact: what a contact record says.

    ``root_id`` names the contact. Addresses are as Amazon Connect gives them: E.164, "anonymous", or
    None. Times are aware, in UTC; ``updated`` orders the records of one leg. ``recordings`` holds audio
    that is available in S3, ``streamed`` what is in Kinesis Video Streams. ``connected`` is when the customer
    was, and ``machine`` what answering machine detection says. ``authentication`` is the record's own
    voice-authentication result, if any.
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
    streamed: tuple[Recording, ...] = ()
    connected: datetime | None = None
    machine: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    instance_arn: str | None = None
    disconnect_reason: str | None = None
    transferred_to: str | None = None
    stated_direction: str | None = None
    task_name: str | None = None
    description: str | None = None
    references: tuple[Reference, ...] = ()
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
    def is_external(self) -> bool:
        """Whether a person outside was added to the contact: no customer's leg, and no agent's."""
        return self.initiation_method == "EXTERNAL_OUTBOUND"

    @property
    def is_own_way(self) -> bool:
        """Whether the contact went on in this leg by being transferred."""
        return self.initiation_method in ("TRANSFER", "QUEUE_TRANSFER")

    @property
    def is_side_task(self) -> bool:
        """Whether it is a task that was made during a contact, which does not wait for it (T8)."""
        return self.channel == "TASK" and not self.is_root and not self.is_own_way

    @property
    def answered(self) -> bool:
        """Whether an agent took part: the record of a contact that had none has no agent at all.

        The agent of a preview who discarded it did not (T7).
        """
        return self.agent is not None and self.disconnect_reason not in _NEVER_DIALLED

    @property
    def queued(self) -> bool:
        """Whether it waited in a queue."""
        return self.queue is not None and self.queue.entered is not None

    @property
    def reached(self) -> bool:
        """Whether a person was reached: who calls in is one, and an outgoing contact may reach none (T7).

        Without an agent it takes a sign that the customer was connected.
        """
        if self.direction == "inbound" and self.initiation_method != "CALLBACK":
            return True
        if self.disconnect_reason in _NOT_REACHED:
            return False
        return self.answered or (self.connected is not None and self.machine not in _MACHINES)

    @property
    def flow_recorded(self) -> bool:
        """Whether there is a recording of the flow's part, wherever it is kept."""
        return any(recording.participant == "IVR" for recording in (*self.recordings, *self.streamed))
