"""What each type of block does, and which branch it takes (facts/flow-language.md 4 and 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from connect_zendesk.rules.phone_numbers import to_e164
from infra.flow_language.flow import Block
from local.flows.lambda_block import invoke
from local.flows.outcome import ERROR, Outcome
from local.flows.script import Happening
from local.flows.state import Function, State

#: Resolves the ARN of a function, with the block's parameters, to what answers; None where there is no such.
Functions = Callable[[str, Mapping[str, Any]], Function | None]


@dataclass(frozen=True)
class Visit:
    """One visit of a block: what it is given, references replaced, and what happens there."""

    block: Block
    parameters: Mapping[str, Any]
    happening: Happening
    state: State
    functions: Functions = field(repr=False)


def _say(visit: Visit) -> Outcome:
    outcome = _spoken(visit)
    visit.state.silent_seconds = 0
    return outcome


def _spoken(visit: Visit) -> Outcome:
    """Speak the block's text; SSML and prompts are for calls."""
    parameters, by_phone = visit.parameters, visit.state.contact.channel == "VOICE"
    if not by_phone and parameters.keys() & {"SSML", "PromptId"}:
        return Outcome(error=ERROR, note="only calls have SSML and prompts")
    if (ssml := parameters.get("SSML")) is None:
        return Outcome(said=parameters.get("Text"))
    try:
        return Outcome(said="".join(ElementTree.fromstring(ssml).itertext()).strip() or None)  # noqa: S314 - a flow's own
    except ElementTree.ParseError:
        return Outcome(error=ERROR, note="the SSML is no XML: a value in it has marks")


def _input(visit: Visit) -> Outcome:
    spoken = _spoken(visit)
    if spoken.error:
        return spoken
    keys = visit.happening.keys or ""
    if visit.parameters.get("StoreInput") == "True":
        return _stored(visit, keys, spoken.said)
    if not keys:
        return Outcome(error="InputTimeLimitExceeded", said=spoken.said)
    return Outcome(result=keys[0], said=spoken.said, note=f"key {keys[0]}")


def _stored(visit: Visit, keys: str, said: str | None) -> Outcome:
    validation = visit.parameters.get("InputValidation", {})
    sequence = visit.parameters.get("DTMFConfiguration", {}).get("InputTerminationSequence", "#")
    digits = keys.partition(sequence)[0]
    longest = int(validation.get("CustomValidation", {}).get("MaximumLength", 20))
    value = digits[:longest] or "Timeout"
    number = validation.get("PhoneNumberValidation")
    if number is not None and digits:
        found = to_e164(digits, number.get("CountryCode"))
        if found is None:
            return Outcome(error="InvalidPhoneNumber", said=said, note=f"keys {digits}")
        value = found
    visit.state.stored = value
    return Outcome(said=said, note=f"keys {digits}" if digits else "no key")


def _bot(visit: Visit) -> Outcome:
    said = visit.parameters.get("Text")
    intent, slots = visit.happening.intent, dict(visit.happening.slots or {})
    if intent is None:
        has_time_out = visit.block.error("InputTimeLimitExceeded") is not None
        return Outcome(error="InputTimeLimitExceeded" if has_time_out else "NoMatchingCondition", said=said)
    visit.state.lex = {
        "IntentName": intent,
        "Slots": slots,
        "SessionAttributes": {},
        "DialogState": "Fulfilled",
    }
    heard = ", ".join(f"{name} {value}" for name, value in slots.items())
    return Outcome(result=intent, said=said, note=f"{intent}: {heard}" if heard else intent)


def _function(visit: Visit) -> Outcome:
    return invoke(visit.parameters, visit.happening, visit.state, visit.functions)


def _compare(visit: Visit) -> Outcome:
    value = visit.parameters.get("ComparisonValue")
    shown = "not set" if value is None else f"is {value!r}"
    text = None if value is None else str(value)
    return Outcome(
        result=text, compared=True, note=f"{visit.block.parameters.get('ComparisonValue')} {shown}"
    )


def _loop(visit: Visit) -> Outcome:
    loops, name = visit.state.loops, visit.block.identifier
    if loops[name] < int(visit.parameters.get("LoopCount", 0)):
        loops[name] += 1
        return Outcome(result="ContinueLooping")
    loops[name] = 0
    return Outcome(result="DoneLooping")


def _check(default: str) -> Callable[[Visit], Outcome]:
    def check(visit: Visit) -> Outcome:
        found = visit.happening.result or default
        return Outcome(result=found, compared=True, note=f"found {found}")

    return check


def _set_attributes(visit: Visit) -> Outcome:
    given = visit.state.set_attributes(visit.parameters.get("Attributes", {}))
    if given is None:
        return Outcome(error=ERROR, note="more than a contact's attributes may be")
    return Outcome(attributes=given)


def _set_flow_attributes(visit: Visit) -> Outcome:
    given = {
        name: item.get("Value") or "" for name, item in visit.parameters.get("FlowAttributes", {}).items()
    }
    visit.state.flow_attributes.update(given)
    return Outcome(note=", ".join(f"{name} = {value}" for name, value in given.items()))


def _set_queue(visit: Visit) -> Outcome:
    chosen = visit.parameters.get("QueueId") or visit.parameters.get("AgentId")
    if not chosen:
        return Outcome(error=ERROR, note="no such queue or agent")
    visit.state.queue = str(chosen)
    return Outcome()


def _set_hooks(visit: Visit) -> Outcome:
    hooks = visit.parameters.get("EventHooks", {})
    visit.state.hooks.update(hooks)
    return Outcome(note=", ".join(hooks))


def _record(visit: Visit) -> Outcome:
    behaviour = visit.parameters.get("RecordingBehavior", {})
    recorded = list(behaviour.get("RecordedParticipants", ()))
    recorded += ["the flow"] if behaviour.get("IVRRecordingBehavior") == "Enabled" else []
    return Outcome(note=f"records {', '.join(recorded) or 'nothing'}")


def _to_queue(visit: Visit) -> Outcome:
    if not (visit.parameters.get("QueueId") or visit.state.queue):
        return Outcome(error=ERROR, note="no queue is set")
    return Outcome(ends="in the queue")


def _to_flow(visit: Visit) -> Outcome:
    return Outcome(ends="in another flow", flow=str(visit.parameters.get("ContactFlowId")))


def _ends(how: str) -> Callable[[Visit], Outcome]:
    return lambda _visit: Outcome(ends=how)


def _dead(_visit: Visit) -> Outcome:
    return Outcome(error=ERROR, note="Amazon Connect Voice ID has ended")


#: By type. What is not here succeeds and does nothing.
BEHAVIOURS: Mapping[str, Callable[[Visit], Outcome]] = {
    "MessageParticipant": _say,
    "GetParticipantInput": _input,
    "ConnectParticipantWithLexBot": _bot,
    "InvokeLambdaFunction": _function,
    "Compare": _compare,
    "Loop": _loop,
    "CheckHoursOfOperation": _check("True"),
    "CheckMetricData": _check("1"),
    "DistributeByPercentage": _check("1"),
    "Wait": _check("WaitCompleted"),
    "CheckOutboundCallStatus": _check("CallAnswered"),
    "UpdateContactAttributes": _set_attributes,
    "UpdateFlowAttributes": _set_flow_attributes,
    "UpdateContactTargetQueue": _set_queue,
    "UpdateContactEventHooks": _set_hooks,
    "UpdateContactRecordingBehavior": _record,
    "TransferContactToQueue": _to_queue,
    "DequeueContactAndTransferToQueue": _to_queue,
    "TransferToFlow": _to_flow,
    "TransferContactToAgent": _ends("with an agent"),
    "DisconnectParticipant": _ends("disconnected"),
    "EndFlowExecution": _ends("at the end of the flow"),
    "EndFlowModuleExecution": _ends("at the end of the module"),
    "CheckVoiceId": _dead,
    "StartVoiceIdStream": _dead,
}
