"""Reads what the release before wrote, and goes on from there: the only file of O6 that knows internals.

A fixture in `tests/fixtures/release_0_1_0/ledger` is a moment of the stack: the items of the ledger's table
as DynamoDB holds them, the messages that wait in queues, and what Zendesk, Amazon Connect and S3 had been
sent by then. Loaded, it is the same moment on the code of today; what was still to come then is given to it
as AWS gives it to the functions.
"""

from __future__ import annotations

import gzip
import heapq
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from administration.dead_letters.letter import read_letter
from administration.dead_letters.sending import PLACES, CannotSend, Sender, functions_by_queue
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.settings import resolve
from connect_zendesk.rules.settings.settings_file import from_toml
from connect_zendesk.topology import AGENT_MAP
from connect_zendesk.zendesk.webhook import signature_of
from connect_zendesk.zendesk.webhook_keys import SigningSecret, WebhookKeys
from local.replay.clock import VirtualClock
from local.replay.events import StreamRecord
from local.replay.in_process import InProcess
from local.replay.local_messages import Message
from local.replay.memory_items import MemoryItems
from local.stand_ins.amazon_connect import Options as ConnectOptions
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from local.stand_ins.http.messages import Request, Response, json_response

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from connect_zendesk.ledger.items import Items

FIXTURES = Path(__file__).parent / "fixtures" / "release_0_1_0"
#: What a request is known by when it is sent again; how it is sent is the client's.
_SHOWN_HEADERS = ("content-type", "idempotency-key")
#: What protects a repeated update from one that is still on its way: no part of what it writes.
_GUARDS = ("safe_update", "updated_stamp")
_TOKENS = "/oauth/tokens"
#: Requests for what the ledger remembers, or says is done or in vain.
_SPARED = (
    "POST /oauth/tokens",
    "POST /api/v2/channels/voice/agents/{id}/tickets/{id}/display",
    "POST /api/v2/channels/voice/agents/{id}/users/{id}/display",
    "DescribeContact",
    "DescribeSpeaker",
    "DescribeUser",
    "EvaluateSession",
    "StartTaskContact",
)


@dataclass(frozen=True)
class Fixture:
    """A moment of the release before; the fields are those of its JSON file."""

    name: str
    about: str
    at: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    world: Mapping[str, Any] = field(default_factory=dict)
    requests: tuple[Mapping[str, Any], ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()
    items: tuple[Mapping[str, Any], ...] = ()
    waiting: tuple[Mapping[str, Any], ...] = ()
    to_come: tuple[Mapping[str, Any], ...] = ()
    expected: Mapping[str, Any] = field(default_factory=dict)
    effort: Mapping[str, Any] = field(default_factory=dict)
    queue: str = ""
    message: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unanswered(self) -> Mapping[str, Any] | None:
        """The request that was never answered, or None; ``arrived`` says whether it was carried out."""
        return next((request for request in self.requests if not request["answered"]), None)


def read_fixture(path: Path) -> Fixture:
    """Return a fixture of the folders ``ledger`` or ``messages``."""
    content = json.loads(path.read_text("utf-8"))
    return Fixture(name=path.stem, **content)


def fixtures(folder: str) -> list[Path]:
    """Return the JSON files of a folder of the fixtures, in order."""
    return sorted((FIXTURES / folder).glob("*.json"))


class Moment(InProcess):
    """The stack of today at a fixture's moment. ``sent`` are the requests since then that change something.

    ``carried_out`` are those that the release before had sent, and that were done.
    """

    def __init__(self, fixture: Fixture, items: Items, clock: VirtualClock) -> None:
        worlds = json.loads((FIXTURES / "worlds.json").read_text("utf-8"))
        own, world = fixture.world, {**worlds["zendesk"]}
        world |= {name: [*world[name], *own.get(name, ())] for name in ("users", "tickets")}
        world |= {"plan": own.get("plan", world["plan"])}
        connect = {**worlds["connect"], "contacts": list(own.get("contacts", ()))}
        if "voice_id" in own:
            connect["voice_id"] = own["voice_id"]
        super().__init__(
            zendesk_world=world,
            connect_world=connect,
            app_settings=settings_of(fixture.settings),
            clock=clock,
            items=items,
        )
        if own.get("voice_id_ended"):
            self.connect.options = ConnectOptions(voice_id="denied")
        if "webhooks" in own:
            secrets = {name: SigningSecret("bm90IGEgc2VjcmV0IG9mIGFueWJvZHk=") for name in own["webhooks"]}
            self.webhooks.keys = WebhookKeys({**self.webhooks.keys.webhooks, **secrets})
            self._webhook_endpoint = self.webhooks.endpoint(self.services.ledger, self.messages)
        self._answer_as_told(own.get("answers", {}))
        self.sent: list[dict[str, Any]] = []
        self.carried_out: list[Mapping[str, Any]] = []
        self.known_users = {user["id"] for user in self.zendesk.users()}

    def _answer_as_told(self, answers: Mapping[str, Any]) -> None:
        """Have Zendesk answer requests to these paths with this content."""
        handle = self.zendesk.handle

        def answer(request: Request) -> Response:
            told = answers.get(request.path)
            return handle(request) if told is None else json_response(200, told)

        self.zendesk.handle = answer  # type: ignore[method-assign]

    def note_requests(self) -> None:
        """Note from now on what Zendesk and Amazon Connect are sent."""
        for name, stand_in in (("zendesk", self.zendesk), ("connect", self.connect)):
            stand_in.handle = self._noted(name, stand_in.handle)  # type: ignore[method-assign]

    def _noted(self, to: str, handle: Any) -> Any:
        def noted(request: Request) -> Response:
            if request.method != "GET":
                self.sent.append(told(to, request))
            answer: Response = handle(request)
            return answer

        return noted

    def load(self, fixture: Fixture) -> None:
        """Bring about the fixture's moment: what was sent by then, each at its time, and what waits."""
        bearer = ""
        for entry in fixture.requests:
            self.clock.move_to(datetime.fromisoformat(entry["at"]))
            if not entry["arrived"]:
                continue
            if entry["path"] == _TOKENS:
                bearer = self._new_token()
                continue
            if entry["to"] == "person":
                self.zendesk.act(entry["user"], entry["method"], entry["path"], entry["body"])
                continue
            stand_in = self.zendesk if entry["to"] == "zendesk" else self.connect
            headers = {**entry["headers"], "authorization": f"Bearer {bearer}"}
            body = entry["body"].encode()
            answer = stand_in.handle(Request(entry["method"], entry["path"], entry["query"], headers, body))
            if answer.status < 300:
                self.carried_out.append(entry)
        for file in fixture.files:
            self.files.put(file["bucket"], file["key"], file["text"].encode())
        for number, waits in enumerate(fixture.waiting, 1):
            message = Message(
                datetime.fromisoformat(waits["due"]),
                -1000 + number,  # before any that is sent from now on
                waits["body"],
                datetime.fromisoformat(waits["sent"]),
                waits["queue"],
                waits["attempts"],
            )
            heapq.heappush(self.messages.waiting, message)
        self.clock.move_to(datetime.fromisoformat(fixture.at))
        self.zendesk.requests.clear()
        self.connect.requests.clear()

    def _new_token(self) -> str:
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.options.oauth_client_id,
            "client_secret": self.options.oauth_client_secret,
            "expires_in": 1800,
        }
        answer = self.zendesk.handle(Request("POST", _TOKENS, body=json.dumps(asked).encode()))
        return str(answer.json()["access_token"])

    def happen(self, step: Mapping[str, Any]) -> Any:
        """Have one thing happen, at its time: ``kind`` says which function of AWS or person it comes from."""
        at = datetime.fromisoformat(step["at"])
        self.run(until=at)
        self.clock.move_to(at)
        content = step["content"]
        answer: Any = None
        match step["kind"]:
            case "record":
                self.take(StreamRecord(json.dumps(content).encode()))
            case "contact event":
                self.send_contact_event(content)
            case "agent event":
                self.send_agent_events([content])
            case "flow":
                answer = self.invoke_flow(content["function"], content["event"])
                self.flow_answers.append(answer)
            case "file":
                data = content["text"].encode()
                self.put_object(content["bucket"], content["key"], data, announced=content["announced"])
            case "bus":
                self.messages.publish(content["detail-type"], content["detail"])
            case "webhook":
                answer = self.receive_webhook(content["body"].encode())
            case "zendesk":
                self.zendesk.act(content["user"], content["method"], content["path"], content["body"])
            case "queue":
                self.messages.send(content["body"], queue=content["queue"])
            case "schedule":
                self.invoke_schedule(content["function"])
            case other:
                raise ValueError(f"no such kind of thing: {other}")
        self.run(until=self.clock())
        return answer

    def invoke_schedule(self, function: str) -> None:
        """Do what a schedule does."""
        if function == "zendesk_recovery":
            self.recover_webhooks()
            return
        with (
            mock.patch.object(time, "sleep", lambda seconds: self.clock.move_by(timedelta(seconds=seconds))),
            mock.patch.dict(os.environ, {"CONNECT_INSTANCE_ARN": INSTANCE_ARN}),
        ):
            self._invoke(AGENT_MAP, {})

    def go_on(self, fixture: Fixture, *, deliveries: int = 1) -> None:
        """Have everything happen that was still to come, then wait until nothing is left to do."""
        for _ in range(deliveries if fixture.message else 0):
            self.messages.send(fixture.message["Body"], queue=fixture.queue)
        for step in fixture.to_come:
            self.happen(step)
        self.run(until=None)


@contextmanager
def at_moment(fixture: Fixture, dynamodb: DynamoDBClient | None = None) -> Iterator[Moment]:
    """Give the stack at a fixture's moment, its ledger in a table of DynamoDB, else in memory."""
    clock = VirtualClock(_beginning(fixture))
    items: Items = _in_memory(fixture, clock) if dynamodb is None else _in_table(fixture, dynamodb)
    moment = Moment(fixture, items, clock)
    moment.load(fixture)
    moment.note_requests()
    yield moment


def _in_memory(fixture: Fixture, clock: VirtualClock) -> MemoryItems:
    """Return the items as the code for DynamoDB reads them, in whichever form they were written."""
    items = MemoryItems(clock)
    for item in fixture.items:
        partition, sort = item["pk"]["S"], item["sk"]["S"]
        read = DynamoItems(_Holds(item), "ledger").get(partition, sort)  # type: ignore[arg-type]
        assert read is not None
        items.put(partition, sort, read, replacing=None)
    return items


@dataclass(frozen=True)
class _Holds:
    """As much of DynamoDB as it takes to read the one item that it holds."""

    item: Mapping[str, Any]

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": self.item}


def _in_table(fixture: Fixture, dynamodb: DynamoDBClient) -> DynamoItems:
    table = fixture.name
    make_table(dynamodb, table)
    for first in range(0, len(fixture.items), 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in fixture.items[first : first + 25]]
        dynamodb.batch_write_item(RequestItems={table: puts})
    return DynamoItems(dynamodb, table)


def make_table(dynamodb: DynamoDBClient, table: str) -> None:
    """Make a table as the ledger's is."""
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def told(to: str, request: Request) -> dict[str, Any]:
    """Return a request as the fixtures have it."""
    headers = {name: value for name, value in request.headers.items() if name in _SHOWN_HEADERS}
    body = "" if request.path == _TOKENS else request.body.decode()
    return {
        "to": to, "method": request.method, "path": request.path, "query": dict(request.query),
        "headers": headers, "body": body,
    }  # fmt: skip


def asks_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two requests ask for the same; making a ticket takes the same bytes, under one key."""
    if any(one[name] != other[name] for name in ("to", "method", "path", "headers")):
        return False
    if one["method"] == "POST":
        return bool(one["body"] == other["body"])
    return bool(_written(one) == _written(other))


def _written(request: Mapping[str, Any]) -> Any:
    try:
        content = json.loads(request["body"])
    except ValueError:
        return request["body"]
    ticket = content.get("ticket") if isinstance(content, dict) else None
    return {n: v for n, v in ticket.items() if n not in _GUARDS} if isinstance(ticket, dict) else content


def seen(moment: Moment) -> dict[str, Any]:
    """Return what there is to see of it all: tickets, users made, users' fields, tasks, dead letters."""
    users = moment.zendesk.users()
    records = [moment.connect.contacts.record(number) for number in moment.connect.contacts]
    return {
        "tickets": {str(ticket["id"]): _shown(ticket) for ticket in moment.zendesk.tickets()},
        "users": [
            {name: user[name] for name in ("name", "phone", "email", "external_id")}
            for user in users
            if user["id"] not in moment.known_users
        ],
        "fields": {
            str(user["id"]): user["user_fields"] for user in users if any(user["user_fields"].values())
        },
        "phones": {str(user["id"]): user["phone"] for user in users if user["id"] in moment.known_users},
        "tasks": len([record for record in records if record["Channel"] == "TASK"]),
        "dead_letters": [letter["source"] for letter in moment.messages.dead_letters],
    }


def effort(moment: Moment) -> dict[str, Any]:
    """Return what it took since the fixture's moment, and what agents were shown by then, in order.

    ``asked``: how often, for requests that the ledger spares; ``published``: events on the bus, by type.
    """
    asked = {**moment.zendesk.requests, **moment.connect.requests}
    return {
        "asked": {name: asked[name] for name in _SPARED if asked.get(name)},
        "published": dict(sorted(Counter(kind for kind, _ in moment.messages.published).items())),
        "pops": [
            [pop["agent"], *(f"{kind} {pop[kind]}" for kind in ("ticket", "user") if kind in pop)]
            for pop in moment.zendesk.pops
        ],
    }


def _shown(ticket: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [comment["kind"] for comment in ticket["comments"]]
    return {
        "requester": ticket["requester_id"],
        "assignee": ticket["assignee_id"],
        "external_id": ticket["external_id"],
        "tags": sorted(ticket["tags"]),
        "comments": kinds.count("comment"),
        "voice": kinds.count("voice_comment"),
    }


def _beginning(fixture: Fixture) -> datetime:
    moments = [datetime.fromisoformat(entry["at"]) for entry in fixture.requests]
    return min([datetime.fromisoformat(fixture.at), *moments])


# Keys of the ledger


def items_of(fixture: Fixture) -> Iterator[tuple[str, str]]:
    """Yield partition and sort key of each item of a fixture."""
    for item in fixture.items:
        yield item["pk"]["S"], item["sk"]["S"]


# App settings, dead letters, the webhooks' secret


def settings_of(document: Mapping[str, Any]) -> AppSettings:
    """Return the app settings of a document that is live. Fails where any of it cannot be read."""
    settings, problems = app_settings.read(document)
    assert not problems, problems
    return settings


def document_of(toml: str) -> dict[str, Any]:
    """Return the document that an administrator's file stands for."""
    return from_toml(toml)


def defaults_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each attribute's setting comes to where a contact's flow sets none."""
    settings = resolve({}, settings_of(document).defaults)
    return {name: resolved.value for name, resolved in settings.by_name.items()}


def letter_files() -> list[Path]:
    """Return the files of the dead letters; what is long is compressed."""
    return sorted((FIXTURES / "dead_letters").iterdir())


def read_letter_file(path: Path) -> dict[str, Any]:
    """Return a dead letter's fixture: ``message`` as its queue delivers it, and what it was about."""
    data = path.read_bytes()
    content: dict[str, Any] = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    return content


@dataclass
class SentAgain:
    """What came of sending a dead letter again: where it went with which bytes, or why it did not go."""

    source: str
    data: bytes
    output: str = ""
    sent: bytes = b""
    refused: str = ""

    def send_message(self, *, QueueUrl: str, MessageBody: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        """Take a message, as SQS does."""
        self.output, self.sent = QueueUrl, MessageBody.encode()
        return {"MessageId": "sent-again"}

    def put_records(self, *, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Take records, as Kinesis does."""
        self.output, self.sent = StreamName, b"".join(record["Data"] for record in Records)
        return {"FailedRecordCount": 0, "Records": [{} for _ in Records]}


def send_again(message: Mapping[str, Any]) -> SentAgain:
    """Send a dead letter again, as the command does; the stack's outputs are named as themselves."""
    outputs = {place.output: place.output for place in PLACES.values()}
    # SQS and EventBridge name the queue that a letter was meant for, not the function behind it.
    outputs["ContactQueueUrl"] = "https://sqs.eu-west-2.amazonaws.com/111122223333/contacts"
    letter = read_letter(message, functions_by_queue(outputs))  # type: ignore[arg-type]
    again = SentAgain(letter.source, letter.data)
    try:
        Sender(again, again, outputs, sleep=lambda _: None).send(letter)  # type: ignore[arg-type]
    except CannotSend as refused:
        again.refused = str(refused)
    again.output = {url: output for output, url in outputs.items()}.get(again.output, again.output)
    return again


def keys_of(text: str) -> WebhookKeys:
    """Return what the webhooks' secret says."""
    return WebhookKeys.of(text)


def signature(secret: str, at: datetime, body: bytes) -> tuple[str, str]:
    """Return what Zendesk signs a body with at a moment, and how it writes that moment."""
    stamp = at.isoformat().replace("+00:00", "Z")
    return signature_of(secret, stamp, body), stamp
