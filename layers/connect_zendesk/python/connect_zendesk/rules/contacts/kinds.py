"""What a contact is, and what each of its legs is in it (M1). How they are called stands in `wording`."""

from enum import StrEnum

from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.model import Unanswered


class Origin(StrEnum):
    """How a contact began: its channel, and who went to whom. It holds for all of its legs."""

    INCOMING_CALL = "incoming_call"
    OUTGOING_CALL = "outgoing_call"
    WEB_CALL = "web_call"
    CHAT = "chat"
    OUTGOING_CHAT = "outgoing_chat"
    TASK = "task"
    OTHER = "other"

    @property
    def outgoing(self) -> bool:
        """Whether the contact centre went to the customer."""
        return self in (Origin.OUTGOING_CALL, Origin.OUTGOING_CHAT)


class LegKind(StrEnum):
    """What a leg is within its contact."""

    FIRST = "first"
    VOICEMAIL = "voicemail"
    TRANSFERRED = "transferred"
    JOINED = "joined"
    LEFT_QUEUE = "left_queue"
    EXTERNAL = "external"
    SIDE_TASK = "side_task"


def origin_of(leg: Leg) -> Origin:
    """Return how a contact began by its first leg; by a later one, how that leg did."""
    outbound = leg.direction == "outbound"
    match leg.channel:
        case "VOICE" if leg.is_web_call:
            return Origin.WEB_CALL
        case "VOICE":
            return Origin.OUTGOING_CALL if outbound else Origin.INCOMING_CALL
        case "CHAT":
            return Origin.OUTGOING_CHAT if outbound else Origin.CHAT
        case "TASK":
            return Origin.TASK
    return Origin.OTHER


def kind_of(leg: Leg, why_unanswered: Unanswered | None) -> LegKind:
    """Return what a leg is, given why no agent spoke with the customer in it, None where one did."""
    if why_unanswered is Unanswered.VOICEMAIL:
        return LegKind.VOICEMAIL
    if leg.decides:
        return LegKind.FIRST
    if leg.is_external:
        return LegKind.EXTERNAL
    if leg.is_side_task:
        return LegKind.SIDE_TASK
    if why_unanswered is not None:
        return LegKind.LEFT_QUEUE
    to_a_queue = leg.queue is not None and leg.queue.name
    return LegKind.TRANSFERRED if to_a_queue or leg.initiation_method == "QUEUE_TRANSFER" else LegKind.JOINED
