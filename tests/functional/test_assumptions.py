"""O3: what a probe found out about the account is followed; until then the careful way is taken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger import probed
from connect_zendesk.ledger.probed import KnownAssumptions
from connect_zendesk.rules.assumptions import (
    COMMENT_SIZE,
    CONFLICT_COUNTS,
    LARGEST_COMMENT,
    USER_FIELDS_NOT_GIVEN,
    VOICE_COMMENT_MARK,
    VOICE_COMMENT_PRIVACY,
    VOICE_COMMENT_STAMP,
    Assumptions,
)
from tests.records import ANA, call
from tests.stack import Stack, bodies, voices
from tests.voice_authentication import ATTRIBUTES, FIELDS, fields_of, stack_with_fields, told_by_partner

UPDATE = "PUT /api/v2/tickets/{id}"
PUBLIC: dict[str, Any] = {
    "id": 4001,
    "requester_id": ANA,
    "comments": [{"body": "Dear shop", "public": True}],
}
PRIVATE = {**PUBLIC, "comments": [{"body": "By letter.", "public": False}]}
GIVEN: dict[str, Any] = {"attributes": {"zendesk_ticket": "4001"}}


def behave(stack: Stack, **options: Any) -> None:
    """Have the account behave otherwise than the stand-in does by itself."""
    stack.zendesk._options = stack.zendesk._state.options = replace(stack.options, **options)


def wait_for_all(stack: Stack) -> None:
    stack.run(until=None)
    stack.clock.move_by(timedelta(days=2))
    stack.run(until=None)
    assert stack.messages.dead_letters == []


# M2


@pytest.mark.parametrize("answer", ["public", "refused", None])
def test_M2_until_a_probe_has_shown_them_private_no_voice_comment_is_on_a_public_ticket(
    answer: str | None,
) -> None:
    stack = Stack(tickets=[PUBLIC])
    if answer is not None:
        probed.remember(stack.services.ledger, {VOICE_COMMENT_PRIVACY: answer})
    stack.play_records(call(**GIVEN))
    assert voices(stack.ticket()) == []


def test_M2_once_a_probe_has_shown_them_private_public_tickets_get_voice_comments() -> None:
    stack = Stack(tickets=[PUBLIC])
    behave(stack, voice_comment_public="never")
    probed.remember(stack.services.ledger, {VOICE_COMMENT_PRIVACY: "private"})
    stack.play_records(call(**GIVEN))
    ticket = stack.ticket()
    (voice,) = voices(ticket)
    assert voice["recording_url"]
    assert [comment["public"] for comment in ticket["comments"]] == [True, False, False]


# T14: a voice comment in doubt


@pytest.mark.parametrize(
    ("fact", "answer", "options"),
    [
        (VOICE_COMMENT_STAMP, "written all the same", {"voice_comment_stamp": "ignored"}),
        (
            VOICE_COMMENT_MARK,
            "lost",
            {"voice_comment_stamp": "ignored", "voice_comment_metadata": "lost"},
        ),
    ],
)
@pytest.mark.parametrize("seconds", [1, 20, 91, 600, 3599])
def test_T14_where_stamp_or_mark_do_not_hold_there_is_never_a_second_voice_comment(
    fact: str, answer: str, options: dict[str, Any], seconds: int
) -> None:
    stack = Stack(tickets=[PRIVATE])
    behave(stack, **options)
    probed.remember(stack.services.ledger, {fact: answer})
    stack.zendesk.faults.late_write(seconds, 2, matching=UPDATE)
    stack.play_records(call(**GIVEN))
    wait_for_all(stack)
    assert len(voices(stack.ticket())) <= 1
    assert len(bodies(stack.ticket())) == 2


def test_T14_a_voice_comment_that_was_refused_for_sure_is_written_again_all_the_same() -> None:
    stack = Stack(tickets=[PRIVATE])
    probed.remember(stack.services.ledger, {VOICE_COMMENT_STAMP: "written all the same"})
    stack.zendesk.faults.outage(count=3)
    stack.play_records(call(**GIVEN))
    wait_for_all(stack)
    assert len(voices(stack.ticket())) == 1


# What an update costs, and holds


@pytest.mark.parametrize(("answer", "tries"), [("counted", 2), ("free", 4), (None, 4)])
def test_T14_where_conflicts_count_fewer_updates_are_tried_at_once(answer: str | None, tries: int) -> None:
    stack = Stack(tickets=[PRIVATE])
    if answer is not None:
        probed.remember(stack.services.ledger, {CONFLICT_COUNTS: answer})
    stack.zendesk.faults.conflict(count=tries, matching=UPDATE)
    stack.deliver_records(call(**GIVEN))
    assert stack.zendesk.requests[UPDATE] == tries
    wait_for_all(stack)
    assert [len(bodies(stack.ticket())), len(voices(stack.ticket()))] == [2, 1]


def test_X5_details_are_cut_to_what_the_account_keeps_of_a_comment() -> None:
    stack = Stack()
    behave(stack, comment_size=21_000)
    probed.remember(stack.services.ledger, {COMMENT_SIZE: "16000"})
    stack.play_records(call(attributes={f"note_{number:03}": "x" * 400 for number in range(60)}))
    (details,) = bodies(stack.ticket())
    assert 12_000 < len(details.encode()) <= 16_000
    assert "more" in details


def test_V1_where_an_update_empties_other_user_fields_all_of_them_are_written() -> None:
    stack = stack_with_fields(fields=(*FIELDS, "plan"), **ATTRIBUTES)
    gold = {"user": {"user_fields": {"plan": "gold"}}}
    stack.services.zendesk.put(f"/api/v2/users/{ANA}", json.dumps(gold))
    stack.clock.move_by(timedelta(seconds=2))
    behave(stack, user_fields_not_given="emptied")
    probed.remember(stack.services.ledger, {USER_FIELDS_NOT_GIVEN: "emptied"})
    stack.play_records(told_by_partner())
    assert stack.user(ANA)["user_fields"]["plan"] == "gold"
    assert fields_of(stack) == ("speaker-1", "ENROLLED")


# How they are read


def test_O3_an_answer_that_cannot_be_followed_is_not() -> None:
    assert Assumptions.of({}) == Assumptions()
    assert Assumptions.of({COMMENT_SIZE: "5"}).largest_comment == LARGEST_COMMENT
    assert Assumptions.of({COMMENT_SIZE: "many"}).largest_comment == LARGEST_COMMENT
    assert Assumptions.of({COMMENT_SIZE: "900000"}).largest_comment == LARGEST_COMMENT
    assert Assumptions.of({"of a later release": "yes"}) == Assumptions()


def test_O3_a_container_reads_the_answers_once_in_ten_minutes() -> None:
    stack, reads, now = Stack(), [], [0.0]
    ledger = stack.services.ledger
    recall = ledger.recall

    def counted(key: Any) -> Any:
        reads.append(key)
        return recall(key)

    ledger.recall = counted  # type: ignore[method-assign]
    known = KnownAssumptions(ledger, lambda: now[0])
    assert reads == []
    assert known.read() == known.read() == Assumptions()
    assert len(reads) == 1
    probed.remember(ledger, {VOICE_COMMENT_PRIVACY: "private"})
    reads.clear()
    assert not known.read().voice_comment_is_private
    now[0] = 601
    assert known.read().voice_comment_is_private
    assert len(reads) == 1
