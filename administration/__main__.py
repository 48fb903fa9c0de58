"""`python -m administration`: what an administrator runs."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from administration import documentation, seed_file, settings, settings_translation
from administration.bucket_notifications import command as bucket_notifications
from administration.bucket_notifications.command import NotificationsError
from administration.dead_letters import command as dead_letters
from administration.dead_letters.stack import DeadLettersError
from administration.doctor import command as doctor
from administration.doctor.system import DoctorError
from administration.forget import command as forget
from administration.forget.command import ForgetError
from administration.live_settings import (
    STACK,
    LiveSettings,
    SettingsError,
    open_live_settings,
    open_local_settings,
    unusable,
)
from administration.zendesk_setup import command as zendesk_setup
from administration.zendesk_setup.account import Account
from administration.zendesk_setup.place import SetupError, open_local_place, open_place

_SETTINGS = """\
The app settings are the administrator's defaults and options (docs/settings.md). They are data, held in
AWS AppConfig: the file app_settings.toml is where a first deployment takes them from, and later
deployments leave them alone. To change them:

  make settings ARGS="show" > my.toml      what is live, to be edited
  make settings ARGS="check my.toml"       whether it can be applied; needs no AWS account. With --account:
                                           whether Zendesk has what ticket_fields names, too
  make settings ARGS="diff my.toml"        what it would change
  make settings ARGS="apply my.toml"       check, show the difference, ask, put it into force
  make settings ARGS="translate old.json"  settings of the app and add-ons that you come from, as TOML

A file holds all settings: one that it does not name gets its default. Only settle_from, which the first
deployment set, stays as it is until a file names it.
"""


class _Command(Protocol):
    """What a module is that is a command."""

    DESCRIPTION: str

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None: ...

    def run(
        self, options: argparse.Namespace, /, *, say: Callable[[str], None], ask: Callable[[str], str]
    ) -> bool: ...


_COMMANDS: tuple[tuple[str, _Command, str], ...] = (
    ("dead-letters", dead_letters, "list dead letters, show one, send it again"),
    ("zendesk", zendesk_setup, "make in Zendesk what this project needs there"),
    (
        "bucket-notifications",
        bucket_notifications,
        "have the buckets of Amazon Connect notify EventBridge of its files",
    ),
    ("forget", forget, "remove what the stack keeps of a customer"),
    ("doctor", doctor, "what is wrong with the living system, and what mends it"),
)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code: 0, or 1 where something is wrong or was declined."""
    options = _parser().parse_args(arguments)
    try:
        done: bool = options.run(options)
    except (
        SettingsError,
        DeadLettersError,
        DoctorError,
        NotificationsError,
        SetupError,
        ForgetError,
    ) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{unusable(error)}\n")
        return 1
    return 0 if done else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m administration", description=__doc__)
    commands = parser.add_subparsers(required=True)
    _add_settings(
        commands.add_parser(
            "settings",
            help="show, check and change the app settings",
            description=_SETTINGS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    for name, command, about in _COMMANDS:
        its = commands.add_parser(
            name,
            help=about,
            description=command.DESCRIPTION,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(its)
        its.set_defaults(run=partial(command.run, say=_say, ask=_ask))
    docs = commands.add_parser("docs", help="write the pages that come from the code, and app_settings.toml")
    docs.add_argument("--check", action="store_true", help="write nothing; fail where a file is not current")
    docs.set_defaults(run=lambda options: documentation.run(check=options.check, say=_say))
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True)
    aws = argparse.ArgumentParser(add_help=False)
    aws.add_argument("--stack", default=STACK, help=f"the CloudFormation stack ({STACK})")
    aws.add_argument("--profile", help="the AWS profile (the variable AWS_PROFILE)")
    aws.add_argument("--region", default=os.environ.get("AWS_REGION"), help="the variable AWS_REGION")
    aws.add_argument("--local", action="store_true", help="what `make up` runs here, not AWS")
    file = argparse.ArgumentParser(add_help=False)
    file.add_argument("file", type=Path, metavar="FILE", help="app settings in TOML")

    show = commands.add_parser("show", parents=[aws], help="what is live, as TOML")
    show.set_defaults(run=_show)
    check = commands.add_parser("check", parents=[file, aws], help="whether a file can be applied")
    check.add_argument(
        "--account", action="store_true", help="whether Zendesk has what ticket_fields names, too"
    )
    check.set_defaults(run=_check)
    diff = commands.add_parser("diff", parents=[file, aws], help="what a file would change")
    diff.set_defaults(run=_diff)
    apply = commands.add_parser("apply", parents=[file, aws], help="check, compare, ask, put into force")
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.set_defaults(run=_apply)
    translate = commands.add_parser(
        "translate", parents=[file], help="settings of the existing app and add-ons, as app settings"
    )
    translate.set_defaults(run=lambda options: settings_translation.translate(options.file, _say))
    template = commands.add_parser("template", help="a file with every app setting, explained, none set")
    template.set_defaults(run=_template)


def _live(options: argparse.Namespace) -> LiveSettings:
    if options.local:
        return open_local_settings()
    return open_live_settings(options.stack, options.profile, options.region)


def _account(options: argparse.Namespace) -> Account:
    place = (
        open_local_place() if options.local else open_place(options.stack, options.profile, options.region)
    )
    return place.account


def _show(options: argparse.Namespace) -> bool:
    settings.show(_live(options), _say)
    return True


def _check(options: argparse.Namespace) -> bool:
    asks = options.account or options.local
    settings.check(options.file, _say, (lambda: _account(options)) if asks else None)
    return True


def _diff(options: argparse.Namespace) -> bool:
    settings.diff(options.file, lambda: _live(options), _say)
    return True


def _apply(options: argparse.Namespace) -> bool:
    ask = None if options.yes else _ask
    return settings.apply(
        options.file,
        lambda: _live(options),
        ask=ask,
        say=_say,
        find_account=lambda: _account(options),
    )


def _template(_options: argparse.Namespace) -> bool:
    _say(seed_file.seed_file().rstrip("\n"))
    return True


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:  # there is no terminal to answer on
        _say("\nNobody answered. To go on without being asked: --yes")
        return "no"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
