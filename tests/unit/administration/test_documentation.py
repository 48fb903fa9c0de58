"""The pages and the seed file say what the registry and the decision table say, and are current."""

import re
from pathlib import Path

import pytest

from administration import __main__ as command
from administration import documentation, settings
from administration.registry import further_settings, new_defaults
from administration.seed_file import SeedFileError, explanation, seed_file
from connect_zendesk.rules.settings import app_settings
from connect_zendesk.rules.settings.app_settings import SHAPES, AppSettings
from connect_zendesk.rules.settings.registry import BY_NAME, REGISTRY
from connect_zendesk.rules.settings.settings_file import from_toml
from connect_zendesk.rules.tickets.decision_table import FORCED_RULES, RULES

SEED = Path(__file__).parents[3] / "app_settings.toml"
ALL = {setting.name: setting for setting in (*new_defaults(), *further_settings())}
PAGES = documentation.pages()


def uncommented(text: str) -> str:
    return re.sub(r"^#(?=[a-z\[])", "", text, flags=re.MULTILINE)


def test_the_generated_files_are_current() -> None:
    assert documentation.stale() == [], "run: make docs"


def test_a_stale_page_is_named_by_check_and_written_otherwise(tmp_path: Path) -> None:
    said: list[str] = []
    assert not documentation.run(check=True, say=said.append, root=tmp_path)
    assert [line.split(" is not current")[0] for line in said] == [
        "docs/settings.md",
        "docs/decisions.md",
        "docs/topology.md",
        "docs/ledger.md",
        "docs/metrics.md",
        "docs/alarms.md",
        "docs/logs.md",
        "docs/deployment.md",
        "docs/assumptions.md",
        "docs/sample-flows.md",
        "docs/speech-languages.md",
        "app_settings.toml",
    ]
    assert not list(tmp_path.iterdir())
    assert documentation.run(check=False, say=said.append, root=tmp_path)
    assert documentation.run(check=True, say=said.append, root=tmp_path)
    (tmp_path / "docs" / "decisions.md").write_text("old", "utf-8")
    assert documentation.stale(tmp_path) == ["docs/decisions.md"]


def test_S1_every_attribute_has_its_row() -> None:
    for setting in REGISTRY:
        row = re.findall(rf"^\| `{setting.name}` \| .*$", PAGES["docs/settings.md"], re.M)[0]
        for said in (setting.expected, setting.purpose, setting.example):
            assert said in row


def test_S1_every_app_setting_is_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGES["docs/settings.md"], re.M)
    assert set(SHAPES) <= set(rows)


def test_the_decision_table_is_on_its_page_row_by_row_and_in_order() -> None:
    rows = re.findall(
        r"^\| (\d+) \| \[(\w+)\]\(.*?\) \| (.*?) \| (.*?) \| ", PAGES["docs/decisions.md"], re.M
    )
    table = [*enumerate(RULES, 1), *enumerate(FORCED_RULES, 1)]
    assert rows == [(str(number), rule.id, rule.when, rule.then) for number, rule in table]


def test_every_setting_that_a_rule_names_can_be_set() -> None:
    for rule in (*RULES, *FORCED_RULES):
        assert set(rule.settings) <= {*BY_NAME, *SHAPES}


def test_the_seed_file_has_every_app_setting_as_the_registry_explains_it() -> None:
    text = SEED.read_text("utf-8")
    for name, setting in ALL.items():
        assert explanation(setting) in text, f"compare with: make settings ARGS=template ({name})"
        assert re.search(rf"^#?(\[\[?)?{name}\b", text, re.M)


def test_the_seed_file_can_be_applied() -> None:
    settings.check(SEED, lambda _text: None)


def test_a_fresh_seed_file_sets_nothing_and_uncommented_sets_everything() -> None:
    assert from_toml(seed_file()) == {}
    document = from_toml(uncommented(seed_file()))
    assert document.keys() == SHAPES.keys()
    assert settings.problems_of(document) == []


def test_the_defaults_that_the_seed_file_names_are_those_that_hold() -> None:
    document = from_toml(uncommented(seed_file()))
    with_default = [name for name, setting in ALL.items() if setting.default is not None]
    assert len(with_default) > 15
    read, _ = app_settings.read({name: document[name] for name in with_default})
    assert AppSettings(defaults=read.defaults) == read
    for name, text in read.defaults.items():
        for setting in REGISTRY:
            if setting.app_setting == name:
                assert setting.read(text, None) == setting.default


#: What an administrator may have made of the file: settings of each kind, with remarks of their own.
OWN = {
    "voice_comment": "# not in Italy\nvoice_comment = false",
    "default_country": 'default_country = "GB"  # head office',
    "zendesk_app_id": "zendesk_app_id = 735264",
    "agent_map": "[agent_map]\nasmith = 901\n\n# on leave\nbjones = 902",
}


def _with(own: dict[str, str], text: str) -> str:
    """Return a seed file's text in which these are set instead of their comments."""
    for name, written in own.items():
        commented = re.search(rf"^#\[?{name}\b.*\n(?:#[a-z\[].*\n)*", text, re.M)
        assert commented
        text = text.replace(commented[0], written + "\n")
    return text


def test_what_the_seed_file_sets_stays_as_it_is_written() -> None:
    text = _with(OWN, seed_file())
    assert from_toml(text).keys() == OWN.keys()
    assert seed_file(text) == text


def test_a_setting_that_is_new_or_says_something_new_comes_into_a_seed_file_that_sets_others() -> None:
    text = _with(OWN, seed_file())
    for name in ("pop_incoming", "time_zone", "caller_authentication"):
        block = explanation(ALL[name])
        assert block in text
        without = re.sub(rf"{re.escape(block)}\n(?:#[a-z\[].*\n)+\n?", "", text)
        assert name not in without
        assert seed_file(without) == text
        assert seed_file(text.replace(block, block.replace(ALL[name].purpose[:20], "Formerly"))) == text


@pytest.mark.parametrize(
    "current",
    [
        pytest.param("voice_coment = false\n" + seed_file(), id="no-such-setting-at-the-top"),
        pytest.param("voice_comment = false\n" + seed_file(), id="not-below-its-explanation"),
        pytest.param(_with({"voice_comment": "voice_coment = false"}, seed_file()), id="no-such-setting"),
        pytest.param(_with({"voice_comment": "voice_comment = no"}, seed_file()), id="no-toml"),
    ],
)
def test_a_seed_file_that_would_lose_what_it_sets_is_not_written(tmp_path: Path, current: str) -> None:
    (tmp_path / "app_settings.toml").write_text(current, "utf-8")
    with pytest.raises(SeedFileError, match=r"app_settings\.toml"):
        documentation.run(check=False, say=lambda _text: None, root=tmp_path)
    assert (tmp_path / "app_settings.toml").read_text("utf-8") == current


def test_the_template_command_writes_a_fresh_seed_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["settings", "template"]) == 0
    assert capsys.readouterr().out == seed_file()


def test_the_docs_command_checks(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert command.main(["docs", "--check"]) == 0
    monkeypatch.setattr(documentation, "pages", lambda _root: {"docs/settings.md": "another"})
    monkeypatch.setattr(documentation, "stale", lambda _root: ["docs/settings.md"])
    assert command.main(["docs", "--check"]) == 1
    assert "docs/settings.md is not current: make docs" in capsys.readouterr().out
