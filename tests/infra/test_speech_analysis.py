"""Speech analysis: a bucket of the stack's own, and roles that may do what is needed (X3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.conftest import INSTANCE, Synthesise, Synthesised
from tests.infra.test_functions import actions, resources_for

pytestmark = pytest.mark.xdist_group("synthesis")

FOLDER, ATTACHING = "speech_analysis", "transcript_attachment"
KEY = "arn:aws:kms:eu-west-2:111122223333:key/11111111-2222-3333-4444-555555555555"
BUCKETS = ["amazon-connect-acme", "amazon-connect-chats"]


@pytest.fixture(scope="session")
def stored(synthesise: Synthesise) -> Synthesised:
    """Two buckets, encrypted with a key of their own: the one that transcripts are tested with."""
    return synthesise(
        contact_buckets=" amazon-connect-acme, amazon-connect-chats ",
        contact_bucket_keys=KEY,
        connect_instance_arn=INSTANCE,
    )


def role_of_transcribe(template: Synthesised) -> tuple[str, dict[str, Any]]:
    (found,) = [
        (name, role["Properties"])
        for name, role in template.of_type("AWS::IAM::Role").items()
        if "transcribe.amazonaws.com" in json.dumps(role["Properties"]["AssumeRolePolicyDocument"])
    ]
    return found


def statements_of(template: Synthesised, role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in template.of_type("AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Properties"]["Roles"]
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def recordings(statements: list[dict[str, Any]]) -> set[str]:
    """The places in other buckets than the stack's that these statements let read."""
    read = (str(arn) for arn in resources_for(statements, "s3:GetObject"))
    return {arn.partition(":s3:::")[2].rstrip("']}") for arn in read if ":s3:::" in arn}


def test_without_buckets_nothing_of_it_is_deployed(made: Synthesised) -> None:
    assert made.of_type("AWS::S3::Bucket") == {}
    assert not any(folder == FOLDER for folder, _ in made.handlers())
    assert "transcribe:" not in json.dumps(made.template)
    assert "comprehend:" not in json.dumps(made.template)


def test_the_bucket_is_encrypted_private_emptied_after_a_week_and_reports_to_eventbridge(
    stored: Synthesised,
) -> None:
    bucket = stored.only("AWS::S3::Bucket")
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (7, "Enabled")
    assert "Prefix" not in rule
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert "VersioningConfiguration" not in bucket  # what is deleted is gone
    (policy,) = stored.of_type("AWS::S3::BucketPolicy").values()
    (refused,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (refused["Effect"], refused["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_amazon_transcribe_reads_recordings_writes_results_and_nothing_else(stored: Synthesised) -> None:
    name, role = role_of_transcribe(stored)
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "transcribe" in json.dumps(trusted["Condition"]["ArnLike"]["aws:SourceArn"])
    statements = statements_of(stored, name)
    assert actions(statements) == {"s3:GetObject", "s3:PutObject", "kms:Decrypt"}
    assert recordings(statements) == {f"{bucket}/*CallRecordings/*" for bucket in BUCKETS}
    (written,) = resources_for(statements, "s3:PutObject")
    assert "SpeechResults" in str(written)
    (decrypting,) = [each for each in statements if each["Action"] == "kms:Decrypt"]
    assert decrypting["Resource"] == KEY
    assert "kms:ViaService" in decrypting["Condition"]["StringEquals"]


def test_the_worker_starts_asks_for_and_deletes_jobs_and_passes_that_role_alone(stored: Synthesised) -> None:
    statements = stored.statements(FOLDER)
    jobs = {action for action in actions(statements) if action.startswith("transcribe:")}
    assert jobs == {
        f"transcribe:{does}{job}"
        for does in ("Start", "Get", "Delete")
        for job in ("CallAnalyticsJob", "TranscriptionJob")
    }
    (passing,) = [each for each in statements if each["Action"] == "iam:PassRole"]
    assert passing["Resource"] == {"Fn::GetAtt": [role_of_transcribe(stored)[0], "Arn"]}
    assert passing["Condition"]["StringEquals"] == {"iam:PassedToService": "transcribe.amazonaws.com"}
    assert recordings(statements) == {f"{bucket}/*CallRecordings/*" for bucket in BUCKETS}
    of_s3 = {action for action in actions(statements) if action.startswith("s3:")}
    assert of_s3 == {"s3:GetObject", "s3:DeleteObject"}
    assert "SpeechResults" in str(resources_for(statements, "s3:DeleteObject"))
    assert "secretsmanager:GetSecretValue" not in actions(statements)  # it does not ask Zendesk


def test_who_attaches_reads_results_and_asks_comprehend_and_never_reads_a_recording(
    stored: Synthesised,
) -> None:
    statements = stored.statements(ATTACHING)
    asked = {action for action in actions(statements) if action.startswith("comprehend:")}
    assert asked == {
        f"comprehend:BatchDetect{question}" for question in ("Sentiment", "KeyPhrases", "Entities")
    }
    assert not any("CallRecordings" in place for place in recordings(statements))
    assert "SpeechResults" in str(resources_for(statements, "s3:GetObject"))
    for folder, module in stored.handlers():
        if folder not in (FOLDER, ATTACHING):
            assert not {"transcribe", "comprehend"} & {
                action.partition(":")[0] for action in actions(stored.statements(folder, module))
            }


def test_results_of_our_own_bucket_and_failures_of_our_own_jobs_start_the_worker(stored: Synthesised) -> None:
    rules = [
        rule["Properties"]["EventPattern"]
        for rule in stored.of_type("AWS::Events::Rule").values()
        if stored.queue_of(FOLDER) in str(rule["Properties"]["Targets"])
    ]
    patterns = {kind: pattern for pattern in rules for kind in pattern["detail-type"]}
    (bucket,) = patterns["Object Created"]["detail"]["bucket"]["name"]
    assert "SpeechResults" in bucket["Ref"]
    assert patterns["Object Created"]["detail"]["object"] == {"key": [{"wildcard": "*.json"}]}
    own = [{"prefix": "ConnectZendesk-"}]
    assert patterns["Transcribe Job State Change"]["detail"] == {
        "TranscriptionJobStatus": ["FAILED"],
        "TranscriptionJobName": own,
    }
    assert patterns["Call Analytics Job State Change"]["detail"] == {"JobStatus": ["FAILED"], "JobName": own}
    assert set(patterns) == {
        "Speech Analysis Requested", "Speech Result Used", "Object Created",
        "Transcribe Job State Change", "Call Analytics Job State Change",
    }  # fmt: skip


def test_the_worker_knows_its_stack_its_bucket_and_the_role(stored: Synthesised) -> None:
    variables = stored.function(FOLDER)["Environment"]["Variables"]
    assert variables["STACK_NAME"] == "ConnectZendesk"
    assert "SpeechResults" in variables["SPEECH_BUCKET"]["Ref"]
    assert variables["SPEECH_ROLE_ARN"] == {"Fn::GetAtt": [role_of_transcribe(stored)[0], "Arn"]}
    assert stored.mapping(FOLDER)["Properties"]["BatchSize"] == 1


def test_cdk_nag_has_no_findings(stored: Synthesised) -> None:
    report = json.loads((stored.folder / "validation-report.json").read_text("utf-8"))
    assert report["pluginReports"] == []
