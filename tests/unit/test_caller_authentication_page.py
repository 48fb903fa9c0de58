"""docs/caller-authentication.md says what the code does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from connect_zendesk.ledger.schema import VOICE_ID_SILENT
from connect_zendesk.rules.contacts import authentication
from connect_zendesk.rules.contacts.authentication import WRITTEN, of_decision
from connect_zendesk.workflows.customers import customer_update

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "caller-authentication.md").read_text("utf-8")


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_every_word_for_a_status_is_in_the_table_and_means_that() -> None:
    table = PAGE.partition("| status | words |")[2].partition("\n\n")[0]
    meant = {
        "`ENROLLED`": "ENROLLED",
        "`OPTED_OUT`": "OPTED_OUT",
        "blank": "",
        "none: nothing is written": None,
    }
    told: dict[str, str | None] = {}
    for row in table.strip().splitlines()[1:]:
        status, words = cells(row)
        told |= dict.fromkeys(words.split(", "), meant[status])
    assert {word.replace(" ", "_"): status for word, status in told.items()} == dict(authentication._STATUSES)


def test_every_result_that_fails_is_named() -> None:
    said = " ".join(PAGE.partition("As failed count, in any case: ")[2].partition(".")[0].split())
    assert {word.replace(" ", "_") for word in said.split(", ")} == authentication._FAILED


def test_every_decision_is_in_the_table_with_what_comes_of_it() -> None:
    table = PAGE.partition("| Voice ID's decision |")[2].partition("\n\n")[0]
    named = set()
    for row in table.strip().splitlines()[2:]:
        decisions, result, status, ticket = cells(row)
        for decision in decisions.split(", "):
            told = of_decision(decision)
            named.add(decision.lower())
            assert (told.result or "") == result.strip("`")
            assert ("" if told.status is None else WRITTEN[told.status]) == status.strip("`")
            assert (ticket == "left to the agent") is told.failed
    assert named == set(authentication._RESULTS)


def test_the_paces_are_those_of_the_code() -> None:
    assert timedelta(seconds=1) == customer_update.SPACING
    assert (5, timedelta(minutes=1)) == (customer_update.PER_USER, customer_update.MINUTE)
    assert "one update of a user a second, and five a minute of one user" in PAGE
    assert timedelta(seconds=1) / 2 == customer_update.LOOKS
    assert "two customers a second are looked at" in PAGE
    assert timedelta(hours=1) == VOICE_ID_SILENT.keep
    assert "left alone for an hour" in PAGE


def test_every_file_that_the_page_names_is_there() -> None:
    for path in re.findall(r"events/voice_authentication/[\w.-]+", PAGE):
        assert (PROJECT / path).exists(), path
    for link in re.findall(r"\]\(([\w./-]+)\)", PAGE):
        assert (PROJECT / "docs" / link).exists(), link
