"""What has to change in the account for it to be as wanted: compared, nothing done yet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from administration.zendesk_setup.account import Account, Shown
from administration.zendesk_setup.wanted import (
    EVENT_PREFIX,
    EVENTS_WEBHOOK,
    MARK,
    TRIGGERS_WEBHOOK,
    Macro,
    UserField,
    Wanted,
    Webhook,
)


@dataclass(frozen=True)
class Step:
    """One change. ``sign``: + makes, ~ changes, - takes away. ``do`` does it."""

    sign: str
    text: str
    do: Callable[[], object] = field(repr=False, compare=False)


@dataclass
class Plan:
    """The changes in their order, and what stands in their way: with a problem nothing is done at all.

    ``webhooks``: by name, the id of each webhook that is there, or once its step is done. ``off``: those that
    are switched off, or are made so.
    """

    steps: list[Step] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    webhooks: dict[str, str] = field(default_factory=dict)
    off: list[Webhook] = field(default_factory=list)


def to_apply(account: Account, wanted: Wanted, *, take_over: bool) -> Plan:
    """Return what has to be made and changed. ``take_over``: a webhook of ours that sends elsewhere, too.

    Webhooks that are made begin switched off: they are switched on when the endpoint has their secrets.
    Raises `ZendeskError`.
    """
    plan = Plan()
    fields = account.user_fields() if wanted.fields else []
    for user_field in wanted.fields:
        _field(plan, account, user_field, fields)
    macros = account.macros() if wanted.macros else []
    for macro in wanted.macros:
        _macro(plan, account, macro, macros)
    webhooks = account.webhooks() if wanted.webhooks else []
    for webhook in wanted.webhooks:
        _webhook(plan, account, webhook, webhooks, take_over=take_over)
    return plan


def has_triggers(account: Account, address: str) -> bool:
    """Return whether a webhook for triggers was made for this endpoint. Raises `ZendeskError`."""
    return any(
        found["name"] == TRIGGERS_WEBHOOK and _same(found["endpoint"], address)
        for found in account.webhooks()
    )


def to_remove(account: Account, address: str, *, keep_fields: bool) -> Plan:
    """Return what of ours can be taken away: what has our mark, and of webhooks those to this endpoint.

    Raises `ZendeskError`.
    """
    plan = Plan()
    for found in account.webhooks():
        if found["name"] in (EVENTS_WEBHOOK, TRIGGERS_WEBHOOK) and _ours(found):
            if _same(found["endpoint"], address):
                _remove(plan, account, "webhook", found, f'webhook "{found["name"]}"')
            else:
                plan.problems.append(f'webhook "{found["name"]}" sends to {found["endpoint"]}: it stays')
    for found in filter(_ours, account.macros()):
        _remove(plan, account, "macro", found, f'macro "{found["title"]}"')
    for found in () if keep_fields else filter(_ours, account.user_fields()):
        _remove(
            plan, account, "user_field", found, f"user field {found['key']}, and what is in it of every user"
        )
    return plan


def _field(plan: Plan, account: Account, wanted: UserField, there: Iterable[Shown]) -> None:
    found = next((item for item in there if item["key"] == wanted.key), None)
    if found is None:
        plan.steps.append(
            Step("+", f"user field {wanted.key} (text)", lambda: account.add("user_field", wanted.asked()))
        )
    elif found["type"] != wanted.type:
        plan.problems.append(
            f"user field {wanted.key} is of the type {found['type']}, and has to be text: name another key"
            " in the app settings (docs/settings.md), or delete it in Admin Center"
        )
    elif not found.get("active", True):
        plan.problems.append(f"user field {wanted.key} is switched off: activate it in Admin Center")


def _macro(plan: Plan, account: Account, wanted: Macro, there: Iterable[Shown]) -> None:
    titled = [item for item in there if item["title"] == wanted.title]
    ours = [item for item in there if _ours(item) and _sets(item, wanted.tag)]
    found = next(iter([*ours, *titled]), None)
    for double in filter(lambda item: _is_as_made(item, wanted), ours[1:]):
        # Two users who ran this at the same time. What was made of a macro since, by hand, is not a double.
        _remove(plan, account, "macro", double, f'macro "{wanted.title}", made twice')
    if found is None:
        plan.steps.append(
            Step(
                "+",
                f'macro "{wanted.title}" (tag {wanted.tag})',
                lambda: account.add("macro", wanted.asked()),
            )
        )
    elif not found["active"] or not _sets(found, wanted.tag):
        if not _ours(found):
            plan.problems.append(f'macro "{wanted.title}" is not this project\'s: rename it in Admin Center')
            return
        number, asked = found["id"], {"active": True, "actions": wanted.actions}
        plan.steps.append(
            Step(
                "~", f'macro "{found["title"]}": switched on, sets the tag {wanted.tag}',
                lambda: account.change("macro", number, asked),
            )
        )  # fmt: skip


def _webhook(
    plan: Plan, account: Account, wanted: Webhook, there: Iterable[Shown], *, take_over: bool
) -> None:
    named = [item for item in there if item["name"] == wanted.name]
    here = [item for item in named if _same(item["endpoint"], wanted.endpoint)]
    if len(here) > 1:
        ids = ", ".join(str(item["id"]) for item in here)
        plan.problems.append(
            f'webhook "{wanted.name}" is there {len(here)} times ({ids}): delete all but one'
        )
    elif here:
        _update(plan, account, wanted, here[0])
    elif named and not take_over:
        plan.problems.append(
            f'webhook "{wanted.name}" sends to {named[0]["endpoint"]}, which is not this stack: if no other'
            " stack uses it, have it sent here with --take-over"
        )
    elif named:
        _update(plan, account, wanted, named[0])
    else:

        def make() -> None:
            plan.webhooks[wanted.name] = str(account.add("webhook", wanted.asked("inactive"))["id"])

        events = ", ".join(_short(wanted.subscriptions))
        plan.steps.append(Step("+", f'webhook "{wanted.name}" to {wanted.endpoint}: {events}', make))
        plan.off.append(wanted)


def _update(plan: Plan, account: Account, wanted: Webhook, found: Shown) -> None:
    number = str(found["id"])
    now, then = set(found["subscriptions"]), set(wanted.subscriptions)
    if (wanted.name == EVENTS_WEBHOOK) == any(not name.startswith("zen:") for name in now - {"*"}):
        plan.problems.append(
            f'webhook "{wanted.name}" is connected in another way: delete it in Admin Center'
        )
        return
    plan.webhooks[wanted.name] = number
    changes = [f"+ {name}" for name in _short(then - now)] + [f"- {name}" for name in _short(now - then)]
    if not _same(found["endpoint"], wanted.endpoint):
        changes.append(f"sends to {wanted.endpoint}")
    if found["status"] != "active":
        plan.off.append(wanted)
    if changes:
        plan.steps.append(
            Step(
                "~", f'webhook "{wanted.name}": {", ".join(changes)}',
                lambda: account.change("webhook", number, wanted.asked(found["status"])),
            )
        )  # fmt: skip


def _remove(plan: Plan, account: Account, kind: str, found: Shown, text: str) -> None:
    plan.steps.append(Step("-", text, lambda: account.remove(kind, found["id"])))


def _ours(found: Shown) -> bool:
    return MARK in (found.get("description") or "")


def _sets(macro: Shown, tag: str) -> bool:
    return any(
        action.get("field") == "current_tags" and tag in str(action.get("value")).split()
        for action in macro["actions"]
    )


def _is_as_made(macro: Shown, wanted: Macro) -> bool:
    return (
        macro["title"] == wanted.title
        and macro["actions"] == wanted.actions
        and not macro.get("restriction")
        and bool(macro["active"])
    )


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _short(names: Iterable[str]) -> list[str]:
    return sorted(name.removeprefix(EVENT_PREFIX) for name in names)
