"""A headless Chromium, spoken to in its DevTools protocol."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from tests.waiting import LONGEST, wait_for

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# The protocol wants its pipes as descriptors 3 and 4.
WITH_PIPES = """
import fcntl, os, sys
for wanted, given in ((3, sys.argv[1]), (4, sys.argv[2])):
    os.dup2(fcntl.fcntl(int(given), fcntl.F_DUPFD, 10), wanted)
os.execv(sys.argv[3], sys.argv[3:])
"""


#: Code, and the text that pressing it writes.
_KEYS = {
    "Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), " ": (32, " "),
    "ArrowUp": (38, ""), "ArrowDown": (40, ""),
}  # fmt: skip


class Browser:
    """A headless Chromium with one page, spoken to through a pipe in its DevTools protocol."""

    def __init__(self, profile: Path) -> None:
        assert BROWSER
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        flags = (
            "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
            " disable-component-update disable-sync remote-debugging-pipe"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", WITH_PIPES, str(commands), str(answers), BROWSER]
            + [f"--{flag}" for flag in flags.split()]
            + [f"--user-data-dir={profile}", "--window-size=1400,900", "about:blank"],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(commands)
        os.close(answers)
        self._received = b""
        self._number = 0
        self._session: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []

    def open(self, url: str) -> None:
        """Go to an address, with the page that the browser starts with."""
        if not self._session:
            target = next(t for t in self("Target.getTargets")["targetInfos"] if t["type"] == "page")
            attached = self("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            self._session = {"sessionId": attached["sessionId"]}
            self("Runtime.enable")
        self("Page.navigate", url=url)

    def __call__(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command; returns its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters, **self._session}
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            while b"\0" not in self._received:
                answers, _, _ = select.select([self._answers], [], [], LONGEST)
                assert answers, f"The browser does not answer {method}."
                chunk = os.read(self._answers, 1 << 16)
                assert chunk, "The browser has ended."
                self._received += chunk
            message, _, self._received = self._received.partition(b"\0")
            answer: dict[str, Any] = json.loads(message)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

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
        code, text = _KEYS.get(key, (ord(key[0].upper()), key))
        for kind in ("keyDown", "keyUp"):
            self("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, text=text)

    def __enter__(self) -> Self:
        return self

    def end(self) -> None:
        """End all of its processes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def __exit__(self, *_: object) -> None:
        self.end()
        os.close(self._commands)
        os.close(self._answers)
