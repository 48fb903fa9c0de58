"""Reads the JSON body of a request."""

from __future__ import annotations

import json
from typing import Any

from local.zendesk import errors
from local.zendesk.messages import Request


def object_in(request: Request, name: str) -> dict[str, Any]:
    """Return the object that a body holds under `name` ({"ticket": {...}}).

    RefusedError 400 where it is missing, or the body is not JSON or not sent as JSON.
    """
    found = whole(request).get(name)
    if not isinstance(found, dict):
        raise errors.missing_parameter(name)
    return found


def whole(request: Request) -> dict[str, Any]:
    """Return the whole body; empty where it was not sent as JSON, as then Zendesk reads no parameters."""
    if "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        content = json.loads(request.body or b"{}")
    except ValueError:
        raise errors.titled(400, "Bad Request", "The request body could not be parsed as JSON") from None
    return content if isinstance(content, dict) else {}
