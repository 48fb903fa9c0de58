"""What can go wrong with Zendesk, by what is to be done about it.

::

    ZendeskError
    ├── ZendeskLater          try again, after so many seconds (`RetryLater`)
    │   ├── RateLimited       429: nothing was written; of the account, an endpoint or one item
    │   ├── Paced             not sent: what is left of a limit is kept for people who wait
    │   ├── Unauthorized      the credentials do not work, until an administrator corrects them
    │   ├── Conflict          409: another client wrote at the same time; nothing was written
    │   └── NoAnswer          an outage, an answer that never came, or one before the API: perhaps written
    │       └── NoEndpoint    404 of the path, not of an item: nothing was written
    └── ZendeskPermanent      trying again will not help (`Permanent`)
        ├── NotFound          404
        │   └── Deleted       a ticket that was there
        ├── NotAllowed        403: a scope, a role or the plan
        └── Refused           what was sent is not accepted
            ├── AlreadySent   the idempotency key was used for something else: a ticket exists
            ├── Duplicate     a value that has to be unique is taken
            └── Closed        a closed ticket can never change

Messages hold no personal data: Zendesk's own words about a value are not repeated.
"""

from collections.abc import Mapping

from connect_zendesk import errors


class ZendeskError(errors.ConnectZendeskError):
    """Anything that Zendesk did not do."""


class ZendeskLater(ZendeskError, errors.RetryLater):
    """Try again in ``seconds``."""


class RateLimited(ZendeskLater):
    """Zendesk asks to slow down; nothing was written.

    ``slow_down`` is false where it is the own limit of the ticket or user that was changed.
    """

    slow_down = True


class Paced(ZendeskLater):
    """Nothing was sent: what is left of the ``limit`` of this name is kept for people who wait (O7).

    There is room in ``seconds``. ``spread`` are the seconds after that among which those that wait are to be
    spread: so long there is not room for all of them.
    """

    def __init__(self, limit: str, seconds: float, spread: float = 0.0) -> None:
        super().__init__(f"paced by Zendesk's limit {limit}", seconds)
        self.limit, self.spread = limit, spread


class Unauthorized(ZendeskLater):
    """The OAuth client's id or secret do not work, or its user has lost access."""


class Conflict(ZendeskLater, errors.Conflict):
    """The ticket changed since it was read, or is being changed; nothing was written."""


class NoAnswer(ZendeskLater):
    """Zendesk is out of order, slow, its answer was lost, or what answered was not its API."""

    outcome_unknown = True


class NoEndpoint(NoAnswer):
    """Zendesk serves no such path: the address is wrong, or the account lacks what is behind it."""

    outcome_unknown = False


class ZendeskPermanent(ZendeskError, errors.Permanent):
    """Trying again will not help."""


class NotFound(ZendeskPermanent):
    """There is no such user or ticket."""


class Deleted(NotFound):
    """A ticket that was there is deleted: a person's wish, which is no fault."""


class NotAllowed(ZendeskPermanent):
    """The token's scope, its user's role or the account's plan does not allow it."""


class Refused(ZendeskPermanent):
    """Zendesk does not accept what was sent.

    ``codes`` are Zendesk's codes by the name of each field that it complains about; none where it has only
    a sentence, which is never read: it is in the language of the integration user (facts/zendesk-2.md D).
    ``ticket_fields`` are the ids of the ticket fields that it names.
    """

    def __init__(
        self,
        message: str,
        codes: Mapping[str, frozenset[str]] | None = None,
        ticket_fields: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(message)
        self.codes: Mapping[str, frozenset[str]] = codes or {}
        self.ticket_fields = ticket_fields

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that Zendesk complains about."""
        return frozenset(self.codes)


class AlreadySent(Refused):
    """The idempotency key was used with other content: a ticket exists."""


class Duplicate(Refused):
    """A value that must be unique, such as an external id or a direct line, is taken.

    Certain of the fields with the code DuplicateValue. Of an e-mail address, a phone number or an external id
    without a code it is for a second look to say: it may be malformed.
    """


class Closed(Refused):
    """The ticket is closed, by what a second look at it says."""
