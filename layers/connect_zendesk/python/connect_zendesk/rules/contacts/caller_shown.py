"""What an agent is shown of a caller's voice authentication (V4): one of a few words, or nothing."""

from typing import Literal

from connect_zendesk.rules.contacts import authentication
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.settings.app_settings import CallerAuthentication

CallerShown = Literal["verified", "failed", "not enrolled", "opted out", "unknown"]

#: Results, as Voice ID and partners write them, of a caller who was recognised.
_VERIFIED = frozenset(
    {"authenticated", "accept", "accepted", "verified", "passed", "pass", "success", "true", "yes", "match"}
)
_BY_STATUS = {authentication.NOT_ENROLLED: "not enrolled", authentication.OPTED_OUT: "opted out"}


def caller_shown(leg: Leg, source: CallerAuthentication, *, enabled: bool) -> CallerShown | None:
    """Return what is known of a caller, None where nothing is.

    The result, where one came; else the status. A word that is not known is *unknown*, and never verified.
    """
    result = authentication.result_of(leg, source, enabled=enabled)
    if authentication.has_failed(result):
        return "failed"
    if result is not None and result.strip().lower() in _VERIFIED:
        return "verified"
    attributes = authentication.of_attributes(leg.attributes, source)
    status = authentication.status_of(result) if result is not None else None
    if status is None and (enabled or source.source == "attributes"):
        status = attributes.status
    if status in _BY_STATUS:
        return _BY_STATUS[status]  # type: ignore[return-value]
    return "unknown" if result is not None else None
