"""Synthesis: cdk-nag is asked, errors are plain, the layer can be imported."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from infra.dependencies import BuildError, build_dependencies, is_built
from infra.synth import PROJECT, SynthesisError, main, synthesise, template
from tests.infra.conftest import CONTEXT, Synthesised

if TYPE_CHECKING:
    import aws_cdk as cdk

pytestmark = pytest.mark.xdist_group("synthesis")
EMULATOR_PYTHON = PROJECT / ".build" / "emulator" / "bin" / "python"
LAYER = PROJECT / "layers" / "connect_zendesk" / "python"


@pytest.mark.parametrize("variant", ["made", "imported", "associated"])
def test_cdk_nag_has_no_findings(request: pytest.FixtureRequest, variant: str) -> None:
    template: Synthesised = request.getfixturevalue(variant)
    report = json.loads((template.folder / "validation-report.json").read_text("utf-8"))
    assert report["pluginReports"] == []


@pytest.mark.long
def test_a_finding_of_cdk_nag_fails_synthesis(synthesise_into: Callable[..., None], tmp_path: Path) -> None:
    def add_open_queue(app: cdk.App) -> None:
        from aws_cdk import aws_sqs as sqs

        sqs.Queue(cast("cdk.Stack", app.node.find_child("ConnectZendesk")), "Open")

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        synthesise_into(tmp_path, CONTEXT, add_open_queue)
    assert "AwsSolutions-SQS4" in (tmp_path / "validation-report.json").read_text("utf-8")


def test_a_wrong_context_value_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["synth", str(tmp_path / "assembly"), "zendesk_url=acme"])
    assert main() == 1
    said = capsys.readouterr().err
    assert said.startswith("A context value needs attention:\n\n  zendesk_url: is 'acme'")
    assert "Traceback" not in said


def test_a_folder_is_needed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["synth"])
    assert main() == 2
    assert "usage" in capsys.readouterr().err


def test_O1_the_app_runs_as_the_cdk_would_run_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], *, cwd: Path, env: dict[str, str], **_: object) -> object:
        context = json.loads(env["CDK_CONTEXT_JSON"])
        assert command[1:] == ["app.py"]
        assert (cwd / "app.py").exists()
        assert env["CDK_OUTDIR"] == str(tmp_path / "assembly")
        assert (Path(env["PATH"].split(":")[0]) / "node").exists()
        assert context["zendesk_url"] == "https://acme.zendesk.com"
        assert context["@aws-cdk/core:checkSecretUsage"] is True  # from cdk.json
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr("infra.synth.subprocess.run", run)
    monkeypatch.setattr(
        "sys.argv", ["synth", str(tmp_path / "assembly"), "zendesk_url=https://acme.zendesk.com"]
    )
    assert main() == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "assembly")


def test_the_template_is_read_from_the_assembly(made: Synthesised) -> None:
    assert template(made.folder) == made.template


def test_a_broken_cdk_json_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cdk.json").write_text('{"context": {,}}')
    monkeypatch.setattr("infra.synth.PROJECT", tmp_path)
    with pytest.raises(SynthesisError, match=r"cdk\.json cannot be read"):
        synthesise(tmp_path / "assembly", {})


def test_the_layers_can_be_imported_by_the_emulators_python() -> None:
    libraries = build_dependencies().folder / "python"
    imports = "import aws_lambda_powertools, requests, phonenumbers, connect_zendesk"
    done = subprocess.run(
        [EMULATOR_PYTHON, "-B", "-c", f"{imports}; print(requests.__file__)"],
        env={"PYTHONPATH": f"{LAYER}:{libraries}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(libraries))


def test_the_layer_is_built_once_and_named_by_its_requirements(tmp_path: Path) -> None:
    nothing, other = tmp_path / "none.txt", tmp_path / "other.txt"
    nothing.write_text("")
    other.write_text("# nothing else\n")
    assert not is_built(nothing, tmp_path / "build")
    first = build_dependencies(nothing, tmp_path / "build")
    (first.folder / "seen").touch()
    assert is_built(nothing, tmp_path / "build")
    assert not is_built(other, tmp_path / "build")
    again = build_dependencies(nothing, tmp_path / "build")
    different = build_dependencies(other, tmp_path / "build")
    assert again == first
    assert (again.folder / "seen").exists()
    assert different.key != first.key
    assert different.folder != first.folder
    assert sorted(path.name for path in (tmp_path / "build").iterdir()) == sorted(
        [first.folder.name, different.folder.name]
    )


def test_the_built_layer_holds_nothing_that_differs_from_build_to_build() -> None:
    folder = build_dependencies().folder / "python"
    names = {path.name for path in folder.rglob("*")}
    assert {"METADATA", "requests", "phonenumbers", "aws_lambda_powertools"} <= names
    assert not names & {"RECORD", "INSTALLER", "REQUESTED", "__pycache__", "bin", ".lock"}


def test_two_builds_at_a_time_end_with_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install(requirements: Path, target: Path) -> None:
        monkeypatch.setattr("infra.dependencies._install", lambda _, other: (other / "a").mkdir(parents=True))
        build_dependencies(requirements, tmp_path / "build")  # the other, quicker one
        (target / "a").mkdir(parents=True)

    monkeypatch.setattr("infra.dependencies._install", install)
    requirements = tmp_path / "requirements.txt"
    requirements.touch()
    folder = build_dependencies(requirements, tmp_path / "build").folder
    assert [*(tmp_path / "build").iterdir()] == [folder]
    assert [*folder.rglob("*")] == [folder / "python", folder / "python" / "a"]


def test_tests_caches_and_scripts_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install(_: Path, target: Path) -> None:
        for file in ("a/b.py", "bin/a", "a/tests/test_a.py", "a/__pycache__/a.pyc", "a-1.dist-info/RECORD"):
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            (target / file).touch()

    monkeypatch.setattr("infra.dependencies._install", install)
    requirements = tmp_path / "requirements.txt"
    requirements.touch()
    folder = build_dependencies(requirements, tmp_path / "build").folder
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["b.py"]


def test_a_library_that_cannot_be_installed_is_reported(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("requests==2.0.0")  # without a hash
    with pytest.raises(BuildError, match=r"could not be installed[\s\S]*hash"):
        build_dependencies(requirements, tmp_path / "build")
    assert not [*(tmp_path / "build").iterdir()]


def test_first_settings_come_from_a_file_or_there_are_none(tmp_path: Path) -> None:
    from infra.app_settings import first_settings  # takes seconds, and starts Node

    file = tmp_path / "app_settings.toml"
    assert first_settings(file) == "{}"
    file.write_text(
        'default_country = "GB"\nsettle_from = 2026-11-01T00:00:00Z\n[agent_map]\n"zoë" = 901\n', "utf-8"
    )
    assert json.loads(first_settings(file)) == {
        "default_country": "GB",
        "settle_from": "2026-11-01T00:00:00+00:00",
        "agent_map": {"zoë": 901},
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            'ticket_assignment = "automatic"',
            r"cannot be applied:\n  ticket_assignment: expected auto or agent, got",
        ),
        ("typo = 1", r"typo: there is no such app setting"),
        ("ticket_assignment = auto", r"app_settings\.toml is not TOML: .*line 1"),
    ],
)
def test_S8_wrong_first_settings_stop_the_deployment_before_it_begins(
    tmp_path: Path, text: str, reason: str
) -> None:
    from infra.app_settings import SettingsFileError, first_settings

    file = tmp_path / "app_settings.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsFileError, match=reason):
        first_settings(file)
