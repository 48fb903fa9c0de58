"""What is decided about a contact's files, and why."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connect_zendesk.amazon_connect import contact_files
from connect_zendesk.amazon_connect.contact_file_json import NotAContactFile
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.transcripts import transcript_wanted
from connect_zendesk.rules.transcripts.transcript_wanted import AttachmentPolicy, Unwanted
from local.replay.events import StoredFile
from local.replay.in_process import InProcess


def of_file(stack: InProcess, stored: StoredFile, legs: Mapping[str, Leg]) -> dict[str, Any] | None:
    """Explain whether a file goes on its contact's ticket; None where it is none that can be read.

    ``legs`` are those that are known, by their contact ids.
    """
    file = contact_files.of_key(stored.bucket, stored.key, None, len(stored.data))
    if file is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.json"
        path.write_bytes(stored.data)
        try:
            conversation = contact_files.open(file, path)
        except NotAContactFile:
            return None
    leg = legs.get(file.leg) or legs.get(conversation.root or "")
    why = transcript_wanted.unwanted_category(conversation.categories)
    if leg is not None:
        policy = AttachmentPolicy.of(settings_of(leg, stack.app_settings))
        why = transcript_wanted.unwanted(file.kind, policy) or why
    told = why or Unwanted("X1" if file.kind == "chat" else "X2", wording.FILE_EXPLAINED)
    return {
        "contact": leg.root_id if leg else conversation.root or file.leg,
        "leg": file.leg,
        "event": f"file, {'redacted ' if file.redacted else ''}{file.kind}",
        "decision": {
            "action": "leave_out" if why else "attach",
            "ticket": None,
            "requester": None,
            "rule": told.rule,
            "reasons": [{"rule": told.rule, "text": told.text}],
        },
    }
