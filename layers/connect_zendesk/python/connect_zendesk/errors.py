"""What can go wrong, by what is to be done about it: the root of the errors of both clients and the ledger.

::

    ConnectZendeskError
    ├── RetryLater            try again, after so many seconds
    │   ├── NotReady          something has to come first
    │   └── Conflict          in progress elsewhere, or changed since it was read; nothing was written
    └── Permanent             trying again will not help: a dead letter, with its reason

Messages hold no personal data: they reach logs and dead letters' reasons.
"""

import math


class ConnectZendeskError(Exception):
    """Anything that was not done, where it is known what to do about that."""


class RetryLater(ConnectZendeskError):
    """Try again in ``seconds``, at least one.

    ``outcome_unknown``: what was to be written may have been written all the same, so look before writing it
    again. ``slow_down``: the service asks all callers to slow down, not only this request.
    """

    default_seconds: float = 10
    outcome_unknown = False
    slow_down = False

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = max(1, math.ceil(self.default_seconds if seconds is None else seconds))


class NotReady(RetryLater):
    """Something has to come first, such as a record, or an agent's time to attach the contact."""


class Conflict(RetryLater):
    """Another container holds the lease, or changed the item since it was read; nothing was written."""


class Permanent(ConnectZendeskError):
    """Trying again will not help."""
