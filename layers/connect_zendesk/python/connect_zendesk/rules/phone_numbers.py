"""Phone numbers, read with a phone-number library and compared in E.164 (S7)."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_LONGEST = 60  # characters; a longer text is no phone number in any notation
_LONGEST_ADDRESS = 320  # characters, of an address whose user part may be one
_SHORTEST_SEARCHED = 5  # digits; what ends with fewer is too many users

#: What carriers and Amazon Connect put where a number is withheld (C4).
WITHHELD = frozenset({"anonymous", "private", "unknown", "restricted", "unavailable"})
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
#: The same words as some carriers send them: +266696687 spells *anonymous* on a keypad.
_SPELLED = frozenset(f"+{word.translate(_KEYPAD)}" for word in WITHHELD)

_SCHEME = re.compile(r"\s*(?:[^<>]*<)?\s*(?P<scheme>sips?|tel|whatsapp):(?P<rest>[^<>]*)>?\s*", re.IGNORECASE)
#: What the numbers of a user part are local to: a country code, or what follows it.
_CONTEXT = re.compile(r"phone-context=\+[0-9]{1,15}", re.IGNORECASE)
#: What a user part has to look like to be a number: names with digits in them are none.
_DIALLED = re.compile(r"\+?[0-9 ().-]+")

#: Prefixes that a country has retired and channels still send, by country code: what stands after that code,
#: and how it is written now. Looked at only where the number is not valid as it stands.
_RETIRED: Mapping[int, tuple[re.Pattern[str], str]] = {
    52: (re.compile(r"(?:1|01|044|045)(\d{10})"), r"+52\1"),  # Mexico: mobiles, until 2019
    54: (
        re.compile(r"9(\d{2,4}15\d{6,8})"),
        r"+54\1",
    ),  # Argentina: the 15 of national notation, beside the 9
    55: (re.compile(r"(\d\d)([6-9]\d{7})"), r"+55\g<1>9\2"),  # Brazil: mobiles without their ninth digit
}
#: Other ways in which the same line is written in E.164: Argentina's mobiles with and without their 9, which
#: no landline shares, and Brazil's without the ninth digit.
_ALSO_WRITTEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\+549(\d{10})"), r"+54\1"),
    (re.compile(r"\+54([1-8]\d{9})"), r"+549\1"),
    (re.compile(r"\+55(\d\d)9([6-9]\d{7})"), r"+55\1\2"),
)
_ARGENTINE_MOBILE = _ALSO_WRITTEN[0]


@lru_cache(maxsize=1024)
def to_e164(text: str, default_country: str | None = None) -> str | None:
    """Return the number in E.164, or None where the text is no possible phone number.

    ``text`` is a number in any notation, or an address whose user part is one (``sip:``, ``tel:``,
    ``whatsapp:``); ``default_country`` (ISO 3166, two letters) is for numbers typed without a country code.
    A *possible* number counts, valid or not, and a retired prefix is left out (S7).
    """
    number = _read(text, default_country)
    return _e164(number) if number is not None else None


def is_same(text: str | None, e164: str, default_country: str | None = None) -> bool:
    """Return whether a text, in any notation, is this number (C5)."""
    number = to_e164(text, default_country) if text else None
    return number is not None and _comparable(number) == _comparable(e164)


def is_e164(text: str) -> bool:
    """Return whether the text is a possible number and already written in E.164."""
    number = _parsed(text, None) if _E164.fullmatch(text) else None
    return number is not None and phonenumbers.is_possible_number(number) and _e164(number) == text


@lru_cache(maxsize=1024)
def searched_digits(e164: str, default_country: str | None = None) -> str:
    """Return the last digits that every notation of a number has, as a Zendesk phone search wants them (C5).

    National notation drops the country code, and some countries' drops or inserts digits behind it.
    """
    forms = [e164, *(re.sub(form, other, e164) for form, other in _ALSO_WRITTEN if form.fullmatch(e164))]
    numbers = [number for form in forms if (number := _parsed(form, None)) is not None]
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    notations = [
        *(phonenumbers.national_significant_number(number) for number in numbers),
        *(re.sub(r"\D", "", phonenumbers.format_number(number, national)) for number in numbers),
    ]
    shared = _ending_of(notations)
    shorter = (shared[-length:] for length in range(_SHORTEST_SEARCHED, len(shared)))
    return next((digits for digits in shorter if is_same(digits, e164, default_country)), shared)


def user_part(address: str) -> str:
    """Return who an address names, without scheme, host and parameters: a number, or a name."""
    found = _SCHEME.fullmatch(address[:_LONGEST_ADDRESS])
    rest = found["rest"] if found else address
    return unquote(rest.partition("@")[0].partition(";")[0]).strip()


def _read(text: str, default_country: str | None) -> phonenumbers.PhoneNumber | None:
    if len(text) > _LONGEST_ADDRESS:
        return None
    found = _SCHEME.fullmatch(text)
    scheme = found["scheme"].lower() if found else ""
    is_address = scheme.startswith("sip") or "@" in text
    if is_address or scheme == "whatsapp":
        context = _CONTEXT.search(text.partition("@")[0]) if found else None
        text = user_part(text)
        if not _DIALLED.fullmatch(text):
            return None
        if context and not text.startswith("+"):
            text = f"tel:{text};{context[0].lower()}"
        if scheme == "whatsapp" and not text.startswith("+"):
            text = f"+{text}"  # its own ids leave the plus out
    elif found:
        text = f"tel:{unquote(found['rest'])}"
    if len(text) > _LONGEST or (number := _parsed(text, default_country)) is None:
        return None
    number = _without_retired_prefix(number)
    if is_address:  # a few digits are a line of a switchboard, and no number that is dialled locally
        reason = phonenumbers.is_possible_number_with_reason(number)
        return number if reason == phonenumbers.ValidationResult.IS_POSSIBLE else None
    return number if phonenumbers.is_possible_number(number) else None


def _parsed(text: str, default_country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, default_country)
    except phonenumbers.NumberParseException:
        return None


def _without_retired_prefix(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    retired = _RETIRED.get(number.country_code or 0)
    if retired is None or phonenumbers.is_valid_number(number):
        return number
    form, now = retired
    found = form.fullmatch(phonenumbers.national_significant_number(number))
    written = _parsed(found.expand(now), None) if found else None
    return written if written is not None and phonenumbers.is_possible_number(written) else number


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _comparable(e164: str) -> str:
    form, without = _ARGENTINE_MOBILE
    return form.sub(without, e164)


def _ending_of(texts: list[str]) -> str:
    """Return what all texts end with."""
    first = texts[0]
    starts = (start for start in range(len(first)) if all(text.endswith(first[start:]) for text in texts))
    return first[next(starts, len(first)) :]


@lru_cache(maxsize=1024)
def country_of(e164: str) -> str | None:
    """Return the country of a number as ISO 3166 has it, in two letters, or None where it has none."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    return region if region and region.isalpha() else None  # 001 stands for numbers of no country


def is_withheld(address: str | None) -> bool:
    """Return whether a caller's address says that the number is withheld (C4)."""
    if address is None:
        return True
    name = user_part(address).lower()
    if name in _SPELLED:
        number = _parsed(name, None)
        return number is None or not phonenumbers.is_valid_number(number)
    name = name.removeprefix("+")
    return not name or name in WITHHELD
