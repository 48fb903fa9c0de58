"""What forgetting does not reach: what is gone by itself, and when; what the stack does not hold."""

from datetime import date, datetime, timedelta

from connect_zendesk.function_kinds import RETENTION

#: As the stack makes them (infra/bus.py, infra/record_stream.py), and what DynamoDB's recovery goes back.
ARCHIVE, STREAM, RECOVERY = timedelta(days=30), timedelta(days=7), timedelta(days=35)
#: How long a result of speech analysis waits at most (infra/speech_analysis.py).
TRANSCRIPTIONS = timedelta(days=7)

NOT_HELD = (
    "Zendesk: the user, their tickets with comments, recordings' links and transcripts, and the user's"
    " fields. Delete the tickets and the user there (twice, to be permanent).",
    "Amazon Connect: contact records (25 months), contact attributes, Customer Profiles, cases. Ask AWS's"
    " documentation of each for how to delete.",
    "Amazon Connect's buckets: recordings, transcripts, Contact Lens's analyses, by the contacts' ids.",
    "A partner's voiceprints, or Voice ID's.",
    "What Amazon Transcribe and Amazon Comprehend keep to improve the services, unless your organisation has"
    " opted out of that: ask AWS's support.",
    "Readers of the bus, of the record stream and of the logs that you have added.",
)


def gone_by(now: datetime) -> dict[str, date]:
    """Return the day on which what cannot be removed is gone, if nothing new comes, by what it is."""
    return {
        "the bus's archive: the contacts' records and Zendesk's events": (now + ARCHIVE).date(),
        "the record stream, where it is the stack's; one of yours keeps its own time": (now + STREAM).date(),
        "messages in queues, and dead letters": (now + RETENTION).date(),
        "what Amazon Transcribe wrote and is not on its ticket yet": (now + TRANSCRIPTIONS).date(),
        "the table's point-in-time recovery: what was removed just now": (now + RECOVERY).date(),
    }
