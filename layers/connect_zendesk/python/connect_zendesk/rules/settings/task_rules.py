"""Task rules: which Zendesk ticket events become Amazon Connect tasks (K1)."""

from collections.abc import Callable
from dataclasses import dataclass

from connect_zendesk.rules.settings.shapes import (
    BOOLEAN,
    ID,
    NAME,
    TAG,
    Shape,
    choice,
    list_of,
    matching,
    one_or_more,
    table,
    unique_names,
    whole_number,
)
from connect_zendesk.rules.ticket_events import EVENTS

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
TYPES = ("question", "incident", "problem", "task")

#: Amazon Connect schedules a task this far ahead at most.
LATEST_MINUTES = 6 * 24 * 60

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@dataclass(frozen=True)
class Conditions:
    """What a ticket must be like after the event. Each one that is not empty must hold.

    Of a set, one value is enough; of ``tags_all`` the ticket has every one, of ``tags_none`` none.
    ``group``, ``brand`` and ``form`` are Zendesk ids; ``channel`` is how the ticket was made, by the word of
    the API or of the webhooks: web or web_form.
    """

    status: frozenset[str] = frozenset()
    priority: frozenset[str] = frozenset()
    type: frozenset[str] = frozenset()
    tags_any: frozenset[str] = frozenset()
    tags_all: frozenset[str] = frozenset()
    tags_none: frozenset[str] = frozenset()
    group: frozenset[int] = frozenset()
    brand: frozenset[int] = frozenset()
    form: frozenset[int] = frozenset()
    channel: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TaskStart:
    """How the task starts: in a flow, by a quick connect or from a template (exactly one), now or later.

    Each is named by its id, or by its ARN, which also names the instance that the task is made in.
    """

    contact_flow: str | None = None
    quick_connect: str | None = None
    template: str | None = None
    schedule_in_minutes: int = 0

    @property
    def instance(self) -> str | None:
        """The ARN of the instance, where one is named."""
        place = self.contact_flow or self.quick_connect or self.template or ""
        return "/".join(place.split("/")[:2]) if place.startswith("arn:") else None


@dataclass(frozen=True)
class TaskRule:
    """One rule. The first enabled one that fits an event makes the task; the later ones are not looked at."""

    name: str
    events: frozenset[str]
    task: TaskStart
    when: Conditions = Conditions()
    enabled: bool = True


def _connect_id(kind: str, what: str) -> Shape[str]:
    """The id of something in Amazon Connect, or its ARN."""
    arn = rf"arn:aws[a-z-]*:connect:[a-z0-9-]+:[0-9]{{12}}:instance/{_UUID}/{kind}/"
    return matching(rf"(?:{arn})?{_UUID}", f"the id or ARN of {what}", str.lower)


_lower: Callable[[str], str] = str.lower
_CHANNEL = matching(r"[A-Za-z0-9_]{1,50}", "a Zendesk channel such as web or email", _lower)

_CONDITIONS = table(
    Conditions,
    {
        "status": one_or_more(choice(*STATUSES)),
        "priority": one_or_more(choice(*PRIORITIES)),
        "type": one_or_more(choice(*TYPES)),
        "tags_any": one_or_more(TAG),
        "tags_all": one_or_more(TAG),
        "tags_none": one_or_more(TAG),
        "group": one_or_more(ID),
        "brand": one_or_more(ID),
        "form": one_or_more(ID),
        "channel": one_or_more(_CHANNEL),
    },
)
_START = table(
    TaskStart,
    {
        "contact_flow": _connect_id("contact-flow", "a flow"),
        "quick_connect": _connect_id("transfer-destination", "a quick connect"),
        "template": _connect_id("task-template", "a task template"),
        "schedule_in_minutes": whole_number(0, LATEST_MINUTES),
    },
    one_of=("contact_flow", "quick_connect", "template"),
)
_RULE = table(
    TaskRule,
    {
        "name": NAME,
        "enabled": BOOLEAN,
        "events": one_or_more(choice(*EVENTS)),
        "when": _CONDITIONS,
        "task": _START,
    },
    required=("name", "events", "task"),
)

#: The app setting `task_rules`; read as a tuple of `TaskRule`.
TASK_RULES = unique_names(list_of(_RULE, "a list of tables with name, events, when and task"))
