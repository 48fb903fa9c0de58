"""A function with an address of its own on the internet: its function URL, and its output."""

from pathlib import Path
from typing import cast

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from connect_zendesk.function_kinds import Endpoint
from infra.deployed_function import DeployedFunction, Foundation


class EndpointFunction(DeployedFunction):
    """A function that anyone can call: it verifies its callers itself, as they do not sign as AWS does.

    Attributes:
        address: its function URL.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        row: Endpoint,
        foundation: Foundation,
        *,
        code: Path | None = None,
    ) -> None:
        super().__init__(
            scope,
            id_,
            row,
            foundation,
            environment={"TABLE_NAME": foundation.ledger.table.table_name},
            code=code,
        )
        if not row.runs_workflows:
            foundation.ledger.grant_use(self.role, partitions=row.partitions)
        function = cast(lambda_.CfnFunction, self.function.node.default_child)
        # Ten do some hundred requests a second, as each takes some hundredths of one. It is also all that
        # a flood of requests can make us pay for. An account with a small quota can reserve none.
        function.reserved_concurrent_executions = getattr(foundation.context, row.concurrency) or None
        # Lambda's own three lines for each request would let a flood of forged ones fill the log.
        function.add_property_override("LoggingConfig.LogFormat", "JSON")
        function.add_property_override("LoggingConfig.SystemLogLevel", "WARN")
        self.address = self.function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)
        self.put_out(row.output, self.address.url)
