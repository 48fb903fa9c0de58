"""Zendesk events, task rules, and which of them makes the task (K1, K4).

A table of cases, written from the specification.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.zendesk_events.task_decision import decide
from connect_zendesk.rules.zendesk_events.zendesk_event import Change, TicketState, ZendeskEvent

FLOW = "11111111-2222-3333-4444-555555555555"
TICKET = TicketState(
    id=4711,
    subject="The lamp blinks",
    status="open",
    priority="high",
    type="incident",
    tags=("vip", "lamp"),
    requester=101,
    group=31,
    brand=32,
    form=33,
    channel="web",
)


def event(
    type_: str = "status_changed", *, ticket: Mapping[str, Any] | None = None, **more: Any
) -> ZendeskEvent:
    """Return an event of a ticket that is like `TICKET` but for what is given."""
    state = TicketState(**{**TICKET.__dict__, **(ticket or {})})
    told = {"id": "01JEVENT", "account": 22, "time": "2026-11-02T09:00:00Z", "actor": 101}
    return ZendeskEvent(**{**told, "type": f"ticket.{type_}", "ticket": state, **more})


def rule(name: str = "R", **fields: Any) -> dict[str, Any]:
    """Return a task rule as an administrator writes it."""
    written = {"name": name, "events": ["status_changed"], "task": {"contact_flow": FLOW}}
    return {**written, **fields}


def settings_with(*rules: Mapping[str, Any], **others: Any) -> AppSettings:
    """Return app settings with these rules, read as they are written."""
    settings, problems = app_settings.read({"task_rules": list(rules), **others})
    assert not problems, problems
    return settings


@dataclass(frozen=True)
class Case:
    """A row of the table: an event, rules, which one makes the task, and what the last reason says."""

    says: str
    event: ZendeskEvent
    rules: tuple[Mapping[str, Any], ...]
    makes: str | None
    why: str
    reasons: int = 1
    by: str = "K1"

    def __str__(self) -> str:
        return self.says


def outcome_of(case: Case) -> dict[str, Any]:
    """Return what comes of a case, in the words of `expected_of`."""
    decision = decide(case.event, settings_with(*case.rules))
    return {
        "makes": decision.rule.name if decision.rule else None,
        "by": {reason.rule for reason in decision.reasons},
        "why": decision.reasons[-1].text,
        "reasons": len(decision.reasons),
    }


def expected_of(case: Case) -> dict[str, Any]:
    """Return what has to come of a case."""
    return {"makes": case.makes, "by": {case.by}, "why": case.why, "reasons": case.reasons}


FITS = 'rule "R" fits'


def mismatch(why: str) -> str:
    """Return the reason of a rule that does not fit."""
    return f'rule "R" does not fit: {why}'


#: A condition, a value that the ticket has, one that it has not, and how that is told.
_CONDITIONS = (
    ("status", "open", ["new", "solved"], "status is open, expected new or solved"),
    ("priority", ["high", "urgent"], "urgent", "priority is high, expected urgent"),
    ("type", "incident", "problem", "type is incident, expected problem"),
    ("tags_any", ["gold", "VIP"], ["gold", "no_lamp"], "the ticket has none of the tags gold or no_lamp"),
    ("tags_all", ["vip", "lamp"], ["vip", "gold"], "the ticket lacks gold"),
    ("tags_none", ["gold"], ["gold", "vip"], "the ticket has vip"),
    ("group", 31, 32, "group is 31, expected 32"),
    ("brand", [31, 32], [31, 33], "brand is 32, expected 31 or 33"),
    ("form", "33", "31", "form is 33, expected 31"),
    ("channel", "Web", ["email", "api"], "channel is web, expected api or email"),
)
#: What a ticket may have none of, and how that is told.
_UNSET = (
    ("priority", "high", "priority is not set, expected high"),
    ("type", "task", "type is not set, expected task"),
    ("group", 31, "group is not set, expected 31"),
    ("brand", 32, "brand is not set, expected 32"),
    ("form", 33, "form is not set, expected 33"),
    ("channel", "web", "channel is not set, expected web"),
)

K1 = (
    Case("K1 no rules: no task", event(), (), None, "there are no task rules"),
    Case("K1 a rule of this event, without conditions", event(), (rule(),), "R", FITS),
    Case(
        "K1 another event",
        event("created"),
        (rule(events=["status_changed", "comment_added"]),),
        None,
        mismatch("the event is created, expected comment_added or status_changed"),
    ),
    Case("K1 one of several events", event("created"), (rule(events=["created", "merged"]),), "R", FITS),
    Case("K1 switched off", event(), (rule(enabled=False),), None, mismatch("it is switched off")),
    Case(
        "K1 the first that fits makes it, and the later ones are not looked at",
        event(),
        (rule("A", events=["created"]), rule("R"), rule("C")),
        "R",
        FITS,
        reasons=2,
    ),
    Case(
        "K1 one that is switched off does not keep the next from it",
        event(),
        (rule("A", enabled=False), rule("R")),
        "R",
        FITS,
        reasons=2,
    ),
    Case(
        "K1 none of several fits: the reason of each",
        event(),
        (rule("A", enabled=False), rule("R", when={"priority": "low"})),
        None,
        mismatch("priority is high, expected low"),
        reasons=2,
    ),
    Case(
        "K1 all conditions have to fit, and each that does not is told",
        event(),
        (rule(when={"status": "open", "priority": "urgent", "channel": "email", "tags_none": "vip"}),),
        None,
        mismatch("priority is high, expected urgent; the ticket has vip; channel is web, expected email"),
    ),
    Case(
        "K1 all conditions fit",
        event(),
        (rule(when={name: fits for name, fits, _, _ in _CONDITIONS}),),
        "R",
        FITS,
    ),
    *(
        Case(
            f"K1 {name} means {said} too",
            event(ticket={"channel": said}),
            (rule(when={"channel": name}),),
            "R",
            FITS,
        )
        for said, name in (
            ("web_service", "api"),
            ("web_form", "web"),
            ("mail", "email"),
            ("api", "web_service"),
            ("web", "web_form"),
            ("email", "Mail"),
            ("web form", "web"),
            ("web service (api)", "api"),
            ("web service (api)", "web_service"),
            ("phone_call_inbound", "voice"),
            ("api_voicemail", "voice"),
            ("phone call (incoming)", "phone_call_inbound"),
            ("native_messaging", "messaging"),
            ("facebook_post", "facebook"),
            ("sample_ticket", "sample_ticket"),
            ("any_channel", "any_channel"),
        )
    ),
    *(
        Case(
            f"K1 {name} does not mean {said}",
            event(ticket={"channel": said}),
            (rule(when={"channel": name}),),
            None,
            mismatch(f"channel is {said}, expected {name}"),
        )
        for said, name in (
            ("voicemail", "phone_call_inbound"),
            ("web_service", "web"),
            ("voice", "phone_call_inbound"),
            ("web_widget", "web"),
            ("facebook_post", "facebook_message"),
        )
    ),
    *(
        Case(f"K1 {name} fits", event(), (rule(when={name: fits}),), "R", FITS)
        for name, fits, _, _ in _CONDITIONS
    ),
    *(
        Case(f"K1 {name} does not fit", event(), (rule(when={name: other}),), None, mismatch(why))
        for name, _, other, why in _CONDITIONS
    ),
    *(
        Case(
            f"K1 {name} that is not set fits nothing",
            event(ticket={name: None}),
            (rule(when={name: expected}),),
            None,
            mismatch(why),
        )
        for name, expected, why in _UNSET
    ),
    Case(
        "K1 a ticket without tags has none that is unwanted",
        event(ticket={"tags": ()}),
        (rule(when={"tags_none": ["vip", "gold"]}),),
        "R",
        FITS,
    ),
    Case(
        "K1 of all tags, those that are missing are told",
        event(ticket={"tags": ("vip",)}),
        (rule(when={"tags_all": ["vip", "lamp", "gold"]}),),
        None,
        mismatch("the ticket lacks gold and lamp"),
    ),
    Case(
        "K1 tags are the same in any case of letters",
        event(ticket={"tags": ("VIP",)}),
        (rule(when={"tags_any": "vip"}),),
        "R",
        FITS,
    ),
)

_OWN_CHANGE = "This connector made the change itself: no task"
_OWN_TICKET = "The ticket was made for a contact of Amazon Connect: no task"
_OWN_TAGS = "The tags that changed are this connector's own: no task"
_NOBODY = "No one is named who changed this ticket, which was made for a contact: no task"
_ANY = rule(events=["created", "status_changed", "tags_changed", "comment_added"])

K4 = (
    *(
        Case(
            f"K4 {kind} by this connector",
            event(kind, by_connector=True),
            (_ANY,),
            None,
            _OWN_CHANGE,
            by="K4",
        )
        for kind in ("status_changed", "comment_added", "created", "tags_changed")
    ),
    Case(
        "K4 a ticket that was made for a contact, told in the agent's name",
        event("created", ticket={"external_id": "amazon-connect:contact-1"}, actor=901),
        (_ANY,),
        None,
        _OWN_TICKET,
        by="K4",
    ),
    Case(
        "K4 what an agent does to such a ticket later makes a task",
        event("status_changed", ticket={"external_id": "amazon-connect:contact-1"}, actor=901),
        (_ANY,),
        "R",
        FITS,
    ),
    Case(
        "K4 a ticket with somebody else's external id",
        event("created", ticket={"external_id": "T1"}),
        (_ANY,),
        "R",
        FITS,
    ),
    *(
        Case(
            f"K4 {kind} by no one who is named, of a ticket with {' and '.join(ticket) or 'neither'}",
            event(kind, ticket=ticket, actor=None),
            (_ANY,),
            None if own else "R",
            own or FITS,
            by="K4" if own else "K1",
        )
        for kind, ticket, own in (
            ("comment_added", {"external_id": "amazon-connect:contact-1"}, _NOBODY),
            ("comment_added", {"tags": ("vip", "amazon_connect")}, _NOBODY),
            ("status_changed", {"external_id": "amazon-connect:c", "tags": ("amazon_connect",)}, _NOBODY),
            ("created", {"external_id": "amazon-connect:contact-1"}, _OWN_TICKET),
            ("created", {"tags": ("amazon_connect",)}, ""),
            ("comment_added", {}, ""),
        )
    ),
    *(
        Case(
            f"K4 only {', '.join((*added, *removed))}",
            event("tags_changed", change=Change(tags_added=added, tags_removed=removed), actor=901),
            (_ANY,),
            None,
            _OWN_TAGS,
            by="K4",
        )
        for added, removed in (
            (("connect_attach",), ()),
            ((), ("connect_new_ticket",)),
            (("connect_new_user_ticket", "amazon_connect"), ()),
            (("amazon_connect_voice",), ("connect_attach",)),
        )
    ),
    *(
        Case(
            f"K4 {says}",
            event("tags_changed", change=Change(tags_added=added, tags_removed=removed)),
            (_ANY,),
            "R",
            FITS,
        )
        for says, added, removed in (
            ("another tag together with a macro's", ("connect_attach", "vip"), ()),
            ("a tag that begins like ours", ("connect_attached",), ()),
            ("another tag that begins like ours", ("amazon_connector",), ()),
            ("another tag that is removed", ("connect_attach",), ("vip",)),
            ("tags of which nothing is told", (), ()),
        )
    ),
    Case(
        "K4 a macro's tag beside another change",
        event("status_changed", change=Change(tags_added=("connect_attach",))),
        (_ANY,),
        "R",
        FITS,
    ),
)

CASES = (*K1, *K4)
