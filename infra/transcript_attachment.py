"""What only the function that attaches transcripts may do: read them in Amazon Connect's buckets."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from infra.context import DeploymentContext
from infra.function import PythonFunction
from infra.nag import Acknowledged, acknowledge

BUCKETS_VARIABLE = "CONTACT_BUCKETS"
# Where in its buckets Amazon Connect puts what a function may read. Recordings lie elsewhere.
READABLE = ("*ChatTranscripts/*", "*Analysis/*")


def let_read_files(function: PythonFunction, announcing: PythonFunction, context: DeploymentContext) -> None:
    """Let a function read transcripts and analyses, in whichever version, and list them: nothing else.

    The buckets exist already and are Amazon Connect's: nothing of them is changed here. That they report
    their objects to EventBridge is switched on by `make bucket-notifications`. `announcing`: the function
    that knows, by a contact's record, which files there should be.
    """
    role, stack, buckets = function.role, Stack.of(function), context.contact_buckets
    arns = [f"arn:{stack.partition}:s3:::{bucket}" for bucket in buckets]
    files = [f"{arn}/{pattern}" for arn in arns for pattern in READABLE]
    function.allow(["s3:GetObject", "s3:GetObjectVersion"], files)
    for bucket in buckets:
        for pattern in READABLE:
            acknowledge(
                role,
                Acknowledged.ANY_CONTACT_FILE,
                f"Resource::arn:<AWS::Partition>:s3:::{bucket}/{pattern}",
            )
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["s3:ListBucket"],
            resources=arns,
            conditions={"StringLike": {"s3:prefix": list(READABLE)}},
        )
    )
    if context.contact_bucket_keys:
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=list(context.contact_bucket_keys),
                conditions={"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}},
            )
        )
    for one in (function, announcing):
        one.function.add_environment(BUCKETS_VARIABLE, ",".join(buckets))
