"""The API calls made to Amazon Comprehend: sentiment, key phrases and entities of pieces of text (X3)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from connect_zendesk.errors import ConnectZendeskError, Permanent, RetryLater

#: Texts of one request.
MOST_AT_ONCE = 25
#: Its own retries wait a second or two; the caller tries again, and goes on without an answer.
_CONFIG = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
_SLOW_DOWN = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "InternalServerException"}
)
_SERVERS_FAULT = 500

Question = Literal["sentiment", "key phrases", "entities"]
_OPERATIONS: dict[Question, str] = {
    "sentiment": "BatchDetectSentiment",
    "key phrases": "BatchDetectKeyPhrases",
    "entities": "BatchDetectEntities",
}


class ComprehendError(ConnectZendeskError):
    """Anything that Amazon Comprehend did not answer."""


class ComprehendLater(ComprehendError, RetryLater):
    """It asks to slow down, or is out of order."""


class ComprehendRefused(ComprehendError, Permanent):
    """It does not accept what it was asked."""


@dataclass(frozen=True)
class Answer:
    """What it says of one of the texts, by the text's ``index``; ``content`` is its own answer."""

    index: int
    content: dict[str, Any]


class AmazonComprehend:
    """Speaks to Amazon Comprehend. The client is made when it is first needed: most functions never do."""

    def __init__(self, new_client: Callable[[], Any] | None = None) -> None:
        self._new_client = new_client or _new_client
        self._made: Any = None

    def ask(self, question: Question, texts: Sequence[str], language: str) -> Iterator[Answer]:
        """Yield what it says of at most `MOST_AT_ONCE` texts in a language; of some it may say nothing.

        An answer as a whole can have errors of single texts in it, which are left out. Raises
        `ComprehendLater` and `ComprehendRefused`.
        """
        operation = _OPERATIONS[question]
        try:
            found = getattr(self._client, xform_name(operation))(TextList=list(texts), LanguageCode=language)
        except ClientError as error:
            raise _why_not(operation, error) from None
        except BotoCoreError as error:
            raise ComprehendLater(f"no answer to {operation} ({type(error).__name__})", 1) from None
        for one in found.get("ResultList", ()):
            yield Answer(one["Index"], one)

    @property
    def _client(self) -> Any:
        if self._made is None:
            self._made = self._new_client()
        return self._made


def _new_client() -> Any:
    return boto3.client("comprehend", config=_CONFIG)


def _why_not(operation: str, error: ClientError) -> ComprehendError:
    code = error.response["Error"]["Code"]
    if code in _SLOW_DOWN or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVERS_FAULT:
        return ComprehendLater(f"{operation} answered {code}", 1)
    return ComprehendRefused(f"{operation} answered {code}")
