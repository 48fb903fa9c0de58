"""Rules of `ticket_fields` are checked against the Zendesk account (T17)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from administration import settings, toml
from administration.live_settings import SettingsError
from administration.settings import WrongFile
from administration.ticket_field_check import problems_of
from administration.zendesk_setup.account import Account
from administration.zendesk_setup.place import SetupError
from connect_zendesk.rules.settings import app_settings
from local.stand_ins.http.messages import Request, Response
from tests.stack import Stack
from tests.unit.administration.aws_in_memory import AwsInMemory
from tests.unit.administration.test_settings_command import Terminal, live_settings_of

ACCOUNT: Mapping[str, Any] = {
    "groups": [{"id": 11, "name": "Support"}, {"id": 12, "name": "Old", "deleted": True}],
    "brands": [{"id": 21, "name": "Acme"}, {"id": 22, "name": "Old", "active": False}],
    "ticket_forms": [{"id": 31, "name": "Orders"}, {"id": 32, "name": "Old", "active": False}],
    "ticket_fields": [
        {"id": 1, "type": "priority", "sub_type_id": 1},
        {"id": 2, "type": "tickettype", "active": False},
        {"id": 41, "type": "tagger",
         "custom_field_options": [{"value": "topic_order"}, {"value": "topic_bill"}]},
        {"id": 42, "type": "text"},
        {"id": 43, "type": "integer"},
        {"id": 44, "type": "date"},
        {"id": 45, "type": "text", "active": False},
        {"id": 46, "type": "multiselect", "custom_field_options": [{"value": "a"}, {"value": "b"}]},
        {"id": 47, "type": "checkbox"},
        {"id": 48, "type": "regexp", "regexp_for_validation": "^[A-Z]{2}$"},
        {"id": 49, "type": "decimal"},
    ],
}  # fmt: skip
RIGHT: Mapping[str, Any] = {
    "group": 11,
    "brand": 21,
    "form": 31,
    "priority": "high",
    "tags": "x",
    "fields": {
        "41": "topic_bill",
        "42": "any",
        "43": -5,
        "44": "2026-11-02",
        "46": ["a", "b"],
        "47": True,
        "48": "GB",
        "49": "1.5",
    },
}


def document_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"ticket_fields": [{"name": "First", "set": {"tags": "a"}}, {"name": "Second", "set": values}]}


def problems(values: Mapping[str, Any], stack: Stack | None = None) -> list[str]:
    read, wrong = app_settings.read(document_of(values))
    assert not wrong
    stack = stack or Stack(account=ACCOUNT)
    return problems_of(Account(stack.new_services().zendesk), read.ticket_fields)


def test_T17_rules_that_fit_the_account_have_no_problem() -> None:
    assert problems(RIGHT) == []
    from_attributes = {str(number): {"attribute": "x"} for number in (41, 42, 43, 44, 46, 47, 48)}
    assert problems({"fields": from_attributes}) == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"group": 99}, "group: there is no group 99 in Zendesk: there are 11 Support"),
        ({"group": 12}, "group: group 12 is not active"),
        ({"brand": 99}, "brand: there is no brand 99 in Zendesk: there are 21 Acme"),
        ({"brand": 22}, "brand: brand 22 is not active"),
        ({"form": 99}, "form: there is no ticket form 99 in Zendesk: there are 31 Orders"),
        ({"form": 32}, "form: ticket form 32 is not active"),
        ({"priority": "urgent"}, "priority: Zendesk has the priorities normal and high only, not urgent"),
        ({"type": "task"}, "type: the ticket field type is not active in Zendesk"),
        ({"fields": {"99": "x"}}, "fields.99: there is no such ticket field in Zendesk"),
        ({"fields": {"45": "x"}}, "fields.45: the ticket field is not active in Zendesk"),
        ({"fields": {"45": {"attribute": "x"}}}, "fields.45: the ticket field is not active in Zendesk"),
        (
            {"fields": {"1": "high"}},
            "fields.1: this is no field of your own: set group, priority or type by name",
        ),
        (
            {"fields": {"41": "Orders"}},
            "fields.41: it has no option 'Orders': its tags are topic_order, topic_bill",
        ),
        ({"fields": {"46": ["a", "c"]}}, "fields.46: it has no option 'c': its tags are a, b"),
        ({"fields": {"42": ["a"]}}, "fields.42: a text field takes one value, not a list"),
        ({"fields": {"43": "many"}}, "fields.43: 'many' is no value of a integer field"),
        ({"fields": {"44": "soon"}}, "fields.44: 'soon' is no value of a date field"),
        ({"fields": {"47": "maybe"}}, "fields.47: 'maybe' is no value of a checkbox field"),
        ({"fields": {"42": True}}, "fields.42: True is no value of a text field"),
        ({"fields": {"48": "gb"}}, "fields.48: 'gb' is no value of a regexp field"),
    ],
)  # fmt: skip
def test_T17_what_the_account_does_not_have_is_named_with_its_place(
    values: dict[str, Any], problem: str
) -> None:
    assert problems(values) == [f"ticket_fields[2].set.{problem}"]


def test_T17_a_plan_without_brands_is_named_and_what_no_rule_names_is_not_asked_for() -> None:
    stack = Stack(account=ACCOUNT)
    forbidden = Response(403, {}, b'{"error": "Forbidden"}')
    seen = []

    def before(request: Request) -> Response | None:
        seen.append(request.path)
        return forbidden if "brands" in request.path else None

    stack.zendesk.faults.before = before
    (problem,) = problems({"brand": 21, "group": 11}, stack)
    assert problem.endswith("brand: Zendesk does not show this account's brands to the connector's user")
    assert not [path for path in seen if "forms" in path or "fields" in path]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, Any]], Path]:
    def write(values: Mapping[str, Any]) -> Path:
        file = tmp_path / "my.toml"
        file.write_text(toml.written(document_of(values)), "utf-8")
        return file

    return write


def account() -> Account:
    return Account(Stack(account=ACCOUNT).new_services().zendesk)


def unknown() -> Account:
    raise SetupError("There is no stack")


def test_T17_a_file_is_checked_against_the_account_where_that_is_asked_for(
    write: Callable[[Mapping[str, Any]], Path],
) -> None:
    terminal = Terminal()
    settings.check(write(RIGHT), terminal.say, account)
    assert terminal.said == [f"{write(RIGHT)}: 1 app setting, nothing wrong."]
    with pytest.raises(
        WrongFile, match=r"does not fit this Zendesk account:\n  ticket_fields\[2\].set.group"
    ):
        settings.check(write({"group": 99}), terminal.say, account)
    with pytest.raises(SettingsError, match="There is no stack"):
        settings.check(write(RIGHT), terminal.say, unknown)
    settings.check(write({"group": 99}), terminal.say)
    assert "was not looked up: make settings" in terminal.text


def test_T17_rules_are_checked_when_they_are_applied(write: Callable[[Mapping[str, Any]], Path]) -> None:
    aws, terminal = AwsInMemory({}), Terminal()

    def apply(values: Mapping[str, Any], find_account: Callable[[], Account]) -> bool:
        return settings.apply(
            write(values),
            lambda: live_settings_of(aws),
            ask=terminal.ask,
            say=terminal.say,
            find_account=find_account,
        )

    with pytest.raises(WrongFile, match="there is no group 99"):
        apply({"group": 99}, account)
    assert aws.live == {}
    assert apply(RIGHT, account)
    assert aws.live == document_of(RIGHT)
    assert apply({"group": 11}, unknown)
    assert "Warning: ticket_fields was not checked against Zendesk. There is no stack" in terminal.text
