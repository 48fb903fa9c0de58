"""What is decided about a contact's files, and why."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connect_zendesk.amazon_connect import contact_files
from connect_zendesk.amazon_connect.contact_file_json import NotAContactFile
from connect_zendesk.rules import wording
from connect_zendesk.rules.contacts.contact import Leg
from connect_zendesk.rules.contacts.facts import settings_of
from connect_zendesk.rules.tickets import ticket_fields
from connect_zendesk.rules.transcripts import attachment_policy
from connect_zendesk.rules.transcripts.analysis import analysis_of
from connect_zendesk.rules.transcripts.attachment_policy import AttachmentPolicy, Exclusion
from local.replay.events import StoredFile
from local.replay.in_process import InProcess


def of_file(stack: InProcess, stored: StoredFile, legs: Mapping[str, Leg]) -> dict[str, Any] | None:
    """Explain whether a file goes on its contact's ticket; None where it is none that can be read.

    ``legs`` are those that are known, by their contact ids. What rules set by an analysis (T17) is what they
    set on a ticket that was made for the contact, where it is empty; Amazon Comprehend is not asked.
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
    why = attachment_policy.excluded_by_category(conversation.categories)
    if leg is not None:
        policy = AttachmentPolicy.of(settings_of(leg, stack.app_settings))
        why = attachment_policy.excluded_by_settings(file.kind, policy) or why
    reason = why or Exclusion("X1" if file.kind == "chat" else "X2", wording.FILE_EXPLAINED)
    given = ticket_fields.of_analysis(leg, stack.app_settings, analysis_of(conversation)).given
    return {
        "contact": leg.root_id if leg else conversation.root or file.leg,
        "leg": file.leg,
        "event": f"file, {'redacted ' if file.redacted else ''}{file.kind}",
        "decision": {
            "action": "leave_out" if why else "attach",
            "ticket": None,
            "requester": None,
            "rule": reason.rule,
            "reasons": [{"rule": reason.rule, "text": reason.text}],
        },
        **({"ticket_fields": [asdict(each) for each in given]} if given and not why else {}),
    }
