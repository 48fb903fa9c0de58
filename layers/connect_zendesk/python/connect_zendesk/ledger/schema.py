"""The ledger's table: every kind of item, its keys, what it holds, who writes it, how long it is kept.

docs/ledger.md is made from `KINDS`. *Personal* is what says who a customer or an agent is, or what they said:
name, number, address, attributes, words. It is kept for a week at most. Identifiers (of contacts, users,
tickets, agents, voiceprints, files) and what was decided say that to no one without Amazon Connect or
Zendesk; they are kept as long as the work needs them.

Release 0.1 wrote schema 1: one text per item, and for a contact an item for each step and one for all legs:
see `ledger.schema_1`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from connect_zendesk.errors import Permanent

SCHEMA = 2
#: The first release that wrote each schema. A release reads its own and the one before.
FIRST_RELEASES: Mapping[int, str] = {1: "0.1.0", 2: "0.2.0"}
#: Attributes that every item has beside its content. ``release`` is for people: nothing reads it.
OWN_ATTRIBUTES = frozenset({"schema", "release", "version", "expires_at"})

#: Amazon Connect sends records again for 24 months; what has been written is remembered a month longer.
KEEP = timedelta(days=760)
#: What is in progress: longer than its message can wait in a queue and then be sent again.
KEEP_IN_PROGRESS = timedelta(days=30)
#: Personal data: no longer than this.
KEEP_PERSONAL = timedelta(days=7)
#: A number or an address for which a user is being made: longer than Zendesk's search index lags, by far.
KEEP_NUMBER = timedelta(days=1)


#: Bytes that DynamoDB takes of a partition key and of a sort key.
_LONGEST_PARTITION, _LONGEST_SORT = 2048, 1024


class NoSuchKey(Permanent):
    """Nothing can be kept under such a key: what it is made of is no id."""


@dataclass(frozen=True)
class Key:
    """Where an item is, and how long it is kept after each write. Raises `NoSuchKey` as it is made."""

    partition: str
    sort: str
    keep: timedelta

    def __post_init__(self) -> None:
        """Refuse what DynamoDB would refuse each time."""
        try:
            sizes = len(self.partition.encode()), len(self.sort.encode())
        except UnicodeEncodeError:
            raise NoSuchKey("a key that is no text") from None
        if sizes[0] > _LONGEST_PARTITION or sizes[1] > _LONGEST_SORT:
            raise NoSuchKey("a key that is too long")


@dataclass(frozen=True)
class Kind:
    """A kind of item. ``partition`` and ``sort`` are templates with the names that `key` fills in.

    ``written_by`` are functions by their folders, or `DOCTOR`; ``personal`` says whose data it holds.
    """

    name: str
    partition: str
    sort: str
    keep: timedelta
    written_by: tuple[str, ...]
    holds: str
    personal: Literal["", "customer", "agent"] = ""

    def key(self, **parts: Any) -> Key:
        """Return the key of one item of this kind."""
        return Key(self.partition.format(**parts), self.sort.format(**parts), self.keep)


#: What writes an item and is no function: `make doctor`.
DOCTOR = "doctor"
_LINKING = ("ticket_creation", "ticket_attachment", "transcript_attachment")
_SHOWING = ("screen_pop", "ticket_creation", "ticket_attachment")
_ASKING_ZENDESK = (
    "agent_app",
    "agent_map",
    "customer_lookup",
    "customer_update",
    "screen_pop",
    "ticket_attachment",
    "ticket_creation",
    "transcript_attachment",
    "zendesk_bus",
    "zendesk_recovery",
)

HEAD = Kind(
    "head",
    "contact#{root}",
    "head",
    KEEP,
    _LINKING,
    "what is settled: ticket, requester, customer, rule and reasons; steps of the whole contact; when it was"
    " taken over from the release before",
)
LEG = Kind(
    "leg",
    "contact#{root}",
    "leg#{leg}",
    KEEP,
    ("ticket_creation", "transcript_attachment"),
    "when a leg began and ended, and its agent; its reported states; what its record told of its files; its"
    " steps",
)
EARLIER_HEADS = Kind(
    "earlier heads",
    "contact#{root}",
    "tickets",
    KEEP,
    ("ticket_attachment",),
    "the heads that the contact had on tickets that agents moved it from",
)
FILES = Kind(
    "files",
    "contact#{root}",
    "files",
    KEEP,
    ("transcript_attachment",),
    "where the contact's transcripts and analyses are: bucket, key, version, never their content",
)
FIRST_FILE = Kind(
    "first file",
    "contact#{root}",
    "told#{leg}#{ticket}",
    KEEP,
    ("transcript_attachment",),
    "which of a chat's files has its words on a ticket",
)
MISSING_FILE = Kind(
    "missing file",
    "contact#{root}",
    "missing#{leg}#{file}",
    KEEP,
    ("transcript_attachment",),
    "that a file that should be there was reported as missing",
)
DRAFT = Kind(
    "draft",
    "{partition}",
    "draft#{step}",
    KEEP_PERSONAL,
    ("ticket_creation", "ticket_attachment", "transcript_attachment", "task_creation"),
    "what an unfinished step is going to write: a ticket, a comment, a user, a task",
    personal="customer",
)
SNAPSHOT = Kind(
    "snapshot",
    "contact#{root}",
    "copy",
    KEEP_PERSONAL,
    ("customer_lookup", "ticket_creation", "screen_pop"),
    "the contact as its flow saw it: number, attributes, and the users and tickets found for them",
    personal="customer",
)
RECORD = Kind(
    "record",
    "contact#{root}",
    "record#{leg}",
    timedelta(days=1),
    ("ticket_creation",),
    "the newest contact record of a leg, as far as reports are made of it",
    personal="customer",
)
AUTHENTICATION = Kind(
    "authentication",
    "contact#{root}",
    "authentication",
    KEEP_IN_PROGRESS,
    ("voice_id_sync",),
    "the voiceprint's id and status that the contact's records said, and which customers got them",
)
AUTHENTICATION_LOGGED = Kind(
    "authentication logged",
    "contact#{root}",
    "authentication#{outcome}#{customer}",
    KEEP_IN_PROGRESS,
    ("voice_id_sync",),
    "that an outcome was logged and counted",
)
NOTICES = Kind(
    "notices",
    "contact#{root}",
    "notices#{agent}",
    KEEP_PERSONAL,
    ("ticket_creation",),
    "the notices that an agent was given: rule, words, time",
    personal="customer",
)
RECORDINGS = Kind(
    "recordings",
    "contact#{root}",
    "recordings",
    KEEP_IN_PROGRESS,
    ("agent_app",),
    "whether the recording of each leg is paused: who asked for it, and when",
)
WATCHERS = Kind(
    "watchers",
    "contact#{root}",
    "watchers",
    timedelta(hours=4),
    _SHOWING,
    "supervisors who monitor the contact and wait for its ticket",
)
POP = Kind(
    "pop",
    "contact#{root}",
    "pop#{leg}#{agent}#{what}#{id}",
    timedelta(days=1),
    _SHOWING,
    "that an agent was shown a ticket or a user",
)
ACCEPTANCE = Kind(
    "acceptance",
    "contact#{root}",
    "accepted#{leg}#{agent}",
    timedelta(days=1),
    ("ticket_creation",),
    "that an acceptance was followed as it happened",
)
SPEECH_JOB = Kind(
    "speech job",
    "speech#{job}",
    "job",
    KEEP_IN_PROGRESS,
    ("speech_analysis",),
    "the transcription of a recording: what was asked of Amazon Transcribe, how far it is, its result",
)
SPEECH_MINUTES = Kind(
    "speech minutes",
    "speech-minutes#{day}",
    "used",
    timedelta(days=2),
    ("speech_analysis",),
    "how many seconds of recordings were transcribed on a day, and which the latest were",
)
ROOT_OF_LEG = Kind(
    "root of a leg",
    "leg#{leg}",
    "root",
    KEEP_IN_PROGRESS,
    ("ticket_creation", "transcript_attachment"),
    "the contact that a later leg belongs to",
)
LEG_SOUGHT = Kind(
    "leg sought",
    "leg#{leg}",
    "sought",
    timedelta(hours=8),
    ("transcript_attachment",),
    "since when a file's contact has been unknown",
)
AGENT = Kind(
    "agent",
    "agent#{agent}",
    "zendesk",
    timedelta(hours=1),
    ("agent_map", "screen_pop", *_LINKING),
    "an agent's user name and Zendesk id, by user name and by ARN",
    personal="agent",
)
AGENT_EMAIL = Kind(
    "agent's address",
    "agent#{agent}",
    "email",
    timedelta(days=1),
    ("agent_map", "screen_pop", *_LINKING),
    "an agent's e-mail address in Amazon Connect",
    personal="agent",
)
AGENT_CONTACTS = Kind(
    "agent's contacts",
    "agent#zendesk#{agent}",
    "contacts",
    timedelta(days=8),
    ("ticket_creation",),
    "the contacts an agent is on, or was until a while ago",
)
AGENT_PAGE = Kind(
    "agent's page",
    "agent#zendesk#{agent}",
    "page",
    timedelta(minutes=2),  # so long a page counts as open after it reported itself (P8)
    ("agent_app",),
    "that an agent has the agent app open, and the agent's ARN in Amazon Connect",
)
POP_FOR_PAGE = Kind(
    "pop for a page",
    "agent#zendesk#{agent}",
    "pop#{leg}",
    timedelta(minutes=1),
    ("agent_app", *_SHOWING),
    "the ticket or user that an agent's page is to show for a leg, or that it is to show none",
)
AGENT_SOUGHT = Kind(
    "agent sought",
    "agent#zendesk#{agent}",
    "sought#{what}",
    timedelta(minutes=1),
    ("agent_app",),
    "when Amazon Connect was last asked for an agent's page: its quotas are a whole account's",
)
CUSTOMER_SOUGHT = Kind(
    "customer sought",
    "customer#{user}",
    "sought",
    timedelta(minutes=1),
    ("agent_app",),
    "that Zendesk was asked just now what a customer is called",
)
APP_AGENT = Kind(
    "app's agent",
    "agent#zendesk#{agent}",
    "app",
    timedelta(hours=2),
    ("agent_app",),
    "whether a Zendesk user who has the agent app open is an agent, and when that was asked",
)
APP_LOAD = Kind(
    "app's load",
    "agent-app#{token}",
    "load",
    timedelta(minutes=10),  # longer than a token of Zendesk's is accepted
    ("agent_app",),
    "that a page of the agent app was opened with a token of Zendesk's",
)
AGENT_MAP_RUN = Kind(
    "agent map run", "agents", "step#map", KEEP_IN_PROGRESS, ("agent_map",), "the lock of the run in progress"
)
COMMAND = Kind(
    "command",
    "attachment#{command}",
    "{part}",
    KEEP_IN_PROGRESS,
    ("ticket_attachment", "agent_app"),
    "of an agent's command: what was asked for, which contact it meant, that it was done, that its macro's"
    " tag was removed",
)
COMMAND_NOTE = Kind(
    "command's note",
    "attachment#{command}",
    "step#{note}",
    KEEP,
    ("ticket_attachment",),
    "that an agent was asked or notified about a command",
)
MERGED = Kind(
    "merged ticket",
    "ticket#{ticket}",
    "merged",
    timedelta(days=30),
    ("ticket_attachment",),
    "the ticket that one was merged into, as Zendesk's event said",
)
USER = Kind(
    "user",
    "user#{external_id}",
    "user",
    KEEP_NUMBER,
    ("ticket_creation", "ticket_attachment"),
    "the Zendesk user made for a number or an address (which is in the key)",
    personal="customer",
)
PLACEHOLDER = Kind(
    "placeholder user",
    "user#amazon-connect:anonymous",
    "user",
    KEEP,
    ("ticket_creation", "ticket_attachment"),
    "the Zendesk user who stands for all anonymous callers",
)
CUSTOMER = Kind(
    "customer",
    "customer#{user}",
    "authentication",
    timedelta(days=40),  # a little longer than a record can change anything after its contact's end (T15)
    ("voice_id_sync", "customer_update"),
    "what contacts said of a user's voiceprint, what its two fields held, and which writes are in doubt",
)
CUSTOMER_LOCK = Kind(
    "customer's lock",
    "customer#{user}",
    "step#authentication",
    KEEP_IN_PROGRESS,
    ("customer_update",),
    "the lock of the update in progress",
)
CUSTOMER_UPDATES = Kind(
    "customer's updates",
    "customer#{user}",
    "updates",
    timedelta(minutes=2),
    ("customer_update",),
    "when a user was updated within the last minute",
)
NOT_EVALUATED = Kind(
    "not evaluated",
    "authentication",
    "not evaluated",
    timedelta(days=1),
    ("ticket_creation",),
    "that a caller who should have been verified was not, reported today",
)
UNKNOWN_WORD = Kind(
    "unknown word",
    "authentication",
    "unknown#{place}",
    timedelta(days=1),
    ("voice_id_sync",),
    "that an unknown word about authentication was reported today, by where it stood",
)
UNKNOWN_FIELD = Kind(
    "unknown user field",
    "user fields",
    "{key}",
    timedelta(days=1),
    ("customer_update",),
    "that a user field that Zendesk does not have was reported today",
)
VOICE_ID_SILENT = Kind(
    "Voice ID silent",
    "voice_id#{domain}",
    "silent",
    timedelta(hours=1),
    ("voice_id_sync", "ticket_creation"),
    "that a Voice ID domain did not answer",
)
VOICE_ID_REPORTED = Kind(
    "Voice ID reported",
    "voice_id#{domain}",
    "reported",
    timedelta(days=30),
    ("voice_id_sync", "ticket_creation"),
    "that a Voice ID domain's silence was reported",
)
TASK = Kind(
    "task",
    "zendesk-event#{account}#{event}",
    "step#task",
    KEEP,
    ("task_creation",),
    "the contact id of the task made of a Zendesk event",
)
WEBHOOK_SEEN = Kind(
    "webhook seen",
    "webhook#{mark}",
    "seen",
    timedelta(days=8),  # longer than Zendesk lists what it could not deliver, which is a week
    ("zendesk_webhook", "zendesk_recovery", "zendesk_bus"),
    "that an event is on the bus",
)
EVENT_WAYS = Kind(
    "event's ways",
    "webhook#ways#{mark}",
    "ids",
    timedelta(days=8),  # as long as one way may bring what another brought at once
    ("zendesk_webhook", "zendesk_recovery", "zendesk_bus"),
    "the ids under which like events of a ticket came by webhook and by another bus",
)
WEBHOOK_ACCOUNT = Kind(
    "webhook's account",
    "webhook#account",
    "pin",
    KEEP,
    ("zendesk_webhook",),
    "the account of the first event that names one in its body, where the secret names none",
)
CONNECTOR = Kind(
    "integration user",
    "webhook#connector",
    "user",
    timedelta(days=1),
    ("zendesk_recovery", "zendesk_bus"),
    "the Zendesk user that this stack is",
)
RECOVERY_RUN = Kind(
    "recovery run",
    "webhook#recovery",
    "step#run",
    KEEP_IN_PROGRESS,
    ("zendesk_recovery",),
    "the lock of the run in progress",
)
RECOVERY_SINCE = Kind(
    "recovery since",
    "webhook#recovery",
    "{webhook}",
    timedelta(days=7),
    ("zendesk_recovery",),
    "when a webhook's failed deliveries were last looked at",
)
RECOVERED = Kind(
    "recovered",
    "webhook#recovery",
    "done#{invocation}",
    timedelta(days=8),
    ("zendesk_recovery",),
    "that a failed delivery was recovered, or reported as lost",
)
TOKEN = Kind(
    "token",
    "zendesk",
    "token",
    timedelta(days=1),
    _ASKING_ZENDESK,
    "the OAuth access token that containers share, until it ends",
)
PROBED = Kind(
    "probe's answers",
    "zendesk",
    "probed",
    KEEP,
    (DOCTOR,),
    "what a probe found out about the Zendesk account, by the id of each fact",
)
POPS_REFUSED = Kind(
    "pops refused",
    "zendesk",
    "pops",
    timedelta(hours=1),
    _SHOWING,
    "how often Zendesk refused to show something, by agent",
)
PAUSE = Kind(
    "pause",
    "pause",
    "background",
    timedelta(days=1),
    ("ticket_creation", "ticket_attachment", "transcript_attachment", "customer_update", "zendesk_bus"),
    "until when background work sends Zendesk nothing",
)
PACE = Kind(
    "pace",
    "pace",
    "{queue}",
    timedelta(minutes=5),  # longer than a turn is ever ahead
    ("customer_update", "task_creation"),
    "when the last turn of a paced request is",
)

KINDS: tuple[Kind, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Kind))


@dataclass(frozen=True)
class Step:
    """Something that is done once: an entry in the item at ``key``, by its ``name`` there.

    ``mark`` is its whole name: in Zendesk's audits, and in schema 1, where it was an item of its own.
    ``in_progress``: how long it stays known that an attempt has begun it.
    """

    key: Key
    name: str
    mark: str
    in_progress: timedelta = KEEP_IN_PROGRESS

    @property
    def is_own_item(self) -> bool:
        """Whether there is nothing else in its item."""
        return self.name == "step"

    @property
    def draft(self) -> Key:
        """Where what it is going to write is kept until it is done."""
        return DRAFT.key(partition=self.key.partition, step=f"{self.key.sort}#{self.name}")

    @property
    def place(self) -> str:
        """Its item and its mark in one text: its name in the audits of a ticket."""
        return f"{self.key.partition} {self.mark.removeprefix('step#')}"

    @property
    def sort_in_schema_1(self) -> str:
        """The sort key of the item that schema 1 had for it."""
        return self.key.sort if self.key.sort == self.mark else f"step#{self.mark}"


def partition_of(root: str) -> str:
    """Return the partition of a contact."""
    return HEAD.key(root=root).partition


def contact_step(root: str, mark: str) -> Step:
    """Return a step of a contact as a whole."""
    return Step(HEAD.key(root=root), mark.replace(root, "", 1), mark)


def leg_step(root: str, leg: str, mark: str) -> Step:
    """Return a step of one leg. ``mark`` is ``<kind>#<leg>…``."""
    return Step(LEG.key(root=root, leg=leg), mark.replace(leg, "", 1), mark)


def own_step(key: Key, in_progress: timedelta = KEEP_IN_PROGRESS) -> Step:
    """Return a step, or a lock, that has an item of its own."""
    return Step(key, "step", key.sort, in_progress)


def command_step(command: str, note: str) -> Step:
    """Return the step in which an agent is notified of a command's outcome."""
    return own_step(COMMAND_NOTE.key(command=command, note=note))
