"""What administrators read about tasks is what the code does: the page, the seed, the samples (K1, K2)."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.settings_file import from_toml
from connect_zendesk.rules.settings.task_rules import LATEST_MINUTES, Conditions, TaskRule, TaskStart
from connect_zendesk.rules.tickets.macro_tags import MACRO_TAGS
from connect_zendesk.rules.zendesk_events.macro import tags_set
from connect_zendesk.rules.zendesk_events.task_content import LARGEST_ATTRIBUTE, task_of
from connect_zendesk.rules.zendesk_events.task_decision import decide
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from tests.unit.rules.cases_k1_to_k4 import event, rule, settings_with
from tests.unit.rules.test_task_content import NOW, URL

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tasks.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
SEED = (ROOT / "app_settings.toml").read_text("utf-8")
SAMPLES = sorted((ROOT / "events" / "zendesk_events").glob("*.json"))


def sample(path: Path) -> ZendeskEvent:
    """Return the event of a sample."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert (content["source"], content["detail-type"]) == ("connect-zendesk", "Zendesk Event")
    found = ZendeskEvent.of(content["detail"])
    assert json.loads(json.dumps(found.as_detail())) == content["detail"]
    return found


def seed(*, enabled: bool) -> AppSettings:
    """Return the app settings that a deployment starts from, with its task rules switched on or off."""
    document = from_toml(SEED)
    assert all(written["enabled"] is False for written in document["task_rules"])
    for written in document["task_rules"]:
        written["enabled"] = enabled
    settings, problems = app_settings.read(document)
    assert not problems
    return settings


def test_K1_every_example_on_the_page_can_be_copied() -> None:
    assert EXAMPLES
    for example in EXAMPLES:
        settings, problems = app_settings.read(from_toml(example))
        assert not problems
        assert len(settings.task_rules) > 1


def test_K1_every_field_is_on_the_page() -> None:
    for kind in (TaskRule, Conditions, TaskStart):
        for field in fields(kind):
            assert re.search(rf"`(?:when\.|task\.)?{field.name}[`.]", PAGE), field.name
    assert f"0 to {LATEST_MINUTES} " in PAGE


def test_K2_the_attributes_on_the_page_are_those_of_a_task() -> None:
    rows = re.findall(r"^\| `(zendesk_\w+)`", PAGE, re.M)
    app = settings_with(rule())
    assert sorted(rows) == sorted(task_of(event(), app.task_rules[0], app, URL, NOW).attributes)
    assert f"{LARGEST_ATTRIBUTE:,} bytes" in PAGE


@pytest.mark.parametrize(
    ("name", "makes"),
    [
        ("made-urgent", "Urgent tickets"),
        ("created-with-callback", "Callback asked for"),
        ("commented", None),
        ("changed-by-the-connector", None),
        ("macro-attach", None),
        ("macro-new-ticket", None),
    ],
)
def test_K1_the_rules_that_are_there_from_the_start_make_a_task_only_once_they_are_on(
    name: str, makes: str | None
) -> None:
    told = sample(ROOT / "events" / "zendesk_events" / f"{name}.json")
    assert decide(told, seed(enabled=False)).rule is None
    made = decide(told, seed(enabled=True)).rule
    assert (made.name if made else None) == makes


def test_K1_a_ticket_that_is_opened_again_is_work_again() -> None:
    again = event("status_changed", ticket={"status": "open", "channel": "email", "priority": None})
    made = decide(again, seed(enabled=True)).rule
    assert made is not None
    assert made.name == "Opened again"
    assert decide(event("status_changed", ticket={"status": "solved"}), seed(enabled=True)).rule is None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_is_an_event_and_those_of_macros_have_their_tag(path: Path) -> None:
    assert bool(tags_set(sample(path))) is path.stem.startswith("macro-")


def test_A1_the_macros_tags_are_on_the_page_in_the_order_in_which_they_count() -> None:
    page = (ROOT / "docs" / "attachments.md").read_text("utf-8")
    assert tuple(re.findall(r"^\| `(connect_\w+)` \|", page, re.M)) == MACRO_TAGS
