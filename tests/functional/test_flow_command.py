"""`python -m local flow`, and a flow that was made for the existing add-on (F1, F4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.flow_language.flow import read
from infra.flow_language.validation import problems_of
from infra.sample_flows import BY_NAME
from local import running
from local.__main__ import main
from local.demo.morning import EVENTS
from local.flows.contact import FlowContact
from local.flows.script import read_script
from local.flows.surroundings import surroundings
from local.flows.walk import walk
from local.flows.walked_contacts import WalkedContacts
from local.replay.events import FlowWalk, StreamRecord
from tests.walks import UNKNOWN, WITH_TICKET, Situation

OF_THE_ADD_ON = EVENTS / "existing_flows" / "zendesk-search-add-on.json"
ADD_ONS_ARN = (
    "arn:aws:lambda:eu-west-2:111122223333:function:serverlessrepo-zendesk-search-ZendeskSearch-1A2B3C4D5E6F"
)
OUR_ARN = (
    "arn:aws:lambda:eu-west-2:111122223333:function:ConnectZendesk-CustomerLookupBlockFunction-1A2B3C4D5E6F"
)
WORLD = (
    "--zendesk",
    str(EVENTS / "worlds" / "zendesk.json"),
    "--app-settings",
    str(EVENTS / "app_settings.toml"),
)


def flow(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main(["flow", "--json", *arguments, *WORLD]) == code
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return content


def test_F4_a_flow_of_ones_own_says_what_it_sets_and_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    pressed = ("--keys", "Offer ticket=1")
    result = flow(capsys, str(OF_THE_ADD_ON), "--caller", WITH_TICKET, *pressed)
    assert result["problems"] == []
    assert result["ended"] == "in the queue"
    assert result["attributes"] == {
        "zendesk_user": "101",
        "customer_name": "Ana Silva",
        "open_tickets": "1",
        "zendesk_ticket": "4002",
        "menu": "support",
    }
    answers = {step["block"]: step["answer"] for step in result["steps"] if "answer" in step}
    assert answers["Find caller"]["user_name"] == "Ana"
    assert answers["Recent ticket"]["ticket_subject"] == "Invoice for October"
    late = [each["text"] for each in result["findings"] if each["block"] == "Save ticket"]
    assert late[0].startswith("zendesk_ticket is set too late for the snapshot")


@pytest.mark.parametrize(
    ("caller", "script"),
    [
        (WITH_TICKET, {"Offer ticket": "1"}),
        (WITH_TICKET, {"Offer ticket": "2"}),
        (UNKNOWN, {"Ask ticket": "4004"}),
        (UNKNOWN, {}),
        (None, {"Ask ticket": "9999"}),
    ],
)
def test_F1_F4_a_flow_of_the_existing_add_on_works_with_nothing_changed_but_the_function(
    caller: str | None, script: dict[str, str]
) -> None:
    """Its contract: what the add-on answers to these parameters is in facts/existing-add-ons.md 1."""
    text = OF_THE_ADD_ON.read_text("utf-8")
    converted = text.replace(ADD_ONS_ARN, OUR_ARN)
    changed = [
        line for line, other in zip(text.splitlines(), converted.splitlines(), strict=True) if line != other
    ]
    assert changed
    assert all(line.strip().startswith('"LambdaFunctionARN"') for line in changed)
    assert problems_of(converted) == []
    situation = Situation("inbound-call", "of the add-on")
    stack = situation.stack()
    walked = walk(
        read(converted, name="converted"),
        FlowContact(caller=caller),
        read_script(script),
        surroundings(stack.invoke_flow),
    )
    assert walked.ended == "in the queue"
    assert all(set(map(type, answer.values())) == {str} for answer in walked.answers)
    expected = (
        {"4002"} if script.get("Offer ticket") == "1" else {"4004"} if "4004" in script.values() else {None}
    )
    assert {walked.attributes.get("zendesk_ticket")} == expected


def test_F4_a_broken_flow_is_walked_all_the_same_and_says_what_would_be_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = json.loads(BY_NAME["voicemail"].text)
    del broken["Actions"][0]["Transitions"]["Errors"]
    broken["Actions"][2]["Transitions"]["NextAction"] = "Nowhere"
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(broken))
    result = flow(capsys, str(file), code=1)
    assert [problem["message"] for problem in result["problems"]] == [
        "Action is missing required error",
        "Invalid branch",
    ]
    assert {"block": "Invite", "text": "the branch next leads nowhere"} in result["findings"]
    assert result["ended"].startswith("nowhere")


def test_F4_a_sample_is_walked_by_its_name_and_shown_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["flow", "chat", "--channel", "CHAT", "--every-branch", *WORLD]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    for line in (
        "Amazon Connect would create it, as far as is known.",
        "sets ticket_assignment = agent",
        "answer status = ok",
        "Is the customer known: in these walks nothing took the branch ok",
        "Ended in the queue.",
    ):
        assert line in shown
    assert main(["flow", str(OF_THE_ADD_ON), "--attribute", "a=b"]) == 0
    assert "  a = b" in capsys.readouterr().out


def test_F4_a_script_says_what_happens(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text('"Welcome" = { hang_up = true }\n')
    result = flow(capsys, "inbound-call", "--script", str(script))
    assert result["ended"] == "left by the customer"
    assert result["steps"][-1]["block"] == "Welcome"


WALK = {"source": "in a contact flow", "flow": "task", "contact": {"contact_id": "c1", "channel": "TASK"}}


def test_F4_a_walk_is_sent_to_a_running_laptop_as_it_is() -> None:
    walk = FlowWalk(
        "task", {"contact_id": "c1"}, {"Put it first": {"error": "NoMatchingError"}}, partner=True
    )
    assert running._unpacked(json.loads(json.dumps(running._packed(walk)))) == walk


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"flow": "lunch"}, "a contact in a flow that is no sample: lunch; these are after-the-call"),
        ({"contact": {"phone": "1"}}, "a contact in a flow: FlowContact.__init__() got an unexpected"),
        ({"contact": None, "flow": None}, "a contact in a flow"),
        ({"script": {"Put it first": 5}}, "at 'Put it first': expected keys"),
    ],
)
def test_F4_a_walk_that_cannot_be_played_gets_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    file = tmp_path / "walk.json"
    file.write_text(json.dumps(WALK | wrong))
    assert main(["replay", "--in-process", str(file)]) == 2
    answer = capsys.readouterr()
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_F4_what_a_flow_sets_is_on_the_contacts_later_records() -> None:
    left = WalkedContacts()
    assert left.complete(StreamRecord(b"not JSON")) == StreamRecord(b"not JSON")
    left.walk(FlowWalk("after-the-call", {"contact_id": "c1"}, {"How was it": "4"}), lambda *_: {})
    kinds = ({"ContactId": "c1"}, {"ContactId": "c2", "InitialContactId": "c1"}, {"ContactId": "c3"})
    for number, record in enumerate(kinds):
        data = json.dumps(record | {"Attributes": {"survey": "later"}}).encode()
        completed = left.complete(StreamRecord(data))
        assert isinstance(completed, StreamRecord)
        own = {"satisfaction": "4"} if number < 2 else {}
        assert json.loads(completed.data)["Attributes"] == own | {"survey": "later"}
    for other in (b"[]", b"{}", b"not JSON"):
        assert left.complete(StreamRecord(other)) == StreamRecord(other)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-flow"], "no-such-flow: No such file or directory; samples are after-the-call"),
        (["{bad}"], "an export in the format before the Flow language"),
        (["chat", "--keys", "5"], "--keys 5: expected a name and a value"),
        (["chat", "--attribute", "5"], "--attribute 5: expected a name and a value"),
        (["chat", "--script", "{bad}"], "at 'modules': expected keys that are pressed"),
    ],
)
def test_F4_wrong_input_gets_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], said: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"modules": [5]}')
    assert main(["flow", *(argument.format(bad=bad) for argument in arguments)]) == 2
    answer = capsys.readouterr()
    assert said in answer.err
    assert answer.err.count("\n") == 1
