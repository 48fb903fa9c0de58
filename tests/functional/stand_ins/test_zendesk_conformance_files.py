"""Uploads and attachments: facts/zendesk.md 1.2 and 2.5."""

from __future__ import annotations

import pytest

from tests.functional.stand_ins.account import Account, reason


def test_2_5_upload_is_answered_with_a_token_for_an_hour() -> None:
    account = Account()
    upload = account.upload(b"<p>hi</p>", "transcript.html")
    assert upload["expires_at"] == "2026-11-20T11:00:00Z"
    attachment = upload["attachment"]
    assert (attachment["file_name"], attachment["size"]) == ("transcript.html", 9)
    assert attachment["content_type"] == "text/plain"
    assert account.get(f"attachments/{attachment['id']}").json()["attachment"] == attachment


def test_2_5_token_gathers_several_files() -> None:
    account = Account()
    token = account.upload(filename="a.txt")["token"]
    assert account.upload(filename="b.txt", token=token)["token"] == token
    ticket = account.created(comment={"body": "x", "public": False, "uploads": [token]})
    comment = account.get(f"tickets/{ticket}/comments").json()["comments"][0]
    assert [file["file_name"] for file in comment["attachments"]] == ["a.txt", "b.txt"]
    assert [file["name"] for file in account.ticket(ticket)["comments"][0]["attachments"]] == [
        "a.txt",
        "b.txt",
    ]


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 422)])
def test_2_5_token_works_for_sixty_minutes(seconds: int, status: int) -> None:
    account = Account()
    ticket, token = account.created(), account.upload()["token"]
    account.later(seconds)
    account.token = account.issue().json()["access_token"]
    response = account.put(ticket, comment={"body": "x", "uploads": [token]})
    assert response.status == status
    assert len(account.ticket(ticket)["comments"]) == (2 if status == 200 else 1)


def test_2_5_token_works_once_and_is_kept_by_what_is_refused() -> None:
    account = Account()
    token = account.upload()["token"]
    said = {"body": "x", "public": False, "uploads": [token]}
    assert account.create(comment=said, assignee_id=7001).status == 422
    assert account.create(comment=said).status == 201
    assert "Upload token" in reason(account.create(comment=said), "uploads")


def test_2_5_token_that_does_not_work_can_be_ignored() -> None:
    account = Account(expired_upload="ignored")
    ticket = account.created(comment={"body": "x", "uploads": ["nothing"]})
    assert "attachments" not in account.ticket(ticket)["comments"][0]


def test_2_5_upload_needs_a_name_and_fits_the_limit() -> None:
    account = Account(upload_size=5)
    assert account.send("POST", "/api/v2/uploads", b"12345").status == 400
    assert account.upload(b"12345")["attachment"]["size"] == 5
    refused = account.send("POST", "/api/v2/uploads", b"123456", query={"filename": "a"})
    assert (refused.status, refused.json()["errors"][0]["code"]) == (422, "AttachmentTooLarge")
    assert reason(account.post("uploads", filename="a", token="none"), "token")


def test_2_5_upload_can_be_taken_back() -> None:
    account = Account()
    upload = account.upload()
    assert account.delete(f"uploads/{upload['token']}").status == 204
    assert account.delete(f"uploads/{upload['token']}").status == 404
    assert account.get(f"attachments/{upload['attachment']['id']}").status == 404


def test_2_5_file_is_read_at_its_address() -> None:
    account = Account()
    upload = account.upload(b"words", "a b.txt")
    account.created(comment={"body": "x", "uploads": [upload["token"]]})
    file = account.file(upload["attachment"]["content_url"])
    assert (file.status, file.body, file.headers["Content-Type"]) == (200, b"words", "text/plain")
    assert "a%20b.txt" in file.headers["Content-Disposition"]
    assert account.file("/attachments/token/nothing/").status == 404
    assert sum(account.zendesk.requests.values()) == 3  # a file is no request to the API


@pytest.mark.parametrize(("is_open", "status"), [(True, 200), (False, 401)])
def test_1_2_unattached_file_is_open_to_anybody_or_to_users(is_open: bool, status: int) -> None:
    account = Account(unattached_upload_is_open=is_open)
    url = account.upload()["attachment"]["content_url"]
    assert account.file(url).status == status
    assert account.file(url, f"Bearer {account.token}").status == 200
    account.later(3600)
    assert account.file(url).status == 404


def test_2_5_file_can_be_on_another_host_that_takes_no_token() -> None:
    account = Account(attachments_elsewhere="https://files.example")
    url = account.upload()["attachment"]["content_url"]
    answer = account.file(url)
    assert (answer.status, answer.headers["Location"][:22]) == (302, "https://files.example/")
    assert account.file(answer.headers["Location"]).body == b"words"
    assert account.file(answer.headers["Location"], f"Bearer {account.token}").status == 400
