"""Bulk requests are answered with a job, which does it a little later (facts/zendesk.md 2.1, 2.4, 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.bodies import ids_in
from local.stand_ins.zendesk.errors import RefusedError
from local.stand_ins.zendesk.records import Job, Shown, Work
from local.stand_ins.zendesk.state import State

_KEPT = 100  # jobs whose status can be asked for


def start(state: State, kind: str, work: list[Work]) -> Response:
    """Queue a job and answer with its status; RefusedError 429 where 30 are under way."""
    open_jobs = sum(not job.done for job in state.jobs)
    left = {
        "zendesk-ratelimit-inflight-jobs": f"total={state.plan.jobs}; remaining={state.plan.jobs - open_jobs}"
    }
    if open_jobs >= state.plan.jobs:
        raise errors.described(429, "TooManyJobs", "Too many jobs are queued or running", headers=left)
    job = Job(
        f"V3-{state.next_id():032x}", kind, state.clock() + state.options.job_lasts, state.author_id, work
    )
    state.jobs = [*state.jobs[-_KEPT:], job]
    answer = _shown(state, job)
    run_due(state)
    return json_response(200, {"job_status": answer}, left)


def next_due(state: State) -> datetime | None:
    """Return when the next job does what it has to; None where none waits."""
    return min((job.due for job in state.jobs if not job.done), default=None)


def run_due(state: State) -> None:
    """Do what jobs have to do by now; one part that is refused stops none of the others."""
    for job in state.jobs:
        if job.done or job.due > state.clock():
            continue
        job.done, author = True, state.author_id
        state.author_id = job.author_id
        for index, work in enumerate(job.work):
            try:
                job.results.append({"index": index, "success": True, **work()})
            except RefusedError as refused:
                content: Any = refused.response.json()
                details = content.get("details") or content.get("description") or content.get("error")
                failed = {"error": content.get("error"), "details": str(details)}
                job.results.append({"index": index, "success": False, **failed})
        state.author_id = author


def show(state: State, _request: Request, number: str) -> Response:
    """GET /api/v2/job_statuses/{id}: queued, then completed with the results."""
    for job in state.jobs:
        if job.number == number:
            return json_response(200, {"job_status": _shown(state, job)})
    raise errors.not_found()


def many(request: Request, act: Callable[[int], Shown]) -> list[Work]:
    """Return the work of doing the same to each of the ids in a query's `ids`."""

    def on(number: int) -> Work:
        return lambda: {"id": number, **act(number)}

    return [on(number) for number in ids_in(request)]


def _shown(state: State, job: Job) -> Shown:
    return {
        "id": job.number, "url": f"{state.options.url}/api/v2/job_statuses/{job.number}.json",
        "job_type": job.kind, "total": len(job.work), "progress": len(job.work) if job.done else None,
        "status": "completed" if job.done else "queued",
        "message": "Completed" if job.done else None, "results": job.results if job.done else None,
    }  # fmt: skip
