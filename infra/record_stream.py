"""The stream that Amazon Connect puts contact records on: made here, or one that exists already."""

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.context import DeploymentContext
from infra.nag import Acknowledged, acknowledge

RETENTION = Duration.days(7)


class RecordStream(Construct):
    """The record stream, and what a role needs to read from it.

    Attributes:
        arn: the stream's ARN.
        name: the stream's name.
    """

    def __init__(self, scope: Construct, id_: str, *, context: DeploymentContext) -> None:
        super().__init__(scope, id_)
        if context.record_stream_arn:
            self.arn = context.record_stream_arn
            self.name = Stack.of(self).split_arn(self.arn, ArnFormat.SLASH_RESOURCE_NAME).resource_name or ""
            self._key: kms.IKey | None = None
            return
        key = self._make_key()
        stream = kinesis.Stream(
            self,
            "Stream",
            retention_period=RETENTION,
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            removal_policy=RemovalPolicy.RETAIN,
            stream_mode=(
                kinesis.StreamMode.PROVISIONED
                if context.record_stream_shards
                else kinesis.StreamMode.ON_DEMAND
            ),
            shard_count=context.record_stream_shards or None,
        )
        acknowledge(
            stream,
            Acknowledged.OWN_KEY_OF_STREAM,
        )
        self.arn, self.name, self._key = stream.stream_arn, stream.stream_name, key
        if context.associate_record_stream:
            self._associate(context.connect_instance_arn)

    def grant_read(self, role: iam.IRole) -> None:
        """Let `role` read the stream as an event source mapping does, and decrypt what is on it."""
        allow_reading(role, self.arn, self._key)

    def _make_key(self) -> kms.Key:
        """A key of our own: the policy of alias/aws/kinesis is AWS's to change, and can be neither narrowed
        nor opened to a service-linked role or another account; Amazon Connect documents only customer keys.
        """
        key = kms.Key(
            self,
            "Key",
            description="Contact records on their stream",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        stack = Stack.of(self)
        # Without this grant Amazon Connect cannot put records on the stream, and they are lost silently.
        # Its service-linked role has a random ending per instance and may not exist yet: named by a pattern,
        # which a key policy takes only in a condition.
        role = stack.format_arn(
            service="iam",
            region="",
            resource="role",
            resource_name="aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect*",
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AmazonConnectPutsContactRecords",
                principals=[iam.AnyPrincipal()],
                actions=["kms:GenerateDataKey"],
                resources=["*"],
                conditions={
                    "StringEquals": {
                        "kms:CallerAccount": stack.account,
                        "kms:ViaService": f"kinesis.{stack.region}.amazonaws.com",
                    },
                    "ArnLike": {"aws:PrincipalArn": role},
                },
            )
        )
        return key

    def _associate(self, instance_arn: str) -> None:
        """Connect the instance's contact records to the stream.

        An instance has one association per kind of data: where one exists, creating this resource fails with
        a conflict. Hence the context value `associate_record_stream`, false unless chosen.
        """
        connect.CfnInstanceStorageConfig(
            self,
            "Association",
            instance_arn=instance_arn,
            resource_type="CONTACT_TRACE_RECORDS",
            storage_type="KINESIS_STREAM",
            kinesis_stream_config=connect.CfnInstanceStorageConfig.KinesisStreamConfigProperty(
                stream_arn=self.arn
            ),
        )


def allow_reading(role: iam.IRole, stream_arn: str, key: kms.IKey | None = None) -> None:
    """Let `role` read a stream as an event source mapping does, and decrypt what is on it.

    Which `key` encrypts a stream that is not made here is not known (None): the conditions then leave only
    that stream's.
    """
    stack = Stack.of(role)
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=[
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
                "kinesis:ListShards",
            ],
            resources=[stream_arn],
        )
    )
    any_key = stack.format_arn(service="kms", resource="key", resource_name="*")
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[key.key_arn if key else any_key],
            conditions={
                "StringEquals": {
                    "kms:ViaService": f"kinesis.{stack.region}.amazonaws.com",
                    "kms:EncryptionContext:aws:kinesis:arn": stream_arn,
                }
            },
        )
    )
    if key is None:
        acknowledge(
            role,
            Acknowledged.ANY_KEY,
            "Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*",
        )
