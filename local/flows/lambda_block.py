"""The Lambda block: what it sends, how long it waits, what a flow can read (facts/flow-language.md 4.1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from infra.flow_language.action_table import action_table
from local.flows.outcome import ERROR, Outcome
from local.flows.script import Happening
from local.flows.state import Function, State

#: Seconds that a block waits where it does not say: the console's own.
_TIME_LIMIT = 3
_FLAT = "STRING_MAP"


def invoke(
    parameters: Mapping[str, Any],
    happening: Happening,
    state: State,
    functions: Callable[[str, Mapping[str, Any]], Function | None],
) -> Outcome:
    """Do what a Lambda block does. The last answer is gone, whatever comes of this one."""
    arn = str(parameters.get("LambdaFunctionARN"))
    given = {
        name: _parameter(value)
        for name, value in (parameters.get("LambdaInvocationAttributes") or {}).items()
    }
    if (wrong := _too_long(parameters, happening, state)) is not None:
        return Outcome(error=ERROR, note=wrong)
    answer = happening.answer
    if answer is None:
        function = functions(arn, given)
        if function is None:
            return Outcome(error=ERROR, note=f"no function {arn} here: give it an answer")
        try:
            answer = function(state.contact.event(state.attributes, given))
        except Exception as error:  # noqa: BLE001 - the flow takes the error branch, whatever it is
            return Outcome(error=ERROR, note=f"the function failed: {type(error).__name__}")
    if parameters.get("InvocationType") == "ASYNCHRONOUS":
        return Outcome(note="not waited for")
    state.external = None
    kind = parameters.get("ResponseValidation", {}).get("ResponseType", _FLAT)
    if (wrong := what_is_wrong(answer, kind)) is not None:
        return Outcome(error=ERROR, note=wrong, answer=answer)
    state.external = answer
    return Outcome(answer=answer)


def what_is_wrong(answer: Any, kind: str) -> str | None:
    """Return why a flow cannot read an answer, by the block's ResponseType; None where it can."""
    if not isinstance(answer, dict):
        return "the answer is no map"
    if kind == _FLAT:
        nested = [name for name, value in answer.items() if not isinstance(value, str)]
        if nested:
            return f"{', '.join(map(str, nested))}: not a text, and the block expects a flat map of texts"
    size, largest = len(json.dumps(answer).encode()), action_table().limits["lambda_response_bytes"]
    return f"{size} bytes, of {largest}" if size > largest else None


def _too_long(parameters: Mapping[str, Any], happening: Happening, state: State) -> str | None:
    """Count the seconds that a function takes; return which limit is over, the block's or the chain's."""
    limit = int(parameters.get("InvocationTimeLimitSeconds", _TIME_LIMIT))
    state.silent_seconds += min(happening.seconds, limit)
    chain = action_table().limits["lambda_chain_seconds"]
    if happening.seconds > limit:
        return f"over its {limit} seconds"
    if state.silent_seconds > chain:
        return f"over the {chain} seconds of functions without a prompt between them"
    return None


def _parameter(value: Any) -> Any:
    return "" if value is None else value
