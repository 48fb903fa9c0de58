"""Reads `docs/specification.md` and what cites it: numbers, their marks, facts about the services."""

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "specification.md"
FACTS = ROOT / "docs" / "facts"

#: What begins a number that is not built at all, and what is not built of another.
NOT_YET = "*Not yet.*"
MARK = "[*not yet:*"

_LETTERS = "STCPMXVKFARO"
_ID = rf"[{_LETTERS}][1-9][0-9]?"
_ITEM = re.compile(rf"^- \*\*({_ID})\*\* (.*?)(?=^- |^#|\Z)", re.MULTILINE | re.DOTALL)
#: Beside a word character, an id is part of something else: 2026-11-02T10:00, CASE_T3, S3Bucket.
_CITED = re.compile(rf"(?<![\w#.$&-])({_ID})(?![\w%]|\.[0-9])")
_IN_A_NAME = re.compile(rf"(?<=_)({_ID})(?=_|$)")
_CASE = re.compile(rf"({_ID})(?= )")
#: A word in backquotes that is not an ordinary one.
_NAME = re.compile(r"`([a-z]+(?:_[a-z]+)+|doctor)`")
_SECTION = r"(?:[0-9]{1,2}(?:\.[0-9]{1,2})?|[A-D][0-9]?)(?![\w.]*\w)"
_FACT = re.compile(rf"facts/([a-z0-9-]+\.(?:md|json))(?:\s+({_SECTION}(?:(?:,| and|, and)\s+{_SECTION})*))?")
_HEADING = re.compile(r"^#{2,4} ([0-9]{1,2}(?:\.[0-9]{1,2})?|[A-D][0-9]?)\.?[ :]", re.MULTILINE)
_ENUMERATED = re.compile(r"^([0-9]{1,2})\. ", re.MULTILINE)


@dataclass(frozen=True)
class Specification:
    """The specification. ``texts`` has what each number says, marks and all."""

    texts: dict[str, str]
    page: str

    @staticmethod
    def of(page: str) -> "Specification":
        """Return the specification that a page is. Raises ValueError where its marks cannot be read."""
        specification = Specification({}, page)
        rest = page.replace(NOT_YET, "")
        for part in _marked(page):
            rest = rest.replace(f"{MARK}{part}]", "")
        if re.search(r"\bnot\s+yet\b", rest, re.IGNORECASE):
            raise ValueError("an unreadable mark: expected " + MARK + " …]")
        for number, text in _ITEM.findall(page):
            if number in specification.texts:
                raise ValueError(f"{number} is there twice")
            specification.texts[number] = text
        return specification

    @property
    def unbuilt(self) -> set[str]:
        """The numbers of which nothing is built."""
        return {number for number, text in self.texts.items() if text.startswith(NOT_YET)}

    @property
    def built(self) -> set[str]:
        """The numbers of which something is built."""
        return self.texts.keys() - self.unbuilt

    @property
    def promised_names(self) -> set[str]:
        """The names of settings, values and commands that only what is not built tells of."""
        marks = list(_marked(self.page))
        unbuilt = [text for text in self.texts.values() if text.startswith(NOT_YET)]
        rest = self.page
        for text in [*unbuilt, *(f"{MARK}{mark}]" for mark in marks)]:
            rest = rest.replace(text, "")
        named = set(_NAME.findall("\n".join([*unbuilt, *marks])))
        return {name for name in named if f"`{name}`" not in rest}


def _marked(page: str) -> Iterator[str]:
    """Yield what stands in marks. Raises ValueError where one does not end, holds another, or nothing."""
    for part in page.split(MARK)[1:]:
        depth, end = 1, None
        for place, character in enumerate(part):
            depth += {"[": 1, "]": -1}.get(character, 0)
            if depth == 0:
                end = place
                break
        shown = repr(part[:60])
        if end is None:
            raise ValueError(f"a mark that does not end: {shown}")
        if not part[:end].strip():
            raise ValueError("a mark of nothing")
        if part[end + 1 : end + 2] == "(":
            raise ValueError(f"a mark that would be a link: {shown}")
        yield part[:end]


def unknown_in(path: Path, text: str, known: Collection[str]) -> list[str]:
    """Return the numbers that a file cites and that are not among the ``known``, in order."""
    like_numbers = {*_CITED.findall(text), *_IN_A_NAME.findall(text)}
    if like_numbers <= set(known):
        return []  # reading Python word by word takes its time
    return sorted(cited_in(path, text) - set(known))


def cited_in(path: Path, text: str) -> set[str]:
    """Return the numbers that a file cites.

    Of Python its comments, strings and tests' names are looked at, of other files everything. Sections of
    fact pages look alike and are left out. Amazon's S3 is taken for S3 here, which exists: that does no harm.
    """
    if path.suffix == ".py":
        text = "\n".join(_words_of(text))
    return set(_CITED.findall(_FACT.sub(" ", text)))


def _words_of(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or "STRING" in tokenize.tok_name[token.type]:
            yield token.string
        elif token.type == tokenize.NAME and token.string.startswith("test_"):
            yield " ".join(_IN_A_NAME.findall(token.string))


def named_by_tests(path: Path, source: str) -> set[str]:
    """Return the numbers that the tests of a file prove: in their names, or as what a case begins with."""
    named: set[str] = set()
    for node in statements(tree := ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            named |= set(_IN_A_NAME.findall(node.name))
    if path.name.startswith("cases_"):
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        named |= {case[1] for text in texts if isinstance(text, str) and (case := _CASE.match(text))}
    return named


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is nested in a module's or a statement's blocks, at any depth, but no expressions.

    `ast.walk` takes ten times as long for the same functions and classes.
    """
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, block, ()):
            yield inner
            yield from statements(inner)


def sections_cited(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the fact pages that a text cites, each with a section, or None where it cites the page."""
    for page, sections in _FACT.findall(text):
        yield page, None
        for section in re.findall(_SECTION, sections):
            yield page, section


def sections_of(page: str) -> set[str]:
    """Return the sections of a fact page: the numbers of its headings, and in lists below them."""
    found: set[str] = set()
    headings = list(_HEADING.finditer(page))
    ends = [*(heading.start() for heading in headings[1:]), len(page)]
    for heading, end in zip(headings, ends, strict=False):
        body = page[heading.end() : end]
        found.add(heading[1])
        found |= {f"{heading[1]}.{number}" for number in _ENUMERATED.findall(body)}
    return found


def project_files(*suffixes: str) -> Iterator[Path]:
    """Yield the project's own files with these endings, without what setup and builds have made."""
    folders = ["administration", "docs", "events", "functions", "infra", "layers", "local", "tests"]
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
    yield from sorted(path for path in ROOT.iterdir() if path.suffix in suffixes)
