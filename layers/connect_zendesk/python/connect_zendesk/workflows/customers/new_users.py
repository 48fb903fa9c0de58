"""Makes a new user in Zendesk, without what Zendesk does not accept of one (C8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.model import NewUser, Part, User
from connect_zendesk.rules.settings.readers import LONGEST_LINE, without_markup
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import NoAnswer, Refused

#: The code of what is another user's already; of any other the value itself is not accepted.
_TAKEN = "DuplicateValue"
#: In the external id of a user who was made for a number and does not have it.
_WITHOUT_NUMBER = ":no-number"
_INDEX_LAG_SECONDS = 60
#: How long the holder of something taken may be missing from the index; then it is not waited for.
_LONGEST_LAG = timedelta(minutes=3)
#: Requests that make one user. Each that is refused takes something of it, or another external id.
_MOST_REQUESTS = 20


@dataclass(frozen=True)
class Made:
    """A user who was made, and what of those parts that were wanted the user does not have."""

    id: int
    left_out: tuple[Part, ...] = ()


def make(services: Services, user: NewUser, external_id: str, since: datetime) -> Made:
    """Make a user, or find the one there is. Raises `ZendeskError`.

    ``external_id`` is what the user is known by, and unique in Zendesk, so that another attempt leads to the
    same user. ``since`` is when the first attempt was made: what is taken by a user whom the search does
    not list is waited for, and not for long.
    """
    making = _Making(services, user, external_id, since)
    for _ in range(_MOST_REQUESTS):
        try:
            made = users.create(services.zendesk, making.request)
        except Refused as refused:
            if (them := making.learn(refused)) is not None:
                return Made(them.id, making.left_out)
        else:
            return Made(made.id, making.left_out_of(made))
    raise NoAnswer("Zendesk refuses one thing of a new user after another")


def find(services: Services, user: NewUser, external_id: str) -> User | None:
    """Return the user who was made for ``external_id``, or None: those who are it no more are passed over."""
    for number in range(1, _MOST_REQUESTS):
        found = users.by_external_id(services.zendesk, _numbered(_known_by(user, external_id), number))
        if found is None or is_still(services, found, user):
            return found
    return None


def is_still(services: Services, found: User, user: NewUser) -> bool:
    """Return whether a user can be the requester that was wanted: not suspended, deleted or re-numbered."""
    if not found.active or found.suspended:
        return False
    if user.number is None or ("number" in user.taken and found.phone is None):
        return True
    return phone_numbers.is_same(found.phone, user.number, services.app.default_country)


def has_own_number(external_id: str | None) -> bool:
    """Return whether a user who was made here was given the number that the external id is made from."""
    return _WITHOUT_NUMBER not in (external_id or "")


def _known_by(user: NewUser, external_id: str) -> str:
    is_without = user.number is not None and "number" in user.taken
    return external_id + _WITHOUT_NUMBER if is_without else external_id


def _numbered(external_id: str, number: int) -> str:
    return external_id if number == 1 else f"{external_id}:{number}"


class _Making:
    """One user in the making: what is asked for, and what has been left out of it."""

    def __init__(self, services: Services, user: NewUser, external_id: str, since: datetime) -> None:
        self._services, self._user, self._external_id = services, user, external_id
        self._since = since
        self._names = _names(user)
        self._name, self._holders = next(self._names), 0
        self._without: list[Part] = list(user.taken)

    @property
    def request(self) -> dict[str, Any]:
        """What is asked for now."""
        number = None if "number" in self._without else self._user.number
        email = None if "email" in self._without else self._user.email
        return users.new_user(self._name, number, email, self._numbered_id)

    @property
    def left_out(self) -> tuple[Part, ...]:
        """What the user does not have, in the order in which it is named."""
        parts: tuple[Part, ...] = ("name", "number", "email")
        return tuple(part for part in parts if part in self._without)

    def left_out_of(self, made: User) -> tuple[Part, ...]:
        """Return what the user does not have who was made: Zendesk drops some things without a word."""
        asked = self.request
        if "phone" in asked and not made.phone:
            self._leave_out("number")
        if "email" in asked and not made.email:
            self._leave_out("email")
        return self.left_out

    def learn(self, refused: Refused) -> User | None:
        """Ask for less from now on, or return the user who is there. Raises ``refused`` where neither is."""
        about, asked = refused.fields, self.request
        if "external_id" in about:
            return self._holder_of_the_id()
        if "email" in about and "email" in asked:
            self._leave_out("email")
        elif "phone" in about and "phone" in asked:
            return self._holder_of_the_number(refused.codes["phone"])
        elif "name" in about:
            self._rename(refused)
        elif "email" in asked:  # about nothing that was asked for: what is optional goes first
            self._leave_out("email")
        elif "phone" in asked:
            self._leave_out("number")
        else:
            self._rename(refused)
        return None

    @property
    def _wanted(self) -> NewUser:
        """The user as it is now, for the comparison with one who is there."""
        user = self._user
        return NewUser(user.name, user.number, user.email, user.address, self.left_out)

    @property
    def _numbered_id(self) -> str:
        return _numbered(_known_by(self._wanted, self._external_id), self._holders + 1)

    def _leave_out(self, part: Part) -> None:
        self._without.append(part)
        if part == "number":
            self._holders = 0  # it has another external id

    def _rename(self, refused: Refused) -> None:
        try:
            self._name = next(self._names)
        except StopIteration:
            raise refused from None
        if "name" not in self._without:
            self._leave_out("name")

    def _holder_of_the_id(self) -> User | None:
        holder = users.by_external_id(self._services.zendesk, self._numbered_id)
        if holder is None and self._may_lag:
            raise _not_listed_yet()
        if holder is not None and is_still(self._services, holder, self._wanted):
            return holder
        self._holders += 1  # made for this once, and since then suspended, deleted or reached elsewhere
        return None

    def _holder_of_the_number(self, codes: frozenset[str]) -> User | None:
        """Return the customer whose number it is by now; else leave it out (C5, C8)."""
        if not codes or _TAKEN in codes:
            zendesk, country = self._services.zendesk, self._services.app.default_country
            number = self._user.number or ""
            for customer in users.with_phone(zendesk, number, country):
                if is_still(self._services, customer, NewUser(number=number)):
                    return customer
            if self._may_lag and not users.with_phone(zendesk, number, country, any_role=True):
                raise _not_listed_yet()
        self._leave_out("number")
        return None

    @property
    def _may_lag(self) -> bool:
        return self._services.clock() - self._since < _LONGEST_LAG


def _names(user: NewUser) -> Iterator[str]:
    """Yield what the user can be called, the best first; an address can hold a placeholder (M6)."""
    names = (user.name, user.number, user.email, user.address, wording.UNNAMED)
    yield from dict.fromkeys(without_markup(name)[:LONGEST_LINE] for name in names if name)


def _not_listed_yet() -> NoAnswer:
    late = NoAnswer("something of a new user is taken by one who is not listed yet", _INDEX_LAG_SECONDS)
    late.outcome_unknown = False
    return late
