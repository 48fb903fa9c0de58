"""Reads the HTML of a comment as an agent's browser would, and refuses what has no place in it."""

from html.parser import HTMLParser

ALLOWED = {"p", "b", "br", "a"}


class Page(HTMLParser):
    """The lines of a comment as they are read, and the addresses it links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.links: list[str] = []
        self.feed(html)
        self.close()
        self.lines = [line for line in self.lines if line]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"<{tag}> in a comment"
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else []), f"attributes on <{tag}>"
        if tag == "a":
            address = attrs[0][1] or ""
            assert address.startswith("https://"), "a link that leads astray"
            self.links.append(address)
        if tag in ("p", "br"):
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("an HTML comment in a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration in a comment")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction in a comment")

    def value(self, name: str) -> str | None:
        """Return what is said under a name, or None where nothing is."""
        for line in self.lines:
            if line.startswith(f"{name}: "):
                return line.removeprefix(f"{name}: ")
        return None
