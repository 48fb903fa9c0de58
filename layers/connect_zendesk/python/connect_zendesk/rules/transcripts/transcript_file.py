"""A conversation as a document of its own: for what is too long for a comment (X5).

A page that needs nothing else, reads well with a screen reader, in the dark and on paper. It may run no
script and load nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from re import compile as pattern
from typing import Protocol

from connect_zendesk.rules import wording
from connect_zendesk.rules.tickets.comment import escape
from connect_zendesk.rules.transcripts import transcript_words
from connect_zendesk.rules.transcripts.conversation import Conversation, Turn
from connect_zendesk.rules.transcripts.transcript_words import Section, TranscriptView

#: UTF-8 bytes of a document. Zendesk takes files of 50 MB.
LARGEST_PART = 45_000_000
_RESERVE = 10_000
_LANGUAGE = pattern(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")

_STYLE = """
:root { color-scheme: light dark; --ink: #23262b; --soft: #565c65; --line: #d9d5cb; --paper: #fffefb;
  --customer: #1d6b5f; --agent: #2d4a7c; --bot: #7a4b00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e5df; --soft: #a3a8b0; --line: #3a3f46;
  --paper: #1d2024; --customer: #7cc7b8; --agent: #a9c3ee; --bot: #e3b15f; } }
body { margin: 2rem auto; max-width: 46rem; padding: 0 1.25rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1rem; margin: 1.75rem 0 0.4rem; border-bottom: 1px solid var(--line); }
p, ul, ol { margin: 0.4rem 0; }
.quiet, time, .role { color: var(--soft); font-size: 0.875rem; }
.remark { border-inline-start: 3px solid var(--line); padding-inline-start: 0.75rem; }
.bar { letter-spacing: 0.1em; }
.turns { list-style: none; padding: 0; }
.turns li { margin: 0.9rem 0; padding-inline-start: 0.8rem; border-inline-start: 3px solid var(--line);
  break-inside: avoid; }
.turns .customer { border-color: var(--customer); }
.turns .agent, .turns .supervisor { border-color: var(--agent); margin-inline-start: 2.5rem; }
.turns .bot { border-color: var(--bot); margin-inline-start: 2.5rem; }
.customer b { color: var(--customer); }
.agent b, .supervisor b { color: var(--agent); }
.bot b { color: var(--bot); }
.turns .event, .turns .system { margin-inline-start: 2.5rem; }
.turns .event { border: 0; color: var(--soft); font-size: 0.875rem; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } :root { --paper: #fff; --ink: #000; } }
"""


class Sink(Protocol):
    """Where the document goes, text by text; `next_part` begins another file."""

    def write(self, text: str, /) -> object:
        """Take a text."""

    def next_part(self) -> object:
        """Begin the next file: what comes now is a document of its own."""


class Document:
    """A document in the making: it is written as the turns come, and takes no memory."""

    def __init__(self, conversation: Conversation, view: TranscriptView, sink: Sink) -> None:
        self._conversation, self._view, self._sink = conversation, view, sink
        self._began = transcript_words.began_at(conversation, view)
        language = conversation.language or ""
        self._language = f' lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
        self._silent = conversation.items == ()
        self._written = 0
        self._day = ""
        self._empty = True
        self.parts = 1
        self._begin()

    def add(self, turn: Turn) -> None:
        """Write the next turn."""
        html = "".join(self._turn(turn))
        if self._written + len(html.encode()) > LARGEST_PART - _RESERVE and not self._empty:
            self._end(wording.CONTINUES)
            self._sink.next_part()
            self.parts += 1
            self._written = 0
            self._begin()
        self._empty = False
        self._write(html)

    def end(self) -> None:
        """Write the end."""
        self._end(wording.NOTHING_SAID if self._empty and self.parts == 1 else None)

    def _begin(self) -> None:
        title = escape(transcript_words.title(self._conversation))
        if self.parts > 1:
            title += " · " + escape(wording.PART.format(part=self.parts))
        self._write(
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta http-equiv="Content-Security-Policy"'
            " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
        )
        about = transcript_words.circumstances(self._conversation, self._view)
        self._write(f'<p class="quiet">{escape(about)}</p>\n')
        for remark in transcript_words.remarks(self._conversation, self._view):
            self._write(f'<p class="remark">{escape(remark)}</p>\n')
        self._write("</header>\n<main>\n")
        if self.parts == 1:
            for section in transcript_words.sections(self._conversation):
                self._write("".join(self._section(section)))
        if not self._silent:
            self._write(f'<section>\n<h2>{escape(wording.CONVERSATION)}</h2>\n<ol class="turns">\n')
        self._empty = True

    def _end(self, last: str | None) -> None:
        note = f'<p class="quiet">{escape(last)}</p>\n' if last else ""
        ending = "" if self._silent else f"</ol>\n{note}</section>\n"
        self._write(f"{ending}</main>\n</body>\n</html>\n")

    def _write(self, text: str) -> None:
        self._written += len(text.encode())
        self._sink.write(text)

    def _section(self, section: Section) -> Iterator[str]:
        yield f"<section>\n<h2>{escape(section.heading)}</h2>\n"
        prose = section.heading == wording.SUMMARY_HEADING
        yield "" if prose else "<ul>\n"
        for line in section.lines:
            label = f"<b>{escape(line.label)}:</b> " if line.label else ""
            bar = f'<span class="bar" aria-hidden="true">{line.bar}</span> ' if line.bar else ""
            text = f'{label}{bar}<span dir="auto">{escape(line.text)}</span>'
            yield f"<p>{text}</p>\n" if prose else f"<li>{text}</li>\n"
        yield "</section>\n" if prose else "</ul>\n</section>\n"

    def _turn(self, turn: Turn) -> Iterator[str]:
        timestamp = transcript_words.timestamp(turn, self._began, self._view)
        if timestamp is not None and (day := f"{timestamp:%Y-%m-%d}") != self._day:
            if self._day:
                yield f'<li class="event">{day}</li>\n'
            self._day = day
        times = self._times(turn, timestamp)
        if turn.kind == "event":
            event = transcript_words.event(turn, self._view, lambda name: f"<bdi>{escape(name)}</bdi>")
            yield f'<li class="event">{times} {event}</li>\n'
            return
        yield f'<li class="{turn.role}">{self._speaker(turn)} {times}'
        for detail in transcript_words.details(turn):
            yield f' <span class="quiet">· {escape(detail)}</span>'
        said = "\n".join(transcript_words.words(turn))
        yield f'\n<div class="said" dir="auto"{self._language}>{escape(said)}</div></li>\n'

    def _speaker(self, turn: Turn) -> str:
        name, role = transcript_words.speaker(turn, self._view), wording.ROLES[turn.role]
        if name is None:
            return f"<b>{escape(role)}</b>"
        return f'<b><bdi>{escape(name)}</bdi></b> <span class="role">({escape(role.lower())})</span>'

    @staticmethod
    def _times(turn: Turn, timestamp: datetime | None) -> str:
        shown = [transcript_words.clock(turn.offset)] if turn.offset is not None else []
        if timestamp is None:
            return f"<time>{shown[0]}</time>" if shown else ""
        shown.append(f"{timestamp:%H:%M:%S}")
        return f'<time datetime="{timestamp.isoformat(timespec="seconds")}">{" · ".join(shown)}</time>'
