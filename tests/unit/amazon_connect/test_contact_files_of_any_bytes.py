"""Whatever the bytes of a contact file: memory is bounded, and work grows with their number and no faster."""

import json
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import ijson  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect_zendesk.amazon_connect import contact_file_json
from connect_zendesk.amazon_connect.contact_file_json import MOODS, TRANSCRIPT, NotAContactFile
from tests.strategies import examples
from tests.unit.amazon_connect.test_contact_files import backend

assert backend  # a fixture, which pytest finds by its name

BOTH_PARSERS = pytest.mark.parametrize(
    "backend", ["yajl2_c", pytest.param("python", marks=pytest.mark.long)], indirect=True
)

#: The limits are a twentieth of what they are: files that come up to them are soon read. And the bytes that
#: reading may hold at one time, whatever the file: a value, what is kept, and the parser's own.
LIMITS = {
    "_MOST_VALUES": 5_000,
    "_LONGEST_VALUE": 50_000,
    "_MOST_TEXT": 200_000,
    "_DEEPEST_PASSED_OVER": 10_000,
}
CEILING = 4_000_000


@pytest.fixture(autouse=True, scope="module")
def limits() -> Iterator[None]:
    """Have the limits of these tests for all of them."""
    with pytest.MonkeyPatch.context() as patched:
        for name, limit in LIMITS.items():
            assert getattr(contact_file_json, name) == 20 * limit
            patched.setattr(contact_file_json, name, limit)
        yield


def outcome(data: bytes) -> tuple[str, str]:
    """Return what comes of reading a file's facts and of reading its entries: a number, or the one reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.json"
        path.write_bytes(data)
        return _read(data, lambda: len(contact_file_json.facts(path))), _read(
            data, lambda: sum(1 for _ in contact_file_json.entries(path, TRANSCRIPT))
        )


def _read(data: bytes, read: Callable[[], int]) -> str:
    tracemalloc.start()
    try:
        return str(read())
    except NotAContactFile as reason:
        return str(reason)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < CEILING, (peak, data[:60])


def nested(depth: int, opened: bytes = b"[", closed: bytes = b"]") -> bytes:
    """Return containers in each other."""
    return opened * depth + closed * depth


KEYS = b"{" + b",".join(b'"k%d":1' % number for number in range(5_500)) + b"}"
DEEP_OBJECTS = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
TOO_MUCH = "more facts than any contact file has"
TOO_DEEP = "nested deeper than any contact file"
TOO_DEEP_ENTRY = "an entry nested deeper than any contact file has"
TOO_LONG = "a single value longer than any contact file has"
LONG = b"x" * 90_000

WHOLE = {
    "deep lists": (b'{"Other": %b}' % nested(20_000), TOO_DEEP, TOO_DEEP),
    "deep objects": (DEEP_OBJECTS, TOO_DEEP, TOO_DEEP),
    "deep before the list": (b'{"O": %b, "Transcript": []}' % nested(4_000), "2", "0"),
    "a deep entry": (b'{"Transcript": [{"a": %b}]}' % nested(100), "1", TOO_DEEP_ENTRY),
    "many keys": (KEYS, TOO_MUCH, "0"),
    "many keys of an entry": (b'{"Transcript": [%b]}' % KEYS, "1", TOO_MUCH),
    "many keys of a fact": (b'{"Other": %b}' % KEYS, TOO_MUCH, "0"),
    "one enormous text": (b'{"Other": "%b"}' % LONG, TOO_LONG, TOO_LONG),
    "one enormous text of an entry": (b'{"Transcript": [{"Content": "%b"}]}' % LONG, TOO_LONG, TOO_LONG),
    "one enormous key": (b'{"%b": 1}' % LONG, TOO_LONG, TOO_LONG),
    "an enormous text of escapes": (b'{"Other": "%b"}' % (b'\\"' * 45_000), TOO_LONG, TOO_LONG),
    "one enormous number": (b'{"Other": %b}' % (b"1" * 90_000), None, None),
    "an enormous gap": (b'{"Other": %b1}' % (b" " * 90_000), TOO_LONG, TOO_LONG),
    "many texts together": (b'{"Other": [%b]}' % b",".join([b'"%b"' % LONG[:45_000]] * 5), TOO_MUCH, "0"),
    "many texts of an entry": (
        b'{"Transcript": [{"a": [%b]}]}' % b",".join([b'"%b"' % LONG[:45_000]] * 5), "1", TOO_MUCH,
    ),
    "many siblings": (b'{"Transcript": [%b]}' % b",".join([b"{}"] * 6_000), "1", "6000"),
    "many siblings that are kept": (b'{"Other": [%b]}' % b",".join([b"{}"] * 5_500), TOO_MUCH, "0"),
    "one key again and again": (b'{%b}' % b",".join([b'"Transcript": [{}]'] * 1_000), "1", "1000"),
    "two marks of byte order": (b'\xef\xbb\xbf\xef\xbb\xbf{"Transcript": []}', "not JSON", "not JSON"),
    "UTF-16": ('{"Transcript": []}'.encode("utf-16"), "not JSON", "not JSON"),
    "no UTF-8": (b'{"Transcript": [{"Content": "Zo\xeb"}]}', "not JSON", "not JSON"),
}  # fmt: skip


@BOTH_PARSERS
@pytest.mark.parametrize("kind", WHOLE)
def test_hostile_bytes_are_passed_over_or_refused_with_one_reason(kind: str, backend: str) -> None:
    data, facts, entries = WHOLE[kind]
    found = outcome(data)
    if facts is None:  # which of the two it is depends on the parser
        assert set(found) <= {TOO_LONG, "not JSON"}
    else:
        assert found == (facts, entries)


ENORMOUS = ["one enormous text", "an enormous text of escapes", "one enormous number"]


@BOTH_PARSERS
@pytest.mark.parametrize("kind", ENORMOUS)
def test_a_long_value_is_given_up_after_a_bounded_number_of_bytes(
    kind: str, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parser copies what it has of a value as each further piece comes: by the square of its length."""
    read: list[int] = []

    class Counted(contact_file_json._Watched):
        def read(self, size: int = -1) -> bytes:
            data = super().read(size)
            read.append(len(data))
            return data

    monkeypatch.setattr(contact_file_json, "_Watched", Counted)
    data, _, _ = WHOLE[kind]
    for times in (1, 4):
        path = tmp_path / f"{times}.json"
        path.write_bytes(data[:-2] + data[-20_002:-2] * times + data[-2:])
        read.clear()
        with pytest.raises(NotAContactFile):
            contact_file_json.facts(path)
        assert sum(read) <= contact_file_json._LONGEST_VALUE + 2 * contact_file_json._AT_A_TIME


TOKENS = st.sampled_from([
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b'"Transcript"', b'"Sentiment"', b"null",
    b"1", b"1e999", b"-", b"NaN", b" ", b"\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b'"a":',
    b'{"Transcript": [{', b'"\\ud800"',
    b"9" * 5_000,
    b"[" * 50, b'{"a":' * 50, b'"' + b"x" * 9_000 + b'"', b'"k":1,' * 500,
])  # fmt: skip


def _joined(tokens: list[tuple[bytes, int]]) -> bytes:
    return b"".join(token * times for token, times in tokens)


BYTES = st.lists(st.tuples(TOKENS, st.integers(1, 12)), max_size=12).map(_joined)


@given(BYTES | BYTES.map(lambda tail: b'{"Transcript": [{"Content": ' + tail) | st.binary(max_size=400))
@examples(80)
def test_any_bytes_are_read_within_the_ceiling_or_refused_with_a_reason(data: bytes) -> None:
    for found in outcome(data):
        assert found.isdecimal() or found in {
            TOO_MUCH, TOO_DEEP, TOO_LONG, "not JSON", "not a JSON object",
            "truncated: the JSON ends before its end", TOO_DEEP_ENTRY,
        }, found  # fmt: skip


@given(BYTES)
@examples(30)
def test_both_parsers_come_to_the_same_though_for_another_reason(data: bytes) -> None:
    results = []
    for name in ("yajl2_c", "python"):
        try:
            module = ijson.get_backend(name)
        except ImportError:
            pytest.skip("not for this machine")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(ijson, "basic_parse", module.basic_parse)
            results.append([found if found.isdecimal() else "refused" for found in outcome(data)])
    assert results[0] == results[1]


def test_the_moods_of_a_long_call_have_the_same_limits(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    group = json.dumps({"TranscriptItems": [{"Id": "m"}] * 6_000})
    path.write_text(
        '{"ConversationCharacteristics": {"Sentiment": {"DetailsByTranscriptItemGroup": [' + group + "]}}}"
    )
    with pytest.raises(NotAContactFile, match=TOO_MUCH):
        list(contact_file_json.entries(path, MOODS))
