"""One day for all tests of what is sent: as it was, and as AWS delivers it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from local.contact_centre import Day, Emission, Faithfulness, population
from local.contact_centre.legs import Leg, Story
from local.contact_centre.population import Population

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
SAMPLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "events" / "contact_records" / "known-caller.json").read_text()
)
EXACT = Faithfulness(0, 0, 0, 0, 0, 0, 0)


def staff(seed: int = 1) -> Population:
    return population(seed, agents=24, customers=40, before=START)


def new_day(seed: int = 1, contacts: int = 600, **options: Any) -> Day:
    return Day(seed, START, staff(), contacts, **{"rate": 0.2, **options})


@cache
def exact() -> tuple[Day, list[Emission]]:
    day = new_day(faithfulness=EXACT)
    return day, list(day)


@cache
def real() -> tuple[Day, list[Emission]]:
    day = new_day()
    return day, list(day)


def payloads(emissions: list[Emission], kind: str) -> list[Any]:
    return [emission.payload for emission in emissions if emission.kind == kind]


@cache
def records() -> dict[str, dict[str, Any]]:
    return {record["ContactId"]: record for record in payloads(exact()[1], "contact_record")}


def stories(kind: str) -> list[Story]:
    found = [story for story in exact()[0].stories if story.kind == kind]
    assert found, kind
    return found


def legs() -> list[Leg]:
    return [leg for story in exact()[0].stories for leg in story.legs]


def whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
