"""Every page of the repository: links, anchors, paths and commands that it names are there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.specification import FACTS, ROOT, project_files

PACKAGE = ROOT / "layers" / "connect_zendesk" / "python" / "connect_zendesk"
PAGES = sorted(project_files(".md"))
#: They name files as they were, or as others have them.
OF_OTHERS = [page for page in PAGES if page.is_relative_to(FACTS) or "release_0_1_0" in page.parts]
OWN = [page for page in PAGES if page not in OF_OTHERS]
SUFFIXES = (".py", ".md", ".toml", ".json", ".jsonl", ".js", ".txt", ".html")
#: Names of files that a reader makes, or that somebody else has.
ELSEWHERE = frozenset({"my.toml", "pattern.json", "deployment.toml", "zendesk-client.json"})

by_name = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
own_by_name = pytest.mark.parametrize("page", OWN, ids=lambda page: str(page.relative_to(ROOT)))


def without_code(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def anchors(text: str) -> set[str]:
    """Return what the headings of a page can be linked by, as GitHub makes it."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


def broken_links(page: Path, text: str) -> list[str]:
    """Return the links of a page to a file, or a heading, that is not there. Other sites are left alone."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = page.parent / path
        if path and not target.exists():
            broken.append(link)
        elif anchor and (target.suffix == ".md" or not path):
            content = target.read_text("utf-8") if path else text
            broken += [link] if anchor not in anchors(content) else []
    return broken


def missing_paths(page: Path, text: str) -> list[str]:
    """Return the paths in backquotes that are neither in the repository nor in the layer.

    A name alone may be in a folder that the page names.
    """
    folders = {path.name for base in (ROOT, PACKAGE) for path in base.iterdir() if path.is_dir()}
    bases = (ROOT, PACKAGE, page.parent, ROOT / "tests", ROOT / "functions", *_named_folders(text))
    missing = []
    for named in re.findall(r"`([\w./-]+)`", without_code(text)):
        is_path = named.split("/")[0] in folders and "/" in named
        if not (is_path or named.endswith(SUFFIXES)) or named in ELSEWHERE or named[0] in "/.":
            continue
        if not any((base / name).exists() for base in bases for name in (named, f"{named}.py")):
            missing.append(named)
    return missing


def _named_folders(text: str) -> list[Path]:
    """Return the folders that a page names: a file's bare name may be in one of them."""
    named = re.findall(r"`([\w./-]+/)`", text)
    return [base / folder for base in (ROOT, PACKAGE) for folder in named if (base / folder).is_dir()]


def unknown_commands(text: str) -> list[str]:
    """Return what a page runs with make or `python -m`, and that is not there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    code = re.sub(r"#.*", "", "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)))
    made = {target for line in re.findall(r"(?<![\w-])make((?: [a-z-]+)+)", code) for target in line.split()}
    run = set(re.findall(r"python -m ([a-z_.]+)", code))
    return sorted(made - targets) + sorted(name for name in run if not _is_module(name))


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@by_name
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken_links(page, page.read_text("utf-8")) == []


@own_by_name
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    assert missing_paths(page, page.read_text("utf-8")) == []


@own_by_name
def test_every_command_of_a_page_is_there(page: Path) -> None:
    assert unknown_commands(page.read_text("utf-8")) == []


def test_all_pages_are_looked_at() -> None:
    assert {"README.md", "CONTRIBUTING.md", "AGENTS.md", "SECURITY.md", "CHANGELOG.md"} <= {
        page.name for page in OWN if page.parent == ROOT
    }
    assert len(OWN) > 20
    assert len(OF_OTHERS) > 5


# That each of it can fail


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[a](docs/testing.md) [b](docs/nowhere.md)", ["docs/nowhere.md"]),
        ("[a](docs/testing.md#coverage) [b](docs/testing.md#nowhere)", ["docs/testing.md#nowhere"]),
        ("# One `two`: three\n## One\n## One\n[a](#one-two-three) [b](#one-1) [c](#one-2)", ["#one-2"]),
        ("[a](https://nowhere.example/x.md)\n```\n[b](nowhere.md)\n```", []),
    ],
)
def test_a_broken_link_is_found(text: str, broken: list[str]) -> None:
    assert broken_links(ROOT / "made_up.md", text) == broken


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`rules/wording.py` `rules/words.py`", ["rules/words.py"]),
        ("`errors.py` `nowhere.py`", ["nowhere.py"]),
        ("`ticket_creation/from_contact_flow` `ticket_creation/from_email`", []),
        ("`functions/nothing` `tests/unit/` `tests/units/`", ["functions/nothing", "tests/units/"]),
        (
            "of `local/replay/`: `clock.py`, `nowhere.py`; `/api/a.json`, `application/json`",
            ["nowhere.py"],
        ),
    ],
)
def test_a_missing_path_is_found(text: str, missing: list[str]) -> None:
    assert missing_paths(ROOT / "made_up.md", text) == missing


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("`make test test-long`, and to make nothing", []),
        ("`make tests`", ["tests"]),
        ("```console\n$ make nothing ARGS=x\n$ .venv/bin/python -m local demo\n```", ["nothing"]),
        ("`python -m nowhere.at_all`", ["nowhere.at_all"]),
    ],
)
def test_an_unknown_command_is_found(text: str, unknown: list[str]) -> None:
    assert unknown_commands(text) == unknown
