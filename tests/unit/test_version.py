"""The release is said in one way, everywhere (O6)."""

import re
import tomllib
from pathlib import Path

import connect_zendesk
from tests.records import ANA
from tests.zendesk_account import Account

PROJECT = Path(__file__).resolve().parents[2]
RELEASES = re.findall(r"^## \[(.+?)\]", (PROJECT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_O6_the_layer_has_the_projects_version() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert connect_zendesk.__version__ == declared


def test_O6_the_changelog_begins_with_the_release() -> None:
    assert RELEASES[0] == connect_zendesk.__version__
    assert (
        sorted(RELEASES, key=lambda name: [int(part) for part in name.split(".")], reverse=True) == RELEASES
    )


def test_O6_each_request_to_zendesk_says_the_release() -> None:
    account, agents = Account(), []
    account.stand_in.faults.before = lambda request: agents.append(request.headers.get("user-agent"))
    account.client.get(f"/api/v2/users/{ANA}")
    assert agents == [f"connect-zendesk/{connect_zendesk.__version__}"] * 2  # a token, and the user
