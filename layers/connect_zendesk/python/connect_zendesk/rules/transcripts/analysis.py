"""What was made of a conversation, as rules of `ticket_fields` ask for it (T17)."""

from connect_zendesk.rules.tickets.analysis import Analysis
from connect_zendesk.rules.transcripts.conversation import Conversation, Mood

#: Scores go from -5 to 5. Up to the one they are negative, up to the other neutral, as the comment has them
#: in words (`wording.FEELING_WORDS`).
NEGATIVE, NEUTRAL = -1.0, 1.0


def analysis_of(conversation: Conversation) -> Analysis:
    """Return what any of the services made of a conversation, as it is shown.

    Contact Lens and Call Analytics have a score, Amazon Comprehend the word. In a recording of one channel
    no side is the customer for certain: how the customer felt is unknown.
    """
    categories = frozenset(name.strip().lower() for name in conversation.categories)
    feeling = conversation.feelings.get("customer")
    if feeling is not None and feeling.overall is not None:
        return Analysis(categories, mood_of(feeling.overall))
    tone = conversation.insights.tones.get("customer")
    return Analysis(categories, tone.mood if tone is not None else None)


def mood_of(score: float) -> Mood:
    """Return the word for a score from -5 to 5."""
    if score <= NEGATIVE:
        return "negative"
    return "neutral" if score <= NEUTRAL else "positive"
