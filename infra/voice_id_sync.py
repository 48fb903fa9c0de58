"""Who may ask Voice ID, where the context names a domain."""

from collections.abc import Sequence

from aws_cdk import Stack

from infra.context import DeploymentContext
from infra.function import PythonFunction

DOMAIN_VARIABLE = "VOICE_ID_DOMAIN_ID"


def let_ask_voice_id(
    function: PythonFunction, evaluating: Sequence[PythonFunction], context: DeploymentContext
) -> None:
    """Let a function ask who a speaker is, and others evaluate sessions.

    `evaluating`: the functions that may ask while a contact goes on, and leave the result with it.
    """
    _let_ask(function, "voiceid:DescribeSpeaker", context)
    for other in evaluating:
        _let_ask(other, "voiceid:EvaluateSession", context)
        _let_leave_attributes(other, context.connect_instance_arn)


def _let_ask(function: PythonFunction, action: str, context: DeploymentContext) -> None:
    domain = context.voice_id_domain_id
    arn = Stack.of(function).format_arn(service="voiceid", resource="domain", resource_name=domain)
    function.allow([action], [arn])
    function.function.add_environment(DOMAIN_VARIABLE, domain)


def _let_leave_attributes(function: PythonFunction, instance_arn: str) -> None:
    """Let a function set attributes of contacts; their functions may already ask about the same ones."""
    any_instance = Stack.of(function).format_arn(service="connect", resource="instance", resource_name="*")
    function.allow(
        ["connect:UpdateContactAttributes"],
        [instance_arn, f"{instance_arn}/contact/*"] if instance_arn else [any_instance],
    )
