"""What is known of a contact that an agent is on: its first leg, and its settings."""

from contextlib import suppress
from dataclasses import dataclass

from botocore.exceptions import ClientError

from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.ledger import snapshots
from connect_zendesk.ledger.agent_contacts import AgentContact
from connect_zendesk.ledger.snapshots import Snapshot
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.settings.settings import Settings
from connect_zendesk.workflows.contacts.first_leg import first_leg
from connect_zendesk.workflows.services import Services


@dataclass(frozen=True)
class KnownContact:
    """A contact's first leg as it is known, its settings, and the instance that it is in."""

    snapshot: Snapshot
    settings: Settings
    instance_arn: str


def settings_of_contact(services: Services, contact: AgentContact) -> KnownContact | None:
    """Return what is known of a contact, or None where nothing is.

    Where attributes have changed, Amazon Connect is asked, while the agent is on it; where it does not
    answer, what was known before holds. Raises nothing of Amazon Connect's.
    """
    known = snapshots.snapshot_of(services.ledger, contact.root)
    if (known is None or known.outdated) and contact.until is None:
        instance = known.leg.instance_arn if known else services.connect_instance
        with suppress(Throttled, ClientError):
            known = first_leg(services, contact.root, instance) or known
    if known is None:
        return None
    arn = known.leg.instance_arn or services.connect_instance
    return KnownContact(known, settings_of(known.leg, services.app), arn)
