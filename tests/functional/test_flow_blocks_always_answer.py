"""A flow gets an answer within its block's limit, whatever Zendesk, DynamoDB or AppConfig do (F3)."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal
from unittest import mock

import pytest
import requests
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk import observability
from connect_zendesk.entrypoints import contact_flow as flow_block
from connect_zendesk.entrypoints import container
from connect_zendesk.ledger import snapshots
from connect_zendesk.rules.flows.flow_answer import LARGEST, STATUSES
from connect_zendesk.rules.flows.flow_request import BY_NAME, KEYWORDS
from connect_zendesk.workflows.flows import look_up as flow_look_up
from connect_zendesk.zendesk.client import Zendesk
from functions.customer_lookup import from_contact_flow as customer_lookup
from functions.ticket_creation import from_contact_flow as ticket_creation
from local.replay.lambda_events import LambdaContext
from local.stand_ins.http.requests_adapter import StandInAdapter
from local.stand_ins.zendesk import Response
from tests.flows import asks, flow_event
from tests.logs import Logs
from tests.stack import Stack
from tests.strategies import examples
from tests.waiting import LONGEST, wait_for

Function = Literal["customer_lookup", "ticket_creation"]
SEARCH = "GET /api/v2/users/search"
FUNCTIONS: tuple[Function, ...] = ("customer_lookup", "ticket_creation")
BRIEF = "0.4"


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a block wait for less than a second, and the thread behind it believe that it has time."""
    monkeypatch.setattr(flow_block, "SHORTEST_LIMIT", 0.0)
    monkeypatch.setattr(flow_block, "MARGIN_SECONDS", 0.0)
    monkeypatch.setattr(flow_block, "_ANSWER_SECONDS", -5.0)


def ask(stack: Stack, function: Function, contact: str = "contact-1", **parameters: str) -> Any:
    event = flow_event(contact=contact, parameters=asks("calling_user", **parameters))
    return stack.invoke_flow(function, event)


@contextmanager
def hanging() -> Iterator[mock.Mock]:
    """Give a function that does not return before the ``with`` block has ended."""
    over = threading.Event()

    def hang(*_: Any, **__: Any) -> Any:
        over.wait(30)
        raise TimeoutError

    try:
        yield mock.Mock(side_effect=hang)
    finally:
        over.set()
        for thread in given_up():
            thread.join()


def given_up() -> list[threading.Thread]:
    """Return the threads of blocks that have been answered without them."""
    return [thread for thread in threading.enumerate() if thread.name == "flow block"]


def hang_zendesk(stack: Stack, hang: Callable[..., Any]) -> None:
    stack.zendesk.faults.before = hang


def hang_dynamodb(stack: Stack, hang: Callable[..., Any]) -> None:
    stack.items = mock.Mock(get=hang, query=hang, put=hang)
    stack.services = stack.new_services()


def hang_app_settings(stack: Stack, hang: Callable[..., Any]) -> None:
    stack.services = replace(stack.services, read_app_settings=hang)


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("what", [hang_zendesk, hang_dynamodb, hang_app_settings])
def test_F3_a_flow_does_not_wait_for_what_never_answers(
    what: Callable[..., None], function: Function
) -> None:
    stack = Stack()
    with hanging() as hang:
        what(stack, hang)
        found = ask(stack, function, time_limit=BRIEF, carry_on="menu", menu="2")
        assert found == {"status": "server error", "menu": "2"}
        wait_for(lambda: hang.call_count, what="the request")
        hang.assert_called_once()
        assert len(given_up()) == 1


@pytest.mark.usefixtures("brief")
def test_F3_an_answer_that_dribbles_is_not_waited_for() -> None:
    stack, over, read = Stack(), threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def dribble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while not over.wait(0.01):
                    connection.sendall(b" ")  # each within any timeout of a socket
                    read.set()

        thread = threading.Thread(target=dribble)
        thread.start()
        session = requests.Session()
        session.trust_env = False
        zendesk = Zendesk(
            f"http://127.0.0.1:{server.getsockname()[1]}",
            lambda: ("", ""),
            container.TokenInLedger(stack.services.ledger, stack.clock),
            session=session,
            clock=stack.clock,
        )
        stack.services = replace(stack.services, zendesk=zendesk)
        try:
            assert ask(stack, "customer_lookup", time_limit="0.8") == {"status": "server error"}
            assert read.wait(LONGEST)
            assert len(given_up()) == 1
        finally:
            over.set()
            thread.join()
            for left in given_up():
                left.join()


@pytest.mark.usefixtures("brief")
def test_F3_a_thread_that_was_given_up_sends_nothing_more_and_disturbs_nobody() -> None:
    stack, over = Stack(), threading.Event()
    searches, send = itertools.count(1), StandInAdapter.send

    def hang_first(adapter: StandInAdapter, request: Any, **given: Any) -> Any:
        match next(searches) if "search" in request.url else None:
            case 1:
                over.wait(30)
            case 2:  # the next invocation is at work while the thread that was given up goes on
                over.set()
                left.join()
        return send(adapter, request, **given)

    event = flow_event(parameters=asks("find_calling_user", time_limit=BRIEF))
    with mock.patch.object(StandInAdapter, "send", hang_first):
        assert stack.invoke_flow("customer_lookup", event)["status"] == "server error"
        (left,) = given_up()
        found = ask(stack, "customer_lookup", contact="contact-2", time_limit="8")  # its deadline is its own
    assert found["status"] == "ok"
    # The search of each; the first one's user's tickets were still to be asked for.
    assert stack.requests_made() == {SEARCH: 2}


def test_F3_requests_wait_no_longer_than_the_block_does() -> None:
    stack = Stack()
    stack.zendesk.faults.slow(2.0, matching="GET /api/v2/users/search")
    assert ask(stack, "customer_lookup")["status"] == "server error"  # 3 seconds, of which a part to connect
    assert ask(stack, "customer_lookup", time_limit="8")["status"] == "ok"


def test_F3_a_failed_look_up_leaves_the_copy_all_the_same() -> None:
    stack = Stack()
    stack.zendesk.faults.outage()
    assert ask(stack, "customer_lookup") == {"status": "server error"}
    assert snapshots.snapshot_of(stack.services.ledger, "contact-1") is not None


def test_F1_that_no_copy_can_be_left_takes_nothing_from_the_answer() -> None:
    stack = Stack()
    ask(stack, "customer_lookup")  # which leaves the token
    away = mock.Mock(side_effect=EndpointConnectionError(endpoint_url="x"))
    with mock.patch.multiple(stack.items, get=away, query=away, put=away):
        assert ask(stack, "customer_lookup")["status"] == "ok"
    away.assert_called()


@pytest.mark.usefixtures("brief")
def test_F3_that_a_copy_takes_too_long_takes_nothing_from_the_answer() -> None:
    stack = Stack()
    ask(stack, "customer_lookup", time_limit="5")  # which leaves the token
    with hanging() as hang, mock.patch.multiple(stack.items, get=hang, query=hang, put=hang):
        assert ask(stack, "customer_lookup", time_limit="3")["status"] == "ok"
        assert len(given_up()) == 1


def test_F1_remember_says_so_where_it_could_not() -> None:
    stack = Stack()
    event = flow_event(parameters=asks("remember"))
    with mock.patch.object(stack.items, "put", side_effect=EndpointConnectionError(endpoint_url="x")):
        assert stack.invoke_flow("customer_lookup", event) == {"status": "server error"}
    assert stack.invoke_flow("customer_lookup", event) == {"status": "ok"}


def test_F3_what_goes_wrong_after_the_reply_takes_nothing_from_it() -> None:
    with mock.patch.object(flow_look_up, "try_save_snapshot", side_effect=ZeroDivisionError):
        assert ask(Stack(), "customer_lookup")["status"] == "ok"


def test_F1_who_calls_is_told_even_where_their_tickets_cannot_be_listed() -> None:
    stack = Stack()
    stack.zendesk.faults.outage(matching="GET /api/v2/users/{id}/tickets/requested")
    event = flow_event(parameters={"action": "find_calling_user"})
    found = stack.invoke_flow("customer_lookup", event)
    assert (found["status"], found["customer_name"]) == ("ok", "Ana Silva")
    assert not {"open_tickets", "zendesk_ticket"} & found.keys()


ANSWERS = {
    400: "bad request",
    401: "access denied",
    403: "access denied",
    404: "not found",
    409: "server error",
    422: "bad request",
    429: "server error",
    500: "server error",
    503: "server error",
}


@pytest.mark.parametrize("status", ANSWERS)
def test_F1_what_zendesk_refuses_has_a_status_of_the_add_on(status: int) -> None:
    stack = Stack()
    stack.zendesk.faults.before = lambda request: (
        None if "oauth" in request.path else Response(status, {}, b'{"error": "Whatever"}')
    )
    assert ask(stack, "customer_lookup")["status"] == ANSWERS[status]


def _client_error(*_: Any, **__: Any) -> Any:
    raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem")


def _unread(*_: Any) -> Any:
    raise GetParameterError


def _fault_of_ours(*_: Any) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("fault", [_client_error, _unread, _fault_of_ours])
def test_F3_nothing_is_raised(fault: Callable[..., Any], function: Function) -> None:
    for what in (hang_zendesk, hang_dynamodb, hang_app_settings):
        stack = Stack()
        what(stack, fault)
        assert ask(stack, function) == {"status": "server error"}


@pytest.mark.parametrize("handler", [customer_lookup.handler, ticket_creation.handler])
def test_F3_not_even_disorder_in_logs_and_metrics_is_raised(handler: Callable[..., Any]) -> None:
    with mock.patch.object(observability.metrics, "add_metric", side_effect=RuntimeError):
        assert handler(flow_event(), LambdaContext()) == {"status": "server error"}
    assert handler(flow_event(), None) == {"status": "server error"}


def test_F3_a_containers_start_is_taken_from_its_first_answer_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    monkeypatch.setattr(flow_block, "_started", threading.Event())
    monkeypatch.setattr(flow_block, "_LONGEST_START", 1e9)
    assert flow_block._spent_starting() > 0
    assert flow_block._spent_starting() == 0
    monkeypatch.setattr(flow_block, "_started", threading.Event())
    monkeypatch.setattr(flow_block, "_LONGEST_START", 0.0)  # started long ahead: nobody waited
    assert flow_block._spent_starting() == 0
    monkeypatch.setattr(flow_block, "_started", threading.Event())
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency")
    monkeypatch.setattr(flow_block, "_LONGEST_START", 1e9)
    assert flow_block._spent_starting() == 0


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("5", 5), ("", 3), ("soon", 3), ("0.1", 1), ("-4", 1), ("900", 8), ("nan", 3), ("inf", 8), (2, 2)],
)
def test_F3_the_time_limit_is_the_flows_within_reason(given: Any, seconds: float) -> None:
    assert flow_block._limit(flow_event(parameters={"time_limit": given})) == seconds


_TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=30),
    st.sampled_from(["101", "5001", "none", '"', "type:user {a}", "type:ticket", "a,b,status"]),
    st.integers(39_000, 41_000).map(lambda length: "x" * length),
)
_NAMES = st.one_of(st.sampled_from(sorted(KEYWORDS | {"zendesk_user", "user_email", "a"})), _TEXTS)
_VALUES = st.one_of(
    _TEXTS, st.integers(), st.floats(), st.booleans(), st.none(), st.dictionaries(_TEXTS, _TEXTS, max_size=2)
)
_PARAMETERS = st.dictionaries(_NAMES, _VALUES, max_size=6)
_KINDS = st.one_of(st.sampled_from(sorted(BY_NAME)), _TEXTS)
_ANYTHING = st.recursive(_VALUES, lambda inner: st.one_of(st.lists(inner), st.dictionaries(_TEXTS, inner)))
_LAID_OUT = Stack(tickets=[{"id": 5001, "requester_id": 101}])


@given(kind=_KINDS, parameters=_PARAMETERS, function=st.sampled_from(FUNCTIONS))
def test_F1_any_parameters_get_a_flat_map_of_texts(
    kind: str, parameters: dict[str, Any], function: Function
) -> None:
    given = {"search_by": kind, **parameters, "time_limit": "8"}
    _assert_readable(_LAID_OUT.invoke_flow(function, flow_event(parameters=given)))


@examples(80)
@given(anything=_ANYTHING, where=st.sampled_from(["event", "Details", "ContactData", "Parameters", "field"]))
def test_F3_any_event_gets_a_flat_map_of_texts(anything: Any, where: str) -> None:
    event: Any = flow_event(parameters=asks("calling_user", time_limit="8"))
    match where:
        case "event":
            event = {"Name": "ContactFlowEvent", "Details": anything}
        case "Details":
            event["Details"] = anything
        case "field":
            event["Details"]["ContactData"] |= dict.fromkeys(event["Details"]["ContactData"], anything)
        case part:
            event["Details"][part] = anything
    _assert_readable(_LAID_OUT.invoke_flow("customer_lookup", event))


def _assert_readable(answer: Any) -> None:
    assert answer["status"] in STATUSES
    assert all(type(name) is str and type(value) is str for name, value in answer.items())
    assert sum(len(name.encode()) + len(value.encode()) for name, value in answer.items()) <= LARGEST


NAME, NUMBER, EMAIL, WORDS = "Quetzalcoatl", "+441632960777", "quetzal@feather.example", "secret ailment"
PERSONAL = ("Quetzalcoatl", "960777", "quetzal", "ailment")


def test_nothing_personal_is_logged_or_counted_for_a_flow() -> None:
    user = {"id": 160, "name": NAME, "phone": NUMBER, "email": EMAIL, "user_fields": {"note": WORDS}}
    looks = [
        asks("calling_user"),
        asks("find_calling_user", carry_on="x", x=WORDS),
        asks("user_email", user_email=EMAIL),
        asks("custom_field", note=WORDS),
        asks("template", search_template='type:user name:"{who}"', who=NAME),
        asks("template", search_template="type:user {" + NAME),
        asks("external_id", external_id=NAME),
        asks("zendesk_user", zendesk_user=NAME),
        asks(NAME),
        asks("remember"),
    ]
    with Logs() as logs:
        for failing in (None, 503, 422, 403):
            stack = Stack(users=[user])
            if failing:
                said = f'{{"error": "{WORDS}", "details": {{"{NAME}": [{{"description": "{NUMBER}"}}]}}}}'
                response = Response(failing, {}, said.encode())
                stack.zendesk.faults.before = lambda request, answer=response: (
                    None if "oauth" in request.path else answer
                )
            for number, parameters in enumerate(looks):
                for function in FUNCTIONS:
                    event = flow_event(
                        contact=f"contact-{number}",
                        caller=NUMBER,
                        attributes={"customer_name": NAME, "note": WORDS},
                        parameters=parameters,
                    )
                    stack.invoke_flow(function, event)
    assert logs.text
    assert logs.metrics
    for text in (*logs.text, *logs.metrics):
        assert not [word for word in PERSONAL if word in text], text
