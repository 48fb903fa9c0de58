"""The specification is true of the repository: its numbers, its marks, and the facts that are cited."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.rules.settings.app_settings import FURTHER, FurtherSetting
from connect_zendesk.rules.settings.registry import REGISTRY, Setting
from tests.specification import (
    FACTS,
    PAGE,
    ROOT,
    Specification,
    cited_in,
    named_by_tests,
    project_files,
    sections_cited,
    sections_of,
    unknown_in,
)

SPECIFICATION = Specification.of(PAGE.read_text("utf-8"))
#: Pages that promise: all but the specification and the facts themselves.
PROMISES = [
    *sorted(ROOT.glob("*.md")),
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page != PAGE),
]
SETTINGS: tuple[Setting[Any] | FurtherSetting[Any], ...] = (*REGISTRY, *FURTHER)
NOT_IN_EFFECT = "Not in effect yet."
#: The linter's codes look like numbers of ours, and what is made up here is none.
NO_CITATIONS = frozenset({ROOT / "pyproject.toml", Path(__file__)})

MADE_UP = """\
## S. Settings
[*not yet:* `later_setting` and] `setting`.
- **S1** All of it holds.
- **S3** This holds[*not yet:* , and this [4.2] does
  not]; `kept` does.
## T. Tickets
- **T17** *Not yet.* `later_setting`: nothing.
"""


# What the repository says


def test_every_number_that_is_cited_exists() -> None:
    unknown = {
        str(path.relative_to(ROOT)): missing
        for path in project_files(".py", ".md", ".toml", ".js", ".html")
        if path not in NO_CITATIONS and not path.is_relative_to(FACTS)
        if (missing := unknown_in(path, path.read_text("utf-8"), SPECIFICATION.texts))
    }
    assert unknown == {}


def test_every_number_that_is_built_is_named_by_a_test() -> None:
    assert sorted(SPECIFICATION.built - _named()) == []


def test_no_test_names_a_number_of_which_nothing_is_built() -> None:
    assert sorted(SPECIFICATION.unbuilt & _named()) == [], "take the mark away, or parts of it"


@pytest.mark.parametrize("page", PROMISES, ids=lambda page: page.name)
def test_no_page_promises_what_is_not_built(page: Path) -> None:
    text = page.read_text("utf-8")
    assert sorted(cited_in(page, text) & SPECIFICATION.unbuilt) == []
    assert [term for term in SPECIFICATION.promised_names if f"`{term}`" in text] == []


@pytest.mark.parametrize("page", PROMISES, ids=lambda page: page.name)
def test_no_page_but_that_of_the_settings_names_one_that_is_not_in_effect(page: Path) -> None:
    not_in_effect = [setting.name for setting in SETTINGS if NOT_IN_EFFECT in setting.purpose]
    assert promised(page.name, page.read_text("utf-8"), not_in_effect) == []


def test_a_page_that_names_a_setting_that_is_not_in_effect_is_found() -> None:
    """There may be no such setting at a time: the one of this test is taken for one."""
    name = "speech_analysis"
    assert promised("settings.md", (ROOT / "docs" / "settings.md").read_text("utf-8"), [name])
    assert promised("speech-analysis.md", (ROOT / "docs" / "speech-analysis.md").read_text("utf-8"), [name])
    assert promised("settings.md", f"| `{name}` | {NOT_IN_EFFECT} |", [name]) == []


def promised(page: str, text: str, names: list[str]) -> list[str]:
    """Return the lines of a page that name one of these settings without saying that nothing reads it."""
    told = [line for name in names for line in text.splitlines() if re.search(rf"\b{name}\b", line)]
    if page == "settings.md":  # in a table that says so, and in the list of what changes which default
        told = [line for line in told if NOT_IN_EFFECT not in line and not _tells_a_default(line)]
    return told


def test_S9_a_setting_that_nothing_reads_says_so_and_no_other_does() -> None:
    reading = "\n".join(
        path.read_text("utf-8")
        for path in project_files(".py")
        if path.is_relative_to(ROOT / "layers") and "settings" not in path.relative_to(ROOT).parts
    )
    for setting in SETTINGS:
        key = setting.name.upper() if isinstance(setting, Setting) else rf"\.{setting.name}"
        is_read = re.search(rf"{key}\b", reading) is not None
        assert is_read != (NOT_IN_EFFECT in setting.purpose), setting.name


def without_imports(source: str) -> str:
    """Return a module without what it imports: a key that is only imported reads nothing."""
    return re.sub(r"^from \S+ import (\([^)]*\)|.*)$", "", source, flags=re.MULTILINE)


def test_every_section_of_the_facts_that_is_cited_exists() -> None:
    known = {page.name: sections_of(page.read_text("utf-8")) for page in FACTS.iterdir()}
    lacking = [
        (str(path.relative_to(ROOT)), page, section)
        for path in project_files(".py", ".md", ".toml")
        if path not in NO_CITATIONS
        for page, section in sections_cited(path.read_text("utf-8"))
        if page not in known or (section is not None and section not in known[page])
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("stand_in", "page"), [("zendesk", "zendesk.md"), ("amazon_connect", "amazon-connect.md")]
)
def test_the_stand_ins_tests_and_switches_name_sections_that_exist(stand_in: str, page: str) -> None:
    sections = sections_of((FACTS / page).read_text("utf-8"))
    tests = [
        path.read_text("utf-8") for path in (ROOT / "tests/functional/stand_ins").glob(f"test_{stand_in}*.py")
    ]
    named = {
        name.strip("_").replace("_", ".")
        for text in tests
        for name in re.findall(r"def test((?:_\d+){1,2})_", text)
    }
    options = (ROOT / "local" / "stand_ins" / stand_in / "options.py").read_text("utf-8")
    switched = {
        section
        for listed in re.findall(r"# (\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*)(?=:|$| is)", options, re.MULTILINE)
        for section in listed.split(", ")
    }
    assert len(named) > 3
    assert len(switched) > 3
    assert sorted((named | switched) - sections) == []


# That each of it can fail


def test_marks_are_read() -> None:
    made_up = Specification.of(MADE_UP)
    assert made_up.unbuilt == {"T17"}
    assert made_up.built == {"S1", "S3"}
    assert made_up.promised_names == {"later_setting"}


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("- **S1** One.\n- **S1** Another.\n", "S1 is there twice"),
        ("- **S1** This holds[*not yet:* and this does not.\n", "a mark that does not end"),
        ("- **S1** This[*not yet:* that](S2) holds.\n", "a mark that would be a link"),
        ("- **S1** This[*not yet:* ] holds.\n", "a mark of nothing"),
        ("- **S1** This [*not yet:* that [*not yet:* twice]] holds.\n", "a mark that does not end"),
        ("- **S1** This, which is not yet: that.\n", "an unreadable mark"),
    ],
)
def test_a_mark_that_cannot_be_read_is_refused(page: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Specification.of(page)


@pytest.mark.parametrize(
    ("name", "text", "cited"),
    [
        ("a.py", '"""Does what T3 says (S3, S4)."""', {"T3", "S3", "S4"}),
        ("a.py", "x = 1  # as in C10", {"C10"}),
        ("a.py", 'rule = Rule("T99")', {"T99"}),
        ("a.py", "def test_T3_T14_both() -> None: ...", {"T3", "T14"}),
        ("a.py", "T3 = S3Files()", set()),
        ("a.py", '"2026-11-02T10:00:00Z", "E164", "T09", "S105", "CASE_T3", "#A1B2C3", "V1.5"', set()),
        ("a.py", '"""Batches (facts/zendesk-2.md A2, B4 and C1)."""', set()),
        ("a.md", "The decision `T4`: see T1–T7 and **X6**.", {"T4", "T1", "T7", "X6"}),
    ],
)
def test_citations_are_found(name: str, text: str, cited: set[str]) -> None:
    assert cited_in(Path(name), text) == cited


def test_what_is_cited_and_unknown_is_found() -> None:
    source = '"""By T3 and T98."""\nT97 = 1\n\n\ndef test_T99_is_named() -> None: ...\n'
    assert unknown_in(Path("a.py"), source, {"T3"}) == ["T98", "T99"]
    assert unknown_in(Path("a.py"), source, {"T3", "T97", "T98", "T99"}) == []


def test_what_tests_name_is_found() -> None:
    source = '''
def test_T3_is_named() -> None:
    """Not S1."""

def also_T4() -> None: ...

CASE = Case("C1 finds", "of C2")
'''
    assert named_by_tests(Path("test_a.py"), source) == {"T3"}
    assert named_by_tests(Path("cases_a.py"), source) == {"T3", "C1"}


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        (
            "(facts/zendesk.md 2.1, 2.4, 4)",
            [("zendesk.md", "2.1"), ("zendesk.md", "2.4"), ("zendesk.md", "4")],
        ),
        ("facts/zendesk-2.md A2 and\n    D1.", [("zendesk-2.md", "A2"), ("zendesk-2.md", "D1")]),
        ("facts/zendesk.md, 10 years ago", []),
        ("[facts](facts/zendesk.md) 10 years", []),
    ],
)
def test_citations_of_facts_are_found(text: str, cited: list[tuple[str, str]]) -> None:
    found = list(sections_cited(text))
    assert [one for one in found if one[1] is not None] == cited
    assert any(section is None for _, section in found)


def test_sections_are_found() -> None:
    page = "# 9. Title\n## 1. One\n1. first\n12. twelfth\n### 1.2 Two\n## A. Three\n### A7 Four\ntext 5. no\n"
    assert sections_of(page) == {"1", "1.1", "1.12", "1.2", "A", "A7"}


@cache
def _named() -> frozenset[str]:
    tests = (path for path in project_files(".py") if path.is_relative_to(ROOT / "tests"))
    return frozenset(number for path in tests for number in named_by_tests(path, path.read_text("utf-8")))


def _tells_a_default(line: str) -> bool:
    return re.fullmatch(r"\| `(\w+)` \| `\w+` \| `\1 = .*` \|", line) is not None
