"""What hypothesis makes for several tests, and how much of it.

How tests look is said once: the profile ``ci`` makes the same examples in every run, and ``search`` makes
other ones each time, and many more: ``HYPOTHESIS_PROFILE=search make test``.
"""

from __future__ import annotations

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
