"""Experiments with tickets and their comments."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from administration.doctor.probe.trial import MARK, Trial, Unclear, refused
from administration.zendesk_setup.wanted import EVENTS_WEBHOOK
from connect_zendesk.rules.assumptions import COUNTED, LARGEST_COMMENT, LOST, PRIVATE, WRITTEN_ALL_THE_SAME
from connect_zendesk.rules.tickets.view import INBOUND_VIA
from connect_zendesk.zendesk import tickets
from connect_zendesk.zendesk.errors import (
    AlreadySent,
    Conflict,
    NoEndpoint,
    NotAllowed,
    NotFound,
    Refused,
    ZendeskError,
)

_OLD = "2020-01-01T00:00:00Z"
#: Sizes of a comment in bytes that are tried, the largest that is written here first.
SIZES = (LARGEST_COMMENT, 50_000, 40_000, 32_000, 24_000, 16_000)
_TRIES = 3
_MERGED = "zen:event-type:ticket.merged"
_DELIVERIES = 30
_MERGE_SECONDS = _EVENT_SECONDS = 60.0
_CLOCKS_DIFFER = timedelta(minutes=5)


def _voice() -> dict[str, Any]:
    return {
        "from": "+442079460701",
        "to": "+442079460700",
        "started_at": _OLD,
        "call_duration": 1,
        "recording_url": f"https://{MARK}.invalid/none.wav",
    }


def external_id_list(trial: Trial) -> str:
    """Make a ticket, and list the tickets with its external id at once."""
    made = int(trial.ticket()["id"])
    found = trial.zendesk.get("/api/v2/tickets", {"external_id": MARK, "page[size]": 100})["tickets"]
    return "at once" if any(ticket["id"] == made for ticket in found) else "later"


def voice_channel(trial: Trial) -> str:
    """Make a ticket with the via_id of an incoming call."""
    made = trial.ticket(via_id=INBOUND_VIA)
    return str((made.get("via") or {}).get("channel") or "none")


def voice_comment_privacy(trial: Trial) -> str:
    """Add a voice comment to a ticket with a public comment, and read whether it is public."""
    number = int(trial.ticket(public=True)["id"])
    if refused(lambda: trial.update(number, voice_comment=_voice())):
        return "refused"
    voices = [each for each in trial.comments(number) if each.get("type") == "VoiceComment"]
    if not voices:
        raise Unclear("the comment that was written does not show")
    return "public" if voices[-1].get("public") is not False else PRIVATE


def voice_comment_stamp(trial: Trial) -> str:
    """Add a voice comment on the condition that the ticket has not changed since 2020."""
    try:
        trial.update(trial.scratch, voice_comment=_voice(), safe_update=True, updated_stamp=_OLD)
    except Conflict:
        return "looked at"
    return WRITTEN_ALL_THE_SAME


def voice_comment_mark(trial: Trial) -> str:
    """Add a voice comment with metadata, and look for them in the ticket's audits."""
    step = f"{MARK}#{trial.run}"
    trial.update(trial.scratch, voice_comment=_voice(), metadata={tickets.METADATA: {"step": step}})
    made = tickets.parse(trial.shown(trial.scratch)).created - _CLOCKS_DIFFER
    return "kept" if tickets.was_written(trial.zendesk, trial.scratch, step, made) else LOST


def text_beside_voice(trial: Trial) -> str:
    """Add a private comment and a voice comment in one update."""
    number = int(trial.ticket()["id"])
    before = len(trial.comments(number))
    comment = tickets.private_comment("<p>beside a voice comment</p>")
    trial.update(number, comment=comment, voice_comment=_voice())
    kinds = [str(each.get("type")) for each in trial.comments(number)[before:]]
    return {1: "one of them", 2: "both"}.get(len(kinds), "none")


def conflict_counts(trial: Trial) -> str:
    """Have an update refused for its old stamp, between two that are not, and compare what is left."""
    number = trial.scratch
    clear = False
    for _ in range(_TRIES):
        trial.update(number, priority="low")
        before = trial.updates_left()
        try:
            trial.update(number, priority="high", safe_update=True, updated_stamp=_OLD)
        except Conflict:
            pass
        else:
            raise Unclear("an old stamp is not refused")
        trial.update(number, priority="normal")
        after = trial.updates_left()
        if before is None or after is None:
            raise Unclear("Zendesk's answers do not say how many updates are left")
        if before - after == 1:
            return "free"  # others only make it less
        clear = clear or before - after == 2  # the refused one, and the next
    if not clear:
        raise Unclear("others update tickets at the same time")
    return COUNTED


def comment_size(trial: Trial) -> str:
    """Add private comments, smaller and smaller, until one is there in full; returns its bytes."""
    number = int(trial.ticket()["id"])
    for size in SIZES:
        text = "x" * (size - len("<p></p>"))
        comment = tickets.private_comment(f"<p>{text}</p>")
        if refused(lambda comment=comment: trial.update(number, comment=comment)):  # type: ignore[misc]
            continue
        last = trial.comments(number)[-1]
        if str(last.get("plain_body") or last.get("body") or "").count("x") >= len(text):
            return str(size)
    raise Unclear(f"none of {SIZES[-1]} bytes was kept in full")


def closed_says(trial: Trial) -> str:
    """Close a ticket, change it, and read what the refusal names."""
    number = _closed(trial)
    error = refused(lambda: trial.update(number, priority="low"))
    if not isinstance(error, Refused):
        raise Unclear("a closed ticket was changed")
    for name in ("status", "base"):
        if name in error.codes:
            return f"{name}, with a code" if error.codes[name] else name
    return "something else"


def follow_up(trial: Trial) -> str:
    """Make a follow-up of a closed ticket, with a requester, and read who that is."""
    other = trial.user()
    made: dict[str, Any] = {}
    number = _closed(trial)

    def make() -> None:
        made.update(trial.ticket(via_followup_source_id=number, requester_id=other))

    if refused(make):
        return "refused"
    return "as sent" if made.get("requester_id") == other else "another requester"


def _closed(trial: Trial) -> int:
    number = int(trial.ticket()["id"])
    trial.update(number, status="closed")
    return number


def tags_taken_off(trial: Trial) -> str:
    """Take one of two tags off a ticket."""
    number = int(trial.ticket(tags=[MARK, f"{MARK}-gone"])["id"])
    try:
        tickets.remove_tags(trial.zendesk, number, [f"{MARK}-gone"])
    except ZendeskError as error:
        if isinstance(error, NoEndpoint | NotFound | NotAllowed | Refused):
            return "refused"
        raise
    return "that one" if list(trial.shown(number)["tags"]) == [MARK] else "otherwise"


def merge_in_audits(trial: Trial) -> str:
    """Merge a ticket into another, and look for the other in its audits."""
    source, target = _merged(trial)
    return "named" if tickets.merged_into(trial.zendesk, source) == target else "not named"


def merge_event(trial: Trial) -> str:
    """Merge a ticket into another, and look for the event among the webhook's deliveries."""
    there = trial.zendesk.get("/api/v2/webhooks", {"page[size]": 100})["webhooks"]
    webhook = next((each["id"] for each in there if each["name"] == EVENTS_WEBHOOK), None)
    if webhook is None:
        raise Unclear("there is no webhook to hear of it: make zendesk")
    before = {each["id"] for each in _deliveries(trial, webhook)}
    _merged(trial)

    def look() -> str | None:
        new = [each for each in _deliveries(trial, webhook) if each["id"] not in before]
        return next((_MERGED for each in new if each.get("event_type") == _MERGED), None)

    return "ticket.merged" if trial.wait_for(look, _EVENT_SECONDS, 5.0) else "none of that name"


def _deliveries(trial: Trial, webhook: str) -> list[Mapping[str, Any]]:
    query: dict[str, str | int] = {"page[size]": _DELIVERIES, "sort": "-latest_completed_at"}
    return list(trial.zendesk.get(f"/api/v2/webhooks/{webhook}/invocations", query)["invocations"])


def _merged(trial: Trial) -> tuple[int, int]:
    target, source = int(trial.ticket()["id"]), int(trial.ticket()["id"])
    private = {"target_comment_is_public": False, "source_comment_is_public": False}
    trial.zendesk.post(f"/api/v2/tickets/{target}/merge", json.dumps({"ids": [source], **private}))
    closed = trial.wait_for(
        lambda: True if trial.shown(source)["status"] == "closed" else None, _MERGE_SECONDS, 2.0
    )
    if closed is None:
        raise Unclear("Zendesk has not merged two tickets within a minute")
    return source, target


def voice_ticket_key(trial: Trial) -> str:
    """Make the same voice ticket twice under one idempotency key."""
    key, path = f"{MARK}-{trial.run}", "/api/v2/channels/voice/tickets"
    asked = {
        "subject": MARK,
        "external_id": MARK,
        "tags": [MARK],
        "via_id": INBOUND_VIA,
        "requester_id": trial.customer,
        "comment": {"body": MARK, "public": False},
    }
    body, made = json.dumps({"ticket": asked}), []
    for _ in range(2):
        try:
            made.append(int(trial.zendesk.post(path, body, idempotency_key=key)["ticket"]["id"]))
        except AlreadySent:
            return "honoured"
        trial.tickets.append(made[-1])
    return "honoured" if made[0] == made[1] else "ignored"
