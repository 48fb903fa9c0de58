"""The agent app as it is deployed: its function URL on the emulator, at the desk that `make up` shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

from local.demo import morning as mornings
from local.desk.available import why_no_desk
from local.emulator.laptop import Laptop
from tests.browser import BROWSER, cannot_run
from tests.waiting import wait_for

pytestmark = [pytest.mark.emulator, pytest.mark.browser]


def test_A1_A3_R1_P8_a_visitor_takes_a_call_sees_its_ticket_and_pauses_the_recording() -> None:
    if not BROWSER:
        cannot_run()
    if why := why_no_desk():
        cannot_run(why)
    with (
        Laptop(
            zendesk_world=mornings.world("zendesk"),
            connect_world=mornings.world("connect"),
            app_settings=mornings.app_settings(),
            agent_app=True,
        ) as laptop,
        sync_playwright() as playwright,
    ):
        laptop.put_app_settings(mornings.app_settings())  # as after a story with settings of its own
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(120_000)
        page.goto(laptop.desk)
        page.get_by_role("button", name="Contact comes in").click()
        app = page.frame_locator("iframe[name^=top_bar]")
        panel = app.frame_locator("#phone iframe")
        panel.get_by_role("button", name="Accept").click()
        app.get_by_text("On ticket 4005").wait_for()
        page.locator("main h1", has_text="#4005").wait_for()
        app.get_by_role("button", name="Pause recording").click()
        app.get_by_text("Recording is paused", exact=True).wait_for()
        panel.get_by_role("button", name="End").click()
        panel.get_by_role("button", name="Close contact").click()
        wait_for(
            lambda: [ticket for ticket in laptop.zendesk.tickets() if ticket["id"] == 4005],
            lambda found: len(found[0]["comments"]) > 1,
            "the call's report on its ticket",
        )
        assert laptop.dead_letters() == []
        browser.close()
