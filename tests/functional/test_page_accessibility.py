"""Whether everybody can use the page: names and roles, contrast, small screens, dark ones, without motion."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser import BROWSER, cannot_run
from tests.functional.page_browser import Browser
from tests.functional.page_desk import Desk, note, page_of

pytestmark = pytest.mark.browser

#: Finds each text on the page whose contrast with what is behind it is less than what WCAG 2.2 asks (1.4.3).
CONTRASTS = """
(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
  const background = (node) => {
    if (!node) return "white";
    const own = getComputedStyle(node).backgroundColor;
    return css(channels(own, background(node.parentElement)));
  };
  const luminance = (colour, under) => {
    const [r, g, b] = [...channels(colour, under)].slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !node.checkVisibility() || node.closest(".unseen, noscript, .skip")) continue;
    texts += 1;
    const style = getComputedStyle(node);
    const behind = background(node);
    const [one, other] = [luminance(style.color, behind), luminance(behind, behind)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const contrast = (one + 0.05) / (other + 0.05);
    if (contrast < (large ? 3 : 4.5)) found.push(`${contrast.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return { texts, found };
})()
"""
#: Finds what reaches beyond the screen (1.4.10).
TOO_WIDE = """
[...document.querySelectorAll("body *")]
  .filter((node) => node.checkVisibility() && !node.closest(".unseen, .skip, pre"))
  .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((node) => node.outerHTML.slice(0, 80))
"""


#: Roles of what can be used, or is a place to go to.
USED = {"button", "link", "switch", "image", "Audio", "navigation", "article", "region"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not BROWSER:
        cannot_run()
    desk = full_desk()
    profile: Path = tmp_path_factory.mktemp("profile")
    with page_of(desk) as page, Browser(profile) as browser:
        browser.open(page.url)
        browser.wait_for("document.querySelectorAll('#comments > li').length === 3")
        browser.wait_for("document.querySelectorAll('#faults li').length === 2")
        browser.wait_for("document.querySelectorAll('#letters > li').length === 2")
        browser.wait_for("document.querySelectorAll('#contacts li').length === 7")
        browser.expect_words("#contacts li", "Dead letter: It could not be done")
        browser.wait_for("document.querySelector('.agents .earlier') && document.querySelector('[role=img]')")
        yield browser


def full_desk() -> Desk:
    """A desk with something of everything that the page shows."""
    desk = Desk()
    html = '<h4>Incoming call</h4><table><tr><th>From</th><td><a href="https://example.com">x</a></td></tr></table>'
    data = {"recording_url": "https://acme.example/recording.wav", "transcription_text": "word " * 60}
    comments = [
        note(html, attachments=[{"file_name": f"{'long' * 30}.pdf"}]),
        note("<p>Hello</p>", public=True),
        {"kind": "voice_comment", "public": False, "data": data},
    ]
    for status in ("new", "open", "pending", "hold", "solved"):
        desk.arrive(status, Queue={"Name": "Support" * 8})
        desk.decide(status, desk.add(subject="Call " * 20, status=status, tags=["x" * 40], comments=comments))
    desk.arrive("none")
    desk.decide("none", None, "T7", "none")
    desk.arrive("given-up")
    desk.give_up(1, "It could not be done " * 5, '{"ContactId": "given-up"}')
    desk.give_up(2)
    desk.pops = [{"agent": 901, "ticket": number, "at": f"2026-11-02T12:0{number}:00Z"} for number in (1, 2)]
    desk.requests = {"POST /api/v2/tickets": 30, "PUT /api/v2/tickets/{id}": 500}
    desk.on = {"rate_limit"}
    return desk


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest, browser: Browser) -> str:
    chosen = str(request.param)
    features = [
        {"name": "prefers-color-scheme", "value": chosen},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser("Emulation.setEmulatedMedia", features=features)
    return chosen


def nodes(browser: Browser) -> list[dict[str, Any]]:
    """What a screen reader is told: role, name and properties of each node that is not ignored."""
    browser("Accessibility.enable")
    tree = browser("Accessibility.getFullAXTree")["nodes"]
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            **{item["name"]: item["value"].get("value") for item in node.get("properties", [])},
        }
        for node in tree
        if not node["ignored"]
    ]


def test_everything_that_can_be_used_has_a_name(browser: Browser) -> None:
    used = [node for node in nodes(browser) if node["role"] in USED]
    assert {node["role"] for node in used} == USED
    assert [node for node in used if not node["name"]] == []
    buttons = [node["name"] for node in used if node["role"] == "button"]
    assert len(buttons) == len(set(buttons)), "each button says what it is about"


def test_landmarks_and_headings_lead_through_the_page(browser: Browser) -> None:
    found = nodes(browser)
    roles = [node["role"] for node in found]
    assert (roles.count("banner"), roles.count("main"), roles.count("navigation")) == (1, 1, 1)
    regions = [node["name"] for node in found if node["role"] == "region"]
    assert regions == [
        "Agents’ screens",
        "Dead letters",
        "Requests to Zendesk, by minute",
        "Make it go wrong",
    ]
    levels = [node["level"] for node in found if node["role"] == "heading"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert set(levels) <= {1, 2, 3, 4}
    assert all(after <= before + 1 for before, after in pairwise(levels)), "none is left out"
    assert browser.ask("document.documentElement.lang") == "en"


def test_states_are_told_and_not_only_coloured(browser: Browser) -> None:
    found = nodes(browser)
    (switch,) = [node for node in found if node["role"] == "switch"]
    assert (switch["name"], switch["checked"]) == ("rate limit on", "true")
    charts = [node["name"] for node in found if node["role"] == "image"]
    assert "ticket updates: 500 of 100 this minute; at most 500 in one of the last 1 minutes" in charts
    assert "Dead letter: It could not be done" in browser.text("#contacts li")
    assert browser.text("#ticket-head .status") == "solved"


def test_texts_stand_out_from_what_is_behind_them(browser: Browser, colours: str) -> None:
    for contact in ("solved", "new", "none", "given-up"):
        browser.ask(f"location.hash = '#contact-{contact}'")
        browser.wait_for(f"document.querySelector('[aria-current]')?.hash === '#contact-{contact}'")
        measured = browser.ask(CONTRASTS)
        assert measured["texts"] > 60, colours
        assert measured["found"] == [], colours
    browser.ask("location.hash = '#contact-solved'")
    browser.wait_for("document.querySelectorAll('#comments > li').length === 3")


@pytest.mark.usefixtures("colours")
def test_nothing_moves_for_those_who_do_not_want_it(browser: Browser) -> None:
    assert browser.ask("document.getAnimations().length") == 0


@pytest.mark.parametrize("width", [320, 400, 740, 1120, 1400])
def test_page_fits_the_screen(browser: Browser, width: int) -> None:
    browser("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    assert browser.ask("document.documentElement.scrollWidth") <= width
    assert browser.ask(TOO_WIDE) == []
    shown = "[...document.querySelectorAll('button')].filter((it) => it.checkVisibility())"
    assert browser.ask(f"Math.min(...{shown}.map((it) => it.offsetHeight))") >= 24, "can be hit (2.5.8)"


def test_focus_can_be_seen_wherever_it_is(browser: Browser) -> None:
    seen = set()
    browser.ask("document.activeElement.blur()")
    for _ in range(40):
        browser.press("Tab")
        place = browser.ask(
            "(() => { const it = document.activeElement; const style = getComputedStyle(it);"
            " return [it.tagName, it.textContent, style.outlineStyle, parseFloat(style.outlineWidth)]; })()"
        )
        if place[0] == "BODY":
            break
        seen.add((place[0], place[1]))
        if place[0] != "AUDIO":  # its controls have outlines of the browser's own
            assert place[2] != "none", place
            assert place[3] >= 2, place
    kinds = {kind for kind, _ in seen}
    assert {"A", "BUTTON", "SUMMARY", "AUDIO"} <= kinds
