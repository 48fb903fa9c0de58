"""Callers' voice authentication: what brings it to its worker, and what each function may do for it."""

from __future__ import annotations

import pytest

from tests.infra.conftest import INSTANCE, Synthesise, Synthesised
from tests.infra.test_functions import actions, arn_of, resources_for

pytestmark = pytest.mark.xdist_group("synthesis")

FOLDER = "voice_id_sync"
EVALUATING = (("ticket_creation", "from_contact_event"), ("ticket_creation", "from_contact_record"))
DOMAIN = "AbCdEfGhIjKlMnOpQrStUv"


@pytest.fixture(scope="module")
def with_domain(synthesise: Synthesise) -> Synthesised:
    """An instance that still has a Voice ID domain."""
    return synthesise(connect_instance_arn=INSTANCE, voice_id_domain_id=DOMAIN)


def test_records_and_links_go_from_the_bus_to_a_queue_of_their_own(made: Synthesised) -> None:
    rules = [
        rule["Properties"]
        for rule in made.of_type("AWS::Events::Rule").values()
        if rule["Properties"]["Targets"][0]["Arn"] == {"Fn::GetAtt": [made.queue_of(FOLDER), "Arn"]}
    ]
    waits = [{"authentication": [True]}, {"authentication": [{"exists": False}]}]
    kinds = ["Ticket Linked", "No Ticket Linked"]
    linked: dict[str, object] = {"detail-type": kinds, "detail": {"$or": waits}}
    asked: list[dict[str, object]] = [{"detail-type": ["Voice Record"]}, linked]
    patterns = [{"source": ["connect-zendesk"], **pattern} for pattern in asked]
    assert sorted((rule["EventPattern"] for rule in rules), key=str) == sorted(patterns, key=str)
    for rule in rules:
        assert "DeadLetters" in rule["Targets"][0]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
    assert made.template["Outputs"]["AuthenticationQueueUrl"]["Value"] == {"Ref": made.queue_of(FOLDER)}


def test_the_worker_takes_its_own_queue_and_waits_out_an_outage(imported: Synthesised) -> None:
    function, mapping = imported.function(FOLDER), imported.mapping(FOLDER)["Properties"]
    assert (function["Handler"], function["Timeout"]) == ("from_queue.handler", 30)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 17}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = imported.of_type("AWS::SQS::Queue")[imported.queue_of(FOLDER)]["Properties"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 1000
    received = resources_for(imported.statements(FOLDER), "sqs:ReceiveMessage")
    assert received == [{"Fn::GetAtt": [imported.queue_of(FOLDER), "Arn"]}]


def test_the_worker_may_ask_for_updates_of_customers_and_give_up_and_no_more(imported: Synthesised) -> None:
    statements = imported.statements(FOLDER)
    queues = [arn_of(imported, "AWS::SQS::Queue", name) for name in ("Customers", "DeadLetters")]
    sent_to = resources_for(statements, "sqs:SendMessage")
    assert sorted(sent_to, key=str) == sorted(queues, key=str)
    assert resources_for(statements, "events:PutEvents") == []
    assert not {action for action in actions(statements) if action.startswith(("connect:", "voiceid:"))}


@pytest.mark.parametrize("function", [(FOLDER,), *EVALUATING])
def test_V2_without_a_domain_nobody_may_ask_voice_id_or_set_attributes(
    imported: Synthesised, function: tuple[str, ...]
) -> None:
    taken = actions(imported.statements(*function))
    assert not {action for action in taken if action.startswith("voiceid:")}
    assert "connect:UpdateContactAttributes" not in taken
    assert "VOICE_ID_DOMAIN_ID" not in imported.function(*function)["Environment"]["Variables"]


def test_V2_with_a_domain_its_speakers_may_be_asked_for(with_domain: Synthesised) -> None:
    statements = with_domain.statements(FOLDER)
    (domain,) = resources_for(statements, "voiceid:DescribeSpeaker")
    assert str(domain).endswith(f":domain/{DOMAIN}']]}}")
    assert resources_for(statements, "voiceid:EvaluateSession") == []
    assert with_domain.function(FOLDER)["Environment"]["Variables"]["VOICE_ID_DOMAIN_ID"] == DOMAIN


@pytest.mark.parametrize("function", EVALUATING)
def test_V4_with_a_domain_sessions_may_be_evaluated_and_the_result_left_with_the_contact(
    with_domain: Synthesised, function: tuple[str, ...]
) -> None:
    statements = with_domain.statements(*function)
    (domain,) = resources_for(statements, "voiceid:EvaluateSession")
    assert f"domain/{DOMAIN}" in str(domain)
    assert resources_for(statements, "connect:UpdateContactAttributes") == [
        INSTANCE,
        f"{INSTANCE}/contact/*",
    ]
    assert with_domain.function(*function)["Environment"]["Variables"]["VOICE_ID_DOMAIN_ID"] == DOMAIN


def test_V4_of_any_instance_where_none_is_named(synthesise: Synthesise) -> None:
    template = synthesise(voice_id_domain_id=DOMAIN)
    (any_instance,) = resources_for(template.statements(*EVALUATING[0]), "connect:UpdateContactAttributes")
    assert "instance/*" in str(any_instance)


def test_V5_a_field_that_zendesk_does_not_have_has_its_alarm(made: Synthesised) -> None:
    (alarm,) = [
        alarm["Properties"]
        for name, alarm in made.of_type("AWS::CloudWatch::Alarm").items()
        if "UserFieldsNotFound" in name
    ]
    assert alarm["MetricName"] == "UserFieldNotFound"
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "customer_update"}]


@pytest.mark.parametrize("name", ["AuthenticationsDelayed", "VoiceIdSyncErrors", "VoiceIdSyncThrottles"])
def test_what_waits_fails_or_is_throttled_has_its_alarm(made: Synthesised, name: str) -> None:
    assert any(name in alarm for alarm in made.of_type("AWS::CloudWatch::Alarm"))
