"""Contact events, agent events and files of a day: facts/amazon-connect.md 3, 5 and 6."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any

from local.contact_centre import Emission
from local.contact_centre.agent_events import changes
from local.contact_centre.contact_events import contact_events
from tests.functional.contact_centre.sample import (
    exact,
    legs,
    payloads,
    real,
    records,
)


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
                    found.append((emission.at - at[agent]).total_seconds())
                at[agent] = emission.at
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
        assert emission.at > leg.ended
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
