"""Keeps the caller's voice authentication with the customer, once it is known who that is (V1, V2, V3).

What a contact's records say is kept with the contact first, then its customer is read: so whichever comes
later, the record or *Ticket Linked*, finds what the other has written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connect_zendesk.amazon_connect import voice_id
from connect_zendesk.detail_types import VOICE_RECORD
from connect_zendesk.ledger import heads
from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.schema import AUTHENTICATION, AUTHENTICATION_LOGGED, UNKNOWN_WORD, leg_step
from connect_zendesk.ledger.steps import run_once
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.contacts import authentication
from connect_zendesk.rules.contacts.authentication import BY_WEIGHT, Authentication
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import facts_of, settings_of
from connect_zendesk.rules.contacts.voice_fields import Said
from connect_zendesk.rules.settings.registry import VOICEID_ENABLED
from connect_zendesk.workflows.customers import customer_fields, voice_id_calls
from connect_zendesk.workflows.services import Services


@dataclass(frozen=True)
class _Outcome:
    """What became of a contact's authentication. ``key`` stays as it is: the ledger has it since 0.1."""

    key: str
    metric: Metric
    message: str


_ASSIGNED = _Outcome(
    "AuthenticationGiven", Metric.AUTHENTICATION_ASSIGNED, "authentication assigned to the customer"
)
_WITHOUT_TICKET = _Outcome(
    "AuthenticationWithoutTicket",
    Metric.AUTHENTICATION_WITHOUT_TICKET,
    "authentication dropped: the contact has no ticket",
)
_WITHOUT_CUSTOMER = _Outcome(
    "AuthenticationInDoubt",
    Metric.AUTHENTICATION_WITHOUT_CUSTOMER,
    "authentication dropped: the customer is unknown",
)


@dataclass(frozen=True)
class Emission:
    """What one record of a leg said, as it was ``updated`` (ISO 8601); ``ended`` is the leg's end.

    ``failed``: the caller's authentication failed or was inconclusive.
    """

    leg: str
    updated: str
    ended: str
    id: str | None
    status: str
    failed: bool

    @property
    def order(self) -> tuple[str, int, str]:
        """The key by which the emissions of a contact are in order of their times."""
        return self.updated, BY_WEIGHT.index(self.status), self.id or ""

    def says_as(self, other: "Emission | None") -> bool:
        """Return whether it says the same as another one."""
        return other is not None and (self.id, self.status) == (other.id, other.status)


def ask_to_keep(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Publish a contact's record as a *Voice Record*, once, where voice authentication is on (V1).

    Raises `NotPublished`, and `NotReady` while another container publishes it.
    """
    facts = facts_of(leg, services.app)
    if not facts.settings[VOICEID_ENABLED] or not _is_over(leg) or facts.too_old:
        return

    def publish(_: object) -> bool:
        services.messages.publish(VOICE_RECORD, record)
        return True

    mark = f"voice record#{leg.contact_id}#{leg.updated.isoformat()}"
    run_once(services.ledger, leg_step(leg.root_id, leg.contact_id, mark), write=publish)


def handle_record(services: Services, leg: Leg, record: Mapping[str, Any]) -> None:
    """Write what a contact's record says to its customer's user, now or once it is known who that is.

    A record without it costs nothing but this look at it. Raises nothing of Zendesk's, which is not asked.
    """
    facts = facts_of(leg, services.app)
    if not facts.settings[VOICEID_ENABLED] or not _is_over(leg) or facts.too_old:
        return
    head = heads.head(services.ledger, leg.root_id)
    if head is not None and head.is_forgotten:
        return
    result = authentication.of_contact(leg, voice_id.of_record(record), services.app.caller_authentication)
    if (
        result.status is None
        and result.id is not None
        and services.app.caller_authentication.source == "voice_id"
    ):
        result = _of_speaker(services, result)
    _report_unknown(services, leg, result)
    if result.status is None:
        count(Metric.AUTHENTICATION_UNKNOWN if result != Authentication() else Metric.AUTHENTICATION_MISSING)
        logger.info("no authentication status in the record", contact=leg.root_id)
        return
    _keep(services, leg, result)
    _assign(services, leg.root_id)


def handle_link(services: Services, root: str) -> None:
    """Write what waits with a contact to its customer, now that it is linked, or linked otherwise."""
    if services.ledger.recall(AUTHENTICATION.key(root=root)) is not None:
        _assign(services, root)


def latest(emissions: list[Emission]) -> tuple[Emission, str]:
    """Return the last thing that a contact says, and since when, in ISO 8601 (V3).

    Amazon Connect sends records again for other reasons, long after: what they repeat stays as old as it is.
    What a leg's first record says has been so since the leg's end, as far as can be known.
    """
    ordered = sorted(emissions, key=lambda emission: emission.order)
    number = len(ordered) - 1
    while number > 0 and ordered[number].says_as(ordered[number - 1]):
        number -= 1
    first = ordered[number]
    is_first_of_leg = all(earlier.leg != first.leg for earlier in ordered[:number])
    return ordered[-1], min(first.ended, first.updated) if is_first_of_leg else first.updated


def _is_over(leg: Leg) -> bool:
    """Return whether this leg of a call is over. Tasks made from a call carry its attributes, long after."""
    return leg.channel == "VOICE" and leg.ended is not None and not leg.is_monitoring


def _of_speaker(services: Services, result: Authentication) -> Authentication:
    """Return what a record says, with the status that Voice ID has of its speaker, where it answers."""
    speaker = result.id or ""
    answer = voice_id_calls.ask(services, lambda domain: (domain.speaker_status(speaker),))
    if answer is None:
        return result
    (word,) = answer
    # A speaker who is not there is not enrolled.
    status = authentication.status_of(word) if word is not None else authentication.NOT_ENROLLED
    unknown = ("Status",) if word is not None and not authentication.is_status(word) else ()
    return replace(result, status=status, unknown=(*result.unknown, *unknown))


def _report_unknown(services: Services, leg: Leg, result: Authentication) -> None:
    """Report unknown values by the field that they stand in, once a day each; not the values."""
    for place in result.unknown:
        if services.ledger.first(UNKNOWN_WORD.key(place=place)):
            count(Metric.AUTHENTICATION_VALUE_UNKNOWN)
            logger.warning("unknown authentication value", place=place, contact=leg.root_id)


def _keep(services: Services, leg: Leg, result: Authentication) -> None:
    """Keep what a record says with its contact."""
    settings = settings_of(leg, services.app)
    named = [
        setting
        for setting in customer_fields.SETTINGS.values()
        if settings.resolved(setting).source == "attribute"
    ]
    new = [
        leg.contact_id,
        leg.updated.isoformat(),
        (leg.ended or leg.updated).isoformat(),
        result.id,
        result.status,
        result.failed,
    ]

    kept = unrepeated if services.app.caller_authentication.source == "voice_id" else shortened

    def add(known: Any) -> Any:
        item = known or {"said": [], "given": []}
        said = item["said"] if new in item["said"] else kept([*item["said"], new])
        return {**item, "said": said, "keys": {setting.name: settings[setting] for setting in named}}

    services.ledger.change(AUTHENTICATION.key(root=leg.root_id), add)


def shortened(said: list[Any]) -> list[Any]:
    """Return emissions in order, without those in the middle of a row of one leg that say the same."""
    ordered = sorted(said, key=lambda item: Emission(*item).order)

    def stays(number: int) -> bool:
        if number in (0, len(ordered) - 1):
            return True
        before, this, after = (Emission(*ordered[number + step]) for step in (-1, 0, 1))
        alike = this.says_as(before) and this.says_as(after) and this.failed == after.failed
        return not (alike and before.leg == this.leg == after.leg)

    return [item for number, item in enumerate(ordered) if stays(number)]


def unrepeated(said: list[Any]) -> list[Any]:
    """Return emissions in order, without those in which a leg repeats itself.

    For Voice ID, whose result is of one leg. Attributes are of all legs: what a leg's record repeats after
    another leg's has said something else has become so again.
    """
    last: dict[str, list[Any]] = {}
    kept = []
    for item in sorted(said, key=lambda item: Emission(*item).order):
        leg, _, _, *result = item
        if last.get(leg) != result:
            kept.append(item)
        last[leg] = result
    return kept


def _assign(services: Services, root: str) -> None:
    """Have the contact's customer get what it says, and no other user keep it.

    Until the customer stays the same: an agent may move the contact meanwhile.
    """
    while True:
        head = heads.head(services.ledger, root)
        customer = head.customer if head is not None else None

        def given(known: Any, to: int | None = customer) -> Any:
            return {**known, "given": sorted({*known["given"], *((to,) if to is not None else ())})}

        item = services.ledger.change(AUTHENTICATION.key(root=root), given)
        for other in item["given"]:
            if other != customer:
                customer_fields.withdraw(services, other, root)
        if customer is not None:
            newest, since = latest([Emission(*said) for said in item["said"]])
            said = Said(since, newest.id, newest.status, newest.failed, item["keys"])
            customer_fields.request(services, customer, root, said)
        now = heads.head(services.ledger, root)
        if (now.customer if now is not None else None) == customer:
            _log(services, root, head, customer)
            return


def _log(services: Services, root: str, head: Head | None, customer: int | None) -> None:
    """Log and count what has come of it, each outcome of a contact once."""
    if head is None:
        logger.info("authentication pending: the contact is not settled yet", contact=root)
        return
    if customer is not None:
        outcome = _ASSIGNED
    elif head.ticket is None:
        outcome = _WITHOUT_TICKET
    else:
        outcome = _WITHOUT_CUSTOMER
    if services.ledger.first(AUTHENTICATION_LOGGED.key(root=root, outcome=outcome.key, customer=customer)):
        count(outcome.metric)
        logger.info(outcome.message, contact=root, rule=head.rule)
