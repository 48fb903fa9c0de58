"""GET /api/v2/account/settings: those that matter here, with Zendesk's defaults (facts/zendesk-2.md D4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk.records import Shown
from local.stand_ins.zendesk.state import State

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "tickets": {
        "comments_public_by_default": True,
        "is_first_comment_private_enabled": True,
        "tagging": True,
    },
    "agents": {"agent_workspace": True},
    "apps": {"use": True, "create_private": True},
    "voice": {"enabled": False},
}


def shown_with(given: Mapping[str, Mapping[str, Any]]) -> Shown:
    """Return the settings by their groups, with what a world gives of them."""
    groups = {**_DEFAULTS, **given}
    return {name: {**_DEFAULTS.get(name, {}), **group} for name, group in groups.items()}


def show(state: State, _request: Request) -> Response:
    """GET /api/v2/account/settings."""
    settings = {**state.account_settings, "limits": {"attachment_size": state.options.upload_size}}
    return json_response(200, {"settings": settings})
