"""Deletes what Amazon Transcribe wrote once it is on its ticket: it is kept nowhere else then (X3)."""

from datetime import timedelta
from math import ceil

from connect_zendesk.errors import NotReady
from connect_zendesk.ledger import legs, speech_jobs
from connect_zendesk.ledger.agent_contacts import STILL_ATTACHED
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.workflows.services import Services

#: A move that its agent has asked for in time is done by then.
_MOVED_WITHIN = timedelta(minutes=2)
_GOES_ON_SECONDS = 900


def used(services: Services, name: str) -> None:
    """Delete a job's result, once: it is on its ticket, or will never be on one.

    Where an agent may still move the contact to another ticket (A1) it waits for that to be over, as the
    other ticket gets it too. Raises `NotReady` until then.
    """
    known = speech_jobs.job(services.ledger, name)
    if known is None or known.emptied:
        count(Metric.ALREADY_HANDLED)
        return
    if (seconds := _may_be_moved(services, known.request.contact)) > 0:
        raise NotReady("an agent may still move the contact to another ticket", seconds)
    if known.result is not None:
        services.files.delete(*known.result)
        count(Metric.SPEECH_RESULT_DELETED)
        logger.info("transcription deleted", contact=known.request.contact, leg=known.request.leg)
    speech_jobs.emptied(services.ledger, name)


def _may_be_moved(services: Services, root: str) -> int:
    """Return for how many seconds, at least, an agent can still move a contact; 0 where none can."""
    if legs.going_on(services.ledger, root):
        return _GOES_ON_SECONDS
    ended = legs.last_ended(services.ledger, root)
    if ended is None:
        return 0
    left = ended + STILL_ATTACHED + _MOVED_WITHIN - services.clock()
    return max(0, ceil(left.total_seconds()))
