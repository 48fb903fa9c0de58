"""The stand-in itself: one request in, one answer out, by the injected clock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import RLock
from typing import Any

from botocore.model import OperationModel

from local.stand_ins.aws import wire
from local.stand_ins.aws.throttling import Quotas
from local.stand_ins.comprehend import analysis
from local.stand_ins.comprehend.faults import ComprehendFaults
from local.stand_ins.comprehend.options import Options
from local.stand_ins.http.messages import Request, Response

Held = dict[str, Any]
Analyse = Callable[[str, str], Held]

_SERVICES = wire.Services("comprehend")
_ANALYSES: Mapping[str, Analyse] = {
    "DetectSentiment": analysis.sentiment,
    "DetectKeyPhrases": analysis.key_phrases,
    "DetectEntities": analysis.entities,
}
_TOO_LONG = "Input text size exceeds limit. Max length of request text allowed is {limit} bytes"
_FAILED = {"ErrorCode": "INTERNAL_SERVER_ERROR", "ErrorMessage": "The text could not be analysed"}


class Comprehend:
    """Amazon Comprehend's API: sentiment, key phrases and entities, of one text or of a batch.

    `clock` returns the time (aware, UTC); `requests` counts calls by operation; `faults`: what goes wrong.
    Operations that the project does not call are refused as unknown, with a 404.
    """

    def __init__(self, *, clock: Callable[[], datetime], options: Options | None = None) -> None:
        self._clock, self._lock = clock, RLock()
        self.options = options or Options()
        self.requests: Counter[str] = Counter()
        self.faults = ComprehendFaults(clock)
        self.replace({})

    def replace(self, world: Mapping[str, Any]) -> None:
        """Start over with counts and quotas. ValueError for a world: there is nothing to hold."""
        if world:
            raise ValueError("a world of Amazon Comprehend is empty: it keeps nothing")
        with self._lock:
            one, batch = self.options.detect_rate, self.options.batch_rate
            quotas = dict.fromkeys(_ANALYSES, one) | {f"Batch{name}": batch for name in _ANALYSES}
            self._quotas = Quotas(self._clock, quotas, one)
            self.requests.clear()

    def handle(self, request: Request) -> Response:
        """Answer a request as the service does. Raises AnswerLost where the connection is to break."""
        with self._lock:
            return self._answer(request)

    def snapshot(self) -> dict[str, Any]:
        """Return what there is to see: requests and faults."""
        with self._lock:
            return {"requests": dict(self.requests), "faults": self.faults.active()}

    def _answer(self, request: Request) -> Response:
        operation: OperationModel | None = None
        try:
            operation, _ = _SERVICES.operation_of(request)
            self.requests[operation.name] += 1
            self.faults.before(operation)
            if not self._quotas.take(operation.name):
                raise wire.RefusedError(wire.throttling_of(operation), "Rate exceeded")
            self._check_language(operation, request)
            asked = wire.parameters_of(operation, request, {})
            return self.faults.deliver(
                operation, wire.answer(operation, self._perform(operation.name, asked))
            )
        except wire.RefusedError as refused:
            return wire.refusal(operation, refused)

    def _perform(self, operation: str, asked: Mapping[str, Any]) -> Held:
        name = operation.removeprefix("Batch")
        analyse = _ANALYSES.get(name)
        if analyse is None:
            text = f"The stand-in does not know {operation}"
            raise wire.RefusedError("UnknownOperationException", text, 404)
        if name != operation:
            return self._batch(operation, asked, analyse)
        if not asked.get("Text"):
            raise wire.RefusedError("InvalidRequestException", "There is no text")
        limit = self.options.text_bytes if name == "DetectSentiment" else self.options.document_bytes
        if _size(asked["Text"]) > limit:
            raise _too_long(limit)
        return analyse(asked["Text"], asked["LanguageCode"])

    def _batch(self, operation: str, asked: Mapping[str, Any], analyse: Analyse) -> Held:
        texts, limit = asked["TextList"], self.options.text_bytes
        if len(texts) > self.options.texts:
            text = f"A batch has {self.options.texts} texts at most"
            raise wire.RefusedError("BatchSizeLimitExceededException", text)
        if not all(texts):
            raise wire.RefusedError("InvalidRequestException", "A text is empty")
        too_long = [number for number, text in enumerate(texts) if _size(text) > limit]
        if too_long and self.options.long_text_in_batch == "refused":
            raise _too_long(limit)
        failing = range(0, len(texts), 2) if self.faults.texts_fail(operation) else ()
        errors: list[Held] = [{"Index": number, **_FAILED} for number in failing if number not in too_long]
        message = _TOO_LONG.format(limit=limit)
        errors += [
            {"Index": number, "ErrorCode": "TEXT_SIZE_LIMIT_EXCEEDED", "ErrorMessage": message}
            for number in too_long
        ]
        failed = {error["Index"] for error in errors}
        results = [
            {"Index": number, **analyse(text, asked["LanguageCode"])}
            for number, text in enumerate(texts)
            if number not in failed
        ]
        return {"ResultList": results, "ErrorList": sorted(errors, key=lambda error: int(error["Index"]))}

    def _check_language(self, operation: OperationModel, request: Request) -> None:
        """Refuse a language that the model does not have with the service's own error for it."""
        shape = operation.input_shape.members.get("LanguageCode") if operation.input_shape else None
        try:
            content = json.loads(request.body or b"{}")
        except ValueError:
            return  # refused in what follows
        given = content.get("LanguageCode") if isinstance(content, dict) else None
        if shape is not None and isinstance(given, str) and given not in shape.enum:  # type: ignore[attr-defined]
            text = f"Value '{given}' at 'languageCode' is none of the supported languages"
            raise wire.RefusedError(self.options.unknown_language, text)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _too_long(limit: int) -> wire.RefusedError:
    return wire.RefusedError("TextSizeLimitExceededException", _TOO_LONG.format(limit=limit))
