"""Calls with voice authentication, in both sources, and an account that has the two user fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from connect_zendesk.rules.settings.app_settings import CallerAuthentication
from tests.records import ANA, NINE, call
from tests.stack import Stack

ID, STATUS = "voice_authentication_id", "voice_authentication_status"
FIELDS = (ID, STATUS)
ATTRIBUTES: dict[str, Any] = {"caller_authentication": CallerAuthentication("attributes")}
ON = {"voiceid_enabled": "true"}
LOOK, WRITE = "GET /api/v2/users/{id}", "PUT /api/v2/users/{id}"


def stack_with_fields(*, fields: Sequence[str] = FIELDS, **given: Any) -> Stack:
    """Return the functions with an account that has these user fields; ``given`` is what `Stack` takes."""
    stack = Stack(**given)
    for key in fields:
        field = {"key": key, "title": key.title(), "type": "text"}
        stack.services.zendesk.post("/api/v2/user_fields", json.dumps({"user_field": field}))
    stack.know_agents()
    return stack


def voice_call(
    contact: str = "contact-1",
    *,
    minute: float = 0,
    said: Mapping[str, Any] | None = None,
    speaker: str | None = "speaker-1",
    attributes: Mapping[str, str] | None = None,
    **record: Any,
) -> dict[str, Any]:
    """Return a call's record with a Voice ID result: ``said`` is its parts, by the record's own names."""
    told: dict[str, Any] | None = None
    if said is not None:
        given = dict(said)
        told = {"GeneratedSpeakerId": "id#AbCdEfGhIjKlMnOpQrStUv", "SpeakerEnrolled": False, **given}
        if "Result" in given:
            told["Authentication"] = {"Result": told.pop("Result"), "Score": 90, "ScoreThreshold": 90}
    return call(
        contact,
        began=NINE + timedelta(minutes=minute),
        attributes={**ON, **(attributes or {})},
        CustomerId=speaker,
        VoiceIdResult=told,
        **record,
    )


ENROLS = {"Result": "Not Enrolled", "SpeakerEnrolled": True}
OPTS_OUT = {"SpeakerOptedOut": True}


def told_by_partner(
    contact: str = "contact-1",
    status: str | None = "ENROLLED",
    *,
    speaker: str | None = "speaker-1",
    result: str | None = None,
    minute: float = 0,
    attributes: Mapping[str, str] | None = None,
    **record: Any,
) -> dict[str, Any]:
    """Return a call's record whose attributes have what a partner's biometrics said."""
    named = {ID: speaker, STATUS: status, "voice_authentication_result": result}
    given = {name: value for name, value in named.items() if value is not None}
    return call(
        contact,
        began=NINE + timedelta(minutes=minute),
        attributes={**ON, **given, **(attributes or {})},
        **record,
    )


def fields_of(stack: Stack, user: int = ANA) -> tuple[str | None, str | None]:
    """Return the id and the status that a user's fields hold."""
    held = stack.user(user)["user_fields"]
    return held.get(ID), held.get(STATUS)


def set_fields(stack: Stack, speaker: str | None, status: str | None, user: int = ANA) -> None:
    """Have a user's fields hold these values, as somebody wrote them before."""
    change = {"user": {"user_fields": {ID: speaker, STATUS: status}}}
    stack.clock.move_by(timedelta(seconds=1))
    stack.services.zendesk.put(f"/api/v2/users/{user}", json.dumps(change))
    stack.clock.move_by(timedelta(seconds=1))
    stack.zendesk.requests.clear()


def about_users(stack: Stack) -> dict[str, int]:
    """Return what Zendesk was asked about single users since the last time."""
    return {name: times for name, times in stack.requests_made().items() if name in (LOOK, WRITE)}
