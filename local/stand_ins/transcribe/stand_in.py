"""The stand-in itself: one request in, one answer out, by the injected clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import RLock
from typing import Any

from botocore.model import OperationModel

from local.stand_ins.aws import wire
from local.stand_ins.aws.paging import page
from local.stand_ins.aws.throttling import Quotas
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.transcribe import media, requests
from local.stand_ins.transcribe.announcements import OnEvent, announcement
from local.stand_ins.transcribe.faults import TranscribeFaults
from local.stand_ins.transcribe.job import Job
from local.stand_ins.transcribe.jobs import Jobs
from local.stand_ins.transcribe.kinds import CALL_ANALYTICS, RATES, STANDARD, Held, Kind
from local.stand_ins.transcribe.objects import MemoryObjects, Objects
from local.stand_ins.transcribe.options import Options
from local.stand_ins.transcribe.results import Results

_SERVICES = wire.Services("transcribe")
_KINDS = {"TranscriptionJob": STANDARD, "CallAnalyticsJob": CALL_ANALYTICS}


class Transcribe:
    """Amazon Transcribe's API: standard jobs and those of Call Analytics.

    `clock` returns the time (aware, UTC), and moves jobs on: `run_due` does what is due, as does each
    request. `objects` is where recordings are and results go; `on_event` is given each event that the service
    would put on the default bus; `requests` counts calls by operation; `faults` says what goes wrong.
    Operations that the project does not call are refused as unknown, with a 404.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        objects: Objects | None = None,
        options: Options | None = None,
        on_event: OnEvent | None = None,
        region: str = "eu-west-2",
        account: str = "111122223333",
    ) -> None:
        self._clock, self._lock = clock, RLock()
        self.options = options or Options()
        self.objects = MemoryObjects() if objects is None else objects
        self.on_event = on_event
        self.requests: Counter[str] = Counter()
        self.faults = TranscribeFaults(clock)
        self._region, self._account = region, account
        self._results = Results(self.objects, self.options, region, account)
        self._operations: dict[str, Callable[[Kind, Mapping[str, Any]], Held]] = {
            "Start": self._start,
            "Get": self._get,
            "List": self._list,
            "Delete": self._delete,
        }
        self.replace({})

    def replace(self, world: Mapping[str, Any]) -> None:
        """Start over without jobs, counts and quotas. ValueError for a world: it has nothing to hold."""
        if world:
            raise ValueError("a world of Amazon Transcribe is empty: recordings are in S3")
        with self._lock:
            self._jobs = {
                kind.job: Jobs(kind, self.options, self.objects, self.faults, self._write)
                for kind in (STANDARD, CALL_ANALYTICS)
            }
            self._quotas = Quotas(self._clock, RATES, (5.0, 5))
            self.requests.clear()

    def handle(self, request: Request) -> Response:
        """Answer a request as the service does. Raises AnswerLost where the connection is to break."""
        self.run_due()
        with self._lock:
            return self._answer(request)

    def next_due(self) -> datetime | None:
        """Return when something happens next to a job, or None where nothing does by itself."""
        with self._lock:
            return min((due for jobs in self._jobs.values() if (due := jobs.next_due())), default=None)

    def under_way(self) -> int:
        """Return how many jobs have not ended, without those that never will."""
        with self._lock:
            return sum(bool(job.due or job.waits) for jobs in self._jobs.values() for job in jobs)

    def run_due(self) -> bool:
        """Do what is due by the clock, step by step in its order; returns whether anything was."""
        events: list[Mapping[str, Any]] = []
        done = False
        with self._lock:
            while (due := self.next_due()) is not None and due <= self._clock():
                done = True
                for jobs in self._jobs.values():
                    for job in jobs.step(due):
                        events += self._announced(job)
        for event in events:  # outside the lock: what is given an event may ask about the job
            if self.on_event is not None:
                self.on_event(event)
        return done

    def snapshot(self) -> dict[str, Any]:
        """Return what there is to see: requests, jobs and faults."""
        with self._lock:
            return {
                "requests": dict(self.requests),
                "jobs": [
                    {"kind": name, "name": job.name, "status": job.status, "failure": job.failure}
                    for name, jobs in self._jobs.items()
                    for job in jobs
                ],
                "faults": self.faults.active(),
            }

    def _answer(self, request: Request) -> Response:
        operation: OperationModel | None = None
        try:
            operation, _ = _SERVICES.operation_of(request)
            self.requests[operation.name] += 1
            self.faults.before(operation)
            if not self._quotas.take(operation.name):
                raise wire.RefusedError(wire.throttling_of(operation), "Rate exceeded")
            asked = wire.parameters_of(operation, request, {})
            perform, kind = self._meant(operation.name)
            return self.faults.deliver(operation, wire.answer(operation, perform(kind, asked)))
        except wire.RefusedError as refused:
            return wire.refusal(operation, refused)

    def _meant(self, operation: str) -> tuple[Callable[[Kind, Mapping[str, Any]], Held], Kind]:
        for does, perform in self._operations.items():
            kind = _KINDS.get(operation.removeprefix(does).removesuffix("s"))
            if operation.startswith(does) and kind is not None:
                return perform, kind
        raise wire.RefusedError("UnknownOperationException", f"The stand-in does not know {operation}", 404)

    def _start(self, kind: Kind, asked: Mapping[str, Any]) -> Held:
        requests.check(kind, asked, self.options, self._region)
        media.check_at_start(kind, asked, self.objects, self.options)
        jobs, name = self._jobs[kind.job], asked[kind.name]
        job = jobs.start(name, asked, self._clock())
        if not self._results.check_access(job):
            jobs.withdraw(name)
            raise wire.RefusedError("BadRequestException", "The output location cannot be written to")
        return {kind.job: job.shown()}

    def _get(self, kind: Kind, asked: Mapping[str, Any]) -> Held:
        return {kind.job: self._jobs[kind.job].get(asked[kind.name], self._clock()).shown()}

    def _list(self, kind: Kind, asked: Mapping[str, Any]) -> Held:
        jobs = self._jobs[kind.job].listed(asked, self._clock())
        found = page([job.summary() for job in jobs], asked, kind.listed, "BadRequestException")
        return {**found, "Status": asked.get("Status")}

    def _delete(self, kind: Kind, asked: Mapping[str, Any]) -> Held:
        self._jobs[kind.job].delete(asked[kind.name], self._clock())
        return {}

    def _write(self, job: Job) -> None:
        self._results.write(job, gone=self.faults.meets("result_gone", job.name))

    def _announced(self, job: Job) -> list[Mapping[str, Any]]:
        if self.faults.meets("lose_events", job.name):
            return []
        times = 2 if self.faults.meets("repeat_events", job.name) else 1
        return [announcement(job, self.options, self._region, self._account)] * times
