"""What can go wrong with Amazon Connect, by what is to be done about it.

::

    AmazonConnectError
    ├── AmazonConnectLater    try again, after so many seconds (`RetryLater`)
    │   ├── Throttled         its quotas, two to ten a second, are for a whole account
    │   ├── QuotaReached      there is no room for more until something ends
    │   └── NoAnswer          an outage, or an answer that was lost: it may have been done
    └── Refused               what was asked is not accepted (`Permanent`)
        └── NotRecorded       there is no recording to suspend or resume
"""

from connect_zendesk.errors import ConnectZendeskError, Permanent, RetryLater


class AmazonConnectError(ConnectZendeskError):
    """Anything that Amazon Connect did not do."""


class AmazonConnectLater(AmazonConnectError, RetryLater):
    """Try again in ``seconds``."""


class Throttled(AmazonConnectLater):
    """Amazon Connect asks to slow down."""

    default_seconds = 2


class QuotaReached(AmazonConnectLater):
    """There is no room for more, such as active tasks, until something ends."""

    default_seconds = 60


class NoAnswer(AmazonConnectLater):
    """Amazon Connect is out of order, or its answer was lost."""

    outcome_unknown = True


class Refused(AmazonConnectError, Permanent):
    """Amazon Connect does not accept what it was asked."""


class NotRecorded(Refused):
    """The contact is not being recorded, or its recording is so already."""
