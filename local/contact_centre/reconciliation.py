"""Reconciles a day: what is on tickets with what the rules say of what was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import Facts, settings_of
from connect_zendesk.rules.contacts.lookups import Known
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets.ticket_decision import Decision
from connect_zendesk.rules.tickets.view import View
from connect_zendesk.workflows.tickets.decide import decide
from connect_zendesk.workflows.tickets.open_ticket import external_id
from connect_zendesk.zendesk.tickets import METADATA
from local.contact_centre.emissions import Expectation
from local.replay.in_process import InProcess
from local.replay.outcome import leg_of_call


@dataclass(frozen=True)
class Due:
    """What the rules say of one contact: whether a ticket is due, by which rule, and its reports.

    The ticket's first comment may report the legs in `may_open`, as it was made for them.
    """

    rule: str
    ticket: bool
    reports: frozenset[str] = frozenset()
    voices: frozenset[str] = frozenset()
    may_open: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What all contacts of one kind of outcome came to."""

    rule: str
    ticket: bool
    contacts: int
    legs: int
    reports: int
    voices: int


@dataclass(frozen=True)
class Reconciliation:
    """A day's reconciliation: no differences where nothing is `wrong`; each entry of it is a sentence.

    `contacts` are those for which they do not.
    """

    outcomes: tuple[Outcome, ...]
    wrong: tuple[str, ...]
    contacts: tuple[str, ...]
    dead_letters: int
    poison: int


@dataclass
class _Written:
    """What Zendesk holds of one contact: its tickets, how often each step is there, and since when its
    ticket is."""

    tickets: set[int] = field(default_factory=set)
    steps: Counter[str] = field(default_factory=Counter)
    made: dict[str, datetime] = field(default_factory=dict)

    def reports(self, leg: Leg, *, live: bool) -> int:
        """How often a leg's end is reported, by the ticket's first comment or by a note.

        `live`: a ticket may have been made while the leg went on. What it began with is no report.
        """
        create, notes = f"create#{leg.contact_id}", self.steps[f"details#{leg.contact_id}"]
        before_its_end = create in self.made and leg.ended is not None and self.made[create] < leg.ended
        return self.steps[create] + notes - (live and create in self.steps and bool(notes or before_its_end))

    def changes(self, leg: str) -> int:
        """How many notes report what has changed in a leg since."""
        return sum(times for step, times in self.steps.items() if step.startswith(f"details#{leg}#"))


def reconcile(
    expectations: Sequence[Expectation],
    records: Mapping[str, Mapping[str, Any]],
    tickets: Sequence[Mapping[str, Any]],
    *,
    before: InProcess,
    dead_letters: Sequence[str],
    poison: int,
    live: bool = False,
    files: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Reconciliation:
    """Reconcile a day. `live`: events of contacts that go on were sent as well.

    `records` has the last record sent of each leg, `files` the places of its transcripts and analyses;
    `tickets` are Zendesk's at the end. `before` is the world as it was before the day: the rules decide on
    it. `dead_letters` are the reasons there, `poison` is how much was sent that is no record.
    """
    written = _written(tickets)
    wrong: list[str] = []
    contacts: list[str] = []
    kinds: Counter[tuple[str, bool]] = Counter()
    sums: dict[tuple[str, bool], Counter[str]] = {}
    for expected in expectations:
        legs = [parse(records[number]) for number in expected.legs if number in records]
        due, seen = _due(before, legs), written.pop(expected.root, _Written())
        differences = [
            f"{expected.story} {expected.root}: {text}"
            for text in (*_differences(expected, legs, due, seen, live=live), *_files(due, seen, files))
        ]
        wrong += differences
        contacts += [expected.root] if differences else []
        kind = (due.rule, bool(seen.tickets))
        kinds[kind] += 1
        sums.setdefault(kind, Counter()).update(
            legs=len(expected.legs),
            reports=sum(seen.reports(leg, live=live) for leg in legs),
            voices=sum(seen.steps[f"voice#{leg}"] for leg in expected.legs),
        )
    wrong += [f"{root}: on ticket {sorted(seen.tickets)}, and never sent" for root, seen in written.items()]
    made = Counter(str(ticket["external_id"]) for ticket in tickets if ticket["external_id"])
    wrong += [f"{times} tickets are {name}" for name, times in made.items() if times > 1]
    ours = {external_id(expected.root) for expected in expectations}
    wrong += [f"a ticket that no contact asked for: {name}" for name in made.keys() - ours]
    if len(dead_letters) != poison:
        reasons = ", ".join(f"{n} × {reason}" for reason, n in Counter(dead_letters).items())
        wrong.append(f"{poison} dead letters are due, and there are {len(dead_letters)}: {reasons}")
    outcomes = [
        Outcome(*kind, number, sums[kind]["legs"], sums[kind]["reports"], sums[kind]["voices"])
        for kind, number in sorted(kinds.items())
    ]
    return Reconciliation(tuple(outcomes), tuple(wrong), tuple(contacts), len(dead_letters), poison)


def _due(before: InProcess, legs: Sequence[Leg]) -> Due:
    """Return what is due by the rules: each leg that decides is asked in turn, until one has a ticket."""
    decision: Decision | None = None
    rule, ticket, may_open = "T12", False, frozenset[str]()
    for leg in legs:
        deciding = leg if leg.decides else None
        unanswered = decision is not None and decision.settles == "until answered"
        if unanswered and leg.answered and not leg.is_monitoring and not leg.decides:
            # No agent answered the first leg, and one answered after all: it is decided with that agent.
            deciding, may_open = replace(legs[0], agent=leg.agent), frozenset({leg.root_id})
        if deciding is not None and not ticket:
            before.clock.move_by(timedelta(seconds=1))  # the stand-ins have their limits here, too
            decision = decide(before.services, deciding, "ended")
            rule, ticket = decision.rule, decision.action != "none"
    if not ticket:
        return Due(rule, ticket)
    app = before.services.app
    reported = [leg for leg in legs if not leg.is_monitoring and not _stays_off(leg, app)]
    voices = [leg for leg in reported if View.of(leg, app).has_voice_comment]
    return Due(
        rule,
        ticket,
        frozenset(leg.contact_id for leg in reported),
        frozenset(leg.contact_id for leg in voices),
        may_open,
    )


def _stays_off(leg: Leg, app: AppSettings) -> bool:
    return not Facts(leg, app, settings_of(leg, app), Known()).is_reported


def _differences(
    expected: Expectation, legs: Sequence[Leg], due: Due, seen: _Written, *, live: bool
) -> Iterable[str]:
    if len(seen.tickets) > 1:
        yield f"on {len(seen.tickets)} tickets: {sorted(seen.tickets)}"
    if due.ticket and not seen.tickets:
        yield f"no ticket, though {due.rule} wants one"
    if seen.tickets and not due.ticket:
        yield f"on ticket {sorted(seen.tickets)}, though {due.rule} wants none"
    if not due.ticket or not seen.tickets:
        return
    for its in legs:
        leg, reported = its.contact_id, seen.reports(its, live=live)
        reports, voices = int(leg in due.reports), int(leg in due.voices)
        opened = seen.steps[f"create#{leg}"] if leg in due.may_open else 0
        if reported != max(reports, min(1, opened)):
            yield f"leg {leg} is reported {reported} times instead of {reports}"
        if seen.steps[f"voice#{leg}"] != voices:
            yield f"leg {leg} has {seen.steps[f'voice#{leg}']} voice comments instead of {voices}"
        if (changes := seen.changes(leg)) >= expected.versions[leg]:
            yield f"{changes} notes report changes to leg {leg}, of {expected.versions[leg]} records"


def _files(due: Due, seen: _Written, files: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Transcripts and analyses: each is on the ticket once, and where one is redacted, no other need be."""
    for leg in due.reports if seen.tickets else ():
        places = files.get(leg, ())
        redacted = [place for place in places if "/Redacted/" in place]
        # Whether a raw analysis and its chat's transcript are attached may be decided hours later (X2).
        wanted = redacted or (() if any("/Analysis/" in place for place in places) else places)
        for place in places:
            times = seen.steps[f"file#{leg}#{sha256(place.encode()).hexdigest()[:16]}"]
            if times > 1 or (place in wanted and not times):
                yield f"leg {leg} has {times} comments of {place}"


def _written(tickets: Sequence[Mapping[str, Any]]) -> dict[str, _Written]:
    found: dict[str, _Written] = {}
    legs: dict[str | None, _Written] = defaultdict(_Written)
    for ticket in tickets:
        for custom in ticket["metadata"]:
            about = (custom or {}).get(METADATA) or {}
            if "contact" in about:
                written = found.setdefault(about["contact"], _Written())
                written.tickets.add(ticket["id"])
                written.steps[about["step"]] += 1
                written.made.setdefault(about["step"], datetime.fromisoformat(ticket["created_at"]))
                legs[about.get("leg")] = written
        for leg in filter(None, map(leg_of_call, ticket["comments"])):
            legs[leg].steps[f"voice#{leg}"] += 1  # through the Calls API, which takes no metadata (M5)
    return found
