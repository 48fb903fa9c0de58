"""`dead-letters`: lists dead letters, shows one, sends some or all again."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from administration.dead_letters import stack
from administration.dead_letters.letter import Letter
from administration.dead_letters.sending import CannotSend, Outcome, send_again
from administration.dead_letters.stack import DeadLetters, DeadLettersError
from administration.live_settings import STACK
from connect_zendesk.rules.settings.readers import clean

DESCRIPTION = """\
What can never succeed, and what was tried for too long, is a dead letter, with its reason. It is kept for 14
days. Once the cause is removed, send it again: it goes to where it came from, and is deleted from here when
it was accepted there. Where the cause persists there will be a new dead letter. To send one twice does no
harm: what was written to Zendesk is not written again.
"""

Say = Callable[[str], None]
Ask = Callable[[str], str]

_SHORT = 8  # of a letter's id, as listed; an id may be given by its beginning
_SHORTEST = 4
_WALKS = 2


def add_arguments(parser: ArgumentParser) -> None:
    """Add the command's own commands and options."""
    commands = parser.add_subparsers(dest="what", required=True)
    place = ArgumentParser(add_help=False)
    place.add_argument("--local", action="store_true", help="what `make up` runs here, not AWS")
    place.add_argument("--stack", default=STACK, help=f"the CloudFormation stack ({STACK})")
    place.add_argument("--profile", help="the AWS profile (the variable AWS_PROFILE)")
    place.add_argument("--region", default=os.environ.get("AWS_REGION"), help="the variable AWS_REGION")
    chosen = ArgumentParser(add_help=False)
    chosen.add_argument("--source", help="those of this source, as `list` names it")
    chosen.add_argument("--reason", metavar="TEXT", help="those with this text in their reason")

    listed = commands.add_parser("list", parents=[place, chosen], help="source, age and reason of each")
    listed.add_argument("--json", action="store_true", help="one JSON object for each, on a line")
    show = commands.add_parser("show", parents=[place], help="one, with its data: these may be personal")
    show.add_argument("id", metavar="ID", help="as listed, or its beginning")
    send = commands.add_parser("send", parents=[place, chosen], help="one, some or all again")
    send.add_argument("ids", nargs="*", metavar="ID", help="as listed, or its beginning")
    send.add_argument("--all", action="store_true", help="all that are there now")
    send.add_argument("--yes", action="store_true", help="do not ask")


def run(options: Namespace, *, say: Say, ask: Ask) -> bool:
    """Run one command; returns whether all that was asked for was done. Raises DeadLettersError."""
    found = (
        stack.open_local_dead_letters()
        if options.local
        else stack.open_dead_letters(options.stack, options.profile, options.region)
    )
    try:
        return perform(options, found, say=say, ask=ask)
    except (BotoCoreError, ClientError) as error:
        raise DeadLettersError(stack.unusable(error)) from error


def perform(options: Namespace, found: DeadLetters, *, say: Say, ask: Ask) -> bool:
    """Do what `run` does, with these dead letters."""

    def plainly(text: str) -> None:
        say(_without_controls(text))

    match options.what:
        case "list":
            list_letters(found, options.source, options.reason, plainly, as_json=options.json)
            return True
        case "show":
            return show(found, options.id, plainly)
        case _:
            if not (options.all or options.ids or options.source or options.reason):
                raise DeadLettersError("Which ones? Name their ids, or --source, --reason, or --all.")
            return send(found, options, plainly, None if options.yes else ask)


def list_letters(
    found: DeadLetters, source: str | None, reason: str | None, say: Say, *, as_json: bool = False
) -> None:
    """Say source, age and reason of each letter, oldest first. No personal data are in these."""
    letters = _chosen(_read(found), source, reason)
    now = datetime.now(UTC)
    if as_json:
        for letter in letters:
            say(json.dumps(_summary(letter)))
        return
    width = max((len(letter.source) for letter in letters), default=0)
    for letter in letters:
        age = _age((now - letter.sent_at).total_seconds())
        say(f"{letter.id[:_SHORT]}  {age:>5}  {letter.source:<{width}}  {letter.reason}")
    say(_count(letters))


def show(found: DeadLetters, beginning: str, say: Say) -> bool:
    """Say everything about one letter, what it was about included. Returns whether there is such a one."""
    (letter,) = _named(_read(found), [beginning])
    say(f"id      {letter.id}\nsource  {letter.source}\nreason  {letter.reason}")
    say(f"sent    {letter.sent_at:%Y-%m-%d %H:%M:%S %Z}")
    if letter.batch is not None:
        batch = letter.batch
        say(f"stream  {batch.stream_arn}, {batch.shard}, {batch.first} to {batch.last}")
    try:
        say(f"again   goes to {_destination(found, letter)}\n")
    except CannotSend as reason:
        say(f"again   cannot be sent: {reason}\n")
    if letter.batch is None:
        say(_readable(letter.data))
        return True
    try:
        on_stream = found.sender.records_of(letter)
    except CannotSend:
        return True
    say(f"The stream has {'all' if on_stream.complete else 'only a part'} of it: {len(on_stream.records)}.")
    for record in on_stream.records:
        say(_readable(record.data))
    return True


def send(found: DeadLetters, options: Namespace, say: Say, ask: Ask | None) -> bool:
    """Send the chosen letters again; `ask` puts a question first. Returns whether all were accepted."""
    letters = _read(found)
    if options.ids:
        letters = _named(letters, options.ids)
    letters = _chosen(letters, options.source, options.reason)
    if not letters:
        there = sorted({letter.source for letter in _read(found)})
        say(f"No such dead letter. There are some of: {', '.join(there)}." if there else "No dead letters.")
        return not there
    say(_count(letters))
    if ask is not None and ask("Send these again? [y/N] ").strip().lower() not in ("y", "yes"):
        say("Nothing was sent.")
        return False
    outcome = send_again(
        found.queue, found.sender, {letter.id for letter in letters}, progress=_progress("sent")
    )
    _say_outcome(outcome, say)
    return not (outcome.refused or outcome.missing)


def _say_outcome(outcome: Outcome, say: Say) -> None:
    say(f"{len(outcome.sent)} sent again.")
    for letter, reason in outcome.refused.items():
        say(f"{letter[:_SHORT]} stays: {reason}")
    if outcome.missing:
        say(f"{len(outcome.missing)} not sent: no longer there, or not tried after what AWS refused.")


def _read(found: DeadLetters) -> list[Letter]:
    """Return all letters, oldest first."""
    report, total = _progress("read"), found.queue.count()
    letters: dict[str, Letter] = {}
    for _ in range(_WALKS):
        for letter in found.queue.read():
            letters[letter.id] = letter
            report(len(letters), max(total, len(letters)))
        if len(letters) >= total:  # else another consumer was reading some, which were hidden meanwhile
            break
    return sorted(letters.values(), key=lambda letter: letter.sent_at)


def _chosen(letters: Iterable[Letter], source: str | None, reason: str | None) -> list[Letter]:
    return [
        letter
        for letter in letters
        if (source is None or letter.source == source)
        and (reason is None or reason.lower() in letter.reason.lower())
    ]


def _named(letters: Sequence[Letter], beginnings: Iterable[str]) -> list[Letter]:
    """Return the letters with these ids. Raises DeadLettersError where one stands for none or several."""
    named: dict[str, Letter] = {}
    for beginning in beginnings:
        if len(beginning) < _SHORTEST:
            raise DeadLettersError(f"{beginning!r} is too short: {_SHORTEST} characters of an id at least.")
        found = [letter for letter in letters if letter.id.startswith(beginning)]
        if len(found) != 1:
            raise DeadLettersError(
                f"No dead letter {beginning} is there now."
                if not found
                else f"{beginning} stands for {len(found)} dead letters. Give more of the id."
            )
        named[found[0].id] = found[0]
    return list(named.values())


def _destination(found: DeadLetters, letter: Letter) -> str:
    place = found.sender.place_of(letter)
    return "the record stream" if place.service == "stream" else f"a queue ({place.output})"


def _summary(letter: Letter) -> dict[str, Any]:
    sent = letter.sent_at.isoformat(timespec="seconds")
    about = {"id": letter.id, "source": letter.source, "reason": letter.reason}
    return {**about, "kind": letter.kind, "sent_at": sent}


def _count(letters: Sequence[Letter]) -> str:
    if not letters:
        return "No dead letters."
    sources = Counter(letter.source for letter in letters).most_common()
    plural = "s" * (len(letters) > 1)
    parts = ", ".join(f"{count} {source}" for source, count in sources)
    return f"{len(letters)} dead letter{plural}: {parts}"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def _readable(data: bytes) -> str:
    """Return data as text, laid out where it is JSON."""
    try:
        return json.dumps(json.loads(data), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "backslashreplace")


def _without_controls(text: str) -> str:
    """Return a text that changes nothing on a terminal: who may write letters is not to write there."""
    return "".join(
        letter if letter == "\n" or clean(letter) else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _progress(done: str) -> Callable[[int, int], None]:
    """Return a function that prints the progress: on a terminal, and for more than a few letters."""

    def report(count: int, total: int) -> None:
        if total > 100 and sys.stderr.isatty() and (count % 10 == 0 or count == total):
            sys.stderr.write(f"\r{count} of {total} {done}" + "\n" * (count == total))
            sys.stderr.flush()

    return report
