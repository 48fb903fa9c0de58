"""How what was found is written: aligned text, coloured on a terminal; or JSON for monitoring."""

import json
from collections.abc import Iterator, Sequence
from textwrap import wrap

from administration.doctor.checks import Looked
from administration.doctor.findings import Finding, Severity

_WIDTH = 110
_LABEL = 8
_AREA = 18
_MARKS = {None: "ok", Severity.NOTE: "note", Severity.WARNING: "WARNING", Severity.FAULT: "FAULT"}
_COLOURS = {None: "32", Severity.NOTE: "36", Severity.WARNING: "33", Severity.FAULT: "31;1"}


def lines_of(looked: Looked, *, colour: bool) -> Iterator[str]:
    """Yield what came of an area, line by line."""
    if looked.left_out:
        yield _line("-", None, looked.area, looked.left_out, colour=False)
        return
    if not looked.findings:
        first, *others = [_seen_text(seen.what, seen.inferred_from) for seen in looked.seen] or [""]
        yield _line(_MARKS[None], None, looked.area, first, colour=colour)
        yield from (_more("", text) for text in others)
        return
    for finding in sorted(looked.findings, key=lambda each: -each.severity):
        yield from _finding(looked.area, finding, colour=colour)


def _finding(area: str, finding: Finding, *, colour: bool) -> Iterator[str]:
    first, *others = _wrapped(finding.what) or [""]
    yield _line(_MARKS[finding.severity], finding.severity, area, first, colour=colour)
    yield from (_more("", text) for text in others)
    for number, text in enumerate(_wrapped(finding.why)):
        yield _more("why" if number == 0 else "", text)
    for number, text in enumerate(finding.cure):  # not wrapped: commands are to be copied
        yield _more("mend" if number == 0 else "", text)


def summary(all_looked: Sequence[Looked]) -> str:
    """Return the last line: how many findings of each kind there are."""
    counts = dict.fromkeys(sorted(Severity, reverse=True), 0)
    for looked in all_looked:
        for finding in looked.findings:
            counts[finding.severity] += 1
    said = [
        f"{number} {severity.label}{'s' * (number != 1)}" for severity, number in counts.items() if number
    ]
    left_out = sum(bool(looked.left_out) for looked in all_looked)
    text = ", ".join(said) if said else "Nothing is wrong."
    return text + (f" {left_out} areas not looked at." if left_out else "")


def as_json(all_looked: Sequence[Looked], stack: str, region: str) -> str:
    """Return everything as one JSON object."""
    return json.dumps(
        {
            "stack": stack,
            "region": region,
            "findings": [
                {
                    "area": looked.area,
                    "name": finding.name,
                    "severity": finding.severity.label,
                    "what": finding.what,
                    "why": finding.why,
                    "cure": list(finding.cure),
                }
                for looked in all_looked
                for finding in looked.findings
            ],
            "seen": [
                {"area": looked.area, "what": seen.what, "inferred_from": seen.inferred_from}
                for looked in all_looked
                for seen in looked.seen
            ],
            "left_out": [looked.area for looked in all_looked if looked.left_out],
        },
        ensure_ascii=False,
    )


def _line(mark: str, severity: Severity | None, area: str, text: str, *, colour: bool) -> str:
    shown = f"\x1b[{_COLOURS[severity]}m{mark:<{_LABEL}}\x1b[0m" if colour else f"{mark:<{_LABEL}}"
    return f"{shown}{area:<{_AREA}}{text}".rstrip()


def _more(head: str, text: str) -> str:
    return f"{'':<{_LABEL}}{head:<{_AREA}}{text}".rstrip()


def _seen_text(what: str, inferred_from: str) -> str:
    return f"{what} (from: {inferred_from})" if inferred_from else what


def _wrapped(text: str) -> list[str]:
    """Return the lines of a text; names in it stay whole, as they are to be copied."""
    return wrap(text, _WIDTH - _LABEL - _AREA, break_on_hyphens=False, break_long_words=False)
