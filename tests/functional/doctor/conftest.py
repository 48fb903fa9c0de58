"""The system that doctor looks at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.functional.doctor.living import Living, Shared


@pytest.fixture(scope="module")
def shared() -> Iterator[Shared]:
    """What gives the tests of a module their systems."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "x")
        patch.delenv("AWS_PROFILE", raising=False)
        given = Shared()
        yield given
        given.close()


@pytest.fixture
def system(shared: Shared) -> Living:
    """A healthy system."""
    return shared.living()
