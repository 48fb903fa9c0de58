"""Phone numbers of customers that cannot be read, or are several people's (C5, S7)."""

from collections import defaultdict
from collections.abc import Iterator

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, note, some, warning
from administration.doctor.system import System
from administration.zendesk_setup.account import Shown
from connect_zendesk.rules import phone_numbers
from connect_zendesk.zendesk.client import Zendesk

_PAGE, _PAGES = 100, 20


def phones(system: System) -> Iterator[Said]:
    """Look at the numbers of two thousand users at most, in Zendesk's own order."""
    country = system.app.default_country
    not_numbers: list[str] = []
    owners: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    national = seen = 0
    for user in _customers(system.place.account.zendesk):
        phone = user.get("phone")
        if not phone or user.get("suspended") or user.get("active") is False:
            continue
        seen += 1
        if not str(phone).strip().startswith("+") and phone_numbers.to_e164(phone) is None:
            national += 1
            if country is None:
                continue
        number = phone_numbers.to_e164(phone, country)
        if number is None:
            not_numbers.append(str(user["id"]))
        else:
            owners[number].append((int(user["id"]), bool(user.get("shared_phone_number"))))
    yield Seen(f"{seen} numbers of customers read")
    if national and country is None:
        yield warning(
            "no-default-country",
            f"{national} numbers of customers have no country code, and default_country is not set",
            "these customers are not recognised when they call: each gets a new user (T5)",
            *cures.set_in_app_settings('default_country = "GB"   (yours)'),
        )
    if not_numbers:
        yield note(
            "phones-unreadable",
            f"the numbers of {len(not_numbers)} customers are none: users {some(not_numbers)}",
            "these customers are not recognised when they call",
            "in Zendesk: correct them, with a country code (+44 …)",
        )
    yield from _ambiguous(owners)


def _ambiguous(owners: dict[str, list[tuple[int, bool]]]) -> Iterator[Said]:
    """Say which users share a number, of whom none has it as a direct line of their own (C5)."""
    several = [
        [number for number, _ in users]
        for users in owners.values()
        if len(users) > 1 and sum(not shared for _, shared in users) != 1
    ]
    if several:
        example = some([str(number) for number in several[0]], 4)
        yield note(
            "phones-ambiguous",
            f"{len(several)} phone numbers belong to several customers each (users {example})",
            "the agent is asked to choose at each call from there (T5, ambiguous)",
            "in Zendesk: merge these users, or make the number the direct line of one",
        )


def _customers(zendesk: Zendesk) -> Iterator[Shown]:
    query: dict[str, str | int] = {"role": "end-user", "page[size]": _PAGE}
    for _ in range(_PAGES):
        answer = zendesk.get("/api/v2/users", query)
        yield from answer["users"]
        meta = answer.get("meta") or {}
        if not meta.get("has_more"):
            return
        query = {**query, "page[after]": meta["after_cursor"]}
