"""O4: the dashboard, and a section of docs/alarms.md for each alarm of the template."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from administration import logs_page
from connect_zendesk.function_kinds import Alarm
from connect_zendesk.metrics import PACED, Metric
from connect_zendesk.topology import WORKERS, alarms
from infra.runbooks import RUNBOOKS, section_of
from infra.synth import PROJECT
from tests.infra.conftest import Synthesised
from tests.unit.test_pages import anchors


def test_O4_every_alarm_of_the_template_links_to_what_to_do_about_it(complete: Synthesised) -> None:
    page = (PROJECT / "docs" / "alarms.md").read_text("utf-8")
    made = complete.of_type("AWS::CloudWatch::Alarm").values()
    assert len(made) == len(alarms())
    for alarm in made:
        description = alarm["Properties"]["AlarmDescription"]
        path, _, anchor = re.findall(r"What to do: (\S+)$", description)[0].partition("#")
        assert path == "docs/alarms.md"
        assert anchor in anchors(page), description


def test_O4_every_runbook_is_of_an_alarm_and_says_three_things() -> None:
    assert {section_of(alarm) for alarm in alarms()} == set(RUNBOOKS)
    for name, book in RUNBOOKS.items():
        for text in (book.meanwhile, book.look, book.do):
            assert text.endswith("."), (name, text)


def test_O4_runbooks_name_messages_and_metrics_that_there_are() -> None:
    logged = {message.text for message in logs_page.messages()}
    counted = {metric.value for metric in Metric}
    for name, book in RUNBOOKS.items():
        for kind, known in (("messages?", logged), ("metrics?", counted)):
            named = re.findall(rf"\b{kind} ((?:`[^`]+`(?: and |, )?)+)", book.look)
            for text in re.findall(r"`([^`]+)`", " ".join(named)):
                assert text in known, (name, text)


def test_O4_every_message_that_is_logged_is_on_the_page_about_logs() -> None:
    page = (PROJECT / "docs" / "logs.md").read_text("utf-8")
    listed = logs_page.messages()
    assert len(listed) > 90
    for message in listed:
        assert f"| {message.text} | {message.level} |" in page


def test_a_message_that_cannot_be_read_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "handler.py").write_text("logger.info(made_up())\n")
    with pytest.raises(logs_page.UnreadMessage, match=r"handler\.py:1"):
        logs_page.messages(tmp_path)


def test_an_alarm_without_a_runbook_is_noticed() -> None:
    with pytest.raises(KeyError, match=r"CoffeeIsOut has no runbook in infra/runbooks\.py"):
        section_of(Alarm(id="CoffeeIsOut", metric="IteratorAge", above=0, means="there is none"))


def widgets(made: Synthesised) -> list[dict[str, Any]]:
    body = made.only("AWS::CloudWatch::Dashboard")["DashboardBody"]
    parts = body["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else "x" for part in parts)
    return list(json.loads(text)["widgets"])


def test_O4_the_dashboard_shows_alarms_queues_and_every_function(complete: Synthesised) -> None:
    shown = widgets(complete)
    (status,) = [each for each in shown if each["type"] == "alarm"]
    assert len(status["properties"]["alarms"]) == len(alarms())
    titles = [each["properties"].get("title") for each in shown]
    folders = {folder for folder, _ in complete.handlers()} - {"app_settings"}
    assert folders <= set(titles)
    (ages,) = [each for each in shown if each["properties"].get("title", "").startswith("Oldest message")]
    assert len(ages["properties"]["metrics"]) == len(complete.of_type("AWS::Lambda::EventSourceMapping")) - 2


def test_O7_the_dashboard_shows_what_waits_why_and_until_when(complete: Synthesised) -> None:
    shown = {
        each["properties"].get("title", ""): json.dumps(each["properties"]) for each in widgets(complete)
    }
    (paced,) = [text for title, text in shown.items() if title.startswith("Paced")]
    assert all(metric.value in paced for metric in PACED)
    (backlog,) = [text for title, text in shown.items() if title.startswith("Messages in each queue")]
    (ends,) = [text for title, text in shown.items() if title.startswith("Minutes until each queue")]
    for worker in WORKERS:
        name = worker.queue.id.lower()
        assert f"{name}_seen + {name}_hidden" in backlog
        assert f"IF(RATE({name}) < 0, 0 - {name} / RATE({name}) / 60)" in ends
    assert "ApproximateNumberOfMessagesNotVisible" in backlog


def test_O4_the_dashboard_leaves_out_what_is_not_deployed(made: Synthesised) -> None:
    assert "agent_app" not in [each["properties"].get("title") for each in widgets(made)]


def test_tracing_is_off_unless_it_is_chosen_and_imports_nothing(synthesise: Any, made: Synthesised) -> None:
    assert "xray" not in json.dumps(made.template)
    traced = synthesise(tracing="true")
    functions = traced.of_type("AWS::Lambda::Function").values()
    own = [each for each in functions if "BUS_NAME" in each["Properties"]["Environment"]["Variables"]]
    assert {each["Properties"]["TracingConfig"]["Mode"] for each in own} == {"Active"}
    assert "xray:PutTraceSegments" in json.dumps(traced.template)
    assert "aws-xray-sdk" not in (PROJECT / "layers/dependencies/requirements.txt").read_text("utf-8")
