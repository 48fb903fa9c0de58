"""What needs the agent's attention reaches the agent (A2)."""

from __future__ import annotations

from typing import Any

import pytest

from connect_zendesk.rules.settings.app_settings import CallerAuthentication
from connect_zendesk.zendesk import tickets
from tests.functional.test_acceptance import UPDATE, accept, pops, ready
from tests.live import alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ADA, ANA, ANAS_NUMBER, BEN, BOB, BOBS_NAME
from tests.stack import bodies

MANUAL = {"ticket_assignment": "agent"}
GIVEN = [{"id": 4711, "requester_id": ANA, "subject": "Broken"}]


def notices_logged(logs: Logs) -> list[str]:
    """Return the rules of the notices that were logged."""
    return [
        rule for line in logs.lines if line["message"] == "notices for the agent" for rule in line["rules"]
    ]


def test_A2_S4_an_existing_ticket_gets_the_ignored_settings_as_a_private_comment() -> None:
    stack = ready(tickets=GIVEN)
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711", "recent_ticket_timeout": "soon"}))
    accept(stack)
    note = bodies(stack.ticket(4711))[-1]
    assert 'recent_ticket_timeout: expected a number of minutes, 0 or more, got "soon"' in note
    assert not stack.ticket(4711)["comments"][-1]["public"]


def test_A2_the_notice_is_made_after_the_pop_and_costs_one_request() -> None:
    stack = ready(tickets=GIVEN)
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711", "pause_recording": "perhaps"}))
    accept(stack)
    assert stack.requests_made()[UPDATE] == 1
    (pop,) = stack.zendesk.pops
    assert pop["ticket"] == 4711


def test_A2_a_ticket_made_now_tells_them_itself_without_a_further_request() -> None:
    stack = ready()
    leave_snapshot(stack, alive(attributes={"recent_ticket_timeout": "soon", "zendesk_ticket": "999"}))
    accept(stack)
    assert UPDATE not in stack.requests_made()
    (first,) = bodies(stack.ticket())
    assert "recent_ticket_timeout: expected" in first
    assert "zendesk_ticket: there is no ticket 999" in first


def test_A2_T6_C4_a_ticket_made_for_an_anonymous_caller_says_so() -> None:
    stack = ready()
    leave_snapshot(stack, alive(caller="anonymous"))
    accept(stack)
    assert "An anonymous caller" in bodies(stack.ticket())[0]


def test_A2_C4_an_anonymous_caller_on_a_given_ticket_is_told_of() -> None:
    stack = ready(tickets=GIVEN)
    leave_snapshot(stack, alive(caller="anonymous", attributes={"zendesk_ticket": "4711"}))
    accept(stack)
    assert "The caller is anonymous" in bodies(stack.ticket(4711))[-1]


@pytest.mark.parametrize(
    ("attributes", "caller", "rules"),
    [
        pytest.param({"zendesk_user": "999"}, ANAS_NUMBER, ["C7"], id="C7"),
        pytest.param({**MANUAL, "zendesk_ticket": "999"}, ANAS_NUMBER, ["T1"], id="T1, no such ticket"),
        pytest.param({**MANUAL, "zendesk_ticket": "0"}, ANAS_NUMBER, ["T1"], id="T1, a new one is asked for"),
        pytest.param(MANUAL, "anonymous", ["C4"], id="C4"),
        pytest.param({**MANUAL, "voice_comment": "perhaps"}, ANAS_NUMBER, ["S4"], id="S4"),
        pytest.param(MANUAL, ANAS_NUMBER, [], id="plain manual assignment"),
    ],
)
def test_A2_without_a_ticket_notices_are_counted_and_logged_by_rule(
    logs: Logs, attributes: dict[str, str], caller: str, rules: list[str]
) -> None:
    stack = ready()
    leave_snapshot(stack, alive(attributes=attributes, caller=caller))
    accept(stack)
    assert notices_logged(logs) == rules
    assert logs.metrics["NoticeWithoutTicket"] == len(rules)
    assert stack.zendesk.tickets() == []


def test_A2_T5_several_users_who_match_are_told_of(logs: Logs) -> None:
    shared = {"phone": "+442071830000", "shared_phone_number": True}
    users = [{"id": 110 + n, "name": f"Twin {n}", **shared} for n in range(2)]
    stack = ready(users=users)
    leave_snapshot(stack, alive(caller="+442071830000"))
    accept(stack)
    assert notices_logged(logs) == ["T5"]
    assert pops(stack) == []


def test_A2_T9_failed_authentication_is_told_of(logs: Logs) -> None:
    stack = ready(caller_authentication=CallerAuthentication(source="attributes"))
    leave_snapshot(stack, alive(attributes={"voice_authentication_result": "failed"}))
    accept(stack)
    assert notices_logged(logs) == ["T9"]
    assert pops(stack) == [(ADA, "user", ANA)]


def test_A2_C6_a_chat_without_a_match(logs: Logs) -> None:
    stack = ready()
    leave_snapshot(stack, alive(Channel="CHAT", InitiationMethod="API", CustomerEndpoint=None))
    accept(stack, contact_event(channel="CHAT", method="API"))
    assert notices_logged(logs) == ["C6"]


def test_A2_T12_an_agent_who_joins_before_there_is_a_ticket(logs: Logs) -> None:
    stack = ready()
    leave_snapshot(stack, alive())
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", agent=BOBS_NAME))
    assert notices_logged(logs) == ["T12"]


def test_A2_each_rule_is_told_once_to_an_agent_and_to_another_agent_again() -> None:
    stack = ready(tickets=[{**GIVEN[0], "requester_id": BEN}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    accept(stack)
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", method="QUEUE_TRANSFER"))
    assert len(bodies(stack.ticket(4711))) == 1
    accept(
        stack,
        contact_event(contact="leg-3", first_leg="contact-1", method="QUEUE_TRANSFER", agent=BOBS_NAME),
    )
    assert len(bodies(stack.ticket(4711))) == 2
    assert [agent for agent, *_ in pops(stack)] == [ADA, ADA, BOB]


def test_A2_what_was_told_is_not_told_again_with_what_is_new() -> None:
    stack = ready(tickets=[{**GIVEN[0], "requester_id": BEN}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    accept(stack)
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711", "voice_comment": "perhaps"}))
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", method="QUEUE_TRANSFER"))
    first, second = bodies(stack.ticket(4711))
    assert "requested this ticket" in first
    assert "voice_comment: expected" in second
    assert "requested this ticket" not in second


def test_A2_a_notice_that_failed_comes_from_the_queue_and_nothing_pops_again() -> None:
    stack = ready(tickets=[{**GIVEN[0], "requester_id": BEN}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    stack.zendesk.faults.outage(1, matching=UPDATE)
    accept(stack)
    stack.run(until=None)
    assert len(bodies(stack.ticket(4711))) == 1
    assert len(pops(stack)) == 1


def test_A2_a_notice_whose_answer_was_lost_is_found_and_not_written_twice() -> None:
    stack = ready(tickets=[{**GIVEN[0], "requester_id": BEN}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    stack.zendesk.faults.lose_answer(after_write=True, matching=UPDATE)
    accept(stack)
    stack.run(until=None)
    assert len(bodies(stack.ticket(4711))) == 1


def test_A2_a_ticket_that_takes_no_comment_fails_nothing(monkeypatch: pytest.MonkeyPatch, logs: Logs) -> None:
    from connect_zendesk.zendesk.errors import Refused

    def refuses(*_: Any) -> None:
        raise Refused("Zendesk answered 422")

    stack = ready(tickets=[{**GIVEN[0], "requester_id": BEN}])
    leave_snapshot(stack, alive(attributes={"zendesk_ticket": "4711"}))
    monkeypatch.setattr(tickets, "update", refuses)
    accept(stack)
    assert stack.messages.waiting == []
    assert logs.metrics["NoticeWithoutTicket"] == 1


def test_notices_hold_nothing_personal_in_the_log(logs: Logs) -> None:
    stack = ready()
    leave_snapshot(
        stack, alive(attributes={**MANUAL, "customer_email": "no address: Zoe", "zendesk_ticket": "x Zoe"})
    )
    accept(stack)
    assert "S4" in notices_logged(logs)
    assert "Zoe" not in "".join(logs.text)
