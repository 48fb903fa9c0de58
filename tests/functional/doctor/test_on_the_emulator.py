"""O2: doctor looks at the stack that `make up` runs here, as it does at one on AWS."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator

import pytest

from administration.doctor import command
from administration.doctor.system import open_local_system
from administration.zendesk_setup import command as zendesk_setup
from administration.zendesk_setup.place import open_local_place
from local.desk.available import why_no_desk
from local.emulator.laptop import Laptop
from local.running import Listener

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def laptop() -> Iterator[Laptop]:
    with Laptop(agent_app=not why_no_desk()) as up, Listener(up):
        yield up


def findings() -> dict[str, str]:
    parser = ArgumentParser()
    said: list[str] = []
    command.add_arguments(parser)
    system = open_local_system(time.sleep)
    command.perform(parser.parse_args(["--local", "--json"]), system, say=said.append)
    return {finding["name"]: finding["severity"] for finding in json.loads(said[0])["findings"]}


def test_O2_the_laptops_stack_is_well_but_for_the_instance_that_it_does_not_name(laptop: Laptop) -> None:
    assert laptop.connect_url
    assert findings() == {"instance-not-set": "warning"}


def test_O2_set_up_finds_nothing_to_do_where_doctor_finds_nothing(laptop: Laptop) -> None:
    """Both take the agent app's address of this machine, and not that of the stack's output."""
    assert laptop.connect_url
    parser, said = ArgumentParser(), list[str]()
    zendesk_setup.add_arguments(parser)
    zendesk_setup.perform(parser.parse_args(["plan"]), open_local_place(), say=said.append, ask=None)
    assert said == ["Nothing to change."]


def test_O2_a_dead_letter_of_the_laptops_is_found(laptop: Laptop) -> None:
    laptop.put_records([b"no record"])
    laptop.wait_until_settled()
    assert findings() == {"instance-not-set": "warning", "dead-letters": "fault"}
