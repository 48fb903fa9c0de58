"""What can come of a request to Amazon Transcribe, by what is to be done about it."""

from connect_zendesk.errors import ConnectZendeskError, Permanent, RetryLater


class TranscribeError(ConnectZendeskError):
    """Anything that Amazon Transcribe did not do."""


class TranscribeLater(TranscribeError, RetryLater):
    """Amazon Transcribe asks to slow down, has no room, or is out of order."""

    default_seconds = 30


class NoAnswer(TranscribeLater):
    """The answer was lost: what was asked may have been done, which its name shows when it is asked again."""

    outcome_unknown = True


class AlreadyStarted(TranscribeError, Permanent):
    """There is a job of this name: the request got through before."""


class Refused(TranscribeError, Permanent):
    """What was asked is not accepted."""


class NoSuchJob(Refused):
    """There is no job of this name, or not any more."""
