"""The demo's stories in this process: what comes of each contact, and what each agent is shown."""

from collections import Counter
from dataclasses import replace

import pytest

from connect_zendesk.rules.settings import app_settings
from local.demo import morning as mornings
from local.demo import stories
from local.demo.stories import Played, Story
from local.replay.clock import VirtualClock
from local.replay.events import Event
from local.replay.in_process import InProcess

STORIES = stories.read()


def played(story: Story, events: list[Event] | None = None) -> InProcess:
    """Play a story in this process, or other events in its world."""
    settings, problems = app_settings.read({**mornings.app_settings(), **story.settings})
    assert not problems
    stack = InProcess(
        zendesk_world=mornings.world("zendesk"),
        connect_world=mornings.world("connect"),
        app_settings=settings,
        clock=VirtualClock(min(event.at for event in story.events if event.at)),
    )
    assert stack.set_up_zendesk()
    stack.play(story.events if events is None else events)
    return stack


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.file)
def test_a_story_ends_as_it_says(story: Story) -> None:
    stack = played(story)
    assert stories.seen(stack.zendesk, stack.connect, story) == story.expected
    assert stack.messages.dead_letters == []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.file)
def test_T14_a_story_whose_every_event_comes_twice_ends_alike(story: Story) -> None:
    twice = [event for event in story.events for _ in range(2)]
    once, again = played(story), played(story, twice)
    seen = [stories.seen(stack.zendesk, stack.connect, story) for stack in (once, again)]
    assert seen[0] == seen[1]


def test_no_two_stories_tell_of_the_same_contact() -> None:
    # They are played one after another on one stack, which would take it for one contact.
    ids = [{each.id for each in story.expected.contacts} for story in STORIES if not story.folder]
    assert len(set().union(*ids)) == sum(map(len, ids))


def test_the_check_notices_another_outcome() -> None:
    story = STORIES[0]
    told = Played(story, story.expected, story.requests or 0)
    assert stories.check(told).differences == ()
    (contact,) = story.expected.contacts
    for wrong in (
        {"contacts": (replace(contact, rule="T5"),)},
        {"contacts": (replace(contact, ticket=4001),)},
        {"contacts": (replace(contact, comments=0),)},
        {"contacts": (replace(contact, files=1),)},
        {"pops": ()},
        {"tasks": ("Zendesk-1",)},
        {"users": {"Ana Silva": {"voice_authentication_status": "ENROLLED"}}},
    ):
        assert stories.check(replace(told, seen=replace(story.expected, **wrong))).differences
    assert stories.check(replace(told, requests=0)).differences


def test_each_file_may_cost_one_more_request_where_two_containers_look_at_it_at_once() -> None:
    (story,) = (each for each in STORIES if each.file == "chat-transcripts")
    assert story.requests is not None
    files = sum(contact.files for contact in story.expected.contacts)
    differences = [
        stories.check(Played(story, story.expected, story.requests + more)).differences
        for more in (-1, 0, files, files + 1)
    ]
    assert [bool(each) for each in differences] == [True, False, False, True]


def test_what_an_update_costs_that_met_another_one_is_not_counted() -> None:
    audits, put = "GET /api/v2/tickets/{id}/audits", "PUT /api/v2/tickets/{id}"
    once = Counter({"GET /api/v2/tickets/{id}": 1, put: 1, "POST /oauth/tokens": 5})
    met = once + Counter({"GET /api/v2/tickets/{id}": 1, put: 1, audits: 1})
    assert [stories.requests_of(counts) for counts in (once, met)] == [2, 2]
    assert stories.requests_of(once + Counter({put: 1})) == 3
