"""The shape of Zendesk's EventBridge partner integration (K3): read as what a webhook says of the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.rules.ticket_events import EVENTS
from connect_zendesk.rules.zendesk_events.zendesk_event import NewComment
from connect_zendesk.zendesk.partner_event import account_of, read
from connect_zendesk.zendesk.webhook_event import NotAnEvent
from tests.strategies import examples

NOW = "2026-11-02T09:00:05+00:00"
#: What the integration calls what a webhook calls otherwise, but for capitals, blanks and *Ticket*.
NAMES = {
    "Ticket Created": "created",
    "Comment Created": "comment_added",
    "Comment Made Private": "comment_made_private",
    "Comment Redacted": "comment_redacted",
    "Attachment Linked to Comment": "attachment_linked_to_comment",
    "Attachment Redacted from Comment": "attachment_redacted_from_comment",
    "Agent Assignment Changed": "agent_assignment_changed",
    "Group Assignment Changed": "group_assignment_changed",
    "Status Changed": "status_changed",
    "Priority Changed": "priority_changed",
    "Ticket Type Changed": "type_changed",
    "Subject Changed": "subject_changed",
    "Description Changed": "description_changed",
    "Tags Changed": "tags_changed",
    "Custom Field Changed": "custom_field_changed",
    "External ID Changed": "external_id_changed",
    "Form Changed": "form_changed",
    "Brand Changed": "brand_changed",
    "Organization Changed": "organization_changed",
    "Requester Changed": "requester_changed",
    "Submitter Changed": "submitter_changed",
    "Email CCs Changed": "email_ccs_changed",
    "Followers Changed": "followers_changed",
    "Problem Link Changed": "problem_link_changed",
    "Task Due At Changed": "task_due_at_changed",
    "Ticket Merged": "merged",
    "Ticket Marked as Spam": "marked_as_spam",
    "Ticket Soft Deleted": "soft_deleted",
    "Ticket Undeleted": "undeleted",
}


def envelope(kind: str = "Priority Changed", *, actor: int | None = 901, **event: Any) -> dict[str, Any]:
    """Return an event of the partner integration; ``event`` is added to what it says."""
    meta: dict[str, Any] = {
        "version": "1.0",
        "occurred_at": "2026-11-02T09:00:00.465719851Z",
        "ref": "1-123",
        "sequence": {"id": "CE4A698A", "position": 2, "total": 3},
    }
    ticket = {
        "id": 4001, "created_at": "2026-11-01T09:00:00Z", "updated_at": "2026-11-02T09:00:00Z",
        "type": "question", "priority": "urgent", "status": "open", "requester_id": 102,
        "submitter_id": 102, "assignee_id": None, "organization_id": None, "group_id": 31, "brand_id": 32,
        "form_id": 33, "external_id": None, "tags": ["vip"], "via": {"channel": "web"},
        **event.pop("ticket", {}),
    }  # fmt: skip
    return {
        "version": "0",
        "id": "6dbf3d2e-0000-4000-8000-000000000001",
        "detail-type": f"Support Ticket: {kind}",
        "source": "aws.partner/zendesk.com/22129848/default",
        "time": "2026-11-02T09:00:01Z",
        "detail": {
            "ticket_event": {
                "meta": meta if actor is None else {**meta, "actor_id": actor},
                "type": kind,
                "ticket": ticket,
                **event,
            }
        },
    }


def event_of(kind: str = "Priority Changed", **more: Any) -> Any:
    """Return what is read of such an event."""
    return read(envelope(kind, **more), account=7, received=NOW, connector=frozenset({666}))


@pytest.mark.parametrize(("name", "word"), NAMES.items())
def test_K3_each_event_has_the_word_that_webhooks_and_rules_have_for_it(name: str, word: str) -> None:
    assert word in EVENTS
    assert event_of(name).type == f"ticket.{word}"


def test_K3_every_word_of_rules_but_of_custom_statuses_has_its_name_there() -> None:
    assert set(NAMES.values()) == set(EVENTS) - {"custom_status_changed"}


def test_K3_the_ticket_is_what_a_webhook_would_say_but_for_its_subject() -> None:
    ticket = event_of(ticket={"tags": [{"tag": "vip"}, "lamp"], "external_id": "x-1"}).ticket
    assert (ticket.id, ticket.status, ticket.priority, ticket.type) == (4001, "open", "urgent", "question")
    assert (ticket.requester, ticket.assignee, ticket.group, ticket.brand, ticket.form) == (
        102, None, 31, 32, 33,
    )  # fmt: skip
    assert (ticket.tags, ticket.external_id, ticket.channel) == (("vip", "lamp"), "x-1", "web")
    assert ticket.updated == "2026-11-02T09:00:00+00:00"
    assert ticket.subject == ""


def test_K3_what_changed_has_its_values_and_targets() -> None:
    assert event_of(previous="low", current="urgent").change.current == "urgent"
    assert event_of("Ticket Merged", target_ticket_id=4002).change.merged_into == 4002
    field = event_of("Custom Field Changed", custom_field={"id": 77}, previous=["a"], current=["a", "b"])
    assert (field.change.field, field.change.current) == (77, ["a", "b"])
    comment = event_of("Comment Created", comment={"id": 5, "is_public": True, "author": {"id": 901}})
    assert comment.change.comment == NewComment(id=5, author=901, public=True)
    assert event_of("Description Changed", previous="Ana's words", current="more").change.previous is None


def test_K4_it_is_known_by_its_place_in_zendesks_sequence_however_often_it_is_sent() -> None:
    again = {**envelope(), "id": "another-of-eventbridge", "time": "2026-11-02T10:00:00Z"}
    assert read(again, account=7, received=NOW).id == event_of().id == "CE4A698A:2:4001:priority_changed"
    assert event_of().time == "2026-11-02T09:00:00.465719+00:00"


def test_K4_without_such_a_place_it_is_known_by_the_id_that_eventbridge_gave_it() -> None:
    without = envelope(meta={"version": "1.0"})
    event = read(without, account=7, received=NOW)
    assert event.id.startswith(without["id"])
    assert (event.actor, event.time) == (None, "2026-11-02T09:00:01+00:00")


def test_K4_what_this_project_did_is_known_by_the_actor() -> None:
    assert event_of(actor=666).by_connector
    assert not event_of(actor=901).by_connector
    assert not event_of(actor=None).by_connector


@pytest.mark.parametrize(
    ("source", "account"),
    [
        ("aws.partner/zendesk.com/9242270/default", 9242270),
        ("aws.partner/zendesk.com/9242270/my/name", 9242270),
        ("aws.partner/zendesk.com/x/default", None),
        ("com.acme.zendesk", None),
        ("", None),
    ],
)
def test_the_account_is_in_the_partners_source(source: str, account: int | None) -> None:
    assert account_of(source) == account


@pytest.mark.parametrize(
    "wrong",
    [
        {"detail": {}},
        {"detail": "text"},
        {"detail": {"ticket_event": {"type": "Ticket Created"}}},
        {"detail": {"ticket_event": {"type": "Ticket Created", "ticket": {"id": "none"}}}},
        {"detail": {"ticket_event": {"type": "<b>", "ticket": {"id": 1}}}},
        {"detail": {"ticket_event": {"type": ["Ticket Created"], "ticket": {"id": 1}}}},
    ],
)
def test_what_is_no_event_of_a_ticket_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotAnEvent):
        read({**envelope(), **wrong}, account=7, received=NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMED = st.sampled_from(["meta", "type", "ticket", "previous", "comment", "custom_field", "tags_added"])


@given(st.dictionaries(NAMED, JSON), JSON)
@examples(150)
def test_whatever_it_says_it_is_an_event_or_is_refused(event: dict[str, Any], other: object) -> None:
    for given_ in (envelope(**event) if "ticket" not in event else envelope(), {"detail": other}):
        if "ticket" in event:
            given_["detail"] = {"ticket_event": event}
        try:
            found = read(given_, account=7, received=NOW)
        except NotAnEvent:
            continue
        assert 0 < len(found.id) <= 100
