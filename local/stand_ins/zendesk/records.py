"""What the account holds: users, tickets, files, jobs and webhooks, each with what the API shows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Shown = dict[str, Any]

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
AGENT_ROLES = ("agent", "admin")
CONNECTED = "conditional_ticket_events"  # a trigger decides when, and with what body
REQUEST_FORMATS = {
    "json": "application/json",
    "xml": "application/xml",
    "form_encoded": "application/x-www-form-urlencoded",
}

#: Does one thing of a job and returns what the job's results say of it; may raise RefusedError.
Work = Callable[[], Shown]


@dataclass
class User:
    """A user; `hidden` is the account owner that no world mentions and no snapshot shows."""

    shown: Shown
    identities: list[Shown] = field(default_factory=list)
    hidden: bool = False
    merged_into: int | None = None

    @property
    def is_agent(self) -> bool:
        """Return whether tickets may be assigned to this user."""
        return (
            self.shown["role"] in AGENT_ROLES and bool(self.shown["active"]) and not self.shown["suspended"]
        )


@dataclass
class Comment:
    """A comment; `html` is the markup of what came as html_body; a voice comment has `data`, and `call`."""

    shown: Shown
    html: str | None = None
    data: Shown | None = None
    call: int | None = None

    def snapshot(self) -> Shown:
        """Return the comment as a replay prints it."""
        shown = self.shown
        if self.data is not None:
            return {"kind": "voice_comment", "public": shown["public"], "data": dict(self.data)}
        files = [{"name": a["file_name"], "url": a["content_url"]} for a in shown["attachments"]]
        return {
            "kind": "comment", "public": shown["public"], "body": shown["plain_body"], "html_body": self.html,
            "author_id": shown["author_id"], "created_at": shown["created_at"],
            **({"attachments": files} if files else {}),
        }  # fmt: skip


@dataclass
class Ticket:
    """A ticket with its comments and audits, oldest first."""

    shown: Shown
    via_id: int | None = None
    followup_source_id: int | None = None
    archived: bool = False
    deleted: bool = False
    deletion: Shown | None = None
    comments: list[Comment] = field(default_factory=list)
    audits: list[Shown] = field(default_factory=list)

    def snapshot(self) -> Shown:
        """Return the ticket as a replay prints it."""
        names = (
            "id", "subject", "status", "requester_id", "submitter_id", "assignee_id", "group_id",
            "external_id", "tags", "is_public", "priority", "custom_fields", "created_at", "updated_at",
        )  # fmt: skip
        return {
            **{name: self.shown[name] for name in names},
            "via_id": self.via_id,
            "followup_source_id": self.followup_source_id,
            "comments": [comment.snapshot() for comment in self.comments],
            "metadata": [audit["metadata"]["custom"] for audit in self.audits],
        }


@dataclass
class Attachment:
    """A file, under a secret that its address holds; `used` once a comment has it."""

    shown: Shown
    secret: str
    content: bytes
    used: bool = False


@dataclass
class Upload:
    """The files of one token, which stops working at `expires`."""

    token: str
    expires: datetime
    attachments: list[Attachment] = field(default_factory=list)


@dataclass
class Job:
    """A job, with what it still has to do; `due` is when it does it."""

    number: str
    kind: str
    due: datetime
    author_id: int
    work: list[Work]
    results: list[Shown] = field(default_factory=list)
    done: bool = False


@dataclass
class Webhook:
    """A webhook, what authenticates it to its receiver, and what it signs with."""

    shown: Shown
    authentication: Mapping[str, str]
    secret: str
    version: int = 0

    @property
    def is_subscribed(self) -> bool:
        """Return whether it subscribes to events, and is not invoked by triggers."""
        return CONNECTED not in self.shown["subscriptions"]

    def headers(self) -> dict[str, str]:
        """Return the headers that every invocation carries."""
        kind = REQUEST_FORMATS[self.shown["request_format"]]
        return {"Content-Type": kind, **(self.shown["custom_headers"] or {}), **self.authentication}


def user_shown(url: str, user_id: int, now: str, **given: Any) -> Shown:
    """Return a user as the API shows one, with Zendesk's defaults for what is not given."""
    return {
        "id": user_id, "url": f"{url}/api/v2/users/{user_id}.json", "name": f"User {user_id}", "email": None,
        "created_at": now, "updated_at": now, "time_zone": "UTC", "iana_time_zone": "Etc/UTC", "phone": None,
        "shared_phone_number": None, "photo": None, "locale_id": 1, "locale": "en-US",
        "organization_id": None,
        "role": "end-user", "verified": False, "external_id": None, "tags": [], "alias": "", "active": True,
        "shared": False, "shared_agent": False, "last_login_at": None, "two_factor_auth_enabled": False,
        "signature": None, "details": "", "notes": "", "role_type": None, "custom_role_id": None,
        "moderator": False, "ticket_restriction": "requested", "only_private_comments": False,
        "restricted_agent": False, "suspended": False, "default_group_id": None, "report_csv": False,
        "user_fields": {}, **given,
    }  # fmt: skip


def ticket_shown(url: str, ticket_id: int, now: str, **given: Any) -> Shown:
    """Return a ticket as the API shows one, with Zendesk's defaults for what is not given."""
    return {
        "url": f"{url}/api/v2/tickets/{ticket_id}.json", "id": ticket_id, "external_id": None,
        "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}}, "created_at": now,
        "updated_at": now, "type": None, "subject": None, "raw_subject": given.get("subject"),
        "description": "", "priority": None, "status": "open", "recipient": None,
        "requester_id": None, "submitter_id": None,
        "assignee_id": None, "organization_id": None, "group_id": None, "collaborator_ids": [],
        "follower_ids": [], "email_cc_ids": [], "forum_topic_id": None, "problem_id": None,
        "has_incidents": False, "is_public": True, "due_at": None, "tags": [], "custom_fields": [],
        "satisfaction_rating": None, "sharing_agreement_ids": [], "followup_ids": [], "brand_id": 1,
        "allow_channelback": False, "allow_attachments": True, "from_messaging_channel": False, **given,
    }  # fmt: skip


_CHANNELS = {0: "web", 4: "email", 5: "api", 44: "voice", 45: "voice", 46: "voice"}
_RELATIONS = {44: "voicemail", 45: "inbound", 46: "outbound"}


def via(via_id: int | None, followed: Ticket | None = None, voice: str = "voice") -> Shown:
    """Return the channel that a `via_id` stands for; 44 voicemail, 45 inbound and 46 outbound are `voice`."""
    source: Shown = {"from": {}, "to": {}, "rel": _RELATIONS.get(via_id or -1)}
    if followed:
        origin = {"ticket_id": followed.shown["id"], "subject": followed.shown["subject"]}
        source = {"from": origin, "to": {}, "rel": "follow_up"}
    channel = _CHANNELS.get(5 if via_id is None else via_id, "api")
    return {"channel": voice if channel == "voice" else channel, "source": source}


def tags_of(asked: object) -> list[str]:
    """Return tags as Zendesk keeps them: lower case, each once, cut at spaces."""
    words = asked if isinstance(asked, list) else str(asked or "").split(",")
    return list(dict.fromkeys(tag for word in words for tag in str(word).lower().split()))
