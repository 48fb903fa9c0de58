"""Bytecode is deployed beside the code: complete, never compared with its source, in each build the same."""

from __future__ import annotations

import marshal
import sys
from pathlib import Path

import pytest

from infra.bytecode import BytecodeError, Compiler, add_bytecode, compiler, with_bytecode

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
#: In a file of bytecode: valid by a hash, which Python does not compare with the source.
UNCHECKED_HASH = 1


@pytest.fixture
def using() -> Compiler:
    found = compiler(HERE)
    assert found is not None
    return found


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    for name in ("a.py", "inside/b.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(
            "WORDS = {'one', 'two', 'three'}\ndef f(word):\n    return word in {'x', 'y', 'z'}\n"
        )
    (folder / "page.html").write_text("<p>")
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_every_module_has_bytecode_that_is_not_compared_with_its_source(
    sources: Path, tmp_path: Path, using: Compiler
) -> None:
    made = files_of(with_bytecode(sources, "/opt/python", using, tmp_path / "build").folder)
    tag = sys.implementation.cache_tag
    compiled = {f"__pycache__/a.{tag}.pyc": "a.py", f"inside/__pycache__/b.{tag}.pyc": "inside/b.py"}
    assert made.keys() == {"a.py", "inside/b.py", "page.html", *compiled}
    for name, source in compiled.items():
        assert int.from_bytes(made[name][4:8], "little") == UNCHECKED_HASH
        assert marshal.loads(made[name][16:]).co_filename == f"/opt/python/{source}"  # noqa: S302 - our own


def test_what_is_built_elsewhere_is_the_same(sources: Path, tmp_path: Path, using: Compiler) -> None:
    first, second = (with_bytecode(sources, "/opt", using, tmp_path / name) for name in ("one", "two"))
    assert first.key == second.key
    assert files_of(first.folder) == files_of(second.folder)


def test_the_key_follows_the_sources_the_place_and_the_python(
    sources: Path, tmp_path: Path, using: Compiler
) -> None:
    def key(place: str = "/opt", of: Compiler = using) -> str:
        return with_bytecode(sources, place, of, tmp_path / "build").key

    keys = [key(), key("/var/task"), key(of=Compiler(using.python, "another"))]
    (sources / "a.py").write_text("pass\n")
    assert len({*keys, key()}) == 4
    # Bytecode that lies about is no source.
    before = key()
    (sources / "__pycache__").mkdir()
    (sources / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"old")
    assert key() == before


def test_what_cannot_be_compiled_is_reported(sources: Path, tmp_path: Path, using: Compiler) -> None:
    (sources / "a.py").write_text("def (:\n")
    with pytest.raises(BytecodeError, match=r"a\.py"):
        add_bytecode(sources, "/opt", using)
    with pytest.raises(BytecodeError):
        with_bytecode(sources, "/opt", using, tmp_path / "build")
    assert not [*(tmp_path / "build").iterdir()]


def test_a_python_that_is_not_here_makes_none_and_is_not_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiler("3.1") is None
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> object:
        asked.append(command)
        return type("Done", (), {"returncode": 1, "stdout": ""})()

    monkeypatch.setattr("infra.bytecode.subprocess.run", run)
    assert compiler.__wrapped__("3.99") is None
    assert "--no-python-downloads" in asked[0]
