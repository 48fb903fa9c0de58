"""What of a transcription is shown: what was asked for, and what personal data allow (X3)."""

from collections.abc import Collection
from dataclasses import replace

from connect_zendesk.rules import wording
from connect_zendesk.rules.transcripts.conversation import Conversation, Role

_SIDES: tuple[Role, ...] = ("customer", "agent")


def shown(conversation: Conversation, wanted: Collection[str], *, words: bool, stereo: bool) -> Conversation:
    """Return a transcription as it is shown.

    ``wanted`` are the words of `speech_analysis`; ``words``: what was said may be shown. ``stereo``: both
    sides have a channel of their own, so that one may have said nothing.
    """
    notes = list(conversation.notes)
    spoke = _who_spoke(conversation)
    if stereo and spoke:
        silent = [role for role in _SIDES if role not in spoke]
        notes += [wording.ONE_SIDE_SILENT.format(role=wording.ROLES[role].lower()) for role in silent]
    if "sentiment" not in wanted:
        conversation = conversation.without_feelings()
    if not words or "transcript" not in wanted:
        conversation = replace(conversation.without_words(), summary=None)
        if "transcript" in wanted:
            notes.append(wording.WORDS_NOT_REDACTED)
        if not spoke:
            notes.append(wording.NOTHING_SAID)
    return replace(conversation, notes=tuple(notes))


def _who_spoke(conversation: Conversation) -> frozenset[Role]:
    """Return the roles of those who said anything; both sides are heard soon, where both are there."""
    found: set[Role] = set()
    for turn in conversation.items:
        if turn.kind != "event":
            found.add(turn.role)
        if found >= set(_SIDES):
            break
    return frozenset(found)
