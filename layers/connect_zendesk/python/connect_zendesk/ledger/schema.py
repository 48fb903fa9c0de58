"""The ledger's table: every kind of item, its keys, what it holds, who writes it, how long it is kept.

``docs/ledger.md`` is made from `KINDS`. *Personal* is what says who a customer is or what they said: name,
number, address, attributes, words. It is kept for a week at most. Ids (of contacts, users, tickets, agents,
voiceprints) and what was decided are kept as long as the work needs them.

Release 0.1 wrote schema 1: one text per item, and for a contact an item for each step and one for all legs:
see `ledger.schema_1`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

SCHEMA = 2

#: Amazon Connect sends records again for 24 months; what has been written is remembered a month longer.
KEEP = timedelta(days=760)
#: What is in progress: longer than its message can wait in a queue and then be sent again.
KEEP_IN_PROGRESS = timedelta(days=30)
#: Personal data: no longer than this.
KEEP_PERSONAL = timedelta(days=7)
#: A number or an address for which a user is being made: longer than Zendesk's search index lags, by far.
KEEP_NUMBER = timedelta(days=1)


@dataclass(frozen=True)
class Key:
    """Where an item is, and how long it is kept after each write."""

    partition: str
    sort: str
    keep: timedelta


@dataclass(frozen=True)
class Kind:
    """A kind of item. ``partition`` and ``sort`` are templates with the names that `key` fills in."""

    name: str
    partition: str
    sort: str
    keep: timedelta
    written_by: str
    holds: str
    personal: bool = False

    def key(self, **parts: Any) -> Key:
        """Return the key of one item of this kind."""
        return Key(self.partition.format(**parts), self.sort.format(**parts), self.keep)


_AGENT_EVENTS = "screen_pop, ticket_creation/from_contact_event"
_WORKERS = "every function that writes to Zendesk"

HEAD = Kind(
    "head",
    "contact#{root}",
    "head",
    KEEP,
    "ticket_creation, ticket_attachment, transcript_attachment",
    "the contact's ticket, requester, rule and reasons; the contact's steps: creation, links, notes",
)
LEG = Kind(
    "leg",
    "contact#{root}",
    "leg#{leg}",
    KEEP,
    "ticket_creation, transcript_attachment",
    "when a leg began and ended; which of its states have been reported; its files' metadata; its steps",
)
EARLIER_HEADS = Kind(
    "earlier heads",
    "contact#{root}",
    "tickets",
    KEEP,
    "ticket_attachment",
    "the heads that the contact had on tickets that agents moved it from",
)
FILES = Kind(
    "files",
    "contact#{root}",
    "files",
    KEEP,
    "transcript_attachment",
    "where the contact's transcripts and analyses are: bucket, key, version, never their content",
)
FIRST_FILE = Kind(
    "first file",
    "contact#{root}",
    "told#{leg}#{ticket}",
    KEEP,
    "transcript_attachment",
    "which of a chat's files has its words on a ticket",
)
MISSING_FILE = Kind(
    "missing file",
    "contact#{root}",
    "missing#{leg}#{file}",
    KEEP,
    "transcript_attachment",
    "that a file that should be there was reported as missing",
)
DRAFT = Kind(
    "draft",
    "{partition}",
    "draft#{step}",
    KEEP_PERSONAL,
    _WORKERS,
    "what an unfinished step is going to write: a ticket, a comment, a user, a task",
    personal=True,
)
SNAPSHOT = Kind(
    "snapshot",
    "contact#{root}",
    "copy",
    KEEP_PERSONAL,
    "customer_lookup, ticket_creation, screen_pop",
    "the contact as its flow saw it: number, attributes, what was found for them",
    personal=True,
)
RECORD = Kind(
    "record",
    "contact#{root}",
    "record#{leg}",
    timedelta(days=1),
    "ticket_creation/from_contact_record",
    "the newest contact record of a leg",
    personal=True,
)
AUTHENTICATION = Kind(
    "authentication",
    "contact#{root}",
    "authentication",
    KEEP_IN_PROGRESS,
    "voice_id_sync",
    "the voiceprint's id and status that the contact's records said, and which customers got them",
)
AUTHENTICATION_LOGGED = Kind(
    "authentication logged",
    "contact#{root}",
    "authentication#{outcome}#{customer}",
    KEEP_IN_PROGRESS,
    "voice_id_sync",
    "that an outcome was logged and counted",
)
NOTICES = Kind(
    "notices",
    "contact#{root}",
    "notices#{agent}",
    KEEP_IN_PROGRESS,
    "ticket_creation",
    "the rules of which an agent was given a notice",
)
WATCHERS = Kind(
    "watchers",
    "contact#{root}",
    "watchers",
    timedelta(hours=4),
    _AGENT_EVENTS,
    "supervisors who monitor the contact and wait for its ticket",
)
POP = Kind(
    "pop",
    "contact#{root}",
    "pop#{leg}#{agent}#{what}#{id}",
    timedelta(days=1),
    _AGENT_EVENTS,
    "that an agent was shown a ticket or a user",
)
ACCEPTANCE = Kind(
    "acceptance",
    "contact#{root}",
    "accepted#{leg}#{agent}",
    timedelta(days=1),
    "ticket_creation/from_contact_event",
    "that an acceptance was followed as it happened",
)
ROOT_OF_LEG = Kind(
    "root of a leg",
    "leg#{leg}",
    "root",
    KEEP_IN_PROGRESS,
    "ticket_creation, transcript_attachment",
    "the contact that a later leg belongs to",
)
LEG_SOUGHT = Kind(
    "leg sought",
    "leg#{leg}",
    "sought",
    timedelta(hours=8),
    "transcript_attachment",
    "since when a file's contact has been unknown",
)
AGENT = Kind(
    "agent",
    "agent#{agent}",
    "zendesk",
    timedelta(hours=1),
    "agent_map, and any function that meets an agent",
    "an agent's user name and Zendesk id, by user name and by ARN",
)
AGENT_EMAIL = Kind(
    "agent's address",
    "agent#{agent}",
    "email",
    timedelta(days=1),
    "agent_map, and any function that meets an agent",
    "an agent's e-mail address in Amazon Connect",
)
AGENT_CONTACTS = Kind(
    "agent's contacts",
    "agent#zendesk#{agent}",
    "contacts",
    timedelta(days=8),
    "ticket_creation/from_contact_event",
    "the contacts an agent is on, or was until a while ago",
)
AGENT_MAP_RUN = Kind(
    "agent map run", "agents", "step#map", KEEP_IN_PROGRESS, "agent_map", "the lock of the run in progress"
)
COMMAND = Kind(
    "command",
    "attachment#{command}",
    "{part}",
    KEEP_IN_PROGRESS,
    "ticket_attachment",
    "of an agent's command: which contact it meant, that it was done, that its macro's tag was removed",
)
COMMAND_NOTE = Kind(
    "command's note",
    "attachment#{command}",
    "step#{note}",
    KEEP,
    "ticket_attachment",
    "that an agent was asked or notified about a command",
)
USER = Kind(
    "user",
    "user#{external_id}",
    "user",
    KEEP_NUMBER,
    "ticket_creation",
    "the Zendesk user made for a number or an address (which is in the key)",
    personal=True,
)
PLACEHOLDER = Kind(
    "placeholder", "user#{external_id}", "user", KEEP, "ticket_creation", "the user of anonymous callers"
)
CUSTOMER = Kind(
    "customer",
    "customer#{user}",
    "authentication",
    timedelta(days=40),  # a little longer than a record can change anything after its contact's end (T15)
    "voice_id_sync, customer_update",
    "what a user's voice-authentication fields are to hold, and held",
)
CUSTOMER_LOCK = Kind(
    "customer's lock",
    "customer#{user}",
    "step#authentication",
    KEEP_IN_PROGRESS,
    "customer_update",
    "the lock of the update in progress",
)
CUSTOMER_UPDATES = Kind(
    "customer's updates",
    "customer#{user}",
    "updates",
    timedelta(minutes=2),
    "customer_update",
    "when a user was updated within the last minute",
)
REPORTED_ONCE = Kind(
    "reported once",
    "{about}",
    "{what}",
    timedelta(days=1),
    "voice_id_sync, customer_update, ticket_creation",
    "that a misconfiguration was reported today",
)
VOICE_ID_SILENT = Kind(
    "Voice ID silent",
    "voice_id#{domain}",
    "silent",
    timedelta(hours=1),
    "voice_id_sync, ticket_creation",
    "that a Voice ID domain did not answer",
)
VOICE_ID_REPORTED = Kind(
    "Voice ID reported",
    "voice_id#{domain}",
    "reported",
    timedelta(days=30),
    "voice_id_sync, ticket_creation",
    "that a Voice ID domain's silence was reported",
)
TASK = Kind(
    "task",
    "zendesk-event#{account}#{event}",
    "step#task",
    KEEP,
    "task_creation",
    "the contact id of the task made of a Zendesk event",
)
WEBHOOK_SEEN = Kind(
    "webhook seen",
    "webhook#{mark}",
    "seen",
    timedelta(days=8),  # longer than Zendesk lists what it could not deliver, which is a week
    "zendesk_webhook, zendesk_recovery",
    "that an event is on the bus",
)
WEBHOOK_ACCOUNT = Kind(
    "webhook's account",
    "webhook#account",
    "pin",
    KEEP,
    "zendesk_webhook",
    "the account of the first event, where the secret names none",
)
CONNECTOR = Kind(
    "integration user",
    "webhook#connector",
    "user",
    timedelta(days=1),
    "zendesk_recovery",
    "the Zendesk user that this stack is",
)
RECOVERY_RUN = Kind(
    "recovery run",
    "webhook#recovery",
    "step#run",
    KEEP_IN_PROGRESS,
    "zendesk_recovery",
    "the lock of the run in progress",
)
RECOVERY_SINCE = Kind(
    "recovery since",
    "webhook#recovery",
    "{webhook}",
    timedelta(days=7),
    "zendesk_recovery",
    "when a webhook's failed deliveries were last looked at",
)
RECOVERED = Kind(
    "recovered",
    "webhook#recovery",
    "done#{invocation}",
    timedelta(days=8),
    "zendesk_recovery",
    "that a failed delivery was recovered, or reported as lost",
)
TOKEN = Kind(
    "token",
    "zendesk",
    "token",
    timedelta(days=1),
    "every function that asks Zendesk",
    "the OAuth access token that containers share, until it ends",
)
POPS_REFUSED = Kind(
    "pops refused",
    "zendesk",
    "pops",
    timedelta(hours=1),
    _AGENT_EVENTS,
    "how often Zendesk refused to show something, by agent",
)
PAUSE = Kind(
    "pause",
    "pause",
    "background",
    timedelta(days=1),
    "every queue worker",
    "until when background work sends Zendesk nothing",
)
PACE = Kind(
    "pace",
    "pace",
    "{queue}",
    timedelta(minutes=5),  # longer than a turn is ever ahead
    "customer_update, task_creation",
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
    def draft(self) -> Key:
        """Where what it is going to write is kept until it is done."""
        return DRAFT.key(partition=self.key.partition, step=f"{self.key.sort}#{self.name}")

    @property
    def sort_in_schema_1(self) -> str:
        """The sort key of the item that schema 1 had for it."""
        return self.key.sort if self.key.sort == self.mark else f"step#{self.mark}"


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
