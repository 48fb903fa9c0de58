"""The demo's morning and stories on the emulator, deployed from the synthesised template."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from local.demo import morning as mornings
from local.demo import stories
from local.demo.check import Seen, other_differences, rows
from local.emulator.laptop import Laptop
from tests.waiting import LONGEST

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def laptop() -> Iterator[Laptop]:
    with Laptop(
        zendesk_world=mornings.world("zendesk"),
        connect_world=mornings.world("connect"),
        app_settings=mornings.app_settings(),
    ) as up:
        for wave in mornings.read().waves():
            up.put_records(wave)
            up.wait_until_settled(timeout=300)
        yield up


@pytest.fixture(scope="module")
def seen(laptop: Laptop) -> Seen:
    return Seen(
        laptop.zendesk.tickets(),
        laptop.zendesk.users(),
        [line.content for line in laptop.logs() if line.content],
        [letter.reason for letter in laptop.dead_letters()],
    )


def test_every_contact_of_the_morning_ends_as_the_specification_says(seen: Seen) -> None:
    morning = mornings.read()
    differences = {row.contact.about: row.differences for row in rows(morning, seen) if row.differences}
    assert differences == {}
    assert other_differences(morning, seen) == []


def test_every_story_ends_as_it_says(laptop: Laptop, seen: Seen) -> None:
    """After the morning has been looked at: agents are known by then, which the requests count on."""
    played = list(stories.play_all(laptop))
    assert {each.story.file: each.differences for each in played if each.differences} == {}


def test_the_check_notices_another_outcome(seen: Seen) -> None:
    morning = mornings.read()
    known, *others = morning.contacts
    for wrong in (
        replace(known, rule="T5"),
        replace(known, ticket="none"),
        replace(known, requester="Ben Okafor"),
        replace(known, comments=2),
        replace(known, voice=0),
        replace(known, requests=99),
    ):
        assert rows(replace(morning, contacts=(wrong,)), seen)[0].differences
    assert other_differences(replace(morning, contacts=tuple(others)), seen)
    assert other_differences(replace(morning, dead_letters=()), seen)


def test_only_the_archive_is_taken_out_of_the_template(laptop: Laptop) -> None:
    assert {taken.type for taken in laptop.stack.taken_out} == {"AWS::Events::Archive"}


def test_functions_are_pointed_at_every_stand_in(laptop: Laptop) -> None:
    stand_ins = {f"AWS_ENDPOINT_URL_{name}" for name in ("CONNECT", "VOICE_ID", "TRANSCRIBE", "COMPREHEND")}
    for name in laptop.stack.functions.values():
        configuration = laptop.clients.functions.get_function_configuration(FunctionName=name)
        variables = configuration["Environment"]["Variables"]
        assert stand_ins <= variables.keys()
    session = requests.Session()
    session.trust_env = False
    for variable in stand_ins:
        answer = session.get(f"{variables[variable]}/_stand_in/snapshot", timeout=LONGEST)
        assert "requests" in answer.json()


def test_dead_letters_hold_what_had_come(laptop: Laptop) -> None:
    data = {letter.reason: letter.data for letter in laptop.dead_letters()}
    assert data["not JSON"] == mornings.record("not-json").decode()


def test_no_customer_is_named_in_a_log(laptop: Laptop) -> None:
    text = "\n".join(line.text for line in laptop.logs())
    assert "decided" in text
    for personal in ("Silva", "2071838750", "1632960201", "Müller", "zoe@example.com", "secret-token"):
        assert personal not in text
