"""The agent app in a real browser: Zendesk's SDK, Streams, pages and functions, at an agent's desk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connect_zendesk.workflows.agent_app import sessions
from infra.npm_packages import AXE
from local.replay.agent_app import PAGES
from tests.functional.agent_app_browser import at_desk
from tests.waiting import wait_for, wait_until_equal

pytestmark = pytest.mark.browser

ALLOWED = {"pause_recording": "true", "ticket_assignment": "agent"}


def test_A1_A2_A3_R1_P8_an_agent_works_from_the_first_ring_to_the_end(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in(**ALLOWED)
        visitor.is_shown("Ana Silva")  # P1: the user, while it rings
        visitor.answer()
        visitor.sees("Ana Silva, call")
        visitor.sees("Not on a ticket yet")
        visitor.press("Pause recording")
        visitor.sees("Recording is paused")
        visitor.page.get_by_role("button", name="#4001 By letter").click()
        visitor.press("Attach this call to ticket 4001")
        visitor.sees("Attached to ticket 4001")
        visitor.sees("On ticket 4001")
        visitor.press("Resume recording")
        visitor.sees("Recording is on")
        visitor.panel.get_by_role("button", name="End").click()
        visitor.sees("Ana Silva, call, ended")
        visitor.panel.get_by_role("button", name="Close contact").click()
        wait_for(
            lambda: [ticket for ticket in visitor.desk.stack.zendesk.tickets() if ticket["id"] == 4001],
            lambda found: len(found[0]["comments"]) == 3,
            "the call on its ticket",
        )
        assert len(visitor.desk.stack.zendesk.tickets()) == 2
        assert visitor.desk.stack.zendesk.pops == []  # the page popped, and Zendesk was not asked to
        assert visitor.problems == []


def test_P2_an_automatic_ticket_pops_on_acceptance(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in()
        visitor.answer()
        visitor.is_shown("#4003 Incoming call from +442071838750")
        visitor.sees("On ticket 4003")


def test_P1_without_an_agent_event_stream_the_page_pops_while_it_rings(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.desk.line.streams = False
        visitor.open()
        visitor.call_in()
        visitor.is_shown("Ana Silva")


def test_A3_a_reload_loses_neither_contact_nor_assignment_nor_pause_and_pops_nothing(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in(**ALLOWED)
        visitor.answer()
        visitor.press("Pause recording")
        visitor.sees("Recording is paused")
        visitor.page.reload()
        visitor.page.get_by_role("button", name="Amazon Connect", exact=True).click()
        visitor.sees("Ana Silva, call")
        visitor.sees("Recording is paused")
        visitor.panel.get_by_text("connected").wait_for()
        assert visitor.page.locator("main h1").count() == 0


def test_A1_two_chats_and_a_doubtful_button_ask_which(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        for name in ("Cleo", "Dan"):
            visitor.desk.board.offer("", name, "CHAT", {"ticket_assignment": "agent", "customer_name": name})
        accept = visitor.panel.get_by_role("button", name="Accept")
        for left in (1, 0):
            accept.first.click()
            wait_until_equal(accept.count, left)
        visitor.sees("Cleo, chat")
        visitor.sees("Dan, chat")
        visitor.page.get_by_role("button", name="#4002 It blinks").click()
        visitor.press("Attach this contact to ticket 4002")
        visitor.sees("Which contact do you mean?")
        visitor.press("Dan, chat")
        visitor.press("Attach this chat to ticket 4002")
        visitor.sees("Attached to ticket 4002")
        visitor.sees("On ticket 4002")
        cards = visitor.app.locator(".contact").all_inner_texts()
        assert sorted("On ticket 4002" in text for text in cards) == [False, True]
        assert not any("Cleo" in text and "On ticket" in text for text in cards)


def test_T7_a_number_that_is_clicked_in_a_ticket_is_dialled_once_and_its_call_is_the_tickets(
    tmp_path: Path,
) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.page.get_by_role("button", name="#4001 By letter").click()
        visitor.page.get_by_role("button", name="+442071838750").click()
        visitor.panel.get_by_role("button", name="Customer answers").click()
        visitor.sees("On ticket 4001")
        assert len(visitor.desk.board.state()["contacts"]) == 1
        assert len(visitor.desk.stack.zendesk.tickets()) == 2


def test_A2_what_happens_later_is_a_toast_once(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in("anonymous", "Unknown", ticket_assignment="agent")
        visitor.answer()
        visitor.sees("The caller is anonymous")
        toasts = visitor.page.locator("#toasts p", has_text="The caller is anonymous")
        wait_until_equal(toasts.count, 1)


def test_A3_with_all_storage_denied_the_buttons_work_without_the_softphone(tmp_path: Path) -> None:
    with at_desk(tmp_path, storage=False) as visitor:
        visitor.page.goto(visitor.desk.url)
        visitor.page.get_by_role("button", name="Amazon Connect", exact=True).click()
        visitor.sees("keeps other sites from storing anything")
        contact = visitor.call_in(**ALLOWED)
        visitor.desk.board.accept(contact)
        visitor.wait_until_on(contact)
        visitor.page.get_by_role("button", name="#4001 By letter").click()
        visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        frame = next(each for each in visitor.page.frames if "top_bar" in each.name)
        frame.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        visitor.press("Attach this call to ticket 4001")
        visitor.sees("Attached to ticket 4001")


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        ("no library", "served without Amazon Connect's library"),
        ("no address", "connect_instance_url is missing"),
    ],
)
def test_A3_what_is_wrong_with_the_softphone_is_said(tmp_path: Path, breaks: str, says: str) -> None:
    with at_desk(tmp_path, pages=PAGES if breaks == "no library" else None) as visitor:
        if breaks == "no address":
            visitor.desk.stack.app_settings = type(visitor.desk.stack.app_settings)()
        visitor.page.goto(visitor.desk.url)
        visitor.page.get_by_role("button", name="Amazon Connect", exact=True).click()
        visitor.sees(says)
        visitor.sees("You are on no contact")


#: Zendesk's page gets one of its answers a second later.
LATE = """
if (window === top) {
  const at_once = window.fetch;
  window.fetch = async (url, ...how) => {
    if (url === "api/WHAT") await new Promise((resolve) => setTimeout(resolve, 1000));
    return at_once(url, ...how);
  };
}
"""


@pytest.mark.parametrize("late", ["about", "lists"])
def test_a_click_on_a_desk_that_is_still_loading_opens_the_app(tmp_path: Path, late: str) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.page.add_init_script(LATE.replace("WHAT", late))
        visitor.open()


def test_A3_a_server_that_is_away_is_said_and_so_is_that_it_is_back(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.desk.function.down = True
        visitor.call_in(**ALLOWED)
        visitor.sees("The server does not answer")
        visitor.desk.function.down = False
        visitor.answer()
        visitor.sees("Ana Silva, call")
        wait_until_equal(lambda: visitor.app.get_by_text("The server does not answer").count(), 0)


def test_A4_a_session_that_is_over_says_to_reload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        app = visitor.desk.stack.agent_app
        app.keys = type(app.keys)(app.keys.app, app.keys.installation, app.keys.public_key, "x" * 40)
        app.fresh()
        visitor.call_in(**ALLOWED)
        visitor.sees("Your sign-in to this page is over")
        assert sessions.LASTS


def test_A3_medialess_frames_no_audio_and_does_all_else(tmp_path: Path) -> None:
    with at_desk(tmp_path, medialess=True) as visitor:
        visitor.open()
        visitor.sees("No audio here")
        visitor.call_in()
        visitor.answer()
        visitor.sees("On ticket 4003")


def test_A4_a_name_full_of_markup_is_text(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)> & \u202e"
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in("+441632960555", name, ticket_assignment="agent", customer_name=name)
        visitor.answer()
        visitor.sees("onerror=alert(1)")
        assert visitor.app.locator("img").count() == 0


def test_P8_requests_of_one_call_are_few(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.page.wait_for_timeout(500)
        visitor.desk.function.asked.clear()
        visitor.call_in()
        visitor.is_shown("Ana Silva")
        visitor.answer()
        visitor.is_shown("#4003 Incoming call from +442071838750")
        visitor.page.wait_for_timeout(8000)
        asked = [
            path for _, path in visitor.desk.function.asked if "assets" not in path and "sidebar" not in path
        ]
        assert len(asked) <= 12, asked


# Who can use it


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it_in_both_colour_schemes_also_at_360_pixels(tmp_path: Path, scheme: str) -> None:
    with at_desk(tmp_path, context={"color_scheme": scheme}) as visitor:
        visitor.open()
        visitor.page.get_by_role("button", name="#4001 By letter").click()
        visitor.call_in("anonymous", "Unknown", **ALLOWED)
        visitor.answer()
        visitor.press("Pause recording")
        visitor.sees("Recording is paused")
        visitor.page.locator("#popover").evaluate("node => { node.style.width = '360px'; }")
        frame = next(each for each in visitor.page.frames if "top_bar" in each.name)
        frame.evaluate(AXE.file("axe.min.js"))
        found = frame.evaluate(
            "async () => (await axe.run('main', { iframes: false, elementRef: false })).violations"
            ".map((each) => each.id + ': ' + each.nodes.map((node) => node.target).join(', '))"
        )
        assert found == []
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_can_be_used_with_the_keyboard_alone_and_events_take_no_focus(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in(**ALLOWED)
        visitor.answer()
        visitor.sees("Pause recording")
        frame = next(each for each in visitor.page.frames if "top_bar" in each.name)
        frame.evaluate("document.querySelector('[data-key=pause]').focus()")
        visitor.page.keyboard.press("Enter")
        visitor.sees("Recording is paused")
        frame.evaluate("document.querySelector('[data-key=resume]').focus()")
        visitor.desk.board.offer("", "Dan", "CHAT", {"ticket_assignment": "agent", "customer_name": "Dan"})
        visitor.panel.get_by_text("Incoming chat: Dan").wait_for()
        assert frame.evaluate("document.activeElement.dataset.key") == "resume"
        visitor.page.keyboard.press("Tab")
        assert re.match("new|user|choose", frame.evaluate("document.activeElement.dataset.key"))
        visitor.page.keyboard.press("Enter")
        visitor.sees("Attached to ticket 4003")


def test_what_changes_is_said_to_screen_readers(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in(**ALLOWED)
        live = visitor.app.locator("#live")
        wait_until_equal(live.inner_text, "A contact rings.")
        visitor.answer()
        visitor.press("Pause recording")
        wait_until_equal(live.inner_text, "The recording is paused.")
