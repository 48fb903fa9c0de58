"""Open facts about the tickets of calls, voice comments and what an update costs."""

from administration.doctor.probe import with_tickets
from administration.doctor.probe.fact import LAYER, Fact
from connect_zendesk.rules import assumptions as known

_REPORT = f"{LAYER}/workflows/tickets/report.py"
_UPDATES = f"{LAYER}/workflows/tickets/ticket_updates.py"

ON_CALLS: tuple[Fact, ...] = (
    Fact(
        "external-id-list",
        "zendesk.md",
        "2.3",
        "Does the list of tickets by external id have a ticket as soon as it is made?",
        f"{LAYER}/workflows/tickets/new_ticket.py",
        "makes a ticket, and lists at once",
        "at once",
        {
            "at once": "a ticket whose answer was lost is found, and not made again",
            "later": "within two hours the idempotency key keeps it from being made twice; after"
            " that nothing does",
        },
        with_tickets.external_id_list,
        harmful=("later",),
    ),
    Fact(
        "voice-channel",
        "zendesk.md",
        "1.1",
        "Which channel does a ticket made with via_id 45 have?",
        f"{LAYER}/rules/tickets/view.py",
        "makes such a ticket, and reads its channel",
        "voice",
        {
            "voice": "the ticket shows as a call",
            "api": "the ticket shows as made by an API: name that channel in conditions of"
            " triggers and task rules",
        },
        with_tickets.voice_channel,
    ),
    Fact(
        known.VOICE_COMMENT_PRIVACY,
        "zendesk.md",
        "1.2",
        "Can the requester read a voice comment on a ticket with public comments? It has no flag of its own.",
        _REPORT,
        "adds a voice comment to a ticket of a user without an address, and reads whether it is public",
        "public",
        {
            known.PRIVATE: "the voice comment goes on tickets with public comments, too (M2)",
            "public": "there, the recording goes into the private details only (M2)",
            "refused": "the recording goes into the private details, which say that the voice"
            " comment was refused",
        },
        with_tickets.voice_comment_privacy,
    ),
    Fact(
        known.VOICE_COMMENT_STAMP,
        "zendesk.md",
        "2.4",
        "Is safe_update looked at in an update that adds a voice comment?",
        _UPDATES,
        "adds one with a stamp of 2020",
        "looked at",
        {
            "looked at": "a voice comment in doubt is looked for, and written again: a late attempt loses",
            known.WRITTEN_ALL_THE_SAME: "one in doubt is never written again: at most one,"
            " perhaps none (T14)",
        },
        with_tickets.voice_comment_stamp,
    ),
    Fact(
        known.VOICE_COMMENT_MARK,
        "zendesk.md",
        "2.1",
        "Does the audit keep the metadata of an update that adds a voice comment?",
        _UPDATES,
        "adds one with metadata, and reads the audits",
        "kept",
        {
            "kept": "an attempt that was carried out is found by its mark",
            known.LOST: "one in doubt is never written again: at most one, perhaps none (T14)",
        },
        with_tickets.voice_comment_mark,
    ),
    Fact(
        "text-beside-voice",
        "zendesk.md",
        "10.4",
        "Is a voice comment dropped where a text comment comes in the same update?",
        _REPORT,
        "sends both in one update, and counts the comments",
        "one of them",
        {
            "one of them": "details and voice comment are two updates",
            "both": "as before: two updates, where one would do",
            "none": "as before: two updates",
        },
        with_tickets.text_beside_voice,
    ),
    Fact(
        known.CONFLICT_COUNTS,
        "zendesk.md",
        "4",
        "Does an update that is refused with 409 count as one of the ticket's thirty in ten minutes?",
        _UPDATES,
        "has one refused between two that are not, and compares what the headers say is left",
        "free",
        {
            "free": "a ticket that others change is tried four times before it is retried later",
            known.COUNTED: "it is tried twice: the rest of its updates is left to what comes later",
        },
        with_tickets.conflict_counts,
    ),
    Fact(
        known.COMMENT_SIZE,
        "zendesk.md",
        "2.1",
        "How many bytes of a comment are kept?",
        f"{LAYER}/rules/tickets/comment.py",
        "adds private comments of 60,000 bytes and less, until one is there in full",
        str(with_tickets.SIZES[0]),
        {
            str(size): "details and transcripts are cut to that; the whole transcript is in its file (X5)"
            for size in with_tickets.SIZES
        },
        with_tickets.comment_size,
    ),
)
