"""How webhooks are delivered: facts/zendesk.md 6.2."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from local.stand_ins.zendesk import Outgoing, WebhookSender
from local.stand_ins.zendesk.http_server import ZendeskServer
from local.stand_ins.zendesk.webhooks.sender import sent
from tests.functional.stand_ins.account import CALLER, NOTE, Account
from tests.functional.stand_ins.receiver import Receiver, is_signed
from tests.waiting import LONGEST

CREATED = {"subscriptions": ["zen:event-type:ticket.created"]}
Answer = int | None | tuple[int, Mapping[str, str]]


def attempts(account: Account, receiver: Receiver) -> int:
    """Make a ticket, wait for as long as anything may come, and return how often it was told."""
    account.created()
    for _ in range(20):
        receiver.run()
        account.later(60)
    return len(receiver.got)


@pytest.mark.parametrize(
    ("answer", "options", "told"),
    [
        (200, {}, 1),
        (204, {}, 1),
        (409, {}, 4),
        (409, {"webhook_retries_of_conflict": 1}, 2),
        (None, {}, 6),
        (None, {"webhook_retries_of_timeout": 2}, 3),
        ((429, {"Retry-After": "30"}), {}, 4),
        ((503, {"retry-after": "59"}), {}, 4),
        ((429, {"Retry-After": "60"}), {}, 1),
        ((429, {"Retry-After": "soon"}), {}, 1),
        (503, {}, 1),
        (500, {}, 1),
        (502, {}, 1),
        (404, {}, 1),
        (302, {}, 1),
        (500, {"webhook_other_5xx_retried": True}, 4),
        ((503, {"Retry-After": "5"}), {"webhook_retries_of_limit": 0}, 1),
    ],
)
def test_6_2_what_is_repeated_and_how_often(answer: Answer, options: dict[str, Any], told: int) -> None:
    account = Account(**options)
    receiver = Receiver(account, answer)
    receiver.webhook(**CREATED)
    assert attempts(account, receiver) == told


def test_6_2_repetitions_have_one_invocation_id_and_signatures_of_their_own() -> None:
    account = Account()
    receiver = Receiver(account, 409, None, 200)
    webhook = receiver.webhook(**CREATED)
    secret = account.get(f"webhooks/{webhook['id']}/signing_secret").json()["signing_secret"]["secret"]
    assert attempts(account, receiver) == 3
    headers = [outgoing.headers for outgoing in receiver.got]
    assert len({one["X-Zendesk-Webhook-Invocation-Id"] for one in headers}) == 1
    assert len({one["X-Zendesk-Webhook-Signature"] for one in headers}) == 3
    assert len({outgoing.body for outgoing in receiver.got}) == 1
    assert all(is_signed(outgoing, secret) for outgoing in receiver.got)


def test_6_2_repetition_waits_for_as_long_as_it_was_asked_to() -> None:
    account = Account()
    receiver = Receiver(account, (429, {"Retry-After": "30"}), 200)
    receiver.webhook(**CREATED)
    account.created()
    receiver.run()
    account.later(29)
    assert len(receiver.run()) == 1
    account.later(1)
    assert len(receiver.run()) == 2
    assert account.zendesk.next_webhook() is None


@pytest.mark.parametrize(("options", "seconds"), [({}, 5), ({"webhook_retry_wait": 20.0}, 20)])
@pytest.mark.parametrize("answer", [409, None])
def test_6_2_conflict_and_timeout_are_repeated_after_a_wait(
    answer: int | None, options: dict[str, Any], seconds: int
) -> None:
    account = Account(**options)
    receiver = Receiver(account, answer, 200)
    receiver.webhook(**CREATED)
    account.created()
    receiver.run()
    account.later(seconds - 1)
    assert len(receiver.run()) == 1
    account.later(1)
    assert len(receiver.run()) == 2


def test_6_2_receiver_has_so_many_seconds() -> None:
    cases: tuple[tuple[dict[str, Any], int], ...] = (({}, 10), ({"webhook_timeout": 12.0}, 12))
    for options, seconds in cases:
        account = Account(**options)
        receiver = Receiver(account)
        receiver.webhook(**CREATED)
        attempts(account, receiver)
        assert receiver.got[0].timeout == seconds


def test_6_2_circuit_breaker_pauses_at_seventy_percent_of_errors() -> None:
    account = Account({"users": [CALLER]}, webhook_breaker_least=10, webhook_breaker_pause=30)
    receiver = Receiver(account, *[200] * 3, *[500] * 7, 500, 200)
    receiver.webhook(**CREATED)
    for _ in range(14):
        account.created()
    assert len(receiver.run()) == 10  # 7 of 10 failed
    account.later(29)
    assert len(receiver.run()) == 10
    account.later(1)
    assert len(receiver.run()) == 11  # one is let through, and fails
    account.later(30)
    assert len(receiver.run()) == 14  # one is let through, and the others after it


def test_6_2_circuit_breaker_pauses_at_a_thousand_errors() -> None:
    plan = {"requests_per_minute": 10_000}
    account = Account({"users": [CALLER], "plan": plan}, webhook_breaker_least=10**6)
    receiver = Receiver(account, 500)
    receiver.webhook(**CREATED)
    for _ in range(1010):
        account.created()
    assert len(receiver.run()) == 1001
    account.later(5)
    assert len(receiver.run()) == 1002


def test_6_2_one_webhooks_breaker_holds_back_no_other() -> None:
    account = Account(webhook_breaker_least=1)
    receiver = Receiver(account, 500, 200)
    receiver.webhook(**CREATED)
    receiver.webhook(**CREATED, endpoint="https://other.example/")
    account.created()
    receiver.run()
    account.created()
    assert [outgoing.url for outgoing in receiver.got] == [
        "https://hook.example/zendesk",
        "https://other.example/",
    ]
    receiver.run()
    assert [outgoing.url for outgoing in receiver.got[2:]] == ["https://other.example/"]


def test_6_2_attempts_may_not_tell_what_was_sent() -> None:
    account = Account(webhook_attempts_show_request=False)
    receiver = Receiver(account)
    webhook = receiver.webhook(**CREATED)
    attempts(account, receiver)
    (shown,) = account.get(f"webhooks/{webhook['id']}/invocations").json()["invocations"]
    (attempt,) = account.get(f"webhooks/{webhook['id']}/invocations/{shown['id']}/attempts").json()[
        "attempts"
    ]
    assert "request" not in attempt


def test_6_2_invocations_and_attempts_are_listed_for_seven_days() -> None:
    account = Account()
    receiver = Receiver(account, 409, 200)
    webhook = receiver.webhook(**CREATED)
    attempts(account, receiver)
    account.token = account.issue(expires_in=172_799).json()["access_token"]
    (shown,) = account.get(f"webhooks/{webhook['id']}/invocations").json()["invocations"]
    assert (shown["status"], shown["status_code"], shown["attempt_count"]) == ("success", 200, 2)
    listed = account.get(f"webhooks/{webhook['id']}/invocations/{shown['id']}/attempts").json()["attempts"]
    assert [attempt["status_code"] for attempt in listed] == [200, 409]
    assert json.loads(listed[0]["request"]["payload"])["type"] == "zen:event-type:ticket.created"
    assert account.get(f"webhooks/{webhook['id']}/invocations/none/attempts").status == 404
    account.later(7 * 86_400)
    account.token = account.issue().json()["access_token"]
    assert account.get(f"webhooks/{webhook['id']}/invocations").json()["invocations"] == []


def test_6_2_delivery_can_happen_twice() -> None:
    account = Account()
    receiver = Receiver(account)
    receiver.webhook(**CREATED)
    account.zendesk.faults.repeat_webhooks(1)
    account.created()
    account.created()
    receiver.run()
    ids = [outgoing.headers["X-Zendesk-Webhook-Invocation-Id"] for outgoing in receiver.got]
    assert (len(ids), len(set(ids))) == (3, 2)


class _Hook(BaseHTTPRequestHandler):
    got: list[tuple[Mapping[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(302 if "redirect" in self.path else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:  # quiet
        pass


def test_6_2_server_sends_webhooks_by_itself_over_http() -> None:
    account = Account()
    arrived = threading.Event()
    got: list[tuple[Mapping[str, str], bytes]] = []

    class Hook(_Hook):
        def do_POST(self) -> None:
            super().do_POST()
            arrived.set()

    Hook.got = got
    with HTTPServer(("127.0.0.1", 0), Hook) as hook, ZendeskServer(account.zendesk):
        thread = threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        endpoint = f"http://127.0.0.1:{hook.server_address[1]}/"
        Receiver(account).webhook(**CREATED, endpoint=endpoint)
        account.created()
        assert arrived.wait(LONGEST)
        refused = Outgoing("i", "POST", f"{endpoint}redirect", {"Content-Type": "x"}, b"{}", 5)
        assert sent(refused)[0] == 302
        hook.shutdown()
        thread.join()
    assert got[0][0]["X-Zendesk-Webhook-Signature"]
    assert b"zen:event-type:ticket.created" in got[0][1]


def test_6_2_nobody_there_is_an_error_that_is_not_repeated() -> None:
    account = Account()
    webhook = Receiver(account).webhook(**CREATED, endpoint="http://127.0.0.1:1/")["id"]
    account.created()
    assert WebhookSender(account.zendesk).run_due() == 1
    (shown,) = account.get(f"webhooks/{webhook}/invocations").json()["invocations"]
    assert (shown["status"], shown["status_code"]) == ("failed", 502)
    assert account.create(comment=NOTE).status == 201


def test_6_2_deleted_webhook_tells_nothing_more() -> None:
    account = Account()
    receiver = Receiver(account)
    webhook = receiver.webhook(**CREATED)
    account.created()
    account.delete(f"webhooks/{webhook['id']}")
    assert receiver.run() == []
    assert account.zendesk.next_webhook() is None


def test_6_2_moment_of_the_next_invocation_is_known_ahead() -> None:
    account = Account()
    receiver = Receiver(account, 409, 200)
    receiver.webhook(subscriptions=["zen:event-type:ticket.merged"])
    source, target = account.created(), account.created()
    account.post(f"tickets/{target}/merge", {"ids": [source]})
    seen = []
    while (due := account.zendesk.next_webhook()) is not None:
        seen.append((due - account.now).total_seconds())
        account.now = due
        receiver.run()
    assert seen == [2, 5]  # the job, then the repetition
    assert len(receiver.got) == 2


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:1/ü", "http://127.0.0.1:1/a b", "http://host.invalid:99999/"]
)
def test_6_2_address_that_cannot_be_asked_is_a_failure(endpoint: str) -> None:
    with pytest.raises(OSError, match=r"."):
        sent(Outgoing("i", "POST", endpoint, {}, b"{}", 1))


def test_6_2_invocations_are_listed_in_pages() -> None:
    account = Account()
    receiver = Receiver(account)
    webhook = receiver.webhook(**CREATED)
    for _ in range(3):
        account.created()
    receiver.run()
    path = f"webhooks/{webhook['id']}/invocations"
    first = account.get(path, **{"page[size]": 2}).json()
    second = account.get(path, **{"page[size]": 2, "page[after]": first["meta"]["after_cursor"]}).json()
    assert (len(first["invocations"]), len(second["invocations"])) == (2, 1)
    assert (first["meta"]["has_more"], second["meta"]["has_more"]) == (True, False)
