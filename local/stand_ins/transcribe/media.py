"""A job's recording: read, and refused with the words of the service (facts/speech-analysis.md 3.4 and 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.aws.wire import RefusedError
from local.stand_ins.transcribe import places, wav
from local.stand_ins.transcribe.kinds import CALL_ANALYTICS, LONGEST, SHORTEST, Kind
from local.stand_ins.transcribe.objects import ObjectDenied, Objects
from local.stand_ins.transcribe.options import Options
from local.stand_ins.transcribe.wav import Wav

#: FailureReason is prose. These are documented in botocore's model, but for the last four.
NOT_A_FORMAT = "Unsupported media format."
ANOTHER_FORMAT = "The media format provided does not match the detected media format."
WRONG_RATE = "Invalid sample rate for audio file."
ANOTHER_RATE = "The sample rate provided does not match the detected sample rate."
TOO_LARGE = "Invalid file size: file size too large."
TOO_MANY_CHANNELS = "Invalid number of channels: number of channels too large."
NOT_TWO_CHANNELS = "Invalid number of channels: Call Analytics needs two."
TOO_SHORT = "Invalid audio length: length too small, 500 ms at least."
TOO_LONG = "Invalid audio length: length too large, 4 hours at most."
NOT_ACCESSIBLE = "The S3 URI of the media file cannot be accessed: check that it exists and may be read."

_RATES = range(8000, 48_001)


class MediaRefused(Exception):
    """A recording that cannot be worked on: the message is the FailureReason."""


def read(kind: Kind, asked: Mapping[str, Any], objects: Objects) -> Wav:
    """Return a job's recording. Raises MediaRefused."""
    bucket, key = places.media_of(asked)
    try:
        size = objects.size(bucket, key)
        if size is None:
            raise MediaRefused(NOT_ACCESSIBLE)
        if size > kind.largest:
            raise MediaRefused(TOO_LARGE)
        found = wav.read(lambda start, length: objects.read(bucket, key, start, length), size)
    except ObjectDenied:
        raise MediaRefused(NOT_ACCESSIBLE) from None
    _check(kind, asked, found)
    assert found is not None  # noqa: S101  checked
    return found


def check_at_start(kind: Kind, asked: Mapping[str, Any], objects: Objects, options: Options) -> None:
    """Raise RefusedError where the recording is refused at once, by what the options say."""
    try:
        read(kind, asked, objects)
    except MediaRefused as refused:
        reason = str(refused)
        if reason == TOO_LONG and options.too_long == "refused":
            raise RefusedError("LimitExceededException", "The input file is too long") from None
        if reason == NOT_ACCESSIBLE and options.missing_media == "refused":
            raise RefusedError("BadRequestException", NOT_ACCESSIBLE) from None
        if reason == NOT_TWO_CHANNELS and options.mono_call_analytics == "refused":
            raise RefusedError("BadRequestException", NOT_TWO_CHANNELS) from None


def _check(kind: Kind, asked: Mapping[str, Any], found: Wav | None) -> None:
    given, rate = asked.get("MediaFormat"), asked.get("MediaSampleRateHertz")
    problems = (
        (found is None, ANOTHER_FORMAT if given else NOT_A_FORMAT),
        (found is not None and given not in (None, "wav"), ANOTHER_FORMAT),
        (found is not None and found.rate not in _RATES, WRONG_RATE),
        (found is not None and rate not in (None, found.rate), ANOTHER_RATE),
        (found is not None and found.channels > 2, TOO_MANY_CHANNELS),
        (found is not None and kind is CALL_ANALYTICS and found.channels != 2, NOT_TWO_CHANNELS),
        (found is not None and found.seconds < SHORTEST, TOO_SHORT),
        (found is not None and found.seconds > LONGEST, TOO_LONG),
    )
    if reason := next((reason for wrong, reason in problems if wrong), ""):
        raise MediaRefused(reason)
