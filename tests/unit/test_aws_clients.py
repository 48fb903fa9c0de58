"""Every client of AWS has time limits of its own, within those of the functions that use it (S8, F3)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.function_kinds import FlowBlock
from connect_zendesk.topology import FUNCTIONS

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/connect_zendesk/python/connect_zendesk"
FOLDERS = (LAYER, ROOT / "functions")
#: What makes a client: a method of boto3, of a session, or a provider of Powertools.
MAKERS = ("client", "resource")
#: A flow block answers by a thread of its own, however long the other one hangs.
ANSWERING = [row for row in FUNCTIONS if not isinstance(row, FlowBlock)]
SHORTEST = min(row.timeout for row in ANSWERING)
SHORTEST_OF_WORKFLOWS = min(row.timeout for row in ANSWERING if row.runs_workflows)
#: Of modules that not every function uses.
LIMITS = {
    "messaging.py": SHORTEST,
    "storage.py": next(row.timeout for row in FUNCTIONS if row.folder == "transcript_attachment"),
}


@dataclass(frozen=True)
class Made:
    """A client where it is made: its configuration by what its module says, None where it has none."""

    path: Path
    line: int
    service: str
    config: dict[str, Any] | None

    @property
    def longest(self) -> float:
        """The seconds that one request takes where nothing is ever answered."""
        assert self.config is not None
        attempts = self.config["retries"]["total_max_attempts"]
        each = self.config["connect_timeout"] + self.config["read_timeout"]
        return float(attempts * each + sum(min(20, 2**retry) for retry in range(attempts - 1)))

    @property
    def limit(self) -> int:
        """The shortest timeout of the functions that use it."""
        if self.path.is_relative_to(LAYER):
            return LIMITS.get(self.path.name, SHORTEST_OF_WORKFLOWS)
        return min(row.timeout for row in FUNCTIONS if row.folder == self.path.parent.name)


def made_in(path: Path, text: str) -> Iterator[Made]:
    """Yield the clients that a module makes."""
    tree = ast.parse(text)
    configs = {
        target.id: _values(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_call_of(node.value, "Config")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not _makes_a_client(node.func):
            continue
        if any(word.arg == "boto3_client" for word in node.keywords):
            continue  # a provider with a client that is found itself
        service = ast.unparse(node.args[0]) if node.args else ast.unparse(node.func)
        given = next((word.value for word in node.keywords if word.arg in ("config", "boto_config")), None)
        config = configs.get(given.id) if isinstance(given, ast.Name) else None
        yield Made(path, node.lineno, service.strip("'"), config)


def _makes_a_client(func: ast.expr) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr in MAKERS
    return isinstance(func, ast.Name) and func.id.endswith(("Provider", "PersistenceLayer"))


def _is_call_of(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _values(node: ast.expr) -> dict[str, Any]:
    assert isinstance(node, ast.Call)
    return {word.arg or "**": ast.literal_eval(word.value) for word in node.keywords}


CLIENTS = [
    made
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.py"))
    for made in made_in(path, path.read_text("utf-8"))
]


def test_the_clients_are_found() -> None:
    assert {made.service for made in CLIENTS} >= {
        "appconfig", "appconfigdata", "connect", "dynamodb", "events", "s3", "secretsmanager", "sqs",
        "voice-id",
    }  # fmt: skip
    named = [
        path.relative_to(ROOT)
        for folder in FOLDERS
        for path in folder.rglob("*.py")
        if "boto3." in (text := path.read_text("utf-8")) and "import boto3" in text
    ]
    assert {path.name for path in named} <= {made.path.name for made in CLIENTS}


@pytest.mark.parametrize("made", CLIENTS, ids=lambda made: f"{made.path.name}:{made.service}")
def test_F3_every_client_has_time_limits_that_fit_its_function(made: Made) -> None:
    assert made.config is not None, f"{made.path}:{made.line} has no configuration"
    assert made.config.keys() >= {"connect_timeout", "read_timeout", "retries"}
    assert made.config["retries"].keys() >= {"mode", "total_max_attempts"}
    assert made.longest < made.limit


@pytest.mark.parametrize(
    "text",
    [
        'boto3.client("sqs")',
        "AppConfigProvider(environment='e', application='a')",
        "session.client('s3', config=elsewhere)",
    ],
)
def test_a_client_without_time_limits_is_found(text: str) -> None:
    (made,) = made_in(Path("made_up.py"), text)
    assert made.config is None


def test_a_client_that_takes_longer_than_its_function_is_found() -> None:
    config = 'Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3})'
    (made,) = made_in(LAYER / "messaging.py", f'C = {config}\nboto3.client("sqs", config=C)')
    assert made.longest == 42
    assert made.longest > made.limit == SHORTEST
