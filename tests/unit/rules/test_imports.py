"""The rules do no input or output: what they import is the proof."""

import ast
import sys
from pathlib import Path

import pytest

from connect_zendesk import rules

MODULES = sorted(Path(next(iter(rules.__path__))).rglob("*.py"))
ALLOWED = {"connect_zendesk.rules", "phonenumbers"}


def _imported(tree: ast.AST) -> set[str]:
    """Return what a module imports, each by its package; of our own, the layer too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import relative to here does not say where from"
            names.add(node.module or "")
    return {".".join(name.split(".")[:2]) if name.startswith("connect_zendesk") else name.split(".")[0]
            for name in names}  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_the_rules_import_the_standard_library_and_the_phone_number_library(module: Path) -> None:
    imported = _imported(ast.parse(module.read_text()))
    assert imported - ALLOWED <= sys.stdlib_module_names


def test_the_rules_do_not_reach_for_files_or_networks() -> None:
    imported = {name for module in MODULES for name in _imported(ast.parse(module.read_text()))}
    assert not imported & {"os", "io", "pathlib", "socket", "http", "subprocess", "threading", "time"}
    assert len(MODULES) > 10
