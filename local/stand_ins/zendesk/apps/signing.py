"""Signs what Zendesk signs as it loads a page of an app: a token that says which agent opens it.

The key is made up for this stand-in, and is in its repository: it proves nothing anywhere else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

_P = int(
    "f4df83c87094f2bfeced0ec8e1ea4bc4b52fb4b6ff4205e2d7d7359bc3643406698ed6dd5452b64f79143c2cc9c06262"
    "76961c3fccfd39ff6918c9defe2f3bb8895fb6d0462180710c2134d630b236e611d1ab93d199c2d4c095ca31866676ab"
    "84bae21ff5dab23e103857b5604d0d841abe285b5f7b42e52962902ac4dba161",
    16,
)
_Q = int(
    "cddd8fdf8352e303964370645454767501ac8611af1a8dbfd8ec7ae54e094fd05be1f7184ca8af1403073904f72bf55c"
    "75967d726ecc6d86edd28a841bd63172c74b7508873e42821044652364174a030faf3ec7a8c2ec6649e29296b68692bd"
    "de2b29de7369dffce3ead50fc8fde0f5e35fe32ebf04b4c28e6dd2c72b920d87",
    16,
)
_EXPONENT = 65_537
_D_P, _D_Q, _Q_INVERSE = pow(_EXPONENT, -1, _P - 1), pow(_EXPONENT, -1, _Q - 1), pow(_Q, -1, _P)
_SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")
_LENGTH = 256
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxOrrGu0e4qPtxxBYe9oB
nTLPFj4qqrilYwRJNXRiTEeGqh7/Ic9fObbO92JZCGtvE4sondswFnRSOSS8qeVH
ofuwoACK1N9u0XgUTkY2sB3FquJ7kSjZagLZ922dcrbfo+doLmo1P7O2zZwM5cR5
uS4bLXA1JPUCQg7kdOWug7IFZMbqC56fKAVXcARQJqQYQ5sQCwsYaNByRLz4Yy3D
/IofzqufC+P2BYafnqKVP4vHtAMOhUT3fJPB+tpK6MV9BqpSCzdkU0MBAiFQB7KF
m5M8WH32lwzhhcurZxItE4jVPKWVVpKDDMqKBjtjFVa65tuhreLAXaTxKmBRS1YH
JwIDAQAB
-----END PUBLIC KEY-----
"""


def token(claims: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> str:
    """Return a JWT of these claims, signed by RS256."""
    parts = [
        _base64(json.dumps(part).encode()) for part in (header or {"typ": "JWT", "alg": "RS256"}, claims)
    ]
    message = ".".join(parts).encode()
    return f"{message.decode()}.{_base64(signature(message))}"


def signature(message: bytes) -> bytes:
    """Return the signature of a message (RSASSA-PKCS1-v1_5 with SHA-256)."""
    digest = _SHA_256 + hashlib.sha256(message).digest()
    encoded = b"\0\1" + b"\xff" * (_LENGTH - len(digest) - 3) + b"\0" + digest
    return _decrypted(int.from_bytes(encoded)).to_bytes(_LENGTH)


def _decrypted(message: int) -> int:
    """Return a message to the private exponent: by each prime alone, which takes a third of the time."""
    by_p, by_q = pow(message, _D_P, _P), pow(message, _D_Q, _Q)
    return by_q + _Q * ((by_p - by_q) * _Q_INVERSE % _P)


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
