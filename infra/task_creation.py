"""What only the function that makes tasks may do."""

from aws_cdk import Stack

from infra.deployed_function import DeployedFunction
from infra.nag import Acknowledged, acknowledge

#: What StartTaskContact is asked to use: where the task starts, and the contact that it makes.
_KINDS = ("contact", "contact-flow", "transfer-destination", "task-template")


def let_start_tasks(function: DeployedFunction, instance: str) -> None:
    """Let a function start tasks in the instance (its ARN); without one, in those that rules name."""
    arn = instance or Stack.of(function).format_arn(service="connect", resource="instance", resource_name="*")
    function.allow(["connect:StartTaskContact"], [arn, *(f"{arn}/{kind}/*" for kind in _KINDS)])
    shown = instance or "arn:<AWS::Partition>:connect:<AWS::Region>:<AWS::AccountId>:instance/*"
    wildcards = [f"{shown}/{kind}/*" for kind in _KINDS] + ([] if instance else [shown])
    for resource in wildcards:
        acknowledge(
            function.role,
            Acknowledged.ANY_START_OF_A_TASK,
            f"Resource::{resource}",
        )
