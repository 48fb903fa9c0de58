"""`make zendesk`: shows what it will change, makes nothing twice, takes away only what it made."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from administration.zendesk_setup import account as account_
from administration.zendesk_setup import command
from administration.zendesk_setup.place import Keys, Place, SetupError, open_local_place, place
from administration.zendesk_setup.wanted import EVENTS_WEBHOOK, MACROS, MARK, TRIGGERS_WEBHOOK
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import AppSettings
from connect_zendesk.rules.tickets.macro_tags import MACRO_TAGS
from connect_zendesk.zendesk.webhook_keys import SigningSecret, WebhookKeys
from local.replay.webhooks import request_of
from local.stand_ins.zendesk import Outgoing, WebhookSender
from tests.records import ANA
from tests.stack import Stack
from tests.zendesk_account import Account

ADDRESS = "https://abc.lambda-url.eu-west-2.on.aws/"
RULES = {
    "task_rules": [
        {
            "name": "Urgent", "enabled": False, "events": ["priority_changed", "created"],
            "task": {"contact_flow": "11111111-2222-3333-4444-555555555555"},
        }
    ]
}  # fmt: skip


@dataclass
class Secrets:
    """Secrets Manager with one secret."""

    text: str = WebhookKeys().as_text()
    written: list[str] = field(default_factory=list)

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        return {"SecretString": self.text}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.text = SecretString
        self.written.append(SecretString)


class Desk:
    """An account, a stack beside it, and the command."""

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.zendesk = Account()
        self.secrets = Secrets()
        self.said: list[str] = []
        self.slept: list[float] = []
        self.address = ADDRESS
        self.set(document or {})

    def set(self, document: Mapping[str, Any]) -> None:
        app, problems = app_settings.read(document)
        assert not problems
        self.app: AppSettings = app

    def run(self, *arguments: str, answer: str | None = None) -> bool:
        """Run the command; without an answer nobody is asked."""
        parser = ArgumentParser()
        command.add_arguments(parser)
        self.said.clear()
        here = Place(account_.Account(self.zendesk.client), Keys(self.secrets, "arn"), self.address, self.app)
        return command.perform(
            parser.parse_args(arguments),
            here,
            say=self.said.append,
            ask=None if answer is None else lambda _: answer,
            clock=self.zendesk.clock,
            sleep=self.slept.append,
        )

    def has(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.zendesk.client.get(f"/api/v2/{kind}")[kind]
        return found

    def add(self, kind: str, **asked: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.zendesk.client.post(f"/api/v2/{kind}s", json.dumps({kind: asked}))[kind]
        return made

    @property
    def keys(self) -> WebhookKeys:
        return WebhookKeys.of(self.secrets.text)

    @property
    def webhook(self) -> dict[str, Any]:
        (found,) = self.has("webhooks")
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()


def webhook_asked(**changed: Any) -> dict[str, Any]:
    return {
        "name": EVENTS_WEBHOOK, "description": MARK, "status": "active", "endpoint": ADDRESS,
        "http_method": "POST", "request_format": "json",
        "subscriptions": ["zen:event-type:ticket.created", "zen:event-type:ticket.tags_changed"], **changed,
    }  # fmt: skip


def test_a_plan_says_all_that_is_missing_and_changes_nothing(desk: Desk) -> None:
    before = desk.zendesk.stand_in.revision
    assert desk.run("plan")
    assert [line[:4] for line in desk.said] == ["  + "] * 6 + ["  ~ "] * 2
    text = "\n".join(desk.said)
    assert f'webhook "{EVENTS_WEBHOOK}" to {ADDRESS}: created, merged, tags_changed' in text
    assert "user field voice_authentication_id (text)" in text
    assert "user field voice_authentication_status (text)" in text
    assert desk.zendesk.stand_in.revision == before
    assert desk.secrets.written == []


def test_apply_makes_webhook_fields_and_macros_and_tells_the_door_the_secret(desk: Desk) -> None:
    assert desk.run("apply")
    webhook = desk.webhook
    assert {name: webhook[name] for name in ("name", "endpoint", "status", "http_method")} == {
        "name": EVENTS_WEBHOOK, "endpoint": ADDRESS, "status": "active", "http_method": "POST",
    }  # fmt: skip
    signing = desk.zendesk.client.get(f"/api/v2/webhooks/{webhook['id']}/signing_secret")["signing_secret"]
    assert desk.keys.webhooks == {webhook["id"]: SigningSecret(signing["secret"])}
    assert desk.keys.integration_user == desk.zendesk.client.get("/api/v2/users/me")["user"]["id"]
    keys = {item["key"]: item["type"] for item in desk.has("user_fields") if item["description"] == MARK}
    assert keys == {"voice_authentication_id": "text", "voice_authentication_status": "text"}
    actions = [item["actions"] for item in desk.has("macros")]
    assert actions == [[{"field": "current_tags", "value": tag}] for tag in MACRO_TAGS]
    assert desk.said[-1] == "Done."


def test_a_second_apply_makes_nothing_twice(desk: Desk) -> None:
    desk.run("apply")
    revision, written = desk.zendesk.stand_in.revision, len(desk.secrets.written)
    assert desk.run("apply")
    assert desk.said == ["Nothing to change."]
    assert (desk.zendesk.stand_in.revision, len(desk.secrets.written)) == (revision, written)


@pytest.mark.parametrize("died_after", range(1, 9))
def test_apply_that_was_interrupted_goes_on_where_it_stopped(desk: Desk, died_after: int) -> None:
    made, say = 0, desk.said.append

    def stops(text: str) -> None:
        nonlocal made
        say(text)
        made += "/8" in text
        if made == died_after:
            raise KeyboardInterrupt

    desk.said = Lines(stops)
    with pytest.raises(KeyboardInterrupt):
        desk.run("apply")
    desk.said = []
    assert desk.run("apply")
    assert (len(desk.has("webhooks")), len(desk.has("macros"))) == (1, 3)
    assert len([item for item in desk.has("user_fields") if item["description"] == MARK]) == 2
    assert desk.webhook["status"] == "active"
    assert desk.webhook["id"] in desk.keys.webhooks
    desk.run("apply")
    assert desk.said == ["Nothing to change."]


class Lines(list[str]):
    """Lines that somebody else is told of too."""

    def __init__(self, tell: Any) -> None:
        super().__init__()
        self._tell = tell

    def append(self, line: str) -> None:
        self._tell(line)


def test_the_webhook_sends_nothing_before_the_door_knows_its_secret(desk: Desk) -> None:
    states: list[tuple[str, bool]] = []
    put = desk.zendesk.client.put

    def watched(path: str, body: str) -> dict[str, Any]:
        states.append((desk.webhook["status"], desk.webhook["id"] in desk.keys.webhooks))
        return put(path, body)

    desk.zendesk.client.put = watched  # type: ignore[method-assign]
    desk.run("apply")
    assert states == [("inactive", True)]


def test_no_changes_without_yes(desk: Desk) -> None:
    assert not desk.run("apply", answer="")
    assert desk.said[-1] == "Nothing was changed."
    assert desk.has("webhooks") == []
    assert desk.run("apply", answer="y")


def test_the_events_of_the_task_rules_are_subscribed_to_switched_off_ones_too() -> None:
    desk = Desk(RULES)
    desk.run("apply")
    names = [name.removeprefix("zen:event-type:ticket.") for name in desk.webhook["subscriptions"]]
    assert names == ["created", "merged", "priority_changed", "tags_changed"]
    desk.set({})
    assert desk.run("apply")
    assert f'  ~ webhook "{EVENTS_WEBHOOK}": - priority_changed' in desk.said
    assert len(desk.webhook["subscriptions"]) == 3
    assert desk.webhook["status"] == "active"


def test_the_keys_of_the_fields_are_those_of_the_app_settings() -> None:
    desk = Desk({"voiceid_field": "voice_id"})
    desk.run("apply")
    assert "voice_id" in [item["key"] for item in desk.has("user_fields")]


def test_a_webhook_for_triggers_is_made_when_asked_for_and_then_kept_up(desk: Desk) -> None:
    desk.run("apply", "--triggers")
    subscriptions = {item["name"]: item["subscriptions"] for item in desk.has("webhooks")}
    assert subscriptions[TRIGGERS_WEBHOOK] == ["conditional_ticket_events"]
    assert len(desk.keys.webhooks) == 2
    desk.run("apply")
    assert desk.said == ["Nothing to change."]


def test_a_webhook_of_that_name_with_another_address_is_left_alone_unless_taken_over(desk: Desk) -> None:
    desk.add("webhook", **webhook_asked(endpoint="https://other.example/"))
    assert not desk.run("apply")
    assert "sends to https://other.example/" in "\n".join(desk.said)
    assert desk.has("macros") == []
    assert desk.run("apply", "--take-over")
    assert desk.webhook["endpoint"] == ADDRESS
    assert desk.webhook["id"] in desk.keys.webhooks
    text = "\n".join(desk.said)
    assert text.index("the stack's secret") < text.index(f"sends to {ADDRESS}")  # the endpoint knows it first
    desk.run("apply")
    assert desk.said == ["Nothing to change."]


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"subscriptions": ["conditional_ticket_events"]}, "connected in another way"),
        ({"subscriptions": ["*"]}, None),
        ({"status": "inactive"}, None),
        ({"endpoint": ADDRESS.rstrip("/")}, None),
    ],
)
def test_a_webhook_that_is_there_is_used(desk: Desk, asked: dict[str, Any], wrong: str | None) -> None:
    number = desk.add("webhook", **webhook_asked(**asked))["id"]
    assert desk.run("apply") is (wrong is None)
    assert (wrong or "") in "\n".join(desk.said)
    if not wrong:
        assert (desk.webhook["id"], desk.webhook["status"]) == (number, "active")
        assert len(desk.webhook["subscriptions"]) == 3


def test_two_webhooks_of_that_name_are_one_too_many(desk: Desk) -> None:
    for _ in range(2):
        desk.add("webhook", **webhook_asked())
    assert not desk.run("apply")
    assert "is there 2 times" in "\n".join(desk.said)


def test_a_field_of_another_type_is_said_and_nothing_is_done(desk: Desk) -> None:
    desk.add("user_field", key="voice_authentication_status", type="dropdown", title="Status")
    assert not desk.run("apply")
    assert "is of the type dropdown, and has to be text" in "\n".join(desk.said)
    assert (desk.has("macros"), desk.has("webhooks")) == ([], [])


def test_a_field_that_was_there_is_used_and_never_taken_away(desk: Desk) -> None:
    desk.add("user_field", key="voice_authentication_id", type="text", title="Mine")
    desk.run("apply")
    desk.run("remove")
    assert "voice_authentication_id" in [item["key"] for item in desk.has("user_fields")]
    assert "voice_authentication_status" not in [item["key"] for item in desk.has("user_fields")]


def test_a_macro_that_was_renamed_is_known_and_one_that_was_bent_is_put_right(desk: Desk) -> None:
    desk.run("apply")
    first, second = desk.has("macros")[:2]
    renamed = json.dumps({"macro": {"title": "Anhängen"}})
    desk.zendesk.client.put(f"/api/v2/macros/{first['id']}", renamed)
    bent = json.dumps({"macro": {"actions": [{"field": "status", "value": "open"}]}})
    desk.zendesk.client.put(f"/api/v2/macros/{second['id']}", bent)
    assert desk.run("apply")
    macros = {item["id"]: item for item in desk.has("macros")}
    assert len(macros) == 3
    assert macros[first["id"]]["title"] == "Anhängen"
    assert macros[second["id"]]["actions"] == MACROS[1].actions


def test_macros_that_two_made_at_the_same_moment_are_made_one_again(desk: Desk) -> None:
    desk.run("apply")
    for macro in MACROS:
        desk.add("macro", **macro.asked())
    changed = desk.add("macro", **{**MACROS[0].asked(), "title": "Mine"})
    first = [item["id"] for item in desk.has("macros")[:3]]
    assert desk.run("apply")
    assert sorted(item["id"] for item in desk.has("macros")) == sorted([*first, changed["id"]])
    desk.run("apply")
    assert desk.said == ["Nothing to change."]


def test_a_macro_of_that_name_that_does_something_else_is_not_this_projects(desk: Desk) -> None:
    desk.add("macro", title=MACROS[0].title, actions=[{"field": "status", "value": "open"}])
    assert not desk.run("apply")
    assert "is not this project's" in "\n".join(desk.said)


def test_remove_takes_away_what_apply_made_and_nothing_else(desk: Desk) -> None:
    webhook, macro = webhook_asked(name="Mine", description="Mine"), {"title": "Mine"}
    desk.add("webhook", **webhook)
    desk.add("macro", **macro, actions=[{"field": "current_tags", "value": "connect_attach"}])
    fields = [item["key"] for item in desk.has("user_fields")]
    desk.run("apply", "--triggers")
    assert desk.run("remove")
    assert [item["name"] for item in desk.has("webhooks")] == ["Mine"]
    assert [item["title"] for item in desk.has("macros")] == ["Mine"]
    assert [item["key"] for item in desk.has("user_fields")] == fields
    assert desk.keys == WebhookKeys()
    assert desk.run("remove")
    assert desk.said == ["Nothing to change."]


def test_remove_can_leave_the_fields_and_asks_first(desk: Desk) -> None:
    desk.run("apply")
    assert not desk.run("remove", answer="n")
    assert len(desk.has("macros")) == 3
    desk.run("remove", "--keep-fields")
    assert "voice_authentication_id" in [item["key"] for item in desk.has("user_fields")]


def test_remove_leaves_the_webhook_of_another_stack(desk: Desk) -> None:
    desk.run("apply")
    desk.address = "https://other.example/"
    desk.run("remove")
    assert desk.webhook["name"] == EVENTS_WEBHOOK
    assert "it stays" in desk.said[0]


def test_rotation_keeps_the_old_secret_for_an_hour_and_warns_the_door_first(desk: Desk) -> None:
    desk.run("apply")
    ((number, old),) = desk.keys.webhooks.items()
    desk.secrets.written.clear()
    assert desk.run("rotate")
    new = desk.keys.webhooks[number]
    assert (new.previous, new.previous_until) == (old.secret, desk.zendesk.clock() + timedelta(hours=1))
    assert new.secret != old.secret
    first = WebhookKeys.of(desk.secrets.written[0])
    assert first.webhooks[number] == old
    assert first.rotating(desk.zendesk.clock())
    assert desk.slept == [11.0]
    assert not desk.keys.rotating(desk.zendesk.clock())
    desk.run("apply")
    assert desk.said == ["Nothing to change."]


def test_a_rotation_that_dies_before_the_door_knows_says_what_to_do_and_apply_does_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run("apply")
    ((number, old),) = desk.keys.webhooks.items()
    put = desk.secrets.put_secret_value
    answers = [put]

    def dies(**asked: str) -> Any:
        if not answers:
            raise NoCredentialsError
        return answers.pop()(**asked)

    monkeypatch.setattr(desk.secrets, "put_secret_value", dies)
    with pytest.raises(SetupError, match='make zendesk ARGS="apply", which fetches it'):
        desk.run("rotate")
    assert desk.keys.webhooks[number] == old
    monkeypatch.setattr(desk.secrets, "put_secret_value", put)
    assert desk.run("apply")
    now = desk.zendesk.clock()
    new = desk.keys.webhooks[number]
    assert new.secret != old.secret
    assert desk.keys.secrets(now) == (new.secret, old.secret)


def test_rotation_passes_over_webhooks_that_are_not_there(desk: Desk) -> None:
    desk.secrets.text = WebhookKeys({"01JMINE": SigningSecret("mine")}).as_text()
    desk.run("apply")
    assert desk.run("rotate")
    previous = {name: signing.previous for name, signing in desk.keys.webhooks.items()}
    assert previous.pop("01JMINE") is None
    assert all(previous.values())


def test_a_secret_that_was_reset_in_zendesk_is_fetched_and_the_old_one_kept(desk: Desk) -> None:
    desk.run("apply")
    ((number, old),) = desk.keys.webhooks.items()
    desk.zendesk.client.post(f"/api/v2/webhooks/{number}/signing_secret", "")
    assert desk.run("apply")
    assert desk.keys.webhooks[number].previous == old.secret


def test_the_secret_of_a_webhook_made_by_hand_stays(desk: Desk) -> None:
    desk.secrets.text = WebhookKeys({"01JMINE": SigningSecret("mine")}).as_text()
    desk.run("apply")
    assert desk.keys.webhooks["01JMINE"] == SigningSecret("mine")
    assert len(desk.keys.webhooks) == 2
    desk.run("apply")
    assert desk.said == ["Nothing to change."]


def test_without_a_webhook_there_is_nothing_to_rotate(desk: Desk) -> None:
    assert not desk.run("rotate")
    assert desk.slept == []


def test_the_account_is_pinned_when_it_is_named(desk: Desk) -> None:
    desk.run("apply", "--account", "22129848")
    assert desk.keys.account == 22129848
    desk.run("apply")
    assert desk.said == ["Nothing to change."]


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "take an administrator"), (500, "nothing is made twice"), (429, "nothing is made twice")],
)
def test_what_zendesk_does_not_do_is_explained(desk: Desk, status: int, words: str) -> None:
    desk.zendesk.answers(status, {"error": {"title": "Forbidden", "message": "..."}})
    with pytest.raises(SetupError, match=words):
        desk.run("apply")


def test_wrong_credentials_are_explained(desk: Desk) -> None:
    desk.zendesk.credentials = ("connect_zendesk", "wrong")
    with pytest.raises(SetupError, match="does not accept the OAuth client"):
        desk.run("plan")


def test_events_of_zendesk_reach_the_bus_with_what_apply_wrote() -> None:
    stack, secrets = Stack(), Secrets()
    here = Place(account_.Account(stack.services.zendesk), Keys(secrets, "arn"), ADDRESS, AppSettings())
    parser = ArgumentParser()
    command.add_arguments(parser)
    command.perform(parser.parse_args(["apply"]), here, say=lambda _: None, ask=None, clock=stack.clock)
    stack.webhooks.keys = WebhookKeys.of(secrets.text)
    statuses: list[int] = []

    def send(outgoing: Outgoing) -> tuple[int, Mapping[str, str]]:
        answer = stack.request_webhook(request_of(outgoing))
        statuses.append(answer[0])
        return answer

    asked = {"ticket": {"requester_id": ANA, "subject": "Hi", "comment": {"body": "x", "public": False}}}
    stack.zendesk.act(901, "POST", "/api/v2/tickets", asked)
    stack.services.zendesk.post("/api/v2/tickets", json.dumps(asked))
    WebhookSender(stack.zendesk, send).run_due()
    assert statuses == [200, 200]
    assert [detail["by_connector"] for _, detail in stack.messages.published] == [False, True]


def test_a_stack_without_the_outputs_is_said_to_be_of_an_older_release() -> None:
    class CloudFormation:
        class meta:  # noqa: N801
            region_name = "eu-west-2"

        def describe_stacks(self, **_: str) -> Any:
            return {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": []}]}

    with pytest.raises(SetupError, match=r"no ZendeskUrl.*Deploy it again"):
        place({"cloudformation": CloudFormation(), "secretsmanager": None, "appconfig": None}, "Stack")


def test_where_nothing_is_up_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="make up"):
        open_local_place(tmp_path / "up.json")
