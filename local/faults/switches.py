"""The faults that can be switched on: what each is called, does, and takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Switch:
    """A fault.

    Attributes:
        name: what it is switched on by.
        what: what goes wrong, in a sentence.
        method: the stand-in's name for it; "" for one of the laptop's own.
        arguments: what it takes, with what holds unless another value is given.
        at_once: whether it happens once, and there is nothing to switch off.
        service: whose stand-in it is of.
    """

    name: str
    what: str
    method: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    at_once: bool = False
    service: Literal["zendesk", "transcribe", "comprehend"] = "zendesk"


KILL, DUPLICATES, REORDERING = "functions_killed", "duplicates", "reordering"

SWITCHES = (
    Switch("rate_limit", "Zendesk answers 429 for a while.", "rate_limit", {"seconds": 30.0}),
    Switch("pages", "Zendesk's network answers 403 with HTML.", "http_error", {"status": 403, "count": 3}),
    Switch("refusals", "Zendesk refuses writes: requester.", "refuse", {"field": "requester", "count": 3}),
    Switch("outage", "Zendesk answers 503.", "outage", {"lasting": None, "retry_after": None}),
    Switch("slowness", "Zendesk answers late.", "slow", {"seconds": 3.0, "lasting": None}),
    Switch(
        "lost_before_write",
        "Connections break before Zendesk has done what was asked.",
        "lose_answer",
        {"count": 3, "after_write": False},
    ),
    Switch(
        "lost_after_write",
        "Connections break after Zendesk has done what was asked.",
        "lose_answer",
        {"count": 3, "after_write": True},
    ),
    Switch("silence", "Zendesk takes requests and never answers.", "hang", {"count": 3, "lasting": None}),
    Switch(
        "late_writes",
        "Connections break, and Zendesk does what was asked later.",
        "late_write",
        {"seconds": 30.0, "count": 3},
    ),
    Switch("language", "Zendesk writes its errors in German.", "language", {"locale": "de"}),
    Switch("tokens_revoked", "Zendesk takes back every token.", "revoke_tokens", at_once=True),
    Switch("index_lag", "Zendesk's search finds what is new late.", "index_lag", {"seconds": 60.0}),
    Switch("conflicts", "Zendesk refuses writes, as of two writers at once.", "conflict", {"count": 3}),
    Switch("repeated_webhooks", "Zendesk sends webhook invocations twice.", "repeat_webhooks"),
    Switch(
        "transcribe_limits",
        "Amazon Transcribe answers that there were too many requests.",
        "throttle",
        {"count": 3},
        service="transcribe",
    ),
    Switch(
        "transcribe_outage",
        "Amazon Transcribe answers 500.",
        "outage",
        {"count": None, "lasting": None},
        service="transcribe",
    ),
    Switch(
        "jobs_fail",
        "Jobs of Amazon Transcribe end as FAILED.",
        "job_failed",
        {"reason": None, "count": 1},
        service="transcribe",
    ),
    Switch(
        "jobs_hang", "Jobs of Amazon Transcribe never end.", "job_hangs", {"count": 1}, service="transcribe"
    ),
    Switch(
        "job_results_gone",
        "Jobs of Amazon Transcribe are COMPLETED without a result.",
        "result_gone",
        {"count": 1},
        service="transcribe",
    ),
    Switch("job_events_lost", "The end of jobs is announced to no one.", "lose_events", service="transcribe"),
    Switch(
        "job_events_repeated", "The end of jobs is announced twice.", "repeat_events", service="transcribe"
    ),
    Switch(
        "comprehend_limits",
        "Amazon Comprehend answers that there were too many requests.",
        "throttle",
        {"count": 3},
        service="comprehend",
    ),
    Switch(
        "comprehend_outage",
        "Amazon Comprehend answers 500.",
        "outage",
        {"count": None, "lasting": None},
        service="comprehend",
    ),
    Switch(
        "texts_fail",
        "Every other text of a batch fails at Amazon Comprehend.",
        "text_fails",
        {"count": None},
        service="comprehend",
    ),
    Switch(KILL, "Every function dies, whatever it is doing.", at_once=True),
    Switch(DUPLICATES, "Each contact record is delivered twice."),
    Switch(REORDERING, "Contact records that are sent together arrive in any order."),
)
