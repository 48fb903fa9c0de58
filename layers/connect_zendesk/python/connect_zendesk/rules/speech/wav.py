"""Reads the header of a recording: how long it is, and on how many channels, before money is spent (X3).

A RIFF file is a list of chunks; ``fmt `` says what the sound is, ``data`` is the sound. Chunks of any other
kind may stand between them. Recorders that write as they go leave the sizes at zero or at the most: then the
file's own size counts.
"""

import struct
from dataclasses import dataclass

#: Bytes of a file in which both chunks begin. Recordings of Amazon Connect have 44 bytes before the sound.
ENOUGH = 4096
_UNKNOWN_SIZES = frozenset({0, 0xFFFFFFFF})
_FORMAT = struct.Struct("<HHIIHH")
_CHUNK = struct.Struct("<4sI")
_HEAD = 12


@dataclass(frozen=True)
class Audio:
    """A recording: its channels, its length in seconds, and the bytes of its file."""

    channels: int
    seconds: float
    size: int


def read(start: bytes, size: int) -> Audio | None:
    """Return what a recording is by the first bytes of its file, of ``size`` bytes in all.

    None where it is no wav file, or its header does not say how it is to be read.
    """
    if start[:4] not in (b"RIFF", b"RF64") or start[8:_HEAD] != b"WAVE":
        return None
    position, sound = _HEAD, None
    while position + _CHUNK.size <= len(start):
        name, length = _CHUNK.unpack_from(start, position)
        position += _CHUNK.size
        if name == b"fmt " and position + _FORMAT.size <= len(start):
            sound = _FORMAT.unpack_from(start, position)
        if name == b"data":
            there = max(0, size - position)
            whole = there if length in _UNKNOWN_SIZES else min(length, there)
            return _audio(sound, whole, size)
        position += length + length % 2
    return None


def _audio(sound: tuple[int, ...] | None, whole: int, size: int) -> Audio | None:
    if sound is None:
        return None
    _, channels, rate, bytes_a_second, _, bits = sound
    bytes_a_second = bytes_a_second or channels * rate * bits // 8
    if not channels or not bytes_a_second:
        return None
    return Audio(channels, whole / bytes_a_second, size)
