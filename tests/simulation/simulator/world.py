"""The whole: functions, services and people on one virtual clock, with one chance."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from connect_zendesk import messaging
from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.voice_id import VoiceId
from connect_zendesk.entrypoints import contact_flow, container
from connect_zendesk.function_kinds import Function
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.topology import (
    AGENT_APP,
    CONTACT_RECORDS,
    SCREEN_POP,
    WORKERS,
    ZENDESK_RECOVERY,
    ZENDESK_WEBHOOK,
    flow_block,
)
from connect_zendesk.workflows.agent_app.endpoint import AgentApp
from connect_zendesk.workflows.agent_app.pages import ZENDESK_SDK, Pages
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.client import Zendesk as ZendeskClient
from functions.agent_app import handler as agent_app
from functions.zendesk_recovery import on_schedule
from functions.zendesk_webhook import handler as zendesk_webhook
from local.replay.agent_app import PAGES, Answered, LocalAgentApp
from local.replay.clock import VirtualClock
from local.replay.lambda_events import LambdaContext, object_created
from local.replay.memory_files import MemoryFiles
from local.replay.shared_client import client_of
from local.replay.webhooks import LocalWebhooks, function_url_event, request_of
from local.stand_ins.amazon_connect import AmazonConnect as AmazonConnectStandIn
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from local.stand_ins.http.messages import Response
from local.stand_ins.zendesk import Options, Outgoing, Zendesk
from local.stand_ins.zendesk.apps.signing import token
from tests.records import NINE
from tests.simulation.simulator import release_before
from tests.simulation.simulator.commands import APP_SETTINGS
from tests.simulation.simulator.faults import TWO_RELEASES, Chance
from tests.simulation.simulator.functions import Container, Functions
from tests.simulation.simulator.gates import ConnectGate, FilesGate, LedgerGate, ZendeskGate
from tests.simulation.simulator.messages import Messages
from tests.simulation.simulator.people import FEW, MANY, connect_world, zendesk_world
from tests.simulation.simulator.poison import is_about
from tests.simulation.simulator.queues import Letter, Queue
from tests.simulation.simulator.scheduler import MOST_STEPS, Died, Invocation, Scheduler
from tests.simulation.simulator.session import Session
from tests.simulation.simulator.streams import Stream
from tests.simulation.simulator.table import Table
from tests.simulation.simulator.watch import Watch

URL = "https://laptop.zendesk.com"
#: A lease outlives its function by this (`infra/deployed_function.py`).
_LEASE_AFTER_TIMEOUT = 60
#: Of so many effects others have a turn before it is done, or after.
_OF_EFFECTS_OTHERS_HAVE_A_TURN = 0.12
_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
#: So long containers of two releases work at the same time.
DEPLOYING = timedelta(minutes=15)
#: The events that the webhook is subscribed to.
_EVENTS = ("created", "tags_changed", "priority_changed", "merged")


class Effect:
    """What surrounds an effect (`World.effect`): a class, as there are thousands in each run."""

    __slots__ = ("_what", "_world")

    def __init__(self, world: World, what: str) -> None:
        self._world, self._what = world, what

    def __enter__(self) -> None:
        self._world.between("before", self._what)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._world.between("after", self._what)


class World:
    """All of one run: ``letters`` are dead letters, ``lost`` is what AWS dropped, ``said`` the story.

    ``out_of_time`` functions were ended since what they asked was slow.

    ``size``: so many times as much happens as in a seed.
    """

    def __init__(
        self,
        seed: int,
        kinds: Collection[str],
        *,
        app_settings: AppSettings,
        options: Options,
        updated: Mapping[int, str],
        only: Collection[tuple[str, int]] | None = None,
        often: Collection[str] = (),
        outages: Mapping[str, datetime] | None = None,
        size: int = 1,
        deployed: datetime = NINE,
    ) -> None:
        self.said: list[tuple[datetime, str]] = []
        self.clock = VirtualClock(NINE)
        self.chance = Chance(seed, kinds, only, often, self.say, size)
        self._turns = self.chance.random("turns").random
        self.scheduler = Scheduler(self.clock, MOST_STEPS * size)
        self.watch = Watch(self.clock)
        self.app_settings, self.options = app_settings, options
        callers = FEW if size == 1 else MANY
        self.zendesk = Zendesk(zendesk_world(updated, callers), clock=self.clock, options=options)
        self.connect = AmazonConnectStandIn(connect_world(callers), clock=self.clock)
        self.files = MemoryFiles()
        self.table = Table(self.clock, lambda: self.chance.often("DynamoDB: expired is deleted early"))
        self.messages = Messages(self)
        self.queues = {worker.queue.name: Queue(self, worker) for worker in WORKERS}
        self.records = Stream(self, CONTACT_RECORDS)
        self.agent_events = Stream(self, SCREEN_POP)
        self.functions = Functions(self)
        self.webhooks = LocalWebhooks(options, self.clock)
        self.claims = LocalAgentApp(self._no_services, self.clock, URL)
        self.letters: list[Letter] = []
        self.lost: list[str] = []
        self.kills: set[str] = set()
        self.out_of_time = 0
        self.deployed = deployed
        self._numbers = count(1)
        self._outages = {name: (began, began + _DAY) for name, began in (outages or {}).items()}
        self._webhooks_due: set[datetime] = set()
        self._recovery_due = False
        self._amazon_connect = AmazonConnect(lambda: client_of("connect", ConnectGate(self)))
        self.url, self.session = URL, Session(URL, ZendeskGate(self).handle)

    # What everything uses

    def say(self, what: str) -> None:
        """Note something for the story of this run."""
        self.said.append((self.clock(), what))

    def next_number(self) -> int:
        """Return a number that nothing else has."""
        return next(self._numbers)

    def current_invocation(self) -> Invocation:
        """Return the invocation whose turn it is."""
        assert self.scheduler.current is not None
        return self.scheduler.current

    def down_until(self, fault: str) -> datetime | None:
        """Return until when a service is down, or None."""
        began, ends = self._outages.get(fault, (None, None))
        if began is None or ends is None or self.chance.over or not began <= self.clock() < ends:
            return None
        if not self.chance.met[fault]:
            self.chance.hits(fault)
        return ends

    def wait(self, seconds: float) -> None:
        """Let time pass for the invocation whose turn it is, and others work meanwhile."""
        invocation = self.scheduler.current
        if invocation is not None and invocation.is_own_thread and not invocation.dead:
            invocation.pause(seconds)
            self._look(invocation)
        else:
            self.clock.move_by(timedelta(seconds=seconds))

    def is_poison(self, body: str) -> bool:
        """Return whether a message of the contact queue kills its function."""
        return any(is_about(body, contact) for contact in self.kills)

    def effect(self, what: str) -> Effect:
        """Surround an effect: the function can die before and after it, and others work meanwhile."""
        return Effect(self, what)

    def between(self, when: str, what: str) -> None:
        """Have the function that is at work die or pause here, before or after an effect."""
        invocation, chance = self.scheduler.current, self.chance
        if invocation is None:
            return
        if invocation.dead:
            invocation.die()
        invocation.effects += 1
        about = invocation.name, when, what
        if chance.hits("function: killed", *about):
            invocation.die()
        if not invocation.is_own_thread:
            return
        if chance.hits("function: too slow", *about):
            invocation.pause(invocation.timeout + 1)
        elif chance.hits("function: outlives its lease", *about):
            invocation.zombie = True
            invocation.pause(chance.between("zombie", 95, 400))
        elif self._turns() < _OF_EFFECTS_OTHERS_HAVE_A_TURN:
            invocation.pause(chance.one_of("turns", (0, 0.1, 0.3, 1, 5)))
        self._look(invocation)

    def _look(self, invocation: Invocation) -> None:
        """End an invocation whose time is over."""
        took = (self.clock() - invocation.began).total_seconds()
        if took > invocation.timeout and not invocation.zombie:
            self.say(f"{invocation.name} is out of time")
            self.out_of_time += 1
            invocation.die()

    # What functions are made of

    def new_container(self, function: Function, skew: float) -> Container:
        """Return a container that has just started; its clock is so many seconds off."""
        off = timedelta(seconds=skew)

        def clock() -> datetime:
            return self.clock() + off

        releases = self.releases(function)
        if True in releases and (len(releases) == 1 or self.chance.hits(TWO_RELEASES, function.key)):
            return Container(
                function, release_before.services(self, clock, APP_SETTINGS), skew, {}, before=True
            )
        lease = timedelta(seconds=function.timeout + _LEASE_AFTER_TIMEOUT)
        ledger = Ledger(LedgerGate(self, self.table), clock=clock, lease=lease)
        started: list[bool] = []

        def settings() -> AppSettings:
            if not started and self.chance.hits("configuration: AppConfig fails", function.key):
                raise GetParameterError("no settings")
            started.append(True)
            return self.app_settings

        services = Services(
            zendesk=ZendeskClient(
                URL,
                self.credentials,
                container.TokenInLedger(ledger, clock),
                session=self.session,
                clock=clock,
            ),
            amazon_connect=self._amazon_connect,
            ledger=ledger,
            messages=self.messages,
            read_app_settings=settings,
            clock=clock,
            files=FilesGate(self, self.files),
            connect_instance=INSTANCE_ARN,
            sleep=self.wait,
            voice_id=VoiceId(""),
        )
        return Container(function, services, skew, {})

    @property
    def is_deploying(self) -> bool:
        """Whether the release before is not yet replaced."""
        return self.chance.deals(TWO_RELEASES) and self.clock() < self.deployed

    def releases(self, function: Function) -> Collection[bool]:
        """Return the releases that containers of a function are of now; true is the one before."""
        if function.key not in release_before.FUNCTIONS or not self.is_deploying:
            return (False,)
        if self.deployed - self.clock() > DEPLOYING:
            return (True,)
        return (False,) if function.key in release_before.REPLACED_FIRST else (False, True)

    def invoke(
        self, function: Function, work: Callable[[], None], ended: Callable[[bool], None], *, about: str
    ) -> None:
        """Invoke a function (`Functions.invoke`)."""
        self.functions.invoke(function, work, ended, about=about)

    def handle(self, function: Function, event: Mapping[str, Any]) -> Any:
        """Call a function's handler, within its invocation."""
        return self.functions.handle(function, event)

    def _no_services(self) -> Services:
        raise AssertionError("claims need no services")

    def credentials(self) -> tuple[str, str]:
        """Return the OAuth client's id and secret."""
        if self.chance.hits("configuration: Secrets Manager fails"):
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "GetSecretValue")
        return self.options.oauth_client_id, self.options.oauth_client_secret

    def current_services(self) -> Services:
        """Return what the container has built whose turn it is."""
        return self.functions.current.services

    def _endpoint(self) -> Any:
        parts, services = self.functions.current.parts, self.current_services()
        if "endpoint" not in parts:
            parts["endpoint"] = self.webhooks.endpoint(services.ledger, self.messages)
        return parts["endpoint"]

    def _app(self) -> AgentApp:
        parts, services = self.functions.current.parts, self.current_services()
        if "app" not in parts:
            parts["app"] = AgentApp(
                read_keys=self.claims.keys.as_text,
                make_services=lambda: services,
                pages=Pages(PAGES, URL, ZENDESK_SDK),
                zendesk_url=URL,
                region="eu-west-2",
                clock=services.clock,
            )
        return parts["app"]  # type: ignore[no-any-return]

    @contextmanager
    def on(self) -> Iterator[None]:
        """Have the functions' modules work in this world, and be watched."""
        still = contact_flow_time()
        patches: tuple[tuple[Any, str, Any], ...] = (
            (container, "services", self.current_services),
            (messaging, "messages", lambda: self.messages),
            (zendesk_webhook, "endpoint", self._endpoint),
            (agent_app, "app", self._app),
            (on_schedule, "keys", lambda: self.webhooks.keys_of_zendesk),
            (contact_flow, "time", still),
            (contact_flow, "MARGIN_SECONDS", contact_flow.MARGIN_SECONDS - _PATIENCE),
            (contact_flow, "_ANSWER_SECONDS", contact_flow._ANSWER_SECONDS + _PATIENCE),
        )
        with ExitStack() as stack:
            for module, name, value in patches:
                stack.enter_context(mock.patch.object(module, name, value))
            stack.enter_context(mock.patch.dict(os.environ, ZENDESK_EVENT_BUS="named"))
            stack.enter_context(self.watch.watching())
            if self.chance.deals(TWO_RELEASES):
                stack.enter_context(release_before.on(self))
            yield

    # What happens in the world

    def set_up(self) -> None:
        """Make Zendesk's webhook, as an administrator does."""
        self.chance.over = True
        aside = self.new_container(CONTACT_RECORDS, 0).services.zendesk
        self.webhooks.subscribe(aside, *_EVENTS)
        self.zendesk.requests.clear()
        self.chance.over = False

    def in_zendesk(self, user: int, method: str, path: str, body: object = None) -> Response:
        """Have a person do something in Zendesk."""
        response = self.zendesk.act(user, method, path, body)
        self.listen_to_zendesk()
        return response

    def tickets(self) -> dict[int, dict[str, Any]]:
        """Return the tickets that are not deleted by id; each comment has what was written with it."""
        self.zendesk.next_webhook()  # what is due in Zendesk is done first
        return {
            number: {
                **ticket.shown,
                "comments": [
                    {**comment.snapshot(), "custom": comment.shown.get("metadata", {}).get("custom") or {}}
                    for comment in ticket.comments
                ],
            }
            for number, ticket in sorted(self.zendesk._state.tickets.items())
            if not ticket.deleted
        }

    def ticket_of(self, contacts: Collection[str]) -> int | None:
        """Return the ticket that was made for one of these contacts, as people would find it."""
        names = {f"amazon-connect:{contact}" for contact in contacts}
        for number, ticket in self.zendesk._state.tickets.items():
            if ticket.shown["external_id"] in names and not ticket.deleted:
                return number
        return None

    def put_record(self, content: Mapping[str, Any] | bytes) -> None:
        """Have Amazon Connect put a contact record on the stream, or something that is none."""
        self.records.put(content if isinstance(content, bytes) else json.dumps(content).encode())

    def put_agent_event(self, event: Mapping[str, Any]) -> None:
        """Have Amazon Connect put an agent event on its stream."""
        self.agent_events.put(json.dumps(event).encode())

    def put_file(self, bucket: str, key: str, body: bytes) -> None:
        """Have Amazon Connect write a file to S3, which announces it: once, twice or never."""
        stored = self.files.put(bucket, key, body)
        if self.chance.hits("S3: notification lost", key):
            return
        event = object_created(bucket, stored)
        for _ in range(2 if self.chance.hits("S3: notification twice", key) else 1):
            self.messages.route(event, json.dumps(event))

    def ask_app(
        self, user: int, method: str, path: str, body: Any, answered: Callable[[int, Any], None]
    ) -> None:
        """Have an agent's page ask the agent app; ``answered`` gets status and content, 0 for no answer."""
        answer: list[dict[str, Any]] = []

        def send(method: str, path: str, data: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
            event = function_url_event(method, path, headers, data)
            return agent_app.handler(event, LambdaContext())

        def work() -> None:
            form = urlencode({"token": token(self.claims.claims(user))}).encode()
            page = send("POST", "/top_bar", form, {"Content-Type": "application/x-www-form-urlencoded"})
            if page["statusCode"] != 200:
                answer.append(page)
                return
            session = Answered(200, {}, page["body"]).about["session"]
            headers = {"Authorization": f"Bearer {session}", "Content-Type": "application/json"}
            answer.append(send(method, path, json.dumps(body).encode(), headers))

        def ended(died: bool) -> None:
            if died or not answer:
                answered(0, None)
                return
            text = answer[0]["body"]
            is_json = text.startswith(("{", "["))
            answered(answer[0]["statusCode"], json.loads(text) if is_json else None)

        self.invoke(AGENT_APP, work, ended, about=f"{method} {path}")

    def ask_flow(
        self, folder: str, event: Mapping[str, Any], answered: Callable[[Mapping[str, Any]], None]
    ) -> None:
        """Have a contact flow's block invoke its function; ``answered`` gets what the flow gets."""
        answer: dict[str, Any] = {}
        function = flow_block(folder)

        def work() -> None:
            answer.update(self.handle(function, event))

        self.invoke(function, work, lambda died: answered({} if died else answer), about="a contact flow")

    def listen_to_zendesk(self) -> None:
        """Have the next webhook invocation be sent when it is due."""
        due = self.zendesk.next_webhook()
        if due is not None and (due := max(due, self.clock())) not in self._webhooks_due:
            self._webhooks_due.add(due)
            self.scheduler.at(due, lambda: self._send_webhook(due))

    def catch_up(self) -> None:
        """Have Zendesk do what is due there, such as late writes."""
        self.zendesk.next_webhook()
        self.listen_to_zendesk()

    def _send_webhook(self, due: datetime) -> None:
        self._webhooks_due.discard(due)
        next_one = self.zendesk.next_webhook()
        if next_one is None or next_one > self.clock():
            self.listen_to_zendesk()
            return
        if self.chance.hits("Zendesk: webhook twice"):
            self.zendesk.faults.repeat_webhooks(1)
        taken: list[bool] = []

        def work() -> None:
            taken.append(self.zendesk.send_webhook(self._deliver_webhook))

        def ended(_: bool) -> None:
            if not taken or taken[0]:
                self.listen_to_zendesk()
            else:
                self.scheduler.after(1, self.listen_to_zendesk)  # the account's minute is used up

        self.invoke(ZENDESK_WEBHOOK, work, ended, about="a webhook")

    def _deliver_webhook(self, outgoing: Outgoing) -> tuple[int, Mapping[str, str]]:
        if self.chance.hits("Zendesk: webhook lost"):
            self._recover_later()
            raise ConnectionError
        try:
            answer = zendesk_webhook.handler(request_of(outgoing), LambdaContext())
        except Died:
            self._recover_later()
            raise TimeoutError from None
        if not 200 <= answer["statusCode"] < 300:
            self._recover_later()
        return answer["statusCode"], answer["headers"]

    def _recover_later(self) -> None:
        if not self._recovery_due:
            self._recovery_due = True
            self.scheduler.after(_QUARTER.total_seconds(), self._recover)

    def _recover(self) -> None:
        """Do what the schedule does. Runs that have nothing to fetch are left out, for speed."""
        before, done = len(self.chance.injected), []

        def work() -> None:
            self.handle(ZENDESK_RECOVERY, {})
            done.append(True)

        def ended(_: bool) -> None:
            self._recovery_due = False
            down = self.down_until("Zendesk: down for a day") or self.down_until("DynamoDB: down for a day")
            if not done or down or len(self.chance.injected) > before:
                self._recover_later()

        self.invoke(ZENDESK_RECOVERY, work, ended, about="what webhooks did not deliver")


#: A flow block's thread is waited for so many seconds more, however busy the machine.
_PATIENCE = 60.0


def contact_flow_time() -> Any:
    """Return a time that stands still for flow blocks, whose threads are waited for in real time."""
    import time
    from types import SimpleNamespace

    return SimpleNamespace(
        monotonic=lambda: 0.0, clock_gettime=time.clock_gettime, CLOCK_BOOTTIME=time.CLOCK_BOOTTIME
    )


def changed(settings: AppSettings) -> AppSettings:
    """Return settings as an administrator changes them: what decides stays, what is shown does not."""
    defaults = {**settings.defaults, "pop_incoming": "false"}
    return replace(settings, connect_instance_url="https://other.example", defaults=defaults)
