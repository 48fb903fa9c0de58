"""Zendesk's own word for which agent opens a page of the app: the token that it posts as it loads it (A4).

A JWT in the form field ``token``, signed with the app's private key, which Zendesk alone has. What its claims
are called and hold is documented by samples only (facts/agent-app.md 2, 8): it is all in `_claims`.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from connect_zendesk.http_messages import Rejected
from connect_zendesk.zendesk.rsa_signature import NotAKey, PublicKey

#: Zendesk posts a token as soon as it has signed it. An older one is a copy, whatever it says itself.
OLDEST = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(minutes=1)
_LARGEST_FORM, _LONGEST_TOKEN = 20_000, 8_000
_PART = re.compile(r"[A-Za-z0-9_-]+")
_AGENT = re.compile(r"(?:(?P<at>https?://[^/]+)/api/v2/users/)?(?P<id>[0-9]{1,18})(?:\.json)?")


@dataclass(frozen=True)
class SignedLoad:
    """A page that an agent opens. ``agent`` is their Zendesk user id, ``name`` what the token is known by."""

    agent: int
    location: str
    name: str
    ends: datetime


def verified(form: bytes, public_key: str, account_url: str, installation: int, now: datetime) -> SignedLoad:
    """Return who opens a page, by the form that Zendesk posts to it.

    ``account_url`` is ``https://<subdomain>.zendesk.com``, ``installation`` the app's installation there. The
    algorithm is ours, and never what a token says. Raises `Rejected`.
    """
    if len(form) > _LARGEST_FORM:
        raise Rejected(413, "too large")
    try:
        fields = parse_qs(form.decode("ascii", "replace"), max_num_fields=20)
    except ValueError:  # more fields than that
        raise Rejected(401, "no token of Zendesk's") from None
    tokens = fields.get("token", [])
    if len(tokens) != 1 or len(tokens[0]) > _LONGEST_TOKEN:
        raise Rejected(401, "no token of Zendesk's")
    parts = tokens[0].split(".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise Rejected(401, "a token that cannot be read")
    header, claims = (_object(part) for part in parts[:2])
    if header.get("alg") != "RS256" or "crit" in header:
        raise Rejected(401, "a token of another algorithm")
    try:
        key = PublicKey.of(public_key)
    except NotAKey:
        raise Rejected(503, "no public key of the app: run make zendesk") from None
    if not key.signed(f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2])):
        raise Rejected(401, "a token that Zendesk did not sign")
    return _claims(claims, parts[2], account_url.rstrip("/"), installation, now)


def _claims(
    claims: Mapping[str, Any], signature: str, account: str, installation: int, now: datetime
) -> SignedLoad:
    host = account.partition("://")[2]
    if claims.get("iss") not in (host, account):
        raise Rejected(401, "a token of another account")
    if claims.get("aud") != f"{account}/api/v2/apps/installations/{installation}.json":
        raise Rejected(401, "a token for another installation")
    ends, signed = _time(claims.get("exp")), _time(claims.get("iat"))
    if ends is None or now >= ends + _CLOCKS_DIFFER:
        raise Rejected(401, "a token that has expired")
    if signed is None or not -_CLOCKS_DIFFER <= now - signed <= OLDEST:
        raise Rejected(401, "a token that was not signed just now")
    agent = _AGENT.fullmatch(str(claims.get("sub")))
    if agent is None or agent["at"] not in (None, account) or not int(agent["id"]):
        raise Rejected(401, "a token of no user of this account")
    context = claims.get("context")
    location = context.get("location") if isinstance(context, dict) else None
    # Without a name of its own, two tokens of one second can be the same token: see `OLDEST`.
    named = claims.get("jti")
    return SignedLoad(
        int(agent["id"]),
        location if isinstance(location, str) else "",
        signature[:64] if isinstance(named, str) and named else "",
        ends,
    )


def _object(part: str) -> Mapping[str, Any]:
    try:
        value = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        raise Rejected(401, "a token that cannot be read") from None
    if not isinstance(value, dict):
        raise Rejected(401, "a token that cannot be read")
    return value


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise Rejected(401, "a token that cannot be read") from None


def _time(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**33:
        return None
    return datetime.fromtimestamp(value, UTC)
