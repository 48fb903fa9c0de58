"""What all functions have in common."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from aws_cdk import AssetHashType, Duration, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from connect_zendesk.function_kinds import Function
from infra.bytecode import compiler, with_bytecode

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64
SMALLEST_DISK_MB = 512
NOT_CODE = ["**/__pycache__", "**/*.pyc"]
#: Where Lambda has a function's own code, and what is in its layers.
FUNCTIONS_PLACE, LAYERS_PLACE = "/var/task", "/opt"
METRICS_NAMESPACE = "ConnectZendesk"


def packed(folder: Path, place: str) -> lambda_.Code:
    """Return a folder of code as an asset, with its bytecode where this machine has Lambda's Python."""
    using = compiler(RUNTIME.name.removeprefix("python"))
    if using is None:
        return lambda_.Code.from_asset(str(folder), exclude=NOT_CODE)
    code = with_bytecode(folder, place, using)
    # By the sources, as two Pythons may write the same bytecode in other bytes.
    return lambda_.Code.from_asset(
        str(code.folder), asset_hash_type=AssetHashType.CUSTOM, asset_hash=code.key
    )


class PythonFunction(Construct):
    """A function of the topology, with its own role and log group.

    The role starts with its own logs and nothing else; constructs grant it the rest. ``code`` is the folder
    with its code, where it is not the row's. ``tracing``: Lambda traces its invocations with X-Ray; the code
    imports nothing for it.

    Attributes:
        row: what the topology says of it.
        function: the Lambda function.
        role: its role.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        row: Function,
        log_retention_days: int,
        tracing: bool = False,
        layers: Sequence[lambda_.ILayerVersion] = (),
        environment: Mapping[str, str] | None = None,
        code: Path | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.row = row
        self.role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description=row.description
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
            code=packed(code or FUNCTIONS / row.folder, FUNCTIONS_PLACE),
            handler=row.handler,
            description=row.description,
            memory_size=row.memory_mb,
            ephemeral_storage_size=Size.mebibytes(row.disk_mb) if row.disk_mb > SMALLEST_DISK_MB else None,
            timeout=Duration.seconds(row.timeout),
            role=self.role,
            log_group=log_group,
            tracing=lambda_.Tracing.ACTIVE if tracing else None,
            layers=list(layers),
            environment={
                "POWERTOOLS_SERVICE_NAME": row.folder,
                "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                **(environment or {}),
            },
        )

    def allow(self, actions: list[str], resources: list[str]) -> None:
        """Add a statement to the function's role."""
        self.role.add_to_principal_policy(iam.PolicyStatement(actions=actions, resources=resources))
