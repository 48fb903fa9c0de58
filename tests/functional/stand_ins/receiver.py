"""Somebody who receives the webhooks of a Zendesk stand-in in a test."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from local.stand_ins.zendesk import Outgoing, WebhookSender
from tests.functional.stand_ins.account import Account

ANY = {
    "name": "to AWS", "status": "active", "endpoint": "https://hook.example/zendesk",
    "http_method": "POST", "request_format": "json", "subscriptions": ["*"],
}  # fmt: skip


class Receiver:
    """Keeps what comes in `got`, and answers with `answers`, the last of them for ever; None: not in time."""

    def __init__(self, account: Account, *answers: int | tuple[int, Mapping[str, str]] | None) -> None:
        self.account, self.answers = account, list(answers or (200,))
        self.got: list[Outgoing] = []
        self.sender = WebhookSender(account.zendesk, self._answer)

    def webhook(self, **changed: Any) -> Any:
        """Make a webhook and return it."""
        made = self.account.post("webhooks", {"webhook": {**ANY, **changed}})
        assert made.status == 201, made.body
        return made.json()["webhook"]

    def run(self) -> list[Any]:
        """Send what is due, and return all that came, read."""
        self.sender.run_due()
        return self.events()

    def events(self) -> list[Any]:
        """Return the bodies that came, read."""
        return [json.loads(outgoing.body) for outgoing in self.got]

    def types(self) -> list[str]:
        """Return the types of the events that came, without what they have in common."""
        return [event["type"].removeprefix("zen:event-type:ticket.") for event in self.run()]

    def of(self, kind: str) -> Any:
        """Return the only event of a type."""
        (event,) = [event for event in self.run() if event["type"].endswith(f".{kind}")]
        return event

    def _answer(self, outgoing: Outgoing) -> tuple[int, Mapping[str, str]]:
        self.got.append(outgoing)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            raise TimeoutError
        return answer if isinstance(answer, tuple) else (answer, {})


def is_signed(outgoing: Outgoing, secret: str) -> bool:
    """Say whether an invocation carries the signature that its secret makes."""
    stamp = outgoing.headers["X-Zendesk-Webhook-Signature-Timestamp"]
    made = hmac.new(secret.encode(), stamp.encode() + outgoing.body, sha256).digest()
    return base64.b64encode(made).decode() == outgoing.headers["X-Zendesk-Webhook-Signature"]
