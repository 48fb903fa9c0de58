"""The table of metrics: what is counted is in it, what is in it is counted, and what alarms watch."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from connect_zendesk.function_kinds import AwsMetric
from connect_zendesk.metrics import Metric
from connect_zendesk.topology import FUNCTIONS, alarms

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "connect_zendesk" / "python" / "connect_zendesk"
#: They say what a metric is and what watches it; they count nothing.
TABLES = {LAYER / "metrics.py", LAYER / "topology.py", LAYER / "function_kinds.py"}
PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in (LAYER, ROOT / "functions"):
        for path in folder.rglob("*.py"):
            if path not in TABLES:
                yield path, _tree(path)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def named_in(tree: ast.AST) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Metric"
    }


def test_every_metric_of_the_table_is_counted_somewhere_and_no_other() -> None:
    counted = set().union(*(named_in(tree) for _, tree in sources()))
    assert counted == {metric.name for metric in Metric}


def test_nothing_is_counted_but_through_the_table() -> None:
    adding = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("add_metric", "single_metric"):
                adding.append(path)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "count":
                assert not isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
    assert adding == [LAYER / "observability.py"]


@pytest.mark.parametrize("metric", Metric)
def test_a_metric_has_a_name_of_its_own_and_says_in_a_sentence_what_it_counts(metric: Metric) -> None:
    assert metric.value == metric.name.title().replace("_", "")
    assert re.fullmatch(r"[A-Z`].*\.", metric.meaning)
    assert metric.unit == "Count"


def test_O4_every_alarm_watches_a_metric_that_exists() -> None:
    of_aws = set(AwsMetric.__args__)  # type: ignore[attr-defined]
    watched = {alarm.metric for alarm in alarms()}
    assert watched - of_aws <= set(Metric)
    assert watched >= of_aws


def test_an_alarm_is_named_once() -> None:
    ids = [alarm.id for alarm in alarms()]
    assert len(set(ids)) == len(ids) > 2 * len(FUNCTIONS)


def test_the_page_has_every_metric_and_every_alarm() -> None:
    first = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert first == [*(metric.value for metric in Metric), *(alarm.id for alarm in alarms())]


def test_the_page_names_the_alarm_beside_its_metric() -> None:
    for alarm in alarms():
        if alarm.metric in set(Metric):
            (row,) = re.findall(rf"^\| `{alarm.metric}` \| Count \| .*$", PAGE, re.MULTILINE)
            assert f"`{alarm.id}`" in row
