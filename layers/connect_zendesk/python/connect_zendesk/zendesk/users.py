"""Zendesk users: finding customers and agents, making new ones."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connect_zendesk.rules.model import User
from connect_zendesk.zendesk import finding
from connect_zendesk.zendesk.client import Zendesk

_PAGE = 100
_LIGHT_AGENT = 1  # role_type of an agent who cannot be assigned tickets


@dataclass(frozen=True)
class Profile:
    """A user with what the account added to its users: ``fields`` by key, None for one without a value."""

    user: User
    external_id: str | None
    fields: Mapping[str, Any]


def by_id(zendesk: Zendesk, user_id: int) -> User | None:
    """Return a user, or None where there is none."""
    found = finding.user(zendesk, user_id)
    return parse(found) if found is not None else None


def customer_by_id(zendesk: Zendesk, user_id: int) -> User | None:
    """Return an end user, or None where there is none, or the user is one of the staff."""
    profile = customer_profile(zendesk, user_id)
    return profile.user if profile is not None else None


def customer_profile(zendesk: Zendesk, user_id: int) -> Profile | None:
    """Return an end user with the account's own fields, or None as `customer_by_id` does."""
    found = finding.user(zendesk, user_id)
    if found is None or found.get("role", "end-user") != "end-user":
        return None
    return Profile(parse(found), found.get("external_id"), dict(found.get("user_fields") or {}))


def with_phone(
    zendesk: Zendesk, e164: str, default_country: str | None, *, any_role: bool = False
) -> tuple[User, ...]:
    """Return end users whose number may be this one, from the search index, which lags by minutes.

    That the numbers are the same is the caller's to check. ``default_country`` is the one in which numbers
    without a country code are read. ``any_role``: agents too.
    """
    role = "" if any_role else "role:end-user "
    return _search(zendesk, role + finding.having_phone(e164, default_country))


def with_email(zendesk: Zendesk, email: str) -> tuple[User, ...]:
    """Return end users with this e-mail address, from the search index."""
    return _search(zendesk, f'role:end-user email:"{_quoted(email)}"')


def with_name(zendesk: Zendesk, name: str) -> tuple[User, ...]:
    """Return end users whose name holds these words, from the search index."""
    return _search(zendesk, f'role:end-user name:"{_quoted(name)}"')


def by_external_id(zendesk: Zendesk, external_id: str) -> User | None:
    """Return the user with this external id, which is unique, or None."""
    found = finding.users_with_external_id(zendesk, external_id)
    return parse(found[0]) if found else None


def agent_with_email(zendesk: Zendesk, email: str) -> int | None:
    """Return the id of the agent with this e-mail address who can be assigned tickets, or None (P7)."""
    return _agent(zendesk.get("/api/v2/users/search", {"query": f'email:"{_quoted(email)}"'})["users"])


def agent_with_external_id(zendesk: Zendesk, external_id: str) -> int | None:
    """Return the id of the agent with this external id who can be assigned tickets, or None (P7)."""
    return _agent(finding.users_with_external_id(zendesk, external_id))


def is_agent(zendesk: Zendesk, user_id: int) -> bool:
    """Return whether a user is one of the staff, of any kind, and may sign in."""
    found = finding.user(zendesk, user_id)
    if found is None or found.get("role") not in ("agent", "admin"):
        return False
    return found.get("active") is not False and not found.get("suspended")


def agents(zendesk: Zendesk) -> Iterator[tuple[int, str | None, str | None]]:
    """Yield every agent who can be assigned tickets: id, e-mail address, external id (P7).

    A list from the database, a request for each hundred of them.
    """
    for role in ("agent", "admin"):
        query: dict[str, str | int] = {"role[]": role, "page[size]": _PAGE}
        while True:
            answer = zendesk.get("/api/v2/users", query)
            for user in answer["users"]:
                if user.get("role") == role and _agent([user]) is not None:
                    yield int(user["id"]), user.get("email"), user.get("external_id")
            meta = answer.get("meta") or {}
            if not meta.get("has_more"):
                break
            query = {**query, "page[after]": meta["after_cursor"]}


def new_user(name: str, number: str | None, email: str | None, external_id: str) -> dict[str, Any]:
    """Return what makes an end user (C8)."""
    user: dict[str, Any] = {
        "name": name,
        "external_id": external_id,
        "skip_verify_email": True,
        "role": "end-user",
    }
    if number is not None:
        user["phone"] = number
    if email is not None:
        user["email"] = email
    return user


def create(zendesk: Zendesk, user: Mapping[str, Any]) -> User:
    """Make a user and return it. Raises `Duplicate` where its number, e-mail or external id is taken."""
    return parse(zendesk.post("/api/v2/users", json.dumps({"user": user}))["user"])


def update(zendesk: Zendesk, user_id: int, change: Mapping[str, Any]) -> None:
    """Change a user. Raises `Duplicate` where a direct line is another user's.

    Zendesk allows one such change a second to the account, and five a minute to one user.
    """
    zendesk.put(f"/api/v2/users/{user_id}", json.dumps({"user": change}))


def _search(zendesk: Zendesk, query: str) -> tuple[User, ...]:
    return tuple(parse(user) for user in finding.every_user(zendesk, query))


def _quoted(text: str) -> str:
    """Return a text without what would end a quotation in a search."""
    return text.replace("\\", " ").replace('"', " ")


def parse(user: Mapping[str, Any]) -> User:
    """Return what matters here of a user as Zendesk returns it."""
    return User(
        id=int(user["id"]),
        name=user.get("name") or "",
        phone=user.get("phone"),
        email=user.get("email"),
        suspended=bool(user.get("suspended")),
        active=user.get("active") is not False,
        shared_phone=bool(user.get("shared_phone_number")),
    )


def _agent(users: list[Mapping[str, Any]]) -> int | None:
    for user in users:
        is_agent = user.get("role") in ("agent", "admin") and user.get("role_type") != _LIGHT_AGENT
        if is_agent and user.get("active") is not False and not user.get("suspended"):
            return int(user["id"])
    return None
