"""What the ledger keeps of transcriptions and of a day's minutes: once, whatever two containers do (X3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connect_zendesk.ledger import speech_jobs, speech_minutes
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import SPEECH_MINUTES
from connect_zendesk.ledger.speech_jobs import SpeechJob
from connect_zendesk.rules.speech.plan import Plan
from connect_zendesk.rules.speech.reasons import Refusal
from connect_zendesk.rules.speech.request import SpeechRequest
from local.replay.clock import VirtualClock
from local.replay.memory_items import MemoryItems
from tests.records import NINE

DAY = "2026-11-02"
ASKED = SpeechRequest("c1", "c1", "b/c1.wav", ("transcript",), "en", "en-GB", began=NINE.isoformat())
PLAN = Plan("transcription", "en-GB", redacted=True, words=True, channels=2)


@pytest.fixture
def ledger() -> Ledger:
    clock = VirtualClock(NINE)
    return Ledger(MemoryItems(clock), clock=clock, lease=timedelta(seconds=90))


def planned(name: str = "job") -> SpeechJob:
    return SpeechJob(name, ASKED, "planned", NINE, day=DAY, seconds=60.25, plan=PLAN)


def used(ledger: Ledger) -> int:
    return int(ledger.read(SPEECH_MINUTES.key(day=DAY)).content.get("used", 0))


def test_a_job_is_read_as_it_was_kept(ledger: Ledger) -> None:
    job = speech_jobs.plan(ledger, planned())
    assert job == speech_jobs.job(ledger, "job") == planned()
    done = speech_jobs.change(ledger, job, state="done", result=["bucket", "key"])
    assert done == speech_jobs.job(ledger, "job")
    assert (done.over, done.result) == (True, ("bucket", "key"))
    assert speech_jobs.job(ledger, "another") is None


def test_of_two_containers_that_plan_a_job_both_have_the_first_ones(ledger: Ledger) -> None:
    first = speech_jobs.plan(ledger, planned())
    second = speech_jobs.plan(ledger, SpeechJob("job", ASKED, "refused", NINE, refusal=Refusal.DELETED))
    assert first == second


def test_a_job_that_another_container_has_got_further_with_is_left_alone(ledger: Ledger) -> None:
    job = speech_jobs.plan(ledger, planned())
    further = speech_jobs.change(ledger, job, state="started")
    assert speech_jobs.change(ledger, job, state="refused", refusal=Refusal.REFUSED) == further
    over = speech_jobs.change(ledger, further, state="done", result=["bucket", "key"])
    assert speech_jobs.change(ledger, further, state="planned", attempt=2) == over


def test_the_names_of_attempts_are_the_jobs_with_a_number(ledger: Ledger) -> None:
    job = speech_jobs.plan(ledger, planned())
    again = speech_jobs.change(ledger, job, attempt=2)
    assert (job.attempt_name, again.attempt_name) == ("job", "job-2")


def test_minutes_are_reserved_once_for_a_recording_and_no_more_than_there_are(ledger: Ledger) -> None:
    assert speech_minutes.reserve(ledger, DAY, "one", 40, 100).granted
    again = speech_minutes.reserve(ledger, DAY, "one", 40, 100)
    assert (again.granted, again.before, again.after) == (True, 40, 40)
    assert not speech_minutes.reserve(ledger, DAY, "two", 61, 100).granted
    assert speech_minutes.reserve(ledger, DAY, "three", 60, 100).granted
    assert used(ledger) == 100
    assert speech_minutes.reserve(ledger, "2026-11-03", "two", 61, 100).granted


def test_minutes_are_given_back_once(ledger: Ledger) -> None:
    speech_minutes.reserve(ledger, DAY, "one", 40, 100)
    speech_minutes.reserve(ledger, DAY, "two", 30, 100)
    for _ in range(2):
        speech_minutes.give_back(ledger, DAY, "one")
    speech_minutes.give_back(ledger, DAY, "never")
    assert used(ledger) == 30


def test_a_days_item_does_not_grow_with_its_recordings(ledger: Ledger) -> None:
    for number in range(speech_minutes._LATEST + 50):
        speech_minutes.reserve(ledger, DAY, f"job-{number}", 15, 10**6)
    assert used(ledger) == 15 * (speech_minutes._LATEST + 50)
    assert len(ledger.read(SPEECH_MINUTES.key(day=DAY)).content["latest"]) == speech_minutes._LATEST
