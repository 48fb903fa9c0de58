"""Whatever a client sends, the stand-in answers as Zendesk does, and never falls over."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.stand_ins.zendesk import Request, Response
from local.stand_ins.zendesk.routes import ROUTES, Route
from tests.functional.stand_ins.account import AGENT, CALLER, NOTE, Account
from tests.strategies import examples

WORLD = {
    "users": [AGENT, CALLER],
    "tickets": [
        {"id": 5, "requester_id": 7001, "tags": ["vip"], "comments": [NOTE]},
        {"id": 6, "requester_id": 7001, "status": "closed"},
    ],
    "user_fields": [{"key": "vip"}],
    "ticket_fields": [{"id": 5, "type": "tagger"}, {"id": 6, "type": "date"}, {"id": 7, "type": "regexp"}],
    "groups": [{"id": 5}],
    "group_memberships": [{"id": 6, "user_id": 901, "group_id": 5}],
    "macros": [{"id": 7, "title": "Tag", "actions": [{"field": "current_tags", "value": "x"}]}],
    "plan": {
        "requests_per_minute": 10**9, "ticket_updates_per_minute": 10**9, "user_updates_per_second": 10**9,
        "ticket_updates_per_ticket_and_user": 10**9, "user_updates_per_user": 10**9, "jobs": 10**9,
        "deep_ticket_lists_per_minute": 10**9, "ticket_deletions_per_minute": 10**9,
    },
}  # fmt: skip

#: Names that mean something somewhere, so that what is sent gets past the first look.
_NAMES = (
    "ticket", "tickets", "user", "users", "comment", "body", "html_body", "public", "author_id", "uploads",
    "voice_comment", "call_duration", "requester", "requester_id", "submitter_id", "assignee_id",
    "assignee_email", "subject", "status", "priority", "type", "tags", "additional_tags", "custom_fields",
    "external_id", "metadata", "via_id", "via_followup_source_id", "safe_update", "updated_stamp", "group_id",
    "name", "email", "phone", "shared_phone_number", "role", "locale_id", "user_fields", "identity", "value",
    "identity", "user_field", "key", "title", "ids", "target_comment", "call", "app_id", "from_line",
    "to_line", "call_started_at", "direction", "agent_id", "ticket_id", "end_user_id", "call_fields",
    "display_to_agent", "macro", "actions", "field", "operator", "conditions", "all", "any", "trigger",
    "webhook", "endpoint", "subscriptions", "authentication", "data", "token", "add_position", "id",
    "custom_headers", "http_method", "request_format", "active", "brand_id", "organization_id",
)  # fmt: skip
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12),
    st.sampled_from([
        5, 6, 901, 7001, 45, "5", "901", "closed", "new", "zen:event-type:ticket.created", "inbound",
        "https://x.example/", "POST", "json", "active", "header", "bearer_token", "2026-11-20T10:00:00Z", -1,
        10**30, "a@b.example", "+441632960001", "x" * 70_000, "conditional_ticket_events", "email",
        "current_tags", "notification_webhook", "custom_fields_5", "text", "\ud800",
    ]),
)  # fmt: skip
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_NAMES), inner, max_size=6)
    ),
    max_leaves=12,
)
_WRAPPERS = ("ticket", "user", "call", "webhook", "trigger", "macro", "identity", "user_field")
_OBJECTS = st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=8)
_BODIES = st.one_of(
    _VALUES,
    _OBJECTS,
    st.builds(lambda inner, more: {**dict.fromkeys(_WRAPPERS, inner), **more}, _OBJECTS, _OBJECTS),
)
_QUERIES = st.dictionaries(
    st.sampled_from(
        [
            "query", "ids", "page", "per_page", "page[size]", "page[after]", "page[before]", "sort",
            "sort_by", "external_id", "external_ids", "role", "role[]", "phone", "name", "filename", "token",
            "include", "active",
        ]
    ),
    st.one_of(
        st.text(max_size=20),
        st.integers().map(str),
        st.sampled_from(["-updated_at", "ticket", "type:ticket", 'created>4hours -x:"[y" z*', "status<new"]),
    ),
    max_size=3,
)  # fmt: skip


def assert_zendesks(response: Response, route: str) -> None:
    """Fail unless an answer is one that Zendesk gives."""
    if response.status < 400:
        if response.body:
            json.loads(response.body)
        return
    assert response.status in (400, 401, 403, 404, 409, 422, 429), (response.status, response.body)
    if route.endswith("/display") and response.status == 404 and not response.body:
        return
    content = json.loads(response.body)
    if "errors" in content:
        assert all({"code", "title", "detail"} == set(entry) for entry in content["errors"])
    elif isinstance(content["error"], dict):
        assert {"title", "message"} == set(content["error"])
    elif response.status != 401:
        assert isinstance(content["description"], str)
        for details in content.get("details", {}).values():
            assert all(isinstance(detail["description"], str) for detail in details)


_SEVERAL_BODIES = st.lists(_BODIES, min_size=1, max_size=4)


@examples(50)  # and for each route as many by the next
@given(route=st.sampled_from(ROUTES), bodies=_SEVERAL_BODIES, query=_QUERIES, ids=st.data())
def test_any_json_to_any_route_is_answered_as_zendesk_does(
    route: Route, bodies: list[Any], query: dict[str, str], ids: st.DataObject
) -> None:
    _is_answered_as_zendesk_does(route, bodies, query, ids)


@pytest.mark.long
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@examples(50)
@given(bodies=_SEVERAL_BODIES, query=_QUERIES, ids=st.data())
def test_any_json_to_each_route_is_answered_as_zendesk_does(
    route: Route, bodies: list[Any], query: dict[str, str], ids: st.DataObject
) -> None:
    _is_answered_as_zendesk_does(route, bodies, query, ids)


def _is_answered_as_zendesk_does(
    route: Route, bodies: list[Any], query: dict[str, str], ids: st.DataObject
) -> None:
    account = Account(WORLD)
    webhook = {"name": "w", "endpoint": "https://x.example", "status": "active", "http_method": "POST",
               "request_format": "json", "subscriptions": ["*"]}  # fmt: skip
    made = account.send("POST", "/api/v2/webhooks", {"webhook": webhook}).json()["webhook"]["id"]
    path = route.template
    while "{id}" in path:
        path = path.replace(
            "{id}", ids.draw(st.sampled_from(["5", "6", "7", "901", "7001", "x", "9" * 5000, made])), 1
        )
    for body in bodies:
        response = account.send(route.method, path, json.dumps(body).encode(), query=query)
        assert_zendesks(response, route.template)
    account.later(60)
    account.zendesk.handle(Request("GET", "/api/v2/tickets"))  # what jobs were left to do is done
    while account.zendesk.send_webhook(lambda _: (200, {})):
        pass
    account.zendesk.snapshot()


@pytest.mark.parametrize(
    "body", [b"\xff", b"[" * 100_000, b'{"ticket": NaN}', b"9" * 10_000, b'"\\ud800"', b"null"]
)
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.method != "GET"], ids=lambda route: route.name
)
def test_what_is_no_json_is_answered_as_zendesk_does(route: Route, body: bytes) -> None:
    account = Account(WORLD)
    response = account.send(route.method, route.template.replace("{id}", "5"), body)
    assert_zendesks(response, route.template)
    token = account.send("POST", "/oauth/tokens", body, authorization=None)
    assert (token.status, set(token.json())) == (400, {"error", "error_description"})


_ARGUMENTS = st.sampled_from(["count", "seconds", "lasting", "matching", "after_write"])
_FAULTS = st.sampled_from(["outage", "slow", "lose_answer", "index_lag", "rate_limit", "clear"])


_COMMANDS = st.dictionaries(_FAULTS, st.one_of(_SCALARS, st.dictionaries(_ARGUMENTS, _SCALARS)), max_size=3)


@examples(30)
@given(commands=_COMMANDS)
def test_any_command_is_a_fault_or_a_value_error(commands: dict[str, Any]) -> None:
    _is_a_fault_or_a_value_error(commands)


@pytest.mark.long
@given(commands=_COMMANDS)
def test_any_of_many_commands_is_a_fault_or_a_value_error(commands: dict[str, Any]) -> None:
    _is_a_fault_or_a_value_error(commands)


def _is_a_fault_or_a_value_error(commands: dict[str, Any]) -> None:
    account = Account(WORLD)
    with suppress(ValueError):
        account.zendesk.faults.apply(commands)
    account.zendesk.faults.active()
    account.zendesk.faults.clear()
    assert account.zendesk.faults.active() == []
    assert account.get("users/7001").status == 200
