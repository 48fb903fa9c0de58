"""`make test` and `make test-long`: each test is run by exactly one, and the first alone proves each rule."""

import itertools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

ROOT = Path(__file__).parents[2]
MARKERS = [
    marker.partition(":")[0]
    for marker in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"][
        "markers"
    ]
]
#: A rule's number in the name of a test.
RULE = re.compile(r"(?<=_)[A-Z]\d+(?=_)")


def expressions() -> tuple[str, str]:
    """What the two commands tell pytest to run."""
    text = (ROOT / "Makefile").read_text("utf-8")
    long = re.findall(r"^LONG := (.*)$", text, re.MULTILINE)[0]
    short, rest = re.findall(r'^\t@\$\(PYTEST\) -m "(.*?)"', text, re.MULTILINE)
    return short.replace("$(LONG)", long), rest.replace("$(LONG)", long)


@pytest.mark.parametrize(
    "marked", [set(some) for n in range(4) for some in itertools.combinations(MARKERS, n)]
)
def test_each_test_is_run_by_exactly_one_of_the_commands(marked: set[str]) -> None:
    def carries(name: str, /, **_: object) -> bool:
        return name in marked

    short, rest = (Expression.compile(text).evaluate(carries) for text in expressions())
    assert (short, rest) == (not marked, bool(marked))


@pytest.mark.long
def test_each_rule_that_has_a_test_has_one_in_make_test() -> None:
    def rules(expression: str) -> set[str]:
        listing = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-m", expression, "tests"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        names = {line.rpartition("::")[2].partition("[")[0] for line in listing.splitlines() if "::" in line}
        return {rule for name in names for rule in RULE.findall(name)}

    short, rest = (rules(expression) for expression in expressions())
    assert len(short) > 50
    assert rest <= short
