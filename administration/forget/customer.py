"""Who is to be forgotten: Zendesk users by id, and the numbers and addresses that they are known by."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: Fields of what is kept that hold a Zendesk user's id; `id` alone may be a ticket's.
_OF_USERS = frozenset(
    {"customer", "requester", "requester_id", "submitter_id", "author_id", "user", "user_id", "given"}
)
_SHORTEST = 6  # digits or characters: less would be found in anything


class UnknownCustomer(ValueError):
    """What was named is no user's id, number or address; the message says what is expected."""


@dataclass(frozen=True)
class Customer:
    """A customer: Zendesk ids, and numbers and e-mail addresses as they are written."""

    users: frozenset[int] = frozenset()
    texts: frozenset[str] = frozenset()

    @staticmethod
    def of(named: Iterable[str]) -> "Customer":
        """Return who is named by ids, numbers with their + and addresses. Raises UnknownCustomer."""
        users, texts = set(), set()
        for name in (each.strip() for each in named):
            if re.fullmatch(r"\d{1,18}", name):
                users.add(int(name))
            elif re.fullmatch(r"\+\d[\d ()./-]+", name) or re.fullmatch(r"[^@\s]+@[^@\s]+", name):
                texts.add(name if "@" in name else "+" + re.sub(r"\D", "", name))
            else:
                raise UnknownCustomer(
                    f"{name!r} is neither a Zendesk user's id (101), nor a number in E.164 format"
                    " (+442071838750), nor an e-mail address."
                )
        if short := [text for text in texts if len(text) < _SHORTEST]:
            raise UnknownCustomer(f"{short[0]!r} is too short to be one customer's.")
        return Customer(frozenset(users), frozenset(texts))

    def with_user(self, number: int, texts: Iterable[str]) -> "Customer":
        """Return the customer with a Zendesk user, and what that user is known by."""
        known = {text for text in texts if len(text) >= _SHORTEST}
        return Customer(self.users | {number}, self.texts | known)

    def is_in(self, value: Any, field: str = "") -> bool:
        """Return whether a value that is kept says who the customer is; `field` is its name."""
        if isinstance(value, bool) or value is None:
            return False
        if isinstance(value, int):
            return field in _OF_USERS and value in self.users
        if isinstance(value, Mapping):
            return any(self.is_in(each, name) or self.is_in(name) for name, each in value.items())
        if isinstance(value, list | tuple):
            return any(self.is_in(each, field) for each in value)
        return self.is_named_in(str(value)) or self._is_in_json(str(value))

    def is_named_in(self, text: str) -> bool:
        """Return whether a text has one of the numbers or addresses in it, whole."""
        return any(
            re.search(rf"(?<![\w+.-]){re.escape(each)}(?![\w-]|\.\w)", text, re.IGNORECASE)
            for each in self.texts
        )

    def _is_in_json(self, text: str) -> bool:
        if not text.startswith(("{", "[")):
            return False
        try:
            return self.is_in(json.loads(text))
        except (ValueError, RecursionError):
            return False
