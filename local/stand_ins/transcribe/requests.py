"""What Start… refuses beyond what botocore's model says (facts/speech-analysis.md 3 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.aws.wire import RefusedError
from local.stand_ins.transcribe import languages
from local.stand_ins.transcribe.kinds import CALL_ANALYTICS, Kind
from local.stand_ins.transcribe.options import Options

_WAYS = ("LanguageCode", "IdentifyLanguage", "IdentifyMultipleLanguages")


def check(kind: Kind, asked: Mapping[str, Any], options: Options, region: str) -> None:
    """Raise RefusedError where the service would not take a job."""
    _check_media(asked)
    if kind is CALL_ANALYTICS:
        _check_call_analytics(asked, options, region)
    else:
        _check_standard(asked)


def locale_of(kind: Kind, asked: Mapping[str, Any]) -> str | None:
    """Return the locale that a job was given, or None where it is to be identified."""
    if kind is CALL_ANALYTICS:
        given = (asked.get("Settings") or {}).get("LanguageOptions") or []
        return given[0] if len(given) == 1 else None
    return asked.get("LanguageCode")


def redaction_of(kind: Kind, asked: Mapping[str, Any]) -> str | None:
    """Return which results are written: "redacted", "redacted_and_unredacted", or None for the plain one."""
    place = asked if kind is not CALL_ANALYTICS else asked.get("Settings") or {}
    found = place.get("ContentRedaction")
    return str(found["RedactionOutput"]) if found else None


def deferred(kind: Kind, asked: Mapping[str, Any]) -> bool:
    """Return whether a job may wait in the queue for others to end."""
    if kind is CALL_ANALYTICS:
        return "DataAccessRoleArn" in asked
    return bool((asked.get("JobExecutionSettings") or {}).get("AllowDeferredExecution"))


def _check_media(asked: Mapping[str, Any]) -> None:
    media = asked["Media"]
    if not (media.get("MediaFileUri") or media.get("RedactedMediaFileUri")):
        raise _bad("Media names no file")
    uri = str(media.get("MediaFileUri") or media["RedactedMediaFileUri"])
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise _bad("The media URI has to be s3://bucket/key")


def _check_standard(asked: Mapping[str, Any]) -> None:
    if sum(bool(asked.get(way)) for way in _WAYS) != 1:
        raise _bad(f"Exactly one of {', '.join(_WAYS)} has to be given")
    settings = asked.get("Settings") or {}
    if settings.get("ChannelIdentification") and settings.get("ShowSpeakerLabels"):
        raise _bad("ChannelIdentification and ShowSpeakerLabels exclude each other")
    if bool(settings.get("ShowSpeakerLabels")) != ("MaxSpeakerLabels" in settings):
        raise _bad("ShowSpeakerLabels and MaxSpeakerLabels have to be given together")
    if "OutputKey" in asked and "OutputBucketName" not in asked:
        raise _bad("OutputKey needs an OutputBucketName")
    execution = asked.get("JobExecutionSettings") or {}
    if bool(execution.get("AllowDeferredExecution")) != ("DataAccessRoleArn" in execution):
        raise _bad("AllowDeferredExecution and DataAccessRoleArn have to be given together")
    if "ContentRedaction" in asked and asked.get("LanguageCode") not in languages.STANDARD_REDACTION:
        raise _bad("ContentRedaction is not there for this language")


def _check_call_analytics(asked: Mapping[str, Any], options: Options, region: str) -> None:
    settings = asked.get("Settings") or {}
    given = settings.get("LanguageOptions") or []
    if wrong := [locale for locale in given if locale not in languages.CALL_ANALYTICS]:
        raise _bad(f"Call Analytics does not have {wrong[0]}")
    output = asked.get("OutputLocation", "s3://b")
    if not output.startswith("s3://"):
        raise _bad("OutputLocation has to be in S3")
    channels = asked.get("ChannelDefinitions")
    if channels and not (
        {channel.get("ChannelId") for channel in channels} == {0, 1}
        and {channel.get("ParticipantRole") for channel in channels} == {"AGENT", "CUSTOMER"}
    ):
        raise _bad("ChannelDefinitions has to say of each channel who is on it")
    only = given[0] if len(given) == 1 else None
    if "ContentRedaction" in settings and only not in options.call_analytics_redaction:
        raise _bad("ContentRedaction is not there for this language")
    if (settings.get("Summarization") or {}).get("GenerateAbstractiveSummary") and (
        only not in languages.ENGLISH or region not in options.summary_regions
    ):
        raise _bad("Summaries are not there for this language in this Region")


def _bad(text: str) -> RefusedError:
    return RefusedError("BadRequestException", text)
