"""What an analysis finds for `ticket_fields`, and what is set of it on a ticket that is there (T17)."""

from dataclasses import replace
from typing import Any

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.model import FilledTicket
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.tickets import ticket_fields
from connect_zendesk.rules.tickets.analysis import Analysis
from connect_zendesk.rules.tickets.comment import note
from connect_zendesk.rules.tickets.later_fields import LaterFields
from connect_zendesk.rules.tickets.ticket_fields import Given, TicketFields
from connect_zendesk.rules.transcripts.analysis import analysis_of, mood_of
from connect_zendesk.rules.transcripts.conversation import Conversation, Feeling, Insights, Tone
from connect_zendesk.rules.transcripts.transcript_words import _feeling_word
from tests.unit.rules.test_ticket_fields import CALL
from tests.unit.rules.world import BEGAN

CALM = Conversation("lens_voice", "c-1", (), categories=(" Late Parcel ", "Refund"))
TICKET = FilledTicket(1, 2, "open", BEGAN, BEGAN)
GIVEN = TicketFields((Given(5, "x", "A"), Given("tag", "a", "A"), Given(6, ["b"], "B"), Given(7, True, "B")))


def app_of(*rules: dict[str, Any]) -> Any:
    document = {"ticket_fields": [{"name": f"Rule {n}", **rule} for n, rule in enumerate(rules, 1)]}
    app, problems = app_settings.read(document)
    assert not problems
    return app


@pytest.mark.parametrize("score", [-5, -3, -1, -0.99, -0.5, 0, 0.5, 1, 1.01, 3, 5])
def test_T17_a_score_is_the_word_that_the_comment_has_for_it(score: float) -> None:
    assert mood_of(score) == _feeling_word(score).removeprefix("very ")


@pytest.mark.parametrize(
    ("conversation", "sentiment"),
    [
        (CALM, None),
        (replace(CALM, feelings={"customer": Feeling(overall=-2.0)}), "negative"),
        (replace(CALM, feelings={"agent": Feeling(overall=-2.0)}), None),
        (replace(CALM, feelings={"customer": Feeling(first=-2.0)}), None),
        (replace(CALM, insights=Insights({"customer": Tone("mixed", {})})), "mixed"),
        (replace(CALM, insights=Insights({"other": Tone("mixed", {})})), None),
        (
            replace(
                CALM,
                feelings={"customer": Feeling(overall=4.0)},
                insights=Insights({"customer": Tone("mixed", {})}),
            ),
            "positive",
        ),
    ],
)
def test_T17_how_the_customer_felt_is_what_the_service_says(
    conversation: Conversation, sentiment: str | None
) -> None:
    assert analysis_of(conversation) == Analysis(frozenset({"late parcel", "refund"}), sentiment)


def test_T17_a_rule_that_waits_for_an_analysis_gives_a_new_ticket_nothing_and_no_other_gives_it_later() -> (
    None
):
    app = app_of(
        {"when": {"category": "refund"}, "set": {"tags": "later"}}, {"set": {"tags": "now", "group": 1}}
    )
    assert ticket_fields.of_contact(CALL, app).tags == ["now"]
    found = Analysis(frozenset({"refund"}))
    assert ticket_fields.of_analysis(CALL, app, found).tags == ["later"]
    assert ticket_fields.of_analysis(CALL, app, Analysis(frozenset({"other"}))) == TicketFields()
    assert ticket_fields.wait_for_analysis(app)
    assert not ticket_fields.wait_for_analysis(app_of({"set": {"tags": "now"}}))


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"channel": "voice"}, False),
        ({"attributes": {"order": "*"}}, False),
        ({"kind": "answered"}, False),
    ],
)
def test_T17_of_a_contact_that_is_not_known_any_more_only_the_analysis_counts(
    when: dict[str, Any], fits: bool
) -> None:
    rule = {
        "when": {"category": "refund", **when},
        "set": {"tags": "x", "fields": {"5": {"attribute": "order"}}},
    }
    given = ticket_fields.of_analysis(None, app_of(rule), Analysis(frozenset({"refund"})))
    assert (given.tags, given.properties) == (["x"] if fits else [], {})


@pytest.mark.parametrize("empty", [{}, {5: None, 6: [], 7: False}, {5: "", 6: None, 7: None}])
def test_T17_what_is_empty_is_set(empty: dict[int, Any]) -> None:
    later = LaterFields(GIVEN, replace(TICKET, fields=empty, tags=("Own",)))
    sent = [{"id": 5, "value": "x"}, {"id": 6, "value": ["b"]}, {"id": 7, "value": True}]
    assert later.properties == {"custom_fields": sent, "tags": ["Own", "a"]}


@pytest.mark.parametrize("held", [0, "y", ["c"], True])
def test_T17_what_has_a_value_keeps_it(held: Any) -> None:
    later = LaterFields(TicketFields((Given(5, "x", "A"),)), replace(TICKET, fields={5: held}))
    assert later.properties == {}
    assert later.lines == (f"T17: {wording.FIELD_KEPT.format(rule='A', field=5)}",)


def test_T17_a_tag_that_is_there_is_not_sent_again() -> None:
    later = LaterFields(TicketFields((Given("tag", "a", "A"),)), replace(TICKET, tags=("A", "b")))
    assert (later.properties, later.lines) == ({}, ())


def test_T16_what_is_complained_about_is_left_out_part_by_part_until_nothing_is() -> None:
    later: LaterFields | None = LaterFields(GIVEN, TICKET)
    assert later is not None
    assert later.without({"comment"}, ()) is None
    later = later.without({"base"}, {5, 99})
    assert later is not None
    assert [each.what for each in later.fields] == [6, 7]
    later = later.without({"base"}, {99})
    assert later is not None
    assert later.properties == {"tags": ["a"]}
    later = later.without((), ())
    assert later is not None
    assert later.properties == {}
    assert later.without({"base", "tags"}, {5}) is None
    assert [line.partition(":")[0] for line in later.lines] == ["T16"] * 3


def test_T16_what_the_answer_does_not_show_was_dropped() -> None:
    later = LaterFields(GIVEN, TICKET)
    shown = replace(TICKET, fields={5: "x", 6: None, 7: True}, tags=("A",))
    assert later.dropped_from(shown) == (f"T16: {wording.WITHOUT_FIELD.format(field=6)}",)
    assert later.dropped_from(replace(shown, fields={5: "y", 6: ["b"], 7: True}, tags=())) == (
        f"T16: {wording.WITHOUT_TAGS}",
    )


def test_T17_what_is_said_stays_within_the_room_that_a_comment_has_for_notes() -> None:
    given = TicketFields(tuple(Given(number, "<" * 250, f"Rule {number}") for number in range(1, 60)))
    later = LaterFields(given, TICKET)
    assert len(note(later.lines).encode()) < 2_000
    assert later.lines[-1] == wording.MORE.format(count=60 - len(later.lines))
    assert len(later.properties["custom_fields"]) == 59
