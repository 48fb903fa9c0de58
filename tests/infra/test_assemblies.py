"""An assembly is made once, and again as soon as anything that goes into it has changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infra import assemblies
from tests.infra.assemblies import assembly


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with something of all that is synthesised."""
    for file in ("app.py", "app_settings.toml", "cdk.json", "requirements/development.txt", "infra/stack.py",
                 "functions/a/handler.py", "layers/a/python/a.py"):  # fmt: skip
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("before")
    return tmp_path


@pytest.fixture
def made(repository: Path) -> Callable[..., bool]:
    """A function that asks for an assembly and tells whether it was made for that."""

    def ask(**context: str) -> bool:
        times = []

        def synthesise(folder: Path) -> None:
            times.append(folder)
            (folder / "asset.1").mkdir(parents=True)
            (folder / "template.json").write_text("{}")

        folder = assembly(context, synthesise, repository=repository, made=repository / "made")
        assert [path.name for path in folder.iterdir()] == ["template.json"]
        return bool(times)

    return ask


def test_an_assembly_is_made_once_for_each_context(made: Callable[..., bool]) -> None:
    assert [made(a="1"), made(a="1"), made(a="2"), made(a="1")] == [True, False, True, False]


@pytest.mark.parametrize("changed", ["app.py", "cdk.json", "infra/stack.py", "functions/a/handler.py",
                                     "layers/a/python/a.py", "layers/a/python/new.py"])  # fmt: skip
def test_an_assembly_is_made_again_when_a_source_has_changed(
    made: Callable[..., bool], repository: Path, changed: str
) -> None:
    assert made()
    (repository / changed).write_text("after")
    assert made()
    assert not made()


def test_an_assembly_that_could_not_be_made_is_not_there(made: Callable[..., bool], repository: Path) -> None:
    def fail(folder: Path) -> None:
        folder.mkdir()
        raise RuntimeError("a finding")

    with pytest.raises(RuntimeError, match="a finding"):
        assembly({}, fail, repository=repository, made=repository / "made")
    assert made()


def test_only_the_last_ones_stay(
    made: Callable[..., bool], repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemblies, "_KEPT", 2)
    for name in "abc":
        made(a=name)
    assert len([path for path in (repository / "made").iterdir() if path.is_dir()]) == 2
