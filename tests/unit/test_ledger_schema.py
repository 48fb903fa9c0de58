"""The ledger's schema: how long personal data is kept, keys that are unambiguous and come from one module."""

from __future__ import annotations

import ast
import re
from collections import Counter
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.ledger import schema_1
from connect_zendesk.ledger.schema import (
    DOCTOR,
    FIRST_RELEASES,
    HEAD,
    KEEP_PERSONAL,
    KINDS,
    LEG,
    PAUSE,
    PLACEHOLDER,
    SCHEMA,
    TOKEN,
    USER,
    WEBHOOK_SEEN,
    Kind,
    NoSuchKey,
    contact_step,
    leg_step,
)
from connect_zendesk.topology import FUNCTIONS, WORKERS, ZENDESK_WEBHOOK
from connect_zendesk.workflows.customers.requesters import PLACEHOLDER_EXTERNAL_ID
from tests.ledger_kinds import OPEN, kinds_of
from tests.strategies import examples

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "connect_zendesk" / "python" / "connect_zendesk"
RELEASE_BEFORE = ROOT / "tests" / "fixtures" / "release_0_1_0"
WEEK = timedelta(days=7)

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


# Personal data


def test_personal_data_is_kept_for_a_week_at_most() -> None:
    assert KEEP_PERSONAL <= WEEK
    assert {kind.name: kind.keep for kind in KINDS if kind.personal and kind.keep > WEEK} == {}


def test_what_is_called_a_customers_or_an_agents_is_not_said_to_be_impersonal() -> None:
    personal = {kind.name for kind in KINDS if kind.personal}
    named = re.compile(r"\b(number|attributes|e-mail|comment|name|record of)\b")
    assert {kind.name for kind in KINDS if named.search(kind.holds)} <= personal
    assert len(personal) > 5


# Who writes


@each_kind
def test_an_item_is_written_by_functions_that_exist(kind: Kind) -> None:
    assert kind.written_by
    assert set(kind.written_by) <= {DOCTOR, *(function.folder for function in FUNCTIONS)}


def test_the_token_is_written_by_every_function_that_asks_zendesk() -> None:
    asking = {function.folder for function in FUNCTIONS if function.asks_zendesk}
    assert set(TOKEN.written_by) == asking


def test_the_pause_is_written_by_every_queue_worker_that_asks_zendesk() -> None:
    assert set(PAUSE.written_by) == {worker.folder for worker in WORKERS if worker.asks_zendesk}


def test_the_endpoint_may_touch_what_it_writes_and_no_contact() -> None:
    may = {kind.name for kind in KINDS if fnmatch(kind.partition, ZENDESK_WEBHOOK.partitions)}
    assert {kind.name for kind in KINDS if ZENDESK_WEBHOOK.folder in kind.written_by} <= may
    assert WEBHOOK_SEEN.name in may
    assert not any(kind.personal for kind in KINDS if kind.name in may)


# Keys


def form(template: str) -> str:
    return re.sub(r"\{\w+\}", "{}", template)


def test_no_two_kinds_have_the_same_form_of_keys() -> None:
    forms = Counter((form(kind.partition), form(kind.sort)) for kind in KINDS)
    assert [keys for keys, count in forms.items() if count > 1] == []


def parts_of(kind: Kind) -> list[str]:
    return re.findall(r"\{(\w+)\}", kind.partition + kind.sort)


#: Ids and words as Amazon Connect, Zendesk and this code make them; what is open may have a # in it.
PARTS = st.text("abc019-_.@+:/", min_size=1, max_size=12)
OPEN_PARTS = st.text("ab1-#~@+:", min_size=1, max_size=12)


@examples(30)
@given(data=st.data())
@each_kind
def test_a_key_says_which_kind_of_item_it_is_of_and_of_what(kind: Kind, data: st.DataObject) -> None:
    parts = {part: data.draw(OPEN_PARTS if part in OPEN else PARTS, part) for part in parts_of(kind)}
    if kind.name == "draft":
        parts["partition"] = HEAD.key(root=data.draw(PARTS)).partition
    key = kind.key(**parts)
    assert kinds_of(key.partition, key.sort) == {kind.name: parts}


def test_the_placeholder_is_where_it_would_be_as_a_user() -> None:
    placeholder, user = PLACEHOLDER.key(), USER.key(external_id=PLACEHOLDER_EXTERNAL_ID)
    assert (placeholder.partition, placeholder.sort) == (user.partition, user.sort)


CONTACT, LATER_LEG = "3f0c7d2e-0000-4000-8000-00000000000a", "3f0c7d2e-0000-4000-8000-00000000000b"


def test_no_two_steps_of_a_contact_have_the_same_entry_or_draft() -> None:
    steps = [
        *(
            contact_step(CONTACT, mark)
            for mark in (
                "settle",
                f"create#amazon-connect:{CONTACT}",
                f"create#amazon-connect:{CONTACT}:4711",
                "forced#abc",
                "linked#4711#",
                "linked#4711#2026",
                "linked#None#",
                "moved#4711#c",
                "notice#901#C6",
            )
        ),
        *(
            leg_step(CONTACT, leg, f"{mark}#{leg}{rest}")
            for leg in (CONTACT, LATER_LEG)
            for mark in ("details", "voice", "accepted", "file", "files")
            for rest in ("", "~1", "#abc", "~1#abc")
        ),
    ]
    assert len({(step.key, step.name) for step in steps}) == len(steps)
    assert len({step.draft for step in steps}) == len(steps)


# One module has the keys


def prefixes() -> set[str]:
    """What keys begin with: `contact#`, `step#`, …"""
    templates = [template for kind in KINDS for template in (kind.partition, kind.sort)]
    return {found[0] for template in templates if (found := re.match(r"[a-z_-]+#", template))}


def keys_written_in(source: str) -> list[str]:
    """Return the texts in a module that begin as a key does, and calls that make a key by hand."""
    beginnings = tuple(prefixes())
    tree = ast.parse(source)
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        *(text for text in texts if isinstance(text, str) and text.startswith(beginnings)),
        *(name.id for name in calls if isinstance(name, ast.Name) and name.id == "Key"),
    ]


def test_every_key_comes_from_the_schema() -> None:
    known = {
        PACKAGE / "topology.py": [ZENDESK_WEBHOOK.partitions],  # a permission, held to the schema above
        PACKAGE / "workflows" / "tickets" / "report.py": ["accepted#"],  # the mark of a step, and no key
    }
    modules = [*PACKAGE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    found = {
        str(path.relative_to(ROOT)): written
        for path in modules
        if path.name not in ("schema.py", "schema_1.py") or path.parent.name != "ledger"
        if (written := keys_written_in(path.read_text("utf-8"))) != known.get(path, [])
    }
    assert len(modules) > 100
    assert found == {}


@pytest.mark.parametrize(
    "line", ['key = f"contact#{root}"', 'sort = "step#settle"', "Key(a, b, keep)", 'x = "pop#" + y']
)
def test_a_key_that_does_not_come_from_the_schema_is_found(line: str) -> None:
    assert keys_written_in(line)
    assert keys_written_in('mark = f"details#{leg}"; text = "a contact# is"') == []


# The release before


def forms_of_release_before() -> list[tuple[str, str]]:
    """Return partition and sort keys as the fixtures' page lists them."""
    page = (RELEASE_BEFORE / "README.md").read_text("utf-8")
    return re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| (?:own|step|lease|value) \|", page, re.MULTILINE)


def filled(template: str) -> str:
    known = {"contact": CONTACT, "leg": LATER_LEG, "number": "2", "moved": "1"}
    return re.sub(r"\{([^}]+)\}", lambda part: known.get(part[1], "a1"), template)


def as_schema_1(sort: str) -> dict[str, Any]:
    """Return an item that the release before had under a sort key of a contact."""
    own = {"schema": 1, "version": 3, "expires_at": 1}
    if sort.startswith("step#"):
        return {**own, "status": "done", "result": "found"}
    if sort == "legs":
        return {**own, "value": {LATER_LEG: {"began": "found"}}}
    if sort.startswith("leg#"):
        return {**own, "fingerprints": ["found"], "updated": "2026"}
    return {**own, "value": "found"}


def test_the_page_of_the_release_before_is_read() -> None:
    assert len(forms_of_release_before()) == len(set(forms_of_release_before())) == 64


@pytest.mark.parametrize(("partition", "sort"), forms_of_release_before())
def test_O6_every_key_of_the_release_before_is_in_the_schema_or_read(partition: str, sort: str) -> None:
    partition, sort = filled(partition), filled(sort)
    if kinds_of(partition, sort):
        return
    others = {sort: as_schema_1(sort)}
    read = [schema_1.content(key, None, others) for key in (HEAD.key(root=CONTACT), leg_key())]
    assert partition == HEAD.key(root=CONTACT).partition
    assert "found" in str(read)


def leg_key() -> Any:
    return LEG.key(root=CONTACT, leg=LATER_LEG)


def test_O6_each_schema_has_the_release_that_it_came_with() -> None:
    releases = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(FIRST_RELEASES) == list(range(1, SCHEMA + 1))
    assert set(FIRST_RELEASES.values()) <= set(releases)


@pytest.mark.parametrize("id_", ["x" * 2_100, "\ud800", "é" * 1_100])
def test_what_can_be_no_key_is_refused_before_dynamodb_is_asked(id_: str) -> None:
    with pytest.raises(NoSuchKey):
        HEAD.key(root=id_)
    assert HEAD.key(root="x" * 256).partition.endswith("x")
