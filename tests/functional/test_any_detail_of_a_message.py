"""Whatever stands in a message's detail: it is handled, or dead-lettered with its reason.

Who may put events on the bus, or messages into a queue, is IAM's to say. What they put there is not believed
for that: a detail of each kind is changed in a few places, and each worker takes it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk import detail_types as kinds
from connect_zendesk.rules.zendesk_events.zendesk_event import Change
from connect_zendesk.topology import WORKERS
from tests.contact_files import BUCKET, analysis_key, chat_key
from tests.live import contact_event
from tests.logs import Logs
from tests.records import ADA, ANA, NINE, call
from tests.speech import place, spoken
from tests.stack import Stack
from tests.strategies import CHANGES, changed, examples, json_values
from tests.tasks import LAMP, event, rules
from tests.voice_authentication import ATTRIBUTES, ENROLS, voice_call

AT = NINE.isoformat()
EVENT = event(change=Change(previous="open", current="solved", tags_added=("connect_attach",)).__dict__)
STORED = {"bucket": {"name": BUCKET}, "object": {"key": analysis_key(), "size": 5, "version-id": "1"}}
FILES = [{"kind": "chat", "redacted": False, "bucket": BUCKET, "keys": [chat_key()]}]
JOB = "connect-zendesk-contact-1-0123456789ab"
PARTNERS = {
    "ticket_event": {
        "type": "Ticket Comment Created",
        "ticket": {
            "id": 4711,
            "status": "open",
            "tags": ["a"],
            "requester_id": ANA,
            "via": {"channel": "web"},
        },
        "comment": {"id": 5, "author": {"id": ANA, "is_staff": False}, "is_public": True},
        "created_at": AT,
    }
}

#: A detail of each kind of event that a queue gets, by the queue.
DETAILS: dict[str, dict[str, dict[str, Any]]] = {
    "contacts": {
        kinds.CONTACT_RECORD: spoken(),
        kinds.FORCED_TICKET_DUE: call(attributes={"ticket_assignment": "agent"}),
        kinds.CONTACT_EVENT: {**contact_event()["detail"], "sent": AT},
        kinds.CALL_CHECK_DUE: {
            "contact": "contact-1", "leg": "contact-1", "ticket": 4711, "external_id": "a", "since": AT,
            "left": 2,
        },
    },
    "attachments": {
        kinds.ATTACHMENT_REQUESTED: {
            "id": "a", "agent": ADA, "at": AT, "ticket": 4711, "contact": "contact-1",
        },
        kinds.ZENDESK_EVENT: EVENT.as_detail(),
    },
    "customers": {
        kinds.CUSTOMER_UPDATE: {"kind": "phone", "user": ANA, "number": "+442071838750", "at": AT},
    },
    "authentications": {
        kinds.VOICE_RECORD: voice_call(said=ENROLS),
        kinds.TICKET_LINKED: {"contact": "contact-1", "ticket": 4711, "waits": ["authentication"]},
        kinds.NO_TICKET_LINKED: {"contact": "contact-1", "rule": "T13", "waits": []},
    },
    "transcripts": {
        kinds.OBJECT_CREATED: STORED,
        kinds.TICKET_LINKED: {"contact": "contact-1", "ticket": 4711, "waits": ["files"]},
        kinds.NO_TICKET_LINKED: {"contact": "contact-1", "rule": "T13", "waits": []},
        kinds.CONTACT_FILE: {
            "bucket": BUCKET, "key": chat_key(), "contact": "contact-1", "version": "1", "size": 5,
        },
        kinds.CONTACT_FILES_EXPECTED: {"contact": "contact-1", "leg": "contact-1", "due": AT, "files": FILES},
    },
    "recordings": {
        kinds.SPEECH_ANALYSIS_REQUESTED: {
            "contact": "contact-1", "leg": "contact-1", "place": f"{BUCKET}/{place()}",
            "wanted": ["transcript"], "language": "en", "locale": "en-GB", "began": AT, "voicemail": False,
        },
        kinds.SPEECH_RESULT_USED: {"job": JOB},
        kinds.OBJECT_CREATED: {"bucket": {"name": "results"}, "object": {"key": f"{JOB}.json"}},
        kinds.TRANSCRIPTION_CHANGED: {"TranscriptionJobName": JOB, "TranscriptionJobStatus": "FAILED"},
        kinds.CALL_ANALYTICS_CHANGED: {"JobName": JOB, "JobStatus": "FAILED"},
    },
    "arrivals": {
        "Support Ticket: Comment Created": PARTNERS,
        "Zendesk": {
            "type": "zen:event-type:ticket.created", "id": "01J", "account_id": 22129848, "time": AT,
            "detail": {"id": "4711", "status": "OPEN", "tags": ["a"], "via": {"channel": "web"}},
            "event": {"current": "a", "previous": "b"},
        },
    },
    "tasks": {kinds.ZENDESK_EVENT: EVENT.as_detail()},
}  # fmt: skip

CASES = [(queue, kind) for queue, details in DETAILS.items() for kind in details]


def stack() -> Stack:
    """Return the functions with everything switched on."""
    return Stack(tickets=[LAMP], task_rules=rules(), **ATTRIBUTES)


def mishaps(queue: str, kind: str, detail: Any) -> list[str]:
    """Return where a worker was at fault as it took a message, if anywhere; what is due later is left."""
    functions = stack()
    body = {"version": "0", "id": "e", "source": "aws.partner/zendesk.com/22129848/default", "time": AT,
            "detail-type": kind, "detail": detail}  # fmt: skip
    with Logs() as logs:
        functions.messages.send(json.dumps(body), queue=queue)
        functions.run(until=functions.clock())
    return [
        f"{line['error']} at {line['at']}" for line in logs.lines if line["message"] == "unexpected error"
    ]


def test_there_is_a_detail_for_each_queue() -> None:
    assert sorted(DETAILS) == sorted(worker.queue.name for worker in WORKERS)
    for worker in WORKERS:
        known = {kind for rule in worker.queue.rules for kind in rule.detail_types} | set(worker.queue.sent)
        assert known <= set(DETAILS[worker.queue.name]), worker.queue.name


@pytest.mark.parametrize(("queue", "kind"), CASES)
def test_the_detail_that_is_changed_is_one_that_is_handled(queue: str, kind: str) -> None:
    assert mishaps(queue, kind, DETAILS[queue][kind]) == []


@pytest.mark.parametrize(("queue", "kind"), CASES)
@given(changes=CHANGES)
@examples(8)
def test_any_detail_is_handled_or_a_dead_letter(queue: str, kind: str, changes: Any) -> None:
    assert mishaps(queue, kind, changed(DETAILS[queue][kind], changes)) == []


@pytest.mark.parametrize("queue", list(DETAILS))
@given(
    kind=st.sampled_from(["Nothing Known", "", "\ud800", *{kind for _, kind in CASES}]) | json_values(),
    detail=json_values(),
)
@examples(8)
def test_any_kind_of_message_on_any_queue_is_handled_or_a_dead_letter(
    queue: str, kind: Any, detail: Any
) -> None:
    assert mishaps(queue, kind, detail) == []
