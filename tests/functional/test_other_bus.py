"""Ticket events that reach EventBridge another way than by webhook: from a bus that the deployment names."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger.schema import CONNECTOR, WEBHOOK_ACCOUNT
from local.__main__ import main
from tests.case_files import FOLDER, case_file, play
from tests.records import ANA
from tests.stack import Stack, bodies
from tests.tasks import TICKET, rule, stack_with, tasks
from tests.unit.zendesk.test_partner_event import envelope as partners
from tests.webhooks import ACCOUNT
from tests.webhooks import envelope as webhooks

EVENTS = ["created", "priority_changed", "comment_added", "custom_field_changed", "tags_changed", "merged"]
LAMP = {"id": TICKET, "requester_id": ANA, "updated_at": "2026-11-02T08:59:58Z"}


def stack(**fields: Any) -> Stack:
    """Return the functions with a rule that any of the events fits."""
    return stack_with(rule(events=EVENTS, **fields))


def partner(kind: str = "Priority Changed", **event: Any) -> dict[str, Any]:
    """Return an event of the lamp's ticket in the partner shape."""
    return partners(kind, **{**event, "ticket": {**LAMP, **event.get("ticket", {})}})


def webhook(kind: str = "ticket.priority_changed", **changed: Any) -> dict[str, Any]:
    """Return a webhook's body of the lamp's ticket."""
    detail = {"id": str(TICKET), "actor_id": "901", **changed.pop("detail", {})}
    return webhooks(kind, detail=detail, **changed)


def piped(body: dict[str, Any], **envelope: Any) -> dict[str, Any]:
    """Return a webhook's body as a pipe of the customer's puts it on a bus."""
    about = {"id": "0b7bd2e4-0000-4000-8000-000000000009", "time": "2026-11-02T09:00:00Z"}
    return {**about, "source": "com.acme.zendesk", "detail-type": body["type"], "detail": body, **envelope}


def arrive(stack: Stack, *events: dict[str, Any]) -> None:
    """Put events on the other bus, and do what is to be done at once."""
    for event in events:
        stack.messages.receive_from_other_bus(event)
    stack.run(until=stack.clock() + timedelta(minutes=1))


def names(stack: Stack) -> list[str]:
    """Return the names of the tasks that were made."""
    return [task["ContactDetails"]["Name"] for task in tasks(stack)]


def test_K3_the_partner_shape_makes_a_task_with_all_that_a_webhooks_makes() -> None:
    there = stack()
    arrive(there, partner())
    (task,) = tasks(there)
    assert task["ContactDetails"]["Name"] == f"Zendesk-{TICKET}"
    assert task["Attributes"]["zendesk_requester"] == str(ANA)
    assert task["Attributes"]["zendesk_subject"] == "The lamp blinks"
    assert there.messages.dead_letters == []


def test_K3_a_webhooks_event_under_a_source_of_the_customers_own_makes_a_task() -> None:
    there = stack()
    arrive(there, piped(webhook(), **{"detail-type": "whatever the pipe calls it"}))
    assert names(there) == [f"Zendesk-{TICKET}"]


def test_K3_the_stacks_bus_gets_the_one_documented_event() -> None:
    there = stack()
    arrive(there, partner(previous="low", current="urgent"))
    ((kind, detail),) = there.messages.published
    assert (kind, detail["type"], detail["account"]) == ("Zendesk Event", "ticket.priority_changed", ACCOUNT)
    assert (detail["actor"], detail["change"]["current"]) == (901, "urgent")


@pytest.mark.parametrize(
    ("partners_word", "rules_word"),
    [("web", "web_form"), ("email", "mail"), ("api", "web_service"), ("mail", "email"), ("web_form", "web")],
)
def test_K1_a_channel_is_the_same_whichever_shape_and_rule_name_it(
    partners_word: str, rules_word: str
) -> None:
    there = stack(when={"channel": [rules_word]})
    arrive(there, partner(ticket={"via": {"channel": partners_word}}))
    assert names(there) == [f"Zendesk-{TICKET}"]
    other = stack(when={"channel": ["chat"]})
    arrive(other, partner(ticket={"via": {"channel": partners_word}}))
    assert names(other) == []


BOTH: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (partner(), webhook()),
    (partner("Ticket Created"), webhook("ticket.created")),
    (
        partner("Comment Created", comment={"id": 5, "is_public": True}),
        webhook("ticket.comment_added", event={"comment": {"id": "5", "is_public": True}}),
    ),
    (
        partner("Custom Field Changed", custom_field={"id": 77}, current="b"),
        webhook("ticket.custom_field_changed", event={"custom_field": {"id": "77", "value": "b"}}),
    ),
    (
        partner("Tags Changed", tags_added=["a", "b"]),
        webhook("ticket.tags_changed", event={"tags_added": ["b", "a"]}),
    ),
    (
        partner("Ticket Merged", target_ticket_id=9),
        webhook("ticket.merged", event={"target_ticket_id": "9"}),
    ),
]


@pytest.mark.parametrize(("of_partner", "of_webhook"), BOTH, ids=lambda event: event.get("type", ""))
@pytest.mark.parametrize("first", ["partner", "webhook", "at once"])
def test_K4_one_event_makes_one_task_by_whichever_way_and_in_whichever_order_it_comes(
    of_partner: dict[str, Any], of_webhook: dict[str, Any], first: str
) -> None:
    there = stack()
    body = json.dumps(of_webhook).encode()
    if first == "partner":
        arrive(there, of_partner)
        assert there.receive_webhook(body) == 200
    elif first == "webhook":
        assert there.receive_webhook(body) == 200
        arrive(there, of_partner)
    else:  # neither is through with it when the other begins
        there.messages.receive_from_other_bus(of_partner)
        assert there.receive_webhook(body) == 200
    arrive(there, of_partner, piped(of_webhook), {**of_partner, "id": "sent again by the integration"})
    assert there.receive_webhook(body) == 200
    assert len(tasks(there)) == 1
    assert len(there.messages.published) == 1


def test_K4_of_events_that_are_alike_each_makes_its_task_by_either_way() -> None:
    there = stack()
    for number, minute in enumerate(("09:00", "09:20", "09:40"), 1):
        body = webhook(id=f"01JEVENT{number:018d}", time=f"2026-11-02T{minute}:01Z")
        sequence = {"id": f"CE{number}", "position": 1}
        again = partner(meta={"occurred_at": f"2026-11-02T{minute}:00Z", "sequence": sequence})
        for event in (again, piped(body)) if number % 2 else (piped(body), again):
            arrive(there, event)
    assert len(tasks(there)) == 3


def test_K4_two_alike_within_one_minute_are_two_by_either_way() -> None:
    there = stack()
    for number in (1, 2):
        arrive(there, piped(webhook(id=f"01JEVENT{number:018d}", time="2026-11-02T09:00:00Z")))
    for number in (1, 2):
        sequence = {"id": f"CE{number}", "position": 1}
        arrive(there, partner(meta={"occurred_at": "2026-11-02T09:00:00Z", "sequence": sequence}))
    assert len(tasks(there)) == 2


def test_K4_what_this_project_did_itself_makes_no_task_though_no_webhook_was_ever_set_up() -> None:
    there = stack()
    me = there.services.zendesk.get("/api/v2/users/me")["user"]["id"]
    arrive(there, partner(actor=me), piped(webhook(detail={"actor_id": str(me)}, id="01JOTHER")))
    assert names(there) == []
    recalled = there.services.ledger.recall(CONNECTOR.key())
    assert recalled is not None
    assert recalled.value == me


OWN = "amazon-connect:57041e50-0000-4000-8000-000000001001"


@pytest.mark.parametrize(
    ("kind", "ticket", "made"),
    [
        ("Ticket Created", {"external_id": OWN}, 0),
        ("Comment Created", {"external_id": OWN}, 0),
        ("Priority Changed", {"external_id": OWN, "tags": []}, 0),
        ("Priority Changed", {"tags": ["amazon_connect"]}, 0),
        ("Priority Changed", {"tags": ["vip"]}, 1),
        # A customer who answers to a closed ticket of ours makes a follow-up with its tags.
        ("Ticket Created", {"tags": ["amazon_connect"]}, 1),
    ],
)
def test_K4_where_no_one_is_named_a_ticket_of_our_own_makes_no_task(
    kind: str, ticket: dict[str, Any], made: int
) -> None:
    there = stack()
    arrive(there, partner(kind, actor=None, ticket=ticket))
    assert len(tasks(there)) == made


def test_K4_where_an_actor_is_named_a_change_of_our_own_ticket_makes_its_task() -> None:
    there = stack()
    arrive(there, partner(ticket={"external_id": OWN, "tags": ["amazon_connect"]}))
    assert len(tasks(there)) == 1


def test_A1_a_macros_tag_by_the_partner_shape_attaches_as_by_webhook() -> None:
    there = stack()
    arrive(there, partner("Tags Changed", tags_added=["connect_attach"]))
    assert "No contact was attached" in bodies(there.ticket(TICKET))[-1]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (partner(ticket={"id": 0}), "Permanent: an event of no ticket"),
        (partner("Ticket <b>"), "Permanent: not an event of a ticket"),
        (piped(webhook("ticket.<b>")), "Permanent: not an event of a ticket"),
        (piped(webhook(id=None), id=None), "Permanent: an event without an id"),
        (
            {**partner(), "source": "aws.partner/zendesk.com/666/default"},
            "Permanent: an event of another Zendesk account",
        ),
    ],
)
def test_what_is_no_event_of_this_accounts_tickets_is_dead_lettered_with_its_reason(
    event: dict[str, Any], reason: str
) -> None:
    there = stack()
    there.services.ledger.remember(WEBHOOK_ACCOUNT.key(), ACCOUNT)
    arrive(there, event)
    assert [letter["reason"] for letter in there.messages.dead_letters] == [reason]
    assert there.messages.published == []


def test_K3_without_an_account_in_it_an_event_is_of_the_account_that_is_known() -> None:
    there = stack()
    there.services.ledger.remember(WEBHOOK_ACCOUNT.key(), ACCOUNT)
    arrive(there, {**partner(), "source": "com.acme.zendesk"})
    ((_, detail),) = there.messages.published
    assert detail["account"] == ACCOUNT


def test_K3_events_wait_while_zendesk_cannot_be_asked_and_none_is_lost() -> None:
    there = stack()
    there.zendesk.faults.outage()
    arrive(there, partner())
    assert names(there) == []
    there.zendesk.faults.clear()
    there.run(until=there.clock() + timedelta(hours=1))
    assert names(there) == [f"Zendesk-{TICKET}"]


def test_K3_case_partner_old_shape(capsys: pytest.CaptureFixture[str]) -> None:
    case = case_file("partner_old_shape")
    result = play(case)
    assert [task["name"] for task in result["tasks"]] == ["Zendesk-4001"]
    assert result["dead_letters"] == []
    assert (
        main(
            ["explain", "--json", *map(str, [case.event, "--app-settings", FOLDER / f"{case.settings}.json"])]
        )
        == 0
    )
    assert 'rule \\"Urgent\\" fits' in capsys.readouterr().out


def test_K4_case_partner_old_shape_of_a_ticket_of_our_own(tmp_path: Any) -> None:
    case = case_file("partner_old_shape")
    event = json.loads(case.event.read_text("utf-8"))
    event["detail"]["ticket_event"]["ticket"]["external_id"] = OWN
    (tmp_path / "own.json").write_text(json.dumps(event))
    there = stack_with(rule(events=["created"]))
    arrive(there, event)
    assert names(there) == []
