"""`forget`: finds what the stack keeps of a customer, shows it, asks, removes it, says what is left."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters.stack import UP, DeadLettersError, outputs_of
from administration.forget.customer import Customer, UnknownCustomer
from administration.forget.remainder import NOT_HELD, gone_by
from administration.forget.search import Found, find, remove
from administration.forget.table import DynamoTable, Table
from administration.live_settings import STACK
from administration.zendesk_setup.account import Account
from administration.zendesk_setup.place import SetupError, explained, open_local_place, open_place
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.zendesk.errors import NotFound, ZendeskError

DESCRIPTION = """\
Removes what the stack keeps of a customer: contacts with their drafts, snapshots, records and notices, users
that were made, what is remembered of their voice authentication, and what leads to these. Of a contact only
its id stays, and that it is forgotten: a record that Amazon Connect sends again makes no new ticket. What
cannot be removed is named with the day it is gone, and what the stack does not hold is listed.

  make forget ARGS="101"                     a Zendesk user, and what Zendesk knows them by
  make forget ARGS="+442071838750 ana@example.com"

Forget the customer here before the user is deleted in Zendesk, or name id, numbers and addresses yourself.
"""

#: What is written while it is removed is found again; more often than this it is not waited for.
_ROUNDS = 3

Say = Callable[[str], None]
Ask = Callable[[str], str]


class ForgetError(Exception):
    """The customer cannot be forgotten; the message says why, and what to do."""


@dataclass(frozen=True)
class Place:
    """A stack: its ledger's table, and its Zendesk account, None where that is not to be asked."""

    table: Table
    account: Account | None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's own arguments and options."""
    parser.add_argument("customer", nargs="+", metavar="CUSTOMER", help="Zendesk user id, number, address")
    parser.add_argument(
        "--no-zendesk", action="store_true", help="do not ask Zendesk what else they are known by"
    )
    parser.add_argument("--json", action="store_true", help="what was removed and what is left, as JSON")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--local", action="store_true", help="what `make up` runs here, not AWS")
    parser.add_argument("--stack", default=STACK, help=f"the CloudFormation stack ({STACK})")
    parser.add_argument("--profile", help="the AWS profile (the variable AWS_PROFILE)")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION"), help="the variable AWS_REGION")


def run(options: Namespace, *, say: Say, ask: Ask) -> bool:
    """Run the command; returns whether nothing of the customer is left. Raises ForgetError."""
    try:
        return perform(options, _open(options), say=say, ask=None if options.yes else ask)
    except (BotoCoreError, ClientError) as error:
        raise ForgetError(
            f"AWS could not be asked: {error}\nWhat it may have to allow: cloudformation:DescribeStacks;"
            f" on the"
            " ledger's table dynamodb:Scan, dynamodb:GetItem, dynamodb:PutItem and dynamodb:DeleteItem,"
            " with its"
            " key's kms:Decrypt."
        ) from error
    except (SetupError, DeadLettersError) as error:
        raise ForgetError(str(error)) from error


def perform(options: Namespace, place: Place, *, say: Say, ask: Ask | None) -> bool:
    """Do what `run` does, with this stack. Raises ForgetError."""
    try:
        customer = Customer.of(options.customer)
    except UnknownCustomer as error:
        raise ForgetError(str(error)) from error
    if place.account is not None:
        customer = _known_to_zendesk(customer, place.account)
    show: Say = (lambda _: None) if options.json else say
    show(f"Looked for: {', '.join([*map(str, sorted(customer.users)), *sorted(customer.texts)])}")
    found = find(place.table, customer)
    _say_found(found, show)
    if found and ask is not None and ask("Remove this? [y/N] ").strip().lower() not in ("y", "yes"):
        show("Nothing was removed.")
        return False
    left = _remove(place, customer, found)
    if left:
        show("! Some of it was written anew meanwhile. Run this again when the customer's contacts are over.")
    days = gone_by(place.clock())
    if options.json:
        say(json.dumps(_as_json(found, left, days), indent=2))
        return not left
    show("\nNot removed, and gone by itself:")
    for what, day in days.items():
        show(f"  {day}  {what}")
    show("\nNot held here:")
    for what in NOT_HELD:
        show(f"  - {what}")
    return not left


def _remove(place: Place, customer: Customer, found: Found) -> Found:
    ledger = Ledger(place.table, clock=place.clock, lease=timedelta(0))
    for _ in range(_ROUNDS):
        if not found:
            break
        remove(place.table, ledger, found)
        found = find(place.table, customer)
    return found


def _known_to_zendesk(customer: Customer, account: Account) -> Customer:
    """Return a customer with what Zendesk knows of them. Raises ForgetError where it does not answer."""
    try:
        users = set(customer.users)
        for text in customer.texts:
            known = account.users_known_as(text)
            if len(known) > 1:
                raise ForgetError(
                    f"{text} is of {len(known)} users in Zendesk: {', '.join(map(str, sorted(known)))}."
                    f" Name the"
                    " one to be forgotten by id."
                )
            users |= known
        for number in users:
            try:
                customer = customer.with_user(number, account.known_as(number))
            except NotFound:  # deleted there already
                customer = customer.with_user(number, ())
    except ZendeskError as error:
        raise ForgetError(
            f"Zendesk could not be asked what the customer is known by: {explained(error)}\nName id,"
            f" numbers and"
            " addresses yourself, and add --no-zendesk."
        ) from error
    return customer


def _say_found(found: Found, say: Say) -> None:
    if not found:
        say("The ledger has nothing of this customer.")
        return
    for root in sorted(found.contacts):
        say(f"  contact {root}: its head becomes *forgotten*")
    for kind, times in sorted(found.counted().items()):
        say(f"  {times:4} {kind}")
    if found.lists:
        say(f"  {len(found.lists):4} agents' lists of contacts, which get shorter")


def _as_json(found: Found, left: Found, days: Any) -> dict[str, Any]:
    return {
        "contacts": sorted(found.contacts),
        "removed": dict(found.counted()),
        "left": len(left.items) + len(left.contacts),
        "gone_by": {what: day.isoformat() for what, day in days.items()},
        "not_held": list(NOT_HELD),
    }


def _open(options: Namespace) -> Place:
    if options.local:
        account = None if options.no_zendesk else open_local_place().account
        session, endpoint, stack = _local()
    else:
        account = (
            None if options.no_zendesk else open_place(options.stack, options.profile, options.region).account
        )
        session = boto3.Session(profile_name=options.profile, region_name=options.region)
        endpoint, stack = None, options.stack
        if not session.region_name:
            raise ForgetError(
                "No AWS region is chosen. Set AWS_REGION to the stack's, for example: AWS_REGION=eu-west-2"
            )
    config = Config(proxies={}) if endpoint else Config()
    outputs = outputs_of(session.client("cloudformation", endpoint_url=endpoint, config=config), stack)
    dynamodb = session.client("dynamodb", endpoint_url=endpoint, config=config)
    return Place(DynamoTable(dynamodb, outputs["TableName"]), account)


def _local(up: Path = UP) -> tuple[boto3.Session, str, str]:
    try:
        found = json.loads(up.read_text("utf-8"))["emulator"]
        session = boto3.Session(found["account"], "emulator", region_name=found["region"])
        return session, str(found["endpoint"]), str(found["stack"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ForgetError("Nothing is up on this machine. Start it with: make up") from error
