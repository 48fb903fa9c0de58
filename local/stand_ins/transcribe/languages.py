"""What Amazon Transcribe does in which language (facts/speech-analysis.md 6)."""

from __future__ import annotations

ENGLISH = frozenset({"en-US", "en-GB", "en-AU", "en-IN", "en-IE", "en-AB", "en-WL"})
CALL_ANALYTICS = ENGLISH | {
    "es-ES", "es-US", "fr-FR", "fr-CA", "de-DE", "de-CH", "it-IT", "pt-PT", "pt-BR",
    "ar-AE", "hi-IN", "ja-JP", "ko-KR", "zh-CN",
}  # fmt: skip
CALL_ANALYTICS_REDACTION = frozenset({"en-US", "es-US"})
STANDARD_REDACTION = ENGLISH | {
    "en-NZ", "en-ZA", "es-ES", "es-US", "fr-FR", "fr-CA", "de-DE", "de-CH", "it-IT", "pt-PT", "pt-BR",
}  # fmt: skip
_WITHOUT_SPACES = ("ja", "zh")


def primary(locale: str) -> str:
    """Return the language of a locale: "en" of "en-GB"."""
    return locale.partition("-")[0].lower()


def is_spaced(locale: str) -> bool:
    """Return whether the language puts spaces between words."""
    return primary(locale) not in _WITHOUT_SPACES
