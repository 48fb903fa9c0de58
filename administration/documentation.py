"""`docs`: writes the pages that are generated from tables in the code, and the seed file, or checks them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from administration import (
    alarms_page,
    assumptions_page,
    decisions_page,
    deployment_page,
    ledger_page,
    logs_page,
    metrics_page,
    sample_flows_page,
    settings_page,
    speech_languages_page,
    topology_page,
)
from administration.seed_file import seed_file

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "make docs"
SEED = "app_settings.toml"


def pages(root: Path = ROOT) -> Mapping[str, str]:
    """Return the text of every generated file by its path in the repository.

    The seed file under ``root`` keeps what it sets. Raises SeedFileError where it cannot.
    """
    return {
        "docs/settings.md": settings_page.page(),
        "docs/decisions.md": decisions_page.page(),
        "docs/topology.md": topology_page.page(),
        "docs/ledger.md": ledger_page.page(),
        "docs/metrics.md": metrics_page.page(),
        "docs/alarms.md": alarms_page.page(),
        "docs/logs.md": logs_page.page(),
        "docs/deployment.md": deployment_page.page(),
        "docs/assumptions.md": assumptions_page.page(),
        "docs/sample-flows.md": sample_flows_page.page(),
        "docs/speech-languages.md": speech_languages_page.page(),
        SEED: seed_file(_content(root / SEED) or ""),
    }


def stale(root: Path = ROOT) -> list[str]:
    """Return the paths of the generated files that are not what would be written now."""
    return list(_changed(root))


def run(*, check: bool, say: Callable[[str], None], root: Path = ROOT) -> bool:
    """Write the files that are not current; with `check` only say which, and return whether none is."""
    changed = _changed(root)
    for path, text in changed.items():
        if check:
            say(f"{path} is not current: {COMMAND}")
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
            say(f"{path} written")
    return not (check and changed)


def _changed(root: Path) -> Mapping[str, str]:
    return {path: text for path, text in pages(root).items() if _content(root / path) != text}


def _content(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None
