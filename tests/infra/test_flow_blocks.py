"""The functions that contact flows call: who may call them, for how long, and what they may do."""

from typing import Any

import pytest

from tests.infra.conftest import INSTANCE, Synthesise, Synthesised

pytestmark = pytest.mark.xdist_group("synthesis")

BLOCKS = (("customer_lookup", "CustomerLookupFunctionArn"), ("ticket_creation", "TicketFromFlowFunctionArn"))
FLOW = "from_contact_flow"


@pytest.fixture(scope="module")
def chosen(synthesise: Synthesise) -> Synthesised:
    """The functions on the instance's list for contact flows."""
    return synthesise(connect_instance_arn=INSTANCE, associate_flow_functions="true")


def name_of(template: Synthesised, folder: str) -> str:
    function = template.function(folder, FLOW)
    functions = template.of_type("AWS::Lambda::Function").items()
    return next(name for name, resource in functions if resource["Properties"] == function)


def permission_of(template: Synthesised, folder: str) -> dict[str, Any]:
    arn = {"Fn::GetAtt": [name_of(template, folder), "Arn"]}
    (found,) = [
        resource["Properties"]
        for resource in template.of_type("AWS::Lambda::Permission").values()
        if resource["Properties"]["FunctionName"] == arn
    ]
    return {name: value for name, value in found.items() if name != "FunctionName"}


@pytest.mark.parametrize(("folder", "output"), BLOCKS)
def test_a_block_lives_no_longer_than_a_flow_waits(made: Synthesised, folder: str, output: str) -> None:
    function = made.function(folder, FLOW)
    assert (function["Handler"], function["Timeout"], function["MemorySize"]) == (f"{FLOW}.handler", 8, 1024)
    assert function["Environment"]["Variables"]["LEASE_SECONDS"] == "68"
    assert len(function["Layers"]) == 2
    arn = {"Fn::GetAtt": [name_of(made, folder), "Arn"]}
    assert made.template["Outputs"][output]["Value"] == arn


@pytest.mark.parametrize(("folder", "_output"), BLOCKS)
def test_only_amazon_connect_of_this_account_may_call_a_block(
    made: Synthesised, imported: Synthesised, folder: str, _output: str
) -> None:
    anywhere = {
        "Action": "lambda:InvokeFunction",
        "Principal": "connect.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
    }
    assert permission_of(made, folder) == anywhere
    assert permission_of(imported, folder) == anywhere | {"SourceArn": INSTANCE}


def test_blocks_are_on_the_instances_list_only_where_chosen(
    made: Synthesised, imported: Synthesised, chosen: Synthesised
) -> None:
    kind = "AWS::Connect::IntegrationAssociation"
    assert made.of_type(kind) == imported.of_type(kind) == {}
    associations = [resource["Properties"] for resource in chosen.of_type(kind).values()]
    assert sorted(associations, key=str) == sorted(
        [
            {
                "InstanceId": INSTANCE,
                "IntegrationType": "LAMBDA_FUNCTION",
                "IntegrationArn": {"Fn::GetAtt": [name_of(chosen, folder), "Arn"]},
            }
            for folder, _ in BLOCKS
        ],
        key=str,
    )


@pytest.mark.parametrize(("folder", "asks"), [("customer_lookup", False), ("ticket_creation", True)])
def test_only_the_block_that_opens_tickets_asks_for_contacts(
    made: Synthesised, folder: str, asks: bool
) -> None:
    assert ("connect:DescribeContact" in str(made.statements(folder, FLOW))) is asks
    assert "sqs:ReceiveMessage" not in str(made.statements(folder, FLOW))


@pytest.mark.parametrize("start", ["snap_start", "provisioned"])
def test_blocks_are_kept_ready_where_chosen(synthesise: Synthesise, start: str) -> None:
    ready = synthesise(
        connect_instance_arn=INSTANCE,
        associate_flow_functions="true",
        flow_block_start=start,
        flow_block_provisioned="3",
    )
    aliases = ready.of_type("AWS::Lambda::Alias")
    assert len(aliases) == len(BLOCKS)
    for folder, output in BLOCKS:
        (alias,) = [
            name
            for name, resource in aliases.items()
            if resource["Properties"]["FunctionName"] == {"Ref": name_of(ready, folder)}
        ]
        snapshots = ready.function(folder, FLOW).get("SnapStart")
        provisioned = aliases[alias]["Properties"].get("ProvisionedConcurrencyConfig")
        if start == "snap_start":
            assert (snapshots, provisioned) == ({"ApplyOn": "PublishedVersions"}, None)
        else:
            assert (snapshots, provisioned) == (None, {"ProvisionedConcurrentExecutions": 3})
        assert ready.template["Outputs"][output]["Value"] == {"Ref": alias}
        permissions = [
            resource["Properties"]["Principal"]
            for resource in ready.of_type("AWS::Lambda::Permission").values()
            if resource["Properties"]["FunctionName"] == {"Ref": alias}
        ]
        assert permissions == ["connect.amazonaws.com"]
        associations = ready.of_type("AWS::Connect::IntegrationAssociation").values()
        arns = [resource["Properties"]["IntegrationArn"] for resource in associations]
        assert {"Ref": alias} in arns


def test_no_block_is_kept_ready_unless_chosen(made: Synthesised) -> None:
    assert made.of_type("AWS::Lambda::Alias") == made.of_type("AWS::Lambda::Version") == {}
    assert all("SnapStart" not in made.function(folder, FLOW) for folder, _ in BLOCKS)
