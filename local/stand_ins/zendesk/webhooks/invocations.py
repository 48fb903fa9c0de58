"""Turns changes of tickets into webhook invocations, and lists those (facts/zendesk.md 6.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from local.stand_ins.http.messages import Request, Response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.paging import paged
from local.stand_ins.zendesk.records import CONNECTED, Shown, Webhook
from local.stand_ins.zendesk.state import State
from local.stand_ins.zendesk.webhooks import triggers, webhooks
from local.stand_ins.zendesk.webhooks.deliveries import Deliveries, Invocation, Outgoing
from local.stand_ins.zendesk.webhooks.events import events_of

_SORT = {"latest_completed_at": lambda shown: (shown["latest_completed_at"] or "", shown["id"])}
_SENT = {"sent_at": lambda shown: (shown["sent_at"], shown["id"])}


class WebhookInvocations:
    """The invocations of an account's webhooks."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._deliveries = Deliveries(state.options, state.plan.webhook_invocations_per_minute)

    def take_changes(self) -> bool:
        """Turn changes of tickets into invocations; return whether there are new ones."""
        state, any_new = self._state, False
        changes, state.changes = state.changes, []
        for change in changes:
            listening = [w for w in state.webhooks.values() if w.shown["status"] == "active"]
            for event in events_of(state, change) if any(w.is_subscribed for w in listening) else ():
                body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
                about = {"event_id": event["id"], "event_type": event["type"]}
                for webhook in listening:
                    if webhook.is_subscribed and {"*", event["type"]} & set(webhook.shown["subscriptions"]):
                        self._add(webhook, body, about)
                        any_new = True
            for number, text in triggers.fired(state, change):
                if fired := next((w for w in listening if w.shown["id"] == number), None):
                    self._add(fired, text.encode(), {"event_id": None, "event_type": CONNECTED})
                    any_new = True
        return any_new

    def next_due(self) -> datetime | None:
        """Return when something is to be sent next, or None."""
        return self._deliveries.next_due(self._state.clock())

    def take(self, *, twice: Callable[[], bool]) -> Invocation | None:
        """Return the next invocation that is due, of a webhook that still exists; `twice`: it is repeated."""
        while item := self._deliveries.take(self._state.clock()):
            if item.webhook_id in self._state.webhooks:
                if not item.attempts and twice():
                    item.snapshots = 2
                return item
            self._deliveries.drop(item.webhook_id)
        return None

    def outgoing(self, item: Invocation) -> Outgoing:
        """Return an attempt to send."""
        return self._deliveries.outgoing(item, self._state.clock(), self._state.options.account_id)

    def answered(self, item: Invocation, status: int | None, headers: Mapping[str, str]) -> None:
        """Record the answer to an attempt."""
        self._deliveries.answered(item, status, headers, self._state.clock())

    def listed(self, request: Request, webhook_id: str, number: str | None = None) -> Response:
        """Answer GET /api/v2/webhooks/{id}/invocations, and /{id}/attempts of one."""
        state, name, sort = self._state, "invocations", _SORT
        webhooks.of(state, webhook_id)
        found: list[Shown] | None = self._deliveries.invocations(webhook_id, state.clock())
        if number is not None:
            name, sort, found = "attempts", _SENT, self._deliveries.attempts(webhook_id, number)
        if found is None:
            raise errors.listed(404, "InvocationNotFound", f"there is no invocation {number}")
        return paged(request, name, found, cursor_sort=sort, offset_sort=sort, url=state.options.url)

    def _add(self, webhook: Webhook, body: bytes, about: Shown) -> None:
        shown, number = webhook.shown, f"01J{self._state.next_id():023d}"
        self._deliveries.add(
            Invocation(
                number, shown["id"], shown["http_method"], shown["endpoint"], webhook.headers(), body,
                webhook.secret, about, self._state.clock(),
            )
        )  # fmt: skip
