"""The Zendesk stand-in through `requests`, in process and over HTTP."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from local.stand_ins.http.requests_adapter import StandInAdapter
from local.stand_ins.zendesk.http_server import ZendeskServer
from tests.functional.stand_ins.account import NOTE, Account
from tests.waiting import LONGEST, wait_for, wait_until_equal

URL = "https://acme.zendesk.com"


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def session(account: Account) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.mount(URL, StandInAdapter(account.zendesk))
        session.headers["Authorization"] = f"Bearer {account.token}"
        yield session


@pytest.fixture
def server(account: Account) -> Iterator[ZendeskServer]:
    with ZendeskServer(account.zendesk) as server:
        yield server


def test_in_process_request_and_answer(account: Account, session: requests.Session) -> None:
    query = {"query": "role:end-user phone:*1632960001"}
    response = session.get(f"{URL}/api/v2/users/search", params=query, timeout=5)
    assert response.json()["users"][0]["id"] == 7001
    assert response.headers["X-Rate-Limit"] == "400"
    made = session.post(f"{URL}/api/v2/tickets", json={"ticket": {"comment": NOTE}}, timeout=5)
    assert (made.status_code, made.reason) == (201, made.reason)
    assert len(account.zendesk.tickets()) == 1


def test_in_process_lost_answer_is_a_connection_error(account: Account, session: requests.Session) -> None:
    account.zendesk.faults.lose_answer(after_write=True)
    with pytest.raises(requests.ConnectionError):
        session.post(f"{URL}/api/v2/tickets", json={"ticket": {"comment": NOTE}}, timeout=5)
    assert len(account.zendesk.tickets()) == 1


@pytest.mark.parametrize("timeout", [3, (1, 3)])
def test_in_process_slow_answer_is_a_read_timeout(
    account: Account, session: requests.Session, timeout: float | tuple[float, float]
) -> None:
    account.zendesk.faults.slow(4)
    with pytest.raises(requests.ReadTimeout):
        session.post(f"{URL}/api/v2/tickets", json={"ticket": {"comment": NOTE}}, timeout=timeout)
    assert len(account.zendesk.tickets()) == 1
    assert session.get(f"{URL}/api/v2/users/7001", timeout=5).status_code == 200


def test_http_request_and_answer_on_one_connection(account: Account, server: ZendeskServer) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {account.token}"
        for method in ("GET", "PUT", "GET"):
            body = {"user": {"name": "Grace Ünal"}} if method == "PUT" else None
            response = session.request(method, f"{server.url}/api/v2/users/7001", json=body, timeout=LONGEST)
            assert response.status_code == 200
        assert response.json()["user"]["name"] == "Grace Ünal"
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        display = session.post(
            f"{server.url}/api/v2/channels/voice/agents/901/users/7001/display", timeout=LONGEST
        )
        assert (display.status_code, display.content) == (200, b"")
        deleted = session.delete(f"{server.url}/api/v2/users", timeout=LONGEST)
        assert deleted.json()["error"]["title"] == "InvalidEndpoint"
        page = session.get(f"{server.url}/api/v2/users", params={"page[size]": 1}, timeout=LONGEST)
        assert page.json()["meta"]["has_more"] is True


def test_http_lost_answer_breaks_the_connection(account: Account, server: ZendeskServer) -> None:
    account.zendesk.faults.lose_answer(after_write=False)
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.ConnectionError):
            session.get(f"{server.url}/api/v2/users/7001", timeout=LONGEST)


def test_http_slow_answer_is_waited_for(account: Account, server: ZendeskServer) -> None:
    account.zendesk.faults.slow(2, 1)
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {account.token}"
        with pytest.raises(requests.ReadTimeout):
            session.get(f"{server.url}/api/v2/users/7001", timeout=0.05)
        assert session.get(f"{server.url}/api/v2/users/7001", timeout=LONGEST).status_code == 200


def test_http_client_that_has_gone_is_nothing_to_report(
    account: Account, server: ZendeskServer, capfd: pytest.CaptureFixture[str]
) -> None:
    account.zendesk.faults.slow(0.1, 1)
    request = f"GET /api/v2/users/7001 HTTP/1.1\r\nAuthorization: Bearer {account.token}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        wait_for(lambda: account.zendesk.requests["GET /api/v2/users/{id}"], what="the request")
        reset = struct.pack("ii", 1, 0)  # closing sends a reset, so that writing the answer fails
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    wait_until_equal(lambda: [it for it in threading.enumerate() if "process_request" in it.name], [])
    assert capfd.readouterr().err == ""


def test_http_control_paths(account: Account, server: ZendeskServer) -> None:
    with requests.Session() as session:
        session.trust_env = False
        control = f"{server.url}/_stand_in"
        account.created()
        snapshot = session.get(f"{control}/snapshot", timeout=LONGEST).json()
        assert [ticket["id"] for ticket in snapshot["tickets"]] == [1]
        assert [user["id"] for user in snapshot["users"]] == [901, 7001]
        assert snapshot["requests"] == {"POST /oauth/tokens": 1, "POST /api/v2/tickets": 1}
        assert snapshot["pops"] == []
        assert session.get(f"{control}/revision", timeout=LONGEST).json() == {
            "revision": snapshot["revision"]
        }
        session.post(f"{control}/faults", json={"outage": {"count": 1}, "revoke_tokens": {}}, timeout=LONGEST)
        assert [account.get("users/7001").status for _ in range(2)] == [503, 401]
        replaced = session.post(f"{control}/world", json={"users": [{"id": 1}]}, timeout=LONGEST)
        assert replaced.json()["revision"] > snapshot["revision"]
        assert [user["id"] for user in account.zendesk.users()] == [1]
        for name, body in (("world", [1]), ("world", {"people": []}), ("faults", {"storm": {}})):
            refused = session.post(f"{control}/{name}", json=body, timeout=LONGEST)
            assert (refused.status_code, list(refused.json())) == (400, ["error"])
        assert session.get(f"{control}/nothing", timeout=LONGEST).status_code == 404


def test_http_shows_faults_and_lets_an_agent_act(account: Account, server: ZendeskServer) -> None:
    with requests.Session() as session:
        session.trust_env = False
        control, ticket = f"{server.url}/_stand_in", account.created()
        switched = session.post(f"{control}/faults", json={"slow": {"seconds": 0}}, timeout=LONGEST).json()
        shown = session.get(f"{control}/faults", timeout=LONGEST).json()
        assert [fault["name"] for fault in shown["active"]] == ["slow"]
        assert (
            shown["active"]
            == switched["active"]
            == session.get(f"{control}/snapshot", timeout=LONGEST).json()["faults"]
        )
        assert {"slow", "outage"} <= {fault["name"] for fault in shown["catalogue"]}
        body = {"ticket": {"status": "solved"}}
        asked = {"user": 901, "method": "PUT", "path": f"/api/v2/tickets/{ticket}", "body": body}
        assert session.post(f"{control}/act", json=asked, timeout=LONGEST).json()["status"] == 200
        assert account.ticket(ticket)["status"] == "solved"
        many = {**asked, "method": "GET", "path": f"/api/v2/tickets/show_many?ids={ticket}", "body": None}
        assert session.post(f"{control}/act", json=many, timeout=LONGEST).json()["body"]["count"] == 1
        wrongs: list[object] = [{**asked, "user": "Ada"}, {**asked, "user": 4711}, [], {}]
        for wrong in wrongs:
            assert session.post(f"{control}/act", json=wrong, timeout=LONGEST).status_code == 400


def test_repeated_names_of_a_query_are_all_read(account: Account, server: ZendeskServer) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.mount(URL, StandInAdapter(account.zendesk))
        session.headers["Authorization"] = f"Bearer {account.token}"
        for base in (server.url, URL):
            query = [("role[]", "agent"), ("role[]", "admin"), ("page[size]", "1"), ("page[size]", "2")]
            found = session.get(f"{base}/api/v2/users", params=query, timeout=LONGEST).json()
            assert [user["id"] for user in found["users"]] == [901]


def test_http_clients_at_once_get_tickets_of_their_own(account: Account, server: ZendeskServer) -> None:
    def create(_: int) -> int:
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Authorization": f"Bearer {account.token}"}
            body = {"ticket": {"comment": NOTE}}
            made = session.post(f"{server.url}/api/v2/tickets", json=body, headers=headers, timeout=LONGEST)
            return int(made.json()["ticket"]["id"])

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(create, range(24))) == list(range(1, 25))
