"""What Zendesk refuses of a new ticket: left out, or decided again (T16)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from connect_zendesk.ledger.steps import Draft
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import facts_of
from connect_zendesk.rules.contacts.lookups import Known
from connect_zendesk.rules.model import Requester
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets.decision_table import Reason
from connect_zendesk.workflows.services import Services
from connect_zendesk.workflows.tickets.look_ups import answered
from connect_zendesk.zendesk import users
from connect_zendesk.zendesk.errors import Refused

T = TypeVar("T")

#: The requesters of one ticket that are tried: two customers, then the agent, then the placeholder.
_CUSTOMERS, _REQUESTERS = 2, 4

_ABOUT_REQUESTER = frozenset({"requester", "requester_id"})


@dataclass(frozen=True)
class _Part:
    """A part that a ticket can do without: its fields, Zendesk's names for it, what is said of its lack.

    ``beside`` is another field of the ticket, without which this is no part of it.
    """

    fields: tuple[str, ...]
    called: frozenset[str]
    left_out: str
    metric: Metric | None = None
    beside: str | None = None

    def is_in(self, ticket: Mapping[str, Any]) -> bool:
        """Return whether a ticket has it."""
        return bool(ticket.keys() & set(self.fields)) and (self.beside is None or self.beside in ticket)


#: In the order in which they are left out where Zendesk does not say what it complains about: what an
#: administrator's rules set (T17) before what the connector does.
_PARTS = (
    _Part(("custom_fields",), frozenset({"custom_fields"}), wording.WITHOUT_FIELDS),
    _Part(("ticket_form_id",), frozenset({"ticket_form", "ticket_form_id"}), wording.WITHOUT_FORM),
    _Part(("brand_id",), frozenset({"brand", "brand_id"}), wording.WITHOUT_BRAND),
    _Part(("group_id",), frozenset({"group", "group_id"}), wording.WITHOUT_GROUP),
    _Part(("priority",), frozenset({"priority"}), wording.WITHOUT_PRIORITY),
    _Part(("type",), frozenset({"type", "ticket_type"}), wording.WITHOUT_TYPE),
    _Part(  # the group wins (T17)
        ("assignee_id",),
        frozenset({"assignee", "assignee_id"}),
        wording.GROUP_WITHOUT_AGENT,
        beside="group_id",
    ),
    _Part(
        ("assignee_id", "submitter_id"),
        frozenset({"assignee", "assignee_id", "submitter", "submitter_id"}),
        wording.WITHOUT_ASSIGNEE,
        Metric.ASSIGNEE_REFUSED,
    ),
    _Part(("tags",), frozenset({"tags"}), wording.WITHOUT_TAGS),
    _Part(("via_id",), frozenset({"via", "via_id", "via_type"}), wording.WITHOUT_CHANNEL),
    _Part(
        ("via_followup_source_id",),
        frozenset({"via_followup_source_id", "followup_source", "followup_source_id"}),
        wording.WITHOUT_FOLLOW_UP,
    ),
)


class RequesterRefused(Refused):
    """Zendesk does not accept the ``user`` who was to request a ticket; nothing was written."""

    def __init__(
        self, message: str, codes: Mapping[str, frozenset[str]] | None = None, user: int = 0
    ) -> None:
        super().__init__(message, codes)
        self.user = user


@dataclass(frozen=True)
class Refusals:
    """The users whom Zendesk has refused as the requester of a contact's ticket, and how often it has."""

    users: frozenset[int] = frozenset()
    times: int = 0

    def with_one(self, refused: RequesterRefused) -> "Refusals":
        """Return them with one more. Raises ``refused`` where there is no other left to try."""
        if self.times + 1 == _REQUESTERS:
            raise refused
        return Refusals(self.users | {refused.user}, self.times + 1)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the ticket is not as it was decided first."""
        return (Reason("T16", wording.REQUESTER_REPLACED),) if self.users else ()

    @property
    def known(self) -> Known:
        """What the rules know by that, and nothing else: the rest is looked up again."""
        return Known(refused=self.users, no_customer=self.times >= _CUSTOMERS)

    def replacement(self, services: Services, leg: Leg) -> Requester:
        """Return who requests the ticket of a contact instead. Raises `ZendeskError`."""
        return answered(
            services, lambda known: replace(facts_of(leg, services.app), known=known).replacement, self.known
        )


def until_accepted(make: Callable[[Refusals], T]) -> T:
    """Return what ``make`` returns, which is given what Zendesk has refused. Raises `ZendeskError`."""
    refusals = Refusals()
    while True:
        try:
            return make(refusals)
        except RequesterRefused as refused:
            refusals = refusals.with_one(refused)
            count(Metric.REQUESTER_REFUSED)


def without_refused(services: Services, sent: Draft, refused: Refused) -> Draft:
    """Return the draft of a ticket without what was refused of it.

    What Zendesk complains about is known by its names of fields; where none is of a part, the requester is
    looked at, and then what is optional goes. Raises `RequesterRefused`, and ``refused`` where nothing is
    left that could be left out.
    """
    ticket = json.loads(sent.content)["ticket"]
    requester = ticket.get("requester_id")
    if requester is not None and refused.fields & _ABOUT_REQUESTER:
        raise RequesterRefused(str(refused), refused.codes, requester)
    if named := _named_fields(ticket, refused):
        return _without_fields(sent, ticket, named)
    there = [part for part in _PARTS if part.is_in(ticket)]
    parts = _complained_about(there, refused.fields)
    if not parts and requester is not None and not _is_usable(services, requester):
        raise RequesterRefused(str(refused), refused.codes, requester)
    parts = parts or there[:1]
    if not parts:
        raise refused
    for part in parts:
        sent = _without(sent, part)
        logger.info("part of a ticket left out", fields=part.fields)
        if part.metric is not None:
            count(part.metric)
    return sent


def _complained_about(parts: Sequence[_Part], fields: frozenset[str]) -> list[_Part]:
    """Return the parts that Zendesk names; of two with one name, the first."""
    found = []
    for part in parts:
        if fields & part.called:
            found.append(part)
            fields -= part.called
    return found


def _named_fields(ticket: Mapping[str, Any], refused: Refused) -> list[int]:
    """Return the ids of the ticket's fields that Zendesk complains about by their ids."""
    there = {field["id"] for field in ticket.get("custom_fields", ())}
    return sorted(there & refused.ticket_fields)


def _without_fields(draft: Draft, ticket: Mapping[str, Any], named: list[int]) -> Draft:
    """Return a draft without the values of these ticket fields."""
    kept = [field for field in ticket["custom_fields"] if field["id"] not in named]
    others = {name: value for name, value in ticket.items() if name != "custom_fields"}
    lesser = {**others, "custom_fields": kept} if kept else others
    logger.info("ticket fields left out", fields=named)
    return _saying(draft, lesser, [wording.WITHOUT_FIELD.format(field=field) for field in named])


def _without(draft: Draft, part: _Part) -> Draft:
    """Return a draft without a part."""
    ticket = json.loads(draft.content)["ticket"]
    kept = {name: value for name, value in ticket.items() if name not in part.fields}
    return _saying(draft, kept, [part.left_out])


def _saying(draft: Draft, lesser: Mapping[str, Any], texts: Sequence[str]) -> Draft:
    """Return the draft of a lesser ticket; its first comment and its reasons say what is left out."""
    lines = [f"T16: {text}" for text in texts]
    text = lesser["comment"]
    said = {**text, "html_body": text["html_body"] + comment.note(lines)}
    notes: Mapping[str, Any] = draft.notes or {}
    head = {**notes["head"], "reasons": [*notes["head"]["reasons"], *lines]}
    content = json.dumps({"ticket": {**lesser, "comment": said}})
    return Draft({**notes, "head": head, "keyed": True}, content)


def _is_usable(services: Services, user_id: int) -> bool:
    user = users.by_id(services.zendesk, user_id)
    return user is not None and user.active and not user.suspended
