"""Finding users and tickets, with all that Zendesk returns of them: contact flows want to see it.

Each function makes one request, and a phone search one for each page. What it returns is as Zendesk has it;
`users` and `tickets` make of it what the rules work with.
"""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.rules import phone_numbers
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.errors import NotFound

Shown = Mapping[str, Any]

#: Tickets of a page. A customer with more than this many in the time looked back to is none a flow can help.
PAGE = 100
#: Pages of a search for users, of a hundred each: what more people than that share finds none for certain.
MOST_PAGES = 10


def user(zendesk: Zendesk, user_id: int) -> Shown | None:
    """Return a user, or None where there is none."""
    return _shown(zendesk, f"/api/v2/users/{user_id}", "user")


def ticket(zendesk: Zendesk, ticket_id: int) -> Shown | None:
    """Return a ticket, or None where there is none, or none any more."""
    return _shown(zendesk, f"/api/v2/tickets/{ticket_id}", "ticket")


def users_with_phone(zendesk: Zendesk, e164: str, default_country: str | None) -> list[Shown]:
    """Return end users whose number may be this one: candidates, whose numbers are to be compared (C5).

    ``default_country`` is the one in which numbers without a country code are read.
    """
    return every_user(zendesk, f"role:end-user {having_phone(e164, default_country)}")


def having_phone(e164: str, default_country: str | None) -> str:
    """Return the condition of a search that finds a number in every notation, with an extension or without.

    Of one keyword given twice, either is enough. Zendesk compares digits.
    """
    digits = phone_numbers.searched_digits(e164, default_country)
    return f"phone:*{digits} phone:*{digits}*"


def every_user(zendesk: Zendesk, query: str) -> list[Shown]:
    """Return the users that a search finds, from the index, which lags by minutes: at most `MOST_PAGES`."""
    found: list[Shown] = []
    for page in range(1, MOST_PAGES + 1):
        asked: dict[str, str | int] = {"query": query}
        if page > 1:
            asked["page"] = page
        answer = zendesk.get("/api/v2/users/search", asked)
        found += answer["users"]
        if not answer.get("next_page"):
            break
    return found


def users_matching(zendesk: Zendesk, condition: str) -> list[Shown]:
    """Return end users that a search finds, from the index, which lags by minutes."""
    return list(zendesk.get("/api/v2/users/search", {"query": f"role:end-user {condition}"})["users"])


def users_with_external_id(zendesk: Zendesk, external_id: str) -> list[Shown]:
    """Return the user with this external id, which is unique."""
    return list(zendesk.get("/api/v2/users/search", {"external_id": external_id})["users"])


def tickets_requested_by(zendesk: Zendesk, user_id: int) -> list[Shown] | None:
    """Return a user's tickets, most recently updated first, at most `PAGE`; None where there is no such user.

    From the database: the search index shows states of minutes ago.
    """
    path = f"/api/v2/users/{user_id}/tickets/requested"
    try:
        return list(zendesk.get(path, {"page[size]": PAGE, "sort": "-updated_at"})["tickets"])
    except NotFound:
        return None


def search(
    zendesk: Zendesk, query: str, sort_by: str | None, sort_order: str | None
) -> tuple[list[Shown], int]:
    """Return the first results of a search and how many there are; each has its ``result_type``."""
    asked = {"query": query}
    if sort_by is not None:
        asked["sort_by"] = sort_by
    if sort_order is not None:
        asked["sort_order"] = sort_order
    answer = zendesk.get("/api/v2/search", asked)
    return list(answer["results"]), int(answer.get("count") or len(answer["results"]))


def _shown(zendesk: Zendesk, path: str, kind: str) -> Shown | None:
    try:
        found: Shown = zendesk.get(path)[kind]
    except NotFound:
        return None
    return found
