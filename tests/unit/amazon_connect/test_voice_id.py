"""What contact records have of Voice ID, and what its two calls answer, or do not (V2, V4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from connect_zendesk.amazon_connect.voice_id import NoVoiceId, VoiceId, of_record
from connect_zendesk.rules.contacts.authentication import VoiceIdResult

DOMAIN = "AbCdEfGhIjKlMnOpQrStUv"
URL = "https://voiceid.eu-west-2.amazonaws.com"


class Client:
    """Answers so, or fails so."""

    def __init__(self, answer: Mapping[str, Any] | Exception) -> None:
        self._answer = answer
        self.asked: list[Mapping[str, Any]] = []

    def describe_speaker(self, **asked: Any) -> Mapping[str, Any]:
        return self._told(asked)

    def evaluate_session(self, **asked: Any) -> Mapping[str, Any]:
        return self._told(asked)

    def _told(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(asked)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def domain(answer: Mapping[str, Any] | Exception) -> VoiceId:
    return VoiceId(DOMAIN, lambda: Client(answer))


def refusal(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}, **more}, "DescribeSpeaker")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "record", [{}, {"VoiceIdResult": None}, {"VoiceIdResult": {}}, {"VoiceIdResult": "Authenticated"}]
)
def test_V1_a_record_without_a_result(record: dict[str, object]) -> None:
    assert of_record(record) is None


def test_V1_a_record_whose_fields_are_of_other_types() -> None:
    told = {"Authentication": [], "SpeakerEnrolled": "yes", "SpeakerOptedOut": 1, "GeneratedSpeakerId": 7}
    assert of_record({"CustomerId": ["x"], "VoiceIdResult": told}) == VoiceIdResult()


def test_V1_a_record_with_a_result() -> None:
    told = {
        "Authentication": {"Result": "Authenticated", "Score": 97},
        "GeneratedSpeakerId": "id#1",
        "SpeakerEnrolled": False,
        "SpeakerOptedOut": True,
    }
    assert of_record({"VoiceIdResult": told}) == VoiceIdResult("id#1", "Authenticated", False, True)
    assert of_record({"CustomerId": "c-1", "VoiceIdResult": {"SpeakerEnrolled": True}}) == VoiceIdResult(
        "c-1", enrolled=True
    )


def test_the_client_is_made_when_it_is_first_needed_and_once() -> None:
    client, made = Client({"Speaker": {"Status": "ENROLLED"}}), list[int]()

    def new_client() -> Client:
        made.append(1)
        return client

    voice_id = VoiceId(DOMAIN, new_client)
    assert made == []
    assert (voice_id.speaker_status("s-1"), voice_id.speaker_status("s-2")) == ("ENROLLED", "ENROLLED")
    assert made == [1]
    assert client.asked == [{"DomainId": DOMAIN, "SpeakerId": speaker} for speaker in ("s-1", "s-2")]


@pytest.mark.parametrize(
    "missing",
    [
        pytest.param(refusal("ResourceNotFoundException", ResourceType="SPEAKER"), id="no such speaker"),
        pytest.param(refusal("ResourceNotFoundException"), id="nothing such"),
        pytest.param(refusal("ValidationException"), id="a name that can be nobody's"),
        pytest.param(ParamValidationError(report="SessionNameOrId"), id="a name that is not even sent"),
    ],
)
def test_V2_who_is_not_there_is_no_outage(missing: Exception) -> None:
    assert domain(missing).speaker_status("s-1") is None
    assert domain(missing).decision("contact-1") == (None, None)


@pytest.mark.parametrize(
    ("error", "for_now"),
    [
        (refusal("AccessDeniedException"), False),
        (refusal("InternalServerException"), False),
        (refusal("ResourceNotFoundException", ResourceType="DOMAIN"), False),
        (EndpointConnectionError(endpoint_url=URL), False),
        (ConnectTimeoutError(endpoint_url=URL), False),
        (ReadTimeoutError(endpoint_url=URL), False),
        (refusal("ThrottlingException"), True),
        (refusal("ConflictException"), True),
    ],
)
def test_V2_a_domain_that_does_not_answer(error: ClientError | BotoCoreError, for_now: bool) -> None:
    for ask in (domain(error).speaker_status, domain(error).decision):
        with pytest.raises(NoVoiceId) as raised:
            ask("x")
        assert raised.value.for_now is for_now


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({}, (None, None)),
        ({"AuthenticationResult": None}, (None, None)),
        ({"AuthenticationResult": {"Decision": "ACCEPT", "CustomerSpeakerId": "c"}}, ("ACCEPT", "c")),
        ({"AuthenticationResult": {"Decision": "REJECT", "GeneratedSpeakerId": "g"}}, ("REJECT", "g")),
    ],
)
def test_V4_a_session_and_what_is_decided_on_it(
    answer: Mapping[str, Any], found: tuple[str | None, str | None]
) -> None:
    assert domain(answer).decision("contact-1") == found


def test_V2_a_speaker_without_a_status() -> None:
    assert domain({"Speaker": {}}).speaker_status("s-1") is None
