"""The inputs under `tests/cases`, by the table that says what must come of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.replay.command import in_process
from local.replay.inputs import Inputs, read_events, read_table

FOLDER = Path(__file__).parent / "cases"
WORLDS = Path(__file__).parents[1] / "events" / "worlds"
#: In a row whose input is played with a file that Amazon Connect wrote.
ITS_FILE = "its file"
#: In a row that comes out right already.
HOLDS = "(holds: keep it)"

_NAME = re.compile(r"`([\w.-]+)`")
_APP = "(+ `.app`)"
_ASIDE = re.compile(r"\([^)]*\)")
_ENDINGS = (".json", ".jsonl")


@dataclass(frozen=True)
class CaseFile:
    """One input of the table: what it is played with, and whether its outcome holds."""

    name: str
    world: str | None
    settings: str | None
    with_its_file: bool
    holds: bool

    def __str__(self) -> str:
        return self.name

    @property
    def event(self) -> Path:
        """The file that is played."""
        lines = FOLDER / f"{self.name}.jsonl"
        return lines if lines.is_file() else FOLDER / f"{self.name}.json"

    @property
    def contact_files(self) -> list[Path]:
        """The files that Amazon Connect wrote of the input's contact: their names begin with its id."""
        if not self.with_its_file:
            return []
        written = [path for path in (FOLDER / "contact_files").rglob("*") if path.is_file()]
        text = self.event.read_text("utf-8")
        return sorted(path for path in written if path.name.partition("_")[0] in text)

    @property
    def files(self) -> list[Path]:
        """Everything under `FOLDER` that the input is played with."""
        beside = [FOLDER / f"{name}.json" for name in (self.world, self.settings) if name]
        return [self.event, *self.contact_files, *beside]


def rows(text: str | None = None) -> Iterator[tuple[str, str, str]]:
    """Yield the table's rows: input, what must come out, number. ``text`` stands in for the page's."""
    page = text if text is not None else (FOLDER / "README.md").read_text("utf-8")
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and _named(cells[0]):
            yield cells[0], cells[1], cells[2]


def case_files(text: str | None = None) -> list[CaseFile]:
    """Return the inputs that the table names, in its order."""
    found = []
    for cell, outcome, _ in rows(text):
        named = [name for name in _named(cell) if _is_a_file(name)]
        world = next((name for name in named if name.startswith("world-")), None)
        settings = next((name for name in named if name.startswith("settings-")), None)
        for name in named:
            if name not in (world, settings):
                own = f"{name}.app" if _APP in cell else settings
                found.append(CaseFile(name, world, own, ITS_FILE in cell, HOLDS in outcome))
    return found


def unlisted(text: str | None = None) -> list[str]:
    """Return the files under `FOLDER` that no row of the table names."""
    named = {path for case in case_files(text) for path in case.files}
    there = {path for path in FOLDER.rglob("*") if path.is_file() and path.name != "README.md"}
    return sorted(str(path.relative_to(FOLDER)) for path in there - named)


def missing(text: str | None = None) -> list[str]:
    """Return what the table names and `FOLDER` does not have.

    A row's first name is a file's, and so is every other with a dash in it; else it may be a setting.
    """
    lacking = []
    for cell, _, _ in rows(text):
        first, *others = _named(cell)
        named = [first, *(name for name in others if "-" in name)]
        named += [f"{first}.app"] if _APP in cell else []
        lacking += [name for name in named if not _is_a_file(name)]
    alone = [case for case in case_files(text) if case.with_its_file and not case.contact_files]
    return [*lacking, *(f"{case}: {ITS_FILE}" for case in alone)]


def inputs_of(case: CaseFile, **app_settings: Any) -> Inputs:
    """Return an input with its worlds and settings, as `play` takes it. Raises `BadInput`."""
    settings = read_table(FOLDER / f"{case.settings}.json") if case.settings else {}
    return Inputs(
        *read_events([case.event, *case.contact_files]),
        read_table(FOLDER / f"{case.world}.json" if case.world else WORLDS / "zendesk.json"),
        read_table(WORLDS / "connect.json"),
        {**(settings or {}), **app_settings},
    )


def play(case: CaseFile, **app_settings: Any) -> dict[str, Any]:
    """Play an input in this process and return what came of it, as `replay --json` prints it.

    ``app_settings`` go over those of the input. Raises `BadInput` where replay does not know such an event.
    """
    return in_process(inputs_of(case, **app_settings))


def case_file(name: str) -> CaseFile:
    """Return the input of this name. Raises LookupError."""
    for case in case_files():
        if case.name == name:
            return case
    raise LookupError(name)


def _named(cell: str) -> list[str]:
    """Return what stands in backquotes, but for what is said aside, in parentheses."""
    return _NAME.findall(_ASIDE.sub("", cell))


def _is_a_file(name: str) -> bool:
    return any((FOLDER / f"{name}{ending}").is_file() for ending in _ENDINGS)
