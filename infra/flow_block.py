"""A function that contact flows call: what every one of them needs."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.workflow_function import Foundation, WorkflowFunction

# No block waits longer. The function answers earlier by itself, as the block's parameter says.
TIMEOUT = Duration.seconds(8)
# A caller waits, within a limit that a new container's start counts against. Twice the memory is twice the
# CPU, for what such a start does after its imports: clients, TLS, the first token. Provisioned concurrency,
# which would spare the start, is paid for by the hour, also at night.
MEMORY_MB = 1024


class FlowBlock(WorkflowFunction):
    """A workflow function that contact flows of this account's instances may invoke, or of one instance.

    `links_tickets`: it opens contacts' tickets, and has to know who an agent is.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        foundation: Foundation,
        folder: str,
        description: str,
        links_tickets: bool,
        connect_actions: Sequence[str] = (),
    ) -> None:
        super().__init__(
            scope,
            id_,
            foundation=foundation,
            folder=folder,
            handler="from_contact_flow.handler",
            description=description,
            timeout=TIMEOUT,
            links_tickets=links_tickets,
            asks_for_agents=links_tickets,
            connect_actions=connect_actions,
        )
        cast(lambda_.CfnFunction, self.function.node.default_child).memory_size = MEMORY_MB
        instance_arn = foundation.context.connect_instance_arn
        self.function.add_permission(
            "ContactFlows",
            principal=iam.ServicePrincipal("connect.amazonaws.com"),
            source_account=Stack.of(self).account,
            source_arn=instance_arn or None,
        )
        if foundation.context.associate_flow_functions:
            self._associate(instance_arn)

    def _associate(self, instance_arn: str) -> None:
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
