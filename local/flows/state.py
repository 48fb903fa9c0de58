"""What a flow knows while it is walked, and what its references come to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.flow_language.action_table import action_table
from infra.flow_language.references import REFERENCE, is_reference, steps_of
from local.flows.contact import FlowContact
from local.stand_ins.amazon_connect.contacts import INSTANCE_ARN

#: Answers a Lambda block's event. Raises what it likes where it fails.
Function = Callable[[dict[str, Any]], Any]


@dataclass
class State:
    """A contact in a flow. ``places`` fill what stands as ``${Name}`` there; ``hooks``: its event flows."""

    contact: FlowContact
    places: Mapping[str, str]
    attributes: dict[str, str]
    flow_attributes: dict[str, str] = field(default_factory=dict)
    external: Any = None
    stored: str | None = None
    lex: dict[str, Any] = field(default_factory=dict)
    queue: str | None = None
    hooks: dict[str, str] = field(default_factory=dict)
    loops: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)
    silent_seconds: float = 0

    def fill(self, value: Any) -> Any:
        """Return a parameter with its places filled and its references replaced by what they come to."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, str):
            return value
        for place, text in self.places.items():
            value = value.replace(f"${{{place}}}", text)
        if is_reference(value):
            return self.lookup(value)
        return REFERENCE.sub(lambda found: _text(self.lookup(found.group())), value)

    def lookup(self, reference: str) -> Any:
        """Return what a reference comes to, or None where that is not set."""
        root, *names = steps_of(reference)
        found: Any = self._roots().get(root)
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def set_attributes(self, given: Mapping[str, Any]) -> dict[str, str] | None:
        """Set contact attributes; returns them, or None where they are more than a contact may have."""
        texts = {name: _text(value) for name, value in given.items()}
        if _bytes({**self.attributes, **texts}) > action_table().limits["attributes_bytes_per_contact"]:
            return None
        self.attributes.update(texts)
        return texts

    def enter_flow(self) -> None:
        """Forget what lasts for one flow only."""
        self.flow_attributes.clear()
        self.loops.clear()
        self.visits.clear()

    def _roots(self) -> dict[str, Any]:
        contact = self.contact
        data = contact.event(self.attributes, {})["Details"]["ContactData"]
        return {
            **data,
            "Attributes": self.attributes,
            "FlowAttributes": self.flow_attributes,
            "External": self.external,
            "StoredCustomerInput": self.stored,
            "Lex": self.lex,
            "Queue": {
                "Name": "Support",
                "ARN": self.queue,
                "OutboundCallerId": {"Address": contact.dialled},
            },
            "Agent": {"UserName": "bjones", "FirstName": "Bob", "ARN": f"{INSTANCE_ARN}/agent/a0000002"},
        }


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _bytes(attributes: Mapping[str, str]) -> int:
    return sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
