"""The transcription of one recording, from its plan to its result: whatever is repeated, lost or late (X3).

One message of the queue goes with a recording until that is over. While the service works it waits, and then
asks by the job's name: so a job whose announcement never comes is found. An announcement only has that done
earlier. What the service says of the job counts, and nothing else.
"""

from datetime import timedelta
from math import ceil
from zoneinfo import ZoneInfo

from connect_zendesk.amazon_connect.contact_files import of_job
from connect_zendesk.amazon_transcribe.client import Job
from connect_zendesk.amazon_transcribe.errors import AlreadyStarted, NoSuchJob, Refused, TranscribeLater
from connect_zendesk.errors import NotReady
from connect_zendesk.ledger import speech_jobs, speech_minutes
from connect_zendesk.ledger.speech_jobs import SpeechJob
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.speech import plan as plans
from connect_zendesk.rules.speech import reasons, wav
from connect_zendesk.rules.speech.plan import Plan
from connect_zendesk.rules.speech.reasons import SILENT, Refusal
from connect_zendesk.rules.speech.request import SpeechRequest, job_of
from connect_zendesk.rules.speech.wav import Audio
from connect_zendesk.storage import AccessDenied
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.speech.requests import skip
from connect_zendesk.workflows.transcripts import contact_files

#: Most jobs end within minutes, and announce it. One that does not is asked for after the time in which files
#: are looked for, and then each time that this has passed so often: every quarter of an hour.
_ASKED_EVERY = 1.5
_ABANDONED_AFTER = timedelta(hours=24)
#: The service's own failures may pass: so often a job is started in all.
_ATTEMPTS = 3
#: The share of a day's minutes at which an administrator is warned.
_NEARLY_ALL = 0.8
_FAILURE_SHOWN = 200


def request(services: Services, asked: SpeechRequest) -> None:
    """Have a recording transcribed, as far as that can be done now.

    Raises `NotReady` until it is over, and `TranscribeLater`.
    """
    name = job_of(asked, services.stack)
    known = speech_jobs.job(services.ledger, name)
    found_late = known is not None and known.state == "started"
    known = known or _plan(services, name, asked)
    if known is None:
        return
    known = _go_on(services, known)
    if not known.over:
        after = services.contact_file_wait * (_ASKED_EVERY if found_late else 1)
        raise NotReady("its transcription is not finished", after)
    if found_late:
        count(Metric.SPEECH_EVENT_MISSING)
        logger.warning("transcription found over without its event", leg=asked.leg, job=name)
    _finish(services, known)


def announced(services: Services, attempt_name: str) -> None:
    """Look at a job of which an event says that it has ended; names that are not ours are passed over."""
    name, _, attempt = attempt_name.rpartition("-")
    if not (attempt.isdecimal() and len(attempt) == 1):
        name = attempt_name
    known = speech_jobs.job(services.ledger, name)
    if known is None or known.over:
        count(Metric.ALREADY_HANDLED)
        return
    known = _go_on(services, known)
    if known.over:
        _finish(services, known)


def _plan(services: Services, name: str, asked: SpeechRequest) -> SpeechJob | None:
    """Return the job as it is planned or refused, or None where that is said nowhere but in the log."""
    found = _found_out(services, asked)
    if found in SILENT:
        assert isinstance(found, Refusal)  # noqa: S101 - only those are silent
        skip(asked.contact, asked.leg, found)
        return None
    now, app = services.clock(), services.app
    job = SpeechJob(name, asked, "refused", now)
    if isinstance(found, Refusal):
        return _kept(services, job, refusal=found)
    audio, plan = found
    day = now.astimezone(ZoneInfo(app.time_zone)).date().isoformat()
    seconds, most = plans.paid_seconds(audio), app.speech_minutes_per_day * 60
    taken = speech_minutes.reserve(services.ledger, day, name, seconds, most)
    if not taken.granted:
        count(Metric.SPEECH_MINUTES_USED_UP)
        return _kept(services, job, refusal=Refusal.NO_MINUTES)
    if taken.before < _NEARLY_ALL * most <= taken.after:
        count(Metric.SPEECH_MINUTES_NEARLY_USED)
        logger.warning(
            "the day's minutes of speech analysis are nearly used up", day=day, seconds=taken.after
        )
    if taken.before < taken.after:
        count(Metric.SPEECH_MINUTES, ceil(seconds / 60))
    return _kept(services, job, state="planned", plan=plan, day=day, seconds=audio.seconds)


def _kept(services: Services, job: SpeechJob, **fields: object) -> SpeechJob:
    return speech_jobs.plan(services.ledger, speech_jobs.with_fields(job, **fields))


def _found_out(services: Services, asked: SpeechRequest) -> tuple[Audio, Plan] | Refusal:
    """Return what the recording is and how it is transcribed, or why it is not: nothing is spent for that."""
    if not plans.has(services.region, plans.TRANSCRIPTION):
        return Refusal.NO_SERVICE
    if any(
        pointer.file.kind == "lens_voice" and pointer.file.leg == asked.leg and not pointer.file.automated
        for pointer in contact_files.of_contact(services, asked.contact)
    ):
        return Refusal.CONTACT_LENS
    bucket, _, key = asked.place.partition("/")
    try:
        start = services.files.start(bucket, key, wav.ENOUGH)
    except AccessDenied as refused:
        logger.warning("recording cannot be read", leg=asked.leg, why=str(refused))
        return Refusal.DENIED
    if start is None:
        return Refusal.DELETED
    audio = wav.read(*start)
    if audio is None:
        return Refusal.NO_AUDIO
    redaction = services.app.speech_redaction
    found = plans.plan(audio, asked.as_spoken, asked.wanted, redaction=redaction, region=services.region)
    return found if isinstance(found, Refusal) else (audio, found)


def _go_on(services: Services, known: SpeechJob) -> SpeechJob:
    """Do what comes next for a job until that is over, or until the service has to be waited for."""
    for _ in range(_ATTEMPTS + 1):
        if known.state == "planned":
            known = _start(services, known)
        if known.state != "started":
            return known
        known = _look(services, known)
        if known.state != "planned":
            return known
    return known


def _start(services: Services, known: SpeechJob) -> SpeechJob:
    """Ask the service for it. Raises `TranscribeLater`: the minutes stay reserved for the next attempt."""
    assert known.plan is not None  # noqa: S101 - it is planned
    try:
        services.transcribe.start(
            known.attempt_name, known.plan, known.request.place, speakers=not known.request.voicemail
        )
        count(Metric.SPEECH_STARTED)
    except AlreadyStarted:
        logger.info("transcription has been asked for before", leg=known.request.leg, job=known.attempt_name)
    except Refused as refused:
        logger.warning("transcription refused", leg=known.request.leg, why=str(refused))
        return _refuse(services, known, Refusal.REFUSED)
    except TranscribeLater:
        if services.clock() - known.since > _ABANDONED_AFTER:
            return _abandon(services, known)
        raise
    return speech_jobs.change(services.ledger, known, state="started")


def _look(services: Services, known: SpeechJob) -> SpeechJob:
    """Ask the service what has become of a job that it has."""
    assert known.plan is not None  # noqa: S101 - it is started
    try:
        job = services.transcribe.job(known.attempt_name, known.plan.engine)
    except NoSuchJob:
        return _refuse(services, known, Refusal.LOST)
    if job.completed and job.result is not None:
        return speech_jobs.change(services.ledger, known, state="done", result=list(job.result))
    if job.completed:
        return _refuse(services, known, Refusal.LOST)
    if job.failed:
        return _failed(services, known, job)
    if services.clock() - known.since > _ABANDONED_AFTER:
        return _abandon(services, known)
    return known


def _failed(services: Services, known: SpeechJob, job: Job) -> SpeechJob:
    """Have another attempt made where the failure was the service's own; else say why."""
    logger.warning("transcription failed", leg=known.request.leg, why=job.why[:_FAILURE_SHOWN])
    if reasons.may_pass(job.why) and known.attempt < _ATTEMPTS:
        count(Metric.SPEECH_RESTARTED)
        _delete(services, known)
        return speech_jobs.change(services.ledger, known, state="planned", attempt=known.attempt + 1)
    return _refuse(services, known, reasons.of_failure(job.why))


def _abandon(services: Services, known: SpeechJob) -> SpeechJob:
    count(Metric.SPEECH_ABANDONED)
    return _refuse(services, known, Refusal.NEVER_FINISHED)


def _refuse(services: Services, known: SpeechJob, why: Refusal) -> SpeechJob:
    """Have the ticket say why nothing comes of it. What no attempt was made with is given back to the day."""
    if known.state == "planned" and known.attempt == 1:
        speech_minutes.give_back(services.ledger, known.day, known.name)
    return speech_jobs.change(services.ledger, known, state="refused", refusal=why)


def _finish(services: Services, known: SpeechJob) -> None:
    """Have what came of it put on the ticket, as any file of the contact, and the service's record deleted.

    Raises `NotPublished` and `TranscribeLater`; all of it may be done again.
    """
    asked = known.request
    if not known.published:
        if known.refusal is not None:
            count(Metric.SPEECH_NOT_ANALYSED)
            logger.info("recording not transcribed", leg=asked.leg, rule="X3", why=known.refusal.value)
        file = of_job(services.transcribe.output, asked.leg, known.name)
        contact_files.publish(services, asked.contact, file)
        speech_jobs.published(services.ledger, known.name)
    _delete(services, known)


def _delete(services: Services, known: SpeechJob) -> None:
    """Delete the service's record of a job, which has the recording's address for 90 days."""
    if known.plan is not None:
        services.transcribe.delete(known.attempt_name, known.plan.engine)
