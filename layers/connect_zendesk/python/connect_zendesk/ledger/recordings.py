"""Whether the recordings of a contact's legs are paused: no API says so, so it is remembered here (R1)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import RECORDINGS

State = Literal["on", "paused", "off"]


@dataclass(frozen=True)
class RecordingState:
    """The recording of a leg: *off* where Amazon Connect says that it is not being recorded.

    ``by`` is the Zendesk id of the agent who asked for it, ``at`` when, in ISO 8601. ``certain`` is false
    from before Amazon Connect is asked until it has answered.
    """

    state: State
    by: int
    at: str
    certain: bool = True


def of_contact(ledger: Ledger, root: str) -> Mapping[str, RecordingState]:
    """Return what is known of the recordings of a contact, by leg: of those that an agent changed."""
    known = ledger.recall(RECORDINGS.key(root=root))
    return {leg: RecordingState(**item) for leg, item in known.value.items()} if known else {}


def remember(ledger: Ledger, root: str, leg: str, state: RecordingState | None) -> None:
    """Remember what a leg's recording is now; None: nothing is known of it."""

    def change(known: Any) -> Any:
        others = {name: item for name, item in (known or {}).items() if name != leg}
        return {**others, leg: asdict(state)} if state is not None else others

    ledger.change(RECORDINGS.key(root=root), change)
