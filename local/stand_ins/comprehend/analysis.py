"""What the stand-in finds in a text: by lists of words, always the same (facts/speech-analysis.md 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from local.stand_ins.comprehend import word_lists

Held = dict[str, Any]

_WORD = re.compile(r"[\w'’-]+")
_ENDS_PHRASE = re.compile(r"[.,;:!?¿¡()\n。、，！？]")
_PHRASE_AT_MOST = 4
_SHORT = 3
_ENTITIES = (
    ("OTHER", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+")),
    ("DATE", re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b")),
    ("DATE", re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in word_lists.DATES))),
    ("LOCATION", re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in word_lists.LOCATIONS))),
    ("ORGANIZATION", re.compile(r"\b[A-Z][\w&]+ (?:Ltd|GmbH|Inc|AG|SA|Bank)\b")),
    ("PERSON", re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Herr|Frau|Señora?|Mme|M)\.? [A-ZÄÖÜ]\w+")),
    ("PERSON", re.compile(r"\b[A-ZÄÖÜ][a-zà-ÿ]+ [A-ZÄÖÜ][a-zà-ÿ]+\b")),
    ("QUANTITY", re.compile(r"[€$£]\s?\d[\d.,]*\d|\b\d[\d.,]*(?:\s?(?:€|%|euros?|pounds?|Euro|days?|Tage))")),
    ("OTHER", re.compile(r"\b[A-Z]*-?\d{4,}\b")),
)


def sentiment(text: str, language: str) -> Held:
    """Return the sentiment of a text and its scores, which add up to one."""
    lowered = text.lower()
    good = sum(lowered.count(word) for word in word_lists.POSITIVE[language])
    bad = sum(lowered.count(word) for word in word_lists.NEGATIVE[language])
    weights = {"Positive": 0.04, "Negative": 0.03, "Neutral": 0.0, "Mixed": 0.02}
    if not good and not bad:
        name = "Neutral"
    elif good and bad and max(good, bad) < 2 * min(good, bad):
        name = "Mixed"
    else:
        name = "Positive" if good > bad else "Negative"
    weights["Neutral" if name != "Neutral" else "Positive"] = 0.05
    weights[name] = 0.0
    weights[name] = 1.0 - sum(weights.values())
    return {"Sentiment": name.upper(), "SentimentScore": {k: round(v, 4) for k, v in weights.items()}}


def key_phrases(text: str, language: str) -> Held:
    """Return the phrases of a text: runs of words that carry meaning; offsets count characters."""
    found = []
    for begin, end in _runs(text, language):
        score = round(0.99 - 0.01 * ((end - begin) % 15), 4)
        found.append({"Score": score, "Text": text[begin:end], "BeginOffset": begin, "EndOffset": end})
    return {"KeyPhrases": found}


def entities(text: str, language: str) -> Held:
    """Return what is named in a text, in its order; where two overlap, the kind that is listed first."""
    taken: list[tuple[int, int, str]] = []
    for kind, pattern in _ENTITIES:
        for match in pattern.finditer(text):
            begin, end = match.span()
            if all(end <= other[0] or begin >= other[1] for other in taken):
                taken.append((begin, end, kind))
    return {
        "Entities": [
            {
                "Score": round(0.99 - 0.01 * ((end - begin) % 10), 4),
                "Type": kind,
                "Text": text[begin:end],
                "BeginOffset": begin,
                "EndOffset": end,
            }
            for begin, end, kind in sorted(taken)
        ]
    }


def _runs(text: str, language: str) -> Iterator[tuple[int, int]]:
    stop_words = word_lists.STOP_WORDS.get(language, frozenset())
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        broken = run and _ENDS_PHRASE.search(text, run[-1].end(), word.start())
        if run and (broken or len(run) == _PHRASE_AT_MOST or _is_stop_word(word[0], stop_words)):
            yield run[0].start(), run[-1].end()
            run = []
        if not _is_stop_word(word[0], stop_words):
            run.append(word)
    if run:
        yield run[0].start(), run[-1].end()


def _is_stop_word(word: str, stop_words: frozenset[str]) -> bool:
    if stop_words:
        return word.lower() in stop_words
    return word.isascii() and len(word) <= _SHORT
