"""The command that plays a day: on the functions in this process, in no time."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from types import SimpleNamespace
from typing import Any, Self

import pytest

from connect_zendesk.rules.settings import app_settings
from local.contact_centre import Day, command
from local.contact_centre.play import play
from local.emulator.process import EmulatorError
from local.emulator.settling import Backlog, NotSettledError
from local.page import laptop_page
from local.replay.clock import VirtualClock
from local.replay.events import StreamRecord
from local.replay.in_process import InProcess


class InProcessLaptop:
    """A laptop for the command, without an emulator; `loses` a record now and then if reported to."""

    lost = False
    never_settles = False

    def __init__(self, **given: Any) -> None:
        settings, problems = app_settings.read(given["app_settings"])
        assert not problems
        self.clock = VirtualClock(datetime.now(UTC))
        self.stack = InProcess(
            zendesk_world=given["zendesk_world"],
            connect_world=given["connect_world"],
            app_settings=settings,
            clock=self.clock,
        )
        self.emulator = SimpleNamespace(process_group=0)  # which runs no function
        self.zendesk, self.connect = self.stack.zendesk, self.stack.connect

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def put_records(self, records: Iterable[bytes]) -> int:
        with redirect_stdout(StringIO()):
            for number, data in enumerate(records):
                if not (self.lost and number == 0):
                    self.stack.take(StreamRecord(data))
        return 0

    def wait_until_settled(self, _timeout: float, report: Callable[[Backlog], None]) -> None:
        if self.never_settles:
            raise NotSettledError(self.backlog(), 1)
        report(self.backlog())
        with redirect_stdout(StringIO()):
            self.stack.run(until=None)

    def backlog(self) -> Backlog:
        return Backlog(0, len(self.stack.messages.waiting), 0, 0)

    def dead_letter_count(self) -> int:
        return len(self.stack.messages.dead_letters)

    def dead_letters(self) -> list[Any]:
        return [SimpleNamespace(reason=letter["reason"]) for letter in self.stack.messages.dead_letters]

    def logs(self) -> list[Any]:
        return []

    def errors(self) -> str:
        return "what is left"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    def play_at_once(laptop: InProcessLaptop, day: Day, **given: Any) -> Any:
        def sleep(seconds: float) -> None:
            laptop.clock.move_by(timedelta(seconds=seconds))

        return play(laptop, day, **given, clock=laptop.clock, sleep=sleep)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "Laptop", InProcessLaptop)
    monkeypatch.setattr(command, "play", play_at_once)
    monkeypatch.setattr(command, "_PROGRESS_SECONDS", 0)
    parser = ArgumentParser()
    command.add_arguments(parser)
    return lambda *arguments: command.run(parser.parse_args(arguments))


@pytest.mark.long
def test_command_plays_balances_and_says_what_limits_it(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--minutes", "0.3", "--faults") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "36 contacts at 2 a second, seed 1" in shown
    assert "high-volume add-on" in shown
    assert "requests/min" in shown
    assert "reconciled: no differences" in shown


@pytest.mark.long
def test_page_is_served_while_the_day_is_played(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []

    @contextmanager
    def serve(laptop: InProcessLaptop) -> Iterator[Any]:
        assert isinstance(laptop, InProcessLaptop)
        yield SimpleNamespace(url="http://127.0.0.1:1/")
        served.append(f"{len(laptop.zendesk.tickets())} tickets")

    monkeypatch.setattr(laptop_page, "serve", serve)
    assert run("--minutes", "0.1") == 0
    assert "The page" not in capsys.readouterr().out
    assert run("--minutes", "0.1", "--page") == 0
    assert "The page: http://127.0.0.1:1/" in capsys.readouterr().out
    assert len(served) == 1


def test_command_fails_and_names_the_contact_where_a_record_is_lost(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InProcessLaptop, "lost", True)
    assert run("--minutes", "0.1") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "not reconciled: " in shown
    assert "no ticket, though" in shown


def test_command_says_so_where_it_never_ends_or_cannot_begin(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InProcessLaptop, "never_settles", True)
    assert run("--minutes", "0.05") == 1
    shown = capsys.readouterr().out
    assert "what is left" in shown
    assert "there is still something to do" in shown
    monkeypatch.setattr(command, "Laptop", partial(_broken))
    assert run() == 1
    assert "No AWS emulator" in capsys.readouterr().out


def _broken(**_: Any) -> Any:
    raise EmulatorError("No AWS emulator")


@pytest.mark.parametrize("arguments", [("--rate", "0"), ("--minutes", "-1"), ("--rate", "many")])
def test_number_that_cannot_be_is_refused(run: Callable[..., int], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        run(*arguments)
