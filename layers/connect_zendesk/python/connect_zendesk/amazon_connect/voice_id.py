"""Voice ID: what contact records have of it, and the two calls that are made where a domain still answers.

AWS ended the service on 2026-05-20. Instances that still answer, and records from before, can be worked with.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from connect_zendesk.amazon_connect.values import text
from connect_zendesk.rules.contacts.authentication import VoiceIdResult

#: An agent waits for it.
_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1})
_NOT_FOUND = "ResourceNotFoundException"
#: An id that cannot be one of Voice ID's: there is no such thing.
_NO_ID = "ValidationException"
#: The service answers, only not to this.
_FOR_NOW = frozenset({"ThrottlingException", "TooManyRequestsException", "ConflictException"})


class VoiceIdClient(Protocol):
    """What is used of boto3's client for ``voice-id``."""

    def describe_speaker(self, *, DomainId: str, SpeakerId: str) -> Mapping[str, Any]:  # noqa: N803
        """Return a speaker."""

    def evaluate_session(self, *, DomainId: str, SessionNameOrId: str) -> Mapping[str, Any]:  # noqa: N803
        """Return what became of a session."""


class NoVoiceId(Exception):
    """The domain does not answer. The message says how; ``for_now``: it may the next time."""

    def __init__(self, message: str, *, for_now: bool) -> None:
        super().__init__(message)
        self.for_now = for_now


class VoiceId:
    """Speaks to one domain. ``domain`` is its id, empty where there is none.

    ``new_client`` makes the client when it is first needed: hardly any instance has a domain.
    """

    def __init__(self, domain: str = "", new_client: Callable[[], VoiceIdClient] | None = None) -> None:
        self.domain = domain
        self._new_client = new_client or _new_client
        self._made: VoiceIdClient | None = None

    def speaker_status(self, speaker: str) -> str | None:
        """Return a speaker's status in Voice ID's own words, None where the domain has no such speaker.

        Raises `NoVoiceId`.
        """
        try:
            answer = self._client.describe_speaker(DomainId=self.domain, SpeakerId=speaker)
        except (ClientError, BotoCoreError) as error:
            if _is_missing(error):
                return None
            raise _no_answer(error) from None
        return str(answer.get("Speaker", {}).get("Status") or "") or None

    def decision(self, contact_id: str) -> tuple[str | None, str | None]:
        """Return what is decided by now on the session of a contact's leg, and its speaker's id.

        The decision is Voice ID's own word, such as ACCEPT. Both are None where there is no such session, or
        no caller is authenticated in it. Raises `NoVoiceId`.
        """
        try:
            answer = self._client.evaluate_session(DomainId=self.domain, SessionNameOrId=contact_id)
        except (ClientError, BotoCoreError) as error:
            if _is_missing(error):
                return None, None
            raise _no_answer(error) from None
        result = answer.get("AuthenticationResult") or {}
        speaker = result.get("CustomerSpeakerId") or result.get("GeneratedSpeakerId")
        return result.get("Decision"), speaker

    @property
    def _client(self) -> VoiceIdClient:
        if self._made is None:
            self._made = self._new_client()
        return self._made


def _new_client() -> VoiceIdClient:
    client: VoiceIdClient = boto3.client("voice-id", config=_CONFIG)
    return client


def of_record(record: Mapping[str, Any]) -> VoiceIdResult | None:
    """Return what a contact record has of Voice ID, None where it has nothing.

    The id is the one that a flow gave the speaker, which the record has as the customer's, else Voice ID's
    own.
    """
    found = record.get("VoiceIdResult")
    if not isinstance(found, dict) or not found:
        return None
    authentication = found.get("Authentication")
    result = authentication.get("Result") if isinstance(authentication, dict) else None
    return VoiceIdResult(
        id=text(record.get("CustomerId")) or text(found.get("GeneratedSpeakerId")),
        result=text(result),
        enrolled=found.get("SpeakerEnrolled") is True,
        opted_out=found.get("SpeakerOptedOut") is True,
    )


def _name(error: ClientError | BotoCoreError) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def _no_answer(error: ClientError | BotoCoreError) -> NoVoiceId:
    return NoVoiceId(_name(error), for_now=_name(error) in _FOR_NOW)


def _is_missing(error: ClientError | BotoCoreError) -> bool:
    """Return whether what was asked for is not there, though its domain is."""
    if not isinstance(error, ClientError):
        return isinstance(error, ParamValidationError)
    of_domain = error.response.get("ResourceType") == "DOMAIN"
    return _name(error) == _NO_ID or (_name(error) == _NOT_FOUND and not of_domain)
