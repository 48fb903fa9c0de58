"""`make deploy`: from this folder to the AWS account that the credentials are for."""

import argparse
import difflib
import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connect_zendesk import __version__
from infra import cdk_cli, changes
from infra.account import (
    Account,
    Deployed,
    DeployError,
    check_bootstrapped,
    client,
    deployed,
    find_account,
)
from infra.bytecode import compiler
from infra.context import ContextError, DeploymentContext, read_context
from infra.dependencies import PYTHON_VERSION
from infra.deployment_file import FILE, merged, path_of, read, written
from infra.guide.found import LookError
from infra.guide.guide import Ask, GuideError, configure
from infra.next_steps import next_steps, staying
from infra.synth import PROJECT, STACK, SynthesisError, synthesise, template

ASSEMBLY = PROJECT / ".build" / "deploy" / "assembly"
OUTPUTS = PROJECT / ".build" / "deploy" / "outputs.json"
ACTIONS = {
    "deploy": "show what will be made, ask, make it; without deployment.toml, configure first",
    "configure": "look at the account, ask, write deployment.toml; deploys nothing",
    "diff": "what a deployment would change, resource by resource; changes nothing",
    "bootstrap": "prepare an account and region for the CDK, once",
    "destroy": "say what stays, ask, remove the stack",
}
_ERRORS = (DeployError, SynthesisError, cdk_cli.CdkError, ContextError, GuideError, LookError)


@dataclass(frozen=True)
class Request:
    """What the command line asks for.

    Attributes:
        action: one of `ACTIONS`.
        dry_run: synthesise and say what would be made, without credentials.
        yes: take what is offered, and do it without being asked.
        context: context values that go over those of the deployment's file.
        passed_on: arguments for the CDK command line.
    """

    action: str
    dry_run: bool
    yes: bool
    context: Mapping[str, str]
    passed_on: Sequence[str]


def read_arguments(argv: Sequence[str], environ: Mapping[str, str]) -> Request:
    """Read the arguments, and those in the variable ARGS (`make deploy ARGS="-c name=value"`)."""
    arguments = [*argv, *shlex.split(environ.get("ARGS", ""))]
    # Taken off first: argparse would take the value of an option that it does not know for the action.
    action = arguments.pop(0) if arguments and arguments[0] in ACTIONS else "deploy"
    parser = argparse.ArgumentParser(
        prog="python -m infra.deploy [" + " | ".join(ACTIONS) + "]",
        description="\n".join(f"{name:10} {what}" for name, what in ACTIONS.items())
        + "\n\nArguments not named here go to the CDK, for example --profile or --verbose.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be made; no credentials")
    parser.add_argument("--yes", action="store_true", help="take what is offered, and do not ask")
    parser.add_argument("-c", "--context", action="append", default=[], metavar="NAME=VALUE")
    known, passed_on = parser.parse_known_args(arguments)
    for pair in known.context:
        if "=" not in pair:
            parser.error(f"-c {pair}: expected NAME=VALUE")
    for option in passed_on:
        meant = difflib.get_close_matches(option, ["--dry-run", "--yes", "--context"], n=1, cutoff=0.8)
        if option.startswith("--") and meant:
            parser.error(f"{option}: did you mean {meant[0]}?")
    if passed_on[:1] and not passed_on[0].startswith("-"):
        parser.error(f"{passed_on[0]}: expected one of {', '.join(ACTIONS)}, or options")
    return Request(
        action=action,
        dry_run=known.dry_run,
        yes=known.yes,
        context=dict(pair.split("=", 1) for pair in known.context),
        passed_on=passed_on,
    )


def cdk_arguments(request: Request, account: Account) -> list[str]:
    """The arguments for the CDK command line."""
    if request.action == "bootstrap":
        return ["bootstrap", f"aws://{account.number}/{account.region}", "--no-notices", *request.passed_on]
    app = ["--app", str(ASSEMBLY), "--no-notices"]
    # What it would ask has been asked by then.
    own = {"deploy": ["--outputs-file", str(OUTPUTS), "--require-approval", "never"], "destroy": ["--force"]}
    return [request.action, STACK, *app, *own.get(request.action, ()), *request.passed_on]


def deploy(request: Request, *, say: Callable[[str], None], ask: Ask) -> int:
    """Do what was asked for; return the exit code. Raises what `main` says: each says what to do.

    `ask` puts a question and returns its answer; None where no one is to be asked.
    """
    if request.dry_run:
        return _dry_run(request, say)
    profile = _profile(request.passed_on)
    account = find_account(profile)
    say(f"deploy: {account}, release {__version__}")
    if request.action == "bootstrap":
        return _run(request, account)
    there = deployed(account, profile)
    if request.action == "configure" or _is_unconfigured(request):
        _configure(request, account, there, say=say, ask=ask)
        if request.action == "configure":
            return 0
    say("deploy: synthesising")
    if compiler(PYTHON_VERSION) is None:
        say(
            f"deploy: there is no Python {PYTHON_VERSION} here to make bytecode with, so new containers start"
            f" slower (uv python install {PYTHON_VERSION}, and deploy again)"
        )
    synthesise(ASSEMBLY, request.context, place=(account.number, account.region))
    if request.action == "diff":
        return _run(request, account)
    if request.action == "destroy":
        return _destroy(request, account, there, say=say, ask=ask)
    check_bootstrapped(account, profile)
    say(f"\n{changes.summary(template(ASSEMBLY), there.template)}\n")
    if there.stack.exists and _run(_other(request, "diff"), account):
        return 1
    if not _agreed(ask, f"Deploy this to {account}? [y/N] "):
        say("Nothing was deployed.")
        return 1
    code = _run(request, account)
    if code == 0:
        outputs = json.loads(OUTPUTS.read_text("utf-8"))[STACK]
        say(
            f"\nDeployed: release {outputs['Version']}. The ledger, app settings and secrets are as they"
            f" were."
            if there.stack.exists
            else next_steps(outputs, account.region, _context(request))
        )
    return code


def _dry_run(request: Request, say: Callable[[str], None]) -> int:
    say("deploy: synthesising")
    synthesise(ASSEMBLY, request.context)
    say("\nNothing is wrong with the values. A first deployment makes:\n")
    say(changes.summary(template(ASSEMBLY), None).partition("\n")[2])
    say(
        f"\nThe template: {(ASSEMBLY / f'{STACK}.template.json').relative_to(PROJECT)}\n"
        "Next, with credentials for the account: make deploy"
    )
    return 0


def _is_unconfigured(request: Request) -> bool:
    path = path_of(request.context)
    return request.action == "deploy" and path is not None and not path.exists()


def _configure(
    request: Request, account: Account, there: Deployed, *, say: Callable[[str], None], ask: Ask
) -> None:
    path = path_of(request.context) or PROJECT / FILE
    before = read(path) if path.exists() else {}
    known = {name: value for name, value in request.context.items() if name != "deployment"}
    connect = client(account, _profile(request.passed_on), "connect")
    answers = configure(connect, there.stack, known, before=before, say=say, ask=ask, place=str(account))
    text = written({**before, **answers})
    read_context({**before, **answers})
    say(f"\n{path.name}:\n\n{text}")
    if path.exists() and path.read_text("utf-8") == text:
        say(f"{path.name} stays as it is.")
        return
    if not _agreed(ask, f"Write {path.name}? [Y/n] ", enter=True):
        raise DeployError("Nothing was written, and nothing deployed.")
    path.write_text(text, "utf-8")
    say(f"Written. Review it, and commit it: git add {_shown(path)}")


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def _destroy(
    request: Request, account: Account, there: Deployed, *, say: Callable[[str], None], ask: Ask
) -> int:
    if not there.stack.exists:
        raise DeployError(f"There is no stack {STACK} in {account}.")
    say(f"\n{staying(there.staying())}\n")
    if not _agreed(ask, f"Remove the stack from {account}? [y/N] "):
        say("Nothing was removed.")
        return 1
    return _run(request, account)


def _run(request: Request, account: Account) -> int:
    folder = PROJECT
    if request.action == "bootstrap":  # which would run the app of cdk.json, and may come before its values
        folder = ASSEMBLY.parent
        folder.mkdir(parents=True, exist_ok=True)
    return cdk_cli.run(cdk_cli.install(), cdk_arguments(request, account), account.region, folder=folder)


def _other(request: Request, action: str) -> Request:
    return Request(action, request.dry_run, request.yes, request.context, _everywhere(request.passed_on))


def _everywhere(passed_on: Sequence[str]) -> list[str]:
    """Return the arguments that every command of the CDK takes."""
    profile = _profile(passed_on)
    return ["--profile", profile] if profile else []


def _agreed(ask: Ask, question: str, *, enter: bool = False) -> bool:
    answer = "y" if ask is None else ask(question).strip().lower()
    return answer in ("y", "yes") or (enter and not answer)


def _context(request: Request) -> DeploymentContext:
    return read_context(merged(request.context))


def _profile(arguments: Sequence[str]) -> str | None:
    """The profile among the arguments for the CDK, so that both ask the same account."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--profile")
    profile: str | None = parser.parse_known_args(list(arguments))[0].profile
    return profile


def _say(text: str) -> None:
    print(text, flush=True)


def _typed(question: str) -> str:
    try:
        if sys.stdin.isatty():
            return input(question)
    except EOFError:
        pass
    raise DeployError(
        f"{question.strip()}\nThere is no terminal to answer on. To take what is offered and go on"
        f" without being asked,"
        ' add --yes: make deploy ARGS="--yes"; values are given with -c name=value.'
    )


def main() -> int:
    """`python -m infra.deploy [action] [--dry-run] [--yes] [-c name=value]... [arguments for the CDK]`."""
    try:
        request = read_arguments(sys.argv[1:], os.environ)
        return deploy(request, say=_say, ask=None if request.yes else _typed)
    except _ERRORS as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
