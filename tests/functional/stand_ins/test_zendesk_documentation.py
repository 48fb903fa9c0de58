"""`docs/stand-ins.md` says of the Zendesk stand-in what is so."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from local.stand_ins.zendesk import Faults, Options

_ROOT = Path(__file__).parents[3]
_ROW = re.compile(r"^\| `(\w+)` \| (?:`([^`]*)` \|)?", re.MULTILINE)


def rows(heading: str) -> dict[str, str]:
    """Return the first two columns of the table under a heading of the Zendesk part."""
    text = (_ROOT / "docs" / "stand-ins.md").read_text()
    part = text.partition("\n## Zendesk\n")[2].partition("\n## ")[0]
    return dict(_ROW.findall(part.partition(f"\n### {heading}\n")[2].partition("\n### ")[0]))


def written(value: object) -> str:
    """Return a default as the page writes it."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f} s"
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return '""' if value == "" else str(value)


def test_every_option_is_listed_with_its_default() -> None:
    listed = rows("Settings of the account") | rows("Open questions, and how each is switched")
    assert listed == {field.name: written(field.default) for field in fields(Options)}


def test_every_open_question_is_switched_in_a_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_zendesk_*.py"))
    questions = rows("Open questions, and how each is switched")
    assert len(questions) > 40
    assert [name for name in questions if not re.search(rf'{name}=|"{name}"', tests)] == []


def test_every_fault_is_listed() -> None:
    assert list(rows("What goes wrong at will")) == [fault["name"] for fault in Faults.catalogue()]
