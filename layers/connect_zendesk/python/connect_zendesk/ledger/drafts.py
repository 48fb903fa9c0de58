"""What an unfinished step is going to write, and where that is kept.

It can be personal: it has an item of its own (`schema.DRAFT`), which is kept for a week. A step that is still
unfinished then is drafted anew.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from connect_zendesk.errors import Conflict
from connect_zendesk.ledger import schema_1
from connect_zendesk.ledger.claims import SOON_SECONDS, Draft, token_of
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.ledger.schema import Step


def keep(ledger: Ledger, step: Step, life: str, draft: Draft) -> None:
    """Keep what a step is going to write in this life of it. Raises `Conflict` where another container has.

    What an earlier life has left there is replaced.
    """
    kept = {"life": life, "notes": draft.notes, "text": json.dumps(draft.content)}
    version = None
    while not ledger.write(step.draft, kept, version):
        known = ledger.read(step.draft)
        if known.content == kept:
            return
        if known.content.get("life") == life:
            raise Conflict("another container has taken over this step", SOON_SECONDS)
        version = known.version


def drafted_before(
    ledger: Ledger, step: Step, entry: Mapping[str, Any], draft: Callable[[], Draft]
) -> tuple[Draft, bool]:
    """Return the draft of a step's first claim, and whether it is kept; another one where it is forgotten.

    What release 0.1 drafted is kept before the claim, which can be written over it.
    """
    before = draft_of(ledger, step, entry)
    if before.content is None:
        is_forgotten = entry.get("draft") or entry.get("schema_1")
        return (draft(), False) if is_forgotten else (before, True)
    if entry.get("schema_1"):
        keep(ledger, step, token_of(entry)[0], before)
    return before, True


def draft_of(ledger: Ledger, step: Step, entry: Mapping[str, Any]) -> Draft:
    """Return the draft of a step that is not done, without content where that is forgotten."""
    known = ledger.read(step.draft).content if entry.get("draft") else {}
    if known.get("life") == token_of(entry)[0]:
        return Draft(known["notes"], json.loads(known["text"]))
    content = None
    if entry.get("schema_1"):
        item = ledger.read_all(step.key.partition).get(step.sort_in_schema_1)
        content = schema_1.draft(step, item) if item is not None and item["schema"] == 1 else None
    return Draft(entry.get("notes"), content)


def without_notes(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step's entry without what it says of a draft."""
    return {name: value for name, value in entry.items() if name not in ("schema_1", "notes", "draft")}


def kept_of(draft: Draft) -> dict[str, Any]:
    """Return what a step's entry says of its draft."""
    notes = {"notes": draft.notes} if draft.notes is not None else {}
    return notes | ({"draft": True} if draft.content is not None else {})
