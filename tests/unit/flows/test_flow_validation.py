"""F4: the offline validator refuses what Amazon Connect refuses, for the same reason, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from infra.flow_language import references
from infra.flow_language.action_table import FILE, Parameter, action_table
from infra.flow_language.problems import OURS
from infra.flow_language.validation import problems_of
from infra.sample_flows import SAMPLES, Sample
from tests.unit.flows.broken_flows import (
    BOT,
    BROKEN,
    END,
    LAMBDA,
    MENU,
    MENU_ERRORS,
    OWN_WORDS,
    QUEUED,
    STORE,
    Broken,
    flow_text,
)


@pytest.mark.parametrize("broken", [*BROKEN, *OWN_WORDS], ids=lambda broken: broken.about)
def test_F4_a_broken_flow_is_refused_for_the_reason_that_amazon_connect_gives(broken: Broken) -> None:
    found = problems_of(broken.text, broken.flow_type)
    assert (broken.message, broken.path) in [(each.message, each.path) for each in found]
    # Of a whisper the hang-up that ends it is refused too.
    assert {each.identifier for each in found} <= {"It", END}
    if broken.flow_type == "CONTACT_FLOW":
        assert len({each.message for each in found}) == 1, found


def test_more_than_twenty_are_refused_in_the_services_own_words() -> None:
    assert len({broken.text for broken in BROKEN}) == len(BROKEN) >= 20
    assert not {broken.message for broken in BROKEN} & OURS
    assert {broken.message for broken in OWN_WORDS} <= OURS


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_F4_a_sample_is_valid(sample: Sample) -> None:
    assert problems_of(sample.text, sample.type) == []


def action(kind: str, parameters: dict[str, Any], **transitions: Any) -> dict[str, Any]:
    return {"Identifier": "It", "Type": kind, "Parameters": parameters, "Transitions": transitions}


def hang_up(identifier: str) -> dict[str, Any]:
    return action("DisconnectParticipant", {}) | {"Identifier": identifier}


def errors(*kinds: str) -> list[dict[str, str]]:
    return [{"ErrorType": kind, "NextAction": END} for kind in kinds]


@pytest.mark.parametrize(
    "good",
    [
        action("MessageParticipant", {"Text": "Without an error branch"}, NextAction=END),
        action(
            "InvokeLambdaFunction", LAMBDA, NextAction=END, Errors=errors("NoMatchingError"), Conditions=[]
        ),
        action(
            "InvokeLambdaFunction",
            LAMBDA | {"LambdaFunctionARN": "$.FlowAttributes.function"},
            NextAction=END,
            Errors=errors("NoMatchingError"),
        ),
        action("GetParticipantInput", MENU, NextAction=END, Errors=errors(*MENU_ERRORS)),
        action("GetParticipantInput", STORE, NextAction=END, Errors=errors("NoMatchingError")),
        action(
            "ConnectParticipantWithLexBot",
            BOT,
            NextAction=END,
            Errors=errors("NoMatchingCondition", "NoMatchingError"),
        ),
        action("TransferContactToQueue", {}, NextAction=END, Errors=errors(*QUEUED)),
        action("CreateContact", {"anything": "of a type of which only the name is known"}),
    ],
    ids=lambda good: good["Type"],
)
def test_F4_what_amazon_connect_accepts_is_not_refused(good: dict[str, Any]) -> None:
    assert problems_of(flow_text(good)) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("no JSON", "Content"),
        ("[]", "Content"),
        ('{"modules": []}', "Content"),
        (flow_text(Version="2020-01-01"), "Version"),
        (flow_text(StartAction="elsewhere"), "StartAction"),
        (flow_text(Settings={}), "Settings"),
        (flow_text(Metadata={"of": "x" * 256_000}), "Content"),
        (flow_text(Actions=[hang_up(f"{number}") for number in range(251)]), "Actions"),
        (flow_text(*[action("MessageParticipant", {"Text": "a"}, NextAction=END)] * 2), "Actions"),
        (flow_text(action("Loop", {"LoopCount": "1"}, NextAction="elsewhere")), "Actions[0].Transitions"),
        (flow_text(hang_up("a/b")), "Actions[0].Identifier"),
        (flow_text(hang_up("toString")), "Actions[0].Identifier"),
        (flow_text(hang_up("a" * 51)), "Actions[0].Identifier"),
    ],
)
def test_F4_a_document_that_is_no_flow_is_refused_where_it_is_wrong(text: str, where: str) -> None:
    assert where in [problem.path for problem in problems_of(text)]


def test_the_table_is_that_of_the_facts() -> None:
    content = json.loads(FILE.read_text("utf-8"))
    table = action_table()
    assert table.types.keys() == content["actions"].keys()
    assert len(table.types) == 57
    assert not table.named_only & table.types.keys()


def test_every_word_of_the_table_on_what_is_needed_is_understood() -> None:
    needs = {need.words for kind in action_table().types.values() for need in kind.errors.values()}
    for kind in action_table().types.values():
        needs |= {rule.need.words for rule in every_parameter(kind.parameters.values())}
    conditional = {words.removeprefix("when ").partition(",")[0] for words in needs - {"True", "False"}}
    terms = {term for words in conditional for term in words.split(" and ")}
    # Of a module only its own resource says which branches it declares.
    understood = [term for term in terms if re.fullmatch(r"\w+(=\w+| in \w+)?", term)]
    assert terms - set(understood) == {"the module declares branches"}


def every_parameter(rules: Iterable[Parameter]) -> Iterator[Parameter]:
    for rule in rules:
        yield rule
        yield from every_parameter(rule.fields.values())


def test_F4_an_export_says_its_own_type() -> None:
    whisper = action("EndFlowExecution", {})
    exported = flow_text(whisper, Metadata={"type": "agentWhisper"}, Actions=[whisper])
    assert problems_of(exported) == []
    assert problems_of(exported, "CONTACT_FLOW")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_F4_a_sample_is_drawn_in_the_console_with_no_block_on_another(sample: Sample) -> None:
    document = json.loads(sample.text)
    placed = document["Metadata"]["ActionMetadata"]
    assert placed.keys() == sample.flow.blocks.keys()
    assert all(each["isFriendlyName"] for each in placed.values())
    places = [(each["position"]["x"], each["position"]["y"]) for each in placed.values()]
    for number, (x, y) in enumerate(places):
        assert all(abs(x - other) >= 250 or abs(y - below) >= 200 for other, below in places[:number])


@pytest.mark.parametrize(
    ("reference", "steps"),
    [
        ("$.Channel", ["Channel"]),
        ("$.Attributes.language", ["Attributes", "language"]),
        ("$.Attributes['my key']", ["Attributes", "my key"]),
        ("$.Attributes.['my key']", ["Attributes", "my key"]),
        ('$.SegmentAttributes["connect:Subtype"]', ["SegmentAttributes", "connect:Subtype"]),
        ("$.External.user.id", ["External", "user", "id"]),
    ],
)
def test_F4_a_reference_is_read_in_each_way_in_which_it_is_written(reference: str, steps: list[str]) -> None:
    assert references.is_reference(reference)
    assert references.steps_of(reference) == steps
    assert not references.is_reference(f"to {reference}")


def test_a_price_is_no_reference() -> None:
    assert references.REFERENCE.search("It costs $.50, or $ 5.") is None
