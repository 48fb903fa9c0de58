"""A conversation as a private comment, and as a file where it is too long for one (X1, X2, X5, X6).

Zendesk keeps some HTML in a comment: paragraphs, lists, bold and italics are certain, and all that is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import bidirectional

from connect_zendesk.rules import wording
from connect_zendesk.rules.tickets.comment import escape, recording_line
from connect_zendesk.rules.transcripts import transcript_words
from connect_zendesk.rules.transcripts.conversation import Conversation, Turn
from connect_zendesk.rules.transcripts.transcript_file import Document, Sink
from connect_zendesk.rules.transcripts.transcript_words import Section, TranscriptView

__all__ = ["Rendered", "Sink", "TranscriptView", "render"]

#: UTF-8 bytes that a part of a comment may have as HTML: the conversation is left half the room.
_LONGEST_SECTION = 5_000
_LONGEST_LINE = 1_500
_LONGEST_SUMMARY_LINE = 5_000
_LONGEST_REMARKS = 3_000
_LONGEST_TURN = 8_000
_LONGEST_NAME = 1_000
#: Bytes for what is said of the cut, and for the end of a paragraph.
_RESERVE = 3_000
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _END = "\u2068", "\u2069"


@dataclass(frozen=True)
class Rendered:
    """A conversation's comment: its HTML, whether that is all of it, and how much there is.

    ``turns`` counts the entries of the whole, ``shown`` those in the comment. Where ``complete``, no reader
    needs the file. ``parts`` counts the documents that were written.
    """

    html: str
    complete: bool
    turns: int
    shown: int
    parts: int = 1


def render(conversation: Conversation, view: TranscriptView, sink: Sink) -> Rendered:
    """Return a conversation's comment within the view's ``room``, and write the whole as a document.

    Goes through the conversation once and keeps no more of it than the comment shows. ``sink`` takes the text
    of the document as it comes; it is in parts, each a document of its own, where it is too long for Zendesk.
    """
    document = Document(conversation, view, sink)
    comment = _Comment(conversation, view)
    for turn in conversation.items:
        document.add(turn)
        comment.add(turn)
    document.end()
    return Rendered(comment.html(), comment.complete, comment.turns, comment.shown, document.parts)


class _Comment:
    """A comment in the making."""

    def __init__(self, conversation: Conversation, view: TranscriptView) -> None:
        self._conversation, self._view = conversation, view
        self._began = transcript_words.began_at(conversation, view)
        self._silent = conversation.items == ()
        self._shortened = False
        # What a caller left a message for is to be seen at once; of a conversation, what it came to.
        words_first = conversation.kind == "voicemail"
        remarks, sections = "".join(self._remarks()), "".join(self._sections())
        heading = self._heading() if remarks or sections else ""
        self._before = remarks if words_first else remarks + sections + heading
        self._after = sections if words_first else ""
        self._parts: list[str] = []
        self._room = view.room - _RESERVE - len((self._before + self._after).encode())
        self._last: Turn | None = None
        self._day = ""
        self._full = False
        self.turns = self.shown = 0

    @property
    def complete(self) -> bool:
        """Whether all of the conversation is in it."""
        return self.shown == self.turns and not self._shortened

    def add(self, turn: Turn) -> None:
        """Take the next turn, if there is room; after one without, no more are taken."""
        self.turns += 1
        if self._full:
            return
        html = "".join(self._turn(turn))
        if len(html.encode()) > self._room:
            self._full = True
            return
        self._room -= len(html.encode())
        self._parts.append(html)
        self._last = turn
        self.shown += 1

    def html(self) -> str:
        """Return the comment."""
        said = "".join(self._parts) + ("</p>" if self._parts else "")
        if not self.turns and not self._silent:
            said = _paragraph(f"<em>{escape(wording.NOTHING_SAID)}</em>")
        cut = ""
        if self.shown < self.turns:
            cut = wording.CUT.format(
                shown=f"{self.shown:,}", turns=f"{self.turns:,}", file=self._view.file_name
            )
        elif self._shortened:
            cut = wording.CUT_TEXT.format(file=self._view.file_name)
        note = _paragraph(f"<em>{escape(cut)}</em>") if cut else ""
        return self._head(cut) + self._before + said + self._after + note

    def _head(self, cut: str) -> str:
        words = transcript_words
        lines = [words.circumstances(self._conversation, self._view), *([cut] if cut else [])]
        quiet = "<br>".join(f"<em>{escape(line)}</em>" for line in lines)
        heard = f"<br>{recording_line(self._view.recording)}" if self._view.recording else ""
        return _paragraph(f"<strong>{escape(words.title(self._conversation))}</strong><br>{quiet}{heard}")

    def _remarks(self) -> Iterator[str]:
        remarks = transcript_words.remarks(self._conversation, self._view)
        if remarks:
            yield _paragraph("<br>".join(self._fitting(remarks, _LONGEST_REMARKS, _LONGEST_LINE)))

    def _sections(self) -> Iterator[str]:
        yield from map(self._section, transcript_words.sections(self._conversation))

    def _heading(self) -> str:
        return "" if self._silent else _paragraph(f"<strong>{escape(wording.CONVERSATION)}</strong>")

    def _section(self, section: Section) -> str:
        heading = f"<strong>{escape(section.heading)}</strong>"
        longest = _LONGEST_SUMMARY_LINE if section.heading == wording.SUMMARY_HEADING else _LONGEST_LINE
        lines = [
            f"{line.label}: {line.bar or ''} {line.text}" if line.label else line.text
            for line in section.lines
        ]
        lines = [" ".join(line.split()) for line in lines]
        shown = self._fitting(lines, _LONGEST_SECTION, longest)
        if section.heading == wording.SUMMARY_HEADING:
            return _paragraph("<br>".join([heading, *shown]))
        if section.heading == wording.CATEGORIES:
            return _paragraph(f"{heading}<br>" + " · ".join(shown))
        return _paragraph(heading) + "<ul>" + "".join(f"<li>{line}</li>" for line in shown) + "</ul>"

    def _fitting(self, lines: list[str], room: int, longest: int) -> list[str]:
        """Return lines as HTML, as many as there is room for, each cut to a length in bytes."""
        shown: list[str] = []
        for position, line in enumerate(lines):
            html = self._shown(line, longest)
            room -= len(html.encode())
            if room < 0 and shown:
                self._shortened = True
                shown.append(escape(wording.MORE.format(count=len(lines) - position)))
                break
            shown.append(html)
        return shown

    def _shown(self, text: str, longest: int) -> str:
        """Return a text from outside as HTML of so many bytes, cut if need be."""
        if len(text) <= longest and len((html := escape(text)).encode()) <= longest:
            return _isolated(html)
        self._shortened = True
        return _isolated(_cut(text, longest)) + "…"

    def _turn(self, turn: Turn) -> Iterator[str]:
        """Yield a turn, in the paragraph of the one before where the same one goes on."""
        timestamp = transcript_words.timestamp(turn, self._began, self._view)
        times = [transcript_words.clock(turn.offset)] if turn.offset is not None else []
        if timestamp is not None:
            times.append(f"{timestamp:%H:%M:%S}")
            if (day := f"{timestamp:%Y-%m-%d}") != self._day:
                if self._day:
                    yield f"{self._ended()}<p><em>{day}</em>"
                    self._last = None
                self._day = day
        if turn.kind == "event":
            goes_on = self._last is not None and self._last.kind == "event"
            event = transcript_words.event(turn, self._view, lambda name: self._shown(name, _LONGEST_NAME))
            yield "<br>" if goes_on else self._new_paragraph()
            yield f"<em>{' · '.join([*times, event])}</em>"
            return
        beside = " · ".join([*times, *(escape(word) for word in transcript_words.details(turn))])
        if self._goes_on(turn):
            yield f"<br><em>{beside}</em>" if beside else ""
        else:
            yield self._new_paragraph() + self._speaker(turn) + (f" <em>{beside}</em>" if beside else "")
        for line in self._lines(turn):
            yield f"<br>{line}"

    def _lines(self, turn: Turn) -> Iterator[str]:
        room = _LONGEST_TURN
        lines = transcript_words.words(turn)
        for position, line in enumerate(lines):
            html = self._shown(line, max(room, 100))
            room -= len(html.encode())
            yield html
            if room < 0 and position < len(lines) - 1:
                self._shortened = True
                yield "…"
                return

    def _speaker(self, turn: Turn) -> str:
        mark, role = wording.ROLE_MARKS[turn.role], wording.ROLES[turn.role]
        name = transcript_words.speaker(turn, self._view)
        if name is None:
            return f"{mark} <strong>{escape(role)}</strong>"
        return f"{mark} <strong>{self._shown(name, _LONGEST_NAME)}</strong> ({escape(role.lower())})"

    def _goes_on(self, turn: Turn) -> bool:
        last = self._last
        same = last is not None and (last.role, last.name) == (turn.role, turn.name)
        return same and last is not None and last.kind != "event"

    def _new_paragraph(self) -> str:
        return self._ended() + "<p>"

    def _ended(self) -> str:
        return "</p>" if self._parts else ""


def _paragraph(html: str) -> str:
    return f"<p>{html}</p>"


def _isolated(html: str) -> str:
    """Return HTML of one line so that text from right to left turns nothing around it.

    By characters: no element that does so is sure to be kept. What came from outside has none of them.
    """
    if any(bidirectional(character) in _RIGHT_TO_LEFT for character in html):
        return f"{_ISOLATE}{html}{_END}"
    return html


def _cut(text: str, most: int) -> str:
    """Return the start of a text, as HTML of at most so many bytes."""
    low, high = 0, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(escape(text[:middle]).encode()) <= most else (low, middle - 1)
    return escape(text[:low])
