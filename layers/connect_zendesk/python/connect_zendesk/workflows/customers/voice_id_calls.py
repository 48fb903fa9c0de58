"""Asks Voice ID, where a domain is set and answers. One that does not is reported once, and costs nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from connect_zendesk.amazon_connect.voice_id import NoVoiceId, VoiceId
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services

#: For so long a domain that did not answer is not asked.
SILENT_FOR = timedelta(hours=1)
_REPORTED_EVERY = timedelta(days=30)

_Answer = TypeVar("_Answer")


def ask(services: Services, question: Callable[[VoiceId], _Answer]) -> _Answer | None:
    """Return what the domain answers to a question, or None where none is set, or it does not answer."""
    domain = services.voice_id.domain
    partition = f"voice_id#{domain}"
    if not domain or services.ledger.recall(partition, "silent") is not None:
        return None
    try:
        return question(services.voice_id)
    except NoVoiceId as error:
        if error.for_now:
            logger.info("Voice ID does not answer for now", error=str(error))
            return None
        services.ledger.remember(partition, "silent", True, SILENT_FOR)
        if services.ledger.first(partition, "reported", _REPORTED_EVERY):
            count("VoiceIdSilent")
            logger.error("the Voice ID domain does not answer: the service ended in 2026", error=str(error))
        return None
