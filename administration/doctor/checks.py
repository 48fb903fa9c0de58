"""Everything that doctor looks at, in its order; and the looking."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from administration.doctor.areas import (
    account,
    agents,
    app_settings,
    buckets,
    credentials,
    customers,
    instance,
    operation,
    own_parts,
    stack,
    streams,
    zendesk_objects,
)
from administration.doctor.findings import Finding, Look, Seen, Severity, fault
from administration.doctor.probe import probing
from administration.doctor.system import System
from administration.live_settings import SettingsError
from administration.zendesk_setup.place import SetupError
from connect_zendesk.amazon_connect.errors import Throttled
from connect_zendesk.zendesk.errors import NotAllowed, Unauthorized, ZendeskError


@dataclass(frozen=True)
class Check:
    """An area. ``asks_zendesk``: it is not looked at where Zendesk does not accept the connector."""

    area: str
    look: Look
    asks_zendesk: bool = False


@dataclass
class Looked:
    """What came of an area: findings, what was seen, and why it was not looked at, where it was not."""

    area: str
    findings: list[Finding] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    left_out: str = ""


CHECKS = (
    Check("deployment", stack.deployment),
    Check("app settings", app_settings.app_settings_valid),
    Check("OAuth client", credentials.client, asks_zendesk=True),
    Check("integration user", credentials.user, asks_zendesk=True),
    Check("plan features", account.features, asks_zendesk=True),
    Check("account settings", account.settings, asks_zendesk=True),
    Check("webhook", zendesk_objects.webhook, asks_zendesk=True),
    Check("user fields", zendesk_objects.user_fields, asks_zendesk=True),
    Check("ticket fields", account.ticket_fields, asks_zendesk=True),
    Check("macros", zendesk_objects.macros, asks_zendesk=True),
    Check("agent app", zendesk_objects.agent_app, asks_zendesk=True),
    Check("agents", agents.matched, asks_zendesk=True),
    Check("phone numbers", customers.phones, asks_zendesk=True),
    Check("instance", instance.instance, asks_zendesk=True),
    Check("record stream", streams.record_stream),
    Check("agent events", streams.agent_event_stream),
    Check("functions", own_parts.functions),
    Check("queues", own_parts.queues),
    Check("rules on events", own_parts.rules),
    Check("addresses", own_parts.addresses),
    Check("pops", agents.event_stream, asks_zendesk=True),
    Check("buckets", buckets.buckets),
    Check("flow functions", instance.flow_functions),
    Check("approved origins", instance.approved_origins, asks_zendesk=True),
    Check("authentication", instance.caller_authentication, asks_zendesk=True),
    Check("dead letters", operation.dead_letters),
    Check("alarms", operation.alarms),
    Check("consent", operation.recorded_against_consent),
    Check("load", operation.load, asks_zendesk=True),
    Check("assumptions", probing.assumptions, asks_zendesk=True),
)
_NOT_ACCEPTED = "Zendesk does not accept the connector"
#: Where one of these is found, Zendesk is not asked for more: what is said of the areas that are left out.
_NO_ZENDESK = {
    "app-settings-unreadable": "what Zendesk should have is in the app settings, which cannot be read",
    "oauth-client-missing": _NOT_ACCEPTED,
    "oauth-client-refused": _NOT_ACCEPTED,
    "oauth-client-anonymous": _NOT_ACCEPTED,
    "oauth-scopes-none": _NOT_ACCEPTED,
    "integration-user-no-agent": _NOT_ACCEPTED,
}


def examine(system: System) -> Iterator[Looked]:
    """Look at everything, and yield what came of each area as it is done. Changes nothing."""
    zendesk_is_lost = ""
    for check in CHECKS:
        if check.asks_zendesk and zendesk_is_lost:
            yield Looked(check.area, left_out=zendesk_is_lost)
            continue
        looked = _looked(system, check)
        for finding in looked.findings:
            zendesk_is_lost = _NO_ZENDESK.get(finding.name, zendesk_is_lost)
        yield looked


def _looked(system: System, check: Check) -> Looked:
    looked = Looked(check.area)
    try:
        for said in check.look(system):
            if isinstance(said, Finding):
                looked.findings.append(said)
            else:
                looked.seen.append(said)
    except (ZendeskError, SetupError, SettingsError, Throttled, BotoCoreError, ClientError) as error:
        looked.findings.append(_not_seen(check.area, error))
    return looked


def _not_seen(area: str, error: Exception) -> Finding:
    """Return a finding for an area that could not be looked at, with what has to be allowed."""
    name = f"not-seen-{area.replace(' ', '-').lower()}"
    what, why = f"could not be looked at: {error}", "nothing is known of it"
    match error:
        case ClientError() if "Denied" in error.response["Error"]["Code"]:
            cure = f"let those credentials do {error.operation_name} (docs/doctor.md lists what doctor asks)"
        case ClientError() | BotoCoreError():
            cure = "look whether AWS answers, and run doctor again"
        case Unauthorized() | NotAllowed():
            cure = "in Zendesk: give the user who made the OAuth client the role of an administrator"
        case _:
            cure = "run doctor again; where it stays, look at what it says"
    return fault(name, what, why, cure)


def worst(looked: list[Looked]) -> Severity | None:
    """Return how bad the worst finding is, or None where there is none."""
    return max((each.severity for one in looked for each in one.findings), default=None)
