"""Takes the pictures of transcripts for the documentation, from samples, as Zendesk's stand-in keeps them.

python -m tests.functional.take_transcript_pictures docs/pictures
"""

import base64
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from connect_zendesk.amazon_connect import contact_files
from connect_zendesk.rules.transcripts.transcript_comment import TranscriptView, render
from local.stand_ins.zendesk.tickets.html_text import sanitised
from tests.functional.page_browser import Browser

_SAMPLES = Path(__file__).parents[2] / "events" / "contact_files"
_WIDTH, _HIGHEST = 760, 1100
_TICKET = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 16px; background: #f8f9f9; font: 13px/1.45 system-ui, sans-serif; color: #2f3941; }
div { padding: 14px 18px; background: #fff8ed; border: 1px solid #fcdba9; border-radius: 4px; }
p { margin: 0 0 10px; } ul { margin: 0 0 10px; padding-left: 20px; }
</style><div dir="auto">%s</div>"""


@dataclass(frozen=True)
class Picture:
    """A picture's name, and the number and the folder of the sample on it; ``document``: of the file."""

    name: str
    sample: int
    folder: str
    document: bool = False


PICTURES = (
    Picture("transcript-call", 11, "Analysis/Voice/Redacted"),
    Picture("transcript-chat", 1, "connect"),
    Picture("transcript-file", 21, "Analysis/Chat/2026", document=True),
)


class _Document:
    def __init__(self) -> None:
        self.texts: list[str] = []

    def write(self, text: str, /) -> None:
        self.texts.append(text)

    def next_part(self) -> None:
        raise AssertionError("a sample is not that long")


def page(picture: Picture) -> str:
    """Return what is on a picture, as HTML."""
    folder = _SAMPLES / "amazon-connect-recordings"
    (path,) = (folder / picture.folder).rglob(f"c0117ac7-*-{picture.sample:012}_*.json")
    file = contact_files.of_key(folder.name, str(path.relative_to(folder)))
    assert file is not None
    document = _Document()
    comment = render(contact_files.open(file, path), TranscriptView("Europe/London"), document)
    return "".join(document.texts) if picture.document else _TICKET % sanitised(comment.html)


def take(folder: Path) -> None:
    """Write the pictures, PNGs."""
    with tempfile.TemporaryDirectory() as profile, Browser(Path(profile)) as browser:
        browser.open("about:blank")
        browser("Emulation.setScrollbarsHidden", hidden=True)
        for picture in PICTURES:
            shown = Path(profile) / f"{picture.name}.html"
            shown.write_text(page(picture), encoding="utf-8")
            browser.open(shown.as_uri())
            size = {"width": _WIDTH, "deviceScaleFactor": 1, "mobile": False}
            browser("Emulation.setDeviceMetricsOverride", height=400, **size)
            high = browser("Runtime.evaluate", expression="document.documentElement.scrollHeight")
            height = min(_HIGHEST, high["result"]["value"])
            browser("Emulation.setDeviceMetricsOverride", height=height, **size)
            taken = base64.b64decode(browser("Page.captureScreenshot")["data"])
            (folder / f"{picture.name}.png").write_bytes(taken)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
