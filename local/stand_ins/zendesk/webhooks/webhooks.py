"""Webhooks of the account: made, shown, changed, deleted; their secrets (facts/zendesk.md 6.2)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import object_in
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import CONNECTED, REQUEST_FORMATS, Shown, Webhook
from local.stand_ins.zendesk.state import State

_BY_NAME = {"name": lambda shown: shown["name"], "id": lambda shown: shown["id"]}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def list_all(state: State, request: Request) -> Response:
    """GET /api/v2/webhooks."""
    shown = [webhook.shown for webhook in state.webhooks.values()]
    return paged(
        request, "webhooks", shown, cursor_sort=_BY_NAME, offset_sort=_BY_NAME, url=state.options.url
    )


def show(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/webhooks/{id}."""
    return json_response(200, {"webhook": of(state, number).shown})


def create(state: State, request: Request) -> Response:
    """POST /api/v2/webhooks; RefusedError 400 where something is missing, or the account has enough."""
    asked = object_in(request, "webhook")
    most = state.plan.webhooks
    if most is not None and len(state.webhooks) >= most:
        raise errors.listed(400, "TooManyWebhooks", f"an account on trial has {most} webhooks at most")
    number, now = f"01J{state.next_id():023d}", state.now()
    shown = {
        "id": number, "name": None, "description": None, "status": None, "endpoint": None,
        "http_method": "POST", "request_format": "json", "subscriptions": [], "custom_headers": None,
        "created_at": now, "created_by": str(state.author_id), "updated_at": now,
        "updated_by": str(state.author_id), "signing_secret": None, **_read(asked),
    }  # fmt: skip
    _check(shown)
    authentication = _authentication(asked.get("authentication"))
    shown["authentication"] = _redacted(asked.get("authentication"))
    state.webhooks[number] = Webhook(shown, authentication, _secret(state, number, 0))
    state.revision += 1
    return json_response(201, {"webhook": shown})


def update(state: State, request: Request, number: str) -> Response:
    """PUT or PATCH /api/v2/webhooks/{id}: 204; how it is connected cannot be changed."""
    webhook, asked = of(state, number), object_in(request, "webhook")
    shown = {**webhook.shown, **_read(asked), "updated_at": state.now(), "updated_by": str(state.author_id)}
    _check(shown)
    if (CONNECTED in shown["subscriptions"]) == webhook.is_subscribed:
        raise _invalid("subscriptions", "a webhook cannot change how it is connected")
    if "authentication" in asked:
        webhook.authentication = _authentication(asked["authentication"])
        shown["authentication"] = _redacted(asked["authentication"])
    webhook.shown = shown
    return Response(204)


def delete(state: State, _request: Request, number: str) -> Response:
    """DELETE /api/v2/webhooks/{id}: 204; invocations that are not sent yet never are."""
    of(state, number)
    del state.webhooks[number]
    state.revision += 1
    return Response(204)


def signing_secret(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/webhooks/{id}/signing_secret."""
    return json_response(200, {"signing_secret": {"algorithm": "SHA256", "secret": of(state, number).secret}})


def reset_signing_secret(state: State, _request: Request, number: str) -> Response:
    """POST /api/v2/webhooks/{id}/signing_secret: a new secret, and the old one signs nothing more."""
    webhook = of(state, number)
    webhook.version += 1
    webhook.secret = _secret(state, number, webhook.version)
    return json_response(201, {"signing_secret": {"algorithm": "SHA256", "secret": webhook.secret}})


def of(state: State, number: str) -> Webhook:
    """Return a webhook by id; RefusedError 404 where there is none."""
    webhook = state.webhooks.get(number)
    if webhook is None:
        raise errors.listed(404, "WebhookNotFound", f"there is no webhook {number}")
    return webhook


def _read(asked: Mapping[str, Any]) -> Shown:
    names = (
        "name", "description", "status", "endpoint", "http_method", "request_format", "subscriptions",
        "custom_headers",
    )  # fmt: skip
    return {name: asked[name] for name in names if name in asked}


def _check(shown: Mapping[str, Any]) -> None:
    for name in ("name", "endpoint"):
        if not isinstance(shown[name], str) or not shown[name].strip():
            raise _invalid(name, "is needed")
    try:
        address = urlsplit(shown["endpoint"])
        whole = address.scheme in ("http", "https") and bool(address.hostname)
    except ValueError:
        whole = False
    if not whole:
        raise _invalid("endpoint", "is not an address")
    for name, allowed in (
        ("status", ("active", "inactive")),
        ("http_method", _METHODS),
        ("request_format", tuple(REQUEST_FORMATS)),
    ):
        if shown[name] not in allowed:
            raise _invalid(name, f"is one of {', '.join(allowed)}")
    if shown["custom_headers"] is not None:
        _check_headers("custom_headers", shown["custom_headers"])
    subscriptions = shown["subscriptions"]
    if not isinstance(subscriptions, list) or not all(isinstance(name, str) for name in subscriptions):
        raise _invalid("subscriptions", "is a list of event types")
    if CONNECTED in subscriptions:
        if len(subscriptions) > 1:
            raise _invalid("subscriptions", f"{CONNECTED} stands alone")
        return
    if not subscriptions or not all(name.startswith(("zen:event-type:", "*")) for name in subscriptions):
        raise _invalid("subscriptions", "names an event type that does not exist")
    if (shown["http_method"], shown["request_format"]) != ("POST", "json"):
        raise _invalid("http_method", "is POST, with JSON, for a webhook that subscribes to events")


def _check_headers(name: str, headers: object) -> None:
    words = [w for pair in headers.items() for w in pair] if isinstance(headers, dict) else [None]
    if not all(isinstance(word, str) and word.isascii() and word.isprintable() and word for word in words):
        raise _invalid(name, "is an object of names and texts")


def _authentication(given: object) -> dict[str, str]:
    """Return the header that authenticates invocations; {} without one."""
    if given is None:
        return {}
    data = given.get("data") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(data, dict) or given.get("add_position") != "header":
        raise _invalid("authentication", "has type, data and add_position header")
    kind = given.get("type")
    try:
        headers = {
            "bearer_token": lambda: {"Authorization": f"Bearer {data['token']}"},
            "basic_auth": lambda: {"Authorization": f"Basic {_basic(data['username'], data['password'])}"},
            "api_key": lambda: {str(data["name"]): str(data["value"])},
        }[str(kind)]()
    except KeyError:
        raise _invalid(
            "authentication", "type is bearer_token, basic_auth or api_key, with its data"
        ) from None
    _check_headers("authentication", headers)
    return headers


def _redacted(given: object) -> Shown | None:
    return {"type": given["type"], "add_position": "header"} if isinstance(given, dict) else None


def _basic(name: object, password: object) -> str:
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def _secret(state: State, number: str, version: int) -> str:
    content = f"{state.options.oauth_client_secret} {number} {version}".encode()
    return base64.b64encode(sha256(content).digest()).decode()


def _invalid(name: str, what: str) -> errors.RefusedError:
    return errors.listed(400, "InvalidWebhook", f"/{name} {what}")
