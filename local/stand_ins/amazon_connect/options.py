"""What can be switched in the stand-in: quotas first, then what facts/amazon-connect.md is unsure of.

The defaults are the reading that asks more of a client, or the documented one where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True)
class Options:
    """One switch for each open question; the numbers are sections of docs/facts/amazon-connect.md."""

    active_tasks: int = 2500  # 8: at the same time in an instance, the default quota
    contacts_kept: timedelta = timedelta(days=730)  # 8: 24 months
    tasks_scheduled_ahead: timedelta = timedelta(days=6)  # 8: the quota page of 2026 says 90 days

    first_leg_initial_contact: Literal["absent", "itself"] = "absent"  # 0: records have null, flows the id
    child_names_attributes: Literal["refuse", "accept"] = "refuse"  # 8: a later leg as InitialContactId
    attributes_refused_as: Literal["InvalidRequestException", "InvalidParameterException"] = (
        "InvalidRequestException"  # 8: over 32,768 bytes, or a key with other characters
    )
    attributes_sent_again: Literal["contact", "leg"] = "contact"  # 1.1: whose records come again
    ongoing_contact_record: bool = False  # 0: whether new attributes send a record of a contact that goes on
    suspend_twice: Literal["refuse", "accept"] = "refuse"  # 8: what is suspended, or not, already
    wrong_initial_contact: Literal["refuse", "accept"] = "refuse"  # 8: when recording is suspended
    client_token_kept: timedelta | None = timedelta(hours=24)  # 8: undocumented; None: for good
    client_token_reused: Literal["first", "refuse"] = "first"  # 8: the same token with another request
    task_name_in_record: Literal["details", "top"] = "details"  # 12: ContactDetails.Name or Name

    denied: tuple[str, ...] = ()  # operations that the caller's role does not allow ("ListInstances")

    voice_id: Literal["answers", "denied", "unreachable"] = "denied"  # 7: it ended on 2026-05-20
