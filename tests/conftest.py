"""Before anything else is imported: in tests, as on the laptop, the functions' logs and metrics are quiet."""

import logging

import pytest

import local  # noqa: F401 - it says so in the environment, which the functions read when they are imported


def pytest_configure(config: pytest.Config) -> None:
    """Let pass what Powertools says where many invocations share one process, and publish their metrics."""
    config.addinivalue_line("filterwarnings", "ignore:No application metrics to publish:UserWarning")


def pytest_runtest_setup() -> None:
    """Turn the functions' logs on again, which a command of the laptop's turns off in its own process."""
    logging.root.manager.disable = logging.NOTSET
