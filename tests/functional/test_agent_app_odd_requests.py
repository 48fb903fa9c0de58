"""What anyone may send to the agent app's function URL: refused in one line, and nobody is asked (A4)."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.workflows.agent_app.pages import ZENDESK_SDK
from functions.agent_app import handler as function
from local.replay.agent_app import Page
from local.replay.lambda_events import LambdaContext
from local.stand_ins.zendesk.apps.signing import token
from tests.attachments import joins, stack_with
from tests.functional.test_agent_app_attacks import encoded, refusals, refused
from tests.functional.test_any_bytes_from_outside import BYTES, HOSTILE
from tests.logs import Logs
from tests.records import ADA
from tests.stack import Stack
from tests.strategies import examples, json_values


def raw(stack: Stack, **event: Any) -> dict[str, Any]:
    """Return what the function answers to an event as it is, odd as it may be."""
    app = stack.agent_app
    with mock.patch.object(function, "app", return_value=app._running()):
        answer: dict[str, Any] = function.handler(event, LambdaContext())
    return answer


def mishaps(logs: Logs) -> list[str]:
    return [line["at"] for line in logs.lines if line["message"] == "unexpected error"]


def nobody_was_asked(stack: Stack) -> bool:
    return (stack.requests_made(), stack.connect.requests) == ({}, {})


# Forms

FORMS: dict[str, bytes] = {
    "many fields": b"a=1&" * 30,
    "only separators": b"&" * 19_000,
    "a token too many": b"token=a.b.c&token=a.b.c",
    "a name that is almost it": b"token%00=a.b.c&Token=a.b.c&token[]=a.b.c",
    "no Latin": b"token=\xff\xfe.\x00.\xf0\x9f\x92\xa9",
    "encoded NUL": b"token=%00.%FF.%",
    "JSON": b'{"token": "a.b.c"}',
    "a token of parts": b"token=" + b"A." * 2_000,
    "a token of blanks": b"token=+.+.+",
    "compressed": gzip.compress(b"token=a.b.c" + b"&" * 15_000),
    "long": b"token=" + b"A" * 25_000,
}


@pytest.mark.parametrize("kind", FORMS)
def test_A4_a_form_that_is_not_zendesks_is_refused_like_any_other(kind: str, logs: Logs) -> None:
    stack = stack_with()
    for _ in range(3):
        assert refused(stack.agent_app.send("POST", "/top_bar", FORMS[kind]), 413 if kind == "long" else 401)
    assert (len(refusals(logs)), mishaps(logs)) == (1, [])
    assert nobody_was_asked(stack)


HEADERS: dict[str, Any] = {
    "of another kind": {"alg": ["RS256"]},
    "in another case": {"alg": "rs256"},
    "of another length": {"alg": "RS512"},
    "of another padding": {"alg": "PS256"},
    "with a key of its own": {"alg": "RS256", "crit": ["jwk"], "jwk": {"kty": "oct", "k": "AA"}},
    "encrypted": {"alg": "RSA-OAEP", "enc": "A256GCM"},
}


@pytest.mark.parametrize("kind", HEADERS)
def test_A4_what_a_token_says_of_its_algorithm_is_no_choice(kind: str, logs: Logs) -> None:
    stack = stack_with()
    _, claims, signature = token(stack.agent_app.claims(ADA)).split(".")
    assert refused(stack.agent_app.load(f"{encoded(HEADERS[kind])}.{claims}.{signature}"))
    assert refusals(logs) == ["a token of another algorithm"]


@pytest.mark.parametrize(
    "extra", [{"kid": "../../dev/null"}, {"jku": "https://evil.example"}, {"x5u": "file:"}]
)
def test_A4_no_key_is_taken_from_where_a_token_says(extra: dict[str, str], logs: Logs) -> None:
    stack = stack_with()
    _, claims, signature = token(stack.agent_app.claims(ADA)).split(".")
    assert refused(stack.agent_app.load(f"{encoded({'alg': 'RS256', **extra})}.{claims}.{signature}"))
    assert refusals(logs) == ["a token that Zendesk did not sign"]
    assert nobody_was_asked(stack)


@pytest.mark.parametrize(
    "sub",
    [
        "https://laptop.zendesk.com@evil.example/api/v2/users/901.json",
        "https://laptop.zendesk.com/api/v2/users/902/../901.json",
        "https://laptop.zendesk.com/api/v2/users/901.json#",
        "https://laptop.zendesk.com/api/v2/users/901.json\n",
        "http://laptop.zendesk.com/api/v2/users/901.json",
        "//laptop.zendesk.com/api/v2/users/901",
        "+901",
        "9" * 19,
        [901],
        True,
        901.0,
        None,
    ],
)
def test_A4_a_user_is_named_in_one_way_only(sub: Any, logs: Logs) -> None:
    stack = stack_with()
    assert refused(stack.agent_app.load(token(stack.agent_app.claims(ADA, sub=sub))))
    assert refusals(logs) == ["a token of no user of this account"]


def test_A4_what_proves_one_thing_proves_no_other() -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    assert refused(stack.agent_app.load(page.session))
    assert refused(stack.agent_app.load(page.session + ".AAAA"))
    for text in (
        token(stack.agent_app.claims(ADA)),
        stack.agent_app.keys.session_key,
        encoded([1, ADA, 91, 0, 2**33]) + "." + encoded(stack.agent_app.keys.public_key.encode()),
    ):
        assert Page(stack.agent_app, text)("GET", "/overview").status == 401


# Bodies, methods, headers


@pytest.mark.parametrize("path", ["/attachments", "/here"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_A4_a_hostile_body_of_an_agents_is_one_refusal(kind: str, path: str, logs: Logs) -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    stack.requests_made()
    answer = stack.agent_app.send("POST", path, HOSTILE[kind], {"Authorization": f"Bearer {page.session}"})
    assert mishaps(logs) == []
    assert answer.status in (400, 413, 422) or path == "/here"
    assert nobody_was_asked(stack)


NUMBERS = ["1e3", "1.0", "-0", "1e999", "-1e999", "NaN", "Infinity", "9223372036854775808", "9" * 400, "true"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["ticket", "user"])
def test_A4_no_number_but_a_plain_one_names_a_ticket_or_user(number: str, field: str, logs: Logs) -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    body = f'{{"id": "a", "{field}": {number}}}'.encode()
    headers = {"Authorization": f"Bearer {page.session}"}
    for method, path in (("POST", "/attachments"), ("PUT", "/dialled/contact-1")):
        assert stack.agent_app.send(method, path, body, headers).status == 422
    assert (mishaps(logs), nobody_was_asked(stack)) == ([], True)


@pytest.mark.parametrize(
    "body", [b'{"__proto__": {"ticket": 4001}, "id": "a"}', b'{"id": "a", "ticket": {"id": 1}}']
)
def test_A4_fields_count_only_where_they_belong(body: bytes) -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    headers = {"Authorization": f"Bearer {page.session}"}
    assert stack.agent_app.send("POST", "/attachments", body, headers).status == 422


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "TRACE", "CONNECT", "PATCH", "get", ""])
def test_A4_no_other_method_does_or_allows_anything(method: str) -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    headers = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "PUT",
        "X-HTTP-Method-Override": "PUT",
    }
    for path in ("/overview", "/recordings/contact-1", "/attachments", "/session", "/top_bar"):
        for proof in ({}, {"Authorization": f"Bearer {page.session}"}):
            answer = stack.agent_app.send(method, path, b'{"paused": true}', {**headers, **proof})
            assert answer.status in (401, 404)
            assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert nobody_was_asked(stack)


def test_A4_a_session_counts_in_one_header_only_and_there_only_once() -> None:
    stack = stack_with()
    session = stack.agent_app.sign_in(ADA).session
    for headers in (
        {"Cookie": f"session={session}; Authorization=Bearer {session}"},
        {"X-Authorization": f"Bearer {session}"},
        {"Authorization": f"bearer {session}"},
        {"Authorization": f"Bearer  {session}"},
        {"Authorization": f"Bearer {session},Bearer {session}"},
        {"Authorization": f"Bearer {session} "},
    ):
        assert stack.agent_app.send("GET", "/overview", b"", headers).status == 401, headers
    http = {"http": {"method": "GET", "path": "/overview"}}
    twice = {"authorization": f"Bearer {session}", "Authorization": "Bearer x"}
    assert raw(stack, rawPath="/overview", requestContext=http, headers=twice)["statusCode"] == 400
    query = raw(
        stack, rawPath="/overview", rawQueryString=f"session={session}", requestContext=http, headers={}
    )
    assert query["statusCode"] == 401


@pytest.mark.parametrize(
    "path",
    [
        "/assets/{}/../handler.py",
        "/assets/{}/..%2fhandler.py",
        "/assets/{}//etc/passwd",
        "/assets/{}/..",
        "/assets/{}/connect-streams.js.gz",
        "/assets/{}/app.css\n",
        "/assets/{}/app.css/",
        "/assets/{}/APP.CSS",
        "/assets/../pages/top_bar.html",
        "/top_bar.html",
        "//top_bar",
        "/top_bar/",
        "/background/../top_bar",
    ],
)
def test_A4_no_other_file_is_served(path: str) -> None:
    stack = stack_with()
    version = stack.agent_app._running().pages.version
    assert stack.agent_app.send("GET", path.format(version)).status in (401, 404)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "rawPath": st.none()
            | st.text(max_size=40)
            | st.sampled_from(["/top_bar", "/here", "/attachments"]),
            "rawQueryString": st.none() | st.text(max_size=40),
            "headers": st.none()
            | st.dictionaries(
                st.sampled_from(["authorization", "Authorization", "content-type"]),
                st.none() | st.integers() | st.text(max_size=60).map("Bearer {}".format),
            ),
            "requestContext": st.none()
            | st.just([])
            | st.fixed_dictionaries(
                {"http": st.fixed_dictionaries({"method": st.sampled_from(["GET", "POST", "PUT", None, 5])})}
            ),
            "body": st.none()
            | st.integers()
            | st.text(max_size=60)
            | BYTES.map(lambda data: base64.b64encode(data).decode()),
            "isBase64Encoded": st.booleans() | st.none() | st.just("true"),
        },
    )
)
@examples(100)
def test_A4_whatever_the_event_is_it_is_refused_and_nobody_is_asked(event: dict[str, Any]) -> None:
    stack = stack_with()
    with Logs() as logs:
        answer = raw(stack, **event)
    assert mishaps(logs) == []
    assert answer["statusCode"] in (400, 401, 404, 413)
    assert nobody_was_asked(stack)


_ASKS = [
    ("POST", "/here"), ("POST", "/session"), ("GET", "/overview"), ("PUT", "/pops/contact-1"),
    ("POST", "/attachments"), ("GET", "/attachments/app:a"), ("PUT", "/recordings/contact-1"),
    ("PUT", "/dialled/contact-1"),
]  # fmt: skip
_FIELDS = ["agent_arn", "closing", "answered", "id", "ticket", "user", "new", "contact", "paused"]


@given(
    st.sampled_from(_ASKS),
    json_values() | st.dictionaries(st.sampled_from(_FIELDS), json_values(), max_size=4),
    BYTES,
)
@examples(40)
def test_A4_whatever_an_agents_page_asks_is_answered_without_a_fault(
    ask: tuple[str, str], body: Any, data: bytes
) -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    with Logs() as logs:
        for content in (json.dumps(body).encode(), data):
            answer = stack.agent_app.send(*ask, content, {"Authorization": f"Bearer {page.session}"})
            assert answer.status in (200, 202, 204, 400, 403, 404, 409, 413, 422), answer.status
    assert mishaps(logs) == []


# What is answered


def test_A4_every_page_says_who_may_frame_it_and_what_it_may_load() -> None:
    stack = stack_with(connect_instance_url="https://acme.my.connect.aws")
    signed = token(stack.agent_app.claims(ADA))
    pages = {
        "top_bar": stack.agent_app.load(signed),
        "sorry": stack.agent_app.load(signed),
        "background": stack.agent_app.send("GET", "/background"),
        "sidebar": stack.agent_app.send("POST", "/sidebar", b"token=x"),
    }
    assert [page.status for page in pages.values()] == [200, 401, 200, 200]
    for page in pages.values():
        policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
        assert policy["frame-ancestors"] == "https://laptop.zendesk.com"
        assert policy["script-src"] == f"'self' {ZENDESK_SDK}"
        assert (policy["base-uri"], policy["form-action"], policy["default-src"]) == (
            "'none'",
            "'none'",
            "'none'",
        )
        assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Cache-Control"] == "no-store"
    assert [name for name, page in pages.items() if "session" in page.text] == ["top_bar"]


def test_A4_no_answer_with_contents_is_kept_by_any_cache_or_taken_for_a_page() -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    for answer in (
        page("GET", "/overview"),
        page("POST", "/session"),
        page("GET", "/nothing"),
        page("POST", "/attachments", {"id": "a", "ticket": 4001}),
        stack.agent_app.send("GET", "/overview"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_A4_no_value_that_a_page_is_given_ends_its_markup() -> None:
    hostile = 'https://acme.my.connect.aws/"><script>alert(1)</script>{{about}}'
    stack = stack_with(connect_instance_url=hostile)
    page = stack.agent_app.load(token(stack.agent_app.claims(ADA)))
    assert "<script>alert" not in page.text
    assert page.about["instance"] == hostile
    assert json.dumps(page.headers).count("alert") == 0
