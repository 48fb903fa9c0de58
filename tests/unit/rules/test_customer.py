"""What is kept of a customer for the user to be made, or for the one who has no number yet (C8, C10)."""

from typing import Any

import pytest

from connect_zendesk.rules import phone_numbers
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.customer import Customer, identify, own_number
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.contacts.lookups import Known, Unknown, UsersByPhone
from connect_zendesk.rules.model import NewUser, User
from tests.unit.rules.world import (
    ANAS_NUMBER,
    BENS_NUMBER,
    SHARED_NUMBER,
    UNKNOWN_NUMBER,
    USERS,
    World,
    call,
    chat,
    settings_from,
)

ANA = USERS[0]
ZOE: dict[str, Any] = {"customer_name": "Zoe Quill", "customer_email": "zoe@example.com"}


def customer_of(leg: Leg) -> Customer:
    """Return who the customer of a contact is, in the standing world."""
    known, app = Known(), settings_from({"default_country": "GB"})
    while True:
        try:
            return identify(leg, settings_of(leg, app), "GB", known)
        except Unknown as unknown:
            known = known.with_answer(unknown.look_up, World().answer(unknown.look_up))


@pytest.mark.parametrize(
    ("says", "leg", "customer"),
    [
        (
            "recognised by number",
            call(**ZOE),
            Customer("recognised", ANA, name="Zoe Quill", number=ANAS_NUMBER, email="zoe@example.com"),
        ),
        (
            "C10 named by the flow: the caller's number is kept for a user who has none",
            call(UNKNOWN_NUMBER, zendesk_user="101", **ZOE),
            Customer("recognised", ANA, name="Zoe Quill", number=UNKNOWN_NUMBER, email="zoe@example.com"),
        ),
        (
            "C10 named by the flow: the number that was typed comes before the caller's own",
            call(UNKNOWN_NUMBER, zendesk_user="101", customer_number=BENS_NUMBER),
            Customer("recognised", ANA, number=BENS_NUMBER),
        ),
        (
            "C7 names nobody: what is known is kept",
            call(zendesk_user="999", **ZOE),
            Customer(
                "unrecognised",
                name="Zoe Quill",
                number=ANAS_NUMBER,
                email="zoe@example.com",
                problem="unusable user",
            ),
        ),
        (
            "C8 unrecognised: number and e-mail are stored",
            call(UNKNOWN_NUMBER, **ZOE),
            Customer("unrecognised", name="Zoe Quill", number=UNKNOWN_NUMBER, email="zoe@example.com"),
        ),
        (
            "ambiguous",
            call(SHARED_NUMBER, **ZOE),
            Customer(
                "ambiguous",
                candidates=USERS[2:4],
                name="Zoe Quill",
                number=SHARED_NUMBER,
                email="zoe@example.com",
            ),
        ),
        (
            "anonymous",
            call("anonymous", **ZOE),
            Customer("anonymous", name="Zoe Quill", email="zoe@example.com"),
        ),
        (
            "C6 a chat without a match",
            chat(UNKNOWN_NUMBER, **ZOE),
            Customer(
                "unrecognised",
                name="Zoe Quill",
                number=UNKNOWN_NUMBER,
                email="zoe@example.com",
                problem="unmatched chat",
            ),
        ),
        (
            "C6 a chat with nothing to search by keeps a number that was typed",
            chat(customer_number=UNKNOWN_NUMBER),
            Customer("unrecognised", number=UNKNOWN_NUMBER, problem="unmatched chat"),
        ),
    ],
)
def test_what_is_known_of_the_customer_is_kept(says: str, leg: Leg, customer: Customer) -> None:
    assert (says, customer_of(leg)) == (says, customer)


def test_C4_what_is_no_number_is_kept_and_names_the_new_user() -> None:
    called = Customer("unrecognised", name="ana", address="sip:ana@example.com")
    assert customer_of(call(" sip:ana@example.com ")) == called
    assert called.new_user == NewUser("ana", address="sip:ana@example.com")


def test_C4_of_what_has_no_character_to_show_no_user_is_made() -> None:
    assert customer_of(call(" \x00\x01 ")).kind == "anonymous"


def test_C5_a_user_whom_the_search_finds_by_another_of_their_numbers_does_not_match() -> None:
    leg, app = call(ANAS_NUMBER), settings_from({})
    found = (User(1, "Without a number of their own"), User(2, "With another", BENS_NUMBER))
    known = Known().with_answer(UsersByPhone(ANAS_NUMBER), found)
    assert identify(leg, settings_of(leg, app), None, known).kind == "unrecognised"


@pytest.mark.parametrize(
    ("user", "called"),
    [
        (NewUser("Zoe", UNKNOWN_NUMBER, "zoe@example.com"), "Zoe"),
        (NewUser(None, UNKNOWN_NUMBER, "zoe@example.com"), UNKNOWN_NUMBER),
        (NewUser(None, None, "zoe@example.com"), "zoe@example.com"),
        (NewUser(), ""),
    ],
)
def test_C8_a_new_user_is_named_by_the_first_of_name_number_and_email(user: NewUser, called: str) -> None:
    assert user.display_name == called


WITHHELD = ("anonymous", "private", "unknown", "restricted", "unavailable")


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "  ",
        "+",
        *WITHHELD,
        *(word.title() for word in WITHHELD),
        *(f" +{word} " for word in WITHHELD),
        "sip:anonymous@anonymous.invalid",
        "SIP:Private@carrier.example",
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        "tel:anonymous",
    ],
)
def test_C4_a_number_that_is_withheld(address: str | None) -> None:
    assert phone_numbers.is_withheld(address)
    assert own_number(call(address), "GB") is None


@pytest.mark.parametrize("address", [ANAS_NUMBER, "01632960101", "sip:ana@example.com", "anonymous1"])
def test_C4_a_number_that_is_not_withheld(address: str) -> None:
    assert not phone_numbers.is_withheld(address)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("01632 960101", True),
        (ANAS_NUMBER, True),
        ("+44 (0)1632-960-101", True),
        ("12", False),
        ("sip:ana@x", False),
        ("sip:+441632960101@trunk.example.com", True),
        ("SIPS:+441632960101;npdi=yes@trunk.example.com:5061;transport=tls", True),
        ("sip:01632960101@trunk.example.com", True),
        ("sip:%2B441632960101@trunk.example.com", True),
        ('"Ana" <sip:+441632960101@trunk.example.com>', True),
        ("+441632960101@trunk.example.com", True),
        ("sip:ana01632960101@x", False),
        ("sip:1001@pbx.example.com", False),
        ("tel:+44-1632-960-101", True),
        ("tel:1632960101;phone-context=+44", True),
        ("tel:+441632960101;ext=22", True),
        ("+441632960101 ext. 22", True),
        ("01632 960101 x22", True),
        ("+441632960101,,22#", True),
        ("whatsapp:+441632960101", True),
        ("whatsapp:441632960101", True),
        ("whatsapp:Ana", False),
        ("sip:+441632960101@" + "x" * 320, False),
    ],
)
def test_S7_the_callers_own_number_is_read_in_any_notation(written: str, same: bool) -> None:
    assert own_number(call(written), "GB") == (ANAS_NUMBER if same else None)


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("+5215512345678", None, "+525512345678"),
        ("whatsapp:+5215512345678", None, "+525512345678"),
        ("whatsapp:5215512345678", None, "+525512345678"),
        ("+52 1 55 1234 5678", "GB", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("045 55 1234 5678", "MX", "+525512345678"),
        ("01 55 1234 5678", "MX", "+525512345678"),
        ("+525512345678", None, "+525512345678"),
        ("+54 9 11 15 2345-6789", None, "+5491123456789"),
        ("+54 11 15 2345-6789", None, "+5491123456789"),
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("+551187654321", None, "+5511987654321"),
        ("(11) 8765-4321", "BR", "+5511987654321"),
        ("+551132654321", None, "+551132654321"),  # a landline has eight digits
        ("+551177654321", None, "+551177654321"),  # trunked radio kept its eight
        ("+521551234567", None, "+521551234567"),  # a digit short of a number behind the 1
    ],
)
def test_S7_a_prefix_that_its_country_has_retired_is_left_out(
    written: str, country: str | None, number: str
) -> None:
    assert phone_numbers.to_e164(written, country) == number


@pytest.mark.parametrize(
    ("stored", "number", "country"),
    [
        ("01632 960101", ANAS_NUMBER, "GB"),
        ("0044 1632 960101", ANAS_NUMBER, "GB"),
        ("+44 (0)1632 960101", ANAS_NUMBER, None),
        ("+44 1632 960101 ext. 5", ANAS_NUMBER, None),
        ("01632 960101 x5", ANAS_NUMBER, "GB"),
        ("011 15-2345-6789", "+5491123456789", "AR"),
        ("011 15-2345-6789", "+541123456789", "AR"),
        ("+54 11 2345-6789", "+5491123456789", None),
        ("+54 9 11 2345-6789", "+541123456789", None),
        ("02966 15-456789", "+5492966456789", "AR"),
        ("+52 1 55 1234 5678", "+525512345678", None),
        ("044 55 1234 5678", "+525512345678", "MX"),
        ("+55 11 8765-4321", "+5511987654321", None),
        ("(11) 98765-4321", "+5511987654321", "BR"),
        ("420-1234", "+12464201234", "BB"),
        ("8 (495) 123-45-67", "+74951234567", "RU"),
        ("06 1 234 5678", "+3612345678", "HU"),
        ("06 3296 0101", "+390632960101", "IT"),
    ],
)
def test_C5_the_search_finds_every_notation_that_the_comparison_calls_equal(
    stored: str, number: str, country: str | None
) -> None:
    assert phone_numbers.is_same(stored, number, country)
    assert phone_numbers.searched_digits(number, country) in "".join(filter(str.isdecimal, stored))


@pytest.mark.parametrize(
    ("stored", "number"),
    [
        ("+541123456780", "+5491123456789"),
        (BENS_NUMBER, ANAS_NUMBER),
        (None, ANAS_NUMBER),
        ("x", ANAS_NUMBER),
    ],
)
def test_C5_another_number_is_not_the_same(stored: str | None, number: str) -> None:
    assert not phone_numbers.is_same(stored, number, "AR")


@pytest.mark.parametrize("number", ["+4916321601011", "+11632960101", "+390632960101"])
def test_C5_a_search_is_for_the_digits_after_the_country_code(number: str) -> None:
    digits = phone_numbers.searched_digits(number)
    assert number.endswith(digits)
    assert len(digits) in (10, 11)


@pytest.mark.parametrize(
    ("text", "is_e164"),
    [
        (ANAS_NUMBER, True),
        ("+12125550100", True),
        (f"{ANAS_NUMBER} ", False),
        (f"{ANAS_NUMBER};ext=5", False),
        ("+01632960101", False),
        ("+4412", False),
        ("tel:+441632960101", False),
        ("+4416329601x1", False),
        ("＋441632960101", False),
    ],
)
def test_S7_what_is_written_in_e164(text: str, is_e164: bool) -> None:
    assert phone_numbers.is_e164(text) is is_e164


def test_S7_a_text_of_more_than_60_characters_is_no_number_in_any_notation() -> None:
    assert phone_numbers.to_e164(ANAS_NUMBER.ljust(60, " ")) == ANAS_NUMBER
    assert phone_numbers.to_e164(ANAS_NUMBER.ljust(61, " ")) is None
