"""A client of the Zendesk stand-in for tests: a clock to turn, a token, requests in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from local.stand_ins.http.messages import request_of
from local.stand_ins.zendesk import Options, Request, Response, Zendesk

AGENT = {"id": 901, "name": "Ada Byron", "role": "agent", "email": "ada@shop.example"}
CALLER = {"id": 7001, "name": "Grace Hopper", "phone": "+441632960001", "email": "grace@home.example"}
WORLD: dict[str, Any] = {"users": [AGENT, CALLER]}
NOTE = {"body": "Inbound call", "public": False}


class Account:
    """An account with a world; `now` is turned with `later`. Requests carry a token unless told not to."""

    def __init__(
        self, world: Mapping[str, Any] | None = None, *, scope: str = "read write", **options: Any
    ) -> None:
        self.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
        self.zendesk = Zendesk(
            WORLD if world is None else world, clock=lambda: self.now, options=Options(**options)
        )
        self.token = self.issue(scope=scope).json()["access_token"]

    def later(self, seconds: float) -> None:
        """Turn the clock on."""
        self.now += timedelta(seconds=seconds)

    def issue(self, **changed: Any) -> Response:
        """Ask for a token."""
        asked = {
            "grant_type": "client_credentials",
            "client_id": "connect_zendesk",
            "client_secret": "laptop-only",
            "scope": "read write",
            **changed,
        }
        return self.send("POST", "/oauth/tokens", asked, authorization=None)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        authorization: str | None = "",
        **headers: str,
    ) -> Response:
        """Send a request as the account's client; `headers` are written with underscores."""
        sent = {"content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if authorization is not None:
            sent["authorization"] = authorization or f"Bearer {self.token}"
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        values = {name: str(value) for name, value in (query or {}).items()}
        return self.zendesk.handle(Request(method, path, values, sent, content))

    def get(self, path: str, **query: Any) -> Response:
        """Read something under /api/v2/."""
        return self.send("GET", f"/api/v2/{path}", query=query)

    def follow(self, url: str) -> Response:
        """Read what a link of an answer leads to."""
        request = request_of("GET", url, {"authorization": f"Bearer {self.token}"}.items(), None)
        return self.zendesk.handle(request)

    def page(self, path: str, **query: Any) -> Any:
        """Read a page; `page_size` and the like stand for `page[size]`."""
        return self.get(path, **{_cursor_name(name): value for name, value in query.items()}).json()

    def create(self, headers: Mapping[str, Any] | None = None, **ticket: Any) -> Response:
        """Create a ticket; without a comment given, one that is private."""
        asked = {"requester_id": 7001, "comment": NOTE, **ticket}
        return self.send("POST", "/api/v2/tickets", {"ticket": asked}, **dict(headers or {}))

    def created(self, **ticket: Any) -> int:
        """Create a ticket and return its id."""
        response = self.create(**ticket)
        assert response.status == 201, response.body
        return int(response.json()["ticket"]["id"])

    def put(self, ticket_id: int, **ticket: Any) -> Response:
        """Update a ticket."""
        return self.send("PUT", f"/api/v2/tickets/{ticket_id}", {"ticket": ticket})

    def ticket(self, ticket_id: int) -> Any:
        """Return a ticket as the snapshot has it."""
        return next(ticket for ticket in self.zendesk.tickets() if ticket["id"] == ticket_id)

    def add_user(self, **user: Any) -> Response:
        """Create a user."""
        return self.send("POST", "/api/v2/users", {"user": user})

    def put_user(self, user_id: int, **user: Any) -> Response:
        """Update a user."""
        return self.send("PUT", f"/api/v2/users/{user_id}", {"user": user})

    def delete(self, path: str, body: Any = None) -> Response:
        """Delete something under /api/v2/."""
        return self.send("DELETE", f"/api/v2/{path}", body)

    def post(self, path: str, body: Any = None, **query: Any) -> Response:
        """Make something under /api/v2/."""
        return self.send("POST", f"/api/v2/{path}", body, query=query)

    def job(self, started: Response) -> Any:
        """Wait for a job that an answer names and return its status."""
        assert (started.status, started.json()["job_status"]["status"]) == (200, "queued"), started.body
        self.later(2)
        return self.get(f"job_statuses/{started.json()['job_status']['id']}").json()["job_status"]

    def upload(self, content: bytes = b"words", filename: str = "a.txt", **query: str) -> Any:
        """Upload a file and return what is said of it."""
        response = self.send(
            "POST",
            "/api/v2/uploads",
            content,
            query={"filename": filename, **query},
            content_type="text/plain",
        )
        assert response.status == 201, response.body
        return response.json()["upload"]

    def file(self, url: str, authorization: str | None = None) -> Response:
        """Read a file at its address, as anybody unless told who."""
        path = (
            url.removeprefix("https://acme.zendesk.com")
            .removeprefix("https://files.example")
            .partition("?")[0]
        )
        return self.send("GET", path, authorization=authorization)

    def search_users(self, query: str) -> list[int]:
        """Return the ids of the users that a search finds."""
        return [user["id"] for user in self.get("users/search", query=query).json()["users"]]


def reason(response: Response, field: str) -> str:
    """Return the description of a 422's first detail about a field."""
    content = response.json()
    assert (response.status, content["error"]) == (422, "RecordInvalid")
    assert content["description"] == "Record validation errors"
    return str(content["details"][field][0]["description"])


def _cursor_name(name: str) -> str:
    first, _, rest = name.partition("_")
    return f"page[{rest}]" if first == "page" and rest else name
