"""A release reads what the one before it wrote, and goes on with it (O6).

Everything here was written by release 0.1.0; `tests/fixtures/release_0_1_0/README.md` says how, and what each
item is. What a test gives to the stack is what was still to come for the release before.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from tests.release_before import (
    FIXTURES,
    Fixture,
    Moment,
    asks_the_same,
    at_moment,
    defaults_of,
    document_of,
    effort,
    fixtures,
    items_of,
    keys_of,
    letter_files,
    read_fixture,
    read_letter_file,
    seen,
    send_again,
    settings_of,
    signature,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

#: Its file comes until the contact is taken over, and is told of once more when the ticket is linked.
FILE_COMES_FIRST = "step_follow_up_refused"
#: Between them they have most forms of keys, and steps in every state.
ON_DYNAMODB = (
    "agent_map_filled",
    "chat_transcript_waits_over",
    "macro_over",
    "moved_file_at_second_ticket",
    "question_over",
    "recovery_once",
    "step_change_note_lost_written",
    "step_create_ticket_claimed_again",
    "step_follow_up_claimed",
    "step_refused_ticket_abandoned",
    "transfer_over",
    "voice_id_silent_once",
    "webhook_seen",
)
LEDGER, MESSAGES = fixtures("ledger"), fixtures("messages")
STEPS = [path for path in LEDGER if path.name.startswith("step_")]
#: Settings that write the same details otherwise: what was begun is written as it was begun.
ELSEWHERE = {"time_zone": "Asia/Tokyo"}
#: Written anew by each attempt, since the ledger keeps no transcript.
NOT_KEPT = "step_transcript"
#: The only thing that is sent to Amazon Connect again: it makes one task of one token.
TASKS = "/contact/task"


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDBClient]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield boto3.client("dynamodb", region_name="eu-west-2")


def by_name(path: Path) -> str:
    return path.name.removesuffix(".json").removesuffix(".json.gz")


# The ledger


@pytest.mark.parametrize("path", LEDGER, ids=by_name)
def test_O6_a_contact_that_the_release_before_left_comes_to_the_same_end(path: Path) -> None:
    goes_on(read_fixture(path))


@pytest.mark.parametrize(
    "name", [*ON_DYNAMODB[:3], *(pytest.param(name, marks=pytest.mark.long) for name in ON_DYNAMODB[3:])]
)
def test_O6_it_does_so_where_the_ledger_is_a_table_of_dynamodb(name: str, dynamodb: DynamoDBClient) -> None:
    goes_on(read_fixture(FIXTURES / "ledger" / f"{name}.json"), dynamodb)


def goes_on(fixture: Fixture, dynamodb: DynamoDBClient | None = None) -> None:
    """Have a fixture's contact go on to its end, and look at what there is by then."""
    with at_moment(fixture, dynamodb) as moment:
        if fixture.name.startswith("step_") and fixture.name.rpartition("_")[0] != NOT_KEPT:
            moment.app_settings = settings_of({**fixture.settings, **ELSEWHERE})
        moment.go_on(fixture)
        assert seen(moment) == fixture.expected
        assert_one_ticket_for_each_contact(moment.zendesk.tickets())
        assert_nothing_is_written_again(moment)
        told_again = {"Contact File": 1} if fixture.name == FILE_COMES_FIRST else {}
        assert_no_more_is_asked_than_was(effort(moment), fixture.effort, told_again)
        if not fixture.name.endswith("_abandoned"):
            assert_what_was_not_done_is_done_as_it_was_begun(moment, fixture.unanswered)


def ledger_fixture(name: str) -> Fixture:
    return read_fixture(FIXTURES / "ledger" / f"{name}.json")


def test_O6_a_pause_that_zendesk_asked_for_still_holds() -> None:
    fixture = ledger_fixture("step_details_refused")
    began = datetime.fromisoformat(fixture.at)
    with at_moment(fixture) as moment:
        moment.happen({"kind": "record", "at": fixture.at, "content": a_record_in(fixture)})
        moment.run(until=began + timedelta(seconds=29))
        assert not moment.zendesk.requests
        moment.run(until=began + timedelta(seconds=180))  # the contact is taken over first
        assert moment.zendesk.requests


def test_O6_whoever_holds_a_lock_keeps_it_until_the_lease_ends() -> None:
    fixture = ledger_fixture("step_settling_dies_in_it")
    began = datetime.fromisoformat(fixture.at)
    with at_moment(fixture) as moment:
        before = len(moment.zendesk.tickets())
        moment.happen({"kind": "record", "at": fixture.at, "content": a_record_in(fixture)})
        moment.run(until=began + timedelta(seconds=89))
        assert len(moment.zendesk.tickets()) == before
        moment.run(until=None)
        assert len(moment.zendesk.tickets()) == before + 1


def a_record_in(fixture: Fixture) -> dict[str, Any]:
    """Return the first contact record of a fixture, as it waits or is still to come."""
    records = [step["content"] for step in fixture.to_come if step["kind"] == "record"]
    bodies = [json.loads(waits["body"]) for waits in fixture.waiting]
    records += [body["detail"] for body in bodies if body.get("detail-type") == "Contact Record"]
    record: dict[str, Any] = records[0]
    return record


def test_O6_the_account_whose_events_are_taken_stays_the_one() -> None:
    fixture = ledger_fixture("webhook_seen")
    body = next(step["content"]["body"] for step in fixture.to_come if step["kind"] == "webhook")
    other = body.replace("22129848", "22129849").replace("01JWEBHOOKEVENT", "01JOTHEREVENT")
    with at_moment(fixture) as moment:
        answer = moment.happen({"kind": "webhook", "at": fixture.at, "content": {"body": other}})
        assert answer == 403
        assert moment.messages.published == []


def test_O6_K4_what_the_connector_does_in_zendesk_makes_no_task() -> None:
    fixture = ledger_fixture("recovery_once")
    (connector,) = (item for item in fixture.items if item["pk"]["S"] == "webhook#connector")
    number = json.loads(connector["content"]["S"])["value"]
    body = next(step["content"]["body"] for step in ledger_fixture("webhook_seen").to_come)
    event = json.loads(body)
    event |= {"id": "01JBYTHECONNECTOR", "detail": {**event["detail"], "actor_id": str(number)}}
    with at_moment(fixture) as moment:
        before = seen(moment)["tasks"]
        told = {"kind": "webhook", "at": fixture.at, "content": {"body": json.dumps(event)}}
        assert moment.happen(told) == 200
        moment.run(until=None)
        assert seen(moment)["tasks"] == before


@pytest.mark.parametrize("name", ["chat_words_told_once", "chat_transcript_waits_over"])
def test_O6_X5_the_words_of_a_chat_are_told_once(name: str) -> None:
    fixture = ledger_fixture(name)
    with at_moment(fixture) as moment:
        moment.go_on(fixture)
        texts = [c.get("html_body") or c["body"] for t in moment.zendesk.tickets() for c in t["comments"]]
        assert sum("My parcel has not come." in text for text in texts) == 1


def test_O6_A1_a_contact_that_comes_back_to_a_ticket_is_told_there_only_what_has_changed() -> None:
    fixture = ledger_fixture("moved_over")
    # Ten minutes after its end an agent may not attach it any more: this one asked before.
    command = {"id": "command-399", "agent": 901, "at": "2026-11-02T09:09:00+00:00", "ticket": 4001}
    with at_moment(fixture) as moment:
        moment.happen(
            {
                "kind": "bus",
                "at": fixture.at,
                "content": {"detail-type": "Attachment Requested", "detail": command},
            }
        )
        moment.run(until=None)
        now, then = seen(moment)["tickets"], fixture.expected["tickets"]
    # The note of a change that came after the contact had left; the report and the voice comment are there.
    assert now["4001"] == {**then["4001"], "comments": then["4001"]["comments"] + 1}
    # The note that says where the contact went.
    assert now["4002"] == {**then["4002"], "comments": then["4002"]["comments"] + 1}


def test_O6_the_fixtures_have_steps_in_every_state_and_requests_of_every_fate() -> None:
    states: Counter[str] = Counter()
    fates: Counter[bool] = Counter()
    for fixture in map(read_fixture, STEPS):
        if (unanswered := fixture.unanswered) is not None:
            fates[unanswered["arrived"]] += 1
        for item in fixture.items:
            content = json.loads(item["content"]["S"])
            states[f"{content.get('status')} {content.get('doubt', '')}".strip()] += 1
    assert states.keys() - {"None"} == {
        "claimed False",
        "claimed True",
        "released False",
        "released True",
        "done",
        "abandoned",
    }
    assert min(fates[True], fates[False]) > 10


def assert_one_ticket_for_each_contact(tickets: list[dict[str, Any]]) -> None:
    names = [ticket["external_id"] for ticket in tickets if ticket["external_id"]]
    assert len(names) == len(set(names))


def assert_what_was_not_done_is_done_as_it_was_begun(
    moment: Moment, unanswered: Mapping[str, Any] | None
) -> None:
    """The same bytes under the same key, whatever the settings are by now; what was done is found instead."""
    if unanswered is None:
        return
    again = [request for request in moment.sent if asks_the_same(request, unanswered)]
    assert len(again) == int(not unanswered["arrived"] or unanswered["path"] == TASKS)


DISPLAY = "POST /api/v2/channels/voice/agents/{id}/tickets/{id}/display"


def assert_no_more_is_asked_than_was(
    now: Mapping[str, Any], then: Mapping[str, Any], told_again: Mapping[str, int]
) -> None:
    """What the ledger remembers is not asked for again, and nothing is published or shown twice.

    That release did not show the agent the ticket that an attachment made (A1).
    """
    since = [pop for pop in now["pops"] if pop not in then["pops"]]
    assert [*then["pops"], *since] == now["pops"]
    assert len(since) <= now["published"].get("Attachment Requested", 0)
    # That release had each record looked at for voice authentication, without an event of its own.
    published = {kind: times for kind, times in now["published"].items() if kind != "Voice Record"}
    assert Counter(published) == Counter(then["published"]) + Counter(told_again)
    allowed = {**then["asked"], DISPLAY: then["asked"].get(DISPLAY, 0) + len(since)}
    assert {name: times for name, times in now["asked"].items() if times > allowed.get(name, 0)} == {}


def assert_nothing_is_written_again(moment: Moment) -> None:
    for request in moment.carried_out:
        adds = (request["to"], request["method"]) in (("zendesk", "POST"), ("zendesk", "PUT"))
        if adds and re.fullmatch(r"/api/v2/(users|tickets(/\d+)?)", request["path"]):
            assert not [again for again in moment.sent if asks_the_same(again, request)], request["path"]


# Messages


@pytest.mark.parametrize("path", MESSAGES, ids=by_name)
def test_O6_a_message_that_waits_in_a_queue_is_understood(path: Path) -> None:
    fixture = read_fixture(path)
    with at_moment(fixture) as moment:
        moment.go_on(fixture)
        assert seen(moment) == fixture.expected


@pytest.mark.parametrize("path", MESSAGES, ids=by_name)
def test_O6_a_message_that_is_delivered_twice_does_what_it_does_once(path: Path) -> None:
    fixture = read_fixture(path)
    with at_moment(fixture) as moment:
        moment.go_on(fixture, deliveries=2)
        assert seen(moment) == fixture.expected


# Dead letters


@pytest.mark.parametrize("path", letter_files(), ids=by_name)
def test_O6_a_dead_letter_is_read_and_goes_to_where_it_came_from(path: Path) -> None:
    letter = read_letter_file(path)
    again = send_again(letter["message"])
    if letter.get("cut"):
        assert "only its beginning was kept" in again.refused
        assert again.data == b"\0" * len(again.data)
        assert (again.source, again.output) == (letter["source"], "")
        return
    if path.name.startswith("undelivered"):
        assert again.source == "event bus"
    else:
        assert again.source == letter["source"]
    assert hashlib.sha256(again.data).hexdigest() == letter["sha256"]
    assert again.data == base64.b64decode(letter["data"]) or not letter["data"]
    goes_to = {
        "contact_records": "RecordStreamName",
        "ticket_creation": "ContactQueueUrl",
        "ticket_attachment": "AttachmentQueueUrl",
        "transcript_attachment": "TranscriptQueueUrl",
        "customer_update": "CustomerQueueUrl",
        "task_creation": "TaskQueueUrl",
        "voice_id_sync": "AuthenticationQueueUrl",
    }
    if letter["source"] in goes_to:
        assert (again.output, again.refused) == (goes_to[letter["source"]], "")
        assert again.sent == again.data
    else:
        assert again.output == ""
        assert again.refused


def test_O6_dead_letters_of_every_source_are_there_in_both_encodings() -> None:
    found = {(read["source"], encoding_of(read)) for read in map(read_letter_file, letter_files())}
    sources = {source for source, _ in found}
    assert len(sources) == 9
    assert {(source, encoding) for source in sources for encoding in ("text", "gzip+base64")} <= found


def encoding_of(letter: dict[str, Any]) -> str:
    return str(json.loads(letter["message"]["Body"]).get("encoding", ""))


# App settings and the webhooks' secret


def test_O6_app_settings_that_are_live_mean_what_they_meant() -> None:
    document = json.loads((FIXTURES / "app_settings/every_setting.json").read_text("utf-8"))
    settings, plain = settings_of(document), settings_of({})
    assert {name: value for name, value in defaults_of(document).items() if value is not None} == {
        "recent_ticket_timeout": 15,
        "ticket_assignment": "agent",
        "pop_incoming": False,
        "voice_comment": False,
        "download_recording": False,
        "call_recording_consent": "optin",
        "dialed_number": "+441632960100",
        "outbound_cli": "+441632960100",
        "customer_language": "de",
        "speech_analysis": ("transcript", "sentiment"),
        "force_ticket_creation": False,
        "pause_recording": True,
        "all_outbound": True,
        "chat_transcript": False,
        "voiceid_enabled": True,
        "voiceid_field": "voice_id",
        "voiceid_status_field": "voice_status",
        "voiceid_auth_mode": "verify",
    }
    further = {
        "zendesk_ticket_attribute": "ticket_number",
        "default_country": "GB",
        "time_zone": "Europe/London",
        "connect_instance_url": "https://acme.my.connect.aws",
        "medialess": True,
        "agent_map": {"asmith": 901},
        "anonymous_requester": "agent",
        "missed_contact_tickets": {"missed", "voicemail"},
        "settle_from": datetime(2026, 1, 1, tzinfo=UTC),
    }
    assert {name: getattr(settings, name) for name in further} == further
    assert settings.zendesk_app_id is not None
    (rule,) = settings.task_rules
    assert (rule.name, rule.enabled, set(rule.events)) == (
        "Urgent tickets from the web",
        True,
        {"created", "priority_changed"},
    )
    authentication = settings.caller_authentication
    assert authentication.source == "attributes"
    assert authentication.id_attribute == "partner_id"
    assert authentication.status_attribute == "partner_status"
    assert authentication.result_attribute == "partner_result"
    # No setting of the release before is left at what holds without it, so none is read past.
    assert all(getattr(settings, name) != getattr(plain, name) for name in document if hasattr(plain, name))


def test_O6_an_administrators_file_of_the_release_before_stands_for_what_was_stored() -> None:
    written = (FIXTURES / "app_settings/every_setting.toml").read_text("utf-8")
    stored = json.loads((FIXTURES / "app_settings/every_setting.json").read_text("utf-8"))
    assert settings_of(document_of(written)) == settings_of(stored)


def test_O6_the_file_of_the_first_deployment_is_read() -> None:
    written = document_of((FIXTURES / "app_settings/app_settings.toml").read_text("utf-8"))
    stored = json.loads((FIXTURES / "app_settings/first_deployment.json").read_text("utf-8"))
    assert settings_of(stored) == settings_of({**written, "settle_from": "2026-11-02T09:00:00Z"})


def test_O6_the_webhooks_secret_accepts_what_it_accepted() -> None:
    keys = keys_of((FIXTURES / "secrets/zendesk_webhooks.json").read_text("utf-8"))
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    both = tuple(
        base64.b64encode(text).decode() for text in (b"invented, of a fixture", b"invented, the one before")
    )
    assert keys.secrets(now) == both
    assert keys.secrets(now + timedelta(days=1)) == both[:1]
    assert (keys.account, keys.integration_user) == (22129848, 904)
    assert keys.rotating(now)
    assert not keys.rotating(now + timedelta(minutes=5))
    assert signature(both[0], now, b"{}") != signature(both[1], now, b"{}")


# The table of keys


def forms() -> dict[str, re.Pattern[str]]:
    """Return the forms of the README's table, by their fixed text, as patterns for partition and sort key."""
    text = (FIXTURES / "README.md").read_text("utf-8")
    found = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", text, re.MULTILINE)
    return {
        f"{partition} {sort}": re.compile(
            "".join(
                r".*" if part.startswith("{") else re.escape(part)
                for part in re.split(r"(\{[^}]*\})", f"{partition}\n{sort}")
            )
        )
        for partition, sort in found
    }


def fixed_text(form: str) -> int:
    return len(re.sub(r"\{[^}]*\}", "", form))


def test_O6_the_fixtures_have_an_item_of_every_form_of_key_and_no_other() -> None:
    known = forms()
    assert len(known) > 60
    found = set()
    for path in (*LEDGER, *MESSAGES):
        for partition, sort in items_of(read_fixture(path)):
            fitting = [form for form, keys in known.items() if keys.fullmatch(f"{partition}\n{sort}")]
            assert fitting, (partition, sort)
            found.add(max(fitting, key=fixed_text))
    assert found == known.keys()
