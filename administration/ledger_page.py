"""The page docs/ledger.md: what is in the ledger's table, from the schema that the code uses (O6)."""

from datetime import timedelta

from administration.markdown import NOTICE, code, codes, table
from connect_zendesk.ledger.schema import (
    FIRST_RELEASES,
    KEEP,
    KEEP_IN_PROGRESS,
    KEEP_PERSONAL,
    KINDS,
    SCHEMA,
)

_PAGE = """\
# Ledger

One DynamoDB table: which ticket a contact has, what has been written and what is being written, who is on
what. It is what makes [every write happen once](architecture.md#what-happens-on-a-retry). This page is made
from [`ledger/schema.py`](../layers/connect_zendesk/python/connect_zendesk/ledger/schema.py), from which the
code takes every key.

Partition key `pk` and sort key `sk` are texts. There is no index, and nothing scans. What has expired counts
as not there, whether or not DynamoDB has deleted it yet.

## Attributes of every item

- `schema`: the layout of the item, a number. This release writes {schema}.
- `release`: the release that wrote it, as in the stack's output `Version`, for people who look for what a
  faulty release wrote. No code reads it.
- `version`: a number that grows by one with each write, from when the item was made, in milliseconds since
  1970. A write names the one it has read, and fails where another has been written since.
- `expires_at`: the time-to-live, in seconds since 1970.

The content is in attributes of its own, mostly one called `value`.

## Kinds of items

*Kept* is how long from the last write. *Personal data* is what says who somebody is, or what they said:
name, number, address, attributes, words. It is kept for {personal} at most. The rest is identifiers (of
contacts, tickets, users, agents, voiceprints and files) and what was decided; they lead to a person only
through Amazon Connect or Zendesk, and are erased there.

{kinds}

## Steps

A *step* is something that is done once, such as a ticket or a comment. It is an entry in the attribute
`steps` of the item that it belongs to: of the contact (*head*), of a leg, or of an item of its own, where it
is called `step`. In entries' names the contact's or leg's own id is left out.

| field | what it is |
| --- | --- |
| `status` | `claimed` until the lease ends at `until`; `released` where the attempt failed; `done` |
| `since` | when it was first claimed: Zendesk's audits are searched back to then |
| `attempt` | how often it has been claimed |
| `unknown` | an attempt may have written: Zendesk is asked before anything is written again |
| `notes` | what is kept of what it writes, nothing personal |
| `draft` | there is a *draft*: what it writes, to be written again as it is |
| `result` | of a step that is done, instead of all of the above |
| `expires_at` | an entry that is not done is forgotten then: {in_progress} after it was last claimed |

A lock is a step that is never done: claimed while a container is in it, and removed afterwards.

## Between releases

{releases}

A release reads the schema before its own:
[`ledger/schema_1.py`](../layers/connect_zendesk/python/connect_zendesk/ledger/schema_1.py) reads items of
schema 1, whose content was one text, with an item for each step of a contact, one for all its legs (`legs`),
one for each place a leg was reported to (`leg#…~…`) and one for each leg's files (`files#…`). An item is
written in the present schema when it next changes; what is never written again expires as it is, {keep}
after its last write.

An increase of `schema` needs a reader of the one before, and fixtures that the release before wrote: see
[`tests/fixtures/release_0_1_0`](../tests/fixtures/release_0_1_0/README.md).
"""

_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))
_WHOSE = {"": "no", "customer": "**of the customer**", "agent": "**of an agent**"}


def page() -> str:
    """Return the page's text."""
    return NOTICE + _PAGE.format(
        schema=SCHEMA,
        personal=_lasts(KEEP_PERSONAL),
        in_progress=_lasts(KEEP_IN_PROGRESS),
        keep=_lasts(KEEP),
        kinds=_kinds(),
        releases=table(
            ("Schema", "Written by releases since"),
            ((str(schema), release) for schema, release in sorted(FIRST_RELEASES.items())),
        ),
    )


def _kinds() -> str:
    return table(
        ("Kind", "Partition key", "Sort key", "What it holds", "Written by", "Kept", "Personal data"),
        (
            (
                kind.name,
                code(kind.partition),
                code(kind.sort),
                kind.holds,
                codes(kind.written_by),
                _lasts(kind.keep),
                _WHOSE[kind.personal],
            )
            for kind in KINDS
        ),
    )


def _lasts(duration: timedelta) -> str:
    """Return a duration as it is read, in the largest unit that it is a whole number of."""
    for unit, name in _UNITS:
        count, rest = divmod(duration, unit)
        if not rest:
            return f"{count} {name}{'' if count == 1 else 's'}"
    raise ValueError(f"not a whole number of minutes: {duration}")
