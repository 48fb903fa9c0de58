"""The two calls of Voice ID, a service that has ended; `Options.voice_id` says how that shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.amazon_connect.descriptions import Held
from local.stand_ins.amazon_connect.options import Options
from local.stand_ins.amazon_connect.world import World
from local.stand_ins.aws.wire import RefusedError
from local.stand_ins.http.messages import AnswerLost


def describe_speaker(world: World, options: Options, asked: Mapping[str, Any]) -> Held:
    """Return a speaker, by either of its ids."""
    _check_service(options)
    speaker = _held(world.speakers, asked["SpeakerId"], asked["DomainId"])
    return {"Speaker": {"Status": "ENROLLED", **speaker}}


def evaluate_session(world: World, options: Options, asked: Mapping[str, Any]) -> Held:
    """Return what became of a session, by its id or its name: a contact's id."""
    _check_service(options)
    session = _held(world.sessions, asked["SessionNameOrId"], asked["DomainId"])
    return {"StreamingStatus": "ENDED", **session}


def _check_service(options: Options) -> None:
    if options.voice_id == "denied":
        raise RefusedError("AccessDeniedException", "Amazon Connect Voice ID ended on 2026-05-20")
    if options.voice_id == "unreachable":
        raise AnswerLost


def _held(entries: Mapping[str, Held], name: str, domain: str) -> Held:
    held = entries.get(name)
    if held is None or held.get("DomainId") not in (None, domain):
        # Not the name: an id of a speaker is a secret of the customer's.
        raise RefusedError("ResourceNotFoundException", "There is no such speaker or session in the domain")
    return {**held, "DomainId": domain}
