"""A function that contact flows call: who may invoke it, and its output."""

from aws_cdk import Stack
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from constructs import Construct

from connect_zendesk.function_kinds import FlowBlock
from infra.deployed_function import DeployedFunction, Foundation


class FlowFunction(DeployedFunction):
    """A function that contact flows of this account's instances may invoke, or of one instance.

    Attributes:
        association: what puts it on the instance's list for flow authors; None where that is done by hand.
    """

    def __init__(self, scope: Construct, id_: str, row: FlowBlock, foundation: Foundation) -> None:
        super().__init__(scope, id_, row, foundation)
        instance_arn = foundation.context.connect_instance_arn
        self.function.add_permission(
            "ContactFlows",
            principal=iam.ServicePrincipal("connect.amazonaws.com"),
            source_account=Stack.of(self).account,
            source_arn=instance_arn or None,
        )
        chosen = foundation.context.associate_flow_functions
        self.association = self._associate(instance_arn) if chosen else None
        self.put_out(row.output, self.function.function_arn)

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
            integration_arn=self.function.function_arn,
        )
        association.node.add_dependency(self.function)
        return association
