"""O2: doctor finds what is wrong with the living system, and says what mends it.

Each fault is planted by the services' own means: what an administrator does in Zendesk, Amazon Connect or
AWS, what a deployment has chosen, what functions count.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from administration.__main__ import main
from administration.doctor.findings import Severity
from administration.doctor.system import DoctorError, open_local_system
from connect_zendesk.metrics import Metric
from connect_zendesk.zendesk.app_keys import AppKeys
from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from local.stand_ins.amazon_connect import AmazonConnect
from local.stand_ins.amazon_connect import Options as ConnectOptions
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN
from tests.functional.doctor.living import (
    AGENTS,
    ANA,
    BEN,
    BOB,
    BUCKET,
    INTEGRATION,
    LOOKUP,
    RECORDS,
    ROOT_DOES_ALL,
    TICKET,
    URL,
    ZENDESK,
    Living,
    sent_to,
)

FLOW = "11111111-2222-3333-4444-555555555555"
APPLY = 'make zendesk ARGS="apply"'


def test_O2_a_healthy_system_gives_no_finding_and_is_not_changed(system: Living) -> None:
    before = (system.zendesk.revision, dict(system.secrets.texts), list(system.stack.deployments))
    assert system.findings() == []
    assert (system.zendesk.revision, system.secrets.texts, system.stack.deployments) == before
    assert system.zendesk.pops == []
    written = [name for name in system.zendesk.requests if not name.startswith("GET ")]
    assert set(written) <= {
        "POST /oauth/tokens",
        "POST /api/v2/channels/voice/agents/{id}/tickets/{id}/display",
    }
    assert not any(name.startswith(("Update", "Associate", "Start")) for name in system.connect.requests)


def user_is(system: Living, number: int, **changed: Any) -> None:
    system.agent_does("PUT", f"/api/v2/users/{number}", {"user": changed})


def world_with(system: Living, **parts: Any) -> None:
    """Have Zendesk hold something else from the start, set up as before."""
    system.zendesk_world = {**ZENDESK, **parts}
    system.restart()


def users(*given: dict[str, Any], **of_integration_user: Any) -> list[dict[str, Any]]:
    first, *others = ZENDESK["users"]
    return [{**first, **of_integration_user}, *others, *given]


def light_agent(system: Living) -> None:
    """Have the OAuth client made by one, who sets nothing up."""
    system.zendesk_world = {**ZENDESK, "users": users(role="agent", role_type=1)}
    system.start()
    system.secret("ZendeskWebhookSecretArn", WebhookKeys().as_text())
    system.secret("AgentAppSecretArn", AppKeys().as_text())


def settings(system: Living, **document: Any) -> None:
    system.stack.deploy(json.dumps(document).encode())


def webhook(system: Living) -> dict[str, Any]:
    (found,) = system.there("webhooks")
    return found


def fail_deliveries(system: Living, failed: int, succeeded: int = 0) -> None:
    """Have the webhook report tickets, while its endpoint answers 500 to the last of them."""
    outcomes = iter([200] * succeeded + [500] * failed)
    for number in range(failed + succeeded):
        ticket = {"subject": f"{number}", "comment": {"body": "Hello"}, "requester_id": ANA}
        system.agent_does("POST", "/api/v2/tickets", {"ticket": ticket})
        system.zendesk.send_webhook(lambda _: (next(outcomes), {}))
        system.sleep(1)


def sign_otherwise(system: Living) -> None:
    system.agent_does("POST", f"/api/v2/webhooks/{webhook(system)['id']}/signing_secret")


def mapping(system: Living, stream: str) -> str:
    found = system.aws["lambda"].list_event_source_mappings()["EventSourceMappings"]
    return next(str(each["UUID"]) for each in found if each["EventSourceArn"].endswith(stream))


def instance_has(system: Living, **changed: Any) -> None:
    system.connect_world["instances"][0] |= changed
    system.connect.replace(system.connect_world)


def encrypt_bucket_otherwise(system: Living) -> None:
    key = system.aws["kms"].create_key()["KeyMetadata"]["Arn"]
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    system.aws["s3"].put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]},
    )


def raise_alarm(system: Living) -> None:
    system.aws["cloudwatch"].put_metric_alarm(
        AlarmName="ConnectZendesk-ContactsDelayed", MetricName="ApproximateAgeOfOldestMessage", Period=300,
        Namespace="AWS/SQS", Statistic="Maximum", EvaluationPeriods=1, Threshold=3600,
        ComparisonOperator="GreaterThanThreshold",
        AlarmDescription="ConnectZendesk: contacts wait more than an hour. What to do: https://x.example/#late",
    )  # fmt: skip
    system.aws["cloudwatch"].set_alarm_state(
        AlarmName="ConnectZendesk-ContactsDelayed", StateValue="ALARM", StateReason="because"
    )


def busy_hour(system: Living) -> None:
    system.count(Metric.CONTACT_RECORD_RECEIVED, 4000, "contact_records", hours_ago=20)
    system.count(Metric.ZENDESK_REQUESTS, 24_000, hours_ago=20)


def dead_letter(system: Living, output: str) -> None:
    fifo = {"MessageGroupId": "g", "MessageDeduplicationId": "d"} if output.startswith("Fifo") else {}
    system.aws["sqs"].send_message(QueueUrl=system.outputs[output], MessageBody="{}", **fifo)


def shared_number(system: Living) -> None:
    number = {"phone": "+442079460101", "shared_phone_number": True}
    user_is(system, ANA, **number)
    user_is(system, BEN, **number)


def uninstall_app(system: Living) -> None:
    (installed,) = system.there("installations")
    system.agent_does("DELETE", f"/api/v2/apps/{installed['app_id']}")


def without_pops_while_ringing(system: Living) -> None:
    for name in ("AgentEventStreamArn", "AgentAppUrl"):
        system.output(name, None)


def not_recorded_in(system: Living) -> None:
    system.aws["s3"].delete_bucket(Bucket=BUCKET)


@dataclass(frozen=True)
class Planted:
    """A fault: what plants it, the finding by its name, a line of its cure, what else is found with it."""

    plant: Callable[[Living], object]
    name: str
    cure: str
    severity: Severity = Severity.FAULT
    beside: tuple[str, ...] = ()


NOTE, WARNING = Severity.NOTE, Severity.WARNING
EMPTY_CLIENT = json.dumps({"client_id": "", "client_secret": ""})
WRONG_CLIENT = json.dumps({"client_id": "connect_zendesk", "client_secret": "of yesterday"})

FAULTS = {
    # credentials and the integration user
    "no OAuth client": Planted(
        lambda s: s.secret("ZendeskSecretArn", EMPTY_CLIENT), "oauth-client-missing", "put-secret-value"
    ),
    "a secret that is no JSON": Planted(
        lambda s: s.secret("ZendeskSecretArn", "hush"), "oauth-client-missing", "put-secret-value"
    ),
    "an OAuth client of yesterday": Planted(
        lambda s: s.secret("ZendeskSecretArn", WRONG_CLIENT), "oauth-client-refused", "put-secret-value"
    ),
    "integration user suspended": Planted(
        lambda s: user_is(s, INTEGRATION, suspended=True), "oauth-client-refused", "not suspended"
    ),
    "integration user downgraded to an end user": Planted(
        lambda s: user_is(s, INTEGRATION, role="end-user"), "integration-user-no-agent", "administrator"
    ),
    "OAuth client that may only read": Planted(
        lambda s: s.restart_as(oauth_client_scope="read"),
        "oauth-scopes-missing",
        "read write",
        beside=("no-talk-partner-edition",),
    ),
    "OAuth client that may only see tickets": Planted(
        lambda s: s.restart_as(oauth_client_scope="tickets:read users:read"),
        "oauth-scopes-none",
        "read write",
    ),
    "integration user is an agent": Planted(
        lambda s: user_is(s, INTEGRATION, role="agent"),
        "integration-user-no-admin",
        "administrator",
        WARNING,
        beside=("not-allowed-webhooks", "not-seen-webhook"),
    ),
    "integration user is a light agent": Planted(
        light_agent,
        "integration-user-light-agent",
        "role of an administrator",
        beside=(
            "not-allowed-webhooks",
            "not-seen-webhook",
            "integration-user-unknown",
            "field-missing",
            "macro-missing",
            "agent-app-not-installed",
        ),
    ),
    "integration user sees its groups only": Planted(
        lambda s: world_with(s, users=users(ticket_restriction="groups")),
        "integration-user-restricted",
        "see all tickets",
    ),
    "integration user in German": Planted(
        lambda s: user_is(s, INTEGRATION, locale="de"), "integration-user-language", "English", NOTE
    ),
    "OAuth client of another user": Planted(
        lambda s: s.secret(
            "ZendeskWebhookSecretArn",
            WebhookKeys(s.system().place.keys.read().webhooks, integration_user=BOB).as_text(),
        ),
        "integration-user-unknown",
        APPLY,
    ),
    "OAuth client of an agent who takes calls": Planted(
        lambda s: settings(s, agent_map={"ada.admin": INTEGRATION}),
        "integration-user-is-agent",
        "OAuth client as a user of its own",
        WARNING,
    ),
    "OAuth client of an agent of the same address": Planted(
        lambda s: s.connect_has_user({"Id": "u-cz", "Username": "connect@example.com"}),
        "integration-user-is-agent",
        "OAuth client as a user of its own",
        WARNING,
    ),
    # the account
    "no Talk Partner Edition": Planted(
        lambda s: world_with(s, plan={"talk_partner_edition": False}),
        "no-talk-partner-edition",
        "Suite Growth",
        WARNING,
    ),
    "first comments are public": Planted(
        lambda s: world_with(s, account_settings={"tickets": {"is_first_comment_private_enabled": False}}),
        "first-comment-public",
        "private",
    ),
    "tags off": Planted(
        lambda s: world_with(s, account_settings={"tickets": {"tagging": False}}),
        "tags-off",
        "switch tags on",
    ),
    "no Agent Workspace": Planted(
        lambda s: world_with(s, account_settings={"agents": {"agent_workspace": False}}),
        "agent-workspace-off",
        "activate the Agent Workspace",
        WARNING,
    ),
    "a group that is gone": Planted(
        lambda s: settings(s, ticket_fields=[{"name": "Sales", "set": {"group": 77}}]),
        "ticket-field-rule",
        "make settings",
    ),
    # what make zendesk makes
    "webhook deleted": Planted(
        lambda s: s.agent_does("DELETE", f"/api/v2/webhooks/{webhook(s)['id']}"), "webhook-missing", APPLY
    ),
    "webhook switched off": Planted(
        lambda s: s.agent_does(
            "PUT", f"/api/v2/webhooks/{webhook(s)['id']}", {"webhook": {"status": "inactive"}}
        ),
        "webhook-off",
        APPLY,
    ),
    "webhook sends elsewhere": Planted(
        lambda s: s.agent_does(
            "PUT", f"/api/v2/webhooks/{webhook(s)['id']}", {"webhook": {"endpoint": "https://old.example/"}}
        ),
        "webhook-in-the-way",
        APPLY,
    ),
    "task rules that the webhook does not report": Planted(
        lambda s: settings(
            s,
            task_rules=[{"name": "P", "events": ["priority_changed"], "task": {"contact_flow": FLOW}}],
        ),
        "webhook-changed",
        APPLY,
    ),
    "webhook signs with another secret": Planted(sign_otherwise, "webhook-secret-unknown", APPLY),
    "deliveries fail": Planted(
        lambda s: fail_deliveries(s, 4), "webhook-deliveries-fail", "zendesk_webhook say why"
    ),
    "a few deliveries failed": Planted(
        lambda s: fail_deliveries(s, 1, succeeded=5),
        "webhook-deliveries-failed",
        "make dead-letters",
        WARNING,
    ),
    "user field deleted": Planted(
        lambda s: s.agent_does("DELETE", f"/api/v2/user_fields/{s.there('user_fields')[0]['id']}"),
        "field-missing",
        APPLY,
    ),
    "user field of another type": Planted(
        lambda s: settings(s, voiceid_field="plan"), "field-missing", APPLY
    ),
    "macro deleted": Planted(
        lambda s: s.agent_does("DELETE", f"/api/v2/macros/{s.there('macros')[0]['id']}"),
        "macro-missing",
        APPLY,
    ),
    "macro switched off": Planted(
        lambda s: s.agent_does(
            "PUT", f"/api/v2/macros/{s.there('macros')[0]['id']}", {"macro": {"active": False}}
        ),
        "macro-changed",
        APPLY,
    ),
    "agent app removed": Planted(uninstall_app, "agent-app-not-installed", APPLY),
    "agent app of an older deployment": Planted(
        lambda s: s.output("AgentAppUrl", "https://new.lambda-url.eu-west-2.on.aws/"),
        "agent-app-old",
        APPLY,
        beside=("origin-not-approved",),
    ),
    # people
    "an agent whom Zendesk does not know": Planted(
        lambda s: user_is(s, BOB, suspended=True), "agents-unmatched", "agent_map", WARNING
    ),
    "an exception that names a customer": Planted(
        lambda s: settings(s, agent_map={"ada@example.com": ANA}), "agent-map-wrong", "agent_map", WARNING
    ),
    "numbers without a country": Planted(
        lambda s: user_is(s, ANA, phone="020 7946 0101"), "no-default-country", "default_country", WARNING
    ),
    "a number that is none": Planted(
        lambda s: user_is(s, ANA, phone="+44 ask reception"), "phones-unreadable", "correct them", NOTE
    ),
    "a number of two customers": Planted(shared_number, "phones-ambiguous", "merge these users", NOTE),
    # Amazon Connect
    "instance not chosen": Planted(
        lambda s: s.output("ConnectInstanceArn", None), "instance-not-set", INSTANCE_ARN, WARNING
    ),
    "links lead to another instance": Planted(
        lambda s: settings(s, connect_instance_url="https://other.my.connect.aws"),
        "instance-address-wrong",
        "https://acme.my.connect.aws",
        WARNING,
    ),
    "records are sent nowhere": Planted(
        lambda s: s.storage("CONTACT_TRACE_RECORDS"),
        "record-stream-not-connected",
        "associate-instance-storage-config",
    ),
    "records are sent to another stream": Planted(
        lambda s: s.storage("CONTACT_TRACE_RECORDS", sent_to("of-analytics")),
        "record-stream-elsewhere",
        "record_stream_arn",
    ),
    "records are sent to Firehose": Planted(
        lambda s: s.storage(
            "CONTACT_TRACE_RECORDS",
            {
                "AssociationId": "f",
                "StorageType": "KINESIS_FIREHOSE",
                "KinesisFirehoseConfig": {"FirehoseArn": "arn:aws:firehose:eu-west-2:1:deliverystream/f"},
            },
        ),
        "record-stream-firehose",
        "a data stream",
    ),
    "records are not read": Planted(
        lambda s: s.aws["lambda"].update_event_source_mapping(UUID=mapping(s, RECORDS), Enabled=False),
        "record-stream-not-read",
        "update-event-source-mapping",
    ),
    "no function reads the records": Planted(
        lambda s: s.aws["lambda"].delete_event_source_mapping(UUID=mapping(s, RECORDS)),
        "record-stream-not-read",
        'make deploy ARGS="--revert-drift"',
    ),
    "key of the stream closed to Amazon Connect": Planted(
        lambda s: s.key_policy(ROOT_DOES_ALL), "record-stream-key-closed", "kms:GenerateDataKey"
    ),
    "key of the stream switched off": Planted(
        lambda s: s.aws["kms"].disable_key(KeyId=s.stream_key.rpartition("/")[2]),
        "record-stream-key-off",
        "enable-key",
    ),
    "agent events are sent nowhere": Planted(
        lambda s: s.storage("AGENT_EVENTS"),
        "agent-event-stream-not-connected",
        "--resource-type AGENT_EVENTS",
    ),
    "agent events are not read": Planted(
        lambda s: s.aws["lambda"].update_event_source_mapping(UUID=mapping(s, AGENTS), Enabled=False),
        "agent-event-stream-not-read",
        "update-event-source-mapping",
    ),
    "no stream of agent events, and no agent app": Planted(
        without_pops_while_ringing,
        "no-agent-event-stream",
        "agent_event_stream_arn",
        NOTE,
    ),
    "bucket silent": Planted(
        lambda s: s.aws["s3"].put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={}
        ),
        "bucket-silent",
        "make bucket-notifications",
    ),
    "bucket gone": Planted(not_recorded_in, "bucket-gone", "contact_buckets"),
    "transcripts in a bucket that is not read": Planted(
        lambda s: s.storage(
            "CHAT_TRANSCRIPTS",
            {
                "AssociationId": "b",
                "StorageType": "S3",
                "S3Config": {"BucketName": "chats", "BucketPrefix": "c"},
            },
        ),
        "bucket-unknown",
        f"{BUCKET},chats",
    ),
    "no buckets": Planted(
        lambda s: s.output("ContactBuckets", None), "no-buckets", f'contact_buckets = "{BUCKET}"', NOTE
    ),
    "bucket encrypted with a key that is not allowed": Planted(
        encrypt_bucket_otherwise, "bucket-key-unknown", "contact_bucket_keys"
    ),
    "key of the bucket switched off": Planted(
        lambda s: s.aws["kms"].disable_key(KeyId=s.bucket_key.rpartition("/")[2]),
        "bucket-key-off",
        "enable-key",
    ),
    "function not on the instance's list": Planted(
        lambda s: instance_has(s, functions=[TICKET]),
        "flow-function-not-associated",
        f"--function-arn {LOOKUP}",
        WARNING,
    ),
    "origin of Zendesk not approved": Planted(
        lambda s: instance_has(s, origins=["https://app.lambda-url.eu-west-2.on.aws"]),
        "origin-not-approved",
        f"--origin {URL}",
    ),
    # app settings
    "app settings that cannot be read": Planted(
        lambda s: settings(s, default_country="Utopia"), "app-settings-invalid", "correct what is named here"
    ),
    "app settings that are no object": Planted(
        lambda s: s.stack.deploy(b"[]"), "app-settings-unreadable", "make settings"
    ),
    "no app settings": Planted(
        lambda s: s.stack.deployments.clear(), "app-settings-not-deployed", "make settings"
    ),
    "app settings under way": Planted(
        lambda s: s.stack.deploy(b"{}", state="DEPLOYING"), "app-settings-under-way", "make settings", WARNING
    ),
    "Voice ID": Planted(
        lambda s: settings(s, voiceid_enabled=True), "voice-id-ended", "caller_authentication", WARNING
    ),
    "a Voice ID domain": Planted(
        lambda s: s.output("VoiceIdDomain", "AbCdEfGhIjKlMnOpQrStUv"),
        "voice-id-domain-set",
        "voice_id_domain_id",
        NOTE,
    ),
    "a settle_from in the future": Planted(
        lambda s: settings(s, settle_from="2999-01-01T00:00:00Z"), "settle-from-in-the-future", "settle_from"
    ),
    # the stack
    "a deployment that was rolled back": Planted(
        lambda s: setattr(s.stack, "status", "UPDATE_ROLLBACK_COMPLETE"),
        "deployment-failed",
        "make deploy",
        WARNING,
    ),
    "a deployment under way": Planted(
        lambda s: setattr(s.stack, "status", "UPDATE_IN_PROGRESS"),
        "deployment-under-way",
        "run doctor again",
        WARNING,
    ),
    "a stack of the release before": Planted(
        lambda s: s.output("Version", "0.1.0"), "other-release", "CHANGELOG.md", WARNING
    ),
    # what the stack counts
    "a dead letter": Planted(
        lambda s: dead_letter(s, "DeadLetterQueueUrl"), "dead-letters", "make dead-letters"
    ),
    "a dead letter of a FIFO queue": Planted(
        lambda s: dead_letter(s, "FifoDeadLetterQueueUrl"), "dead-letters", "make dead-letters"
    ),
    "an alarm": Planted(raise_alarm, "alarm-on", "https://x.example/#late"),
    "opted out and recorded": Planted(
        lambda s: s.count(Metric.RECORDED_AGAINST_CONSENT, 2, hours_ago=100),
        "recorded-against-consent",
        "local flow",
    ),
    "more contacts than the plan takes": Planted(busy_hour, "plan-too-small", "High Volume", WARNING),
}


@pytest.mark.parametrize("planted", FAULTS.values(), ids=FAULTS)
def test_O2_a_fault_is_found_with_what_mends_it(system: Living, planted: Planted) -> None:
    planted.plant(system)
    found = system.findings()
    names = [finding.name for finding in found]
    assert set(names) == {planted.name, *planted.beside}
    (first, *_) = [finding for finding in found if finding.name == planted.name]
    assert any(planted.cure in line for line in first.cure), first.cure
    assert first.severity is planted.severity
    assert first.what
    assert first.why


def test_O2_there_are_enough_faults() -> None:
    assert len({planted.name for planted in FAULTS.values()}) >= 25


# What the command writes


def test_O2_findings_are_aligned_and_end_with_1_where_something_does_not_work(system: Living) -> None:
    user_is(system, BOB, suspended=True)
    well, said = system.run()
    assert well  # a warning is no fault
    assert said.endswith("1 warning")
    dead_letter(system, "DeadLetterQueueUrl")
    well, said = system.run()
    assert not well
    assert said.endswith("1 fault, 1 warning")
    lines = said.splitlines()
    (first,) = [line for line in lines if line.startswith("FAULT")]
    assert first.split() == ["FAULT", "dead", "letters", "1", "dead", "letters"]
    begins = first.index("1 dead")
    heads = {line[:begins].strip(): line[begins:] for line in lines[lines.index(first) + 1 :]}
    assert heads["why"].startswith("each is a contact")
    assert heads["mend"] == 'make dead-letters ARGS="list"'


def test_O2_on_the_laptop_what_mends_it_is_for_the_laptop(system: Living) -> None:
    dead_letter(system, "DeadLetterQueueUrl")
    system.agent_does("DELETE", f"/api/v2/webhooks/{webhook(system)['id']}")
    _, said = system.run("--local")
    assert 'make dead-letters ARGS="list --local"' in said
    assert 'make zendesk ARGS="apply --local"' in said
    system.aws["sqs"].delete_queue(QueueUrl=system.queue)
    assert "end `make up`, and start it again" in system.run("--local")[1]
    _, said = system.run()
    assert "--local" not in said


def test_O2_colour_is_for_a_terminal_only(system: Living) -> None:
    assert "\x1b" not in system.run()[1]
    assert "\x1b[32m" in system.run(colour=True)[1]


def test_O2_json_is_one_object_for_monitoring(system: Living) -> None:
    dead_letter(system, "DeadLetterQueueUrl")
    well, said = system.run("--json")
    written = json.loads(said)
    assert not well
    assert (written["stack"], written["region"], written["left_out"]) == ("ConnectZendesk", "eu-west-2", [])
    (finding,) = written["findings"]
    assert finding.keys() == {"area", "name", "severity", "what", "why", "cure"}
    assert (finding["area"], finding["name"], finding["severity"]) == (
        "dead letters",
        "dead-letters",
        "fault",
    )


def test_O2_what_the_plan_has_is_said_with_what_it_is_inferred_from(system: Living) -> None:
    seen = {each.what: each.inferred_from for each in system.seen()}
    assert seen["400 requests a minute"] == "the header X-Rate-Limit"
    assert "404" in seen["Talk Partner Edition"]


# What cannot be looked at


def test_O2_what_aws_does_not_allow_is_named_and_the_rest_is_looked_at(system: Living) -> None:
    denied = ConnectOptions(denied=("ListApprovedOrigins",))
    system.connect = AmazonConnect(system.connect_world, clock=system.clock, options=denied)
    found = system.findings()
    assert [finding.name for finding in found] == ["not-seen-approved-origins"]
    assert "ListApprovedOrigins" in found[0].cure[0]


def test_O2_agents_whose_address_is_not_shown_are_not_called_unknown(system: Living) -> None:
    denied = ConnectOptions(denied=("DescribeUser",))
    system.connect = AmazonConnect(system.connect_world, clock=system.clock, options=denied)
    assert system.findings() == []
    assert any(seen.what.startswith("1 not looked at") for seen in system.seen())


def test_O2_without_a_region_the_command_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert main(["doctor"]) == 1
    assert "AWS_REGION=eu-west-2" in capsys.readouterr().err


def test_O2_an_outage_of_zendesk_is_said_of_each_area(system: Living) -> None:
    system.zendesk.faults.outage(count=1000)
    names = {finding.name for finding in system.findings()}
    assert {"not-seen-webhook", "not-seen-macros"} <= names
    assert not any(name.startswith("not-seen") for name in names & {"not-seen-dead-letters"})


def test_O2_doctor_keeps_within_amazon_connects_quota(system: Living) -> None:
    begin = system.time
    assert system.findings() == []
    asked = sum(system.connect.requests.values())
    assert asked > 5
    assert (system.time - begin).total_seconds() >= asked - 1


def test_O2_without_a_running_laptop_local_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(DoctorError, match="make up"):
        open_local_system(lambda _: None, tmp_path / "none.json")
