"""Which Zendesk event becomes a task (K1, K4): every case, and every row of the tables is needed."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from connect_zendesk.rules.settings.task_rules import Conditions
from connect_zendesk.rules.ticket_events import EVENTS
from connect_zendesk.rules.zendesk_events import task_decision as task
from connect_zendesk.rules.zendesk_events.task_decision import CONDITIONS, NEVER, decide
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent
from tests.unit.rules.cases_k1_to_k4 import CASES, Case, event, expected_of, outcome_of, rule, settings_with


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    assert outcome_of(case) == expected_of(case)


def test_each_case_says_something_of_its_own() -> None:
    said = [case.says for case in CASES]
    assert len(said) == len(set(said))


def test_K1_every_condition_that_a_rule_can_set_is_looked_at() -> None:
    assert [condition.name for condition in CONDITIONS] == list(Conditions.__dataclass_fields__)


@pytest.mark.parametrize("kind", EVENTS)
def test_K1_a_rule_of_each_event_fits_that_one_alone(kind: str) -> None:
    settings = settings_with(rule(events=[kind]))
    made = [other for other in EVENTS if decide(event(other), settings).rule is not None]
    assert made == [kind]


def test_K3_an_event_that_went_over_the_bus_decides_alike() -> None:
    for case in CASES:
        sent = ZendeskEvent.of(json.loads(json.dumps(case.event.as_detail())))
        assert outcome_of(replace(case, event=sent)) == expected_of(case)


def _noticed() -> bool:
    return any(outcome_of(case) != expected_of(case) for case in CASES)


def test_the_cases_notice_nothing_where_nothing_is_wrong() -> None:
    assert not _noticed()


@pytest.mark.parametrize("number", range(len(CONDITIONS)), ids=[condition.name for condition in CONDITIONS])
def test_a_condition_that_is_left_out_or_does_the_nexts_work_is_noticed(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = CONDITIONS[:number] + CONDITIONS[number + 1 :]
    monkeypatch.setattr(task, "CONDITIONS", without)
    assert _noticed()
    following = CONDITIONS[(number + 1) % len(CONDITIONS)]
    mixed_up = [
        replace(each, mismatch=following.mismatch) if each is CONDITIONS[number] else each
        for each in CONDITIONS
    ]
    monkeypatch.setattr(task, "CONDITIONS", tuple(mixed_up))
    assert _noticed()


@pytest.mark.parametrize("number", range(len(NEVER)), ids=[never.why for never in NEVER])
def test_a_kind_of_event_that_makes_no_task_and_is_left_out_is_noticed(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "NEVER", NEVER[:number] + NEVER[number + 1 :])
    assert _noticed()


@pytest.mark.parametrize("number", range(len(NEVER)), ids=[never.why for never in NEVER])
def test_a_kind_of_event_that_is_never_or_always_seen_is_noticed(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: tuple[Callable[[ZendeskEvent], bool], ...] = (lambda _: False, lambda _: True)
    for applies in answers:
        changed = list(NEVER)
        changed[number] = replace(NEVER[number], applies=applies)
        monkeypatch.setattr(task, "NEVER", tuple(changed))
        assert _noticed()


def test_rules_that_change_places_decide_otherwise() -> None:
    first, second = rule("A", when={"priority": "high"}), rule("B")
    names = [decide(event(), settings_with(*rules)).rule for rules in ((first, second), (second, first))]
    assert [made.name for made in names if made] == ["A", "B"]


def test_no_reason_holds_what_somebody_wrote() -> None:
    secret = "Kilimanjaro"
    told = event(ticket={"subject": secret, "tags": (secret.lower(), "vip"), "external_id": secret})
    for when in ({"tags_any": "x"}, {"tags_all": "x"}, {"tags_none": "vip"}, {"status": "new"}):
        assert secret.lower() not in str(decide(told, settings_with(rule(when=when)))).lower()
