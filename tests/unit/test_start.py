"""What a container makes as it starts."""

from __future__ import annotations

import pytest

from connect_zendesk.entrypoints.start import make_ready


def test_on_lambda_what_each_invocation_uses_is_made_as_the_container_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "a function")
    make_ready(lambda: made.append("clients"), lambda: made.append("bus"))
    assert made == ["clients", "bus"]


def test_elsewhere_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    make_ready(lambda: pytest.fail("made"))


def test_what_cannot_be_made_is_left_to_the_first_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise KeyError("TABLE_NAME")

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "a function")
    make_ready(fails)
