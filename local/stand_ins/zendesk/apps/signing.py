"""Signs what Zendesk signs as it loads a page of an app: a token that says which agent opens it.

The key is made up for this stand-in, and is in its repository: it proves nothing anywhere else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

_MODULUS = int(
    "c4eaeb1aed1ee2a3edc710587bda019d32cf163e2aaab8a56304493574624c4786aa1eff21cf5f39b6cef76259086b6f"
    "138b289ddb301674523924bca9e547a1fbb0a0008ad4df6ed178144e4636b01dc5aae27b9128d96a02d9f76d9d72b6df"
    "a3e7682e6a353fb3b6cd9c0ce5c479b92e1b2d703524f502420ee474e5ae83b20564c6ea0b9e9f28055770045026a418"
    "439b100b0b1868d07244bcf8632dc3fc8a1fceab9f0be3f605869f9ea2953f8bc7b4030e8544f77c93c1fada4ae8c57d"
    "06aa520b376453430102215007b2859b933c587df6970ce185cbab67122d1388d53ca5955692830cca8a063b631556ba"
    "e6dba1ade2c05da4f12a60514b560727",
    16,
)
_PRIVATE_EXPONENT = int(
    "370a8cedc952c539d9f836deecbb7a91048732e9ec862cb779ce54623f264cb8ff70a4da5e8a76cd0c869c4a5ea58656"
    "1569e3cfffd8d8a5e9e7b417920b96f2b585e0ab5622fb531ff4c7043c0704424622a64cb0bdf0cb7b818e7212bce255"
    "ef9bfa9862b2809c4c9ffb1af5cc6dd3af8a0430e581ef84128fd416c2ae7d7bb29dea72b26b32aec7dc779c404efae8"
    "f8814cddd04ae662f4400c8a7b8cd7c156d12dcb30f94e4fca5e6c8ce3a4912a474079d84467d5e97786ee1fc9c7fa43"
    "58b2396c850ac285ba5a704fdf2db7d4e30a6755f7505f25ee39d2737e1af8d9625dc76f92e422c89c7bc214144239d2"
    "cedb5350ab05ef1c1140509cab2ddfa1",
    16,
)
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
    return pow(int.from_bytes(encoded), _PRIVATE_EXPONENT, _MODULUS).to_bytes(_LENGTH)


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
