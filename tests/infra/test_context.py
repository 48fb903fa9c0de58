"""What a deployment can choose, and how it is told that it chose wrong."""

import pytest

from infra.context import (
    DEFAULTS,
    LOG_RETENTION_DAYS,
    ContextError,
    DeploymentContext,
    place_problems,
    read_context,
)
from infra.meanings import MEANINGS
from infra.synth import configured_context

GOOD = {"zendesk_url": "https://acme.zendesk.com"}
BUS = "arn:aws:events:eu-west-2:111122223333:event-bus/zendesk-events"
INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/11111111-2222-3333-4444-555555555555"


def problems(**values: object) -> tuple[str, ...]:
    with pytest.raises(ContextError) as raised:
        read_context({**GOOD, **values})
    assert all(problem in str(raised.value) for problem in raised.value.problems)
    return raised.value.problems


def test_only_the_zendesk_address_has_to_be_set() -> None:
    assert read_context(GOOD) == DeploymentContext(
        zendesk_url="https://acme.zendesk.com",
        connect_instance_arn="",
        record_stream_arn="",
        record_stream_shards=1,
        associate_record_stream=False,
        agent_event_stream_arn="",
        voice_id_domain_id="",
        contact_buckets=(),
        contact_bucket_keys=(),
        zendesk_event_bus="",
        associate_flow_functions=False,
        flow_block_start="on_demand",
        flow_block_provisioned=1,
        sample_flow_queue_arn="",
        sample_flow_bot_alias_arn="",
        sample_flow_voice_function_arn="",
        forced_ticket_wait_seconds=300,
        contact_file_wait_seconds=600,
        background_concurrency=5,
        webhook_concurrency=10,
        agent_app=False,
        agent_app_concurrency=10,
        approve_zendesk_origin=True,
        tracing=False,
        log_retention_days=30,
        alarm_email="",
    )


def test_O1_cdk_json_chooses_nothing_so_that_a_release_replaces_it() -> None:
    assert [name for name in configured_context() if "@" not in name] == []


def test_every_value_has_a_default_and_a_sentence_that_explains_it() -> None:
    fields = DeploymentContext.__dataclass_fields__.keys()
    assert DEFAULTS.keys() == MEANINGS.keys() == fields
    assert not [meaning for meaning in MEANINGS.values() if meaning.endswith(".")]
    assert read_context({**DEFAULTS, **GOOD}) == read_context(GOOD)


def test_a_missing_zendesk_address_is_explained() -> None:
    with pytest.raises(ContextError) as raised:
        read_context({"zendesk_url": ""})
    assert str(raised.value) == (
        "A context value needs attention:\n\n"
        "  zendesk_url: is not set. It is the address at which your agents open Zendesk.\n"
        "    expected: https://<subdomain>.zendesk.com, lower case, without a path"
        " (on a laptop also http://localhost:<port> or http://127.0.0.1:<port>)\n"
        "    set it in deployment.toml (`make configure` writes it), or with -c zendesk_url=https://acme.zendesk.com"
    )


def test_all_problems_are_named_at_once() -> None:
    found = problems(zendesk_url="acme", background_concurrency=1, alarm_email="nobody")
    assert [problem.split(":")[0].strip() for problem in found] == [
        "zendesk_url", "background_concurrency", "alarm_email",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("zendesk_url", "http://acme.zendesk.com"),
        ("zendesk_url", "https://acme.zendesk.com/"),
        ("zendesk_url", "https://acme.zendesk.com.evil.example"),
        ("zendesk_url", "https://zendesk.com"),
        ("zendesk_url", "https://-acme.zendesk.com"),
        ("zendesk_url", "http://localhost"),
        ("zendesk_url", "https://acme.zendesk.com\nhttps://other.zendesk.com"),
        ("connect_instance_arn", "11111111-2222-3333-4444-555555555555"),
        ("connect_instance_arn", f"{INSTANCE}/agent/1"),
        ("record_stream_arn", "records"),
        ("record_stream_arn", "arn:aws:firehose:eu-west-2:111122223333:deliverystream/records"),
        ("record_stream_shards", "-1"),
        ("record_stream_shards", "one"),
        ("associate_record_stream", "yes"),
        ("associate_flow_functions", "maybe"),
        ("flow_block_start", "warm"),
        ("flow_block_provisioned", "0"),
        ("sample_flow_queue_arn", f"{INSTANCE}/contact-flow/66666666-7777-8888-9999-000000000000"),
        ("sample_flow_bot_alias_arn", "arn:aws:lex:eu-west-2:111122223333:bot/ABCDEFGHIJ"),
        ("sample_flow_voice_function_arn", "voice-biometrics"),
        ("forced_ticket_wait_seconds", "901"),
        ("forced_ticket_wait_seconds", "1.5"),
        ("forced_ticket_wait_seconds", ""),
        ("background_concurrency", "1"),
        ("background_concurrency", "1001"),
        ("background_concurrency", ["5"]),
        ("webhook_concurrency", "-1"),
        ("webhook_concurrency", "1001"),
        ("log_retention_days", "31"),
        ("alarm_email", "operations@example"),
        ("zendesk_event_bus", "zendesk events"),
        ("zendesk_event_bus", "arn:aws:sqs:eu-west-2:111122223333:events"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected_and_where(name: str, value: object) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"  {name}: is ")
    assert "\n    expected: " in problem
    assert f"\n    set it in deployment.toml (`make configure` writes it), or with -c {name}=" in problem


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("zendesk_url", "https://acme-2.zendesk.com", "https://acme-2.zendesk.com"),
        ("zendesk_url", "http://127.0.0.1:8123", "http://127.0.0.1:8123"),
        ("zendesk_url", "http://localhost:8123", "http://localhost:8123"),
        ("zendesk_url", " https://acme.zendesk.com ", "https://acme.zendesk.com"),
        ("connect_instance_arn", INSTANCE, INSTANCE),
        ("record_stream_arn", "arn:aws-us-gov:kinesis:us-gov-west-1:111122223333:stream/a.b-c",
         "arn:aws-us-gov:kinesis:us-gov-west-1:111122223333:stream/a.b-c"),
        ("record_stream_shards", "0", 0),
        ("associate_record_stream", False, False),
        ("forced_ticket_wait_seconds", 900, 900),
        ("background_concurrency", "1000", 1000),
        ("webhook_concurrency", "0", 0),
        ("webhook_concurrency", 25, 25),
        ("zendesk_event_bus", BUS, BUS),
        ("zendesk_event_bus", "aws.partner/zendesk.com/9242270/default",
         "aws.partner/zendesk.com/9242270/default"),
        ("alarm_email", "operations+zendesk@example.co.uk", "operations+zendesk@example.co.uk"),
        *(("log_retention_days", days, days) for days in LOG_RETENTION_DAYS),
    ],
)  # fmt: skip
def test_a_right_value_is_taken_from_the_file_or_the_command_line(
    name: str, value: object, meaning: object
) -> None:
    assert getattr(read_context({**GOOD, name: value}), name) == meaning


def test_a_misspelt_name_is_noticed() -> None:
    (problem,) = problems(zendesk_ulr="https://acme.zendesk.com")
    assert "zendesk_ulr: is not a context value of this app. Did you mean zendesk_url?" in problem


def test_entries_of_the_cdk_itself_are_passed_over() -> None:
    read_context({**GOOD, "@aws-cdk/core:x": True, "aws:cdk:y": [], "acknowledged-issue-numbers": [1]})


def test_associating_functions_needs_an_instance() -> None:
    (problem,) = problems(associate_flow_functions="true")
    assert problem.startswith("  connect_instance_arn: is not set, and associate_flow_functions (true)")
    assert "with -c connect_instance_arn=arn:aws:connect:" in problem
    (both,) = problems(associate_flow_functions="true", associate_record_stream="true")
    assert "associate_record_stream and associate_flow_functions (true)" in both
    good = {**GOOD, "associate_flow_functions": "true", "connect_instance_arn": INSTANCE}
    assert read_context(good).associate_flow_functions


def test_F4_sample_flows_need_a_queue_of_the_instance() -> None:
    queue = f"{INSTANCE}/queue/66666666-7777-8888-9999-000000000000"
    for instance in ("", INSTANCE.replace("1111", "2222", 1)):
        (problem,) = problems(sample_flow_queue_arn=queue, connect_instance_arn=instance)
        assert "it is no queue of the instance that connect_instance_arn names" in problem
    voice = "arn:aws:lambda:eu-west-2:111122223333:function:voice"
    (problem,) = problems(sample_flow_voice_function_arn=voice)
    assert "sample_flow_queue_arn: is empty, but sample_flow_voice_function_arn" in problem
    good = {**GOOD, "sample_flow_queue_arn": queue, "connect_instance_arn": INSTANCE}
    assert read_context(good).sample_flow_queue_arn == queue


def test_associating_needs_an_instance_and_a_stream_made_here() -> None:
    (problem,) = problems(associate_record_stream="true")
    assert problem.startswith("  connect_instance_arn: is not set, and associate_record_stream (true)")
    stream = "arn:aws:kinesis:eu-west-2:111122223333:stream/records"
    (problem,) = problems(
        associate_record_stream="true", connect_instance_arn=INSTANCE, record_stream_arn=stream
    )
    assert "record_stream_arn names a stream that is not made here" in problem
    assert "-c associate_record_stream=false" in problem
    assert read_context(
        {**GOOD, "associate_record_stream": "true", "connect_instance_arn": INSTANCE}
    ).associate_record_stream


def test_streams_are_in_the_region_of_their_instance() -> None:
    elsewhere = "arn:aws:kinesis:us-east-1:111122223333:stream/records"
    (problem,) = problems(connect_instance_arn=INSTANCE, record_stream_arn=elsewhere)
    assert "record_stream_arn: is in us-east-1, and connect_instance_arn in eu-west-2." in problem


def test_a_deployment_elsewhere_than_its_instance_is_noticed_before_it_begins() -> None:
    context = read_context({**GOOD, "connect_instance_arn": INSTANCE})
    (region,) = place_problems(context, "111122223333", "us-east-1")
    assert "connect_instance_arn: is in eu-west-2, and the deployment goes to us-east-1" in region
    assert "set AWS_REGION=eu-west-2" in region
    (account,) = place_problems(context, "444455556666", "eu-west-2")
    assert "of the account 111122223333, and the credentials are for 444455556666" in account
    assert place_problems(context, "111122223333", "eu-west-2") == []
    assert place_problems(context, "", "") == []
