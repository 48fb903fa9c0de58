"""The pages about transcripts say what the code does."""

import re
from pathlib import Path

import pytest

from connect_zendesk.rules import wording
from connect_zendesk.rules.assumptions import LARGEST_COMMENT
from connect_zendesk.rules.transcripts import attachment_policy, transcript_file

PROJECT = Path(__file__).parents[3]
DOCS = PROJECT / "docs"
PAGE = (DOCS / "transcripts.md").read_text("utf-8")
SAMPLES = PROJECT / "events" / "contact_files"


def test_the_page_names_each_speakers_mark() -> None:
    for role in ("customer", "agent", "supervisor", "bot", "system"):
        assert f"{wording.ROLE_MARKS[role]} {wording.ROLES[role].lower()}" in PAGE


def test_the_page_names_the_categories_and_the_limits() -> None:
    for category in (attachment_policy.LEFT_OUT, attachment_policy.PUT_BACK):
        assert f"`{category}`" in PAGE
    assert f"{LARGEST_COMMENT:,} bytes" in PAGE
    assert f"{transcript_file.LARGEST_PART // 1_000_000} MB" in PAGE
    assert wording.DEGRADED.startswith("Possibly degraded")
    assert "*Possibly degraded*" in PAGE


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", PAGE))
def test_what_the_page_links_is_there(target: str) -> None:
    assert (DOCS / target).exists()


def test_pictures_are_small() -> None:
    pictures = list((DOCS / "pictures").glob("transcript-*.png"))
    assert {picture.name for picture in pictures} == set(re.findall(r"transcript-\w+\.png", PAGE))
    assert all(picture.stat().st_size < 200_000 for picture in pictures)


def test_every_sample_is_in_the_list_of_samples() -> None:
    listed = (SAMPLES / "README.md").read_text("utf-8")
    for path in SAMPLES.rglob("*.json"):
        contact = path.name.split("_")[0]
        short = contact[-6:] if contact.startswith("57041e50") else contact[-2:]
        assert f"…{short}`" in listed, path.name
    assert all(path.stat().st_size < 400_000 for path in SAMPLES.rglob("*.json"))
