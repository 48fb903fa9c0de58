"""Comments as Zendesk keeps them: the HTML it lets through, and the plain text of it."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEPT = _words(
    "a abbr b big blockquote br cite code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img "
    "ins kbd li ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
)
_ATTRIBUTES = {"a": ("href", "title"), "img": ("src", "alt", "width", "height"), "td": ("colspan", "rowspan"),
               "th": ("colspan", "rowspan"), "ol": ("start",)}  # fmt: skip
_EMPTY = frozenset({"br", "hr", "img"})
_SILENT = frozenset(
    {"script", "style", "iframe", "object", "embed", "template", "title", "textarea", "noscript"}
)
_SAFE_LINK = re.compile(r"(https?:|mailto:|tel:|/|#)", re.IGNORECASE)
_LINE = _words("blockquote br dd div dl dt figure h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul")


class _Sanitiser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if self._silent or tag not in _KEPT:
            return
        kept = "".join(
            f' {name}="{escape(value)}"'
            for name, value in attrs
            if value is not None
            and name in _ATTRIBUTES.get(tag, ())
            and (name not in ("href", "src") or _SAFE_LINK.match(value.strip()))
        )
        self.parts.append(f"<{tag}{kept}>")
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag in self._open:
            while (closed := self._open.pop()) != tag:
                self.parts.append(f"</{closed}>")
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(escape(data, quote=False))

    def finished(self) -> str:
        self.close()
        self.parts.extend(f"</{tag}>" for tag in reversed(self._open))
        return "".join(self.parts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LINE:
            self.parts.append("\n")
        elif tag in ("td", "th") and self.parts and not self.parts[-1].endswith(("\n", " ")):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def sanitised(html: str) -> str:
    """Return the markup that Zendesk keeps of `html`: no scripts, no handlers, no unknown elements."""
    sanitiser = _Sanitiser()
    sanitiser.feed(html)
    return sanitiser.finished()


def plain_text(html: str) -> str:
    """Return what a reader sees of `html`: entities decoded, blocks on lines of their own."""
    text = _Text()
    text.feed(sanitised(html))
    text.close()
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in "".join(text.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def stripped(body: str) -> str:
    """Return a comment's `body` with elements taken out, as Zendesk strips HTML from plain comments."""
    return re.sub(r"</?[a-zA-Z][^<>]*>", "", body)


def as_html(body: str) -> str:
    """Return a plain comment as the HTML that the API shows beside it."""
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in body.split("\n\n"))
