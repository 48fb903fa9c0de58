"""What the sources say of a caller's voice authentication, in one shape (V1, V2, V4, T9)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.contacts import authentication
from connect_zendesk.rules.contacts.authentication import (
    ENROLLED,
    NOT_ENROLLED,
    OPTED_OUT,
    Authentication,
    VoiceIdResult,
    of_attributes,
    of_contact,
    of_decision,
    of_voice_id,
)
from connect_zendesk.rules.settings.app_settings import CallerAuthentication
from tests.unit.rules.world import call

NAMES = CallerAuthentication("attributes", "print", "print_status", "print_result")
STATUSES = {NOT_ENROLLED, ENROLLED, OPTED_OUT, None}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("ENROLLED", ENROLLED),
        (" enrolled ", ENROLLED),
        ("Registered", ENROLLED),
        ("OPTED_OUT", OPTED_OUT),
        ("Opted Out", OPTED_OUT),
        ("opt-out", OPTED_OUT),
        ("OptOut", OPTED_OUT),
        ("declined", OPTED_OUT),
        ("NOT_ENROLLED", NOT_ENROLLED),
        ("not enrolled", NOT_ENROLLED),
        ("blank", NOT_ENROLLED),
        pytest.param("EXPIRED", NOT_ENROLLED, id="an enrolment that has expired has no voiceprint any more"),
        pytest.param("PENDING", None, id="an enrolment that is pending has none yet"),
    ],
)
def test_V1_a_partners_word_for_a_status(word: str, status: str | None) -> None:
    told = of_attributes({"print": "p-1", "print_status": word}, NAMES)
    assert told == Authentication("p-1", status)


@pytest.mark.parametrize("word", ["", " ", "-", "none", "NULL", "empty", "ignore", "timeout"])
def test_V1_words_that_mean_not_set_say_nothing(word: str) -> None:
    told = of_attributes({"print": word, "print_status": word, "print_result": word}, NAMES)
    assert told == Authentication()


@pytest.mark.parametrize("word", ["unknown", "ENROLLED?", "yes", "42", "авторизован"])
def test_V1_a_word_that_is_not_known_writes_nothing_and_is_named_by_its_place(word: str) -> None:
    told = of_attributes({"print": "p-1", "print_status": word}, NAMES)
    assert (told.status, told.unknown) == (None, ("print_status",))


def test_V1_an_id_longer_than_any_is_none() -> None:
    told = of_attributes({"print": "x" * 257, "print_status": "enrolled"}, NAMES)
    assert told == Authentication(None, ENROLLED, None, ("print",))
    assert of_attributes({"print": "x" * 256}, NAMES).id == "x" * 256


def test_V2_only_the_attributes_that_are_named_are_read() -> None:
    attributes = {"voice_authentication_status": "ENROLLED", "print_result": "accept"}
    assert of_attributes(attributes, NAMES) == Authentication(result="accept")


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (VoiceIdResult(result="Authenticated"), ENROLLED),
        (VoiceIdResult(result="Not Authenticated"), ENROLLED),
        (VoiceIdResult(result="Not Enrolled"), NOT_ENROLLED),
        (VoiceIdResult(result="Opted Out"), OPTED_OUT),
        (VoiceIdResult(result="Inconclusive"), None),
        (VoiceIdResult(result="Error"), None),
        (VoiceIdResult(), None),
        (VoiceIdResult(result="Not Enrolled", enrolled=True), ENROLLED),
        (VoiceIdResult(result="Authenticated", opted_out=True), OPTED_OUT),
        (VoiceIdResult(result="Opted Out", enrolled=True), ENROLLED),
        pytest.param(
            VoiceIdResult(result="Authenticated", enrolled=True, opted_out=True),
            None,
            id="nobody knows which came last",
        ),
    ],
)
def test_V1_V3_a_voice_id_result(told: VoiceIdResult, status: str | None) -> None:
    found = of_voice_id(told)
    assert (found.status, found.unknown) == (status, ())


def test_V2_a_voice_id_result_in_a_new_word_is_named() -> None:
    assert of_voice_id(VoiceIdResult("s", "Maybe")) == Authentication("s", None, "Maybe", ("VoiceIdResult",))


@pytest.mark.parametrize(
    ("decision", "result", "status", "failed"),
    [
        ("ACCEPT", "Authenticated", ENROLLED, False),
        ("REJECT", "Not Authenticated", ENROLLED, True),
        ("NOT_ENOUGH_SPEECH", "Inconclusive", None, True),
        ("SPEAKER_NOT_ENROLLED", "Not Enrolled", NOT_ENROLLED, False),
        ("SPEAKER_EXPIRED", "Not Enrolled", NOT_ENROLLED, False),
        ("SPEAKER_OPTED_OUT", "Opted Out", OPTED_OUT, False),
        ("SPEAKER_ID_NOT_PROVIDED", None, None, False),
        (None, None, None, False),
    ],
)
def test_V4_a_decision_on_a_session(
    decision: str | None, result: str | None, status: str | None, failed: bool
) -> None:
    told = of_decision(decision, "speaker-1")
    assert (told.id, told.result, told.status, told.failed) == ("speaker-1", result, status, failed)
    assert told.unknown == ()


def test_V4_what_is_left_with_the_contact_is_never_blank() -> None:
    assert of_decision("SPEAKER_NOT_ENROLLED").attributes == {
        "result": "Not Enrolled",
        "status": "NOT_ENROLLED",
    }
    assert of_decision("NOT_ENOUGH_SPEECH").attributes == {"result": "Inconclusive"}
    assert of_decision("SOMETHING_NEW").attributes == {}


@pytest.mark.parametrize("status", sorted(authentication.WRITTEN))
def test_V4_what_is_left_with_the_contact_is_read_as_the_same_status(status: str) -> None:
    assert authentication.status_of(authentication.WRITTEN[status]) == status


def test_V2_the_source_of_the_app_settings_is_the_only_one() -> None:
    leg = call(print_status="opted out", print="p-1")
    told = VoiceIdResult("speaker-1", "Authenticated")
    assert of_contact(leg, told, NAMES) == Authentication("p-1", OPTED_OUT)
    by_voice_id = replace(NAMES, source="voice_id")
    assert of_contact(leg, told, by_voice_id) == Authentication("speaker-1", ENROLLED, "Authenticated")
    assert of_contact(leg, None, by_voice_id) == Authentication()


@pytest.mark.parametrize(
    ("own", "attribute", "enabled", "result"),
    [
        ("Inconclusive", "Authenticated", True, "Inconclusive"),
        (None, "Authenticated", True, "Authenticated"),
        (None, "Authenticated", False, None),
        (None, "none", True, None),
    ],
)
def test_T9_with_voice_id_the_records_own_result_comes_before_what_was_left_in_the_attribute(
    own: str | None, attribute: str, enabled: bool, result: str | None
) -> None:
    leg = replace(call(print_result=attribute), authentication=own)
    source = replace(NAMES, source="voice_id")
    assert authentication.result_of(leg, source, enabled=enabled) == result


def test_T9_with_attributes_the_records_own_result_says_nothing() -> None:
    leg = replace(call(), authentication="Inconclusive")
    assert authentication.result_of(leg, NAMES, enabled=True) is None


@given(st.dictionaries(st.sampled_from(["print", "print_status", "print_result"]), st.text(max_size=300)))
def test_whatever_attributes_hold_the_status_is_one_of_four_and_nothing_raises(
    attributes: dict[str, str],
) -> None:
    told = of_attributes(attributes, NAMES)
    assert told.status in STATUSES
    assert told.id is None or 0 < len(told.id) <= 256
    assert isinstance(told.failed, bool)


@given(st.text(max_size=40), st.booleans(), st.booleans())
def test_whatever_voice_id_says_the_status_is_one_of_four(result: str, enrolled: bool, out: bool) -> None:
    assert of_voice_id(VoiceIdResult("s", result or None, enrolled, out)).status in STATUSES
    assert of_decision(result).status in STATUSES
