"""Whether a request really is Zendesk's webhook, found out before anything else is done with it (K3).

Zendesk signs what it sends: ``X-Zendesk-Webhook-Signature`` is the base64 of an HMAC-SHA256, under the
webhook's signing secret, of ``X-Zendesk-Webhook-Signature-Timestamp`` and the body's raw bytes. The other
headers are not signed: what they say is compared with what is known, and never relied on.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from connect_zendesk.http_messages import Rejected, Request

#: Bytes. A ticket's text and a comment have 64 KB each, which JSON can write in six times as many.
LARGEST_BODY = 1_000_000
#: How far a signature's timestamp may be from our clock, before or after: a retry is signed anew.
WINDOW = timedelta(minutes=5)
#: What Zendesk's test button signs with before a webhook is made. Published, so it proves nothing.
TEST_SECRET = base64.b64encode(b"this_secret_is_for_testing_only").decode()

_PATH = "/"
_SIGNATURE = "x-zendesk-webhook-signature"
_STAMP = "x-zendesk-webhook-signature-timestamp"
_ACCOUNT = "x-zendesk-account-id"
_INVOCATION = "x-zendesk-webhook-invocation-id"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


class WrongSignature(Rejected):
    """None of the signing secrets made this signature."""

    def __init__(self) -> None:
        super().__init__(401, "a wrong signature")


@dataclass(frozen=True)
class Call:
    """A request that Zendesk signed.

    Attributes:
        body: its raw bytes, signed.
        signature: as it was sent; of a replay it is the same, of a retry another.
        signed_at: the timestamp that was signed with it.
        account: the account's id by the header, which is not signed.
        invocation: Zendesk's id of what it delivers, the same for each retry; not signed.
    """

    body: bytes
    signature: str
    signed_at: datetime
    account: int
    invocation: str


def verified(request: Request, secrets: Sequence[str], now: datetime) -> Call:
    """Return what a Lambda function URL was called with, if Zendesk called it.

    Any one of ``secrets`` will do: while one is rotated there are two. Raises `Rejected`, and at the very
    last `WrongSignature`: what costs nothing is looked at first, and nothing is read from the body.
    """
    if request.method != "POST":
        raise Rejected(405, "not a POST")
    if request.path != _PATH or request.query:
        raise Rejected(404, "another path")
    headers = request.headers
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Rejected(415, "not sent as JSON")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Rejected(415, "compressed, which Zendesk never does")
    body = request.body
    signature, stamp = headers.get(_SIGNATURE, ""), headers.get(_STAMP, "")
    if not signature or not stamp:
        raise Rejected(401, "no signature")
    signed_at = timestamp(stamp)
    if signed_at is None:
        raise Rejected(401, "the signature's timestamp cannot be read")
    if abs(now - signed_at) > WINDOW:
        raise Rejected(401, "an old signature" if signed_at < now else "a signature of the future")
    account, invocation = headers.get(_ACCOUNT, ""), headers.get(_INVOCATION, "")
    if not _NUMBER.fullmatch(account) or not _ID.fullmatch(invocation):
        raise Rejected(400, "no account or invocation")
    if not _is_signed(body, stamp, signature, secrets):
        raise WrongSignature
    return Call(body, signature, signed_at, int(account), invocation)


def signature_of(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature that Zendesk makes with a signing secret."""
    made = hmac.new(_bytes(secret), _bytes(stamp) + body, sha256).digest()
    return base64.b64encode(made).decode()


def timestamp(text: object) -> datetime | None:
    """Return a timestamp of Zendesk's in UTC; None where it is none. Fractions have up to nine digits."""
    match = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    date, time, fraction, zone = match.groups()
    zone = "+00:00" if zone in (None, "Z") else zone
    try:
        return datetime.fromisoformat(f"{date}T{time}{(fraction or '')[:7]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_signed(body: bytes, stamp: str, signature: str, secrets: Sequence[str]) -> bool:
    given, found = _bytes(signature), False
    for secret in secrets:
        if secret and secret != TEST_SECRET:
            # Each is compared in full, however many there are: how long it takes reveals nothing.
            found |= hmac.compare_digest(_bytes(signature_of(secret, stamp, body)), given)
    return found


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
