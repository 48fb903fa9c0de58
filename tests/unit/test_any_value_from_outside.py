"""Whatever a parser of something from outside is given: a value, or the one error that it documents.

Contact records, contact files, transcriptions, webhooks and what a flow asks for have tests of this kind of
their own, beside their parsers; what queues deliver has `tests/functional/test_any_detail_of_a_message.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.amazon_connect import (
    agent_event,
    chat_content,
    contact_event,
    contact_files,
    contact_flow,
    described_contact,
    leg_files,
    voice_id,
)
from connect_zendesk.amazon_connect.contact_flow import NotAFlowEvent
from connect_zendesk.amazon_connect.contact_record import NotAContactRecord
from connect_zendesk.http_messages import Rejected
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.workflows.agent_app import sessions
from connect_zendesk.zendesk import client, signed_load
from connect_zendesk.zendesk.app_keys import AppKeys
from connect_zendesk.zendesk.errors import NoAnswer, ZendeskError
from connect_zendesk.zendesk.rsa_signature import NotAKey, PublicKey
from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from local.replay.agent_app import INSTALLATION, KEYS
from local.stand_ins.zendesk.apps.signing import PUBLIC_KEY, token
from tests.flows import flow_event
from tests.live import agent_event as sent_agent_event
from tests.live import contact_event as sent_contact_event
from tests.live import on_agent
from tests.records import ADA, INSTANCE, NINE, call
from tests.strategies import CHANGES, changed, examples, json_values
from tests.voice_authentication import ENROLS, voice_call

ACCOUNT = "https://laptop.zendesk.com"
NOW = int(NINE.timestamp())
DESCRIBED = {
    "Id": "contact-1", "InitialContactId": "contact-1", "Channel": "VOICE", "InitiationMethod": "INBOUND",
    "InitiationTimestamp": NINE, "LastUpdateTimestamp": NINE, "Attributes": {"a": "b"},
    "AgentInfo": {"Id": "ada", "ConnectedToAgentTimestamp": NINE, "AfterContactWorkDuration": 5},
    "QueueInfo": {"Id": "q1", "EnqueueTimestamp": NINE},
}  # fmt: skip
CLAIMS = {
    "iss": "laptop.zendesk.com", "aud": f"{ACCOUNT}/api/v2/apps/installations/{INSTALLATION}.json",
    "sub": f"{ACCOUNT}/api/v2/users/{ADA}.json", "iat": NOW, "exp": NOW + 60, "jti": "a",
    "context": {"location": "top_bar"},
}  # fmt: skip
WEBHOOK_KEYS = {
    "account": 1, "integration_user": 2, "rotating_until": NINE.isoformat(),
    "webhooks": {"a": {"secret": "b", "previous": "c", "previous_until": NINE.isoformat()}},
}  # fmt: skip
SETTINGS = {
    "default_country": "GB", "agent_map": {"ada": ADA}, "settle_from": NINE.isoformat(),
    "task_rules": [
        {"name": "a", "events": ["created"], "task": {"contact_flow": "f"}, "when": {"tags": ["x"]}},
    ],
    "ticket_fields": [{"name": "a", "when": {"channel": ["voice"]}, "set": {"fields": {"5": "v"}}}],
    "caller_authentication": {"source": "attributes"},
}  # fmt: skip


def load(claims: Any) -> object:
    """Return who opens a page by claims that Zendesk has signed."""
    form = urlencode({"token": token(claims)}).encode()
    return signed_load.verified(form, PUBLIC_KEY, ACCOUNT, INSTALLATION, NINE)


#: By what is parsed: the parser, a sample of what it is given, and the errors that it may raise.
JSON: dict[str, tuple[Callable[[Any], object], Any, type[Exception] | tuple[()]]] = {
    "agent event": (
        agent_event.parse,
        sent_agent_event([on_agent("contact-1", "CONNECTING")], [on_agent("contact-1", "CONNECTED")]),
        NotAContactRecord,
    ),
    "contact event": (contact_event.parse, sent_contact_event()["detail"], NotAContactRecord),
    "described contact": (
        lambda given: described_contact.parse(given, INSTANCE),
        DESCRIBED,
        NotAContactRecord,
    ),
    "files of a record": (leg_files.of_record, call(), NotAContactRecord),
    "voice authentication of a record": (voice_id.of_record, voice_call(said=ENROLS), ()),
    "contact flow": (lambda given: contact_flow.parse(given, NINE), flow_event(), NotAFlowEvent),
    "claims of a token": (load, CLAIMS, Rejected),
    "keys of webhooks": (lambda given: WebhookKeys.of(json.dumps(given)), WEBHOOK_KEYS, ()),
    "keys of the app": (lambda given: AppKeys.of(json.dumps(given)), json.loads(KEYS.as_text()), ()),
    "app settings": (app_settings.read, SETTINGS, ()),
}
#: The same of text.
TEXTS: dict[str, tuple[Callable[[str], object], type[Exception] | tuple[()]]] = {
    "session": (lambda text: sessions.read(KEYS, text, NINE), Rejected),
    "form": (
        lambda text: signed_load.verified(
            text.encode("utf-8", "replace"), PUBLIC_KEY, ACCOUNT, INSTALLATION, NINE
        ),
        Rejected,
    ),
    "public key": (PublicKey.of, NotAKey),
    "keys of webhooks": (WebhookKeys.of, ValueError),
    "keys of the app": (AppKeys.of, ValueError),
    "key in S3": (lambda text: contact_files.of_key("bucket", text), ()),
    "message of a chat": (lambda text: chat_content.read(text, "application/json"), ()),
    "interactive message": (
        lambda text: chat_content.read(text, "application/vnd.amazonaws.connect.message.interactive"), (),
    ),
}  # fmt: skip
_PIECES = st.sampled_from(
    ["{", "}", "[", "]", '"', ":", ",", ".", "=", "&", "token=", "%", "%00", "-----BEGIN PUBLIC KEY-----",
     "MIIB", "-----END PUBLIC KEY-----", "Analysis/Voice/", "ChatTranscripts/", "2026/11/02/", "_analysis_",
     ".json", "é",
     '{"templateType":', '"content"', "\ud800", "\x00", "[" * 3_000, "9" * 5_000, "A" * 400]
)  # fmt: skip
ANY_TEXT = st.lists(_PIECES | st.text(max_size=5), max_size=8).map("".join)


@pytest.mark.parametrize("kind", JSON)
def test_the_sample_is_one(kind: str) -> None:
    parse, sample, _ = JSON[kind]
    parse(sample)


@pytest.mark.parametrize("kind", JSON)
@given(changes=CHANGES)
@examples(25)
def test_any_values_in_any_places_are_read_or_refused(kind: str, changes: Any) -> None:
    parse, sample, refused = JSON[kind]
    try:
        parse(changed(sample, changes))
    except refused:
        return


@pytest.mark.parametrize("kind", TEXTS)
@given(text=ANY_TEXT)
@examples(25)
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    parse, refused = TEXTS[kind]
    try:
        parse(text)
    except refused:
        return


@given(changes=CHANGES, cut=st.integers(0, 400), more=ANY_TEXT)
@examples(40)
def test_no_session_but_the_one_that_was_given_out_is_taken(changes: Any, cut: int, more: str) -> None:
    session = sessions.text_of(KEYS, sessions.begin(KEYS, ADA, NINE))
    assert sessions.read(KEYS, session, NINE + timedelta(minutes=1)).agent == ADA
    for text in (session[:cut] + more, session[:cut] + session[cut + 1 :], more + session, session + more):
        if text != session:
            with pytest.raises(Rejected):
                sessions.read(KEYS, text, NINE)


@given(status=st.sampled_from([200, 204, 302, 400, 403, 404, 409, 422, 429, 503]),
       body=json_values().map(json.dumps) | ANY_TEXT | st.fixed_dictionaries(
           {}, optional={name: json_values() for name in ("error", "errors", "details", "description")}
       ).map(json.dumps))  # fmt: skip
@examples(80)
def test_any_answer_of_zendesks_is_content_or_an_error_of_this_project(status: int, body: str) -> None:
    with suppress(ZendeskError):
        assert isinstance(content_of(status, body), dict)


def content_of(status: int, body: str) -> Any:
    """Return what the client makes of an answer of Zendesk's."""
    response = requests.Response()
    response.status_code, response._content = status, body.encode("utf-8", "replace")
    with mock.patch.object(client, "logger"):
        return client._content("GET", "/api/v2/users/1", response)


@pytest.mark.parametrize("status", [200, 422, 503])
def test_an_answer_that_is_nested_deep_is_no_answer(status: int) -> None:
    with pytest.raises(NoAnswer):
        content_of(status, '{"a":' * 100_000)
