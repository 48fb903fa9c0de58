"""A stand-in for Zendesk: a state machine with an injected clock. HTTP is one adapter on it.

The reference is `docs/facts/zendesk.md`; what it says section by section is held by
`tests/functional/stand_ins`. Where it is unsure, `Options` switches the stand-in either way, and
`docs/stand-ins.md` says which way is which, and what the stand-in does not do.

>>> from datetime import UTC, datetime
>>> zendesk = Zendesk({"users": [{"id": 901, "name": "Ada", "role": "agent"}]},
...                   clock=lambda: datetime(2026, 11, 20, tzinfo=UTC))
>>> zendesk.handle(Request("GET", "/api/v2/users/901")).status
401
"""

from local.stand_ins.http.messages import AnswerLost, Request, Response
from local.stand_ins.zendesk.faults import ZendeskFaults as Faults
from local.stand_ins.zendesk.options import Options
from local.stand_ins.zendesk.stand_in import Zendesk
from local.stand_ins.zendesk.webhooks.deliveries import Outgoing
from local.stand_ins.zendesk.webhooks.sender import WebhookSender
from local.stand_ins.zendesk.world import WorldError

__all__ = [
    "AnswerLost", "Faults", "Options", "Outgoing", "Request", "Response", "WebhookSender", "WorldError",
    "Zendesk",
]  # fmt: skip
