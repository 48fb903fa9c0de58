"""An agent pauses and resumes the recording of a contact that they are on (R1).

No API says whether a recording is suspended, so what was asked for is remembered: before it
is asked, as not certain, and after it has answered. A request that is repeated asks for nothing that is so
already, and what an attempt left uncertain is asked for again from the beginning: resumed, then suspended.

What is paused is a leg. An agent to whom the contact is transferred has a leg of their own; whether Amazon
Connect goes on pausing there is documented nowhere (facts/agent-app.md 8), so it is shown as *unknown*, and
asking for either state is done anew.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Literal

from connect_zendesk.amazon_connect.errors import AmazonConnectError, NotRecorded
from connect_zendesk.errors import RetryLater
from connect_zendesk.http_messages import Rejected
from connect_zendesk.ledger import recordings
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.ledger.locks import exclusive_lock
from connect_zendesk.ledger.recordings import RecordingState
from connect_zendesk.ledger.schema import contact_step
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules.settings.registry import CALL_RECORDING_CONSENT, PAUSE_RECORDING
from connect_zendesk.rules.settings.settings import Settings
from connect_zendesk.workflows.agent_app.own_contacts import own
from connect_zendesk.workflows.agent_app.settings_of_contact import settings_of_contact
from connect_zendesk.workflows.services import Services

Shown = Literal["on", "paused", "off", "unknown"]
Wanted = Literal["on", "paused"]


def switch(services: Services, agent: int, leg: str, *, paused: bool) -> Shown:
    """Pause or resume the recording of an agent's leg, and return its state.

    *off*: Amazon Connect says that it is not recorded. Raises `Rejected` where the agent may not, and
    `RetryLater`.
    """
    contact = own(services, agent, leg, still_on=True)
    known = settings_of_contact(services, contact)
    if contact.channel != "VOICE" or known is None or not known.settings[PAUSE_RECORDING]:
        raise Rejected(403, "a recording that may not be paused")
    with exclusive_lock(services.ledger, contact_step(contact.root, f"recording#{contact.leg}")):
        states = recordings.of_contact(services.ledger, contact.root)
        wanted: Wanted = "paused" if paused else "on"
        before = states.get(contact.leg)
        if before is None or not before.certain or before.state != wanted:
            _switch(services, agent, contact, known.instance_arn, wanted, states)
        return shown(services, contact, known.settings) or "unknown"


def shown(services: Services, contact: AgentContact, settings: Settings | None) -> Shown | None:
    """Return what an agent is shown of the recording of their leg, None where there is nothing to be said."""
    if contact.channel != "VOICE" or settings is None:
        return None
    known = recordings.of_contact(services.ledger, contact.root)
    if (own_leg := known.get(contact.leg)) is not None:
        return own_leg.state if own_leg.certain else "unknown"
    if settings[CALL_RECORDING_CONSENT] == "optout":
        return "off"
    if _left_paused(known):
        return "unknown"
    return "on" if settings[PAUSE_RECORDING] else None


def _left_paused(known: Mapping[str, RecordingState]) -> bool:
    """Return whether another leg of the contact was paused, and not resumed."""
    return any(leg.state == "paused" or not leg.certain for leg in known.values())


def _switch(
    services: Services,
    agent: int,
    contact: AgentContact,
    instance_arn: str,
    wanted: Wanted,
    known: Mapping[str, RecordingState],
) -> None:
    before, now = known.get(contact.leg), services.clock().isoformat()
    _remember(services, contact, RecordingState(wanted, agent, now, certain=False))
    try:
        if _in_doubt(contact, known):
            # What is asked for may be so already, and refused for that: the other first makes it not so.
            with suppress(NotRecorded):
                _ask(services, contact, instance_arn, "on" if wanted == "paused" else "paused")
        _ask(services, contact, instance_arn, wanted)
    except NotRecorded:
        count(Metric.RECORDING_NOT_SWITCHED)
        logger.warning("recording not switched: there is none", contact=contact.root, leg=contact.leg)
        _remember(services, contact, RecordingState("off", agent, now))
        return
    except AmazonConnectError as error:
        count(Metric.RECORDING_NOT_SWITCHED)
        logger.warning("recording not switched", contact=contact.root, error=type(error).__name__)
        if not (isinstance(error, RetryLater) and error.outcome_unknown):
            _remember(services, contact, before)
        raise
    _remember(services, contact, RecordingState(wanted, agent, now))
    count(Metric.RECORDING_PAUSED if wanted == "paused" else Metric.RECORDING_RESUMED)
    logger.info("recording switched", contact=contact.root, leg=contact.leg, state=wanted, agent=agent)


def _in_doubt(contact: AgentContact, known: Mapping[str, RecordingState]) -> bool:
    """Return whether it is not known what the leg's recording is now."""
    own_leg = known.get(contact.leg)
    return _left_paused(known) if own_leg is None else not own_leg.certain


def _ask(services: Services, contact: AgentContact, instance_arn: str, state: Wanted) -> None:
    connect = services.amazon_connect
    switch_it = connect.suspend_recording if state == "paused" else connect.resume_recording
    switch_it(instance_arn, contact.root, contact.leg)


def _remember(services: Services, contact: AgentContact, state: RecordingState | None) -> None:
    recordings.remember(services.ledger, contact.root, contact.leg, state)
