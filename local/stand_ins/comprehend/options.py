"""What can be switched in the stand-in: limits first, then what facts/speech-analysis.md is unsure of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Options:
    """One switch for each open question; the numbers are sections of docs/facts/speech-analysis.md."""

    text_bytes: int = 5000  # 7: of UTF-8, in DetectSentiment and in each text of a batch; not 5,120
    document_bytes: int = 100_000  # 7: in DetectKeyPhrases and DetectEntities
    texts: int = 25  # 7: in a batch
    detect_rate: tuple[float, int] = (20.0, 20)  # 7: requests a second, and at once
    batch_rate: tuple[float, int] = (10.0, 10)  # 7

    long_text_in_batch: Literal["error_list", "refused"] = "error_list"  # 7: one text of a batch is too long
    unknown_language: Literal["UnsupportedLanguageException", "ValidationException"] = (
        "UnsupportedLanguageException"  # 7: a code that the enumeration does not have
    )
