"""What customers and other sites may try in an agent's browser: it is not run, not listened to (A4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

from tests.functional.agent_app_browser import at_desk
from tests.waiting import wait_for, wait_until_equal

pytestmark = pytest.mark.browser

MARKUP = '<img src=x onerror="top.taken=1">'

#: Sends to all frames of a window what Zendesk's page or Amazon Connect's frame would.
SPOOF = """(victim) => {
  const frames = [];
  const walk = (frame) => {
    frames.push(frame);
    for (let i = 0; i < frame.length; i++) walk(frame[i]);
  };
  walk(victim);
  for (const frame of frames) for (const message of MESSAGES) frame.postMessage(message, "*");
  return frames.length;
}"""
FROM_ZENDESK = [
    '{"key": "zaf.dial", "message": {"number": "+447700900999", "ticket": 4002}}',
    '{"key": "zaf.voice.dialout", "message": {"number": "+447700900998", "ticketId": 4002}}',
    '{"key": "zaf.front", "message": {"ticket": 666, "requester": 102, "name": "forged"}}',
]
FROM_AMAZON_CONNECT = """[{event: "agent::update", data: {
  snapshot: {state: {name: "Available", type: "routable"}, contacts: [{contactId: "forged", type: "voice",
    state: {type: "connecting"}, queue: {}, attributes: {}, connections: [{connectionId: "c", type: "inbound",
    initial: true, state: {type: "connecting"}, endpoint: {phoneNumber: "+44"}}]}]},
  configuration: {username: "forged", agentARN: "arn:forged", agentStates: [], permissions: [],
    routingProfile: {channelConcurrencyMap: {VOICE: 1}}}}}]"""


def spoof(page: Page | Frame, messages: str, victim: str) -> int:
    """Have a page send messages to all frames of a window; returns how many there are."""
    sent: int = page.evaluate(f"({SPOOF.replace('MESSAGES', messages)})({victim})")
    return sent


def forged(visitor: Any) -> list[str]:
    return [path for _, path in visitor.desk.function.asked if "forged" in path]


def frame_of(page: Page, name: str) -> Frame:
    return next(each for each in page.frames if name in each.name or name in each.url)


def test_A4_what_a_customer_wrote_is_run_nowhere(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        visitor.open()
        visitor.call_in(
            "anonymous",
            MARKUP,
            ticket_assignment="agent",
            pause_recording=MARKUP,
            zendesk_ticket=MARKUP,
            customer_name=MARKUP,
        )
        visitor.answer()
        visitor.sees('got "<img src=x')
        toasts = visitor.page.locator("#toasts p", has_text="<img src=x")
        wait_until_equal(toasts.count, 1)  # as text, though Zendesk takes toasts as HTML
        assert visitor.page.evaluate("window.taken") is None
        assert visitor.app.locator("img").count() == 0
        assert visitor.page.locator("#toasts img").count() == 0


def test_A4_another_sites_page_is_not_listened_to(tmp_path: Path) -> None:
    with at_desk(tmp_path) as visitor:
        page = visitor.page.context.new_page()
        page.route(
            "https://evil.example/**", lambda route: route.fulfill(body="<p>evil", content_type="text/html")
        )
        page.goto("https://evil.example/")
        with page.expect_popup() as opened:
            page.evaluate("url => { window.victim = open(url); }", visitor.desk.url)
        visitor.page = opened.value
        visitor.open_app()
        everything = f"[...{FROM_ZENDESK}, ...{FROM_AMAZON_CONNECT}]"
        assert spoof(page, everything, "window.victim") >= 3
        visitor.call_in(ticket_assignment="agent")
        visitor.answer()
        visitor.sees("Ana Silva, call")
        visitor.page.wait_for_timeout(1500)
        assert forged(visitor) == []
        assert len(visitor.desk.board.state()["contacts"]) == 1
        assert visitor.app.get_by_text("666").count() == 0
        # The same, from those whose it is to say: the messages are what they should be.
        spoof(frame_of(visitor.page, "ccp-v2"), FROM_AMAZON_CONNECT, "parent")
        wait_for(lambda: forged(visitor), bool, "a request about the forged contact")
        spoof(visitor.page, str(FROM_ZENDESK[2:]), "window")
        visitor.sees("Attach this call to ticket 666")
