"""A Voice ID domain that a stack can ask, though the service has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.voice_id import VoiceId
from local.replay.in_process import VOICE_ID_DOMAIN
from local.replay.shared_client import client_of
from local.stand_ins.amazon_connect import AmazonConnect as StandIn
from local.stand_ins.amazon_connect import Options
from tests.records import CONNECT
from tests.stack import Stack


def give_domain(
    stack: Stack,
    *,
    speakers: Sequence[Mapping[str, Any]] = (),
    sessions: Sequence[Mapping[str, Any]] = (),
    options: Options | None = None,
) -> None:
    """Give a stack's instance a domain with these speakers and sessions."""
    world = {**CONNECT, "voice_id": {"speakers": list(speakers), "sessions": list(sessions)}}
    stack.connect = StandIn(world, clock=stack.clock, options=options or Options(voice_id="answers"))
    stack.services = replace(
        stack.services,
        amazon_connect=AmazonConnect(lambda: client_of("connect", stack.connect)),
        voice_id=VoiceId(VOICE_ID_DOMAIN, lambda: client_of("voice-id", stack.connect)),
    )
