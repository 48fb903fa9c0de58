"""Transcripts: what brings files to their worker, and how little of the buckets it may touch."""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest

from infra.context import ContextError, read_context
from tests.infra.conftest import INSTANCE, Synthesise, Synthesised
from tests.infra.test_functions import actions, resources_for

pytestmark = pytest.mark.xdist_group("synthesis")

FOLDER = "transcript_attachment"
KEY = "arn:aws:kms:eu-west-2:111122223333:key/11111111-2222-3333-4444-555555555555"
BUCKETS = ["amazon-connect-acme", "amazon-connect-chats"]


@pytest.fixture(scope="session")
def stored(synthesise: Synthesise) -> Synthesised:
    """Two buckets, one of them encrypted with a key of its own."""
    return synthesise(
        contact_buckets=" amazon-connect-acme, amazon-connect-chats ",
        contact_bucket_keys=KEY,
        connect_instance_arn=INSTANCE,
    )


def rules(template: Synthesised, detail_type: str) -> list[dict[str, Any]]:
    return [
        rule["Properties"]
        for rule in template.of_type("AWS::Events::Rule").values()
        if detail_type in rule["Properties"].get("EventPattern", {}).get("detail-type", ())
        and "Transcripts" in str(rule["Properties"]["Targets"])
    ]


def test_without_buckets_nothing_of_it_is_deployed(made: Synthesised) -> None:
    folders = {
        function["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for function in made.of_type("AWS::Lambda::Function").values()
        if "POWERTOOLS_SERVICE_NAME" in function["Properties"].get("Environment", {}).get("Variables", {})
    }
    assert FOLDER not in folders
    assert rules(made, "Object Created") == rules(made, "Ticket Linked") == []
    assert "TranscriptQueueUrl" not in made.template["Outputs"]
    assert "CONTACT_BUCKETS" not in made.function("ticket_creation")["Environment"]["Variables"]


@pytest.mark.parametrize(
    ("key", "starts"),
    [
        ("connect/acme/ChatTranscripts/2026/11/02/c1_20261102T09:00_UTC.json", True),
        ("Analysis/Voice/2026/11/02/c1_analysis_2026-11-02T09:00:30Z.json", True),
        ("Analysis/Voice/Redacted/2026/11/02/c1_analysis_redacted_2026-11-02T09:00:30Z.json", True),
        ("prefix/Analysis/Chat/Redacted/2026/11/02/c1_analysis_redacted_2026-11-02T09:00:30Z.json", True),
        ("Analysis/Voice/Redacted/2026/11/02/c1_call_recording_redacted_2026-11-02T09:00:30Z.wav", False),
        ("Analysis/Email/2026/11/02/c1_analysis_2026-11-02T09:00:30Z.json", False),
        ("connect/acme/CallRecordings/2026/11/02/c1_20261102T09:00_UTC.wav", False),
        ("connect/acme/CallRecordings/ivr/2026/11/02/c1_20261102T09:00_UTC.wav", False),
        ("connect/acme/Attachments/chat/2026/11/02/c1.json", False),
        ("connect/acme/ScreenRecordings/2026/11/02/c1.mp4", False),
        ("ContactEvaluations/2026/11/02/c1.json", False),
    ],
)
def test_only_transcripts_and_analyses_start_the_function(
    stored: Synthesised, key: str, starts: bool
) -> None:
    (rule,) = rules(stored, "Object Created")
    assert "EventBusName" not in rule  # the default bus, on which S3 tells
    pattern = rule["EventPattern"]
    assert pattern["source"] == ["aws.s3"]
    assert pattern["detail"]["bucket"]["name"] == BUCKETS
    wildcards = [match["wildcard"] for match in pattern["detail"]["object"]["key"]]
    assert any(fnmatch.fnmatchcase(key, wildcard) for wildcard in wildcards) is starts


def test_links_and_files_come_from_our_bus_to_the_same_queue(stored: Synthesised) -> None:
    (links,), (files,) = rules(stored, "Ticket Linked"), rules(stored, "Object Created")
    (own,) = rules(stored, "Contact File")
    ours: dict[str, object] = {"source": ["connect-zendesk"]}
    assert own["EventPattern"] == {**ours, "detail-type": ["Contact File", "Contact Files Expected"]}
    waits = [{"files": [True]}, {"files": [{"exists": False}]}]
    kinds = ["Ticket Linked", "No Ticket Linked"]
    assert links["EventPattern"] == {**ours, "detail-type": kinds, "detail": {"$or": waits}}
    for rule in (links, own, files):
        (target,) = rule["Targets"]
        assert target["Arn"]["Fn::GetAtt"][0] == stored.queue_of(FOLDER)
        assert "DeadLetters" in target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]


def test_one_file_at_a_time_with_room_and_time_for_a_long_one(stored: Synthesised) -> None:
    function, mapping = stored.function(FOLDER), stored.mapping(FOLDER)["Properties"]
    assert mapping["BatchSize"] == 1
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}
    assert (function["Timeout"], function["MemorySize"]) == (300, 1024)
    assert function["EphemeralStorage"] == {"Size": 1024}
    variables = function["Environment"]["Variables"]
    assert variables["LEASE_SECONDS"] == "360"
    assert variables["CONTACT_BUCKETS"] == ",".join(BUCKETS)
    assert variables["OWN_QUEUE_URL"] == {"Ref": stored.queue_of(FOLDER)}
    queue = stored.of_type("AWS::SQS::Queue")[stored.queue_of(FOLDER)]["Properties"]
    assert queue["VisibilityTimeout"] == 6 * 300
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 240


def test_the_function_that_settles_contacts_tells_of_files_in_these_buckets(stored: Synthesised) -> None:
    variables = stored.function("ticket_creation")["Environment"]["Variables"]
    assert variables["CONTACT_BUCKETS"] == ",".join(BUCKETS)


def test_the_worker_reads_transcripts_and_analyses_and_nothing_else_of_the_buckets(
    stored: Synthesised,
) -> None:
    statements = stored.statements(FOLDER)
    of_s3 = {action for action in actions(statements) if action.startswith("s3:")}
    assert of_s3 == {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"}
    for action in ("s3:GetObject", "s3:GetObjectVersion"):
        # Beside them, the results of speech analysis in the stack's own bucket: see test_speech_analysis.
        places = [str(arn) for arn in resources_for(statements, action) if "SpeechResults" not in str(arn)]
        assert {arn.partition(":s3:::")[2].rstrip("']}") for arn in places} == {
            f"{bucket}/{part}" for bucket in BUCKETS for part in ("*ChatTranscripts/*", "*Analysis/*")
        }
    (listing,) = [one for one in statements if "s3:ListBucket" in actions([one])]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["*ChatTranscripts/*", "*Analysis/*"]}}
    (decrypting,) = [one for one in statements if one["Resource"] == KEY]
    assert actions([decrypting]) == {"kms:Decrypt"}
    assert "s3." in str(decrypting["Condition"]["StringEquals"]["kms:ViaService"])


def test_the_worker_sends_to_nothing_but_the_bus_and_the_dead_letters(stored: Synthesised) -> None:
    statements = stored.statements(FOLDER)
    (sends,) = resources_for(statements, "sqs:SendMessage")
    assert "DeadLetters" in str(sends)
    assert resources_for(statements, "events:PutEvents") == [
        {"Fn::GetAtt": [next(iter(stored.of_type("AWS::Events::EventBus"))), "Arn"]}
    ]
    asks = {action for action in actions(statements) if action.startswith("connect:")}
    assert asks == {"connect:DescribeContact", "connect:DescribeInstance", "connect:DescribeUser"}


def test_it_has_its_alarms_and_its_place_in_the_outputs(stored: Synthesised) -> None:
    alarms = stored.of_type("AWS::CloudWatch::Alarm")
    assert {"Errors", "Throttles"} == {
        alarm["Properties"]["MetricName"] for id_, alarm in alarms.items() if "TranscriptAttachment" in id_
    }
    (waits,) = [alarm["Properties"] for id_, alarm in alarms.items() if "TranscriptsDelayed" in id_]
    assert waits["Threshold"] == 6 * 3600
    outputs = stored.template["Outputs"]
    assert outputs["TranscriptQueueUrl"]["Value"] == {"Ref": stored.queue_of(FOLDER)}
    assert outputs["ContactBuckets"]["Value"] == ",".join(BUCKETS)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"contact_buckets": "Acme"}, "not the name of a bucket"),
        ({"contact_buckets": "acme", "contact_bucket_keys": "alias/acme"}, "not the ARN of a KMS key"),
        ({"contact_bucket_keys": KEY}, "names keys of buckets"),
    ],
)
def test_what_cannot_be_a_bucket_or_its_key_is_refused(values: dict[str, str], problem: str) -> None:
    with pytest.raises(ContextError, match=problem):
        read_context({"zendesk_url": "https://acme.zendesk.com", **values})
