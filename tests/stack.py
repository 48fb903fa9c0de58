"""The functions on the stand-ins, with questions that tests ask of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.workflows.agents import agents
from local.replay.clock import VirtualClock
from local.replay.in_process import InProcess
from tests.records import ADAS_NAME, BOBS_NAME, CHAYAS_NAME, CONNECT, INSTANCE, NINE, ZENDESK, on_stream


class Stack(InProcess):
    """The functions at nine o'clock; `tickets` and `users` are added to the world of `tests.records`.

    `account` has what is set up in Zendesk besides: groups, ticket fields and so on.
    """

    def __init__(
        self,
        *,
        tickets: Sequence[Mapping[str, Any]] = (),
        users: Sequence[Mapping[str, Any]] = (),
        account: Mapping[str, Any] | None = None,
        region: str = "eu-west-2",
        **app_settings: Any,
    ) -> None:
        super().__init__(
            zendesk_world={"users": [*ZENDESK["users"], *users], "tickets": list(tickets), **(account or {})},
            connect_world=CONNECT,
            app_settings=AppSettings(**app_settings),
            clock=VirtualClock(NINE),
            region=region,
        )

    def know_agents(self) -> None:
        """Have every agent looked up ahead, as they are on most calls."""
        for name in (ADAS_NAME, BOBS_NAME, CHAYAS_NAME):
            agents.zendesk_id(self.services, name, f"{INSTANCE}/agent/{name}")
        self.zendesk.requests.clear()

    def play_records(self, *records: Mapping[str, Any]) -> None:
        """Play records, each when it was sent, then wait until nothing is left to do."""
        self.play(on_stream(*records))

    def deliver_records(self, *records: Mapping[str, Any]) -> None:
        """Deliver records now, without waiting for what comes later."""
        for event in on_stream(*records):
            self.take(event)
        self.run(until=self.clock())

    def requests_made(self) -> dict[str, int]:
        """Return what Zendesk was asked since the last time, but for tokens, and forget it."""
        asked = {name: times for name, times in self.zendesk.requests.items() if name != "POST /oauth/tokens"}
        self.zendesk.requests.clear()
        return asked

    def ticket(self, number: int | None = None) -> dict[str, Any]:
        """Return a ticket by its id, or the only one."""
        tickets = self.zendesk.tickets()
        if number is None:
            assert len(tickets) == 1, tickets
            return tickets[0]
        return next(ticket for ticket in tickets if ticket["id"] == number)

    def user(self, number: int) -> dict[str, Any]:
        """Return a user by id."""
        return next(user for user in self.zendesk.users() if user["id"] == number)

    def letter(self) -> dict[str, str]:
        """Return the only dead letter."""
        assert len(self.messages.dead_letters) == 1, self.messages.dead_letters
        return self.messages.dead_letters[0]


def bodies(ticket: Mapping[str, Any]) -> list[str]:
    """Return the texts on a ticket; all that is written here has to be private."""
    assert not any(comment["public"] for comment in ticket["comments"][1:])
    return [comment["body"] for comment in ticket["comments"] if comment["kind"] == "comment"]


def voices(ticket: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the voice comments of a ticket."""
    return [comment["data"] for comment in ticket["comments"] if comment["kind"] == "voice_comment"]
