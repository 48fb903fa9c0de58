"""SuspendContactRecording and ResumeContactRecording: only while a contact is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.stand_ins.amazon_connect.contacts import Contacts, root_of
from local.stand_ins.amazon_connect.descriptions import Held
from local.stand_ins.amazon_connect.options import Options
from local.stand_ins.aws.wire import RefusedError


def switch(contacts: Contacts, options: Options, asked: Mapping[str, Any], state: str) -> Held:
    """Make a contact's recordings "on" or "suspended": those of the kind asked for, else all of them.

    RefusedError where there is none, and where none is changed by it.
    """
    number = asked["ContactId"]
    root = root_of(contacts.held(number) or {"ContactId": number})
    if asked["InitialContactId"] != root and options.wrong_initial_contact == "refuse":
        raise RefusedError("InvalidRequestException", f"{asked['InitialContactId']} is not its first contact")
    kinds = contacts.recording(number)
    kind = asked.get("ContactRecordingType")
    meant = {name: now for name, now in kinds.items() if kind in (None, name)}
    if not meant:
        raise RefusedError("InvalidRequestException", f"{number} is not being recorded")
    if options.suspend_twice == "refuse" and all(now == state for now in meant.values()):
        raise RefusedError("InvalidRequestException", f"The recording of {number} is {state} already")
    kinds |= dict.fromkeys(meant, state)
    return {}
