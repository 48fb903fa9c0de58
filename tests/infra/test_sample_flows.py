"""F4: the sample contact flows are deployed on request, after what they refer to, and stay off the laptop."""

from typing import Any

import pytest

from infra.flow_language.validation import problems_of
from infra.sample_flows import BY_NAME, SAMPLES
from local.emulator.template import fit_to_emulator
from tests.infra.conftest import INSTANCE, Synthesise, Synthesised

pytestmark = pytest.mark.xdist_group("synthesis")

FLOW, ASSOCIATION = "AWS::Connect::ContactFlow", "AWS::Connect::IntegrationAssociation"
QUEUE = f"{INSTANCE}/queue/66666666-7777-8888-9999-000000000000"
BOT = "arn:aws:lex:eu-west-2:111122223333:bot-alias/ABCDEFGHIJ/TSTALIASID"


@pytest.fixture(scope="module")
def chosen(synthesise: Synthesise) -> Synthesised:
    return synthesise(
        connect_instance_arn=INSTANCE,
        associate_flow_functions="true",
        sample_flow_queue_arn=QUEUE,
        sample_flow_bot_alias_arn=BOT,
    )


def flows(template: Synthesised) -> dict[str, dict[str, Any]]:
    return {
        resource["Properties"]["Name"].removeprefix("Zendesk sample: "): resource
        for resource in template.of_type(FLOW).values()
    }


def content(flow: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    text, values = flow["Properties"]["Content"]["Fn::Sub"]
    return text, values


def is_function(template: Synthesised, value: Any) -> bool:
    functions = template.of_type("AWS::Lambda::Function")
    return isinstance(value, dict) and value["Fn::GetAtt"][0] in functions


def test_F4_no_sample_flow_is_deployed_unless_asked_for(made: Synthesised, imported: Synthesised) -> None:
    assert made.of_type(FLOW) == imported.of_type(FLOW) == {}


def test_F4_every_sample_is_deployed_with_its_arn_as_an_output(chosen: Synthesised) -> None:
    assert {name: flow["Properties"]["Type"] for name, flow in flows(chosen).items()} == {
        sample.title: sample.type for sample in SAMPLES
    }
    assert {sample.output for sample in SAMPLES} <= chosen.template["Outputs"].keys()


def test_F4_every_place_is_filled_and_what_is_deployed_is_valid(chosen: Synthesised) -> None:
    for name, flow in flows(chosen).items():
        text, values = content(flow)
        for place, value in values.items():
            text = text.replace(f"${{{place}}}", value if isinstance(value, str) else f"{INSTANCE}/x")
        assert "${" not in text
        assert problems_of(text, flow["Properties"]["Type"]) == [], name
        assert len(text) < 200_000


def test_F4_functions_are_on_the_instances_list_before_a_flow_that_calls_them(chosen: Synthesised) -> None:
    associations = chosen.of_type(ASSOCIATION)
    for flow in flows(chosen).values():
        values = content(flow)[1].values()
        called = [value["Fn::GetAtt"][0] for value in values if is_function(chosen, value)]
        needed = {
            name
            for name, each in associations.items()
            if each["Properties"]["IntegrationArn"]["Fn::GetAtt"][0] in called
        }
        assert len(needed) == len(called)
        assert needed <= set(flow.get("DependsOn", []))


def test_F4_a_flow_that_others_name_is_there_before_them(chosen: Synthesised) -> None:
    _, values = content(flows(chosen)["Inbound call"])
    named = [values[BY_NAME[name].output]["Fn::GetAtt"][0] for name in ("after-the-call", "voicemail")]
    assert set(named) <= chosen.of_type(FLOW).keys()


def test_F4_without_a_bot_the_chat_is_left_out_and_without_a_partner_none_is_asked(
    synthesise: Synthesise,
) -> None:
    plain = synthesise(connect_instance_arn=INSTANCE, sample_flow_queue_arn=QUEUE)
    assert flows(plain).keys() == {sample.title for sample in SAMPLES} - {"Chat"}
    assert content(flows(plain)["Inbound call"])[1]["VoiceAuthenticationFunctionArn"] == "none"
    assert plain.of_type(ASSOCIATION) == {}  # they are on the list by hand


def test_F4_sample_flows_give_no_function_a_further_permission(
    chosen: Synthesised, synthesise: Synthesise
) -> None:
    without = synthesise(connect_instance_arn=INSTANCE, associate_flow_functions="true")
    for kind in ("AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Lambda::Permission"):
        assert chosen.of_type(kind) == without.of_type(kind)


def test_F4_a_laptop_leaves_them_out(chosen: Synthesised) -> None:
    fitted, taken_out = fit_to_emulator(chosen.template)
    assert not any(kind["Type"].startswith("AWS::Connect::") for kind in fitted["Resources"].values())
    assert {each.type for each in taken_out} >= {FLOW, ASSOCIATION}
    assert not {sample.output for sample in SAMPLES} & fitted["Outputs"].keys()
