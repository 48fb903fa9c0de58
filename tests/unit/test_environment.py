"""The environments of `make setup`: a checkout that is renamed, moved or copied goes on with its own code."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from uv import find_uv_bin

from requirements import environment
from requirements.environment import DEVELOPMENT, EMULATOR, LAYER, PROJECT, Environment, SetupError

UV = Path(find_uv_bin())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a shared layer of one line, and the environment that setup makes, without libraries."""
    checkout = tmp_path / "first"
    layer = checkout / LAYER.relative_to(PROJECT)
    (layer / "connect_zendesk").mkdir(parents=True)
    (layer / "connect_zendesk" / "__init__.py").write_text("print(__file__)\n")
    environment.relocatable(checkout / ".venv", "--clear", UV)
    environment.import_layer_from(layer, checkout / ".venv")
    return checkout


def layer_seen_in(checkout: Path) -> Path:
    """Return the file that the checkout's own Python imports the shared layer from."""
    done = subprocess.run(
        [checkout / ".venv" / "bin" / "python", "-c", "import connect_zendesk"],
        cwd=checkout.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


def test_a_copied_checkout_has_its_own_layer(checkout: Path) -> None:
    copy = checkout.with_name("a copy")
    shutil.copytree(checkout, copy, symlinks=True)
    assert layer_seen_in(copy).is_relative_to(copy)
    assert layer_seen_in(checkout).is_relative_to(checkout)


def test_a_renamed_checkout_works(checkout: Path) -> None:
    renamed = checkout.rename(checkout.with_name("another name"))
    assert layer_seen_in(renamed).is_relative_to(renamed)


def test_activating_the_environment_of_a_copy_chooses_the_copy(checkout: Path) -> None:
    copy = checkout.with_name("a copy")
    shutil.copytree(checkout, copy, symlinks=True)
    done = subprocess.run(
        ["bash", "-c", ". .venv/bin/activate && python -c 'import connect_zendesk'"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(copy)


def text_files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in (*folder.glob("bin/*"), *folder.glob("*.cfg"), *folder.glob("lib/*/site-packages/*.pth")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_text("utf-8", errors="replace")


@pytest.mark.parametrize("folder", [DEVELOPMENT, EMULATOR], ids=lambda folder: folder.name)
def test_nothing_in_an_environment_names_its_checkout(folder: Path) -> None:
    files = [*text_files(folder)]
    assert {"pyvenv.cfg", "activate"} <= {path.name for path, _ in files}
    assert [path for path, text in files if str(PROJECT) in text] == []


def test_an_environment_is_ready_until_its_lock_changes_or_its_python_is_gone(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("a==1\n")
    made = Environment(tmp_path / "environment", lock, "for a test")
    python = made.folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    assert not made.is_ready
    python.symlink_to(sys.executable)
    (made.folder / environment.READY).write_text(made.origin)
    assert made.is_ready
    lock.write_text("a==2\n")
    assert not made.is_ready
    lock.write_text("a==1\n")
    assert made.is_ready
    python.unlink()
    python.symlink_to(tmp_path / "no longer here")
    assert not made.is_ready


@pytest.mark.parametrize(
    ("has", "way"), [({"ensurepip", "pip"}, "ensurepip"), ({"ensurepip"}, "ensurepip"), ({"pip"}, "pip")]
)
def test_pip_gets_in_by_what_the_python_has(monkeypatch: pytest.MonkeyPatch, has: set[str], way: str) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if name in has else None)
    assert environment.how_pip_gets_in() == way


def test_a_python_without_pip_and_ensurepip_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SetupError) as caught:
        environment.how_pip_gets_in()
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in str(caught.value)


def test_a_command_that_fails_ends_setup_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "lock.txt"
    lock.touch()
    monkeypatch.setattr(environment, "ENVIRONMENTS", (Environment(tmp_path / "made", lock, "a test"),))
    monkeypatch.setattr(environment, "_uv", lambda: Path(shutil.which("false") or ""))
    assert environment.main() == 1
    said = capsys.readouterr()
    assert said.out == ""  # which may go to a file: make settings ARGS="show" > my.toml
    assert said.err == "setup: installing a test\nsetup: false has failed, and says why above.\n"
    assert not (tmp_path / "made" / environment.READY).exists()
