"""What can be switched in the stand-in: account settings, and what facts/zendesk.md is unsure of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True)
class Options:
    """Account settings first, then a switch for each open question; numbers are sections of facts/zendesk.md.

    The defaults are the reading that asks more of a client, or the documented one where there is one.
    `docs/stand-ins.md` has them all in a table.
    """

    url: str = "https://acme.zendesk.com"
    account_id: int = 22_129_848
    oauth_client_id: str = "connect_zendesk"
    oauth_client_secret: str = "laptop-only"
    oauth_client_scope: str = "read write"  # the widest that is granted, whatever is asked for
    integration_user_id: int | None = None  # who made the OAuth client; None: an owner no world names
    index_lag: timedelta = timedelta(seconds=120)  # until search sees a change (2.3: "up to a few minutes")
    validate_phone_numbers: bool = False  # the admin setting "Validate user phone numbers" (3.2)
    idempotency_keeps: timedelta = timedelta(hours=2)  # 2.2
    comments_per_ticket: int = 5000  # 2.1
    comment_size: int = 65_535  # 2.1
    upload_size: int = 50_000_000  # 2.5: 50 MB
    upload_keeps: timedelta = timedelta(minutes=60)  # 2.5
    job_lasts: timedelta = timedelta(seconds=2)  # from a bulk request to what it does
    app_id: int | None = None  # 1.3: the only app that calls may name; None: any

    comment_size_in: Literal["bytes", "characters"] = "bytes"  # 10.5
    comment_too_long: Literal["refuse", "truncate"] = "refuse"  # 10.5
    text_comment_wins: bool = True  # 10.4: a voice comment beside a text comment is dropped
    voice_comment_public: Literal["inherit", "always", "never"] = "inherit"  # no flag is documented
    voice_comment_stamp: Literal["looked at", "ignored"] = "looked at"  # 2.4: safe_update beside one
    voice_comment_metadata: Literal["kept", "lost"] = "kept"  # 2.1: metadata beside a voice comment
    conflict_counts: bool = True  # 4: whether an update that is refused with 409 counts as one
    external_id_list_lag: timedelta = timedelta(0)  # 2.3: the list by external id; [inference] none
    voice_ticket_channel: Literal["voice", "api"] = "voice"  # 1.1: [M], what via_id 44 to 46 become
    voice_tickets_idempotent: bool = False  # 10.3
    calls_external_id_unique: bool = False  # 10.4
    call_consent_kept: bool = False  # zendesk-2.md B3: the consent, not its action, was in no answer
    call_comment_data: Literal["recorded", "asked"] = "recorded"  # zendesk-2.md B4: or only what is asked for
    calls_update_tickets: bool = False  # zendesk-2.md B3: whether their comments count as ticket updates
    idempotency_compares: Literal["bytes", "parameters"] = "bytes"  # 2.2: what "different body" means
    idempotency_in_flight: Literal["conflict", "replay"] = "conflict"  # 2.2: undocumented
    exact_phone_ignores_format: bool = True  # 3.1: phone:{digits} finds "(513) 555-7611"-like formats
    phone_wildcard_reads: Literal["digits", "text"] = "digits"  # 3.1: what phone:*123 is compared with
    search_finds_phone_identities: bool = False  # 3.1, 10.7: [M]
    duplicate_phone_says: Literal["code", "sentence"] = "code"  # 3.2, 10.7: [S, truncated]
    phone_is_direct_line_by_default: bool = True  # 3.2: what an absent shared_phone_number means
    user_fields_not_given: Literal["kept", "emptied"] = "kept"  # 3.3: [M]
    unknown_user_fields: Literal["ignored", "refused"] = "ignored"  # 3.3: [M]
    wrong_user_field_values: Literal["kept", "dropped", "refused"] = "kept"  # 3.3 is silent: of another type
    odd_phone: Literal["kept", "dropped"] = "kept"  # 3.2 is silent: a phone that is no number
    merged_user: Literal["missing", "inactive"] = "missing"  # zendesk-2.md D2: GET of a user merged away
    suspended_requester_refused: bool = True  # 2.1 is silent
    suspended_requester_updated: bool = True  # 2.4 is silent: a ticket whose requester is suspended
    suspended_says: Literal["code", "sentence"] = "code"  # zendesk-2.md D2: no code until 2023
    upload_too_large_status: Literal[422, 413] = 422  # zendesk-2.md D2: 413 by a client's code, body unseen
    requester_name_needed: bool = True  # 2.1: [M], of a requester object that makes a user
    external_id_unique_among_users: bool = True
    followup_copies_requester: bool = False  # 2.4 is silent
    followup_copies_tags: bool = True  # 2.4: [M]
    merge_tags_source: bool = True  # 2.4: [M], closed_by_merge
    unknown_ticket_ids: Literal["refused", "dropped"] = "refused"  # zendesk-2.md D2 is silent on these
    tags_path_appends: bool = True  # 2.1: [M]; False: there is no PUT /tickets/{id}/tags
    tags_path_deletes: bool = True  # 2.1: [M]; False: there is no DELETE /tickets/{id}/tags
    merge_in_audits: bool = True  # 2.4 is silent: whether the audit of a merge names the other ticket
    closed_error_code: Literal["", "ClosedTicket"] = ""  # zendesk-2.md D2: none seen by 2026
    closed_error_key: Literal["status", "base"] = "status"  # 2.4: some copies key it under base
    error_details: Literal["list", "object"] = "list"  # 2.6: older samples hold a single object
    limit_headers: Literal["ratelimit", "rate-limit"] = "ratelimit"  # zendesk-2.md: the names until 2023
    plain_errors: Literal["json", "text", "empty"] = "json"  # 2.6, 4: the body of a 429 and a 503
    voice_needs_broad_scope: bool = True  # 5, 10.1: no resource scope is documented for voice
    search_needs_broad_scope: bool = True  # 5, 10.1
    uploads_need_broad_scope: bool = True  # 5, 10.1
    refresh_token_issued: bool = False  # 5: unconfirmed for client credentials
    no_talk_partner_edition_status: Literal[403, 404] = 403  # 1.4, 10.2
    archive_after: timedelta | None = timedelta(
        days=120
    )  # 2.3: [M], counted from the last update when closed
    tickets_per_second: int | None = None  # 4: a limit on creations that some saw, at 5
    expired_upload: Literal["refused", "ignored"] = "refused"  # 2.5 is silent
    unattached_upload_is_open: bool = True  # 1.2 says to any caller, 2.5 to any authenticated user
    attachments_elsewhere: str | None = None  # 2.5: the address of another host that content_url leads to

    webhook_timeout: float = 10.0  # 6.2, 10.6: seconds; 10 to 12
    webhook_retries_of_conflict: int = 3  # 6.2, 10.6: [M]
    webhook_retries_of_timeout: int = 5  # 6.2, 10.6: [M]
    webhook_retries_of_limit: int = 3  # 6.2, 10.6: how often a 429 or 503 with Retry-After is repeated
    webhook_retry_wait: float = 5.0  # 6.2 is silent: seconds before a 409 or a timeout is repeated
    webhook_other_5xx_retried: bool = False  # 6.2: documented as not
    webhook_breaker_least: int = 100  # 6.2 is silent: invocations in 5 minutes before 70 % means anything
    webhook_breaker_pause: float = 5.0  # 6.2 is silent: seconds until one invocation is let through
    webhook_order: Literal["kept", "reversed"] = "kept"  # 6.2: not guaranteed, of events of one action
    comment_added_at_creation: bool = True  # 6.2 is silent: comment_added beside ticket.created
    webhook_attempts_show_request: bool = True  # 6.2 is silent; Zendesk's staff says so: headers and body
    webhook_null_id: Literal["", "0"] = ""  # 6.2: an id that is null
    deletion_event: Literal["soft_deleted", "deleted"] = "soft_deleted"  # 6.2, 10.6: inferred
    custom_field_event: Literal["value", "object"] = "object"  # 11: objects, of unknown shape
    merge_event: Literal["merged", "ticket_merged"] = "merged"  # 6.2, 10.6: inferred
