"""The stories that the demo plays: contacts from the flow to their end, and what agents see.

They are told in `events/stories`, and what comes of them in `events/stories.toml`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connect_zendesk.workflows.open_ticket import external_id
from connect_zendesk.zendesk.tickets import METADATA
from local.demo.morning import EVENTS
from local.emulator.laptop import Laptop
from local.playing import play
from local.replay.events import Event
from local.replay.reading import read as read_events
from local.zendesk import Zendesk

_NEW = "new"


@dataclass(frozen=True)
class Outcome:
    """What comes of one contact of a story: the rule, the ticket, and how much was written there.

    ``ticket`` is ``new``, ``none``, or the number of a ticket that exists; ``requester`` a user's name, or
    the number of one made for the contact.
    """

    id: str
    rule: str
    ticket: int | str
    requester: str
    comments: int
    voice: int


@dataclass(frozen=True)
class Story:
    """A story: its file, what it is about, what comes of its contacts, and what agents are shown."""

    file: str
    about: str
    requests: int
    contacts: tuple[Outcome, ...]
    pops: tuple[str, ...] = ()

    @property
    def events(self) -> list[Event]:
        """The events, in the order in which they happen."""
        return read_events(EVENTS / "stories" / f"{self.file}.jsonl")


@dataclass(frozen=True)
class Told:
    """A story as it was played: what was seen, and what of it differs from what was expected."""

    story: Story
    contacts: tuple[Outcome, ...]
    pops: tuple[str, ...]
    requests: int
    differences: tuple[str, ...] = field(default=())


def read() -> tuple[Story, ...]:
    """Return the stories as `events/stories.toml` tells them."""
    script = tomllib.loads((EVENTS / "stories.toml").read_text(encoding="utf-8"))
    return tuple(
        Story(
            file=entry["file"],
            about=entry["about"],
            requests=entry["requests"],
            contacts=tuple(Outcome(**contact) for contact in entry["contact"]),
            pops=tuple(entry.get("pops", ())),
        )
        for entry in script["story"]
    )


def tell(laptop: Laptop, story: Story) -> Told:
    """Play a story on a laptop. Raises NotPlayed and NotSettledError."""
    pops, requests = len(laptop.zendesk.pops), _requests(laptop)
    play(laptop, story.events)
    contacts, shown = seen(laptop.zendesk, story, pops)
    return check(Told(story, contacts, shown, _requests(laptop) - requests))


def seen(zendesk: Zendesk, story: Story, pops: int = 0) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """Return what came of a story's contacts, and what agents were shown but for the first ``pops``."""
    tickets, users = zendesk.tickets(), {user["id"]: user for user in zendesk.users()}
    contacts = tuple(_outcome(expected.id, tickets, users) for expected in story.contacts)
    return contacts, tuple(_pop(pop, tickets, users, story) for pop in zendesk.pops[pops:])


def check(told: Told) -> Told:
    """Hold what was seen against what was expected."""
    story, wrong = told.story, list[str]()
    for expected, seen in zip(story.contacts, told.contacts, strict=True):
        wrong += [
            f"{name} {getattr(expected, name)} expected"
            for name in ("rule", "ticket", "requester", "comments", "voice")
            if getattr(expected, name) != getattr(seen, name)
        ]
    if story.pops != told.pops:
        wrong.append(f"pops expected: {'; '.join(story.pops)}")
    if story.requests != told.requests:
        wrong.append(f"{story.requests} requests expected")
    return Told(story, told.contacts, told.pops, told.requests, tuple(wrong))


def _outcome(
    contact: str, tickets: Sequence[Mapping[str, Any]], users: Mapping[int, Mapping[str, Any]]
) -> Outcome:
    """Return what came of a contact, from the metadata of the tickets' audits and from their comments.

    Comments are counted where they name one of the contact's legs; a note to the agent tells of none.
    """
    for ticket in tickets:
        told = [(custom or {}).get(METADATA) or {} for custom in ticket["metadata"]]
        ours = [entry for entry in told if entry.get("contact") == contact and "leg" in entry]
        if not ours:
            continue
        legs = {entry["leg"] for entry in ours}
        comments = [c for c in ticket["comments"] if c["kind"] == "comment" and not c["public"]]
        requester = users[ticket["requester_id"]]
        return Outcome(
            contact,
            ours[-1]["rule"],
            _NEW if ticket["external_id"] == external_id(contact) else ticket["id"],
            requester["name"],
            sum(any(leg in comment["body"] for leg in legs) for comment in comments),
            sum(entry["step"].rpartition("voice#")[1] == "voice#" for entry in ours),
        )
    return Outcome(contact, "", "none", "", 0, 0)


def _pop(
    pop: Mapping[str, Any],
    tickets: Sequence[Mapping[str, Any]],
    users: Mapping[int, Mapping[str, Any]],
    story: Story,
) -> str:
    agent = users[pop["agent"]]["name"]
    if "user" in pop:
        return f"{agent}: user {users[pop['user']]['name']}"
    made = {external_id(contact.id) for contact in story.contacts}
    new = any(ticket["id"] == pop["ticket"] and ticket["external_id"] in made for ticket in tickets)
    return f"{agent}: {'its new ticket' if new else 'ticket ' + str(pop['ticket'])}"


def _requests(laptop: Laptop) -> int:
    return sum(count for name, count in laptop.zendesk.requests.items() if name != "POST /oauth/tokens")
