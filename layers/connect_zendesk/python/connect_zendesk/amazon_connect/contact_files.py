"""The files that Amazon Connect leaves in S3 about a contact: which they are, and what they say (X1, X2).

Chat transcripts lie below the prefix that the instance was given for them. Contact Lens writes to Analysis/
at the root of the bucket, what was redacted in a folder of its own, calls with a bot in one called ivr.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from connect_zendesk.amazon_connect import chat_transcript, contact_file_json, contact_lens
from connect_zendesk.amazon_connect.contact_file_json import NotAContactFile
from connect_zendesk.amazon_connect.contact_lens_moods import Moods
from connect_zendesk.amazon_connect.values import mapping, text, timestamp
from connect_zendesk.rules.transcripts.conversation import Conversation, Kind, Participant, Role, Turn

__all__ = ["ContactFile", "NotAContactFile", "of_key", "open"]

_CHAT = re.compile(
    r"(?:.*/)?ChatTranscripts/(?:[^/]+/)*?[0-9]{4}/[0-9]{2}/[0-9]{2}/"
    r"(?P<leg>[A-Za-z0-9][A-Za-z0-9-]{0,255})_(?P<stamp>[0-9]{8}T[0-9]{2}(?::|%3A)[0-9]{2})_UTC\.json"
)
_ANALYSIS = re.compile(
    r"(?:.*/)?Analysis/(?P<channel>Voice|Chat)/(?P<ivr>ivr/)?(?P<folder>Redacted/)?[0-9]{4}/[0-9]{2}/[0-9]{2}/"
    r"(?P<leg>[A-Za-z0-9][A-Za-z0-9-]{0,255})_analysis(?P<redacted>_redacted)?_(?P<stamp>[^/]{10,40})\.json"
)
#: What is transcribed here of a recording has no file of Amazon Connect's: its job's name stands for it.
_SPEECH = re.compile(r"speech/(?P<leg>[A-Za-z0-9][A-Za-z0-9_-]{0,255})/(?P<job>[A-Za-z0-9._-]{1,200})")
_MOST_PARTICIPANTS = 50
_MOST_FOUND = 50


#: What a file is by its place. *speech*: the transcription of a recording, by whichever engine.
FileKind = Literal["chat", "lens_voice", "lens_chat", "speech"]


def of_job(bucket: str, leg: str, job: str) -> "ContactFile":
    """Return what stands for the transcription of a leg's recording (X3)."""
    return ContactFile(bucket, f"speech/{leg}/{job}", None, None, leg, "speech", redacted=False)


@dataclass(frozen=True)
class ContactFile:
    """A file about one leg, by its place in S3. ``size`` is in bytes, ``stamp`` the time in its name.

    The stamp of a chat is when it began, to the minute; that of a call is when the agent was connected.
    ``automated``: of a leg's time with a bot alone, beside which there can be a file of that with an agent.
    """

    bucket: str
    key: str
    version: str | None
    size: int | None
    leg: str
    kind: FileKind
    redacted: bool
    stamp: datetime | None = None
    automated: bool = False

    @property
    def job(self) -> str:
        """The name of the job that transcribed it, where its kind is *speech*."""
        return self.key.rpartition("/")[2]


def of_key(bucket: str, key: str, version: str | None = None, size: int | None = None) -> ContactFile | None:
    """Return the contact file that an object in S3 is, or None where it is none of ours to read.

    None of ours are recordings, redacted or not, attachments, and the analysis of e-mails.
    """
    if match := _CHAT.fullmatch(key):
        stamp = timestamp(match["stamp"].replace("%3A", ":"))
        return ContactFile(bucket, key, version, size, match["leg"], "chat", redacted=False, stamp=stamp)
    if match := _ANALYSIS.fullmatch(key):
        kind: FileKind = "lens_chat" if match["channel"] == "Chat" else "lens_voice"
        redacted = bool(match["folder"] or match["redacted"])
        stamp = timestamp(match["stamp"].replace("%3A", ":"))
        automated = bool(match["ivr"])
        return ContactFile(bucket, key, version, size, match["leg"], kind, redacted, stamp, automated)
    if match := _SPEECH.fullmatch(key):
        return of_job(bucket, match["leg"], match["job"])
    return None


def open(file: ContactFile, path: Path, instance: str | None = None) -> Conversation:  # noqa: A001
    """Return what a contact file says. ``path`` is where it was downloaded to, and stays while it is read.

    ``instance`` is the id or the ARN of the instance that the file must be from, if known. Raises
    `NotAContactFile` where the file is not JSON, is truncated, names another contact than its key does or
    another instance, or has no conversation in it.
    """
    facts = contact_file_json.facts(path)
    _check(file, facts, instance)
    return _conversation(file, path, facts)


def _check(file: ContactFile, facts: dict[str, Any], instance: str | None) -> None:
    leg, from_ = _inside(facts, "ContactId"), _inside(facts, "InstanceId")
    if leg is not None and leg != file.leg:
        raise NotAContactFile("names another contact inside than in its key")
    if instance is not None and from_ is not None and from_ != instance.rsplit("/", 1)[-1]:
        raise NotAContactFile("from another instance")
    if not isinstance(facts.get("Transcript"), list) and not text(facts.get("JobStatus")):
        raise NotAContactFile("no conversation in it")


def _inside(facts: dict[str, Any], name: str) -> str | None:
    """Return an id: transcripts have it on top, analyses in a part of its own."""
    metadata = facts.get("CustomerMetadata")
    return text(mapping(metadata).get(name)) or text(facts.get(name))


def _conversation(file: ContactFile, path: Path, facts: dict[str, Any]) -> Conversation:
    listed = contact_lens.participants(facts, automated=file.automated)
    turns = _Turns(file.kind, path, {one.id: one.role for one in listed if one.id})
    seen = _gone_through(turns)
    status = (text(facts.get("JobStatus")) or "COMPLETED").upper()
    if file.kind == "chat":
        return Conversation(
            "chat",
            file.leg,
            turns,
            root=text(facts.get("InitialContactId")),
            instance=_inside(facts, "InstanceId"),
            began=seen.began or file.stamp,
            ended=seen.ended,
            participants=seen.participants,
        )
    kind: Kind = "lens_chat" if file.kind == "lens_chat" else "lens_voice"
    found = seen.found if file.kind != "lens_chat" else _pointed_at(turns, facts, seen.found)
    failed = None if status == "COMPLETED" else status
    return Conversation(
        kind,
        file.leg,
        # What was not analysed has nothing about what was said, not even that nothing was.
        () if failed and seen.empty else turns,
        instance=_inside(facts, "InstanceId"),
        automated=file.automated,
        redacted=file.redacted or contact_lens.is_redacted(facts),
        language=text(facts.get("LanguageCode")),
        began=seen.began or file.stamp,
        ended=seen.ended,
        participants=seen.participants if file.kind == "lens_chat" else listed or seen.participants,
        summary=contact_lens.summary(facts),
        skipped=contact_lens.skipped(facts),
        failed=failed,
        categories=contact_lens.categories(facts),
        feelings=contact_lens.feelings(facts),
        numbers=contact_lens.numbers(facts),
        issues=found["issues"],
        outcomes=found["outcomes"],
        actions=found["actions"],
    )


class _Turns:
    """The turns of a file, read from it each time they are gone through."""

    def __init__(self, kind: FileKind, path: Path, roles: dict[str, Role]) -> None:
        self._kind, self._path, self._roles = kind, path, roles

    def without_moods(self) -> Iterator[Turn]:
        """Yield the turns without what Contact Lens says apart from them."""
        for entry in contact_file_json.entries(self._path, contact_file_json.TRANSCRIPT):
            if self._kind == "chat":
                turn = chat_transcript.turn(entry)
            elif self._kind == "lens_chat":
                turn = contact_lens.written(entry)
            else:
                turn = contact_lens.spoken(entry, self._roles)
            if turn is not None:
                yield turn

    def __iter__(self) -> Iterator[Turn]:
        if self._kind != "lens_chat":
            yield from self.without_moods()
            return
        moods = Moods(self._path)
        for turn in self.without_moods():
            known = moods.of(turn.id) if turn.mood is None else None
            yield replace(turn, mood=known) if known else turn


@dataclass(frozen=True)
class _Seen:
    """What going through the turns shows: who takes part, the first and the last time, and what was found.

    ``empty``: there is no turn.
    """

    participants: tuple[Participant, ...]
    began: datetime | None
    ended: datetime | None
    found: dict[str, tuple[str, ...]]
    empty: bool


def _gone_through(turns: _Turns) -> _Seen:
    people: list[Participant] = []
    known: set[tuple[Role, str]] = set()
    began = ended = None
    empty = True
    found: dict[str, list[str]] = {"issues": [], "outcomes": [], "actions": []}
    for turn in turns.without_moods():
        empty = False
        began, ended = began or turn.at, turn.at or ended
        signs = {(turn.role, sign) for sign in (turn.name, turn.participant) if sign}
        if signs and not signs & known and len(people) < _MOST_PARTICIPANTS:
            people.append(Participant(turn.participant or "", turn.role, turn.name))
        known |= signs if len(known) < _MOST_PARTICIPANTS * 4 else set()
        for kind, parts in found.items():
            parts.extend(getattr(turn, kind)[: _MOST_FOUND - len(parts)])
    return _Seen(tuple(people), began, ended, {kind: tuple(parts) for kind, parts in found.items()}, empty)


def _pointed_at(
    turns: _Turns, facts: dict[str, Any], found: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the issues, outcomes and actions of a chat, with those that its facts point at by id."""
    wanted = contact_lens.references(facts)
    ids = {id_ for places in wanted.values() for id_, _ in places}
    if not ids:
        return found
    words: dict[str, str] = {}
    for turn in turns.without_moods():
        if turn.id in ids:
            words.setdefault(turn.id or "", turn.text)
    pointed = {
        kind: [part for id_, place in places if (part := contact_lens.excerpt(words.get(id_), place))]
        for kind, places in wanted.items()
    }
    return {
        kind: tuple(dict.fromkeys([*parts, *pointed[kind]]))[:_MOST_FOUND] for kind, parts in found.items()
    }
