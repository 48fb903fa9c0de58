"""Sample recordings: wav files of silence that carry what is said in them, made from scripts in TOML.

A script has the `language` of its locale ("en-GB"), `channels` (2, or 1), perhaps `seconds` that it lasts at
least, and `said`: who says something (`by` customer or agent), the `text`, perhaps `at` which second and in
which `mood`. Personal data stand as [[Ana Silva|NAME]]. `summary`, `categories`, and of a line `issues`,
`outcomes` and `actions`, are what Call Analytics would find. `times` repeats the conversation.
"""

from __future__ import annotations

import io
import sys
import tomllib
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from local.stand_ins.transcribe import script, wav

CONVERSATIONS = Path(__file__).resolve().parents[1] / "events" / "conversations"
#: Beside the place of a recording in `contact_files`: a script, or the name of a conversation.
SCRIPT_SUFFIX = ".said.toml"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "script", metavar="SCRIPT", help="a script in TOML, or a name in events/conversations"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the wav file to write")


def run(chosen: Namespace) -> int:
    """Write the recording; returns the exit code: 2 where the script cannot be read."""
    path = Path(chosen.script)
    try:
        said = script_of(path) if path.suffix == ".toml" else conversation(chosen.script)
    except (script.ScriptError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    with chosen.file.open("wb") as file:
        print(f"{chosen.file}: {write(file, said)} bytes")
    return 0


def script_of(path: Path) -> dict[str, Any]:
    """Return the script in a file, or in the conversation that it names. Raises ScriptError, OSError."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise script.ScriptError(str(error)) from None
    if name := content.get("conversation"):
        return conversation(str(name))
    script.check(content)
    return content


def conversation(name: str) -> dict[str, Any]:
    """Return a script of `events/conversations` by its name ("invoice-en")."""
    return script_of(CONVERSATIONS / f"{name}.toml")


def recording(said: Mapping[str, Any], *, seconds: float | None = None) -> bytes:
    """Return a recording of a script; `seconds`: as long as this, in place of what the script needs."""
    file = io.BytesIO()
    write(file, said, seconds=seconds)
    return file.getvalue()


def write(file: BinaryIO, said: Mapping[str, Any], *, seconds: float | None = None) -> int:
    """Write a recording of a script, in pieces; returns its size in bytes."""
    whole = {**said, "said": list(said.get("said", ())) * int(said.get("times", 1))}
    long = _length(whole) if seconds is None else seconds
    return wav.write(file, long, int(said.get("channels", 2)), whole)


def _length(said: Mapping[str, Any]) -> float:
    return script.length(said) if said.get("said") else float(said.get("seconds", 2.0))
