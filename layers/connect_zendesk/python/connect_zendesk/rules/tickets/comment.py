"""What a ticket says about a contact (M): its subject, the private details, the voice comment.

Everything that comes from outside is escaped (M6). Texts are in `wording`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape as escape_attribute
from typing import Any
from zoneinfo import ZoneInfo

from connect_zendesk.rules import phone_numbers, wording
from connect_zendesk.rules.contacts import customer as customers
from connect_zendesk.rules.contacts.contact import Leg, Reference
from connect_zendesk.rules.contacts.customer import Customer
from connect_zendesk.rules.contacts.kinds import LegKind, Origin
from connect_zendesk.rules.contacts.unanswered import Unanswered
from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.settings.readers import without_markup
from connect_zendesk.rules.settings.registry import (
    CALL_RECORDING_CONSENT,
    CONVERSATION_TITLE,
    CUSTOMER_EMAIL,
    CUSTOMER_NAME,
    CUSTOMER_NUMBER,
)
from connect_zendesk.rules.tickets.ticket_decision import Decision
from connect_zendesk.rules.tickets.view import View

_LONGEST_VALUE = 500
_LONGEST_FACT = 250
_MOST_CANDIDATES = 20
_LONGEST_SUBJECT = 150
_LONGEST_DESCRIPTION = 2000
_REFERENCES_ROOM = 15_000  # bytes


def subject(leg: Leg, app: AppSettings, customer: Customer | None, origin: Origin | None = None) -> str:
    """Return the subject of a new ticket (T10). ``origin`` is how the contact of a later leg began."""
    return readers.line_of_text(_subject(View.of(leg, app, origin), customer))[:_LONGEST_SUBJECT]


def _subject(view: View, customer: Customer | None) -> str:
    leg, app = view.leg, view.app
    settings = view.settings
    if title := settings[CONVERSATION_TITLE]:
        return title
    if leg.channel == "TASK":
        return leg.task_name or wording.TASK_SUBJECT
    number = customers.own_number(leg, app.default_country)
    named = (customer and customer.user and customer.user.name) or settings[CUSTOMER_NAME]
    if leg.channel == "CHAT":
        who = named or number or settings[CUSTOMER_EMAIL] or wording.ANONYMOUS_CUSTOMER
        return wording.CHAT_SUBJECT.format(who=who)
    template = wording.SUBJECTS.get(view.origin, wording.INCOMING_SUBJECT)
    if view.origin is Origin.WEB_CALL:
        named = named or settings[CUSTOMER_EMAIL]
    if view.unanswered is Unanswered.VOICEMAIL:
        template = wording.VOICEMAIL_SUBJECT
    called = customers.unidentified(leg, settings, app.default_country).name
    return template.format(who=number or named or settings[CUSTOMER_NUMBER] or called or wording.ANONYMOUS)


def voice_comment(view: View, agent: int | None) -> dict[str, Any]:
    """Return a call as Zendesk's voice comment (M2), without its recording where M3 says so."""
    leg = view.leg
    start = (leg.agent.connected if leg.agent else None) or leg.began
    comment: dict[str, Any] = {
        "from": without_markup(readers.clean(view.from_number or "")),
        "to": without_markup(readers.clean(view.to_number or "")),
        "started_at": iso(start),
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
    changed: Sequence[str] | None = None,
    accepted: bool = False,
) -> str:
    """Return the private details of a leg as HTML of at most the view's ``room`` (M1, M3, S4).

    ``why`` are the reasons for the ticket, reported with the leg that decided. ``decision`` adds who the
    customer may be and what was ignored. ``continues`` is the closed ticket that this one follows up.
    ``changed`` are the aspects in which its record has changed since the leg was reported, as far as that is
    known (T14), None where it was not. ``accepted``: an agent has just accepted it, and it may go on for long
    (K5). A leg that a customer waited in, and no more, is a line (T12).
    """
    leg = view.leg
    parts = [f"<p><b>{escape(_heading(view, changed, accepted=accepted))}</b></p>"]
    if continues is not None:
        parts.append(_paragraph([wording.FOLLOW_UP.format(ticket=continues)]))
    if view.kind is LegKind.LEFT_QUEUE:
        return "".join([*parts, _paragraph([_left(view)])])
    if view.unanswered is not None:
        parts.append(_paragraph([wording.UNANSWERED[view.unanswered]]))
    parts.append(_lines(_facts(view)))
    parts.append(_bounded(wording.REFERENCES, map(_reference, leg.references), _REFERENCES_ROOM))
    if reasons := list(why):
        parts.append(_paragraph([wording.WHY + ":", *reasons]))
    if decision is not None:
        parts += _in_doubt(decision)
    if ignored := _ignored(view, decision):
        parts.append(_paragraph([wording.IGNORED + ":", *ignored]))
    room = view.room - sum(len(part.encode()) for part in parts)
    parts.append(_attributes(leg.attributes, room))
    return "".join(parts)


def note(lines: Iterable[str]) -> str:
    """Return some lines as a paragraph of HTML."""
    return _paragraph(lines)


def recording_line(url: str) -> str:
    """Return the line with which a recording can be heard, as HTML."""
    return f"{escape(wording.RECORDING)}: {_link(url)}"


def heading(view: View) -> str:
    """Return what a leg is, such as "Incoming call, transferred to Orders" (M1): text, not HTML."""
    return _heading(view, None, accepted=False)


def _heading(view: View, changed: Sequence[str] | None, *, accepted: bool) -> str:
    """Return what a leg is, as the heading of its details (M1)."""
    leg = view.leg
    heading = wording.LEG_HEADINGS[view.kind].format(
        contact=wording.HEADINGS.get(view.origin, leg.channel.title()),
        channel=wording.CHANNEL_OF_ORIGIN[view.origin],
        queue=(leg.queue.name if leg.queue else None) or wording.ANOTHER_QUEUE,
        agent=(leg.agent.username if leg.agent else None) or wording.ANOTHER_AGENT,
    )[:_LONGEST_FACT]
    if changed is not None:
        text = wording.CHANGED if changed else wording.CHANGED_SOMEHOW
        heading = text.format(heading=heading, what=", ".join(wording.ASPECTS[each] for each in changed))
    return wording.ACCEPTED.format(heading=heading) if accepted else heading


def _left(view: View) -> str:
    """Return the line on a leg that the customer waited in and that no agent answered (T12)."""
    leg = view.leg
    waited = leg.queue.wait_seconds if leg.queue else None
    if waited is None and leg.queue and leg.queue.entered and leg.ended:
        waited = round((leg.ended - leg.queue.entered).total_seconds())
    return wording.WAITED_AND_LEFT.format(
        why=wording.UNANSWERED[view.unanswered or Unanswered.ABANDONED],
        waited=_duration(waited),
        queue=((leg.queue.name if leg.queue else None) or wording.AGENTS_QUEUE)[:_LONGEST_FACT],
        began=_time(leg.began, view),
        ended=_time(leg.ended, view),
        contact=leg.contact_id,
    )


def aspects(leg: Leg) -> dict[str, str]:
    """Return a digest of each of what a report says of a leg, to name what a newer record changes (T14)."""
    agent, queue = leg.agent, leg.queue
    seen: dict[str, list[Any]] = {
        "recording": [recording.location for recording in leg.recordings],
        "agent": [agent and agent.username],
        "queue": [queue and queue.name, queue and iso(queue.entered), queue and queue.wait_seconds],
        "times": [iso(leg.began), iso(leg.ended), agent and iso(agent.connected)],
    }
    if agent is not None:
        seen["times"] += [agent.talk_seconds, agent.hold_seconds, agent.wrap_up_seconds]
    return {name: hashlib.sha256(json.dumps(value).encode()).hexdigest()[:8] for name, value in seen.items()}


def fingerprint(leg: Leg) -> str:
    """Return a digest of what a report says of a leg: recording, agent, queue and times (T14).

    Two records of a leg with the same fingerprint need one report. Attributes are left out on purpose.
    """
    reported = [
        [recording.location for recording in leg.recordings],
        leg.agent and [leg.agent.username, leg.agent.talk_seconds, leg.agent.hold_seconds],
        leg.agent and [leg.agent.wrap_up_seconds, iso(leg.agent.connected)],
        leg.queue and [leg.queue.name, iso(leg.queue.entered), leg.queue.wait_seconds],
        [iso(leg.began), iso(leg.ended)],
    ]
    return hashlib.sha256(json.dumps(reported).encode()).hexdigest()[:16]


def _facts(view: View) -> Iterator[tuple[str, str | None]]:
    """Yield the details as name and HTML."""
    leg, agent, queue = view.leg, view.leg.agent, view.leg.queue
    yield wording.TITLE, _shown(view.settings[CONVERSATION_TITLE])
    yield wording.TASK_NAME, _shown(leg.task_name)
    yield wording.DESCRIPTION, escape(leg.description[:_LONGEST_DESCRIPTION]) if leg.description else None
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
    if view.page_url is not None:
        yield wording.CONTACT_PAGE, _link(view.page_url)
    if view.recorded_all_the_same:
        yield wording.RECORDING, escape(wording.RECORDED_ALL_THE_SAME)
    elif view.opted_out:
        yield wording.RECORDING, _shown(wording.NOT_RECORDED)
    elif view.recording_url:
        yield wording.RECORDING, _link(view.recording_url)
    elif view.shows_recording:
        yield wording.RECORDING, _shown(wording.NO_LINK)
    elif view.leg.streamed and not view.leg.recordings:
        yield wording.RECORDING, escape(wording.STREAMED)
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
    return _bounded(wording.ATTRIBUTES, (_attribute(*each) for each in sorted(attributes.items())), room)


def _attribute(name: str, value: str) -> str:
    shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return f"{escape(name[:_LONGEST_VALUE])}: {escape(shown)}"


def _reference(reference: Reference) -> str:
    name, value = reference.name[:_LONGEST_FACT], reference.value
    if value.startswith(("https://", "http://")) and len(value) <= _LONGEST_VALUE:
        return f"{escape(name)}: {_link(readers.clean(value))}"
    return _attribute(name, value)


def _bounded(heading: str, found: Iterable[str], room: int) -> str:
    """Return lines of HTML under a heading, as many as there is room for in bytes; nothing where none is."""
    lines, left = list(found), 0
    used = 500  # bytes for the heading, the tags and the line that says how many are missing
    for position, line in enumerate(lines):
        used += len(line.encode()) + len("<br>")
        if used > room:
            left = len(lines) - position
            lines = [*lines[:position], escape(wording.MORE.format(count=left))]
            break
    if not lines:
        return ""
    return f"<p>{escape(heading)}:<br>" + "<br>".join(lines) + "</p>"


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


def iso(time: datetime | None) -> str | None:
    """Return a time as Zendesk writes it, to the second; None of none."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
