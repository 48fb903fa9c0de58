"""The inputs of `tests/cases`: each has its row, those that hold do, and none makes a function raise."""

import pytest

from local.__main__ import main
from tests.case_files import FOLDER, CaseFile, case_file, case_files, missing, play, rows, unlisted


def test_every_row_has_its_files_and_every_file_its_row() -> None:
    assert missing() == []
    assert unlisted() == []


def test_no_input_is_named_twice() -> None:
    names = [case.name for case in case_files()]
    assert len(names) == len(set(names)) > 35


def test_a_row_without_its_file_is_noticed() -> None:
    row = "| `{name}` + `world-nowhere`{more} | a ticket | T4 |"
    assert missing(row.format(name="webrtc", more="")) == ["world-nowhere"]
    assert missing(row.format(name="no-such-case", more="")) == ["no-such-case", "world-nowhere"]
    assert missing("| `webrtc` (+ `.app`) + its file | a ticket | T4 |") == ["webrtc.app", "webrtc: its file"]
    assert missing('| `webrtc`, `pop_incoming`, `zendesk_ticket = "0"` | a ticket | T4 |') == []


def test_a_file_without_its_row_is_noticed() -> None:
    without = unlisted("| `guide-chain` + its file | not marked | X6 |")
    assert "webrtc.json" in without
    assert "world-mexico.json" in without
    assert any(name.startswith("contact_files/") for name in without)
    assert "guide-chain.jsonl" not in without


def test_every_row_says_what_must_come_out_and_under_which_number() -> None:
    assert all(outcome and number for _, outcome, number in rows())


@pytest.mark.parametrize("case", case_files(), ids=str)
def test_whatever_comes_in_nothing_raises(case: CaseFile) -> None:
    reasons = [letter["reason"] for letter in play(case)["dead_letters"]]
    assert [reason for reason in reasons if "unexpected" in reason] == []


def test_the_rows_that_hold_are_tested() -> None:
    held = [case.name for case in case_files() if case.holds]
    assert held == [
        "closed-during-call",
        "merged-during-call",
        "one-ticket-many-calls",
        "flow-webrtc-lookup",
        "chat-number-and-name",
    ]


def test_K1_a_rule_with_the_apis_word_fits_what_a_webhook_calls_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    event, settings = FOLDER / "webhook-created-web-service.json", FOLDER / "settings-channel-rule.json"
    assert main(["explain", "--json", str(event), "--app-settings", str(settings)]) == 0
    assert 'rule \\"From the API\\" fits' in capsys.readouterr().out


def test_F1_a_web_caller_is_not_found_and_what_was_to_be_carried_on_is() -> None:
    assert play(case_file("flow-webrtc-lookup"))["flow_answers"] == [
        {"status": "not found", "results_count": "0", "menu_choice": "2"}
    ]


def test_C2_a_chats_number_that_finds_nobody_leaves_the_customer_to_the_name() -> None:
    result = play(case_file("chat-number-and-name"))
    (ticket,) = (ticket for ticket in result["tickets"] if ticket["external_id"])
    names = {user["id"]: user["name"] for user in result["users"]}
    assert names[ticket["requester_id"]] == "Ana Silva"


def test_replay_lists_the_tasks_that_were_made() -> None:
    assert [task["name"] for task in play(case_file("tasks_shown"))["tasks"]] == ["Zendesk-4001"]
