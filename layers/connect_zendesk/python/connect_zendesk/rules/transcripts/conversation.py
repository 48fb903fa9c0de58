"""A conversation as the rules see it: what was said in one leg of a contact, and what it came to (X1, X2).

It comes from a chat transcript, from Contact Lens or from Amazon Transcribe. The turns are read when they are
wanted, so that a conversation takes no more memory the longer it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

#: A chat's transcript; Contact Lens's analysis of a call or of a chat; Amazon Transcribe's of a recording, or
#: its words alone, of a call or of a message that a caller left.
Kind = Literal["chat", "lens_voice", "lens_chat", "call_analytics", "transcription", "voicemail"]
Role = Literal["customer", "agent", "supervisor", "bot", "system", "other"]
Mood = Literal["positive", "neutral", "negative", "mixed"]
#: What a turn is: something said, a file, or something that happened.
TurnKind = Literal["message", "attachment", "event"]


@dataclass(frozen=True)
class Participant:
    """A person, or a bot, in the conversation. ``name`` is as shown in the chat; calls have none."""

    id: str
    role: Role
    name: str | None = None


@dataclass(frozen=True)
class Quarter:
    """How a participant felt in a part of the conversation: ``score`` from -5 to 5, times in milliseconds."""

    begins: int
    ends: int
    score: float


@dataclass(frozen=True)
class Feeling:
    """How one side felt: scores from -5 (very negative) to 5, each None where it was not found out.

    ``quarters`` are those of a call; ``first`` and ``last`` are how a chat began and ended for them.
    """

    overall: float | None = None
    quarters: tuple[Quarter, ...] = ()
    first: float | None = None
    last: float | None = None
    with_agent: float | None = None
    without_agent: float | None = None


@dataclass(frozen=True)
class Numbers:
    """What was measured; durations in milliseconds, None or empty where it was not.

    The mappings are by role. ``response`` is the average, ``longest_response`` the longest time that
    a participant took to answer, ``greeting`` the time until an agent first wrote, ``bot_greeting`` until
    a bot did.
    """

    duration: int | None = None
    talk: Mapping[Role, int] = field(default_factory=dict)
    words_per_minute: Mapping[Role, int] = field(default_factory=dict)
    interruptions: Mapping[Role, int] = field(default_factory=dict)
    interruption_count: int | None = None
    interruption_time: int | None = None
    silence: int | None = None
    greeting: int | None = None
    bot_greeting: int | None = None
    response: Mapping[Role, int] = field(default_factory=dict)
    longest_response: Mapping[Role, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Tone:
    """How one side's words sounded to Amazon Comprehend: the word for the whole, and shares from 0 to 1.

    It is no score from -5 to 5, which nothing measured.
    """

    mood: Mood
    shares: Mapping[Mood, float]


@dataclass(frozen=True)
class Named:
    """A person or a thing that was named: ``kind`` is Amazon Comprehend's word, such as ORGANIZATION."""

    kind: str
    text: str


@dataclass(frozen=True)
class Insights:
    """What Amazon Comprehend made of the words: ``tones`` by side, and what the customer spoke of.

    ``problems`` are sentences on what it could not be asked, or did not answer.
    """

    tones: Mapping[Role, Tone] = field(default_factory=dict)
    key_phrases: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """An analysis that Contact Lens did not do, and why, in its own words; and what was to be analysed."""

    feature: str
    reason: str
    entities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """What an interactive message offers: a title, and what is said of it."""

    title: str
    subtitle: str | None = None


@dataclass(frozen=True)
class Turn:
    """One entry of the conversation.

    ``text`` is plain text as it was said, with line breaks. ``at`` is when (chats), ``offset`` and ``ends``
    are milliseconds from where the recording of the call begins. ``event`` is Amazon Connect's word for what
    happened, such as participant.joined; ``choices`` is what an interactive message offers, and ``files``
    are names of attachments, empty where they have none, and ``refused_files`` of those that Amazon Connect
    rejected. ``issues``, ``outcomes`` and ``actions`` are the
    parts of the text that Contact Lens found to be one.
    """

    kind: TurnKind
    role: Role
    name: str | None = None
    text: str = ""
    id: str | None = None
    participant: str | None = None
    at: datetime | None = None
    offset: int | None = None
    ends: int | None = None
    mood: Mood | None = None
    event: str | None = None
    choices: tuple[Choice, ...] = ()
    files: tuple[str, ...] = ()
    refused_files: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A conversation, or what Contact Lens made of it.

    ``leg`` and ``root`` are contact ids, ``root`` None where the file does not say. ``began`` is when the
    first word could be said: of a chat its first entry, of a call when the agent was connected, and ``ended``
    the time of a chat's last entry. ``automated``: with a bot alone. ``failed`` is Contact Lens's word for an
    analysis that was not finished. ``issues``, ``outcomes`` and ``actions`` are what it found, in order.
    ``insights`` are Amazon Comprehend's, and ``notes`` sentences that must be read before the rest.

    ``items`` can be gone through again and again; it reads the file each time, which must still be there. An
    empty tuple in its place: the words are not to be shown.
    """

    kind: Kind
    leg: str
    items: Iterable[Turn]
    root: str | None = None
    instance: str | None = None
    automated: bool = False
    redacted: bool = False
    language: str | None = None
    began: datetime | None = None
    ended: datetime | None = None
    participants: tuple[Participant, ...] = ()
    summary: str | None = None
    skipped: tuple[Skipped, ...] = ()
    failed: str | None = None
    categories: tuple[str, ...] = ()
    feelings: Mapping[Role, Feeling] = field(default_factory=dict)
    numbers: Numbers = Numbers()
    issues: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    insights: Insights = Insights()
    notes: tuple[str, ...] = ()

    @property
    def is_voice(self) -> bool:
        """Whether it was spoken."""
        return self.kind not in ("chat", "lens_chat")

    @property
    def is_transcribed(self) -> bool:
        """Whether Amazon Transcribe made it of a recording (X3)."""
        return self.kind in ("call_analytics", "transcription", "voicemail")

    @property
    def has_words(self) -> bool:
        """Whether any participant said or sent anything in it; a failed analysis may have nothing of that."""
        return any(turn.kind != "event" for turn in self.items)

    def without_words(self) -> "Conversation":
        """Return what was made of it, without anything that was said: no turns, and no parts of them."""
        return replace(self, items=(), issues=(), outcomes=(), actions=())

    def without_feelings(self) -> "Conversation":
        """Return it without how each side felt or sounded, for where that was not asked for."""
        return replace(self, items=_Unmoved(self.items) if self.items else (), feelings={})

    @property
    def people(self) -> int:
        """How many people took part: customers, agents, supervisors and others, but no bot."""
        return len([one for one in self.participants if one.role not in ("bot", "system")])

    @property
    def multi_party(self) -> bool:
        """Whether more than one agent and one customer took part, or a supervisor joined (X6)."""
        return self.people > 2 or any(one.role == "supervisor" for one in self.participants)


@dataclass(frozen=True)
class _Unmoved:
    """Turns without how they sounded, read again each time."""

    turns: Iterable[Turn]

    def __iter__(self) -> Iterator[Turn]:
        return (replace(turn, mood=None) for turn in self.turns)
