"""Requests of Zendesk's webhook, as the endpoint's function URL gets them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.replay.webhooks import function_url_event, signed_headers
from tests.records import NINE

SECRET = "c2VjcmV0IG9mIHRoZSB0ZXN0cyBhbmQgb2Ygbm9ib2R5"
ACCOUNT = 22_129_848
INVOCATION = "01JINVOCATION000000000001"


def envelope(kind: str = "ticket.created", *, number: int = 1, **changed: Any) -> dict[str, Any]:
    """Return an event as Zendesk sends it; `detail` and `event` are added to what is there."""
    detail = {
        "id": str(35436 + number), "status": "OPEN", "priority": "HIGH", "type": "TASK",
        "subject": "Call me back", "requester_id": "20978392", "submitter_id": "20978392",
        "assignee_id": "", "group_id": "98738", "brand_id": "123", "form_id": "687", "external_id": "",
        "organization_id": "0", "tags": ["callback"], "is_public": True, "via": {"channel": "web"},
        "actor_id": "20978392", "created_at": "2026-11-02T08:59:00Z", "updated_at": "2026-11-02T08:59:30Z",
        **changed.pop("detail", {}),
    }  # fmt: skip
    event = {"meta": {"sequence": {"id": "5F", "position": 1}}, **changed.pop("event", {})}
    return {
        "type": f"zen:event-type:{kind}", "account_id": ACCOUNT, "id": f"01JEVENT{number:018d}",
        "time": "2026-11-02T08:59:59.123456789Z", "zendesk_event_version": "2022-11-06",
        "subject": f"zen:ticket:{35436 + number}", "detail": detail, "event": event, **changed,
    }  # fmt: skip


def request(
    content: Any,
    *,
    secret: str = SECRET,
    now: datetime = NINE,
    account: int = ACCOUNT,
    invocation: str = INVOCATION,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a request with a body (bytes are sent as they are), signed with a secret at a moment."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signed = signed_headers(body, secret=secret, now=now, account=account, invocation=invocation)
    return function_url_event("POST", "/", {**signed, **(headers or {})}, body)
