"""A leg as it is reported: with the settings that steer it, and what it is within its contact (M)."""

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from connect_zendesk.rules import wording
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.contacts.kinds import LegKind, Origin, kind_of, origin_of
from connect_zendesk.rules.contacts.unanswered import Unanswered, unanswered
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.registry import (
    CALL_RECORDING_CONSENT,
    CUSTOMER_EMAIL,
    CUSTOMER_NAME,
    DIALED_NUMBER,
    DOWNLOAD_RECORDING,
    OUTBOUND_CLI,
    VOICE_COMMENT,
)
from connect_zendesk.rules.settings.settings import Settings

_ALIAS = re.compile(r"[A-Za-z0-9-]{1,63}")  # of an Amazon Connect instance

#: What `via_id` a new ticket of a call has (T10, facts/zendesk.md 1.1).
VOICEMAIL_VIA, INBOUND_VIA, OUTBOUND_VIA = 44, 45, 46


@dataclass(frozen=True)
class View:
    """A leg with the settings that steer how it is reported.

    ``origin`` is how its contact began, which a later leg does not say of itself. ``address`` is that of the
    Amazon Connect instance, where no app setting gives it. ``room``: bytes of a comment.
    """

    leg: Leg
    app: AppSettings
    settings: Settings
    origin: Origin
    address: str | None = None
    room: int = LARGEST_COMMENT

    @staticmethod
    def of(
        leg: Leg,
        app: AppSettings,
        origin: Origin | None = None,
        address: str | None = None,
        room: int = LARGEST_COMMENT,
    ) -> "View":
        """Return the view of a leg under these app settings.

        ``origin`` of the contact is None where it is not known. A leg that decides has one of its own, and so
        has one of a person outside.
        """
        own = origin is None or leg.decides or leg.is_external
        begun = origin_of(leg) if own or origin is None else origin
        return View(leg, app, settings_of(leg, app), begun, address, room)

    @cached_property
    def unanswered(self) -> Unanswered | None:
        """Why no agent spoke with the customer (T13), or None."""
        return unanswered(self.leg, self.app.voicemail_attributes)

    @property
    def kind(self) -> LegKind:
        """What the leg is within its contact."""
        return kind_of(self.leg, self.unanswered)

    @property
    def via(self) -> int | None:
        """By which `via_id` Zendesk shows a new ticket of it as a call; None for what is none (T10)."""
        if self.leg.channel != "VOICE":
            return None
        if self.unanswered is Unanswered.VOICEMAIL:
            return VOICEMAIL_VIA
        return OUTBOUND_VIA if self.origin.outgoing else INBOUND_VIA

    @property
    def has_voice_comment(self) -> bool:
        """Whether it has a voice comment: a call in which a person was connected, or a voicemail (M2)."""
        if self.leg.channel != "VOICE" or not self.settings[VOICE_COMMENT] or not self.leg.reached:
            return False
        if self.unanswered is not None:
            return self.unanswered is Unanswered.VOICEMAIL
        return self.leg.answered or bool(self.leg.recordings)

    @property
    def from_number(self) -> str | None:
        """The number the call was made from, or what a web call has in its place, as reported (M4)."""
        if not self.origin.outgoing:
            return self.leg.customer_address or (self._web_caller if self._is_web_call else None)
        return (self._is_call and self.settings[OUTBOUND_CLI]) or self.leg.system_address

    @property
    def to_number(self) -> str | None:
        """The number that was called, as reported (M4)."""
        if self.origin.outgoing:
            return self.leg.customer_address
        dialled = (self._is_call and self.settings[DIALED_NUMBER]) or self.leg.system_address
        if self._is_web_call and not dialled:
            return self.leg.queue.name if self.leg.queue else None
        return dialled

    @property
    def _is_web_call(self) -> bool:
        return self.origin is Origin.WEB_CALL and self._is_call

    @property
    def _web_caller(self) -> str:
        return self.settings[CUSTOMER_NAME] or self.settings[CUSTOMER_EMAIL] or wording.WEB_CALL

    @property
    def _is_call(self) -> bool:
        """Whether numbers were dialled: a chat that came in did not come by way of a phone number."""
        return self.leg.channel == "VOICE"

    @property
    def opted_out(self) -> bool:
        """Whether the customer did not agree to be recorded (M3)."""
        return self.settings[CALL_RECORDING_CONSENT] == "optout"

    @property
    def recorded_all_the_same(self) -> bool:
        """Whether there is a recording though the customer did not agree (M3)."""
        return self.opted_out and bool(self.leg.recordings or self.leg.streamed)

    @property
    def shows_recording(self) -> bool:
        """Whether the recording may be linked and played (M3)."""
        return bool(self.leg.recordings) and self.settings[DOWNLOAD_RECORDING] and not self.opted_out

    @property
    def instance_url(self) -> str | None:
        """The address of the Amazon Connect instance.

        Where neither an app setting nor Amazon Connect gives it, the instance's alias is read from where
        Amazon Connect puts recordings by default: ``bucket/connect/<alias>/CallRecordings/…``.
        """
        if self.app.connect_instance_url or self.address:
            return self.app.connect_instance_url or self.address
        for recording in self.leg.recordings:
            parts = recording.location.split("/")
            if len(parts) > 3 and parts[1] == "connect" and parts[3] == "CallRecordings":
                return f"https://{parts[2]}.my.connect.aws" if _ALIAS.fullmatch(parts[2]) else None
        return None

    @property
    def page_url(self) -> str | None:
        """The contact's page in Amazon Connect, which shows the recording and all legs, or None."""
        if self.instance_url is None:
            return None
        zone = quote(self.app.time_zone, safe="")
        return f"{self.instance_url}/contact-trace-records/details/{quote(self.leg.contact_id)}?tz={zone}"

    @property
    def recording_url(self) -> str | None:
        """Where the recording can be heard by agents with access to it, or None.

        Not documented by AWS, in use by many. Ends in .wav because Zendesk looks at the ending.
        """
        if not self.shows_recording or self.instance_url is None:
            return None
        return (
            f"{self.instance_url}/get-recording?format=wav&callLegId={quote(self.leg.contact_id)}"
            "&name=recording.wav"
        )
