"""`docs/stand-ins.md` says of the stand-ins for speech what is so."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from local.stand_ins.comprehend import Options as ComprehendOptions
from local.stand_ins.comprehend.faults import ComprehendFaults
from local.stand_ins.transcribe import Options as TranscribeOptions
from local.stand_ins.transcribe.faults import TranscribeFaults
from tests.functional.stand_ins.test_zendesk_documentation import written

_PAGE = (Path(__file__).parents[3] / "docs" / "stand-ins.md").read_text("utf-8")
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \|", re.MULTILINE)
SERVICES = [
    ("Amazon Transcribe", TranscribeOptions, TranscribeFaults),
    ("Amazon Comprehend", ComprehendOptions, ComprehendFaults),
]


def rows(heading: str) -> dict[str, str]:
    """Return the first two columns of the table under a heading."""
    return dict(_ROW.findall(_PAGE.partition(f"\n### {heading}\n")[2].partition("\n##")[0]))


@pytest.mark.parametrize(("service", "options", "faults"), SERVICES)
def test_every_option_and_every_fault_is_listed(service: str, options: Any, faults: Any) -> None:
    listed = rows(f"Options of {service}")
    assert list(listed) == [field.name for field in fields(options)]
    simple = {
        field.name: f"`{written(field.default)}`"
        for field in fields(options)
        if not isinstance(field.default, frozenset | tuple)
    }
    assert {name: listed[name] for name in simple} == simple
    assert list(rows(f"What goes wrong with {service} at will")) == [known.name for known in faults.KNOWN]


@pytest.mark.parametrize(("service", "options", "faults"), SERVICES)
def test_every_open_question_is_switched_in_a_test(service: str, options: Any, faults: Any) -> None:
    folder = Path(__file__).parent
    tests = "".join(
        path.read_text("utf-8")
        for pattern in ("test_transcribe*.py", "test_comprehend.py", "test_speech_faults.py")
        for path in folder.glob(pattern)
    )
    limits = {"text_bytes", "document_bytes", "texts", "detect_rate", "batch_rate"}  # tested as they are
    closed = limits | {"waits", "lasts", "lasts_share", "job_kept"}
    names = [field.name for field in fields(options) if field.name not in closed]
    assert [name for name in names if not re.search(rf'{name}=|"{name}"', tests)] == []
