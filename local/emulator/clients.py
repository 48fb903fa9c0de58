"""Clients for the emulator's services: its endpoint, made-up credentials, nothing of this machine's."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config

from local.emulator.process import ACCOUNT, REGION

if TYPE_CHECKING:
    from mypy_boto3_appconfig import AppConfigClient
    from mypy_boto3_appconfigdata import AppConfigDataClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

# Neither a profile nor a file of this machine is read, whatever its environment says: what is meant for the
# emulator can never reach an AWS account.
_SESSION_VARIABLES: dict[str, Any] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@dataclass(frozen=True)
class Clients:
    """A client per service of the emulator that listens at `endpoint`, each made when it is first used."""

    endpoint: str
    region: str = REGION
    account: str = ACCOUNT

    @cached_property
    def appconfig(self) -> "AppConfigClient":
        """AppConfig."""
        client: AppConfigClient = self._client("appconfig")
        return client

    @cached_property
    def appconfigdata(self) -> "AppConfigDataClient":
        """AppConfig as functions read it."""
        client: AppConfigDataClient = self._client("appconfigdata")
        return client

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """DynamoDB."""
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @cached_property
    def events(self) -> "EventBridgeClient":
        """EventBridge."""
        client: EventBridgeClient = self._client("events")
        return client

    @cached_property
    def functions(self) -> "LambdaClient":
        """Lambda."""
        client: LambdaClient = self._client("lambda")
        return client

    @cached_property
    def kinesis(self) -> "KinesisClient":
        """Kinesis."""
        client: KinesisClient = self._client("kinesis")
        return client

    @cached_property
    def logs(self) -> Any:  # its types are not among those we install
        """CloudWatch Logs."""
        return self._client("logs")

    @cached_property
    def s3(self) -> "S3Client":
        """S3."""
        client: S3Client = self._client("s3")
        return client

    @cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        """Secrets Manager."""
        client: SecretsManagerClient = self._client("secretsmanager")
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        client: SQSClient = self._client("sqs")
        return client

    @cached_property
    def ssm(self) -> Any:
        """Systems Manager, for the parameter that says which bootstrap stack an account has."""
        return self._client("ssm")

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=self.account,
            aws_secret_access_key="emulator",
            region_name=self.region,
            botocore_session=botocore.session.Session(session_vars=_SESSION_VARIABLES),
        )

    def _client(self, service: str) -> Any:
        return self._session.client(
            service,
            endpoint_url=self.endpoint,
            config=Config(
                proxies={},
                retries={"mode": "standard", "total_max_attempts": 3},
                connect_timeout=5,
                read_timeout=30,
                s3={"addressing_style": "path"},
            ),
        )
