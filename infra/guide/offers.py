"""What is offered for each context value that is asked, by what was found and answered before."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.guide.found import AGENT_EVENTS, RECORDS, Connected, Instance, OwnStack

_INTEGRATION, _STORAGE, _ORIGIN = (
    f"AWS::Connect::{name}" for name in ("IntegrationAssociation", "InstanceStorageConfig", "ApprovedOrigin")
)
_ZENDESK = re.compile(r"https://[a-z0-9-]+\.zendesk\.com")


@dataclass(frozen=True)
class Situation:
    """What is known when a value is asked: ``answers`` are the context values so far, by name."""

    instances: Sequence[Instance]
    connected: Connected
    stack: OwnStack
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def instance(self) -> Instance | None:
        """The instance that was chosen, where it is one of those that were found."""
        chosen = self.answers.get("connect_instance_arn")
        return next((each for each in self.instances if each.arn == chosen), None)


@dataclass(frozen=True)
class Choice:
    """One answer that is offered: the value, and what it is to a reader."""

    value: str
    label: str


@dataclass(frozen=True)
class Offer:
    """What is offered for one value.

    Attributes:
        choices: the answers to choose among; none: a text is asked for.
        proposed: the answer that Enter takes; None: there is none, it has to be given.
        note: what the reader has to know about what was found.
        asked: False where there is nothing to choose: `proposed` is taken, and `note` said.
    """

    proposed: str | None
    choices: tuple[Choice, ...] = ()
    note: str = ""
    asked: bool = True


def _instance(situation: Situation) -> Offer:
    choices = tuple(
        Choice(each.arn, f"{each.alias or '(no alias)'}  {each.address}  {each.arn.rpartition('/')[2]}")
        for each in situation.instances
    )
    only = situation.instances[0].arn if len(situation.instances) == 1 else None
    return Offer(only, choices)


def _zendesk(situation: Situation) -> Offer:
    known = situation.stack.outputs.get("ZendeskUrl")
    seen = [origin for origin in situation.connected.origins if _ZENDESK.fullmatch(origin)]
    note = "It is among the instance's approved origins." if seen and not known else ""
    return Offer(known or next(iter(seen), None), note=note)


def _record_stream(situation: Situation) -> Offer:
    if situation.connected.storage_is_unknown:
        return Offer("")
    found = situation.connected.streams.get(RECORDS, "")
    delivery = situation.connected.deliveries.get(RECORDS, "")
    if delivery:
        return Offer(
            "",
            note=f"The instance sends its contact records to {delivery}, a Firehose, and can send them to one"
            " place only. Have it send them to a Kinesis data stream (Amazon Connect console, Data"
            " streaming),"
            " let that Firehose read the stream, and run `make configure` again.",
            asked=False,
        )
    if found and situation.stack.made_stream(found):
        return Offer("", note="The instance sends its contact records to this stack's stream.", asked=False)
    if found:
        return Offer(
            found,
            note=f"The instance sends its contact records to {found}: it is read beside its other readers.",
            asked=False,
        )
    return Offer("", note="The instance sends its contact records nowhere: a stream is made.", asked=False)


def _associate_stream(situation: Situation) -> Offer:
    connected, stack = situation.connected, situation.stack
    found = connected.streams.get(RECORDS, "")
    if situation.answers.get("record_stream_arn") or RECORDS in connected.deliveries:
        return Offer("false", asked=False)
    if found:  # it is the stack's own: made so, or connected by hand
        return Offer("true" if stack.resources.get(_STORAGE) else "false", asked=False)
    return _yes_or_no(proposed=not connected.storage_is_unknown)


def _agent_events(situation: Situation) -> Offer:
    if situation.connected.storage_is_unknown:
        return Offer("")
    found = situation.connected.streams.get(AGENT_EVENTS, "")
    delivery = situation.connected.deliveries.get(AGENT_EVENTS, "")
    if found:
        return Offer(found, note=f"The instance sends its agent events to {found}.", asked=False)
    why = f"go to a Firehose, {delivery}" if delivery else "are sent nowhere"
    return Offer(
        "",
        note=f"The instance's agent events {why}: tickets pop when a contact is accepted, and not while"
        f" it rings."
        " To change that, have it send them to a Kinesis data stream (Amazon Connect console, Data"
        " streaming),"
        " and run `make configure` again.",
        asked=False,
    )


def _buckets(situation: Situation) -> Offer:
    if situation.connected.storage_is_unknown:
        return Offer("")
    found = ",".join(situation.connected.buckets)
    if not found:
        return Offer("", note="The instance keeps no transcripts or recordings.", asked=False)
    choices = (Choice(found, found.replace(",", ", ")), Choice("", "none: no transcripts on tickets"))
    return Offer(found, choices)


def _bucket_keys(situation: Situation) -> Offer:
    if situation.connected.storage_is_unknown and situation.answers.get("contact_buckets"):
        return Offer("")
    found = situation.connected.keys if situation.answers.get("contact_buckets") else ()
    return Offer(",".join(found), note="\n".join(f"Encrypted with {key}." for key in found), asked=False)


def _functions(situation: Situation) -> Offer:
    own = [value for name, value in situation.stack.outputs.items() if name.endswith("FunctionArn")]
    if any(arn in situation.connected.functions for arn in own):
        by_stack = bool(situation.stack.resources.get(_INTEGRATION))
        return Offer("true" if by_stack else "false", note="They are on the list.", asked=False)
    return _yes_or_no(proposed=True)


def _sample_queue(situation: Situation) -> Offer:
    queues = situation.connected.queues
    if not queues:
        return Offer("", asked=False)
    choices = [Choice("", "no sample flows"), *(Choice(arn, name) for name, arn in sorted(queues.items()))]
    return Offer("", tuple(choices))


def _agent_app(_: Situation) -> Offer:
    return _yes_or_no(proposed=False)


def _approve_origin(situation: Situation) -> Offer:
    address = situation.answers.get("zendesk_url", "")
    if address not in situation.connected.origins:
        return Offer("true", asked=False)
    by_stack = bool(situation.stack.resources.get(_ORIGIN))
    note = "" if by_stack else f"{address} is among the instance's approved origins, and is left as it is."
    return Offer("true" if by_stack else "false", note=note, asked=False)


def _alarm_email(_: Situation) -> Offer:
    return Offer("")


def _yes_or_no(*, proposed: bool) -> Offer:
    return Offer(str(proposed).lower(), (Choice("true", "yes"), Choice("false", "no")))


#: In the order in which they are asked: each knows the answers before it.
OFFERS: Mapping[str, Callable[[Situation], Offer]] = {
    "connect_instance_arn": _instance,
    "zendesk_url": _zendesk,
    "record_stream_arn": _record_stream,
    "associate_record_stream": _associate_stream,
    "agent_event_stream_arn": _agent_events,
    "contact_buckets": _buckets,
    "contact_bucket_keys": _bucket_keys,
    "associate_flow_functions": _functions,
    "sample_flow_queue_arn": _sample_queue,
    "agent_app": _agent_app,
    "approve_zendesk_origin": _approve_origin,
    "alarm_email": _alarm_email,
}


def tidied(name: str, answer: str) -> str:
    """Return an answer as its context value is written: an address from a subdomain or a page of Zendesk."""
    text = answer.strip()
    if name != "zendesk_url" or not text:
        return text
    host = re.sub(r"^https?://", "", text.lower()).split("/")[0]
    return f"https://{host}" if "." in host else f"https://{host}.zendesk.com"
