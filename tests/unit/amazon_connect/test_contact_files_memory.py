"""Memory does not grow with the conversation: measured on small ones, on large ones in `tests.benchmarks`."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from connect_zendesk.amazon_connect import contact_files, contact_lens_moods
from connect_zendesk.rules.transcripts.transcript_comment import TranscriptView, render
from tests.benchmarks import long_conversations


class Nowhere:
    """A sink that keeps nothing."""

    def write(self, text: str, /) -> None:
        """Take a text."""

    def next_part(self) -> None:
        """Begin another file."""


#: A chat's own file is measured on its way through the function, too (X5). Of those of Contact Lens, only a
#: chat's is read with moods that come after it.
KINDS = [
    pytest.param(kind, marks=[pytest.mark.long] * (kind != "lens_chat")) for kind in long_conversations.KEYS
]


@pytest.mark.parametrize("kind", KINDS)
def test_memory_stays_flat_while_the_conversation_grows(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_lens_moods, "_WINDOW", 50)
    peaks = []
    # The first is longer than the comment can be already; what comes after that is not kept.
    for size in (250_000, 750_000):
        path = tmp_path / f"{size}.json"
        long_conversations.write(path, kind, size)
        gc.collect()
        tracemalloc.start()
        try:
            file = long_conversations.file_of(kind)
            rendered = render(contact_files.open(file, path), TranscriptView(), Nowhere())
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert not rendered.complete
    assert peaks[1] < peaks[0] + 200_000
