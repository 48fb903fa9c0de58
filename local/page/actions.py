"""What can be done from the page: dead letters sent again, faults switched on and off."""

from collections.abc import Callable, Mapping
from typing import Any

from administration.dead_letters.queue import DeadLetterQueue
from administration.dead_letters.sending import (
    Outcome,
    Sender,
    dead_letter_queues,
    functions_by_queue,
    send_again,
)
from local.emulator.laptop import Laptop
from local.faults.laptop_faults import LaptopFaults

#: Takes what the browser sent, JSON values; returns what the page shows.
Action = Callable[[Mapping[str, Any]], str]


class NotDone(Exception):
    """What was asked cannot be done. The message says why."""


def actions_of(laptop: Laptop, faults: LaptopFaults, sent: Callable[[], None]) -> dict[str, Action]:
    """Return the actions by the name that the page calls them. `sent` is called when letters were."""

    def send(asked: Mapping[str, Any]) -> str:
        outputs, sqs = laptop.outputs, laptop.clients.sqs
        queue = DeadLetterQueue(
            sqs, *dead_letter_queues(outputs), functions=functions_by_queue(outputs), wait=0
        )
        ids = asked.get("ids") or [letter.id for letter in laptop.dead_letters()]
        sender = Sender(sqs, laptop.clients.kinesis, outputs)
        outcome = send_again(queue, sender, [str(letter) for letter in ids])
        sent()
        return said(outcome)

    def switch(asked: Mapping[str, Any]) -> str:
        try:
            if asked.get("on"):
                return faults.on(str(asked["name"]), asked.get("arguments"))
            faults.off(str(asked["name"]) if asked.get("name") else None)
        except ValueError as problem:
            raise NotDone(str(problem)) from None
        return "Off."

    return {"send-again": send, "fault": switch}


def said(outcome: Outcome) -> str:
    """Say what came of sending dead letters again. Raises NotDone where none could be."""
    reasons = sorted(set(outcome.refused.values()))
    if outcome.missing:
        reasons.append("no longer there")
    if not outcome.sent:
        raise NotDone(f"Not sent: {'; '.join(reasons) or 'there is none'}.")
    sent = f"{len(outcome.sent)} sent again."
    return (
        f"{sent} {len(outcome.refused) + len(outcome.missing)} not: {'; '.join(reasons)}."
        if reasons
        else sent
    )
