"""O2: doctor looks at the stack that `make up` runs here, as it does at one on AWS."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator

import pytest

from administration.doctor import command
from administration.doctor import system as doctors_system
from administration.doctor.system import open_local_system
from administration.zendesk_setup import command as zendesk_setup
from administration.zendesk_setup import place
from administration.zendesk_setup.place import open_local_place
from local import running
from local.demo import morning as mornings
from local.desk.available import why_no_desk
from local.emulator.laptop import Laptop
from local.running import Listener

#: What the examples are made for: a number of two customers, no instance chosen.
ON_PURPOSE = {"instance-not-set": "warning", "phones-ambiguous": "note"}

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """What `make up` has, with the agent app where its libraries can be had; one that is up stays."""
    up_says = tmp_path_factory.mktemp("up") / "up.json"
    with (
        pytest.MonkeyPatch.context() as patch,
        Laptop(
            zendesk_world=mornings.world("zendesk"),
            connect_world=mornings.world("connect"),
            app_settings=mornings.app_settings(),
            agent_app=not why_no_desk(),
        ) as up,
    ):
        for module, name in ((running, "_STATE"), (doctors_system, "UP"), (place, "UP")):
            patch.setattr(module, name, up_says)
        with Listener(up):
            yield up


def findings() -> dict[str, str]:
    parser = ArgumentParser()
    said: list[str] = []
    command.add_arguments(parser)
    system = open_local_system(time.sleep)
    command.perform(parser.parse_args(["--local", "--json"]), system, say=said.append)
    return {finding["name"]: finding["severity"] for finding in json.loads(said[0])["findings"]}


def test_O2_the_laptops_stack_is_well_but_for_what_is_so_on_purpose(laptop: Laptop) -> None:
    assert laptop.connect_url
    assert findings() == ON_PURPOSE


def test_O2_set_up_finds_nothing_to_do_where_doctor_finds_nothing(laptop: Laptop) -> None:
    """Both take the agent app's address of this machine, and not that of the stack's output."""
    assert laptop.connect_url
    parser, said = ArgumentParser(), list[str]()
    zendesk_setup.add_arguments(parser)
    zendesk_setup.perform(parser.parse_args(["plan"]), open_local_place(), say=said.append, ask=None)
    assert said == ["Nothing to change."]


def test_O2_a_part_switched_off_by_hand_is_found(laptop: Laptop) -> None:
    system = open_local_system(time.sleep)
    lambda_, events = system.client("lambda"), system.client("events")
    (queue,) = (url for url in system.parts("AWS::SQS::Queue") if "TicketAttachment" in url)
    (rule,) = (name for name in system.parts("AWS::Events::Rule") if "TranscriptAttachmentFiles" in name)
    name = queue.rpartition("/")[2]
    (mapping,) = (
        each["UUID"]
        for each in lambda_.list_event_source_mappings()["EventSourceMappings"]
        if each["EventSourceArn"].endswith(name)
    )
    lambda_.update_event_source_mapping(UUID=mapping, Enabled=False)
    events.disable_rule(Name=rule)
    try:
        assert findings() == {**ON_PURPOSE, "queue-not-read": "fault", "rule-off": "fault"}
    finally:
        lambda_.update_event_source_mapping(UUID=mapping, Enabled=True)
        events.enable_rule(Name=rule)
    assert findings() == ON_PURPOSE


def test_O2_a_dead_letter_of_the_laptops_is_found(laptop: Laptop) -> None:
    laptop.put_records([b"no record"])
    laptop.wait_until_settled()
    assert findings() == {**ON_PURPOSE, "dead-letters": "fault"}
