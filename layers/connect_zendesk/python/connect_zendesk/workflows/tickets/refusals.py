"""What Zendesk refuses of a new ticket: left out, or decided again (T16)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from connect_zendesk.ledger.claims import Draft
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


def _always(_: Any, __: Mapping[str, Any]) -> bool:
    return True


def _same(field: str) -> Callable[[Any, Mapping[str, Any]], bool]:
    return lambda value, answer: bool(answer.get(field) == value)


def _any(field: str) -> Callable[[Any, Mapping[str, Any]], bool]:
    # A trigger may have put another one in its place: only none at all was dropped.
    return lambda _, answer: answer.get(field) is not None


def _with_tags(tags: Any, answer: Mapping[str, Any]) -> bool:
    return {tag.lower() for tag in tags} <= {tag.lower() for tag in answer.get("tags") or ()}


@dataclass(frozen=True)
class _Part:
    """A part of a ticket: its fields, Zendesk's names for it, what is said of its lack.

    ``shown`` says of the value of its first field whether Zendesk's answer, the ticket, has it. ``beside`` is
    another field of the ticket, without which this is no part of it.
    """

    fields: tuple[str, ...]
    called: frozenset[str]
    left_out: str
    metric: Metric | None = None
    shown: Callable[[Any, Mapping[str, Any]], bool] = _always
    beside: str | None = None

    def is_in(self, ticket: Mapping[str, Any]) -> bool:
        """Return whether a ticket has it."""
        return bool(ticket.keys() & set(self.fields)) and (self.beside is None or self.beside in ticket)


#: What no ticket is made without; Zendesk may still drop it without a word.
_NEEDED = (
    _Part(("requester_id",), _ABOUT_REQUESTER, wording.ANOTHER_REQUESTER, shown=_same("requester_id")),
    _Part(
        ("external_id",),
        frozenset({"external_id"}),
        wording.WITHOUT_EXTERNAL_ID,
        shown=_same("external_id"),
    ),
)
#: What a ticket can do without, in the order in which they are left out where Zendesk does not say what it
#: complains about: what an administrator's rules set (T17) before what the connector does.
_PARTS = (
    _Part(("custom_fields",), frozenset({"custom_fields"}), wording.WITHOUT_FIELDS),
    _Part(
        ("ticket_form_id",),
        frozenset({"ticket_form", "ticket_form_id"}),
        wording.WITHOUT_FORM,
        shown=_any("ticket_form_id"),
    ),
    _Part(("brand_id",), frozenset({"brand", "brand_id"}), wording.WITHOUT_BRAND, shown=_any("brand_id")),
    _Part(("group_id",), frozenset({"group", "group_id"}), wording.WITHOUT_GROUP, shown=_any("group_id")),
    _Part(("priority",), frozenset({"priority"}), wording.WITHOUT_PRIORITY, shown=_any("priority")),
    _Part(("type",), frozenset({"type", "ticket_type"}), wording.WITHOUT_TYPE, shown=_any("type")),
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
        shown=_any("assignee_id"),
    ),
    _Part(("tags",), frozenset({"tags"}), wording.WITHOUT_TAGS, shown=_with_tags),
    # Not compared: an account that does not take it takes it from no ticket, and a note on each is an update.
    _Part(
        ("via_id",),
        frozenset({"via", "via_id", "via_type"}),
        wording.WITHOUT_CHANNEL,
    ),
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


def dropped_of(sent: Draft, answer: Mapping[str, Any]) -> list[str]:
    """Return the reasons for what Zendesk has not taken of a ticket, though it made it without a word.

    ``answer`` is the ticket as Zendesk shows it in its answer. Each is logged and counted.
    """
    ticket = json.loads(sent.content)["ticket"]
    reasons = []
    for part in (*_NEEDED, *_PARTS, *map(_field_part, ticket.get("custom_fields", ()))):
        field = part.fields[0]
        if field in ticket and not part.shown(ticket[field], answer):
            count(Metric.TICKET_PART_DROPPED)
            logger.warning("part of a ticket dropped by Zendesk", field=field, rule="T16")
            reasons.append(f"T16: {part.left_out}")
    return reasons


def _field_part(sent: Mapping[str, Any]) -> _Part:
    """Return one ticket field as a part: an option that is no more is dropped, and the field left empty."""

    def shown(_: Any, answer: Mapping[str, Any]) -> bool:
        has = {field["id"]: field.get("value") for field in answer.get("custom_fields") or ()}
        return not sent["value"] or bool(has.get(sent["id"]))

    left_out = wording.WITHOUT_FIELD.format(field=sent["id"])
    return _Part(("custom_fields",), frozenset(), left_out, shown=shown)


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
