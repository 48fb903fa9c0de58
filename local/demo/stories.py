"""The stories that the demo plays: contacts from the flow to their end, and what agents see.

They are in `events/stories`, and what comes of them in `events/stories.toml`.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connect_zendesk.workflows.tickets.open_ticket import external_id
from connect_zendesk.zendesk.tickets import METADATA
from local.demo.morning import EVENTS, app_settings
from local.emulator.laptop import Laptop
from local.playing import play
from local.replay.events import Event
from local.replay.outcome import leg_of_call, task_name
from local.replay.reading import read as read_events
from local.stand_ins.amazon_connect import AmazonConnect
from local.stand_ins.zendesk import Zendesk

_NEW = "new"


#: Requests that an update costs more where it met another one.
_CONFLICT = 3


@dataclass(frozen=True)
class Outcome:
    """What comes of one contact of a story: the rule, the ticket, and how much was written there.

    ``ticket`` is ``new``, ``none``, or the number of a ticket that exists; ``requester`` a user's name, or
    the number of one made for the contact. ``files``: how many of its transcripts and analyses are there;
    ``calls``: how many calls were put there through the Calls API (M5).
    ``given`` has what rules gave the ticket (T17): properties by name, ticket fields by id.
    """

    id: str
    rule: str
    ticket: int | str
    requester: str
    comments: int
    voice: int
    files: int = 0
    calls: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What comes of a story: its contacts, what agents are shown, tasks that are made, fields of users.

    ``tasks`` are names; ``users`` has, by a user's name, the fields that the story is about.
    """

    contacts: tuple[Outcome, ...]
    pops: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    users: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """A story: its file in a folder of `events`, what it is about, and what is expected to come of it.

    ``settings`` are the app settings that it takes beside those of the demo. ``requests`` is None where how
    many there are depends on what happens at the same time.
    """

    file: str
    about: str
    requests: int | None
    expected: Seen
    folder: str = "stories"
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def events(self) -> list[Event]:
        """The events, in the order in which they happen."""
        return read_events(EVENTS / self.folder / f"{self.file}.jsonl")


@dataclass(frozen=True)
class Played:
    """A story as it was played: what was seen, and what of it differs from what was expected."""

    story: Story
    seen: Seen
    requests: int
    differences: tuple[str, ...] = field(default=())


def read() -> tuple[Story, ...]:
    """Return the stories as `events/stories.toml` has them."""
    script = tomllib.loads((EVENTS / "stories.toml").read_text(encoding="utf-8"))
    return tuple(_story(entry) for entry in script["story"])


def _story(entry: Mapping[str, Any]) -> Story:
    expected = Seen(
        contacts=tuple(Outcome(**contact) for contact in entry["contact"]),
        pops=tuple(entry.get("pops", ())),
        tasks=tuple(entry.get("tasks", ())),
        users=entry.get("users", {}),
    )
    optional = {name: entry[name] for name in ("folder", "settings") if name in entry}
    return Story(entry["file"], entry["about"], entry.get("requests"), expected, **optional)


def play_all(laptop: Laptop, begun: Callable[[Story], None] = lambda _story: None) -> Iterator[Played]:
    """Play the stories one after another, each with its app settings. Raises what `play_story` does.

    ``begun`` is called with each before it is played.
    """
    live = app_settings()
    for story in read():
        begun(story)
        if (wanted := {**app_settings(), **story.settings}) != live:
            laptop.put_app_settings(wanted)
            live = wanted
        yield play_story(laptop, story)
    if live != app_settings():
        laptop.put_app_settings(app_settings())


def play_story(laptop: Laptop, story: Story) -> Played:
    """Play a story on a laptop. Raises NotPlayed and NotSettledError."""
    pops, tasks, requests = (
        len(laptop.zendesk.pops),
        len(_tasks(laptop.connect)),
        requests_of(laptop.zendesk.requests),
    )
    play(laptop, story.events)
    found = seen(laptop.zendesk, laptop.connect, story, pops, tasks)
    return check(Played(story, found, requests_of(laptop.zendesk.requests) - requests))


def seen(zendesk: Zendesk, connect: AmazonConnect, story: Story, pops: int = 0, tasks: int = 0) -> Seen:
    """Return what came of a story, but for the first ``pops`` and ``tasks``."""
    tickets, users = zendesk.tickets(), {user["id"]: user for user in zendesk.users()}
    by_name = {user["name"]: user["user_fields"] for user in users.values()}
    return Seen(
        contacts=tuple(_outcome(expected, tickets, users) for expected in story.expected.contacts),
        pops=tuple(_pop(pop, tickets, users, story) for pop in zendesk.pops[pops:]),
        tasks=_tasks(connect)[tasks:],
        users={
            name: {key: by_name.get(name, {}).get(key) for key in fields}
            for name, fields in story.expected.users.items()
        },
    )


def check(played: Played) -> Played:
    """Hold what was seen against what was expected."""
    expected, seen, wrong = played.story.expected, played.seen, list[str]()
    for contact, other in zip(expected.contacts, seen.contacts, strict=True):
        wrong += [
            f"{name} {getattr(contact, name)} expected, not {getattr(other, name)}"
            for name in ("rule", "ticket", "requester", "comments", "voice", "files", "calls", "given")
            if getattr(contact, name) != getattr(other, name)
        ]
    if expected.pops != seen.pops:
        wrong.append(f"pops expected: {'; '.join(expected.pops)}")
    if expected.tasks != seen.tasks:
        wrong.append(f"tasks expected: {', '.join(expected.tasks)}, not {', '.join(seen.tasks)}")
    if expected.users != seen.users:
        wrong.append(f"users expected: {expected.users}, not {seen.users}")
    if (least := played.story.requests) is not None:
        # A file is announced by its object and by its record: two containers at it both read its ticket.
        most = least + sum(contact.files for contact in expected.contacts)
        if not least <= played.requests <= most:
            wrong.append(f"{_span(least, most)} requests expected, not {played.requests}")
    return replace(played, differences=tuple(wrong))


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"


def _tasks(connect: AmazonConnect) -> tuple[str, ...]:
    """Return the names of the tasks that were started, in their order."""
    return tuple(map(task_name, connect.tasks()))


def _outcome(
    expected: Outcome, tickets: Sequence[Mapping[str, Any]], users: Mapping[int, Mapping[str, Any]]
) -> Outcome:
    """Return what came of a contact, from the metadata of the tickets' audits and from their comments.

    Comments are counted where they name one of the contact's legs; a note to the agent names none.
    """
    contact = expected.id
    for ticket in tickets:
        entries = [(custom or {}).get(METADATA) or {} for custom in ticket["metadata"]]
        ours = [entry for entry in entries if entry.get("contact") == contact and "leg" in entry]
        if not ours:
            continue
        legs = {entry["leg"] for entry in ours}
        comments = [c for c in ticket["comments"] if c["kind"] == "comment" and not c["public"]]
        requester = users[ticket["requester_id"]]
        return Outcome(
            contact,
            next(entry["rule"] for entry in reversed(ours) if "rule" in entry),
            _NEW if ticket["external_id"] == external_id(contact) else ticket["id"],
            requester["name"],
            sum(any(leg in comment["body"] for leg in legs) for comment in comments),
            sum("voice#" in entry["step"] for entry in ours),
            sum(entry["step"].startswith("file#") for entry in ours),
            sum(leg_of_call(comment) in legs for comment in ticket["comments"]),
            {name: _given(ticket, name) for name in expected.given},
        )
    return Outcome(contact, "", "none", "", 0, 0)


def _given(ticket: Mapping[str, Any], name: str) -> Any:
    """Return a property of a ticket, or a ticket field's value by the field's id."""
    fields = {str(each["id"]): each["value"] for each in ticket["custom_fields"]}
    value = fields[name] if name in fields else ticket.get(name)
    return "none" if value is None else value


def _pop(
    pop: Mapping[str, Any],
    tickets: Sequence[Mapping[str, Any]],
    users: Mapping[int, Mapping[str, Any]],
    story: Story,
) -> str:
    agent = users[pop["agent"]]["name"]
    if "user" in pop:
        return f"{agent}: user {users[pop['user']]['name']}"
    made = {external_id(contact.id) for contact in story.expected.contacts}
    new = any(ticket["id"] == pop["ticket"] and ticket["external_id"] in made for ticket in tickets)
    return f"{agent}: {'its new ticket' if new else 'ticket ' + str(pop['ticket'])}"


def requests_of(sent: Mapping[str, int]) -> int:
    """Return how many requests there were, by their counts, but for those of tokens and of conflicts.

    Whether two updates of a ticket meet is chance. The one that is refused was a request, and makes two more
    before it is tried again: the ticket, and its audits (T14), which are read for nothing else here.
    """
    conflicts = sent.get("GET /api/v2/tickets/{id}/audits", 0)
    return sum(sent.values()) - sent.get("POST /oauth/tokens", 0) - _CONFLICT * conflicts
