"""What those try who are not who they say, or ask for what is another agent's (A4): refused, a line each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connect_zendesk.ledger import recordings
from connect_zendesk.workflows.agent_app.endpoint import MOST_IN_A_MINUTE, ROUTES
from connect_zendesk.zendesk.app_keys import AppKeys
from local.replay.agent_app import Answered, LocalAgentApp, Page
from local.stand_ins.zendesk.apps.signing import PUBLIC_KEY, token
from tests.attachments import joins, stack_with
from tests.functional.test_agent_app import ADAS_ARN, accept, here, manual_call, overview
from tests.functional.test_agent_app_recording import ALLOWED
from tests.live import alive, leave_snapshot
from tests.logs import Logs
from tests.records import ADA, ADAS_NAME, BOB
from tests.stack import Stack, bodies

OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def encoded(value: Any) -> str:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def refusals(logs: Logs) -> list[str]:
    return [line["reason"] for line in logs.lines if line["message"] == "request rejected"]


def refused(answer: Answered, status: int = 401) -> bool:
    return answer.status == status and "about" not in answer.text and "eyJ" not in answer.text


# Loads


def forged_by_another_key(app: LocalAgentApp) -> str:
    message = f"{encoded({'alg': 'RS256'})}.{encoded(app.claims(ADA))}"
    return f"{message}.{encoded(OTHER_KEY.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def signed_with_the_public_key(app: LocalAgentApp) -> str:
    message = f"{encoded({'alg': 'HS256'})}.{encoded(app.claims(ADA))}"
    return f"{message}.{encoded(hmac.digest(PUBLIC_KEY.encode(), message.encode(), hashlib.sha256))}"


def unsigned(app: LocalAgentApp) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(app.claims(ADA))}."


def unsigned_with_something(app: LocalAgentApp) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(app.claims(ADA))}.AAAA"


def other_claims(app: LocalAgentApp) -> str:
    header, _, signature = token(app.claims(BOB)).split(".")
    return f"{header}.{encoded(app.claims(ADA))}.{signature}"


def number_one(app: LocalAgentApp) -> str:
    one = (1).to_bytes(256)
    return f"{encoded({'alg': 'RS256'})}.{encoded(app.claims(ADA))}.{encoded(one)}"


def with_claims(**claims: Any) -> Callable[[LocalAgentApp], str]:
    return lambda app: token(app.claims(ADA, **claims))


def at(**seconds: int) -> Callable[[LocalAgentApp], str]:
    return lambda app: token(
        app.claims(ADA, **{name: int(app.clock().timestamp()) + shift for name, shift in seconds.items()})
    )


LOADS: dict[str, tuple[Callable[[LocalAgentApp], str], str]] = {
    "another key": (forged_by_another_key, "a token that Zendesk did not sign"),
    "HMAC of the public key": (signed_with_the_public_key, "a token of another algorithm"),
    "no signature": (unsigned, "a token that cannot be read"),
    "algorithm none": (unsigned_with_something, "a token of another algorithm"),
    "claims exchanged": (other_claims, "a token that Zendesk did not sign"),
    "signature of one": (number_one, "a token that Zendesk did not sign"),
    "expired": (at(exp=-61, iat=-120), "a token that has expired"),
    "signed long ago, valid for long": (at(exp=9999, iat=-400), "a token that was not signed just now"),
    "from the future": (at(exp=9999, iat=400), "a token that was not signed just now"),
    "without an end": (with_claims(exp=None), "a token that has expired"),
    "endless": (with_claims(exp=float("inf")), "a token that has expired"),
    "end as text": (with_claims(exp="9999999999"), "a token that has expired"),
    "without a beginning": (with_claims(iat=None), "a token that was not signed just now"),
    "another account": (with_claims(iss="evil.zendesk.com"), "a token of another account"),
    "an account like ours": (
        with_claims(iss="laptop.zendesk.com.evil.example"),
        "a token of another account",
    ),
    "another installation": (
        with_claims(aud="https://laptop.zendesk.com/api/v2/apps/installations/92.json"),
        "a token for another installation",
    ),
    "several audiences": (
        with_claims(aud=["https://laptop.zendesk.com/api/v2/apps/installations/91.json"]),
        "a token for another installation",
    ),
    "a user of another account": (
        with_claims(sub="https://evil.zendesk.com/api/v2/users/901.json"),
        "a token of no user of this account",
    ),
    "no user": (with_claims(sub="ada@example.com"), "a token of no user of this account"),
    "user 0": (with_claims(sub="0"), "a token of no user of this account"),
    "digits of another script": (with_claims(sub="٩٠١"), "a token of no user of this account"),
    "no JSON": (lambda _: "AAAA.BBBB.CCCC", "a token that cannot be read"),
    "JSON that is no object": (
        lambda _: f"{encoded([1])}.{encoded([2])}.AAAA",
        "a token that cannot be read",
    ),
    "deep JSON": (lambda _: f"{encoded(b'[' * 3000)}.AAAA.AAAA", "a token that cannot be read"),
    "empty": (lambda _: "", "no token of Zendesk's"),
    "long": (lambda _: "A" * 9000, "no token of Zendesk's"),
}


@pytest.mark.parametrize("name", LOADS)
def test_A4_a_load_that_is_not_zendesks_gets_no_session(name: str, logs: Logs) -> None:
    stack = stack_with()
    make, reason = LOADS[name]
    assert refused(stack.agent_app.load(make(stack.agent_app)))
    assert refusals(logs) == [reason]
    assert logs.metrics["AppRejected"] == 1
    assert (stack.requests_made(), stack.connect.requests) == ({}, {})  # nobody was asked for it


def test_A4_an_independent_signature_by_the_right_key_is_accepted() -> None:
    stack = stack_with()
    pem = OTHER_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    stack.agent_app.keys = replace(stack.agent_app.keys, public_key=pem)
    assert stack.agent_app.load(forged_by_another_key(stack.agent_app)).status == 200


def test_A4_a_token_that_was_used_is_refused_the_second_time(logs: Logs) -> None:
    stack = stack_with()
    signed = token(stack.agent_app.claims(ADA))
    assert stack.agent_app.load(signed).status == 200
    assert refused(stack.agent_app.load(signed))
    stack.agent_app.fresh()
    assert refused(stack.agent_app.load(signed + "="))  # the same, written otherwise
    assert refusals(logs)[0] == "a token that was used before"


def test_A4_a_page_that_is_asked_for_without_a_post_shows_no_session() -> None:
    stack = stack_with()
    assert refused(stack.agent_app.send("GET", "/top_bar"))
    assert "Zendesk" in stack.agent_app.send("GET", "/top_bar").text


@pytest.mark.parametrize(
    "keys", [AppKeys(), AppKeys(1, 91, PUBLIC_KEY, ""), AppKeys(1, 91, PUBLIC_KEY, "short"), AppKeys(1, 91)]
)
def test_A4_without_all_of_its_keys_nothing_is_let_in(keys: AppKeys) -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    stack.agent_app.keys = keys
    stack.agent_app.fresh()
    assert refused(stack.agent_app.load(token(stack.agent_app.claims(ADA))), 503)
    assert page("GET", "/overview").status == 503


# Sessions


def altered(session: str, agent: int) -> str:
    content, _, signature = session.partition(".")
    fields = json.loads(base64.urlsafe_b64decode(content + "=="))
    fields[1] = agent
    return f"{encoded(fields)}.{signature}"


def test_A4_a_session_that_is_altered_is_refused(logs: Logs) -> None:
    stack = stack_with()
    manual_call(stack)
    bobs = stack.agent_app.sign_in(BOB)
    for session in (
        altered(bobs.session, ADA),
        bobs.session[:-1],
        bobs.session + "A",
        bobs.session.partition(".")[0],
        bobs.session.partition(".")[0] + ".",
        "." + bobs.session.partition(".")[2],
        encoded([1, ADA, 91, 0, 9999999999]) + "." + encoded(bytes(32)),
        "",
        "x" * 400,
        "é.ü",
    ):
        assert Page(stack.agent_app, session)("GET", "/overview").status == 401, session
    assert set(refusals(logs)) == {"a session that was not given out here", "no session"}


def test_A4_a_session_lasts_fifteen_minutes_and_is_renewed_for_sixteen_hours() -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    stack.clock.move_by(timedelta(minutes=14, seconds=59))
    longer = page.renewed()
    stack.clock.move_by(timedelta(seconds=1))
    assert page("GET", "/overview").status == 401
    began = stack.clock() - timedelta(minutes=15)
    while stack.clock() - began < timedelta(hours=15, minutes=55):
        longer = longer.renewed()
        stack.clock.move_by(timedelta(minutes=10))
    assert longer("GET", "/overview").status == 200
    stack.clock.move_to(began + timedelta(hours=16))
    assert longer("GET", "/overview").status == 401
    assert longer("POST", "/session").status == 401


def test_A4_a_user_who_is_no_agent_any_more_gets_no_longer_session() -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA).renewed()
    stack.services.zendesk.put(f"/api/v2/users/{ADA}", json.dumps({"user": {"suspended": True}}))
    stack.clock.move_by(timedelta(minutes=10))
    page = page.renewed()  # asked once an hour
    for _ in range(6):
        stack.clock.move_by(timedelta(minutes=10))
        answer = page("POST", "/session")
        if answer.status == 200:
            page = replace(page, session=answer.content["session"])
    assert answer.status == 401


def test_A4_a_session_of_another_installation_or_of_an_old_key_is_refused() -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    for keys in (
        replace(stack.agent_app.keys, installation=92),
        replace(stack.agent_app.keys, session_key="another key of thirty-two characters or more"),
    ):
        stack.agent_app.keys = keys
        stack.agent_app.fresh()
        assert page("GET", "/overview").status == 401


def test_A4_nothing_but_the_pages_answers_without_a_session() -> None:
    stack = stack_with()
    for method, path, _ in ROUTES:
        address = path.pattern.replace("([A-Za-z0-9._:-]{1,100})", "contact-1")
        for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}):
            assert stack.agent_app.send(method, address, b"{}", headers).status == 401
    assert stack.agent_app.send("POST", "/session").status == 401


# Other agents' contacts


def two_agents() -> tuple[Stack, Page]:
    """Ada is on a call that she may pause, and Bob on none of it; returns Bob's page."""
    stack = stack_with()
    record = alive(attributes={**ALLOWED, "ticket_assignment": "agent"})
    leave_snapshot(stack, record)
    stack.connect.contacts.add(record)
    stack.connect.contacts.connect("contact-1", ADAS_NAME, "AGENT")
    accept(stack)
    bob = stack.agent_app.sign_in(BOB)
    here(bob, ADAS_ARN)  # he says that he is Ada in Amazon Connect
    stack.clock.move_by(timedelta(seconds=3))
    return stack, bob


def test_A4_no_contact_of_another_agents_is_seen_or_touched(logs: Logs) -> None:
    stack, bob = two_agents()
    asked = [
        bob("PUT", "/recordings/contact-1", {"paused": True}),
        bob("POST", "/attachments", {"id": "b", "ticket": 4001, "contact": "contact-1"}),
        bob("POST", "/attachments", {"id": "c", "ticket": 4001}),
        bob("PUT", "/dialled/contact-1", {"ticket": 4001}),
        bob("PUT", "/pops/contact-1"),
        bob("GET", "/attachments/app:901:button-1"),
    ]
    assert [answer.status for answer in asked] == [403, 403, 422, 503, 503, 404]
    assert overview(bob) == []
    assert bodies(stack.ticket(4001)) == ["By letter."]
    assert recordings.of_contact(stack.services.ledger, "contact-1") == {}
    requests = stack.connect.requests
    assert (requests["SuspendContactRecording"], requests["UpdateContactAttributes"]) == (0, 0)
    assert "a contact that the agent is not on" in refusals(logs)


def test_A4_who_signs_in_to_amazon_connect_as_themselves_sees_no_other_agents_ringing_contact(
    logs: Logs,
) -> None:
    stack = stack_with()
    leave_snapshot(stack, alive())
    stack.connect.contacts.add(alive())
    stack.connect.contacts.offer("contact-1", ADAS_NAME)
    bob = stack.agent_app.sign_in(BOB)
    here(bob, ADAS_ARN.replace(ADAS_NAME, "bjones"))
    assert bob("PUT", "/pops/contact-1").status == 403
    stack.clock.move_by(timedelta(seconds=3))
    assert bob("PUT", "/dialled/contact-1", {"ticket": 4001}).status == 403
    assert refusals(logs) == ["a contact that the agent is not on"]  # the second within the minute is counted


def test_A4_an_agents_name_for_an_attachment_is_no_other_agents() -> None:
    stack = stack_with()
    joins(stack)
    ada, bob = stack.agent_app.sign_in(ADA), stack.agent_app.sign_in(BOB)
    assert ada("POST", "/attachments", {"id": "button-1", "ticket": 4001}).status == 200
    assert bob("GET", "/attachments/button-1").status == 404
    assert bob("POST", "/attachments", {"id": "button-1", "ticket": 4002}).status == 422
    assert overview(ada)[0]["ticket"] == 4001


def test_A4_when_and_by_whom_is_never_what_a_page_says() -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    said = {"id": "x", "ticket": 4001, "agent": BOB, "at": "2030-01-01T00:00:00+00:00", "asked_on": 4002}
    assert page("POST", "/attachments", said).status == 200
    command = stack.services.ledger.read_all("attachment#app:901:x")["asked"]["value"]
    assert command["at"] == stack.clock().isoformat()
    assert "agent" not in command["asked"]


# Odd requests


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/attachments", {"id": "a"}, 422),
        ("POST", "/attachments", {"id": "a", "ticket": 1, "user": 2}, 422),
        ("POST", "/attachments", {"id": "a", "ticket": "4001"}, 422),
        ("POST", "/attachments", {"id": "a", "ticket": -1}, 422),
        ("POST", "/attachments", {"id": "a", "ticket": True}, 422),
        ("POST", "/attachments", {"id": "a", "ticket": 2**63}, 422),
        ("POST", "/attachments", {"id": "a", "new": "yes"}, 422),
        ("POST", "/attachments", {"id": "a#b", "ticket": 4001}, 422),
        ("POST", "/attachments", {"id": "a" * 61, "ticket": 4001}, 422),
        ("POST", "/attachments", {"id": "a", "ticket": 4001, "contact": {"$ne": 1}}, 422),
        ("PUT", "/recordings/contact-1", {"paused": "true"}, 422),
        ("PUT", "/recordings/contact-1", {}, 422),
        ("PUT", "/recordings/../contact-1", {"paused": True}, 404),
        ("PUT", "/recordings/contact%231", {"paused": True}, 404),
        ("PUT", "/dialled/contact-1", {}, 422),
        ("POST", "/here", {"agent_arn": 5}, 422),
        ("POST", "/here", {"agent_arn": "arn:" + "a" * 400}, 422),
        ("DELETE", "/overview", {}, 404),
        ("GET", "/nothing", None, 404),
        ("GET", "/assets/0000000000000000/app.css", None, 404),
        ("GET", "/assets/../handler.py", None, 404),
    ],
)
def test_A4_what_cannot_be_meant_is_refused_before_anything_is_asked(
    method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    stack = stack_with()
    joins(stack)
    page = stack.agent_app.sign_in(ADA)
    stack.requests_made()
    assert page(method, path, body).status == status
    assert (stack.requests_made(), stack.connect.requests) == ({}, {})


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff", b"[" * 3000, b'{"id": "' + b"a" * 30_000])
def test_A4_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    headers = {"Authorization": f"Bearer {page.session}"}
    assert stack.agent_app.send("POST", "/attachments", body, headers).status in (400, 413)


def test_A4_a_flood_by_one_agent_is_refused_in_one_line_and_others_go_on(logs: Logs) -> None:
    stack = stack_with()
    ada, bob = stack.agent_app.sign_in(ADA), stack.agent_app.sign_in(BOB)
    statuses = [ada("GET", "/overview").status for _ in range(MOST_IN_A_MINUTE + 50)]
    assert statuses.count(429) == 50
    assert bob("GET", "/overview").status == 200
    assert refusals(logs) == ["too many requests of one agent"]
    stack.clock.move_by(timedelta(minutes=1))
    assert ada("GET", "/overview").status == 200


def test_A4_a_flood_of_forged_loads_asks_nobody_and_logs_one_line_a_minute(logs: Logs) -> None:
    stack = stack_with()
    forged = forged_by_another_key(stack.agent_app)
    for _ in range(100):
        assert stack.agent_app.load(forged).status == 401
    assert len(refusals(logs)) == 1
    assert (stack.requests_made(), stack.connect.requests) == ({}, {})


def test_A4_pages_are_framed_by_zendesk_only_run_no_other_scripts_and_are_not_kept() -> None:
    stack = stack_with(connect_instance_url="https://acme.my.connect.aws")
    page = stack.agent_app.load(token(stack.agent_app.claims(ADA)))
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "https://laptop.zendesk.com"
    assert policy["script-src"] == "'self' https://static.zdassets.com"
    assert policy["connect-src"] == "'self'"
    assert not any("unsafe" in what for what in policy.values())
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_A4_another_web_site_is_allowed_nothing() -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    headers = {"Authorization": f"Bearer {page.session}", "Origin": "https://evil.example"}
    answer = stack.agent_app.send("GET", "/overview", b"", headers)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
