"""The jobs of one kind, from their start to their end: a queue, and the time that each takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from local.stand_ins.aws.wire import RefusedError
from local.stand_ins.transcribe import media, requests
from local.stand_ins.transcribe.faults import TranscribeFaults
from local.stand_ins.transcribe.job import Job
from local.stand_ins.transcribe.kinds import CALL_ANALYTICS, Kind
from local.stand_ins.transcribe.objects import Objects
from local.stand_ins.transcribe.options import Options

_REFUSED_AFTER = timedelta(seconds=1)
_SHARE_OF_QUEUED = 0.9  # of what may run at once (facts/speech-analysis.md 3.3)


class Jobs:
    """Jobs by name. `finish` writes the results of a job whose recording was read."""

    def __init__(
        self,
        kind: Kind,
        options: Options,
        objects: Objects,
        faults: TranscribeFaults,
        finish: Callable[[Job], None],
    ) -> None:
        self._kind, self._options, self._objects = kind, options, objects
        self._faults, self._finish = faults, finish
        self._jobs: dict[str, Job] = {}
        self._most = options.call_analytics_at_once if kind is CALL_ANALYTICS else options.standard_at_once

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def start(self, name: str, asked: Mapping[str, Any], now: datetime) -> Job:
        """Take a job. RefusedError for a name that is taken, and where there is no place for it."""
        self._forget_old(now)
        if name in self._jobs:
            raise RefusedError("ConflictException", "The requested job name already exists")
        unfinished = [job for job in self if not job.is_over]
        running, waiting = [job for job in unfinished if not job.waits], [j for j in unfinished if j.waits]
        full = len(running) >= self._most or bool(waiting)
        if full and not requests.deferred(self._kind, asked):
            raise RefusedError("LimitExceededException", "There are too many jobs at once")
        if len(waiting) >= self._options.queue_holds:
            raise RefusedError("LimitExceededException", "The queue holds no more jobs")
        due = None if full else now + self._options.waits
        locale = requests.locale_of(self._kind, asked)
        job = self._jobs[name] = Job(self._kind, name, asked, now, locale, waits=full, due=due)
        return job

    def get(self, name: str, now: datetime) -> Job:
        """Return a job. RefusedError where there is none."""
        self._forget_old(now)
        if name not in self._jobs:
            raise RefusedError("NotFoundException", "The requested job couldn't be found")
        return self._jobs[name]

    def delete(self, name: str, now: datetime) -> None:
        """Forget a job. RefusedError for one that there is not, or that has not ended."""
        self._forget_old(now)
        if name not in self._jobs:
            raise RefusedError("BadRequestException", "The requested job couldn't be found")
        if not self._jobs[name].is_over:
            raise RefusedError("BadRequestException", "A job that has not ended cannot be deleted")
        del self._jobs[name]

    def withdraw(self, name: str) -> None:
        """Forget a job that was refused after all."""
        del self._jobs[name]

    def listed(self, asked: Mapping[str, Any], now: datetime) -> list[Job]:
        """Return the jobs of a list, newest first."""
        self._forget_old(now)
        found = [
            job
            for job in self
            if asked.get("Status") in (None, job.status) and asked.get("JobNameContains", "") in job.name
        ]
        return list(reversed(found))

    def next_due(self) -> datetime | None:
        """Return when something happens next to a job, or None."""
        return min((job.due for job in self if job.due), default=None)

    def step(self, at: datetime) -> list[Job]:
        """Do what is due by then, and no later step; returns the jobs that have ended, in their order."""
        due = sorted((job for job in self if job.due and job.due <= at), key=lambda job: job.due or at)
        ended = []
        for job in due:
            if job.status == "QUEUED":
                self._begin(job, job.due or at)
            else:
                self._end(job, job.due or at)
                ended.append(job)
        self._fill_up(at)
        return ended

    def _begin(self, job: Job, at: datetime) -> None:
        job.status, job.begun = "IN_PROGRESS", at
        try:
            job.wav = media.read(self._kind, job.asked, self._objects)
        except media.MediaRefused as refused:
            job.failure = str(refused)
            job.due = at + _REFUSED_AFTER
            return
        share = timedelta(seconds=job.wav.seconds * self._options.lasts_share)
        job.due = None if self._faults.meets("job_hangs", job.name) else at + self._options.lasts + share

    def _end(self, job: Job, at: datetime) -> None:
        job.due, job.ended = None, at
        job.failure = job.failure or self._faults.failure(job.name)
        if not job.failure:
            self._finish(job)
        job.status = "FAILED" if job.failure else "COMPLETED"

    def _fill_up(self, at: datetime) -> None:
        running = sum(not job.is_over and not job.waits for job in self)
        for job in [job for job in self if job.waits]:
            if running >= self._most * _SHARE_OF_QUEUED:
                return
            job.waits, job.due = False, at + self._options.waits
            running += 1

    def _forget_old(self, now: datetime) -> None:
        kept = self._options.job_kept
        self._jobs = {n: job for n, job in self._jobs.items() if job.ended is None or now - job.ended < kept}
