"""Flows that Amazon Connect refuses, each with what it says of them (facts/flow-language.md 0, 4, 6 and 9).

Each is an action that is put before a hang-up. What the service's words are not known for is in `OWN_WORDS`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

END = "Hang up"


@dataclass(frozen=True)
class Broken:
    """A broken action: what is wrong with it in words, and the problem's message and path."""

    about: str
    type: str
    parameters: Mapping[str, Any]
    message: str
    path: str
    errors: tuple[str, ...] = ("NoMatchingError",)
    conditions: tuple[tuple[str, str], ...] = ()
    next: str | None = END
    flow_type: str = "CONTACT_FLOW"

    @property
    def text(self) -> str:
        """The whole flow as JSON."""
        return flow_text(self.action)

    @property
    def action(self) -> dict[str, Any]:
        """The action as JSON has it."""
        transitions: dict[str, Any] = {"NextAction": self.next} if self.next else {}
        if self.errors:
            transitions["Errors"] = [{"ErrorType": kind, "NextAction": END} for kind in self.errors]
        if self.conditions:
            transitions["Conditions"] = [
                {"NextAction": END, "Condition": {"Operator": operator, "Operands": [operand]}}
                for operator, operand in self.conditions
            ]
        return {
            "Identifier": "It",
            "Type": self.type,
            "Parameters": dict(self.parameters),
            "Transitions": transitions,
        }


def flow_text(*actions: Mapping[str, Any], **document: Any) -> str:
    """Return a flow of some actions and a hang-up."""
    hang_up = {"Identifier": END, "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
    whole: dict[str, Any] = {
        "Version": "2019-10-30",
        "StartAction": actions[0]["Identifier"] if actions else END,
        "Metadata": {},
        "Actions": [*actions, hang_up],
    }
    return json.dumps(whole | document)


LAMBDA = {
    "LambdaFunctionARN": "arn:aws:lambda:eu-west-2:111122223333:function:f",
    "InvocationTimeLimitSeconds": "8",
}
MENU = {"Text": "Press 1.", "InputTimeLimitSeconds": "5", "StoreInput": "False"}
MENU_ERRORS = ("NoMatchingCondition", "InputTimeLimitExceeded", "NoMatchingError")
STORE = MENU | {"StoreInput": "True", "InputValidation": {"CustomValidation": {"MaximumLength": "10"}}}
BOT = {
    "Text": "Who is it?",
    "LexV2Bot": {"AliasArn": "arn:aws:lex:eu-west-2:111122223333:bot-alias/A/B"},
}
QUEUED = ("QueueAtCapacity", "NoMatchingError")
COMPARED = {"ComparisonValue": "$.External.status"}
ONE = (("Equals", "1"),)

BROKEN = (
    Broken(
        "a type that there is not", "PlayPrompt", {"Text": "Hello"}, "Invalid Action type", "Actions[0].Type"
    ),
    Broken(
        "a page's wrong spelling of a type",
        "UnTagContact",
        {"TagKeys": ["a"]},
        "Invalid Action type",
        "Actions[0].Type",
    ),
    Broken(
        "a JSON boolean",
        "GetParticipantInput",
        STORE | {"DTMFConfiguration": {"DisableCancelKey": True}},
        "Invalid Action type",
        "Actions[0].Parameters.DTMFConfiguration.DisableCancelKey",
    ),
    Broken(
        "a queue in the block that transfers",
        "TransferContactToQueue",
        {"QueueId": "arn:aws:connect:…:queue/1"},
        "Invalid Action property name",
        "Actions[0].Parameters.QueueId",
        QUEUED,
    ),
    Broken(
        "the page's name for a time limit",
        "Wait",
        {"TimeoutSeconds": "60", "TimeLimitSeconds": "60"},
        "Invalid Action property name",
        "Actions[0].Parameters.TimeoutSeconds",
        conditions=(("Equals", "WaitCompleted"),),
    ),
    Broken(
        "validation of what is not stored",
        "GetParticipantInput",
        MENU | {"InputValidation": {"CustomValidation": {"MaximumLength": "10"}}},
        "Invalid Action property name",
        "Actions[0].Parameters.InputValidation",
        MENU_ERRORS,
    ),
    Broken(
        "a response that is an object",
        "InvokeLambdaFunction",
        LAMBDA | {"ResponseValidation": {"ResponseType": "JSON_OBJECT"}},
        "Invalid Action property value",
        "Actions[0].Parameters.ResponseValidation.ResponseType",
    ),
    Broken(
        "longer than a function may take",
        "InvokeLambdaFunction",
        LAMBDA | {"InvocationTimeLimitSeconds": "9"},
        "Invalid Action property value",
        "Actions[0].Parameters.InvocationTimeLimitSeconds",
    ),
    Broken(
        "an empty parameter of a function",
        "InvokeLambdaFunction",
        LAMBDA | {"LambdaInvocationAttributes": {"search_by": ""}},
        "Invalid Action property value",
        "Actions[0].Parameters.LambdaInvocationAttributes.search_by",
    ),
    Broken(
        "a comparison of a word",
        "Compare",
        {"ComparisonValue": "ok"},
        "Invalid Action property value",
        "Actions[0].Parameters.ComparisonValue",
        ("NoMatchingCondition",),
        ONE,
    ),
    Broken(
        "a comparison of a whole answer",
        "Compare",
        {"ComparisonValue": "$.External"},
        "Invalid Action property value",
        "Actions[0].Parameters.ComparisonValue",
        ("NoMatchingCondition",),
        ONE,
    ),
    Broken(
        "a reference to what there is not",
        "Compare",
        {"ComparisonValue": "$.Nonsense.status"},
        "Invalid Action property value",
        "Actions[0].Parameters.ComparisonValue",
        ("NoMatchingCondition",),
        ONE,
    ),
    Broken(
        "a reference where only a word can stand",
        "GetParticipantInput",
        MENU | {"InputTimeLimitSeconds": "$.Attributes.seconds"},
        "Invalid Action property value",
        "Actions[0].Parameters.InputTimeLimitSeconds",
        MENU_ERRORS,
    ),
    Broken(
        "a function's ARN with something around it",
        "InvokeLambdaFunction",
        LAMBDA | {"LambdaFunctionARN": "arn:aws:lambda:$.AwsRegion:111122223333:function:f"},
        "Invalid Action property value",
        "Actions[0].Parameters.LambdaFunctionARN",
    ),
    Broken(
        "more loops than there may be",
        "Loop",
        {"LoopCount": "101"},
        "Invalid Action property value",
        "Actions[0].Parameters.LoopCount",
        (),
        (("Equals", "ContinueLooping"), ("Equals", "DoneLooping")),
    ),
    Broken(
        "no function",
        "InvokeLambdaFunction",
        {"InvocationTimeLimitSeconds": "8"},
        "Action is missing required property",
        "Actions[0].Parameters.LambdaFunctionARN",
    ),
    Broken(
        "input of which it is not said whether it is stored",
        "GetParticipantInput",
        {"Text": "Press 1.", "InputTimeLimitSeconds": "5"},
        "Action is missing required property",
        "Actions[0].Parameters.StoreInput",
    ),
    Broken(
        "a local number without its country",
        "GetParticipantInput",
        MENU
        | {"StoreInput": "True", "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "Local"}}},
        "Action is missing required property",
        "Actions[0].Parameters.InputValidation.PhoneNumberValidation.CountryCode",
        ("NoMatchingError", "InvalidPhoneNumber"),
    ),
    Broken(
        "a transfer without the branch of a full queue",
        "TransferContactToQueue",
        {},
        "Action is missing required error",
        "Actions[0].Transitions.Errors",
    ),
    Broken(
        "a menu without the branch of a time-out",
        "GetParticipantInput",
        MENU,
        "Action is missing required error",
        "Actions[0].Transitions.Errors",
        ("NoMatchingCondition", "NoMatchingError"),
    ),
    Broken(
        "flow attributes without the branch that the page does not name",
        "UpdateFlowAttributes",
        {"FlowAttributes": {"a": {"Value": "1"}}},
        "Action is missing required error",
        "Actions[0].Transitions.Errors",
        (),
    ),
    Broken(
        "a time-out of input that is stored",
        "GetParticipantInput",
        STORE,
        "Invalid Action error",
        "Actions[0].Transitions.Errors[1]",
        ("NoMatchingError", "InputTimeLimitExceeded"),
    ),
    Broken(
        "a comparison that can fail",
        "Compare",
        COMPARED,
        "Invalid Action error",
        "Actions[0].Transitions.Errors[1]",
        ("NoMatchingCondition", "NoMatchingError"),
        ONE,
    ),
    Broken(
        "an error of a block that takes none",
        "UpdateContactRecordingBehavior",
        {"RecordingBehavior": {"RecordedParticipants": []}},
        "Invalid Action error",
        "Actions[0].Transitions.Errors[0]",
    ),
    Broken(
        "something after the end",
        "DisconnectParticipant",
        {},
        "Action does not support transitions",
        "Actions[0].Transitions",
        (),
    ),
    Broken(
        "conditions on a function's answer",
        "InvokeLambdaFunction",
        LAMBDA,
        "Action does not support conditions",
        "Actions[0].Transitions.Conditions",
        conditions=ONE,
    ),
    Broken(
        "keys of a menu where input is stored",
        "GetParticipantInput",
        STORE,
        "Action does not support conditions",
        "Actions[0].Transitions.Conditions",
        conditions=ONE,
    ),
    Broken(
        "a text and a prompt",
        "MessageParticipant",
        {"Text": "Hello", "SSML": "<speak>Hello</speak>"},
        "Only one of these properties may be defined",
        "Actions[0].Parameters",
    ),
    Broken(
        "a queue and an agent",
        "UpdateContactTargetQueue",
        {"QueueId": "q", "AgentId": "a"},
        "Only one of these properties may be defined",
        "Actions[0].Parameters",
    ),
    Broken(
        "nothing to say",
        "MessageParticipant",
        {},
        "At least one of [PromptId, Text, SSML, Media] must be set",
        "Actions[0].Parameters",
    ),
    Broken(
        "no data to set",
        "UpdateContactData",
        {"TargetContact": "Current"},
        "At least one of [Name, Description, LanguageCode, CustomerId, References, WisdomSessionArn,"
        " IsVoiceIdStreamingEnabled] must be set",
        "Actions[0].Parameters",
    ),
    Broken(
        "an attribute that is cleared",
        "UpdateContactAttributes",
        {"Attributes": {"zendesk_ticket": ""}},
        "Empty value in Parameters.Attributes",
        "Actions[0].Parameters.Attributes.zendesk_ticket",
    ),
    Broken(
        "a comparison with nothing",
        "Compare",
        COMPARED,
        "Invalid branch",
        "Actions[0].Transitions.Conditions[0]",
        ("NoMatchingCondition",),
        (("Equals", ""),),
    ),
    Broken(
        "the page's name of an operator",
        "Compare",
        COMPARED,
        "Invalid branch",
        "Actions[0].Transitions.Conditions[0]",
        ("NoMatchingCondition",),
        (("NumericLessThan", "1"),),
    ),
    Broken(
        "the page's names of a loop's branches",
        "Loop",
        {"LoopCount": "2"},
        "Invalid branch",
        "Actions[0].Transitions.Conditions[2]",
        (),
        (("Equals", "ContinueLooping"), ("Equals", "DoneLooping"), ("Equals", "Done")),
    ),
    Broken(
        "a menu of two digits",
        "GetParticipantInput",
        MENU,
        "Invalid branch",
        "Actions[0].Transitions.Conditions[0]",
        MENU_ERRORS,
        (("Equals", "12"),),
    ),
    Broken(
        "more than whether agents are there",
        "CheckMetricData",
        {"MetricType": "NumberOfAgentsAvailable"},
        "Invalid branch",
        "Actions[0].Transitions.Conditions[0]",
        ("NoMatchingCondition", "NoMatchingError"),
        (("NumberGreaterThan", "3"),),
    ),
    Broken(
        "prompts in a loop outside a queue",
        "MessageParticipantIteratively",
        {"Messages": [{"Text": "Please wait."}]},
        "MessageParticipantIteratively is not supported in contact flow type CONTACT_FLOW",
        "Actions[0]",
    ),
    Broken(
        "a hang-up in a whisper",
        "GetParticipantInput",
        STORE,
        "GetParticipantInput is not supported in contact flow type AGENT_WHISPER",
        "Actions[0]",
        flow_type="AGENT_WHISPER",
    ),
)

#: What is refused as well, in words that are ours: how Amazon Connect says it is not known.
OWN_WORDS = (
    Broken(
        "no way on", "MessageParticipant", {"Text": "Hello"}, "Action is missing required transition",
        "Actions[0].Transitions.NextAction", next=None,
    ),
    Broken(
        "a loop that is never done", "Loop", {"LoopCount": "2"}, "Action is missing required condition",
        "Actions[0].Transitions.Conditions", (), (("Equals", "ContinueLooping"),),
    ),
    Broken(
        "a comparison with no condition", "Compare", COMPARED, "Action is missing required condition",
        "Actions[0].Transitions.Conditions", ("NoMatchingCondition",),
    ),
)  # fmt: skip
