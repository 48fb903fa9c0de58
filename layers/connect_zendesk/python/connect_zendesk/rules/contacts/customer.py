"""Who the customer of a contact is (C)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

from connect_zendesk.rules import phone_numbers
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.lookups import Known, UserById, UsersByEmail, UsersByName, UsersByPhone
from connect_zendesk.rules.model import NewUser, User
from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.registry import (
    CUSTOMER_EMAIL,
    CUSTOMER_NAME,
    CUSTOMER_NUMBER,
    ZENDESK_USER,
    Setting,
)
from connect_zendesk.rules.settings.settings import Settings

T = TypeVar("T")

Kind = Literal["recognised", "unrecognised", "anonymous", "ambiguous"]
Problem = Literal["unmatched chat", "unusable user"]
PassOn = Literal["pass on"]


@dataclass(frozen=True)
class Customer:
    """The customer, as far as they are known.

    ``user`` where recognised; ``candidates`` where several users match. ``name``, ``number`` (E.164) and
    ``email`` are what a new user would be made from (C8), and ``address`` is what came in a number's place
    (C4). ``problem`` is why the choice is a person's (C6, C7); an ambiguous customer is one in itself.
    ``by`` is what found them: `Way.by` of the way that decided, for who explains it.
    """

    kind: Kind
    user: User | None = None
    candidates: tuple[User, ...] = ()
    name: str | None = None
    number: str | None = None
    email: str | None = None
    address: str | None = None
    problem: Problem | None = None
    by: str | None = field(default=None, compare=False)

    @property
    def new_user(self) -> NewUser:
        """The user that would be made of this customer (C8)."""
        return NewUser(self.name, self.number, self.email, self.address)


@dataclass(frozen=True)
class Asked:
    """What a way of finding the customer goes by. ``own`` is the number of the contact itself, in E.164."""

    settings: Settings
    default_country: str | None
    known: Known
    own: str | None


@dataclass(frozen=True)
class Way(Generic[T]):
    """One way of finding the customer: what it goes by, and who that finds.

    ``by`` is the setting, or the number of the contact, and ``says``, for administrators, which user that is.
    ``not_found`` is the problem where there is no such user. ``given`` returns None where it is not set:
    the next way is taken then, and where ``not_found`` says to pass on.
    """

    by: str
    says: str
    given: Callable[[Asked], T | None]
    find: Callable[[Asked, T], tuple[User, ...]]
    not_found: Problem | PassOn | None = None


def _by(
    setting: Setting[T | None],
    says: str,
    find: Callable[[Asked, T], tuple[User, ...]],
    not_found: Problem | PassOn | None = None,
) -> Way[T]:
    """Return the way that goes by a setting."""
    return Way(setting.name, says, lambda asked: asked.settings[setting], find, not_found)


def _own(asked: Asked) -> str | None:
    return asked.own


def _with_id(asked: Asked, user_id: int) -> tuple[User, ...]:
    user = asked.known.get(UserById(user_id))
    return _usable((user,) if user is not None else ())


def _with_email(asked: Asked, email: str) -> tuple[User, ...]:
    return _usable(asked.known.get(UsersByEmail(email)))


def _with_name(asked: Asked, name: str) -> tuple[User, ...]:
    found = asked.known.get(UsersByName(name))
    return _usable(tuple(user for user in found if _folded(user.name) == _folded(name)))


def _with_number(asked: Asked, number: str) -> tuple[User, ...]:
    """Return those whose own number is the same in E.164; a direct line beats a shared one (C5)."""
    country = asked.default_country
    same = tuple(
        user
        for user in _usable(asked.known.get(UsersByPhone(number)))
        if phone_numbers.is_same(user.phone, number, country)
    )
    direct = tuple(user for user in same if not user.shared_phone)
    return direct or same


_BY_ID = _by(ZENDESK_USER, "the user with that id", _with_id, "unusable user")
_SAME_NUMBER = "the user whose own number is the same in E.164"

#: How the customer of a call is found (C1): the first that is set decides, the others are disregarded.
OF_A_CALL: tuple[Way[Any], ...] = (
    _BY_ID,
    _by(CUSTOMER_NUMBER, _SAME_NUMBER, _with_number),
    Way("the caller's own number", _SAME_NUMBER, _own, _with_number),
)

#: How the customer of a chat is found (C2), likewise.
OF_A_CHAT: tuple[Way[Any], ...] = (
    _BY_ID,
    _by(CUSTOMER_EMAIL, "the user one of whose addresses it is", _with_email, "unmatched chat"),
    _by(CUSTOMER_NUMBER, _SAME_NUMBER, _with_number, "pass on"),
    _by(CUSTOMER_NAME, "the user with that name, but for case and spacing", _with_name, "unmatched chat"),
    Way(
        "the number, where the channel has one (SMS, WhatsApp)",
        _SAME_NUMBER,
        _own,
        _with_number,
        "unmatched chat",
    ),
)


#: How the customer of a call without a number is found (C1), from a browser or an app: as a chat's, but one
#: who is not found is unrecognised.
OF_A_WEB_CALL: tuple[Way[Any], ...] = (
    _BY_ID,
    _by(CUSTOMER_EMAIL, "the user one of whose addresses it is", _with_email),
    _by(CUSTOMER_NUMBER, _SAME_NUMBER, _with_number, "pass on"),
    _by(CUSTOMER_NAME, "the user with that name, but for case and spacing", _with_name),
)


def identify(leg: Leg, settings: Settings, default_country: str | None, known: Known) -> Customer:
    """Find the customer of a contact (C1, C2, C4 to C7).

    Raises `Unknown` where Zendesk has to be asked first. A task's customer is its ticket's requester
    (C3): that is the ticket rules' business.
    """
    asked = Asked(settings, default_country, known, own_number(leg, default_country))
    customer = unidentified(leg, settings, default_country)
    for way in _ways(leg, asked):
        given = way.given(asked)
        if given is None:
            continue
        matches = way.find(asked, given)
        if len(matches) > 1:
            return replace(customer, kind="ambiguous", candidates=matches, by=way.by)
        if matches:
            return replace(customer, kind="recognised", user=matches[0], by=way.by)
        if way.not_found != "pass on":
            return replace(customer, problem=way.not_found)
    if leg.channel == "CHAT":  # nothing to search by (C6)
        return replace(customer, problem="unmatched chat")
    return customer if customer.number or customer.address else replace(customer, kind="anonymous")


def _ways(leg: Leg, asked: Asked) -> tuple[Way[Any], ...]:
    if leg.channel == "CHAT":
        return OF_A_CHAT
    return OF_A_WEB_CALL if leg.is_web_call and asked.own is None else OF_A_CALL


def unidentified(leg: Leg, settings: Settings, default_country: str | None) -> Customer:
    """Return what is known of the customer without asking Zendesk: what a new user is made from (C8)."""
    number = settings[CUSTOMER_NUMBER] or own_number(leg, default_country)
    name, email = settings[CUSTOMER_NAME], settings[CUSTOMER_EMAIL]
    address = None if number else unread_address(leg, default_country)
    if leg.is_web_call and (name or email):
        address = None  # of a browser or an app, which others may use as well
    called = _line(phone_numbers.user_part(address)) or address if address else None
    return Customer("unrecognised", name=name or called, number=number, email=email, address=address)


def unread_address(leg: Leg, default_country: str | None) -> str | None:
    """Return what a call has in a number's place, as one line, where it is given and is no number (C4)."""
    address = leg.customer_address
    if leg.channel != "VOICE" or address is None or phone_numbers.is_withheld(address):
        return None
    return None if own_number(leg, default_country) else _line(address)


def own_number(leg: Leg, default_country: str | None = None) -> str | None:
    """Return the number the customer has on this contact in E.164, or None where it is withheld (C4)."""
    if phone_numbers.is_withheld(leg.customer_address):
        return None
    return phone_numbers.to_e164(leg.customer_address or "", default_country)


def _usable(found: tuple[User, ...]) -> tuple[User, ...]:
    return tuple({user.id: user for user in found if not user.suspended and user.active}.values())


def _line(text: str) -> str | None:
    try:
        return readers.line_of_text(text)
    except readers.InvalidValue:
        return None


def _folded(name: str) -> str:
    """Return a name for comparison: but for case and spacing (C2)."""
    return " ".join(name.split()).casefold()
