"""Before anything else is imported: in tests, as on the laptop, the functions' logs and metrics are quiet."""

import gc
import logging
from collections.abc import Generator
from functools import cache
from typing import Any
from unittest import mock

import pytest
from botocore.loaders import JSONFileLoader, Loader

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

_list_services = Loader.list_available_services


@cache
def _services(kind: str, paths: tuple[str, ...]) -> list[str]:
    return list(_list_services(Loader(list(paths), include_default_search_paths=False), kind))


def _listed(loader: Loader, type_name: str) -> list[str]:
    return _services(type_name, tuple(loader.search_paths))


# The same for which services there are: it looks into four hundred folders.
mock.patch.object(Loader, "list_available_services", _listed).start()


def pytest_configure(config: pytest.Config) -> None:
    """Let pass what Powertools says where many invocations share one process, and publish their metrics."""
    config.addinivalue_line("filterwarnings", "ignore:No application metrics to publish:UserWarning")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from what stays until the end: all modules, all tests.

    Otherwise it would go through thousands of tests over and over, half the time that it takes.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what starts an emulator on one worker: two at a time would only wait for each other."""
    for item in items:
        if item.get_closest_marker("emulator"):
            item.add_marker(pytest.mark.xdist_group("emulator"))


def pytest_runtest_setup() -> None:
    """Turn the functions' logs on again, which a command of the laptop's turns off in its own process."""
    logging.root.manager.disable = logging.NOTSET


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what was printed and logged only of tests that fail: of thousands, it costs seconds to pass on."""
    report = yield
    if report.passed:
        report.sections = []
    return report
