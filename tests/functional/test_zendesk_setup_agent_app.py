"""`make zendesk` makes and installs the agent app, once, and keeps its keys for its function (A4)."""

from __future__ import annotations

import io
import json
import zipfile
from argparse import ArgumentParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from administration.zendesk_setup import command
from administration.zendesk_setup.account import Account as SetUpAccount
from administration.zendesk_setup.agent_app import AgentAppPlace, AppSecret, package
from administration.zendesk_setup.place import Keys, Place, SetupError
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.zendesk.app_keys import AppKeys
from connect_zendesk.zendesk.rsa_signature import PublicKey
from connect_zendesk.zendesk.webhook_keys import WebhookKeys
from local.stand_ins.zendesk.apps.signing import signature
from tests.zendesk_account import Account

ADDRESS = "https://app.lambda-url.eu-west-2.on.aws/"


@dataclass
class Secrets:
    """Secrets Manager with two secrets."""

    texts: dict[str, str] = field(
        default_factory=lambda: {"hook": WebhookKeys().as_text(), "app": AppKeys().as_text()}
    )

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        return {"SecretString": self.texts[SecretId]}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.texts[SecretId] = SecretString


class Desk:
    """An account, a stack with the agent app, and the command."""

    def __init__(self) -> None:
        self.zendesk, self.secrets, self.address = Account(), Secrets(), ADDRESS
        self.said: list[str] = []
        self.settings = AppSettings()

    def run(self, *arguments: str) -> bool:
        parser = ArgumentParser()
        command.add_arguments(parser)
        self.said.clear()
        place = Place(
            SetUpAccount(self.zendesk.client),
            Keys(self.secrets, "hook"),
            "https://hook.lambda-url.eu-west-2.on.aws/",
            self.settings,
            AgentAppPlace(self.address, AppSecret(self.secrets, "app")),
        )
        options = parser.parse_args(arguments)
        return command.perform(
            options, place, say=self.said.append, ask=None, clock=self.zendesk.clock, sleep=lambda _: None
        )

    @property
    def keys(self) -> AppKeys:
        return AppKeys.of(self.secrets.texts["app"])

    def about_the_app(self) -> list[str]:
        return [line.strip() for line in self.said if "agent app" in line and "/" not in line[:6]]


def manifest_in(packed: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return json.loads(archive.read("manifest.json"))


def test_A4_the_app_is_made_and_installed_and_its_keys_are_kept() -> None:
    desk = Desk()
    assert desk.run("apply")
    keys = desk.keys
    assert keys.is_complete
    assert PublicKey.of(keys.public_key).signed(b"load", signature(b"load"))
    installed = desk.zendesk.client.get(f"/api/v2/apps/installations/{keys.installation}")
    assert (installed["app_id"], installed["settings"]) == (keys.app, {"name": "Amazon Connect"})


def test_A4_applied_again_nothing_is_made_twice() -> None:
    desk = Desk()
    desk.run("apply")
    before = desk.keys
    assert desk.run("apply")
    assert desk.said[-2] == "Nothing to change."
    assert desk.keys == before


def test_M5_the_apps_id_is_said_until_the_app_settings_name_it() -> None:
    desk = Desk()
    desk.run("apply")
    assert f"zendesk_app_id = {desk.keys.app} in the app settings" in desk.said[-1]
    desk.settings = AppSettings(zendesk_app_id=desk.keys.app)
    assert desk.run("apply")
    assert desk.said[-1] == "Nothing to change."


def test_A4_where_the_manifest_changes_the_app_is_brought_up_to_date_and_sessions_go_on() -> None:
    desk = Desk()
    desk.run("apply")
    before = desk.keys
    desk.address = "https://other.lambda-url.eu-west-2.on.aws/"
    assert desk.run("apply")
    after = desk.keys
    assert (after.app, after.installation, after.session_key) == (
        before.app, before.installation, before.session_key,
    )  # fmt: skip
    assert after.package != before.package


def test_A4_an_app_of_the_same_name_that_is_not_known_is_left_alone_until_it_is_taken_over() -> None:
    desk = Desk()
    desk.run("apply")
    before = desk.keys
    desk.secrets.texts["app"] = AppKeys().as_text()
    assert not desk.run("apply")
    assert any("--take-over" in line for line in desk.said)
    assert desk.run("apply", "--take-over")
    assert (desk.keys.app, desk.keys.installation) == (before.app, before.installation)


def test_A4_an_app_that_was_uninstalled_by_hand_is_made_again() -> None:
    desk = Desk()
    desk.run("apply")
    before = desk.keys
    desk.zendesk.client.delete(f"/api/v2/apps/{before.app}", "")
    assert desk.run("apply")
    assert desk.keys.installation not in (None, before.installation)


def test_A4_plan_changes_nothing_and_remove_takes_it_away() -> None:
    desk = Desk()
    assert desk.run("plan")
    assert desk.keys == AppKeys()
    desk.run("apply")
    assert desk.run("remove", "--keep-fields")
    assert desk.keys == AppKeys()
    assert desk.zendesk.client.get("/api/v2/apps/installations")["installations"] == []


def test_A4_rotate_ends_all_sessions() -> None:
    desk = Desk()
    desk.run("apply")
    before = desk.keys
    assert desk.run("rotate")
    assert desk.keys.session_key not in ("", before.session_key)
    assert desk.keys.public_key == before.public_key


def test_A4_a_package_that_zendesk_refuses_is_said_and_leaves_no_keys() -> None:
    desk = Desk()
    desk.address = "http://pages.example/"
    with pytest.raises(SetupError, match="neither https nor an asset"):
        desk.run("apply")
    assert desk.keys == AppKeys()


def test_A4_only_the_page_with_a_session_is_signed_and_all_of_them_are_the_stacks() -> None:
    support = manifest_in(package(ADDRESS))["location"]["support"]
    assert {name: location["url"] for name, location in support.items()} == {
        "top_bar": f"{ADDRESS}top_bar",
        "background": f"{ADDRESS}background",
        "ticket_sidebar": f"{ADDRESS}sidebar",
        "user_sidebar": f"{ADDRESS}sidebar",
    }
    assert [name for name, location in support.items() if location.get("signed")] == ["top_bar"]
    assert package(ADDRESS) == package(ADDRESS)


def test_A4_the_package_can_be_written_to_a_file(tmp_path: Path) -> None:
    desk = Desk()
    assert desk.run("package", str(tmp_path / "app.zip"))
    assert manifest_in((tmp_path / "app.zip").read_bytes())["private"] is True
