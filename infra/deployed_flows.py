"""The sample contact flows as they are deployed, on request of the context value `sample_flow_queue_arn`."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Fn, Stack
from aws_cdk import aws_connect as connect
from constructs import Construct

from infra.context import DeploymentContext
from infra.flow_function import FlowFunction
from infra.sample_flows import FUNCTION_PLACES, NO_FUNCTION, SAMPLES, Sample


class DeployedFlows(Construct):
    """Those samples for which everything that has to be put in is known; each one's ARN is an output."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: DeploymentContext,
        functions: Mapping[str, FlowFunction],
    ) -> None:
        """``functions`` are those that flows call, by their folder."""
        super().__init__(scope, id_)
        self._instance_arn = context.connect_instance_arn
        self._functions = functions
        known = {place: functions[folder].called.function_arn for place, folder in FUNCTION_PLACES.items()}
        known["QueueArn"] = context.sample_flow_queue_arn
        known["VoiceAuthenticationFunctionArn"] = context.sample_flow_voice_function_arn or NO_FUNCTION
        if context.sample_flow_bot_alias_arn:
            known["BotAliasArn"] = context.sample_flow_bot_alias_arn
        for sample in SAMPLES:
            if sample.places <= known.keys():
                known[sample.output] = self._make(sample, known)

    def _make(self, sample: Sample, known: Mapping[str, str]) -> str:
        """Make a flow; returns its ARN."""
        flow = connect.CfnContactFlow(
            self,
            sample.output.removesuffix("Arn"),
            instance_arn=self._instance_arn,
            name=f"Zendesk sample: {sample.title}",
            type=sample.type,
            description=sample.about,
            content=Fn.sub(sample.content, {place: known[place] for place in sorted(sample.places)}),
        )
        for place in sample.places & FUNCTION_PLACES.keys():
            # Amazon Connect refuses a flow with a function that is not on the instance's list.
            # CloudFormation does not see that one needs the other.
            if (association := self._functions[FUNCTION_PLACES[place]].association) is not None:
                flow.node.add_dependency(association)
        CfnOutput(Stack.of(self), sample.output, value=flow.attr_contact_flow_arn)
        return flow.attr_contact_flow_arn
