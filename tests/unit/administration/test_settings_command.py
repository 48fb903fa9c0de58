"""`settings`: what is live is shown; a file is checked, compared and applied (S8)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from administration import __main__ as command
from administration import live_settings, settings
from administration.live_settings import LiveSettings, Place, SettingsError, find_place
from connect_zendesk.rules.settings import app_settings, registry
from connect_zendesk.rules.settings.settings_file import from_toml
from tests.unit.administration.aws_in_memory import IDS, AwsInMemory

LIVE = {"settle_from": "2026-11-22T09:30:05Z", "ticket_assignment": "agent", "agent_map": {"asmith": 901}}
PLACE = Place("app1234", "env1234", "pro1234", "str1234")


class Clock:
    """A clock that only sleeping moves."""

    seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Terminal:
    """What is said, and the answer to what is asked."""

    def __init__(self, answer: str = "y") -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self._answer = answer

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return self._answer

    @property
    def text(self) -> str:
        return "\n".join(self.said)


def live_settings_of(aws: AwsInMemory) -> LiveSettings:
    clock = Clock()
    return LiveSettings(aws.appconfig(), find_place(aws.cloudformation()), clock=clock.now, sleep=clock.sleep)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "my.toml"
        file.write_text(text, "utf-8")
        return file

    return write


def apply(aws: AwsInMemory, file: Path, terminal: Terminal, *, yes: bool = False) -> bool:
    return settings.apply(
        file, lambda: live_settings_of(aws), ask=None if yes else terminal.ask, say=terminal.say
    )


def test_what_is_live_is_shown_as_toml_that_can_be_applied_again(write: Callable[[str], Path]) -> None:
    aws, terminal = AwsInMemory(LIVE), Terminal()
    settings.show(live_settings_of(aws), terminal.say)
    assert terminal.said[0] == "# App settings that are live: version 1, deployed 2026-11-22 09:30 UTC."
    assert from_toml(terminal.text) == LIVE
    assert apply(aws, write(terminal.text), Terminal())
    assert len(aws.deployments) == 1


def test_the_newest_complete_deployment_is_what_is_live() -> None:
    aws = AwsInMemory({"medialess": True})
    for state in ("COMPLETE", "COMPLETE", "REVERTED", "ROLLED_BACK", "DEPLOYING"):
        aws.deploy(b'{"default_country": "%d"}' % len(aws.deployments), state)
    live = live_settings_of(aws).read()
    assert live.document == {"default_country": "2"}
    assert (live.version, live.latest_deployment, live.under_way) == (3, 6, True)


def test_a_stack_without_settings_says_so() -> None:
    terminal = Terminal()
    settings.show(live_settings_of(AwsInMemory()), terminal.say)
    assert "none was ever deployed" in terminal.text
    assert "# None is set." in terminal.text


def test_what_is_live_and_no_json_is_reported() -> None:
    aws = AwsInMemory()
    aws.deploy(b"ticket_assignment: agent")
    with pytest.raises(SettingsError, match="Version 1, which is live, is not a JSON object"):
        live_settings_of(aws).read()


def test_applying_shows_the_difference_asks_and_waits(write: Callable[[str], Path]) -> None:
    aws, terminal = AwsInMemory(LIVE, states=("DEPLOYING", "BAKING", "COMPLETE")), Terminal()
    file = write('ticket_assignment = "auto"\n[agent_map]\nasmith = 901\n')
    assert apply(aws, file, terminal)
    assert aws.live == {**LIVE, "ticket_assignment": "auto"}
    difference, end = terminal.said
    assert '-ticket_assignment = "agent"\n+ticket_assignment = "auto"' in difference
    assert "--- live (version 1, deployed 2026-11-22 09:30 UTC)" in difference
    assert "agent_map" not in [line[1:] for line in difference.splitlines() if line[0] in "+-"]
    assert terminal.asked == ["Apply this? [y/N] "]
    assert end.startswith("Version 2 is live.")


def test_the_beginning_that_the_first_deployment_set_stays_unless_a_file_names_it(
    write: Callable[[str], Path],
) -> None:
    aws = AwsInMemory(LIVE)
    assert apply(aws, write("medialess = true"), Terminal())
    assert aws.live == {"settle_from": LIVE["settle_from"], "medialess": True}
    assert apply(aws, write("settle_from = 2026-01-01T00:00:00Z"), Terminal())
    assert aws.live == {"settle_from": "2026-01-01T00:00:00+00:00"}
    assert apply(aws, write('settle_from = "none"'), Terminal())
    assert app_settings.read(aws.live)[0].settle_from is None


@pytest.mark.parametrize("answer", ["", "n", "no", "maybe"])
def test_nothing_is_applied_without_a_yes(write: Callable[[str], Path], answer: str) -> None:
    aws, terminal = AwsInMemory(LIVE), Terminal(answer)
    assert not apply(aws, write("medialess = true"), terminal)
    assert aws.live == LIVE
    assert len(aws.versions) == 1
    assert terminal.said[-1] == "Nothing was changed."


def test_yes_is_not_asked_for_where_it_was_given(write: Callable[[str], Path]) -> None:
    aws, terminal = AwsInMemory(LIVE), Terminal()
    assert apply(aws, write("medialess = true"), terminal, yes=True)
    assert terminal.asked == []
    assert aws.live["medialess"] is True


def test_a_wrong_file_is_refused_before_aws_is_asked(write: Callable[[str], Path]) -> None:
    aws = AwsInMemory(LIVE)
    file = write('ticket_asignment = "auto"\npop_incoming = "maybe"\n[agent_map]\nasmith = "Ann"\n')
    for run in (
        lambda: settings.check(file, Terminal().say),
        lambda: settings.diff(file, lambda: live_settings_of(aws), Terminal().say),
        lambda: apply(aws, file, Terminal()),
    ):
        with pytest.raises(SettingsError) as refusal:
            run()
        assert str(refusal.value).splitlines() == [
            f"{file} cannot be applied:",
            "  ticket_asignment: there is no such app setting. Did you mean ticket_assignment?",
            '  pop_incoming: expected true or false, got "maybe"',
            '  agent_map.asmith: expected a number, got "Ann"',
        ]
    assert aws.calls == []


@pytest.mark.parametrize(
    ("text", "message"),
    [("pop_incoming = maybe", "is not TOML: .*line 1"), ("a = 1\nb", "is not TOML: .*end of document")],
)
def test_a_file_that_is_not_toml_is_refused_with_the_line(
    write: Callable[[str], Path], text: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        settings.check(write(text), Terminal().say)


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        settings.check(tmp_path / "missing.toml", Terminal().say)
    (tmp_path / "latin.toml").write_bytes(b"# Gr\xfc\xdfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        settings.check(tmp_path / "latin.toml", Terminal().say)


def test_S9_a_setting_that_nothing_reads_yet_is_a_warning_where_it_is_set(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = {
        name: tuple(replace(each, purpose=registry.NOT_IN_EFFECT) for each in registry.DEFAULTS[name])
        for name in ("customer_language", "speech_analysis")
    }
    monkeypatch.setattr(app_settings, "DEFAULTS", {**registry.DEFAULTS, **planned})
    terminal = Terminal()
    settings.check(
        write('ticket_assignment = "auto"\ncustomer_language = "de"\nspeech_analysis = "sentiment"'),
        terminal.say,
    )
    assert "Warning: customer_language is not in effect yet: nothing reads it." in terminal.text
    assert "Warning: speech_analysis is not in effect yet: nothing reads it." in terminal.text
    assert "ticket_assignment is not" not in terminal.text


def test_a_right_file_is_said_to_be_right(write: Callable[[str], Path]) -> None:
    terminal = Terminal()
    settings.check(write('ticket_assignment = "auto"\nmedialess = true'), terminal.say)
    assert terminal.text.endswith("my.toml: 2 app settings, nothing wrong.")


def test_a_comparison_changes_nothing(write: Callable[[str], Path]) -> None:
    aws, terminal = AwsInMemory(LIVE), Terminal()
    settings.diff(write("medialess = true"), lambda: live_settings_of(aws), terminal.say)
    assert "+medialess = true" in terminal.text
    assert '-ticket_assignment = "agent"' in terminal.text
    assert "-settle_from" not in terminal.text
    assert (len(aws.versions), len(aws.deployments)) == (1, 1)


def test_what_only_AppConfig_refuses_is_reported_with_the_place_and_the_reason(
    write: Callable[[str], Path],
) -> None:
    aws = AwsInMemory(LIVE)
    del aws.schema["properties"]["medialess"]  # an older release is deployed
    with pytest.raises(SettingsError, match=r"nothing was applied: [\s\S]*medialess") as refusal:
        apply(aws, write("medialess = true"), Terminal())
    assert "AppConfig refused" in str(refusal.value)
    assert aws.live == LIVE


def test_a_change_by_somebody_else_since_the_difference_was_shown_is_not_overwritten(
    write: Callable[[str], Path],
) -> None:
    aws = AwsInMemory(LIVE)

    def meanwhile(_question: str) -> str:
        aws.deploy(b'{"default_country": "GB"}')
        return "yes"

    with pytest.raises(SettingsError, match="Another user"):
        settings.apply(
            write("medialess = true"), lambda: live_settings_of(aws), ask=meanwhile, say=Terminal().say
        )
    assert aws.live == {"default_country": "GB"}


RULE = """
[[task_rules]]
name = "A"
events = {events}
[task_rules.task]
contact_flow = "11111111-2222-3333-4444-555555555555"
"""


def test_events_that_no_task_rule_named_before_are_to_be_asked_of_zendesk(
    write: Callable[[str], Path],
) -> None:
    aws = AwsInMemory(LIVE)
    for events, said in (
        ('["created", "merged", "tags_changed"]', ""),  # macros and merges have them sent already
        (
            '["followers_changed", "created", "type_changed"]',
            "none named before (followers_changed, type_changed).",
        ),
        ('["followers_changed"]', ""),
        ('["followers_changed", "undeleted"]', "none named before (undeleted)."),
    ):
        terminal = Terminal()
        assert apply(aws, write(RULE.format(events=events)), terminal)
        (line,) = [text for text in terminal.said if "make zendesk" in text] or [""]
        assert line.endswith(f'{said} To have Zendesk send them: make zendesk ARGS="apply"' if said else "")
        assert bool(line) == bool(said)


def test_nothing_is_begun_while_a_change_is_under_way(write: Callable[[str], Path]) -> None:
    aws = AwsInMemory(LIVE)
    aws.deploy(b"{}", "BAKING")
    with pytest.raises(SettingsError, match="under way"):
        apply(aws, write("medialess = true"), Terminal())
    assert len(aws.versions) == 2


@pytest.mark.parametrize(
    ("states", "message"),
    [
        (("DEPLOYING", "ROLLING_BACK", "ROLLED_BACK"), "took the change back: an alarm went off"),
        (("DEPLOYING",), "Deployment 2 is still DEPLOYING"),
    ],
)
def test_a_deployment_that_does_not_end_well_is_reported(
    write: Callable[[str], Path], states: tuple[str, ...], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        apply(AwsInMemory(LIVE, states=states), write("medialess = true"), Terminal())


def test_the_place_comes_from_the_outputs_of_the_stack() -> None:
    assert find_place(AwsInMemory().cloudformation()) == PLACE


def test_a_stack_that_is_not_there_is_reported_with_what_to_do() -> None:
    with pytest.raises(
        SettingsError, match=r"no stack Other in eu-west-2[\s\S]*make deploy[\s\S]*AWS_REGION="
    ):
        find_place(AwsInMemory().cloudformation(), "Other")


@pytest.mark.parametrize("missing", sorted(IDS))
def test_a_stack_that_does_not_say_where_is_reported(missing: str) -> None:
    aws = AwsInMemory()
    del aws.outputs[missing]
    with pytest.raises(SettingsError, match=f"no {missing}"):
        find_place(aws.cloudformation())


@pytest.fixture
def on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: str, aws: AwsInMemory | None = None) -> tuple[int, str, str]:
        if aws:
            monkeypatch.setattr(command, "open_live_settings", lambda *_: live_settings_of(aws))
        code = command.main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


CommandLine = Callable[..., tuple[int, str, str]]


def test_the_exit_code_tells_whether_it_went_well(
    on_the_command_line: CommandLine, write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = AwsInMemory(LIVE)
    right = str(write("medialess = true"))
    assert on_the_command_line("settings", "show", aws=aws)[0] == 0
    assert on_the_command_line("settings", "check", right)[0] == 0
    assert on_the_command_line("settings", "diff", right, aws=aws)[0] == 0
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    assert on_the_command_line("settings", "apply", right, aws=aws)[0] == 1
    assert aws.live == LIVE
    assert on_the_command_line("settings", "apply", "--yes", right, aws=aws)[0] == 0
    assert aws.live["medialess"] is True
    code, _, complaint = on_the_command_line("settings", "check", str(write("medialess = 7")))
    assert code == 1
    assert "medialess: expected true or false" in complaint


def test_where_nobody_can_answer_nothing_is_applied(
    on_the_command_line: CommandLine, write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    aws = AwsInMemory(LIVE)
    code, said, _ = on_the_command_line("settings", "apply", str(write("medialess = true")), aws=aws)
    assert code == 1
    assert "--yes" in said
    assert aws.live == LIVE


def test_without_credentials_or_region_the_command_says_what_to_do(
    on_the_command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    code, _, complaint = on_the_command_line("settings", "show")
    assert (code, "AWS_REGION" in complaint) == (1, True)
    code, _, complaint = on_the_command_line("settings", "show", "--region", "eu-west-2")
    assert (code, "aws sso login" in complaint) == (1, True)
    code, _, complaint = on_the_command_line("settings", "show", "--profile", "acme")
    assert (code, "acme" in complaint) == (1, True)


def test_an_error_of_aws_in_the_middle_is_no_traceback(
    on_the_command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def expired(*_: Any) -> Any:
        raise NoCredentialsError

    aws = AwsInMemory(LIVE)
    monkeypatch.setattr(live_settings.LiveSettings, "read", expired)
    code, _, complaint = on_the_command_line("settings", "show", aws=aws)
    assert code == 1
    assert "AWS could not be asked" in complaint
