"""The account's plan: what it includes, and its limits (contract sheet, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Plan:
    """Suite Professional unless told otherwise; limits are requests in one fixed window."""

    name: str = "suite_professional"
    requests_per_minute: int = 400
    ticket_updates_per_minute: int = 100
    ticket_updates_per_ticket_and_user: int = 30  # in ten minutes
    user_updates_per_user: int = 5  # in a minute
    user_updates_per_second: int = 1
    searches_per_minute: int = 2500
    ticket_lists_per_minute: int = 20_000
    talk_partner_edition: bool = True
    high_volume: bool = False
    sandbox: bool = False


_REQUESTS_PER_MINUTE = {
    "suite_team": 200, "suite_growth": 400, "suite_professional": 400, "suite_enterprise": 700,
    "suite_enterprise_plus": 2500, "support_team": 200, "support_professional": 400,
    "support_enterprise": 700,
}  # fmt: skip


def plan_of(world: Mapping[str, Any]) -> Plan:
    """Return the plan a world describes; names that are not a plan's are ignored, as is what is null.

    The plan's name, `high_volume` and `sandbox` change the limits that are not given one by one.
    """
    given = {name: world[name] for name in (f.name for f in fields(Plan)) if world.get(name) is not None}
    high_volume, sandbox = bool(given.get("high_volume")), bool(given.get("sandbox"))
    per_minute = _REQUESTS_PER_MINUTE.get(str(given.get("name", Plan.name)), Plan.requests_per_minute)
    limits: dict[str, Any] = {"requests_per_minute": 2500 if high_volume else per_minute}
    if sandbox:
        limits |= {"ticket_updates_per_minute": 100 if high_volume else 20, "ticket_lists_per_minute": 100}
    elif high_volume:
        limits |= {"ticket_updates_per_minute": 300}
    return Plan(**{**limits, **given})
