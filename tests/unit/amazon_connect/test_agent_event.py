"""Agent events: what has changed between two snapshots of an agent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.amazon_connect.agent_event import AgentEvent, decode, parse
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from tests.live import agent_event, on_agent
from tests.records import ADAS_NAME, INSTANCE, NINE


def changes(event: AgentEvent) -> list[tuple[str, str]]:
    return [(change, leg.contact_id) for change, leg in event.changes]


def step(before: str | None, after: str | None) -> dict[str, Any]:
    """Return the event of one contact's step from state to state; None is not being there."""
    return agent_event([on_agent("c-1", before)] if before else [], [on_agent("c-1", after)] if after else [])


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, "CONNECTING", "ringing"),
        (None, "INCOMING", "ringing"),
        ("INCOMING", "INCOMING", None),
        ("INCOMING", "PENDING", None),
        ("INCOMING", "CONNECTING", "ringing"),
        ("CONNECTING", "CONNECTING", None),
        ("CONNECTING", "CONNECTED", "connected"),
        (None, "CONNECTED", "connected"),
        ("CONNECTED", "CONNECTED_ONHOLD", None),
        ("CONNECTED_ONHOLD", "CONNECTED", None),
        ("PAUSED", "CONNECTED", None),
        ("CONNECTED", "ENDED", "ended"),
        ("CONNECTING", "MISSED", "ended"),
        ("CONNECTING", "REJECTED", "ended"),
        ("CONNECTED", None, "ended"),
        ("ENDED", None, None),
        ("MISSED", None, None),
        (None, "ENDED", None),
        ("CONNECTED", "A_NEW_STATE", None),
        (None, None, None),
    ],
)
def test_what_a_step_from_state_to_state_means(
    before: str | None, after: str | None, change: str | None
) -> None:
    assert changes(parse(step(before, after))) == ([(change, "c-1")] if change else [])


def test_contacts_are_told_apart_by_their_ids() -> None:
    event = parse(
        agent_event(
            [on_agent("c-1", "CONNECTED"), on_agent("c-2", "CONNECTING"), on_agent("c-3", "CONNECTED")],
            [on_agent("c-4", "CONNECTING"), on_agent("c-2", "CONNECTED"), on_agent("c-1", "CONNECTED")],
        )
    )
    assert sorted(changes(event)) == [("connected", "c-2"), ("ended", "c-3"), ("ringing", "c-4")]
    assert [leg.contact_id for leg in event.legs("ringing")] == ["c-4"]


def test_the_agent_has_name_and_arn_and_the_leg_its_contact() -> None:
    event = parse(agent_event([], [on_agent("leg-2", "CONNECTING", first_leg="root-1")], at=NINE))
    assert (event.agent.username, event.agent.arn) == (ADAS_NAME, f"{INSTANCE}/agent/{ADAS_NAME}")
    assert event.at == NINE
    (leg,) = event.legs("ringing")
    assert (leg.contact_id, leg.root_id, leg.channel) == ("leg-2", "root-1", "VOICE")
    assert (leg.initiation_method, leg.instance_arn) == ("TRANSFER", INSTANCE)
    assert leg.agent is not None
    assert leg.agent.username == ADAS_NAME


def test_a_task_is_called_so() -> None:
    (leg,) = parse(agent_event([], [on_agent("t-1", "CONNECTING", Channel="TASKS")])).legs("ringing")
    assert leg.channel == "TASK"


@pytest.mark.parametrize("kind", ["LOGIN", "LOGOUT", "HEART_BEAT", "A_NEW_ONE"])
def test_events_without_contacts_have_no_changes(kind: str) -> None:
    event = agent_event([], [], kind=kind)
    assert parse(event).changes == ()
    assert parse({**event, "PreviousAgentSnapshot": None, "CurrentAgentSnapshot": None}).changes == ()


@pytest.mark.parametrize(
    "contacts",
    [None, {}, "text", [None], [5], [{"ContactId": 5}], [{"ContactId": "<script>", "State": "CONNECTING"}]],
)
def test_contacts_that_cannot_be_read_are_passed_over(contacts: Any) -> None:
    event = agent_event([], [])
    event["CurrentAgentSnapshot"]["Contacts"] = contacts
    assert parse(event).changes == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"5", json.dumps({"ContactId": "c-1"}).encode(), b'{"AgentARN": 5}',
     json.dumps({**agent_event([], []), "EventTimestamp": "yesterday"}).encode(), b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_agent_event_is_refused(data: bytes) -> None:
    with pytest.raises(NotAContactRecord):
        decode(data)


SAMPLES = Path(__file__).parents[3] / "events" / "agent_events"


@pytest.mark.parametrize(
    ("sample", "found"),
    [
        ("ringing", ["ringing"]),
        ("accepted", ["connected"]),
        ("missed", ["ended"]),
        ("after-call-work", ["ended"]),
        ("transfer-rings", ["ringing"]),
        ("task-offered", ["ringing"]),
        ("second-chat-offered", ["ringing"]),
        ("supervisor-monitors", ["connected"]),
        ("heartbeat", []),
        ("login", []),
    ],
)
def test_every_sample_is_read(sample: str, found: list[str]) -> None:
    assert {path.stem for path in SAMPLES.glob("*.json")} >= {sample}
    event = decode((SAMPLES / f"{sample}.json").read_bytes())
    assert [change for change, _ in event.changes] == found
