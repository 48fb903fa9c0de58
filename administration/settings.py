"""`settings`: shows the app settings that are live, checks a file, shows the difference, applies it (S8)."""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from jsonschema import Draft4Validator

from administration import ticket_field_check, toml
from administration.live_settings import Live, LiveSettings, SettingsError
from administration.ticket_field_check import Lists
from administration.zendesk_setup.place import SetupError, explained
from administration.zendesk_setup.wanted import ALWAYS_SENT
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import SHAPES
from connect_zendesk.rules.settings.schema import app_settings_schema
from connect_zendesk.rules.settings.settings_file import from_toml
from connect_zendesk.rules.settings.ticket_field_rules import TicketFieldRule
from connect_zendesk.zendesk.errors import ZendeskError

#: Set by the first deployment; a file that does not name it leaves it as it is.
_KEPT = "settle_from"

Say = Callable[[str], None]
Ask = Callable[[str], str]
#: Returns the Zendesk account that rules are checked against; raises SetupError.
FindAccount = Callable[[], Lists]


class WrongFile(SettingsError):
    """A file cannot be applied; the message names every field and the reason."""


def show(live_settings: LiveSettings, say: Say) -> None:
    """Say what is live as TOML: what is said can be edited and applied. Raises SettingsError."""
    live = live_settings.read()
    say(f"# App settings that are live: {_origin(live)}.")
    if live.under_way:
        say("# A change is under way; look again in a while.")
    say("# What is not named here has its default: docs/settings.md lists them all.")
    text = _text(live.document)
    say(f"\n{text}" if text else "\n# None is set.")


def check(file: Path, say: Say, find_account: FindAccount | None = None) -> None:
    """Say that a file can be applied. Raises WrongFile where it cannot.

    With ``find_account``, Zendesk is asked whether it has what the rules of `ticket_fields` name; what it
    returns is then asked for them only. Raises SettingsError where Zendesk cannot be asked.
    """
    document = read_file(file)
    say_not_in_effect(document, say)
    rules = _ticket_field_rules(document)
    if rules and find_account is None:
        say(
            "Whether Zendesk has the fields, groups and so on that ticket_fields names was not looked up:"
            f' make settings ARGS="check --account {file}"'
        )
    if rules and find_account is not None:
        _check_account(file, rules, find_account)
    say(f"{file}: {_count(document)}, nothing wrong.")


def diff(file: Path, find: Callable[[], LiveSettings], say: Say) -> None:
    """Say what applying a file would change. `find` is called for a right file only. Raises SettingsError."""
    document = read_file(file)
    live = find().read()
    _say_difference(live, _wanted(document, live), file, say)


def apply(
    file: Path,
    find: Callable[[], LiveSettings],
    *,
    ask: Ask | None,
    say: Say,
    find_account: FindAccount | None = None,
) -> bool:
    """Apply a file: check it, show the difference, ask, put it into force, wait.

    `find` is called for a right file only; `ask` puts a question and returns the answer, None applies
    without asking. Rules of `ticket_fields` are checked against the account of `find_account`, where it is
    given; that Zendesk cannot be asked is said, and stands in nothing's way. Returns whether the file is in
    force at the end. Raises SettingsError.
    """
    document = read_file(file)
    say_not_in_effect(document, say)
    live_settings = find()
    live = live_settings.read()
    if (rules := _ticket_field_rules(document)) and find_account is not None:
        try:
            _check_account(file, rules, find_account)
        except WrongFile:
            raise
        except SettingsError as error:
            say(f"Warning: ticket_fields was not checked against Zendesk. {error}")
    if live.under_way:
        raise SettingsError("A change of the app settings is under way. Try again when it is over.")
    wanted = _wanted(document, live)
    if not _say_difference(live, wanted, file, say):
        return True
    if ask is not None and ask("Apply this? [y/N] ").strip().lower() not in ("y", "yes"):
        say("Nothing was changed.")
        return False
    version = live_settings.apply(wanted, instead_of=live)
    say(f"Version {version} is live. Every function has it within a minute or two.")
    if new := sorted(_events(wanted) - _events(live.document)):
        say(
            f"Task rules name events that none named before ({', '.join(new)}). To have Zendesk send them:"
            ' make zendesk ARGS="apply"'
        )
    return True


def read_file(file: Path) -> dict[str, Any]:
    """Return the document in a TOML file. Raises WrongFile with everything that is wrong with it."""
    try:
        document = from_toml(file.read_text("utf-8"))
    except OSError as error:
        raise WrongFile(f"{file}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise WrongFile(f"{file} is not TOML: {error}") from None
    except UnicodeDecodeError:
        raise WrongFile(f"{file} is not a text in UTF-8.") from None
    problems = problems_of(document)
    if problems:
        raise WrongFile("\n  ".join([f"{file} cannot be applied:", *problems]))
    return document


def _ticket_field_rules(document: Mapping[str, Any]) -> tuple[TicketFieldRule, ...]:
    return app_settings.read(document)[0].ticket_fields


def _check_account(file: Path, rules: tuple[TicketFieldRule, ...], find_account: FindAccount) -> None:
    """Raise WrongFile where Zendesk lacks what rules name, SettingsError where it cannot be asked."""
    try:
        problems = ticket_field_check.problems_of(find_account(), rules)
    except SetupError as error:
        raise SettingsError(str(error)) from error
    except (ZendeskError, BotoCoreError, ClientError) as error:
        raise SettingsError(explained(error)) from error
    if problems:
        raise WrongFile("\n  ".join([f"{file} does not fit this Zendesk account:", *problems]))


def say_not_in_effect(document: Mapping[str, Any], say: Say) -> None:
    """Warn of the app settings that are set, and that nothing reads yet (S9)."""
    for name in app_settings.not_in_effect(document):
        say(f"Warning: {name} is not in effect yet: nothing reads it.")


def problems_of(document: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a document, by the functions' reader and by AppConfig's schema."""
    _, found = app_settings.read(document)
    problems = [problem + _meant(problem) for problem in found]
    reported = {name for name in document if any(problem.startswith(name) for problem in found)}
    # The reader says more, and more plainly. The schema is asked too, because AppConfig asks it.
    for error in Draft4Validator(app_settings_schema()).iter_errors(document):
        name = str(error.absolute_path[0]) if error.absolute_path else ""
        if name not in reported and not (not name and reported):
            problems.append(f"{name or 'settings'}: AppConfig refuses it ({error.message[:200]})")
    return problems


def _meant(problem: str) -> str:
    name = problem.partition(":")[0]
    close = difflib.get_close_matches(name, SHAPES, n=1) if name not in SHAPES else []
    return f". Did you mean {close[0]}?" if problem.endswith("no such app setting") and close else ""


def _wanted(document: Mapping[str, Any], live: Live) -> dict[str, Any]:
    """Return what is in force once the file is: the file, and when this stack began to settle contacts."""
    kept = {_KEPT: live.document[_KEPT]} if _KEPT in live.document else {}
    return {**kept, **document}


def _events(document: Mapping[str, Any]) -> set[str]:
    """Return the events that Zendesk is to send with these settings, by `zendesk apply`."""
    settings, _ = app_settings.read(document)
    return {*ALWAYS_SENT, *(event for rule in settings.task_rules for event in rule.events)}


def _say_difference(live: Live, wanted: Mapping[str, Any], file: Path, say: Say) -> bool:
    lines = list(
        difflib.unified_diff(
            _text(live.document).splitlines(),
            _text(wanted).splitlines(),
            f"live ({_origin(live)})",
            str(file),
            n=2,
            lineterm="",
        )
    )
    say("\n".join(lines) if lines else f"No difference: {file} says what is live ({_origin(live)}).")
    return bool(lines)


def _origin(live: Live) -> str:
    if live.version is None:
        return "none was ever deployed"
    when = f", deployed {live.deployed.astimezone(UTC):%Y-%m-%d %H:%M %Z}" if live.deployed else ""
    return f"version {live.version}{when}"


def _text(document: Mapping[str, Any]) -> str:
    """Return settings as TOML in the registry's order, so that two texts differ only where settings do."""
    order = {name: place for place, name in enumerate(SHAPES)}
    names = sorted(document, key=lambda name: (order.get(name, len(order)), name))
    return toml.written({name: document[name] for name in names})


def _count(document: Mapping[str, Any]) -> str:
    return "no app setting" if not document else f"{len(document)} app setting{'s' * (len(document) > 1)}"
