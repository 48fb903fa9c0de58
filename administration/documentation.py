"""`docs`: writes the pages that come from registry, decision table and topology, or checks them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from administration import decisions_page, settings_page, topology_page

FOLDER = Path(__file__).resolve().parent.parent / "docs"
COMMAND = "make docs"


def pages() -> Mapping[str, str]:
    """Return the text of every generated page by its file name."""
    return {
        "settings.md": settings_page.page(),
        "decisions.md": decisions_page.page(),
        "topology.md": topology_page.page(),
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the names of the pages in the folder that are not what would be written now."""
    return [name for name, text in pages().items() if _content(folder / name) != text]


def run(*, check: bool, say: Callable[[str], None], folder: Path = FOLDER) -> bool:
    """Write the pages that are not current; with `check` only say which, and return whether none is."""
    names = stale(folder)
    for name in names:
        if check:
            say(f"docs/{name} is not current: {COMMAND}")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(pages()[name], "utf-8")
            say(f"docs/{name} written")
    return not (check and names)


def _content(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None
