"""The page docs/logs.md: every message that the functions log, read from the calls that log it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from administration.markdown import NOTICE, code, codes, table

ROOT = Path(__file__).resolve().parent.parent
_FOLDERS = ("functions", "layers/connect_zendesk/python/connect_zendesk")
_LEVELS = ("info", "warning", "error", "exception", "critical")

_HEAD = """\
# Log messages

Each line of a function's log is one JSON object: `message`, `level`, `service` (the function's folder),
`timestamp`, what Lambda adds, and the fields below. None holds a customer's data: a contact is named by its
id. `contact` finds all that was done for one, over all log groups, with Logs Insights:

```
filter contact = "11111111-2222-3333-4444-555555555555"
| sort @timestamp | display @timestamp, service, message, rule
```

{messages}
"""


class UnreadMessage(ValueError):
    """A call logs what cannot be read from its file; the message says where."""


@dataclass(frozen=True)
class LogMessage:
    """One call that logs: the text, the level, the names of its fields, and the module it is in."""

    text: str
    level: str
    fields: tuple[str, ...]
    module: str


def messages(root: Path = ROOT) -> list[LogMessage]:
    """Return every message, in alphabetical order. Raises UnreadMessage."""
    found = {
        message
        for folder in _FOLDERS
        for file in sorted((root / folder).rglob("*.py"))
        for message in _in_file(file, file.relative_to(root / folder).as_posix())
    }
    return sorted(found, key=lambda each: (each.text.lower(), each.module, each.level))


def _in_file(file: Path, module: str) -> Iterator[LogMessage]:
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        of, level = node.func.value, node.func.attr
        if not (isinstance(of, ast.Name) and of.id == "logger" and level in _LEVELS):
            continue
        fields = tuple(keyword.arg for keyword in node.keywords if keyword.arg)
        texts = _texts(node.args[0]) or _of_rows(tree)
        if not texts:
            raise UnreadMessage(f"{module}:{node.lineno}: what is logged there is no text in this file")
        for text in texts:
            yield LogMessage(text, level, fields, module)


def _texts(node: ast.expr) -> list[str]:
    """Return the texts that an expression can be: of a choice between two, both; a name's is not known."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return []


def _of_rows(tree: ast.Module) -> list[str]:
    """Return the messages of a table in a file: rows of a class whose last field is ``message``."""
    classes = {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and ast.unparse(node.body[-1]).startswith("message:")
    }
    return [
        str(node.value.args[-1].value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) in classes
        and isinstance(node.value.args[-1], ast.Constant)
    ]


def page() -> str:
    """Return the page's text."""
    rows = ((each.text, each.level, codes(each.fields), code(each.module)) for each in messages())
    return NOTICE + _HEAD.format(messages=table(("Message", "Level", "Fields", "Logged by"), rows))
