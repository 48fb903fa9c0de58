"""Contacts that have walked through flows: what the flows left on them is on all that comes of them later."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.sample_flows import BY_NAME
from local.flows.contact import FlowContact
from local.flows.script import read_script
from local.flows.surroundings import PARTNER, surroundings
from local.flows.walk import Walked, walk
from local.replay.events import Event, FlowWalk, StreamRecord


class WalkedContacts:
    """The attributes that flows have left, by the root of the contact."""

    def __init__(self) -> None:
        self._left: dict[str, dict[str, str]] = {}

    def walk(self, event: FlowWalk, ask: Callable[[str, dict[str, Any]], Any]) -> Walked:
        """Have a contact walk through a sample; ``ask`` asks a function, by its folder, with a block's event.

        A later leg, and a flow after another, begins with what was left before.
        """
        contact = FlowContact(**event.contact)
        root = contact.first_leg or contact.contact_id
        before = {**self._left.get(root, {}), **contact.attributes}
        others = {PARTNER: _unanswered} if event.partner else {}
        walked = walk(
            BY_NAME[event.flow].flow,
            FlowContact(**{**event.contact, "attributes": before}),
            read_script(event.script),
            surroundings(ask, others),
        )
        self._left[root] = dict(walked.attributes)
        return walked

    def event_of(self, event: FlowWalk) -> dict[str, Any]:
        """Return what a Lambda block would send of a contact, once it has walked."""
        contact = FlowContact(**event.contact)
        return contact.event(self._left.get(contact.first_leg or contact.contact_id, {}), {})

    def complete(self, event: Event) -> Event:
        """Return an event with what flows left on its contact; what it has itself came later, and stays."""
        if not self._left or not isinstance(event, StreamRecord):
            return event
        try:
            record = json.loads(event.data)
            left = self._left.get(record.get("InitialContactId") or record["ContactId"], {})
        except (ValueError, TypeError, KeyError, AttributeError):
            return event
        if not left:
            return event
        own: Mapping[str, str] = record.get("Attributes") or {}
        return StreamRecord(json.dumps({**record, "Attributes": {**left, **own}}).encode())


def _unanswered(_event: dict[str, Any]) -> Any:
    raise LookupError("the script says nothing of what the partner answers")
