"""What a ticket says about a contact (M): its subject, the private details, the voice comment.

Everything that comes from outside is escaped (M6). Texts are in `wording`.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape as escape_attribute
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.contacts import customer as customers
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.readers import without_markup
from connect_zendesk.rules.settings.registry import (
    CALL_RECORDING_CONSENT,
    CONVERSATION_TITLE,
    CUSTOMER_EMAIL,
    CUSTOMER_NAME,
    CUSTOMER_NUMBER,
    DIALED_NUMBER,
    DOWNLOAD_RECORDING,
    OUTBOUND_CLI,
)
from connect_zendesk.rules.settings.settings import Settings
from connect_zendesk.rules.tickets.ticket_decision import Decision

#: Zendesk's limit is 65,535 bytes; the rest is left to what Zendesk adds around links.
LARGEST_COMMENT = 60_000
_LONGEST_VALUE = 500
_LONGEST_FACT = 250
_MOST_CANDIDATES = 20
_LONGEST_SUBJECT = 150

_ALIAS = re.compile(r"[A-Za-z0-9-]{1,63}")  # of an Amazon Connect instance

INBOUND_VIA, OUTBOUND_VIA = 45, 46


@dataclass(frozen=True)
class View:
    """A leg with the settings that steer how it is reported."""

    leg: Leg
    app: AppSettings
    settings: Settings

    @staticmethod
    def of(leg: Leg, app: AppSettings) -> "View":
        """Return the view of a leg under these app settings."""
        return View(leg, app, settings_of(leg, app))

    @property
    def from_number(self) -> str | None:
        """The number the call was made from, or what a web call has in its place, as reported (M4)."""
        if self.leg.direction == "inbound":
            return self.leg.customer_address or (self._web_caller if self.leg.is_web_call else None)
        return (self._is_call and self.settings[OUTBOUND_CLI]) or self.leg.system_address

    @property
    def to_number(self) -> str | None:
        """The number that was called, as reported (M4)."""
        if self.leg.direction == "outbound":
            return self.leg.customer_address
        dialled = (self._is_call and self.settings[DIALED_NUMBER]) or self.leg.system_address
        if self.leg.is_web_call and not dialled:
            return self.leg.queue.name if self.leg.queue else None
        return dialled

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
    def shows_recording(self) -> bool:
        """Whether the recording may be linked and played (M3)."""
        return bool(self.leg.recordings) and self.settings[DOWNLOAD_RECORDING] and not self.opted_out

    @property
    def instance_url(self) -> str | None:
        """The address of the Amazon Connect instance.

        Where no app setting gives it, the instance's alias is read from where Amazon Connect puts
        recordings by default: ``bucket/connect/<alias>/CallRecordings/…``.
        """
        if self.app.connect_instance_url:
            return self.app.connect_instance_url
        for recording in self.leg.recordings:
            parts = recording.location.split("/")
            if len(parts) > 3 and parts[1] == "connect" and parts[3] == "CallRecordings":
                return f"https://{parts[2]}.my.connect.aws" if _ALIAS.fullmatch(parts[2]) else None
        return None

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


def subject(leg: Leg, app: AppSettings, customer: Customer | None) -> str:
    """Return the subject of a new ticket (T10)."""
    return readers.line_of_text(_subject(leg, app, customer))[:_LONGEST_SUBJECT]


def _subject(leg: Leg, app: AppSettings, customer: Customer | None) -> str:
    settings = settings_of(leg, app)
    if title := settings[CONVERSATION_TITLE]:
        return title
    if leg.channel == "TASK":
        return leg.task_name or wording.TASK_SUBJECT
    number = customers.own_number(leg, app.default_country)
    named = (customer and customer.user and customer.user.name) or settings[CUSTOMER_NAME]
    if leg.channel == "CHAT":
        who = named or number or settings[CUSTOMER_EMAIL] or wording.ANONYMOUS_CUSTOMER
        return wording.CHAT_SUBJECT.format(who=who)
    template = wording.INCOMING_SUBJECT if leg.direction == "inbound" else wording.OUTGOING_SUBJECT
    if leg.is_web_call:
        template, named = wording.WEB_CALL_SUBJECT, named or settings[CUSTOMER_EMAIL]
    called = customers.unidentified(leg, settings, app.default_country).name
    return template.format(who=number or named or settings[CUSTOMER_NUMBER] or called or wording.ANONYMOUS)


def voice_comment(view: View, agent: int | None) -> dict[str, Any]:
    """Return a call as Zendesk's voice comment (M2), without its recording where M3 says so."""
    leg = view.leg
    start = (leg.agent.connected if leg.agent else None) or leg.began
    comment: dict[str, Any] = {
        "from": without_markup(readers.clean(view.from_number or "")),
        "to": without_markup(readers.clean(view.to_number or "")),
        "started_at": _iso(start),
        "call_duration": max(0, round((leg.ended - start).total_seconds())) if leg.ended else 0,
    }
    if agent is not None:
        comment["answered_by_id"] = agent
    number = customers.own_number(leg, view.app.default_country)
    if number is not None and (country := phone_numbers.country_of(number)) is not None:
        comment["location"] = country
    if view.recording_url is not None:
        comment["recording_url"] = view.recording_url
    return comment


def details(
    view: View,
    why: Iterable[str] = (),
    decision: Decision | None = None,
    *,
    continues: int | None = None,
    changed: bool = False,
    accepted: bool = False,
) -> str:
    """Return the private details of a leg as HTML of at most `LARGEST_COMMENT` bytes (M1, M3, S4).

    ``why`` are the reasons for the ticket, reported with the leg that decided. ``decision`` adds who the
    customer may be and what was ignored. ``continues`` is the closed ticket that this one follows up.
    ``changed``: the leg was reported before, and its record has changed (T14). ``accepted``: an agent has
    just accepted it, and it may go on for long (K5).
    """
    leg = view.leg
    heading = wording.HEADINGS.get((leg.channel, leg.direction), leg.channel.title())
    if leg.is_web_call:
        heading = wording.WEB_CALL
    if not leg.decides:
        later = wording.EXTERNAL_LEG if leg.initiation_method == "EXTERNAL_OUTBOUND" else wording.LATER_LEG
        heading = later.format(heading=heading)
    if changed:
        heading = wording.CHANGED.format(heading=heading)
    if accepted:
        heading = wording.ACCEPTED.format(heading=heading)
    parts = [f"<p><b>{escape(heading)}</b></p>"]
    if continues is not None:
        parts.append(_paragraph([wording.FOLLOW_UP.format(ticket=continues)]))
    if leg.missed_kind in wording.MISSED:
        parts.append(_paragraph([wording.MISSED[leg.missed_kind or ""]]))
    parts.append(_lines(_facts(view)))
    if reasons := list(why):
        parts.append(_paragraph([wording.WHY + ":", *reasons]))
    if decision is not None:
        parts += _in_doubt(decision)
    if ignored := _ignored(view, decision):
        parts.append(_paragraph([wording.IGNORED + ":", *ignored]))
    room = LARGEST_COMMENT - sum(len(part.encode()) for part in parts)
    parts.append(_attributes(leg.attributes, room))
    return "".join(parts)


def note(lines: Iterable[str]) -> str:
    """Return some lines as a paragraph of HTML."""
    return _paragraph(lines)


def fingerprint(leg: Leg) -> str:
    """Return a digest of what a report says of a leg: recording, agent, queue and times (T14).

    Two records of a leg with the same fingerprint need one report. Attributes are left out on purpose.
    """
    reported = [
        [recording.location for recording in leg.recordings],
        leg.agent and [leg.agent.username, leg.agent.talk_seconds, leg.agent.hold_seconds],
        leg.agent and [leg.agent.wrap_up_seconds, _iso(leg.agent.connected)],
        leg.queue and [leg.queue.name, _iso(leg.queue.entered), leg.queue.wait_seconds],
        [_iso(leg.began), _iso(leg.ended)],
    ]
    return hashlib.sha256(json.dumps(reported).encode()).hexdigest()[:16]


def _facts(view: View) -> Iterator[tuple[str, str | None]]:
    """Yield the details as name and HTML."""
    leg, agent, queue = view.leg, view.leg.agent, view.leg.queue
    yield wording.FROM, _shown(view.from_number)
    yield wording.TO, _shown(view.to_number)
    yield wording.QUEUE, _shown(queue.name if queue else None)
    yield wording.AGENT, _shown(agent.username if agent else None)
    yield wording.BEGAN, _time(leg.began, view)
    yield wording.CONNECTED, _time(agent.connected if agent else None, view)
    yield wording.ENDED, _time(leg.ended, view)
    yield wording.WAITED, _duration(queue.wait_seconds if queue else None)
    yield wording.TALKED, _duration(agent.talk_seconds if agent else None)
    yield wording.ON_HOLD, _duration((agent.hold_seconds or None) if agent else None)
    yield wording.WRAP_UP, _duration(agent.wrap_up_seconds if agent else None)
    yield wording.TRANSFERRED_TO, _shown(leg.transferred_to)
    outcome = wording.OUTCOMES.get((leg.channel, leg.disconnect_reason or ""))
    yield wording.OUTCOME, outcome
    ended_by = (leg.disconnect_reason or "").replace("_", " ").lower() or None
    yield wording.ENDED_BY, _shown(ended_by) if outcome is None else None
    yield wording.CONTACT, _shown(leg.contact_id)
    if view.instance_url:
        zone = quote(view.app.time_zone, safe="")
        page = f"{view.instance_url}/contact-trace-records/details/{quote(leg.contact_id)}?tz={zone}"
        yield wording.CONTACT_PAGE, _link(page)
    if view.opted_out:
        yield wording.RECORDING, _shown(wording.NOT_RECORDED)
    elif view.recording_url:
        yield wording.RECORDING, _link(view.recording_url)
    elif view.shows_recording:
        yield wording.RECORDING, _shown(wording.NO_LINK)
    if view.settings[CALL_RECORDING_CONSENT] == "optin":
        yield "", escape(wording.CONSENTED)


def _in_doubt(decision: Decision) -> Iterator[str]:
    maybe = [
        wording.CANDIDATE.format(name=(user.name or user.phone or "")[:_LONGEST_FACT], id=user.id)
        for user in decision.candidates[:_MOST_CANDIDATES]
    ]
    if (more := len(decision.candidates) - _MOST_CANDIDATES) > 0:
        maybe.append(wording.MORE.format(count=more))
    if maybe:
        yield _paragraph([wording.CANDIDATES + ":", *maybe])
    if decision.candidate_ticket is not None:
        yield _paragraph([wording.CANDIDATE_TICKET.format(ticket=decision.candidate_ticket)])


def _ignored(view: View, decision: Decision | None) -> list[str]:
    ignored = [str(warning) for warning in view.settings.warnings]
    if decision is not None and decision.missing_ticket is not None:
        name = view.app.zendesk_ticket_attribute
        ignored.append(wording.NO_SUCH_TICKET.format(setting=name, ticket=decision.missing_ticket))
    return ignored


def _attributes(attributes: Mapping[str, str], room: int) -> str:
    lines: list[str] = []
    used = 500  # bytes for the heading, the tags and the line that says how many are missing
    for position, (name, value) in enumerate(sorted(attributes.items())):
        shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
        line = f"{escape(name[:_LONGEST_VALUE])}: {escape(shown)}"
        used += len(line.encode()) + len("<br>")
        if used > room:
            lines.append(escape(wording.MORE.format(count=len(attributes) - position)))
            break
        lines.append(line)
    if not lines:
        return ""
    return f"<p>{escape(wording.ATTRIBUTES)}:<br>" + "<br>".join(lines) + "</p>"


def _lines(facts: Iterable[tuple[str, str | None]]) -> str:
    shown = [f"{escape(name)}: {html}" if name else html for name, html in facts if html]
    return "<p>" + "<br>".join(shown) + "</p>"


def _paragraph(lines: Iterable[str]) -> str:
    return "<p>" + "<br>".join(escape(line) for line in lines) + "</p>"


def _link(url: str) -> str:
    return f'<a href="{escape_attribute(url)}">{escape(url)}</a>'


def escape(text: str) -> str:
    """Return a text as HTML between tags, without placeholders; quotation marks stay as they are (M6)."""
    return readers.without_placeholders(escape_attribute(readers.clean(text), quote=False))


def _shown(text: str | None) -> str | None:
    return escape(text[:_LONGEST_FACT]) if text else None


def _time(time: datetime | None, view: View) -> str | None:
    if time is None:
        return None
    return time.astimezone(ZoneInfo(view.app.time_zone)).strftime("%Y-%m-%d %H:%M:%S %Z")


def _duration(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _iso(time: datetime | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
