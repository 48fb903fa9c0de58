"""docs/contact-flow-blocks.md and the sample events say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from administration.markdown import code, table
from connect_zendesk.amazon_connect import contact_flow
from connect_zendesk.entrypoints import contact_flow as flow_block
from connect_zendesk.rules.flows import flow_answer, flow_request
from connect_zendesk.rules.flows.flow_answer import STATUSES, TICKET_FIELDS, USER_FIELDS, Field
from connect_zendesk.rules.flows.flow_request import KINDS, RECENT_HOURS
from connect_zendesk.workflows.flows import open_ticket as flow_ticket
from tests.records import NINE

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "contact-flow-blocks.md").read_text("utf-8")
SAMPLES = sorted((PROJECT / "events" / "contact_flows").glob("*.json"))


def fields_table(fields: tuple[Field, ...]) -> str:
    return table(("`$.External.`…", "is"), [(code(field.name), field.meaning) for field in fields])


TABLES = {
    "kinds": table(
        ("`search_by`", "needs", "answers with", "how"),
        [(code(kind.name), kind.needs, kind.answers, kind.how) for kind in KINDS],
    ),
    "user": fields_table(USER_FIELDS),
    "ticket": fields_table(TICKET_FIELDS),
    "opened": fields_table(flow_ticket.FIELDS),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_pages_tables_are_those_of_the_code(name: str) -> None:
    assert TABLES[name] in PAGE, f"put this into docs/contact-flow-blocks.md:\n{TABLES[name]}"


def test_every_status_is_explained() -> None:
    section = PAGE.partition("## Status")[2].partition("## ")[0]
    assert re.findall(r"^\| `([a-z ]+)` \| \S", section, re.M) == ["status", *STATUSES]


@pytest.mark.parametrize("keyword", sorted(flow_request.KEYWORDS - {"cary_on"}))
def test_every_parameter_is_explained(keyword: str) -> None:
    assert f"`{keyword}`" in PAGE


@pytest.mark.parametrize(
    "said",
    [
        f"{flow_block.TIME_LIMIT:g} unless",
        f"{flow_block.SHORTEST_LIMIT:g} to {flow_block.LONGEST_LIMIT:g}",
        f"{RECENT_HOURS} unless",
        f"{flow_answer.LARGEST // 1000} KB",
    ],
)
def test_every_number_is_the_codes(said: str) -> None:
    assert said in PAGE


def test_there_is_a_sample_of_every_kind_and_of_what_is_broken() -> None:
    asked = {
        name
        for sample in SAMPLES
        for parameters in [contact_flow.parameters_of(read(sample))]
        for name in (parameters.get("search_by"), parameters.get("action"))
    }
    assert {kind.name for kind in KINDS} <= asked
    assert [sample for sample in SAMPLES if sample.name.startswith("broken-")]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_is_broken_only_where_its_name_says_so(sample: Path) -> None:
    event = read(sample)
    broken = []
    try:
        invocation = contact_flow.parse(event, NINE)
        if invocation.parameters.keys() & {"search_by", "action"}:
            flow_request.kind_of(invocation.parameters)
    except (contact_flow.NotAFlowEvent, flow_request.BadRequest) as reason:
        broken.append(reason)
    assert bool(broken) is sample.name.startswith("broken-")


def test_sample_contacts_are_told_apart() -> None:
    ids = [read(sample)["Details"].get("ContactData", {}).get("ContactId") for sample in SAMPLES]
    known = [contact for contact in ids if contact]
    assert len(set(known)) == len(known)


def read(sample: Path) -> Any:
    return json.loads(sample.read_text("utf-8"))
