"""Which language tag each service takes: held to the enumerations of the services' own models (X3)."""

from __future__ import annotations

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.speech.languages import LANGUAGES, Language, language_of


def enumeration(service: str, shape: str) -> frozenset[str]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    return frozenset(model.shape_for(shape).enum)  # type: ignore[attr-defined]


each_language = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


def test_X3_every_customer_language_has_its_row() -> None:
    assert tuple(LANGUAGES) == readers.LANGUAGES


@each_language
def test_X3_every_code_is_in_the_models_of_both_services(language: Language) -> None:
    assert language.code in enumeration("comprehend", "LanguageCode")
    for locale in language.locales:
        # Of Call Analytics the model says no more: which of these it has is in the facts alone.
        assert locale.code in enumeration("transcribe", "LanguageCode")


@each_language
def test_X3_only_call_analytics_that_has_a_language_redacts_it(language: Language) -> None:
    for locale in language.locales:
        assert locale.analytics or "call_analytics" not in locale.redacted_by


@pytest.mark.parametrize(
    ("code", "tag", "country", "expected"),
    [
        ("en", None, None, "en-US"),
        ("en", None, "GB", "en-GB"),
        ("en", "en-AU", "GB", "en-AU"),
        ("en", "en_ie", None, "en-IE"),
        ("en", "en-US", "GB", "en-US"),
        ("en", None, "FR", "en-US"),
        ("en", "en", "IN", "en-IN"),
        ("es", None, "ES", "es-ES"),
        ("es", None, "MX", "es-US"),
        ("es", "es-419", None, "es-ES"),
        ("fr", None, "CA", "fr-CA"),
        ("de", "de-CH", "DE", "de-CH"),
        ("de", None, "AT", "de-DE"),
        ("pt", "pt_BR", None, "pt-BR"),
        ("ar", None, "SA", "ar-AE"),
        ("zh", "zh-Hans-CN", None, "zh-CN"),
        ("zh", None, "TW", "zh-CN"),
        ("zh-TW", "zh-Hant-HK", None, "zh-TW"),
    ],
)
def test_X3_the_tag_as_it_was_given_names_the_locale_else_the_default_country(
    code: str, tag: str | None, country: str | None, expected: str
) -> None:
    assert LANGUAGES[code].locale_in(tag, country).code == expected


def test_X3_a_locale_is_found_in_its_language() -> None:
    assert language_of("en-GB").code == "en"
    assert language_of("zh-TW").code == "zh-TW"
