"""What speech analysis stands on: a bucket for results, and the role that Amazon Transcribe is given.

Nothing is changed of Amazon Connect's buckets. A recording is read where it is, and only through S3.
"""

from typing import cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.context import DeploymentContext
from infra.function import PythonFunction
from infra.nag import Acknowledged, acknowledge

#: Where in its buckets Amazon Connect puts recordings of calls, of flows among them.
RECORDINGS = "*CallRecordings/*"
#: What waits for its ticket waits in an outage; what is on a ticket has been deleted long before.
KEPT_DAYS = 7
_JOBS = ("CallAnalyticsJob", "TranscriptionJob")
_TRANSCRIBE = "transcribe.amazonaws.com"


class SpeechAnalysis(Construct):
    """The bucket that results are written to, and the role that Amazon Transcribe is given.

    Attributes:
        bucket: results wait here until they are on their tickets, and for a week at most.
        role: reads recordings, writes results.
    """

    def __init__(self, scope: Construct, id_: str, *, context: DeploymentContext) -> None:
        super().__init__(scope, id_)
        self._context, self._stack = context, Stack.of(self)
        self.bucket = self._make_bucket()
        self.role = self._make_role()

    def let_transcribe(self, function: PythonFunction) -> None:
        """Let a function have recordings transcribed: read how long they are, start jobs, delete results."""
        stack, role = self._stack, function.role
        actions = [f"transcribe:{does}{job}" for does in ("Start", "Get", "Delete") for job in _JOBS]
        function.allow(actions, ["*"])
        acknowledge(
            role,
            Acknowledged.ANY_JOB,
            "Resource::*",
        )
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self.role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": _TRANSCRIBE}},
            )
        )
        self._let_read_recordings(role)
        function.allow(["s3:DeleteObject"], [f"{self.bucket.bucket_arn}/*"])
        self._acknowledge_results(role)
        for name, value in {
            "SPEECH_BUCKET": self.bucket.bucket_name,
            "SPEECH_ROLE_ARN": self.role.role_arn,
            "STACK_NAME": stack.stack_name,
        }.items():
            function.function.add_environment(name, value)

    def let_attach(self, function: PythonFunction) -> None:
        """Let a function read results, and ask Amazon Comprehend about conversations."""
        function.allow(["s3:GetObject"], [f"{self.bucket.bucket_arn}/*"])
        self._acknowledge_results(function.role)
        questions = ("Sentiment", "KeyPhrases", "Entities")
        function.allow([f"comprehend:BatchDetect{question}" for question in questions], ["*"])
        acknowledge(function.role, Acknowledged.ANY_TEXT, "Resource::*")

    def _make_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Results",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Forgotten",
                    expiration=Duration.days(KEPT_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            # It is empty a week after the stack is gone, and one with files in it cannot be deleted.
            removal_policy=RemovalPolicy.RETAIN,
        )
        # CDK's own way to this has a function with a role that may change the notifications of any bucket.
        resource = cast(s3.CfnBucket, bucket.node.default_child)
        resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True
        )
        acknowledge(
            bucket,
            Acknowledged.NO_ACCESS_LOG,
        )
        return bucket

    def _make_role(self) -> iam.Role:
        stack = self._stack
        role = iam.Role(
            self,
            "Transcribe",
            description="Amazon Transcribe: reads recordings, writes results",
            assumed_by=iam.ServicePrincipal(
                _TRANSCRIBE,
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{stack.partition}:transcribe:{stack.region}:{stack.account}:*"
                    },
                },
            ),
        )
        self._let_read_recordings(role)
        role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[f"{self.bucket.bucket_arn}/*"])
        )
        self._acknowledge_results(role)
        return role

    def _let_read_recordings(self, role: iam.Role) -> None:
        context, stack = self._context, self._stack
        places = [f"arn:{stack.partition}:s3:::{bucket}/{RECORDINGS}" for bucket in context.contact_buckets]
        role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=places))
        for bucket in context.contact_buckets:
            acknowledge(
                role,
                Acknowledged.ANY_RECORDING,
                f"Resource::arn:<AWS::Partition>:s3:::{bucket}/{RECORDINGS}",
            )
        if context.contact_bucket_keys:
            role.add_to_principal_policy(
                iam.PolicyStatement(
                    actions=["kms:Decrypt"],
                    resources=list(context.contact_bucket_keys),
                    conditions={"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}},
                )
            )

    def _acknowledge_results(self, role: iam.Role) -> None:
        logical = self._stack.get_logical_id(cast(s3.CfnBucket, self.bucket.node.default_child))
        acknowledge(
            role,
            Acknowledged.ANY_RESULT,
            f"Resource::<{logical}.Arn>/*",
        )
