"""What holds of every function, and of every queue that one takes from: none is listed by hand alone."""

from __future__ import annotations

from typing import Any

import pytest

from connect_zendesk.topology import FUNCTIONS, alarms
from infra.synth import PROJECT
from tests.infra.conftest import Handler, Synthesised

pytestmark = pytest.mark.xdist_group("synthesis")

#: Every module in functions/ that has a handler.
HANDLERS: list[Handler] = sorted(
    (path.parent.name, path.stem)
    for path in (PROJECT / "functions").glob("*/*.py")
    if "\ndef handler(" in path.read_text("utf-8")
)
ROWS = {(row.folder, row.module): row for row in FUNCTIONS}
#: What runs while the stack is deployed, where a failure is said at once, and needs nothing of ours.
SEED = ("app_settings", "seed")

each_function = pytest.mark.parametrize("handler", HANDLERS, ids=".".join)


def of(template: Synthesised, handler: Handler) -> dict[str, Any]:
    """The properties of a function."""
    properties: dict[str, Any] = template.template["Resources"][template.handlers()[handler]]["Properties"]
    return properties


def test_every_handler_has_its_row_and_is_deployed_and_nothing_else(complete: Synthesised) -> None:
    assert sorted(complete.handlers()) == sorted(ROWS) == HANDLERS
    assert len(complete.of_type("AWS::Lambda::Function")) == len(HANDLERS)


@each_function
def test_every_function_runs_on_the_newest_python_on_arm(complete: Synthesised, handler: Handler) -> None:
    function = of(complete, handler)
    assert function["Runtime"] == "python3.14"
    assert function["Architectures"] == ["arm64"]


@each_function
def test_every_function_has_the_time_memory_and_disk_of_its_row(
    complete: Synthesised, handler: Handler
) -> None:
    function, row = of(complete, handler), ROWS[handler]
    assert (function["Timeout"], function["MemorySize"]) == (row.timeout, row.memory_mb)
    assert function.get("EphemeralStorage", {"Size": 512}) == {"Size": row.disk_mb}
    assert function["Description"] == row.description


@each_function
def test_every_metric_that_a_row_watches_has_its_alarm(complete: Synthesised, handler: Handler) -> None:
    row = ROWS[handler]
    for alarm in row.alarms:
        made = complete.alarm(alarm.id)
        assert (made["MetricName"], made["Threshold"]) == (alarm.metric, alarm.above)
        assert made["Dimensions"] == [{"Name": "service", "Value": row.folder}]
        assert f": {alarm.means}. What to do: " in made["AlarmDescription"]


@each_function
def test_every_function_has_a_log_group_of_its_own_that_forgets(
    complete: Synthesised, handler: Handler
) -> None:
    group = of(complete, handler)["LoggingConfig"]["LogGroup"]["Ref"]
    assert complete.of_type("AWS::Logs::LogGroup")[group]["Properties"] == {"RetentionInDays": 90}
    users = [other for other in HANDLERS if of(complete, other)["LoggingConfig"]["LogGroup"]["Ref"] == group]
    assert users == [handler]


def test_logs_are_kept_for_a_month_unless_told_otherwise(made: Synthesised) -> None:
    groups = made.of_type("AWS::Logs::LogGroup").values()
    assert {group["Properties"]["RetentionInDays"] for group in groups} == {30}


@each_function
def test_every_function_has_both_layers_but_the_seed_none(complete: Synthesised, handler: Handler) -> None:
    layers = [{"Ref": name} for name in complete.of_type("AWS::Lambda::LayerVersion")]
    assert len(layers) == 2
    assert of(complete, handler).get("Layers", []) == ([] if handler == SEED else layers)


def test_every_layer_is_for_what_the_functions_run_on(complete: Synthesised) -> None:
    for layer in complete.of_type("AWS::Lambda::LayerVersion").values():
        assert layer["Properties"]["CompatibleRuntimes"] == ["python3.14"]
        assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]


def _means(description: str) -> str:
    """Return what an alarm's description says that it means: between the stack's name and the link."""
    return description.partition(": ")[2].partition(". What to do: ")[0]


def test_O4_the_alarms_are_those_that_the_page_about_metrics_lists(complete: Synthesised) -> None:
    made = [alarm["Properties"] for alarm in complete.of_type("AWS::CloudWatch::Alarm").values()]
    assert sorted(
        (alarm["MetricName"], alarm["Threshold"], _means(alarm["AlarmDescription"])) for alarm in made
    ) == sorted((alarm.metric, alarm.above, alarm.means) for alarm in alarms())
    ids = set(complete.of_type("AWS::CloudWatch::Alarm"))
    assert all(any(alarm.id in made_id for made_id in ids) for alarm in alarms())


@each_function
def test_every_function_that_fails_or_is_throttled_has_its_alarm(
    complete: Synthesised, handler: Handler
) -> None:
    itself = {"Name": "FunctionName", "Value": {"Ref": complete.handlers()[handler]}}
    watched = {
        alarm["Properties"]["MetricName"]
        for alarm in complete.of_type("AWS::CloudWatch::Alarm").values()
        if itself in alarm["Properties"].get("Dimensions", [])
    }
    assert watched >= (set() if handler == SEED else {"Errors", "Throttles"})


def test_every_worker_fails_each_message_alone_and_has_its_queue_to_itself(complete: Synthesised) -> None:
    taken_from: dict[str, str] = {}
    for mapping in complete.of_type("AWS::Lambda::EventSourceMapping").values():
        source = mapping["Properties"]["EventSourceArn"]
        if isinstance(source, dict):  # else a stream that was there before
            taken_from[mapping["Properties"]["FunctionName"]["Ref"]] = source["Fn::GetAtt"][0]
            assert mapping["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert len(set(taken_from.values())) == len(taken_from) > 0
    for (folder, module), name in complete.handlers().items():
        received = [
            statement["Resource"]["Fn::GetAtt"][0]
            for statement in complete.statements(folder, module)
            if "sqs:ReceiveMessage" in statement["Action"]
        ]
        assert received == [queue for worker, queue in taken_from.items() if worker == name]
