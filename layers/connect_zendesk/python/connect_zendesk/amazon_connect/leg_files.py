"""What a contact record says of the files that Amazon Connect leaves about its leg (X2, X7).

Contact Lens writes at the root of the bucket that has the recording or the chat's transcript. Each file has
the day in its key on which the agent was connected, or the chat began.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.amazon_connect.values import mapping, mappings

if TYPE_CHECKING:  # that module brings a reader of JSON with it, which only one function needs
    from connect_zendesk.amazon_connect.contact_files import ContactFile

_REDACTING = frozenset({"", "REDACTEDONLY", "REDACTEDANDORIGINAL"})
_ANALYSES = "Analysis/"


@dataclass(frozen=True)
class LegFiles:
    """What files there are or will be of a leg.

    ``transcript`` is the place of the chat's transcript, ``unprocessed`` are the places of what that was
    before it was redacted on its way; as ``bucket/key``. ``analysed``: by Contact Lens, into ``bucket`` where
    that is known; ``redacted``: with a file from which personal data are taken out.
    """

    transcript: str | None = None
    unprocessed: frozenset[str] = frozenset()
    analysed: bool = False
    redacted: bool = False
    bucket: str | None = None


def of_record(record: Mapping[str, Any]) -> LegFiles:
    """Return what a contact record says of its leg's files; fields may be missing or of another type.

    Raises `NotAContactRecord`.
    """
    chats = [entry for entry in mappings(record.get("Recordings")) if entry.get("MediaStreamType") == "CHAT"]
    kept = [place for entry in chats if entry.get("Status") != "DELETED" if (place := _place(entry))]
    recordings = contact_record.parse(record).recordings
    deferral = kept[0] if kept else recordings[0].location if recordings else ""
    analytics = mapping(mapping(record.get("ContactLens")).get("ConversationalAnalytics"))
    configuration = mapping(analytics.get("Configuration"))
    analysed = _is_true(configuration.get("Enabled"))
    return LegFiles(
        transcript=kept[0] if kept else None,
        unprocessed=frozenset(
            place for entry in chats if (place := _place(entry, "UnprocessedTranscriptLocation"))
        ),
        analysed=analysed,
        redacted=analysed and _redacts(mapping(configuration.get("RedactionConfiguration"))),
        bucket=deferral.partition("/")[0] or None,
    )


def prefixes_of_analysis(
    leg: str, channel: str, times: tuple[datetime | None, ...], *, redacted: bool
) -> tuple[str, ...]:
    """Return how the key of a leg's analysis begins: for the days of these times, each once."""
    kind, part = ("Voice" if channel == "VOICE" else "Chat"), ("Redacted/" if redacted else "")
    days = dict.fromkeys(f"{timestamp:%Y/%m/%d}" for timestamp in times if timestamp is not None)
    return tuple(f"{_ANALYSES}{kind}/{part}{day}/{leg}_analysis" for day in days)


def prefix_of_redacted(file: "ContactFile") -> str | None:
    """Return how the key of the redacted analysis begins that a raw file has beside it, if it has one.

    ``file`` is Contact Lens's raw one, or a chat's transcript. None where its key is of no known shape.
    """
    folder, _, _ = file.key.rpartition("/")
    day = "/".join(folder.split("/")[-3:])
    name = f"{day}/{file.leg}_analysis_redacted"
    if file.kind == "chat":
        return f"{_ANALYSES}Chat/Redacted/{name}"
    before, found, _ = folder.rpartition(f"/{day}")
    return f"{before}/Redacted/{name}" if found else None


def _redacts(configuration: Mapping[str, Any]) -> bool:
    """Return whether a redacted file is written; where it is not said clearly, that one is."""
    policy = str(configuration.get("Policy") or "").upper()
    return str(configuration.get("Behavior") or "").upper() == "ENABLE" and policy in _REDACTING


def _place(entry: Mapping[str, Any], name: str = "Location") -> str | None:
    location = entry.get(name)
    return location.removeprefix("s3://") if isinstance(location, str) and "/" in location else None


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
