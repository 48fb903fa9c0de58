"""The stand-in itself: one request in, one answer out, by the injected clock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from local.stand_ins.http.messages import AnswerLost, Request, Response, query_of
from local.stand_ins.zendesk import errors, jobs, languages, routes, snapshots
from local.stand_ins.zendesk.faults import ZendeskFaults
from local.stand_ins.zendesk.idempotency import IdempotencyKeys
from local.stand_ins.zendesk.late_writes import LateWrites
from local.stand_ins.zendesk.limits import spelled, with_headers
from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.plan import Plan
from local.stand_ins.zendesk.records import AGENT_ROLES, Shown
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.tickets import uploads
from local.stand_ins.zendesk.tokens import Tokens, resource_of
from local.stand_ins.zendesk.users import reads as users_
from local.stand_ins.zendesk.webhooks.deliveries import Send
from local.stand_ins.zendesk.webhooks.invocations import WebhookInvocations
from local.stand_ins.zendesk.world import fill, plan_in

_UNKNOWN = "unknown"
_DEFAULTS = Options()
_ADMINS_ONLY = "/api/v2/webhooks"
_Found = tuple[routes.Route, tuple[str, ...]]


class Zendesk:
    """An account. `clock` returns the time (aware, UTC); nothing here sleeps or reads another clock.

    `requests` counts what clients sent, whatever came of it, by endpoint with ids as `{id}`:
    "POST /api/v2/tickets", "GET /api/v2/users/{id}/tickets/requested", "POST /oauth/tokens".
    `faults` is what goes wrong now. `pops` are the screen pops so far, oldest first.
    `on_webhook` is called when there are new webhook invocations, which a `WebhookSender` sends.
    """

    def __init__(
        self,
        world: Mapping[str, Any] | None = None,
        *,
        clock: Callable[[], datetime],
        options: Options = _DEFAULTS,
    ) -> None:
        self._real_clock, self._options, self._lock = clock, options, RLock()
        self._time: datetime | None = None  # when a late write is carried out, should that be past
        self.requests: Counter[str] = Counter()
        self.faults = ZendeskFaults(clock, self._revoke, self._retime)
        self.on_webhook: Callable[[], None] = lambda: None
        self._replaced = 0
        self.replace(world or {})

    def replace(self, world: Mapping[str, Any]) -> None:
        """Start over with another world; no token, count or key is kept. Nothing changes on a WorldError."""
        with self._lock:
            self._late_writes = LateWrites()
            state = State(
                self._clock, self._options, plan_in(world), lambda: self.faults.lag(self._options.index_lag)
            )
            fill(state, world)
            self._state = state
            self._invocations = WebhookInvocations(state)
            self._tokens = Tokens(self._clock, self._options)
            self._keys = IdempotencyKeys(self._clock, self._options)
            self.requests.clear()
            self._replaced += 1_000_000

    def handle(self, request: Request) -> Response:
        """Answer a request. Raises AnswerLost where the client is to see its connection broken."""
        with self._lock:
            self._catch_up()
            if file := self._file(request):
                return file
            found = routes.found(request.method, request.path)
            name = found[0].name if found else _UNKNOWN
            if (request.method, request.path.removesuffix(".json")) == ("POST", "/oauth/tokens"):
                name = routes.TOKENS
            self.requests[name if name != _UNKNOWN else f"{request.method} {request.path}"] += 1
            response = self.faults.answer(name, request)
            if response is None:
                response = self._answer(name, found, request)
                self._invoke_webhooks()
            response = spelled(response, self._options.limit_headers)
            response = languages.spoken(response, self.faults.locale() or self._locale())
            response = self.faults.deliver(name, request, response)
            if response.delay:
                self._keys.answered_late(request, response.delay)
            return response

    def act(self, user_id: int, method: str, path: str, body: object = None) -> Response:
        """Do something as an agent in a browser does: PUT /api/v2/tickets/5 with {"ticket": {...}}.

        No token is needed, and neither counts, limits nor faults apply. ValueError where there is no such
        user, or `body` is no JSON value.
        """
        content = b"" if body is None else json.dumps(body).encode()
        bare, _, query = path.partition("?")
        request = Request(method, bare, query_of(query), {"content-type": "application/json"}, content)
        with self._lock:
            if user_id not in self._state.users:
                raise ValueError(f"there is no user {user_id}")
            self._catch_up()
            author, self._state.author_id = self._state.author_id, user_id
            try:
                found = routes.found(method, bare)
                if found is None or found[0].answer is None:
                    raise errors.invalid_endpoint()
                return found[0].answer(self._state, request, *found[1])
            except errors.RefusedError as refused:
                return languages.spoken(self._refusal(refused.response), self._locale())
            finally:
                self._state.author_id = author
                self._invoke_webhooks()

    @property
    def revision(self) -> int:
        """Return a number that grows with each change."""
        with self._lock:
            self._catch_up()
            return self._replaced + self._state.revision

    @property
    def late_writes(self) -> list[Shown]:
        """Return the writes that a fault put off, oldest first: endpoint, arrived, due, status once done."""
        with self._lock:
            self._catch_up()
            return self._late_writes.shown()

    @property
    def plan(self) -> Plan:
        """What the account's plan allows."""
        return self._state.plan

    @property
    def pops(self) -> list[Shown]:
        """Return the screen pops: agent, ticket or user, and when."""
        return list(self._state.pops)

    def tickets(self) -> list[Shown]:
        """Return every ticket that is not deleted as a replay prints it, by id."""
        with self._lock:
            self._catch_up()
            return snapshots.tickets(self._state)

    def users(self) -> list[Shown]:
        """Return every user as a replay prints it, by id, without an owner the world left out."""
        with self._lock:
            self._catch_up()
            return snapshots.users(self._state)

    def snapshot(self) -> Shown:
        """Return tickets, users, pops, requests, faults that are on, and revision at one time."""
        with self._lock:
            return {
                "tickets": self.tickets(),
                "users": self.users(),
                "pops": self.pops,
                "requests": dict(self.requests),
                "faults": self.faults.active(),
                "revision": self.revision,
            }

    def next_webhook(self) -> datetime | None:
        """Return when a webhook invocation may next be due; None where none waits."""
        with self._lock:
            self._catch_up()
            heard = bool(self._state.webhooks)
            due = (
                self._invocations.next_due(),
                jobs.next_due(self._state) if heard else None,
                self._late_writes.next_due() if heard else None,
            )
            return min((time for time in due if time is not None), default=None)

    def send_webhook(self, send: Send) -> bool:
        """Send one webhook invocation that is due with `send`, if there is one; return whether there was.

        The account can be used meanwhile. What `send` raises counts as no answer in time (TimeoutError) or
        as an answer of 502 (any other OSError).
        """
        with self._lock:
            self._catch_up()
            invocations, item = self._invocations, self._invocations.take(twice=self.faults.repeats_webhook)
            if item is None:
                return False
            outgoing = invocations.outgoing(item)
        status: int | None = None
        headers: Mapping[str, str] = {}
        try:
            status, headers = send(outgoing)
        except TimeoutError:
            status = None
        except OSError:
            status = 502
        with self._lock:
            invocations.answered(item, status, headers)
        return True

    def _answer(self, name: str, found: _Found | None, request: Request) -> Response:
        if name == routes.TOKENS:
            return self._tokens.issue(request)
        if name == routes.ME and not request.headers.get("authorization", "").startswith("Bearer"):
            return users_.anonymous()
        headers: dict[str, str] = {}
        try:
            if found is None:
                raise errors.invalid_endpoint()
            route, ids = found
            token = self._tokens.bearer(request)
            self._check_author()
            headers = self._state.limits.account(self._state.plan.requests_per_minute)
            if not token.allows(request.method, resource_of(request.path, self._options)):
                raise errors.forbidden()
            if route.template.startswith(_ADMINS_ONLY) and not self._is_admin():
                raise errors.forbidden()
            if route.limit:
                headers |= route.limit(self._state, request, ids)
            self._put_off(route, request, ids)
            response = self._answer_of(route, request, ids)
        except errors.RefusedError as refused:
            response = self._refusal(refused.response)
        return with_headers(response, headers)

    def _answer_of(self, route: routes.Route, request: Request, ids: tuple[str, ...]) -> Response:
        answer, keyed = route.answer, [routes.NEW_TICKET]
        if answer is None:
            return self._invocations.listed(request, *ids)
        if self._options.voice_tickets_idempotent:
            keyed.append(routes.NEW_VOICE_TICKET)
        if route.name in keyed:
            return self._keys.once(request, lambda: answer(self._state, request, *ids))
        return answer(self._state, request, *ids)

    def _put_off(self, route: routes.Route, request: Request, ids: tuple[str, ...]) -> None:
        """Raise AnswerLost where a write that may be made is carried out later.

        Who it is and the limits were looked at when it came; everything else is decided when it is done.
        """
        seconds = self.faults.lateness(route.name, request)
        if seconds is None:
            return

        def carry_out() -> int:
            try:
                return self._answer_of(route, request, ids).status
            except errors.RefusedError as refused:
                return refused.response.status

        now = self._clock()
        self._late_writes.take(route.name, now, now + timedelta(seconds=seconds), carry_out)
        self.on_webhook()
        raise AnswerLost

    def _check_author(self) -> None:
        """Refuse everything where the user who made the OAuth client has lost access (facts/zendesk.md 5)."""
        author = self._state.users[self._state.author_id].shown
        if author["suspended"] or not author["active"]:
            raise errors.unauthenticated()
        if author["role"] not in AGENT_ROLES:
            raise errors.forbidden()

    def _is_admin(self) -> bool:
        return bool(self._state.users[self._state.author_id].shown["role"] == "admin")

    def _file(self, request: Request) -> Response | None:
        return uploads.content(self._state, request, signed_in=self._tokens.works(request))

    def _catch_up(self) -> None:
        """Do what jobs and late writes have to do by now, and note the webhook invocations of it."""
        now = self._real_clock()
        while (due := self._late_writes.next_due()) is not None and due <= now:
            self._time = due
            try:
                jobs.run_due(self._state)
                self._late_writes.carry_out_next()
                self._invoke_webhooks()
            finally:
                self._time = None
        jobs.run_due(self._state)
        self._invoke_webhooks()

    def _invoke_webhooks(self) -> None:
        if self._invocations.take_changes():
            self.on_webhook()

    def _refusal(self, response: Response) -> Response:
        """Return a refusal as the account writes it."""
        single, plain = self._options.error_details == "object", self._options.plain_errors
        return errors.as_account(response, single_details=single, plain=plain)

    def _clock(self) -> datetime:
        return self._time or self._real_clock()

    def _locale(self) -> str:
        return str(self._state.users[self._state.author_id].shown["locale"])

    def _revoke(self) -> None:
        self._tokens.revoke()

    def _retime(self) -> None:
        with self._lock:
            self._state.index.retime()
