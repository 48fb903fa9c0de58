"""A function that contact flows call: who may invoke it, and its output."""

from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from connect_zendesk.function_kinds import FlowBlock
from infra.context import DeploymentContext
from infra.deployed_function import DeployedFunction, Foundation


class FlowFunction(DeployedFunction):
    """A function that contact flows of this account's instances may invoke, or of one instance.

    Attributes:
        called: what contact flows call.
        association: what puts it on the instance's list for flow authors; None where that is done by hand.
    """

    def __init__(self, scope: Construct, id_: str, row: FlowBlock, foundation: Foundation) -> None:
        super().__init__(scope, id_, row, foundation)
        instance_arn = foundation.context.connect_instance_arn
        self.called = self._kept_ready(foundation.context)
        self.called.add_permission(
            "ContactFlows",
            principal=iam.ServicePrincipal("connect.amazonaws.com"),
            source_account=Stack.of(self).account,
            source_arn=instance_arn or None,
        )
        chosen = foundation.context.associate_flow_functions
        self.association = self._associate(instance_arn) if chosen else None
        self.put_out(row.output, self.called.function_arn)

    def _kept_ready(self, context: DeploymentContext) -> lambda_.IFunction:
        """Return what flows call: the function, or an alias of its newest version that is kept ready.

        Versions are what Lambda takes snapshots of, and provisions. Both are paid for while no one calls,
        so neither is there unless chosen (docs/scale.md).
        """
        if context.flow_block_start == "on_demand":
            return self.function
        provisioned = context.flow_block_start == "provisioned"
        if not provisioned:
            resource = cast(lambda_.CfnFunction, self.function.node.default_child)
            resource.snap_start = lambda_.CfnFunction.SnapStartProperty(apply_on="PublishedVersions")
        return lambda_.Alias(
            self,
            "Ready",
            alias_name="ready",
            version=self.function.current_version,
            provisioned_concurrent_executions=context.flow_block_provisioned if provisioned else None,
        )

    def _associate(self, instance_arn: str) -> connect.CfnIntegrationAssociation:
        """Have the function in the list that flow authors choose from, of which an instance has one.

        A function that was put there by hand is a conflict. Hence the context value
        `associate_flow_functions`, false unless chosen.
        """
        association = connect.CfnIntegrationAssociation(
            self,
            "Association",
            instance_id=instance_arn,
            integration_type="LAMBDA_FUNCTION",
            integration_arn=self.called.function_arn,
        )
        association.node.add_dependency(self.called)
        return association
