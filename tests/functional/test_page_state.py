"""What the page shows: contacts, decisions, tickets, letters, limits; and how little of it travels."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from connect_zendesk.ledger.heads import Head
from connect_zendesk.ledger.notices import GivenNotice
from connect_zendesk.zendesk.tickets import METADATA
from local.emulator.dead_letters import DeadLetter
from local.page.board import Board
from local.page.letters import Letters
from local.page.limits import RequestsPerMinute, buckets_of
from local.page.state import LIMITS, PageState
from local.page.tickets import Tickets
from local.stand_ins.zendesk.plan import Plan
from tests.functional.page_desk import NOON, Desk, note


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def state(desk: Desk) -> PageState:
    return PageState(desk.sources())


def rows(state: PageState, section: str) -> dict[str, dict[str, Any]]:
    """Look, and return a section's rows by their ids, newest first."""
    state.look()
    shown = state.board.since(0)["sections"].get(section, {"set": []})["set"]
    return {row["id"]: row for row in sorted(shown, key=lambda row: -row["place"])}


def look_at_tickets(desk: Desk, state: PageState, status: str = "new") -> None:
    """Look until the newest tickets have been seen: looks that cost something are kept apart."""
    state.look()
    while (
        state.tickets.count < len(desk.tickets())
        or (state.tickets.ticket(2) or {"status": None})["status"] != status
    ):
        state.look()


# Only changes travel


def test_whoever_takes_changes_over_has_what_is_on_the_board() -> None:
    chance = random.Random(7)  # noqa: S311  nothing secret depends on it
    board = Board({"a": 5, "b": 50})
    known: dict[str, dict[str, Any]] = {"a": {}, "b": {}}
    number = 0
    for step in range(2000):
        section, key = chance.choice("ab"), str(chance.randrange(40))
        match chance.randrange(4):
            case 0:
                board.keep_only(section, {str(kept) for kept in range(0, 40, 1 + chance.randrange(3))})
            case 1:
                board.update(section, key, {"value": step})
            case choice:
                board.put(section, key, {"value": step // 3}, newest=choice == 2)
        if chance.random() < 0.3:
            change = board.since(number)
            number = change["number"]
            if change["full"]:
                known = {"a": {}, "b": {}}
            for name, changed in change["sections"].items():
                for gone in changed["gone"]:
                    known[name].pop(gone, None)
                known[name] |= {row["id"]: row for row in changed["set"]}
            everything = board.since(0)["sections"]
            for name, rows_ in known.items():
                assert rows_ == {row["id"]: row for row in everything.get(name, {"set": []})["set"]}


def test_what_stays_the_same_is_no_change() -> None:
    board = Board({"a": 5})
    board.put("a", "x", {"value": 1})
    number = board.since(0)["number"]
    board.put("a", "x", {"value": 1}, newest=True)
    board.update("a", "y", {"value": 2})
    assert board.since(number) == {"number": number, "full": False, "sections": {}}
    assert not board.wait(number, 0)
    assert board.wait(number - 1, 0)


def test_section_keeps_its_newest_rows() -> None:
    board = Board({"a": 3})
    for key in "vwxyz":
        board.put("a", key, {})
    board.put("a", "x", {"again": True}, newest=True)
    board.put("a", "n", {})
    assert [row["id"] for row in board.since(0)["sections"]["a"]["set"]] == ["z", "x", "n"]


def test_who_has_been_away_too_long_gets_everything() -> None:
    board = Board({"a": 2})
    board.put("a", "first", {})
    number = board.since(0)["number"]
    for key in range(1500):
        board.put("a", str(key), {})
    change = board.since(number)
    assert change["full"]
    assert [row["id"] for row in change["sections"]["a"]["set"]] == ["1498", "1499"]


def test_five_thousand_contacts_are_as_little_to_send_as_a_hundred(desk: Desk, state: PageState) -> None:
    def play(first: int, last: int) -> tuple[int, int]:
        """Play contacts; returns the sizes of everything shown, and of what one more contact changes."""
        for number in range(first, last):
            desk.arrive(f"contact-{number}")
            ticket = desk.add(subject="s" * 500, comments=[note("<p>" + "d" * 2000 + "</p>")])
            desk.decide(f"contact-{number}", ticket)
        for _ in range(8):
            desk.now += timedelta(seconds=20)
            look_at_tickets(desk, state)
        everything = state.board.since(0)
        desk.arrive(f"contact-{last}-more")
        desk.requests["POST /api/v2/tickets"] = last
        state.look()
        return len(json.dumps(everything)), len(json.dumps(state.board.since(everything["number"])))

    _, one_change_early = play(0, 200)
    everything, one_change = play(200, 5000)
    assert everything < 200_000
    assert one_change < 3000
    assert one_change < one_change_early * 1.5
    figures = rows(state, "figures")["figures"]
    assert (figures["contacts"], figures["tickets"], figures["sent"]) == (5002, 5000, 5002)
    shown = rows(state, "contacts")
    assert len(shown) == LIMITS["contacts"]
    assert next(iter(shown)) == "contact-5000-more"


# Contacts and what was decided


def test_contact_is_shown_as_it_rings_and_its_record_tells_the_rest(desk: Desk, state: PageState) -> None:
    desk.offer("c1")
    desk.offer("listened-in", InitiationMethod="MONITOR")
    shown = rows(state, "contacts")
    assert list(shown) == ["c1"]
    assert (shown["c1"]["agent"], shown["c1"]["records"], shown["c1"]["decision"]) == ("dana", 0, None)
    desk.add()
    desk.decide("c1", 1)
    row = rows(state, "contacts")["c1"]
    assert (row["decision"]["ticket"], row["customer"]) == (1, "Ann")
    desk.arrive("c1")
    row = rows(state, "contacts")["c1"]
    assert (row["records"], row["customer"], row["ended"] is None) == (1, "+442071838750", False)
    assert rows(state, "figures")["figures"]["contacts"] == 1


def test_contact_is_asked_about_as_soon_as_its_ticket_tells_of_it(desk: Desk, state: PageState) -> None:
    desk.offer("c1")
    for _ in range(6):  # in vain, so that the next question is far away
        rows(state, "contacts")
        desk.now += timedelta(seconds=16)
    asked = len(desk.asked)
    rows(state, "contacts")
    rows(state, "contacts")
    assert len(desk.asked) - asked <= 1
    desk.heads["c1"] = Head(1, 101, "create", "T4", ("T4: the reason",))
    desk.add(metadata=[None, {METADATA: {"contact": "c1"}}])
    look_for_tickets = [rows(state, "contacts")["c1"]["decision"] for _ in range(50)]
    assert look_for_tickets[-1]["ticket"] == 1


def test_what_a_record_told_outlasts_an_agent_event_that_is_late(desk: Desk, state: PageState) -> None:
    desk.arrive("c1")
    rows(state, "contacts")
    desk.offer("c1", state="CONNECTED")
    desk.offer("transfer", InitialContactId="c1", InitiationMethod="TRANSFER")
    shown = rows(state, "contacts")
    assert list(shown) == ["c1"]
    assert (shown["c1"]["customer"], shown["c1"]["legs"]) == ("+442071838750", 2)


def test_contact_is_shown_as_it_arrives_and_then_with_its_decision(desk: Desk, state: PageState) -> None:
    desk.arrive("c1", Queue={"Name": "Support"})
    shown = rows(state, "contacts")["c1"]
    assert (shown["customer"], shown["channel"], shown["direction"]) == ("+442071838750", "voice", "inbound")
    assert shown["decision"] is None
    desk.decide("c1", 7, "T3", "open")
    assert rows(state, "contacts")["c1"]["decision"] == {
        "action": "open", "rule": "T3", "reasons": ["T3: the reason"], "ticket": 7
    }  # fmt: skip


def test_contact_is_called_by_its_customers_name_once_it_is_decided_on(desk: Desk, state: PageState) -> None:
    desk.arrive("c1")
    assert rows(state, "contacts")["c1"]["name"] is None
    desk.add()
    desk.decide("c1", 1)
    row = rows(state, "contacts")["c1"]
    assert (row["name"], row["customer"]) == ("Ann", "+442071838750")


def test_A2_notices_are_shown_with_the_contact_before_anything_is_decided(
    desk: Desk, state: PageState
) -> None:
    desk.offer("c1")
    desk.notices["c1"] = [
        GivenNotice(901, "C4", "The caller is anonymous."),
        GivenNotice(None, "T12", "None."),
    ]
    assert rows(state, "contacts")["c1"]["notices"] == [
        {"agent": "Dana", "rule": "C4", "text": "The caller is anonymous."},
        {"agent": None, "rule": "T12", "text": "None."},
    ]


def test_ledger_is_asked_less_and_less_and_no_more_once_it_has_answered(desk: Desk, state: PageState) -> None:
    desk.arrive("c1")
    for _ in range(600):
        state.look()
        desk.now += timedelta(seconds=0.1)
    assert 5 <= len(desk.asked) <= 12
    desk.decide("c1", 7)
    desk.now += timedelta(minutes=1)
    state.look()
    desk.asked.clear()
    for _ in range(20):
        desk.now += timedelta(minutes=1)
        state.look()
    assert desk.asked == []


def test_new_record_of_a_contact_has_its_decision_asked_for_again(desk: Desk, state: PageState) -> None:
    desk.arrive("c1")
    desk.decide("c1", None, "T13", "none")
    assert rows(state, "contacts")["c1"]["decision"]["ticket"] is None
    desk.arrive("c2", InitialContactId="c1", InitiationMethod="CALLBACK")
    state.look()
    desk.decide("c1", 8)
    shown = rows(state, "contacts")
    assert (shown["c1"]["decision"]["ticket"], shown["c1"]["legs"], shown["c1"]["records"]) == (8, 2, 2)
    assert "c2" not in shown, "it is a leg of the same contact"


def test_monitoring_is_said_to_leave_tickets_alone(desk: Desk, state: PageState) -> None:
    desk.arrive("c1", InitiationMethod="MONITOR")
    assert rows(state, "contacts")["c1"]["decision"]["rule"] == "T11"
    assert desk.asked == []


def test_what_is_no_contact_record_is_left_to_the_dead_letters(desk: Desk, state: PageState) -> None:
    for data in (b"{", b"[1]", b"\xff", b'{"EventType": "HEART_BEAT"}'):
        desk.arrive_as(data)
    assert rows(state, "contacts") == {}
    assert rows(state, "figures")["figures"]["sent"] == 4


# Tickets, agents, letters


@pytest.mark.parametrize("answered_by", ["answered_by_id", "agent_id"])
def test_ticket_has_names_for_its_people_and_its_newest_comments(
    desk: Desk, state: PageState, answered_by: str
) -> None:
    voice = {"kind": "voice_comment", "public": False, "data": {answered_by: 901}}
    number = desk.add(assignee_id=901, comments=[*[note(str(count)) for count in range(60)], voice])
    state.look()
    ticket = state.tickets.ticket(number)
    assert ticket is not None
    assert (ticket["requester"], ticket["assignee"]) == ("Ann", "Dana")
    assert (len(ticket["comments"]), ticket["earlier_comments"]) == (50, 11)
    assert ticket["comments"][-1]["answered_by"] == "Dana"
    assert ticket["comments"][-2]["author"] == "Dana"
    assert state.tickets.ticket(99) is None


def test_changed_ticket_tells_that_there_is_something_to_fetch(desk: Desk, state: PageState) -> None:
    for _ in range(3):
        desk.add()
    state.look()
    before = state.board.since(0)
    desk.change(2, status="open", comments=[note("x")])
    look_at_tickets(desk, state, status="open")
    (changed,) = state.board.since(before["number"])["sections"]["tickets"]["set"]
    assert (changed["id"], changed["status"], changed["comments"]) == ("2", "open", 1)


def test_looking_at_many_tickets_takes_a_part_of_the_time_only(desk: Desk) -> None:
    seconds = 0.0

    def watch() -> float:
        return seconds

    class Slow(Desk):
        looks = 0

        def tickets(self) -> list[dict[str, Any]]:
            nonlocal seconds
            seconds += 2
            self.looks += 1
            return super().tickets()

    slow = Slow()
    tickets = Tickets(Board(LIMITS), slow, watch=watch)
    for _ in range(100):
        slow.add()
        tickets.look()
        seconds += 1
    assert 100 / 22 - 1 <= slow.looks <= 100 / 22 + 4


def test_each_agent_has_a_screen_with_the_newest_pop_first(desk: Desk, state: PageState) -> None:
    desk.add(subject="First")
    desk.add(subject="Second")
    desk.pops = [
        {"agent": 901, "ticket": 1, "at": "2026-11-02T12:00:00Z"},
        {"agent": 901, "user": 101, "at": "2026-11-02T12:01:00Z"},
        *({"agent": 902, "ticket": 2, "at": f"2026-11-02T12:02:0{second}Z"} for second in range(9)),
    ]
    agents = rows(state, "agents")
    assert [(pop["ticket"], pop["user"], pop["about"]) for pop in agents["901"]["pops"]] == [
        (None, 101, "Ann"),
        (1, None, "First"),
    ]
    assert (agents["901"]["name"], agents["902"]["name"]) == ("Dana", "Agent 902")
    assert (agents["902"]["count"], len(agents["902"]["pops"])) == (9, 4)


def test_dead_letters_name_the_contact_that_they_are_about(desk: Desk, state: PageState) -> None:
    desk.give_up(1, data='{"ContactId": "c1"}')
    desk.give_up(
        2, data='{"detail-type": "Contact Record", "detail": {"ContactId": "c2", "InitialContactId": "c0"}}'
    )
    desk.give_up(3, data="[]")
    desk.give_up(4, data="x" * 100_000)
    letters = rows(state, "letters")
    assert [letters[f"letter-{number}"]["contact"] for number in range(1, 5)] == ["c1", "c0", None, None]
    assert len(letters["letter-4"]["data"]) == 2000


def test_letter_that_replaced_another_is_seen_though_their_number_is_the_same() -> None:
    now = 0.0
    letters = [DeadLetter("old", "s", "r", "{}", NOON)]
    board = Board(LIMITS)
    shown = Letters(board, read=lambda: letters, count=lambda: len(letters), watch=lambda: now)
    shown.look()
    letters = [DeadLetter("new", "s", "r", "{}", NOON)]
    shown.look()
    now += 11
    shown.look()
    (row,) = board.since(0)["sections"]["letters"]["set"]
    assert row["id"] == "new"


# Requests against the plan's limits


def test_requests_are_counted_by_minute_and_bucket() -> None:
    now = NOON
    minutes = RequestsPerMinute(lambda: now, buckets_of(Plan()))
    minutes.look({"POST /oauth/tokens": 3, "GET /api/v2/search": 1, "PUT /api/v2/tickets/{id}": 4})
    now += timedelta(minutes=2)
    minutes.look({"GET /api/v2/search": 2, "PUT /api/v2/tickets/{id}": 4, "PUT /api/v2/tickets/{id}/tags": 1})
    counts = {name: row["counts"] for name, row in minutes.rows().items()}
    assert counts == {"all requests": [5, 0, 2], "ticket updates": [4, 0, 1], "searches": [1, 0, 1]}
    assert minutes.rows()["all requests"]["limit"] == 400
    minutes.look({"GET /api/v2/search": 1})
    assert minutes.rows()["searches"]["counts"] == [1, 0, 2], "the world was replaced, its count began again"
    now += timedelta(hours=1)
    minutes.look({"GET /api/v2/search": 1})
    assert minutes.rows()["searches"]["counts"] == [0] * 20
