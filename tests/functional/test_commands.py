"""`python -m local replay --in-process` and `explain`, as a person calls them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.detail_types import SOURCE, ZENDESK_EVENT
from local.__main__ import main
from local.demo import stories
from local.replay.in_process import InProcess
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from tests.tasks import event as zendesk_event

EVENTS = Path(__file__).parents[2] / "events"
RECORDS = EVENTS / "contact_records"
WORLD = [
    "--zendesk",
    str(EVENTS / "worlds" / "zendesk.json"),
    "--connect",
    str(EVENTS / "worlds" / "connect.json"),
    "--app-settings",
    str(EVENTS / "app_settings.toml"),
]


@pytest.fixture(autouse=True)
def _logs_stay_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logging.disable", lambda: None)


def replay(capsys: pytest.CaptureFixture[str], *events: Path) -> dict[str, Any]:
    assert main(["replay", "--in-process", "--json", *map(str, events), *WORLD]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def explain(capsys: pytest.CaptureFixture[str], *names: str) -> list[dict[str, Any]]:
    main(["explain", "--json", *(str(RECORDS / f"{name}.json") for name in names), *WORLD])
    result: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return result


def test_replay_tells_what_came_of_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    result = replay(capsys, RECORDS / "known-caller.json")
    assert list(result) == ["tickets", "users", "pops", "tasks", "requests", "later", "dead_letters"]
    ticket = result["tickets"][-1]
    assert ticket["requester_id"] == 101
    assert ticket["assignee_id"] == 901
    assert ticket["external_id"] == "amazon-connect:c0ffee00-0000-4000-8000-000000000001"
    assert [comment["kind"] for comment in ticket["comments"]] == ["comment", "voice_comment"]
    assert result["requests"]["POST /api/v2/tickets"] == 1
    assert result["requests"]["POST /oauth/tokens"] == 1


@pytest.mark.parametrize("name", ["ticket-becomes-task", "chat-by-macro"])
def test_replay_plays_a_story_to_the_end_it_has_in_the_demo(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (story,) = [story for story in stories.read() if story.file == name]
    assert not story.settings
    result = replay(capsys, EVENTS / "stories" / f"{name}.jsonl")
    assert tuple(task["name"] for task in result["tasks"]) == story.expected.tasks
    written = {ticket["id"]: json.dumps(ticket) for ticket in result["tickets"]}
    for contact in story.expected.contacts:
        ticket = max(written) if contact.ticket == "new" else contact.ticket
        assert contact.id in written[int(ticket)]
    names = {user["id"]: user["name"] for user in result["users"]}
    assert [names[pop["agent"]] for pop in result["pops"]] == [
        pop.partition(":")[0] for pop in story.expected.pops
    ]
    asked = {endpoint: times for endpoint, times in result["requests"].items() if "oauth" not in endpoint}
    # The demo's morning has looked the agents up.
    agents = asked.pop("GET /api/v2/users/search", 0)
    assert story.requests is None or sum(asked.values()) <= story.requests <= sum(asked.values()) + agents


def test_K2_replay_shows_the_tasks_that_an_event_of_the_bus_makes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings, event = tmp_path / "settings.json", tmp_path / "event.json"
    flow = f"{INSTANCE_ARN}/contact-flow/f10c0000-0000-4000-8000-000000000001"
    urgent = {"name": "urgent", "events": ["status_changed"], "task": {"contact_flow": flow}}
    settings.write_text(json.dumps({"task_rules": [urgent]}))
    detail = zendesk_event(ticket={"id": 4001}).as_detail()
    event.write_text(json.dumps({"source": SOURCE, "detail-type": ZENDESK_EVENT, "detail": detail}))
    given = ["replay", "--in-process", str(event), *WORLD[:-2], "--app-settings", str(settings)]
    assert main([*given, "--json"]) == 0
    (task,) = json.loads(capsys.readouterr().out)["tasks"]
    assert (task["name"], task["scheduled"]) == ("Zendesk-4001", None)
    assert task["attributes"]["zendesk_ticket"] == "4001"
    assert task["references"][0]["Value"].endswith("/agent/tickets/4001")
    assert main(given) == 0
    assert "task made Zendesk-4001" in capsys.readouterr().out


def told(result: dict[str, Any]) -> list[Any]:
    """Return the tickets without what may differ: their numbers, and why, which another order changes."""
    phones = {user["id"]: user["phone"] or user["name"] for user in result["users"]}
    return sorted(
        (
            ticket["external_id"] or str(ticket["id"]),
            ticket["subject"],
            phones[ticket["requester_id"]],
            ticket["assignee_id"],
            sorted(
                json.dumps(comment.get("data") or comment["body"].split("Why this ticket")[0])
                for comment in ticket["comments"]
            ),
        )
        for ticket in result["tickets"]
    )


def test_T14_the_same_file_reversed_and_three_times_gives_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # Later emissions are left out: reversed, the last one is told at once, in one report.
    lines = [
        path.read_text().replace("\n", " ")
        for path in sorted(RECORDS.glob("*.json"))
        if not path.stem.endswith("-later")
    ]
    results = []
    for name, order in (
        ("forward", lines),
        ("reversed", lines[::-1]),
        ("thrice", [x for x in lines for _ in "123"]),
    ):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(order))
        results.append(replay(capsys, path))
    forward, backward, thrice = results
    assert len(forward["tickets"]) == 28
    assert told(backward) == told(forward)
    assert told(thrice) == told(forward)
    forward["requests"].pop("POST /oauth/tokens")
    thrice["requests"].pop("POST /oauth/tokens")
    assert thrice["requests"] == forward["requests"]
    assert len(thrice["dead_letters"]) == 3 * len(forward["dead_letters"]) == 6


def test_replay_takes_lambda_events_as_aws_delivers_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record = (RECORDS / "known-caller.json").read_bytes()
    kinesis = {"eventSource": "aws:kinesis", "kinesis": {"data": base64.b64encode(record).decode()}}
    on_the_bus = {"source": "connect-zendesk", "detail-type": "Contact Record", "detail": json.loads(record)}
    sqs = {"eventSource": "aws:sqs", "body": json.dumps(on_the_bus)}
    for event in ({"Records": [kinesis]}, {"Records": [sqs]}, on_the_bus, [json.loads(record)]):
        path = tmp_path / "event.json"
        path.write_text(json.dumps(event))
        assert len(replay(capsys, path)["tickets"]) == 5


def test_bad_lines_among_good_ones_stop_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    good = (RECORDS / "known-caller.json").read_text().replace("\n", " ")
    path.write_bytes(b"\xff\xfe\n\n" + good.encode() + b"\n[1, 2\nnull\n")
    result = replay(capsys, path)
    assert [letter["reason"] for letter in result["dead_letters"]] == [
        "not JSON",
        "not JSON",
        "not a JSON object",
    ]
    assert len(result["tickets"]) == 5


def test_replay_shows_people_the_tickets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--in-process", str(RECORDS / "not-recorded.json"), *WORLD]) == 0
    shown = capsys.readouterr().out
    assert "Order 1234" in shown
    assert "not recorded" in shown
    assert "POST /api/v2/tickets" in shown


def test_explain_gives_settings_customer_and_decision(capsys: pytest.CaptureFixture[str]) -> None:
    (explanation,) = explain(capsys, "unreadable-settings")
    assert explanation["customer"] == {
        "kind": "recognised",
        "user": 101,
        "by": "the caller's own number",
    }
    assert explanation["decision"]["action"] == "create"
    assert explanation["decision"]["rule"] == "T4"
    assert explanation["decision"]["requester"] == 101
    assert explanation["settings"]["ticket_assignment"] == {
        "value": "auto",
        "source": "default",
        "raw": None,
        "warning": 'ticket_assignment: expected auto or agent, got "automatic"',
    }
    assert len(explanation["settings"]) == 24


@pytest.mark.parametrize(
    ("name", "kind", "action", "ticket", "requester", "rules"),
    [
        ("unknown-caller", "unrecognised", "create", None, None, ["T5"]),
        ("anonymous-caller", "anonymous", "create", None, None, ["T6"]),
        ("ambiguous-number", "ambiguous", "create", None, 901, ["T8", "T5"]),
        ("ticket-given", "recognised", "open", 4002, 101, ["T1"]),
        ("closed-ticket-given", "recognised", "follow_up", 4003, 106, ["T1"]),
        ("recent-ticket", "recognised", "open", 4001, 102, ["T3"]),
        ("somebody-elses-ticket", "recognised", "create", None, 901, ["T8", "T2"]),
        ("manual-and-forced", "recognised", "create", None, 101, ["T8", "T8", "T4"]),
        ("manual-not-forced", "recognised", "none", None, None, ["T8", "T8"]),
        ("monitoring", "recognised", "none", None, None, ["T11"]),
        ("old-contact", "recognised", "none", None, None, ["T15"]),
    ],
)
def test_explain_says_what_is_done_and_by_which_rules(
    capsys: pytest.CaptureFixture[str],
    name: str,
    kind: str,
    action: str,
    ticket: int | None,
    requester: int | None,
    rules: list[str],
) -> None:
    (explanation,) = explain(capsys, name)
    decision = explanation["decision"]
    assert explanation["customer"]["kind"] == kind
    assert (decision["action"], decision["ticket"], decision["requester"]) == (action, ticket, requester)
    assert [reason["rule"] for reason in decision["reasons"]] == rules
    assert decision["rule"] == rules[0]


def test_explain_writes_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stacks: list[InProcess] = []
    made = InProcess.__init__

    def remember(stack: InProcess, **arguments: Any) -> None:
        made(stack, **arguments)
        stacks.append(stack)

    monkeypatch.setattr(InProcess, "__init__", remember)
    explain(capsys, "unknown-caller", "anonymous-caller", "closed-ticket-given", "manual-and-forced")
    requests = stacks[0].zendesk.requests
    assert requests
    assert all(name.startswith("GET ") or name == "POST /oauth/tokens" for name in requests)


def test_explain_shows_people_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(RECORDS / "recent-ticket.json"), *WORLD]) == 0
    shown = capsys.readouterr().out
    assert "open ticket 4001  (T3)" in shown
    assert "recent_ticket_timeout" in shown


def test_explain_says_so_where_there_is_nothing_to_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--json", str(RECORDS / "agent-event.json"), *WORLD]) == 1
    answer = capsys.readouterr()
    assert json.loads(answer.out) == []
    assert "agent-event.json:1: no event that is known, and no contact record: an agent event" in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "missing.json: No such file"),
        ([str(RECORDS / "known-caller.json"), "--zendesk", "missing.json"], "No such file"),
        ([str(RECORDS / "known-caller.json"), "--zendesk", str(EVENTS / "morning.toml")], "world"),
        ([str(RECORDS / "known-caller.json"), "--connect", "{bad}"], "Connect world"),
        ([str(RECORDS / "known-caller.json"), "--app-settings", str(RECORDS / "not-json.json")], "not JSON"),
        (["{foreign}"], "known are connect-zendesk, aws.connect, aws.s3, and Zendesk"),
    ],
)
@pytest.mark.parametrize("command", [["replay", "--in-process"], ["explain"]])
def test_a_file_that_cannot_be_used_gets_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str], arguments: list[str], said: str
) -> None:
    bad, foreign = tmp_path / "bad.json", tmp_path / "foreign.json"
    bad.write_text('{"users": 5}')
    foreign.write_text('{"detail-type": "x", "source": "aws.s3", "detail": {}}')
    paths = [argument.format(bad=bad, foreign=foreign) for argument in arguments]
    assert main([*command, *paths]) == 2
    answer = capsys.readouterr()
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""


def test_what_somebody_does_who_is_not_in_this_world_gets_one_clear_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["replay", "--in-process", str(EVENTS / "stories" / "chat-by-macro.jsonl")]) == 2
    answer = capsys.readouterr()
    assert "there is no user 903 in Zendesk: name its world with --zendesk" in answer.err
    assert answer.err.count("\n") == 1
