"""Builds what a function works with, once per container, from its environment."""

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import requests
from aws_lambda_powertools.utilities.parameters import AppConfigProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError, TransformParameterError
from botocore.config import Config

from connect_zendesk.amazon_connect.client import AmazonConnect
from connect_zendesk.amazon_connect.voice_id import VoiceId
from connect_zendesk.amazon_transcribe.client import AmazonTranscribe
from connect_zendesk.ledger.dynamodb import DynamoItems
from connect_zendesk.ledger.ledger import Ledger, Remembered
from connect_zendesk.ledger.probed import KnownAssumptions
from connect_zendesk.ledger.schema import TOKEN
from connect_zendesk.messaging import messages
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.storage import S3Files
from connect_zendesk.workflows.services import Services
from connect_zendesk.zendesk.client import Zendesk
from connect_zendesk.zendesk.tokens import Token

_SETTINGS_SECONDS = 60
#: So long the last good settings are used before a source that failed is asked again: each time costs a wait.
_SETTINGS_RETRY_SECONDS = 30.0
#: Within the shortest timeout of the functions that run workflows, also where nothing is answered at all.
_CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3})
#: Amazon Connect lists a thousand agents in one answer.
_CONNECT = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
#: Within a flow block's time limit, with time left to use the last good settings: those are the retry.
_APPCONFIG = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 1})


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


@cache
def services() -> Services:
    """Return what the workflows work with."""
    ledger = Ledger(
        DynamoItems(boto3.client("dynamodb", config=_CONFIG), os.environ["TABLE_NAME"]),
        clock=now,
        lease=timedelta(seconds=int(os.environ["LEASE_SECONDS"])),
    )
    zendesk = Zendesk(
        os.environ["ZENDESK_URL"],
        _credentials,
        TokenInLedger(ledger, now),
        session=requests.Session(),
        clock=now,
    )
    return Services(
        zendesk=zendesk,
        amazon_connect=AmazonConnect(lambda: boto3.client("connect", config=_CONNECT)),
        ledger=ledger,
        messages=messages(),
        read_app_settings=LiveAppSettings().read,
        clock=now,
        connect_instance=os.environ.get("CONNECT_INSTANCE_ARN", ""),
        voice_id=VoiceId(os.environ.get("VOICE_ID_DOMAIN_ID", "")),
        forced_ticket_wait=int(os.environ["FORCED_TICKET_WAIT_SECONDS"]),
        contact_file_wait=int(os.environ["CONTACT_FILE_WAIT_SECONDS"]),
        read_assumptions=KnownAssumptions(ledger).read,
        files=S3Files([name for name in os.environ.get("CONTACT_BUCKETS", "").split(",") if name]),
        transcribe=AmazonTranscribe(
            os.environ.get("SPEECH_ROLE_ARN", ""), os.environ.get("SPEECH_BUCKET", "")
        ),
        stack=os.environ.get("STACK_NAME", ""),
        region=os.environ.get("AWS_REGION", ""),
    )


class TokenInLedger:
    """Shares the access token between containers, in the ledger's encrypted table."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock

    def recall_token(self) -> Token | None:
        """Return the token that is shared now, or None."""
        shared: Remembered | None = self._ledger.recall(TOKEN.key())
        return Token(shared.value, shared.until) if shared else None

    def share_token(self, token: Token) -> None:
        """Share a token until it ends."""
        self._ledger.remember(TOKEN.key(), token.value, token.ends - self._clock())


class LiveAppSettings:
    """The app settings that are live in AppConfig, read once a minute. The last valid ones stay (S8).

    ``monotonic`` returns seconds, to measure how long ago AppConfig failed.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._provider = AppConfigProvider(
            environment=os.environ["APP_SETTINGS_ENVIRONMENT"],
            application=os.environ["APP_SETTINGS_APPLICATION"],
            # Powertools' own would come from another session, which reads all of boto3's data again.
            boto3_client=boto3.client("appconfigdata", config=_APPCONFIG),
        )
        self._monotonic = monotonic
        self._asked_again = 0.0
        self._document: Any = None
        self._settings: AppSettings | None = None

    def read(self) -> AppSettings:
        """Return the app settings that hold now.

        Raises GetParameterError or TransformParameterError while a new container cannot read any: the
        defaults are not what the administrator wants, and a contact decided by them stays decided.
        """
        document = self._live()
        if self._settings is not None and document == self._document:
            return self._settings
        settings, problems = app_settings.read(document)
        if problems:
            # The administrator saw that when applying them; an operator sees it here.
            count(Metric.APP_SETTINGS_INVALID)
            logger.error("app settings invalid", fields=[problem.split(":")[0] for problem in problems])
        self._document = document
        if self._settings is None or not problems:
            self._settings = settings
        return self._settings

    def _live(self) -> dict[str, Any]:
        if self._document is not None and self._monotonic() < self._asked_again:
            return dict(self._document)
        try:
            document = self._provider.get(
                os.environ["APP_SETTINGS_PROFILE"], transform="json", max_age=_SETTINGS_SECONDS
            )
        except (GetParameterError, TransformParameterError) as error:
            count(Metric.APP_SETTINGS_UNAVAILABLE)
            logger.error("app settings unavailable", error=type(error).__name__)
            if self._document is None:
                raise
            self._asked_again = self._monotonic() + _SETTINGS_RETRY_SECONDS
            return dict(self._document)
        return document if isinstance(document, dict) else {}


def _credentials() -> tuple[str, str]:
    """Return the OAuth client's id and secret. Asked for once for each token, so that a change is seen."""
    secrets = boto3.client("secretsmanager", config=_CONFIG)
    answer = secrets.get_secret_value(SecretId=os.environ["ZENDESK_SECRET_ARN"])
    secret = json.loads(answer["SecretString"])
    return secret["client_id"], secret["client_secret"]
