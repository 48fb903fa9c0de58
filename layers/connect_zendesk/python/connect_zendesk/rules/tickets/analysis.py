"""What rules of `ticket_fields` are asked of an analysis: its categories, and how the customer felt (T17)."""

from dataclasses import dataclass

from connect_zendesk.rules.settings.ticket_field_rules import ContactConditions


@dataclass(frozen=True)
class Analysis:
    """What was found: ``categories`` in lower case, and how the customer felt over all.

    ``sentiment`` is one of `ticket_field_rules.SENTIMENTS`, None if unknown.
    """

    categories: frozenset[str] = frozenset()
    sentiment: str | None = None

    def fits(self, when: ContactConditions) -> bool:
        """Return whether the conditions that wait for an analysis hold."""
        return (not when.category or bool(self.categories & when.category)) and (
            not when.sentiment or self.sentiment in when.sentiment
        )


#: Before there is any: conditions that wait for one do not hold.
NO_ANALYSIS = Analysis()
