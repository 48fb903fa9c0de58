"""The author's guide says what the samples do."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from administration import flow_drawing
from infra.flow_language.flow import parse
from infra.flow_language.paths import ways_of
from infra.sample_flows import BY_NAME, SAMPLES, Sample
from local.flows.script import read_script
from local.replay.events import FlowWalk
from local.replay.reading import read as read_events
from tests.specification import ROOT

GUIDE = (ROOT / "docs" / "contact-flow-guide.md").read_text("utf-8")
DRAWN = (ROOT / "docs" / "sample-flows.md").read_text("utf-8")


def test_F4_the_script_of_the_guide_can_be_played() -> None:
    script = tomllib.loads(re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[0])
    assert set(script) <= {block for sample in SAMPLES for block in sample.flow.blocks}
    assert len(read_script(script)) == len(script)


def test_F4_the_walk_of_the_guide_is_an_event(tmp_path: Path) -> None:
    file = tmp_path / "walk.json"
    file.write_text(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])
    (event,) = read_events(file)
    assert isinstance(event, FlowWalk)
    assert set(event.script) <= BY_NAME[event.flow].flow.blocks.keys()


def test_F4_the_bot_of_the_guide_is_the_one_that_the_sample_asks() -> None:
    bot = BY_NAME["chat"].flow.blocks["Ask who it is"]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", GUIDE.partition("## What the bot needs")[2], re.MULTILINE)
    assert [intent for intent, _ in rows] == [condition.operands[0] for condition in bot.conditions]
    slots = set(re.findall(r"\$\.Lex\.Slots\.(\w+)", BY_NAME["chat"].text))
    assert {slot for _, text in rows for slot in re.findall(r"`(\w+)`", text)} == slots


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_F4_a_drawing_has_every_block_and_every_way(sample: Sample) -> None:
    drawn = flow_drawing.drawing(sample.flow)
    assert drawn in DRAWN
    assert len(re.findall(r"^    b\d+[\[({]", drawn, re.MULTILINE)) == len(sample.flow.blocks)
    ways = {
        (block.identifier, target) for block in sample.flow.blocks.values() for _, target in ways_of(block)
    }
    assert len(re.findall(r"^    b\d+ -", drawn, re.MULTILINE)) == len(ways)


def test_a_drawing_dots_errors_and_names_conditions() -> None:
    actions: list[dict[str, Any]] = [
        {
            "Identifier": 'Look "up"',
            "Type": "Compare",
            "Transitions": {
                "NextAction": "End",
                "Errors": [{"ErrorType": "NoMatchingCondition", "NextAction": "End"}],
                "Conditions": [
                    {"NextAction": "Say", "Condition": {"Operator": "NumberLessThan", "Operands": ["5"]}}
                ],
            },
        },
        {
            "Identifier": "Say",
            "Type": "MessageParticipant",
            "Transitions": {
                "NextAction": "Say",
                "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "End"}],
            },
        },
        {"Identifier": "End", "Type": "Unheard"},
    ]
    document = json.loads(json.dumps({"StartAction": "Say", "Actions": actions}))
    assert flow_drawing.drawing(parse(document, name="f")).splitlines() == [
        "flowchart TD",
        "    start(( )) --> b2",
        "    b1{\"Look 'up'<br/><small>Check contact attributes</small>\"}",
        '    b2["Say<br/><small>Play prompt</small>"]',
        '    b3["End<br/><small>Unheard</small>"]',
        '    b1 -->|"NumberLessThan 5"| b2',
        '    b1 -->|"else"| b3',
        '    b2 -.->|"error"| b3',
        "    b2 --> b2",
    ]
