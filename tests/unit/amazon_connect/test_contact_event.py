"""Contact events as Amazon Connect sends them, and as its documentation spells them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_event import monitored_contact, parse
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.detail_types import CONTACT_EVENT
from tests.live import ANSWERED, contact_event
from tests.records import ADAS_NAME, INSTANCE, NINE

SENT = "2026-11-02T10:01:15Z"


def in_pascal_case(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: in_pascal_case(held) for name, held in value.items()}
    return value


def test_an_acceptance_is_read() -> None:
    event = parse(contact_event("CONNECTED_TO_AGENT", "leg-2", first_leg="root-1")["detail"], SENT)
    assert (event.kind, event.at, event.previous) == ("CONNECTED_TO_AGENT", ANSWERED, "root-1")
    leg = event.leg
    assert (leg.contact_id, leg.root_id, leg.channel) == ("leg-2", "root-1", "VOICE")
    assert (leg.initiation_method, leg.instance_arn, leg.began) == ("TRANSFER", INSTANCE, NINE)
    assert leg.ended is None
    assert leg.agent is not None
    assert (leg.agent.username, leg.agent.arn) == ("", f"{INSTANCE}/agent/{ADAS_NAME}")


def test_names_in_pascal_case_are_read_alike() -> None:
    detail = contact_event()["detail"]
    assert parse(in_pascal_case(detail), SENT) == parse(detail, SENT)


@pytest.mark.parametrize("channel", ["Voice", "VOICE", "voice"])
def test_the_channels_case_makes_no_difference(channel: str) -> None:
    assert parse(contact_event(channel=channel)["detail"], SENT).leg.channel == "VOICE"


def test_moments_that_have_not_come_yet_are_none() -> None:
    agent = {"agentArn": f"{INSTANCE}/agent/a", "connectedToAgentTimestamp": "1970-01-01T00:00:00.001Z"}
    event = parse(contact_event(agentInfo=agent)["detail"], SENT)
    assert event.at == datetime(2026, 11, 2, 10, 1, 15, tzinfo=UTC)


def test_an_end_has_its_own_moment_and_completion_the_envelopes() -> None:
    ended = contact_event("DISCONNECTED", at=ANSWERED)["detail"]
    assert parse(ended, SENT).at == ANSWERED
    assert parse({**ended, "eventType": "COMPLETED"}, SENT).at.minute == 1
    assert parse({**ended, "eventType": "COMPLETED"}, SENT).leg.ended == ANSWERED


@pytest.mark.parametrize("kind", ["A_NEW_ONE", "", None, 5])
def test_kinds_never_seen_before_pass(kind: Any) -> None:
    assert parse(contact_event(eventType=kind)["detail"], SENT).kind == str(kind or "")


@pytest.mark.parametrize(
    "detail", [{}, {"contactId": None}, {"contactId": "<script>"}, {"contactId": "c-1"}, {"contactId": ["c"]}]
)
def test_what_has_no_id_or_no_time_is_no_contact_event(detail: dict[str, Any]) -> None:
    with pytest.raises(NotAContactRecord):
        parse({"eventType": "CONNECTED_TO_AGENT", **detail})


@pytest.mark.parametrize("junk", [None, 5, "text", [], {"agentArn": 5}])
def test_nested_parts_of_another_type_are_passed_over(junk: Any) -> None:
    event = parse(contact_event(agentInfo=junk, queueInfo=junk, segmentAttributes=junk)["detail"], SENT)
    assert event.leg.agent is None


@pytest.mark.parametrize(
    ("initial", "previous", "related", "monitored"),
    [
        ("root-1", "leg-2", "other", "root-1"),
        (None, "leg-2", "other", "leg-2"),
        (None, None, "other", "other"),
        ("watch-1", None, None, None),
        (None, None, None, None),
        ("watch-1", "watch-1", "root-1", "root-1"),
        (None, "<script>", None, None),
    ],
)
def test_P4_which_contact_a_supervisor_monitors(
    initial: str | None, previous: str | None, related: str | None, monitored: str | None
) -> None:
    ids = {"initialContactId": initial, "previousContactId": previous, "relatedContactId": related}
    event = parse(contact_event(contact="watch-1", method="MONITOR")["detail"] | ids, SENT)
    assert monitored_contact(event.leg, event.previous, event.related) == monitored


SAMPLES = sorted((Path(__file__).parents[3] / "events" / "contact_events").glob("*.json"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_every_sample_is_read(sample: Path) -> None:
    envelope = json.loads(sample.read_text())
    assert (envelope["source"], envelope["detail-type"]) == ("aws.connect", CONTACT_EVENT)
    event = parse(envelope["detail"], envelope["time"])
    told = {name.lower(): value for name, value in envelope["detail"].items()}
    assert (event.kind, event.leg.contact_id) == (told["eventtype"], told["contactid"])
    assert event.leg.channel == told["channel"].upper()
