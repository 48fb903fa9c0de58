"""What rules of `ticket_fields` are asked of an analysis: its categories, and how the customer felt (T17)."""

from dataclasses import dataclass

from connect_zendesk.rules.settings.ticket_field_rules import ContactConditions
from connect_zendesk.rules.transcripts.conversation import Conversation, Mood

#: Scores go from -5 to 5. Up to the one they are negative, up to the other neutral, as the comment has them
#: in words (`wording.FEELING_WORDS`).
NEGATIVE, NEUTRAL = -1.0, 1.0


@dataclass(frozen=True)
class Analysis:
    """What was found: ``categories`` in lower case, and how the customer felt over all, None if not known."""

    categories: frozenset[str] = frozenset()
    sentiment: Mood | None = None

    @staticmethod
    def of(conversation: Conversation) -> "Analysis":
        """Return it of a conversation as it is shown, by whichever service.

        Contact Lens and Call Analytics have a score, Amazon Comprehend the word. In a recording of one channel
        no side is the customer for certain, so that nothing is known of how the customer felt.
        """
        categories = frozenset(name.strip().lower() for name in conversation.categories)
        feeling = conversation.feelings.get("customer")
        if feeling is not None and feeling.overall is not None:
            return Analysis(categories, mood_of(feeling.overall))
        tone = conversation.insights.tones.get("customer")
        return Analysis(categories, tone.mood if tone is not None else None)

    def fits(self, when: ContactConditions) -> bool:
        """Return whether the conditions that wait for an analysis hold."""
        return (not when.category or bool(self.categories & when.category)) and (
            not when.sentiment or self.sentiment in when.sentiment
        )


#: Before there is any: conditions that wait for one do not hold.
NO_ANALYSIS = Analysis()


def mood_of(score: float) -> Mood:
    """Return the word for a score from -5 to 5."""
    if score <= NEGATIVE:
        return "negative"
    return "neutral" if score <= NEUTRAL else "positive"
