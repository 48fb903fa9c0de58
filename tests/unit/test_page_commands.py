"""The commands that pages give: their arguments are taken, and what needs no account does what it says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from administration.__main__ import _parser
from infra.deploy import read_arguments
from tests.specification import ROOT
from tests.unit.test_pages import OWN

#: Targets that pass ARGS on to `python -m administration`.
_ADMINISTRATION = ("settings", "zendesk", "dead-letters", "bucket-notifications", "forget")
#: What the README and the pages run on the laptop that is neither up nor asks any account.
_ALONE = ("explain", "replay --in-process", "flow")


def with_arguments(target: str) -> list[tuple[str, str]]:
    """Return what pages give a target as ARGS, with the page."""
    return [
        (page.name, arguments)
        for page in OWN
        for arguments in re.findall(rf'make {target} ARGS="([^"\n]*)"', page.read_text("utf-8"))
    ]


@pytest.mark.parametrize("target", _ADMINISTRATION)
def test_arguments_for_the_administrators_commands_are_taken(target: str) -> None:
    given = with_arguments(target)
    assert given, f"no page says how to run make {target}"
    for page, arguments in given:
        try:
            _parser().parse_args([target, *shlex.split(arguments)])
        except SystemExit:
            pytest.fail(f"{page}: make {target} ARGS={arguments!r}")


def test_arguments_for_deployments_are_taken() -> None:
    given = with_arguments("deploy")
    assert {read_arguments([], {"ARGS": arguments}).action for _, arguments in given} >= {
        "bootstrap", "destroy", "deploy",
    }  # fmt: skip
    for page, arguments in given:
        request = read_arguments([], {"ARGS": arguments})
        assert not [each for each in request.passed_on if not each.startswith("-")], page


def on_the_laptop() -> Iterator[tuple[str, list[str]]]:
    """Yield the arguments of each `python -m local` that needs nothing that runs, with its page."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text("utf-8").replace("\\\n", " ")
        for line in re.findall(r"^\$ \.venv/bin/python -m local (.+)$", text, re.MULTILINE):
            arguments = shlex.split(line, comments=True)
            if line.startswith(_ALONE):
                yield page.name, arguments


@pytest.mark.parametrize(
    ("page", "arguments"), [pytest.param(*each, id=" ".join(each[1][:2])) for each in on_the_laptop()]
)
def test_commands_that_need_no_account_are_run(
    page: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from local.__main__ import main

    for given in arguments:
        if "/" in given and not given.startswith("http"):
            assert Path(ROOT, given).exists() or given.endswith("/"), (page, given)
    monkeypatch.chdir(ROOT)
    assert main(arguments) == 0, capsys.readouterr()
    assert capsys.readouterr().out
