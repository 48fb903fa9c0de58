"""What a task says of its ticket to the flow and the agent, within Amazon Connect's limits (K2).

StartTaskContact refuses a request that is over a limit, so what may be long is cut.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from connect_zendesk.rules import wording
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.readers import clean, without_markup
from connect_zendesk.rules.settings.task_rules import TaskRule, TaskStart
from connect_zendesk.rules.ticket_events import TICKET
from connect_zendesk.rules.zendesk_events.zendesk_event import ZendeskEvent

#: The contact attributes of a task, beside the ticket's number in the one that the app settings name.
#: None of them is a setting: what they hold decides nothing about the contact (S6).
REQUESTER, SUBJECT, PRIORITY = "zendesk_requester", "zendesk_subject", "zendesk_priority"
EVENT, RULE = "zendesk_event", "zendesk_rule"

#: Characters, of 4,096 that are allowed.
LONGEST_DESCRIPTION = 4_000
#: UTF-8 bytes, of 32,768 that all attributes of a contact share: what the flow sets has to fit in too.
LARGEST_ATTRIBUTE = 1_024


@dataclass(frozen=True)
class Task:
    """A task to be started, and by which rule.

    ``token`` is the same for the same event and rule: Amazon Connect makes one task of all requests with it.
    ``link`` leads to the ticket. ``scheduled`` is when the task starts, in ISO 8601; None is at once.
    """

    rule: str
    token: str
    name: str
    description: str
    attributes: Mapping[str, str]
    link: str
    start: TaskStart
    scheduled: str | None = None

    def as_item(self) -> dict[str, Any]:
        """Return the task as the ledger keeps it."""
        return asdict(self)

    @staticmethod
    def of(item: Mapping[str, Any]) -> "Task":
        """Return a task from what was kept of it."""
        return Task(**{**item, "start": TaskStart(**item["start"])})


def task_of(event: ZendeskEvent, rule: TaskRule, app: AppSettings, zendesk_url: str, now: datetime) -> Task:
    """Return the task that an event becomes by a rule.

    ``zendesk_url`` is https://<subdomain>.zendesk.com. The delay of a rule counts from the event; where that
    time has passed by ``now``, the task starts at once.
    """
    number, subject = event.ticket.id, _line(event.ticket.subject or "")
    kind, priority = _line(event.type.removeprefix(TICKET)), _line(event.ticket.priority or "")
    lines = [wording.TASK_ABOUT.format(ticket=number, subject=subject or wording.NO_SUBJECT)]
    if priority:
        lines.append(wording.TASK_PRIORITY.format(priority=priority))
    lines.append(wording.TASK_WHY.format(rule=rule.name, event=kind))
    attributes = {
        REQUESTER: str(event.ticket.requester or ""),
        SUBJECT: subject,
        PRIORITY: priority,
        EVENT: kind,
        RULE: rule.name,
        app.zendesk_ticket_attribute: str(number),
    }
    return Task(
        rule=rule.name,
        token=hashlib.sha256(f"{event.account} {event.id} {rule.name}".encode()).hexdigest(),
        name=f"Zendesk-{number}",
        description=_cut_lines(lines),
        attributes={name: cut(value, LARGEST_ATTRIBUTE) for name, value in attributes.items() if value},
        link=f"{zendesk_url}/agent/tickets/{number}",
        start=rule.task,
        scheduled=_scheduled(event, rule, now),
    )


def cut(text: str, most: int) -> str:
    """Return a text of at most so many UTF-8 bytes; what is cut off is shown by an ellipsis."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return encoded[: most - len("…".encode())].decode(errors="ignore") + "…"


def _cut_lines(lines: list[str]) -> str:
    """Return lines as one text, the first of them cut where they are too long together."""
    others = "".join(f"\n{line}" for line in lines[1:])[: LONGEST_DESCRIPTION // 2]
    room = LONGEST_DESCRIPTION - len(others)
    first = lines[0] if len(lines[0]) <= room else lines[0][: room - 1] + "…"
    return first + others


def _scheduled(event: ZendeskEvent, rule: TaskRule, now: datetime) -> str | None:
    if not rule.task.schedule_in_minutes:
        return None
    timestamp = _timestamp(event.time, now) + timedelta(minutes=rule.task.schedule_in_minutes)
    return timestamp.isoformat() if timestamp > now else None


def _timestamp(text: str, now: datetime) -> datetime:
    """Return when an event happened: now, where that cannot be read or has not come yet."""
    try:
        timestamp = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return now
    return min(timestamp, now) if timestamp.tzinfo is not None else now


def _line(text: str) -> str:
    """Return a text as one line without markup: it comes from outside, and is shown to agents (M6)."""
    return " ".join(without_markup(clean(text)).split())
