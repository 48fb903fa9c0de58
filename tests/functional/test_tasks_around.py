"""What happens around a task: offered, accepted, completed, declined; its ticket closed or merged (K5)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.zendesk import tickets
from local.stand_ins.zendesk import Response
from tests.functional.test_acceptance import SHOW_TICKET, TICKET, UPDATE, pops, ready
from tests.functional.test_acceptance_deaths import dies_after
from tests.functional.test_merged_and_deleted import merge
from tests.live import ANSWERED, agent_event, contact_event, on_agent
from tests.logs import Logs
from tests.records import ADA, ADAS_NAME, ANA, BOB, BOBS_NAME, agent_of, call, written
from tests.stack import Stack, bodies
from tests.tasks import LAMP, event, rules, tasks, tell
from tests.tasks import TICKET as NUMBER

OFFERED: dict[str, Any] = {"Channel": "TASKS", "InitiationMethod": "API"}


def offered(**settings: Any) -> tuple[Stack, str]:
    """Return the functions with a task of the lamp's ticket, and the task's contact id."""
    stack = ready(tickets=[LAMP], task_rules=rules(), **settings)
    tell(stack, event(at=ANSWERED))
    stack.clock.move_to(ANSWERED + timedelta(minutes=2))
    (task,) = tasks(stack)
    return stack, task["ContactId"]


def rings(stack: Stack, task: str, agent: str = ADAS_NAME) -> None:
    """Have the task be offered to an agent."""
    told = agent_event([], [on_agent(task, "CONNECTING", **OFFERED)], agent=agent, at=stack.clock())
    stack.send_agent_events([told])


def accepts(stack: Stack, task: str, agent: str = ADAS_NAME, **told: Any) -> None:
    """Have an agent accept the task."""
    stack.send_contact_event(accepted(stack, task, agent, **told))
    stack.run(until=stack.clock())


def accepted(stack: Stack, task: str, agent: str = ADAS_NAME, **told: Any) -> dict[str, Any]:
    """Return what EventBridge tells of an acceptance now."""
    return contact_event(
        contact=task, agent=agent, at=stack.clock(), **{"channel": "TASK", "method": "API", **told}
    )


def completes(stack: Stack, task: str, reason: str = "AGENT_COMPLETED", **fields: Any) -> None:
    """Have the task end after an hour, and its record come."""
    agent = agent_of(ADAS_NAME) | {"ConnectedToAgentTimestamp": written(stack.clock())}
    stack.clock.move_by(timedelta(hours=1))
    stack.connect.contacts.end(task, reason, **{"Agent": agent, "AgentConnectionAttempts": 1, **fields})
    stack.play_records(stack.connect.contacts.record(task))


def notes(stack: Stack, number: int = NUMBER) -> list[str]:
    """Return what was written on a ticket."""
    return bodies(stack.ticket(number))[1:]


def test_P5_a_task_that_is_offered_pops_its_ticket_and_writes_nothing() -> None:
    stack, task = offered()
    rings(stack, task)
    assert pops(stack) == [(ADA, "ticket", NUMBER)]
    assert notes(stack) == []


def test_K5_accepted_its_details_are_a_private_note() -> None:
    stack, task = offered()
    accepts(stack, task)
    (note,) = notes(stack)
    for line in (
        "Task, accepted by an agent",
        "Agent: ada@example.com",
        "Connected to the agent: 2026-11-02 09:02:30 UTC",
        f"Contact: {task}",
        "T1: A ticket is given: it is opened instead of a new one",
        "zendesk_rule: Anything",
    ):
        assert line in note, line
    assert "Ended" not in note
    assert stack.ticket(NUMBER)["comments"][-1]["public"] is False


def test_P2_without_the_agent_event_stream_it_pops_on_acceptance() -> None:
    stack, task = offered()
    accepts(stack, task)
    assert pops(stack) == [(ADA, "ticket", NUMBER)]
    assert stack.requests_made() == {TICKET: 2, SHOW_TICKET: 1, UPDATE: 1}


def test_P5_what_popped_while_it_was_offered_does_not_pop_again() -> None:
    stack, task = offered()
    rings(stack, task)
    stack.requests_made()
    accepts(stack, task)
    assert pops(stack) == [(ADA, "ticket", NUMBER)]
    assert stack.requests_made() == {TICKET: 1, UPDATE: 1}


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("AGENT_COMPLETED", "Outcome: completed by the agent"),
        ("AGENT_DISCONNECT", "Outcome: ended by the agent"),
        ("EXPIRED", "Outcome: expired before it was completed"),
        ("API", "Outcome: ended by another system"),
        ("CONTACT_FLOW_DISCONNECT", "Outcome: ended by the contact flow"),
        ("OTHER", "Ended by: other"),
    ],
)
def test_K5_completed_its_outcome_is_a_note(reason: str, outcome: str) -> None:
    stack, task = offered()
    accepts(stack, task)
    completes(stack, task, reason)
    _, told = notes(stack)
    for line in ("Task\n", "Agent: ada@example.com", "Ended: 2026-11-02 10:02:30 UTC", outcome):
        assert line in told, line
    assert len(stack.zendesk.tickets()) == 1
    assert stack.messages.dead_letters == []


def test_K5_a_call_ends_as_it_did() -> None:
    stack = ready()
    stack.play_records(call())
    assert "Ended by: customer disconnect" in bodies(stack.ticket())[0]
    assert "Outcome" not in bodies(stack.ticket())[0]


def test_K5_a_declined_task_leaves_none() -> None:
    stack, task = offered()
    rings(stack, task)
    missed = agent_event(
        [on_agent(task, "CONNECTING", **OFFERED)], [on_agent(task, "REJECTED", **OFFERED)], at=stack.clock()
    )
    stack.send_agent_events([missed])
    completes(stack, task, "EXPIRED", Agent=None)
    assert notes(stack) == []
    assert len(stack.zendesk.tickets()) == 1


def test_K5_declined_by_one_and_accepted_by_another_is_told_of_the_second_alone() -> None:
    stack, task = offered()
    rings(stack, task)
    rings(stack, task, BOBS_NAME)
    accepts(stack, task, BOBS_NAME)
    (note,) = notes(stack)
    assert "Agent: bjones" in note
    assert pops(stack) == [(ADA, "ticket", NUMBER), (BOB, "ticket", NUMBER)]


def test_K5_an_acceptance_is_told_once_however_often_it_comes() -> None:
    stack, task = offered()
    accepts(stack, task)
    accepts(stack, task)
    told = accepted(stack, task)
    stack.messages.send_delayed(told["detail-type"], {**told["detail"], "sent": told["time"]}, 0)
    stack.run(until=None)
    assert len(notes(stack)) == 1


def test_K5_what_zendesk_does_not_take_at_once_is_noted_later() -> None:
    stack, task = offered()
    stack.zendesk.faults.outage(lasting=60, matching=UPDATE)
    accepts(stack, task)
    assert pops(stack) == [(ADA, "ticket", NUMBER)]
    stack.run(until=None)
    assert len(notes(stack)) == 1


@pytest.mark.parametrize("after_write", [False, True])
def test_K5_an_answer_that_is_lost_leaves_one_note(after_write: bool) -> None:
    stack, task = offered()
    stack.zendesk.faults.lose_answer(after_write=after_write, matching=UPDATE)
    accepts(stack, task)
    stack.run(until=None)
    assert len(notes(stack)) == 1


@pytest.mark.parametrize("closed", [False, True])
def test_K5_one_note_wherever_the_acceptance_dies(closed: bool) -> None:
    for lives in range(60):
        stack, task = offered()
        if closed:
            close(stack)
        told = accepted(stack, task)
        died = dies_after(stack, lives, told)
        stack.send_contact_event(told)
        stack.run(until=None)
        ticket = stack.zendesk.tickets()[-1]
        said = ["Connected to the agent" in note for note in bodies(ticket)]
        assert said == ([True] if closed else [False, True]), lives
        assert stack.messages.dead_letters == [], lives
        completes(stack, task)
        assert sum("Outcome" in note for note in bodies(stack.zendesk.tickets()[-1])) == 1, lives
        assert len(stack.zendesk.tickets()) == (2 if closed else 1), lives
        if not died:
            break
    else:
        pytest.fail("it never came to its end")
    assert lives > 15


def test_K5_an_acceptance_that_comes_after_the_outcome_says_nothing_any_more() -> None:
    stack, task = offered()
    late = accepted(stack, task)
    completes(stack, task)
    stack.messages.send_delayed(late["detail-type"], {**late["detail"], "sent": late["time"]}, 0)
    stack.run(until=None)
    (told,) = notes(stack)
    assert "Outcome: completed by the agent" in told


def test_K5_an_agent_who_takes_over_is_told_of_too() -> None:
    stack, task = offered()
    accepts(stack, task)
    accepts(stack, "leg-2", BOBS_NAME, method="TRANSFER", initialContactId=task, previousContactId=task)
    assert ["joined by bjones" in note for note in notes(stack)] == [False, True]
    assert "Agent: bjones" in notes(stack)[1]


def close(stack: Stack) -> None:
    tickets.update(stack.services.zendesk, NUMBER, {"status": "closed"})


def test_T1_a_ticket_that_was_closed_before_the_task_is_accepted_is_followed_up() -> None:
    stack, task = offered()
    close(stack)
    accepts(stack, task)
    completes(stack, task)
    lamp, follow_up = stack.zendesk.tickets()
    assert len(lamp["comments"]) == 1
    assert (follow_up["followup_source_id"], follow_up["requester_id"]) == (NUMBER, ANA)
    assert follow_up["subject"] == f"Zendesk-{NUMBER}"
    assert len(bodies(follow_up)) == 2  # accepted, completed
    assert pops(stack) == [(ADA, "ticket", follow_up["id"])]


def test_T1_a_ticket_that_is_closed_while_the_task_goes_on_is_followed_up() -> None:
    stack, task = offered()
    accepts(stack, task)
    close(stack)
    completes(stack, task)
    lamp, follow_up = stack.zendesk.tickets()
    assert len(bodies(lamp)) == 2
    (told,) = bodies(follow_up)
    assert "Outcome: completed by the agent" in told
    assert f"continues ticket #{NUMBER}" in told


def test_T1_a_ticket_that_is_closed_between_the_pop_and_the_note_is_followed_up() -> None:
    stack, task = offered()
    after = stack.zendesk.faults.after

    def closing(request: Any, response: Response) -> Response | None:
        if request.path.endswith("/display"):
            stack.zendesk.faults.after = after
            close(stack)
        return None

    stack.zendesk.faults.after = closing
    accepts(stack, task)
    stack.run(until=None)
    _, follow_up = stack.zendesk.tickets()
    assert "accepted" not in bodies(follow_up)[0]
    assert "Agent: ada@example.com" in bodies(follow_up)[0]
    completes(stack, task)
    assert len(bodies(stack.zendesk.tickets()[1])) == 2


def test_T1_a_ticket_that_was_merged_meanwhile_is_followed_up_as_a_closed_one() -> None:
    stack, task = offered()
    tickets.update(stack.services.zendesk, NUMBER, {"status": "closed", "tags": ["closed_by_merge"]})
    accepts(stack, task)
    completes(stack, task)
    _, follow_up = stack.zendesk.tickets()
    assert follow_up["followup_source_id"] == NUMBER


def test_T12_K5_a_task_accepted_as_its_ticket_is_merged_into_one_that_is_deleted_ends_quietly(
    logs: Logs,
) -> None:
    stack, task = offered()
    stack.services.zendesk.post(
        "/api/v2/tickets", json.dumps({"ticket": {"comment": {"body": "Another lamp."}, "requester_id": ANA}})
    )
    other = stack.zendesk.tickets()[-1]["id"]
    after = stack.zendesk.faults.after

    def merging(request: Any, response: Response) -> Response | None:
        if request.path.endswith("/display"):
            stack.zendesk.faults.after = after
            merge(stack, NUMBER, other)
            stack.zendesk.act(ADA, "DELETE", f"/api/v2/tickets/{other}")
        return None

    stack.zendesk.faults.after = merging
    accepts(stack, task)
    stack.run(until=None)
    assert logs.metrics["TicketDeleted"] == 1
    assert not any("accepted" in note for note in notes(stack))
    assert stack.messages.dead_letters == []


def test_T1_a_ticket_that_was_deleted_meanwhile_is_the_agents_to_replace_else_a_new_one_is_made() -> None:
    stack, task = offered()
    stack.connect.contacts.change(task, Attributes={"zendesk_ticket": "99"})
    accepts(stack, task)
    completes(stack, task)
    lamp, made = stack.zendesk.tickets()
    assert len(lamp["comments"]) == 1
    (told,) = bodies(made)
    assert "there is no ticket 99" in told
    assert "Outcome: completed by the agent" in told


def test_K5_the_tickets_attribute_leads_a_task_of_any_name_to_its_ticket() -> None:
    stack, task = offered()
    stack.connect.contacts.change(task, ContactDetails={"Name": "Call back"})
    accepts(stack, task)
    assert len(notes(stack)) == 1


def test_C3_a_task_that_names_no_ticket_is_left_to_its_agent_without_a_note() -> None:
    stack, task = offered()
    stack.connect.contacts.change(task, ContactDetails={"Name": "Tidy up"}, Attributes={})
    accepts(stack, task)
    assert notes(stack) == []
    assert len(stack.zendesk.tickets()) == 1
