"""OAuth access tokens by client credentials, shared between the containers of all functions.

API tokens are not supported: they can no longer be created, and stop working on 2027-04-30.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

SCOPE = "read write"  # no narrower scope is documented that covers search, uploads and voice


@dataclass(frozen=True)
class Token:
    """An access token and when it ends."""

    value: str
    ends: datetime


class SharedTokens(Protocol):
    """Where containers share a token (an encrypted item)."""

    def recall_token(self) -> Token | None:
        """Return the token that is shared now, or None."""

    def share_token(self, token: Token) -> None:
        """Share a token until it ends."""


class Tokens:
    """Gives a token that is good for a while: remembered, else shared by another container, else minted.

    Two containers that find no token at the same moment each mint one; both work.
    """

    def __init__(
        self,
        mint: Callable[[], tuple[str, int]],
        shared: SharedTokens,
        clock: Callable[[], datetime],
    ) -> None:
        """``mint`` asks Zendesk: returns a token and its life in seconds."""
        self._mint = mint
        self._shared = shared
        self._clock = clock
        self._token: Token | None = None

    def get(self) -> str:
        """Return a token. Raises what ``mint`` raises."""
        if not self._good(self._token):
            self._token = self._shared.recall_token()
        if self._token is None or not self._good(self._token):
            self._token = self._new()
        return self._token.value

    def renew(self, refused: str) -> str:
        """Return another token than one that Zendesk refused."""
        shared = self._shared.recall_token()
        if shared is not None and shared.value != refused and self._good(shared):
            self._token = shared
        else:
            self._token = self._new()
        return self._token.value

    def _new(self) -> Token:
        value, life = self._mint()
        # Renewed at 80 % of its life, so that none ends in the middle of a job.
        token = Token(value, self._clock() + timedelta(seconds=life * 0.8))
        self._shared.share_token(token)
        return token

    def _good(self, token: Token | None) -> bool:
        return token is not None and token.ends > self._clock()
