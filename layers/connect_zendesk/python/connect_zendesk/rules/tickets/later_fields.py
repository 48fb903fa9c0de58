"""What an analysis sets on a ticket that is there: where it is empty, without what is refused (T17, T16)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from connect_zendesk.rules import wording
from connect_zendesk.rules.model import FilledTicket
from connect_zendesk.rules.tickets.comment import escape
from connect_zendesk.rules.tickets.ticket_fields import Given, TicketFields

#: Names by which Zendesk complains about the comment, which is not ours to leave out here.
_ABOUT_COMMENT = frozenset({"comment", "comments", "html_body", "uploads", "attachments"})
#: UTF-8 bytes of what is said: a comment keeps more than that free for notes at its end.
_LONGEST = 1_800


@dataclass(frozen=True)
class LaterFields:
    """What is to be set on one ticket, of what rules ``given``.

    ``ticket`` is as it was shown just before. ``refused`` are the ids of ticket fields that Zendesk does not
    accept, ``no_fields`` and ``no_tags`` say that it accepts none of them.
    """

    given: TicketFields
    ticket: FilledTicket
    refused: frozenset[int] = frozenset()
    no_fields: bool = False
    no_tags: bool = False

    def on(self, ticket: FilledTicket) -> "LaterFields":
        """Return the same for the ticket as it is shown now."""
        return self if ticket is self.ticket else replace(self, ticket=ticket)

    @cached_property
    def fields(self) -> tuple[Given, ...]:
        """The values of ticket fields that are sent."""
        return tuple(
            each for each in self._empty_fields if not self.no_fields and each.what not in self.refused
        )

    @cached_property
    def tags(self) -> tuple[Given, ...]:
        """The tags that are sent, beside those that are there."""
        there = {tag.lower() for tag in self.ticket.tags}
        return tuple(
            each
            for each in self.given.given
            if each.what == "tag" and each.value not in there and not self.no_tags
        )

    @property
    def properties(self) -> dict[str, Any]:
        """What is sent, as Zendesk's API has it. Tags are sent whole, as an update replaces them."""
        own = TicketFields(self.fields).properties
        return {**own, "tags": [*self.ticket.tags, *(each.value for each in self.tags)]} if self.tags else own

    @property
    def lines(self) -> tuple[str, ...]:
        """What the comment says of it: what is left out, which rule sets what, and what stays as it is."""
        left_out = [wording.WITHOUT_FIELDS] if self.no_fields else []
        left_out += [wording.WITHOUT_FIELD.format(field=field) for field in sorted(self.refused)]
        left_out += [wording.WITHOUT_TAGS] if self.no_tags else []
        sent = TicketFields(tuple(each for each in self.given.given if each in (*self.fields, *self.tags)))
        kept = [
            wording.FIELD_KEPT.format(rule=each.rule, field=each.what)
            for each in self.given.given
            if isinstance(each.what, int) and each not in self._empty_fields
        ]
        said = [
            *(f"T16: {text}" for text in left_out),
            *(reason.line for reason in sent.reasons),
            *(f"T17: {text}" for text in kept),
        ]
        return tuple(_within(said, _LONGEST))

    def without(self, names: Collection[str], ids: Collection[int]) -> "LaterFields | None":
        """Return it without what Zendesk complains about, by names of properties and ids of ticket fields.

        Where it names nothing of it, ticket fields go first, then tags; None where nothing is left to go.
        """
        sent = {each.what for each in self.fields if isinstance(each.what, int)}
        if named := sent & set(ids):
            return replace(self, refused=self.refused | named)
        if set(names) & _ABOUT_COMMENT and not set(names) & {"custom_fields", "tags"}:
            return None
        if self.fields and not ("tags" in names and self.tags):
            return replace(self, no_fields=True)
        return replace(self, no_tags=True) if self.tags else None

    def dropped_from(self, updated: FilledTicket) -> tuple[str, ...]:
        """Return a line for each thing that the ticket does not show, though Zendesk took the update."""
        lines = [
            wording.WITHOUT_FIELD.format(field=each.what)
            for each in self.fields
            if each.value and isinstance(each.what, int) and _is_empty(updated.fields.get(each.what))
        ]
        there = {tag.lower() for tag in updated.tags}
        if any(each.value not in there for each in self.tags):
            lines.append(wording.WITHOUT_TAGS)
        return tuple(f"T16: {line}" for line in lines)

    @cached_property
    def _empty_fields(self) -> tuple[Given, ...]:
        return tuple(
            each
            for each in self.given.given
            if isinstance(each.what, int) and _is_empty(self.ticket.fields.get(each.what))
        )


def _is_empty(value: Any) -> bool:
    """Return whether a ticket field has no value; a checkbox that is not ticked has none."""
    return value is None or value is False or value in ("", [])


def _within(lines: list[str], longest: int) -> list[str]:
    """Return as many lines as there is room for as HTML, and how many there are besides."""
    shown: list[str] = []
    for position, line in enumerate(lines):
        longest -= len(escape(line).encode())
        if longest < 0:
            return [*shown, wording.MORE.format(count=len(lines) - position)]
        shown.append(line)
    return shown
