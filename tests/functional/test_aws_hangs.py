"""AWS takes connections and never answers: functions go on, or end, within their own time (S8, F3, K3)."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.response import StreamingBody

from connect_zendesk import messaging
from connect_zendesk.entrypoints import container
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.topology import FUNCTIONS
from functions.zendesk_webhook import handler as zendesk_webhook
from tests.flows import asks, flow_event
from tests.functional.test_container import ENVIRONMENT
from tests.functional.test_zendesk_webhook import KEYS, Site
from tests.logs import Logs
from tests.stack import Stack
from tests.webhooks import envelope, request

#: What a busy machine may add.
GRACE = 1.0


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have a server that accepts every connection, reads nothing and says nothing; returns its address."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:

        def accept() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    for connection in taken:
        connection.close()


@pytest.fixture
def settings(silent: str, monkeypatch: pytest.MonkeyPatch) -> container.LiveAppSettings:
    """App settings whose AppConfig hangs."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_APPCONFIGDATA", silent)
    return container.LiveAppSettings()


def read_well_once(settings: container.LiveAppSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read settings as AppConfig gives them, and let them grow old."""
    client = settings._provider.client
    body = json.dumps({"default_country": "GB"}).encode()
    answer = {
        "Configuration": StreamingBody(io.BytesIO(body), len(body)),
        "NextPollConfigurationToken": "second",
    }
    with monkeypatch.context() as once:
        once.setattr(
            client, "start_configuration_session", lambda **_: {"InitialConfigurationToken": "first"}
        )
        once.setattr(client, "get_latest_configuration", lambda **_: answer)
        assert settings.read().default_country == "GB"
    settings._provider.store.clear()


def test_S8_the_last_good_settings_are_read_in_time_where_appconfig_hangs(
    settings: container.LiveAppSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_well_once(settings, monkeypatch)
    began = time.monotonic()
    with Logs() as logs:
        for _ in range(20):
            assert settings.read().default_country == "GB"
    assert time.monotonic() - began < 1 + GRACE
    assert logs.metrics == {"AppSettingsUnavailable": 1}


def test_S8_a_source_that_failed_is_asked_again_after_a_while(
    settings: container.LiveAppSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    settings._monotonic = lambda: now[0]
    read_well_once(settings, monkeypatch)
    with Logs() as logs:
        settings.read()
        now[0] = 29.0
        settings.read()
        assert logs.metrics == {"AppSettingsUnavailable": 1}
        now[0] = 31.0
        settings.read()
    assert logs.metrics == {"AppSettingsUnavailable": 2}


def test_S8_a_new_container_fails_in_time_where_appconfig_hangs(settings: container.LiveAppSettings) -> None:
    began = time.monotonic()
    with pytest.raises(GetParameterError):
        settings.read()
    assert time.monotonic() - began < 1 + GRACE


def test_F3_a_flow_block_answers_with_the_last_good_settings_where_appconfig_hangs(
    settings: container.LiveAppSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_well_once(settings, monkeypatch)
    stack = Stack()
    stack.services = replace(stack.services, read_app_settings=settings.read)
    began = time.monotonic()
    answer = stack.invoke_flow("customer_lookup", flow_event(parameters=asks("calling_user")))
    assert time.monotonic() - began < 3
    assert answer["status"] == "ok"


def test_F3_a_flow_block_answers_in_time_in_a_new_container_where_appconfig_hangs(
    settings: container.LiveAppSettings,
) -> None:
    stack = Stack()
    stack.services = replace(stack.services, read_app_settings=settings.read)
    began = time.monotonic()
    answer = stack.invoke_flow("customer_lookup", flow_event(parameters=asks("calling_user")))
    assert time.monotonic() - began < 3
    assert answer["status"] == "server error"


def test_K3_an_event_is_published_in_time_where_the_ledger_hangs(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(KEYS)
    dynamodb = boto3.client("dynamodb", endpoint_url=silent, config=zendesk_webhook._LEDGER)
    lease = site.endpoint.ledger.lease
    site.endpoint.ledger = Ledger(DynamoItems(dynamodb, "ledger"), clock=site.clock, lease=lease)
    began = time.monotonic()
    assert site.status(request(envelope())) == 200
    assert time.monotonic() - began < _timeout("zendesk_webhook") - GRACE
    assert len(site.told) == 1


def test_K3_zendesk_is_asked_for_a_retry_in_time_where_the_bus_hangs(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", silent)
    messaging.messages.cache_clear()
    site = Site(KEYS)
    site.endpoint.messages = messaging.messages
    began = time.monotonic()
    try:
        assert site.status(request(envelope())) == 503
    finally:
        messaging.messages.cache_clear()
    assert time.monotonic() - began < _timeout("zendesk_webhook") - GRACE


def _timeout(folder: str) -> int:
    return next(row.timeout for row in FUNCTIONS if row.folder == folder)
