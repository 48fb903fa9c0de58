"""The transcription of each recording, by its job's name: one item, from the plan to the result (X3)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import SPEECH_JOB
from connect_zendesk.rules.speech.plan import Plan
from connect_zendesk.rules.speech.reasons import Refusal
from connect_zendesk.rules.speech.request import SpeechRequest

#: *planned*: its minutes are reserved, and the service is being asked; *started*: the service has it; *done*:
#: there is a result; *refused*: nothing comes of it, and the ticket says why.
State = Literal["planned", "started", "done", "refused"]


@dataclass(frozen=True)
class SpeechJob:
    """A job as far as it is known. Nothing of it is personal.

    ``name`` is the first attempt's; ``attempt`` counts from 1. ``since`` is when it was planned, ``day`` the
    one whose minutes were taken, ``seconds`` the recording's length. ``result`` is bucket and key, None where
    there is none or not any more; ``published``: what came of it is on its way to the ticket; ``emptied``:
    the result was deleted once it was there.
    """

    name: str
    request: SpeechRequest
    state: State
    since: datetime
    day: str = ""
    seconds: float = 0
    plan: Plan | None = None
    attempt: int = 1
    result: tuple[str, str] | None = None
    refusal: Refusal | None = None
    published: bool = False
    emptied: bool = False

    @property
    def attempt_name(self) -> str:
        """The name of the present attempt, as the service knows it."""
        return self.name if self.attempt == 1 else f"{self.name}-{self.attempt}"

    @property
    def over(self) -> bool:
        """Whether what comes of it is known."""
        return self.state in ("done", "refused")


def job(ledger: Ledger, name: str) -> SpeechJob | None:
    """Return the job of that name, or None where none is known."""
    content = ledger.read(SPEECH_JOB.key(job=name)).content
    return _job(name, content) if content else None


def plan(ledger: Ledger, planned: SpeechJob) -> SpeechJob:
    """Keep a new job, unless another container has done so; returns what is kept."""
    return _job(
        planned.name, ledger.update(_key(planned.name), lambda known: None if known else _item(planned))
    )


def with_fields(job_: SpeechJob, **fields: Any) -> SpeechJob:
    """Return a job with other fields."""
    return replace(job_, **fields)


def change(ledger: Ledger, known: SpeechJob, **fields: Any) -> SpeechJob:
    """Change a job, unless another container has got further with it; returns what it is now."""

    def changed(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
        now = _job(known.name, content)
        if now.over or now.attempt != known.attempt or now.state != known.state:
            return None
        return _item(with_fields(now, **fields))

    return _job(known.name, ledger.update(_key(known.name), changed))


def published(ledger: Ledger, name: str) -> None:
    """Note that what came of a job is on its way to the ticket."""
    ledger.update(_key(name), lambda content: {**content, "published": True} if content else None)


def emptied(ledger: Ledger, name: str) -> None:
    """Note that a job's result is deleted."""
    ledger.update(
        _key(name), lambda content: {**content, "result": None, "emptied": True} if content else None
    )


def _key(name: str) -> Any:
    return SPEECH_JOB.key(job=name)


def _item(job_: SpeechJob) -> dict[str, Any]:
    fields: dict[str, Callable[[], Any]] = {
        "request": job_.request.as_detail,
        "since": job_.since.isoformat,
        "plan": lambda: asdict(job_.plan) if job_.plan else None,
        "result": lambda: list(job_.result) if job_.result else None,
        "refusal": lambda: job_.refusal.value if job_.refusal else None,
        "seconds": lambda: round(job_.seconds * 1000),
    }
    plain = {name: getattr(job_, name) for name in ("state", "day", "attempt", "published", "emptied")}
    return {**plain, **{name: made() for name, made in fields.items()}}


def _job(name: str, item: Mapping[str, Any]) -> SpeechJob:
    place = item["result"]
    return SpeechJob(
        name=name,
        request=SpeechRequest.of(item["request"]),
        state=item["state"],
        since=datetime.fromisoformat(item["since"]),
        day=item["day"],
        seconds=item["seconds"] / 1000,
        plan=Plan(**item["plan"]) if item["plan"] else None,
        attempt=item["attempt"],
        result=(place[0], place[1]) if place else None,
        refusal=Refusal(item["refusal"]) if item["refusal"] else None,
        published=item["published"],
        emptied=item["emptied"],
    )
