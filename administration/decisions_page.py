"""The page docs/decisions.md: who the customer is and which ticket a contact gets (C, T)."""

from collections.abc import Mapping
from typing import Any

from administration.markdown import NOTICE, codes, table
from connect_zendesk.rules.contacts.customer import OF_A_CALL, OF_A_CHAT, OF_A_WEB_CALL, Problem, Way
from connect_zendesk.rules.contacts.facts import OLDEST_UNKNOWN
from connect_zendesk.rules.phone_numbers import WITHHELD
from connect_zendesk.rules.settings.registry import BY_NAME
from connect_zendesk.rules.tickets.decision_table import FORCED_RULES, RULES, Rule

_PAGE = """\
# Decisions

Which Zendesk ticket a contact gets, so that you can follow it by hand. The tables are those that the code
reads; the rule's id is in the log and in the ticket's call details beside each decision, and
`python -m local explain` shows the same for a contact record of your own. A rule's id is its
number in the [specification](specification.md).

## In short

1. Find the customer (below).
2. Read the first table from the top. The first row that applies decides; the rows below it are not looked at.
3. Where the row says that *the agent decides*, nothing is made while the contact lives. Once it has ended
   and no agent has attached it to a ticket, read the second table the same way.

Settings are named by their contact attribute or app setting; [settings.md](settings.md) says what each can
be and which value counts.

## Words

{words}

## Who is the customer

The first of these that is set decides, and the others are disregarded, whichever user it finds.

**A call.**

{of_a_call}

Where the caller's own number would decide and is withheld ({withheld}, or none at all), the customer is
anonymous, and no user is searched. What is given there and is no number, such as a name in a `sip:` address,
is an unrecognised customer, named by it; the same again is the same new user.

**A call without a number, from a browser or an app.**

{of_a_web_call}

Where none is set, the customer is anonymous.

**A chat.**

{of_a_chat}

Where none is set: rule C6 below.

**A task.** The requester of its given ticket. Without one: rule C3 below.

Suspended users never match. A user's direct line goes before a number that is shared. Where several users
are left, the customer is ambiguous. A new user is made only when a new ticket needs one; it is named by
`customer_name`, else by the number, else by the e-mail address. A user found by id who has no number gets
the customer's (C10), unless the customer is in doubt; no user's number is ever overwritten.

## Which ticket

{rules}

Contacts that began before `settle_from`, and those unknown here that ended over {days} days before their
record was written, are old ones whose records Amazon Connect sends again.

## When the contact has ended, and no agent has attached it

{forced}

*As if assignment were automatic*: read the first table again, and pass over the rows that leave the choice
to the agent.

The customer is *in doubt* when one of these rules left the ticket to the agent: {in_doubt}.
Whom or what it may have been about is listed on the ticket privately. The forced ticket waits a few
minutes, and an agent who attaches the contact later still wins.

## What is then done

These words stand for it in the log and in `explain`:

| action | meaning |
| --- | --- |
| `open` | The contact is reported on a ticket that exists. |
| `follow_up` | A new ticket that continues a closed one; the contact is reported there. |
| `create` | A new ticket for the requester that the rule names; the user is made first where there is none. |
| `leave_to_agent` | Nothing is made; the agent sees the ticket or the customer, and attaches the contact. |
| `none` | No ticket. |

A ticket of `create`, and one that an agent asks for, is given what the rules of
[`ticket_fields`](settings.md#what-a-new-ticket-is-given) set (T17): the log, `explain` and the ticket's
details name each rule that did. What Zendesk refuses of it is left out (T16).

Every later leg of the contact (a transfer, a conference) is reported on the same ticket, once.
"""

_WORDS = (
    ("recognised customer", "one Zendesk user matches"),
    ("unrecognised customer", "none does"),
    ("anonymous customer", "the caller withheld the number"),
    ("ambiguous customer", "several users match"),
    ("unknown customer", "unrecognised or anonymous"),
    ("automatic, manual", "`ticket_assignment` is `auto`, or `agent`"),
    (
        "given ticket",
        "the ticket that the flow names in `zendesk_ticket`; of a task, else the one in its name,"
        " `Zendesk-<number>`",
    ),
    (
        "recent ticket",
        "of the customer's tickets that are not closed and were created or updated in the"
        " `recent_ticket_timeout` minutes before the contact began, or since, the one updated last; for"
        " incoming contacts only",
    ),
)


#: The rule that leaves the choice to a person, by what the problem is.
_RULES_OF: Mapping[Problem, str] = {"unmatched chat": "C6", "unusable user": "C7"}
#: The parts of the specification that have these rules' numbers.
_PARTS = {"C": "c-who-is-the-customer", "T": "t-which-ticket"}


def _ways(ways: tuple[Way[Any], ...]) -> str:
    """Return ways of finding a customer as a table."""
    return table(
        ("what is set", "the customer", "no user is found"),
        [
            (
                codes([way.by]) if way.by in BY_NAME else way.by,
                way.says,
                _not_found(way),
            )
            for way in ways
        ],
    )


def _not_found(way: Way[Any]) -> str:
    if way.not_found == "pass on":
        return "the next that is set decides"
    return f"rule {_RULES_OF[way.not_found]} below" if way.not_found else "unrecognised"


def page() -> str:
    """Return the page's text."""
    return NOTICE + _PAGE.format(
        words=table(("Word", "Meaning"), _WORDS),
        withheld=", ".join(sorted(WITHHELD)),
        of_a_call=_ways(OF_A_CALL),
        of_a_web_call=_ways(OF_A_WEB_CALL),
        of_a_chat=_ways(OF_A_CHAT),
        rules=_table(RULES),
        forced=_table(FORCED_RULES),
        in_doubt=", ".join(sorted(rule.id for rule in RULES if rule.in_doubt)),
        days=OLDEST_UNKNOWN.days,
    )


def _linked(rule: str) -> str:
    """Return a rule's id with a link to the part of the specification that has its number."""
    return f"[{rule}](specification.md#{_PARTS[rule[0]]})"


def _table(rules: tuple[Rule, ...]) -> str:
    return table(
        ("", "Rule", "When", "Then", "Settings that matter"),
        (
            (str(number), _linked(rule.id), rule.when, rule.then, codes(rule.settings))
            for number, rule in enumerate(rules, 1)
        ),
    )
