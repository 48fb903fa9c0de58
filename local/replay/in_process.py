"""The deployed functions in this process: the real handlers, on stand-ins and a virtual clock."""

import importlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import requests

from connect_zendesk import messaging
from connect_zendesk.amazon_comprehend import AmazonComprehend
from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.voice_id import VoiceId
from connect_zendesk.amazon_transcribe.client import AmazonTranscribe
from connect_zendesk.detail_types import ATTACHMENT_REQUESTED
from connect_zendesk.entrypoints import container
from connect_zendesk.function_kinds import Function
from connect_zendesk.ledger.items import Items
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.probed import KnownAssumptions
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.topology import ACCEPTANCE, SCREEN_POP, ZENDESK_RECOVERY, flow_block, worker_of
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.client import Zendesk as ZendeskClient
from connect_zendesk.zendesk.tokens import SharedTokens
from functions.contact_records import handler as contact_records
from functions.zendesk_webhook import handler as zendesk_webhook
from local.flows.walked_contacts import WalkedContacts
from local.replay.agent_app import LocalAgentApp
from local.replay.clock import VirtualClock
from local.replay.events import (
    AgentEvent,
    BusEvent,
    ContactEvent,
    Event,
    FlowCall,
    FlowWalk,
    InZendesk,
    OtherBusEvent,
    QueueMessage,
    StoredFile,
    StreamRecord,
    WebhookCall,
)
from local.replay.job_objects import JobObjects
from local.replay.lambda_events import LambdaContext, kinesis_event, object_created, sqs_event
from local.replay.local_messages import SPEECH_BUCKET, LocalMessages, Message
from local.replay.memory_files import MemoryFiles
from local.replay.memory_items import MemoryItems
from local.replay.shared_client import client_of
from local.replay.webhooks import LocalWebhooks, request_of
from local.stand_ins.amazon_connect import AmazonConnect as AmazonConnectStandIn
from local.stand_ins.amazon_connect import Options as ConnectOptions
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from local.stand_ins.comprehend import Comprehend
from local.stand_ins.http.requests_adapter import StandInAdapter
from local.stand_ins.transcribe import Transcribe
from local.stand_ins.zendesk import Options, Outgoing, WebhookSender, Zendesk

_URL = "https://laptop.zendesk.com"
_LEASE = timedelta(seconds=90)
#: The Voice ID domain of a Connect world that has speakers or sessions.
VOICE_ID_DOMAIN = "LaptopsVoiceIdDomain01"
#: As whom Amazon Transcribe reads recordings.
_TRANSCRIBE_ROLE = "arn:aws:iam::111122223333:role/transcribe"


class InProcess:
    """The functions with everything around them. Messages wait on a virtual clock."""

    def __init__(
        self,
        *,
        zendesk_world: Mapping[str, Any] | None = None,
        connect_world: Mapping[str, Any] | None = None,
        app_settings: AppSettings | None = None,
        clock: VirtualClock | None = None,
        items: Items | None = None,
        region: str = "eu-west-2",
    ) -> None:
        self.region = region
        self.clock = clock or VirtualClock()
        self.options = Options()
        self.zendesk = Zendesk(zendesk_world, clock=self.clock, options=self.options)
        # Voice ID has ended, but in a world that has a domain of it.
        ended = not (connect_world or {}).get("voice_id")
        voice_id = ConnectOptions(voice_id="denied" if ended else "answers")
        self.connect = AmazonConnectStandIn(connect_world, clock=self.clock, options=voice_id)
        self.messages = LocalMessages(self.clock)
        self.items = items or MemoryItems(self.clock)
        self.files = MemoryFiles()
        self.transcribe = Transcribe(
            clock=self.clock,
            objects=JobObjects(self.files, self.put_object),
            on_event=self.messages.receive_from_aws,
            region=region,
        )
        self.comprehend = Comprehend(clock=self.clock)
        self.app_settings = app_settings or AppSettings()
        self.flow_answers: list[dict[str, Any]] = []
        self.walked = WalkedContacts()
        self._amazon_connect = AmazonConnect(lambda: client_of("connect", self.connect))
        self._voice_id = VoiceId(
            "" if ended else VOICE_ID_DOMAIN, lambda: client_of("voice-id", self.connect)
        )
        self.services = self.new_services()
        self.webhooks = LocalWebhooks(self.options, self.clock)
        self.agent_app = LocalAgentApp(lambda: self.services, self.clock, _URL)
        self._webhook_sender = WebhookSender(self.zendesk, self.deliver_webhook)
        self._webhook_endpoint = self.webhooks.endpoint(self.services.ledger, self.messages)

    def new_services(self) -> Services:
        """Return services as a fresh container would build them."""
        ledger = Ledger(self.items, clock=self.clock, lease=_LEASE)
        return Services(
            zendesk=self._zendesk_client(container.TokenInLedger(ledger, self.clock)),
            amazon_connect=self._amazon_connect,
            ledger=ledger,
            messages=self.messages,
            read_app_settings=lambda: self.app_settings,
            clock=self.clock,
            files=self.files,
            connect_instance=INSTANCE_ARN,
            sleep=lambda seconds: self.clock.move_by(timedelta(seconds=seconds)),
            voice_id=self._voice_id,
            transcribe=AmazonTranscribe(
                _TRANSCRIBE_ROLE, SPEECH_BUCKET, lambda: client_of("transcribe", self.transcribe)
            ),
            comprehend=AmazonComprehend(lambda: client_of("comprehend", self.comprehend)),
            region=self.region,
            read_assumptions=KnownAssumptions(ledger).read,
        )

    def _zendesk_client(self, tokens: SharedTokens) -> ZendeskClient:
        session = requests.Session()
        session.trust_env = False  # no proxy stands between here and the stand-in
        session.mount(_URL, StandInAdapter(self.zendesk))
        options = self.options
        return ZendeskClient(
            _URL,
            lambda: (options.oauth_client_id, options.oauth_client_secret),
            tokens,
            session=session,
            clock=self.clock,
        )

    def set_up_zendesk(self) -> bool:
        """Set Zendesk up as a deployment does; returns whether that could be done. Raises SetupError.

        The webhook's deliveries then reach the endpoint on the virtual clock.
        """
        # With a token of its own, as an administrator's command: the functions get theirs themselves.
        aside = container.TokenInLedger(
            Ledger(MemoryItems(self.clock), clock=self.clock, lease=_LEASE), self.clock
        )
        done = self.webhooks.set_up(self._zendesk_client(aside), self.app_settings)
        self._webhook_endpoint = self.webhooks.endpoint(self.services.ledger, self.messages)
        self.zendesk.requests.clear()
        return done

    def play(self, events: list[Event]) -> None:
        """Play events in their order, each when it was sent, then wait until nothing is left to do."""
        for event in events:
            if event.at is not None:
                self.run(until=event.at)
                self.clock.move_to(event.at)
            self.take(event)
            self.run(until=self.clock())
        self.run(until=None)

    def take(self, event: Event) -> bool:
        """Give one event to the function that gets it on AWS; returns whether it was taken."""
        match self.walked.complete(event):
            case StreamRecord(data):
                with self._in_place():
                    answer = contact_records.handler(kinesis_event(data), LambdaContext())
                return not answer["batchItemFailures"]
            case QueueMessage(body):
                self.messages.send(body)
                return True
            case BusEvent() as sent:
                self.messages.publish(sent.detail_type, sent.detail)
                return True
            case OtherBusEvent(content):
                return self.messages.receive_from_other_bus(content)
            case StoredFile(bucket, key, content):
                self.put_object(bucket, key, content)
                return True
            case WebhookCall(body):
                self.receive_webhook(body.encode())
                return True
            case InZendesk() as done:
                done.happen(self.zendesk)
                return True
            case ContactEvent(envelope):
                self.send_contact_event(envelope)
                return True
            case AgentEvent(content):
                self.send_agent_events([content])
                return True
            case FlowCall() as call:
                self.flow_answers.append(self.invoke_flow(call.function, call.event))
                return True
            case FlowWalk() as walk:
                self.flow_answers += self.walked.walk(walk, self.invoke_flow).answers
                return True

    def invoke_flow(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a contact flow's Lambda block does; ``function`` is the function's folder."""
        answer: dict[str, Any] = self._invoke(flow_block(function), event)
        return answer

    def send_contact_event(self, envelope: Mapping[str, Any]) -> None:
        """Deliver an event of the default bus; where the function fails, it goes to the contact queue."""
        try:
            self._invoke(ACCEPTANCE, envelope)
        except Exception:  # noqa: BLE001 - whatever it is: Lambda's destination for failures gets the event
            self.messages.send(json.dumps({"requestPayload": envelope}))

    def send_agent_events(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Deliver records of the agent event stream."""
        records = [kinesis_event(json.dumps(event).encode())["Records"][0] for event in events]
        self._invoke(SCREEN_POP, {"Records": records})

    def request_attachment(self, detail: Mapping[str, Any]) -> None:
        """Put an agent's attachment on the bus (A1)."""
        self.messages.publish(ATTACHMENT_REQUESTED, detail)

    def connect_webhooks(self, *events: str) -> None:
        """Have changes of tickets in Zendesk delivered: these ticket events ("created"), or all."""
        self.webhooks.subscribe(self.services.zendesk, *events)
        self._webhook_endpoint = self.webhooks.endpoint(self.services.ledger, self.messages)
        self.zendesk.requests.clear()

    def receive_webhook(self, body: bytes) -> int:
        """Deliver a webhook's body, signed now; returns the endpoint's status."""
        status, _ = self.request_webhook(self.webhooks.sample(body))
        return status

    def deliver_webhook(self, outgoing: Outgoing) -> tuple[int, Mapping[str, str]]:
        """Deliver what a webhook of the stand-in sends; returns status and headers (`WebhookSender`)."""
        return self.request_webhook(request_of(outgoing))

    def request_webhook(self, request: Mapping[str, Any]) -> tuple[int, Mapping[str, str]]:
        """Invoke the endpoint with what its function URL was called with; returns status and headers."""
        with mock.patch.object(zendesk_webhook, "endpoint", _always(self._webhook_endpoint)):
            answer = zendesk_webhook.handler(dict(request), LambdaContext())
        return answer["statusCode"], answer["headers"]

    def put_object(self, bucket: str, key: str, body: bytes | Path, *, announced: bool = True) -> None:
        """Have a service write a file to S3, which reports it unless the notification is lost.

        `body`: its content, or the path of a file on disk that is too long to be in memory.
        """
        stored = self.files.put(bucket, key, body)
        if announced:
            self.messages.receive_from_aws(object_created(bucket, stored))

    def recover_webhooks(self) -> None:
        """Do what the schedule does: fetch what Zendesk could not deliver."""
        keys = mock.patch.object(_module(ZENDESK_RECOVERY), "keys", _always(self.webhooks.keys_of_zendesk))
        with keys, mock.patch.dict(os.environ, ZENDESK_EVENT_BUS="named"):
            self._invoke(ZENDESK_RECOVERY, {})

    def _invoke(self, function: Function, event: Mapping[str, Any]) -> Any:
        with self._in_place():
            return _module(function).handler(dict(event), LambdaContext())

    def run(self, until: datetime | None) -> None:
        """Deliver what is due by then, moving the clock on; None: until nothing waits."""
        while True:
            if self._end_jobs(until) or self._send_webhooks(until):
                continue
            if (message := self.messages.next_due(until)) is None:
                return
            self.clock.move_to(message.due)
            self.deliver(message)

    def _end_jobs(self, until: datetime | None) -> bool:
        """Have jobs of Amazon Transcribe go on if that is the next thing due by then; returns whether."""
        due = self.transcribe.next_due()
        others = [message.due for message in self.messages.waiting[:1]]
        if self.webhooks.connected and (webhook := self.zendesk.next_webhook()) is not None:
            others.append(webhook)
        if due is None or (until is not None and due > until) or min(others, default=due) < due:
            return False
        self.clock.move_to(due)
        return self.transcribe.run_due()

    def _send_webhooks(self, until: datetime | None) -> bool:
        """Have the stand-in send what is the next thing due by then; returns whether anything was."""
        due = self.zendesk.next_webhook() if self.webhooks.connected else None
        waiting = self.messages.waiting
        if due is None or (until is not None and due > until) or (waiting and waiting[0].due < due):
            return False
        self.clock.move_to(due)
        if not self._webhook_sender.run_due():
            self.clock.move_by(timedelta(seconds=1))  # the account's minute is used up
        return True

    def deliver(self, message: Message) -> None:
        """Deliver one message; what the function did not do is redelivered."""
        message.attempts += 1
        with self._in_place():
            worker = _module(worker_of(message.queue))
            answer = worker.handler(sqs_event(message), LambdaContext())
        if answer["batchItemFailures"]:
            self.messages.put_back(message)

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        services, messages = self.services, self.messages
        with (
            mock.patch.object(container, "services", _always(services)),
            mock.patch.object(messaging, "messages", _always(messages)),
        ):
            yield


def _module(function: Function) -> Any:
    return importlib.import_module(f"functions.{function.key}")


def _always(value: Any) -> Callable[[], Any]:
    def answer() -> Any:
        return value

    return answer
