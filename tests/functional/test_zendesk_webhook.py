"""The endpoint of Zendesk's webhooks: verified, published, and only then marked as seen (K3, K4)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from connect_zendesk.detail_types import ZENDESK_EVENT
from connect_zendesk.ledger.items import Beside, Item
from connect_zendesk.ledger.ledger import Ledger
from connect_zendesk.messaging import AwsMessages, NotPublished
from connect_zendesk.observability import metrics
from connect_zendesk.workflows.webhooks.endpoint import WebhookEndpoint
from connect_zendesk.zendesk.webhook import TEST_SECRET
from connect_zendesk.zendesk.webhook_keys import SigningSecret, WebhookKeys
from functions.zendesk_webhook import handler as zendesk_webhook
from local.replay.clock import VirtualClock
from local.replay.lambda_events import LambdaContext
from local.replay.local_messages import LocalMessages
from local.replay.memory_items import MemoryItems
from tests.logs import Logs
from tests.records import NINE
from tests.stack import Stack
from tests.unit.zendesk.test_webhook_event import TEMPLATE
from tests.webhooks import ACCOUNT, SECRET, envelope, request

KEYS = WebhookKeys({"01JHOOK": SigningSecret(SECRET)}, account=ACCOUNT, integration_user=901)
CONTEXT = LambdaContext()
ROOT = Path(__file__).parents[2]


def refusal(code: str = "InternalFailure") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Any")


class CountedItems(MemoryItems):
    """Items that count how often they are asked, and are out of order while `broken`."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.asked, self.broken = 0, False

    def get(self, partition: str, sort: str) -> Item | None:
        self._ask()
        return super().get(partition, sort)

    def query(self, partition: str) -> Mapping[str, Item]:
        self._ask()
        return super().query(partition)

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        self._ask()
        return super().put(partition, sort, item, replacing=replacing, beside=beside)

    def _ask(self) -> None:
        self.asked += 1
        if self.broken:
            raise refusal()


class Bus(LocalMessages):
    """A bus that refuses as often as `refuses` says."""

    refuses: list[Exception]

    def publish(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        if self.refuses:
            raise self.refuses.pop()
        super().publish(detail_type, detail)


class Site:
    """The endpoint with a bus, a ledger and a secret, on a clock to turn."""

    def __init__(self, keys: WebhookKeys = KEYS) -> None:
        self.clock = VirtualClock(NINE)
        self.keys, self.keys_read = keys, 0
        self.keys_broken = False
        self.items = CountedItems(self.clock)
        self.messages = Bus(self.clock)
        self.messages.refuses = []
        self.start()

    def start(self) -> None:
        """Start a container."""
        ledger = Ledger(self.items, clock=self.clock, lease=timedelta(minutes=1))
        self.endpoint = WebhookEndpoint(self._read, ledger, lambda: self.messages, self.clock)

    def ask(self, event: Mapping[str, Any]) -> dict[str, Any]:
        with mock.patch.object(zendesk_webhook, "endpoint", return_value=self.endpoint):
            answer: dict[str, Any] = zendesk_webhook.handler(dict(event), CONTEXT)
        return answer

    def status(self, event: Mapping[str, Any]) -> int:
        status: int = self.ask(event)["statusCode"]
        return status

    @property
    def told(self) -> list[str]:
        """The ids of the events on the bus."""
        return [detail["id"] for kind, detail in self.messages.published if kind == ZENDESK_EVENT]

    def _read(self) -> str:
        self.keys_read += 1
        if self.keys_broken:
            raise refusal()
        return self.keys.as_text()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs() as logs:
        yield logs


def test_an_event_goes_on_the_bus_once_however_often_it_is_delivered(site: Site, logs: Logs) -> None:
    assert [site.status(request(envelope())) for _ in range(3)] == [200, 200, 200]
    assert site.told == ["01JEVENT000000000000000001"]
    assert (logs.metrics["ZendeskEvent"], logs.metrics["ZendeskEventDuplicate"]) == (1, 2)


def test_another_container_knows_it_too_and_for_days(site: Site) -> None:
    site.ask(request(envelope()))
    site.start()
    site.clock.move_by(timedelta(days=7))
    assert site.status(request(envelope(), now=site.clock())) == 200
    assert len(site.told) == 1


def test_a_replay_under_another_invocation_is_known(site: Site) -> None:
    site.ask(request(envelope()))
    assert site.status(request(envelope(), invocation="01JOTHER")) == 200
    assert len(site.told) == 1


def test_a_trigger_is_known_by_its_invocation_and_a_replay_of_it_by_its_signature(site: Site) -> None:
    first = request(TEMPLATE, invocation="01JA")
    site.ask(first)
    site.clock.move_by(timedelta(seconds=5))
    site.ask(request(TEMPLATE, invocation="01JA", now=site.clock()))  # a retry
    replayed = {**first, "headers": {**first["headers"], "x-zendesk-webhook-invocation-id": "01JB"}}
    assert site.status(replayed) == 200
    assert site.told == ["01JA"]
    site.ask(request(TEMPLATE, invocation="01JC", now=site.clock()))  # it fires again
    assert site.told == ["01JA", "01JC"]


@pytest.mark.parametrize("problem", [NotPublished("ThrottlingException"), refusal("ThrottlingException")])
def test_what_the_bus_did_not_take_is_sent_again_and_not_seen_yet(site: Site, problem: Exception) -> None:
    site.messages.refuses = [problem]
    answer = site.ask(request(envelope()))
    assert (answer["statusCode"], answer["headers"]) == (503, {"Retry-After": "5"})
    assert site.told == []
    assert site.status(request(envelope())) == 200
    assert len(site.told) == 1


def test_an_entry_that_failed_is_not_taken_for_published(site: Site) -> None:
    events = mock.Mock()
    events.put_events.return_value = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    aws = AwsMessages(lambda: events, mock.Mock, bus="bus", dead_letters="letters")
    site.endpoint.messages = lambda: aws
    assert site.status(request(envelope())) == 503
    events.put_events.return_value = {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}
    assert site.status(request(envelope())) == 200
    assert events.put_events.call_count == 2


def test_without_the_ledger_events_still_pass(site: Site, logs: Logs) -> None:
    site.items.broken = True
    assert site.status(request(envelope())) == 200
    assert len(site.told) == 1
    assert logs.metrics["LedgerUnavailable"]


def test_without_its_keys_the_endpoint_asks_for_a_retry(site: Site) -> None:
    site.keys_broken = True
    assert site.status(request(envelope())) == 503
    site.keys_broken = False
    assert site.status(request(envelope())) == 200
    site.keys_broken = True
    site.clock.move_by(timedelta(hours=1))
    assert site.status(request(envelope(number=2), now=site.clock())) == 200  # by those it has


@pytest.mark.parametrize("status", [200, 400, 401, 503])
def test_an_answer_tells_a_stranger_nothing(site: Site, status: int) -> None:
    site.messages.refuses = [NotPublished("x")] * (status == 503)
    body: Any = b"{" if status == 400 else envelope()
    answer = site.ask(request(body, secret="no" if status == 401 else SECRET))
    assert (answer["statusCode"], answer["body"]) == (status, "")


WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "forged": (request(envelope(), secret="guessed"), 401, "a wrong signature"),
    "with the published secret": (request(envelope(), secret=TEST_SECRET), 401, "a wrong signature"),
    "old": (request(envelope(), now=NINE - timedelta(minutes=6)), 401, "an old signature"),
    "early": (request(envelope(), now=NINE + timedelta(minutes=6)), 401, "a signature of the future"),
    "too large": (request(b" " * 1_000_001), 413, "too large"),
    "of another account": (request(envelope(account_id=7), account=7), 403, "another account"),
    "another account in the header": (request(envelope(), account=7), 403, "another account"),
    "another account in the body": (request(envelope(account_id=7)), 403, "another account"),
    "not JSON": (request(b"<xml/>"), 400, "not JSON"),
    "in another encoding": (request('{"a": "ë"}'.encode("latin-1")), 400, "not JSON"),
    "compressed": (
        request(envelope(), headers={"Content-Encoding": "gzip"}),
        415,
        "compressed, which Zendesk never does",
    ),
    "nothing": (request(b"") | {"headers": {}}, 415, "not sent as JSON"),
}  # fmt: skip


@pytest.mark.parametrize(("event", "status", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_makes_nothing_and_is_said_once(
    site: Site, logs: Logs, event: dict[str, Any], status: int, reason: str
) -> None:
    site.endpoint.fresh_keys()
    logs.text.clear()
    assert site.status(event) == status
    assert site.messages.published == []
    assert site.messages.dead_letters == []
    (line,) = logs.lines
    assert (line["message"], line["reason"], line["times"]) == ("request rejected", reason, 1)
    assert logs.metrics["WebhookRejected"] == 1
    assert "Call me back" not in line["message"] + json.dumps(line)


def test_a_flood_of_forged_requests_costs_one_line_a_minute_and_no_request(site: Site, logs: Logs) -> None:
    site.ask(request(envelope()))
    asked, read = site.items.asked, site.keys_read
    logs.text.clear()
    logs.metrics.clear()
    for second in range(120):
        site.clock.move_to(NINE + timedelta(seconds=second))
        for _ in range(10):
            assert site.status(request(envelope(number=3), secret="guessed", now=site.clock())) == 401
    assert site.items.asked == asked
    assert site.keys_read - read <= 12  # the keys are read again each ten seconds at most
    assert [line["times"] for line in logs.lines] == [1, 600]
    assert logs.metrics == {"WebhookRejected": 601}
    assert site.messages.dead_letters == []


def test_a_flood_writes_no_metrics_of_its_own(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        with mock.patch.object(metrics, "flush_metrics") as flush:
            site.status(request(envelope(), secret="guessed"))
        assert flush.called is (number == 0)
        metrics.clear_metrics()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (envelope("user.created"), "not an event of a ticket"),
        ([1], "not a JSON object"),
        (envelope("ticket.tags_changed", detail={"tags": [f"{n:0255d}" for n in range(1000)]}), "too large"),
    ],
)
def test_what_is_signed_and_no_event_is_a_dead_letter_and_not_sent_again(
    site: Site, logs: Logs, content: Any, reason: str
) -> None:
    assert site.status(request(content)) == 200
    (letter,) = site.messages.dead_letters
    assert letter["source"] == "zendesk_webhook"
    assert letter["reason"].startswith(reason)
    assert site.told == []
    assert logs.metrics["DeadLetter"] == 1


def test_a_fault_of_ours_is_sent_again_and_says_where_without_a_word_of_the_event(
    site: Site, logs: Logs
) -> None:
    site.messages.refuses = [KeyError("Call me back")]
    assert site.status(request(envelope())) == 503
    assert logs.metrics["UnexpectedError"] == 1
    assert "Call me back" not in "".join(logs.text)


def test_the_account_is_that_of_the_first_event_where_none_is_set(site: Site) -> None:
    site.keys = WebhookKeys(KEYS.webhooks)
    assert site.status(request(envelope(account_id=7), account=7)) == 200
    site.start()
    assert site.status(request(envelope(number=2))) == 403
    assert site.status(request(envelope(number=3, account_id=7), account=7)) == 200


def test_no_account_is_learnt_from_a_header(site: Site) -> None:
    """A captured request by our template, sent again with another account in its header, pins nothing."""
    site.keys = WebhookKeys(KEYS.webhooks)
    assert site.status(request(TEMPLATE, account=666, invocation="01JA")) == 200
    without = envelope(number=2, account_id=None)
    assert site.status(request(without, account=666)) == 200
    site.start()
    assert site.status(request(envelope(number=3))) == 200
    assert site.status(request(TEMPLATE, account=666, invocation="01JB")) == 403
    site.start()
    assert site.status(request(TEMPLATE, account=666, invocation="01JC")) == 403
    assert site.status(request(envelope(number=4))) == 200


def test_while_a_secret_is_rotated_both_are_good_and_then_the_new_one_only(site: Site) -> None:
    site.ask(request(envelope(number=1)))
    signing = SigningSecret("new", SECRET, NINE + timedelta(hours=1))
    site.keys = WebhookKeys({"01JHOOK": signing}, account=ACCOUNT)
    site.clock.move_by(timedelta(seconds=11))
    now = site.clock()
    assert site.status(request(envelope(number=2), now=now, secret="new")) == 200  # read again for it
    assert site.status(request(envelope(number=3), now=now)) == 200
    site.clock.move_by(timedelta(hours=1))
    now = site.clock()
    assert site.status(request(envelope(number=4), now=now)) == 401
    assert site.status(request(envelope(number=5), now=now, secret="new")) == 200


def test_a_secret_that_is_on_its_way_is_waited_for(site: Site, logs: Logs) -> None:
    site.keys = WebhookKeys(KEYS.webhooks, account=ACCOUNT, rotating_until=NINE + timedelta(minutes=1))
    answer = site.ask(request(envelope(), secret="new"))
    assert (answer["statusCode"], answer["headers"]) == (503, {"Retry-After": "5"})
    assert "WebhookRejected" not in logs.metrics
    site.clock.move_by(timedelta(minutes=2))
    assert site.status(request(envelope(), secret="new", now=site.clock())) == 401


def test_while_one_of_two_webhooks_has_its_new_secret_that_of_the_other_is_waited_for(site: Site) -> None:
    site.ask(request(envelope(number=1)))
    until = NINE + timedelta(minutes=2)
    webhooks = {"01JHOOK": SigningSecret("new", SECRET, NINE + timedelta(hours=1))}
    site.keys = WebhookKeys(webhooks, account=ACCOUNT, rotating_until=until)
    site.clock.move_by(timedelta(seconds=11))
    now = site.clock()
    assert site.status(request(envelope(number=2), now=now, secret="the other's new")) == 503
    site.keys = WebhookKeys({**webhooks, "01JMORE": SigningSecret("the other's new")}, account=ACCOUNT)
    site.clock.move_by(timedelta(seconds=11))
    now = site.clock()
    assert site.status(request(envelope(number=2), now=now, secret="the other's new")) == 200
    assert site.status(request(envelope(number=3), now=now, secret="nobody's")) == 401


@pytest.mark.parametrize("name", ["01J/with+more=", "x" * 101, "", None, 7])
def test_an_event_whose_id_cannot_name_a_macros_command_has_the_invocations(site: Site, name: Any) -> None:
    site.ask(request(envelope(id=name)))
    ((_, detail),) = site.messages.published
    assert detail["id"].startswith("01JINV")


def test_what_the_connector_did_is_told_as_its_own(site: Site) -> None:
    site.ask(request(envelope(detail={"actor_id": "901"})))
    site.ask(request(envelope(number=2)))
    assert [detail["by_connector"] for _, detail in site.messages.published] == [True, False]


def test_not_to_know_who_the_connector_is_is_said_at_the_start(site: Site, logs: Logs) -> None:
    site.keys = WebhookKeys(KEYS.webhooks, account=ACCOUNT)
    for number in range(3):
        site.ask(request(envelope(number=number, detail={"actor_id": "901"})))
    assert [detail["by_connector"] for _, detail in site.messages.published] == [False] * 3
    assert logs.metrics["IntegrationUserUnknown"] == 1


def test_logs_carry_ids_and_no_words(site: Site, logs: Logs) -> None:
    site.ask(request(envelope()))
    (line,) = logs.lines
    assert (line["message"], line["type"], line["ticket"]) == ("event published", "ticket.created", 35437)
    assert "Call me back" not in "".join(logs.text)


def test_the_endpoint_loads_nothing_that_it_has_no_use_for() -> None:
    heavy = (
        "requests",
        "phonenumbers",
        "connect_zendesk.zendesk.client",
        "connect_zendesk.entrypoints.container",
    )
    text = (
        "import sys\nfrom functions.zendesk_webhook import handler\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_changes_in_zendesk_come_in_as_events_on_the_virtual_clock() -> None:
    stack = Stack()
    stack.connect_webhooks("created", "tags_changed")
    stack.zendesk.act(101, "POST", "/api/v2/tickets", {"ticket": {"subject": "Hi", "comment": {"body": "x"}}})
    stack.run(until=None)
    ticket = stack.ticket()["id"]
    stack.zendesk.act(901, "PUT", f"/api/v2/tickets/{ticket}", {"ticket": {"tags": ["connect_attach"]}})
    stack.services.zendesk.put(f"/api/v2/tickets/{ticket}", json.dumps({"ticket": {"tags": []}}))
    stack.run(until=None)
    events = [detail for kind, detail in stack.messages.published if kind == ZENDESK_EVENT]
    assert [(event["type"], event["by_connector"]) for event in events] == [
        ("ticket.created", False), ("ticket.tags_changed", False), ("ticket.tags_changed", True),
    ]  # fmt: skip
    assert events[1]["change"]["tags_added"] == ("connect_attach",)
    assert events[1]["actor"] == 901


def test_thousands_of_events_repeated_reordered_and_refused_are_each_on_the_bus_once(site: Site) -> None:
    random = Random(7)  # noqa: S311 - a test
    assert flood(site, 500, random) == {f"01JEVENT{number:018d}" for number in range(500)}
    assert len(site.told) == 500


def flood(site: Site, number: int, random: Random) -> set[str]:
    """Deliver events out of order, some twice, with a bus that refuses; returns those on the bus."""
    waiting = [*range(number), *random.choices(range(number), k=number // 2)]
    random.shuffle(waiting)
    while waiting:
        which = waiting.pop()
        if random.random() < 0.1:
            site.messages.refuses = [NotPublished("ThrottlingException")]
        if random.random() < 0.01:
            site.start()
        site.clock.move_by(timedelta(milliseconds=20))
        status = site.status(request(envelope(number=which), now=site.clock(), invocation=f"01J{which}"))
        assert status in (200, 503)
        if status == 503:
            waiting.insert(random.randrange(len(waiting) + 1), which)
    return set(site.told)
