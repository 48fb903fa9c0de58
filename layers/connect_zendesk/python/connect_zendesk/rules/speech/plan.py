"""How a recording is transcribed: the engine that can do what is asked for, or why none can (X3).

Two engines are unavoidable: Call Analytics takes two channels only and has not got every language, and in
some languages standard transcription alone takes personal data out (facts/speech-analysis.md 3.4, 6).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil

from connect_zendesk.rules.speech.languages import Engine, Locale
from connect_zendesk.rules.speech.reasons import Refusal
from connect_zendesk.rules.speech.wav import Audio

Service = str
TRANSCRIPTION, CALL_ANALYTICS, COMPREHEND = "transcription", "call_analytics", "comprehend"
#: What regions in which Amazon Connect is have not got; all others have all three (facts 8).
NOT_IN_REGION: Mapping[str, frozenset[Service]] = {
    "af-south-1": frozenset({CALL_ANALYTICS, COMPREHEND}),
    "us-gov-west-1": frozenset({CALL_ANALYTICS}),
    "us-gov-east-1": frozenset({CALL_ANALYTICS, COMPREHEND}),
}
SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 4 * 3600
LARGEST_BYTES: Mapping[Engine, int] = {"call_analytics": 500_000_000, "transcription": 2_000_000_000}
#: A job is paid for by the second, and for so many at least.
LEAST_PAID_SECONDS = 15


@dataclass(frozen=True)
class Plan:
    """What is asked of the service. ``words``: what was said may be shown.

    ``redacted``: personal data are taken out. ``channels``: two are read apart, the customer's and everybody
    else's first, this leg's agent's second.
    """

    engine: Engine
    locale: str
    redacted: bool
    words: bool
    channels: int


def has(region: str, service: Service) -> bool:
    """Return whether a service is in a region, such as eu-west-2."""
    return service not in NOT_IN_REGION.get(region, frozenset())


def plan(
    audio: Audio, locale: Locale, wanted: Collection[str], *, redaction: bool, region: str
) -> Plan | Refusal:
    """Return how a recording is transcribed, or why it is not.

    ``wanted`` are the words of `speech_analysis`; ``redaction``: personal data are to be taken out.
    """
    if audio.seconds < SHORTEST_SECONDS:
        return Refusal.TOO_SHORT
    if audio.seconds > LONGEST_SECONDS:
        return Refusal.TOO_LONG
    if audio.size > LARGEST_BYTES["transcription"]:
        return Refusal.TOO_LARGE
    engines: list[Engine] = ["call_analytics", "transcription"] if audio.channels == 2 else ["transcription"]
    if (
        not locale.analytics
        or not has(region, CALL_ANALYTICS)
        or audio.size > LARGEST_BYTES["call_analytics"]
    ):
        engines = ["transcription"]
    channels = min(audio.channels, 2)
    if not redaction:
        return Plan(engines[0], locale.code, redacted=False, words=True, channels=channels)
    for engine in engines:
        if engine in locale.redacted_by:
            return Plan(engine, locale.code, redacted=True, words=True, channels=channels)
    # How each side felt is no personal data, so it may be found out from words that are shown nowhere.
    if "sentiment" in wanted:
        return Plan(engines[0], locale.code, redacted=False, words=False, channels=channels)
    return Refusal.NOT_REDACTABLE


def paid_seconds(audio: Audio) -> int:
    """Return for how many seconds a job for a recording is paid; two channels are paid once."""
    return max(LEAST_PAID_SECONDS, ceil(audio.seconds))
