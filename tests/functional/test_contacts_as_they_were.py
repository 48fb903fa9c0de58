"""The inputs of `tests/cases` that say of each contact what it was: kinds, headings, fields (T13, M1, M2)."""

from typing import Any

import pytest

from local.__main__ import main
from local.stand_ins.zendesk.tickets.html_text import plain_text
from tests.case_files import FOLDER, case_file, play

ASMITH, ANA = 901, 101


def reports(result: dict[str, Any]) -> list[list[str]]:
    """Return the lines of each private report, in the order in which they were written."""
    found = [
        plain_text(comment["body"]).splitlines()
        for ticket in result["tickets"]
        for comment in ticket["comments"]
        if comment["kind"] != "voice_comment" and not comment["public"]
    ]
    return [
        lines
        for lines in found
        if any(line.startswith("Why this ticket") for line in lines) or "," in lines[0]
    ]


def voices(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the voice comments."""
    comments = [comment for ticket in result["tickets"] for comment in ticket["comments"]]
    return [comment["data"] for comment in comments if comment["kind"] == "voice_comment"]


def made(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tickets that were made here."""
    return [ticket for ticket in result["tickets"] if ticket["external_id"]]


@pytest.mark.parametrize("name", ["missed-ivr-recorded", "campaign-unanswered", "preview-discarded"])
def test_T13_T7_without_an_agent_there_is_no_ticket_by_default(name: str) -> None:
    assert made(play(case_file(name))) == []


def test_T13_a_recording_of_the_flows_part_leaves_a_missed_call_missed() -> None:
    result = play(case_file("missed-ivr-recorded"), missed_contact_tickets=["missed"])
    assert len(made(result)) == 1
    assert any("(missed)" in line and line.startswith("T13") for line in reports(result)[0])
    assert voices(result) == []


@pytest.mark.parametrize("name", ["campaign-unanswered", "preview-discarded"])
def test_T13_M2_a_contact_that_reached_nobody_can_have_a_ticket_without_a_voice_comment(name: str) -> None:
    result = play(case_file(name), missed_contact_tickets=["unreached"])
    assert len(made(result)) == 1
    assert any("(unreached)" in line for line in reports(result)[0])
    assert voices(result) == []


def test_T12_a_later_leg_that_waited_and_left_is_on_the_ticket() -> None:
    result = play(case_file("transferred-then-abandoned"))
    second = reports(result)[1]
    assert second[0] == "Incoming call, left the queue"
    assert "Waited 10:00 (Second line)" in second[2]
    assert len(voices(result)) == 1


def test_M1_M4_both_legs_of_an_outgoing_call_are_outgoing() -> None:
    first, second = reports(play(case_file("outbound-transferred")))
    assert (first[0], second[0]) == ("Outgoing call", "Outgoing call, transferred to Support")
    assert first[2:4] == second[2:4] == ["From: +448001234567", "To: +442071838750"]


def test_T3_acceptance_counts_from_when_the_contact_began(capsys: pytest.CaptureFixture[str]) -> None:
    result = play(case_file("t3_long_queue_live"))
    assert made(result) == []
    assert [pop["ticket"] for pop in result["pops"]] == [4001]
    assert "Began: 2026-11-02 09:40:00 UTC" in reports(result)[0]
    world = FOLDER.parent.parent / "events" / "worlds" / "zendesk.json"
    capsys.readouterr()
    assert main(["explain", "--json", str(FOLDER / "t3_long_queue_live.jsonl"), "--zendesk", str(world)]) == 0
    assert capsys.readouterr().out.count('"ticket": 4001') >= 3


def test_M1_K5_a_task_made_during_a_call_is_headed_as_what_it_is() -> None:
    result = play(case_file("task-from-call"))
    (ticket,) = made(result)
    task = plain_text(ticket["comments"][-1]["body"]).splitlines()
    assert task[:4] == [
        "Task made during the call",
        "",
        "Name: Ring back on Friday",
        "Description: about the router",
    ]


def test_K5_a_tasks_note_has_its_name_description_and_references() -> None:
    (lines,) = reports(play(case_file("task-named-on-ticket")))
    assert lines[2:4] == ["Name: Ring Ana back on Friday", "Description: She wants a refund of 12.50"]
    assert lines[lines.index("References:") + 1] == "order: https://example.com/o/1"


def test_T8_C3_a_task_without_a_ticket_is_requested_by_its_agent_and_the_reason_says_so() -> None:
    result = play(case_file("task-no-ticket"))
    (ticket,) = made(result)
    assert ticket["requester_id"] == ASMITH
    assert any(line.endswith("a new ticket requested by the agent") for line in reports(result)[0])


def test_M1_the_title_is_in_the_details_of_an_opened_ticket() -> None:
    (lines,) = reports(play(case_file("title_on_opened")))
    assert lines[2] == "Title: Order 1234"


def test_M1_a_chat_has_the_link_to_its_page_although_no_setting_gives_the_instances_address() -> None:
    links = [
        line
        for lines in reports(play(case_file("chat_no_url")))
        for line in lines
        if line.startswith("Contact in Amazon Connect: ")
    ]
    assert links
    assert all("https://acme.my.connect.aws/contact-trace-records/details/" in line for line in links)


@pytest.mark.parametrize("name", ["lang3", "lang4"])
def test_S7_a_language_tag_is_not_ignored(name: str) -> None:
    assert not any(
        "customer_language: expected" in line for r in reports(play(case_file(name))) for line in r
    )


def test_X1_a_refused_file_is_not_sent_and_who_became_active_is_said() -> None:
    result = play(case_file("chat-kitchen"))
    text = str([comment for ticket in result["tickets"] for comment in ticket["comments"]])
    assert "Sent a file: virus.exe" not in text
    assert "A file was refused, and did not arrive: virus.exe" in text
    assert "Ana (customer) became inactive" in text
    assert "Ana (customer) became active" in text


def test_X6_a_step_by_step_guide_is_not_marked_as_degraded() -> None:
    result = play(case_file("guide-chain"))
    text = str([comment for ticket in result["tickets"] for comment in ticket["comments"]])
    assert "Step 1" in text
    assert "Possibly degraded" not in text


def test_S6_an_attribute_that_is_misspelt_only_by_case_is_a_warning() -> None:
    lines = reports(play(case_file("case_names")))[0]
    start = lines.index("Settings that were ignored:") + 1
    assert lines[start : start + 3] == [
        "Ticket_Assignment: not read; expected the name ticket_assignment",
        "Voice_Comment: not read; expected the name voice_comment",
        "ZENDESK_TICKET: not read; expected the name zendesk_ticket",
    ]


def test_A1_the_ticket_that_a_macro_makes_pops_and_is_linked_where_the_macro_was_used() -> None:
    result = play(case_file("macro_new_ticket"))
    (ticket,) = made(result)
    assert {"agent": ASMITH, "ticket": ticket["id"]}.items() <= result["pops"][-1].items()
    (on,) = (other for other in result["tickets"] if other["id"] == 4002)
    assert f"ticket #{ticket['id']} was made" in on["comments"][-1]["body"]
    assert not on["comments"][-1]["public"]


def test_A2_a_notice_without_a_ticket_is_kept_with_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    (notice,) = play(case_file("notice_t5_ambiguous"))["notices"]
    assert (notice["agent"], notice["rule"]) == (ASMITH, "T5")
    assert notice["text"] == "Several Zendesk users match this customer: please search and choose."
    world = FOLDER.parent.parent / "events" / "worlds" / "zendesk.json"
    capsys.readouterr()
    events = str(FOLDER / "notice_t5_ambiguous.jsonl")
    assert main(["explain", "--json", events, "--zendesk", str(world)]) == 0
    assert "Several Zendesk users match this customer" in capsys.readouterr().out


def test_C2_C8_a_chat_with_a_number_makes_no_second_user_and_the_next_call_is_recognised() -> None:
    result = play(case_file("chat_number_duplicates_user"))
    assert len(result["users"]) == len(play(case_file("missed-ivr-recorded"))["users"])
    assert {ticket["requester_id"] for ticket in made(result)} == {102}


def test_M3_a_recording_of_a_customer_who_opted_out_is_told() -> None:
    (lines,) = reports(play(case_file("optout_with_recording")))
    assert any(line.startswith("Recording: There is a recording of this call") for line in lines)
