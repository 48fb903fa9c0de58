"""What a rate limit binds, and how long Zendesk may have us wait (facts/zendesk.md 4)."""

import re
from collections.abc import Mapping

#: No answer stops anything for longer: what Zendesk asks for beyond that is a mistake of something between.
LONGEST_WAIT = 3600.0

_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")
_ONE_ITEM = re.compile(r"/api/v2/(tickets|users)/[0-9]+(/.*)?")
#: Names of headers, in small letters: of the account's limit, and of those that Zendesk names.
OF_ACCOUNT = re.compile(r"(?:x-)?rate-?limit-(limit|remaining|reset)")
NAMED = re.compile(r"zendesk-rate-?limit-(.+)")
#: Limits that each ticket or user has of its own. All others are the account's, or an endpoint's.
OF_ONE_ITEM = frozenset({"per-ticket-updates", "users-update"})
_REMAINING = re.compile(r"\bremaining=([0-9]+)")


def wait_asked(headers: Mapping[str, str], otherwise: float) -> float:
    """Return how many seconds Retry-After asks for, an hour at most; ``otherwise`` where it says no number.

    A date, a word, `nan`, `inf` and what is below zero are no numbers.
    """
    asked = headers.get("Retry-After", "").strip()
    return min(float(asked), LONGEST_WAIT) if _SECONDS.fullmatch(asked) else otherwise


def binds_one_item(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Return whether a 429 is the own limit of the one ticket or user that a request changes.

    A ticket takes 30 updates in ten minutes, a user five in a minute, and the answer to one more names no
    bucket, or that item's. Where the account's or an endpoint's is empty, its headers say so.
    """
    if method == "GET" or not _ONE_ITEM.fullmatch(path):
        return False
    return not any(_is_empty_and_shared(name.lower(), value) for name, value in headers.items())


def _is_empty_and_shared(name: str, value: str) -> bool:
    if (account := OF_ACCOUNT.fullmatch(name)) is not None:
        return account[1] == "remaining" and value.strip() == "0"
    named = NAMED.fullmatch(name)
    if named is None or named[1] in OF_ONE_ITEM:
        return False
    left = _REMAINING.search(value)
    return left is not None and int(left[1]) == 0
