"""A Zendesk client that others wrote finds the stand-in to be Zendesk: not only our own code says so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from local.stand_ins.zendesk import Options, Zendesk
from local.stand_ins.zendesk.http_server import ZendeskServer
from tests.functional.stand_ins.account import AGENT

_ROOT = Path(__file__).parents[3]
_PROGRAM = "tests.functional.stand_ins.client_by_others"
_PLAN = {"user_updates_per_second": 1000}


@pytest.fixture
def server() -> Iterator[ZendeskServer]:
    """An account without a lag of search whose jobs are done soon, served over HTTP."""
    options = Options(index_lag=timedelta(0), job_lasts=timedelta(seconds=0.1), integration_user_id=901)
    world = {"users": [AGENT], "plan": _PLAN}
    with ZendeskServer(Zendesk(world, clock=lambda: datetime.now(UTC), options=options)) as serving:
        yield serving


def seen(server: ZendeskServer) -> Any:
    """Run the client and return what it saw."""
    with requests.Session() as session:
        session.trust_env = False
        asked = {
            "grant_type": "client_credentials", "client_id": "connect_zendesk",
            "client_secret": "laptop-only", "scope": "read write",
        }  # fmt: skip
        token = session.post(f"{server.url}/oauth/tokens", json=asked, timeout=30).json()["access_token"]
    done = subprocess.run(
        [sys.executable, "-m", _PROGRAM, server.url, token],
        cwd=_ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_client_by_others_creates_updates_searches_lists_comments_and_merges(server: ZendeskServer) -> None:
    assert seen(server) == {
        "me": "agent",
        "taken": 422,
        "nameless": 422,
        "tags": ["lamp", "vip"],
        "comments": [["Call 0", False], ["Called back", True]],
        "ticket": ["Lamp 0", "open", "high", "contact-0", True],
        "listed": ["Lamp 0", "Lamp 1", "Lamp 2"],
        "found": ["Lamp 0", "Lamp 1", "Lamp 2"],
        "callers": ["Caller"],
        "merged": "closed",
        "closed": 422,
        "user": "Grace",
        "requested": 3,
        "gone": 404,
        "suspended": 422,
        "deleted": 404,
    }


def test_client_by_others_is_imported_by_its_program_alone() -> None:
    importing = re.compile(r"^\s*(from|import) zendesk_sdk\b", re.MULTILINE)
    folders = ("administration", "functions", "infra", "layers", "local", "tests")
    files = [path for folder in folders for path in (_ROOT / folder).rglob("*.py")]
    assert [path.name for path in files if importing.search(path.read_text())] == ["client_by_others.py"]
