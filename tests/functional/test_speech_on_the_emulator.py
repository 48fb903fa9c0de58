"""Amazon Transcribe's stand-in beside the emulator: its S3, and the pattern of a rule on its bus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.emulator.clients import Clients
from local.emulator.deployment import DeployedStack
from local.emulator.live_events import LiveEvents
from local.emulator.process import start_emulator
from local.recordings import conversation, recording
from local.stand_ins.transcribe import ObjectDenied, Options, Transcribe
from local.stand_ins.transcribe.http_server import TranscribeServer
from local.stand_ins.transcribe.objects import S3Objects
from tests.functional.stand_ins.instance import client_of
from tests.waiting import wait_for

pytestmark = pytest.mark.emulator

SOON = Options(waits=timedelta(seconds=0.1), lasts=timedelta(seconds=0.1), lasts_share=0.0)
PATTERN = {
    "source": ["aws.transcribe"],
    "detail-type": ["Call Analytics Job State Change"],
    "detail": {"JobName": [{"prefix": "ours-"}]},
}


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    with start_emulator() as emulator:
        yield Clients(emulator.endpoint)


def test_a_job_reads_and_writes_s3_and_its_end_passes_the_rules_pattern(clients: Clients) -> None:
    for bucket in ("recordings", "results"):
        clients.s3.create_bucket(
            Bucket=bucket,
            CreateBucketConfiguration={"LocationConstraint": clients.region},  # type: ignore[typeddict-item]
        )
    clients.s3.put_object(Bucket="recordings", Key="a:b.wav", Body=recording(conversation("invoice-en")))
    queue = clients.sqs.create_queue(QueueName="ends")["QueueUrl"]
    arn = f"arn:aws:sqs:{clients.region}:{clients.account}:ends"
    clients.events.put_rule(Name="ends", EventPattern=json.dumps(PATTERN))
    clients.events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": arn}])
    live = LiveEvents(clients, DeployedStack("", {}, (), {}))
    stand_in = Transcribe(
        clock=lambda: datetime.now(UTC),
        objects=S3Objects(clients.s3),
        options=SOON,
        on_event=live.send_from_aws,
    )
    with TranscribeServer(stand_in) as server:
        transcribe = client_of("transcribe", server.url)
        for name, key in (("ours-1", "a:b.wav"), ("theirs", "a:b.wav"), ("ours-2", "none.wav")):
            transcribe.start_call_analytics_job(
                CallAnalyticsJobName=name,
                Media={"MediaFileUri": f"s3://recordings/{key}"},
                OutputLocation="s3://results/p/",
                Settings={"LanguageOptions": ["en-GB"]},
            )
        found: dict[str, str] = {}

        def ends() -> dict[str, str]:
            for message in clients.sqs.receive_message(QueueUrl=queue).get("Messages", ()):
                detail = json.loads(message["Body"])["detail"]
                found[detail["JobName"]] = detail["JobStatus"]
                clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return found

        wait_for(ends, lambda seen: len(seen) == 2, "two ends of ours")
        assert found == {"ours-1": "COMPLETED", "ours-2": "FAILED"}
        body = clients.s3.get_object(Bucket="results", Key="p/analytics/ours-1.json")["Body"].read()
        assert json.loads(body)["JobName"] == "ours-1"
        transcribe.close()


def test_a_bucket_that_there_is_not_is_refused(clients: Clients) -> None:
    objects = S3Objects(clients.s3)
    assert objects.size("nothing", "a.wav") is None
    with pytest.raises(ObjectDenied):
        objects.write("nothing", "a.json", b"{}")
    with pytest.raises(ObjectDenied):
        objects.read("nothing", "a.wav", 0, 10)
