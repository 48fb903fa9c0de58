"""A hundred days on which everything goes wrong that can, and all of them end alike (T14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.replay.clock import VirtualClock
from local.replay.in_process import InProcess
from tests.records import CONNECT, NINE, on_stream
from tests.simulation.day import Day
from tests.simulation.morning import CLOSES, SETTINGS, WORLD, check, records, sent_again, shuffled, told
from tests.simulation.seeds import seeds


@pytest.mark.parametrize("seed", seeds(100, short=5))
def test_T14_whatever_goes_wrong_each_contact_gets_one_ticket_and_each_leg_one_report(seed: int) -> None:
    day = Day(seed, zendesk_world=WORLD, app_settings=SETTINGS)
    day.live(shuffled(seed), closes={CLOSES: NINE + timedelta(minutes=seed % 60)})
    assert not (wrong := check(day, poison=1)), f"seed {seed}: {'; '.join(wrong)}"


@pytest.mark.parametrize("seed", seeds(100, short=3))
def test_T14_M5_whatever_goes_wrong_each_leg_gets_one_call(seed: int) -> None:
    settings = replace(SETTINGS, zendesk_app_id=735264)
    day = Day(1000 + seed, zendesk_world=WORLD, app_settings=settings)
    day.live(shuffled(seed), closes={CLOSES: NINE + timedelta(minutes=seed % 60)})
    assert not (wrong := check(day, poison=1)), f"seed {seed}: {'; '.join(wrong)}"
    kinds = Counter(
        "call" if "call_id" in comment["data"] else "voice comment"
        for ticket in day.zendesk.tickets()
        for comment in ticket["comments"]
        if comment["kind"] == "voice_comment"
    )
    assert kinds.keys() == {"call"}


def test_T14_a_day_on_which_nothing_goes_wrong_ends_alike() -> None:
    assert check(_played([*records(), *sent_again()]), poison=0) == []


def test_T14_records_in_reverse_order_give_the_same_tickets_requesters_and_reports() -> None:
    assert _outcome(_played(records()[::-1])) == _outcome(_played(records()))


def test_T14_records_three_times_each_give_the_same_tickets_requesters_and_reports() -> None:
    repeated = [record for record in records() for _ in range(3)]
    assert _outcome(_played(repeated)) == _outcome(_played(records()))
    assert _outcome(_played(records() * 3)) == _outcome(_played(records()))


def test_T14_records_sent_again_add_notes_in_order_and_nothing_in_reverse_order() -> None:
    morning = [*records(), *sent_again()]
    forwards, backwards = told(_played(morning)), told(_played(morning[::-1]))
    assert [len(reports) for reports in backwards.values()] == [1] * len(forwards)
    assert forwards["known"][0].changes == {"known": 1}
    assert backwards["known"][0].changes == {}
    for contact, (report,) in forwards.items():
        other = backwards[contact][0]
        assert (report.ticket, report.requester) == (other.ticket, other.requester)
        assert (report.details, report.voices) == (other.details, other.voices)


def _played(morning: list[dict[str, Any]]) -> InProcess:
    stack = InProcess(
        zendesk_world=WORLD, connect_world=CONNECT, app_settings=SETTINGS, clock=VirtualClock(NINE)
    )
    stack.play(on_stream(*morning))
    return stack


def _outcome(stack: InProcess) -> Mapping[str, Any]:
    """Return each leg's ticket as people see it: whose it is, what it says, and which contacts are on it.

    Left out are ids, as they count up, and why a ticket was made: of two calls from an unknown number the
    one that comes first makes the user, and the other is then recognised.
    """
    names = {user["id"]: user["name"] for user in stack.zendesk.users()}
    shown: dict[str, Any] = {}
    for ticket in stack.zendesk.tickets():
        written = [
            (metadata["amazon_connect"], comment)
            for metadata, comment in zip(ticket["metadata"], ticket["comments"], strict=True)
            if "amazon_connect" in metadata
        ]
        contacts = sorted({metadata["contact"] for metadata, _ in written})
        about = (names[ticket["requester_id"]], ticket["tags"], ticket["via_id"], contacts)
        for metadata, comment in written:
            said = str(comment.get("body") or comment.get("data")).partition("Why this ticket")[0]
            shown[f"{metadata['leg']} {comment['kind']}"] = (*about, said)
    return shown
