"""Zendesk's webhooks in this process: signed, and delivered to the real endpoint on the virtual clock."""

import base64
import json
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from administration.zendesk_setup.account import Account
from administration.zendesk_setup.command import perform
from administration.zendesk_setup.place import Keys, Place
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.messaging import Messages
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.workflows.webhooks.endpoint import WebhookEndpoint
from connect_zendesk.zendesk.client import Zendesk as ZendeskClient
from connect_zendesk.zendesk.webhook import signature_of
from connect_zendesk.zendesk.webhook_keys import SigningSecret, WebhookKeys
from local.replay.clock import VirtualClock
from local.stand_ins.zendesk import Options, Outgoing
from local.stand_ins.zendesk.webhooks.events import precise

#: Signs what no webhook of the stand-in sends: samples that are replayed.
SECRET = base64.b64encode(b"signs what is replayed on a laptop").decode()
#: The id of the webhook that they would come from.
SAMPLES = "samples"
#: Where webhooks of the stand-in send to. Only the path of it is used.
_ADDRESS = "https://door.laptop.example/"


def function_url_event(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Return what Lambda makes of a request to a function URL (payload format 2.0)."""
    try:
        text, encoded = body.decode(), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {"accountId": "anonymous", "http": http},
        "body": text,
        "isBase64Encoded": encoded,
    }


def signed_headers(
    body: bytes, *, secret: str, now: datetime, account: int, invocation: str, webhook: str = SAMPLES
) -> dict[str, str]:
    """Return the headers with which Zendesk sends a body."""
    stamp = precise(now)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Zendesk Webhook",
        "X-Zendesk-Account-Id": str(account),
        "X-Zendesk-Webhook-Id": webhook,
        "X-Zendesk-Webhook-Invocation-Id": invocation,
        "X-Zendesk-Webhook-Signature": signature_of(secret, stamp, body),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }


class LocalWebhooks:
    """The endpoint with its keys: they know what signs samples, and each webhook that `subscribe` makes."""

    def __init__(self, options: Options, clock: VirtualClock) -> None:
        self._options, self._clock = options, clock
        self.keys = WebhookKeys({SAMPLES: SigningSecret(SECRET)})
        self.connected = False
        self._numbers = count(1)

    def endpoint(self, ledger: Ledger, messages: Messages) -> WebhookEndpoint:
        """Return the endpoint of a container that has just started."""
        return WebhookEndpoint(self._keys_text, ledger, lambda: messages, self._clock, other_ways=True)

    @property
    def keys_of_zendesk(self) -> WebhookKeys:
        """The keys without what signs samples, which is no webhook of the account."""
        webhooks = {name: signing for name, signing in self.keys.webhooks.items() if name != SAMPLES}
        return replace(self.keys, webhooks=webhooks)

    def subscribe(self, zendesk: ZendeskClient, *events: str) -> None:
        """Make a webhook in Zendesk that sends these ticket events ("tags_changed") here, or all of them."""
        types = [f"zen:event-type:ticket.{event}" for event in events] or ["*"]
        asked = {
            "name": "laptop", "status": "active", "endpoint": _ADDRESS,
            "http_method": "POST", "request_format": "json", "subscriptions": types,
        }  # fmt: skip
        made = zendesk.post("/api/v2/webhooks", json.dumps({"webhook": asked}))["webhook"]["id"]
        secret = zendesk.get(f"/api/v2/webhooks/{made}/signing_secret")["signing_secret"]["secret"]
        user = zendesk.get("/api/v2/users/me")["user"]["id"]
        webhooks = {**self.keys.webhooks, made: SigningSecret(secret)}
        self.keys = WebhookKeys(webhooks, integration_user=user)
        self.connected = True

    def set_up(self, zendesk: ZendeskClient, app: AppSettings) -> bool:
        """Set Zendesk up, as `make zendesk ARGS="apply"` does; returns whether that could be done.

        Raises SetupError where Zendesk refuses it.
        """
        there = Place(Account(zendesk), Keys(_Secret(self), ""), _ADDRESS, app)
        options = Namespace(what="apply", triggers=False, take_over=False, account=None)
        self.connected = perform(options, there, say=lambda _: None, ask=None, clock=self._clock)
        return self.connected

    def sample(self, body: bytes) -> dict[str, Any]:
        """Return the request with a sample's body, sent and signed now."""
        content = _content(body)
        number = next(self._numbers)
        headers = signed_headers(
            body,
            secret=SECRET,
            now=self._clock(),
            account=content.get("account_id") or self._options.account_id,
            # No event has the id of an invocation, by which the two are distinguished.
            invocation=f"{content['id']}-sent" if content.get("id") else f"01JSAMPLE{number}",
        )
        return function_url_event("POST", "/", headers, body)

    def _keys_text(self) -> str:
        return self.keys.as_text()


class _Secret:
    """The secret with the keys, as Secrets Manager gives and takes it."""

    def __init__(self, webhooks: LocalWebhooks) -> None:
        self._webhooks = webhooks

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": self._webhooks.keys.as_text()}

    def put_secret_value(self, *, SecretString: str, **_: str) -> None:  # noqa: N803 - boto3's name
        self._webhooks.keys = WebhookKeys.of(SecretString)


def request_of(outgoing: Outgoing) -> dict[str, Any]:
    """Return an attempt of the stand-in as the function URL passes it on; only the address's path is used."""
    path = "/" + outgoing.url.partition("://")[2].partition("/")[2]
    return function_url_event(outgoing.method, path, outgoing.headers, outgoing.body)


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
