"""AWS takes connections and never answers: functions go on, or end, within their own time (S8, F3, K3).

Their time is not measured, since a busy machine takes longer: it is what they wait for, as often as they do.
"""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.config import Config
from botocore.response import StreamingBody

from connect_zendesk import amazon_comprehend, messaging
from connect_zendesk.amazon_comprehend import AmazonComprehend
from connect_zendesk.amazon_transcribe import client as transcribe
from connect_zendesk.amazon_transcribe.client import AmazonTranscribe
from connect_zendesk.amazon_transcribe.errors import NoAnswer
from connect_zendesk.entrypoints import container
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.rules import wording
from connect_zendesk.rules.speech.plan import Plan
from connect_zendesk.rules.transcripts.conversation import Turn
from connect_zendesk.topology import FUNCTIONS
from connect_zendesk.workflows.transcripts.insights import Wanted, insights
from functions.zendesk_webhook import handler as zendesk_webhook
from tests.flows import asks, flow_event
from tests.functional.test_container import ENVIRONMENT
from tests.functional.test_zendesk_webhook import KEYS, Site
from tests.logs import Logs
from tests.stack import Stack
from tests.waiting import wait_for
from tests.webhooks import envelope, request

#: Seconds that a function has for all that it does besides waiting.
GRACE = 1.0


@dataclass
class Silent:
    """A server that accepts every connection, reads nothing and says nothing.

    ``taken`` has the connections by the client's port, in order; ``slept`` the seconds between attempts,
    which are not waited.
    """

    port: int
    taken: dict[int, socket.socket] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address, as boto3 takes it."""
        return f"http://127.0.0.1:{self.port}"

    def seconds(self, config: Config) -> float:
        """Return the seconds that clients of this configuration have waited, sleep included."""
        with socket.create_connection(("127.0.0.1", self.port)) as own:
            number = own.getsockname()[1]
            wait_for(lambda: number in self.taken, what="a connection after all others")
        asked = [*self.taken].index(number)
        self.taken.pop(number).close()
        assert asked, "nothing was asked"
        return float(asked * config.read_timeout + sum(self.slept))  # type: ignore[attr-defined]


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    """Have a server that never answers."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        made = Silent(server.getsockname()[1])
        monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=made.slept.append))

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                made.taken[address[1]] = connection

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in made.taken.values():
        connection.close()


@pytest.fixture
def settings(silent: Silent, monkeypatch: pytest.MonkeyPatch) -> container.LiveAppSettings:
    """App settings whose AppConfig hangs."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_APPCONFIGDATA", silent.url)
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
    settings: container.LiveAppSettings, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_well_once(settings, monkeypatch)
    with Logs() as logs:
        for _ in range(20):
            assert settings.read().default_country == "GB"
    assert silent.seconds(settings._provider.client.meta.config) <= 1
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


def test_S8_a_new_container_fails_in_time_where_appconfig_hangs(
    settings: container.LiveAppSettings, silent: Silent
) -> None:
    with pytest.raises(GetParameterError):
        settings.read()
    assert silent.seconds(settings._provider.client.meta.config) <= 1


def test_F3_a_flow_block_answers_with_the_last_good_settings_where_appconfig_hangs(
    settings: container.LiveAppSettings, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_well_once(settings, monkeypatch)
    stack = Stack()
    stack.services = replace(stack.services, read_app_settings=settings.read)
    answer = stack.invoke_flow("customer_lookup", flow_event(parameters=asks("calling_user")))
    assert silent.seconds(settings._provider.client.meta.config) < 3 - GRACE
    assert answer["status"] == "ok"


def test_F3_a_flow_block_answers_in_time_in_a_new_container_where_appconfig_hangs(
    settings: container.LiveAppSettings, silent: Silent
) -> None:
    stack = Stack()
    stack.services = replace(stack.services, read_app_settings=settings.read)
    answer = stack.invoke_flow("customer_lookup", flow_event(parameters=asks("calling_user")))
    assert silent.seconds(settings._provider.client.meta.config) < 3 - GRACE
    assert answer["status"] == "server error"


def test_K3_an_event_is_published_in_time_where_the_ledger_hangs(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(KEYS)
    dynamodb = boto3.client("dynamodb", endpoint_url=silent.url, config=zendesk_webhook._LEDGER)
    lease = site.endpoint.ledger.lease
    site.endpoint.ledger = Ledger(DynamoItems(dynamodb, "ledger"), clock=site.clock, lease=lease)
    assert site.status(request(envelope())) == 200
    assert silent.seconds(zendesk_webhook._LEDGER) < _timeout("zendesk_webhook") - GRACE
    assert len(site.told) == 1


def test_K3_zendesk_is_asked_for_a_retry_in_time_where_the_bus_hangs(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", silent.url)
    messaging.messages.cache_clear()
    site = Site(KEYS)
    site.endpoint.messages = messaging.messages
    try:
        assert site.status(request(envelope())) == 503
    finally:
        messaging.messages.cache_clear()
    assert silent.seconds(messaging._CONFIG) < _timeout("zendesk_webhook") - GRACE


def hanging(service: str, config: Config, silent: Silent) -> object:
    """A client of a service that never answers: it waits a tenth of a second, as often as for longer."""
    quick = config.merge(Config(read_timeout=0.1))
    return boto3.client(service, endpoint_url=silent.url, region_name="eu-west-2", config=quick)


def test_X3_a_recording_is_left_to_the_next_attempt_in_time_where_amazon_transcribe_hangs(
    silent: Silent,
) -> None:
    service = AmazonTranscribe("", "bucket", lambda: hanging("transcribe", transcribe._CONFIG, silent))
    plan = Plan("transcription", "en-GB", redacted=False, words=True, channels=2)
    with pytest.raises(NoAnswer):
        service.start("name", plan, "bucket/key.wav", speakers=True)
    assert silent.seconds(transcribe._CONFIG) < _timeout("speech_analysis") - GRACE


def test_X3_a_comment_is_written_without_its_part_in_time_where_amazon_comprehend_hangs(
    silent: Silent,
) -> None:
    stack = Stack()
    service = AmazonComprehend(lambda: hanging("comprehend", amazon_comprehend._CONFIG, silent))
    services = replace(stack.services, comprehend=service)
    wanted = Wanted("en", ("customer",), ("customer",))
    found = insights(services, [Turn("message", "customer", text="Hello.")], wanted)
    assert found.problems == (wording.COMPREHEND_FAILED,)
    assert silent.seconds(amazon_comprehend._CONFIG) < _timeout("transcript_attachment") / 2


def _timeout(folder: str) -> int:
    return next(row.timeout for row in FUNCTIONS if row.folder == folder)
