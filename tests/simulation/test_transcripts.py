"""Hours in which files and tickets come in any order and everything goes wrong that can (X1, X2, X4, X7)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from connect_zendesk.ledger import heads
from local.replay.in_process import InProcess
from tests.contact_files import BUCKET, analysis, analysis_key, chat, chat_file, chat_key, recorded_call
from tests.records import BOBS_NAME, NINE, data_of
from tests.simulation.attachments import SETTINGS, WORLD
from tests.simulation.day import Day
from tests.simulation.seeds import seeds
from tests.simulation.test_attachments import DeathAt

CONTACTS = 8


def said(contact: str, *, redacted: bool = False) -> str:
    """What is said in a contact, which is on its ticket once; what must not be there holds RAW."""
    return f"{'REDACTED' if redacted else 'RAW'} words of {contact}."


class Hour:
    """Contacts of an hour: each with its records, its files, and what its ticket has to say in the end."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a seed is the point
        self.happenings: list[tuple[datetime, Callable[[Day], None]]] = []
        self.told: dict[str, Counter[str]] = {}
        for number in range(CONTACTS):
            self._begin(f"contact-{number}")

    def _begin(self, contact: str) -> None:
        channel = self.random.choice(("call", "chat", "chat with analysis"))
        redacting = self.random.choice(("None", "RedactedOnly", "RedactedAndOriginal"))
        legs = [contact, *([f"{contact}-leg-2"] if self.random.random() < 0.4 else [])]
        told = self.told[contact] = Counter[str]()
        for leg in legs:
            later: dict[str, Any] = {}
            if leg != contact:
                later = {"InitialContactId": contact, "InitiationMethod": "TRANSFER"}
            if channel == "call":
                record = recorded_call(leg, redacting=redacting) | later
            else:
                record = chat(leg, redacting=redacting if "analysis" in channel else None) | later
            self._happens(partial(_arrives, record))
            for kind, redacted in self._files(channel, redacting):
                if self.random.random() < 0.1:  # its notification is lost
                    comes = partial(self._comes, contact, leg, kind, redacted, announced=False)
                    self.happenings.append((NINE, comes))
                else:
                    self._happens(partial(self._comes, contact, leg, kind, redacted, announced=True))
            redacts = channel != "chat" and redacting != "None"
            told[said(leg, redacted=redacts)] += 1

    def _files(self, channel: str, redacting: str) -> list[tuple[str, bool]]:
        kind = "Voice" if channel == "call" else "Chat"
        files: list[tuple[str, bool]] = [("transcript", False)] if kind == "Chat" else []
        if channel != "chat":
            files += [(kind, False)] if redacting != "RedactedOnly" else []
            files += [(kind, True)] if redacting != "None" else []
        return files

    def _happens(self, happen: Callable[[Day], None]) -> None:
        for _ in range(self.random.choice((1, 1, 2))):
            at = NINE + timedelta(seconds=self.random.choice((20, 300, 4000)) * self.random.random())
            self.happenings.append((at, happen))

    def _comes(self, contact: str, leg: str, kind: str, redacted: bool, day: Day, *, announced: bool) -> None:
        text = said(leg, redacted=redacted)
        if kind == "transcript":
            body = chat_file(leg, first_leg=contact, said=[text])
            day.put_object(BUCKET, chat_key(leg), body, announced=announced)
        else:
            key = analysis_key(leg, kind, redacted=redacted)
            day.put_object(
                BUCKET, key, analysis(leg, kind, redacted=redacted, said=text), announced=announced
            )

    def play(self, day: Day) -> None:
        """Let it happen, then let everything come to rest."""
        day.happen([(at, partial(happen, day)) for at, happen in self.happenings])

    def faults(self, stack: InProcess) -> list[str]:
        """What is wrong in the end."""
        wrong = [f"dead letter: {letter['reason']}" for letter in stack.messages.dead_letters]
        for contact, told in self.told.items():
            head = heads.head(stack.services.ledger, contact)
            if head is None or head.ticket is None:
                wrong.append(f"{contact} has no ticket")
                continue
            found = Counter(
                {text: times for text, times in words_on(stack, head.ticket).items() if contact in text}
            )
            if found != told:
                wrong.append(f"{contact}: {dict(found)} instead of {dict(told)}")
        return wrong


def _arrives(record: dict[str, Any], day: Day) -> None:
    day.arrive(data_of(record))


def words_on(stack: InProcess, ticket: int) -> Counter[str]:
    """What was said, as far as it is on a ticket, and how often."""
    words = Counter[str]()
    held = next(one for one in stack.zendesk.tickets() if one["id"] == ticket)
    for comment in held["comments"]:
        for line in (comment.get("body") or "").split(". "):
            for mark in ("RAW words of ", "REDACTED words of "):
                if mark in line:
                    name = line.partition(mark)[2].partition(".")[0].split()[0]
                    words[f"{mark}{name}."] += 1
    return words


@pytest.mark.parametrize("seed", seeds(12, short=2))
def test_X4_each_file_is_on_its_ticket_once_and_nothing_raw_beside_what_is_redacted(seed: int) -> None:
    hour, day = Hour(seed), Day(seed, zendesk_world=WORLD, app_settings=SETTINGS)
    hour.play(day)
    assert not (wrong := hour.faults(day)), f"seed {seed}: {'; '.join(wrong)}"


@pytest.mark.parametrize("order", [pytest.param("file first", marks=pytest.mark.long), "record first"])
@pytest.mark.parametrize(
    "kind",
    [
        "short",
        pytest.param("long", marks=pytest.mark.long),
        pytest.param("later leg", marks=pytest.mark.long),
    ],
)
def test_X4_a_death_at_any_effect_is_made_up_for(kind: str, order: str) -> None:
    leg = "leg-2" if kind == "later leg" else "contact-1"
    text = said(leg) + (" x" * 50_000 if kind == "long" else "")
    first = chat()
    second = chat(leg, InitialContactId="contact-1", InitiationMethod="TRANSFER", agent=BOBS_NAME)
    second.pop("agent")
    for effect in itertools.count():
        day = Day(None, zendesk_world=WORLD, app_settings=SETTINGS)
        day.chance = death = DeathAt(effect)
        death.counts = True

        def file_comes(day: Day = day) -> None:
            body = chat_file(leg, first_leg="contact-1", said=[text])
            day.put_object(BUCKET, chat_key(leg), body)
            day.run(until=day.clock())

        if order == "file first":
            file_comes()
        day.arrive(data_of(first))
        if leg != "contact-1":
            day.arrive(data_of(second))
        if order == "record first":
            day.run(until=day.clock())
            file_comes()
        day.run(until=None)
        head = heads.head(day.services.ledger, "contact-1")
        assert head is not None, f"died at effect {effect}"
        assert head.ticket is not None, f"died at effect {effect}"
        assert words_on(day, head.ticket) == {said(leg): 1}, f"died at effect {effect}"
        assert day.messages.dead_letters == []
        if not death.died:
            break
    assert effect > 8
