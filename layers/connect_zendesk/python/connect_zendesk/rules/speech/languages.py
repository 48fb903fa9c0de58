"""Which language tag each service takes for a `customer_language`, and what it can do in it (X3).

One table: docs/speech-analysis.md is made from it, and tests hold it to the enumerations of the services' own
models. Source: facts/speech-analysis.md 6.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: What transcribes: Call Analytics takes two channels and measures how each side felt; standard transcription
#: takes one or two and gives words.
Engine = Literal["call_analytics", "transcription"]

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_](?P<country>[A-Za-z]{2})(?:[-_].*)?")


@dataclass(frozen=True)
class Locale:
    """A language as spoken somewhere, by Amazon Transcribe's ``code``; all are in standard transcription.

    ``analytics``: Call Analytics has it. ``redacted_by``: the engines that can take personal data out of it.
    """

    code: str
    analytics: bool = True
    redacted_by: frozenset[Engine] = frozenset()


@dataclass(frozen=True)
class Language:
    """A `customer_language`, which is also Amazon Comprehend's code for it.

    ``locale`` is taken where neither a tag nor `default_country` names another one of ``elsewhere``, which
    has them by country (ISO 3166). ``spaced``: words are written with spaces between them.
    """

    code: str
    name: str
    locale: Locale
    elsewhere: Mapping[str, Locale] = field(default_factory=dict)
    spaced: bool = True

    @property
    def locales(self) -> tuple[Locale, ...]:
        """All of its locales, each once, the usual one first."""
        return tuple(dict.fromkeys((self.locale, *self.elsewhere.values())))

    def locale_in(self, tag: str | None, country: str | None) -> Locale:
        """Return the locale for a language tag as it was given (en-GB), else for `default_country`."""
        found = _TAG.fullmatch((tag or "").strip())
        named = found["country"].upper() if found else None
        for place in (named, country):
            if place is not None and (place in self.elsewhere or place == self.locale.code[-2:]):
                return self.elsewhere.get(place, self.locale)
        return self.locale


_BOTH: frozenset[Engine] = frozenset({"call_analytics", "transcription"})
_WORDS: frozenset[Engine] = frozenset({"transcription"})


def _of(codes: Mapping[str, str], **about: bool) -> dict[str, Locale]:
    """Return locales by country, of which standard transcription takes personal data out."""
    return {country: Locale(code, redacted_by=_WORDS, **about) for country, code in codes.items()}


_LATIN_AMERICA = [
    "AR",
    "BO",
    "CL",
    "CO",
    "CR",
    "CU",
    "DO",
    "EC",
    "GT",
    "HN",
    "MX",
    "NI",
    "PA",
    "PE",
    "PR",
    "PY",
    "SV",
    "UY",
    "VE",
]
_AMERICAN_SPANISH = Locale("es-US", redacted_by=_BOTH)

LANGUAGES: Mapping[str, Language] = {
    language.code: language
    for language in (
        Language(
            "en",
            "English",
            Locale("en-US", redacted_by=_BOTH),
            {
                **_of({"GB": "en-GB", "AU": "en-AU", "IN": "en-IN", "IE": "en-IE"}),
                **_of({"NZ": "en-NZ", "ZA": "en-ZA"}, analytics=False),
            },
        ),
        Language(
            "es",
            "Spanish",
            Locale("es-ES", redacted_by=_WORDS),
            dict.fromkeys(("US", *_LATIN_AMERICA), _AMERICAN_SPANISH),
        ),
        Language("fr", "French", Locale("fr-FR", redacted_by=_WORDS), _of({"CA": "fr-CA"})),
        Language("de", "German", Locale("de-DE", redacted_by=_WORDS), _of({"CH": "de-CH", "LI": "de-CH"})),
        Language("it", "Italian", Locale("it-IT", redacted_by=_WORDS)),
        Language("pt", "Portuguese", Locale("pt-PT", redacted_by=_WORDS), _of({"BR": "pt-BR"})),
        # Not ar-SA: Call Analytics has not got it, and some regions want it at twice the rate of recordings.
        Language("ar", "Arabic", Locale("ar-AE")),
        Language("hi", "Hindi", Locale("hi-IN")),
        Language("ja", "Japanese", Locale("ja-JP"), spaced=False),
        Language("ko", "Korean", Locale("ko-KR")),
        Language("zh", "Chinese, simplified", Locale("zh-CN"), spaced=False),
        Language("zh-TW", "Chinese, traditional", Locale("zh-TW", analytics=False), spaced=False),
    )
}


def language_of(locale: str) -> Language:
    """Return the language of a locale of the table. Raises StopIteration where it is none."""
    return next(
        language for language in LANGUAGES.values() if locale in {each.code for each in language.locales}
    )
