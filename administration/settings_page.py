"""The page docs/settings.md: everything that can be set, from the registry that is read (S1)."""

from typing import Any

from administration import toml
from administration.markdown import NOTICE, code, codes, table
from administration.registry import AppSetting, further_settings, native, new_defaults
from connect_zendesk.rules import wording
from connect_zendesk.rules.settings import readers
from connect_zendesk.rules.settings.registry import DEFAULTS, REGISTRY, Setting
from connect_zendesk.rules.settings.task_rules import LATEST_MINUTES, PRIORITIES, STATUSES, TYPES
from connect_zendesk.rules.settings.ticket_field_rules import (
    ANSWERED,
    ANY_VALUE,
    CHANNELS,
    DIRECTIONS,
    MISSED_KINDS,
    SENTIMENTS,
)
from connect_zendesk.rules.ticket_events import EVENTS
from connect_zendesk.rules.transcripts.analysis import NEGATIVE, NEUTRAL

_HEAD = """\
# Settings

What this connector does with a contact can be set in two places: by contact attributes, in your contact
flows, for the contact at hand; and by app settings, for all of them.

## Which value counts

Each setting takes its value from the first of these that has one:

1. The **contact attribute**, set in the contact flow.
2. The **app setting**, set by an administrator.
3. The **default**, which is built in.

```
contact attribute  ─►  app setting  ─►  default
   this contact         all contacts     built in
        │                    │               │
        └── the first that is set and can be read ──► the value
```

- *Not set*: an attribute or app setting that is missing, or holds one of these words, in any case:
  {not_set}, or nothing at all.
- An explicit `false` or `0` is a value: it counts, and the places below it are not looked at.
- *True* is any of {true}; *false* any of {false}, in any case.
- A value that cannot be read never fails a contact: the next place is used. The ticket's call details
  list it under *{ignored}*, and the log and a metric have it too.
- Phone numbers that are written without a country code are read as numbers of `default_country`, and
  compared in E.164. Where E.164 is asked for, nothing else is read: `+441632960100`, without spaces.
- Attributes that are not in the table below change nothing.

## Contact attributes

{attributes}

An attribute without an app setting says who this customer is or what this contact is about: there can be no
default for that.

## App settings that change a default

{defaults}

## Further app settings

These are for all contacts; no attribute goes over them.

{further}

### Agents who are not found by themselves

An agent's Zendesk user is found by the e-mail address in Amazon Connect (or the user name, where it is one),
else by an external id in Zendesk equal to the user name. `agent_map` is for the others:

```toml
{agent_map}```

### Contacts that no agent answered

`missed_contact_tickets` turns tickets on for these kinds: {missed}.

### Zendesk tickets that become tasks

`task_rules` is a list. For each ticket event it is read from the top, and the first enabled rule that fits
makes the task; where none fits, there is none. More examples, and what becomes of a task: [tasks](tasks.md).

```toml
{task_rules}```

- `name` is yours; no two rules may have the same. `enabled` is true unless you say false.
- `events` is one or more of the ticket events below.
- `when` is what the ticket must be like after the event. Every condition given must hold; without any, every
  ticket fits. A condition is one value, or a list of which one is enough.
- `task` has exactly one of `contact_flow`, `quick_connect` and `template`, by the id or ARN that Amazon
  Connect shows; and `schedule_in_minutes`, 0 (at once) to {latest}.

{conditions}

Ticket events: {events}.

### What a new ticket is given

`ticket_fields` is a list of rules for *new* tickets; a ticket that is opened, and a follow-up of a closed
one, keep their own. For each field the first enabled rule that fits the contact and has a value sets it; the
tags of all that fit are set. The ticket's details, and `explain`, say which rule set what.

What an analysis finds comes after the ticket, minutes or hours later: the categories of Contact Lens, and
how the customer felt. Rules with `category` or `sentiment` wait for that. They set `tags` and `fields` only,
in the update that writes the analysis, and only what is still empty then: what an agent, a trigger or another
rule has put into a field stays, and so does a tick in a checkbox. A group, a brand or a form is there from
the beginning, and by a priority or a type agents have worked already: a rule that sets one of these beside
`category` or `sentiment` is refused. Where an analysis stays off the ticket, nothing is set. Its comment says
which rule set what, and which field has kept its value.

```toml
{ticket_fields}```

- `name` is yours; no two rules may have the same. `enabled` is true unless you say false.
- `when` is what the contact must be like when the ticket is made, or the part of it that was analysed. Every
  condition given must hold; without any, every contact fits. A condition is one value, or a list of which one
  is enough; case does not matter.
- `set` is what the ticket is given.

{contact_conditions}

{ticket_values}

What Zendesk does not accept is left out, and the rest is set: the details say so. Where the agent is not in
the group, the ticket is assigned to the group and to no agent. What an attribute holds may be anybody's
words: it is put on one line, without markup and placeholders, into the field that a rule names. No log has
it. Whether your Zendesk has all that the rules name is checked when they are applied, and before by

```
make settings ARGS="check --account my.toml"
```

### Where a caller's authentication comes from

`caller_authentication` has `source`: `voice_id` takes the result from the contact record, `attributes` from
contact attributes that a partner's voice biometrics set. The names of those are `id_attribute`,
`status_attribute` and `result_attribute`.

```toml
{caller_authentication}```

## Changing app settings

The file `app_settings.toml` in this repository is what a first deployment starts from. What is live is data,
and no deployment overwrites it:

```
make settings ARGS="show" > my.toml     # what is live, to be edited
make settings ARGS="check my.toml"      # whether it can be applied; with --account, asks Zendesk too
make settings ARGS="diff my.toml"       # what it would change
make settings ARGS="apply my.toml"      # check, show the difference, ask, put it into force
```

A wrong value is refused with the field and the reason, here and by AWS AppConfig itself, and what was live
stays. A file holds all app settings: one that it does not name gets its default. Only `settle_from`, which
the first deployment sets to its own time, stays as it is until a file names it; `settle_from = "none"` takes
it away. Functions see a change within a minute or two.
"""


_CONDITIONS = (
    ("status", codes(STATUSES)),
    ("priority", codes(PRIORITIES)),
    ("type", codes(TYPES)),
    ("tags_any", "tags; the ticket has one of them"),
    ("tags_all", "tags; it has every one of them"),
    ("tags_none", "tags; it has none of them"),
    ("group", "Zendesk group ids"),
    ("brand", "Zendesk brand ids"),
    ("form", "Zendesk ticket form ids"),
    (
        "channel",
        "how the ticket was made, such as `web`, `email` or `api`; or as webhooks say it: `web_form`, `mail`,"
        " `web_service`",
    ),
)


_CONTACT_CONDITIONS = (
    ("channel", codes(CHANNELS)),
    ("direction", f"{codes(DIRECTIONS)}; an answered callback is inbound"),
    (
        "queue",
        "queues by name, id or ARN; as an agent accepts, Amazon Connect gives no name, so that rules for"
        " tickets that are made then have to have the id",
    ),
    (
        "kind",
        f"`{ANSWERED}` where an agent takes part, else {codes(MISSED_KINDS)}, which get tickets where"
        " `missed_contact_tickets` says so",
    ),
    (
        "attributes",
        f"contact attributes: name = value, or a list of values; `{ANY_VALUE}` is any that is set",
    ),
    (
        "category",
        "names of categories that Contact Lens, or Call Analytics, found: the rule waits for an analysis",
    ),
    (
        "sentiment",
        f"{codes(SENTIMENTS)}: how the customer felt over all; the rule waits for an analysis. Of a score"
        f" from -5 to 5, {NEGATIVE:g} and less is negative, more than {NEUTRAL:g} positive, the rest neutral."
        " Amazon Comprehend (`speech_analysis`) says it in these words, and it alone has mixed",
    ),
)
_TICKET_VALUES = (
    ("tags", "one tag, or a list of them"),
    ("group", "a Zendesk group id"),
    ("brand", "a Zendesk brand id"),
    ("form", "a Zendesk ticket form id"),
    ("priority", codes(PRIORITIES)),
    ("type", codes(TYPES)),
    (
        "fields",
        "ticket field id = value: a text, a whole number, true or false; of a drop-down the option's tag, of"
        ' a multi-select a list of tags; or `{ attribute = "name" }`, what that contact attribute holds',
    ),
)


def page() -> str:
    """Return the page's text."""
    examples = {setting.name: toml.written({setting.name: setting.example}) for setting in further_settings()}
    return NOTICE + _HEAD.format(
        not_set=codes(sorted(readers.NOT_SET - {""})),
        true=codes(sorted(readers.TRUE, key=lambda word: (-len(word), word))),
        false=codes(sorted(readers.FALSE, key=lambda word: (-len(word), word))),
        ignored=wording.IGNORED,
        attributes=_attributes(),
        defaults=_defaults(),
        further=_further(),
        missed=codes(MISSED_KINDS),
        conditions=table(("Condition", "Values"), ((code(name), text) for name, text in _CONDITIONS)),
        events=codes(EVENTS),
        latest=LATEST_MINUTES,
        agent_map=examples["agent_map"],
        task_rules=examples["task_rules"],
        ticket_fields=examples["ticket_fields"],
        contact_conditions=table(
            ("Condition", "Values"), ((code(name), text) for name, text in _CONTACT_CONDITIONS)
        ),
        ticket_values=table(("Set", "Values"), ((code(name), text) for name, text in _TICKET_VALUES)),
        caller_authentication=examples["caller_authentication"],
    )


def _attributes() -> str:
    return table(
        ("Attribute", "Values", "Default", "App setting", "What it does", "Example"),
        (
            (
                code(setting.name),
                setting.expected,
                _shown(native(setting.default)),
                _app_setting(setting),
                setting.purpose,
                code(setting.example),
            )
            for setting in REGISTRY
        ),
    )


def _app_setting(setting: Setting[Any]) -> str:
    if setting.name == "zendesk_ticket":
        return "`zendesk_ticket_attribute` (for its name)"
    return code(setting.app_setting) if setting.app_setting else "none"


def _defaults() -> str:
    return table(
        ("App setting", "Changes the default of", "Example"),
        (
            (code(setting.name), codes(changed.name for changed in DEFAULTS[setting.name]), _line(setting))
            for setting in new_defaults()
        ),
    )


def _further() -> str:
    return table(
        ("App setting", "Values", "Default", "What it does", "Example"),
        (
            (
                code(setting.name),
                setting.expected,
                _shown(setting.default),
                setting.purpose,
                "see below" if setting.is_table else _line(setting),
            )
            for setting in further_settings()
        ),
    )


def _line(setting: AppSetting) -> str:
    return code(toml.written({setting.name: setting.example}).strip())


def _shown(default: Any) -> str:
    """Return a default as it would be typed, or that there is none."""
    if default is None:
        return "not set"
    if isinstance(default, dict):
        return ", ".join(f"{name} = {code(str(content))}" for name, content in default.items())
    return code(default if isinstance(default, str) else toml.value(default))
