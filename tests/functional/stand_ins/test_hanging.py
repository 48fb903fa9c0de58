"""Servers that take a request and say nothing, over HTTP and without a socket."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from local.stand_ins.amazon_connect.http_server import AmazonConnectServer
from local.stand_ins.amazon_connect.stand_in import AmazonConnect
from local.stand_ins.http.boto3_adapter import attach
from local.stand_ins.http.requests_adapter import StandInAdapter
from local.stand_ins.http.silent import SilentServer
from local.stand_ins.zendesk import Zendesk
from local.stand_ins.zendesk.http_server import ZendeskServer
from tests.waiting import LONGEST, wait_until_equal

CLOCK = lambda: datetime.now(UTC)  # noqa: E731
INSTANCE, USER = "11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000"


def client(service: str, url: str, timeout: float = 0.5) -> Any:
    """Return a boto3 client that waits for so many seconds and tries once."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-west-2",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(read_timeout=timeout, retries={"total_max_attempts": 1}, proxies={}),
    )


def session() -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    return made


def test_AppConfig_that_hangs_is_a_read_timeout() -> None:
    with SilentServer() as silent:
        appconfig = client("appconfigdata", silent.url)
        with pytest.raises(ReadTimeoutError):
            appconfig.start_configuration_session(
                ApplicationIdentifier="a", EnvironmentIdentifier="e", ConfigurationProfileIdentifier="p"
            )
        wait_until_equal(lambda: silent.heard, ["POST /configurationsessions"])


def test_silent_server_stops_while_a_client_waits() -> None:
    with SilentServer() as silent:
        with pytest.raises(requests.ReadTimeout):
            session().get(silent.url, timeout=0.2)
        url = silent.url
    with pytest.raises(requests.ConnectionError):
        session().get(url, timeout=1)


def test_Amazon_Connect_hangs_for_so_many_requests() -> None:
    stand_in = AmazonConnect(clock=CLOCK)
    stand_in.faults.apply({"hang": {"count": 1, "matching": "DescribeUser"}})
    with AmazonConnectServer(stand_in) as server:
        connect = client("connect", server.url)
        with pytest.raises(ReadTimeoutError):
            connect.describe_user(InstanceId=INSTANCE, UserId=USER)
        wait_until_equal(stand_in.faults.active, [])  # it has arrived
        connect = client("connect", server.url, LONGEST)
        with pytest.raises(connect.exceptions.ResourceNotFoundException):
            connect.describe_user(InstanceId=INSTANCE, UserId=USER)


def test_without_a_socket_a_boto3_client_times_out_at_once() -> None:
    stand_in = AmazonConnect(clock=CLOCK)
    stand_in.faults.hang()
    connect = client("connect", "https://connect.example")
    attach(connect, stand_in)
    with pytest.raises(ReadTimeoutError):
        connect.describe_user(InstanceId=INSTANCE, UserId=USER)


def test_Zendesk_hangs_and_has_done_nothing() -> None:
    zendesk = Zendesk(clock=CLOCK)
    zendesk.faults.apply({"hang": {"count": 1}})
    with ZendeskServer(zendesk) as server:
        with pytest.raises(requests.ReadTimeout):
            session().get(f"{server.url}/api/v2/users/me", timeout=0.3)
        wait_until_equal(zendesk.faults.active, [])  # it has arrived
        assert session().get(f"{server.url}/api/v2/users/me", timeout=LONGEST).status_code == 200


def test_without_a_socket_a_requests_session_times_out_at_once() -> None:
    zendesk = Zendesk(clock=CLOCK)
    zendesk.faults.hang(1)
    made = session()
    made.mount("https://acme.zendesk.com", StandInAdapter(zendesk))
    with pytest.raises(requests.ReadTimeout):
        made.get("https://acme.zendesk.com/api/v2/users/me", timeout=100)
    assert made.get("https://acme.zendesk.com/api/v2/users/me", timeout=100).status_code == 200
