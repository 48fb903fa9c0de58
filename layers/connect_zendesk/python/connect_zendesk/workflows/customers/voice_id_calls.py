"""Asks Voice ID, where a domain is set. One that does not answer is reported, and left alone for an hour."""

from collections.abc import Callable
from typing import TypeVar

from connect_zendesk.amazon_connect.voice_id import NoVoiceId, VoiceId
from connect_zendesk.ledger.schema import VOICE_ID_REPORTED, VOICE_ID_SILENT
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services

_Answer = TypeVar("_Answer")


def ask(services: Services, question: Callable[[VoiceId], _Answer]) -> _Answer | None:
    """Return what the domain answers to a question, or None where none is set, or it does not answer."""
    domain = services.voice_id.domain
    silent = VOICE_ID_SILENT.key(domain=domain)
    if not domain or services.ledger.recall(silent) is not None:
        return None
    try:
        return question(services.voice_id)
    except NoVoiceId as error:
        if error.for_now:
            logger.info("Voice ID is temporarily unavailable", error=str(error))
            return None
        services.ledger.remember(silent, True)
        if services.ledger.first(VOICE_ID_REPORTED.key(domain=domain)):
            count(Metric.VOICE_ID_UNAVAILABLE)
            logger.error("the Voice ID domain is unavailable: the service ended in 2026", error=str(error))
        return None
