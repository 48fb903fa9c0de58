"""What all functions have in common."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64
# Lambda gives CPU in proportion to memory. The functions need a tenth of this; what it buys is a start-up
# (imports, TLS) in a third of the time, at the same price since it takes that much shorter.
MEMORY_MB = 512
NOT_CODE = ["**/__pycache__", "**/*.pyc"]
METRICS_NAMESPACE = "ConnectZendesk"


class PythonFunction(Construct):
    """A function from a folder of `functions/`, with its own role and log group.

    The role starts with its own logs and nothing else; constructs grant it the rest.

    Attributes:
        function: the Lambda function.
        role: its role.
        folder: the folder's name, which is also the function's name in logs and metrics.
        module: the handler's module in that folder.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        folder: str,
        handler: str,
        description: str,
        timeout: Duration,
        log_retention_days: int,
        layers: Sequence[lambda_.ILayerVersion] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.folder, self.module = folder, handler.partition(".")[0]
        self.role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=description
        )
        log_group = logs.LogGroup(
            self,
            "Logs",
            removal_policy=RemovalPolicy.DESTROY,
        )
        cast(logs.CfnLogGroup, log_group.node.default_child).retention_in_days = log_retention_days
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=lambda_.Code.from_asset(str(FUNCTIONS / folder), exclude=NOT_CODE),
            handler=handler,
            description=description,
            memory_size=MEMORY_MB,
            timeout=timeout,
            role=self.role,
            log_group=log_group,
            layers=list(layers),
            environment={
                "POWERTOOLS_SERVICE_NAME": folder,
                "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                **(environment or {}),
            },
        )

    def allow(self, actions: list[str], resources: list[str]) -> None:
        """Add a statement to the function's role."""
        self.role.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=resources))
