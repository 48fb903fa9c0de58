"""What is sent to Amazon Comprehend: a side's words, joined to pieces that it takes (X3).

Never turn by turn: each text is paid as 300 characters at least. A piece has at most 5,000 bytes of UTF-8,
and is cut where a sentence ends, else between words, else between characters (facts/speech-analysis.md 7).
"""

import re
from collections.abc import Iterable, Iterator

from connect_zendesk.rules.transcripts.conversation import Turn

LARGEST_PIECE = 5_000
#: Bytes of one side that are sent at most: twenty hours of speech, ten times what it costs to say it.
MOST_BYTES = 500_000
_SENTENCE = re.compile(r"(?<=[.?!。？！।؟])\s*|\n+")
#: What stands where personal data were taken out: no phrase, and the name of nothing.
REDACTED = re.compile(r"\[[A-Z_]{2,30}\]")


def pieces(turns: Iterable[Turn]) -> Iterator[str]:
    """Yield what was said in these turns as texts of at most `LARGEST_PIECE` bytes, none of them empty."""
    piece, size, sent = "", 0, 0
    for part in _parts(turns):
        length = len(part.encode())
        if size and size + 1 + length > LARGEST_PIECE:
            yield piece
            sent += size
            piece, size = "", 0
            if sent >= MOST_BYTES:
                return
        piece = f"{piece} {part}" if piece else part
        size = len(piece.encode()) if size == 0 else size + 1 + length
    if piece:
        yield piece


def _parts(turns: Iterable[Turn]) -> Iterator[str]:
    """Yield what was said, sentence by sentence, none longer than a piece."""
    for turn in turns:
        for sentence in _SENTENCE.split(turn.text):
            said = " ".join(REDACTED.sub(" ", sentence).split())
            while len(said.encode()) > LARGEST_PIECE:
                cut = said.encode()[:LARGEST_PIECE].decode(errors="ignore")
                at_word = cut.rfind(" ", LARGEST_PIECE // 10)
                cut = cut[:at_word] if at_word > 0 else cut
                yield cut
                said = said[len(cut) :].strip()
            if said:
                yield said
