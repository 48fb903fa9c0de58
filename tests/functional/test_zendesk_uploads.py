"""Uploads: streamed from disk, chained under one token, within the invocation's time (X5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connect_zendesk.zendesk import tickets, uploads
from connect_zendesk.zendesk.errors import NoAnswer, RateLimited, Refused
from local.stand_ins.zendesk import AnswerLost, Request, Response
from tests.records import ANA, call
from tests.stack import Stack

HTML = "text/html; charset=utf-8"


@pytest.fixture
def files(tmp_path: Path) -> list[tuple[Path, str]]:
    """Two files, with the names they are to have."""
    named = []
    for number in (1, 2):
        path = tmp_path / f"{number}"
        path.write_bytes(f"part {number}".encode() * 1000)
        named.append((path, f"chat-{number}.html"))
    return named


def test_X5_files_are_on_a_comment_under_one_token(files: list[tuple[Path, str]]) -> None:
    stack = Stack(tickets=[{"id": 4001, "requester_id": ANA}])
    zendesk = stack.services.zendesk
    token = uploads.upload(zendesk, files, HTML)
    tickets.update(zendesk, 4001, {"comment": {"body": "x", "public": False, "uploads": [token]}})
    attached = stack.ticket(4001)["comments"][-1]["attachments"]
    assert [one["name"] for one in attached] == ["chat-1.html", "chat-2.html"]
    assert stack.requests_made() == {"POST /api/v2/uploads": 2, "PUT /api/v2/tickets/{id}": 1}
    assert zendesk.sent == 3


def test_X5_an_upload_is_sent_as_it_is_with_its_kind(files: list[tuple[Path, str]]) -> None:
    stack, seen = Stack(), list[Request]()

    def look(request: Request) -> None:
        seen.append(request)

    stack.zendesk.faults.before = look
    uploads.upload(stack.services.zendesk, files[:1], HTML)
    (sent,) = [request for request in seen if request.path == "/api/v2/uploads"]
    assert sent.body == files[0][0].read_bytes()
    assert sent.headers["content-type"] == HTML
    assert sent.headers["content-length"] == str(len(sent.body))
    assert sent.query == {"filename": "chat-1.html"}


def test_a_file_is_sent_from_its_beginning_again_with_a_new_token(files: list[tuple[Path, str]]) -> None:
    stack = Stack()
    stack.play_records(call())  # a token is shared by now
    bodies = list[bytes]()

    def refuse_once(request: Request) -> Response | None:
        if request.path != "/api/v2/uploads":
            return None
        bodies.append(request.body)
        return Response(401, {}, b"{}") if len(bodies) == 1 else None

    stack.zendesk.faults.before = refuse_once
    uploads.upload(stack.services.zendesk, files[:1], HTML)
    assert bodies == [files[0][0].read_bytes()] * 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(429, {"Retry-After": "7"}, b"{}"), RateLimited),
        (Response(503, {}, b""), NoAnswer),
        (Response(422, {}, b'{"error": "AttachmentTooLarge"}'), Refused),
        (None, NoAnswer),
    ],
)
def test_what_goes_wrong_with_an_upload_leaves_no_doubt(
    files: list[tuple[Path, str]], answer: Response | None, error: type[Exception]
) -> None:
    stack = Stack()
    stack.play_records(call())

    def wrong(_: Request) -> Response:
        if answer is None:
            raise AnswerLost
        return answer

    stack.zendesk.faults.before = wrong
    with pytest.raises(error) as raised:
        uploads.upload(stack.services.zendesk, files, HTML)
    assert not getattr(raised.value, "outcome_unknown", False)


def test_no_upload_is_begun_without_the_time_for_it(files: list[tuple[Path, str]]) -> None:
    stack = Stack()
    stack.play_records(call())
    stack.requests_made()
    stack.services.zendesk.remaining = lambda: 2.5
    with pytest.raises(NoAnswer, match="no time left"):
        uploads.upload(stack.services.zendesk, files, HTML)
    assert stack.requests_made() == {}


def test_an_answer_to_a_file_is_waited_for_longer_than_to_a_request(
    files: list[tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack, waits = Stack(), dict[str, float]()
    zendesk = stack.services.zendesk
    zendesk.remaining = lambda: 200.0
    session = zendesk._session
    request = session.request

    def note(method: str, url: str, **sent: Any) -> Any:
        waits[url.rpartition("/")[2]] = sent["timeout"][1]
        return request(method, url, **sent)

    monkeypatch.setattr(session, "request", note)
    uploads.upload(zendesk, files[:1], HTML)
    assert waits == {"tokens": 10.0, "uploads": 60.0}
