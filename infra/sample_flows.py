"""The sample contact flows in `infra/flows`: what each is for, and what has to be put into it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.flow_language.flow import Flow, read

FOLDER = Path(__file__).resolve().parent / "flows"
_PLACE = re.compile(r"\$\{(\w+)\}")

#: The places that outputs of the stack fill, by the function's folder.
FUNCTION_PLACES: Mapping[str, str] = {
    "CustomerLookupFunctionArn": "customer_lookup",
    "TicketFromFlowFunctionArn": "ticket_creation",
}
#: What stands in the place of a partner's function where there is none: flows cannot compare with nothing.
NO_FUNCTION = "none"


@dataclass(frozen=True)
class Sample:
    """One sample: its file, and what it is called, of which type, and for which contacts."""

    name: str
    title: str
    type: str
    about: str

    @property
    def text(self) -> str:
        """Its JSON, with places such as ``${QueueArn}``."""
        return (FOLDER / f"{self.name}.json").read_text("utf-8")

    @property
    def content(self) -> str:
        """The same as short as it can be."""
        return json.dumps(json.loads(self.text), separators=(",", ":"), ensure_ascii=False)

    @property
    def places(self) -> frozenset[str]:
        """The names of what has to be put in before it can be created."""
        return frozenset(_PLACE.findall(self.text))

    @property
    def output(self) -> str:
        """The stack's output with its ARN, which is its place in other samples too."""
        return "".join(word.capitalize() for word in self.name.split("-")) + "FlowArn"

    @property
    def flow(self) -> Flow:
        """It as a flow, its places as they are."""
        return read(self.text, name=self.name, flow_type=self.type)


#: In an order in which each comes after those whose ARNs are in it.
SAMPLES = (
    Sample(
        "after-the-call",
        "After the call",
        "CONTACT_FLOW",
        "The disconnect flow of a call: asks once how satisfied the caller is.",
    ),
    Sample(
        "voicemail",
        "Voicemail",
        "CONTACT_FLOW",
        "Records a message outside the queue's hours, and when no agent is staffed or the queue is full.",
    ),
    Sample(
        "inbound-call",
        "Inbound call",
        "CONTACT_FLOW",
        "Looks the caller up, has a partner verify the voice, speaks the open ticket and its status, lets"
        " the caller choose a ticket, asks for consent to recording, reads a new ticket's number out, and"
        " hands over.",
    ),
    Sample(
        "chat",
        "Chat",
        "CONTACT_FLOW",
        "Has a Lex bot ask who the customer is, looks them up, and hands over.",
    ),
    Sample(
        "task",
        "Task",
        "CONTACT_FLOW",
        "Hands a task of a Zendesk ticket over, an urgent one first; ends one whose ticket is solved by now.",
    ),
    Sample(
        "agent-transfer",
        "Transfer to an agent",
        "AGENT_TRANSFER",
        "The flow of a quick connect to an agent: says the contact's ticket, and waits for that agent.",
    ),
    Sample(
        "outbound-call",
        "Outbound call",
        "OUTBOUND_WHISPER",
        "The outbound whisper of a queue: says from which number its agents call.",
    ),
)
BY_NAME: Mapping[str, Sample] = {sample.name: sample for sample in SAMPLES}
