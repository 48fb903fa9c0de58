"""The code uses the words of docs/glossary.md: its own ones, and none of those that are not used."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.specification import statements

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
PACKAGE = "layers/connect_zendesk/python/connect_zendesk"
FOLDERS = (PACKAGE, "functions", "infra", "administration", "local")

#: Words that a reader of the code meets first; the page may have more.
OWN = {
    *("contact", "leg", "root", "pop", "link", "step", "head", "snapshot", "draft", "settle", "forced"),
    *("placeholder", "follow-up", "pause", "pace", "claim", "ledger", "stage", "requester", "report"),
}


@dataclass(frozen=True)
class Own:
    """A row of the first table."""

    word: str
    meaning: str
    place: str


@dataclass(frozen=True)
class NotUsed:
    """A row of the second table: words, or phrases, and what to say instead."""

    phrases: tuple[str, ...]
    instead: str
    where: frozenset[str]


def rows(page: str, heading: str) -> list[tuple[str, str, str]]:
    _, _, rest = page.partition(f"\n## {heading}\n")
    lines = [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    found = [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines]
    return [(one, two, three) for one, two, three in found[1:]]


def own_words(page: str) -> list[Own]:
    return [Own(*row) for row in rows(page, "The project's own words")]


def not_used(page: str) -> list[NotUsed]:
    return [
        NotUsed(tuple(phrases.split(", ")), instead, frozenset(where.split(", ")))
        for phrases, instead, where in rows(page, "Words that are not used")
    ]


def words_of(name: str) -> list[str]:
    """Return the words of a name in snake_case, CamelCase or CAPITALS, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


@cache
def names_in(source: str) -> frozenset[str]:
    """Return every name that a module gives: to classes, functions, parameters, attributes, constants."""
    return frozenset(_names_in(source))


def _names_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name


def prose_in(source: str) -> Iterator[str]:
    """Yield each docstring, and each comment with the lines that continue it, on one line."""
    tree = ast.parse(source)
    for node in (tree, *statements(tree)):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield " ".join((ast.get_docstring(node) or "").split())
    block: list[str] = []
    last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if block and token.start[0] != last + 1:
            yield " ".join(block)
            block = []
        block.append(token.string.lstrip("#: "))
        last = token.start[0]
    if block:
        yield " ".join(block)


@cache
def spelt_out(name: str) -> str:
    """Return the words of a name with a space around each."""
    return f" {' '.join(words_of(name))} "


def in_a_name(phrase: str, name: str) -> bool:
    return f" {phrase} " in spelt_out(name)


def in_prose(phrase: str, text: str) -> bool:
    if phrase.casefold() not in text.casefold():  # much cheaper than the pattern, and most often so
        return False
    return re.search(rf"\b{re.escape(phrase)}\b", text, re.IGNORECASE) is not None


def modules() -> Iterator[tuple[str, str]]:
    """Yield the path of each module, from the root, and its source."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def words_in_names(path: str, source: str, table: list[NotUsed]) -> list[tuple[str, str, str]]:
    """Return each name of a module, its own included, that has a word that is not used: path, name, word."""
    names = {Path(path).stem, Path(path).parent.name, *names_in(source)}
    phrases = [phrase for row in table if "names" in row.where for phrase in row.phrases]
    return [(path, name, phrase) for name in sorted(names) for phrase in phrases if in_a_name(phrase, name)]


def words_in_prose(path: str, source: str, table: list[NotUsed]) -> list[tuple[str, str, str]]:
    """Return each docstring and comment of a module that has a word that is not used."""
    phrases = [phrase for row in table if "prose" in row.where for phrase in row.phrases]
    return [
        (path, phrase, text[:80]) for text in prose_in(source) for phrase in phrases if in_prose(phrase, text)
    ]


def unused_or_unexplained(page: str, names: set[str]) -> list[str]:
    """Return the own words without a meaning, without a place that exists, or that no name has."""
    used = {word for name in names for word in words_of(name)}
    return [
        own.word
        for own in own_words(page)
        if not own.meaning.endswith(".")
        or not any((ROOT / base / own.place.strip("`")).is_file() for base in (PACKAGE, ""))
        or not {*words_of(own.word)} <= {*used, *(word.removesuffix("s") for word in used)}
    ]


def test_no_name_has_a_word_that_is_not_used() -> None:
    table = not_used(PAGE)
    assert [hit for path, source in modules() for hit in words_in_names(path, source, table)] == []


def test_no_docstring_or_comment_has_a_word_that_is_not_used() -> None:
    table = not_used(PAGE)
    assert [hit for path, source in modules() for hit in words_in_prose(path, source, table)] == []


def test_every_own_word_is_explained_and_used() -> None:
    names = {name for path, source in modules() for name in (Path(path).stem, *names_in(source))}
    assert {own.word for own in own_words(PAGE)} >= OWN
    assert unused_or_unexplained(PAGE, names) == []


def test_no_word_is_in_both_tables() -> None:
    own = {word for row in own_words(PAGE) for word in words_of(row.word)}
    assert [phrase for row in not_used(PAGE) for phrase in row.phrases if phrase in own] == []


@pytest.mark.parametrize("row", not_used(PAGE), ids=lambda row: row.phrases[0])
def test_each_row_says_what_to_say_instead_and_where(row: NotUsed) -> None:
    assert row.instead
    assert row.where in ({"names"}, {"names", "prose"})


# That each of these checks can fail

TABLE = [NotUsed(("told", "comes back"), "reported", frozenset({"names", "prose"}))]


@pytest.mark.parametrize(
    "source",
    [
        "told = 1",
        "def is_told(): ...",
        "class ToldFile: ...",
        "def keep(told): ...",
        "self.told_at = 1",
        "import told_files as told",
        "TOLD_ALREADY = 1",
        "x: int = (told := 1)",
        "for told in (): ...",
        "async def comes_back(): ...",
        "try: ...\nexcept ValueError as told: ...",
        "match 1:\n    case told: ...",
        "class Told:\n    comesBack = 1",
    ],
)
def test_a_word_in_any_kind_of_name_is_found(source: str) -> None:
    assert words_in_names("local/module.py", source, TABLE)


@pytest.mark.parametrize("path", ["local/told_files.py", "local/told/module.py"])
def test_a_word_in_the_name_of_a_module_or_its_folder_is_found(path: str) -> None:
    assert words_in_names(path, "", TABLE)


@pytest.mark.parametrize("source", ["stolds = 1", "key = 'told'", "comes = back = 1", "item['told'] = 1"])
def test_a_name_that_only_looks_like_it_is_not(source: str) -> None:
    assert not words_in_names("local/module.py", source, TABLE)


@pytest.mark.parametrize(
    "source",
    [
        '"""What a record told."""',
        'def f():\n    """It comes\n    back."""',
        'class C:\n    """Told."""',
        "x = 1  # told",
        "# it comes\n# back\nx = 1",
        "#: It comes\n#: back.\nx = 1",
    ],
)
def test_a_word_in_a_docstring_or_a_comment_is_found(source: str) -> None:
    assert words_in_prose("local/module.py", source, TABLE)


@pytest.mark.parametrize("source", ['KEY = "told"', "# it comes\nx = 1\n# back", "# retold"])
def test_a_word_in_other_text_is_not(source: str) -> None:
    assert not words_in_prose("local/module.py", source, TABLE)


@pytest.mark.parametrize(
    "row",
    [
        "| leg |  | `ledger/legs.py` |",
        "| leg | A leg. | `ledger/no_such_module.py` |",
        "| gramophone | A word that no name has. | `ledger/legs.py` |",
    ],
)
def test_an_own_word_without_meaning_place_or_use_is_found(row: str) -> None:
    page = f"\n## The project's own words\n\n| word | meaning | where |\n|---|---|---|\n{row}\n"
    assert unused_or_unexplained(page, {"leg_files"})
    assert not unused_or_unexplained(page.replace(row, "| leg | A leg. | `ledger/legs.py` |"), {"leg_files"})
