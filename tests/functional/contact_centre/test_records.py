"""Contact records of a day: facts/amazon-connect.md 1 and 2."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_record import NotAContactRecord, decode, parse
from connect_zendesk.rules.contacts.unanswered import unanswered
from local.contact_centre.records import record as record_of
from local.contact_centre.records import so_far
from tests.functional.contact_centre.sample import (
    SAMPLE,
    exact,
    legs,
    real,
    records,
    stories,
    whole,
)


def test_1_records_have_the_fields_of_real_ones_and_pass_the_projects_parser() -> None:
    assert set(records()) == {leg.contact_id for leg in legs()}
    for leg in legs():
        record = records()[leg.contact_id]
        assert not SAMPLE.keys() - record.keys()
        read = parse(decode(json.dumps(record).encode()))
        assert (read.contact_id, read.root_id, read.channel) == (leg.contact_id, leg.root, leg.channel)
        assert (read.agent.username if read.agent else None) == (leg.agent.username if leg.agent else None)
        assert (read.began, read.ended) == (whole(leg.began), whole(leg.ended))
        assert read.customer_address == leg.customer
        assert read.attributes == leg.attributes
        assert read.updated >= whole(leg.over)  # records come when the work after the contact is done
        assert read.initiation_method == leg.method
        assert len(read.recordings) == (len(leg.recorded) if leg.channel == "VOICE" else 0)
        assert read.task_name == leg.name


@pytest.mark.parametrize(
    ("story", "missed"),
    [
        ("abandoned", "abandoned"), ("left in the flow", "self_service"), ("missed", "missed"),
        ("voicemail", "voicemail"), ("answered", None), ("outgoing", None),
    ],
)  # fmt: skip
def test_T13_each_story_is_read_as_what_it_is(story: str, missed: str | None) -> None:
    for reported in stories(story):
        assert unanswered(parse(records()[reported.legs[0].contact_id])) == missed


def test_2_legs_are_linked_to_the_first_and_the_last_leg_is_its_next() -> None:
    for story in exact()[0].stories:
        first, *later = (records()[leg.contact_id] for leg in story.legs)
        assert (first["InitialContactId"], first["PreviousContactId"]) == (None, None)
        for record in later:
            assert record["InitialContactId"] == record["PreviousContactId"] == first["ContactId"]
        assert first["NextContactId"] == (later[-1]["ContactId"] if later else None)


def wrap_up(record: dict[str, Any]) -> str:
    return str(record["Agent"]["AfterContactWorkStartTimestamp"])


def test_2_transfer_consult_and_conference_are_told_apart_as_aws_does() -> None:
    def pairs(kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        found = [[records()[leg.contact_id] for leg in story.legs] for story in stories(kind)]
        return [(first, later) for first, *others in found for later in others]

    for kind in ("cold transfer", "warm transfer"):
        for first, second in pairs(kind):
            assert first["TransferCompletedTimestamp"]
            assert wrap_up(first) < wrap_up(second)
    for first, second in pairs("consult"):
        assert wrap_up(first) > wrap_up(second)
        assert second["Agent"]["AgentInteractionDuration"] <= 2
    for first, second in pairs("conference"):
        assert wrap_up(first) > wrap_up(second)
        assert second["Agent"]["AgentInteractionDuration"] > 2
        assert second["InitiationMethod"] == "TRANSFER"
        assert second["Queue"]["Name"] is None
        assert "/queue/agent/" in second["Queue"]["ARN"]
    assert max(len(story.legs) for story in stories("conference")) == 5  # and the customer
    for first, second in pairs("external party"):
        assert (second["InitiationMethod"], second["Agent"]) == ("EXTERNAL_OUTBOUND", None)
        assert wrap_up(first) > second["DisconnectTimestamp"]
        assert first["TransferredToEndpoint"] == second["CustomerEndpoint"]


def test_2_monitoring_is_a_leg_of_its_own_with_what_the_supervisor_did() -> None:
    states = Counter[tuple[str, ...]]()
    for story in stories("monitored"):
        record = records()[story.legs[1].contact_id]
        assert (record["InitiationMethod"], record["SystemEndpoint"]) == ("MONITOR", None)
        states[tuple(entry["state"] for entry in record["Agent"]["StateTransitions"])] += 1
    assert states.keys() == {("SILENT_MONITOR",), ("SILENT_MONITOR", "BARGE")}


def test_1_1_records_come_again_later_twice_and_with_poison_among_them() -> None:
    day, emissions = real()
    sent = [emission for emission in emissions if emission.kind == "contact_record"]
    versions: dict[str, set[str]] = {}
    for emission in sent:
        if not emission.is_poison and not isinstance(emission.payload, bytes):
            versions.setdefault(emission.payload["ContactId"], set()).add(emission.data.decode())
    expected = {leg: number for reported in day.expectations for leg, number in reported.versions.items()}
    assert {leg: len(texts) for leg, texts in versions.items()} == expected
    assert set(expected.values()) == {1, 2}
    assert len(sent) > sum(expected.values())
    changed = [texts for texts in versions.values() if len(texts) == 2]
    assert any("survey" in text for texts in changed for text in texts)
    assert any('"Recordings": null' in text for texts in changed for text in texts)
    updated = [e for e in emissions if e.kind == "contact_event" and b"UserDefinedAttributes" in e.data]
    assert updated
    poison = [emission for emission in sent if emission.is_poison]
    for emission in poison:
        with pytest.raises(NotAContactRecord):
            decode(emission.data)
    assert len({emission.data for emission in poison}) == 3


def test_contact_that_goes_on_is_known_as_far_as_it_has_come() -> None:
    leg = next(
        leg
        for leg in legs()
        if leg.method == "INBOUND" and leg.agent and leg.recorded and leg.next_id and leg.customer
    )
    assert leg.connected is not None
    assert leg.enqueued is not None
    begun, queued, connected, ended, over = (
        so_far(leg, at) for at in (leg.began, leg.enqueued, leg.connected, leg.ended, leg.over)
    )
    assert (begun["Queue"], begun["Agent"], begun["CustomerEndpoint"]["Address"]) == (
        None,
        None,
        leg.customer,
    )
    assert (queued["Queue"]["DequeueTimestamp"], queued["Agent"]) == (None, None)
    assert connected["Agent"]["ConnectedToAgentTimestamp"]
    assert connected["Agent"]["AfterContactWorkStartTimestamp"] is None
    for record in (begun, queued, connected):
        assert (record["DisconnectTimestamp"], record["Recordings"], record["NextContactId"]) == (
            None,
            None,
            None,
        )
        assert parse(record).ended is None
    assert parse(ended).ended == whole(leg.ended)
    assert ended["Recordings"] is None
    assert over == record_of(leg, leg.over)
