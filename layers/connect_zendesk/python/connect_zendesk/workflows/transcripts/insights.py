"""What Amazon Comprehend makes of a chat or of a transcription, for its comment (X3).

It is asked when the comment is written, so that nothing of its answers is kept; and where it does not answer
within three attempts, the comment is written without, and says so (X8).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from connect_zendesk.amazon_comprehend import (
    MOST_AT_ONCE,
    AmazonComprehend,
    Answer,
    ComprehendError,
    ComprehendLater,
    ComprehendRefused,
    Question,
)
from connect_zendesk.metrics import Metric
from connect_zendesk.observability import count, logger
from connect_zendesk.rules import wording
from connect_zendesk.rules.speech import plan as plans
from connect_zendesk.rules.speech.insights import Found, Tones
from connect_zendesk.rules.speech.pieces import pieces
from connect_zendesk.rules.transcripts.conversation import Insights, Role, Tone, Turn
from connect_zendesk.workflows.services import Services

_ATTEMPTS = 3
_BETWEEN_SECONDS = 1.0


@dataclass(frozen=True)
class Wanted:
    """What is to be found out of a conversation in a ``language`` (Comprehend's code).

    ``tones``: how each of these sides sounded; ``found``: what these sides spoke of. Empty: not that.
    """

    language: str
    tones: tuple[Role, ...] = ()
    found: tuple[Role, ...] = ()


def insights(services: Services, turns: Iterable[Turn], wanted: Wanted) -> Insights:
    """Return what Amazon Comprehend says of what was said. ``turns`` are gone through for each side."""
    sides = tuple(dict.fromkeys((*wanted.tones, *wanted.found)))
    if not sides:
        return Insights()
    if not plans.has(services.region, plans.COMPREHEND):
        return Insights(problems=(wording.NO_COMPREHEND_HERE,))
    asking = _Asking(services.comprehend, services.sleep, wanted.language)
    tones: dict[Role, Tone] = {}
    phrases, named = Found(), Found()
    try:
        for side in sides:
            sounded = Tones()
            for batch in _batches(pieces(turn for turn in turns if turn.role == side)):
                if side in wanted.tones:
                    asking.how_it_sounds(batch, sounded)
                if side in wanted.found:
                    asking.what_is_spoken_of(batch, phrases, named)
            if (tone := sounded.tone()) is not None:
                tones[side] = tone
    except ComprehendError as error:
        count(Metric.COMPREHEND_UNAVAILABLE)
        logger.warning("conversation not analysed by Amazon Comprehend", why=str(error))
        refused = isinstance(error, ComprehendRefused)
        return Insights(problems=(wording.COMPREHEND_REFUSED if refused else wording.COMPREHEND_FAILED,))
    return Insights(
        tones,
        tuple(phrase.text for phrase in phrases.best()),
        named.best(),
        (wording.COMPREHEND_IN_PART,) if asking.in_part else (),
    )


class _Asking:
    """Asks about batches of texts, three times at most; ``in_part``: of some there was no answer."""

    def __init__(self, comprehend: AmazonComprehend, sleep: Callable[[float], None], language: str) -> None:
        self._comprehend, self._sleep, self._language = comprehend, sleep, language
        self.in_part = False

    def how_it_sounds(self, batch: Sequence[str], sounded: Tones) -> None:
        """Add how each text of a batch sounds. Raises `ComprehendError`."""
        for answer in self._ask("sentiment", batch):
            weight = len(batch[answer.index].encode())
            sounded.add(answer.content.get("SentimentScore", {}), weight)

    def what_is_spoken_of(self, batch: Sequence[str], phrases: Found, named: Found) -> None:
        """Add the key phrases of a batch, and what is named in it. Raises `ComprehendError`."""
        for answer in self._ask("key phrases", batch):
            for one in answer.content.get("KeyPhrases", ()):
                phrases.add(one.get("Text", ""), one.get("Score", 0))
        for answer in self._ask("entities", batch):
            for one in answer.content.get("Entities", ()):
                named.add(one.get("Text", ""), one.get("Score", 0), one.get("Type", "OTHER"))

    def _ask(self, question: Question, batch: Sequence[str]) -> list[Answer]:
        """Return the answers that there are. Raises `ComprehendError`."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answers = list(self._comprehend.ask(question, batch, self._language))
            except ComprehendLater:
                if attempt == _ATTEMPTS:
                    raise
                self._sleep(_BETWEEN_SECONDS * attempt)
                continue
            self.in_part = self.in_part or len(answers) < len(batch)
            return answers
        raise AssertionError("there are attempts")


def _batches(texts: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(texts, MOST_AT_ONCE)):
        yield batch
