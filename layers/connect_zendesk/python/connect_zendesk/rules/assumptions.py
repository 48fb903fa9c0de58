"""What documentation leaves open about Zendesk, and what is assumed of it until a probe has found out (O3).

`make doctor ARGS=--probe` tries each on the customer's own account and keeps the answers in the ledger. Only
what the code does in one way or another is here; every open fact is in docs/assumptions.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# The facts by their ids in docs/assumptions.md, with the answers that matter here.
VOICE_COMMENT_PRIVACY, PRIVATE = "voice-comment-privacy", "private"
VOICE_COMMENT_STAMP, WRITTEN_ALL_THE_SAME = "voice-comment-stamp", "written all the same"
VOICE_COMMENT_MARK, LOST = "voice-comment-mark", "lost"
COMMENT_SIZE = "comment-size"
CONFLICT_COUNTS, COUNTED = "conflict-counts", "counted"
USER_FIELDS_NOT_GIVEN, EMPTIED = "user-fields-not-given", "emptied"

#: Zendesk's limit is said to be 65,535 bytes; the rest is left to what Zendesk adds around links.
LARGEST_COMMENT = 60_000
_SMALLEST = 16_000  # with less room the headings alone may not fit: such an answer is not followed


@dataclass(frozen=True)
class Assumptions:
    """What holds of the account.

    Attributes:
        voice_comment_is_private: only agents see a voice comment, on tickets with public comments, too (M2).
        voice_comment_is_repeatable: an attempt to add one that is carried out late loses against one that was
            written since, and is found in the audits (T14).
        largest_comment: bytes of a comment that Zendesk keeps in full.
        conflict_is_counted: a conditional update that loses counts as an update of the ticket.
        user_fields_are_kept: an update of a user leaves the user fields alone that it does not mention.
    """

    voice_comment_is_private: bool = False
    voice_comment_is_repeatable: bool = True
    largest_comment: int = LARGEST_COMMENT
    conflict_is_counted: bool = False
    user_fields_are_kept: bool = True

    @staticmethod
    def of(answers: Mapping[str, str]) -> "Assumptions":
        """Return them with a probe's answers, by the ids of the facts; a fact without one is assumed."""
        size = answers.get(COMMENT_SIZE, "")
        largest = int(size) if size.isdecimal() else LARGEST_COMMENT
        repeatable = (
            answers.get(VOICE_COMMENT_STAMP) != WRITTEN_ALL_THE_SAME
            and answers.get(VOICE_COMMENT_MARK) != LOST
        )
        return Assumptions(
            voice_comment_is_private=answers.get(VOICE_COMMENT_PRIVACY) == PRIVATE,
            voice_comment_is_repeatable=repeatable,
            largest_comment=min(largest, LARGEST_COMMENT) if largest >= _SMALLEST else LARGEST_COMMENT,
            conflict_is_counted=answers.get(CONFLICT_COUNTS) == COUNTED,
            user_fields_are_kept=answers.get(USER_FIELDS_NOT_GIVEN) != EMPTIED,
        )
