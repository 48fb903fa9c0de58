"""What a transcript's comment and its file say, and how long they are (X1, X2, X5, X6, M6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.transcripts import transcript_file
from connect_zendesk.rules.transcripts.conversation import (
    Choice,
    Feeling,
    Numbers,
    Participant,
    Quarter,
    Skipped,
    Turn,
)
from connect_zendesk.rules.transcripts.transcript_comment import TranscriptView, render
from tests.unit.rules.conversations import (
    BEGAN,
    LEG,
    LONDON,
    Files,
    Page,
    call,
    chat,
    lines_of,
    many,
    rendered,
    said,
    spoken,
    text_of,
)


def test_X1_a_chat_is_told_with_speakers_and_times() -> None:
    turns = [
        Turn("event", "customer", "Ana", event="participant.joined", at=BEGAN),
        said("Hello?", second=5, name="Ana"),
        said("I am the assistant.", "bot", 6),
        said("Kept for our records.", "system", 7),
        said("Good morning!", "agent", 65, name="Agnes"),
        Turn("attachment", "customer", "Ana", files=("a & b.pdf", ""), at=BEGAN + timedelta(seconds=70)),
        Turn("event", "system", event="chat.ended", at=BEGAN + timedelta(seconds=80)),
    ]
    assert lines_of(chat(*turns, ended=BEGAN + timedelta(seconds=80))) == [
        "Chat transcript",
        f"2026-11-02 10:00 – 10:01 · times in Europe/London · contact {LEG}",
        "10:00:00 · Ana (customer) joined",
        "● Ana (customer) 10:00:05",
        "Hello?",
        "◇ Bot 10:00:06",
        "I am the assistant.",
        "◦ System 10:00:07",
        "Kept for our records.",
        "○ Agnes (agent) 10:01:05",
        "Good morning!",
        "● Ana (customer) 10:01:10",
        "Sent a file: a & b.pdf",
        "Sent a file: without a name",
        "10:01:20 · The chat ended",
    ]


def test_times_are_in_the_administrators_zone_and_a_new_day_is_said() -> None:
    turns = [said("late", second=0), said("later", second=3 * 3600)]
    lines = lines_of(chat(*turns), TranscriptView("Asia/Tokyo"))
    assert lines[1].startswith("2026-11-02 19:00 · times in Asia/Tokyo")
    assert [line for line in lines if line.startswith(("●", "22"))] == [
        "● Customer 19:00:00",
        "22:00:00",
    ]
    lines = lines_of(chat(*turns), TranscriptView("Pacific/Auckland"))
    assert "● Customer 23:00:00" in lines
    assert lines[lines.index("2026-11-03") + 1] == "● Customer 02:00:00"


def test_the_same_speaker_is_named_once() -> None:
    lines = lines_of(chat(said("one", second=1), said("two", second=2), said("three", "agent", 3)))
    assert lines[2:] == ["● Customer 10:00:01", "one", "10:00:02", "two", "○ Agent 10:00:03", "three"]


def test_two_agents_who_follow_each_other_are_told_apart() -> None:
    lines = lines_of(chat(said("one", "agent", 1, name="Agnes"), said("two", "agent", 2, name="Bob")))
    assert [line for line in lines if "(agent)" in line] == [
        "○ Agnes (agent) 10:00:01",
        "○ Bob (agent) 10:00:02",
    ]


def test_speakers_have_a_mark_each() -> None:
    assert set(wording.ROLE_MARKS) == set(wording.ROLES)
    assert len(set(wording.ROLE_MARKS.values())) == len(wording.ROLES)


def test_X2_a_call_is_told_in_the_order_in_which_it_is_wanted() -> None:
    conversation = call(
        spoken("Never again!", offset=61_500, mood="negative", issues=("Never again!",)),
        spoken("I am sorry.", "agent", 3_700_000, mood="neutral"),
        summary="First line.\nSecond line.",
        categories=("Refund", "Complaint"),
        feelings={
            "agent": Feeling(1.04),
            "customer": Feeling(
                -2.5,
                (Quarter(0, 10_000, 0), Quarter(10_000, 20_000, 0.9), Quarter(20_000, 40_000, -5)),
            ),
        },
        numbers=Numbers(
            duration=100_000,
            talk={"agent": 30_000, "customer": 20_000},
            words_per_minute={"agent": 140, "customer": 160},
            interruptions={"agent": 1, "customer": 2},
            interruption_count=3,
            interruption_time=2_400,
            silence=50_000,
        ),
        issues=("Never again!",),
        outcomes=("Money back",),
        actions=("Write a letter",),
    )
    assert lines_of(conversation, replace(LONDON, agent="asmith")) == [
        "Call, analysed by Contact Lens",
        f"2026-11-02 10:00 – 10:01 · times in Europe/London · contact {LEG}",
        "Summary",
        "First line.",
        "Second line.",
        "Categories",
        "Refund · Complaint",
        "How they felt, from −5 to +5",
        "Customer: ▅▅▁ negative overall (−2.5); neutral from 0:00 to 0:20, then very negative until 0:40",
        "Agent: positive overall (+1.0)",
        "In numbers",
        "Duration: 1:40",
        "Talked: customer 0:20 (20 %), agent 0:30 (30 %), nobody 0:50 (50 %)",
        "Words per minute: customer 160, agent 140",
        "Interruptions: 3, 2.4 s in all: 2 by the customer, 1 by the agent",
        "What came up",
        "Issue: Never again!",
        "Outcome: Money back",
        "To do: Write a letter",
        "Conversation",
        "● Customer 1:01 · 10:01:01 · ☹ negative · issue",
        "Never again!",
        "○ asmith (agent) 1:01:40 · 11:01:40",
        "I am sorry.",
    ]


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (-5, "very negative"),
        (-3, "very negative"),
        (-2.9, "negative"),
        (-1, "negative"),
        (-0.9, "neutral"),
        (0, "neutral"),
        (1, "neutral"),
        (1.1, "positive"),
        (3, "positive"),
        (3.1, "very positive"),
        (5, "very positive"),
    ],
)
def test_scores_are_worded(score: float, words: str) -> None:
    text = text_of(call(feelings={"customer": Feeling(score)}))
    assert f"Customer: {words} overall" in text


@pytest.mark.parametrize(
    ("score", "bar"), [(-5, "▁"), (-2.9, "▂"), (0, "▅"), (0.1, "▅"), (2.9, "▇"), (5, "█")]
)
def test_the_bar_rises_with_the_score(score: float, bar: str) -> None:
    text = text_of(call(feelings={"customer": Feeling(0, (Quarter(0, 1, score),))}))
    assert f"Customer: {bar} neutral overall (0)" in text


def test_a_chats_feelings_have_a_beginning_an_end_and_a_time_before_the_agent() -> None:
    feeling = Feeling(0.2, (), -3.75, 3.75, 0.4, -2.5)
    assert (
        "Customer: neutral overall (+0.2); very negative at first (−3.8), very positive at the end (+3.8); "
        "neutral with an agent (+0.4), negative without (−2.5)"
    ) in text_of(replace(chat(feelings={"customer": feeling}), kind="lens_chat"))


def test_a_chats_answers_are_measured() -> None:
    numbers = Numbers(
        greeting=12_000,
        bot_greeting=700,
        response={"customer": 75_000, "agent": 5_575},
        longest_response={"agent": 7_309},
    )
    lines = lines_of(replace(chat(numbers=numbers), kind="lens_chat"))
    assert "First answer: bot after 0.7 s, agent after 12 s" in lines
    assert "Answers: customer 1:15 on average; agent 5.6 s on average, 7.3 s at most" in lines


def test_nobody_interrupted_is_said() -> None:
    assert "Interruptions: none" in lines_of(call(numbers=Numbers(interruption_count=0)))


def test_what_is_not_known_is_not_mentioned() -> None:
    assert lines_of(call(spoken("Hello."), began=None)) == [
        "Call, analysed by Contact Lens",
        f"times in Europe/London · contact {LEG}",
        "● Customer 0:00",
        "Hello.",
    ]


def test_what_contact_lens_did_not_do_is_told_with_the_reason() -> None:
    skipped = (
        Skipped("POST_CONTACT_SUMMARY", "INSUFFICIENT_CONVERSATION_CONTENT"),
        Skipped("CATEGORIZATION", "QUOTA_EXCEEDED", ("Fraud", "Refund")),
        Skipped("SOMETHING_NEW", "NO_SUCH_THING"),
    )
    text = text_of(call(skipped=skipped, failed="FAILED"))
    assert "Contact Lens did not finish its analysis (failed)." in text
    assert "Not done by Contact Lens: the summary, because too little was said." in text
    assert "categories (Fraud, Refund), because there were too many analyses at that time." in text
    assert "Not done by Contact Lens: something new, because no such thing." in text


def test_redaction_is_told() -> None:
    assert "Amazon Connect has left out personal data." in lines_of(call(redacted=True))
    assert "Amazon Connect has left out personal data." not in lines_of(call())


@pytest.mark.parametrize("by_the_records", [True, False])
def test_X6_several_parties_are_marked_as_possibly_degraded(by_the_records: bool) -> None:
    people = () if by_the_records else (Participant("s", "supervisor"),)
    view = replace(LONDON, multi_party=by_the_records)
    comment, (document,) = rendered(chat(said("Hi."), participants=people), view)
    assert "Possibly degraded" in comment.html
    assert "Possibly degraded" in document
    assert "degraded" not in text_of(chat(said("Hi.")))


def test_the_time_of_the_records_wins_over_that_in_a_calls_name() -> None:
    view = replace(LONDON, began=BEGAN + timedelta(seconds=2))
    assert "● Customer 0:01 · 10:00:03" in lines_of(call(spoken("Hi.", offset=1_000)), view)
    # The part with the bot begins before the agent is connected.
    automated = call(spoken("Hi.", offset=1_000), automated=True)
    assert "● Customer 0:01 · 10:00:01" in lines_of(automated, view)
    assert lines_of(automated, view)[0] == "Call, analysed by Contact Lens: the part with the bot"


def test_choices_are_lines_and_not_json() -> None:
    turn = said("Which one?", "bot", choices=(Choice("Red", "€ 5"), Choice("Blue")))
    assert lines_of(chat(turn))[-3:] == ["Which one?", "– Red (€ 5)", "– Blue"]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("participant.left", "Ana (customer) left"),
        ("participant.invited", "Ana (customer) was invited"),
        ("transfer.succeeded", "The chat was transferred"),
        ("transfer.failed", "A transfer failed"),
        ("something.new", "Event: something new"),
    ],
)
def test_what_happened_is_told_in_words(event: str, told: str) -> None:
    turn = Turn("event", "customer", "Ana", event=event, at=BEGAN)
    assert lines_of(chat(turn))[-1] == f"10:00:00 · {told}"


def test_an_empty_conversation_says_so() -> None:
    comment, (document,) = rendered(chat())
    assert comment.complete
    assert Page(comment.html).text.endswith("Nothing was said.")
    assert "Nothing was said." in document


def test_a_conversation_without_its_words_tells_what_was_made_of_it() -> None:
    told = call(spoken("secret"), summary="About this.", issues=("secret",), actions=("secret",))
    conversation = told.without_words()
    comment, (document,) = rendered(conversation)
    for html in (comment.html, document):
        assert "About this." in html
        assert "Conversation" not in html
        assert "Nothing was said" not in html
        assert "secret" not in html
    assert comment.complete


NASTY = '<script>alert("x")</script> & </p></li><img src=x onerror=alert(1)>'


def test_M6_nothing_from_outside_becomes_markup() -> None:
    conversation = call(
        spoken(NASTY, mood="negative", name=NASTY),
        Turn("event", "agent", NASTY, event=NASTY, offset=5),
        Turn("event", "agent", NASTY, event="participant.joined", offset=5),
        Turn("attachment", "customer", NASTY, files=(NASTY,), choices=(Choice(NASTY, NASTY),), offset=6),
        summary=NASTY,
        categories=(NASTY,),
        issues=(NASTY,),
        skipped=(Skipped(NASTY, NASTY, (NASTY,)),),
        failed=NASTY,
        language='en"><script>',
    )
    comment, (document,) = rendered(conversation, replace(LONDON, agent=NASTY, file_name=NASTY))
    assert not Page(document).names & {"script", "img"}
    assert Page(comment.html).text.count('<script>alert("x")</script>') >= 9
    assert "<script" not in comment.html
    assert 'lang="en"><script' not in document


def test_texts_in_braces_are_only_texts() -> None:
    nasty = "{who} {0} {__class__} %s"
    turns = [
        Turn("event", "customer", nasty, event="participant.joined", at=BEGAN),
        Turn("event", "customer", nasty, event=nasty, at=BEGAN),
        said(nasty, name=nasty),
    ]
    assert lines_of(chat(*turns)).count(nasty) == 1
    assert f"{nasty} (customer) joined" in text_of(chat(*turns))


def test_control_characters_and_direction_overrides_are_taken_out() -> None:
    text = text_of(chat(said("a\u202eb\x00c\u2066d\u200fe\ud800f", name="N\u202e")))
    assert "abcdef" in text
    assert "● N (customer)" in text


def test_text_from_right_to_left_is_isolated_and_other_text_is_not() -> None:
    text = text_of(chat(said("שלום!\nHello!\nمرحبا", name="דנה")))
    assert "● \u2068דנה\u2069 (customer)" in text
    assert "\n\u2068שלום!\u2069\nHello!\n\u2068مرحبا\u2069" in text
    joined = Turn("event", "customer", "דנה", event="participant.joined", at=BEGAN)
    assert "\u2068דנה\u2069 (customer) joined" in text_of(chat(joined))


def test_X5_a_long_conversation_is_cut_at_a_turn_and_says_where_the_whole_is() -> None:
    conversation = replace(chat(), items=list(many(4_000)))
    view = replace(LONDON, file_name="chat-1.html")
    comment, (document,) = rendered(conversation, view)
    assert not comment.complete
    assert comment.turns == 4_000
    assert 200 < comment.shown < 4_000
    assert LARGEST_COMMENT - 5_000 < len(comment.html.encode()) <= LARGEST_COMMENT
    text = Page(comment.html).text
    assert f"something that was said {comment.shown - 1}\n" in text
    assert f"something that was said {comment.shown}\n" not in text
    first = f"These are the first {comment.shown} of 4,000 entries."
    note = f"{first} The whole is in the attached file chat-1.html."
    assert text.count(note) == 2, "at the top, and where it stops"
    assert text.endswith(note)
    assert "something that was said 3999" in document
    assert document.count('class="said"') == 4_000


def test_X5_after_a_turn_without_room_none_is_shown_that_would_fit() -> None:
    longest = [said("word " * 1_500, "agent" if number % 2 else "customer", number) for number in range(9)]
    comment, _ = rendered(chat(*longest, said("Goodbye.", second=9)))
    assert comment.shown < 9
    assert "Goodbye." not in comment.html


def test_X5_what_fits_is_complete() -> None:
    for count in (0, 1, 50):
        comment, _ = rendered(replace(chat(), items=list(many(count))))
        assert (comment.complete, comment.shown, comment.turns) == (True, count, count)
        assert "attached file" not in comment.html


@pytest.mark.parametrize("letter", ["a", "&", "é", "漢", "🎉", "ש"])
def test_X5_the_limit_is_in_bytes_whatever_is_written(letter: str) -> None:
    long = letter * 30_000
    line = letter * 3_000
    conversation = call(
        *(spoken(line, "agent" if number % 2 else "customer", name=line) for number in range(60)),
        summary="\n".join([long] * 20),
        categories=(line,) * 100,
        issues=(line,) * 50,
        outcomes=(line,) * 50,
        actions=(line,) * 50,
        skipped=(Skipped(line, line, (line,) * 10),) * 20,
        failed=line,
        redacted=True,
    )
    comment, _ = rendered(conversation, replace(LONDON, agent=line, file_name="f" * 255))
    assert len(comment.html.encode()) <= LARGEST_COMMENT
    assert comment.shown >= 2, "what comes before leaves room for the conversation"
    assert not comment.complete


def test_one_turn_too_long_for_a_comment_is_shortened_and_the_file_has_it_all() -> None:
    words = "word " * 10_000
    comment, (document,) = rendered(chat(said(words), said("The end.", "agent", 1)))
    assert (comment.shown, comment.turns, comment.complete) == (2, 2, False)
    assert len(comment.html.encode()) < 20_000
    assert "What is too long for a comment is shortened here." in comment.html
    assert words.strip() in document
    assert "…" in comment.html


def test_one_turn_of_very_many_lines_is_shortened() -> None:
    comment, _ = rendered(chat(said("line\n" * 20_000)))
    assert not comment.complete
    assert len(comment.html.encode()) < 20_000


def test_the_file_is_in_parts_that_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_file, "LARGEST_PART", 60_000)
    conversation = replace(call(summary="Once."), items=list(many(1_000)))
    comment, parts = rendered(conversation)
    assert 3 < comment.parts == len(parts) < 10
    assert all(len(part.encode()) <= 60_000 for part in parts)
    assert sum(part.count('class="said"') for part in parts) == 1_000
    assert [f"Part {number}" in parts[number - 1] for number in range(1, 4)] == [False, True, True]
    assert sum("Once." in part for part in parts) == 1
    assert all("This continues in the next part." in part for part in parts[:-1])
    assert "This continues" not in parts[-1]


def test_the_file_is_a_page_of_its_own_that_loads_nothing() -> None:
    _, (document,) = rendered(call(spoken("Hej!", mood="positive"), language="sv-SE"))
    page = Page(document)
    assert document.startswith('<!doctype html>\n<html lang="en">')
    assert ("meta", {"charset": "utf-8"}) in page.elements
    assert {"title", "h1", "h2", "main", "ol", "time"} <= page.names
    assert not page.names & {"script", "link", "img", "iframe"}
    assert "default-src 'none'" in document
    assert "@media print" in document
    saying = next(given for name, given in page.elements if given.get("class") == "said")
    assert saying == {"class": "said", "dir": "auto", "lang": "sv-SE"}
    assert ("time", {"datetime": "2026-11-02T10:00:00+00:00"}) in page.elements


def test_a_conversation_is_gone_through_once_and_written_as_it_comes() -> None:
    passes, seen = [], []

    class Once:
        def __iter__(self) -> Iterator[Turn]:
            passes.append(1)
            for turn in many(3):
                seen.append(len(files.all[0]))
                yield turn

    files = Files()
    render(replace(chat(), items=Once()), LONDON, files)
    assert len(passes) == 1
    assert seen == sorted(set(seen)), "each turn is written before the next is read"
