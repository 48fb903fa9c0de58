"""Open facts about tickets that are closed, merged, tagged or made twice."""

from administration.doctor.probe import with_tickets
from administration.doctor.probe.fact import LAYER, Fact

ON_TICKETS: tuple[Fact, ...] = (
    Fact(
        "closed-says",
        "zendesk-2.md",
        "D2",
        "What does the refusal name where the ticket is closed?",
        f"{LAYER}/zendesk/tickets.py",
        "closes a ticket, and changes it",
        "status",
        {
            "status": "a second look says that it is closed, and the contact goes on in a follow-up",
            "base": "the same",
            "status, with a code": "a ticket that is closed between look and write is dead-"
            " lettered: send it again",
            "base, with a code": "the same",
            "something else": "the same",
        },
        with_tickets.closed_says,
        harmful=("status, with a code", "base, with a code", "something else"),
    ),
    Fact(
        "follow-up",
        "zendesk.md",
        "2.4",
        "Does a follow-up take the requester that it is sent with?",
        f"{LAYER}/workflows/tickets/open_ticket.py",
        "closes a ticket, and makes a follow-up for another user",
        "as sent",
        {
            "as sent": "a contact of a closed ticket goes on in a follow-up of the same customer",
            "another requester": "the note on the ticket says that its requester was dropped (T16)",
            "refused": "the ticket is made without following up, and says so (T16)",
        },
        with_tickets.follow_up,
    ),
    Fact(
        "tags-taken-off",
        "zendesk.md",
        "2.1",
        "Does DELETE of a ticket's tags take off those that are named, and no others?",
        f"{LAYER}/zendesk/tickets.py",
        "takes one of two tags off",
        "that one",
        {
            "that one": "the tag of a macro is gone once its contact is attached, so that it can"
            " be used again (A1)",
            "refused": "the tag stays: an agent takes it off before the macro is used on that ticket again",
            "otherwise": "other tags of the ticket go, too: have agents attach in the agent app,"
            " without macros",
        },
        with_tickets.tags_taken_off,
        harmful=("refused", "otherwise"),
    ),
    Fact(
        "merge-in-audits",
        "zendesk.md",
        "2.4",
        "Do the audits of a ticket that was merged away name the other?",
        f"{LAYER}/zendesk/tickets.py",
        "merges two tickets, and reads the audits of the first",
        "named",
        {
            "named": "a contact goes on with the ticket that its own was merged into, also without the event",
            "not named": "it does so by the event; where that was missed, in a follow-up (T12)",
        },
        with_tickets.merge_in_audits,
    ),
    Fact(
        "merge-event",
        "zendesk.md",
        "6.2",
        "Is the event of a merge called ticket.merged?",
        f"{LAYER}/rules/ticket_events.py",
        "merges two tickets, and looks among the deliveries of the webhook",
        "ticket.merged",
        {
            "ticket.merged": "merges are known as they happen",
            "none of that name": "merges are known by the audits, when something is written next",
        },
        with_tickets.merge_event,
    ),
    Fact(
        "voice-ticket-key",
        "zendesk.md",
        "10.3",
        "Is Idempotency-Key honoured by the voice endpoint for tickets?",
        f"{LAYER}/zendesk/tickets.py",
        "makes a voice ticket twice under one key",
        "ignored",
        {
            "ignored": "tickets of calls are made by POST /tickets, which has the key, as all are",
            "honoured": "the same: nothing else",
        },
        with_tickets.voice_ticket_key,
    ),
)
