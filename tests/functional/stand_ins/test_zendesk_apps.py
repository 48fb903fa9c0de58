"""Apps in the Zendesk stand-in (facts/agent-app.md 1.2): uploaded, made by a job, installed, taken away."""

from __future__ import annotations

import io
import json

import pytest

from administration.zendesk_setup.account import Account as SetUp
from administration.zendesk_setup.agent_app import package
from connect_zendesk.zendesk.errors import NotFound
from connect_zendesk.zendesk.rsa_signature import PublicKey
from local.stand_ins.zendesk.apps.signing import signature
from tests.zendesk_account import Account

FORM = b'--b\r\nContent-Disposition: form-data; name="uploaded_data"; filename="a.zip"\r\n\r\n%s\r\n--b--\r\n'


def uploaded(account: Account, content: bytes) -> str:
    kind = "multipart/form-data; boundary=b"
    path = "/api/v2/apps/uploads.json"
    return str(account.client.upload(path, {}, io.BytesIO(FORM % content), kind)["id"])


def test_an_app_is_made_by_a_job_and_its_key_verifies_what_is_signed() -> None:
    account = Account()
    upload = uploaded(account, package("https://app.example/"))
    set_up = SetUp(account.client)
    done = set_up.app_job(set_up.put_app(upload, None, "Amazon Connect"))
    assert done["status"] == "completed"
    installation = set_up.install_app(done["app_id"], "Amazon Connect")
    assert set_up.installation(installation)["app_id"] == done["app_id"]
    assert PublicKey.of(set_up.public_key(done["app_id"])).signed(b"load", signature(b"load"))
    set_up.remove_app(done["app_id"])
    with pytest.raises(NotFound):
        set_up.installation(installation)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 no zip", "no manifest"),
        (package("http://app.example/"), "neither https nor an asset"),
    ],
)
def test_what_is_no_package_fails_in_its_job(content: bytes, why: str) -> None:
    account = Account()
    job = SetUp(account.client).put_app(uploaded(account, content), None, "Amazon Connect")
    failed = SetUp(account.client).app_job(job)
    assert (failed["status"], why in failed["message"]) == ("failed", True)


def test_what_is_not_there_is_a_404() -> None:
    account = Account()
    for path in ("/api/v2/apps/9/public_key", "/api/v2/apps/job_statuses/9"):
        with pytest.raises(NotFound):
            account.client.get(path)
    with pytest.raises(NotFound):
        account.client.put("/api/v2/apps/9", json.dumps({"upload_id": "1"}))
