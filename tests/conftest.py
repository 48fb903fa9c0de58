"""Before anything else is imported: in tests, as on the laptop, the functions' logs and metrics are quiet."""

import logging
from functools import cache
from typing import Any
from unittest import mock

import pytest
from botocore.loaders import JSONFileLoader

import local  # noqa: F401 - it says so in the environment, which the functions read when they are imported
from tests.strategies import load_profile

load_profile()

_load_file = JSONFileLoader.load_file


@cache
def _read_once(path: str) -> Any:
    return _load_file(JSONFileLoader(), path)


def _loaded(_: JSONFileLoader, path: str) -> Any:
    return _read_once(path)


# Each `mock_aws` forgets boto3's session, and with it hundreds of kilobytes of what services look like.
mock.patch.object(JSONFileLoader, "load_file", _loaded).start()


def pytest_configure(config: pytest.Config) -> None:
    """Let pass what Powertools says where many invocations share one process, and publish their metrics."""
    config.addinivalue_line("filterwarnings", "ignore:No application metrics to publish:UserWarning")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what starts an emulator on one worker: two at a time would only wait for each other."""
    for item in items:
        if item.get_closest_marker("emulator"):
            item.add_marker(pytest.mark.xdist_group("emulator"))


def pytest_runtest_setup() -> None:
    """Turn the functions' logs on again, which a command of the laptop's turns off in its own process."""
    logging.root.manager.disable = logging.NOTSET
