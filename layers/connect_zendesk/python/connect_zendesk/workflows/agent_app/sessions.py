"""Sessions of the agent app: what proves, from request to request, which agent Zendesk said that it is (A4).

A session is a text that only this stack can make: which agent, of which installation, signed in when, until
when; and an HMAC-SHA256 of that. It says nothing that is not checked, and nothing is kept of it here. It
lasts 15 minutes, and is renewed for 16 hours: then Zendesk has to say again who the agent is.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connect_zendesk.http_messages import Rejected
from connect_zendesk.zendesk.app_keys import AppKeys

LASTS = timedelta(minutes=15)
#: No shift is longer, and a browser tab that stays open over night is another day's.
LONGEST = timedelta(hours=16)
_VERSION = 1
_LONGEST_TEXT = 300


@dataclass(frozen=True)
class Session:
    """Who is asking: ``agent`` is a Zendesk user id. ``loaded`` is when Zendesk signed that."""

    agent: int
    installation: int
    loaded: datetime
    until: datetime


def begin(keys: AppKeys, agent: int, now: datetime) -> Session:
    """Return a new session of an agent, who Zendesk said it is just now."""
    return Session(agent, keys.installation or 0, now, now + LASTS)


def renewed(session: Session, now: datetime) -> Session:
    """Return a session that lasts longer, though no longer than the longest from its beginning."""
    return Session(
        session.agent, session.installation, session.loaded, min(now + LASTS, session.loaded + LONGEST)
    )


def text_of(keys: AppKeys, session: Session) -> str:
    """Return a session as the page has it."""
    times = [int(time.timestamp()) for time in (session.loaded, session.until)]
    content = json.dumps([_VERSION, session.agent, session.installation, *times]).encode()
    return f"{_base64(content)}.{_base64(_signature(keys, content))}"


def read(keys: AppKeys, text: str, now: datetime) -> Session:
    """Return the session that a page shows. Raises `Rejected` for any that is not ours, or over."""
    content, _, signature = text.partition(".")
    if len(text) > _LONGEST_TEXT or not content or not signature:
        raise Rejected(401, "no session")
    try:
        signed, given = _bytes(content), _bytes(signature)
    except (binascii.Error, ValueError):
        raise Rejected(401, "no session") from None
    # One text for each session: a base64 text has others that mean the same.
    if not hmac.compare_digest(given, _signature(keys, signed)) or _base64(given) != signature:
        raise Rejected(401, "a session that was not given out here")
    version, agent, installation, loaded, until = json.loads(signed)
    if version != _VERSION or installation != keys.installation:
        raise Rejected(401, "a session of another installation")
    session = Session(
        agent, installation, datetime.fromtimestamp(loaded, UTC), datetime.fromtimestamp(until, UTC)
    )
    if now >= min(session.until, session.loaded + LONGEST):
        raise Rejected(401, "a session that is over")
    return session


def _signature(keys: AppKeys, content: bytes) -> bytes:
    if not keys.is_complete:
        raise Rejected(503, "no keys of the app: run make zendesk")
    return hmac.digest(keys.session_key.encode(), b"agent app session " + content, hashlib.sha256)


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
