"""Which Zendesk events go where: what the rules of the bus say, as data that the laptop's bus reads too.

What can be told without the app settings is told here, so that no function is woken in vain.
"""

from collections.abc import Mapping
from typing import Any

from connect_zendesk.rules.tickets.macro_tags import MACRO_TAGS
from connect_zendesk.rules.zendesk_events.ticket_events import EVENTS, TICKET

#: What task rules can name, done by anybody but us (K1, K4).
TASK_EVENTS: Mapping[str, Any] = {
    "type": [f"{TICKET}{name}" for name in EVENTS],
    "by_connector": [False],
}

#: What a macro's tag can come with: a ticket that gets it, or that is made with it (A1).
MACRO_EVENTS: Mapping[str, Any] = {
    "by_connector": [False],
    "$or": [
        {"type": [f"{TICKET}tags_changed"], "change": {"tags_added": list(MACRO_TAGS)}},
        {"type": [f"{TICKET}created"], "ticket": {"tags": list(MACRO_TAGS)}},
    ],
}
