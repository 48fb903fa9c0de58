"""The browser that tests are run in: the system's Chromium. None is downloaded."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def cannot_run(reason: str = "needs Chromium") -> NoReturn:
    """Skip a test for what this machine has not; in CI, which has it all, that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
