"""What came of a recording's transcription: a conversation, or a sentence on why there is none (X3)."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from connect_zendesk.amazon_connect.contact_files import ContactFile
from connect_zendesk.amazon_transcribe import results
from connect_zendesk.amazon_transcribe.results import NotAContactFile, Recorded
from connect_zendesk.errors import NotReady, Permanent
from connect_zendesk.ledger import speech_jobs
from connect_zendesk.ledger.speech_jobs import SpeechJob
from connect_zendesk.rules import wording
from connect_zendesk.rules.speech.languages import LANGUAGES
from connect_zendesk.rules.speech.reasons import Refusal
from connect_zendesk.rules.speech.shown import shown
from connect_zendesk.rules.transcripts.conversation import Conversation, Kind
from connect_zendesk.storage import AccessDenied
from connect_zendesk.workflows.services import Services

#: Bytes of a result. Four hours of two people who talk all the time have a tenth of it.
LARGEST = 150_000_000
_STEREO = 2


@dataclass(frozen=True)
class Transcription:
    """A recording's transcription: all that was ``heard``, or None, and what of it is ``shown``."""

    job: SpeechJob
    heard: Conversation | None
    shown: Conversation


def read(services: Services, file: ContactFile, folder: Path) -> Transcription:
    """Return what came of the transcription that a file stands for; its result is then in ``folder``.

    Raises `NotReady` where that is not known yet, and `Permanent`.
    """
    job = speech_jobs.job(services.ledger, file.job)
    if job is None:
        raise Permanent("nothing is known of this transcription any more")
    if not job.over:
        raise NotReady("the transcription is not finished")
    if job.refusal is not None:
        return _nothing(job, wording.NOT_TRANSCRIBED[job.refusal.value])
    if job.emptied or job.result is None:
        return _nothing(job, wording.TRANSCRIBED_ELSEWHERE)
    path = folder / "transcription.json"
    try:
        stored = services.files.fetch(*job.result, path)
    except AccessDenied as refused:
        raise Permanent(f"{refused}: the result of a transcription cannot be read") from None
    if stored is None:
        return _nothing(job, wording.NOT_TRANSCRIBED[Refusal.LOST.value])
    if stored.size > LARGEST:
        raise Permanent(f"larger than any transcription: {stored.size} bytes")
    try:
        heard = results.open(path, _recorded(job))
    except NotAContactFile as reason:
        raise Permanent(str(reason)) from None
    heard = replace(heard, began=heard.began or datetime.fromisoformat(job.request.began))
    plan = job.plan
    stereo = plan is not None and plan.channels == _STEREO and not job.request.voicemail
    words = plan is None or plan.words
    return Transcription(job, heard, shown(heard, job.request.wanted, words=words, stereo=stereo))


def _recorded(job: SpeechJob) -> Recorded:
    asked = job.request
    return Recorded(
        leg=asked.leg,
        locale=asked.locale,
        spaced=LANGUAGES[asked.language].spaced,
        channels=job.plan.channels if job.plan else 1,
        seconds=job.seconds,
        voicemail=asked.voicemail,
    )


def _nothing(job: SpeechJob, sentence: str) -> Transcription:
    """Return what says in a sentence why there is nothing."""
    analysed = job.plan is not None and job.plan.engine == "call_analytics"
    kind: Kind = "voicemail" if job.request.voicemail else "call_analytics" if analysed else "transcription"
    began = datetime.fromisoformat(job.request.began)
    return Transcription(job, None, Conversation(kind, job.request.leg, (), began=began, notes=(sentence,)))
