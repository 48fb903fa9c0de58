"""What an agent asks for with a macro (A1): the command that its tag is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connect_zendesk.rules.tickets.attachment import NotAnAttachment
from connect_zendesk.rules.tickets.macro_tags import ATTACH, NEW_TICKET, NEW_USER_TICKET
from connect_zendesk.rules.zendesk_events.macro import command_of, tags_set
from connect_zendesk.rules.zendesk_events.zendesk_event import Change
from tests.unit.rules.cases_k1_to_k4 import event

NOW = datetime(2026, 11, 2, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "ticket", "user", "new"),
    [(ATTACH, 4711, None, False), (NEW_TICKET, None, 101, False), (NEW_USER_TICKET, None, None, True)],
)
def test_A1_each_tag_is_a_command_of_the_actor_at_the_moment_of_the_event(
    tag: str, ticket: int | None, user: int | None, new: bool
) -> None:
    command = command_of(event("tags_changed", actor=901), tag, NOW)
    assert (command.ticket, command.user, command.new) == (ticket, user, new)
    assert (command.id, command.agent, command.at) == ("01JEVENT", 901, NOW - timedelta(minutes=1))
    assert (command.asked_on, command.answered_on) == (4711, 4711)


@pytest.mark.parametrize(
    "fields",
    [
        {"actor": None},
        {"actor": 0},
        {"id": "an id"},
        {"time": "2026-11-02T09:00:00"},
        {"time": "2027-01-01T00:00:00Z"},
    ],
)
def test_A1_an_event_that_is_no_command_says_why(fields: dict[str, Any]) -> None:
    with pytest.raises(NotAnAttachment, match=r"^(agent|id|at): "):
        command_of(event("tags_changed", **fields), ATTACH, NOW)


def test_A1_a_new_ticket_needs_a_requester() -> None:
    with pytest.raises(NotAnAttachment):
        command_of(event("tags_changed", ticket={"requester": None}), NEW_TICKET, NOW)


@pytest.mark.parametrize(
    ("kind", "added", "tags", "found"),
    [
        ("tags_changed", (NEW_TICKET, "vip", ATTACH), (), (ATTACH, NEW_TICKET)),
        ("tags_changed", ("vip",), (ATTACH,), ()),
        ("created", (), ("vip", NEW_USER_TICKET), (NEW_USER_TICKET,)),
        ("created", (ATTACH,), (), ()),
        ("status_changed", (ATTACH,), (ATTACH,), ()),
    ],
)
def test_A1_the_tags_are_those_that_the_ticket_got_by_the_event(
    kind: str, added: tuple[str, ...], tags: tuple[str, ...], found: tuple[str, ...]
) -> None:
    told = event(kind, change=Change(tags_added=added), ticket={"tags": tags})
    assert tags_set(told) == found
