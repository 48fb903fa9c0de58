"""What this project needs in Zendesk: a webhook, two user fields, three macros."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.settings import resolve
from connect_zendesk.rules.tickets.macro_tags import ATTACH, NEW_TICKET, NEW_USER_TICKET

#: What each thing that was made here says of itself: only these are ever taken away.
MARK = "Made by make zendesk (Amazon Connect)."

EVENTS_WEBHOOK = "Amazon Connect: ticket events"
TRIGGERS_WEBHOOK = "Amazon Connect: from triggers"
#: The subscription of a webhook that a trigger or an automation invokes.
FROM_TRIGGERS = "conditional_ticket_events"
EVENT_PREFIX = "zen:event-type:ticket."
#: A macro sets its tag on a ticket, or on one that is just being made; a merge takes a contact's ticket away.
ALWAYS_SENT = ("created", "merged", "tags_changed")

_FIELD_TITLES = {
    "voiceid_field": "Voice authentication: id",
    "voiceid_status_field": "Voice authentication: status",
}


@dataclass(frozen=True)
class Webhook:
    """A webhook by its name, where it sends to, and what it subscribes to."""

    name: str
    endpoint: str
    subscriptions: tuple[str, ...]

    def asked(self, status: str) -> dict[str, Any]:
        """Return what makes it, and what it is set to."""
        return {
            "name": self.name,
            "description": MARK,
            "status": status,
            "endpoint": self.endpoint,
            "http_method": "POST",
            "request_format": "json",
            "subscriptions": list(self.subscriptions),
        }


@dataclass(frozen=True)
class UserField:
    """A field of Zendesk's users. It is text: what is written to it is read back as it was."""

    key: str
    title: str
    type: str = "text"

    def asked(self) -> dict[str, Any]:
        """Return what makes it."""
        return {"key": self.key, "title": self.title, "type": self.type, "description": MARK}


@dataclass(frozen=True)
class Macro:
    """A macro that sets a tag."""

    title: str
    tag: str

    @property
    def actions(self) -> list[dict[str, str]]:
        """What it does."""
        return [{"field": "current_tags", "value": self.tag}]

    def asked(self) -> dict[str, Any]:
        """Return what makes it."""
        return {"title": self.title, "description": MARK, "active": True, "actions": self.actions}


MACROS = (
    Macro("Amazon Connect: attach my contact to this ticket", ATTACH),
    Macro("Amazon Connect: attach my contact to a new ticket for this customer", NEW_TICKET),
    Macro("Amazon Connect: attach my contact to a new ticket for a new customer", NEW_USER_TICKET),
)


@dataclass(frozen=True)
class Wanted:
    """All of it."""

    webhooks: tuple[Webhook, ...]
    fields: tuple[UserField, ...]
    macros: tuple[Macro, ...]


def wanted(app: AppSettings, address: str, *, triggers: bool) -> Wanted:
    """Return what a stack with these app settings needs; ``address``: of its endpoint.

    Subscribed to are the events of all task rules, switched off ones too, so that switching one on takes no
    second command, and those by which macros and merges are noticed. ``triggers``: there is a second webhook,
    for triggers and automations.
    """
    kinds = sorted({kind for rule in app.task_rules for kind in rule.events} | set(ALWAYS_SENT))
    webhooks = [Webhook(EVENTS_WEBHOOK, address, tuple(EVENT_PREFIX + kind for kind in kinds))]
    if triggers:
        webhooks.append(Webhook(TRIGGERS_WEBHOOK, address, (FROM_TRIGGERS,)))
    return Wanted(tuple(webhooks), user_fields(app), MACROS)


def user_fields(app: AppSettings) -> tuple[UserField, ...]:
    """Return the two fields of voice authentication, by the keys that the app settings give them (V1)."""
    keys: Mapping[str, Any] = {name: resolve({}, app.defaults).by_name[name].value for name in _FIELD_TITLES}
    return tuple(UserField(keys[name], title) for name, title in _FIELD_TITLES.items())
