"""The whole thing on this machine: stand-ins, emulator, and the real template deployed between them."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from administration.dead_letters.sending import dead_letter_queues, functions_by_queue
from infra.dependencies import is_built
from infra.synth import synthesise
from local.desk.on_laptop import desk_at, sdk_address
from local.emulator import dead_letters as dead_letters_
from local.emulator.app_settings import put_app_settings
from local.emulator.assembly import read_assembly
from local.emulator.clients import Clients
from local.emulator.dead_letters import DeadLetter
from local.emulator.deployment import DeployedStack, deploy
from local.emulator.function_logs import RETRIED_LATER, LogLine, put_off, read_function_logs
from local.emulator.instance_connected import connect_instance
from local.emulator.live_events import OTHER_BUS, LiveEvents
from local.emulator.process import Emulator, start_emulator
from local.emulator.settling import Backlog, queue_backlog, wait_until_settled
from local.emulator.sources import EventSources, event_sources
from local.emulator.stream import put_records
from local.emulator.synthesis import synthesised
from local.emulator.unread import Unread
from local.emulator.zendesk_webhooks import Webhooks
from local.stand_ins.amazon_connect import AmazonConnect
from local.stand_ins.amazon_connect.http_server import AmazonConnectServer
from local.stand_ins.comprehend import Comprehend
from local.stand_ins.comprehend.http_server import ComprehendServer
from local.stand_ins.transcribe import Options as TranscribeOptions
from local.stand_ins.transcribe import Transcribe
from local.stand_ins.transcribe.http_server import TranscribeServer
from local.stand_ins.transcribe.objects import S3Objects
from local.stand_ins.zendesk import Options, Zendesk
from local.stand_ins.zendesk.http_server import ZendeskServer
from local.stand_ins.zendesk.webhooks.deliveries import Send
from local.stand_ins.zendesk.webhooks.sender import sent

# Its address is in the template: with the same port as last time, the template need not be made again.
ZENDESK_PORT = 28461
#: Amazon Connect's own: a deployment is given them.
AGENT_STREAM = "agent-events"
CONTACT_BUCKET = "amazon-connect-recordings"
# What takes minutes at AWS is to be waited for here.
_SOON = TranscribeOptions(waits=timedelta(seconds=0.2), lasts=timedelta(seconds=1.5), lasts_share=0.0)
_LOG_LINES_IN_REPORT, _WAITS_IN_REPORT = 30, 10
_PUT_OFF_READ_SECONDS = 5.0
_WAITS = f'"{RETRIED_LATER}"'


@dataclass(frozen=True)
class Step:
    """A step on the way up, reported as it begins (without `seconds`) and when it is done."""

    name: str
    seconds: float | None = None


class Laptop:
    """The stack on this machine, up for as long as the `with` block lasts.

    `zendesk_world`, `connect_world`: what the stand-ins hold at first. `app_settings`: JSON values by
    setting name, or None to leave what the deployment made. `forced_ticket_wait_seconds`: how long a contact
    may go without a ticket here (300 in a deployment). `context`: further context values of the CDK app.
    `agent_app`: with the agent app, at whose desk a visitor plays the agent (`desk`).
    `clock`: the stand-ins' clock (aware, UTC). `report` is called with each step.

    Entering raises EmulatorError, SynthesisError, DeploymentError, WorldError: each says what to do.
    """

    zendesk: Zendesk
    connect: AmazonConnect
    transcribe: Transcribe
    comprehend: Comprehend
    emulator: Emulator
    clients: Clients
    stack: DeployedStack

    def __init__(
        self,
        *,
        zendesk_world: Mapping[str, Any] | None = None,
        connect_world: Mapping[str, Any] | None = None,
        app_settings: Mapping[str, object] | None = None,
        forced_ticket_wait_seconds: int = 5,
        context: Mapping[str, str] | None = None,
        agent_app: bool = False,
        zendesk_options: Options | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        report: Callable[[Step], None] = lambda _step: None,
    ) -> None:
        self._options = zendesk_options or Options()
        self.zendesk = Zendesk(zendesk_world, clock=clock, options=self._options)
        self.connect = AmazonConnect(connect_world, clock=clock)
        self.comprehend = Comprehend(clock=clock)
        self._clock = clock
        self._put_off, self._put_off_read = 0, 0.0
        self._app_settings = app_settings
        # Two workers at once are what two cores carry; each more costs a cold start.
        self._context = {
            "forced_ticket_wait_seconds": str(forced_ticket_wait_seconds),
            "contact_file_wait_seconds": "5",
            "deployment": "",  # a real one is none of the laptop's
            "background_concurrency": "2",
            **(context or {}),
            **({"agent_app": "true"} if agent_app else {}),
        }
        self._desk_is_wanted = agent_app
        self._softphone: dict[str, str] = {}
        self.desk: str = ""
        self.connect_url: str = ""
        self._report = report
        self._webhooks = Webhooks(self.zendesk, self._options.account_id, lambda: self.emulator.endpoint)
        self._sent_before = False
        self._lock = threading.Lock()
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as exits:
            self._start(exits)
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        return self.stack.outputs

    @property
    def agent_app_url(self) -> str:
        """Where the agent app's pages are on this machine; empty where there are none."""
        return self._webhooks.agent_app.address if self._webhooks.agent_app is not None else ""

    @property
    def sent(self) -> int:
        """How many contact records are on the stream, by whichever process."""
        with self._lock:
            return self._unread.sent()

    def put_records(self, records: Iterable[bytes]) -> int:
        """Put these on the record stream, as they are and in this order; returns how many.

        Raises StreamError.
        """
        with self._lock:
            count = put_records(self.clients.kinesis, self.outputs["RecordStreamName"], records)
            self._sent_before = self._sent_before or count > 0
        return count

    def put_agent_event(self, content: Mapping[str, Any]) -> None:
        """Put an event on the agent event stream. Raises StreamError."""
        with self._lock:
            self._unread.add_agent_events(self.live.put_agent_event(content, AGENT_STREAM))

    def put_object(self, bucket: str, key: str, data: bytes) -> None:
        """Write a file of a contact to S3, as Amazon Connect does."""
        self.clients.s3.put_object(Bucket=bucket, Key=key, Body=data)

    def send_webhook(self, body: bytes) -> int:
        """Send a webhook's body as Zendesk does, signed now; returns the status of the endpoint's answer."""
        return self._webhooks.send_sample(body)

    @cached_property
    def live(self) -> LiveEvents:
        """Delivers what goes on while a contact lives."""
        return LiveEvents(self.clients, self.stack)

    def put_app_settings(self, settings: Mapping[str, object]) -> None:
        """Make these the live app settings, for whatever is sent from now on.

        Functions remember their settings for a minute, so they are started afresh; call this when nothing
        is under way. With a desk, the softphone is that of the stand-in. Raises AppSettingsError.
        """
        put_app_settings(
            self.clients.appconfig,
            {**settings, **self._softphone},
            application=self.outputs["AppSettingsApplicationId"],
            environment=self.outputs["AppSettingsEnvironmentId"],
            profile=self.outputs["AppSettingsProfileId"],
        )
        if self._sent_before:
            self._start_functions_afresh()

    def _start_functions_afresh(self) -> None:
        for name in self.stack.functions.values():
            memory = self.clients.functions.get_function_configuration(FunctionName=name)["MemorySize"]
            # A function's processes end when its configuration is written, even where it stays the same.
            self.clients.functions.update_function_configuration(FunctionName=name, MemorySize=memory)

    def backlog(self) -> Backlog:
        """What is still to be done with what has been sent."""
        with self._lock:
            unread = self._unread.count() + self._webhooks.waiting + self.transcribe.under_way()
            left = queue_backlog(self.clients.sqs, self._sources.queues, unread=unread)
            if not left.in_hand or left.unread or left.waiting:
                return left
            # Only the logs say for how long a message is hidden, and reading them takes its time.
            if time.monotonic() > self._put_off_read + _PUT_OFF_READ_SECONDS:
                lines = read_function_logs(self.clients, self.stack.functions, RETRIED_LATER)
                self._put_off = put_off(lines, datetime.now(UTC))
                self._put_off_read = time.monotonic()
            return left.without_put_off(self._put_off)

    def wait_until_settled(
        self, timeout: float = 60.0, report: Callable[[Backlog], None] = lambda _backlog: None
    ) -> None:
        """Wait until everything that was sent is handled. `timeout` in seconds.

        Raises NotSettledError, after which `errors` says more.
        """
        wait_until_settled(self.backlog, timeout=timeout, report=report)

    def dead_letters(self) -> list[DeadLetter]:
        """Everything that was dead-lettered, oldest first."""
        with self._lock:
            return dead_letters_.read_dead_letters(
                self.clients.sqs,
                *dead_letter_queues(self.outputs),
                functions=functions_by_queue(self.outputs),
            )

    def dead_letter_count(self) -> int:
        """How many dead letters there are."""
        return dead_letters_.count_dead_letters(self.clients.sqs, *dead_letter_queues(self.outputs))

    def purge_dead_letters(self) -> None:
        """Throw all dead letters away."""
        dead_letters_.purge_dead_letters(self.clients.sqs, *dead_letter_queues(self.outputs))

    def logs(self) -> list[LogLine]:
        """What the functions have logged, oldest first."""
        return read_function_logs(self.clients, self.stack.functions)

    def errors(self) -> str:
        """What to show when something went wrong: what is left, what failed, and what was logged about it."""
        lines = self.logs()
        parts = [f"Left: {self.backlog()}."]
        waits = [line for line in lines if _WAITS in line.text]
        parts += [f"{line.function}: {line.text}" for line in waits[-_WAITS_IN_REPORT:]]
        parts += [f"Dead letter from {letter.source}: {letter.reason}" for letter in self.dead_letters()]
        parts += [f"{line.function}: {line.text}" for line in lines if line.error][-_LOG_LINES_IN_REPORT:]
        parts += self.emulator.failures()[-_LOG_LINES_IN_REPORT:]
        return "\n".join([*parts, f"The emulator's log: {self.emulator.log}"])

    def _start(self, exits: ExitStack) -> None:
        with self._step("stand-ins for Zendesk, Amazon Connect and Amazon Comprehend"):
            zendesk = exits.enter_context(zendesk_server(self.zendesk, self._webhooks.send))
            connect = exits.enter_context(AmazonConnectServer(self.connect))
            self.connect_url = connect.url
            comprehend = exits.enter_context(ComprehendServer(self.comprehend))
        with self._step("AWS emulator"):
            self.emulator = exits.enter_context(start_emulator())
            self.clients = Clients(self.emulator.endpoint)
            self.clients.kinesis.create_stream(StreamName=AGENT_STREAM, ShardCount=1)
            self._make_contact_bucket()
            self.transcribe = Transcribe(
                clock=self._clock,
                objects=S3Objects(self.clients.s3),
                options=_SOON,
                region=self.clients.region,
            )
            transcribe = exits.enter_context(TranscribeServer(self.transcribe))
            self.clients.events.create_event_bus(Name=OTHER_BUS)
            streams = f"arn:aws:kinesis:{self.clients.region}:{self.clients.account}:stream"
        context = {
            **self._context,
            "zendesk_url": zendesk.url,
            "agent_event_stream_arn": f"{streams}/{AGENT_STREAM}",
            "contact_buckets": CONTACT_BUCKET,
            "zendesk_event_bus": OTHER_BUS,
        }
        libraries = "" if is_built() else "; libraries for Lambda are downloaded, once: this can take minutes"
        with self._step(f"synthesis of the stack{libraries}"):
            assembly = read_assembly(synthesised(context, synthesise))
        with self._step("deployment"):
            self.stack = deploy(
                assembly,
                self.clients,
                function_environment={
                    "AWS_ENDPOINT_URL_CONNECT": connect.url,
                    "AWS_ENDPOINT_URL_VOICE_ID": connect.url,
                    "AWS_ENDPOINT_URL_TRANSCRIBE": transcribe.url,
                    "AWS_ENDPOINT_URL_COMPREHEND": comprehend.url,
                    **({"ZENDESK_SDK_URL": sdk_address(zendesk.url)} if self._desk_is_wanted else {}),
                },
            )
            self.transcribe.on_event = self.live.send_from_aws
            self._sources: EventSources = event_sources(self.clients)
            self._unread = Unread(
                self.clients.kinesis,
                self.emulator.log,
                self._sources.readers,
                records=self.outputs["RecordStreamName"],
                agent_events=AGENT_STREAM,
            )
            # The mapping of agent events begins with the latest; the emulator finds out which that is when
            # something is put. An idle agent's event starts nothing.
            put_records(self.clients.kinesis, AGENT_STREAM, [b'{"EventType": "HEART_BEAT"}'])
        with self._step("OAuth client and app settings"):
            self._put_oauth_client()
            if self._desk_is_wanted:
                self._softphone = {"connect_instance_url": connect.url}
            if self._app_settings is not None or self._desk_is_wanted:
                self.put_app_settings(self._app_settings or {})
        with self._step("webhook, user fields and macros in Zendesk"):
            self._webhooks.set_up(self.clients, self.stack.name)
        connect_instance(
            self.clients,
            connect.url,
            self.outputs,
            agent_stream_arn=f"{streams}/{AGENT_STREAM}",
            bucket=CONTACT_BUCKET,
            origins=[zendesk.url, *filter(None, [_origin(self.agent_app_url)])],
        )
        self.connect.requests.clear()
        if self._webhooks.agent_app is not None:
            self.desk = exits.enter_context(desk_at(self, self._webhooks.agent_app, zendesk, connect))

    def _make_contact_bucket(self) -> None:
        self.clients.s3.create_bucket(
            Bucket=CONTACT_BUCKET,
            CreateBucketConfiguration={"LocationConstraint": self.clients.region},  # type: ignore[typeddict-item]
        )
        self.clients.s3.put_bucket_notification_configuration(
            Bucket=CONTACT_BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )

    def _put_oauth_client(self) -> None:
        self.clients.secretsmanager.put_secret_value(
            SecretId=self.outputs["ZendeskSecretArn"],
            SecretString=json.dumps(
                {
                    "client_id": self._options.oauth_client_id,
                    "client_secret": self._options.oauth_client_secret,
                }
            ),
        )

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self._report(Step(name))
        started = time.monotonic()
        yield
        self._report(Step(name, time.monotonic() - started))


def zendesk_server(zendesk: Zendesk, send: Send = sent) -> ZendeskServer:
    """The Zendesk stand-in over HTTP, on its usual port if nothing else listens there."""
    try:
        return ZendeskServer(zendesk, ZENDESK_PORT, send)
    except OSError:  # another process listens there, perhaps another laptop
        return ZendeskServer(zendesk, send=send)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
