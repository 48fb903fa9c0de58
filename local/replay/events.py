"""The kinds of events that the stack gets on AWS, and what a laptop can play beside them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connect_zendesk.amazon_connect.contact_record import parse
from connect_zendesk.rules.contacts.contact import Leg
from local.stand_ins.zendesk import Zendesk


class NotInThisWorld(Exception):
    """Something is done by a user whom the stand-in does not have. The message says by whom."""


@dataclass(frozen=True)
class StreamRecord:
    """The bytes of one record of the contact record stream, whatever they are."""

    data: bytes

    @property
    def leg(self) -> Leg | None:
        """The leg that the record describes, or None where it is no contact record."""
        try:
            content = json.loads(self.data)
            return parse(content) if isinstance(content, dict) else None
        except (ValueError, RecursionError):
            return None

    @property
    def at(self) -> datetime | None:
        """When Amazon Connect sent it, as far as it says."""
        leg = self.leg
        return leg.updated if leg else None


@dataclass(frozen=True)
class QueueMessage:
    """A message of the contact queue, as text: an event of the bus, or a delayed one of our own."""

    body: str

    @property
    def leg(self) -> Leg | None:
        """The leg that the message is about, or None where it holds no contact record."""
        try:
            return parse(json.loads(self.body)["detail"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @property
    def at(self) -> datetime | None:
        """When Amazon Connect sent the record in it, as far as it says."""
        leg = self.leg
        return leg.updated if leg else None


@dataclass(frozen=True)
class BusEvent:
    """An event of this project's own bus, in its envelope."""

    content: dict[str, Any]
    leg = None

    @property
    def detail_type(self) -> str:
        """What kind of event it is."""
        return str(self.content["detail-type"])

    @property
    def detail(self) -> dict[str, Any]:
        """What it says."""
        detail = self.content.get("detail")
        return detail if isinstance(detail, dict) else {}

    @property
    def at(self) -> datetime | None:
        """When what it reports happened, as far as it says."""
        return timestamp_in(self.detail.get("at") or self.detail.get("time"))


@dataclass(frozen=True)
class OtherBusEvent:
    """An event of the bus that a deployment names for Zendesk's events (K3), in its envelope."""

    content: dict[str, Any]
    leg = None

    @property
    def at(self) -> datetime | None:
        """When it was put there."""
        return timestamp_in(self.content.get("time"))


@dataclass(frozen=True)
class StoredFile:
    """A file of a contact that Amazon Connect has written to S3, and when, as far as is known."""

    bucket: str
    key: str
    data: bytes
    at: datetime | None = None
    leg = None


@dataclass(frozen=True)
class WebhookCall:
    """What a Zendesk webhook sends, still unsigned, as text."""

    body: str
    leg = None

    @property
    def at(self) -> datetime | None:
        """When it happened in Zendesk."""
        return timestamp_in(json.loads(self.body).get("time"))


@dataclass(frozen=True)
class InZendesk:
    """What a person does in Zendesk, as the request that it comes to: ``user`` is their id."""

    user: int
    method: str
    path: str
    body: dict[str, Any]
    at: datetime | None = None
    leg = None

    def happen(self, zendesk: Zendesk) -> None:
        """Do it there. Raises `NotInThisWorld`."""
        try:
            zendesk.act(self.user, self.method, self.path, self.body)
        except ValueError as error:
            raise NotInThisWorld(f"{error} in Zendesk: name its world with --zendesk") from None


@dataclass(frozen=True)
class ContactEvent:
    """What EventBridge sends about a contact that is going on, in its envelope."""

    envelope: dict[str, Any]
    leg = None

    @property
    def at(self) -> datetime | None:
        """When it was sent."""
        return timestamp_in(self.envelope.get("time"))


@dataclass(frozen=True)
class AgentEvent:
    """One record of the agent event stream."""

    content: dict[str, Any]
    leg = None

    @property
    def at(self) -> datetime | None:
        """When it was sent."""
        return timestamp_in(self.content.get("EventTimestamp"))


@dataclass(frozen=True)
class FlowCall:
    """What a contact flow's Lambda block sends, and the function that it asks: ``function`` is its folder."""

    event: dict[str, Any]
    leg = None
    at = None

    @property
    def function(self) -> str:
        """The folder of the function: a block that says what to search by looks up, any other opens."""
        details = self.event.get("Details")
        parameters = details.get("Parameters") if isinstance(details, dict) else None
        searches = isinstance(parameters, dict) and parameters.keys() & {"search_by", "action"}
        return "customer_lookup" if searches else "ticket_creation"


@dataclass(frozen=True)
class FlowWalk:
    """A contact that goes through a sample contact flow: its Lambda blocks ask the functions as they come.

    ``flow`` is the sample's name, ``contact`` the fields of a `FlowContact`, ``script`` what happens at
    which block. ``partner``: there is a function that verifies voices, and the script says what it answers.
    What the flow sets is on the contact's records from then on.
    """

    flow: str
    contact: dict[str, Any]
    script: dict[str, Any]
    partner: bool = False
    leg = None
    at = None


Event = (
    StreamRecord
    | QueueMessage
    | BusEvent
    | OtherBusEvent
    | ContactEvent
    | AgentEvent
    | FlowCall
    | FlowWalk
    | StoredFile
    | WebhookCall
    | InZendesk
)
#: Events of something that is going on: they mean nothing once they are old.
LIVE = (ContactEvent, AgentEvent, FlowCall, FlowWalk, WebhookCall, InZendesk, BusEvent, OtherBusEvent)


def timestamp_in(text: Any) -> datetime | None:
    """Return the timestamp that a text in ISO 8601 names, with its zone; None where it names none."""
    try:
        timestamp = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return timestamp if timestamp.tzinfo else None
