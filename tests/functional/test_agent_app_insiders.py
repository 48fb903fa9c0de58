"""What an agent may try who has a session of their own and has read the page's code (A4, R1, T7)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger import agent_contacts
from local.replay.agent_app import Page
from local.stand_ins.zendesk import Response
from tests.attachments import MANUAL, joins, stack_with
from tests.functional.test_agent_app import ADAS_ARN, BOBS_ARN, accept, here, manual_call, overview
from tests.functional.test_agent_app_attacks import refusals, two_agents
from tests.functional.test_agent_app_recording import ALLOWED, pause, recorded, switched
from tests.live import alive, contact_event, leave_snapshot
from tests.logs import Logs
from tests.records import ADA, ADAS_NAME, BEN, BOB, BOBS_NAME
from tests.stack import Stack, bodies

LATER = timedelta(seconds=3)  # Amazon Connect is asked for an agent every two seconds at most


def rings_at_bob(stack: Stack) -> Page:
    """A call that rings at Bob, who has not accepted it; returns his page."""
    leave_snapshot(stack, alive())
    stack.connect.contacts.add(alive())
    stack.connect.contacts.offer("contact-1", BOBS_NAME)
    bob = stack.agent_app.sign_in(BOB)
    here(bob, BOBS_ARN)
    return bob


def attributes_of(stack: Stack, contact: str = "contact-1") -> Any:
    return stack.connect.contacts.record(contact).get("Attributes") or {}


# Dialling


@pytest.mark.parametrize("dialled_from", [{"user": BEN}, {"ticket": 4002}])
def test_T7_A4_a_call_that_rings_at_an_agent_is_not_decided_by_them_before_another_accepts_it(
    dialled_from: dict[str, int], logs: Logs
) -> None:
    stack = stack_with()
    bob = rings_at_bob(stack)
    assert bob("PUT", "/dialled/contact-1", dialled_from).status == 403
    assert attributes_of(stack) == {}
    assert refusals(logs) == ["a contact that the agent did not dial"]
    stack.connect.contacts.offer("contact-1", None)
    stack.connect.contacts.connect("contact-1", ADAS_NAME)
    accept(stack)  # Ada, whom it rang at next
    (shown,) = overview(stack.agent_app.sign_in(ADA))
    assert (shown["customer"]["name"], shown["ticket"]) == ("Ana Silva", 4003)


def test_T7_an_incoming_call_that_an_agent_is_on_was_dialled_from_nothing() -> None:
    stack = stack_with()
    manual_call(stack)
    stack.connect.contacts.add(alive(attributes=MANUAL))
    stack.connect.contacts.connect("contact-1", ADAS_NAME)
    ada = stack.agent_app.sign_in(ADA)
    here(ada)
    assert ada("PUT", "/dialled/contact-1", {"user": BEN}).status == 403
    assert attributes_of(stack) == MANUAL


@pytest.mark.parametrize("named", ["contact-1", "leg-2"])
def test_T7_a_call_that_another_agent_dialled_and_transferred_stays_as_they_dialled_it(named: str) -> None:
    stack = stack_with()
    stack.connect.contacts.add(alive(InitiationMethod="OUTBOUND"))
    stack.connect.contacts.connect("contact-1", ADAS_NAME)
    accept(stack, contact_event(method="OUTBOUND"))
    stack.connect.contacts.add(alive("leg-2", first_leg="contact-1"))
    stack.connect.contacts.connect("leg-2", BOBS_NAME)
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", agent=BOBS_NAME))
    bob = stack.agent_app.sign_in(BOB)
    here(bob, BOBS_ARN)
    assert [each["leg"] for each in overview(bob)] == ["leg-2"]
    assert bob("PUT", f"/dialled/{named}", {"user": BEN}).status == 403
    assert (attributes_of(stack), attributes_of(stack, "leg-2")) == ({}, {})


# Who is asked for


@pytest.mark.parametrize(
    "arn",
    [
        f"{BOBS_ARN}/agent/{ADAS_NAME}",
        f"{ADAS_ARN}/agent/{BOBS_NAME}",
        f"{BOBS_ARN}/{ADAS_NAME}",
        BOBS_ARN.replace(":instance/", ":instance/x/instance/"),
        BOBS_ARN.partition("/agent/")[0] + "/agent/",
        f"arn:aws:connect:eu-west-2:999999999999:instance/other/agent/{ADAS_NAME}",
    ],
)
def test_A4_an_arn_that_can_be_read_as_two_agents_is_no_agents(arn: str) -> None:
    stack = stack_with()
    bob = stack.agent_app.sign_in(BOB)
    assert here(bob, arn)["problem"] == "another instance"
    assert stack.connect.requests["DescribeUser"] == 0
    assert bob("PUT", "/pops/contact-1").status == 503  # the page has no agent in Amazon Connect


# Contacts that are not, or no longer, one's own


def joined_by_bob(stack: Stack) -> Page:
    """Bob is on Ada's recorded call too, with a leg of his own; returns his page."""
    stack.connect.contacts.add(alive("leg-2", first_leg="contact-1", attributes=ALLOWED))
    stack.connect.contacts.connect("leg-2", BOBS_NAME, "AGENT")
    accept(stack, contact_event(contact="leg-2", first_leg="contact-1", agent=BOBS_NAME))
    return stack.agent_app.sign_in(BOB)


def test_R1_in_a_conference_each_agent_switches_the_recording_of_their_own_leg() -> None:
    stack = stack_with()
    ada = recorded(stack)
    bob = joined_by_bob(stack)
    assert pause(ada, leg="leg-2").status == 403
    assert pause(bob, leg="contact-1").content == {"recording": "paused"}  # the contact: his leg of it
    assert stack.connect.contacts.recording("contact-1") == {"AGENT": "on"}
    assert stack.connect.contacts.recording("leg-2") == {"AGENT": "suspended"}


@pytest.mark.parametrize("named", ["contact-1", "leg-2"])
def test_R1_who_transferred_a_contact_switches_no_recording_of_it(named: str) -> None:
    stack = stack_with()
    ada = recorded(stack)
    joined_by_bob(stack)
    stack.clock.move_by(timedelta(minutes=1))
    accept(stack, contact_event("DISCONNECTED", at=stack.clock()))
    assert [each["until"] is not None for each in overview(ada)] == [True]
    assert pause(ada, leg=named).status == 403
    assert switched(stack) == (0, 0)


def test_A4_a_supervisor_who_monitors_a_contact_has_nothing_of_it(logs: Logs) -> None:
    stack = stack_with()
    recorded(stack, {**ALLOWED, **MANUAL})
    monitor = alive("watch-1", first_leg="contact-1", InitiationMethod="MONITOR")
    stack.connect.contacts.add(monitor)
    stack.connect.contacts.connect("watch-1", BOBS_NAME)
    accept(stack, contact_event(contact="watch-1", first_leg="contact-1", agent=BOBS_NAME, method="MONITOR"))
    bob = stack.agent_app.sign_in(BOB)
    here(bob, BOBS_ARN)
    assert overview(bob) == []
    for leg in ("contact-1", "watch-1"):
        for method, path, body in (
            ("PUT", f"/recordings/{leg}", {"paused": True}),
            ("POST", "/attachments", {"id": leg, "ticket": 4001, "contact": leg}),
            ("PUT", f"/dialled/{leg}", {"ticket": 4001}),
        ):
            stack.clock.move_by(LATER)
            assert bob(method, path, body).status == 403, path
        stack.clock.move_by(LATER)
        assert bob("PUT", f"/pops/{leg}").status in (403, 503)
    assert bodies(stack.ticket(4001)) == ["By letter."]
    assert (switched(stack), attributes_of(stack)) == ((0, 0), {**ALLOWED, **MANUAL})


def ada_left_for_bob(stack: Stack, minutes: int) -> Page:
    """Ada transferred her contact to Bob so many minutes ago; returns her page as it is loaded now."""
    agent_contacts.left(stack.services.ledger, ADA, "contact-1", stack.clock())
    joins(stack, "contact-1", BOB, leg="leg-2")
    stack.clock.move_by(timedelta(minutes=minutes))
    return stack.agent_app.sign_in(ADA)


def test_A4_the_name_of_an_old_attachment_does_not_say_where_the_contact_is_now() -> None:
    stack = stack_with()
    joins(stack)
    ada = stack.agent_app.sign_in(ADA)
    assert ada("POST", "/attachments", {"id": "a", "ticket": 4001}).status == 200
    ada = ada_left_for_bob(stack, minutes=11)
    assert ada("GET", "/attachments/a").content["ticket"] == 4001  # what she did herself
    assert stack.agent_app.sign_in(BOB)("POST", "/attachments", {"id": "b", "ticket": 4002}).status == 200
    assert overview(ada) == []
    for answer in (ada("GET", "/attachments/a"), ada("POST", "/attachments", {"id": "a", "ticket": 4001})):
        assert (answer.status, "4002" in answer.text) == (403, False)


def test_A4_the_name_of_an_old_attachment_attaches_nothing_once_the_contact_is_anothers() -> None:
    stack = stack_with()
    joins(stack)
    ada = stack.agent_app.sign_in(ADA)
    stack.zendesk.faults.before = lambda _: Response(503, {}, b"")
    assert ada("POST", "/attachments", {"id": "a", "ticket": 4001}).status == 202
    stack.zendesk.faults.before = None
    ada = ada_left_for_bob(stack, minutes=30)
    assert ada("POST", "/attachments", {"id": "a", "ticket": 4001}).status == 403
    assert bodies(stack.ticket(4001)) == ["By letter."]


# What an answer gives away

ASKED: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("PUT", "/recordings/{}", {"paused": True}),
    ("PUT", "/dialled/{}", {"ticket": 4001}),
    ("PUT", "/pops/{}", {}),
    ("POST", "/attachments", {"id": "x", "ticket": 4001, "contact": "{}"}),
    ("GET", "/attachments/{}", None),
)


def filled(body: dict[str, Any] | None, contact: str) -> dict[str, Any] | None:
    named = {name: contact if value == "{}" else value for name, value in (body or {}).items()}
    return named if body is not None else None


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_A4_another_agents_contact_is_answered_as_one_that_does_not_exist_at_the_same_cost(
    method: str, path: str, body: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack, bob = two_agents()
    here(bob, BOBS_ARN)
    items = type(stack.services.ledger._items)
    get, seen = items.get, Counter[str]()

    def counted(self: Any, partition: str, sort: str) -> Any:
        seen["reads"] += 1
        return get(self, partition, sort)

    monkeypatch.setattr(items, "get", counted)

    def ask(contact: str) -> tuple[Any, ...]:
        stack.clock.move_by(LATER)
        before = (seen.copy(), stack.connect.requests.copy())
        stack.requests_made()
        answer = bob(method, path.format(contact), filled(body, contact))
        cost = (seen - before[0], stack.connect.requests - before[1], stack.requests_made())
        return (answer.status, answer.text, dict(answer.headers), cost)

    assert ask("contact-1") == ask("contact-0")
    assert seen["reads"] > 0


def test_A4_nothing_that_a_request_says_is_logged_when_it_is_refused(logs: Logs) -> None:
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    name = "Ana-Silva.442071838750"
    for method, path, body in (
        ("PUT", f"/recordings/{name}", {"paused": True}),
        ("PUT", f"/pops/{name}", {}),
        ("PUT", f"/dialled/{name}", {"ticket": 4001}),
        ("GET", f"/attachments/{name}", None),
        ("GET", f"/{name}", None),
        ("POST", "/attachments", {"id": name, "ticket": name}),
        ("POST", "/here", {"agent_arn": f"arn:{name}/agent/{name}"}),
    ):
        page(method, path, body)
    stack.agent_app.send("POST", "/top_bar", f"token={name}".encode())
    stack.agent_app.send("GET", "/overview", b"", {"Authorization": f"Bearer {name}", "Cookie": name})
    assert len(refusals(logs)) >= 5
    assert not [line for line in logs.text if name in line or page.session in line]


# What lasts


def test_A4_a_session_that_was_copied_is_as_good_as_the_one_it_was_copied_from() -> None:
    """What remains, and SECURITY.md says so: a session is renewed by who has it, for 16 hours at most."""
    stack = stack_with()
    page = stack.agent_app.sign_in(ADA)
    copied, began = replace(page), stack.clock()
    while stack.clock() - began < timedelta(hours=15, minutes=50):
        copied = copied.renewed()
        stack.clock.move_by(timedelta(minutes=10))
    assert copied("GET", "/overview").status == 200
    stack.clock.move_to(began + timedelta(hours=16))
    assert copied("POST", "/session").status == 401
    copied = stack.agent_app.sign_in(ADA)
    stack.agent_app.keys = replace(
        stack.agent_app.keys, session_key="rotated, of thirty-two characters at least"
    )
    stack.clock.move_by(timedelta(minutes=5))
    assert copied("GET", "/overview").status == 401  # make zendesk ARGS="rotate" ends it
