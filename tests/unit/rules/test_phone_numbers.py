"""Numbers in the notations in which they arrive (S7), and what says that one is withheld (C4)."""

import phonenumbers
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from connect_zendesk.rules.phone_numbers import (
    WITHHELD,
    is_e164,
    is_same,
    is_withheld,
    searched_digits,
    to_e164,
    user_part,
)
from tests.strategies import examples

ANAS = "+441632960001"


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        # sip: with user=phone, with parameters of the user part, quoted names, escapes.
        ("sip:+441632960001@trunk.example.com;user=phone", None, ANAS),
        ("sip:+441632960001;tgrp=a;npdi@trunk.example.com;user=phone", None, ANAS),
        ("sip:01632960001@trunk.example.com;user=phone", "GB", ANAS),
        ("sip:1632960001;phone-context=+44@trunk.example.com;user=phone", None, ANAS),
        ("sip:632960001;Phone-Context=+441@trunk.example.com", "US", ANAS),
        ("sip:+441632960001;phone-context=+1@trunk.example.com", None, ANAS),
        ("sip:%2B441632960001@trunk.example.com", None, ANAS),
        ('"Ana" <sip:+441632960001@trunk.example.com>;tag=1', None, None),
        ('"Ana" <sip:+441632960001@trunk.example.com>', None, ANAS),
        # tel: with an extension and with a context.
        ("tel:+44-1632-960001;ext=12", None, ANAS),
        ("tel:1632960001;phone-context=+44", None, ANAS),
        ("tel:7042;phone-context=example.com", None, None),
        # Extensions.
        ("+44 1632 960001 x123", None, ANAS),
        ("+44 1632 960001 ext. 5", None, ANAS),
        ("+44 1632 960001 #123", None, ANAS),
        ("01632 960001 x123", "GB", ANAS),
        # What countries have retired and channels still send.
        ("+52 1 55 1234 5678", None, "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("+54 9 11 2345 6789", None, "+5491123456789"),
        ("+54 9 11 15 2345 6789", None, "+5491123456789"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("+55 11 8765 4321", None, "+5511987654321"),
        ("0 15 11 98765-4321", "BR", "+5511987654321"),
        # National notations with a trunk prefix, and without.
        ("01632 960001", "GB", ANAS),
        ("00441632960001", "GB", ANAS),
        ("01632 960001", None, None),
        ("044 668 18 00", "CH", "+41446681800"),
        ("06 698 1234", "IT", "+39066981234"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        # Letters on a keypad, digits of other scripts, marks of direction, unusual blanks and dashes.
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+\u0664\u0664\u0661\u0666\u0663\u0662\u0669\u0666\u0660\u0660\u0660\u0661", None, ANAS),
        ("\u202a+44\u00a01632\u2011960001\u202c", None, ANAS),
        # What is a name and no number, however many digits are in it.
        ("sip:ana.silva@example.com", "GB", None),
        ("ana.silva@example.com", "GB", None),
        ("sip:agent12345@example.com", "GB", None),
        ("sip:1001@pbx.example.com", "GB", None),
    ],
)
def test_S7_a_number_in_whichever_clothes_it_arrives(
    written: str, country: str | None, number: str | None
) -> None:
    assert to_e164(written, country) == number
    # Given, and so not withheld, whether it can be read or not.
    assert not is_withheld(written)


@pytest.mark.parametrize(
    "withheld",
    [
        None, "", "   ", "sip:", "sip:@example.com", "tel:", "whatsapp:", "Anonymous", "+anonymous",
        "restricted", "UNAVAILABLE", "private", "unknown", "sip:anonymous@anonymous.invalid",
        "sip:Restricted@10.0.0.1;user=phone", "+266696687", "sip:+266696687@trunk.example.com",
        "+7378742833", "+86282452253", "+8656696", "+7748283",
    ],
)  # fmt: skip
def test_C4_a_number_that_is_withheld_in_any_of_its_words(withheld: str | None) -> None:
    assert is_withheld(withheld)


@pytest.mark.parametrize(
    "named",
    ["anonymous.ana@example.com", "sip:unknownana@example.com", "private line", "266696687", "+1266696687"],
)
def test_C4_what_only_looks_like_one_of_the_words_is_given(named: str) -> None:
    assert not is_withheld(named)


def test_C4_a_number_without_a_plus_is_a_number_whatever_its_keys_spell() -> None:
    assert to_e164("7378742833", "US") == "+17378742833"
    assert not is_withheld("7378742833")


COUNTRIES = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
KINDS = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.TOLL_FREE,
)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[phonenumbers.PhoneNumber, str]:
    """Return a valid number of some country and kind, and the country."""
    country = draw(COUNTRIES)
    example = phonenumbers.example_number_for_type(country, draw(st.sampled_from(KINDS)))
    if example is None:
        reject()
    digits = str(example.national_number)
    changed = digits[:-4] + draw(st.text("0123456789", min_size=4, max_size=4))
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code,
        national_number=int(changed),
        italian_leading_zero=example.italian_leading_zero,
        number_of_leading_zeros=example.number_of_leading_zeros,
    )
    assume(phonenumbers.is_valid_number(number))
    assume(phonenumbers.region_code_for_number(number) == country)
    return number, country


@given(numbers(), st.sampled_from(["", ";ext=7", ";isub=1"]), st.sampled_from(["", "x12", " ext. 7", " #3"]))
@examples(150)
def test_S7_C5_whatever_notation_the_library_writes_is_the_same_number(
    of_country: tuple[phonenumbers.PhoneNumber, str], parameter: str, extension: str
) -> None:
    number, country = of_country
    form = phonenumbers.PhoneNumberFormat
    e164 = phonenumbers.format_number(number, form.E164)
    national = phonenumbers.format_number(number, form.NATIONAL)
    international = phonenumbers.format_number(number, form.INTERNATIONAL)
    for written, read_in in (
        (e164, None),
        (international, None),
        (international, country),
        (phonenumbers.format_number(number, form.RFC3966) + parameter, None),
        (national, country),
        (national + extension, country),
        (f"sip:{e164}{parameter}@trunk.example.com;user=phone", None),
        (f'"A" <sips:{e164}@trunk.example.com>', country),
        (f"whatsapp:{e164.removeprefix('+')}", None),
    ):
        assert is_same(written, e164, read_in), (written, read_in, to_e164(written, read_in))
        assert not is_withheld(written)
    assert is_e164(e164)
    # A search by what all notations end with finds the number, in Zendesk's own way of comparing digits.
    searched = searched_digits(e164, country)
    for written in (e164, national, international):
        assert searched in "".join(filter(str.isdigit, written)) or not searched


@given(st.text(max_size=80), st.sampled_from([None, "GB", "AR", "XX"]))
@examples(300)
def test_S7_C4_any_text_is_a_possible_number_or_withheld_or_a_name_and_nothing_raises(
    text: str, country: str | None
) -> None:
    number = to_e164(text, country)
    if number is not None:
        assert is_e164(number)
        assert to_e164(number) == number
        assert is_same(text, number, country)
    for scheme in ("sip:", "tel:", "whatsapp:"):
        to_e164(scheme + text, country)
    if is_withheld(text):
        assert user_part(text).lower().lstrip("+") in {"", *WITHHELD, "266696687"}
