"""The account's plan: what it includes, and its limits (facts/zendesk.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Plan:
    """Suite Professional by default; limits are requests in one fixed window."""

    name: str = "suite_professional"
    requests_per_minute: int = 400
    ticket_creations_per_minute: int = 300  # zendesk-2.md, Corrections: per user and address
    ticket_updates_per_minute: int = 100
    ticket_updates_per_ticket_and_user: int = 30  # in ten minutes
    ticket_deletions_per_minute: int = 400
    user_updates_per_user: int = 5  # in a minute
    user_updates_per_second: int = 1
    searches_per_minute: int = 2500
    ticket_lists_per_minute: int = 20_000
    deep_ticket_lists_per_minute: int = 50  # beyond page 500
    voice_requests_per_five_minutes: int = 15_000
    jobs: int = 30  # queued or running
    webhooks: int | None = None
    webhook_invocations_per_minute: int | None = None
    talk_partner_edition: bool = True
    high_volume: bool = False
    sandbox: bool = False
    trial: bool = False


class PlanError(ValueError):
    """A plan that cannot be; the message says why."""


_REQUESTS_PER_MINUTE = {
    "suite_team": 200, "suite_growth": 400, "suite_professional": 400, "suite_enterprise": 700,
    "suite_enterprise_plus": 2500, "support_team": 200, "support_professional": 400,
    "support_enterprise": 700,
}  # fmt: skip
_MOST_PER_MINUTE = 2500  # of any plan; a world with more has no real limits


def plan_of(world: object) -> Plan:
    """Return the plan a world describes; names that are not a plan's are ignored, as is what is null.

    The plan's name, `high_volume`, `sandbox` and `trial` change the limits that are not given one by one.
    PlanError where it is no object, or a value is not of its kind.
    """
    if not isinstance(world, Mapping):
        raise PlanError(f"expected an object, got {world!r}")
    given = {f.name: _read(f.name, f.default, world[f.name]) for f in fields(Plan) if f.name in world}
    given = {name: value for name, value in given.items() if value is not None}
    high_volume = bool(given.get("high_volume"))
    sandbox, trial = bool(given.get("sandbox")), bool(given.get("trial"))
    per_minute = _REQUESTS_PER_MINUTE.get(str(given.get("name", Plan.name)), Plan.requests_per_minute)
    limits: dict[str, Any] = {"requests_per_minute": 2500 if high_volume else per_minute}
    if sandbox or trial:
        limits |= {"ticket_updates_per_minute": 100 if high_volume else 20, "ticket_lists_per_minute": 100}
    elif high_volume:
        limits |= {"ticket_updates_per_minute": 300}
    if given.get("requests_per_minute", 0) > _MOST_PER_MINUTE:
        limits |= {"ticket_creations_per_minute": given["requests_per_minute"]}
    if trial:
        limits |= {"webhooks": 10, "webhook_invocations_per_minute": 60}
    return Plan(**{**limits, **given})


def _read(name: str, default: object, value: object) -> Any:
    if value is None:
        return None
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise PlanError(f"{name}: expected true or false, got {value!r}")
    elif isinstance(default, str):
        if not isinstance(value, str):
            raise PlanError(f"{name}: expected a text, got {value!r}")
    elif not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise PlanError(f"{name}: expected a number, 0 or more, got {value!r}")
    return value
