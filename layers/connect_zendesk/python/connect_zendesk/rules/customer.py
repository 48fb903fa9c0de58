"""Who the customer of a contact is (C)."""

from dataclasses import dataclass
from typing import Literal

from connect_zendesk.rules import phone_numbers
from connect_zendesk.rules.contact import Leg
from connect_zendesk.rules.lookups import Known, User, UserById, UsersByEmail, UsersByName, UsersByPhone
from connect_zendesk.rules.settings import Settings

Kind = Literal["recognised", "unrecognised", "anonymous", "ambiguous"]


@dataclass(frozen=True)
class Customer:
    """The customer, as far as they are known.

    ``user`` where recognised; ``candidates`` where several users match. ``name``, ``number`` (E.164) and
    ``email`` are what a new user would be made from (C8). ``problem`` names the rule that leaves the
    choice to a person: C6 or C7; an ambiguous customer is one in itself.
    """

    kind: Kind
    user: User | None = None
    candidates: tuple[User, ...] = ()
    name: str | None = None
    number: str | None = None
    email: str | None = None
    problem: Literal["C6", "C7"] | None = None


def identify(leg: Leg, settings: Settings, default_country: str | None, known: Known) -> Customer:
    """Find the customer of a contact (C1, C2, C4 to C7).

    Raises `Unknown` where Zendesk has to be asked first. A task's customer is its ticket's requester
    (C3): that is the ticket rules' business.
    """
    name, email = settings["customer_name"], settings["customer_email"]
    own = own_number(leg, default_country)
    number = settings["customer_number"] or own

    if (user_id := settings["zendesk_user"]) is not None:
        user = known.get(UserById(user_id))
        if user is None or user.suspended or not user.active:
            return Customer("unrecognised", name=name, number=number, email=email, problem="C7")
        return Customer("recognised", user, name=name, number=number, email=email)

    if leg.channel == "CHAT" and email is not None:
        found = known.get(UsersByEmail(email))
        return _of_chat(_usable(found), name, number, email)
    if leg.channel == "CHAT" and name is not None:
        found = tuple(user for user in known.get(UsersByName(name)) if _folded(user.name) == _folded(name))
        return _of_chat(_usable(found), name, number, email)

    searched = own if leg.channel == "CHAT" else number
    if searched is None:
        if leg.channel == "CHAT":
            return Customer("unrecognised", number=number, problem="C6")
        return Customer("anonymous", name=name, email=email)
    found = _with_number(_usable(known.get(UsersByPhone(searched))), searched, default_country)
    if leg.channel == "CHAT":
        return _of_chat(found, name, searched, email)
    return _of_matches(found, name, searched, email)


def own_number(leg: Leg, default_country: str | None = None) -> str | None:
    """Return the number the customer has on this contact in E.164, or None where it is withheld (C4)."""
    if phone_numbers.is_withheld(leg.customer_address):
        return None
    return phone_numbers.to_e164(leg.customer_address or "", default_country)


def _of_chat(found: tuple[User, ...], name: str | None, number: str | None, email: str | None) -> Customer:
    customer = _of_matches(found, name, number, email)
    if customer.kind == "unrecognised":
        return Customer("unrecognised", name=name, number=number, email=email, problem="C6")
    return customer


def _of_matches(
    matches: tuple[User, ...], name: str | None, number: str | None, email: str | None
) -> Customer:
    if not matches:
        return Customer("unrecognised", name=name, number=number, email=email)
    if len(matches) > 1:
        return Customer("ambiguous", candidates=matches, name=name, number=number, email=email)
    return Customer("recognised", matches[0], name=name, number=number, email=email)


def _usable(found: tuple[User, ...]) -> tuple[User, ...]:
    return tuple({user.id: user for user in found if not user.suspended and user.active}.values())


def _with_number(found: tuple[User, ...], number: str, default_country: str | None) -> tuple[User, ...]:
    """Keep those whose own number is the same in E.164; a direct line beats a shared one (C5)."""
    same = tuple(
        user for user in found if user.phone and phone_numbers.to_e164(user.phone, default_country) == number
    )
    direct = tuple(user for user in same if not user.shared_phone)
    return direct or same


def _folded(name: str) -> str:
    """Return a name for comparison: but for case and spacing (C2)."""
    return " ".join(name.split()).casefold()
