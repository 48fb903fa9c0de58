"""A day of the contact centre: what is sent, in which shape (contract sheet of Amazon Connect, 1 to 6)."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.amazon_connect.contact_record import NotAContactRecord, decode, parse
from local.amazon_connect import AmazonConnect
from local.contact_centre import Day, Emission, Faithfulness, people
from local.contact_centre.agent_events import changes
from local.contact_centre.contact_events import contact_events
from local.contact_centre.legs import Leg, Story
from local.contact_centre.people import People, strangers_number
from local.contact_centre.records import record as record_of
from local.contact_centre.records import so_far
from local.zendesk import Zendesk

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
SAMPLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "events" / "contact_records" / "known-caller.json").read_text()
)
EXACT = Faithfulness(0, 0, 0, 0, 0, 0, 0)


def staff(seed: int = 1) -> People:
    return people(seed, agents=24, customers=40, before=START)


def new_day(seed: int = 1, contacts: int = 600, **options: Any) -> Day:
    return Day(seed, START, staff(), contacts, **{"rate": 0.2, **options})


@cache
def exact() -> tuple[Day, list[Emission]]:
    day = new_day(faithfulness=EXACT)
    return day, list(day)


@cache
def real() -> tuple[Day, list[Emission]]:
    day = new_day()
    return day, list(day)


def payloads(emissions: list[Emission], kind: str) -> list[Any]:
    return [emission.payload for emission in emissions if emission.kind == kind]


def records() -> dict[str, dict[str, Any]]:
    return {record["ContactId"]: record for record in payloads(exact()[1], "contact_record")}


def stories(kind: str) -> list[Story]:
    found = [story for story in exact()[0].stories if story.kind == kind]
    assert found, kind
    return found


def legs() -> list[Leg]:
    return [leg for story in exact()[0].stories for leg in story.legs]


def test_same_seed_is_the_same_day_and_another_one_is_another() -> None:
    day, emissions = real()
    assert list(new_day()) == emissions
    assert list(day) == emissions  # the same object again
    assert len(day.expectations) == 600
    assert list(new_day(seed=2))[100:200] != emissions[100:200]


def test_emissions_come_in_order_and_are_made_as_they_are_asked_for() -> None:
    for _, emissions in (real(), exact()):
        assert all(one.moment <= other.moment for one, other in pairwise(emissions))
    endless = new_day(contacts=10**12)
    assert len(list(islice(endless, 500))) == 500
    assert len(endless.stories) < 100


def test_pace_makes_calls_shorter_and_rate_makes_contacts_come_faster() -> None:
    def talk(day: Day) -> timedelta:
        list(day)
        answered = [leg for story in day.stories for leg in story.legs if story.kind == "answered"]
        return sum(((leg.ended - leg.began) for leg in answered), timedelta()) / len(answered)

    assert talk(new_day(contacts=100, pace=20)) * 5 < talk(new_day(contacts=100))
    slow, fast = (new_day(contacts=200, rate=rate) for rate in (0.1, 10))
    last = [
        max(s.legs[0].began for s in day.stories if s.legs[0].method == "INBOUND")
        for day in (slow, fast)
        if list(day)
    ]
    assert last[1] - START < timedelta(minutes=1) < last[0] - START


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


def whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


@pytest.mark.parametrize(
    ("story", "missed"),
    [
        ("abandoned", "abandoned"), ("left in the flow", "ivr"), ("missed", "missed"),
        ("voicemail", "voicemail"), ("answered", None), ("outgoing", None),
    ],
)  # fmt: skip
def test_T13_each_story_is_read_as_what_it_is(story: str, missed: str | None) -> None:
    for told in stories(story):
        assert parse(records()[told.legs[0].contact_id]).missed_kind == missed


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


def test_3_1_events_of_a_leg_are_complete_and_tell_no_secrets() -> None:
    seen: dict[str, list[str]] = {}
    for event in payloads(exact()[1], "contact_event"):
        detail = event["detail"]
        assert (event["source"], event["detail-type"]) == ("aws.connect", "Amazon Connect Contact Event")
        assert event["resources"] == [
            f"{detail['instanceArn']}/contact/{detail['contactId']}",
            detail["instanceArn"],
        ]
        seen.setdefault(detail["contactId"], []).append(detail["eventType"])
        assert not {"customerEndpoint", "attributes"} & detail.keys()
    for leg in legs():
        expected = [event["detail"]["eventType"] for _, event in contact_events(leg)]
        assert sorted(seen[leg.contact_id]) == sorted(expected)
        assert ("CONNECTED_TO_AGENT" in expected) == (leg.agent is not None)
        assert ("QUEUED" in expected) == (leg.enqueued is not None)
    text = json.dumps(payloads(exact()[1], "contact_event"))
    assert not re.search(r"\+447700900|customer_email|zendesk_ticket", text)


def test_3_1_events_are_lost_come_twice_and_out_of_order() -> None:
    _, emissions = real()
    events = payloads(emissions, "contact_event")
    ids = Counter(event["id"] for event in events)
    sent = {event["id"] for leg in real()[0].stories for one in leg.legs for _, event in contact_events(one)}
    assert 0 < len(sent - ids.keys()) < len(sent) / 20
    assert any(times == 2 for times in ids.values())
    times = [event["time"] for event in events]
    assert times != sorted(times)


def test_3_2_agent_events_have_the_agent_before_and_after() -> None:
    last: dict[str, Any] = {}
    states: dict[str, list[str]] = {}
    for event in payloads(exact()[1], "agent_event"):
        agent, now = event["AgentARN"], event["CurrentAgentSnapshot"]
        assert event["PreviousAgentSnapshot"] == last.get(agent)
        if agent not in last:
            assert event["EventType"] == "LOGIN"
        before = {c["ContactId"]: c["State"] for c in (last.get(agent) or {}).get("Contacts", ())}
        for contact in now["Contacts"]:
            if before.get(contact["ContactId"]) != contact["State"]:
                states.setdefault(f"{contact['ContactId']} {agent}", []).append(contact["State"])
        last[agent] = now
    for leg in legs():
        for agent in {change.agent for change in changes(leg)}:
            expected = [c.state for c in changes(leg) if c.agent == agent and c.state]
            assert states[f"{leg.contact_id} {agent.arn}"] == expected
    assert any(state == ["CONNECTING", "MISSED"] for state in states.values())
    assert all(snapshot["AgentStatus"]["Type"] == "OFFLINE" for snapshot in last.values())
    assert all(snapshot["Contacts"] == [] for snapshot in last.values())


def test_3_2_agents_have_one_call_or_several_chats_at_once() -> None:
    most = Counter[str]()
    for event in payloads(exact()[1], "agent_event"):
        snapshot = event["CurrentAgentSnapshot"]
        channels = [contact["Channel"] for contact in snapshot["Contacts"]]
        most["VOICE"] = max(most["VOICE"], channels.count("VOICE"))
        most["other"] = max(most["other"], len(channels) - channels.count("VOICE"))
        assert all(
            slot["AvailableSlots"] >= 0 for slot in snapshot["Configuration"]["RoutingProfile"]["Concurrency"]
        )
    assert most["VOICE"] == 1
    assert 2 <= most["other"] <= 3


def test_3_2_heart_beats_of_idle_agents_come_every_two_minutes_but_for_lost_ones() -> None:
    def gaps(emissions: list[Emission]) -> list[float]:
        at: dict[str, datetime] = {}
        found = []
        for emission in emissions:
            if emission.kind == "agent_event" and not isinstance(emission.payload, bytes):
                agent = emission.payload["AgentARN"]
                if emission.payload["EventType"] == "HEART_BEAT":
                    found.append((emission.moment - at[agent]).total_seconds())
                at[agent] = emission.moment
        return found

    assert set(gaps(exact()[1])) == {120}
    assert max(gaps(real()[1])) >= 240


def test_5_transcripts_are_where_records_say_and_have_what_was_said() -> None:
    files = {f"{e.bucket}/{e.key}": e for e in exact()[1] if e.kind == "s3_object"}
    chats = [leg for leg in legs() if leg.channel == "CHAT"]
    for leg in chats:
        (recording,) = records()[leg.contact_id]["Recordings"]
        assert recording["MediaStreamType"] == "CHAT"
        emission = files[recording["Location"]]
        assert emission.moment > leg.ended
        content = json.loads(emission.data)
        assert (content["ContactId"], content["InitialContactId"]) == (leg.contact_id, leg.root)
        items = content["Transcript"]
        assert [item["AbsoluteTime"] for item in items] == sorted(item["AbsoluteTime"] for item in items)
        assert items[-1]["ContentType"].endswith("event.chat.ended")
        roles = {item.get("ParticipantRole") for item in items if item["Type"] == "MESSAGE"}
        assert roles == ({"CUSTOMER", "SYSTEM", "AGENT"} if leg.agent else {"CUSTOMER", "SYSTEM"})
        spoken = {item["ParticipantId"] for item in items if "ParticipantId" in item}
        assert spoken == {participant["ParticipantId"] for participant in content["Participants"]}
    assert any(
        re.search(r"connect/acme/ChatTranscripts/2026/11/02/\S+_20261102T09:\d\d_UTC\.json", k) for k in files
    )


_ANALYSIS = re.compile(
    r"Analysis/(Voice|Chat)/(Redacted/)?2026/11/02/([0-9a-f-]{36})_analysis(_redacted)?_2026-11-02T\S{8}Z\.json"
)


def test_6_analyses_are_at_the_buckets_root_raw_and_redacted() -> None:
    written: dict[str, list[str]] = {}
    by_id = {leg.contact_id: leg for leg in legs()}
    for emission in exact()[1]:
        if emission.key is None or not emission.key.startswith("Analysis"):
            continue
        match = _ANALYSIS.fullmatch(emission.key)
        assert match, emission.key
        content, leg = json.loads(emission.data), by_id[match[3]]
        assert content["CustomerMetadata"]["ContactId"] == match[3]
        assert content["Channel"] == match[1].upper() == leg.channel
        assert content["ContentMetadata"]["Output"] == ("Redacted" if match[2] else "Raw")
        assert bool(match[2]) == bool(match[4])
        assert ("Ana Silva" in emission.data.decode()) == (leg.channel == "VOICE" and not match[2])
        if leg.channel == "VOICE":
            assert content["Version"] == "1.1.0"
            length = content["ConversationCharacteristics"]["TotalConversationDurationMillis"]
            assert content["Transcript"][-1]["EndOffsetMillis"] <= length
            recording = records()[match[3]]["Recording"] or {"Location": f"{leg.recording_key(0)}"}
            assert content["CustomerMetadata"]["InputS3Uri"].endswith(recording["Location"])
        written.setdefault(match[3], []).append(content["ContentMetadata"]["Output"])
    assert written.keys() == {leg.contact_id for leg in legs() if leg.analysed and leg.agent}
    assert {(by_id[number].channel, *outputs) for number, outputs in written.items()} == {
        (channel, *outputs)
        for channel in ("VOICE", "CHAT")
        for outputs in (["Raw"], ["Redacted"], ["Raw", "Redacted"])
    }


def test_1_1_records_come_again_later_twice_and_with_poison_among_them() -> None:
    day, emissions = real()
    sent = [emission for emission in emissions if emission.kind == "contact_record"]
    versions: dict[str, set[str]] = {}
    for emission in sent:
        if not emission.is_poison and not isinstance(emission.payload, bytes):
            versions.setdefault(emission.payload["ContactId"], set()).add(emission.data.decode())
    expected = {leg: number for told in day.expectations for leg, number in told.versions.items()}
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
        so_far(leg, moment) for moment in (leg.began, leg.enqueued, leg.connected, leg.ended, leg.over)
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


def test_expectations_hold_the_facts() -> None:
    day, _ = exact()
    for story, expected in zip(day.stories, day.expectations, strict=True):
        assert expected.root == expected.legs[0] == story.legs[0].contact_id
        assert expected.answered == {leg.contact_id for leg in story.legs if leg.agent}
        assert expected.monitoring == {leg.contact_id for leg in story.legs if leg.method == "MONITOR"}
    assert {expected.channel for expected in day.expectations} == {"VOICE", "CHAT", "TASK"}
    assert len({expected.story for expected in day.expectations}) == 18


def test_worlds_are_ones_that_the_stand_ins_read() -> None:
    world = staff()
    zendesk = Zendesk(world.zendesk_world, clock=lambda: START)
    AmazonConnect(world.connect_world, clock=lambda: START)
    by_phone = {user["phone"]: user["id"] for user in zendesk.users() if user["phone"]}
    assert all(by_phone[customer.phone] == customer.user_id for customer in world.customers)
    tickets = {ticket["id"]: ticket["requester_id"] for ticket in zendesk.tickets()}
    assert tickets == {ticket: c.user_id for c in world.customers for ticket in c.tickets}
    assert not {strangers_number(n) for n in range(79_900)} & by_phone.keys()
    assert len({strangers_number(n) for n in range(79_900)}) == 79_900
    assert staff() == staff()
    assert staff(2) != staff(1)
    called = {leg.customer for leg in legs() if leg.channel == "VOICE"}
    assert called & by_phone.keys()
    assert called - by_phone.keys()
    assert {None, "anonymous"} < called


@pytest.mark.parametrize(("agents", "customers"), [(7, 10), (8, 0), (8, 1001)])
def test_people_that_cannot_be_are_refused(agents: int, customers: int) -> None:
    with pytest.raises(ValueError, match="agents"):
        people(1, agents=agents, customers=customers, before=START)
