"""Connects the stand-in's instance to the stack, as an administrator does in Amazon Connect's console."""

from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config

from local.emulator.clients import Clients
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN

_INSTANCE = INSTANCE_ARN.rpartition("/")[2]
_FLOW_FUNCTIONS = ("CustomerLookupFunctionArn", "TicketFromFlowFunctionArn")


def connect_instance(
    clients: Clients,
    address: str,
    outputs: Mapping[str, str],
    *,
    agent_stream_arn: str,
    bucket: str,
    origins: Sequence[str],
) -> None:
    """Send records and agent events to the streams, keep files in the bucket, list functions and origins.

    `address` is the stand-in's, `outputs` the stack's.
    """
    connect: Any = boto3.client(
        "connect",
        endpoint_url=address,
        region_name=clients.region,
        aws_access_key_id=clients.account,
        aws_secret_access_key="emulator",
        config=Config(proxies={}),
    )
    kept = {"StorageType": "S3", "S3Config": {"BucketName": bucket, "BucketPrefix": "connect/acme"}}
    for kind, config in (
        ("CONTACT_TRACE_RECORDS", _sent_to(outputs["RecordStreamArn"])),
        ("AGENT_EVENTS", _sent_to(agent_stream_arn)),
        ("CHAT_TRANSCRIPTS", kept),
        ("CALL_RECORDINGS", kept),
    ):
        connect.associate_instance_storage_config(
            InstanceId=_INSTANCE, ResourceType=kind, StorageConfig=config
        )
    for output in _FLOW_FUNCTIONS:
        connect.associate_lambda_function(InstanceId=_INSTANCE, FunctionArn=outputs[output])
    for origin in origins:
        connect.associate_approved_origin(InstanceId=_INSTANCE, Origin=origin)


def _sent_to(stream: str) -> dict[str, Any]:
    return {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": stream}}
