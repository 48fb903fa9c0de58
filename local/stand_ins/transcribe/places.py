"""Where a recording is, and where a job's results go (facts/speech-analysis.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.transcribe.kinds import CALL_ANALYTICS, Kind
from local.stand_ins.transcribe.options import Options

ACCESS_CHECK = ".write_access_check_file.temp"


def media_of(asked: Mapping[str, Any]) -> tuple[str, str]:
    """Return the bucket and the key of a job's recording."""
    media = asked["Media"]
    uri = str(media.get("MediaFileUri") or media["RedactedMediaFileUri"])
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def output_of(kind: Kind, asked: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the bucket and what a request says of the key; None where the service's own bucket is used."""
    if kind is CALL_ANALYTICS:
        if "OutputLocation" not in asked:
            return None
        bucket, _, key = str(asked["OutputLocation"]).removeprefix("s3://").partition("/")
        return bucket, key
    if "OutputBucketName" not in asked:
        return None
    return asked["OutputBucketName"], asked.get("OutputKey", "")


def folder_of(key: str) -> str:
    """Return the folder of what a request says of the key, with its slash, or nothing."""
    return key[: key.rfind("/") + 1]


def result_key(kind: Kind, name: str, key: str, *, redacted: bool, options: Options) -> str:
    """Return the key of a result, which the service makes of the job's name and the request's `key`."""
    folder, file = folder_of(key), key[key.rfind("/") + 1 :] or f"{name}.json"
    if kind is CALL_ANALYTICS:
        if file == key[key.rfind("/") + 1 :] and options.file_in_output_location == "as_named":
            return key
        return f"{folder}{'redacted-' if redacted else ''}analytics/{file}"
    return f"{folder}{'redacted-' if redacted else ''}{file}"


def uri_of(region: str, bucket: str, key: str) -> str:
    """Return the address of a result, as Get… shows it."""
    return f"https://s3.{region}.amazonaws.com/{bucket}/{key}"
