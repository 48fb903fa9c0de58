"""Chromium at an agent's desk, driven by Playwright: the system's browser, none that is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, FrameLocator, Page, sync_playwright

from connect_zendesk.ledger import agent_contacts, agent_pages
from local.desk.available import why_no_desk
from tests.agent_desk import AgentDesk, desk
from tests.browser import BROWSER, cannot_run
from tests.records import ADA
from tests.waiting import wait_for

#: Longer than anything takes on a machine in use; nothing is compared before.
PATIENCE_MS = 60_000


class AtDesk:
    """A visitor at an agent's desk. ``problems`` are what the browser's console has of errors."""

    def __init__(self, desk: AgentDesk, page: Page) -> None:
        self.desk, self.page = desk, page
        self.problems: list[str] = []
        page.context.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self._note(said.type, said.text))

    @property
    def app(self) -> FrameLocator:
        """The app's page in Zendesk's bar."""
        return self.page.frame_locator("iframe[name^=top_bar]")

    @property
    def panel(self) -> FrameLocator:
        """Amazon Connect's control panel in it."""
        return self.app.frame_locator("#phone iframe")

    def open(self) -> None:
        """Open Zendesk, and the app in it."""
        self.page.goto(self.desk.url)
        self.open_app()

    def open_app(self) -> None:
        """Open the app in Zendesk, until it shows the contacts and the server knows of it."""
        self.page.get_by_role("button", name="Amazon Connect", exact=True).click()
        self.panel.get_by_text("Waiting for contacts").wait_for()
        self.sees("You are on no contact")
        wait_for(self._agent, what="the agent's page, with its agent")

    def wait_until_on(self, contact: str) -> None:
        """Wait until the server knows that the agent is on a contact."""
        wait_for(self._on, lambda on: contact in on, "the agent's contact")

    def press(self, name: str) -> None:
        """Press a button of the app."""
        self.app.get_by_role("button", name=name).click()

    def sees(self, text: str) -> None:
        """Wait until the app shows this."""
        self.app.get_by_text(text, exact=False).first.wait_for()

    def is_shown(self, heading: str) -> None:
        """Wait until Zendesk shows a ticket or a user."""
        self.page.locator("main h1", has_text=heading).wait_for()

    def call_in(self, customer: str = "+442071838750", name: str = "Ana Silva", **attributes: str) -> str:
        """Have a call come in and ring."""
        return self.desk.board.offer(customer, name, "VOICE", attributes)

    def answer(self) -> None:
        """Accept what rings, in the control panel."""
        self.panel.get_by_role("button", name="Accept").click()

    def _agent(self) -> str | None:
        """Return who the page says its agent is in Amazon Connect, as the server knows it."""
        with self.desk.line.lock:
            page = agent_pages.page_of(self.desk.stack.services.ledger, ADA)
        return page.arn if page is not None else None

    def _on(self) -> list[str]:
        """Return the legs that the agent is on, as the server knows it."""
        services = self.desk.stack.services
        with self.desk.line.lock:
            return [each.leg for each in agent_contacts.at(services.ledger, ADA, services.clock())]

    def _note(self, kind: str, text: str) -> None:
        # A page that is quicker than an event is asked for patience, which browsers write down as an error.
        if kind == "error" and "503" not in text:
            self.problems.append(text)


@contextmanager
def at_desk(
    tmp_path: Path, *, storage: bool = True, pages: Path | None = None, **how: Any
) -> Iterator[AtDesk]:
    """Have a visitor at a desk; ``how``: settings of the app, and ``context``: of the browser."""
    if not BROWSER:
        cannot_run()
    if why := why_no_desk():
        cannot_run(why)
    context = how.pop("context", {})
    with desk(pages=pages, **how) as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        try:
            opened: BrowserContext = browser.new_context(viewport={"width": 1400, "height": 1000}, **context)
            if not storage:
                opened.add_init_script(DENIED)
            visitor = AtDesk(made, opened.new_page())
            yield visitor
        finally:
            browser.close()


#: What a browser does that denies storage to frames of other sites.
DENIED = """
if (window !== top) for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
}
if (window !== top) window.SharedWorker = function () { throw new DOMException("denied", "SecurityError"); };
"""
