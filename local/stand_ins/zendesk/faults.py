"""The faults of Zendesk: those that every stand-in has, and what goes wrong in Zendesk's own way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from local.stand_ins.faults.catalogue import Known
from local.stand_ins.faults.faults import Faults
from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors, pages
from local.stand_ins.zendesk.fault_catalogue import KNOWN
from local.stand_ins.zendesk.limits import too_many

Before = Callable[[Request], "Response | None"]
After = Callable[[Request, Response], "Response | None"]


class ZendeskFaults(Faults):
    """What goes wrong now; `matching` is an endpoint as `Zendesk.requests` names it.

    `before` and `after` are for a simulation's own chance: each may answer in place of Zendesk by returning
    a response, raise AnswerLost, or raise whatever else should come out of `Zendesk.handle`; before nothing
    has happened yet, after everything has. `clear` leaves them. `revoke` and `lag_changed` are called where
    those come in.
    """

    KNOWN: ClassVar[tuple[Known, ...]] = KNOWN

    def __init__(
        self,
        clock: Callable[[], datetime],
        revoke: Callable[[], None],
        lag_changed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(clock)
        self._clock, self._revoke, self._lag_changed = clock, revoke, lag_changed
        self.before: Before | None = None
        self.after: After | None = None

    def outage(
        self,
        count: int | None = None,
        *,
        lasting: float | None = None,
        retry_after: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer 503, with Retry-After in seconds where `retry_after` is given."""
        self.plan.add("outage", lasting=lasting, matching=matching, count=count, seconds=retry_after)

    def rate_limit(
        self,
        seconds: float,
        *,
        count: int | None = None,
        retry_after: str | float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer 429 for `seconds`, with what is left of them in Retry-After, or with `retry_after` there."""
        said = None if retry_after is None else str(retry_after)
        self.plan.add("rate_limit", lasting=seconds, matching=matching, count=count, text=said)

    def http_error(
        self,
        status: int,
        count: int | None = None,
        *,
        body: str | None = None,
        after_write: bool | None = None,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Answer `status` as what stands before Zendesk does, before or after what is asked is done.

        `body` is html (None as well), text, json or empty.
        """
        self.plan.add(
            "http_error",
            lasting=lasting,
            matching=matching,
            count=count,
            status=status,
            text=body or "html",
            after_write=bool(after_write),
        )

    def refuse(
        self,
        field: str,
        count: int | None = None,
        *,
        code: str | None = None,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Refuse writes with 422 about `field`, with a `code` or without one, and do nothing."""
        text = f"{field} {code or ''}".strip()
        self.plan.add("refuse", lasting=lasting, matching=matching, count=count, text=text)

    def conflict(
        self, count: int | None = None, *, lasting: float | None = None, matching: str | None = None
    ) -> None:
        """Answer writes with 409 DatabaseConflict, as of two writers at once, and do nothing."""
        self.plan.add("conflict", lasting=lasting, matching=matching, count=count)

    def late_write(
        self,
        seconds: float,
        count: int | None = None,
        *,
        lasting: float | None = None,
        matching: str | None = None,
    ) -> None:
        """Break the connection of writes, and carry each out `seconds` later, as things are then."""
        self.plan.add("late_write", lasting=lasting, matching=matching, count=count, seconds=seconds)

    def language(self, locale: str, *, lasting: float | None = None) -> None:
        """Write errors in the language of `locale`, whatever that of the integration user."""
        self.plan.add("language", lasting=lasting, alone=True, text=str(locale))

    def index_lag(self, seconds: float, *, lasting: float | None = None) -> None:
        """Let search see changes after `seconds`, those on their way included."""
        self.plan.add("index_lag", lasting=lasting, alone=True, seconds=seconds)
        self._lag_changed()

    def repeat_webhooks(self, count: int | None = None, *, lasting: float | None = None) -> None:
        """Send the next `count` webhook invocations twice, with the same invocation id."""
        self.plan.add("repeat_webhooks", lasting=lasting, count=count)

    def revoke_tokens(self) -> None:
        """Stop every access token issued so far."""
        self._revoke()

    def clear(self, *, only: str | None = None) -> None:
        """End every fault that was switched on, or `only` those of one name; the two hooks stay."""
        super().clear(only=only)
        self._lag_changed()

    def lag(self, otherwise: timedelta) -> timedelta:
        """Return how late search is now."""
        fault = self.plan.hit("index_lag")
        return otherwise if fault is None else timedelta(seconds=fault.seconds or 0)

    def locale(self) -> str | None:
        """Return the locale of errors; None: the integration user's."""
        fault = self.plan.hit("language")
        return None if fault is None else fault.text

    def repeats_webhook(self) -> bool:
        """Return whether the invocation that is sent now is sent twice."""
        return self.plan.hit("repeat_webhooks") is not None

    def answer(self, endpoint: str, request: Request) -> Response | None:
        """Return what is answered in place of Zendesk, if anything. Raises AnswerLost before a write."""
        if self.before and (response := self.before(request)):
            return response
        self.break_before(endpoint)
        if limited := self.plan.hit("rate_limit", endpoint):
            left = (limited.until - self._clock()).total_seconds() if limited.until else 1
            after = {} if limited.text is None else {"Retry-After": limited.text}
            return too_many(left, after).response
        if failed := self.plan.hit("http_error", endpoint):
            return pages.page(failed.status or 502, failed.text or "html")
        if outage := self.plan.hit("outage", endpoint):
            after = {} if outage.seconds is None else {"Retry-After": f"{outage.seconds:g}"}
            return Response(503, {"Content-Type": "text/plain", **after}, b"Service Unavailable")
        if request.method != "GET" and (refused := self.plan.hit("refuse", endpoint)):
            field, _, code = (refused.text or "").partition(" ")
            title = field.replace("_", " ").capitalize()
            return errors.invalid_record(field, f"{title}: is invalid", code or None).response
        if request.method != "GET" and self.plan.hit("conflict", endpoint):
            text = "Database collision: another request has changed this record. Please try again."
            return errors.described(409, "DatabaseConflict", text).response
        return None

    def lateness(self, endpoint: str, request: Request) -> float | None:
        """Return by how many seconds a write is carried out later; None where it is done at once."""
        late = None if request.method == "GET" else self.plan.hit("late_write", endpoint)
        return None if late is None else late.seconds or 0.0

    def deliver(self, endpoint: str, request: Request, response: Response) -> Response:
        """Return `response` as it reaches the client, late or replaced. Raises AnswerLost after a write."""
        self.break_after(endpoint)
        if failed := self.plan.hit("http_error", endpoint, after_write=True):
            response = pages.page(failed.status or 502, failed.text or "html")
        if self.after:
            response = self.after(request, response) or response
        return self.delayed(endpoint, response)
