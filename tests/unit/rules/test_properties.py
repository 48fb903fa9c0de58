"""What holds for any contact in any world, whatever the attributes say (S1 to S6, M6, T)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.contacts.contact import Agent, Leg, Queue, Recording
from connect_zendesk.rules.model import ExistingUser, MadeFor, NewUser, Placeholder, Ticket, User
from connect_zendesk.rules.settings.app_settings import AppSettings, CallerAuthentication
from connect_zendesk.rules.settings.registry import BY_NAME, REGISTRY
from connect_zendesk.rules.settings.settings import Settings, resolve
from connect_zendesk.rules.settings.ticket_field_rules import MISSED_KINDS
from connect_zendesk.rules.tickets import comment
from connect_zendesk.rules.tickets.decision_table import FORCED_RULES, RULES, Action
from connect_zendesk.rules.tickets.ticket_decision import Decision, Stage
from connect_zendesk.rules.tickets.view import View
from tests.unit.rules.pages import Page
from tests.unit.rules.setting_values import READABLE, UNREADABLE
from tests.unit.rules.world import BEGAN, World, decide

#: Rules that leave the customer in doubt (T8).
IN_DOUBT = {"T2", "T5", "T9", "C7"}

NUMBERS = ("+441632960101", "+11632960101", "+441632960102", "anonymous", "", None, "sip:x@y", "12", "<b>")
NAMES = ("Ana Silva", "ana  silva", "Ben", "")
FEW_MINUTES = st.integers(-90, 90).map(lambda minutes: BEGAN + timedelta(minutes=minutes))

#: A text of any kind: what is meant, what is a mistake, and what is meant badly.
TEXTS = st.one_of(
    st.sampled_from([text for values in READABLE.values() for text in values]),
    st.sampled_from([text for texts in UNREADABLE.values() for text in texts]),
    st.sampled_from(
        [
            "1",
            "2",
            "3",
            "4",
            "+441632960101",
            "Ana Silva",
            "ana@example.com",
            "-",
            "none",
            "Not Authenticated",
        ]
    ),
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from(
        ["\x00", "\ud800", "\u202egnp.exe", "🎉" * 8192, "x" * 32_768, "<script>" * 4096, "&" * 6000]
    ),
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from([*BY_NAME, "voice_authentication_result"]) | st.text(max_size=12), TEXTS, max_size=6
)
DEFAULTS = st.dictionaries(
    st.sampled_from(sorted({setting.app_setting for setting in REGISTRY if setting.app_setting})),
    TEXTS,
    max_size=4,
)
USERS = st.builds(
    User,
    id=st.integers(1, 4),
    name=st.sampled_from(NAMES),
    phone=st.sampled_from([*NUMBERS, "01632 960101"]),
    suspended=st.booleans(),
    active=st.booleans(),
    shared_phone=st.booleans(),
)
TICKETS = st.builds(
    Ticket,
    id=st.integers(1, 4),
    requester=st.none() | st.integers(1, 4),
    status=st.sampled_from(["new", "open", "pending", "hold", "solved", "closed", "deleted"]),
    created=FEW_MINUTES,
    updated=FEW_MINUTES,
    made_for=st.none() | st.builds(MadeFor, began=FEW_MINUTES, looked_back_to=st.none() | FEW_MINUTES),
)
WORLDS = st.builds(
    World,
    users=st.lists(USERS, max_size=4).map(tuple),
    tickets=st.lists(TICKETS, max_size=4, unique_by=lambda ticket: ticket.id).map(tuple),
    agents=st.sampled_from([{}, {"asmith": 901}]),
    placeholder=st.sampled_from([None, 801]),
)
LEGS = st.builds(
    Leg,
    contact_id=st.sampled_from(["c-1", "c-2"]),
    root_id=st.just("c-1"),
    channel=st.sampled_from(["VOICE", "VOICE", "CHAT", "TASK", "EMAIL", ""]),
    initiation_method=st.sampled_from(
        ["INBOUND", "INBOUND", "OUTBOUND", "API", "CALLBACK", "TRANSFER", "MONITOR", "?"]
    ),
    began=FEW_MINUTES,
    updated=FEW_MINUTES | st.just(BEGAN + timedelta(days=90)),
    ended=st.none() | FEW_MINUTES,
    customer_address=st.sampled_from(NUMBERS),
    system_address=st.sampled_from(NUMBERS),
    agent=st.none() | st.just(Agent("asmith")) | st.just(Agent("", "arn:x/agent/a2")),
    attempts=st.integers(0, 2),
    queue=st.none() | st.just(Queue("Support", BEGAN, 5)),
    recordings=st.sampled_from(
        [(), (Recording("b/k", "IVR"),), (Recording("b/connect/acme/CallRecordings/k"),)]
    ),
    attributes=ATTRIBUTES,
    stated_direction=st.sampled_from([None, "INBOUND", "OUTBOUND"]),
    task_name=st.sampled_from([None, "Zendesk-1", "Zendesk-0", "Zendesk-9", "call back"]),
    authentication=st.sampled_from([None, "Authenticated", "Inconclusive"]),
)
APPS = st.builds(
    AppSettings,
    defaults=DEFAULTS,
    zendesk_ticket_attribute=st.sampled_from(["zendesk_ticket", "order"]),
    default_country=st.sampled_from([None, "GB", "US"]),
    time_zone=st.sampled_from(["UTC", "Asia/Kathmandu"]),
    connect_instance_url=st.sampled_from([None, "https://acme.my.connect.aws"]),
    anonymous_requester=st.sampled_from(["placeholder", "agent"]),
    missed_contact_tickets=st.frozensets(st.sampled_from(MISSED_KINDS)),
    settle_from=st.none() | FEW_MINUTES,
    caller_authentication=st.sampled_from(
        [CallerAuthentication(), CallerAuthentication(source="attributes")]
    ),
)
STAGES: st.SearchStrategy[Stage] = st.sampled_from(get_args(Stage))


def _fits_together(decision: Decision, stage: Stage) -> None:
    """Check that whoever carries a decision out finds what that takes."""
    assert decision.action in get_args(Action)
    assert decision.rule == decision.reasons[0].rule
    assert {reason.rule for reason in decision.reasons} <= {rule.id for rule in (*RULES, *FORCED_RULES)}
    match decision.action:
        case "open" | "follow_up":
            assert decision.ticket is not None
        case "create":
            assert decision.ticket is None
            assert isinstance(decision.requester, ExistingUser | NewUser | Placeholder)
            if isinstance(decision.requester, ExistingUser):
                assert decision.requester.id is not None
            if isinstance(decision.requester, NewUser):
                assert decision.requester.display_name
        case "leave_to_agent":
            assert stage == "alive"
        case "none":
            assert decision.requester is None
    if decision.candidates or decision.candidate_ticket is not None:
        assert decision.action in ("create", "leave_to_agent", "none")
        assert {reason.rule for reason in decision.reasons} & IN_DOUBT


@given(LEGS, APPS, WORLDS, STAGES)
def test_there_is_one_decision_for_any_contact_in_any_world(
    leg: Leg, app: AppSettings, world: World, stage: Stage
) -> None:
    decision, asked = decide(leg, app, world, stage)
    _fits_together(decision, stage)
    assert len(asked) <= 5
    assert (decision, asked) == decide(leg, app, world, stage)


@given(LEGS, APPS, WORLDS, st.randoms(use_true_random=False))
def test_the_order_in_which_zendesk_lists_users_and_tickets_does_not_matter(
    leg: Leg, app: AppSettings, world: World, random: Any
) -> None:
    def in_short(world: World) -> Any:
        decision, asked = decide(leg, app, world)
        candidates = sorted(user.id for user in decision.candidates)
        return decision.action, decision.ticket, decision.requester, decision.reasons, candidates, asked

    one_of_each = tuple({user.id: user for user in world.users}.values())
    world = replace(world, users=one_of_each)
    users, tickets = list(world.users), list(world.tickets)
    random.shuffle(users)
    random.shuffle(tickets)
    assert in_short(replace(world, users=tuple(users), tickets=tuple(tickets))) == in_short(world)


@given(LEGS, APPS, WORLDS, STAGES, st.dictionaries(st.text(), TEXTS))
def test_S6_attributes_that_the_registry_does_not_know_change_nothing(
    leg: Leg, app: AppSettings, world: World, stage: Stage, strange: Mapping[str, str]
) -> None:
    known = {*BY_NAME, app.zendesk_ticket_attribute, *app.named_attributes}
    unknown = {name: value for name, value in strange.items() if name not in known}
    plain = replace(leg, attributes={name: text for name, text in leg.attributes.items() if name in known})
    with_more = replace(plain, attributes={**plain.attributes, **unknown, "Ticket_Assignment": "agent"})
    assert _but_warnings(decide(with_more, app, world, stage)) == _but_warnings(
        decide(plain, app, world, stage)
    )


def _but_warnings(decided: tuple[Decision, Any]) -> tuple[Decision, Any]:
    """Return what was decided, without the warnings of names that are nearly known (S6)."""
    decision, asked = decided
    return replace(decision, settings=Settings(decision.settings.by_name)), asked


@given(ATTRIBUTES, DEFAULTS)
def test_S1_precedence_holds_for_every_setting(attributes: dict[str, str], defaults: dict[str, str]) -> None:
    """What a source says is what it says alone; a weaker one speaks only where the stronger do not."""
    resolved = resolve(attributes, defaults, default_country="GB")
    of_attributes = resolve(attributes, {}, default_country="GB")
    of_defaults = resolve({}, defaults, default_country="GB")
    for name, setting in BY_NAME.items():
        found = resolved.by_name[name]
        strongest = next(
            (source for source in (of_attributes, of_defaults) if source.by_name[name].is_set), None
        )
        if strongest is None:
            assert (found.value, found.source) == (setting.default, "default")
        else:
            alone = strongest.by_name[name]
            assert (found.value, found.source, found.raw) == (alone.value, alone.source, alone.raw)


@given(st.sampled_from(sorted(BY_NAME)), TEXTS, TEXTS)
def test_S5_what_the_attribute_says_survives_any_app_setting(name: str, text: str, contrary: str) -> None:
    alone = resolve({name: text}, {}).by_name[name]
    app_setting = BY_NAME[name].app_setting
    both = resolve({name: text}, {app_setting: contrary} if app_setting else {}).by_name[name]
    if alone.is_set:
        assert (both.value, both.source) == (alone.value, "attribute")
    else:
        assert both.source != "attribute"


@given(st.sampled_from(sorted(BY_NAME)), TEXTS)
def test_S4_any_text_is_a_value_or_not_set_or_a_warning(name: str, text: str) -> None:
    resolved = resolve({name: text}, {}, default_country="GB").by_name[name]
    if resolved.is_set:
        assert resolved.warnings == ()
        json.dumps(resolved.value).encode()
    for warning in resolved.warnings:
        assert len(str(warning)) < 300
        str(warning).encode()
        assert text.strip()


@given(LEGS, APPS, WORLDS)
def test_M6_any_text_at_all_leaves_the_comments_whole(leg: Leg, app: AppSettings, world: World) -> None:
    decision, _ = decide(leg, app, world)
    view = View.of(leg, app)
    html = comment.details(view, decision.why, decision)
    assert len(html.encode()) <= LARGEST_COMMENT
    Page(html)
    assert not {"\u202e", "\x00", "\ud800"} & set(html)
    json.dumps(comment.voice_comment(view, 901)).encode()
    subject = comment.subject(leg, app, decision.customer)
    assert 0 < len(subject.encode()) <= 4 * 150
    assert not set("<>\n") & set(subject)


@given(LEGS, APPS, WORLDS)
def test_T8_an_agent_who_has_gone_is_left_nothing(leg: Leg, app: AppSettings, world: World) -> None:
    ended, _ = decide(leg, app, world, "ended")
    alive, _ = decide(leg, app, world, "alive")
    if alive.action == "leave_to_agent":
        assert ended.rule == "T8"
        assert alive.reasons[0] in ended.reasons
    else:
        assert ended == alive


@given(LEGS, APPS, WORLDS)
def test_T8_a_contact_in_doubt_never_gets_a_candidates_ticket(
    leg: Leg, app: AppSettings, world: World
) -> None:
    alive, _ = decide(leg, app, world, "alive")
    ended, _ = decide(leg, app, world, "ended")
    if alive.action == "leave_to_agent" and alive.rule in IN_DOUBT and ended.action != "none":
        assert ended.requester in (ExistingUser(901), Placeholder(world.placeholder))
