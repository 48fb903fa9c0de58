"""What can go wrong with Zendesk, by what is to be done about it.

::

    ZendeskError
    ├── Later                 try again, after so many seconds
    │   ├── RateLimited       429: nothing was written; everybody should slow down
    │   ├── Unauthorized      the credentials do not work, until somebody mends them
    │   ├── Conflict          409: somebody else wrote at the same time; nothing was written
    │   └── NoAnswer          an outage, or an answer that never came: it may have been written
    └── Permanent             trying again will not help
        ├── NotFound          404
        ├── NotAllowed        403: a scope, a role or the plan
        └── Refused           what was sent is not accepted
            ├── AlreadySent   the idempotency key was used for something else: a ticket exists
            ├── Duplicate     a value that has to be unique is taken
            └── Closed        a closed ticket can never change

Messages hold no personal data: Zendesk's own words about a value are not repeated.
"""

import math


class ZendeskError(Exception):
    """Anything that Zendesk did not do."""


class Later(ZendeskError):
    """Try again in ``seconds``. ``doubtful``: what was to be written may have been written."""

    doubtful = False

    def __init__(self, message: str, seconds: float = 10) -> None:
        super().__init__(message)
        self.seconds = max(1, math.ceil(seconds))


class RateLimited(Later):
    """Zendesk asks to slow down; nothing was written."""


class Unauthorized(Later):
    """The OAuth client's id or secret do not work, or its user has lost access."""


class Conflict(Later):
    """The ticket changed since it was read, or is being changed; nothing was written."""


class NoAnswer(Later):
    """Zendesk is out of order, slow, or its answer was lost."""

    doubtful = True


class Permanent(ZendeskError):
    """Trying again will not help."""


class NotFound(Permanent):
    """There is no such user or ticket."""


class NotAllowed(Permanent):
    """The token's scope, its user's role or the account's plan does not allow it."""


class Refused(Permanent):
    """Zendesk does not accept what was sent. ``fields`` are the names it complains about."""

    def __init__(self, message: str, fields: frozenset[str] = frozenset()) -> None:
        super().__init__(message)
        self.fields = fields


class AlreadySent(Refused):
    """The idempotency key was used with other content: a ticket exists."""


class Duplicate(Refused):
    """A value that must be unique, such as an external id or a direct line, is taken."""


class Closed(Refused):
    """The ticket is closed."""
