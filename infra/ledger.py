"""The ledger's table: which ticket a contact has, what has been written, who is on what."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


class Ledger(Construct):
    """The table and its key; both outlive the stack, since tickets would be made twice without them.

    Attributes:
        table: the DynamoDB table.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        # A customer key, because the shared Zendesk token is kept here too: who may read it is then decided
        # by two policies, and every use of the key is in CloudTrail.
        self._key = kms.Key(
            self,
            "Key",
            description="Ledger of contacts and tickets, and the shared Zendesk token",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="expires_at",
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self._key,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def grant_use(self, role: iam.Role, *, partitions: str | None = None) -> None:
        """Let `role` read, claim and confirm items, and read a contact's partition; no scans.

        `partitions`: of which ones, with a wildcard, it may only read and write items; all of them where none
        is given.
        """
        only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [partitions]}} if partitions else None
        whole = [] if partitions else ["dynamodb:ConditionCheckItem", "dynamodb:Query"]
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["dynamodb:GetItem", "dynamodb:PutItem", *whole],
                resources=[self.table.table_arn],
                conditions=only,
            )
        )
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=[
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:Encrypt",
                    "kms:GenerateDataKey",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                ],
                resources=[self._key.key_arn],
                conditions={
                    "StringEquals": {"kms:ViaService": f"dynamodb.{Stack.of(self).region}.amazonaws.com"}
                },
            )
        )
