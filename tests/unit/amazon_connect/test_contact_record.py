"""Contact records as they come: what is read of them, and what cannot be one (bad input)."""

import json
import string
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.amazon_connect.contact_record import LARGEST, NotAContactRecord, decode, parse
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.contacts.contact import SYSTEM_ATTRIBUTES, Agent, Leg, Queue, Recording
from connect_zendesk.rules.contacts.unanswered import Unanswered, unanswered
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets.view import View
from tests.unit.amazon_connect.records import CALL, INSTANCE, MISSING, WRONG, Path, paths, with_value

AUDIO = CALL["Recording"]["Location"]
#: The other end of the world, where the last moment of a year comes first.
KIRITIMATI = AppSettings(time_zone="Pacific/Kiritimati")


def _at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-02T{time}+00:00")


def test_a_call_is_read() -> None:
    assert parse(CALL) == Leg(
        contact_id="aaaa0001",
        root_id="aaaa0000",
        channel="VOICE",
        initiation_method="INBOUND",
        began=_at("10:00:00"),
        updated=_at("10:05:40"),
        ended=_at("10:04:36"),
        customer_address="+442071838750",
        system_address="+448001234567",
        agent=Agent("asmith", f"{INSTANCE}/agent/a1", _at("10:01:15"), 181, 20, 30),
        attempts=1,
        queue=Queue("Support", _at("10:00:40"), 35, "q1"),
        recordings=(Recording(AUDIO, "IVR"),),
        connected=_at("10:00:00"),
        attributes={"zendesk_ticket": "4711"},
        instance_arn=INSTANCE,
        disconnect_reason="CUSTOMER_DISCONNECT",
        transferred_to="+12125550100",
        stated_direction="INBOUND",
        task_name="Zendesk-11",
        authentication="Authenticated",
    )


def test_the_least_a_record_can_be() -> None:
    leg = parse({"ContactId": "c-1", "LastUpdateTimestamp": "2026-11-02T10:00:00Z"})
    now = _at("10:00:00")
    assert leg == Leg("c-1", "c-1", "", "", now, now)


def _usable(leg: Leg) -> None:
    """Check that a leg is what the rules and the report count on, whatever it was read from."""
    for value in (leg.contact_id, leg.root_id):
        assert value
        assert set(value) <= set(string.ascii_letters + string.digits + "-_")
    assert leg.began.tzinfo is leg.updated.tzinfo is UTC
    html = comment.details(View.of(leg, KIRITIMATI))
    assert len(html.encode()) <= LARGEST_COMMENT
    json.dumps(comment.voice_comment(View.of(leg, KIRITIMATI), None))
    comment.subject(leg, KIRITIMATI, None).encode()
    comment.fingerprint(leg)
    assert leg.direction in ("inbound", "outbound")
    assert unanswered(leg) in (None, *Unanswered)


@pytest.mark.parametrize("path", list(paths(CALL)), ids=lambda path: ".".join(map(str, path)))
def test_any_field_may_be_missing_null_or_of_another_type(path: Path) -> None:
    for how, value in WRONG.items():
        record = with_value(CALL, path, value)
        if path == ("ContactId",) and how != "text":
            with pytest.raises(NotAContactRecord, match="ContactId"):
                parse(record)
        else:
            _usable(parse(record))


@pytest.mark.parametrize("how", WRONG)
def test_all_fields_but_the_id_may_be_wrong_at_once(how: str) -> None:
    record = dict.fromkeys(CALL, WRONG[how]) if WRONG[how] is not MISSING else {}
    moments = {"ContactId": "c-1", "InitiationTimestamp": "2026-11-02T10:00:00Z"}
    _usable(parse({**record, **moments}))


TIMES = (
    ("InitiationTimestamp", "10:00:00"),
    ("ConnectedToSystemTimestamp", "10:00:00"),
    ("Queue.EnqueueTimestamp", "10:00:40"),
    ("Agent.ConnectedToAgentTimestamp", "10:01:15"),
    ("DisconnectTimestamp", "10:04:36"),
    ("LastUpdateTimestamp", "10:05:40"),
)


@pytest.mark.parametrize("number", range(len(TIMES)), ids=[name for name, _ in TIMES])
@pytest.mark.parametrize(
    "no_time", [None, "soon", 1762077600, "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_a_contact_began_at_the_earliest_moment_that_is_known(number: int, no_time: Any) -> None:
    record = CALL
    for name, _ in TIMES[:number]:
        record = with_value(record, tuple(name.split(".")), no_time)
    assert parse(record).began == _at(TIMES[number][1])


def test_without_any_moment_it_is_no_contact_record() -> None:
    record = CALL
    for name, _ in TIMES:
        record = with_value(record, tuple(name.split(".")), None)
    with pytest.raises(NotAContactRecord, match=r"^no time at which the contact began or ended$"):
        parse(record)


def test_the_last_update_falls_back_on_the_end_and_then_on_the_beginning() -> None:
    record = with_value(CALL, ("LastUpdateTimestamp",), None)
    assert parse(record).updated == _at("10:04:36")
    assert parse(with_value(record, ("DisconnectTimestamp",), None)).updated == _at("10:00:00")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-02T10:00:00Z", _at("10:00:00")),
        ("2026-11-02T10:00:00.250Z", _at("10:00:00") + timedelta(milliseconds=250)),
        ("2026-11-02T12:00:00+02:00", _at("10:00:00")),
        ("2026-11-02T10:00:00", _at("10:00:00")),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("1999-12-31T23:59:59Z", None),
    ],
)
def test_a_moment_is_read_in_utc(written: str, read: datetime | None) -> None:
    assert parse(with_value(CALL, ("DisconnectTimestamp",), written)).ended == read


@pytest.mark.parametrize("initial", [None, "", 7, "not an id!", "aaaa0001"])
def test_the_first_leg_is_its_own_root(initial: Any) -> None:
    leg = parse(with_value(CALL, ("InitialContactId",), initial))
    assert leg.root_id == "aaaa0001"
    assert leg.is_root


@pytest.mark.parametrize(
    "wrong", ["", " ", "a b", "a/b", "../x", "<b>", "é", "-x", "x" * 257, 7, None, ["x"], "x\n"]
)
def test_what_cannot_be_an_id_is_none(wrong: Any) -> None:
    with pytest.raises(NotAContactRecord, match=r"^no ContactId, or one that cannot be an id$"):
        parse(with_value(CALL, ("ContactId",), wrong))


def test_the_longest_id_is_one() -> None:
    assert parse(with_value(CALL, ("ContactId",), "x" * 256)).contact_id == "x" * 256


@pytest.mark.parametrize(
    ("channel", "read"), [("voice", "VOICE"), ("TELEPATHY", "TELEPATHY"), (7, "VOICE"), (None, "VOICE")]
)
def test_a_channel_nobody_has_heard_of_passes_and_a_telephone_number_means_a_call(
    channel: Any, read: str
) -> None:
    assert parse(with_value(CALL, ("Channel",), channel)).channel == read


def test_without_channel_and_number_there_is_no_telling() -> None:
    record = with_value(CALL, ("Channel",), None)
    assert parse(with_value(record, ("CustomerEndpoint", "Type"), "EMAIL_ADDRESS")).channel == ""


def test_an_initiation_method_nobody_has_heard_of_passes() -> None:
    assert parse(with_value(CALL, ("InitiationMethod",), "By_Pigeon")).initiation_method == "BY_PIGEON"


@pytest.mark.parametrize(
    ("agent", "read"),
    [
        (None, None),
        ({}, None),
        ({"Username": None, "ARN": None}, None),
        ({"Username": "asmith"}, Agent("asmith")),
        ({"ARN": "arn:x/agent/a1"}, Agent("", "arn:x/agent/a1")),
        ({"Username": "a", "AgentInteractionDuration": "181"}, Agent("a")),
        ({"Username": "a", "AgentInteractionDuration": 181.9}, Agent("a", talk_seconds=181)),
        ({"Username": "a", "CustomerHoldDuration": -5}, Agent("a", hold_seconds=0)),
        ({"Username": "a", "AfterContactWorkDuration": True}, Agent("a")),
        ({"Username": "a", "AfterContactWorkDuration": 1e9}, Agent("a")),
    ],
)
def test_the_agent(agent: Any, read: Agent | None) -> None:
    assert parse(with_value(CALL, ("Agent",), agent)).agent == read


def test_the_agents_id_is_the_last_part_of_the_arn() -> None:
    assert Agent("a", f"{INSTANCE}/agent/a1").user_id == "a1"
    assert Agent("a").user_id is None


@pytest.mark.parametrize(
    ("queue", "read"),
    [
        (None, None),
        ({"Name": None, "ARN": None, "Duration": 3}, None),
        ({"Name": "Sales"}, Queue("Sales")),
        ({"Name": None, "ARN": "arn:x/queue/agent/a1"}, Queue()),
        ({"Name": None, "ARN": "arn:x/queue/q1"}, Queue(id="q1")),
        ({"ARN": "q1"}, Queue(id="q1")),  # of DescribeContact
        ({"EnqueueTimestamp": "2026-11-02T10:00:40Z"}, Queue(None, _at("10:00:40"))),
    ],
)
def test_the_queue(queue: Any, read: Queue | None) -> None:
    assert parse(with_value(CALL, ("Queue",), queue)).queue == read


def _entry(location: Any, **changes: Any) -> dict[str, Any]:
    return {
        "Location": location,
        "MediaStreamType": "AUDIO",
        "Status": "AVAILABLE",
        "StorageType": "S3",
        **changes,
    }


@pytest.mark.parametrize(
    ("recording", "listed", "read"),
    [
        (None, None, []),
        (None, [], []),
        ({"Location": "b/one.wav"}, None, [Recording("b/one.wav")]),
        (
            {"Location": "b/one.wav"},
            [_entry("b/one.wav", ParticipantType="All")],
            [Recording("b/one.wav", "All")],
        ),
        (None, [_entry("b/one.wav"), _entry("b/two.wav")], [Recording("b/one.wav"), Recording("b/two.wav")]),
        (None, [_entry("s3://b/one.wav")], [Recording("b/one.wav")]),
        (None, [_entry("b/screen.mp4", MediaStreamType="VIDEO")], []),
        (None, [_entry("b/chat.json", MediaStreamType="CHAT")], []),
        (None, [_entry("b/one.wav", Status="DELETED")], []),
        (None, [_entry("b/one.wav", Status=None)], [Recording("b/one.wav")]),
        (None, [_entry("arn:kvs", StorageType="KINESIS_VIDEO_STREAM")], []),
        (None, [_entry(None), None, "x", _entry("b/one.wav")], [Recording("b/one.wav")]),
        ({"Location": "b/chat.json", "Type": "CHAT"}, None, []),
        (None, {"Location": "b/one.wav"}, []),
    ],
)
def test_the_recordings_that_can_be_listened_to(recording: Any, listed: Any, read: list[Recording]) -> None:
    record = with_value(with_value(CALL, ("Recording",), recording), ("Recordings",), listed)
    assert list(parse(record).recordings) == read


def test_M1_the_systems_own_attributes_are_never_kept() -> None:
    attributes = {**dict.fromkeys(SYSTEM_ATTRIBUTES, "secret"), "order": "A-1"}
    record = with_value(CALL, ("Attributes",), attributes)
    assert parse(record).attributes == {"order": "A-1"}
    assert decode(json.dumps(record).encode())["Attributes"] == {"order": "A-1"}


def test_attributes_become_text() -> None:
    attributes = {
        "a": " x ",
        "b": True,
        "c": 7,
        "d": 1.5,
        "e": None,
        "f": [1],
        "g": "h\u202ei\x00",
        "j": False,
    }
    assert parse(with_value(CALL, ("Attributes",), attributes)).attributes == {
        "a": " x ",
        "b": "true",
        "c": "7",
        "d": "1.5",
        "g": "hi",
        "j": "false",
    }


def test_M1_an_attribute_with_a_disguised_name_is_left_out() -> None:
    attributes = {"s\x00ak": "secret", "sa\u202ek": "secret", "order": "A-1"}
    assert parse(with_value(CALL, ("Attributes",), attributes)).attributes == {"order": "A-1"}


def test_an_attribute_without_a_name_is_left_out() -> None:
    """DynamoDB has no such names, and the snapshot of the contact could not be kept."""
    attributes = {"": "x", "order": "A-1"}
    assert parse(with_value(CALL, ("Attributes",), attributes)).attributes == {"order": "A-1"}


@pytest.mark.parametrize(
    ("name", "details", "read"),
    [
        ("Zendesk-1", "Zendesk-2", "Zendesk-1"),
        (None, "Zendesk-2", "Zendesk-2"),
        (" ", None, None),
        (None, None, None),
    ],
)
def test_a_tasks_name(name: Any, details: Any, read: str | None) -> None:
    record = with_value(with_value(CALL, ("Name",), name), ("ContactDetails", "Name"), details)
    assert parse(record).task_name == read


def test_a_disguised_address_is_read_without_its_disguise() -> None:
    record = with_value(CALL, ("CustomerEndpoint", "Address"), " \u202d+44207\x001838750\u202c ")
    assert parse(record).customer_address == "+442071838750"


@pytest.mark.parametrize("blank", ["", "  ", "\x00", None])
def test_an_empty_address_is_none(blank: str | None) -> None:
    assert parse(with_value(CALL, ("CustomerEndpoint", "Address"), blank)).customer_address is None


def test_a_moment_without_a_zone_is_in_utc_wherever_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert parse(with_value(CALL, ("DisconnectTimestamp",), "2026-11-02T10:00:00")).ended == _at(
            "10:00:00"
        )
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_contact_record_that_names_an_agents_arn_is_no_agent_event() -> None:
    assert parse({**CALL, "AgentARN": "arn:x"}).contact_id == "aaaa0001"


# The bytes of the stream


def test_a_record_s_bytes_are_decoded_whole_but_for_the_systems_attributes() -> None:
    expected = with_value(CALL, ("Attributes",), {"zendesk_ticket": "4711"})
    assert decode(json.dumps(CALL).encode()) == expected


def test_fields_never_seen_before_are_kept() -> None:
    record = {**CALL, "Aura": {"Colour": "blue"}}
    assert decode(json.dumps(record).encode())["Aura"] == {"Colour": "blue"}


@pytest.mark.parametrize("attributes", [None, [], "x", 7])
def test_attributes_of_another_type_are_left_as_they_are(attributes: Any) -> None:
    record = with_value(CALL, ("Attributes",), attributes)
    assert decode(json.dumps(record).encode())["Attributes"] == attributes


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"not json", "not JSON"),
        (b'{"ContactId": "c-1"', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"\x1f\x8b\x08compressed", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"{}", "no ContactId, or one that cannot be an id"),
        (b'{"ContactId": "c-1"}', "no time at which the contact began or ended"),
        (b'{"AgentARN": "arn:x", "EventType": "HEART_BEAT"}', "an agent event, not a contact record"),
        (b" " * (LARGEST + 1), f"larger than any contact record: {LARGEST + 1} bytes"),
    ],
)
def test_what_cannot_be_a_contact_record_is_told_why_without_personal_data(data: bytes, reason: str) -> None:
    with pytest.raises(NotAContactRecord) as raised:
        decode(data)
    assert str(raised.value) == reason


def test_the_largest_record_is_still_one() -> None:
    record = json.dumps({**CALL, "Padding": ""}).encode()
    padded = json.dumps({**CALL, "Padding": "x" * (LARGEST - len(record))}).encode()
    assert len(padded) == LARGEST
    assert decode(padded)["ContactId"] == "aaaa0001"


# Anything at all

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20)
    | st.sampled_from([time for time in WRONG.values() if isinstance(time, str)])
    | st.datetimes().map(datetime.isoformat),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Address", "Name", "x"]), inner)
    ),
    max_leaves=6,
)
CHANGES = st.dictionaries(st.sampled_from(list(paths(CALL))), ANYTHING, min_size=1, max_size=8)


@given(CHANGES)
def test_a_record_with_anything_in_any_places_is_a_leg_or_no_contact_record(changes: dict[Path, Any]) -> None:
    record = CALL
    for path in sorted(changes, key=len, reverse=True):
        record = with_value(record, path, changes[path])
    try:
        leg = parse(record)
    except NotAContactRecord:
        return
    _usable(leg)


@given(st.dictionaries(st.sampled_from(list(CALL)), ANYTHING))
def test_an_object_of_anything_is_a_leg_or_no_contact_record(record: dict[str, Any]) -> None:
    try:
        leg = parse(record)
    except NotAContactRecord:
        return
    _usable(leg)


@given(st.binary(max_size=200) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_record_or_none(data: bytes) -> None:
    try:
        record = decode(data)
    except NotAContactRecord:
        return
    _usable(parse(record))
