"""pyproject.toml declares what the project needs, once; the locks pin just that."""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
GROUPS: dict[str, list[Any]] = DECLARED["dependency-groups"]
LAYER: list[str] = DECLARED["project"]["dependencies"]
LOCKS = {
    "layer": PROJECT / "layers" / "dependencies" / "requirements.txt",
    **{name: PROJECT / "requirements" / f"{name}.txt" for name in ("bootstrap", "development", "emulator")},
}


def group(name: str) -> Iterator[str]:
    """Yield the requirements of a group, with those of the groups that it includes."""
    for entry in GROUPS[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from group(entry["include-group"])


def name_of(requirement: str) -> str:
    """Return the normalised name of what is required."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~!; ]", requirement)[0]).lower()


#: Which requirements each lock is made from.
WANTED = {
    "layer": LAYER,
    "bootstrap": [*group("bootstrap")],
    "development": [*LAYER, *group("development")],
    "emulator": [*group("emulator")],
}


def pinned(lock: Path) -> dict[str, str]:
    """Return the versions that a lock pins, by name."""
    lines = re.findall(
        r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^ ;\\]+)", lock.read_text("utf-8"), re.MULTILINE
    )
    return {name_of(name): version for name, version in lines}


def test_each_requirement_is_said_once() -> None:
    said = [*LAYER, *(entry for entries in GROUPS.values() for entry in entries if isinstance(entry, str))]
    assert [name for name, times in Counter(map(name_of, said)).items() if times > 1] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_what_is_declared(name: str) -> None:
    versions = pinned(LOCKS[name])
    for requirement in WANTED[name]:
        _, exact, version = requirement.partition("==")
        assert name_of(requirement) in versions
        assert not exact or versions[name_of(requirement)] == version


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_takes_nothing_directly_that_is_not_declared(name: str) -> None:
    text = LOCKS[name].read_text("utf-8")
    entries = re.findall(r"^([a-z0-9][\w.-]*)[^\n]*\n((?:    [^\n]*\n?)+)", text, re.MULTILINE)
    direct = {name_of(entry) for entry, below in entries if "connect-zendesk (pyproject.toml" in below}
    assert direct == {name_of(requirement) for requirement in WANTED[name]}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_a_hash_for_each_version_and_no_address(name: str) -> None:
    text = LOCKS[name].read_text("utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pinned(LOCKS[name]))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


OURS = {"administration", "app", "connect_zendesk", "functions", "infra", "local"}


def modules(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that are imported, but for those that only the type checker imports."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                continue
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
        yield from modules(node)


def third_party(folder: Path) -> set[str]:
    """Return the names of the packages that the modules of a folder import."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        beside = {
            sibling.stem for sibling in path.parent.glob("*.py")
        }  # a function imports those as on Lambda
        tree = ast.parse(path.read_text("utf-8"))
        found |= {module.partition(".")[0] for module in modules(tree)} - beside
    return found - OURS - sys.stdlib_module_names


DEPLOYED = {name_of(requirement) for requirement in (*LAYER, *group("runtime"))}
ADMINISTERED = DEPLOYED | {name_of(requirement) for requirement in group("deployment")}
DEVELOPED = ADMINISTERED | {name_of(requirement) for requirement in group("development")}


@pytest.mark.parametrize(
    ("folder", "declared"),
    [
        ("functions", DEPLOYED),
        ("layers/connect_zendesk", DEPLOYED),
        ("infra", ADMINISTERED),
        ("administration", ADMINISTERED),
        ("local", DEVELOPED),
    ],
)
def test_what_is_imported_is_declared(folder: str, declared: set[str]) -> None:
    distributions = packages_distributions()
    imported = third_party(PROJECT / folder)
    assert imported
    undeclared = {
        package: distributions.get(package)
        for package in imported
        if not declared & {name_of(name) for name in distributions.get(package, ())}
    }
    assert undeclared == {}
