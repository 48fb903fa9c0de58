"""docs/zendesk-events.md and the samples in events/ say what the endpoint does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from administration.zendesk_setup.wanted import EVENTS_WEBHOOK, MACROS, TRIGGERS_WEBHOOK
from connect_zendesk import detail_types
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from connect_zendesk.zendesk.webhook import Call
from connect_zendesk.zendesk.webhook_event import NotAnEvent, read
from local.stand_ins.zendesk.webhooks.triggers import _PLACEHOLDER
from tests.records import NINE
from tests.webhooks import ACCOUNT

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "zendesk-events.md").read_text("utf-8")
SAMPLES = sorted((ROOT / "events" / "zendesk_webhooks").glob("*.json"))
EVENT, TEMPLATE = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))


def sample(name: str) -> ZendeskEvent:
    body = (ROOT / "events" / "zendesk_webhooks" / f"{name}.json").read_bytes()
    return read(Call(body, "s", NINE, ACCOUNT, "01JINVOCATION"), connector={1})


def test_the_event_on_the_page_is_the_sample_as_the_bus_gets_it() -> None:
    assert json.loads(json.dumps(sample("priority-changed").as_detail())) == EVENT


def test_the_template_on_the_page_is_read_whole() -> None:
    filled = _PLACEHOLDER.sub("7", json.dumps(TEMPLATE))
    event = read(Call(filled.encode(), "s", NINE, ACCOUNT, "01JINVOCATION"))
    assert (event.type, event.actor) == ("ticket.priority_changed", 7)
    values = {name: getattr(event.ticket, name) for name in TEMPLATE["ticket"]}
    moments = {"created", "updated"}
    assert all(value in (7, "7", ("7",)) for name, value in values.items() if name not in moments)


def test_the_sample_from_a_trigger_has_the_fields_of_the_template() -> None:
    content = json.loads((ROOT / "events" / "zendesk_webhooks" / "from-a-trigger.json").read_text())
    assert content["ticket"].keys() - {"form"} == TEMPLATE["ticket"].keys()
    event, told = sample("from-a-trigger"), sample("priority-changed")
    assert (event.type, event.ticket.priority, event.ticket.id) == (
        told.type, told.ticket.priority, told.ticket.id,
    )  # fmt: skip


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_but_the_broken_is_an_event(path: Path) -> None:
    if path.stem.startswith("broken"):
        with pytest.raises(NotAnEvent):
            sample(path.stem)
    else:
        assert sample(path.stem).ticket.id == 4002


@pytest.mark.parametrize(
    ("name", "by_connector"), [("by-the-connector", True), ("created", False), ("macro-attach", False)]
)
def test_the_samples_show_whose_doing_an_event_is(name: str, by_connector: bool) -> None:
    assert sample(name).by_connector is by_connector


def test_what_is_made_is_named_on_the_page() -> None:
    for text in (EVENTS_WEBHOOK, TRIGGERS_WEBHOOK, *(macro.tag for macro in MACROS)):
        assert text in PAGE
    assert all(macro.title.startswith("Amazon Connect: attach my contact to ") for macro in MACROS)


def test_every_event_of_ours_is_on_the_page_of_events() -> None:
    page = (ROOT / "docs" / "events.md").read_text("utf-8")
    queued_only = {
        detail_types.CALL_CHECK_DUE,
        detail_types.FORCED_TICKET_DUE,
        detail_types.CUSTOMER_UPDATE,
    }
    of_aws = {detail_types.CONTACT_EVENT, detail_types.OBJECT_CREATED, detail_types.STACK_STATUS_CHANGED}
    of_aws |= {detail_types.TRANSCRIPTION_CHANGED, detail_types.CALL_ANALYTICS_CHANGED}
    kinds = {value for name, value in vars(detail_types).items() if name.isupper() and " " in value}
    assert {kind for kind in kinds - queued_only - of_aws if f"`{kind}`" not in page} == set()
