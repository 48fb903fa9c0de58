"""An agent pauses and resumes the recording of a contact that they are on (R1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.errors import NoAnswer
from connect_zendesk.ledger import recordings
from local.replay.agent_app import Page
from tests.attachments import joins, stack_with
from tests.functional.test_agent_app import accept, overview
from tests.live import alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ADA, ADAS_NAME, BOB, BOBS_NAME
from tests.stack import Stack

ALLOWED = {"pause_recording": "true"}


def recorded(stack: Stack, attributes: dict[str, str] | None = None) -> Page:
    """A call that Ada has accepted and that is recorded; returns her page."""
    record = alive(attributes=ALLOWED if attributes is None else attributes)
    leave_snapshot(stack, record)
    stack.connect.contacts.add(record)
    stack.connect.contacts.connect("contact-1", ADAS_NAME, "AGENT")
    accept(stack)
    return stack.agent_app.sign_in(ADA)


def pause(page: Page, paused: bool = True, leg: str = "contact-1") -> Any:
    return page("PUT", f"/recordings/{leg}", {"paused": paused})


def suspended_twice(stack: Stack, answer: Any) -> None:
    """Have Amazon Connect allow or refuse what is so already: which it does is documented nowhere."""
    stack.connect.options = replace(stack.connect.options, suspend_twice=answer)


def switched(stack: Stack) -> tuple[int, int]:
    asked = stack.connect.requests
    return asked["SuspendContactRecording"], asked["ResumeContactRecording"]


def test_R1_an_agent_pauses_and_resumes_the_recording() -> None:
    stack = stack_with()
    page = recorded(stack)
    assert (overview(page)[0]["recording"], overview(page)[0]["can_pause"]) == ("on", True)
    answer = pause(page)
    assert (answer.status, answer.content) == (200, {"recording": "paused"})
    assert stack.connect.contacts.recording("contact-1") == {"AGENT": "suspended"}
    assert overview(page)[0]["recording"] == "paused"
    assert pause(page, paused=False).content == {"recording": "on"}
    assert stack.connect.contacts.recording("contact-1") == {"AGENT": "on"}


def test_R1_the_state_survives_a_reload_and_a_new_container() -> None:
    stack = stack_with()
    pause(recorded(stack))
    stack.agent_app.fresh()
    assert overview(stack.agent_app.sign_in(ADA))[0]["recording"] == "paused"


def test_R1_a_repeated_request_asks_amazon_connect_nothing() -> None:
    stack = stack_with()
    suspended_twice(stack, "refuse")
    page = recorded(stack)
    for _ in range(3):
        assert pause(page).content == {"recording": "paused"}
    assert switched(stack) == (1, 0)


def test_R1_who_paused_it_and_when_is_remembered_and_logged(logs: Logs) -> None:
    stack = stack_with()
    pause(recorded(stack))
    state = recordings.of_contact(stack.services.ledger, "contact-1")["contact-1"]
    assert (state.by, state.at, state.certain) == (ADA, stack.clock().isoformat(), True)
    assert [line["agent"] for line in logs.lines if line["message"] == "recording switched"] == [ADA]


@pytest.mark.parametrize("attributes", [{}, {"pause_recording": "false"}])
def test_R1_not_where_pause_recording_does_not_allow_it(attributes: dict[str, str]) -> None:
    stack = stack_with()
    page = recorded(stack, attributes)
    assert overview(page)[0]["can_pause"] is False
    assert pause(page).status == 403
    assert switched(stack) == (0, 0)


def test_R1_not_after_the_agent_has_left_and_not_by_an_agent_who_is_not_on_it() -> None:
    stack = stack_with()
    page = recorded(stack)
    assert pause(stack.agent_app.sign_in(BOB)).status == 403
    accept(stack, contact_event("DISCONNECTED", at=stack.clock() + timedelta(minutes=1)))
    assert overview(page)[0]["can_pause"] is False  # it is shown for ten minutes
    assert pause(page).status == 403
    assert switched(stack) == (0, 0)


def test_R1_a_call_that_is_not_recorded_says_so() -> None:
    stack = stack_with()
    page = recorded(stack)
    stack.connect.contacts.recording("contact-1").clear()
    answer = pause(page)
    assert (answer.status, answer.content) == (409, {"recording": "off"})
    assert overview(page)[0]["recording"] == "off"


def test_R1_a_call_whose_customer_opted_out_is_shown_as_not_recorded() -> None:
    stack = stack_with()
    page = recorded(stack, {**ALLOWED, "call_recording_consent": "optout"})
    assert overview(page)[0]["recording"] == "off"


@pytest.mark.parametrize("twice", ["accept", "refuse"])
@pytest.mark.parametrize("got_through", [True, False])
def test_R1_an_answer_that_was_lost_leaves_it_unknown_until_it_is_asked_for_again(
    twice: str, got_through: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = stack_with()
    suspended_twice(stack, twice)
    page = recorded(stack)

    def lost(self: AmazonConnect, operation: str, arn: str, **request: Any) -> Any:
        if got_through:
            before(self, operation, arn, **request)
        raise NoAnswer("lost")

    before = AmazonConnect._at_once
    monkeypatch.setattr(AmazonConnect, "_at_once", lost)
    assert pause(page).status == 503
    assert overview(page)[0]["recording"] == "unknown"
    monkeypatch.setattr(AmazonConnect, "_at_once", before)
    assert pause(page).content == {"recording": "paused"}
    assert stack.connect.contacts.recording("contact-1") == {"AGENT": "suspended"}


def test_R1_while_amazon_connect_throttles_nothing_has_changed() -> None:
    stack = stack_with()
    page = recorded(stack)
    for _ in range(5):  # its quota: five at once of each operation
        pause(page, paused=True)
        pause(page, paused=False)
    assert pause(page, paused=True).status == 503
    assert overview(page)[0]["recording"] == "on"
    assert stack.connect.contacts.recording("contact-1") == {"AGENT": "on"}


@pytest.mark.parametrize("twice", ["accept", "refuse"])
@pytest.mark.parametrize("carried_over", ["suspended", "on"])
def test_R1_after_a_transfer_it_is_unknown_whether_it_is_still_paused_and_either_can_be_asked_for(
    twice: str, carried_over: str
) -> None:
    stack = stack_with()
    suspended_twice(stack, twice)
    pause(recorded(stack))
    joins(stack, "contact-1", BOB, leg="leg-2", copied=False)
    stack.connect.contacts.add(alive("leg-2", first_leg="contact-1"))
    stack.connect.contacts.connect("leg-2", BOBS_NAME, "AGENT")
    stack.connect.contacts.recording("leg-2")["AGENT"] = carried_over
    page = stack.agent_app.sign_in(BOB)
    assert overview(page)[0]["recording"] == "unknown"
    assert pause(page, leg="leg-2").content == {"recording": "paused"}
    assert stack.connect.contacts.recording("leg-2") == {"AGENT": "suspended"}
    assert pause(page, paused=False, leg="leg-2").content == {"recording": "on"}
    assert stack.connect.contacts.recording("leg-2") == {"AGENT": "on"}
