"""Recordings as wav files: their header, and the chunk in which those made here carry what is said.

The chunk `said` stands behind the sound, so that the file begins as every recording does. Programs that play
a wav skip chunks that they do not know; the product is not to know it either.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

RATE, BYTES = 8000, 2  # facts/speech-analysis.md 2: 8 kHz, 16-bit PCM
_SAID = b"said"
_PCM, _HEADER, _CHUNK = 1, 44, 8
_CHUNKS_AT_MOST = 64
_PIECE = 1 << 16

ReadPart = Callable[[int, int], bytes]  # (start, length)


@dataclass(frozen=True)
class Wav:
    """What a file holds; `seconds` long. `said` is the chunk's content, where there is one."""

    channels: int
    rate: int
    seconds: float
    said: Mapping[str, Any] | None = None


def read(part: ReadPart, length: int) -> Wav | None:
    """Return what a file of `length` bytes holds, of which `part` returns pieces; None where it is no wav.

    Where a header says that there is more sound than the file has, the sound is what there is.
    """
    head = part(0, 12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    at, form, sound, said = 12, b"", 0, None
    for _ in range(_CHUNKS_AT_MOST):
        begin = part(at, _CHUNK)
        if len(begin) < _CHUNK:
            break
        name, size = begin[:4], struct.unpack("<I", begin[4:])[0]
        if name == b"fmt ":
            form = part(at + _CHUNK, 16)
        elif name == b"data":
            sound = max(0, min(size, length - at - _CHUNK))
        elif name == _SAID:
            said = json.loads(part(at + _CHUNK, size))
        at += _CHUNK + size + size % 2
    if len(form) < 16:
        return None
    _, channels, rate, per_second, _, _ = struct.unpack("<HHIIHH", form)
    return Wav(channels, rate, sound / per_second if per_second else 0.0, said)


def write(
    file: BinaryIO, seconds: float, channels: int, said: Mapping[str, Any] | None, *, rate: int = RATE
) -> int:
    """Write a recording in which `said` is said; returns its size in bytes.

    Its sound is silence: skipped in a file that can be positioned, where most file systems keep no space for
    it, else written in pieces. Memory does not grow with its length.
    """
    frame = channels * BYTES
    sound = int(seconds * rate) * frame
    chunk = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
    behind = _SAID + struct.pack("<I", len(chunk)) + chunk + b"\0" * (len(chunk) % 2) if chunk else b""
    total = _HEADER + sound + len(behind)
    form = struct.pack("<IHHIIHH", 16, _PCM, channels, rate, rate * frame, frame, BYTES * 8)
    file.write(b"RIFF" + struct.pack("<I", total - _CHUNK) + b"WAVE")
    file.write(b"fmt " + form + b"data" + struct.pack("<I", sound))
    if file.seekable():
        file.seek(max(0, sound - 1), io.SEEK_CUR)
        sound = min(1, sound)
    for done in range(0, sound, _PIECE):
        file.write(bytes(min(_PIECE, sound - done)))
    file.write(behind)
    return total
