"""Asks for the transcription of a leg's recordings when its record has come: each once (X3).

Settings, consent, Contact Lens and agent are known only there. What asks needs no access to recordings.
"""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.amazon_connect import leg_files
from connect_zendesk.detail_types import SPEECH_ANALYSIS_REQUESTED
from connect_zendesk.ledger.schema import leg_step
from connect_zendesk.ledger.steps import run_once
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.speech.reasons import Refusal
from connect_zendesk.rules.speech.request import SpeechRequest, digest_of, requests_of
from connect_zendesk.workflows.services import Services


def announce(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Publish *Speech Analysis Requested* for each recording that is to be transcribed, once.

    Where none is although it was asked for, the reason is logged. Raises `NotReady` and `NotPublished`.
    """
    if leg.ended is None:
        return
    analysed = leg_files.of_record(record).analysed
    wanted = requests_of(leg, services.app, contact_lens=analysed)
    if isinstance(wanted, Refusal):
        if wanted is not Refusal.NOT_ASKED_FOR:
            skip(leg.root_id, leg.contact_id, wanted)
        return
    for request in wanted:
        if services.files.knows(request.place.partition("/")[0]):
            _announce(services, request)
        else:
            skip(request.contact, request.leg, Refusal.OTHER_BUCKET)


def skip(contact: str, leg: str, why: Refusal) -> None:
    """Log and count that a recording is not transcribed, for a reason that is not said on the ticket."""
    count(Metric.SPEECH_SKIPPED)
    logger.info("recording not transcribed", contact=contact, leg=leg, rule="X3", why=why.value)


def _announce(services: Services, request: SpeechRequest) -> None:
    def publish(_: object) -> bool:
        services.messages.publish(SPEECH_ANALYSIS_REQUESTED, request.as_detail())
        return True

    mark = f"transcription#{request.leg}#{digest_of(request)}"
    step = leg_step(request.contact, request.leg, mark)
    run_once(services.ledger, step, write=publish)
