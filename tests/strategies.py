"""What hypothesis makes for several tests, and how much of it.

How tests look is said once: the profile ``ci`` makes the same examples in every run, and ``search`` makes
other ones each time, and many more: ``HYPOTHESIS_PROFILE=search make test``.
"""

from __future__ import annotations

import copy
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

#: A machine that is busy with something else is no reason to fail.
_ALIKE = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
    "print_blob": True,
}
_SEARCH = "search"


def load_profile() -> None:
    """Register the profiles and load the one that the environment names, before any test is imported."""
    settings.register_profile("ci", derandomize=True, database=None, **_ALIKE)  # type: ignore[arg-type]
    settings.register_profile(_SEARCH, max_examples=2000, **_ALIKE)  # type: ignore[arg-type]
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def examples(count: int) -> settings:
    """Return settings for a test whose examples are not worth a hundred of them; ``search`` makes its own."""
    chosen = settings.get_current_profile_name()
    return settings() if chosen == _SEARCH else settings(max_examples=count)


def json_values(
    texts: st.SearchStrategy[str] | None = None, numbers: st.SearchStrategy[Any] | None = None
) -> st.SearchStrategy[Any]:
    """Return what makes any JSON value: scalars, lists and tables in each other, about six scalars in all.

    ``texts`` are its texts and names, up to twelve characters unless given; ``numbers`` are any unless given.
    """
    texts = st.text(max_size=12) if texts is None else texts
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False) if numbers is None else numbers
    return st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    )


#: What nobody sends, besides any small JSON.
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 2**70, 1.5, "", " ", "\x00", "\ud800", "x" * 3_000, "2026-13-99",
     "9999-12-31T23:59:59Z",
     "2026-11-02T09:00:00", "0001-01-01T00:00:00+14:00", "a/../b", "%", "*",
     "{{ticket.id}}", "=1+1", "a#b", [],
     {}, [[]], [None], ["x"], {"a": 1}, {"": {"": ""}}]
) | json_values()  # fmt: skip
#: Changes of a JSON value: at which of its places, what is put there, or whether it is taken away.
CHANGES = st.lists(st.tuples(st.integers(0, 10_000), ODD, st.booleans()), min_size=1, max_size=3)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value in a JSON value, but for the whole."""
    inner = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [found for name, held in inner for found in ((*way, name), *places(held, (*way, name)))]


def changed(sample: dict[str, Any], changes: list[tuple[int, Any, bool]]) -> dict[str, Any]:
    """Return a JSON value with other things in some of its places, or without them."""
    made = copy.deepcopy(sample)
    for number, value, gone in changes:
        if not (found := places(made)):
            return made
        *way, last = found[number % len(found)]
        holder: Any = made
        for name in way:
            holder = holder[name]
        if gone and isinstance(holder, dict):
            del holder[last]
        else:
            holder[last] = copy.deepcopy(value)  # one that is put in twice is not to hold itself
    return made
