"""What is deployed for the agent app: nothing by default; else pages, keys, origins, and what it may do."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from unittest import mock

import pytest

from connect_zendesk.zendesk.app_keys import AppKeys
from infra import agent_app
from infra.npm_packages import FetchError, NpmFolder
from tests.infra.conftest import INSTANCE, Synthesised
from tests.infra.test_functions import actions, resources_for

pytestmark = pytest.mark.xdist_group("synthesis")

APP = "agent_app"


def test_the_agent_app_is_off_by_default(made: Synthesised) -> None:
    assert APP not in {folder for folder, _ in made.handlers()}
    assert not made.of_type("AWS::Connect::ApprovedOrigin")
    assert not [name for name in made.template["Outputs"] if name.startswith("AgentApp")]


def test_A3_amazon_connect_is_asked_to_approve_both_origins_that_frame_its_softphone(
    complete: Synthesised,
) -> None:
    origins = [held["Properties"] for held in complete.of_type("AWS::Connect::ApprovedOrigin").values()]
    assert {origin["InstanceId"] for origin in origins} == {INSTANCE}
    texts = [json.dumps(origin["Origin"]) for origin in origins]
    assert '"https://acme.zendesk.com"' in texts
    (own,) = [text for text in texts if "Fn::Split" in text]
    assert '"https://"' in own
    assert "FunctionUrl" in own


def test_A4_the_app_reads_its_own_keys_which_begin_empty(complete: Synthesised) -> None:
    secret = complete.template["Outputs"]["AgentAppSecretArn"]["Value"]["Ref"]
    properties = complete.template["Resources"][secret]["Properties"]
    assert AppKeys.of(properties["SecretString"]) == AppKeys()
    statements = complete.statements(APP)
    assert {"Ref": secret} in resources_for(statements, "secretsmanager:GetSecretValue")
    variables = complete.function(APP)["Environment"]["Variables"]
    assert variables["AGENT_APP_SECRET_ARN"] == {"Ref": secret}


def test_R1_it_may_switch_recordings_of_this_instances_contacts_and_of_no_other(
    complete: Synthesised,
) -> None:
    statements = complete.statements(APP)
    for action in ("SuspendContactRecording", "ResumeContactRecording", "UpdateContactAttributes"):
        assert resources_for(statements, f"connect:{action}") == [INSTANCE, f"{INSTANCE}/contact/*"]
    assert resources_for(statements, "connect:GetCurrentUserData") == [INSTANCE, f"{INSTANCE}/agent/*"]
    allowed = {action for action in actions(statements) if action.startswith("connect:")}
    assert allowed == {
        "connect:DescribeUser", "connect:DescribeContact", "connect:GetCurrentUserData",
        "connect:SuspendContactRecording", "connect:ResumeContactRecording",
        "connect:UpdateContactAttributes",
    }  # fmt: skip


def test_no_other_function_may_switch_recordings(complete: Synthesised) -> None:
    for folder, module in complete.handlers():
        if folder != APP:
            allowed = actions(complete.statements(folder, module))
            assert "connect:SuspendContactRecording" not in allowed, folder


def test_A4_a_flood_is_bounded_and_fills_no_log(complete: Synthesised) -> None:
    function = complete.function(APP)
    assert function["ReservedConcurrentExecutions"] == 10
    assert function["LoggingConfig"]["SystemLogLevel"] == "WARN"


def test_the_code_has_amazon_connects_library_compressed_beside_the_pages(tmp_path: Path) -> None:
    with (
        mock.patch.object(agent_app, "_STAGED", tmp_path),
        mock.patch.object(agent_app, "streams", return_value=b"// Streams"),
    ):
        folder = agent_app.code()
        assert agent_app.code() == folder
    assert gzip.decompress((folder / "pages/assets/connect-streams.js.gz").read_bytes()) == b"// Streams"
    assert (folder / "handler.py").exists()
    assert not list(folder.rglob("__pycache__"))


def test_a_package_with_another_hash_is_not_used(tmp_path: Path) -> None:
    wanted = NpmFolder("some-package", "1.0.0", "sha512-AAAA", "lib")
    with mock.patch("infra.npm_packages.FOLDER", tmp_path), pytest.raises(FetchError, match="hash"):
        wanted.file("index.js", fetch=lambda _: b"something else")
    assert list(tmp_path.iterdir()) == []
