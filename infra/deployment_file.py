"""`deployment.toml`: what this deployment has chosen, kept beside the code to be reviewed and committed.

The CDK app reads it by itself, so `make deploy` and plain `cdk synth`, `cdk diff` and `cdk deploy` see the
same. Context values of the command line (`-c name=value`) go over it.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.context import DEFAULTS, ContextError
from infra.meanings import MEANINGS
from infra.synth import PROJECT

FILE = "deployment.toml"
#: The context value that names another file than `FILE`, in the repository's folder; empty is none.
NAME = "deployment"
_LISTS = ("contact_buckets", "contact_bucket_keys")
_HEAD = """\
# What this deployment has chosen. Review it and commit it: `make deploy`, `cdk synth`, `cdk diff` and
# `cdk deploy` read it. `make configure` looks at your AWS account and asks again; docs/deployment.md has
# every value.
"""


def path_of(values: Mapping[str, object]) -> Path | None:
    """Return the file that context values ask for, there or not; None where they ask for none."""
    name = str(values.get(NAME, FILE)).strip()
    return PROJECT / name if name else None


def merged(values: Mapping[str, object]) -> dict[str, object]:
    """Return context values over those of the deployment's file; without a file, as they are.

    `values`: everything in the CDK context. Raises ContextError where the file cannot be read, or where one
    that is named is not there.
    """
    own = {name: value for name, value in values.items() if name != NAME}
    path = path_of(values)
    if path is None or not (path.exists() or values.get(NAME)):
        return own
    return {**read(path), **own}


def read(path: Path) -> dict[str, object]:
    """Return the context values of a file. Raises ContextError with what is wrong with it, and where."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ContextError([f"  {path.name}: cannot be read: {error.strerror or error}"]) from error
    except ValueError as error:  # of TOML, or of its encoding
        raise ContextError([f"  {path.name}: is not TOML: {error}"]) from error
    return {name: _text(name, value) for name, value in content.items()}


def _text(name: str, value: object) -> object:
    if name in _LISTS and isinstance(value, list):
        return ",".join(str(item) for item in value)
    return value


def written(values: Mapping[str, object]) -> str:
    """Return the file's text: each value with its sentence, then the names of those at their defaults.

    `values`: context values by name, texts, numbers, booleans or comma-separated lists.
    """
    return "\n".join([_HEAD, *_lines(values)]) + "\n"


def _lines(values: Mapping[str, object]) -> Iterator[str]:
    left = []
    for name, meaning in MEANINGS.items():
        value = values.get(name)
        if value is None or str(value) in ("", DEFAULTS[name]):
            left.append(name)
            continue
        yield f"# {meaning}."
        yield f"{name} = {_toml(name, value)}"
        yield ""
    yield f"# At their defaults: {', '.join(left)}."


def _toml(name: str, value: object) -> str:
    if name in _LISTS:
        items = [item.strip() for item in str(value).split(",") if item.strip()]
        return f"[{', '.join(json.dumps(item) for item in items)}]"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if text in ("true", "false") or text.isdigit() else json.dumps(text)
