"""What is known of a caller's voice as an agent is connected: evaluated now where a mode asks for it (V4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from botocore.exceptions import ClientError

from connect_zendesk.amazon_connect.client import changed_attributes
from connect_zendesk.ledger.schema import NOT_EVALUATED
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts import authentication
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.settings.registry import VOICEID_AUTH_MODE, VOICEID_ENABLED
from connect_zendesk.rules.tickets.notice import Notice
from connect_zendesk.workflows.customers import voice_id_calls
from connect_zendesk.workflows.services import Services


@dataclass(frozen=True)
class Checked:
    """What is known of the caller: ``leg`` has it where the decision looks, and the rest is for the agent.

    ``attributes`` are to be set on the contact; ``notices`` are for the agent of one that has its ticket
    all the same.
    """

    leg: Leg
    attributes: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def check(services: Services, leg: Leg) -> Checked:
    """Return what is known of this leg's caller, evaluated where ``voiceid_auth_mode`` asks for it.

    That comes before the decision, since it may leave the ticket to the agent. It is one request with a short
    time limit; without a mode nothing is waited for.
    """
    settings, app = settings_of(leg, services.app), services.app
    mode = settings[VOICEID_AUTH_MODE]
    if mode is None or not settings[VOICEID_ENABLED] or leg.channel != "VOICE":
        return Checked(leg)
    source = app.caller_authentication
    result = authentication.result_of(leg, source, enabled=True)
    attributes: Mapping[str, str] = {}
    if mode == "re-verify" or result is None:
        if source.source == "voice_id":
            evaluated = _evaluate(services, leg)
            result = evaluated.result or result
            names = {"result": source.result_attribute, "status": source.status_attribute}
            wanted = {names[role]: value for role, value in evaluated.attributes.items()}
            attributes = changed_attributes(leg.attributes, wanted)
        elif services.ledger.first(NOT_EVALUATED.key()):
            # Partners evaluate when the flow asks them to; what they found is there, or it is not.
            count(Metric.AUTHENTICATION_NOT_EVALUATED)
            logger.warning("voiceid_auth_mode ignored: only source voice_id evaluates", mode=mode)
    known = replace(leg, attributes={**leg.attributes, **attributes})
    failed = authentication.has_failed(result)
    count(Metric.AUTHENTICATION_FAILED if failed else Metric.AUTHENTICATION_CHECKED)
    notices = (Notice("T9", wording.NOTICES["T9"]),) if failed else ()
    return Checked(known, attributes, notices)


def set_attributes(services: Services, leg: Leg, attributes: Mapping[str, str]) -> None:
    """Set result and status as attributes of the contact, for its flow and agent. Raises `Throttled`."""
    if not attributes or leg.instance_arn is None:
        return
    try:
        services.amazon_connect.set_attributes(leg.instance_arn, leg.root_id, attributes)
    except ClientError as error:
        count(Metric.ATTRIBUTES_NOT_SET)
        logger.warning(
            "UpdateContactAttributes failed: authentication result not set",
            contact=leg.root_id,
            error=error.response["Error"]["Code"],
        )


def _evaluate(services: Services, leg: Leg) -> authentication.Authentication:
    answer = voice_id_calls.ask(services, lambda domain: domain.decision(leg.contact_id))
    evaluated = authentication.of_decision(*(answer or (None, None)))
    for place in evaluated.unknown:
        count(Metric.AUTHENTICATION_VALUE_UNKNOWN)
        logger.warning("unknown authentication value", place=place, contact=leg.root_id)
    return evaluated
