"""Checks RS256 signatures (RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 8.2.2), with the standard library only.

A public key is one power and one comparison: no dependency, and nothing compiled, for one millisecond. Only
public values are handled, so nothing has to take constant time. The whole encoded message is compared with
the one that there can be: nothing of a signature is parsed.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

#: SHA-256 as the encoded message names it (RFC 8017 9.2, note 1).
_SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")
#: rsaEncryption, with its NULL parameters, as a public key names its algorithm (RFC 3279 2.3.1).
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----")
#: Bits. Zendesk's keys have 2048; a shorter one is forged sooner or later, a longer one costs time.
_SHORTEST, _LONGEST = 2048, 8192
_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03


class NotAKey(ValueError):
    """What should be a public key is none that can be used."""


@dataclass(frozen=True)
class PublicKey:
    """An RSA public key."""

    modulus: int
    exponent: int

    @staticmethod
    def of(pem: str) -> "PublicKey":
        """Read a key in PEM (`BEGIN PUBLIC KEY`). Raises `NotAKey`."""
        found = _PEM.fullmatch(pem.strip())
        if found is None:
            raise NotAKey("no public key in PEM")
        try:
            key, rest = _value(base64.b64decode("".join(found[1].split()), validate=True), _SEQUENCE)
            if rest or not key.startswith(_RSA):
                raise NotAKey("no RSA key")
            bits, rest = _value(key[len(_RSA) :], _BIT_STRING)
            numbers, more = _value(bits[1:], _SEQUENCE)
            modulus, numbers = _value(numbers, _INTEGER)
            exponent, end = _value(numbers, _INTEGER)
        except (binascii.Error, IndexError) as error:
            raise NotAKey("a key that cannot be read") from error
        made = PublicKey(int.from_bytes(modulus), int.from_bytes(exponent))
        if rest or more or end or bits[:1] != b"\0":
            raise NotAKey("a key that cannot be read")
        if not _SHORTEST <= made.modulus.bit_length() <= _LONGEST or made.exponent < 3:
            raise NotAKey("a key of a length that is not accepted")
        return made

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Return whether the holder of the private key signed this message."""
        length = (self.modulus.bit_length() + 7) // 8
        number = int.from_bytes(signature)
        if len(signature) != length or number >= self.modulus:
            return False
        digest = _SHA_256 + hashlib.sha256(message).digest()
        padding = b"\xff" * (length - len(digest) - 3)
        return pow(number, self.exponent, self.modulus).to_bytes(length) == b"\0\1" + padding + b"\0" + digest


def _value(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the content of the DER value that begins here, and what comes after it."""
    if der[0] != tag:
        raise NotAKey("a key that cannot be read")
    length, start = der[1], 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(der[2 : 2 + size]), 2 + size
    if start + length > len(der):
        raise NotAKey("a key that cannot be read")
    return der[start : start + length], der[start + length :]
