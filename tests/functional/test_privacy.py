"""No customer's name, number, address or words in any log line, metric or reason, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import os
import re
import traceback
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from connect_zendesk.entrypoints.faults import Unexpected
from connect_zendesk.rules.tickets import comment
from connect_zendesk.topology import ACCEPTANCE, AGENT_MAP
from local.stand_ins.zendesk import AnswerLost, Response
from tests.live import contact_event
from tests.logs import Logs
from tests.records import BOBS_NAME, INSTANCE, call, later, recording_of
from tests.stack import Stack

NAME, EMAIL, WORDS = "Quetzalcoatl Featherstonehaugh", "quetzal@featherstone.example", "my secret ailment"
NUMBER, TYPED = "+441632960777", "01632 960778"
PERSONAL = (
    "Quetzalcoatl",
    "Featherstone",
    "quetzal@",
    "ailment",
    "960777",
    "960778",
    "1632",
    "VerySecretKey",
)

SAID = {
    "customer_name": NAME,
    "customer_email": EMAIL,
    "conversation_title": WORDS,
    "sak": "VerySecretKey",
    "note": WORDS,
}

CONTACTS: dict[str, dict[str, Any]] = {
    "unknown": {"caller": NUMBER, "attributes": SAID},
    "typed": {"attributes": {**SAID, "customer_number": TYPED}},
    "unreadable": {
        "caller": NUMBER,
        "attributes": {
            **SAID,
            "customer_number": f"{NAME} 1632",
            "customer_email": f"{NAME} 1632",
            "zendesk_user": NAME,
            "zendesk_ticket": WORDS,
            "dialed_number": "01632",
        },
    },
    "manual": {"caller": NUMBER, "attributes": {**SAID, "ticket_assignment": "agent"}},
    "doubtful user": {"caller": NUMBER, "attributes": {**SAID, "zendesk_user": "4"}},
    "chat": {"Channel": "CHAT", "caller": NUMBER, "attributes": SAID},
    "outgoing": {"caller": NUMBER, "attributes": SAID, "InitiationMethod": "OUTBOUND"},
    "abandoned": {"caller": NUMBER, "attributes": SAID, "agent": None},
    "no record": {"caller": NUMBER, "attributes": SAID, "ContactId": NAME},
}


def _told(status: int, field: str, what: str = "is not right") -> Response:
    said = f"{NAME} {NUMBER} {EMAIL} {WORDS}"
    content = {
        "error": said,
        "description": said,
        "details": {field: [{"description": f"{said} {what}", "error": "Whatever"}]},
    }
    return Response(status, {}, json.dumps(content).encode())


def _lost(_: Any) -> None:
    raise AnswerLost


def _broken(_: Any) -> None:
    raise ValueError(f"{NAME} {NUMBER} {EMAIL} {WORDS}")


FAULTS: dict[str, Callable[[Any], Response | None] | None] = {
    "nothing": None,
    "answers lost": _lost,
    "faults of ours": _broken,
    "refused": lambda _: _told(422, "requester"),
    "duplicate": lambda _: _told(422, "phone", "is a duplicate"),
    "closed": lambda _: _told(422, "base", "closed prevents ticket update"),
    "forbidden": lambda _: _told(403, "base"),
    "gone": lambda _: _told(404, "base"),
    "outage": lambda _: _told(503, "base"),
    "limit": lambda _: Response(429, {"Retry-After": "5"}, _told(429, "base").body),
    "conflict": lambda _: _told(409, "base"),
    "no JSON": lambda _: Response(200, {}, NAME.encode()),
}
#: All that was tried has to be tried again, many times: these are in `make test-long`.
SLOW = frozenset({"outage", "conflict", "no JSON", "faults of ours"})
METHODS = ("GET", "PUT", "POST", "")


@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=pytest.mark.long) if fault in SLOW else fault for fault in FAULTS]
)
def test_nothing_personal_is_logged_counted_or_given_as_a_reason(
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    caplog.set_level(logging.INFO)
    with Logs() as logs:
        for method in METHODS:
            stack = Stack(
                users=[{"id": 150, "name": NAME, "email": EMAIL}],
                zendesk_ticket_attribute="zendesk_ticket",
                missed_contact_tickets=frozenset({"abandoned"}),
            )
            stack.zendesk.faults.before = _for(method, FAULTS[fault])
            records = [
                call(**{"contact": name.replace(" ", "-"), **fields}) for name, fields in CONTACTS.items()
            ]
            stack.deliver_records(
                *records, call("leg-2", first_leg="unknown", agent=BOBS_NAME, caller=NUMBER)
            )
            for _ in range(4):
                stack.run(
                    until=max((message.due for message in stack.messages.waiting), default=stack.clock())
                )
            stack.deliver_records(later(records[0], 60, Recordings=[recording_of("more")]))
            for letter in stack.messages.dead_letters:
                _assert_impersonal(letter["reason"])
    assert logs.text
    assert logs.metrics
    printed = capsys.readouterr()
    for text in (*logs.text, *logs.metrics, printed.out, printed.err, caplog.text):
        _assert_impersonal(text)


def test_what_went_wrong_unexpectedly_is_told_by_its_name_and_place_only() -> None:
    stack = Stack()
    with Logs() as logs, mock.patch.object(comment, "subject", side_effect=ValueError(NAME)):
        stack.deliver_records(call(caller=NUMBER))
    (line,) = [line for line in logs.lines if line["message"] == "unexpected error"]
    assert line["error"] == "ValueError"
    assert ".py:" in line["at"]
    _assert_impersonal("".join(logs.text))


def _invoke_acceptance() -> None:
    Stack()._invoke(ACCEPTANCE, contact_event())


def _invoke_recovery() -> None:
    Stack().recover_webhooks()


def _invoke_agent_map() -> None:
    with mock.patch.dict(os.environ, CONNECT_INSTANCE_ARN=INSTANCE):
        Stack()._invoke(AGENT_MAP, {})


@pytest.mark.parametrize(
    ("invoke", "fails"),
    [
        (_invoke_acceptance, "functions.ticket_creation.from_contact_event.handle_at_once"),
        (_invoke_recovery, "functions.zendesk_recovery.on_schedule.recover"),
        (_invoke_agent_map, "functions.agent_map.on_schedule.fill"),
    ],
)
def test_what_lambda_itself_writes_of_a_failed_invocation_has_no_words_of_anyones(
    invoke: Callable[[], None], fails: str
) -> None:
    """Of an exception that a handler raises, Lambda's runtime logs type, message and places."""
    fault = mock.patch(fails, side_effect=ValueError(f"{NAME} {NUMBER}"))
    with Logs() as logs, fault, pytest.raises(Unexpected) as raised:
        invoke()
    assert str(raised.value).startswith("ValueError at mock.py:")
    _assert_impersonal("".join(traceback.format_exception(raised.value)))
    assert logs.metrics["UnexpectedError"] == 1


def _for(method: str, fault: Callable[[Any], Response | None] | None) -> Callable[[Any], Response | None]:
    def before(request: Any) -> Response | None:
        hit = fault is not None and "oauth" not in request.path and method in ("", request.method)
        return fault(request) if fault and hit else None

    return before


def _assert_impersonal(text: str) -> None:
    # A metric's moment in milliseconds is thirteen digits, and may hold any four by chance.
    text = re.sub(r'"Timestamp":[0-9]{13}', "", text)
    assert not [word for word in PERSONAL if word.lower() in text.lower()], text
