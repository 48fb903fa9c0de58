"""Takes the picture of the page for the documentation, from a laptop that plays the morning.

python -m tests.functional.take_picture docs/pictures/page.png
"""

import base64
import sys
import tempfile
from pathlib import Path

from local.demo import morning as mornings
from local.emulator.laptop import Laptop
from local.page import laptop_page
from local.playing import play
from local.replay.reading import read
from tests.functional.page_browser import Browser

_WIDTH, _HEIGHT = 1440, 1300
_EVENTS = Path(__file__).parents[2] / "events"
_STORIES = ("transferred-call", "analysed-call")  # pops on agents' screens, and a transcript
_SHOWN = "57041e50-0000-4000-8000-000000001101"


def take(picture: Path) -> None:
    """Write the picture, a PNG."""
    with (
        Laptop(
            zendesk_world=mornings.world("zendesk"),
            connect_world=mornings.world("connect"),
            app_settings=mornings.app_settings(),
        ) as laptop,
        laptop_page.serve(laptop) as page,
        tempfile.TemporaryDirectory() as profile,
        Browser(Path(profile)) as browser,
    ):
        for wave in mornings.read().waves():
            laptop.put_records(wave)
            laptop.wait_until_settled(timeout=120)
        for story in _STORIES:
            play(laptop, read(_EVENTS / "stories" / f"{story}.jsonl"))
        browser.open(f"{page.url}#contact-{_SHOWN}")
        size = {"width": _WIDTH, "height": _HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        browser("Emulation.setDeviceMetricsOverride", **size)
        media = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        browser("Emulation.setEmulatedMedia", features=media)
        browser.wait_for("document.querySelectorAll('#comments > li').length >= 3")
        browser.wait_for("document.querySelectorAll('#faults > li').length > 0")
        browser(
            "Runtime.evaluate",
            expression="document.querySelector('#comments > li:last-child').scrollIntoView()",
        )
        picture.write_bytes(base64.b64decode(browser("Page.captureScreenshot")["data"]))


if __name__ == "__main__":
    take(Path(sys.argv[1]))
