"""Conversations for the tests of rendering, and what reads what was rendered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from connect_zendesk.rules.transcripts.conversation import Conversation, Turn
from connect_zendesk.rules.transcripts.transcript_comment import Rendered, TranscriptView, render

LEG = "aaaaaaaa-0000-4000-8000-000000000001"
BEGAN = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
LONDON = TranscriptView("Europe/London")
_EMPTY = frozenset({"br", "meta", "hr"})
#: What Zendesk is sure to keep in a comment.
KEPT = frozenset({"p", "br", "strong", "em", "ul", "li"})


class Files:
    """A sink that keeps all."""

    def __init__(self) -> None:
        self._parts: list[list[str]] = [[]]

    def write(self, text: str, /) -> None:
        self._parts[-1].append(text)

    def next_part(self) -> None:
        self._parts.append([])

    @property
    def all(self) -> list[str]:
        """The parts, each as one text."""
        return ["".join(part) for part in self._parts]


class Page(HTMLParser):
    """HTML as a browser would see it: its elements, and its text. Fails where it is not well made."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.text = "".join(self._texts)
        assert self._open == [], f"not closed: {self._open}"

    @property
    def names(self) -> set[str]:
        """The elements' names."""
        return {name for name, _ in self.elements}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("p", "br", "li", "div"):
            self._texts.append("\n")
        if tag == "p":
            assert "p" not in self._open, "a paragraph in a paragraph"
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self._texts.append(data)


def said(text: str, role: Any = "customer", second: int = 0, **more: Any) -> Turn:
    """Return a message of a chat."""
    return Turn("message", role, text=text, at=BEGAN + timedelta(seconds=second), **more)


def spoken(text: str, role: Any = "customer", offset: int = 0, **more: Any) -> Turn:
    """Return something said in a call."""
    return Turn("message", role, text=text, offset=offset, ends=offset + 1_000, **more)


def chat(*turns: Turn, **more: Any) -> Conversation:
    """Return a chat's transcript."""
    return Conversation("chat", LEG, list(turns), **{"began": BEGAN, **more})


def call(*turns: Turn, **more: Any) -> Conversation:
    """Return an analysed call."""
    return Conversation("lens_voice", LEG, list(turns), **{"began": BEGAN, **more})


def rendered(conversation: Conversation, view: TranscriptView = LONDON) -> tuple[Rendered, list[str]]:
    """Return the comment and the documents of a conversation, both checked to be well made."""
    files = Files()
    comment = render(conversation, view, files)
    page = Page(comment.html)
    assert page.names <= KEPT
    assert all(not attributes for _, attributes in page.elements)
    for document in files.all:
        assert document.startswith("<!doctype html>")
        assert document.endswith("</html>\n")
        Page(document.removeprefix("<!doctype html>"))
    assert len(files.all) == comment.parts
    return comment, files.all


def text_of(conversation: Conversation, view: TranscriptView = LONDON) -> str:
    """Return what is read in the comment."""
    return Page(rendered(conversation, view)[0].html).text


def lines_of(conversation: Conversation, view: TranscriptView = LONDON) -> list[str]:
    """Return the lines of the comment, without empty ones."""
    return [line for line in text_of(conversation, view).split("\n") if line.strip()]


def many(count: int, words: str = "something that was said") -> Iterable[Turn]:
    """Yield so many turns, of customer and agent in turn."""
    for number in range(count):
        yield said(f"{words} {number}", "agent" if number % 2 else "customer", number)
