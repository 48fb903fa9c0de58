"""The result of a standard job (facts/speech-analysis.md 5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.stand_ins.transcribe import languages
from local.stand_ins.transcribe.script import Turn, Word

Held = dict[str, Any]


def document(
    name: str,
    account: str,
    turns: Sequence[Turn],
    *,
    locale: str,
    settings: Mapping[str, Any],
    channels: int,
    redacted: bool,
    segments: bool,
) -> Held:
    """Return the document that a job writes; `settings` are those of the request.

    `segments`: with `audio_segments` beside `channel_labels`, too.
    """
    by_channel = bool(settings.get("ChannelIdentification"))
    by_speaker = bool(settings.get("ShowSpeakerLabels"))
    labels = _speakers(turns, int(settings.get("MaxSpeakerLabels", 2)))
    items, of_turn = _items(turns, labels if by_speaker else {}, by_channel=by_channel)
    joint = " " if languages.is_spaced(locale) else ""
    results: Held = {"transcripts": [{"transcript": joint.join(turn.text for turn in turns)}], "items": items}
    if by_channel:
        results["channel_labels"] = {
            "channels": [
                {"channel_label": f"ch_{channel}", "items": _of_channel(items, channel)}
                for channel in range(channels)
            ],
            "number_of_channels": channels,
        }
    if by_speaker:
        results["speaker_labels"] = {
            "segments": [_segment(turn, labels[turn.speaker]) for turn in turns],
            "channel_label": "ch_0",
            "speakers": len({labels[turn.speaker] for turn in turns}),
        }
    if segments or not by_channel:
        results["audio_segments"] = [
            {
                "id": number,
                "transcript": turn.text,
                "start_time": seconds(turn.begin),
                "end_time": seconds(turn.end),
                **({"channel_label": f"ch_{turn.channel}"} if by_channel else {}),
                **({"speaker_label": labels[turn.speaker]} if by_speaker else {}),
                "items": of_turn[number],
            }
            for number, turn in enumerate(turns)
        ]
    return {
        "jobName": name,
        "accountId": account,
        "status": "COMPLETED",
        **({"isRedacted": True} if redacted else {}),
        "results": results,
    }


def seconds(millis: int) -> str:
    """Return a time as the document writes it: text, in seconds."""
    return f"{millis / 1000:.3f}".rstrip("0").rstrip(".") if millis % 1000 else f"{millis // 1000}.0"


def _items(
    turns: Sequence[Turn], labels: Mapping[str, str], *, by_channel: bool
) -> tuple[list[Held], list[list[int]]]:
    """Return every item in order, and of each turn the ids of its items."""
    items: list[Held] = []
    of_turn: list[list[int]] = []
    for turn in turns:
        of_turn.append([])
        for word in turn.words:
            item: Held = {"id": len(items), "type": word.kind, "alternatives": [_alternative(word, turn)]}
            if by_channel:
                item["channel_label"] = f"ch_{turn.channel}"
            if labels:
                item["speaker_label"] = labels[turn.speaker]
            if word.kind == "pronunciation":
                item |= {"start_time": seconds(word.begin), "end_time": seconds(word.end)}
            of_turn[-1].append(len(items))
            items.append(item)
    return items, of_turn


def _alternative(word: Word, turn: Turn) -> Held:
    if word.text == "[PII]":
        found = {"confidence": "0.9999", "type": word.personal, "category": "PII"}
        return {"content": word.text, "redactions": [found]}
    confidence = "0.0" if word.kind == "punctuation" else f"{turn.confidence:.3f}"
    return {"confidence": confidence, "content": word.text}


def _of_channel(items: Iterable[Held], channel: int) -> list[Held]:
    return [item for item in items if item["channel_label"] == f"ch_{channel}"]


def _speakers(turns: Iterable[Turn], most: int) -> dict[str, str]:
    """Return a label for each speaker, in the order in which they begin to speak."""
    names = dict.fromkeys(turn.speaker for turn in turns)
    return {name: f"spk_{min(number, most - 1)}" for number, name in enumerate(names)}


def _segment(turn: Turn, label: str) -> Held:
    return {
        "start_time": seconds(turn.begin),
        "end_time": seconds(turn.end),
        "speaker_label": label,
        "items": [
            {"start_time": seconds(word.begin), "end_time": seconds(word.end), "speaker_label": label}
            for word in turn.words
            if word.kind == "pronunciation"
        ],
    }
