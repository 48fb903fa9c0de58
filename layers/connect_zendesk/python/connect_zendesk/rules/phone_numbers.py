"""Phone numbers, read with a phone-number library and compared in E.164 (S7)."""

import re
from functools import lru_cache

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_LONGEST = 60  # characters; a longer text is no phone number in any notation

#: What carriers and Amazon Connect put where a number is withheld (C4).
WITHHELD = frozenset({"anonymous", "private", "unknown", "restricted", "unavailable"})


@lru_cache(maxsize=1024)
def to_e164(text: str, default_country: str | None = None) -> str | None:
    """Return the number in E.164, or None where the text is no possible phone number.

    ``text`` is a number in any notation; ``default_country`` (ISO 3166, two letters) is for numbers
    typed without a country code. A *possible* number counts, valid or not (S7).
    """
    if len(text) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(text, default_country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_e164(text: str) -> bool:
    """Return whether the text is a possible number and already written in E.164."""
    return _E164.fullmatch(text) is not None and to_e164(text) == text


def national_digits(e164: str) -> str:
    """Return the digits after the country code, as a Zendesk phone search wants them."""
    number = phonenumbers.parse(e164)
    return phonenumbers.national_significant_number(number)


@lru_cache(maxsize=1024)
def country_of(e164: str) -> str | None:
    """Return the country of a number as ISO 3166 has it, in two letters, or None where it has none."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    return region if region and region.isalpha() else None  # 001 stands for numbers of no country


def is_withheld(address: str | None) -> bool:
    """Return whether a caller's address says that the number is withheld (C4)."""
    if address is None:
        return True
    name = address.strip().lower().removeprefix("sip:").removeprefix("+").partition("@")[0]
    return not name or name in WITHHELD
