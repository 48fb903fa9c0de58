"""What a probe has found out about the customer's own account (O3)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import PROBED
from connect_zendesk.rules.assumptions import Assumptions

#: So long a container goes on with what it has read: a probe is rare, and its answers may wait.
_READ_AGAIN_SECONDS = 600.0


@dataclass(frozen=True)
class Probe:
    """The answers by the ids of the facts, and when they were found (ISO 8601)."""

    answers: Mapping[str, str] = field(default_factory=dict)
    at: str = ""


def probe_of(ledger: Ledger) -> Probe:
    """Return the last probe; one without answers where there was none."""
    known = ledger.recall(PROBED.key())
    return Probe(known.value["answers"], known.value["at"]) if known is not None else Probe()


def remember(ledger: Ledger, answers: Mapping[str, str]) -> None:
    """Keep a probe's answers. A fact that it found nothing out about keeps its answer of before."""
    kept = {**probe_of(ledger).answers, **answers}
    ledger.remember(PROBED.key(), {"answers": kept, "at": ledger.clock().isoformat(timespec="seconds")})


class KnownAssumptions:
    """What holds of the account, read when it is needed first, and again every ten minutes.

    ``monotonic`` returns seconds.
    """

    def __init__(self, ledger: Ledger, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._ledger, self._monotonic = ledger, monotonic
        self._known: Assumptions | None = None
        self._read_again = 0.0

    def read(self) -> Assumptions:
        """Return it. One read of an item, and none by a contact that does not come to such a question."""
        if self._known is None or self._monotonic() >= self._read_again:
            self._known = Assumptions.of(probe_of(self._ledger).answers)
            self._read_again = self._monotonic() + _READ_AGAIN_SECONDS
        return self._known
