"""O3: the probe finds out how the account behaves, removes what it made, and the code follows its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from administration.doctor.probe import probing
from administration.doctor.probe.fact import Fact
from administration.doctor.probe.facts import BY_HAND, FACTS, PROBED
from administration.doctor.probe.trial import MARK, Trial
from connect_zendesk.rules.assumptions import Assumptions
from local.stand_ins.zendesk import Options, Zendesk
from tests.functional.doctor.living import INTEGRATION, Living


def facts(*names: str) -> list[Fact]:
    found = [fact for fact in PROBED if fact.id in names]
    assert len(found) == len(names)
    return found


def test_all_as_the_stand_in_is(system: Living) -> None:
    done, said = system.run("--probe", "--yes")
    print(said)
    assert done
