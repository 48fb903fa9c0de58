"""A headless Chromium at the laptop's page, driven by Playwright: the system's browser."""

import json
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import sync_playwright

from tests.browser import BROWSER
from tests.waiting import wait_for


class Browser:
    """A headless Chromium with one page. ``thrown`` are the errors that no script of the page caught.

    Called, it sends a command of its DevTools protocol and returns the result.
    """

    def __init__(self, profile: Path) -> None:
        self._playwright = sync_playwright().start()
        self._context = self._playwright.chromium.launch_persistent_context(
            profile,
            executable_path=BROWSER,
            args=["--no-sandbox", "--disable-quic"],
            viewport={"width": 1400, "height": 900},
        )
        self._page = self._context.pages[0]
        self._protocol = self._context.new_cdp_session(self._page)
        self.thrown: list[str] = []
        self._page.on("pageerror", lambda error: self.thrown.append(str(error)))

    def open(self, url: str) -> None:
        """Go to an address."""
        self._page.goto(url, wait_until="commit")

    def __call__(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command; returns its result."""
        return self._protocol.send(method, parameters)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        return self("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        wait_for(lambda: self.ask(f"Boolean({expression})"), what=expression)

    def expect(self, expression: str, value: Any) -> None:
        """Wait until a JavaScript expression has a value."""
        wait_for(lambda: self.ask(expression), lambda seen: seen == value, f"{value!r} of {expression}")

    def text(self, selector: str) -> str:
        """What one reads in the first element that matches, or nothing: for what is there already."""
        return str(self.ask(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def expect_text(self, selector: str, text: str) -> None:
        """Wait until one reads this in the first element that matches."""
        wait_for(lambda: self.text(selector), lambda seen: seen == text, f"{text!r} in {selector}")

    def expect_words(self, selector: str, *words: str) -> None:
        """Wait until one reads these, among others, in the first element that matches."""
        wait_for(
            lambda: self.text(selector),
            lambda seen: all(word in seen for word in words),
            f"{words} in {selector}",
        )

    def press(self, key: str) -> None:
        """Press a key and let it go, by its name or the character that it writes."""
        self._page.keyboard.press("Space" if key == " " else key)

    def __enter__(self) -> Self:
        return self

    def end(self) -> None:
        """End all of its processes."""
        self._context.close()
        self._playwright.stop()

    def __exit__(self, *_: object) -> None:
        self.end()
