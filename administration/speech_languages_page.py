"""The page docs/speech-languages.md: what each service takes for a language, and what it can do in it."""

from administration.markdown import NOTICE, code, codes, table
from connect_zendesk.rules.speech.languages import LANGUAGES, Language, Locale
from connect_zendesk.rules.speech.plan import CALL_ANALYTICS, COMPREHEND, NOT_IN_REGION, TRANSCRIPTION

_HEAD = """\
# Languages of speech analysis

What [speech analysis](speech-analysis.md) asks of Amazon Transcribe and Amazon Comprehend for a
`customer_language`. The locale is that of the tag as it was given (`en-AU`), else that of `default_country`,
else the first. Where the facts are from, and how sure they are: [facts](facts/speech-analysis.md), section 6.

{languages}

- **Locale** is Amazon Transcribe's code. Standard transcription has all of them.
- For Latin America the Spanish of the United States is taken, as the nearest that is known to be there.
- **Call Analytics** is asked where a recording has two channels and it can do what is wanted; else standard
  transcription is, and Amazon Comprehend says how each side sounded.
- **Personal data** are taken out by the engines that are named. Where none is, no words are written while
  `speech_redaction` is on.
- **Amazon Comprehend** takes the code of the first column, whatever it is asked.

## Regions

Where Amazon Connect is, all three services are, but for these:

{regions}
"""
_NAMES = {
    CALL_ANALYTICS: "Call Analytics",
    TRANSCRIPTION: "standard transcription",
    COMPREHEND: "Amazon Comprehend",
}


def page() -> str:
    """Return the page's text."""
    return NOTICE + _HEAD.format(
        languages=table(
            (
                "`customer_language`",
                "Language",
                "Locale",
                "For these countries",
                "Call Analytics",
                "Personal data",
            ),
            (_row(language, locale) for language in LANGUAGES.values() for locale in language.locales),
        ),
        regions=table(
            ("Region", "Not there"),
            (
                (code(region), ", ".join(_NAMES[service] for service in sorted(missing)))
                for region, missing in NOT_IN_REGION.items()
            ),
        ),
    )


def _row(language: Language, locale: Locale) -> tuple[str, ...]:
    countries = [country for country, other in language.elsewhere.items() if other == locale]
    usual = locale == language.locale
    return (
        code(language.code),
        language.name,
        code(locale.code),
        "all others" if usual and language.elsewhere else "all" if usual else codes(countries),
        "yes" if locale.analytics else "no",
        ", ".join(_NAMES[engine] for engine in sorted(locale.redacted_by)) or "not taken out",
    )
