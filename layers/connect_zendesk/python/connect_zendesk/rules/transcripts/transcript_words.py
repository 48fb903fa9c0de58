"""A conversation in words: what is said of the whole before the conversation, and of each turn (X1, X2).

Plain text in the wording's language; what becomes of it, a comment or a document, is decided elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connect_zendesk.rules import wording
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.transcripts.conversation import Conversation, Feeling, Quarter, Role, Skipped, Turn

_BARS = "▁▂▃▄▅▆▇█"
_LEAST_SHARE = 0.05
_SIDES: tuple[Role, ...] = ("customer", "agent", "supervisor", "bot", "system", "other")


@dataclass(frozen=True)
class TranscriptView:
    """How a conversation is to be shown.

    ``time_zone`` is the administrator's (IANA). ``multi_party``: the contact's records say that more than
    two took part or that a supervisor joined; what the file itself says is seen without it (X6). ``agent``
    is the name of the leg's agent, and ``began`` when the agent was connected, if known. ``file_name`` is
    what the file of the whole will be called. ``recording`` is where a voicemail can be heard, ``room`` the
    bytes of a comment.
    """

    time_zone: str = "UTC"
    multi_party: bool = False
    agent: str | None = None
    began: datetime | None = None
    file_name: str = "transcript.html"
    recording: str | None = None
    room: int = LARGEST_COMMENT

    @property
    def zone(self) -> ZoneInfo:
        """The administrator's time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True)
class Line:
    """A line with what it is about, or None; ``bar`` is a drawing of it made of characters."""

    text: str
    label: str | None = None
    bar: str | None = None


@dataclass(frozen=True)
class Section:
    """A part of what is said before the conversation."""

    heading: str
    lines: tuple[Line, ...]


def title(conversation: Conversation) -> str:
    """Return what it is."""
    named = wording.TRANSCRIPTS[conversation.kind]
    return wording.AUTOMATED.format(transcript=named) if conversation.automated else named


def circumstances(conversation: Conversation, view: TranscriptView) -> str:
    """Return when it was, in which time zone the times are, and which contact it is of."""
    parts = [
        _period(began_at(conversation, view), conversation, view),
        wording.TIMES_IN.format(zone=view.time_zone),
        wording.TRANSCRIPT_CONTACT.format(contact=conversation.leg),
    ]
    return " · ".join(part for part in parts if part)


def began_at(conversation: Conversation, view: TranscriptView) -> datetime | None:
    """Return when it began: of a call what the records say, else what its file or the file's name says."""
    known = view.began if conversation.is_voice and not conversation.automated else None
    return known or conversation.began


def remarks(conversation: Conversation, view: TranscriptView) -> list[str]:
    """Return what must be known before it is relied on (X6)."""
    service = wording.SERVICES[conversation.kind]
    said = [*conversation.notes]
    if conversation.redacted:
        transcribed = conversation.is_transcribed
        said.append(wording.PERSONAL_DATA_NOT_TRANSCRIBED if transcribed else wording.PERSONAL_DATA_LEFT_OUT)
    if conversation.multi_party or view.multi_party:
        said.append(wording.DEGRADED)
    if conversation.failed:
        said.append(wording.NOT_ANALYSED.format(service=service, status=_in_words(conversation.failed)))
    said += [_skipped(one, service) for one in conversation.skipped]
    return said + list(conversation.insights.problems)


def sections(conversation: Conversation) -> list[Section]:
    """Return what is said before the conversation, in the order in which it is wanted."""
    found = [
        Section(wording.SUMMARY_HEADING, tuple(Line(line) for line in _paragraphs(conversation.summary))),
        Section(wording.CATEGORIES, tuple(Line(name) for name in conversation.categories)),
        Section(wording.FEELINGS, tuple(_feelings(conversation))),
        Section(wording.TONES, tuple(_tones(conversation))),
        Section(wording.SPOKEN_OF, tuple(_spoken_of(conversation))),
        Section(wording.MEASURED, tuple(_numbers(conversation))),
        Section(wording.FOUND, tuple(_found(conversation))),
    ]
    return [section for section in found if section.lines]


def speaker(turn: Turn, view: TranscriptView) -> str | None:
    """Return the name of who speaks, or None where only the role is known."""
    return turn.name or (view.agent if turn.role == "agent" else None)


def details(turn: Turn) -> list[str]:
    """Return what is known of a turn beside its words: how it sounded, and what was found in it."""
    found = [wording.MOODS[turn.mood]] if turn.mood in wording.MOODS else []
    marks = (
        (turn.issues, wording.TURN_ISSUE),
        (turn.outcomes, wording.TURN_OUTCOME),
        (turn.actions, wording.TURN_ACTION),
    )
    return found + [word for parts, word in marks if parts]


def event(turn: Turn, view: TranscriptView, html: Callable[[str], str]) -> str:
    """Return what happened, as HTML; ``html`` is how a text from outside becomes that."""
    name, role = speaker(turn, view), wording.ROLES[turn.role]
    who = role if name is None else f"{html(name)} ({role.lower()})"
    text = wording.TRANSCRIPT_EVENTS.get(turn.event or "")
    if text is None:
        return wording.OTHER_EVENT.format(event=html(_in_words(turn.event or "")))
    return text.format(who=who)


def words(turn: Turn) -> list[str]:
    """Return what was said as lines: the text, what was offered, the files."""
    said = _paragraphs(turn.text)
    said += [f"– {one.title} ({one.subtitle})" if one.subtitle else f"– {one.title}" for one in turn.choices]
    said += [wording.SENT_FILE.format(name=name or wording.UNNAMED_FILE) for name in turn.files]
    return said + [wording.REFUSED_FILE.format(name=name) for name in turn.refused_files]


def timestamp(turn: Turn, began: datetime | None, view: TranscriptView) -> datetime | None:
    """Return when a turn was, in the administrator's time zone; None where it is not known."""
    if turn.at is not None:
        return turn.at.astimezone(view.zone)
    if began is None or turn.offset is None:
        return None
    return (began + timedelta(milliseconds=turn.offset)).astimezone(view.zone)


def clock(milliseconds: int) -> str:
    """Return a length of time as 1:05 or 1:02:03."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _period(began: datetime | None, conversation: Conversation, view: TranscriptView) -> str | None:
    if began is None:
        return None
    first, last = began.astimezone(view.zone), conversation.ended
    if conversation.is_voice and conversation.numbers.duration:
        last = timestamp(Turn("event", "system", offset=conversation.numbers.duration), began, view)
    if last is None:
        return f"{first:%Y-%m-%d %H:%M}"
    last = last.astimezone(view.zone)
    same_day = first.date() == last.date()
    return (
        f"{first:%Y-%m-%d %H:%M} – {last:%H:%M}"
        if same_day
        else f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}"
    )


def _skipped(one: Skipped, service: str) -> str:
    feature = wording.SKIPPED_FEATURES.get(one.feature, _in_words(one.feature))
    reason = wording.SKIPPED_REASONS.get(one.reason, _in_words(one.reason))
    if one.entities:
        what = ", ".join(one.entities)
        return wording.SKIPPED_SOME.format(service=service, feature=feature, what=what, reason=reason)
    return wording.SKIPPED.format(service=service, feature=feature, reason=reason)


def _in_words(code: str) -> str:
    return code.replace("_", " ").replace(".", " ").lower()


def _paragraphs(text: str | None) -> list[str]:
    return [line for line in (text or "").splitlines() if line.strip()]


def _found(conversation: Conversation) -> Iterator[Line]:
    parts = (
        (conversation.issues, wording.FOUND_ISSUE),
        (conversation.outcomes, wording.FOUND_OUTCOME),
        (conversation.actions, wording.FOUND_ACTION),
    )
    return (Line(" ".join(part.split()), label) for found, label in parts for part in found)


def _feelings(conversation: Conversation) -> Iterator[Line]:
    for role in _SIDES:
        feeling = conversation.feelings.get(role)
        if feeling is not None:
            bar = "".join(_BARS[round((quarter.score + 5) * 0.7)] for quarter in feeling.quarters)
            yield Line("; ".join(_felt(feeling)), wording.ROLES[role], bar or None)


def _tones(conversation: Conversation) -> Iterator[Line]:
    """Yield how each side's words sounded to Amazon Comprehend: in words and shares, without a score."""
    for role in _SIDES:
        tone = conversation.insights.tones.get(role)
        if tone is not None:
            ranked = sorted(tone.shares.items(), key=lambda share: -share[1])
            shares = [
                wording.TONE_SHARE.format(word=wording.TONE_WORDS[mood], share=f"{100 * share:.0f}")
                for mood, share in ranked
                if share >= _LEAST_SHARE
            ]
            word = wording.TONE_WORDS[tone.mood]
            yield Line(wording.TONE.format(word=word, shares=", ".join(shares)), wording.ROLES[role])


def _spoken_of(conversation: Conversation) -> Iterator[Line]:
    insights = conversation.insights
    if insights.key_phrases:
        yield Line(" · ".join(insights.key_phrases), wording.KEY_PHRASES)
    for kind in dict.fromkeys(named.kind for named in insights.named):
        texts = [named.text for named in insights.named if named.kind == kind]
        yield Line(" · ".join(texts), wording.ENTITIES.get(kind, _in_words(kind).capitalize()))


def _felt(feeling: Feeling) -> Iterator[str]:
    yield from _scored(wording.FELT, feeling.overall)
    if feeling.quarters:
        yield ", ".join(_over_time(feeling.quarters))
    else:
        shift = [*_scored(wording.FELT_AT_FIRST, feeling.first), *_scored(wording.FELT_AT_LAST, feeling.last)]
        if shift:
            yield ", ".join(shift)
    if feeling.without_agent is not None:
        with_one = _scored(wording.FELT_WITH_AGENT, feeling.with_agent)
        without = _scored(wording.FELT_WITHOUT_AGENT, feeling.without_agent)
        yield ", ".join([*with_one, *without])


def _scored(template: str, score: float | None) -> Iterator[str]:
    if score is not None:
        yield template.format(word=_feeling_word(score), score=_score(score))


def _over_time(quarters: Iterable[Quarter]) -> Iterator[str]:
    """Yield how it went on, with quarters that felt the same as one."""
    runs: list[tuple[str, int, int]] = []
    for quarter in quarters:
        word = _feeling_word(quarter.score)
        begin = runs.pop()[1] if runs and runs[-1][0] == word else quarter.begins
        runs.append((word, begin, quarter.ends))
    if len(runs) == 1:
        yield wording.FELT_THROUGHOUT.format(word=runs[0][0])
        return
    for position, (word, begin, end) in enumerate(runs):
        template = wording.FELT_THEN if position else wording.FELT_FROM
        yield template.format(word=word, begin=clock(begin), end=clock(end))


def _feeling_word(score: float) -> str:
    return next(word for most, word in wording.FEELING_WORDS if score <= most)


def _score(score: float) -> str:
    return f"{score:+.1f}".replace("-", "−").replace("+0.0", "0").replace("−0.0", "0")


def _numbers(conversation: Conversation) -> Iterator[Line]:
    known = conversation.numbers
    if known.duration:
        yield Line(clock(known.duration), wording.LASTED)
    talked = [
        f"{_role(role)} {clock(time)}{_share(time, known.duration)}" for role, time in _each(known.talk)
    ]
    if known.silence is not None and known.duration:
        silent = clock(known.silence) + _share(known.silence, known.duration)
        talked.append(wording.SILENCE.format(time=silent))
    if talked:
        yield Line(", ".join(talked), wording.TALKED_FOR)
    if known.words_per_minute:
        speeds = [f"{_role(role)} {speed}" for role, speed in _each(known.words_per_minute)]
        yield Line(", ".join(speeds), wording.TALK_SPEED)
    if known.interruption_count is not None:
        yield Line(_interruptions(conversation), wording.INTERRUPTIONS)
    first: list[tuple[Role, int | None]] = [("bot", known.bot_greeting), ("agent", known.greeting)]
    greetings = [
        wording.ANSWERED_AFTER.format(role=_role(role), time=_seconds(time)) for role, time in first if time
    ]
    if greetings:
        yield Line(", ".join(greetings), wording.FIRST_ANSWER)
    answers = [_answer(conversation, role) for role in _SIDES if role in known.response]
    if answers:
        yield Line("; ".join(answers), wording.ANSWERS)


def _interruptions(conversation: Conversation) -> str:
    known = conversation.numbers
    if not known.interruption_count:
        return wording.NO_INTERRUPTIONS
    total = wording.INTERRUPTED.format(
        count=known.interruption_count, time=_seconds(known.interruption_time or 0)
    )
    by = [
        wording.INTERRUPTED_BY.format(count=count, role=_role(role))
        for role, count in _each(known.interruptions)
    ]
    return f"{total}: {', '.join(by)}" if by else total


def _answer(conversation: Conversation, role: Role) -> str:
    average = wording.ANSWERED_IN.format(role=_role(role), time=_seconds(conversation.numbers.response[role]))
    longest = conversation.numbers.longest_response.get(role)
    return (
        average if longest is None else f"{average}, {wording.LONGEST_ANSWER.format(time=_seconds(longest))}"
    )


def _each(by_role: Mapping[Role, int]) -> Iterator[tuple[Role, int]]:
    return ((role, by_role[role]) for role in _SIDES if role in by_role)


def _role(role: Role) -> str:
    return wording.ROLES[role].lower()


def _share(part: int, whole: int | None) -> str:
    return f" ({100 * part / whole:.0f} %)" if whole and part <= whole else ""


def _seconds(milliseconds: int) -> str:
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds // 1000} s" if milliseconds < 60_000 else clock(milliseconds)
