"""`zendesk`: shows what setting up Zendesk would change, does it, renews secrets, takes it away again."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from administration.live_settings import STACK
from administration.zendesk_setup import agent_app
from administration.zendesk_setup.account import Account
from administration.zendesk_setup.agent_app import AppNotInstalled
from administration.zendesk_setup.place import (
    Place,
    SetupError,
    explained,
    open_local_place,
    open_place,
)
from administration.zendesk_setup.plan import Plan, Step, has_triggers, to_apply, to_remove
from administration.zendesk_setup.wanted import Webhook, wanted
from connect_zendesk.workflows.webhooks.endpoint import KEYS_READ_AGAIN
from connect_zendesk.zendesk.errors import NotFound, ZendeskError
from connect_zendesk.zendesk.webhook_keys import SigningSecret, WebhookKeys

DESCRIPTION = """\
What this project needs in Zendesk: a webhook that reports tickets, two user fields for voice authentication,
three macros by which agents attach contacts, and the agent app, where the stack has it. Run `apply` once
after the deployment, and again after the task rules of the app settings have changed: it changes what is
different, and makes nothing twice.
"""

#: For as long a signing secret is good after it has been replaced: longer than Zendesk repeats a delivery.
OLD_SECRET_STAYS = timedelta(hours=1)
#: A rotation takes some seconds; until this is over, deliveries with a secret not known yet are repeated.
_ROTATION = timedelta(minutes=2)
_HALF_ROTATED = """\
Zendesk may sign with a new secret by now that the endpoint does not have. When that is solved, at once:
  make zendesk ARGS="apply", which fetches it"""

Say = Callable[[str], None]
Ask = Callable[[str], str]


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's own commands and options."""
    commands = parser.add_subparsers(dest="what", required=True)
    where = ArgumentParser(add_help=False)
    where.add_argument("--local", action="store_true", help="what `make up` runs here, not AWS")
    where.add_argument("--stack", default=STACK, help=f"the CloudFormation stack ({STACK})")
    where.add_argument("--profile", help="the AWS profile (the variable AWS_PROFILE)")
    where.add_argument("--region", default=os.environ.get("AWS_REGION"), help="the variable AWS_REGION")
    how = ArgumentParser(add_help=False)
    how.add_argument("--triggers", action="store_true", help="a second webhook, for triggers and automations")
    how.add_argument("--take-over", action="store_true", help="a webhook of ours that sends elsewhere, too")
    how.add_argument("--account", type=int, help="the Zendesk account's id: events of no other are taken")
    sure = ArgumentParser(add_help=False)
    sure.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("plan", parents=[where, how], help="what `apply` would change; changes nothing")
    package = commands.add_parser(
        "package", parents=[where], help="write the agent app's package to a file, to install it by hand"
    )
    package.add_argument("file", type=Path, help="where to, such as agent_app.zip")
    commands.add_parser("apply", parents=[where, how, sure], help="show it, ask, do it")
    commands.add_parser(
        "rotate", parents=[where, sure], help="new signing secrets; the old stay good a while"
    )
    remove = commands.add_parser("remove", parents=[where, sure], help="take away what `apply` made")
    remove.add_argument("--keep-fields", action="store_true", help="leave the user fields and their values")


def run(options: Namespace, *, say: Say, ask: Ask) -> bool:
    """Run one command; returns whether all that was asked for was done. Raises SetupError."""
    place = (
        open_local_place() if options.local else open_place(options.stack, options.profile, options.region)
    )
    return perform(options, place, say=say, ask=None if getattr(options, "yes", False) else ask)


def perform(
    options: Namespace,
    place: Place,
    *,
    say: Say,
    ask: Ask | None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Do what `run` does, with this stack. Raises SetupError."""
    try:
        match options.what:
            case "plan":
                return _show(_plan(options, place, clock()), say)
            case "apply":
                return _apply(options, place, say, ask, clock)
            case "package":
                return _package(options.file, place, say)
            case "rotate":
                return _rotate(place, say, ask, clock, sleep)
            case _:
                return _remove(options, place, say, ask)
    except (ZendeskError, BotoCoreError, ClientError) as error:
        raise SetupError(explained(error)) from error


def _plan(options: Namespace, place: Place, now: datetime) -> Plan:
    triggers = options.triggers or has_triggers(place.account, place.address)
    needed = wanted(place.app, place.address, triggers=triggers)
    plan = to_apply(place.account, needed, take_over=options.take_over)
    if plan.problems:
        return plan
    new = any(webhook.name not in plan.webhooks for webhook in needed.webhooks)
    keys = Step(
        "~", "the stack's secret: signing secrets, and who the connector is in Zendesk",
        lambda: place.keys.write(_keys(options, place, plan, now)),
    )  # fmt: skip
    if (plan.webhooks or not new) and _keys(options, place, plan, now) != place.keys.read():
        # Before a webhook that is there is made to send here, the endpoint knows what it signs with.
        plan.steps.insert(0, keys)
    if new:
        plan.steps.append(keys)
    # Only now, for the same reason.
    plan.steps += [_switch_on(place.account, plan, webhook) for webhook in plan.off]
    if place.agent_app is not None:
        agent_app.to_apply(place.account, place.agent_app, plan, take_over=options.take_over)
    return plan


def _switch_on(account: Account, plan: Plan, webhook: Webhook) -> Step:
    def do() -> None:
        account.change("webhook", plan.webhooks[webhook.name], webhook.asked("active"))

    is_there = webhook.name in plan.webhooks
    which = f'webhook "{webhook.name}"' if is_there else "that webhook, whose secret the endpoint has by then"
    return Step("~", f"{which}: switched on", do)


def _keys(options: Namespace, place: Place, plan: Plan, now: datetime) -> WebhookKeys:
    """Return what the secret has to hold: of a signing secret that has changed, the old one for a while.

    The secrets of webhooks that were made by hand, and put there by hand, stay.
    """
    there = place.keys.read()
    webhooks = dict(there.webhooks)
    for number in plan.webhooks.values():
        secret, known = place.account.signing_secret(number), there.webhooks.get(number)
        if known is None or known.secret == secret:
            webhooks[number] = known or SigningSecret(secret)
        else:
            webhooks[number] = SigningSecret(secret, known.secret, now + OLD_SECRET_STAYS)
    return WebhookKeys(
        webhooks,
        account=options.account or there.account,
        integration_user=place.account.integration_user(),
    )


def _apply(
    options: Namespace, place: Place, say: Say, ask: Ask | None, clock: Callable[[], datetime]
) -> bool:
    plan = _plan(options, place, clock())
    if not _show(plan, say):
        return False
    if plan.steps and not (_sure(ask, "Do this in Zendesk? [y/N] ", say) and _do(plan, say)):
        return False
    _say_app(place, say)
    return True


def _say_app(place: Place, say: Say) -> None:
    """Say which id the agent app has, where the app settings do not name it: calls go by it (M5)."""
    app = place.agent_app.secret.read().app if place.agent_app is not None else None
    if app is not None and app != place.app.zendesk_app_id:
        say(
            f"The agent app is app {app}. With zendesk_app_id = {app} in the app settings, calls are put on"
            " tickets through Zendesk's Calls API, in place of voice comments (docs/calls.md)."
        )


def _remove(options: Namespace, place: Place, say: Say, ask: Ask | None) -> bool:
    plan = to_remove(place.account, place.address, keep_fields=options.keep_fields)
    stays, plan.problems = plan.problems, []
    if place.keys.read().webhooks:
        forgotten = WebhookKeys(account=place.keys.read().account)
        plan.steps.append(
            Step("-", "the stack's secret: what webhooks sign with", lambda: place.keys.write(forgotten))
        )
    if place.agent_app is not None:
        agent_app.to_remove(place.account, place.agent_app, plan)
    for line in stays:
        say(f"  = {line}")
    _show(plan, say)
    return not plan.steps or (_sure(ask, "Take this away? [y/N] ", say) and _do(plan, say))


def _package(file: Path, place: Place, say: Say) -> bool:
    if place.agent_app is None:
        raise SetupError(
            "This stack has no agent app: deploy it with agent_app set to true (README, Deploy)."
        )
    file.write_bytes(agent_app.package(place.agent_app.address))
    say(
        f"Written to {file}. Upload it in Admin Center (Apps and integrations, Zendesk Support apps, Upload"
        " private app); then put the ids of app and installation, and its public key, into the secret"
        f" {place.agent_app.secret.arn} (SECURITY.md)."
    )
    return True


def _rotate(
    place: Place,
    say: Say,
    ask: Ask | None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> bool:
    there = place.keys.read()
    if not there.webhooks:
        say("There is no webhook yet. Make it with: apply")
        return False
    if not _sure(ask, f"New signing secrets for {len(there.webhooks)} webhooks? [y/N] ", say):
        return False
    # From the time of the change on, Zendesk signs with what is not known here yet: the endpoint has to ask
    # for retries of such deliveries, and to read its secret again.
    say("  the endpoint is prepared ...")
    place.keys.write(replace(there, rotating_until=clock() + _ROTATION))
    sleep(KEYS_READ_AGAIN.total_seconds() + 1)
    webhooks = dict(there.webhooks)
    for number, signing in there.webhooks.items():
        try:
            secret = place.account.new_signing_secret(number)
            webhooks[number] = SigningSecret(secret, signing.secret, clock() + OLD_SECRET_STAYS)
            place.keys.write(replace(there, webhooks=webhooks, rotating_until=clock() + _ROTATION))
        except NotFound:
            say(f"  = webhook {number} is not in this account: its secret stays")
            continue
        except (ZendeskError, BotoCoreError, ClientError) as error:
            raise SetupError(f"webhook {number}: {explained(error)}\n{_HALF_ROTATED}") from error
        say(f"  ~ webhook {number}: new signing secret")
    place.keys.write(replace(there, webhooks=webhooks, rotating_until=None))
    if place.agent_app is not None:
        agent_app.renew_sessions(place.agent_app)
        say("  ~ agent app: new session key; agents reload their pages")
    say("Done. The old secrets are good for another hour.")
    return True


def _show(plan: Plan, say: Say) -> bool:
    """Say what a plan comes to; returns whether it can be done."""
    for step in plan.steps:
        say(f"  {step.sign} {step.text}")
    for problem in plan.problems:
        say(f"  ! {problem}")
    if plan.problems:
        say("Nothing is changed while there is a line with !.")
    elif not plan.steps:
        say("Nothing to change.")
    return not plan.problems


def _do(plan: Plan, say: Say) -> bool:
    for number, step in enumerate(plan.steps, 1):
        try:
            step.do()
        except (ZendeskError, BotoCoreError, ClientError, AppNotInstalled) as error:
            left = f"Done so far: {number - 1} of {len(plan.steps)}. Run it again when that is mended."
            raise SetupError(f"{step.sign} {step.text}: {explained(error)}\n{left}") from error
        say(f"  {number}/{len(plan.steps)} {step.sign} {step.text}")
    say("Done.")
    return True


def _sure(ask: Ask | None, question: str, say: Say) -> bool:
    if ask is None or ask(question).strip().lower() in ("y", "yes"):
        return True
    say("Nothing was changed.")
    return False
