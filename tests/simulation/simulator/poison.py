"""What no function can do anything with: it is dead-lettered with its reason, and stops nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from connect_zendesk.topology import WORKERS
from functions.zendesk_webhook import handler as zendesk_webhook
from local.contact_centre.legs import BUCKET
from local.contact_centre.population import INSTANCE_ID
from local.replay.lambda_events import LambdaContext
from tests.contact_files import chat_file
from tests.simulation.simulator.contacts import Contact, Maker, _chat_leg, answered, sends
from tests.webhooks import envelope, request

if TYPE_CHECKING:
    from tests.simulation.simulator.world import World

#: What is put on the record stream, and why it is refused.
RECORDS: tuple[tuple[bytes, str], ...] = (
    (b'{"ContactId": "cut off', "not JSON"),
    (b"\x00\xff\xfe mxqz", "not JSON"),
    (b"[1, 2]", "not a JSON object"),
    (b'{"AgentARN": "arn:aws:connect:x", "EventType": "HEART_BEAT"}', "agent event"),
)
MESSAGES = ("{", "[]", '{"detail-type": "Nothing", "detail": {}}', "mxqz", '{"detail": 5}')
#: Times between which a message that kills its function is tried.
_FORGED = (401, 403, 400)


def record(maker: Maker) -> Contact:
    """Something on the record stream that is no contact record."""
    data, _ = maker.random.choice(RECORDS)
    contact = maker.contact(ticket="none")
    contact.letters = (("contact_records", data),)

    def comes(world: World) -> None:
        world.chance.hits("poison: record")
        world.put_record(data)

    contact.at(maker.began, "no contact record", comes)
    return contact


def message(maker: Maker) -> Contact:
    """Something in a queue that no function sends."""
    worker, text = maker.random.choice(WORKERS), maker.random.choice(MESSAGES)
    contact = maker.contact(ticket="none")
    contact.letters = ((worker.folder, text.encode()),)

    def comes(world: World) -> None:
        world.chance.hits("poison: message")
        world.queues[worker.queue.name].send(text, group="odd", deduplication=maker.id)

    contact.at(maker.began, f"no message of ours in {worker.queue.name}", comes)
    return contact


def file(maker: Maker) -> Contact:
    """A chat whose transcript is cut short."""
    leg = _chat_leg(maker)
    contact = maker.contact(reported=(leg.contact_id,), requester="caller")
    sends(contact, maker, leg)
    body = chat_file(leg.contact_id, said=["mxqz"], instance=INSTANCE_ID)[:-20]
    contact.letters = (("transcript_attachment", None),)

    def comes(world: World) -> None:
        world.chance.hits("poison: file")
        world.put_file(BUCKET, leg.transcript_key, body)

    contact.at(leg.ended + maker.seconds(2, 100), "a transcript that is cut short", comes)
    return contact


def webhook(maker: Maker) -> Contact:
    """A forged request to the webhook's endpoint: rejected, and nothing comes of it."""
    contact = maker.contact(ticket="none")
    body: dict[str, Any] = envelope("ticket.created", detail={"priority": "urgent"})

    def comes(world: World) -> None:
        world.chance.hits("poison: webhook")
        answers: list[int] = []

        def work() -> None:
            event = request(body, now=world.clock())
            answers.append(zendesk_webhook.handler(event, LambdaContext())["statusCode"])

        def ended(_: bool) -> None:
            if any(status not in (*_FORGED, 503) for status in answers):
                contact.wrong.append(f"a forged webhook is answered {answers}")

        from connect_zendesk.topology import ZENDESK_WEBHOOK

        world.invoke(ZENDESK_WEBHOOK, work, ended, about="a forged webhook")

    contact.at(maker.began, "a forged webhook", comes)
    return contact


def kills(maker: Maker) -> Contact:
    """A call whose record kills the function each time, until it is mended."""
    contact = answered(maker)
    before = contact.happenings[-1]

    def comes(world: World) -> None:
        world.chance.hits("poison: kills")
        world.kills.add(contact.id)
        before.do(world)

    contact.happenings[-1] = type(before)(before.at, f"{before.what}, which kills", comes)
    contact.letters = (("ticket_creation", None),)
    return contact


def is_about(body: str, contact: str) -> bool:
    """Return whether a message is a contact's record."""
    try:
        content = json.loads(body)
    except ValueError:
        return False
    return (
        isinstance(content, dict)
        and content.get("detail-type") == "Contact Record"
        and content["detail"].get("ContactId") == contact
    )
