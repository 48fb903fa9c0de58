"""How one setting's text is read: a reader returns the value, or raises InvalidValue (S2, S3, S4)."""

import re
from collections.abc import Callable
from typing import TypeVar

from connect_zendesk.rules import phone_numbers

#: In any case and trimmed, these mean *not set* (S2). A flow stores ``timeout`` when a caller enters nothing.
NOT_SET = frozenset({"", "-", "none", "null", "empty", "ignore", "timeout"})

TRUE = frozenset({"true", "t", "1", "yes", "y"})
FALSE = frozenset({"false", "f", "0", "no", "n"})

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW")

#: A language tag, with either sign between its parts; and what makes Chinese the one of Taiwan.
LANGUAGE_TAG_PARTS = "(?:[-_][A-Za-z0-9]{2,8}){0,4}"
_LANGUAGE_TAG = re.compile("[A-Za-z]{2,3}" + LANGUAGE_TAG_PARTS)
_TRADITIONAL = frozenset({"tw", "hant"})

#: Characters of a line, such as a user's name in Zendesk.
LONGEST_LINE = 255

_MINUTES = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_ID = re.compile(r"[0-9]{1,18}")
_FIELD_KEY = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_EMAIL = re.compile(r"[^@\s,;<>\"()]{1,64}@[^@\s,;<>\"()]{1,253}\.[^@\s,;<>\"().]{2,63}")
_BRACKETS = str.maketrans("<>", "‹›")
_PLACEHOLDER = re.compile(r"\{(?=[{%])")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
#: Letters that no one sees, and that programs read: they belong behind a flag, of which they say which it is.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)|[\U000e0000-\U000e007f]")

#: Characters without a width, which are nothing to look at: those that only part or mark, and those that join
#: letters or emoji and belong where there is something to join.
_INVISIBLE = re.compile("[\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]")
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e01ef]")


class InvalidValue(ValueError):
    """The text is not a value of its setting."""


T_co = TypeVar("T_co", covariant=True)

#: Takes the trimmed text and the default country; returns the value, or raises `InvalidValue`.
Reader = Callable[[str, str | None], T_co]


def is_not_set(text: str) -> bool:
    """Return whether the text is one of the words that mean *not set* (S2)."""
    return text.strip().lower() in NOT_SET


def clean(text: str) -> str:
    """Return the text without control characters and overrides of the writing direction.

    They have no place in a name or a subject, and a direction override can disguise one text as another. Nor
    have Unicode's tag characters, in which words for a machine that reads a ticket hide from its agent.
    """
    if text.isascii() and text.isprintable():  # as most are
        return text
    return _TAGS.sub(r"\1", _CONTROL.sub("", text))


def without_markup(text: str) -> str:
    """Return a text with other brackets than those of markup, and without placeholders (M6).

    For fields that Zendesk holds as plain text, where nothing is escaped, and others may render.
    """
    return without_placeholders(text.translate(_BRACKETS))


def without_placeholders(text: str) -> str:
    """Return a text in which nothing is a placeholder of Zendesk's, such as ``{{ticket.id}}`` (M6).

    Zendesk fills them in; whether it does so in what comes by its API is documented nowhere. No one outside
    gets to use them: an invisible joiner parts the braces. What is cleaned is cleaned before.
    """
    return _PLACEHOLDER.sub("{\u2060", text) if "{" in text else text


def boolean(text: str, _country: str | None = None) -> bool:
    """Read a boolean (S3)."""
    word = text.lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise InvalidValue


class OneOf:
    """Reads one of some words, in any case, as it is written in ``words``."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self._by_lower = {word.lower(): word for word in words}

    def __call__(self, text: str, _country: str | None = None) -> str:
        """Read one of the words."""
        try:
            return self._by_lower[text.lower()]
        except KeyError:
            raise InvalidValue from None


def language(text: str, _country: str | None = None) -> str:
    """Read a language, or a language tag such as en-GB or zh_TW, as one of `LANGUAGES` (S7)."""
    if not _LANGUAGE_TAG.fullmatch(text):
        raise InvalidValue
    primary, *others = text.lower().replace("_", "-").split("-")
    if primary == "zh" and not _TRADITIONAL.isdisjoint(others):
        return "zh-TW"
    if primary not in LANGUAGES:
        raise InvalidValue
    return primary


class AnyOf:
    """Reads a comma-separated selection of some words; the value has them in the order of ``words``."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __call__(self, text: str, _country: str | None = None) -> tuple[str, ...]:
        """Read some of the words."""
        named = {word.strip().lower() for word in text.split(",")} - {""}
        if not named or not named <= set(self.words):
            raise InvalidValue
        return tuple(word for word in self.words if word in named)


def minutes(text: str, _country: str | None = None) -> float:
    """Read a number of minutes, 0 or more."""
    if not _MINUTES.fullmatch(text):
        raise InvalidValue
    number = float(text)
    return int(number) if number.is_integer() else number


def ticket_number(text: str, _country: str | None = None) -> int:
    """Read a ticket number; 0 asks for a new ticket (T1)."""
    if not _ID.fullmatch(text):
        raise InvalidValue
    return int(text)


def user_id(text: str, _country: str | None = None) -> int:
    """Read a Zendesk user id."""
    if not _ID.fullmatch(text) or int(text) == 0:
        raise InvalidValue
    return int(text)


def consent(text: str, country: str | None = None) -> str:
    """Read the consent to recording: optin or optout, or a boolean for the same."""
    word = text.lower().replace("-", "").replace("_", "")
    if word in ("optin", "optout"):
        return word
    return "optin" if boolean(text, country) else "optout"


def phone_number(text: str, country: str | None = None) -> str:
    """Read a phone number in any notation and return it in E.164 (S7)."""
    e164 = phone_numbers.to_e164(text, country)
    if e164 is None:
        raise InvalidValue
    return e164


def e164_number(text: str, _country: str | None = None) -> str:
    """Read a phone number that must be written in E.164 (S7)."""
    if not phone_numbers.is_e164(text):
        raise InvalidValue
    return text


def line_of_text(text: str, _country: str | None = None) -> str:
    """Read a text that is shown on one line, such as a name or a subject."""
    line = " ".join(without_markup(_INVISIBLE.sub("", clean(text))).split())[:LONGEST_LINE]
    if not _JOINERS.sub("", line).strip():
        raise InvalidValue
    return line


def email_address(text: str, _country: str | None = None) -> str:
    """Read an e-mail address; case does not matter, so it is returned in lower case."""
    if not _EMAIL.fullmatch(clean(text)) or clean(text) != text:
        raise InvalidValue
    return text.lower()


def field_key(text: str, _country: str | None = None) -> str:
    """Read the key of a Zendesk user field."""
    if not _FIELD_KEY.fullmatch(text):
        raise InvalidValue
    return text
