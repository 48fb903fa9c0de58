"""`doctor`: looks at the living system and says what is wrong, why it matters, and what mends it (O2)."""

import os
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError

from administration.doctor import cures, report
from administration.doctor.checks import Looked, examine, worst
from administration.doctor.findings import Severity
from administration.doctor.probe import probing
from administration.doctor.system import DoctorError, System, open_local_system, open_system
from administration.live_settings import STACK
from administration.zendesk_setup.place import SetupError
from connect_zendesk.zendesk.errors import ZendeskError

DESCRIPTION = """\
Looks at the stack, its Zendesk account and its Amazon Connect instance, and says what is wrong, why it
matters and what mends it. It changes nothing. It ends with 1 where something does not work. What it asks, and
what may have to be allowed for that, is in docs/doctor.md.

  make doctor                       on AWS, with the credentials at hand
  make doctor ARGS="--json"         one JSON object, for monitoring
  make doctor ARGS="--local"        what `make up` runs here
  make doctor ARGS="--probe"        try on your own account what documentation leaves open
"""

Say = Callable[[str], None]
Ask = Callable[[str], str]


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--local", action="store_true", help="what `make up` runs here, not AWS")
    parser.add_argument(
        "--probe",
        action="store_true",
        help="try what documentation leaves open, with tickets that are removed",
    )
    parser.add_argument("--remove", action="store_true", help="with --probe: only remove what one has left")
    parser.add_argument("--yes", action="store_true", help="with --probe: do not ask")
    parser.add_argument("--stack", default=STACK, help=f"the CloudFormation stack ({STACK})")
    parser.add_argument("--profile", help="the AWS profile (the variable AWS_PROFILE)")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION"), help="the variable AWS_REGION")


def run(options: Namespace, *, say: Say, ask: Ask) -> bool:
    """Run the command; returns whether everything works. Raises DoctorError."""
    system = (
        open_local_system(time.sleep)
        if options.local
        else open_system(options.stack, options.profile, options.region, time.sleep)
    )
    signal.signal(signal.SIGTERM, _ended)
    return perform(
        options, system, say=say, ask=ask, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    )


def _ended(number: int, _: FrameType | None) -> None:
    """End as an interrupted command does, so that a probe removes what it made."""
    sys.exit(128 + number)


def _probe(options: Namespace, system: System, *, say: Say, ask: Ask | None) -> bool:
    try:
        if options.remove:
            return probing.remove(system, say=say)
        return probing.run(system, say=say, ask=None if options.yes else ask)
    except (ZendeskError, SetupError, BotoCoreError, ClientError) as error:
        raise DoctorError(f"The probe has ended: {error}\nWhat it left: {probing.REMOVE}") from error


def perform(
    options: Namespace, system: System, *, say: Say, ask: Ask | None = None, colour: bool = False
) -> bool:
    """Do what `run` does, with this system."""
    if options.probe:
        return _probe(options, system, say=say, ask=ask)
    looked: list[Looked] = []
    if not options.json:
        say(f"{system.stack} in {system.region}, {system.outputs.get('ZendeskUrl', 'no Zendesk')}\n")
    for each in examine(system):
        if options.local:
            each.findings = [replace(one, cure=cures.on_this_machine(one.cure)) for one in each.findings]
        looked.append(each)
        if not options.json:
            for line in report.lines_of(each, colour=colour):
                say(line)
    say(
        report.as_json(looked, system.stack, system.region) if options.json else "\n" + report.summary(looked)
    )
    return worst(looked) != Severity.FAULT
