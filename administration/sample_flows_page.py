"""The page docs/sample-flows.md: the sample contact flows as pictures, and the attributes that they set."""

from collections.abc import Iterator

from administration.flow_drawing import drawing
from administration.markdown import NOTICE, code, codes, table
from connect_zendesk.rules.settings.registry import REGISTRY
from infra.flow_language.flow import Flow
from infra.sample_flows import SAMPLES, Sample

_PAGE = """\
# Sample contact flows

Flows that use all that the stack offers them, deployed on request, to be copied and changed. What to mind in
flows of your own is in the [author's guide](contact-flow-guide.md), the two functions in
[contact flow blocks](contact-flow-blocks.md).

| flow | type | output | for |
| --- | --- | --- | --- |
{flows}

## Have them deployed

1. In `deployment.toml`, set `connect_instance_arn`, `sample_flow_queue_arn` to the queue to which
they hand
   over, and `associate_flow_functions` to true, unless the two functions are on the instance's list by hand.
2. For the chat, build the [bot](contact-flow-guide.md#what-the-bot-needs), put its alias on the instance's
list, and
   set `sample_flow_bot_alias_arn`. Without it that flow is left out.
3. Where a partner verifies voices, put its function on the list and set `sample_flow_voice_function_arn`.
Without it
   the call goes on without.
4. Deploy. Then give *Inbound call* a phone number, *Outbound call* to the queue as its outbound whisper,
*Transfer to
   an agent* to a quick connect of the type user, and *Task* to the [rules for tasks](tasks.md).

A deployment replaces what was changed in these flows in the console: copy a flow before you change it.

## Attributes

Each attribute of the [settings](settings.md), and the sample that sets it. What no sample sets has its
default, or the app setting; where it would be set is in *italics*.

{attributes}

They also set these, which are no settings: {others}. What a partner's result does is in
[caller-authentication.md](caller-authentication.md).

{drawings}
"""

_NOT_IN_EFFECT = "Not in effect yet"
#: Where an attribute is set that no sample sets.
_ELSEWHERE = {
    "recent_ticket_timeout": "an inbound flow, before the queue",
    "pop_incoming": "an inbound flow, before the queue",
    "voice_comment": "a flow of calls, in or out",
    "download_recording": "a flow of calls, in or out",
    "customer_language": "a flow of calls or chats",
    "speech_analysis": "a flow of calls, in or out",
    "force_ticket_creation": "a flow that sets ticket_assignment",
    "pause_recording": "a flow of calls, in or out",
    "all_outbound": "an outbound whisper",
    "voiceid_field": "a flow that sets voiceid_enabled",
    "voiceid_status_field": "a flow that sets voiceid_enabled",
    "voiceid_auth_mode": "a flow that sets voiceid_enabled",
}

_DRAWING = """\
## {title}

{about} [`infra/flows/{name}.json`](../infra/flows/{name}.json)

```mermaid
{drawing}
```
"""


def page() -> str:
    """Return the page's text."""
    settings = {setting.name for setting in REGISTRY}
    return NOTICE + _PAGE.format(
        flows="\n".join(
            f"| {_link(sample)} | {sample.type} | `{sample.output}` | {sample.about} |" for sample in SAMPLES
        ),
        attributes=table(("attribute", "set in", "block", "to"), _settings()),
        others=codes(sorted({name for _, _, name, _ in _attributes()} - settings)),
        drawings="\n".join(
            _DRAWING.format(
                title=sample.title, about=sample.about, name=sample.name, drawing=drawing(sample.flow)
            )
            for sample in SAMPLES
        ).rstrip(),
    )


def attributes_of(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """Yield the contact attributes that a flow sets: block, name, value."""
    for block in flow.blocks.values():
        if block.type == "UpdateContactAttributes":
            for name, value in block.parameters.get("Attributes", {}).items():
                yield block.identifier, name, value


def _attributes() -> Iterator[tuple[Sample, str, str, str]]:
    for sample in SAMPLES:
        for block, name, value in attributes_of(sample.flow):
            yield sample, block, name, value


def _settings() -> Iterator[tuple[str, str, str, str]]:
    for setting in (each for each in REGISTRY if _NOT_IN_EFFECT not in each.purpose):
        found = [each for each in _attributes() if each[2] == setting.name]
        for sample, block, name, value in found:
            yield code(name), _link(sample), block, code(value)
        if not found:
            yield code(setting.name), f"*{_ELSEWHERE[setting.name]}*", "", ""


def _link(sample: Sample) -> str:
    """Return a link to a sample's drawing."""
    return f"[{sample.title}](#{sample.title.lower().replace(' ', '-')})"
