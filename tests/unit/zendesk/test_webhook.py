"""A request is Zendesk's only with a signature over its raw body, of now, and by a secret that is known."""

from __future__ import annotations

import base64
import hmac
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.http_messages import Rejected, Request
from connect_zendesk.zendesk import webhook
from connect_zendesk.zendesk.webhook import (
    LARGEST_BODY,
    TEST_SECRET,
    WrongSignature,
    signature_of,
    timestamp,
)
from local.replay.webhooks import function_url_event
from tests.records import NINE
from tests.strategies import json_values
from tests.webhooks import ACCOUNT, INVOCATION, SECRET, envelope, request


def verified(event: dict[str, Any], secrets: tuple[str, ...], now: datetime) -> webhook.Call:
    return webhook.verified(Request(event), secrets, now)


def rejected(event: dict[str, Any], *secrets: str, now: datetime = NINE) -> Rejected:
    with pytest.raises(Rejected) as caught:
        verified(event, secrets or (SECRET,), now)
    return caught.value


def with_headers(**changed: str | None) -> dict[str, Any]:
    """Return a good request with headers changed, or taken out; names with underscores."""
    event = request(envelope())
    for name, value in changed.items():
        header = name.replace("_", "-")
        event["headers"].pop(header)
        if value is not None:
            event["headers"][header] = value
    return event


def test_what_zendesk_signed_is_taken_with_its_raw_body() -> None:
    body = '{"type": "Zoë"}'.encode()
    call = verified(request(body), (SECRET,), NINE)
    assert (call.body, call.account, call.invocation) == (body, ACCOUNT, INVOCATION)
    assert call.signed_at == NINE


def test_the_signature_is_the_documented_one() -> None:
    stamp, body = "2026-11-02T09:00:00Z", b'{"a":1}'
    made = hmac.new(SECRET.encode(), stamp.encode() + body, sha256).digest()
    assert signature_of(SECRET, stamp, body) == base64.b64encode(made).decode()


def test_a_body_in_base64_is_verified_by_the_bytes_in_it() -> None:
    event = request(envelope())
    event["body"] = base64.b64encode(event["body"].encode()).decode()
    event["isBase64Encoded"] = True
    assert verified(event, (SECRET,), NINE).body.startswith(b'{"type"')
    event["isBase64Encoded"] = False
    assert isinstance(rejected(event), WrongSignature)


@pytest.mark.parametrize(
    ("body", "encoded"), [("not base64!", True), ("QUJD\n", True), (7, False), (["{}"], False)]
)
def test_a_body_that_cannot_be_read_is_none(body: Any, encoded: bool) -> None:
    assert rejected({**request(envelope()), "body": body, "isBase64Encoded": encoded}).status in (400, 413)


@pytest.mark.parametrize("absent", [{"body": None}, {"body": ""}, {}])
def test_an_empty_body_has_another_signature(absent: dict[str, Any]) -> None:
    event = request(envelope())
    del event["body"]
    assert isinstance(rejected({**event, **absent}), WrongSignature)


def test_any_change_of_the_body_is_noticed() -> None:
    event = request(envelope())
    event["body"] = event["body"].replace("35437", "35438")
    assert isinstance(rejected(event), WrongSignature)


@pytest.mark.parametrize("secrets", [(SECRET, "new"), ("new", SECRET)])
def test_two_secrets_are_good_at_once(secrets: tuple[str, str]) -> None:
    for secret in secrets:
        assert verified(request(envelope(), secret=secret), secrets, NINE)
    assert isinstance(rejected(request(envelope(), secret="another"), *secrets), WrongSignature)


def test_without_a_secret_nothing_is_good() -> None:
    with pytest.raises(WrongSignature):
        verified(request(envelope(), secret=""), (), NINE)
    assert isinstance(rejected(request(envelope(), secret=""), ""), WrongSignature)


def test_the_published_test_secret_never_is() -> None:
    assert TEST_SECRET == "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
    event = request(envelope(), secret=TEST_SECRET)
    assert isinstance(rejected(event, TEST_SECRET, SECRET), WrongSignature)


@pytest.mark.parametrize(
    ("age", "good"),
    [(0, True), (299, True), (300, True), (301, False), (-299, True), (-301, False), (10**9, False)],
)
def test_a_signature_is_good_for_five_minutes_both_ways(age: int, good: bool) -> None:
    event, now = request(envelope()), NINE + timedelta(seconds=age)
    if good:
        assert verified(event, (SECRET,), now)
    else:
        assert rejected(event, now=now).status == 401


@pytest.mark.parametrize(
    "stamp",
    ["", "now", "2026-11-02", "1793610000", "٢٠٢٦-11-02T09:00:00Z", "2026-13-02T09:00:00Z", "9" * 5000],
)
def test_a_moment_that_is_none_is_rejected(stamp: str) -> None:
    event = with_headers(x_zendesk_webhook_signature_timestamp=stamp)
    assert rejected(event).status == 401


@pytest.mark.parametrize("signature", ["", "x", "é" * 44, "\udc80", "A" * 44, "A" * 100_000])
def test_a_wrong_signature_of_any_form_is_rejected(signature: str) -> None:
    assert rejected(with_headers(x_zendesk_webhook_signature=signature)).status == 401


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"content_type": "text/plain"}, 415),
        ({"content_type": None}, 415),
        ({"content_type": "application/json-seq"}, 415),
        ({"x_zendesk_webhook_signature": None}, 401),
        ({"x_zendesk_webhook_signature_timestamp": None}, 401),
        ({"x_zendesk_account_id": None}, 400),
        ({"x_zendesk_account_id": "22129848,22129848"}, 400),
        ({"x_zendesk_account_id": "-1"}, 400),
        ({"x_zendesk_account_id": "٢٢"}, 400),
        ({"x_zendesk_webhook_invocation_id": None}, 400),
        ({"x_zendesk_webhook_invocation_id": "a#b"}, 400),
        ({"x_zendesk_webhook_invocation_id": "x" * 65}, 400),
    ],
)
def test_headers_are_all_needed_and_none_is_believed(changed: dict[str, str | None], status: int) -> None:
    assert rejected(with_headers(**changed)).status == status


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken_however_it_is_called(kind: str) -> None:
    assert verified(with_headers(content_type=kind), (SECRET,), NINE)


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity"])
def test_what_is_compressed_is_not_opened(encoding: str) -> None:
    assert rejected(request(envelope(), headers={"content-encoding": encoding})).status == 415


def test_names_of_headers_are_taken_in_any_case_and_once() -> None:
    event = request(envelope())
    event["headers"] = {name.upper(): value for name, value in event["headers"].items()}
    assert verified(event, (SECRET,), NINE)
    event["headers"]["x-zendesk-account-id"] = str(ACCOUNT)
    assert rejected(event).status == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "post", ""])
def test_only_posts_are_taken(method: str) -> None:
    event = request(envelope())
    event["requestContext"]["http"]["method"] = method
    assert rejected(event).status == 405


@pytest.mark.parametrize(
    "place", [{"rawPath": "/x"}, {"rawPath": "//"}, {"rawQueryString": "a=1"}, {"rawPath": ""}]
)
def test_only_the_address_itself_is_known(place: dict[str, str]) -> None:
    assert rejected({**request(envelope()), **place}).status == 404


def test_a_body_is_as_large_as_the_limit_and_no_larger() -> None:
    assert verified(request(b"x" * LARGEST_BODY), (SECRET,), NINE)
    assert rejected(request(b"x" * (LARGEST_BODY + 1))).status == 413
    assert rejected(request(b"\xff" * (LARGEST_BODY + 1))).status == 413


@given(
    json_values(),
    st.sampled_from(["headers", "requestContext", "body", "rawPath", "isBase64Encoded", "rawQueryString"]),
)
def test_nothing_that_lambda_could_hand_over_is_more_than_rejected(value: Any, part: str) -> None:
    with suppress(Rejected):  # and nothing else
        verified({**request(envelope()), part: value}, (SECRET,), NINE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-02T09:00:00Z", NINE),
        ("2026-11-02T09:00:00.123456789Z", NINE.replace(microsecond=123456)),
        ("2026-11-02T10:00:00+01:00", NINE),
        ("2026-11-02 09:00:00 UTC", None),
        ("2026-02-30T09:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        (None, None),
        (5, None),
    ],
)
def test_moments_are_read_in_utc(text: object, found: datetime | None) -> None:
    assert timestamp(text) == found
    assert found is None or found.tzinfo is UTC


def test_an_event_is_as_lambda_makes_it() -> None:
    event = function_url_event("POST", "/", {"X-A": "1"}, b"\xff")
    assert (event["headers"], event["body"], event["isBase64Encoded"]) == ({"x-a": "1"}, "/w==", True)
