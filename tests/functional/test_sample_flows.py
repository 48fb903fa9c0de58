"""F4: every branch of every sample is walked against the functions, with hang-ups at every block."""

from __future__ import annotations

from functools import cache

import pytest

from connect_zendesk.ledger import snapshots
from infra.flow_language.paths import is_end
from infra.sample_flows import BY_NAME, SAMPLES
from local.flows.exploration import Explored, branches
from local.flows.findings import findings
from local.flows.script import Happening, read_script
from tests.walks import SITUATIONS, Situation

#: The largest sample takes some seconds of processor time for what the others prove of the walker as well.
by_sample = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=(pytest.mark.long, pytest.mark.xdist_group("inbound-call")))
        if name == "inbound-call"
        else name
        for name in BY_NAME
    ],
)


@cache
def explored(name: str) -> tuple[Explored, ...]:
    """Return what was found in each situation of a sample."""
    return tuple(situation.explore() for situation in SITUATIONS if situation.sample == name)


@by_sample
def test_F4_every_branch_of_a_sample_is_walked(name: str) -> None:
    taken = set().union(*(each.taken for each in explored(name)))
    assert [branch for branch in branches(BY_NAME[name].flow) if branch not in taken] == []


@by_sample
def test_F4_every_walk_ends_where_a_flow_may_end(name: str) -> None:
    ended = {walked.ended for each in explored(name) for walked in each.walks}
    assert ended <= {"in the queue", "disconnected", "at the end of the flow", "left by the customer"}
    ends = {block.identifier for block in BY_NAME[name].flow.blocks.values() if is_end(block)}
    at = {
        walked.steps[-1].block
        for each in explored(name)
        for walked in each.walks
        if walked.ended != "left by the customer" and walked.steps[-1].flow == name
    }
    assert at | {"To voicemail"} >= ends >= at


@by_sample
def test_F4_a_customer_may_leave_at_every_block(name: str) -> None:
    left = {
        walked.steps[-1].block
        for each in explored(name)
        for walked in each.walks
        if walked.ended == "left by the customer"
    }
    assert left == BY_NAME[name].flow.blocks.keys()


@pytest.mark.parametrize("name", list(BY_NAME))
def test_F4_nothing_is_amiss_with_a_sample(name: str) -> None:
    assert findings(BY_NAME[name].flow) == []


@pytest.mark.parametrize("name", [sample.name for sample in SAMPLES if sample.name != "agent-transfer"])
def test_F4_what_acceptance_finds_is_what_the_flow_has_set(name: str) -> None:
    for situation in (each for each in SITUATIONS if each.sample == name):
        stack = situation.stack()
        walked = situation.walk(stack, {})
        if walked.ended != "in the queue":
            continue
        contact = walked.contact.contact_id
        snapshot = snapshots.snapshot_of(stack.services.ledger, contact)
        assert snapshot is not None
        assert dict(snapshot.leg.attributes) == {
            name: text for name, text in walked.attributes.items() if text
        }


def situation_of(name: str, about: str) -> Situation:
    return next(each for each in SITUATIONS if (each.sample, each.about) == (name, about))


def test_F2_F4_a_new_ticket_that_is_asked_for_is_read_out_with_its_digits_apart() -> None:
    situation = situation_of("inbound-call", "a customer with an open ticket")
    stack = situation.stack()
    walked = situation.walk(stack, read_script({"Choose a ticket": ["9", "2"], "Ask for consent": "1"}))
    number = max(ticket["id"] for ticket in stack.zendesk.tickets())
    assert walked.said[-1] == f"Your request has the number {' '.join(str(number))}."
    assert walked.attributes["zendesk_ticket"] == "0"
    assert walked.attributes["call_recording_consent"] == "optin"
    assert walked.ended == "in the queue"


def test_F4_a_caller_hears_the_open_ticket_and_its_status_and_takes_it() -> None:
    situation = situation_of("inbound-call", "a customer with an open ticket")
    walked = situation.walk(situation.stack(), read_script({"Choose a ticket": "1"}))
    assert "Your request 4002 is pending." in " ".join(walked.said)
    assert walked.attributes["zendesk_ticket"] == "4002"
    assert walked.attributes["call_recording_consent"] == "optout"  # no key is no consent


def test_T9_F4_who_is_not_verified_hears_nothing_of_a_ticket() -> None:
    situation = situation_of("inbound-call", "not verified")
    walked = situation.walk(situation.stack(), {})
    assert not any("request" in said for said in walked.said)
    assert walked.attributes["ticket_assignment"] == "agent"
    assert walked.attributes["voiceid_enabled"] == "true"


@pytest.mark.parametrize(
    "script",
    [
        {"Is it open": {"result": "False"}},
        {"Is an agent there": {"result": "0"}},
        {"To the queue": {"error": "QueueAtCapacity"}},
    ],
)
def test_T13_F4_where_no_agent_can_answer_the_caller_leaves_a_voicemail(script: dict[str, object]) -> None:
    situation = situation_of("inbound-call", "an unknown number")
    walked = situation.walk(situation.stack(), read_script(script | {"Hold the line": ["", "#"]}))
    assert [step.outcome.note for step in walked.steps if step.type == "UpdateContactRecordingBehavior"][
        -2:
    ] == [
        "records the flow",
        "records nothing",
    ]
    assert walked.attributes["voicemail"] == "true"
    # The caller did not agree to the call being recorded, but leaves a message: that is no recording against
    # consent.
    assert walked.attributes["call_recording_consent"] == "none"
    assert walked.ended == "disconnected"


def test_C2_F4_a_chat_that_the_bot_identifies_names_its_user() -> None:
    situation = situation_of("chat", "a customer and another")
    said = {"Ask who it is": {"intent": "Identify", "slots": {"Name": "A", "Email": "ana@example.com"}}}
    walked = situation.walk(situation.stack(), read_script(said))
    assert walked.attributes["zendesk_user"] == "101"
    assert "ticket_assignment" not in walked.attributes
    other = situation.walk(
        situation.stack(), {"Ask who it is": (Happening(intent="Identify", slots={"Name": "A"}),)}
    )
    assert (other.attributes["ticket_assignment"], other.attributes["customer_name"]) == ("agent", "A")


def test_F3_F4_with_zendesk_down_every_sample_goes_on_to_its_end() -> None:
    for situation in SITUATIONS:
        stack = situation.stack()
        stack.zendesk.faults.outage()
        walked = situation.walk(stack, {})
        assert not walked.ended.startswith("nowhere")
