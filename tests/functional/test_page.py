"""The page in a real browser: contacts arrive, keys move, letters are sent again, nothing of it grows."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connect_zendesk.ledger.notices import GivenNotice
from local.page.server import PageServer
from local.page.state import LIMITS
from tests.browser import BROWSER, cannot_run
from tests.functional.page_browser import Browser
from tests.functional.page_desk import Desk, note, page_of
from tests.waiting import wait_until_equal

pytestmark = pytest.mark.browser

COUNT = "document.querySelectorAll('{}').length"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def page(desk: Desk) -> Iterator[PageServer]:
    with page_of(desk) as server:
        yield server


@pytest.fixture
def browse(page: PageServer, tmp_path: Path) -> Iterator[Callable[[], Browser]]:
    if not BROWSER:
        cannot_run()
    with Browser(tmp_path / "profile") as browser:

        def open_page() -> Browser:
            browser.open(page.url)
            browser.wait_for("document.getElementById('connection')?.dataset.state === 'live'")
            return browser

        yield open_page
        assert browser.thrown == []


def contact_with_ticket(desk: Desk, contact: str = "c1", **ticket: object) -> int:
    """A contact that has arrived, and its ticket; returns the ticket's number."""
    desk.arrive(contact)
    number = desk.add(**ticket)
    desk.decide(contact, number)
    return number


def attribute(selector: str, name: str) -> str:
    """What asks for an attribute of the first element that matches."""
    return f"document.querySelector({json.dumps(selector)})?.getAttribute({json.dumps(name)})"


HOSTILE = (
    '<p>Hello <img src="x" onerror="window.hit = 1"><script>window.hit = 2</script>'
    '<a href="javascript:window.hit = 3">link</a> <a href="https://example.com/a">good</a>'
    '<b onclick="window.hit = 4" style="position: fixed">bold</b></p>'
    '<iframe src="https://example.com"></iframe><svg onload="window.hit = 5"></svg><form><input></form>'
)


def test_what_customers_write_never_becomes_more_than_text(browse: Callable[[], Browser], desk: Desk) -> None:
    desk.arrive("c1", CustomerEndpoint={"Address": "<b>1</b>", "Type": "TELEPHONE_NUMBER"})
    number = desk.add(
        subject="<img src=x onerror='window.hit = 6'>",
        tags=["<script>window.hit = 7</script>"],
        comments=[note(HOSTILE, attachments=[{"file_name": "<i>note.txt</i>"}])],
    )
    desk.decide("c1", number, "<u>T4</u>")
    desk.give_up(1, "<i>y</i>", "<script>window.hit = 8</script>", source="<b>x</b>")
    browser = browse()
    browser.wait_for(f"{COUNT.format('#comments li')} > 0")
    browser.expect_text("#ticket-head h2", "<img src=x onerror='window.hit = 6'>")
    browser.expect_text(".tags li", "<script>window.hit = 7</script>")
    browser.expect_words(".comment .body", "Hello", "link", "good", "bold")
    assert browser.text(".comment .body").split() == ["Hello", "link", "goodbold"]
    browser.expect_text(".files li", "<i>note.txt</i>")
    browser.expect_text(".letters .reason", "<i>y</i>")
    browser.expect_text(".decided li", "<u>T4</u>: the reason")
    within = "document.querySelectorAll('main :is(script, iframe, img, svg, u, i)')"
    assert browser.ask(f"{within}.length") == 0
    assert browser.ask("[...document.querySelectorAll('.body a')].map((link) => link.href)") == [
        "https://example.com/a"
    ]
    assert browser.ask("document.querySelector('.body b').attributes.length") == 0
    assert browser.ask("window.hit") is None


def test_contact_appears_without_reloading_and_then_its_ticket(
    browse: Callable[[], Browser], desk: Desk
) -> None:
    browser = browse()
    browser.expect_words(".list", "No contacts yet")
    browser.ask("window.sameDocument = true")
    desk.arrive("c1")
    browser.wait_for(f"{COUNT.format('#contacts li')} === 1")
    browser.expect_words("#contacts li", "+442071838750")
    browser.expect_words("#contacts li", "Not decided yet")
    desk.notices["c1"] = [GivenNotice(901, "C4", "The caller is <b>anonymous</b>.")]
    desk.decide("c1", desk.add(subject="Call with Ann", comments=[note("<p>Details</p>")]), "T5")
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'Call with Ann'")
    browser.expect_words("#contacts li", "New ticket #1 (T5)")
    browser.expect_words("#decision", "T5: the reason")
    browser.expect_words("#decision .notices", "For Dana, C4: The caller is <b>anonymous</b>.")
    browser.expect_words(".comment.note h3", "Dana")
    browser.expect_words(".comment.note h3", "Private note")
    assert browser.ask("window.sameDocument") is True


def test_news_is_told_politely_and_not_for_each_contact(browse: Callable[[], Browser], desk: Desk) -> None:
    browser = browse()
    browser.ask(
        "window.told = []; new MutationObserver(() => told.push([performance.now(), news.textContent]))"
        ".observe(news, {childList: true})"
    )
    for number in range(12):
        desk.arrive(f"c{number}")
        browser.wait_for(f"{COUNT.format('#contacts li')} === {number + 1}")
    browser.wait_for("told.length >= 2 && told.at(-1)[1].includes('contact')")
    # A machine that is slow only makes them longer.
    assert browser.ask("Math.min(...told.slice(1).map(([at], before) => at - told[before][0]))") > 3_900
    browser.expect(attribute("#news", "aria-live"), "polite")
    browser.expect("document.querySelectorAll('main [aria-live]').length", 0)


def test_keys_move_through_contacts_and_the_chosen_one_stays(
    browse: Callable[[], Browser], desk: Desk
) -> None:
    for name in ("first", "second", "third"):
        contact_with_ticket(desk, name, subject=name)
    browser = browse()
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'third'")
    browser.press("j")
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'second'")
    browser.expect("document.activeElement.hash", "#contact-second")
    browser.expect("document.activeElement.matches(':focus-visible')", True)
    browser.press("ArrowDown")
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'first'")
    browser.press("j")
    assert browser.ask("document.activeElement.hash") == "#contact-first", "there is no other after it"
    desk.change(1, status="open")
    contact_with_ticket(desk, "fourth", subject="fourth")
    browser.wait_for(f"{COUNT.format('#contacts li')} === 4")
    browser.wait_for("document.querySelector('#ticket-head .status')?.innerText === 'open'")
    browser.expect_text("#ticket-head h2", "first")
    assert browser.ask("document.activeElement.hash") == "#contact-first", "the focus stays where it was"
    assert browser.ask("document.querySelector('[aria-current]').hash") == "#contact-first"
    browser.press("k")
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'second'")
    browser.press("Escape")
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'fourth'")


def test_tab_goes_over_the_list_in_one_step_and_the_skip_link_past_it(
    browse: Callable[[], Browser], desk: Desk
) -> None:
    for name in ("first", "second", "third"):
        contact_with_ticket(desk, name, subject=name)
    browser = browse()
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'third'")
    browser.press("Tab")
    browser.expect("document.activeElement.id", "skip")
    browser.press("Tab")
    browser.expect("document.activeElement.hash", "#contact-third")
    browser.press("Tab")
    browser.wait_for("document.activeElement.closest('#contacts') === null")
    browser.ask("document.getElementById('skip').focus()")
    browser.press("Enter")
    browser.expect("document.activeElement.id", "shown")
    browser.expect("location.hash", "")


def test_dead_letter_is_sent_again_with_a_button(browse: Callable[[], Browser], desk: Desk) -> None:
    desk.arrive("c9")
    desk.give_up(1, data='{"ContactId": "c9"}')
    desk.give_up(2)
    desk.give_up(3)
    browser = browse()
    browser.wait_for(f"{COUNT.format('#letters > li')} === 3")
    browser.expect_words("#contacts li", "Dead letter: It is not JSON.")
    browser.ask("document.querySelector('#letters > li:last-child button').focus()")
    browser.press("Enter")
    browser.wait_for(f"{COUNT.format('#letters > li')} === 2")
    wait_until_equal(lambda: desk.done, [{"ids": ["letter-1"]}])
    browser.wait_for("document.getElementById('letters-said').textContent === '1 sent again.'")
    desk.refusal = "Not sent: it was cut."
    browser.ask("document.querySelector('#letters button').click()")
    browser.wait_for("document.getElementById('letters-said').textContent === 'Not sent: it was cut.'")
    browser.expect(COUNT.format("#letters > li"), 2)
    desk.refusal = ""
    browser.ask("document.getElementById('send-all').click()")
    browser.wait_for("!document.getElementById('no-letters').hidden")
    wait_until_equal(lambda: desk.done[-1], {"all": True})
    browser.expect("document.getElementById('send-all').hidden", True)


def test_faults_are_switched_with_the_keyboard(browse: Callable[[], Browser], desk: Desk) -> None:
    browser = browse()
    switch = "document.querySelector('#faults [role=switch]')"
    browser.wait_for(f"{switch} !== null")
    browser.expect(f"{switch}.getAttribute('aria-checked')", "false")
    browser.ask(f"{switch}.focus()")
    browser.press(" ")
    browser.wait_for(f"{switch}.getAttribute('aria-checked') === 'true'")
    assert browser.ask(f"document.activeElement === {switch}") is True, "it can be switched back at once"
    browser.press(" ")
    browser.wait_for(f"{switch}.getAttribute('aria-checked') === 'false'")
    wait_until_equal(lambda: [asked["on"] for asked in desk.done], [True, False])
    said = "document.getElementById('faults-said').textContent"
    browser.wait_for(f"{said} === 'Switched.' && !document.querySelector('[aria-disabled]')")
    browser.ask(f"{said} = ''; document.querySelector('#faults li:nth-child(2) button').click()")
    browser.wait_for("document.getElementById('faults-said').textContent === 'Switched.'")
    wait_until_equal(lambda: desk.done[-1], {"on": True, "name": "tokens_revoked"})


def test_recording_has_a_player_and_the_data_of_its_call(browse: Callable[[], Browser], desk: Desk) -> None:
    data = {
        "from": "+442071838750",
        "to": "+448001234567",
        "recording_url": "https://acme.example/recording.wav",
        "call_duration": 222,
        "answered_by_id": 901,
        "transcription_text": "Hello.\nGoodbye.",
    }
    voice = {"kind": "voice_comment", "public": False, "data": data}
    contact_with_ticket(desk, comments=[voice])
    browser = browse()
    browser.wait_for("document.querySelector('audio') !== null")
    browser.expect("document.querySelector('audio').src", "https://acme.example/recording.wav")
    browser.expect("document.querySelector('audio').preload", "none")
    shown = ("+442071838750", "+448001234567", "3:42", "Dana", "Private", "Hello.\nGoodbye.")
    browser.expect_words(".comment.call", *shown)
    browser.ask("window.player = document.querySelector('audio')")
    desk.change(1, comments=[voice, note("later")])
    browser.wait_for(f"{COUNT.format('.comment')} === 2")
    assert browser.ask("document.querySelector('audio') === window.player") is True, "it goes on playing"


def test_M5_a_call_of_the_calls_api_is_shown_with_its_times(
    browse: Callable[[], Browser], desk: Desk
) -> None:
    data = {
        "title": "Incoming call, transferred to Billing",
        "from_line": "+442071838750",
        "to_line": "+448001234567",
        "queue_name": "Billing",
        "duration": 222,
        "wait_time": 45,
        "talk_time": 100,
        "hold_time": None,
        "wrap_up_time": 0,
        "agent_id": 901,
        "completion_status": "completed",
        "call_recording_consent": "opt_in",
        "call_recording_consent_action": "caller_opted_in",
        "recording_url": "",
    }
    contact_with_ticket(desk, comments=[{"kind": "voice_comment", "public": False, "data": data}])
    browser = browse()
    shown = (
        "transferred to Billing",
        "+442071838750",
        "3:42",
        "0:45",
        "1:40",
        "0:00",
        "caller opted in",
        "Dana",
    )
    browser.expect_words(".comment.call", *shown)
    assert "On hold" not in browser.ask("document.querySelector('.comment.call').innerText")


def test_agents_screen_shows_the_newest_pop_large_and_leads_to_its_ticket(
    browse: Callable[[], Browser], desk: Desk
) -> None:
    contact_with_ticket(desk, "c1", subject="First")
    contact_with_ticket(desk, "c2", subject="Second")
    desk.pops = [{"agent": 901, "user": 101, "at": "2026-11-02T12:00:00Z"}]
    browser = browse()
    browser.wait_for("document.querySelector('.agents .screen')?.innerText.includes('User 101 Ann')")
    desk.pops = [*desk.pops, {"agent": 901, "ticket": 1, "at": "2026-11-02T12:01:00Z"}]
    browser.wait_for("document.querySelector('.agents .screen')?.innerText.includes('#1 First')")
    browser.expect_words(".agents .earlier", "User 101 Ann")
    browser.ask("document.querySelector('.agents .screen a').click()")
    browser.wait_for("document.querySelector('#ticket-head h2')?.innerText === 'First'")


def test_thousands_of_contacts_leave_the_page_as_small_as_it_is(
    browse: Callable[[], Browser], desk: Desk
) -> None:
    browser = browse()
    nodes = []
    for hundreds in range(4):
        for number in range(400):
            contact_with_ticket(desk, f"{hundreds}-{number}", subject="s")
            desk.pops.append({"agent": 901, "ticket": 1, "at": f"2026-11-02T12:{hundreds:02}:00Z"})
        for letter in range(40):
            desk.give_up(hundreds * 100 + letter)
        desk.requests["POST /api/v2/tickets"] = 400 * (hundreds + 1)
        browser.wait_for(f"document.title.startsWith('({400 * (hundreds + 1)})')")
        browser.wait_for(f"document.querySelector('#contacts a')?.hash === '#contact-{hundreds}-399'")
        browser.wait_for(
            f"document.querySelector('.agents h3')?.innerText.includes('{400 * (hundreds + 1)}')"
        )
        nodes.append(browser.ask("document.getElementsByTagName('*').length"))
    browser.expect(COUNT.format("#contacts li"), LIMITS["contacts"])
    browser.expect_text("#more-contacts", f"and {(1600 - LIMITS['contacts']):,} older ones")
    assert nodes[-1] <= nodes[1] * 1.05


def test_lost_connection_is_said_and_found_again(
    browse: Callable[[], Browser], page: PageServer, desk: Desk
) -> None:
    desk.arrive("before")
    browser = browse()
    browser.wait_for(f"{COUNT.format('#contacts li')} === 1")
    page.stop()
    browser.wait_for("document.getElementById('connection').dataset.state === 'lost'")
    browser.expect_words("#connection", "Not connected")
    another = Desk()
    another.arrive("after")
    with page_of(another, page.port):
        browser.wait_for("document.getElementById('connection').dataset.state === 'live'")
        browser.wait_for("document.querySelector('#contacts a')?.hash === '#contact-after'")
        assert browser.ask(COUNT.format("#contacts li")) == 1, "nothing of another laptop is left"
