"""What a seed is: some contacts of a few kinds within three days, and the kinds of faults that are dealt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.stand_ins.zendesk import Options
from tests.records import NINE
from tests.simulation.simulator import commands, contacts, poison
from tests.simulation.simulator.contacts import Contact, Maker
from tests.simulation.simulator.faults import KINDS as FAULTS
from tests.simulation.simulator.faults import TWO_RELEASES, dealt
from tests.simulation.simulator.people import MANY

#: How often each kind comes, beside the others.
KINDS: Mapping[Callable[[Maker], Contact], int] = {
    contacts.answered: 4, contacts.from_a_stranger: 4, contacts.strangers_twice: 2, contacts.withheld: 2,
    contacts.recent: 2, contacts.given: 2, contacts.manual: 3, contacts.not_forced: 1,
    contacts.abandoned: 1, contacts.voicemail: 1, contacts.outgoing: 2, contacts.transferred: 3,
    contacts.conference: 1, contacts.monitored: 1, contacts.chat: 3, contacts.analysed_chat: 2,
    contacts.analysed_call: 2, commands.attached_by_app: 2, commands.attached_by_bus: 2,
    commands.attached_by_macro: 2, commands.paused: 2, commands.opened_by_flow: 2,
    commands.authenticated: 2, commands.task: 2, commands.task_by_other_bus: 1,
}  # fmt: skip
#: What the release before cannot do, or is not simulated of it.
NEW = (commands.attached_by_app, commands.paused, commands.opened_by_flow)
#: Contacts that are there because a fault is dealt.
OF_FAULTS: Mapping[str, Callable[[Maker], Contact]] = {
    "poison: record": poison.record,
    "poison: message": poison.message,
    "poison: file": poison.file,
    "poison: webhook": poison.webhook,
    "poison: kills": poison.kills,
}
#: How Zendesk may answer otherwise than the stand-in does by default: open questions about it. Not among
#: them is `user_fields_not_given`, under whose other answer V1 does not hold (docs/certainty.md).
OTHERWISE: tuple[dict[str, Any], ...] = (
    {"comment_size_in": "characters"},
    {"idempotency_in_flight": "replay"},
    {"duplicate_phone_says": "sentence"},
    {"phone_is_direct_line_by_default": False},
    {"odd_phone": "dropped"},
    {"merged_user": "inactive"},
    {"suspended_says": "sentence"},
    {"unknown_ticket_ids": "dropped"},
    {"closed_error_key": "base"},
    {"error_details": "object"},
    {"limit_headers": "rate-limit"},
    {"plain_errors": "text"},
    {"plain_errors": "empty"},
    {"followup_copies_requester": True},
    {"followup_copies_tags": False},
    {"merge_tags_source": False},
    {"webhook_order": "reversed"},
    {"tickets_per_second": 5},
    {"voice_comment_public": "never"},
    {"custom_field_event": "value"},
    {"merge_event": "ticket_merged"},
)
_LANGUAGES = ("de", "fr", "es", "ja")
_THREE_DAYS = 3 * 24 * 60
OUTAGES = tuple(f"{service}: down for a day" for service in ("Zendesk", "DynamoDB", "SQS", "Amazon Connect"))
#: Kinds of contacts a seed has, and contacts of them.
_KINDS, _CONTACTS = (3, 6), (9, 13)
_IN_AN_OUTAGE = 4
#: Faults that are decided once for a whole run.
OF_A_RUN = (
    "Zendesk: answers otherwise",
    "Zendesk: another language",
    "Zendesk: search lags an hour",
    TWO_RELEASES,
)
#: A day in minutes, and how many times as much goes wrong on a day of a thousand contacts as in a seed.
_DAY, _TIMES = 24 * 60, 100


@dataclass
class Plan:
    """A seed's contacts, the faults dealt to it, and what is decided for the whole run."""

    seed: int
    contacts: list[Contact]
    faults: tuple[str, ...]
    options: Options = field(default_factory=Options)
    language: str | None = None
    outages: Mapping[str, datetime] = field(default_factory=dict)
    size: int = 1
    deployed: datetime = NINE


def plan(seed: int) -> Plan:
    """Return what a seed is; always the same."""
    random = Random(f"plan {seed}")  # noqa: S311 - a seed is the point
    faults = dealt(seed)
    possible = {make: often for make, often in KINDS.items() if TWO_RELEASES not in faults or make not in NEW}
    kinds = random.choices(list(possible), list(possible.values()), k=random.randint(*_KINDS))
    clusters = [NINE + timedelta(minutes=random.uniform(0, _THREE_DAYS)) for _ in range(random.randint(1, 3))]
    made = [kinds[n % len(kinds)] for n in range(random.randint(*_CONTACTS))]
    if any(fault in faults for fault in OUTAGES):
        made = made[:_IN_AN_OUTAGE]  # each of them is retried for a day
    made += [make for fault, make in OF_FAULTS.items() if fault in faults]
    people = [_made(make, number, clusters, random) for number, make in enumerate(made)]
    otherwise = "Zendesk: answers otherwise" in faults
    return Plan(
        seed,
        people,
        faults,
        Options(**random.choice(OTHERWISE)) if otherwise else Options(),
        random.choice(_LANGUAGES) if "Zendesk: another language" in faults else None,
        {
            fault: random.choice(people).span[0] + timedelta(minutes=random.uniform(-30, 5))
            for fault in OUTAGES
            if fault in faults
        },
        deployed=random.choice(people).span[1] + timedelta(minutes=random.uniform(-30, 30)),
    )


def day(seed: int) -> Plan:
    """Return a day of a thousand contacts of every kind, with every kind of fault that is not of a whole run.

    No service is down for the day: of a thousand contacts that are retried for a day nothing more is learned.
    """
    random = Random(f"day {seed}")  # noqa: S311 - a seed is the point
    faults = tuple(fault.name for fault in FAULTS if fault.name not in (*OUTAGES, *OF_A_RUN))
    kinds = random.choices(list(KINDS), list(KINDS.values()), k=MANY - len(OF_FAULTS))
    moments = [NINE + timedelta(minutes=random.triangular(0, _DAY)) for _ in range(MANY)]
    people = [
        _made(make, number, [moments[number]], random)
        for number, make in enumerate([*kinds, *OF_FAULTS.values()])
    ]
    return Plan(seed, people, faults, size=_TIMES)


def _made(make: Callable[[Maker], Contact], number: int, clusters: list[datetime], random: Random) -> Contact:
    began = random.choice(clusters) + timedelta(seconds=random.uniform(0, 1200))
    began = began.replace(microsecond=0)
    kind = make.__name__
    own = Random(f"{random.random()} {kind}")  # noqa: S311 - a seed is the point
    return make(Maker(f"{kind.replace('_', '-')}-{number}", kind, number, began, own))
