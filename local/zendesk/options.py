"""What can be switched in the stand-in: account settings, and what the contract sheet is unsure of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True)
class Options:
    """Account settings first, then one switch for each open question of the contract sheet.

    The defaults are the reading that asks more of a client, or the documented one where there is one.
    """

    url: str = "https://acme.zendesk.com"
    oauth_client_id: str = "connect_zendesk"
    oauth_client_secret: str = "laptop-only"
    integration_user_id: int | None = None  # who made the OAuth client; None: an account owner out of sight
    index_lag: timedelta = timedelta(seconds=120)  # until search sees a change (2.3: "up to a few minutes")
    validate_phone_numbers: bool = False  # the admin setting "Validate user phone numbers" (3.2)
    idempotency_keeps: timedelta = timedelta(hours=2)  # 2.2
    comments_per_ticket: int = 5000  # 2.1
    comment_size: int = 65_535  # 2.1

    comment_size_in: Literal["bytes", "characters"] = "bytes"  # 10.5
    comment_too_long: Literal["refuse", "truncate"] = "refuse"  # 10.5
    text_comment_wins: bool = True  # 10.4: a voice comment beside a text comment is dropped
    voice_comment_public: Literal["inherit", "always", "never"] = "inherit"  # no flag is documented
    idempotency_compares: Literal["bytes", "parameters"] = "bytes"  # 2.2: what "different body" means
    exact_phone_ignores_format: bool = True  # 3.1: phone:{digits} finds "(513) 555-7611"-like formats
    search_finds_phone_identities: bool = False  # 3.1, 10.7: [M]
    phone_is_direct_line_by_default: bool = True  # 3.2: what an absent shared_phone_number means
    suspended_requester_refused: bool = True  # 2.1 is silent
    external_id_unique_among_users: bool = True
    followup_copies_requester: bool = False  # 2.4 is silent
    followup_copies_tags: bool = True  # 2.4: [M]
    closed_error_key: Literal["status", "base"] = "status"  # 2.4: some copies key it under base
    error_details: Literal["list", "object"] = "list"  # 2.6: older samples hold a single object
    voice_needs_broad_scope: bool = True  # 5: no resource scope is documented for voice
    no_talk_partner_edition_status: Literal[403, 404] = 403  # 1.4
    archive_after: timedelta | None = timedelta(
        days=120
    )  # 2.3: [M], counted from the last update when closed
