"""How much work a contact record is, against reading it: `python -m tests.benchmarks.own_work`.

A ratio, so that the machine does not matter. Own work is parsing, deciding (with every look-up answered at
once) and rendering the ticket, its details and the voice comment; the budget is 12. Beside it is shown what
deciding alone comes to, and all of it with the consumer of the stream, and with reading and writing JSON on
the way. What AWS libraries do, and the ledger and Zendesk with their networks, is in neither.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from connect_zendesk.amazon_connect import contact_record
from connect_zendesk.messaging import event_text
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.lookups import Known
from connect_zendesk.rules.model import User
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets import ticket_decision as ticket
from connect_zendesk.rules.tickets.ticket_decision import Decision
from connect_zendesk.rules.tickets.view import View
from tests.records import ANA, ANAS_NUMBER, call, data_of

BUDGET = 12
ROUNDS, TIMES = 25, 200

APP = AppSettings(default_country="GB", connect_instance_url="https://acme.my.connect.aws")
RECORDS = {
    "no attributes": call(),
    "a dozen attributes": call(attributes={f"attribute_{number}": "some value" for number in range(12)}),
}


def read(data: bytes) -> Any:
    """Read a record as the stream brings it: what nobody can do without."""
    return json.loads(base64.b64decode(data))


def consumer(data: bytes) -> str:
    """Do what the consumer of the record stream does with a record, but for sending it."""
    return event_text(contact_record.decode(base64.b64decode(data)))


def decide(leg: Leg) -> Decision:
    """Decide on a recognised caller's ticket."""
    known = Known()
    while not isinstance(answer := ticket.decide(leg, APP, known, "ended"), Decision):
        known = known.with_answer(answer, (User(ANA, "Ana Silva", ANAS_NUMBER),))
    return answer


def parse_decide_render(record: dict[str, Any]) -> list[Any]:
    """Do a contact record's own work."""
    leg = contact_record.parse(record)
    comment.fingerprint(leg)
    decision = decide(leg)
    view = View.of(leg, APP)
    return [
        comment.subject(leg, APP, decision.customer),
        comment.details(view, decision.why, decision),
        comment.voice_comment(view, 901),
    ]


def worker(text: str) -> str:
    """Do what the worker does with a message, but for looking up, writing down and sending."""
    return json.dumps(parse_decide_render(json.loads(text)["detail"]))


def seconds(do: Callable[[Any], Any], given: Any) -> float:
    """Return how long something takes once, in its best half of many rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(TIMES):
            do(given)
        rounds.append((perf_counter() - began) / TIMES)
    return median(sorted(rounds)[: ROUNDS // 2])


def worst_ratio() -> float:
    """Return own work over reading, of the record where it is most."""
    ratios = []
    for record in RECORDS.values():
        base = seconds(read, base64.b64encode(data_of(record)))
        ratios.append(seconds(parse_decide_render, record) / base)
    return max(ratios)


def main() -> int:
    """Measure and print; returns 1 where the budget is exceeded."""
    table = Table("record", "read", "decide", "ratio", "own work", f"ratio, at most {BUDGET}")
    for column in ("consumer", "worker", "ratio"):
        table.add_column(column)
    worst = 0.0
    for name, record in RECORDS.items():
        data = base64.b64encode(data_of(record))
        message = json.dumps({"detail-type": "Contact Record", "detail": record})
        base, own = seconds(read, data), seconds(parse_decide_render, record)
        deciding = seconds(decide, contact_record.parse(record))
        at_consumer, at_worker = seconds(consumer, data), seconds(worker, message)
        worst = max(worst, own / base)
        times = (base, deciding, own, at_consumer, at_worker)
        read_, decide_, own_, consumer_, worker_ = (f"{value * 1e6:.0f} µs" for value in times)
        ratios = [f"{time / base:.1f}" for time in (deciding, own, at_consumer + at_worker)]
        table.add_row(name, read_, decide_, ratios[0], own_, ratios[1], consumer_, worker_, ratios[2])
    Console().print(table)
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
