"""F4: the walker takes the branches that Amazon Connect takes (facts/flow-language.md 4 and 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.flow_language.flow import Flow, parse
from local.flows.contact import FlowContact
from local.flows.exploration import explore
from local.flows.findings import findings
from local.flows.script import read_script
from local.flows.walk import Surroundings, Walked, walk
from local.replay.inputs import BadInput

END = {"Identifier": "End", "Type": "DisconnectParticipant"}
STORE = {"Text": "?", "StoreInput": "True", "InputValidation": {"CustomValidation": {"MaximumLength": "3"}}}
MENU = {"Text": "?", "StoreInput": "False"}
PHONE = {"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "GB"}}
BOTH = ("NoMatchingCondition", "InputTimeLimitExceeded", "NoMatchingError")
LAMBDA = {"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8"}


def block(
    kind: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    named: str = "It",
    leads: str = "End",
    errors: tuple[str, ...] = ("NoMatchingError",),
    conditions: Mapping[str, str] | None = None,
    operator: str = "Equals",
) -> dict[str, Any]:
    return {
        "Identifier": named,
        "Type": kind,
        "Parameters": dict(parameters or {}),
        "Transitions": {
            "NextAction": leads,
            "Errors": [{"ErrorType": error, "NextAction": "End"} for error in errors],
            "Conditions": [
                {"NextAction": target, "Condition": {"Operator": operator, "Operands": [operand]}}
                for operand, target in (conditions or {}).items()
            ],
        },
    }


def flow(*blocks: Mapping[str, Any], kind: str = "CONTACT_FLOW") -> Flow:
    start = blocks[0]["Identifier"]
    return parse({"StartAction": start, "Actions": [*blocks, END]}, name="f", flow_type=kind)


def walked(
    *blocks: Mapping[str, Any], script: Mapping[str, Any] | None = None, answer: Any = None, **contact: Any
) -> Walked:
    def function(_event: dict[str, Any]) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    around = Surroundings(lambda arn, _parameters: function if arn == "f" else None)
    return walk(flow(*blocks), FlowContact(**contact), read_script(script or {}), around)


def branch(*blocks: Mapping[str, Any], **given: Any) -> str | None:
    return walked(*blocks, **given).steps[0].branch


MENU_BLOCK = block("GetParticipantInput", MENU, errors=BOTH, conditions={"1": "End"})
NUMBER_BLOCK = block(
    "GetParticipantInput",
    STORE | {"InputValidation": PHONE},
    errors=("NoMatchingError", "InvalidPhoneNumber"),
)


@pytest.mark.parametrize(
    ("it", "said", "taken"),
    [
        (MENU_BLOCK, {"It": "1"}, "1"),
        (MENU_BLOCK, {"It": "2"}, "NoMatchingCondition"),
        (MENU_BLOCK, {}, "InputTimeLimitExceeded"),
        (MENU_BLOCK, {"It": {"error": "NoMatchingError"}}, "NoMatchingError"),
        (NUMBER_BLOCK, {"It": "02071838750#"}, "next"),
        (NUMBER_BLOCK, {"It": "1#"}, "InvalidPhoneNumber"),
        (NUMBER_BLOCK, {}, "next"),
    ],
)
def test_F4_keys_choose_the_branch(it: Mapping[str, Any], said: Mapping[str, Any], taken: str) -> None:
    assert branch(it, script=said) == taken


def test_F4_only_calls_have_keys_and_ssml() -> None:
    assert branch(MENU_BLOCK, script={"It": "1"}, channel="CHAT") == "NoMatchingError"
    spoken = block("MessageParticipant", {"SSML": "<speak>Hello</speak>"})
    assert walked(spoken).said == ["Hello"]
    assert branch(spoken, channel="CHAT") == "NoMatchingError"


def test_F4_a_name_with_marks_breaks_ssml_and_no_text() -> None:
    name = {"attributes": {"name": "Smith & Sons"}}
    assert (
        branch(block("MessageParticipant", {"SSML": "<speak>$.Attributes.name</speak>"}), **name)
        == "NoMatchingError"
    )
    assert walked(block("MessageParticipant", {"Text": "To $.Attributes.name."}), **name).said == [
        "To Smith & Sons."
    ]


@pytest.mark.parametrize(("keys", "stored"), [("12345", "123"), ("12#9", "12"), ("", "Timeout")])
def test_F4_what_is_entered_is_cut_and_nothing_is_Timeout(keys: str, stored: str) -> None:
    enter = block("GetParticipantInput", STORE, leads="Keep")
    keep = block(
        "UpdateContactAttributes", {"Attributes": {"entered": "$.StoredCustomerInput"}}, named="Keep"
    )
    assert walked(enter, keep, script={"It": keys}).attributes == {"entered": stored}


@pytest.mark.parametrize(
    ("answer", "kind", "taken"),
    [
        ({"status": "ok"}, "STRING_MAP", "next"),
        ({"count": 1}, "STRING_MAP", "NoMatchingError"),
        ({"user": {"id": "1"}}, "STRING_MAP", "NoMatchingError"),
        ({"user": {"id": 1}}, "JSON", "next"),
        (["ok"], "JSON", "NoMatchingError"),
        ("ok", "STRING_MAP", "NoMatchingError"),
        ({"long": "x" * 33_000}, "STRING_MAP", "NoMatchingError"),
        (RuntimeError("down"), "STRING_MAP", "NoMatchingError"),
    ],
)
def test_F4_a_flow_reads_flat_texts_or_json_of_32_KB(answer: Any, kind: str, taken: str) -> None:
    it = block("InvokeLambdaFunction", LAMBDA | {"ResponseValidation": {"ResponseType": kind}})
    assert branch(it, answer=answer) == taken


def test_F4_a_function_that_is_over_its_time_or_unknown_takes_the_error_branch() -> None:
    it = block("InvokeLambdaFunction", LAMBDA)
    assert branch(it, answer={}, script={"It": {"seconds": 8}}) == "next"
    assert branch(it, answer={}, script={"It": {"seconds": 8.5}}) == "NoMatchingError"
    assert branch(block("InvokeLambdaFunction", LAMBDA | {"LambdaFunctionARN": "g"})) == "NoMatchingError"


@pytest.mark.parametrize(("between", "taken"), [(False, "NoMatchingError"), (True, "next")])
def test_F4_a_chain_of_functions_has_twenty_seconds_unless_a_prompt_stands_between(
    between: bool, taken: str
) -> None:
    chain = [block("InvokeLambdaFunction", LAMBDA, named=f"{n}", leads=f"{n + 1}") for n in range(3)]
    if between:
        chain[1]["Transitions"]["NextAction"] = "Say"
        chain.append(block("MessageParticipant", {"Text": "Please wait."}, named="Say", leads="2"))
    chain[2]["Transitions"]["NextAction"] = "End"
    slow = {f"{n}": {"seconds": 7} for n in range(3)}
    steps = walked(*chain, script=slow, answer={}).steps
    assert {step.block: step.branch for step in steps}["2"] == taken
    assert bool(findings(flow(*chain))) is not between


def test_F4_the_last_answer_is_gone_with_the_next_call_and_after_an_asynchronous_one_it_stays() -> None:
    first = block("InvokeLambdaFunction", LAMBDA, leads="Then")
    keep = block("UpdateContactAttributes", {"Attributes": {"status": "$.External.status"}}, named="Keep")
    for more, kept in (({}, ""), ({"InvocationType": "ASYNCHRONOUS"}, "ok")):
        then = block("InvokeLambdaFunction", LAMBDA | more, named="Then", leads="Keep")
        assert walked(
            first, then, keep, answer={"status": "ok"}, script={"Then": {"answer": {"a": "b"}}}
        ).attributes == {"status": kept}


@pytest.mark.parametrize(
    ("operator", "operand", "value", "taken"),
    [
        ("Equals", "ok", "ok", "ok"),
        ("TextStartsWith", "no", "not found", "TextStartsWith no"),
        ("TextEndsWith", "found", "not found", "TextEndsWith found"),
        ("TextContains", "x", "not found", "NoMatchingCondition"),
        ("NumberGreaterThan", "9", "10", "NumberGreaterThan 9"),
        ("NumberLessThan", "9", "ten", "NoMatchingCondition"),
        ("NumberGreaterOrEqualTo", "10", "10", "NumberGreaterOrEqualTo 10"),
        ("NumberLessOrEqualTo", "9", "10", "NoMatchingCondition"),
        ("Equals", "$.Channel", "VOICE", "$.Channel"),
        ("Equals", "ok", None, "NoMatchingCondition"),
    ],
)
def test_F4_a_comparison_takes_the_first_condition_that_is_true(
    operator: str, operand: str, value: str | None, taken: str
) -> None:
    it = block(
        "Compare",
        {"ComparisonValue": "$.Attributes.status"},
        errors=("NoMatchingCondition",),
        conditions={operand: "End"},
        operator=operator,
    )
    given = (taken or "").replace("Equals ", "")
    assert branch(it, attributes={} if value is None else {"status": value}) == given


def test_F4_a_loop_goes_round_as_often_as_it_says_and_then_begins_anew() -> None:
    loop = block(
        "Loop", {"LoopCount": "2"}, errors=(), conditions={"ContinueLooping": "It", "DoneLooping": "End"}
    )
    assert [step.branch for step in walked(loop).steps] == ["ContinueLooping"] * 2 + ["DoneLooping", None]


def test_F4_attributes_of_more_than_32_KB_are_not_set() -> None:
    it = block("UpdateContactAttributes", {"Attributes": {"a": "x" * 20_000}}, leads="More")
    more = block("UpdateContactAttributes", {"Attributes": {"b": "y" * 20_000}}, named="More")
    result = walked(it, more)
    assert (result.steps[1].branch, list(result.attributes)) == ("NoMatchingError", ["a"])


def test_F4_a_transfer_needs_a_queue_and_ends_the_flow() -> None:
    queue = block("UpdateContactTargetQueue", {"QueueId": "q"}, leads="Go")
    go = block("TransferContactToQueue", errors=("QueueAtCapacity", "NoMatchingError"), named="Go")
    assert walked(queue, go).ended == "in the queue"
    assert walked(go).steps[0].branch == "NoMatchingError"
    assert walked(queue, go, script={"Go": {"error": "QueueAtCapacity"}}).steps[1].branch == "QueueAtCapacity"


def test_F4_voice_id_blocks_take_their_error_branch() -> None:
    assert (
        branch(block("CheckVoiceId", errors=("NoMatchingCondition", "NoMatchingError"))) == "NoMatchingError"
    )


def test_F4_a_flow_that_leads_nowhere_says_where() -> None:
    lost = block("MessageParticipant", {"Text": "Hello"}, leads="Elsewhere")
    assert walked(lost).ended == "nowhere: there is no block 'Elsewhere'"
    assert ("It", "the branch next leads nowhere") in [
        (each.block, each.text) for each in findings(flow(lost))
    ]
    circle = block("MessageParticipant", {"Text": "Hello"}, leads="It", errors=())
    assert "no end" in walked(circle).ended
    texts = {each.block: each.text for each in findings(flow(circle))}
    assert texts["It"].startswith("no way from here ends the flow")
    assert texts["End"] == "nothing leads here"


def test_F4_a_branch_that_is_not_drawn_is_found() -> None:
    half = block("GetParticipantInput", MENU, errors=("NoMatchingError",), conditions={"1": "End"})
    found = [each.text for each in findings(flow(half))]
    assert found == [f"the branch {name} leads nowhere" for name in BOTH[:2]]


REMEMBER = block(
    "InvokeLambdaFunction",
    {"LambdaFunctionARN": "f", "LambdaInvocationAttributes": {"search_by": "remember"}},
    named="Remember",
    leads="Go",
)
GO = block("TransferContactToQueue", errors=("QueueAtCapacity", "NoMatchingError"), named="Go")


@pytest.mark.parametrize(
    ("leads", "kind", "said"),
    [
        ("Remember", "CONTACT_FLOW", None),
        ("Go", "CONTACT_FLOW", "too late for the snapshot"),
        ("Remember", "AGENT_WHISPER", "the agent has accepted by then"),
        ("Remember", "CUSTOMER_QUEUE", "an agent may have accepted by then"),
    ],
)
def test_P2_F4_an_attribute_that_is_set_too_late_for_acceptance_is_found(
    leads: str, kind: str, said: str | None
) -> None:
    late = block(
        "UpdateContactAttributes", {"Attributes": {"ticket_assignment": "agent", "other": "1"}}, leads=leads
    )
    found = [each.text for each in findings(flow(late, REMEMBER, GO, kind=kind)) if each.block == "It"]
    assert len(found) == (said is not None)
    assert all(text.startswith("ticket_assignment ") and said and said in text for text in found)


def test_S6_F4_a_name_that_is_nearly_a_settings_is_found() -> None:
    near = block("UpdateContactAttributes", {"Attributes": {"Zendesk-Ticket": "1", "mine": "2"}})
    assert [each.text for each in findings(flow(near))] == ["Zendesk-Ticket is no setting; zendesk_ticket is"]


def test_F4_exploring_names_the_branches_that_nothing_takes() -> None:
    never = block(
        "Compare",
        {"ComparisonValue": "$.Channel"},
        errors=("NoMatchingCondition",),
        conditions={"FAX": "End"},
    )
    around = Surroundings(lambda _arn, _parameters: None)
    explored = explore(flow(never), lambda script: walk(flow(never), FlowContact(), script, around))
    assert explored.missing == [("It", "FAX")]


@pytest.mark.parametrize("said", [{"It": 5}, {"It": {"key": "1"}}, {"It": [None]}])
def test_a_script_that_cannot_be_read_is_refused(said: Mapping[str, Any]) -> None:
    with pytest.raises(BadInput, match="at 'It': expected keys"):
        read_script(said)
