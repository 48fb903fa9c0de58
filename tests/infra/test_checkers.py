"""Checkers of the field find nothing in the templates that is not acknowledged, each with its reason."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from requirements.environment import OF_CHECKERS, make
from tests.infra.conftest import (
    AGENT_STREAM,
    CONTEXT,
    INSTANCE,
    STREAM,
    ZENDESK_BUS,
    Synthesised,
)

if TYPE_CHECKING:
    import aws_cdk as cdk

pytestmark = [pytest.mark.xdist_group("synthesis"), pytest.mark.long]

_FUNCTIONS = {"contact_buckets": "acme-connect", "zendesk_event_bus": ZENDESK_BUS, "agent_app": "true"}
#: Contexts with every function, in which each place that has a finding is: with an instance and without one.
CONTEXTS: dict[str, dict[str, str]] = {
    "own stream, any instance": {**_FUNCTIONS, "tracing": "true"},
    "imported stream, one instance": {
        **_FUNCTIONS,
        "record_stream_arn": STREAM,
        "agent_event_stream_arn": AGENT_STREAM,
        "connect_instance_arn": INSTANCE,
        "voice_id_domain_id": "A" * 22,
        "contact_bucket_keys": "arn:aws:kms:eu-west-2:111122223333:key/11111111-2222-3333-4444-555555555555",
    },
}


class Recorded:
    """Takes the place of the CDK's `Validations`: what is acknowledged is written down, and not accepted."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def of(self, construct: Any) -> mock.Mock:
        """Return what takes acknowledgments of a construct."""
        path = str(construct.node.path)
        return mock.Mock(acknowledge=lambda given: self.rows.append((path, given.id, given.reason)))


@pytest.fixture(scope="module")
def looked_at(node: None) -> dict[str, tuple[list[tuple[str, str, str]], set[tuple[str, str]]]]:
    """What is acknowledged in each context, and what cdk-nag finds where nothing is: construct and rule."""
    import aws_cdk as cdk
    from cdk_nag import AwsSolutionsChecks

    found = {}
    for name, context in CONTEXTS.items():
        recorded = Recorded()
        app = cdk.App(analytics_reporting=False, context={**CONTEXT, **context})
        with mock.patch("infra.nag.Validations", recorded), _without_library():
            _build(app)
        violations = AwsSolutionsChecks(app).validate_scope(app).violations or []
        findings = {
            (str(resource.construct_path), str(violation.rule_name))
            for violation in violations
            for resource in violation.violating_resources
        }
        found[name] = (recorded.rows, findings)
    return found


def _without_library() -> Any:
    return mock.patch("infra.agent_app.streams", return_value=b"// Amazon Connect's library\n")


def _build(app: cdk.App) -> None:
    from infra.context import read_context
    from infra.stack import ConnectZendesk

    ConnectZendesk(app, "ConnectZendesk", context=read_context(app.node.get_all_context()))


def covers(row: tuple[str, str, str], finding: tuple[str, str]) -> bool:
    """Return whether an acknowledgment is of a finding: of its rule, on it or on what holds it."""
    return row[1] == finding[1] and f"{finding[0]}/".startswith(f"{row[0]}/")


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_finding_of_cdk_nag_is_acknowledged_and_every_acknowledgment_has_a_finding(
    looked_at: Mapping[str, Any], context: str
) -> None:
    rows, findings = looked_at[context]
    assert [one for one in findings if not any(covers(row, one) for row in rows)] == []
    assert [row for row in rows if not any(covers(row, one) for one in findings)] == []


def test_every_row_of_the_table_is_needed_and_gives_a_reason(looked_at: Mapping[str, Any]) -> None:
    from infra.nag import ACKNOWLEDGED_BY_TYPE, Acknowledged

    given = {reason for rows, _ in looked_at.values() for _, _, reason in rows}
    assert {row.name for row in Acknowledged if row.reason not in given} == set()
    reasons = [*(row.reason for row in Acknowledged), *ACKNOWLEDGED_BY_TYPE.values()]
    assert len(set(reasons)) == len(list(Acknowledged)) + len(ACKNOWLEDGED_BY_TYPE)
    assert all(reason.endswith(".") and len(reason.split()) > 5 for reason in reasons)


def lint(*templates: Path) -> set[tuple[str, str, str]]:
    """Return what cfn-lint finds in templates: rule, type of resource, its words."""
    if not OF_CHECKERS.is_ready:
        make(OF_CHECKERS)
    command: list[str | Path] = [
        OF_CHECKERS.folder / "bin" / "cfn-lint",
        "--format",
        "json",
        "--regions",
        "eu-west-2",
    ]
    done = subprocess.run([*command, "--", *templates], capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    found = set()
    for one in json.loads(done.stdout):
        template = json.loads(Path(one["Filename"]).read_text("utf-8"))
        kind, name = (*one["Location"]["Path"], "", "")[:2]
        resource = template["Resources"][name]["Type"] if kind == "Resources" else kind
        found.add((one["Rule"]["Id"], resource, one["Message"]))
    return found


def test_cfn_lint_finds_what_is_acknowledged_and_nothing_else(
    made: Synthesised, complete: Synthesised, associated: Synthesised
) -> None:
    from infra.nag import ACKNOWLEDGED_BY_TYPE

    found = lint(*(one.folder / "ConnectZendesk.template.json" for one in (made, complete, associated)))
    assert {one for one in found if one[:2] not in ACKNOWLEDGED_BY_TYPE} == set()
    assert {one[:2] for one in found} == set(ACKNOWLEDGED_BY_TYPE)


def _change(template: dict[str, Any], kind: str, change: Callable[[dict[str, Any]], object]) -> None:
    change(next(one["Properties"] for one in template["Resources"].values() if one["Type"] == kind))


def test_cfn_lint_finds_what_cloudformation_would_refuse(complete: Synthesised, tmp_path: Path) -> None:
    broken = json.loads(json.dumps(complete.template))
    _change(broken, "AWS::SQS::Queue", lambda queue: queue.update(VisibilityTimeout=43_201))
    _change(broken, "AWS::Lambda::Function", lambda function: function.update(Runtime="python2.0"))
    (tmp_path / "broken.json").write_text(json.dumps(broken), "utf-8")
    errors = {(rule, kind) for rule, kind, _ in lint(tmp_path / "broken.json") if rule.startswith("E")}
    assert {kind for _, kind in errors} == {"AWS::SQS::Queue", "AWS::Lambda::Function"}
